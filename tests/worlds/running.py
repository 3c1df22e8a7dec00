"""Many pairs, in as many processes as the machine has cores: each lays a ground and walks pair after pair on it."""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from unittest.mock import patch

from tests.fixtures_app import in_memory as folder
from tests.worlds import comparing, ground, making

AT_ONCE = 10
"""Common worlds whose pairs a process walks before it tells."""


@dataclass
class Walked:
    """What came of some pairs: those that differ, in words; what was asked; who the viewers were, and what differed."""

    seeds: list[int] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    endpoints: Counter[str] = field(default_factory=Counter)
    viewers: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, more: Walked) -> None:
        self.seeds += more.seeds
        self.differing += more.differing
        self.endpoints += more.endpoints
        self.viewers += more.viewers
        self.kinds += more.kinds


def walk_here(on: ground.Ground, seeds: Sequence[int], others: int = 1, among: int = 100) -> Walked:
    """Walk the pairs of these common worlds on this ground. With more worlds beside each than one, the pairs of a
    seed are `seed * others` and those that follow it. So many sessions ask every route `among` them."""
    found = Walked()
    gc.collect()
    gc.freeze()
    for seed in seeds:
        try:
            pairs = [replace(one, among=among) for one in making.beside(on, seed, others)]
            compared = comparing.compare_all(on, pairs)
        except Exception as wrong:  # said in words, since not every error can cross to the process that asked
            raise RuntimeError(f"the worlds of seed {seed}: {type(wrong).__name__}: {wrong}") from None
        for number, (made, session) in enumerate(zip(pairs, compared, strict=True)):
            differing = [f"pair {seed * others + number}, {one}" for one in session.differences[:1]]
            found.add(Walked([seed * others + number], differing, session.endpoints,
                             Counter([f"{made.relation} {made.role}"]), Counter(made.kinds)))  # fmt: skip
    return found


_held = ExitStack()
_ground: ground.Ground | None = None


def _walk(seeds: Sequence[int], others: int, among: int) -> Walked:
    """In a process of its own: on the ground that it lays first."""
    global _ground
    if _ground is None:
        _ground = _held.enter_context(ground.on_sqlite(_held.enter_context(folder())))
        multiprocessing.util.Finalize(None, _held.close, exitpriority=10)
    return walk_here(_ground, seeds, others, among)


def walk(seeds: Sequence[int], others: int = 1, among: int = 100) -> Iterator[Walked]:
    """Walk the pairs of these common worlds, some at a time, as they come. What a session does follows from its number
    alone, so that it can be walked again: in these processes words hash alike each time."""
    parts = [seeds[n : n + AT_ONCE] for n in range(0, len(seeds), AT_ONCE)]
    workers = max(1, min(len(parts), os.cpu_count() or 1))
    spawn = multiprocessing.get_context("spawn")
    with patch.dict(os.environ, PYTHONHASHSEED="0"), ProcessPoolExecutor(workers, mp_context=spawn) as pool:
        for done in as_completed([pool.submit(_walk, part, others, among) for part in parts]):
            yield done.result()


__all__ = ["Walked", "folder", "walk", "walk_here"]
