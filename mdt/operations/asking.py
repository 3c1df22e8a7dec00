"""Asking for what is withheld: what would open it, and whom to turn to."""

from __future__ import annotations

from dataclasses import dataclass

from mdt.operations import requests, team, views
from mdt.operations.access import Seat
from mdt.operations.consent.kinds import WORDS
from mdt.operations.consent.sheets import name_of
from mdt.operations.releases import startable
from mdt.operations.team import Colleague, colleagues
from mdt.sharing import fields as catalog
from mdt.sharing.explain import withheld
from mdt.sharing.vocabulary import Category


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
    asked: str | None
    """The request this reader has made already, if it is open."""
    tells: bool
    """Whether to ask is to tell the agency that one serves the young person, which is itself protected."""


def sought(seat: Seat, category: str, source_id: str) -> Withheld:
    """What this source withholds of this category. For what is concealed, shown or not there: as if there were none."""
    seen = views.look(seat)
    item, decision = requests.withheld(seat, category, source_id)
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
        asked.id if (asked := requests.pending(seat, item.category, item.source)) else None,
        team.hides_its_clients(seat.case.facts.orgs.get(seat.me.agency_id or "")),
    )  # fmt: skip
    ticket.settle()
    return said


__all__ = ["Withheld", "sought"]
