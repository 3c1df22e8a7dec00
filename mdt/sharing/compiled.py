"""A whole case decided in one go, as `decide.settle` decides it item by item, and much sooner.

    settle_all(look) -> {item id: Decision}

What is static of a profile is compiled to plans (`plans`), what is static of a case to rows and sorted papers, what
is true of a viewer now to the bits of one integer; an item is then a few comparisons of integers. Every decision
equals the plain evaluator's in every part of it. Whatever cannot be said so with certainty (an objection that may
touch an item, an emergency, a quote, a fact that does not read well) is asked of the plain evaluator itself.

Nothing that is kept is an answer for a person: rows and papers follow from the facts and the profile, plans and what
came of them from the profile and from every fact that they were made of. A fact that changes is another key.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from threading import Lock
from typing import Any

from mdt.sharing import bases, codes, emergencies, lasting, moments, orders, releases
from mdt.sharing.boundaries import boundaries, next_boundary
from mdt.sharing.conditions import CONDITIONS, has_parent_rights
from mdt.sharing.decide import settle
from mdt.sharing.decision import Decision, Ground, Way
from mdt.sharing.facts import YOUTH, Facts, Item, Order, Release
from mdt.sharing.grammar import BasisKind
from mdt.sharing.look import Look
from mdt.sharing.obligations import NO_EXPORT, NOTICE_FERPA
from mdt.sharing.papers import Papers, Service, Standing, in_scope, service_of
from mdt.sharing.plans import (
    AGREED,
    BIT,
    EPISODE,
    IN_WINDOW,
    KEEPER,
    MEMBER,
    RIGHTS,
    SELF,
    SOURCE,
    Group,
    Line,
    Plan,
    compiled,
    mask_of,
    names_in,
)
from mdt.sharing.profile import Profile
from mdt.sharing.regimes import regimes_of
from mdt.sharing.vocabulary import Action, Category, Outcome

READS = (Action.VIEW, Action.SEARCH, Action.EXPORT, Action.ALERT)
"""What is decided here; a statutory report and a meeting are for the plain evaluator."""
KEPT_AT_MOST = 256


def settle_all(look: Look, names: Iterable[str] | None = None) -> dict[str, Decision]:
    """The decision on every item of the case in this look, or on these; each as `settle` gives it."""
    wanted = look.facts.items if names is None else list(names)
    case = case_of(look.facts, look.profile) if look.action in READS else None
    if case is not None:
        look.settled.update(case.settled(look, wanted))
    return {name: settle(look, name) for name in wanted}


def next_turn(facts: Facts, at: datetime, profile: Profile) -> datetime | None:
    """`boundaries.next_boundary`, with the boundaries of these very facts worked out once."""
    case = case_of(facts, profile)
    if case is None:
        return next_boundary(facts, at, profile)
    place = bisect_right(case.turns, moments.instant(at))
    return case.turns[place] if place < len(case.turns) else None


def case_of(facts: Facts, profile: Profile) -> Case | None:
    """These very facts, read under this very profile; None where they do not read well."""
    key = id(facts), id(profile)
    with _lock:
        known = _kept.get(key)
        if known is not None:
            _kept.move_to_end(key)
            return known.case
    found = _Kept(facts, profile, _read(facts, profile))
    with _lock:
        _kept[key] = found
        if len(_kept) > KEPT_AT_MOST:
            _kept.popitem(last=False)
    return found.case


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """A case as it was read, with what it was read from, so that no other can come to lie in its place."""

    facts: Facts
    profile: Profile
    case: Case | None


_kept: OrderedDict[tuple[int, int], _Kept] = OrderedDict()
_lock = Lock()


def _read(facts: Facts, profile: Profile) -> Case | None:
    try:
        return Case(facts, profile) if _reads_well(facts) else None
    except Exception:  # what cannot be read is for the plain evaluator to refuse
        return None


def _reads_well(facts: Facts) -> bool:
    """Whether what is sorted here is of the shape that sorting takes for granted."""
    named: tuple[Release | Order, ...] = (*facts.releases, *facts.orders)
    papers: list[Any] = [(() if one.items is None else one.items, one.recipients, one.categories) for one in named]
    papers += [(one.excludes, one.revoked) for one in facts.releases]
    papers += [(one.against, one.categories) for one in facts.restrictions]
    papers += [(one.categories,) for one in facts.emergencies]
    return all(type(one) is tuple for each in papers for one in each)


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One item for one discipline, purpose and action: its plan, and what of the item itself is an integer."""

    item: Item
    plan: Plan
    has: int
    cut: int
    sealed: datetime | None
    service: tuple[int, Service]
    never: Decision
    made: dict[Any, Made]
    """What came of it where a paper of this case has a part in it, by everything it came of."""
    given: dict[Any, Decision]
    """The decisions it came to, by what they were made of."""


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """What came of a plan: a decision but for the item's name and the time at which it ends."""

    outcome: Outcome
    step: str
    fields: tuple[str, ...] = ()
    code: str | None = None
    grounds: tuple[Ground, ...] = ()
    duties: frozenset[str] = frozenset()
    ways: tuple[Way, ...] = ()
    ends: tuple[tuple[Permit, ...], ...] = ()
    lawful: tuple[tuple[int, ...], ...] = ()
    """The ends of its lines as bits, where no release has a part in it: equal ends, equal times for one look."""


