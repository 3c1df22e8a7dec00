"""Counts that tell nobody who somebody is: small ones are left out, and enough beside them that no sum gives them back.

A cell from one to the least number less one is left out. Then, as long as the sums that are told determine a cell
that is left out, another is left out too. Whether they do is linear algebra, done exactly: a cell is given back if it
follows from the equations between what is told. Pure.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

Key = Hashable
Sums = Sequence[tuple[Key, Sequence[Key]]]
"""Each sum: the cell it stands in, and the cells it is of."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A count, or that it is left out."""

    count: int | None

    def __str__(self) -> str:
        return "–" if self.count is None else f"{self.count:,}"


def protected(
    cells: Mapping[Key, int], sums: Sums, least: int, beside: Iterable[Key] = (), more: Mapping[Key, int] | None = None
) -> dict[Key, Cell]:  # fmt: skip
    """The cells that can be told. Nought is told; `sums` say which cells add up to which. What is `beside` is left out
    in any case; `more`: the least number of cells for which it is another."""
    least_of = more or {}
    out = {key for key, count in cells.items() if 0 < count < least_of.get(key, least)} | {*beside}
    while given := _given_back(out, sums):
        out.add(_beside(given, out, cells, sums))
    return {key: Cell(None if key in out else count) for key, count in cells.items()}


def _given_back(out: set[Key], sums: Sums) -> Key | None:
    """A cell that is left out, and follows from what is told; None if none does."""
    keys = sorted(out, key=repr)
    rows = [[Fraction(_times(key, total, parts)) for key in keys] for total, parts in sums]
    for row in _reduced(rows):
        held = [place for place, value in enumerate(row) if value]
        if len(held) == 1:
            return keys[held[0]]
    return None


def _times(key: Key, total: Key, parts: Sequence[Key]) -> int:
    return parts.count(key) - (key == total)


def _reduced(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """The rows in reduced echelon form: a cell follows from them if one of them holds it alone."""
    done: list[list[Fraction]] = []
    rows = [list(row) for row in rows]
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        pivot = [value / pivot[column] for value in pivot]
        rows = [_less(row, pivot, column) for row in rows]
        done = [_less(row, pivot, column) for row in done] + [pivot]
    return done


def _less(row: list[Fraction], pivot: list[Fraction], column: int) -> list[Fraction]:
    times = row[column]
    return [value - times * other for value, other in zip(row, pivot, strict=True)] if times else row


def _beside(given: Key, out: set[Key], cells: Mapping[Key, int], sums: Sums) -> Key:
    """The cell to leave out with it: of one sum with it the smallest that is told, nought only where nothing else is;
    if all of its sums are left out already, of any."""
    near = {key for total, parts in sums for key in (total, *parts) if given in (total, *parts)} - out
    far = {key for total, parts in sums if {total, *parts} & out for key in (total, *parts)} - out
    return min(near or far, key=lambda key: (cells[key] == 0, cells[key], repr(key)))


__all__ = ["Cell", "protected"]
