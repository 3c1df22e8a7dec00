"""Who was shown what, read from the ledger: by record, by release, by emergency.

The ledger's lines say [item, category, source, fields, rules, releases, orders, emergencies, duties]
(`views._line`). What is found here is for those who answer for a record; whoever shows it asks first who may know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from mdt.models import Entry, User, db
from mdt.operations import ledger, team, views
from mdt.operations.access import Seat
from mdt.operations.linking.whole import joined
from mdt.operations.team import hides_its_clients
from mdt.sharing import fields as catalog
from mdt.sharing.vocabulary import Category

SOMEBODY = "Somebody else of the team"
MOST = 2000
"""Entries opened at most for one list, the latest; a list that is cut says so."""
Line = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody was shown some fields of a record."""

    actor: str
    at: datetime
    item: str
    category: Category
    source: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody was shown, all their looks together, the last one's time; as one reader may know of it."""

    actor: str
    who: str
    agency: str
    titles: tuple[str, ...]
    fields: tuple[str, ...]
    last: datetime
    times: int


@dataclass(frozen=True, slots=True)
class Looks:
    """Looks, the latest first. `cut`: there are more entries than were opened."""

    all: tuple[Look, ...]
    cut: int = 0

    def those(self, wanted: Callable[[Look], bool]) -> Looks:
        """Only some of them."""
        return Looks(tuple(one for one in self.all if wanted(one)), self.cut)


@dataclass(frozen=True, slots=True)
class Readers:
    """Who was shown what, as one reader may know of it. `cut`: so many of the latest readings were looked through,
    and there are more; 0 if these are all."""

    people: tuple[Seen, ...]
    cut: int = 0


def of_item(case_id: str, item_id: str, since: datetime, until: datetime | None = None) -> Looks:
    """Every look at this record in that time."""
    return _looks(case_id, since, until, lambda line: line[0] == item_id)


def by_release(case_id: str, release_id: str, since: datetime) -> Looks:
    """Every look that this release opened, alone or with another."""
    return _looks(case_id, since, None, lambda line: release_id in _names(line[5]))


def by_emergency(case_id: str, emergency_id: str, since: datetime) -> Looks:
    """Every look that this emergency opened."""
    return _looks(case_id, since, None, lambda line: emergency_id in _names(line[7]))


def gathered(seat: Seat, looks: Looks, *, but: Iterable[str] = ()) -> Readers:
    """One line for each person, by name, the latest first. Of whom this reader may not know there is no line: that
    somebody of an agency that hides its clients is on the team is told by no list."""
    known = {one.id: one for one in team.colleagues(seat, ())}
    people: dict[str, list[Look]] = {}
    for look in looks.all:
        if look.actor not in but:
            people.setdefault(look.actor, []).append(look)
    found = [_one(seat, actor, theirs, known) for actor, theirs in people.items()]
    named_ones = (one for one in found if one.who != SOMEBODY)
    return Readers(tuple(sorted(named_ones, key=lambda one: one.last, reverse=True)), looks.cut)


def _one(seat: Seat, actor: str, looks: list[Look], known: dict[str, team.Colleague]) -> Seen:
    who, agency = named(seat, actor, known)
    titles = {catalog.CATEGORIES[one.category].title for one in looks}
    labels = {catalog.field(one.category, name).label for one in looks for name in one.fields}
    last = max(one.at for one in looks)
    return Seen(actor, who, agency, tuple(sorted(titles)), tuple(sorted(labels)), last, len(looks))


def named(seat: Seat, actor: str, known: dict[str, team.Colleague]) -> tuple[str, str]:
    """By name where this reader may know of them, or could: being of an agency that hides its clients is no name to
    give to another agency."""
    user = seat.case.facts.users.get(actor)
    org = seat.case.facts.orgs.get(user.org or "") if user else None
    if user and (actor in known or seat.leads or user.org == seat.me.agency_id or not hides_its_clients(org)):
        one = team.colleague(seat, actor)
        return one.name, one.agency
    return (user is None and _beside_the_team(seat, actor)) or (SOMEBODY, "")


def _beside_the_team(seat: Seat, actor: str) -> tuple[str, str] | None:
    """Who acts without a discipline, as counsel or an administrator, is of no team and serves no client: they are
    named, but to another agency not of one that hides its clients."""
    user = db.session.get(User, actor)
    if user is None or user.role is not None or user.agency is None:
        return None
    own = user.agency_id == seat.me.agency_id
    return (user.name, user.agency.name) if own or not hides_its_clients(user.agency.fact) else None


def _looks(case_id: str, since: datetime, until: datetime | None, wanted: Callable[[Line], bool]) -> Looks:
    """Only entries that can say that something was shown are opened, the latest first, and no more than `MOST`."""
    rows = select(Entry.id, Entry.body_).where(
        Entry.case_id.in_(joined(case_id)), Entry.event.in_(views.READS), Entry.actor_id.is_not(None), Entry.at >= since
    )
    if until is not None:
        rows = rows.where(Entry.at <= until)
    kept = db.session.execute(rows.order_by(Entry.seq.desc()).limit(MOST + 1)).all()
    bodies = (ledger.body(row.id, row.body_) for row in kept[:MOST])
    found = [_look(body, line) for body in bodies for line in body.get("shown", ()) if len(line) > 7 and wanted(line)]
    return Looks(tuple(found), MOST if len(kept) > MOST else 0)


def _look(body: dict[str, Any], line: Line) -> Look:
    at = datetime.fromisoformat(str(body["at"]))
    return Look(str(body["actor"]), at, line[0], Category(line[1]), line[2], tuple(line[3]))


def _names(grounds: Iterable[str]) -> set[str]:
    """Releases that only open together stand as one word, joined."""
    return {name for one in grounds for name in str(one).split("&")}


__all__ = ["Look", "Looks", "Readers", "Seen", "by_emergency", "by_release", "gathered", "named", "of_item"]
