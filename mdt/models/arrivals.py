"""What arrived from elsewhere and waits for a person: it is no fact, and nothing is decided by it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped, relationship

from mdt.models.base import Base, UtcTime, now, plain, sealed
from mdt.models.cases import Case, OfCase
from mdt.models.sealing import Sealed


class Arrival(StrEnum):
    """Where a consent from elsewhere stands."""

    WAITING = "waiting"
    KEPT = "kept"
    STOPPED = "stopped"
    PUT_AWAY = "put_away"


class HeldConsent(OfCase, Base):
    """A consent that somebody else's system wrote, held until a person completes it or puts it away.

    `paper` is {"discloser": agency id, "consent": the file as it was read, "version": "R4" or "R5"};
    it is emptied when it is put away.
    """

    __tablename__ = "held_consents"

    case_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), index=True, why="random identifier")
    state: Mapped[str] = plain(String(10), default=Arrival.WAITING, why="state of work")
    paper_: Mapped[bytes | None] = sealed(name="paper")
    received_by: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    arrived_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    release_id: Mapped[str | None] = plain(Uuid(as_uuid=False), why="random identifier of what came of it")

    paper = Sealed("paper_")

    case: Mapped[Case] = relationship(lazy="select")

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"state": Arrival.WAITING, "arrived_at": now()} | values)
