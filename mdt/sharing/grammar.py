"""The grammar of a cell: what one alternative of the matrix says.

own | keeper | aggregate | never
law B1 | release HIPAA | release FERPA&HIPAA | order P2N
    [part <subset>] [when <condition>] [for <PURPOSE>+<PURPOSE>] [adds <duty>+<duty>]
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

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

    @property
    def types(self) -> tuple[str, ...]:
        """The release types that are needed together, or the one order type or basis."""
        return tuple(self.ref.split("&")) if self.ref else ()

    @property
    def whole(self) -> bool:
        return self.subset is None

    def __str__(self) -> str:
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
