"""The county's directory of services, which of its organisations are partners here, and the referrals to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, LargeBinary, String, Uuid
from sqlalchemy.orm import Mapped, relationship

from mdt.models.base import Base, Identified, UtcTime, now, plain, sealed
from mdt.models.cases import Case, OfCase
from mdt.models.sealing import Sealed
from mdt.models.tasks import Task


class Edition(Identified, Base):
    """One edition of the directory, whole. It is in force from `put_at` until the next; without one it waits to be
    looked at. `packed` is every table of it, as JSON, deflated; `preview` what it changes, in names of services.
    """

    __tablename__ = "directory_editions"

    made_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    made_by: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    put_at: Mapped[datetime | None] = plain(UtcTime, index=True, why="when it came into force")
    packed: Mapped[bytes] = plain(
        LargeBinary, deferred=True, why="the county's public directory; where a confidential place is, is not in it"
    )
    preview: Mapped[Any] = plain(
        JSON, deferred=True, why="names of public services; marks that nobody can make without the key"
    )


class Partner(Base):
    """An organisation of the directory that is an agency here."""

    __tablename__ = "directory_partners"

    organization_id: Mapped[str] = plain(Uuid(as_uuid=False), primary_key=True, why="public identifier")
    agency_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("agencies.id"), why="random identifier")


class GapReport(Base):
    """What a quarter came to, as it is told: counted once, so that two days' reports are one. `whose`: an agency, of
    the cases it led, or the county. `told`: counts by need, with the small ones left out already, and no case.
    """

    __tablename__ = "gap_reports"

    period: Mapped[str] = plain(String(7), primary_key=True, why="a quarter")
    whose: Mapped[str] = plain(String(36), primary_key=True, why="random identifier")
    made_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    told: Mapped[Any] = plain(JSON, why="counts that can be told to those who read them; small ones are not in it")


class Course(StrEnum):
    """How far a referral is. `said_no`: the young person did, then or later; `agreed`: not sent yet."""

    SAID_NO = "said_no"
    AGREED = "agreed"
    REFERRED = "referred"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WAITING = "waiting"
    SCHEDULED = "scheduled"
    ATTENDED = "attended"
    NOT_ATTENDED = "not_attended"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTerms:
    """Which service of the directory it is, as it was called then; `agency_id` if its organisation is a partner here,
    `phone` the front gate that was rung if it is not."""

    id: str
    name: str
    organization: str
    agency_id: str | None = None
    phone: str | None = None


class Referral(OfCase, Base):
    """A referral to a service, with the young person's word on it. What it is about is its record (`item_id`), so that
    each side sees of it what it may; who has it is its task. Here are its state, its times and codes; which service it
    is, is sealed.
    """

    __tablename__ = "referrals"
    __table_args__ = (Index(None, "case_id"), Index(None, "task_id"), Index(None, "made_at"))

    case_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), why="random identifier")
    item_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("items.id"), why="random identifier")
    task_id: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("tasks.id"), why="random identifier")
    outcome_id: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("items.id"), why="random identifier")
    made_by: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    asked_by: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    need: Mapped[str] = plain(String(30), why="a code of the jurisdiction")
    state: Mapped[str] = plain(String(12), why="state of work")
    reason: Mapped[str | None] = plain(String(20), why="a code of the jurisdiction")
    made_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    asked_at: Mapped[datetime] = plain(UtcTime, why="when")
    sent_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    answered_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    scheduled_at: Mapped[datetime | None] = plain(UtcTime, why="when the first time was found")
    appointment_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    attended_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    ended_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    version: Mapped[int] = plain(Integer, default=1, why="counter, guards against two steps at once")
    service_: Mapped[bytes] = sealed(name="service")

    service = Sealed("service_", shape=ServiceTerms)

    case: Mapped[Case] = relationship(lazy="select")
    task: Mapped[Task | None] = relationship(lazy="select")

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"version": 1, "made_at": now()} | values)


__all__ = ["Course", "Edition", "GapReport", "Partner", "Referral", "ServiceTerms"]
