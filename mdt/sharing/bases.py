"""What permits: an alternative of a cell, asked whether it holds for one look at one item.

An alternative that holds gives permits; one that does not may say by which code. Restrictions come
after, in `restrictions`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

from mdt.sharing import emergencies, moments, orders, releases
from mdt.sharing.conditions import CONDITIONS, YOUTH_SIGNED, key_of
from mdt.sharing.facts import Emergency, Item, Order, Release
from mdt.sharing.grammar import Alternative, BasisKind
from mdt.sharing.look import Look
from mdt.sharing.profile import Basis
from mdt.sharing.regimes import Regimes
from mdt.sharing.vocabulary import Purpose, Regime

UNCONFIRMED = "E_PROFILE_UNCONFIRMED"
NOTICE_2_32 = "notice_2_32"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """One basis that holds, with what it gives and what travels with it."""

    alternative: Alternative
    fields: frozenset[str]
    releases: tuple[Release, ...] = ()
    order: Order | None = None
    emergency: Emergency | None = None
    duties: tuple[str, ...] = ()
    yields: bool = False
    """Whether a restriction takes it away: a law basis that is no duty, or a release."""


@dataclass
class Answer:
    """What the alternatives for one body of law came to."""

    permits: list[Permit] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)

    @cached_property
    def fields(self) -> frozenset[str]:
        """Bases that hold for one body of law add their fields. Asked when the permits are settled."""
        return frozenset().union(*(permit.fields for permit in self.permits))


@dataclass(frozen=True, slots=True)
class Question:
    """Which item, to which look, for which body of law (None: the item's own)."""

    look: Look
    item: Item
    regimes: Regimes
    regime: Regime | None = None


def asked(alternatives: Iterable[Alternative], question: Question) -> Answer:
    """Every alternative asked in turn; any one that holds is enough."""
    answer = Answer()
    for one in alternatives:
        _ASK[one.kind](one, question, answer)
    return answer


def _own(one: Alternative, question: Question, answer: Answer) -> None:
    if question.look.is_source(question.item) and _applies(one, question):
        answer.permits.append(_permit(one, question))


def _keeper(one: Alternative, question: Question, answer: Answer) -> None:
    """The lead agency keeps the child-welfare record; it satisfies no other regime."""
    look = question.look
    about = {question.regime} if question.regime else set(question.regimes.own)
    keeps = look.org is not None and look.org.id == look.facts.case.lead
    if keeps and about <= {Regime.CPS} and _applies(one, question):
        answer.permits.append(_permit(one, question))


def _law(one: Alternative, question: Question, answer: Answer) -> None:
    basis = question.look.profile.bases[one.types[0]]
    if question.look.purpose not in (one.purposes or basis.purposes):
        return
    if not _condition(one, question):
        return
    emergency = None
    if "emergency" in basis.needs:
        emergency = emergencies.serving(question.look, question.item, question.regimes, basis)
        if emergency is None:
            return
    if not all(_need(name, question.look) for name in basis.needs if name not in _CODED):
        return
    if code := _refusal(one, basis, question):
        answer.codes.append(code)
    elif "window" not in basis.needs or window_open(question.look):
        answer.permits.append(_lawful(one, basis, emergency, question))


_CODED = ("mou", "window", "emergency")


def _need(name: str, look: Look) -> bool:
    match name:
        case "member":
            return look.org is not None and look.org.statutory_member is True
        case "missing":
            return look.episode is not None
        case "self":
            return look.is_youth
    return False


def _refusal(one: Alternative, basis: Basis, question: Question) -> str | None:
    """The code by which a law basis that would apply does not hold."""
    profile = question.look.profile
    if "mou" in basis.needs and not agreement_stands(question.look):
        return "E_MOU_EXPIRED"
    keys = [key for key in (basis.rests_on, key_of(one.when)) if key]
    return None if all(profile.confirmed(key) for key in keys) else UNCONFIRMED


def agreement_stands(look: Look) -> bool:
    """Whether the team agreement of the viewer's organisation holds; to its last day."""
    until = look.org.mou_until if look.org else None
    return until is not None and not moments.over(until, look.at, look.zone)


def window_open(look: Look) -> bool:
    """Whether the sharing window of the statute is open, where it has one."""
    last = window_ends(look)
    return last is None or not moments.over(last, look.at, look.zone)


def window_ends(look: Look) -> moments.Moment | None:
    """The last day of the statute's window: the n-th after the report, or later for good cause."""
    days = look.profile.value("mdt_statute.window_days")
    if days is None:
        return None
    case = look.facts.case
    last = moments.days_after(case.report_received or case.opened, int(days), look.zone)
    extends = look.profile.value("mdt_statute.good_cause_extension") is True
    if extends and case.good_cause_until is not None:
        return max(last, moments.day(case.good_cause_until, look.zone))
    return last


def _lawful(one: Alternative, basis: Basis, emergency: Emergency | None, question: Question) -> Permit:
    duties = one.adds
    if emergency is not None:
        rule = question.look.profile.emergency
        duties += rule.duties
        duties += rule.part2_duties if Regime.PART2 in question.regimes.all else ()
    return Permit(
        alternative=one,
        fields=given(one, question.item),
        emergency=emergency,
        duties=duties,
        yields=basis.yields,
    )


def _release(one: Alternative, question: Question, answer: Answer) -> None:
    """Releases of the type named; where two types are needed together, one of each."""
    if not _applies(one, question):
        return
    counting = []
    for kind in one.types:
        standings = [_standing(release, one, question) for release in _of_type(kind, question)]
        answer.codes += [one.code for one in standings if one.code]
        counting.append([one.release for one in standings if one.counts])
    answer.permits += [_signed(one, together, question) for together in product(*counting)]


def _of_type(kind: str, question: Question) -> list[Release]:
    return question.look.releases.get(kind, [])


def _standing(release: Release, one: Alternative, question: Question) -> releases.Standing:
    return releases.standing(
        release, question.item, question.look, question.regimes,
        regime=question.regime, youth_signs=one.when == YOUTH_SIGNED,
    )  # fmt: skip


def _signed(one: Alternative, together: tuple[Release, ...], question: Question) -> Permit:
    carved = frozenset().union(*(release.excludes for release in together))
    return Permit(
        alternative=one,
        fields=given(one, question.item) - carved,
        releases=together,
        duties=one.adds + _part2_notice(question),
        yields=True,
    )


def _order(one: Alternative, question: Question, answer: Answer) -> None:
    if not _applies(one, question):
        return
    kind = question.look.profile.orders[one.types[0]]
    adds = tuple(duty for regime, duty in kind.adds.items() if regime in question.regimes.here)
    answer.permits += [
        Permit(
            alternative=one,
            fields=given(one, question.item),
            order=order,
            duties=one.adds + adds + _part2_notice(question),
        )
        for order in question.look.facts.orders
        if order.type == kind.name and orders.in_scope(order, question.look, question.item)
    ]


def _nothing(one: Alternative, question: Question, answer: Answer) -> None:
    """`never` and `aggregate` open no item."""


_ASK = {
    BasisKind.OWN: _own,
    BasisKind.KEEPER: _keeper,
    BasisKind.LAW: _law,
    BasisKind.RELEASE: _release,
    BasisKind.ORDER: _order,
    BasisKind.AGGREGATE: _nothing,
    BasisKind.NEVER: _nothing,
}


def _applies(one: Alternative, question: Question) -> bool:
    """Purpose and condition. Nobody reads an item to count without names."""
    purpose = question.look.purpose
    meant = purpose is not Purpose.AGGREGATE and (one.purposes is None or purpose in one.purposes)
    key = key_of(one.when)
    confirmed = key is None or question.look.profile.confirmed(key)
    return meant and confirmed and _condition(one, question)


def _condition(one: Alternative, question: Question) -> bool:
    if one.when is None or one.when == YOUTH_SIGNED:
        return True
    return CONDITIONS[one.when](question.look, question.item)


def _permit(one: Alternative, question: Question) -> Permit:
    return Permit(alternative=one, fields=given(one, question.item), duties=one.adds)


def given(one: Alternative, item: Item) -> frozenset[str]:
    """The fields of this item that an alternative gives: its subset, or all the item has."""
    has = frozenset(item.fields)
    return has if one.fields is None else has & one.fields


def _part2_notice(question: Question) -> tuple[str, ...]:
    return (NOTICE_2_32,) if Regime.PART2 in question.regimes.here else ()


def strays(question: Question, named: Collection[str]) -> list[str]:
    """The codes of releases that the cell does not name and that are looked at all the same.

    A general form that lists psychotherapy notes or Part 2 content, and a treatment, payment and
    operations consent where the team asks. They open nothing: the general form always fails a check.
    """
    if not question.look.facts.releases:
        return []
    item, found = question.item, list[str]()
    if releases.needs_its_own(item, question.regimes, question.regime):
        general = [r for kind in releases.GENERAL if kind not in named for r in _of_type(kind, question)]
        found += [_stray(r, question) for r in general if releases.covers(r, item)]
    about_part2 = question.regime is Regime.PART2 or (question.regime is None and Regime.PART2 in question.regimes.own)
    if about_part2 and "TPO" not in named:
        found += [_stray(r, question) for r in _of_type("TPO", question)]
    return found


def _stray(release: Release, question: Question) -> str:
    code = releases.standing(release, question.item, question.look, question.regimes, regime=question.regime).code
    return code or "E_TPO_ONLY"
