"""The order of a case review: urgent cases first, and then so that people come only for their cases.

Pure: minutes and identifiers, no database. What one person waits is the time between their first case and their
last in which none of theirs is on; the order is the one in which all together wait least.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import permutations

TRIED_WHOLE = 6
"""Up to so many cases every order is tried: 720 of them; more are placed one by one, and moved while that helps."""


class Reason(StrEnum):
    """Why a case is due, the most pressing first."""

    URGENT = "urgent"
    NEW = "new"
    REQUESTED = "requested"
    ONGOING = "ongoing"


@dataclass(frozen=True, slots=True)
class Due:
    """A case that is due: why, how many minutes it has, and who comes for it."""

    case_id: str
    reason: Reason
    minutes: int
    people: frozenset[str] = frozenset()


def reason(
    *, urgent: bool, held_at: datetime | None, requested: bool, every_days: int | None, at: datetime
) -> Reason | None:
    """Why a case is due for review at this time; None if it is not. `held_at`: when it was last reviewed."""
    if urgent:
        return Reason.URGENT
    if held_at is None:
        return Reason.NEW
    if requested:
        return Reason.REQUESTED
    return Reason.ONGOING if every_days and held_at + timedelta(days=every_days) <= at else None


def waiting(cases: Sequence[Due]) -> int:
    """The minutes that people wait in this order, all together."""
    begins, at = [], 0
    for one in cases:
        begins.append(at)
        at += one.minutes
    return sum(_waits(cases, begins, person) for person in frozenset().union(*(one.people for one in cases)))


def _waits(cases: Sequence[Due], begins: Sequence[int], person: str) -> int:
    mine = [place for place, one in enumerate(cases) if person in one.people]
    first, last = mine[0], mine[-1]
    return begins[last] + cases[last].minutes - begins[first] - sum(cases[place].minutes for place in mine)


def ordered(cases: Iterable[Due]) -> tuple[Due, ...]:
    """These cases in the order in which they are held. The same cases always come in the same order."""
    known = sorted(cases, key=lambda one: (list(Reason).index(one.reason), one.case_id))
    urgent = [one for one in known if one.reason is Reason.URGENT]
    others = [one for one in known if one.reason is not Reason.URGENT]
    return (*_arranged((), urgent), *_arranged(_arranged((), urgent), others))


def _arranged(before: tuple[Due, ...], cases: list[Due]) -> tuple[Due, ...]:
    """These cases in their best order after those before them."""
    if len(cases) <= TRIED_WHOLE:
        return min(permutations(cases), key=lambda order: waiting((*before, *order)))
    placed: tuple[Due, ...] = ()
    for one in cases:
        placed = _inserted(before, placed, one)
    starts = (placed, tuple(cases))  # the second, so that nobody can say it was better as they came
    return min((_improved(before, start) for start in starts), key=lambda order: waiting((*before, *order)))


def _inserted(before: tuple[Due, ...], placed: tuple[Due, ...], one: Due) -> tuple[Due, ...]:
    tried = ((*placed[:place], one, *placed[place:]) for place in range(len(placed) + 1))
    return min(tried, key=lambda order: waiting((*before, *order)))


def _improved(before: tuple[Due, ...], placed: tuple[Due, ...]) -> tuple[Due, ...]:
    """Take one out and put it where it fits best, as long as somebody waits less for it."""
    best = waiting((*before, *placed))
    while True:
        moves = (_inserted(before, tuple(other for other in placed if other != one), one) for one in placed)
        better = min(moves, key=lambda order: waiting((*before, *order)))
        now = waiting((*before, *better))
        if now >= best:
            return placed
        placed, best = better, now


def slots(cases: Sequence[Due], starts_at: datetime) -> tuple[tuple[Due, datetime], ...]:
    """When each case begins, one after the other."""
    found, at = [], starts_at
    for one in cases:
        found.append((one, at))
        at += timedelta(minutes=one.minutes)
    return tuple(found)


__all__ = ["Due", "Reason", "ordered", "reason", "slots", "waiting"]
