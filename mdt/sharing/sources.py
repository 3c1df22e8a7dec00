"""What a cell rests on: its citations, and whether the county's counsel has confirmed them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mdt.sharing.conditions import KEYS
from mdt.sharing.grammar import Alternative, BasisKind, Cell
from mdt.sharing.jurisdiction import CONFIRMED, ENTRIES
from mdt.sharing.profile import Profile

SHIPPED = "baseline"
"""Who `confirmed` names in the files that come with the application."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What counsel said of an entry. Where it does not stand, the stricter branch holds; it may also stand as it
    came with the application, confirmed by nobody here."""

    entry: str
    title: str
    stands: bool
    by: str | None = None
    on: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One thing a cell rests on: what it is, where it is written, and what counsel said, if it is theirs to say."""

    title: str
    cite: str | None
    confirmation: Confirmation | None = None


def sources(cell: Cell, profile: Profile) -> tuple[Source, ...]:
    """Everything this cell rests on, each once, in the order of its alternatives."""
    return tuple(dict.fromkeys(one for alternative in cell for one in _of(alternative, profile)))


def confirmation(name: str, profile: Profile) -> Confirmation:
    """What counsel said of this entry of the jurisdiction."""
    title = ENTRIES[name].title if name in ENTRIES else name
    if not profile.confirmed(name):
        return Confirmation(name, title, False)
    said: Any = profile.raw[name].get(CONFIRMED)
    if not isinstance(said, dict) or said.get("by") in (None, SHIPPED):
        return Confirmation(name, title, True)
    on, note = (str(said[key]) if said.get(key) else None for key in ("on", "note"))
    return Confirmation(name, title, True, str(said["by"]), on, note)


def _of(one: Alternative, profile: Profile) -> Iterator[Source]:
    if one.kind is BasisKind.LAW:
        basis = profile.bases[one.types[0]]
        yield _resting(basis.title, basis.rests_on, basis.cite, profile)
    elif one.kind is BasisKind.RELEASE:
        yield from (Source(f"Release: {profile.releases[kind].title}", None) for kind in one.types)
    elif one.kind is BasisKind.ORDER:
        order = profile.orders[one.types[0]]
        yield Source(f"Court order: {order.title}", order.cite)
    if one.when in KEYS:
        yield _resting(ENTRIES[KEYS[one.when]].title, KEYS[one.when], None, profile)


def _resting(title: str, entry: str | None, cite: str | None, profile: Profile) -> Source:
    if entry is None:
        return Source(title, cite)
    return Source(title, cite or profile.value(f"{entry}.cite"), confirmation(entry, profile))
