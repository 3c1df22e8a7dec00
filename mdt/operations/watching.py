"""What an open page watches: a topic, and the tag of the view that its reader has of it.

A tag is a keyed hash of the view's skeleton: which items, which fields, which duties, which versions.
Two readers have different tags, and a tag tells nothing; it only differs when the view does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, select, union_all

from mdt.models import Case, Draft, User, db, is_id
from mdt.models.sealing import tag_of
from mdt.operations import facts
from mdt.operations.access import Person

NOTHING = "nothing"
"""The tag of what is not there, and of what may not be known of."""

NONE_KNOWN: Mapping[str, int] = {}
KINDS = ((Case, Case.pulse), (User, User.pulse), (Draft, Draft.version))
"""What has counters."""
OF_THESE: BindParameter[str] = bindparam("ids", expanding=True)
EACH = union_all(*(select(noun.id, pulse.label("pulse")).where(noun.id.in_(OF_THESE)) for noun, pulse in KINDS))
SUM = select(func.count(), func.coalesce(func.sum(EACH.subquery().c.pulse), 0))

Look = Callable[["Topic", Person, str | None], tuple[str, datetime | None]]
Step = Callable[["Topic", Person], None]
_looks: dict[str, Look] = {}
_arrivals: dict[str, Step] = {}
_departures: dict[str, Step] = {}


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


def kind(name: str, look: Look, *, arrives: Step | None = None, leaves: Step | None = None) -> None:
    """Let views of this kind be watched. A look gives the tag and the next moment it may change by itself."""
    _looks[name] = look
    if arrives:
        _arrivals[name] = arrives
    if leaves:
        _departures[name] = leaves


def look(topic: Topic, me: Person, purpose: str | None) -> tuple[str, datetime | None]:
    """The tag of this person's view of it now."""
    return _looks[topic.kind](topic, me, purpose)


together = facts.together
"""Many looks at once: each case is read once for all of them."""


def arrive(topic: Topic, me: Person) -> None:
    """This person's page is open now."""
    if topic.kind in _arrivals:
        _arrivals[topic.kind](topic, me)


def left(topic: Topic, me: Person) -> None:
    """This person's last page of it has been closed."""
    if topic.kind in _departures:
        _departures[topic.kind](topic, me)


def counters(subjects: Iterable[str], known: Mapping[str, int] = NONE_KNOWN) -> dict[str, int]:
    """The pulse of these cases, people and notes written together.

    `known` is what it was. Counters only grow: where there are as many and their sum is the same, none has moved,
    and one row is read where each would be a chance for every other thread to go first.
    """
    ids = list(subjects)
    same = {one: known[one] for one in ids if one in known}
    asked = {"ids": ids}
    if not ids or (same and tuple(db.session.execute(SUM, asked).one()) == (len(same), sum(same.values()))):
        return same
    return {str(row.id): row.pulse for row in db.session.execute(EACH, asked)}


def tag(topic: Topic, me: Person, skeleton: Any) -> str:
    """The tag of a view with this skeleton, for this person alone."""
    said = json.dumps([str(topic), me.id, skeleton], default=str, separators=(",", ":"))
    return tag_of(said.encode(), "view")[:32]
