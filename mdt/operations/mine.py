"""The young person's own page: who is with them, what they let people share, and how each of it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mdt.operations import desks, releases, views, watching
from mdt.operations.access import Person, Seat
from mdt.operations.consent import sheets
from mdt.operations.consent.sheets import Sheet
from mdt.operations.needs import joining
from mdt.operations.needs.joining import Join
from mdt.operations.team import Colleague, colleagues, known_as
from mdt.sharing.vocabulary import Role

TOPIC = watching.Topic("mine")


@dataclass(frozen=True, slots=True)
class Mine:
    """One case of the young person's, in their own words: what they are called, who is there, what may be told."""

    case_id: str
    called: str | None
    people: tuple[Colleague, ...]
    shared: tuple[Sheet, ...]
    joins: tuple[Join, ...]
    """Whether it is OK that somebody joins: what waits for their word."""
    over: int
    """Releases that have ended; they are on the page of releases."""


def read(me: Person, names: Mapping[str, str | None]) -> tuple[Mine, ...]:
    """The young person's cases; `names` is what their desk calls them in each. Recorded, as every look at a release."""
    return tuple(_mine(seat, names.get(seat.id)) for seat in desks.seats_of(me).values())


def _mine(seat: Seat, called: str | None) -> Mine:
    every = releases.read_all(seat, called or "you")
    shared = tuple(one for one in every if not one.standing.over)
    joins = tuple(one for one in joining.of_case(seat) if one.open)
    return Mine(seat.id, called, _people(seat), shared, joins, len(every) - len(shared))


def _people(seat: Seat) -> tuple[Colleague, ...]:
    return tuple(one for one in colleagues(seat, views.look(seat).sources) if not one.me)


def tag(me: Person) -> str:
    """The tag of this page now."""
    return watching.tag(TOPIC, me, _skeleton(me))


def _skeleton(me: Person) -> Any:
    """What the page is made of: a desk, who is there, and which releases stand how."""
    return [desks.skeleton(me), [_of_a_case(seat) for seat in desks.seats_of(me).values()]]


def _of_a_case(seat: Seat) -> list[Any]:
    stand = [(row.id, sheets.stands(seat, row.terms, rights=True)) for row in releases.known(seat)]
    told = [[release_id, now.state, now.days_left if now.lapsing else None] for release_id, now in stand]
    waits = [one.id for one in joining.of_case(seat) if one.open]
    return [seat.id, waits, known_as(seat, views.look(seat).sources), told]


def _watch(_topic: watching.Topic, me: Person, _purpose: str | None) -> tuple[str, datetime | None]:
    if me.role is not Role.YT:
        return watching.NOTHING, None  # to anybody else a release stands only as far as it concerns them
    return tag(me), desks.turns(me)


watching.kind("mine", _watch)

__all__ = ["TOPIC", "Mine", "read", "tag"]
