"""The line in the frame of each page: the report that waits for whoever reads it, with the time that is left.

For anybody else it costs nothing: whoever had none has none as long as their own counter has not moved, and the
counter comes with the sign-in. It names nobody: it stands on every page, in every room.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask import current_app
from sqlalchemy import bindparam, select

from mdt.models import Case, Episode, Heed, Report, db
from mdt.models.missing import stepped_out
from mdt.operations.access import profile
from mdt.operations.missing.episodes import words_of
from mdt.sharing.vocabulary import Role

REMEMBERED = 10_000
COUNTED = 10
THEIRS = (
    select(Heed.report_id)
    .join(Report, Report.id == Heed.report_id)
    .where(Heed.user_id == bindparam("me"), ~stepped_out(bindparam("me")))
    .order_by(Heed.wants_at)
    .limit(COUNTED)
)
"""Of a case that somebody stepped out of they are told nothing, and so nothing of its reports."""
ONE = (
    select(Report.id, Report.case_id, Report.kind, Report.wants_at, Report.done_at, Episode.worker_id, Case.profile)
    .join(Episode, Episode.id == Report.episode_id)
    .join(Case, Case.id == Report.case_id)
    .where(Report.id == bindparam("report"))
)


class Reader(Protocol):
    """Whoever is signed in, as far as the band asks."""

    @property
    def id(self) -> str: ...
    @property
    def role(self) -> Role | None: ...
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


def of(me: Reader) -> Band | None:
    """What waits for this person; None for nearly everybody, without asking the database again."""
    none = _none()
    if me.role is not Role.CW or none.get(me.id) == me.pulse:
        return None
    mine = list(db.session.scalars(THEIRS, {"me": me.id}))
    if not mine:
        none[me.id] = me.pulse
        while len(none) > REMEMBERED:
            none.popitem(last=False)
        return None
    first = db.session.execute(ONE, {"report": mine[0]}).one()
    words = words_of(profile(first.profile).episodes.report(first.kind), first.done_at is not None)
    return Band(words, first.wants_at, first.id, first.case_id, first.worker_id == me.id, len(mine) - 1)


def _none() -> OrderedDict[str, int]:
    """Of whom nothing was found, and their counter then."""
    held: OrderedDict[str, int] = current_app.extensions.setdefault("mdt.unheeding", OrderedDict())
    return held


__all__ = ["Band", "of"]
