"""What is open at an agency: every report that waits, by when something has to be done about it; late is late.

One stretch of one index, a page at a time: as quick with a hundred thousand episodes behind it as with ten. It is the
agency's own work and shown to its child-welfare people; whose child it is, only to who sits in that case.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Uuid, literal, select, tuple_

from mdt.models import Case, Episode, Report, User, db, now
from mdt.models.base import UtcTime
from mdt.models.missing import stepped_out
from mdt.operations import caseload
from mdt.operations.access import Person, profile
from mdt.operations.missing.episodes import words_of

PAGE = 25


@dataclass(frozen=True, slots=True)
class Line:
    """A report that waits. `case_id`, `called`: only for who sits in the case."""

    report_id: str
    words: str
    wants_at: datetime
    late: bool
    worker: str
    case_id: str | None
    called: str | None


@dataclass(frozen=True, slots=True)
class Board:
    """A page of the board. `older` is the cursor of the next; None at the end."""

    lines: tuple[Line, ...]
    older: str | None


@dataclass(frozen=True, slots=True)
class _Of:
    """A case of this page, as the case list asks for it."""

    id: str
    case_id: str
    changed_at: datetime


def page(me: Person, after: str | None = None, size: int = PAGE) -> Board:
    """One page of what is open at this person's agency, what is longest overdue first."""
    rows = _rows(me, after, size + 1)
    more, rows = len(rows) > size, rows[:size]
    cases = list(dict.fromkeys(row.case_id for row in rows))
    known = {one.id: one for one in caseload.lines(me, [_Of(one, one, now()) for one in cases])}  # type: ignore[misc]
    people = select(User).where(User.id.in_({row.worker_id for row in rows}))
    names = {one.id: one.name for one in db.session.scalars(people)}
    lines = tuple(_line(row, known.get(row.case_id), names) for row in rows)
    return Board(lines, _cursor(rows[-1].wants_at, rows[-1].id) if more else None)


def _rows(me: Person, after: str | None, size: int):  # type: ignore[no-untyped-def]
    wanted = (
        select(Report.id, Report.case_id, Report.kind, Report.wants_at, Report.done_at, Episode.worker_id, Case.profile)
        .join(Episode, Episode.id == Report.episode_id)
        .join(Case, Case.id == Report.case_id)
        .where(Report.agency_id == me.agency_id, Report.wants_at.is_not(None), ~stepped_out(me.id))
    )
    if after and (place := _place(after)):
        wanted = wanted.where(
            tuple_(Report.wants_at, Report.id)
            > tuple_(literal(place[0], UtcTime()), literal(place[1], Uuid(as_uuid=False)))
        )
    return db.session.execute(wanted.order_by(Report.wants_at, Report.id).limit(size)).all()


def _line(row, known: caseload.CaseLine | None, names: dict[str, str]) -> Line:  # type: ignore[no-untyped-def]
    kind, made = profile(row.profile).episodes.report(row.kind), row.done_at is not None
    return Line(
        row.id, words_of(kind, made), row.wants_at, row.wants_at < now() and not made, names.get(row.worker_id, ""),
        known.id if known else None, known.called if known else None,
    )  # fmt: skip


def _cursor(at: datetime, report_id: str) -> str:
    return urlsafe_b64encode(f"{at.isoformat()} {report_id}".encode()).decode()


def _place(cursor: str) -> tuple[datetime, str] | None:
    """What a cursor says; None for one that is not ours, which begins the board anew."""
    try:
        at, report_id = urlsafe_b64decode(cursor.encode()).decode().split(" ")
        return datetime.fromisoformat(at).astimezone(UTC), str(UUID(report_id))
    except (ValueError, OverflowError):
        return None


__all__ = ["Board", "Line", "page"]
