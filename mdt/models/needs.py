"""Needs, the young person's own words, and dates arranged with them: which record says what, by whom. What it says
lies in the record.

A row tells nothing by itself: it is read only beside its record, and only for whom the record opens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, relationship

from mdt.models.agencies import User
from mdt.models.base import Base, Identified, UtcTime, now, plain, sealed
from mdt.models.cases import Case, OfCase
from mdt.models.items import Item
from mdt.models.sealing import Sealed


class BesideItem(OfCase):
    """A row beside one record of a case."""

    if TYPE_CHECKING:
        item_id: Mapped[str]

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"changed_at": now()} | values)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedTerms:
    """What a record says of a need: which; whether the young person speaks in it (`young`), else whoever filed it;
    `rank` in their order, 1 first, and who put it there; the stages of change, each with its day; whether it is a
    step."""

    need: str
    young: bool = False
    rank: int | None = None
    ranked_by: str | None = None
    ranked_on: date | None = None
    stages: tuple[tuple[str, date], ...] = ()
    step: bool = False


class NeedSaid(BesideItem, Base):
    """One author's record of one need."""

    __tablename__ = "needs_said"
    __table_args__ = (Index(None, "case_id"), Index(None, "item_id", unique=True))

    case_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), why="random identifier")
    item_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("items.id"), why="random identifier")
    changed_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    terms_: Mapped[bytes] = sealed(name="terms")

    terms = Sealed("terms_", shape=NeedTerms)

    case: Mapped[Case] = relationship(lazy="select")
    item: Mapped[Item] = relationship(lazy="select")


class OwnWord(BesideItem, Base):
    """Something the young person says of themself. `kind` is a code; of two of a kind, as after a merge, the later
    stands."""

    __tablename__ = "own_words"
    __table_args__ = (Index(None, "case_id", "kind"), Index(None, "item_id"))

    case_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), why="random identifier")
    item_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("items.id"), why="random identifier")
    kind: Mapped[str] = plain(String(20), why="a code")
    changed_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")

    case: Mapped[Case] = relationship(lazy="select")
    item: Mapped[Item] = relationship(lazy="select")


class DateState(StrEnum):
    """Where a date stands. Its record says the rest."""

    PLANNED = "planned"
    DONE = "done"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateTerms:
    """Where it is; who goes along, and who is kept from what is asked and said until it is done (their ids)."""

    place: str = ""
    attends: tuple[str, ...] = ()
    blind: tuple[str, ...] = ()


class ArrangedDate(BesideItem, Base):
    """Something arranged with the young person, at a time: who may know of it, its record says. `sequence` counts
    what was sent to calendars."""

    __tablename__ = "arranged_dates"
    __table_args__ = (Index(None, "case_id"), Index(None, "item_id", unique=True))

    case_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), why="random identifier")
    item_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("items.id"), why="random identifier")
    agency_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("agencies.id"), why="random identifier")
    kind: Mapped[str] = plain(String(30), why="the name of a kind in a rule file")
    state: Mapped[str] = plain(String(10), default=DateState.PLANNED, why="a code")
    starts_at: Mapped[datetime] = plain(UtcTime, why="when")
    minutes: Mapped[int] = plain(Integer, why="how long")
    sequence: Mapped[int] = plain(Integer, default=0, why="counter, as RFC 5545 asks")
    changed_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    terms_: Mapped[bytes] = sealed(name="terms")

    terms = Sealed("terms_", shape=DateTerms)

    case: Mapped[Case] = relationship(lazy="select")
    item: Mapped[Item] = relationship(lazy="select")

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"state": DateState.PLANNED, "sequence": 0} | values)


class DateWord(Identified, Base):
    """Something said about a date beforehand: a question for whoever holds it (`text`), or what the young person wishes
    for that day (a record)."""

    __tablename__ = "date_words"
    __table_args__ = (Index(None, "date_id"), Index(None, "item_id"))

    date_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("arranged_dates.id"), why="random identifier")
    kind: Mapped[str] = plain(String(10), why="a code")
    by_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    agency_id: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("agencies.id"), why="random identifier")
    item_id: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("items.id"), why="random identifier")
    at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    text_: Mapped[bytes | None] = sealed(name="text")

    text = Sealed("text_", shape=str)

    date: Mapped[ArrangedDate] = relationship(lazy="select")

    def __init__(self, **values: Any) -> None:
        self.date_id = values["date"].id
        super().__init__(**{"at": now()} | values)

    def scope(self) -> tuple[str, str]:
        return self.date.scope()

    @property
    def stirs(self) -> str:
        return self.date.case_id


class JoinAsked(Identified, Base):
    """The young person is asked whether it is OK that somebody joins. It is their word, and no permit."""

    __tablename__ = "joins_asked"
    __table_args__ = (Index(None, "case_id"),)

    case_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), why="random identifier")
    user_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    asked_by: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    asked_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    answer: Mapped[str] = plain(String(10), default="open", why="a code")
    answered_at: Mapped[datetime | None] = plain(UtcTime, why="when")

    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="select")

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"asked_at": now(), "answer": "open"} | values)

    @property
    def stirs(self) -> str:
        return self.case_id


__all__ = [
    "ArrangedDate", "DateState", "DateTerms", "DateWord", "JoinAsked", "NeedSaid", "NeedTerms", "OwnWord",
]  # fmt: skip
