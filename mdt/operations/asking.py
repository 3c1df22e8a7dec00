"""Asking for what is withheld: what would open it, and whom to turn to."""

from __future__ import annotations

from dataclasses import dataclass

from mdt.operations import views
from mdt.operations.access import Seat
from mdt.operations.acts import not_there
from mdt.operations.consent.kinds import WORDS
from mdt.operations.consent.sheets import name_of
from mdt.operations.releases import startable
from mdt.operations.team import Colleague, colleagues
from mdt.sharing import fields as catalog
from mdt.sharing.explain import withheld
from mdt.sharing.vocabulary import Category, Outcome


@dataclass(frozen=True, slots=True)
class Withheld:
    """Something one is told of and may not read. `releases`: the kinds that would open it, by type;
    `startable`: those of them that this reader could start."""

    category: Category
    title: str
    sentence: str
    source: str
    discloser: str
    releases: tuple[tuple[str, str], ...]
    by_order: bool
    people: tuple[Colleague, ...]
    lead: tuple[Colleague, ...]
    startable: frozenset[str]


def sought(seat: Seat, category: str, source_id: str) -> Withheld:
    """What this source withholds of this category. For what is concealed, shown or not there: as if there were none."""
    seen = views.look(seat)
    held = [(item, one) for item, one in seen.items if one.outcome is Outcome.WITHHOLD]
    found = next(((item, one) for item, one in held if (item.category, item.source) == (category, source_id)), None)
    if found is None:
        raise not_there()
    item, decision = found
    ticket = views.disclose(seat, "ask.read", (), every=[decision])
    known = colleagues(seat, seen.sources)
    source = name_of(seat, item.source)
    said = Withheld(
        item.category, catalog.CATEGORIES[item.category].title, withheld(decision, item, views.names_of(seat)),
        source, item.source, tuple((way.type, WORDS[way.type]) for way in decision.ways if way.kind == "release"),
        any(way.kind == "order" for way in decision.ways),
        tuple(one for one in known if one.agency == source and not one.me),
        tuple(one for one in known if one.leads and not one.me),
        frozenset(type for source_id, type in startable(seat) if source_id == item.source),
    )  # fmt: skip
    ticket.settle()
    return said


__all__ = ["Withheld", "sought"]
