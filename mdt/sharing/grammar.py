"""The grammar of a cell: what one alternative of the matrix says.

own | keeper | aggregate | never
law B1 | release HIPAA | release FERPA&HIPAA | order P2N
    [part <subset>] [when <condition>] [for <PURPOSE>+<PURPOSE>] [adds <duty>+<duty>]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from mdt.sharing.vocabulary import Purpose


class BasisKind(StrEnum):
    """What an alternative rests on."""

    OWN = "own"
    KEEPER = "keeper"
    LAW = "law"
    RELEASE = "release"
    ORDER = "order"
    AGGREGATE = "aggregate"
    NEVER = "never"

    @property
    def is_way(self) -> bool:
        """Whether somebody can ask for it: a release or an order."""
        return self in (BasisKind.RELEASE, BasisKind.ORDER)


@dataclass(frozen=True)
class Cell:
    """The alternatives of one cell, any one of which is enough."""

    alternatives: tuple[Alternative, ...] = ()
    rule: str = ""

    def __iter__(self) -> Iterator[Alternative]:
        return iter(self.alternatives)

    @cached_property
    def never(self) -> bool:
        """Marked N: not in this application."""
        return any(one.kind is BasisKind.NEVER for one in self)

    @cached_property
    def own(self) -> tuple[Alternative, ...]:
        return tuple(one for one in self if one.kind is BasisKind.OWN)

    @cached_property
    def filed(self) -> Cell:
        """This cell for whoever filed an item: they may read it, also where the cell does not say
        so; a narrower `own when …`, `never` and `aggregate` stand."""
        aggregate = any(one.kind is BasisKind.AGGREGATE for one in self)
        if self.own or self.never or aggregate:
            return self
        own = Alternative(kind=BasisKind.OWN, rule=f"{self.rule}.own")
        return Cell((*self.alternatives, own), self.rule)

    @cached_property
    def whole(self) -> Cell:
        """The whole-item alternatives: what an item of another category can borrow."""
        kept = () if self.never else tuple(one for one in self if one.whole)
        return Cell(kept, self.rule)

    @cached_property
    def release_types(self) -> frozenset[str]:
        named = (one for one in self if one.kind is BasisKind.RELEASE)
        return frozenset(kind for one in named for kind in one.types)

    def of_source(self, own: tuple[Alternative, ...]) -> Cell:
        """This cell for a regime that comes with the source: satisfied by whoever may read what they
        filed, also where this cell does not say so."""
        return Cell((*own, *self.alternatives), self.rule)

    @cached_property
    def text(self) -> str:
        return ", ".join(map(str, self))


_REFERS = (BasisKind.LAW, BasisKind.RELEASE, BasisKind.ORDER)
_ENDINGS = ("part", "when", "for", "adds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One way a cell opens an item. `fields` None is the whole item; `rule` is where it stands."""

    kind: BasisKind
    ref: str | None = None
    subset: str | None = None
    when: str | None = None
    purposes: tuple[Purpose, ...] | None = None
    adds: tuple[str, ...] = ()
    fields: frozenset[str] | None = None
    rule: str = ""
    text: str = ""

    @property
    def types(self) -> tuple[str, ...]:
        """The release types that are needed together, or the one order type or basis."""
        return tuple(self.ref.split("&")) if self.ref else ()

    @property
    def whole(self) -> bool:
        return self.subset is None

    def __str__(self) -> str:
        return self.text or self._said()

    def _said(self) -> str:
        words = [self.kind.value, self.ref]
        words += ["part", self.subset] if self.subset else []
        words += ["when", self.when] if self.when else []
        words += ["for", "+".join(self.purposes)] if self.purposes else []
        words += ["adds", "+".join(self.adds)] if self.adds else []
        return " ".join(word for word in words if word)


def parse(text: str) -> Alternative:
    """The alternative this text says; ValueError with the cure if it says none."""
    words = str(text).split()
    kind = _kind(words)
    ref = _reference(kind, words[1:])
    rest = words[2:] if ref else words[1:]
    said = _endings(rest)
    return Alternative(
        kind=kind,
        ref=ref,
        subset=said.get("part"),
        when=said.get("when"),
        purposes=_purposes(said["for"]) if "for" in said else None,
        adds=tuple(said["adds"].split("+")) if "adds" in said else (),
    )


def _kind(words: list[str]) -> BasisKind:
    try:
        return BasisKind(words[0])
    except (IndexError, ValueError):
        known = ", ".join(BasisKind)
        raise ValueError(f"an alternative begins with one of: {known}") from None


def _reference(kind: BasisKind, rest: list[str]) -> str | None:
    if kind not in _REFERS:
        return None
    if not rest or rest[0] in _ENDINGS:
        raise ValueError(f"say which {kind}: {kind} <name>")
    return rest[0]


def _endings(rest: list[str]) -> dict[str, str]:
    said: dict[str, str] = {}
    for word, value in zip(rest[::2], rest[1::2], strict=False):
        if word not in _ENDINGS or word in said:
            raise ValueError(f"{word!r} is not expected here; an ending is one of {_ENDINGS}, once")
        said[word] = value
    if len(rest) % 2:
        raise ValueError(f"{rest[-1]!r} says nothing; an ending is a word and what it names")
    return said


def _purposes(text: str) -> tuple[Purpose, ...]:
    try:
        return tuple(Purpose(word) for word in text.split("+"))
    except ValueError:
        known = ", ".join(Purpose)
        raise ValueError(f"{text!r} is no purpose; choose from {known}, joined by +") from None
