"""What a profile says of screening: what opens one by itself, with which instrument and how soon, and what is to be
done next at each level of concern.

All of it is optional: where nothing is said nothing opens by itself, and a screening says no level. A level is a
reason to look again. It is never a finding: that a young person was trafficked a person decides, in writing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mdt.sharing.clocks import Span, span
from mdt.sharing.reading import Table, Unreadable
from mdt.sharing.tables import inner, maybe, needed, number, one_of, only, text, texts, word_of
from mdt.sharing.vocabulary import Category

KEYS = ("screening",)
LONGEST_NAME = 30
"""Characters of the name of an event, or of an instrument that a profile names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Something that happened, and the screening it opens. `record`: a record of this kind, filed by the lead agency,
    is that it happened; where there is none, a person or another part of the work says so."""

    name: str
    title: str
    instrument: str
    within: Span
    record: Category | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level of concern: from which score, or with which questions answered with yes whatever the score; what is to
    be done next; and what it opens."""

    name: str
    title: str
    least: int
    asked: frozenset[str] = frozenset()
    steps: tuple[str, ...] = ()
    opens: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Screenings:
    """The screening of a profile."""

    opens: Mapping[str, Opening] = field(default_factory=dict)
    results: Mapping[str, tuple[Level, ...]] = field(default_factory=dict)
    always: tuple[str, ...] = ()
    disclosed: tuple[str, ...] = ()
    """What is to be done whatever the result is, and when something is told."""

    def levels(self, instrument: str) -> tuple[Level, ...]:
        """The levels of this instrument, the lowest first; none where the county says nothing of it."""
        return self.results.get(instrument, ())

    def recorded(self, category: Category) -> tuple[Opening, ...]:
        """What a new record of this kind opens."""
        return tuple(one for one in self.opens.values() if one.record is category)


def screenings(raw: Table) -> Screenings:
    """What these tables say of screening; Unreadable, with file and line, for a word nobody knows."""
    said = inner(raw, "screening")
    if not said:
        return Screenings()
    only(said, ("opens", "results", "always", "disclosed"), "screening")
    opens, results = inner(said, "opens"), inner(said, "results")
    return Screenings(
        opens={name: _opening(name, needed(opens, name)) for name in opens},
        results={name: _levels(name, needed(results, name), opens) for name in results},
        always=tuple(texts(said, "always")),
        disclosed=tuple(texts(said, "disclosed")),
    )


def _opening(name: str, said: Table) -> Opening:
    only(said, ("title", "instrument", "within", "record"), f"screening {name}")
    record = maybe(said, "record")
    return Opening(
        name=_short(name, said),
        title=text(said, "title"),
        instrument=_short(text(said, "instrument"), said),
        within=span(f"within of screening {name}", needed(said, "within")),
        record=word_of(record, Category, said.at("record")) if record else None,
    )


def _levels(instrument: str, said: Table, opens: Table) -> tuple[Level, ...]:
    levels = [_level(name, needed(said, name), opens) for name in said]
    if not levels or levels[0].least != 0 or [one.least for one in levels] != sorted({one.least for one in levels}):
        raise Unreadable(said.place, f"the levels of {instrument} begin at 0 and rise; write from: 0 first")
    return tuple(levels)


def _level(name: str, said: Table, opens: Table) -> Level:
    only(said, ("title", "from", "answered", "steps", "opens"), f"level {name}")
    if number(said, "from") < 0:
        raise Unreadable(said.at("from"), f"level {name} is from a score of at least 0")
    opened = maybe(said, "opens")
    return Level(
        name=name,
        title=text(said, "title"),
        least=number(said, "from"),
        asked=frozenset(texts(said, "answered")),
        steps=tuple(texts(said, "steps")),
        opens=one_of(opened, opens, "screening that opens", said.at("opens")) if opened else None,
    )


def _short(name: str, said: Table) -> str:
    if len(name) > LONGEST_NAME:
        raise Unreadable(said.place, f"{name!r} is too long a name: at most {LONGEST_NAME} characters")
    return name


__all__ = ["KEYS", "LONGEST_NAME", "Level", "Opening", "Screenings", "screenings"]
