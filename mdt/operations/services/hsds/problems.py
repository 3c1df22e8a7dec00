"""What is wrong with a file, with its place, and never with what it says: it may say where a shelter is."""

from __future__ import annotations

from dataclasses import dataclass

MOST = 20
"""Problems that are told of one file at most."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right: in which file, at which row or element, in which column, and how."""

    file: str
    place: str
    column: str
    words: str

    @property
    def sentence(self) -> str:
        """services.csv, row 3, minimum_age: Write a number."""
        where = ", ".join(one for one in (self.file, self.place, self.column) if one)
        return f"{where}: {self.words}"


class Damaged(Exception):
    """A file that is not taken in. Nothing of it is kept."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(one.sentence for one in problems[:MOST]))
        self.problems = problems[:MOST]
        self.more = max(0, len(problems) - MOST)


def damaged(file: str, words: str, place: str = "", column: str = "") -> Damaged:
    return Damaged(Problem(file, place, column, words))


__all__ = ["MOST", "Damaged", "Problem", "damaged"]
