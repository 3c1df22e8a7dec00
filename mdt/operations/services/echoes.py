"""Where a confidential place is, in the ways people write it down, and where a directory says it. Pure.

A street with its number, or the number and the name of its street, tells it wherever it stands. The street alone, or a
name by which only the house is known, tells it in what belongs to the service there; elsewhere it is any street.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from mdt.operations.services.hsds.tables import Directory, Row

BLANK = re.compile(r"[\W_]+")
BOXES = ("po box", "p o box", "post office box")
LEAST = 5
"""Signs of words from which on a repetition is looked for."""
MOST = 12
"""Words of a phrase at most."""
SHORT = {
    "street": "st", "avenue": "ave", "av": "ave", "road": "rd", "lane": "ln", "drive": "dr", "boulevard": "blvd",
    "court": "ct", "place": "pl", "highway": "hwy", "parkway": "pkwy", "terrace": "ter", "square": "sq",
    "circle": "cir", "trail": "trl", "north": "n", "south": "s", "east": "e", "west": "w", "northeast": "ne",
    "northwest": "nw", "southeast": "se", "southwest": "sw",
}  # fmt: skip
"""What is written long and short."""
KINDS = {"st", "ave", "rd", "ln", "dr", "blvd", "ct", "pl", "hwy", "pkwy", "ter", "sq", "cir", "trl", "way"}
WAYS = {"n", "s", "e", "w", "ne", "nw", "se", "sw"}
INSIDE = {"apt", "apartment", "unit", "suite", "ste", "floor", "fl", "room", "rm", "lot"}
Known = Mapping[str, frozenset[tuple[int, str]]]
"""Of closed places: how many words a phrase has that tells it, and its mark (`Mark`)."""
Mark = Callable[[str], str]
"""A mark of a phrase that nobody can make without the key; it tells nothing. Empty: there is none."""


@dataclass(frozen=True, slots=True)
class Told:
    """What tells of one place: `anywhere` it stands, or only `near` it. Phrases as `plain` makes them."""

    anywhere: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()

    def __or__(self, other: Told) -> Told:
        return Told(self.anywhere | other.anywhere, self.near | other.near)

    def marked(self, mark: Mark) -> frozenset[tuple[int, str]]:
        """The same, for keeping: without the words."""
        marks = ((len(one.split()), mark(one)) for one in self.anywhere | self.near)
        return frozenset((size, one) for size, one in marks if one)


def bare(value: object) -> str:
    return BLANK.sub(" ", str(value or "").casefold()).strip()


def plain(value: object) -> str:
    """Words without signs and capitals, each written short."""
    return " ".join(SHORT.get(one, one) for one in bare(value).split())


def of_street(said: object) -> Told:
    """What tells of a place that has this street address. A box at the post office tells nothing."""
    if bare(said).startswith(BOXES):
        return Told()
    words = plain(said).split()
    words = words[: next((n for n, one in enumerate(words) if n and one in INSIDE), len(words))]
    numbered = bool(words) and any(one.isdigit() for one in words[0])
    number, rest = (words[0], words[1:]) if numbered else ("", words)
    name, kind = _named(rest)
    whole = [" ".join(words)]
    partly = [f"{number} {' '.join(name)}", f"{number} {' '.join(rest[: rest.index(name[-1]) + 1])}"] if name else []
    street = f"{' '.join(name)} {kind}" if kind else " ".join(name) if len(name) > 1 else ""
    tells = len("".join(name)) > 2
    return Told(_long(whole + (partly if numbered and tells else [])), _long([street] if tells else []))


def of_name(name: object) -> Told:
    """What tells of a place that is known by this name."""
    return Told(near=_long([plain(name)]))


def _named(words: list[str]) -> tuple[list[str], str]:
    """The name of a street, and its kind."""
    name = words[1:] if len(words) > 1 and words[0] in WAYS else words
    name = name[:-1] if len(name) > 1 and name[-1] in WAYS else name
    return (name[:-1], name[-1]) if len(name) > 1 and name[-1] in KINDS else (name, "")


def _long(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset(one for one in phrases if len(one) >= LEAST and len(one.split()) <= MOST)


def found(
    made: Directory, told: Mapping[str, Told], near: Mapping[str, set[str]], known: Known, mark: Mark
) -> Iterator[tuple[str, str, str]]:  # fmt: skip
    """Where a directory says where a closed place is: table, row and column. `near`: the identifiers around each, of
    rows and of what they belong to (`only` for the row alone); `known`: what is kept of places whose street is not
    here any more."""
    anywhere = [f" {phrase} " for one in told.values() for phrase in one.anywhere]
    around: dict[str, set[str]] = {}
    for place, ids in near.items():
        for one in ids:
            around.setdefault(one, set()).add(place)
    for table, rows in made.items():
        for row_id, row in rows.items():
            places = _places(row, around)
            for name, value in row.items():
                if isinstance(value, str) and name != "id":
                    said = f" {plain(value)} "
                    if any(one in said for one in anywhere) or any(
                        _tells(said, told.get(one, Told()), known.get(one, frozenset()), mark) for one in places
                    ):
                        yield table, row_id, name


def _places(row: Row, around: Mapping[str, set[str]]) -> set[str]:
    names = [only(str(row["id"])), *(value for value in row.values() if isinstance(value, str))]
    return {place for name in names for place in around.get(name, ())}


def only(row_id: str) -> str:
    """The row of this identifier, and nothing that belongs to it."""
    return f"only {row_id}"


def _tells(said: str, told: Told, known: frozenset[tuple[int, str]], mark: Mark) -> bool:
    if any(f" {one} " in said for one in told.near):
        return True
    words = said.split()
    return any(
        (size, mark(" ".join(words[at : at + size]))) in known
        for size in {size for size, _ in known}
        for at in range(len(words) - size + 1)
    )


__all__ = ["Known", "Mark", "Told", "bare", "found", "of_name", "of_street", "only", "plain"]
