"""How the stories file what they tell: records, teams, releases, meetings and tasks, by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mdt.models import Agency, Case, Item, Member, Release, Standing, Youth, db
from mdt.operations import items
from mdt.operations.demo import agencies, known, people
from mdt.operations.demo.when import When
from mdt.operations.importing.known import index_at
from mdt.sharing import facts
from mdt.sharing.vocabulary import Category, Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A record: what kind, from which agency, by whom, how many days ago (0 is today)."""

    name: str
    category: Category
    source: str
    author: str | None = None
    days: int
    clock: str = "10:15"
    values: Mapping[str, str | list[str]]
    labels: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    via: str | None = None
    consented_by: str | None = None
    third_party: Mapping[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Somebody's place on a team: for what, since how many days; `asked` if not answered yet."""

    who: str
    purpose: Purpose
    days: int
    asked: bool = False
    why: str = ""


def open_case(name: str, when: When, terms: Mapping[str, Any], *, reference: str) -> Case:
    """A young person and the case of Cedar County Child Welfare about them, by the story's name; `reference`: by which
    number the agency's own system knows them, so that its caseload file finds them."""
    lead = db.session.get_one(Agency, agencies.id_of("county"))
    opened = when.time(-(when.day(0) - terms["opened"]).days, "16:00")
    youth = Youth(id=known(f"youth.{name}"), agency_id=lead.id, created_at=opened)
    db.session.add(youth)
    youth.reference, youth.reference_index = reference, index_at(lead.id, reference)
    fact = facts.Case(id=known(f"case.{name}"), lead=lead.id, timezone=when.zone.key, **terms)
    case = Case(id=fact.id, youth=youth, lead=lead, profile=lead.profile, terms=fact, created_at=opened)
    db.session.add(case)
    db.session.flush()
    return case


def file_all(case: Case, entries: Iterable[Entry], when: When) -> None:
    """File these records, oldest first or not: each has its own day."""
    for entry in entries:
        _file(case, entry, when.time(-entry.days, entry.clock), when)
    db.session.flush()


def _file(case: Case, entry: Entry, at: datetime, when: When) -> Item:
    item = items.file(
        case,
        id=known(entry.name),
        source=agencies.id_of(entry.source),
        category=entry.category,
        values=entry.values,
        recorded=when.day(-entry.days),
        author=people.id_of(entry.author) if entry.author else None,
        labels=entry.labels,
        quotes=tuple(map(known, entry.quotes)),
        via=entry.via,
        consented_by=entry.consented_by,
        third_party=entry.third_party or {},
    )
    item.created_at = item.changed_at = at
    return item


def seat_all(case: Case, places: Iterable[Place], when: When) -> None:
    """Seat these people at the table of a case, each invited the day before they accepted."""
    for place in places:
        db.session.add(_member(case, place, when))
    db.session.flush()


def _member(case: Case, place: Place, when: When) -> Member:
    began = when.time(-place.days, "11:00")
    since = None if place.asked else began
    return Member(
        id=known(f"member.{case.id}.{place.who}"),
        case=case,
        user_id=people.id_of(place.who),
        standing=Standing.INVITED if place.asked else Standing.ACCEPTED,
        purpose=place.purpose,
        why=place.why or None,
        invited_by=people.id_of("casey"),
        invited_at=began - (timedelta(hours=18) if place.days else timedelta(minutes=20)),
        since=since,
        looked_at=when.time(-1, "17:10") if since and place.days else None,
        changed_at=when.time(0, "11:05"),
    )


def sign(case: Case, name: str, when: When, *, about: str, days: int, **terms: Any) -> None:
    """A signed release by name, signed so many days ago; agencies and people by short name.

    `about` says on the paper what is released, in words.
    """
    fact = facts.Release(
        id=known(name),
        discloser=agencies.id_of(terms.pop("discloser")),
        recipients=people.ids_of(terms.pop("recipients")),
        signed_on=when.day(-days),
        **terms,
    )
    db.session.add(
        Release(
            id=fact.id,
            case=case,
            terms=fact,
            form={"description": about},
            written_by=people.id_of("casey"),
            created_at=when.time(-days, "15:00"),
        )
    )


__all__ = ["Entry", "Place", "file_all", "open_case", "seat_all", "sign"]