@dataclass(frozen=True, slots=True, eq=False)
class Permit:
    """A line that holds, and the papers by which it does."""

    line: Line
    fields: int
    releases: tuple[Release, ...] = ()
    order: Order | None = None

    def ground(self, mask: int) -> Ground:
        if not self.releases and self.order is None:
            return self.line.ground(mask)
        named = "&".join(one.id for one in self.releases) or None
        return self.line.told(mask, named, self.order.id if self.order else None)


class Case:
    """The facts of one case under one profile, read once for every viewer."""

    def __init__(self, facts: Facts, profile: Profile) -> None:
        self.facts, self.profile = facts, profile
        self.turns = boundaries(facts, profile)
        self.carving = tuple(one for one in facts.releases if one.excludes)
        self.services: dict[Service, int] = {}
        self.rows: dict[Any, dict[str, Row | None]] = {}
        self.papers: dict[int, Papers] = {}
        self.gate = {name: self._concealed(one.id, "gate") for name, one in facts.items.items()}

    def settled(self, look: Look, names: Collection[str]) -> dict[str, Decision]:
        """The decisions on those of these items that can be said with certainty."""
        try:
            if not look.admitted:
                return {name: self.gate[name] for name in names if name in self.gate}
            sight = Sight(look, self)
            rows = self._rows(look, names)
        except Exception:  # the plain evaluator finds out what it is, and refuses
            return {}
        found = ((name, sight.decided(row)) for name in names if (row := rows.get(name)) is not None)
        return {name: one for name, one in found if one is not None}

    def papers_at(self, look: Look) -> Papers:
        """The releases, sorted for the stretch of time in which this look falls."""
        stretch = bisect_right(self.turns, look.at)
        found = self.papers.get(stretch)
        if found is None:
            found = Papers(self.facts, look)
            self.papers = {stretch: found}
        return found

    def _rows(self, look: Look, names: Collection[str]) -> dict[str, Row | None]:
        """These items for looks of this discipline, purpose and action; None for what cannot be decided here."""
        key = look.role, look.purpose, look.action
        found, items = self.rows.setdefault(key, {}), self.facts.items
        if missing := [name for name in names if name not in found and name in items]:
            plans = self.profile.plans.setdefault(key, {})
            found.update((name, self._row(name, items[name], look, plans)) for name in missing)
        return found

    def _row(self, name: str, item: Item, look: Look, plans: dict[Any, Plan]) -> Row | None:
        try:
            simple = type(item.category) is Category and item.subject == YOUTH and item.quotes == ()
            return self._read(item, look, plans) if simple and item.id == name else None
        except Exception:  # the plain evaluator finds out what it is, and refuses
            return None

    def _read(self, item: Item, look: Look, plans: dict[Any, Plan]) -> Row:
        regimes = regimes_of(item, self.facts, self.profile)
        plan = plans.get((item.category, regimes))
        if plan is None:
            plan = plans[item.category, regimes] = compiled(look, item, regimes)
        service = service_of(item, self.facts.orgs[item.source])
        cut = frozenset().union(*item.third_party.values()) & frozenset(item.fields)
        return Row(
            item=item,
            plan=plan,
            has=mask_of(item.category, item.fields),
            cut=mask_of(item.category, cut),
            sealed=None if item.sealed is None else moments.begins(item.sealed, self.facts.case.zone),
            service=(self.services.setdefault(service, len(self.services)), service),
            never=self._concealed(item.id, "never"),
            made={},
            given={},
        )

    def _concealed(self, item: str, step: str) -> Decision:
        profile = self.profile
        return Decision(item=item, outcome=Outcome.CONCEAL, profile=profile.name, version=profile.version, step=step)


