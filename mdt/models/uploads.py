"""Uploads that wait, sealed, to be confirmed or to expire."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, String, Uuid
from sqlalchemy.orm import Mapped

from mdt.models.base import Base, Identified, UtcTime, now, plain, sealed
from mdt.models.sealing import Sealed


class Upload(Identified, Base):
    """A file of a caseload between its preview and its confirmation.

    The file itself lies in sealed chunks (`UploadChunk`); `report` is the preview, sealed.
    """

    __tablename__ = "uploads"

    agency_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("agencies.id"), index=True, why="random identifier")
    user_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    state: Mapped[str] = plain(String(12), why="state of work")
    rows: Mapped[int] = plain(Integer, default=0, why="count of rows read")
    done: Mapped[int] = plain(Integer, default=0, why="count of rows imported")
    report_: Mapped[bytes | None] = sealed(name="report")
    mapping_: Mapped[bytes | None] = sealed(name="mapping")
    created_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    expires_at: Mapped[datetime] = plain(UtcTime, why="when it is forgotten")

    report = Sealed("report_")
    mapping = Sealed("mapping_")

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"rows": 0, "done": 0, "created_at": now()} | values)

    def scope(self) -> tuple[str, None]:
        return self.agency_id, None


class UploadChunk(Base):
    """Part of an uploaded file, under the agency's key."""

    __tablename__ = "upload_chunks"

    upload_id: Mapped[str] = plain(
        Uuid(as_uuid=False), ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True, why="random identifier"
    )
    number: Mapped[int] = plain(Integer, primary_key=True, autoincrement=False, why="order")
    bytes_: Mapped[bytes] = sealed(name="bytes")
