"""What the meetings of a case leave to the next one: every point that they did not reach or did not finish, once.

A point that is taken up again names the first of its line. While one of its line is on the agenda of a meeting ahead
it waits there; it is over when a meeting that was held has finished it. So neither a meeting that comes in between nor
one that was planned and never held loses anything, and nothing stands on two agendas.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from mdt.models import Matter, Meeting, Phase, Point, Segment, db, now

LAST_TIME = "What we said we would do"
LAST_TIME_MINUTES = 5


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
    lines: dict[str, list[tuple[Meeting, Point]]] = {}
    for meeting in meetings:
        for point in meeting.agenda:
            if point.matter != Matter.ACTIONS:
                lines.setdefault(point.carries_id or point.id, []).append((meeting, point))
    moved = _with_open_motions([one.id for one in meetings])
    found = []
    for line in lines.values():
        over = [(meeting, point) for meeting, point in line if meeting.phase == Phase.ADJOURNED]
        waits = any(meeting.is_ahead(at) for meeting, _ in line)
        if over and not waits and not any(_finished(meeting, point, moved) for meeting, point in over):
            found.append(over[-1][1])
    return found


def _finished(meeting: Meeting, point: Point, moved: Collection[str]) -> bool:
    """Whether this meeting is done with the point: it came onto the table, no motion is open there, and the meeting
    did not break off over it with others still to come."""
    if point.begun_at is None or point.id in moved:
        return False
    last = max((one.ended_at for one in meeting.agenda if one.ended_at), default=None)
    return point.ended_at != last or all(one.begun_at for one in meeting.agenda)


def _with_open_motions(meeting_ids: Collection[str]) -> frozenset[str]:
    """The points at which a motion was put that nobody settled."""
    put = (Segment.meeting_id.in_(meeting_ids), Segment.kind == "motion", Segment.state == "open")
    return frozenset(db.session.scalars(select(Segment.point_id).where(*put)))


__all__ = ["LAST_TIME", "Agenda", "carried", "held"]
