"""Cases that belong together, that are one, and that go to somebody else; a recovery team's work; who was trained.

None of these rows tells anything by itself: who may read one is asked in `operations.linking`, each time anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, relationship

from mdt.models.agencies import Agency, User
from mdt.models.base import Base, Identified, UtcTime, now, plain, sealed
from mdt.models.cases import Case, OfCase
from mdt.models.items import Item
from mdt.models.legal import ByAgency
from mdt.models.sealing import Sealed
from mdt.sharing.facts import Case as CaseTerms


class Offer(StrEnum):
    """Where something stands that one side offers and the other takes."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class CaseMove(OfCase, Base):
    """A case that goes from one worker to another of the lead agency (`to_user`), or to another lead agency
    (`to_agency`). Until it is accepted nothing changes. `stays`: whether whoever had it keeps a place at the table.
    `why` is read before anybody has come to the table, so it names nobody."""

    __tablename__ = "case_moves"
    __table_args__ = (
        Index(None, "case_id", "state"), Index(None, "to_user", "state"), Index(None, "to_agency", "state"),
    )  # fmt: skip

    case_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), why="random identifier")
    from_user: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    from_agency: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("agencies.id"), why="random identifier")
    to_user: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    to_agency: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("agencies.id"), why="random identifier")
    stays: Mapped[bool] = plain(Boolean, default=False, why="whether whoever had it keeps a place")
    state: Mapped[str] = plain(String(10), default=Offer.OFFERED, why="state of work")
    offered_by: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    offered_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    answered_by: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    answered_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    why_: Mapped[bytes] = sealed(name="why")
    answer_: Mapped[bytes | None] = sealed(name="answer")

    why = Sealed("why_", shape=str)
    answer = Sealed("answer_", shape=str)

    case: Mapped[Case] = relationship(lazy="select")
    offerer: Mapped[User] = relationship(foreign_keys=[offered_by], lazy="select")
    giver: Mapped[Agency] = relationship(foreign_keys=[from_agency], lazy="select")

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"state": Offer.OFFERED, "offered_at": now(), "stays": False} | values)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTerms:
    """How two cases belong together (a code of the jurisdiction), and since when that is known."""

    kind: str
    said_on: date


class Link(OfCase, Base):
    """Two cases belong together. It is known to whoever sits at both tables, and to nobody else."""

    __tablename__ = "case_links"
    __table_args__ = (Index(None, "case_id"), Index(None, "other_id"))

    case_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), why="random identifier")
    other_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), why="random identifier")
    state: Mapped[str] = plain(String(10), why="state of work")
    made_by: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    made_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    answered_by: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    ended_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    terms_: Mapped[bytes] = sealed(name="terms")

    terms = Sealed("terms_", shape=LinkTerms)

    case: Mapped[Case] = relationship(foreign_keys=[case_id], lazy="select")

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"made_at": now()} | values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Was:
    """A membership as it stood before two cases became one; times in ISO 8601, none for none."""

    id: str
    standing: str
    since: str | None
    until: str | None
    recused_at: str | None
    purpose: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """What a merge changed, exactly: `moved` are rows by table, `terms` and `gone_terms` what the two cases said,
    `members` the memberships that changed, `made` those that are new, `seated` whoever sat at the joined table."""

    moved: tuple[tuple[str, tuple[str, ...]], ...]
    terms: CaseTerms
    gone_terms: CaseTerms
    gone_closed: bool
    members: tuple[Was, ...]
    made: tuple[str, ...]
    seated: tuple[str, ...] = ()


class Merge(OfCase, Base):
    """Two cases of one young person that became one: `gone_id` was taken into `case_id`. Until `until` it can be
    undone."""

    __tablename__ = "case_merges"
    __table_args__ = (Index(None, "case_id"), Index(None, "gone_id"))

    case_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), why="random identifier")
    gone_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), why="random identifier")
    by_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    until: Mapped[datetime] = plain(UtcTime, why="until when it can be undone")
    undone_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    undone_by: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    journal_: Mapped[bytes] = sealed(name="journal")

    journal = Sealed("journal_", shape=Journal)

    case: Mapped[Case] = relationship(foreign_keys=[case_id], lazy="select")

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"at": now()} | values)


class Outreach(OfCase, Base):
    """Somebody of the recovery team tried to reach a young person: when, how, and whether. What was said is a record
    of the case (`item_id`), and without that record nothing of it is told."""

    __tablename__ = "outreach"
    __table_args__ = (Index(None, "case_id", "at"),)

    case_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), why="random identifier")
    item_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("items.id"), index=True, why="random identifier")
    by_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    at: Mapped[datetime] = plain(UtcTime, why="when")
    how: Mapped[str] = plain(String(20), why="a code")
    outcome: Mapped[str] = plain(String(20), why="a code")

    case: Mapped[Case] = relationship(lazy="select")
    item: Mapped[Item] = relationship(lazy="select")


class Lesson(ByAgency, Base):
    """What an agency learned from the work on a case: for that agency alone."""

    __tablename__ = "lessons"

    words_: Mapped[bytes] = sealed(name="words")

    words = Sealed("words_", shape=str)


class Training(Identified, Base):
    """Somebody was trained: in what (a code of the jurisdiction), on which day, and who wrote it down."""

    __tablename__ = "trainings"
    __table_args__ = (Index(None, "user_id", "kind", unique=True),)

    user_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    kind: Mapped[str] = plain(String(30), why="a code")
    on: Mapped[date] = plain(Date, why="a day of training")
    by_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    at: Mapped[datetime] = plain(UtcTime, default=now, why="when it was written down")
    version: Mapped[int] = plain(Integer, default=1, why="counter")

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"at": now(), "version": 1} | values)


__all__ = [
    "CaseMove", "Journal", "Lesson", "Link", "LinkTerms", "Merge", "Offer", "Outreach", "Training", "Was",
]  # fmt: skip
