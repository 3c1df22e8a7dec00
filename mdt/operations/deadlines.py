"""Deadlines: begun with an act, ended with another, and heard of at their marks in between.

The marks are the jurisdiction's (`deadlines.escalate_at_percent`) and the end. Each is passed once, within
seconds of its time or of the restart after an outage; of several that were missed the latest speaks.
Where the rules count a clock in working hours or working days, its marks are parts of the time in which the county's
offices are open, so that nobody is reminded in the night; else of the time that passes.
What a kind does at a mark, its own module says (`kind`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from mdt.models import Case, Deadline, begin_writing, db, now
from mdt.models.base import rows_changed
from mdt.operations import access, ledger

log = logging.getLogger("mdt")
END = 100
AT_ONCE = 200
"""Deadlines passed in one round at most; the next round goes on."""
REST = timedelta(minutes=1)
"""How long one whose mark could not be passed is left alone."""
Mark = Callable[[Deadline, int], None]
_kinds: dict[str, Mark] = {}


def kind(name: str, mark: Mark) -> None:
    """Deadlines of this kind say something at their marks: `mark(deadline, percent)`, within one act."""
    _kinds[name] = mark


def begin(
    case: Case, name: str, subject_id: str, *, due_at: datetime, started_at: datetime | None = None,
    working: bool = False,
) -> Deadline:  # fmt: skip
    """Begin one, within an act. One of this kind on this subject that still runs is ended. `working`: its marks count
    in the time in which the offices of the county are open."""
    end(name, subject_id)
    made = Deadline(
        case_id=case.id, kind=name, subject_id=subject_id, started_at=started_at or now(), due_at=due_at,
        working=working,
    )  # fmt: skip
    made.next_at = _next(made, case)
    db.session.add(made)
    return made


def end(name: str, subject_id: str) -> None:
    """It has happened, or need not any more; within an act. Nothing to end is nothing wrong."""
    mine = (Deadline.kind == name, Deadline.subject_id == subject_id, Deadline.next_at.is_not(None))
    values: dict[str, Any] = {"next_at": None, "version": Deadline.version + 1}
    db.session.execute(update(Deadline).where(*mine).values(values).execution_options(synchronize_session=False))


def pass_due(at: datetime) -> int:
    """Pass every mark whose time has come; how many were."""
    ids = list(
        db.session.scalars(
            select(Deadline.id).where(Deadline.next_at <= at).order_by(Deadline.next_at).limit(AT_ONCE)
        )
    )
    db.session.rollback()
    return sum(_pass(one, at) for one in ids)


def _pass(deadline_id: str, at: datetime) -> bool:
    """Pass the latest mark of one, in a transaction of its own; False if another process did."""
    try:
        begin_writing()
        return _passed(deadline_id, at)
    except Exception as wrong:
        db.session.rollback()
        log.error("a deadline could not be passed: %s", type(wrong).__name__)
        _leave_alone(deadline_id, at)
        return False


def _passed(deadline_id: str, at: datetime) -> bool:
    row = db.session.get(Deadline, deadline_id, populate_existing=True)
    if row is None or row.next_at is None or row.next_at > at:
        db.session.rollback()
        return False
    case = db.session.get_one(Case, row.case_id)
    percent = max((one for one, when in _times(row, case) if when <= at), default=0)
    speaks, passed = percent > row.percent, max(percent, row.percent)
    changed = rows_changed(
        update(Deadline)
        .where(Deadline.id == row.id, Deadline.version == row.version)
        .values(percent=passed, next_at=_next(row, case, passed), version=row.version + 1)
        .execution_options(synchronize_session=False)
    )
    if changed != 1:
        db.session.rollback()
        return False
    if not speaks:  # the rules changed, and with them when its next mark comes
        db.session.commit()
        return False
    if row.kind in _kinds:
        _kinds[row.kind](row, percent)
    about = {"kind": row.kind, "subject": row.subject_id, "percent": percent}
    ledger.write("deadline.passed", row.case_id, None, about)
    db.session.commit()
    ledger.seal_in_soon()
    return True


def _leave_alone(deadline_id: str, at: datetime) -> None:
    begin_writing()
    db.session.execute(update(Deadline).where(Deadline.id == deadline_id).values(next_at=at + REST))
    db.session.commit()


def _marks(profile: str) -> list[int]:
    said = access.profile(profile).value("deadlines.escalate_at_percent") or ()
    return sorted({*(int(one) for one in said), END})


def _times(row: Deadline, case: Case) -> list[tuple[int, datetime]]:
    """Every mark and when it comes, in their order."""
    return [(one, _time(row, case, one)) for one in _marks(case.profile)]


def _time(row: Deadline, case: Case, percent: int) -> datetime:
    """When a mark comes. Where a clock counts in the offices' time and they are open at no time of it, as it passes."""
    part = None
    if row.working and percent < END:
        calendar = access.profile(case.profile).clocks.calendar
        part = calendar.part_of(row.started_at, row.due_at, percent, case.terms.zone)
    return part or row.started_at + (row.due_at - row.started_at) * percent / END


def _next(row: Deadline, case: Case, passed: int = 0) -> datetime | None:
    """When the next mark comes; None after the last."""
    return next((when for one, when in _times(row, case) if one > passed), None)


__all__ = ["END", "begin", "end", "kind", "pass_due"]
