"""At a glance: what a discipline needs of each of its young people today, on its own desk.

Declared once a role, as fields of the catalog; decided, recorded and opened like everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from mdt.operations import items, ledger, releases, views
from mdt.operations.access import Seat
from mdt.operations.views import Shown, Value
from mdt.sharing.decision import Decision
from mdt.sharing.facts import Item
from mdt.sharing.moments import running
from mdt.sharing.vocabulary import Category, Role

SHOWN_AT_MOST = 6
NEEDED: Mapping[Role, Mapping[Category, tuple[str, ...]]] = {
    Role.LE: {
        Category.MISSING: ("last_seen", "clothing", "height_weight", "le_contact"),
        Category.COURT: ("no_contact",),
        Category.PLAN: ("safety_plan_items",),
    },
    Role.HC: {Category.HEALTH: ("appointments", "allergies", "medications", "precautions")},
    Role.BH: {Category.BEHAVIORAL: ("safety_plan", "crisis_contacts"), Category.HEALTH: ("medications",)},
    Role.ED: {
        Category.SAFE_ADDR: ("zone",),
        Category.COURT: ("no_contact", "education_decision_maker"),
        Category.CONTACT: ("caregiver_contact",),
        Category.PLAN: ("education_goals",),
    },
    Role.VC: {Category.ADVOCATE: ("safety_plan", "services"), Category.PLAN: ("tasks",)},
}
"""What each discipline needs of a young person today; a role that is not named has no glance."""


@dataclass(frozen=True, slots=True)
class Glance:
    """One young person, in the few lines this discipline works by."""

    case_id: str
    called: str
    lines: tuple[Value, ...]
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A release by which one's own agency lets others read. `zone`: whose day its last one is."""

    id: str
    recipients: tuple[str, ...]
    ends_on: date | None
    zone: ZoneInfo


def glances(role: Role | None, seats: Mapping[str, Seat], called: Callable[[str], str]) -> tuple[Glance, ...]:
    """A glance at each of these cases, for a role that has any."""
    if role is None or role not in NEEDED:
        return ()
    ruled = {case_id: _ruled(seat, NEEDED[role]) for case_id, seat in list(seats.items())[:SHOWN_AT_MOST]}
    ticket = ledger.submit_all(
        [views.entry(seats[case_id], "glance.read", found) for case_id, found in ruled.items() if found]
    )
    made = [
        Glance(
            case_id,
            called(case_id),
            _lines(views.open_all(seats[case_id], found), NEEDED[role]),
            _papers(seats[case_id]),
        )
        for case_id, found in ruled.items()
    ]
    ticket.settle()
    return tuple(one for one in made if one.lines or one.papers)


def skeleton(role: Role | None, seats: Mapping[str, Seat]) -> list[Any]:
    """What the glances of a desk are made of, decided and not opened."""
    if role is None or role not in NEEDED:
        return []
    return [_bones(seat, NEEDED[role]) for seat in list(seats.values())[:SHOWN_AT_MOST]]


def _bones(seat: Seat, needed: Mapping[Category, tuple[str, ...]]) -> list[Any]:
    ruled = _ruled(seat, needed)
    closed = items.envelopes((seat.case, item.id) for item, _ in ruled)
    shown = [[item.id, decision.fields, items.changed_at(item, decision.fields, closed)] for item, decision in ruled]
    return [seat.id, shown, [paper.id for paper in _papers(seat)]]


def _ruled(seat: Seat, needed: Mapping[Category, tuple[str, ...]]) -> list[tuple[Item, Decision]]:
    """The latest item of each category that has something of what is needed."""
    found: dict[Category, tuple[Item, Decision]] = {}
    for item, decision in views.look(seat).items:
        wanted = needed.get(item.category, ())
        kept = tuple(name for name in decision.fields if name in wanted)
        if kept and _is_of_today(seat, item):
            found[item.category] = (item, views.narrowed(decision, kept))
    return list(found.values())


def _is_of_today(seat: Seat, item: Item) -> bool:
    """A missing episode counts while one runs."""
    if item.category is not Category.MISSING:
        return True
    return any(running(one.since, one.until, seat.at, seat.zone) for one in seat.case.facts.case.missing)


def _lines(shown: Iterable[Shown], needed: Mapping[Category, tuple[str, ...]]) -> tuple[Value, ...]:
    by_category = {one.category: one for one in shown}
    return tuple(value for category in needed if category in by_category for value in by_category[category].values)


def _papers(seat: Seat) -> tuple[Paper, ...]:
    """The releases of one's own agency that run now: what it lets others read."""
    today = seat.today
    mine = (
        one
        for one in seat.case.facts.releases
        if one.discloser == seat.me.agency_id and not any(not stop.recipients for stop in one.revoked)
    )
    return tuple(
        Paper(
            one.id, releases.names(one.recipients, seat), one.expires if isinstance(one.expires, date) else None,
            seat.zone,
        )
        for one in mine
        if not isinstance(one.expires, date) or one.expires >= today
    )
