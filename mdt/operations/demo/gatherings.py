"""Meetings and tasks of the stories."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from mdt.models import (
    Attendance,
    Case,
    Event,
    Handoff,
    Invite,
    Item,
    Meeting,
    Phase,
    Point,
    Reply,
    Return,
    Segment,
    Step,
    Task,
    User,
    db,
)
from mdt.operations import deadlines
from mdt.operations.demo import agencies, known, people
from mdt.operations.demo.when import When
from mdt.operations.handoffs import clocks


@dataclass(frozen=True, slots=True)
class Topic:
    """A point of an agenda, and the record it puts on the table, by name."""

    title: str
    minutes: int
    about: str | None = None


def plan(case: Case, name: str, title: str, at: datetime, agenda: Iterable[Topic], kind: str | None = None) -> Meeting:
    """A meeting that Casey will lead."""
    casey = people.id_of("casey")
    meeting = Meeting(id=known(name), case=case, title=title, starts_at=at, facilitator_id=casey, kind=kind)
    for place, topic in enumerate(agenda, 1):
        meeting.agenda.append(_point(meeting, f"{name}.{place}", place, topic))
    meeting.minutes = sum(one.minutes for one in meeting.agenda)
    db.session.add(meeting)
    db.session.flush()
    return meeting


def ask(meeting: Meeting, name: str, who: Iterable[str], *, away: Iterable[str], when: When) -> None:
    """Ask these people to come; those who are away have sent their apologies."""
    away = set(away)
    for slug in who:
        reply = {"reply": Reply.APOLOGY, "replied_at": when.ago(hours=3)} if slug in away else {}
        times = {"starts_at": meeting.starts_at, "ends_at": meeting.ends_at}
        row = {"id": known(f"{name}.invite.{slug}"), "meeting": meeting, "user_id": people.id_of(slug)}
        db.session.add(Invite(**row, **times, **reply))
    db.session.flush()


def ask_agencies(meeting: Meeting, name: str, filed: dict[str, str | None], when: When) -> None:
    """Ask these agencies to write beforehand; `filed`: the record by which one has, by name."""
    for slug, record in filed.items():
        done = {"item_id": known(record), "filed_at": when.ago(hours=2)} if record else {}
        row = {"id": known(f"{name}.return.{slug}"), "meeting": meeting, "agency_id": agencies.id_of(slug)}
        row |= {"role": agencies.BY_SLUG[slug].role}
        made = Return(**row, due_at=when.at + (meeting.starts_at - when.at) / 2, **done)
        db.session.add(made)
        db.session.flush()
        if not record:
            deadlines.begin(meeting.case, "return", made.id, started_at=when.at, due_at=made.due_at)


def hold(meeting: Meeting, who: Iterable[str], said: Iterable[tuple[int, str, str]]) -> None:
    """Say that it was held: who came, and what was noted or decided (point, kind, record)."""
    meeting.phase, meeting.opened_at = Phase.ADJOURNED, meeting.starts_at
    meeting.adjourned_at = _walk(meeting)
    for slug in who:
        db.session.add(_came(meeting, slug))
    for place, kind, record in said:
        db.session.add(_segment(meeting, meeting.agenda[place - 1], kind, record))
    db.session.flush()


def hand(case: Case, name: str, *, owner: str, to: str | None, about: str, **times: datetime) -> None:
    """A task with its owner, offered to somebody if `to`. `about` is the record with its words."""
    task = Task(
        id=known(name), case=case, item=db.session.get_one(Item, known(about)), owner_id=people.id_of(owner), **times
    )
    db.session.add(task)
    db.session.flush()
    made = {"task": task, "by_id": people.id_of(owner), "at": task.created_at}
    db.session.add(Handoff(id=known(f"{name}.made"), event=Event.MADE, **made))
    clocks.begun(task, started_at=task.created_at)
    if to:
        task.step, task.offered_to, task.offered_by = Step.OFFERED, people.id_of(to), people.id_of(owner)
        task.answer_by, task.how = clocks.answer_by(case, task.due_at), Event.OFFERED
        later = {"at": task.created_at + timedelta(seconds=1)}
        offered = made | later | {"from_id": people.id_of(owner), "to_id": people.id_of(to)}
        db.session.add(Handoff(id=known(f"{name}.offered"), event=Event.OFFERED, **offered))
        clocks.offered(task)
    db.session.flush()


def _point(meeting: Meeting, name: str, place: int, topic: Topic) -> Point:
    return Point(
        id=known(name),
        meeting=meeting,
        position=place,
        title=topic.title,
        minutes=topic.minutes,
        item_id=known(topic.about) if topic.about else None,
    )


def _walk(meeting: Meeting) -> datetime:
    """Go through the agenda, each point as long as planned; the end of it."""
    at = meeting.starts_at
    for point in meeting.agenda:
        point.begun_at, point.ended_at = at, at + timedelta(minutes=point.minutes)
        at = point.ended_at
    return at


def _came(meeting: Meeting, slug: str) -> Attendance:
    user = db.session.get_one(User, people.id_of(slug))
    at = meeting.starts_at
    return Attendance(meeting=meeting, user=user, acknowledged_at=at, here=False, seen_at=meeting.adjourned_at)


def _segment(meeting: Meeting, point: Point, kind: str, record: str) -> Segment:
    item = db.session.get_one(Item, known(record))
    return Segment(
        id=known(f"segment.{record}"),
        meeting=meeting,
        point_id=point.id,
        item=item,
        kind=kind,
        said_at=item.created_at,
    )


__all__ = ["Topic", "ask", "ask_agencies", "hand", "hold", "plan"]
