"""Deadlines that run, and letters that wait to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Uuid, false
from sqlalchemy.orm import Mapped

from mdt.models.base import Base, Identified, UtcTime, now, plain, sealed
from mdt.models.sealing import Sealed


class Deadline(Identified, Base):
    """Something has to have happened by a time. `next_at` is when it speaks next; None once it is over. `working`: its
    marks count in the time in which the offices of the county are open, and not in the time that passes.

    It says neither what about nor whom: its kind and its subject lead there. Each of its marks is passed
    once, by one conditional UPDATE, however many processes look.
    """

    __tablename__ = "deadlines"
    __table_args__ = (Index(None, "next_at"), Index(None, "subject_id", "kind"))

    case_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), why="random identifier")
    kind: Mapped[str] = plain(String(30), why="what kind of promise, a code")
    subject_id: Mapped[str] = plain(Uuid(as_uuid=False), why="random identifier")
    started_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    due_at: Mapped[datetime] = plain(UtcTime, why="when")
    next_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    working: Mapped[bool] = plain(
        Boolean, default=False, server_default=false(), why="in which kind of time its marks count"
    )
    percent: Mapped[int] = plain(Integer, default=0, why="the last mark that was passed")
    version: Mapped[int] = plain(Integer, default=1, why="counter, so that a mark is passed once")

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"percent": 0, "version": 1, "working": False} | values)

    @property
    def stirs(self) -> str:
        return self.case_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a letter says. `calendar`: an invitation as iCalendar, and its method."""

    subject: str
    text: str
    calendar: str = ""
    method: str = ""


class Letter(Identified, Base):
    """A letter to a user, written with an act and sent soon after. It names no child and no case."""

    __tablename__ = "letters"
    __table_args__ = (Index(None, "next_at"),)

    user_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    kind: Mapped[str] = plain(String(30), why="what about, a code")
    written_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    next_at: Mapped[datetime | None] = plain(UtcTime, default=now, why="when it is tried next; none once it is sent")
    sent_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    tries: Mapped[int] = plain(Integer, default=0, why="how often it was tried")
    words_: Mapped[bytes] = sealed(name="words")

    words = Sealed("words_", shape=Words)

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"written_at": now(), "next_at": now(), "tries": 0} | values)


__all__ = ["Deadline", "Letter", "Words"]
