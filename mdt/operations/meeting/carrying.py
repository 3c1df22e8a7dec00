"""What the meetings of a case leave to the next one: every point that they did not reach or did not finish, once.

A point that is taken up again names the first of its line. While one of its line is on the agenda of a meeting ahead
it waits there; it is over when a meeting that was held has finished it, and no motion is open there. So neither a
meeting that comes in between nor one that was planned and never held loses anything, and nothing stands on two agendas.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import selectinload

from mdt.models import Matter, Meeting, Phase, Point, Segment, db, now

LAST_TIME = "What we said we would do"
LAST_TIME_MINUTES = 5
OPEN = (Segment.kind == "motion", Segment.state == "open")
"""A motion that nobody settled."""


@dataclass(frozen=True, slots=True)
class Agenda:
    """A point as it is planned: its words, its minutes, the item it puts on the table, and what it takes up again."""

    title: str
    minutes: int = 10
    item_id: str | None = None
    matter: Matter = Matter.USUAL
    carries_id: str | None = None


def held(case_id: str, *, before: datetime | None = None) -> Sequence[Meeting]:
    """The meetings of this case that were held, the last of them last."""
    over = (Meeting.case_id == case_id, Meeting.phase == Phase.ADJOURNED, Meeting.adjourned_at < (before or now()))
    return db.session.scalars(select(Meeting).where(*over).order_by(Meeting.adjourned_at, Meeting.id)).all()


def carried(case_id: str) -> tuple[Agenda, ...]:
    """What the next meeting takes over: what was promised, unless a meeting ahead asks for it already, and what is
    left, the oldest first."""
    every = _meetings(case_id)
    over, at = [one for one in every if one.phase == Phase.ADJOURNED], now()
    asked = any(one.is_ahead(at) and any(p.matter == Matter.ACTIONS for p in one.agenda) for one in every)
    first = (Agenda(LAST_TIME, LAST_TIME_MINUTES, matter=Matter.ACTIONS),) if over and not asked else ()
    return (*first, *(_again(one) for one in _left(every, at)))


def _meetings(case_id: str) -> Sequence[Meeting]:
    there = select(Meeting).where(Meeting.case_id == case_id, Meeting.phase != Phase.CANCELLED)
    ordered = there.order_by(Meeting.starts_at, Meeting.id).options(selectinload(Meeting.agenda))
    return db.session.scalars(ordered).all()


def _again(point: Point) -> Agenda:
    return Agenda(point.title, point.minutes, point.item_id, Matter.CARRIED, point.carries_id or point.id)


def _left(meetings: Sequence[Meeting], at: datetime) -> list[Point]:
    """Of each line of points that no meeting ahead has and none has finished, the one that was on an agenda last."""
    put = (*OPEN, Segment.meeting_id.in_([one.id for one in meetings]))
    moved = frozenset(db.session.scalars(select(Segment.point_id).where(*put)))
    lines: dict[str, list[tuple[Meeting, Point]]] = {}
    for meeting in meetings:
        for point in meeting.agenda:
            if point.matter != Matter.ACTIONS or point.id in moved:
                lines.setdefault(point.carries_id or point.id, []).append((meeting, point))
    return [point for point in (_left_of(line, moved, at) for line in lines.values()) if point]


def _left_of(line: Sequence[tuple[Meeting, Point]], moved: Collection[str], at: datetime) -> Point | None:
    over = [(meeting, point) for meeting, point in line if meeting.phase == Phase.ADJOURNED]
    if not over or any(meeting.is_ahead(at) for meeting, _ in line):
        return None
    asks = any(point.id in moved for _, point in line)
    return over[-1][1] if asks or not any(_finished(meeting, point) for meeting, point in over) else None


def _finished(meeting: Meeting, point: Point) -> bool:
    """Whether this meeting is done with the point: it came onto the table, and the meeting did not break off over it
    with others still to come."""
    last = max((one.ended_at for one in meeting.agenda if one.ended_at), default=None)
    return point.begun_at is not None and (point.ended_at != last or all(one.begun_at for one in meeting.agenda))


def _motions(meeting: Meeting) -> Select[str]:
    """The motions of earlier meetings that are open, or that this one settles, at the points that it takes up again;
    by segment."""
    first = {one.carries_id for one in meeting.agenda if one.carries_id}
    before = (Meeting.case_id == meeting.case_id, Meeting.id != meeting.id)
    same = or_(Point.id.in_(first), Point.carries_id.in_(first))
    line = select(Point.id).join(Meeting, Meeting.id == Point.meeting_id).where(*before, same)
    settled = select(Segment.about_id).where(Segment.meeting_id == meeting.id, Segment.about_id.is_not(None))
    still = or_(Segment.state == "open", Segment.item_id.in_(settled))
    return select(Segment.id).where(Segment.kind == "motion", still, Segment.point_id.in_(line))


def said_in(meeting: Meeting) -> ColumnElement[bool]:
    """What was said in it, and the motions that come with the points it takes up again."""
    mine = Segment.meeting_id == meeting.id
    again = any(one.carries_id for one in meeting.agenda)
    return or_(mine, Segment.id.in_(_motions(meeting))) if again else mine


__all__ = ["LAST_TIME", "Agenda", "carried", "held", "said_in"]
