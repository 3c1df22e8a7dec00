"""Which bodies of law hold on an item, and where each comes from.

They follow from category and source, can be added by hand and never taken away, and every quote
inherits them. What is inherited hides existence and keeps reports out; the quoted item itself is
decided on its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from mdt.sharing.facts import Facts, Item, Org
from mdt.sharing.profile import Profile
from mdt.sharing.vocabulary import Category, Regime


@dataclass(frozen=True, slots=True)
class Regimes:
    """The regimes of one item by where they come from, and the labels it carries."""

    own: frozenset[Regime] = frozenset()
    source: frozenset[Regime] = frozenset()
    hand: frozenset[Regime] = frozenset()
    inherited: frozenset[Regime] = frozenset()
    labels: frozenset[str] = frozenset()
    swapped: bool = False
    """ADVOCATE of a runaway-youth programme that is no victim service provider: RHY for VSP."""

    @property
    def further(self) -> tuple[Regime, ...]:
        """Those the viewer's own cell does not satisfy, in a steady order."""
        return tuple(sorted(self.source | self.hand))

    @property
    def here(self) -> frozenset[Regime]:
        """Those on the item itself."""
        return self.own | self.source | self.hand

    @property
    def all(self) -> frozenset[Regime]:
        return self.here | self.inherited


def regimes_of(item: Item, facts: Facts, profile: Profile) -> Regimes:
    """The regimes on an item. KeyError if its source, or what it quotes, is unknown: it refuses."""
    alone = _alone(item, facts, profile)
    if not item.quotes:
        return alone
    quoted = [facts.items[name] for name in _below(item, facts)]
    return replace(
        alone,
        inherited=frozenset().union(*(_alone(one, facts, profile).here for one in quoted)),
        labels=alone.labels.union(*(one.labels for one in quoted)),
    )


def _alone(item: Item, facts: Facts, profile: Profile) -> Regimes:
    """The regimes on an item without those of what it quotes."""
    source, rule = facts.orgs[item.source], profile.categories[item.category]
    swapped = is_swapped(item, source)
    brought = _brought(source, profile)
    return _sorted(rule.regimes, brought, tuple(item.regimes), tuple(item.labels), swapped)


@lru_cache(maxsize=4096)
def _sorted(
    category: tuple[Regime, ...],
    brought: tuple[Regime, ...],
    hand: tuple[Regime, ...],
    labels: tuple[str, ...],
    swapped: bool,
) -> Regimes:
    """Each regime where it first comes from: the category, then the source, then by hand."""
    own = frozenset(category)
    if swapped:
        own = own - {Regime.VSP} | {Regime.RHY}
    source = frozenset(brought) - own
    by_hand = frozenset(hand) - own - source
    return Regimes(own, source, by_hand, labels=frozenset(labels), swapped=swapped)


def is_swapped(item: Item, source: Org) -> bool:
    return item.category is Category.ADVOCATE and source.rhy is True and source.vsp is None


def _brought(source: Org, profile: Profile) -> tuple[Regime, ...]:
    marks = {
        "part2": source.part2 is not False,
        "vsp": source.vsp is not None,
        "rhy": source.rhy is not False,
    }
    return tuple(regime for mark, regime in profile.from_source if marks[mark])


def _below(item: Item, facts: Facts) -> set[str]:
    """Everything an item quotes, directly or through another."""
    found: set[str] = set()
    waiting = list(item.quotes)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += facts.items[name].quotes
    return found
