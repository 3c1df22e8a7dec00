"""What other rules would do to the present cases: who sees more, who sees less. Numbers, and no case.

It is found by deciding: every member of every present case looks once under each. The work is bounded;
where it does not reach every case, it says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from sqlalchemy import func, select

from mdt.models import Case, db, now
from mdt.operations import facts
from mdt.operations.facts import CaseFacts
from mdt.sharing.compiled import settle_all
from mdt.sharing.decide import look_at
from mdt.sharing.gate import admitted
from mdt.sharing.matrix import touched
from mdt.sharing.profile import Profile
from mdt.sharing.vocabulary import ROLE_WORDS, USUAL_PURPOSES, Outcome, Role

CASES_AT_MOST = 400
SECONDS_AT_MOST = 2.0
AT_ONCE = 40
SMALL = 5
"""Numbers below this are said as "fewer than"."""


@dataclass(frozen=True, slots=True)
class Share:
    """People of one discipline, and in how many cases they would see more, or less."""

    role: Role
    cases: int
    people: int


@dataclass(frozen=True, slots=True)
class Effect:
    """Who would see more and who less; who would be told otherwise of what is withheld. `of` present cases,
    `looked` were looked at."""

    of: int
    looked: int
    gains: tuple[Share, ...]
    loses: tuple[Share, ...]
    told: tuple[Share, ...]

    @property
    def whole(self) -> bool:
        return self.looked == self.of

    def words(self) -> dict[str, list[str]]:
        """In sentences, with small numbers blurred."""
        return {
            "gains": [_words(one, "sees more") for one in self.gains],
            "loses": [_words(one, "sees less") for one in self.loses],
            "told": [_words(one, "is told something else of what is withheld") for one in self.told],
            "of": [self.reach()],
        }

    def reach(self) -> str:
        """How many cases this rests on."""
        if self.whole:
            return f"Found by deciding every present case anew ({blurred(self.of)})."
        return (
            f"Found by deciding {self.looked:,} of {self.of:,} present cases anew, chosen by chance. "
            "The others were not looked at, so the true numbers may be higher."
        )


def measured(name: str, old: Profile, new: Profile) -> Effect:
    """The effect of these rules on the present cases under this name."""
    present = select(Case.id).where(Case.profile == name, Case.closed.is_(False))
    of = db.session.scalar(select(func.count()).select_from(present.subquery())) or 0
    ids = db.session.scalars(present.order_by(Case.id).limit(CASES_AT_MOST)).all()
    return effect(_loaded(ids), old, new, of=of)


def effect(cases: Iterable[CaseFacts], old: Profile, new: Profile, *, of: int) -> Effect:
    """The same over these cases."""
    roles, looked, found = touched(old, new), 0, _Found()
    for case in cases:
        looked += 1
        for user_id, role in _members(case, roles):
            found.note(case.id, user_id, role, *_compared(case, user_id, role, old, new))
    return Effect(of, looked, found.shares("gains"), found.shares("loses"), found.shares("told"))


def differs(case: CaseFacts, user_id: str, old: Profile, new: Profile) -> bool:
    """Whether this member sees this case otherwise under these rules than under those."""
    role = case.facts.users[user_id].role
    return any(_compared(case, user_id, role, old, new))


def blurred(number: int) -> str:
    """A number of people or cases, as it may be told."""
    return "none" if number == 0 else f"fewer than {SMALL}" if number < SMALL else f"{number:,}"


class _Found:
    """Who was found to see more or less, by discipline."""

    def __init__(self) -> None:
        self._sets: dict[tuple[str, Role], tuple[set[str], set[str]]] = {}

    def note(self, case_id: str, user_id: str, role: Role, more: bool, less: bool, told: bool) -> None:
        for way, is_so in (("gains", more), ("loses", less), ("told", told)):
            if is_so:
                cases, people = self._sets.setdefault((way, role), (set(), set()))
                cases.add(case_id)
                people.add(user_id)

    def shares(self, way: str) -> tuple[Share, ...]:
        return tuple(
            Share(role, len(self._sets[way, role][0]), len(self._sets[way, role][1]))
            for role in Role
            if (way, role) in self._sets
        )


def _loaded(ids: Sequence[str]) -> Iterator[CaseFacts]:
    """The facts of these cases, in batches, until the time is over."""
    began = monotonic()
    for start in range(0, len(ids), AT_ONCE):
        if monotonic() - began > SECONDS_AT_MOST:
            return
        yield from facts.load_many(ids[start : start + AT_ONCE]).values()


def _members(case: CaseFacts, roles: frozenset[Role]) -> Iterator[tuple[str, Role]]:
    at = now()
    for user_id, user in case.facts.users.items():
        if user.role in roles and admitted(case.facts, user_id, at):
            yield user_id, user.role


def _compared(case: CaseFacts, user_id: str, role: Role, old: Profile, new: Profile) -> tuple[bool, bool, bool]:
    """More, less, or only told otherwise."""
    (was, was_told), (is_, is_told) = (_seen(case, user_id, role, rules) for rules in (old, new))
    more, less = bool(is_ - was), bool(was - is_)
    return more, less, was_told != is_told and not (more or less)


def _seen(case: CaseFacts, user_id: str, role: Role, rules: Profile) -> tuple[set[Any], set[Any]]:
    """Every field this member is shown; and of what they are told that it is withheld, and how it opens."""
    purpose = case.facts.members[user_id].purpose or USUAL_PURPOSES[role][0]
    look = look_at(case.facts, user_id, purpose, now(), rules)
    decided = settle_all(look)
    ruled = [(item, decided[item.id]) for item in case.facts.items.values()]
    shown = {(item.id, name) for item, one in ruled for name in one.fields if one.opens}
    told = {(item.category, item.source, one.ways) for item, one in ruled if one.outcome is Outcome.WITHHOLD}
    return shown, told


def _words(share: Share, verb: str) -> str:
    role = ROLE_WORDS[share.role]
    many = f"{blurred(share.cases)} present cases ({blurred(share.people)} people)"
    return f"{role[:1].upper()}{role[1:]} {verb} in {many}."
