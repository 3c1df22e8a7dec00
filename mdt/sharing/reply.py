"""What is said of an item that is not opened: that something is there, or no such thing.

`withhold` only where the viewer's cell offers a way (for a segment also a cell of what it quotes),
nothing hides existence, and the viewer's role is told at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mdt.sharing.decision import Decision, Way
from mdt.sharing.facts import Item
from mdt.sharing.grammar import Cell
from mdt.sharing.look import Look
from mdt.sharing.obligations import NO_EXPORT
from mdt.sharing.regimes import Regimes
from mdt.sharing.vocabulary import Action, Category, Outcome


def opens(look: Look, fields: frozenset[str], duties: frozenset[str], quoted: Sequence[Decision]) -> bool:
    """Whether anything is shown: some field is left, every quote is shown whole, export is allowed."""
    kept = look.action is Action.EXPORT and NO_EXPORT in duties
    return bool(fields) and not kept and not closed(quoted)


def closed(quoted: Sequence[Decision]) -> list[Decision]:
    """The quotes that keep a segment closed."""
    return [one for one in quoted if one.outcome is not Outcome.SHOW]


def ways(
    look: Look, item: Item, regimes: Regimes, cell: Cell, shut: Iterable[Cell], quoted: Sequence[Decision]
) -> tuple[Way, ...]:
    """The ways to open this item, if its existence may be told; none: there is no such thing.

    `cell` is the viewer's own in the item's category; `shut` are the cells whose body of law was not
    satisfied.
    """
    if hides(look, item, regimes) or any(one.outcome is Outcome.CONCEAL for one in quoted):
        return ()
    told = [way for one in (cell, *_cells_below(look, item)) for way in offered(one)]
    if not told:
        return ()
    needed = [way for one in shut for way in offered(one)]
    needed += [way for one in closed(quoted) for way in one.ways or offered(look.cell(_category(look, one)))]
    return tuple(dict.fromkeys(needed or told))


def _cells_below(look: Look, item: Item) -> Iterator[Cell]:
    """The viewer's cells in the categories of what a segment quotes, directly or through another."""
    waiting, seen = list(item.quotes), {item.id}
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            below = look.facts.items[name]
            waiting += below.quotes
            yield look.cell(below.category)


def _category(look: Look, decision: Decision) -> Category:
    return look.facts.items[decision.item].category


def hides(look: Look, item: Item, regimes: Regimes) -> bool:
    """Whether category, a body of law on it, or the viewer's role keeps existence itself silent."""
    hidden = look.profile.categories[item.category].hide
    by_law = any(look.profile.regimes[regime].hides for regime in regimes.all)
    return hidden or by_law or look.role in look.profile.quiet_roles


def offered(cell: Cell) -> tuple[Way, ...]:
    """The releases and orders a cell names."""
    return tuple(Way(one.kind.value, kind) for one in cell if one.kind.is_way for kind in one.types)
