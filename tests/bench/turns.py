"""Contenders measured in turn, whichever goes first changing, so that the machine weighs on all of them alike.

What is counted is the processor time of this thread, with the collector at rest, as `timeit` has it. A round is a few
short slices of each contender, one after the other; the least disturbed slice of each stands for the round.
"""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import thread_time

Contender = Callable[[], object]
ROUNDS, SLICES, SECONDS = 21, 8, 0.004


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times as long one took as another: the median of the rounds, and the least and the most."""

    median: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"median of {ROUNDS} interleaved rounds ({self.least:.3g} to {self.most:.3g})"


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds a call of each contender, round by round."""

    of: Mapping[str, list[float]]

    def ratio(self, one: str, other: str) -> Ratio:
        """How many times as long `one` took as `other`."""
        found = sorted(a / b for a, b in zip(self.of[one], self.of[other], strict=True))
        return Ratio(statistics.median(found), found[0], found[-1])

    def microseconds(self, one: str) -> str:
        """The median time of a call, to be read."""
        return f"{statistics.median(self.of[one]) * 1e6:,.3g} µs"


def measured(contenders: Mapping[str, Contender]) -> Times:
    """Each contender timed in each round, as often a slice as takes about as long for all of them."""
    often = {name: _often(work) for name, work in contenders.items()}
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(ROUNDS):
        for name, seconds in _round(contenders, often, number).items():
            found[name].append(seconds)
    return Times(found)


def _round(contenders: Mapping[str, Contender], often: Mapping[str, int], number: int) -> dict[str, float]:
    names = list(contenders)
    least = dict.fromkeys(names, float("inf"))
    gc.collect()
    gc.disable()
    for turn in range(number, number + SLICES):
        start = turn % len(names)
        for name in (*names[start:], *names[:start]):
            least[name] = min(least[name], _timed(contenders[name], often[name]))
    gc.enable()
    return least


def _often(work: Contender) -> int:
    """How many calls make a slice, once everything that stays warm is warm."""
    work()
    return max(1, int(SECONDS / min(_timed(work, 1) for _ in range(5))))


def _timed(work: Contender, calls: int) -> float:
    begun = thread_time()
    for _ in range(calls):
        work()
    return (thread_time() - begun) / calls
