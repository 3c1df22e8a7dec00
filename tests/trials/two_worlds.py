"""Twenty thousand pairs of worlds: how many sessions tell of what their viewer may not see. It goes on where it was.

Beside each common world lie four others, each apart from it in something of its own; one random session is said in
all five. That is four pairs for five sessions instead of eight, and four times the differences a session can meet.
Progress is in `instance/two_worlds.json`: the pairs that were walked, and those that differ, in words. A pair is
known by its number, so any of them can be walked again with those beside it: PAIR=123 make trials ONLY=B.two_worlds.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.figures import FILE, Figure
from tests.worlds import running

PAIRS = 20_000
OTHERS = 4
"""Worlds beside a common one: a pair for each."""
AT_ONCE = 100
"""Common worlds between two looks at the clock; progress is kept more often than that."""
PROGRESS = FILE.with_name("two_worlds.json")
HOW = "random pairs of worlds, four to a common one, one random session in all, compared to the byte in every part"


@dataclass
class Progress:
    """What was walked, in the file where it is kept."""

    file: Path
    walked: set[int] = field(default_factory=set)
    differing: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @classmethod
    def read(cls, file: Path) -> Progress:
        """What is in the file; nothing, if it is not there or cannot be read."""
        try:
            said = json.loads(file.read_text())
            ranges = [n for low, high in said["walked"] for n in range(low, high + 1)]
            return cls(file, set(ranges), list(said["differing"]), float(said["seconds"]))
        except (OSError, ValueError, KeyError, TypeError):
            return cls(file)

    def add(self, found: running.Walked, seconds: float) -> None:
        """Keep this, too; the file is whole at every moment."""
        self.walked |= set(found.seeds)
        self.differing += found.differing
        self.seconds += seconds
        said = {"walked": _ranges(sorted(self.walked)), "differing": self.differing, "seconds": round(self.seconds, 1)}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps(said, indent=1) + "\n")
        fresh.replace(self.file)

    def left(self, pairs: int) -> list[int]:
        """The common worlds of which a pair is not walked yet."""
        return sorted({number // OTHERS for number in range(pairs) if number not in self.walked})


def _ranges(numbers: Sequence[int]) -> list[list[int]]:
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def measure() -> Iterator[Figure]:
    """Walk what is left of them, or the one that PAIR names."""
    if alone := os.environ.get("PAIR"):
        for part in running.walk([int(alone) // OTHERS], OTHERS):
            print("\n".join(part.differing) or f"Pair {alone} is the same, and those beside it.")
        return
    pairs = int(os.environ.get("PAIRS") or PAIRS)
    progress = go_on(Progress.read(PROGRESS), pairs)
    yield Figure("B.two_worlds_differences", len(progress.differing), "", "<= 0", f"{len(progress.walked)} {HOW}")
    yield Figure("B.two_worlds_pairs", len(progress.walked), "pairs", f">= {PAIRS}", "walked")


def go_on(progress: Progress, pairs: int) -> Progress:
    """Walk the pairs that are left, and say how far it is."""
    left = progress.left(pairs)
    for at in range(0, len(left), AT_ONCE):
        begun = time.monotonic()
        for part in running.walk(left[at : at + AT_ONCE], OTHERS):
            progress.add(part, time.monotonic() - begun)
            begun = time.monotonic()
            for one in part.differing:
                print(one, flush=True)
        print(f"  {len(progress.walked)} of {pairs} pairs, {len(progress.differing)} differ", flush=True)
    return progress


__all__ = ["Progress", "go_on", "measure"]
