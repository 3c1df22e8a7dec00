"""What a profile can ever open, compiled: the cells of one discipline for one purpose, as a few integers.

A plan says of one kind of item which alternatives are left once discipline, purpose, action and profile are known,
and which bits of a look each of them asks for. It is a function of those alone: nothing of a case is in it. What it
says is what `decide` says, step by step; `decide` is the reference, and what explains.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mdt.sharing import reply
from mdt.sharing.bases import NOTICE_2_32
from mdt.sharing.conditions import CONDITIONS, YOUTH_SIGNED, key_of
from mdt.sharing.decide import cell_for, closed_to
from mdt.sharing.decision import Ground, Way
from mdt.sharing.facts import Item
from mdt.sharing.fields import in_order, names_of
from mdt.sharing.grammar import Alternative, BasisKind, Cell
from mdt.sharing.lasting import BY_EPISODE, BY_MINORITY
from mdt.sharing.look import Look
from mdt.sharing.regimes import Regimes
from mdt.sharing.releases import GENERAL, needs_its_own
from mdt.sharing.vocabulary import Category, Purpose, Regime

OF_THE_ITEM = frozenset(
    ("own_placement", "author", "own_lawyer", "appointed", "education_need", "education_segment", "plan_segment")
)
"""Conditions that an item has a part in; every other is true or false of a whole look."""
OF_THE_LOOK = tuple(name for name in CONDITIONS if name not in OF_THE_ITEM)
BIT = {name: 1 << place for place, name in enumerate(OF_THE_LOOK)}
MEMBER, EPISODE, SELF, AGREED, IN_WINDOW, KEEPER, RIGHTS, SOURCE = (1 << len(BIT) + place for place in range(8))
NEEDS = {"member": MEMBER, "missing": EPISODE, "self": SELF}
"""What a legal basis needs, but for agreement, window and emergency, which are said apart."""
WHOLE = -1
"""A mask of fields that takes every field."""


def mask_of(category: Category, names: Any) -> int:
    """These fields of a category as bits, in catalog order. KeyError for a name it does not have."""
    places = _PLACES[category]
    mask = 0
    for name in names:
        mask |= places[name]
    return mask


def names_in(category: Category, mask: int) -> tuple[str, ...]:
    """The fields that these bits stand for, in catalog order."""
    known = _NAMES[category]
    found = known.get(mask)
    if found is None:
        places = _PLACES[category]
        found = known[mask] = in_order(category, [name for name, bit in places.items() if bit & mask])
    return found


_PLACES = {one: {name: 1 << place for place, name in enumerate(names_of(one))} for one in Category}
_NAMES: dict[Category, dict[int, tuple[str, ...]]] = {one: {} for one in Category}


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One alternative that is left: the bits it needs, what it gives, what travels with it."""

    alternative: Alternative
    category: Category
    need: int = 0
    """Bits without which it is silent."""
    coded: int = 0
    """Bits without which it says that the agreement is over."""
    window: int = 0
    """Bits without which it is silent, once it may speak."""
    unconfirmed: bool = False
    when: Callable[[Look, Item], bool] | None = None
    fields: int = WHOLE
    duties: frozenset[str] = frozenset()
    youth_signs: bool = False
    on_paper: bool = False
    """Whether a paper, or the item itself, is asked as well."""
    ends: int = 0
    """Which ends it has, as bits: equal ends, equal times for one look."""
    grounds: dict[int, Ground] = field(default_factory=dict)

    @property
    def types(self) -> tuple[str, ...]:
        return self.alternative.types

    def ground(self, mask: int) -> Ground:
        """What it is in a decision, where it rests on no paper and gives these fields."""
        found = self.grounds.get(mask)
        if found is None:
            found = self.grounds[mask] = self.told(mask)
        return found

    def told(self, mask: int, release: str | None = None, order: str | None = None) -> Ground:
        """What it is in a decision."""
        one = self.alternative
        return Ground(str(one), one.rule, one.ref or one.kind.value, names_in(self.category, mask), release, order)


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """The alternatives for one body of law (None: the item's own), by what has to be asked for them."""

    regime: Regime | None
    lines: tuple[Line, ...]
    general: tuple[str, ...]
    """Types of general forms that are looked at although the cell does not name them, and open nothing."""
    care: bool
    """Whether a consent for treatment, payment and operations is looked at in the same way."""
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Everything about one kind of item that does not depend on a case."""

    category: Category
    regimes: Regimes
    closed: bool
    groups: tuple[Group, ...]
    emergency: bool
    """Whether an emergency could open it."""
    hides: bool
    duties: frozenset[str]
    school: bool
    mask: int
    """The bits that matter."""
    papers: bool
    """Whether releases, orders or conditions of the item matter as well."""
    made: dict[Any, Any] = field(default_factory=dict)
    """What came of it, by everything it came of."""

    def ways(self, shut: tuple[Group, ...]) -> tuple[Way, ...]:
        """What may be told that would open it, where these bodies of law are not satisfied."""
        told = self.groups[0].ways if self.groups else ()
        if self.hides or not told:
            return ()
        return tuple(dict.fromkeys([way for group in shut for way in group.ways] or told))


def compiled(look: Look, item: Item, regimes: Regimes) -> Plan:
    """The plan for items of this kind, for looks of this discipline, purpose, action and profile."""
    closed = closed_to(look, item, regimes)
    names = () if closed else (None, *regimes.further)
    cells = {regime: cell_for(look, item, regimes, regime) for regime in names}
    groups = tuple(_group(look, item, regimes, regime, cell) for regime, cell in cells.items())
    lines = [line for group in groups for line in group.lines]
    school = Regime.FERPA in regimes.all
    mask = SOURCE | (RIGHTS | SELF if school else 0)
    for line in lines:
        mask |= line.need | line.coded | line.window
    return Plan(
        category=item.category,
        regimes=regimes,
        closed=closed,
        groups=groups,
        emergency=any(_burns(one, look) for cell in cells.values() for one in cell),
        hides=reply.hides(look, item, regimes),
        duties=frozenset(look.profile.categories[item.category].adds),
        school=school,
        mask=mask,
        papers=any(line.on_paper for line in lines) or any(one.general or one.care for one in groups),
    )


def _group(look: Look, item: Item, regimes: Regimes, regime: Regime | None, cell: Cell) -> Group:
    lines = (_line(one, look, item, regimes, regime) for one in cell)
    named = cell.release_types
    own = needs_its_own(item, regimes, regime)
    part2 = regime is Regime.PART2 or (regime is None and Regime.PART2 in regimes.own)
    return Group(
        regime=regime,
        lines=tuple(line for line in lines if line is not None),
        general=tuple(kind for kind in GENERAL if kind not in named) if own else (),
        care=part2 and "TPO" not in named,
        ways=reply.offered(cell),
    )


def _line(one: Alternative, look: Look, item: Item, regimes: Regimes, regime: Regime | None) -> Line | None:
    """What is left of an alternative; None where it can open nothing and say nothing."""
    if one.kind in (BasisKind.NEVER, BasisKind.AGGREGATE):
        return None
    asks = _ASKS.get(one.kind, _paper)
    return asks(one, look, item, regimes, regime) if _meant(one, look) else None


def _meant(one: Alternative, look: Look) -> bool:
    """Whether it is for this purpose."""
    if one.kind is BasisKind.LAW:
        return look.purpose in (one.purposes or look.profile.bases[one.types[0]].purposes)
    meant = look.purpose is not Purpose.AGGREGATE and (one.purposes is None or look.purpose in one.purposes)
    key = key_of(one.when)
    return meant and (key is None or look.profile.confirmed(key))


def _own(one: Alternative, look: Look, item: Item, regimes: Regimes, regime: Regime | None) -> Line | None:
    return _simple(one, look, item, SOURCE)


def _keeper(one: Alternative, look: Look, item: Item, regimes: Regimes, regime: Regime | None) -> Line | None:
    about = {regime} if regime else set(regimes.own)
    return _simple(one, look, item, KEEPER) if about <= {Regime.CPS} else None


def _law(one: Alternative, look: Look, item: Item, regimes: Regimes, regime: Regime | None) -> Line | None:
    basis = look.profile.bases[one.types[0]]
    needs = [name for name in basis.needs if name not in ("mou", "window")]
    if not all(name in NEEDS for name in needs):
        return None
    keys = [key for key in (basis.rests_on, key_of(one.when)) if key]
    return _simple(
        one, look, item, sum({NEEDS[name] for name in needs}),
        coded=AGREED if "mou" in basis.needs else 0,
        window=IN_WINDOW if "window" in basis.needs else 0,
        unconfirmed=not all(look.profile.confirmed(key) for key in keys),
    )  # fmt: skip


def _paper(one: Alternative, look: Look, item: Item, regimes: Regimes, regime: Regime | None) -> Line | None:
    """A release or an order."""
    adds: tuple[str, ...] = (NOTICE_2_32,) if Regime.PART2 in regimes.here else ()
    if one.kind is BasisKind.ORDER:
        kind = look.profile.orders[one.types[0]]
        adds += tuple(duty for of, duty in kind.adds.items() if of in regimes.here)
    return _simple(one, look, item, 0, adds=adds, youth_signs=one.when == YOUTH_SIGNED)


_ASKS = {BasisKind.OWN: _own, BasisKind.KEEPER: _keeper, BasisKind.LAW: _law}


def _simple(one: Alternative, look: Look, item: Item, need: int, adds: tuple[str, ...] = (), **more: Any) -> Line:
    return Line(
        alternative=one,
        category=item.category,
        need=need | _bit(one.when),
        when=CONDITIONS[one.when] if one.when in OF_THE_ITEM else None,
        fields=WHOLE if one.fields is None else _known(item.category, one.fields),
        duties=frozenset((*one.adds, *adds)),
        on_paper=one.when in OF_THE_ITEM or one.kind.is_way,
        ends=_ends(one, look),
        **more,
    )


def _bit(when: str | None) -> int:
    """The bit of a condition that is true or false of a whole look; none for any other."""
    return 0 if when is None else BIT.get(when, 0)


def _ends(one: Alternative, look: Look) -> int:
    """Which of the ends of `lasting.lawful_ends` it has."""
    needs = look.profile.bases[one.types[0]].needs if one.kind is BasisKind.LAW else ()
    episode = "missing" in needs or one.when in BY_EPISODE
    return sum(bit for bit, has in (
        (1, "mou" in needs), (2, "window" in needs), (4, episode), (8, one.when in BY_MINORITY),
    ) if has)  # fmt: skip


def _known(category: Category, names: frozenset[str]) -> int:
    """Those of these fields that this category has: a cell may be borrowed for an item of another."""
    return mask_of(category, names & _PLACES[category].keys())


def _burns(one: Alternative, look: Look) -> bool:
    """Whether an emergency matters for it."""
    return one.kind is BasisKind.LAW and "emergency" in look.profile.bases[one.types[0]].needs
