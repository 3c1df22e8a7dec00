"""What an open page watches: a topic, and the tag of the view that its reader has of it.

A tag is a keyed hash of the view's skeleton: which items, which fields, which duties, which versions.
Two readers have different tags, and a tag tells nothing; it only differs when the view does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from mdt.models import Case, Draft, User, db, is_id
from mdt.models.among import Counters
from mdt.models.sealing import tagger
from mdt.operations import at_once
from mdt.operations.access import Person

NOTHING = "nothing"
"""The tag of what is not there, and of what may not be known of."""

COUNTERS = Counters(((Case, Case.pulse), (User, User.pulse), (Draft, Draft.version)))
SAID = json.JSONEncoder(default=str, separators=(",", ":")).encode

Look = Callable[["Topic", Person, str | None], tuple[str, datetime | None]]
Step = Callable[["Topic", Person], None]
OneOf = Callable[[Person, str | None], tuple[str, datetime | None]]
Many = Callable[["Topic", Sequence[Person]], OneOf]
_looks: dict[str, Look] = {}
_arrivals: dict[str, Step] = {}
_departures: dict[str, Step] = {}
_light: set[str] = set()
_many: dict[str, Many] = {}


@dataclass(frozen=True, slots=True)
class Topic:
    """A view that can be watched: `case:<id>`, `meeting:<case>:<id>`, or one's own `desk`."""

    kind: str
    case_id: str | None = None
    id: str | None = None

    def __str__(self) -> str:
        return ":".join(part for part in (self.kind, self.case_id, self.id) if part)

    def subjects(self, me: str) -> tuple[str, ...]:
        """Whose counters say that this view may differ: its case's or its reader's, and its own if it has one."""
        return tuple(one for one in (self.case_id or me, self.id) if one)

    @classmethod
    def read(cls, text: Any) -> Topic | None:
        """A topic as a page writes it; None for anything else."""
        if not isinstance(text, str) or len(text) > 100:
            return None
        kind, *ids = text.split(":")
        if kind not in _looks or len(ids) > 2 or not all(map(is_id, ids)):
            return None
        return cls(kind, *ids)


def kind(
    name: str, look: Look, *, place: tuple[Step, Step] | None = None, many: Many | None = None, light: bool = False
) -> None:
    """Let views of this kind be watched. A look gives the tag and the next moment it may change by itself. Of a
    `place` it is known who arrives and who leaves. Where several people's views of one topic are looked at at once,
    `many` is told of whom, and gives what looks at one of them, with the same result. `light` are those of which each
    further look is next to nothing."""
    _looks[name] = look
    if light:
        _light.add(name)
    if many:
        _many[name] = many
    if place:
        _arrivals[name], _departures[name] = place


def look(topic: Topic, me: Person, purpose: str | None) -> tuple[str, datetime | None]:
    """The tag of this person's view of it now."""
    return _looks[topic.kind](topic, me, purpose)


@contextmanager
def together(readers: Mapping[Topic, Sequence[Person]]) -> Iterator[Callable[[Topic], OneOf]]:
    """Within this many looks are taken at once, by these readers of these topics: what they ask in common is asked
    once, and what is the same for several of them is worked out once. It gives what looks at one of the topics."""

    def one(topic: Topic) -> OneOf:
        return _many[topic.kind](topic, readers[topic]) if topic.kind in _many else partial(look, topic)

    with at_once.together():
        everybody = [me for mine in readers.values() for me in mine]
        at_once.announce(at_once.Of.PERSON, (me.id for me in everybody))
        at_once.announce(at_once.Of.AGENCY, (me.agency_id for me in everybody))
        yield one


def is_a_place(topic: Topic) -> bool:
    """Whether it is known of this view who has it open."""
    return topic.kind in _arrivals


def is_light(topic: Topic) -> bool:
    """Whether a look at one more of these views costs next to nothing."""
    return topic.kind in _light


def arrive(topic: Topic, me: Person) -> None:
    """This person's page is open now."""
    if topic.kind in _arrivals:
        _arrivals[topic.kind](topic, me)


def left(topic: Topic, me: Person) -> None:
    """This person's last page of it has been closed."""
    if topic.kind in _departures:
        _departures[topic.kind](topic, me)


def counters(subjects: Iterable[str]) -> dict[str, int]:
    """The pulse of these cases, people and notes written together."""
    return moved(dict.fromkeys(subjects))


def moved(known: Mapping[str, int | None]) -> dict[str, int]:
    """The pulse of those of these that are not what they are known to be. The database compares: nearly always there is
    no row to read, and each would be a chance for every other thread to go first."""
    if not known:
        return {}
    asked, parameters = COUNTERS.other_than(known, db.engine.dialect.name)
    return {str(row.id): row.pulse for row in db.session.execute(asked, parameters)}


def tag(topic: Topic, me: Person, skeleton: Any) -> str:
    """The tag of a view with this skeleton, for this person alone."""
    return tags(topic)(me, SAID(skeleton))


def tags(topic: Topic) -> Callable[[Person, str], str]:
    """What gives the tag of this view for somebody, of a skeleton that is written out already."""
    named, made = str(topic), tagger("view")
    return lambda me, said: made(f"{named} {me.id} {said}".encode())[:32]
