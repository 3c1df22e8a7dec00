"""A figure, and the register of what is measured: shared by `make bench` and `make trials`.

A measure is a function that gives figures. It is registered under the name of its chief figure, and
ONLY=<name> runs those whose name begins so, or the one that gives the figure of that name. What was measured
replaces the figures of the same names in `instance/figures.json`; the others stay.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
FILE = PROJECT / "instance" / "figures.json"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `goal` reads "<= 1.5"; None where a figure only tells. `how`: by what it was measured."""

    name: str
    value: float
    unit: str
    goal: str | None
    how: str

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        if self.goal is None:
            return None
        sign, bound = self.goal.split()
        return self.value <= float(bound) if sign == "<=" else self.value >= float(bound)


Measure = Callable[[], Iterable[Figure]]


def run(measures: Mapping[str, Measure], only: str | None = None) -> None:
    """Measure all, or what begins with `only`; keep and print the figures. SystemExit if nothing is called so."""
    chosen = [name for name in measures if only is None or name.startswith(only) or only.startswith(name)]
    if not chosen:
        sys.exit(f"Nothing to measure is called {only!r}. There is: {', '.join(measures) or 'nothing yet'}.")
    found: list[Figure] = []
    for name in chosen:
        print(f"Measuring {name} …", flush=True)
        for figure in measures[name]():
            found.append(figure)
            keep([figure])
    print(table(found))


def keep(figures: Iterable[Figure], file: Path = FILE) -> None:
    """Merge these into the file, by name."""
    known = {one["name"]: one for one in (json.loads(file.read_text()) if file.exists() else ())}
    known |= {one.name: asdict(one) for one in figures}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([known[name] for name in sorted(known)], indent=2, ensure_ascii=False) + "\n")


def table(figures: Iterable[Figure]) -> str:
    """The figures as a table: name, value, goal, whether it is reached."""
    lines = [("figure", "value", "goal", "")]
    lines += [(one.name, f"{one.value:,.4g} {one.unit}", one.goal or "", _word(one.met)) for one in figures]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    rows = ("  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)) for line in lines)
    return "\n".join(row.rstrip() for row in rows)


def only() -> str | None:
    """What ONLY names."""
    return os.environ.get("ONLY") or None


def _word(met: bool | None) -> str:
    return "" if met is None else "reached" if met else "not reached"