class Sight:
    """What one look needs to know to decide a case: the truth of the viewer in bits, and the papers that name them."""

    def __init__(self, look: Look, case: Case) -> None:
        self.look, self.case, self.profile = look, case, case.profile
        self.org = look.org.id if look.org is not None else None
        self.barred = look.barred
        self.truth = truth_of(look)
        self.touched = _touched(look, case)
        self.burning = _burning(look)
        self.orders = _orders(look)
        self.papers = case.papers_at(look)
        self.member_ends = self._member_ends()
        self.known: dict[Any, tuple[Standing, list[Release]]] = {}
        self.ends: dict[int, datetime] = {}
        self.until: dict[Any, datetime | None] = {}

    def decided(self, row: Row) -> Decision | None:
        """The decision on this item; None where the plain evaluator has to say it."""
        plan, category = row.plan, row.item.category
        if plan.closed or self.barred or (row.sealed is not None and row.sealed <= self.look.at):
            return row.never
        if self.touched is None or category in self.touched or (plan.emergency and category in self.burning):
            return None
        try:
            return self._given(row, self._made(row))
        except Exception:  # the plain evaluator finds out what it is, and refuses
            return None

    def _given(self, row: Row, made: Made) -> Decision:
        until = self._until(made)
        found = row.given.get((made, until))
        if found is None:
            _make_room(row.given)
            found = row.given[made, until] = Decision(
                item=row.item.id,
                outcome=made.outcome,
                profile=self.profile.name,
                version=self.profile.version,
                step=made.step,
                fields=made.fields,
                code=made.code,
                grounds=made.grounds,
                duties=made.duties,
                ways=made.ways,
                until=until,
            )
        return found

    def _made(self, row: Row) -> Made:
        """What comes of this item: looked up, where it is known what comes of everything in the key."""
        plan = row.plan
        if row.item.source == self.org:
            truth, cut = self.truth | SOURCE, 0
        else:
            truth, cut = self.truth, row.cut
        said = self._asked(row, truth) if plan.papers else _NOTHING
        key = (truth & plan.mask, row.has, cut, *(one.key for one in said.values()))
        kept = row.made if any(one.permits for one in said.values()) else plan.made
        made = kept.get(key)
        if made is None:
            _make_room(kept)
            made = kept[key] = _make(row, truth, cut, said, self.look.action)
        return made

    def _asked(self, row: Row, truth: int) -> dict[Line | Group, Said]:
        """What papers, and the item itself, say to each line that asks for more than bits."""
        said: dict[Line | Group, Said] = {}
        for group in row.plan.groups:
            for line in group.lines:
                if line.on_paper and not line.need & ~truth:
                    said[line] = self._of_line(line, group, row)
            if group.general or group.care:
                said[group] = self._strays(group, row)
        return said

    def _of_line(self, line: Line, group: Group, row: Row) -> Said:
        if line.when is not None and not line.when(self.look, row.item):
            return SILENT
        kind = line.alternative.kind
        if kind is BasisKind.RELEASE:
            return self._of_releases(line, group, row)
        return self._of_orders(line, row) if kind is BasisKind.ORDER else SPEAKS

    def _of_releases(self, line: Line, group: Group, row: Row) -> Said:
        if not any(kind in self.papers.types for kind in line.types):
            return SILENT
        found, counting = list[str](), list[list[Release]]()
        for kind in line.types:
            code, count = self._counting(kind, line.youth_signs, group, row)
            counting.append(count)
            found += [code] if code else []
        code = codes.first(found)
        if not all(counting):
            return Said(code, code)
        # What carves something out is asked of the plain evaluator (`_touched`): these give all that the line gives.
        permits = tuple(Permit(line, line.fields & row.has, together) for together in product(*counting))
        return Said((code, *(tuple(map(id, one.releases)) for one in permits)), code, permits)

    def _counting(self, kind: str, youth_signs: bool, group: Group, row: Row) -> tuple[str | None, list[Release]]:
        """The releases of this type that count for this item, and the first code that is true of any other."""
        standing, apart = self._standing(kind, youth_signs, row)
        if not standing.mine and not apart:
            return standing.code, []
        look, item, regimes = self.look, row.item, row.plan.regimes
        asked = [(one, in_scope(one, item, look, regimes, group.regime)) for one in standing.mine]
        if apart:
            asked += [(one, self._alone(one, youth_signs, group, row)) for one in apart]
            asked.sort(key=lambda pair: self.papers.place[id(pair[0])])
        found = [code for code in (standing.code, *(code for _, code in asked)) if code]
        return codes.first(found), [one for one, code in asked if code is None]

    def _standing(self, kind: str, youth_signs: bool, row: Row) -> tuple[Standing, list[Release]]:
        number, service = row.service
        key = kind, youth_signs, number, row.item.source
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self.papers.standing(kind, row.item, service, self.look, youth_signs=youth_signs)
        return found

    def _alone(self, release: Release, youth_signs: bool, group: Group, row: Row) -> str | None:
        return releases.standing(
            release, row.item, self.look, row.plan.regimes, regime=group.regime, youth_signs=youth_signs
        ).code

    def _strays(self, group: Group, row: Row) -> Said:
        """The first code of the forms that are looked at although the cell does not name them."""
        found = list[str]()
        for kind in group.general:
            covering = self.papers.covering.get((kind, row.item.category), ())
            general = [one for one in covering if releases.covers(one, row.item)]
            found += [str(self._alone(one, False, group, row)) for one in general]
        if group.care:
            code, counting = self._counting("TPO", False, group, row)
            found += [code] if code else []
            found += ["E_TPO_ONLY"] if counting else []
        code = codes.first(found)
        return Said(code, code)

    def _of_orders(self, line: Line, row: Row) -> Said:
        mine = [one for one in self.orders.get(line.types[0], ()) if orders.in_scope(one, self.look, row.item)]
        if not mine:
            return SILENT
        permits = tuple(Permit(line, line.fields & row.has, order=one) for one in mine)
        return Said(tuple(map(id, mine)), None, permits)

    def _until(self, made: Made) -> datetime | None:
        """When what opens it ends: between bodies of law the earliest, within one the longest-lived basis."""
        if not made.ends:
            return None
        known = made.lawful or made
        if known not in self.until:
            ends = [max(map(self._permit_ends, group)) for group in made.ends]
            end = min((*ends, self.member_ends))
            self.until[known] = None if end == moments.NEVER_ENDS else end
        return self.until[known]

    def _permit_ends(self, permit: Permit) -> datetime:
        line = permit.line
        end = self.ends.get(line.ends)
        if end is None:
            lawful = lasting.lawful_ends(line.alternative, self.look)
            end = self.ends[line.ends] = min(lawful, default=moments.NEVER_ENDS)
        papers = (lasting.release_ends(one, self.look) for one in permit.releases)
        return min((end, *papers, *lasting.order_ends(permit.order, self.look)))

    def _member_ends(self) -> datetime:
        until = self.look.facts.members[self.look.viewer].until
        return moments.NEVER_ENDS if until is None else moments.ends(until, self.look.zone)


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What a line heard of papers: what it was, for a key; the first code; the permits."""

    key: Any
    code: str | None = None
    permits: tuple[Permit, ...] = ()


SILENT, SPEAKS = Said(False), Said(True)
_NOTHING: dict[Line | Group, Said] = {}


def _make(row: Row, truth: int, cut: int, said: dict[Line | Group, Said], action: Action) -> Made:
    """Steps five to nine for one item, with nothing to ask any more."""
    plan = row.plan
    answers = [_answer(group, row, truth, said) for group in plan.groups]
    sums = [_sum(permits) for permits, _ in answers]
    common = row.has & ~cut
    for one in sums:
        common &= one
    duties = _duties(plan, truth, common, answers)
    if not common or (action is Action.EXPORT and NO_EXPORT in duties):
        shut = tuple(group for group, one in zip(plan.groups, sums, strict=True) if not one)
        ways = plan.ways(shut)
        return Made(
            Outcome.WITHHOLD if ways else Outcome.CONCEAL,
            "reply" if common else "regimes",
            code=_code(row, answers, sums),
            ways=ways,
        )
    whole = common == row.has
    permits = tuple(tuple(found) for found, _ in answers)
    dated = any(one.releases or (one.order and one.order.ended) for group in permits for one in group)
    return Made(
        outcome=Outcome.SHOW if whole else Outcome.PART,
        step="minimise",
        fields=names_in(plan.category, common),
        code=None if whole else _code(row, answers, sums),
        grounds=tuple(one.ground(one.fields & common) for group in permits for one in group if one.fields & common),
        duties=duties,
        ends=permits,
        lawful=() if dated else tuple(tuple(one.line.ends for one in group) for group in permits),
    )


Answer = tuple[list[Permit], list[str]]


def _answer(group: Group, row: Row, truth: int, said: dict[Line | Group, Said]) -> Answer:
    """What the lines for one body of law come to: permits in the order of the cell, and codes."""
    permits, found = list[Permit](), list[str]()
    for line in group.lines:
        if line.need & ~truth:
            continue
        heard = said[line] if line.on_paper else SPEAKS
        if heard is SPEAKS:
            _lawful(line, row, truth, permits, found)
        else:
            permits += heard.permits
            found += [heard.code] if heard.code else []
    stray = said.get(group, SILENT).code
    return permits, [*found, stray] if stray else found


def _lawful(line: Line, row: Row, truth: int, permits: list[Permit], found: list[str]) -> None:
    """A line that rests on no paper: it gives, is silent, or says by which code it does not hold."""
    if line.coded & ~truth:
        found.append("E_MOU_EXPIRED")
    elif line.unconfirmed:
        found.append(bases.UNCONFIRMED)
    elif not line.window & ~truth:
        permits.append(Permit(line, line.fields & row.has))


def _sum(permits: Iterable[Permit]) -> int:
    mask = 0
    for one in permits:
        mask |= one.fields
    return mask


def _duties(plan: Plan, truth: int, common: int, answers: Iterable[Answer]) -> frozenset[str]:
    duties = set(plan.duties)
    if plan.school and not truth & (SOURCE | SELF | RIGHTS):
        duties.add(NOTICE_FERPA)
    return frozenset(
        duties.union(*(one.line.duties for permits, _ in answers for one in permits if one.fields & common))
    )


def _code(row: Row, answers: list[Answer], sums: list[int]) -> str | None:
    """The first code of the bodies of law that stand in the way, or else of those that give only a part."""
    shut = [found for (_, found), one in zip(answers, sums, strict=True) if not one]
    partial = [found for (_, found), one in zip(answers, sums, strict=True) if one != row.has]
    return codes.first(code for found in shut or partial for code in found)


def truth_of(look: Look) -> int:
    """What is true of this look, as bits."""
    org = look.org
    told = (
        (MEMBER, org is not None and org.statutory_member is True),
        (EPISODE, look.episode is not None),
        (SELF, look.is_youth),
        (AGREED, bases.agreement_stands(look)),
        (IN_WINDOW, bases.window_open(look)),
        (KEEPER, org is not None and org.id == look.facts.case.lead),
        (RIGHTS, has_parent_rights(look)),
    )
    truth = sum(bit for bit, true in told if true)
    return truth | sum(bit for name, bit in BIT.items() if CONDITIONS[name](look, ABOUT_NO_ITEM))


def _touched(look: Look, case: Case) -> set[Category] | None:
    """The categories in which an objection or an instruction may take something from this viewer; None: in all."""
    found: set[Category] = set()
    for one in look.facts.restrictions:
        if not one.against or look.is_among(one.against) or look.user.person in one.against:
            if not one.categories:
                return None
            found.update(one.categories)
    for release in case.carving:
        if look.is_among(release.recipients):
            found.update(release.categories)
    return found


def _burning(look: Look) -> set[Category]:
    """The categories for which an emergency is in force."""
    burning = [one for one in look.facts.emergencies if emergencies.in_force(one, look)]
    return {category for one in burning for category in one.categories}


def _orders(look: Look) -> dict[str, list[Order]]:
    """The orders that name this viewer, by type."""
    found: dict[str, list[Order]] = {}
    for one in look.facts.orders:
        if look.is_among(one.recipients):
            found.setdefault(one.type, []).append(one)
    return found


def _make_room(kept: dict[Any, Any]) -> None:
    if len(kept) >= MADE_AT_MOST:
        kept.clear()


ABOUT_NO_ITEM = Item(id="", category=Category.ID, source="", fields=())
MADE_AT_MOST = 4096

__all__ = ["case_of", "next_turn", "settle_all", "truth_of"]
