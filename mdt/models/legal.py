"""What comes from courts and lawyers, what was labelled wrongly, and who has to be told or has to judge it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, declared_attr, relationship

from mdt.models.agencies import Agency
from mdt.models.base import Base, UtcTime, now, plain, sealed
from mdt.models.cases import Case, OfAgency
from mdt.models.sealing import Sealed
from mdt.sharing.facts import Item, Moment
from mdt.sharing.vocabulary import Category


class PaperState(StrEnum):
    """Where a paper stands. Only a signed one had an effect."""

    WAITING = "waiting"
    SIGNED = "signed"
    REFUSED = "refused"


class CorrectionState(StrEnum):
    """A change that opens something to somebody waits for a second person; meanwhile it may be held closed."""

    WAITING = "waiting"
    APPLIED = "applied"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDone:
    """What was done of a step, or why not."""

    name: str
    at: datetime
    by: str
    words: str
    possible: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEnded:
    """What a court said of an order later: vacated, stayed, replaced or lifted; from when, which court, and what its
    paper says; who wrote it down, and when."""

    how: str
    on: date
    court: str
    words: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTerms:
    """What a paper says. `sources`: whose records it reaches; `effect`: open | seal | expunge; `order`: the type of
    court order, if it is one; `remarks`: what it says of itself that spares a step; `made`: the order that it became,
    by an identifier of its own, for the paper's is known to its agency alone."""

    kind: str
    effect: str
    issuer: str
    words: str
    categories: tuple[Category, ...]
    sources: tuple[str, ...]
    recipients: tuple[str, ...] = ()
    order: str | None = None
    issued: Moment | None = None
    findings: bool = False
    process: str = "none"
    remarks: tuple[str, ...] = ()
    steps: tuple[StepDone, ...] = ()
    answer: str = ""
    made: str | None = None
    ended: tuple[OrderEnded, ...] = ()


class ByAgency(OfAgency):
    """A row of one case that belongs to one agency, and who made it: its people may know of it, and nobody by the case
    alone."""

    case_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), index=True, why="random identifier")
    agency_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("agencies.id"), index=True, why="whose it is")
    made_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    made_by: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")

    @declared_attr
    def case(cls) -> Mapped[Case]:
        return relationship(Case, lazy="select")

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"made_at": now()} | values)


class Paper(ByAgency, Base):
    """A subpoena, an order or a request, as it came; sealed with its own words."""

    __tablename__ = "papers"

    state: Mapped[str] = plain(String(10), default=PaperState.WAITING, why="state of work")
    terms_: Mapped[bytes] = sealed(name="terms")
    received_at: Mapped[datetime] = plain(UtcTime, why="when it came")
    due_at: Mapped[datetime | None] = plain(UtcTime, why="by when it wants an answer")
    answered_at: Mapped[datetime | None] = plain(UtcTime, why="when counsel answered")
    answered_by: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    version: Mapped[int] = plain(Integer, default=1, why="counter, guards against a lost update")

    terms = Sealed("terms_", shape=PaperTerms)
    agency: Mapped[Agency] = relationship(lazy="select")

    __mapper_args__ = {"version_id_col": version}

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"state": PaperState.WAITING} | values)


class Hold(ByAgency, Base):
    """A litigation hold: while it stands, nothing of what it covers is deleted."""

    __tablename__ = "holds"

    why_: Mapped[bytes] = sealed(name="why")
    paper_id: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("papers.id"), why="random identifier")
    ended_at: Mapped[datetime | None] = plain(UtcTime, why="when counsel lifted it")
    ended_by: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")

    why = Sealed("why_", shape=str)


class Correction(ByAgency, Base):
    """A record that was labelled wrongly: what it was, what it is or is to become, and why."""

    __tablename__ = "corrections"

    item_id: Mapped[str] = plain(Uuid(as_uuid=False), index=True, why="random identifier")
    state: Mapped[str] = plain(String(10), why="state of work")
    before_: Mapped[bytes] = sealed(name="before")
    after_: Mapped[bytes] = sealed(name="after")
    why_: Mapped[bytes] = sealed(name="why")
    decided_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    decided_by: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")

    before = Sealed("before_", shape=Item)
    after = Sealed("after_", shape=Item)
    why = Sealed("why_", shape=str)


class Assessment(ByAgency, Base):
    """Whether what was seen has to be reported: to be judged by an agency, by a day."""

    __tablename__ = "assessments"
    __table_args__ = (Index(None, "agency_id", "decided_at"),)

    kind: Mapped[str] = plain(String(10), why="what it is about: a label, a release, an emergency")
    subject_id: Mapped[str] = plain(Uuid(as_uuid=False), why="random identifier")
    due_at: Mapped[datetime] = plain(UtcTime, why="by when")
    outcome: Mapped[str | None] = plain(String(12), why="what it came to, a code")
    finding_: Mapped[bytes | None] = sealed(name="finding")
    decided_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    decided_by: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")

    finding = Sealed("finding_", shape=str)


class Notice(ByAgency, Base):
    """An agency has to be told: of an emergency that opened its records, or those it answers for."""

    __tablename__ = "notices"
    __table_args__ = (Index(None, "agency_id", "read_at"),)

    subject_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("emergencies.id"), why="random identifier")
    read_at: Mapped[datetime | None] = plain(UtcTime, why="when somebody there said that they know")
    read_by: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")


__all__ = [
    "Assessment", "Correction", "CorrectionState", "Hold", "Notice", "ByAgency", "OrderEnded", "Paper", "PaperState",
    "PaperTerms", "StepDone",
]  # fmt: skip
