"""Who may come into a case, and as what they then look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from sqlalchemy import select

from mdt.models import Case, User, db, now
from mdt.operations import facts, ledger
from mdt.operations.facts import CaseFacts
from mdt.operations.rules.force import in_force
from mdt.sharing.gate import admitted
from mdt.sharing.moments import day
from mdt.sharing.profile import Profile
from mdt.sharing.vocabulary import USUAL_PURPOSES, Purpose, Role


class Person(Protocol):
    """Whoever is signed in, as far as access asks."""

    @property
    def id(self) -> str: ...
    @property
    def role(self) -> Role | None: ...
    @property
    def agency_id(self) -> str | None: ...


@runtime_checkable
class Reader(Person, Protocol):
    """Whoever is signed in and reads a page: it speaks in the time of where they are, if it is of no case."""

    @property
    def zone(self) -> ZoneInfo: ...


@dataclass(frozen=True, slots=True)
class Absent:
    """Somebody who is not signed in here, as far as access asks."""

    id: str
    role: Role | None
    agency_id: str | None


def person(user: User) -> Absent:
    """Whoever this row is of."""
    return Absent(user.id, Role(user.role) if user.role else None, user.agency_id)


@dataclass(frozen=True, slots=True)
class Seat:
    """A member's place at the table of one case, for one purpose, at one moment."""

    case: CaseFacts
    me: Person
    purpose: Purpose
    at: datetime
    profile: Profile

    @property
    def id(self) -> str:
        return self.case.id

    @property
    def leads(self) -> bool:
        """Whether this member acts for the lead agency."""
        return self.me.role is Role.CW and self.me.agency_id == self.case.lead_id

    @property
    def zone(self) -> ZoneInfo:
        """Where the days of this case begin and end."""
        return self.case.facts.case.zone

    @property
    def today(self) -> date:
        """The day it is where the case is, which is not always the day it is in UTC."""
        return day(self.at, self.zone)

    @property
    def purposes(self) -> tuple[Purpose, ...]:
        """What this member may say they look for."""
        assert self.me.role
        return USUAL_PURPOSES[self.me.role]


def admit(case_id: str, me: Person, *, purpose: str | None = None, lock: bool = False) -> Seat | None:
    """A seat for this person, or None exactly as if there were no such case. A try is recorded.

    `lock` holds the case against other acts on it until this transaction ends.
    """
    if lock:
        db.session.execute(select(Case.id).where(Case.id == case_id).with_for_update())
    seat = admit_quietly(case_id, me, purpose=purpose)
    if seat is None:
        ledger.submit("case.turned_away", None, me.id, {"asked": case_id}).settle()
    return seat


def admit_quietly(case_id: str, me: Person, *, purpose: str | None = None) -> Seat | None:
    """A seat as `admit` gives it, for a page that was let in before and asks whether anything changed."""
    case = facts.load(case_id)
    return seat_at(case, me, purpose=purpose) if case else None


def seat_at(case: CaseFacts, me: Person, *, purpose: str | None = None) -> Seat | None:
    """This person's seat at the table of a case that is loaded; None if they have none now."""
    at = now()
    if not admitted(case.facts, me.id, at):
        return None
    return Seat(case, me, _purpose(case, me, purpose), at, case.rules)


def profile(name: str) -> Profile:
    """The jurisdiction's rules of this name as they are in force now."""
    return in_force(name).profile


def _purpose(case: CaseFacts, me: Person, asked: str | None) -> Purpose:
    """The purpose chosen here, else the one of the invitation, else where the discipline starts."""
    assert me.role
    usual = USUAL_PURPOSES[me.role]
    if asked in usual:
        return Purpose(asked)
    member = case.facts.members[me.id]
    return member.purpose or usual[0]
