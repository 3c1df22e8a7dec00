"""The line in the frame of each page: the report that waits for whoever reads it, with the time that is left.

A page that is open watches it (`kind`), and has it anew when one is added, is made or passes a mark. For anybody else
it costs nothing: whoever had none has none as long as their own counter has not moved, and the counter comes with the
sign-in. It names nobody: it stands on every page, in every room.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from flask import current_app
from sqlalchemy import bindparam, select

from mdt.models import Case, Deadline, Episode, Heed, Report, db, now
from mdt.models.missing import stepped_out
from mdt.operations import watching
from mdt.operations.access import Person, profile
from mdt.operations.missing.episodes import words_of
from mdt.sharing.vocabulary import Role

REMEMBERED = 10_000
COUNTED = 10
THEIRS = (
    select(Heed.report_id)
    .join(Report, Report.id == Heed.report_id)
    .where(Heed.user_id == bindparam("me"), ~stepped_out(bindparam("me")))
    .order_by(Heed.wants_at, Heed.report_id)
    .limit(COUNTED)
)
"""Of a case that somebody stepped out of they are told nothing, and so nothing of its reports."""
EACH = (
    select(
        Report.id, Report.case_id, Report.kind, Report.wants_at, Report.done_at, Episode.worker_id, Case.profile,
        Deadline.percent,
    )
    .join(Episode, Episode.id == Report.episode_id)
    .join(Case, Case.id == Report.case_id)
    .outerjoin(Deadline, (Deadline.subject_id == Report.id) & Deadline.next_at.is_not(None))
    .where(Report.id.in_(bindparam("reports", expanding=True)))
)
TOPIC = watching.Topic("band")


class Reader(Protocol):
    """Whoever is signed in, as far as the band asks."""

    @property
    def id(self) -> str: ...
    @property
    def role(self) -> Role | None: ...
    @property
    def agency_id(self) -> str | None: ...
    @property
    def pulse(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Band:
    """What waits, the most urgent of it; `acts`: it is theirs to do, so that the page for it is theirs to open."""

    words: str
    wants_at: datetime
    report_id: str
    case_id: str
    acts: bool
    more: int
    passed: int
    """Percent of its time, at the last mark."""


def is_for(me: Person) -> bool:
    """Whether somebody of this discipline may ever have one: for nobody else is a page open to one."""
    return me.role is Role.CW


def of(me: Reader) -> Band | None:
    """What waits for this person; None for nearly everybody, without asking the database again."""
    none = _none()
    if not is_for(me) or none.get(me.id) == me.pulse:
        return None
    found = now_of(me)
    if found is None:
        none[me.id] = me.pulse
        while len(none) > REMEMBERED:
            none.popitem(last=False)
    return found


def now_of(me: Person) -> Band | None:
    """The same, asked of the database, whatever is known of this person."""
    mine = list(db.session.scalars(THEIRS, {"me": me.id})) if is_for(me) else []
    if not mine:
        return None
    first = min(db.session.execute(EACH, {"reports": mine}), key=_urgency)
    words = words_of(profile(first.profile).episodes.report(first.kind), first.done_at is not None)
    acts = first.worker_id == me.id
    return Band(words, first.wants_at, first.id, first.case_id, acts, len(mine) - 1, first.percent or 0)


def _urgency(row: Any) -> tuple[datetime, int, str]:
    """By when something has to be done; of what is due together, in the order in which the county names it."""
    order = list(profile(row.profile).episodes.reports)
    return row.wants_at, order.index(row.kind) if row.kind in order else len(order), row.id


def tag(me: Person, found: Band | None) -> str:
    """The tag of this band as this person has it; of none it is the same, whatever there is for others."""
    made_of = [found.report_id, found.words, found.wants_at, found.acts, found.more, found.passed] if found else None
    return watching.tag(TOPIC, me, made_of)


def _watch(_topic: watching.Topic, me: Person, _purpose: str | None) -> tuple[str, datetime | None]:
    if not is_for(me):
        return watching.NOTHING, None
    found = now_of(me)
    return tag(me, found), found.wants_at if found and found.wants_at > now() else None


watching.kind("band", _watch)


def _none() -> OrderedDict[str, int]:
    """Of whom nothing was found, and their counter then."""
    held: OrderedDict[str, int] = current_app.extensions.setdefault("mdt.unheeding", OrderedDict())
    return held


__all__ = ["TOPIC", "Band", "is_for", "now_of", "of", "tag"]
