"""What a decision rests on: the facts of one case, as plain frozen values.

The database stores these very values, sealed (`mdt/models`); the scenario runner builds them from a
file. Times are aware datetimes or, where people speak of days, dates in the case's time zone: what
begins on a date acts from its first second, what ends on one holds to its last. An unreadable fact
refuses, so nothing here carries a default that would open something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mdt.sharing.vocabulary import Category, Purpose, Regime, Role

Moment = date | datetime
USUAL_ZONE = "America/New_York"
"""Where nothing else is said."""
YOUTH = "youth"
"""The name under which the young person signs, objects and is the subject of items."""
AGENCY = "agency"
"""The name under which the agency with custody signs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Org:
    """An organisation with a part in the case. `vsp`: vawa, voca or fvpsa where it is so funded."""

    id: str
    role: Role
    part2: bool = False
    vsp: str | None = None
    rhy: bool = False
    mou_until: date | None = None
    statutory_member: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A time somebody spent at another organisation before, to its last day, or to the moment they left."""

    org: str
    until: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody with an account: of an organisation, or (CG, YT) a person of the case."""

    id: str
    role: Role
    org: str | None = None
    person: str | None = None
    active: bool = True
    medical: bool = False
    custodian: bool = False
    placement: str | None = None
    history: tuple[Spell, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A user's place on this case's team. `recused` is true, or the time from which."""

    user: str
    since: Moment
    until: Moment | None = None
    recused: bool | Moment = False
    purpose: Purpose | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """suspected_offender | associate | no_contact, from its first second."""

    flag: str
    since: Moment | None = None
    until: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a part in the case who is not a user.

    relation: parent | guardian | kin | foster_parent.
    """

    id: str
    relation: str
    rights: bool
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Youth:
    """`emancipated` is true, or the day from which."""

    born: date
    emancipated: bool | date = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A missing episode, from its first second to its last; the users named act by name."""

    since: Moment
    until: Moment | None = None
    lead_officer: str | None = None
    alert_approved_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The case itself. `lead` is the lead child-welfare organisation.

    `custody` is who holds consent authority: agency | parent | guardian | youth. `held_by` is the
    organisation that holds the young person in custody, where one does.
    """

    id: str
    lead: str | None
    youth: Youth
    opened: date
    timezone: str = USUAL_ZONE
    report_received: date | None = None
    good_cause_until: date | None = None
    closed: tuple[date, ...] = ()
    custody: str = AGENCY
    people: Mapping[str, Person] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()
    held_by: str | None = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One record of one category, from one source, about one person. `fields` are those it has."""

    id: str
    category: Category
    source: str
    fields: tuple[str, ...]
    recorded: date | None = None
    regimes: tuple[Regime, ...] = ()
    labels: tuple[str, ...] = ()
    subject: str = YOUTH
    quotes: tuple[str, ...] = ()
    author: str | None = None
    consented_by: str | None = None
    sealed: Moment | None = None
    via: str | None = None
    third_party: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """By any means, at once. `recipients` empty: for everybody."""

    at: Moment
    mode: str
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A signed consent. `expires`: a date, an event, or "none"; None: no time limit was given."""

    id: str
    type: str
    discloser: str
    recipients: tuple[str, ...]
    categories: tuple[Category, ...]
    signed_on: Moment | None
    signed_by: tuple[str, ...] = ()
    subject: str = YOUTH
    labels: tuple[str, ...] = ()
    items: tuple[str, ...] | None = None
    excludes: tuple[str, ...] = ()
    purposes: tuple[Purpose, ...] | None = None
    data_period: tuple[date, date] | None = None
    mode: str = "written"
    effective: Moment | None = None
    expires: date | str | None = None
    event_happened: Moment | None = None
    revoked: tuple[Revocation, ...] = ()
    found_false: Moment | None = None
    separate: bool = True
    conditioned: bool = False
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A court order; `issued` None is a subpoena alone and opens nothing. From `ended` on it holds no more: a court
    vacated it, stayed it, or put another in its place.

    process: none | subpoena | voluntary.
    """

    id: str
    type: str
    categories: tuple[Category, ...]
    recipients: tuple[str, ...]
    issued: Moment | None
    items: tuple[str, ...] | None = None
    findings: bool = False
    process: str = "none"
    ended: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """An agreed restriction or an objection. No `fields`: the whole item."""

    id: str
    by: str
    on: Moment
    against: tuple[str, ...]
    categories: tuple[Category, ...]
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """A declared emergency; it serves whoever declared it, an hour. kind: medical | threat."""

    id: str
    by: str
    at: datetime
    kind: str
    categories: tuple[Category, ...]
    facts: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything known about one case that a decision may rest on."""

    case: Case
    orgs: Mapping[str, Org]
    users: Mapping[str, User]
    members: Mapping[str, Member]
    items: Mapping[str, Item]
    releases: tuple[Release, ...] = ()
    orders: tuple[Order, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    emergencies: tuple[Emergency, ...] = ()
