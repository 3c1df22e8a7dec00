"""Screening: instruments as they were loaded, what is screened and when, and that somebody was identified.

Answers are records of the case, filed as any other; what is kept here is which instrument, where it stands and what
is being filled in.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, relationship

from mdt.models.base import Base, Identified, UtcTime, now, plain, sealed
from mdt.models.cases import Case, OfAgency
from mdt.models.sealing import Sealed


class State(StrEnum):
    """Where a screening stands. `stopped`: something was told, and the questions ended there; `not_done`: it was not
    done, for a reason that is written down."""

    DUE = "due"
    BEGUN = "begun"
    STOPPED = "stopped"
    DONE = "done"
    NOT_DONE = "not_done"


OPEN = (State.DUE, State.BEGUN)


class Instrument(Identified, Base):
    """One version of an instrument, as it was loaded. Its id is made of its bytes and its agency: the same file is the
    same version, and what a screening used stays as it was. No agency: it comes with the software."""

    __tablename__ = "instruments"
    __table_args__ = (Index(None, "agency_id", "name"),)

    agency_id: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("agencies.id"), why="random identifier")
    name: Mapped[str] = plain(String(30), why="the name of an instrument, as a rule file says it")
    number: Mapped[int] = plain(Integer, default=1, why="counter of its versions here")
    loaded_by: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    loaded_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    retired_at: Mapped[datetime | None] = plain(UtcTime, why="when it was taken out of use")
    file_: Mapped[bytes] = sealed(name="file")

    file = Sealed("file_", shape=str)

    def __init__(self, **values: Any) -> None:
        self.agency_id = values.get("agency_id")
        super().__init__(**{"number": 1, "loaded_at": now()} | values)

    def scope(self) -> tuple[str, None] | None:
        return (self.agency_id, None) if self.agency_id else None


class Screening(OfAgency, Base):
    """One screening: opened by something that happened or by a person, due by a time, and pinned to the version of the
    instrument it is done with. `item_id`: the record its answers were filed as, once they were.

    `working` is what is being filled in, and afterwards the same as a FHIR response; it is shown to nobody who may
    not read the record.
    """

    __tablename__ = "screenings"
    __table_args__ = (Index(None, "case_id", "agency_id"), Index(None, "agency_id", "state"), Index(None, "item_id"))

    case_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), why="random identifier")
    agency_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("agencies.id"), why="whose key seals it")
    event: Mapped[str] = plain(String(30), why="what opened it, a name in a rule file")
    asks: Mapped[str | None] = plain(String(30), why="the name of an instrument in a rule file")
    instrument_id: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("instruments.id"), why="identifier")
    after_id: Mapped[str | None] = plain(Uuid(as_uuid=False), why="the screening it follows")
    state: Mapped[str] = plain(String(10), default=State.DUE, why="a code")
    opened_at: Mapped[datetime] = plain(UtcTime, default=now, why="when it happened")
    opened_by: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    due_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    worker_id: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    done_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    item_id: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("items.id"), why="random identifier")
    version: Mapped[int] = plain(Integer, default=1, why="counter, so that two who write do not overwrite")
    working_: Mapped[bytes | None] = sealed(name="working")
    reason_: Mapped[bytes | None] = sealed(name="reason")

    working = Sealed("working_")
    reason = Sealed("reason_", shape=str)

    case: Mapped[Case] = relationship(lazy="select")

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"state": State.DUE, "opened_at": now(), "version": 1} | values)


class Identification(OfAgency, Base):
    """That somebody decided that a young person was trafficked: who, when and why, on which record; and the report of
    it to law enforcement, with its clock."""

    __tablename__ = "identifications"
    __table_args__ = (Index(None, "case_id", "agency_id"), Index(None, "agency_id", "reported_at"))

    case_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), why="random identifier")
    agency_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("agencies.id"), why="whose key seals it")
    item_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("items.id"), why="random identifier")
    by_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    at: Mapped[datetime] = plain(UtcTime, default=now, why="when it was decided: the clock runs from here")
    due_at: Mapped[datetime] = plain(UtcTime, why="when")
    reported_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    told_id: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    reported_by: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    why_: Mapped[bytes] = sealed(name="why")
    reference_: Mapped[bytes | None] = sealed(name="reference")
    late_: Mapped[bytes | None] = sealed(name="late")

    why = Sealed("why_", shape=str)
    reference = Sealed("reference_", shape=str)
    late = Sealed("late_", shape=str)

    case: Mapped[Case] = relationship(lazy="select")

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"at": now()} | values)


__all__ = ["OPEN", "Identification", "Instrument", "Screening", "State"]
