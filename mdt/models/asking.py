"""What somebody asked of another agency: that it bring a release for what is withheld."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, relationship

from mdt.models.agencies import User
from mdt.models.base import Base, UtcTime, now, plain, sealed
from mdt.models.cases import Case, OfCase
from mdt.models.sealing import Sealed
from mdt.sharing.vocabulary import Category


class Answer(StrEnum):
    """What became of it. Open until somebody answers, once."""

    OPEN = "open"
    RELEASED = "released"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for, and why, in the asker's words."""

    category: Category
    why: str


class Request(OfCase, Base):
    """A question to one agency, with a clock. It is answered once, by one conditional UPDATE."""

    __tablename__ = "requests"
    __table_args__ = (Index(None, "case_id"), Index(None, "source_id", "answer"))

    case_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), why="random identifier")
    source_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("agencies.id"), why="random identifier")
    asked_by: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    asked_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    due_at: Mapped[datetime] = plain(UtcTime, why="when")
    answer: Mapped[str] = plain(String(12), default=Answer.OPEN, why="state of work")
    answered_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    answered_by: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    terms_: Mapped[bytes] = sealed(name="terms")
    reason_: Mapped[bytes | None] = sealed(name="reason")
    version: Mapped[int] = plain(Integer, default=1, why="counter, guards against two answers")

    terms = Sealed("terms_", shape=Asked)
    reason = Sealed("reason_", shape=str)

    case: Mapped[Case] = relationship(lazy="select")
    asker: Mapped[User] = relationship(foreign_keys=[asked_by], lazy="select")

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"answer": Answer.OPEN, "version": 1, "asked_at": now()} | values)
