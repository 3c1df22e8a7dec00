"""Entrances: links that let somebody in once, to choose their password."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, Uuid
from sqlalchemy.orm import Mapped

from mdt.models.base import Base, Identified, UtcTime, now, plain


class Entrance(Identified, Base):
    """A link handed over to one person. Only a keyed hash of its token is kept; `made_by` is None for the command
    line; a newer one of the same person ends it."""

    __tablename__ = "entrances"

    user_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), index=True, why="random identifier")
    token_hash: Mapped[bytes] = plain(LargeBinary(32), unique=True, why="keyed hash of a random token")
    made_by: Mapped[str | None] = plain(Uuid(as_uuid=False), why="random identifier")
    made_at: Mapped[datetime] = plain(UtcTime, default=now, why="when the link was made")
    expires_at: Mapped[datetime] = plain(UtcTime, why="when the link ends")
    used_at: Mapped[datetime | None] = plain(UtcTime, why="when a password was chosen by it")


__all__ = ["Entrance"]
