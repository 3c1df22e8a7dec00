"""Meetings: planned, opened, joined; the agenda moves; notes and decisions are items like any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from mdt.models import Attendance, Case, Item, Meeting, Phase, Point, Segment, Task, User, begin_writing, db, now
from mdt.models.pulse import move
from mdt.operations import guarding, handoffs, items
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.sharing.facts import Item as ItemFact
from mdt.sharing.gate import admitted
from mdt.sharing.vocabulary import Category

LONGEST_NOTE = 8000
HEARD_OF_WITHIN = timedelta(seconds=45)


@dataclass(frozen=True, slots=True)
class Agenda:
    """A point as it is planned: its words, its minutes, and the item it puts on the table."""

    title: str
    minutes: int = 10
    item_id: str | None = None


def plan(seat: Seat, *, title: str, starts_at: datetime, points: Sequence[Agenda]) -> Meeting:
    """Plan a meeting of this case's team, oneself facilitating."""
    if not points:
        raise Refused("Put at least one point on the agenda.", reason="no_agenda", code=422)
    with recorded("meeting.planned", by=seat.me, case=seat.id) as record:
        meeting = Meeting(case=_case(seat), facilitator_id=seat.me.id, title=title, starts_at=starts_at)
        db.session.add(meeting)
        for position, point in enumerate(points, 1):
            meeting.agenda.append(
                Point(
                    meeting=meeting, position=position, title=point.title, minutes=point.minutes, item_id=point.item_id
                )
            )
        record["meeting"] = meeting.id
    return meeting


def open_meeting(seat: Seat, meeting_id: str) -> None:
    """Open the room, on the first point of the agenda."""
    with recorded("meeting.opened", by=seat.me, case=seat.id, meeting=meeting_id):
        meeting = _facilitated(seat, meeting_id)
        if meeting.phase != Phase.PLANNED:
            raise Refused("This meeting was opened already.", reason="not_planned")
        meeting.phase, meeting.opened_at = Phase.OPEN, now()
        _put_on_table(meeting, meeting.agenda[0])


def join(seat: Seat, meeting_id: str) -> None:
    """Acknowledge confidentiality for this meeting, and be in the room. Joining twice is joining once."""
    with recorded("meeting.joined", by=seat.me, case=seat.id, meeting=meeting_id):
        meeting = find(seat, meeting_id)
        if meeting.phase != Phase.OPEN:
            raise Refused("The room is not open yet. You can wait on this page.", reason="not_open")
        mine = attendance(meeting_id, seat.me.id)
        if mine is None:
            user = db.session.get(User, seat.me.id)
            db.session.add(Attendance(meeting=meeting, user=user, acknowledged_at=now()))
        else:
            mine.here, mine.seen_at, mine.left_at = True, now(), None


def leave(seat: Seat, meeting_id: str) -> None:
    """Leave the room."""
    with recorded("meeting.left", by=seat.me, case=seat.id, meeting=meeting_id):
        mine = attendance(find(seat, meeting_id).id, seat.me.id)
        if mine:
            mine.here, mine.out_for, mine.left_at = False, None, now()


def turn_to(seat: Seat, meeting_id: str, point_id: str) -> None:
    """Put a point of the agenda on the table; who was out for another one is back."""
    with recorded("meeting.turned", by=seat.me, case=seat.id, meeting=meeting_id) as record:
        meeting = _facilitated(seat, meeting_id)
        _check_open(meeting)
        point = _point(meeting, point_id)
        record["point"] = point.id
        _put_on_table(meeting, point)


def step_out(seat: Seat, meeting_id: str, *, user_id: str | None = None) -> None:
    """Be out for the point on the table; the facilitator may ask somebody out."""
    who = _of_the_team(seat, user_id)
    with recorded("meeting.stepped_out", by=seat.me, case=seat.id, meeting=meeting_id, who=who):
        meeting = find(seat, meeting_id) if who == seat.me.id else _facilitated(seat, meeting_id)
        theirs = attendance(meeting_id, who)
        if theirs is None:
            raise not_there()
        theirs.out_for = meeting.current_id


def step_in(seat: Seat, meeting_id: str, *, user_id: str | None = None) -> None:
    """Be back in."""
    who = _of_the_team(seat, user_id)
    with recorded("meeting.stepped_in", by=seat.me, case=seat.id, meeting=meeting_id, who=who):
        meeting = find(seat, meeting_id) if who == seat.me.id else _facilitated(seat, meeting_id)
        theirs = attendance(meeting.id, who)
        if theirs is None:
            raise not_there()
        theirs.out_for = None


@dataclass(frozen=True, slots=True)
class Sent:
    """How something is written down: its own `key`, so that twice is once; whether it `repeats` what is on the
    table; other records it `quotes`; what the leak guard named and its writer lets stand; whether they have
    just `proved` who they are."""

    key: str
    repeats: bool = False
    quotes: tuple[str, ...] = ()
    heeded: tuple[str, ...] = ()
    proved: bool = False


def note(seat: Seat, meeting_id: str, text: str, sent: Sent) -> str:
    """Write down what was said, under one's own agency. `guarding.Repeats` if it tells a reader what they may
    not see, and its writer did not say that it may stand."""
    key = sent.key
    with recorded("meeting.noted", by=seat.me, case=seat.id, meeting=meeting_id, item=key):
        meeting = _attended(seat, meeting_id)
        if not items.is_kept(seat.id, key, seat.me.id):
            _segment(seat, meeting, "note", sent, {"text": _worded(text)})
    return key


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided: what, who, by when; or why it is not possible."""

    what: str
    who: str | None = None
    due_at: datetime | None = None
    not_possible: str = ""


def decide(seat: Seat, meeting_id: str, decision: Decision, sent: Sent) -> None:
    """Record a decision; where somebody is to do it, it becomes a task, held here and offered to them.
    `guarding.Repeats` as for a note."""
    with recorded("meeting.decided", by=seat.me, case=seat.id, meeting=meeting_id, item=sent.key, to=decision.who):
        meeting = _facilitated(seat, meeting_id)
        _attended(seat, meeting_id)
        if items.is_kept(seat.id, sent.key, seat.me.id):
            return
        values = {
            "decision": _worded(decision.what),
            "text": f"Not possible: {decision.not_possible}" if decision.not_possible else "",
        }
        item = _segment(seat, meeting, "decision", sent, values)
        if not decision.not_possible:
            _hand_on(seat, item, decision)


def _hand_on(seat: Seat, item: Item, decision: Decision) -> Task:
    task = handoffs.create(seat, item, due_at=decision.due_at)
    if decision.who and decision.who != seat.me.id:
        db.session.flush()
        handoffs.check_offer(seat, item.id, decision.who)
        task.offered_to, task.offered_by, task.step = decision.who, seat.me.id, "offered"
    return task


def adjourn(seat: Seat, meeting_id: str) -> None:
    """End the meeting."""
    with recorded("meeting.adjourned", by=seat.me, case=seat.id, meeting=meeting_id):
        meeting = _facilitated(seat, meeting_id)
        _check_open(meeting)
        _end_current(meeting)
        meeting.phase, meeting.adjourned_at, meeting.current_id = Phase.ADJOURNED, now(), None


def find(seat: Seat, meeting_id: str) -> Meeting:
    """A meeting of this case, or as if there were none."""
    meeting = db.session.get(Meeting, meeting_id)
    if meeting is None or meeting.case_id != seat.id:
        raise not_there()
    return meeting


def attendance(meeting_id: str, user_id: str) -> Attendance | None:
    return db.session.scalar(
        select(Attendance).where(Attendance.meeting_id == meeting_id, Attendance.user_id == user_id)
    )


def _of_the_team(seat: Seat, user_id: str | None) -> str:
    """Oneself, or the member of this name."""
    if user_id is None:
        return seat.me.id
    if user_id not in seat.case.facts.members:
        raise not_there()
    return user_id


def present(meeting: Meeting, seat: Seat) -> tuple[str, ...]:
    """Who is in the room for the point on the table: of the team now, here, heard of lately, and not out for it."""
    rows = db.session.execute(
        select(Attendance.user_id, Attendance.out_for)
        .where(Attendance.meeting_id == meeting.id, Attendance.here, Attendance.seen_at > now() - HEARD_OF_WITHIN)
        .order_by(Attendance.user_id)
    )
    inside = (str(row.user_id) for row in rows if row.out_for is None or row.out_for != meeting.current_id)
    return tuple(one for one in inside if admitted(seat.case.facts, one, seat.at))


def heard_of(seat: Seat, meeting_id: str, *, here: bool) -> None:
    """An attendee's page is open, or has been closed: presence, renewed without an entry. Who has left the
    room stays out of it until they come in again."""
    begin_writing()
    mine = (
        Attendance.meeting_id == find(seat, meeting_id).id,
        Attendance.user_id == seat.me.id,
        Attendance.left_at.is_(None),
    )
    changed = db.session.execute(update(Attendance).where(*mine, Attendance.here != here).values(here=here)).rowcount
    db.session.execute(update(Attendance).where(*mine).values(seen_at=now()))
    if changed:
        move(db.session(), [seat.id], facts=False)
    db.session.commit()


def _segment(seat: Seat, meeting: Meeting, kind: str, sent: Sent, values: dict[str, str]) -> Item:
    point = _current(meeting)
    given = {name: words for name, words in values.items() if words}
    draft = _draft(seat, point, sent, tuple(given))
    guarding.check_quotes(seat, sent.quotes)
    guarding.check(seat, draft, "\n".join(given.values()), heeded=sent.heeded, proved=sent.proved)
    item = items.file(
        _case(seat), id=sent.key, source=draft.source, category=draft.category, values=values,
        author=draft.author, quotes=draft.quotes,
    )  # fmt: skip
    db.session.add(Segment(meeting_id=meeting.id, point_id=point.id, item_id=item.id, kind=kind))
    return item


def _draft(seat: Seat, point: Point, sent: Sent, fields: tuple[str, ...]) -> ItemFact:
    on_the_table = (point.item_id,) if sent.repeats and point.item_id else ()
    return ItemFact(
        id=sent.key, category=Category.MEETING, source=seat.me.agency_id or seat.case.lead_id, fields=fields,
        author=seat.me.id, quotes=tuple(dict.fromkeys((*on_the_table, *sent.quotes))),
        recorded=seat.at.astimezone(seat.case.facts.case.zone).date(),
    )  # fmt: skip


def _worded(text: str) -> str:
    text = text.strip()
    if not text:
        raise Refused("Write something first.", reason="empty", code=422)
    if len(text) > LONGEST_NOTE:
        raise Refused(f"That is longer than {LONGEST_NOTE} characters. Split it in two.", reason="too_long", code=422)
    return text


def _case(seat: Seat) -> Case:
    case = db.session.get(Case, seat.id)
    assert case is not None
    return case


def _facilitated(seat: Seat, meeting_id: str) -> Meeting:
    meeting = find(seat, meeting_id)
    if meeting.facilitator_id != seat.me.id:
        raise Refused("Only the facilitator moves the meeting.", reason="not_facilitator", code=403)
    return meeting


def _attended(seat: Seat, meeting_id: str) -> Meeting:
    """An open meeting that one has joined and is not out of."""
    meeting = find(seat, meeting_id)
    _check_open(meeting)
    mine = attendance(meeting_id, seat.me.id)
    if mine is None or mine.out_for == meeting.current_id:
        raise Refused("Join the meeting first.", reason="not_in_the_room")
    return meeting


def _check_open(meeting: Meeting) -> None:
    if meeting.phase != Phase.OPEN:
        raise Refused("This meeting is not open.", reason="not_open")


def _point(meeting: Meeting, point_id: str) -> Point:
    for point in meeting.agenda:
        if point.id == point_id:
            return point
    raise not_there()


def _current(meeting: Meeting) -> Point:
    if meeting.current_id is None:
        raise Refused("Nothing is on the table.", reason="no_point")
    return _point(meeting, meeting.current_id)


def _end_current(meeting: Meeting) -> None:
    if meeting.current_id:
        _point(meeting, meeting.current_id).ended_at = now()


def _put_on_table(meeting: Meeting, point: Point) -> None:
    _end_current(meeting)
    meeting.current_id, point.begun_at, point.ended_at = point.id, now(), None


def meetings_of(case_id: str) -> Sequence[Meeting]:
    """The meetings of a case, latest first."""
    return db.session.scalars(
        select(Meeting).where(Meeting.case_id == case_id).order_by(Meeting.starts_at.desc())
    ).all()


__all__ = [
    "Agenda",
    "Decision",
    "Sent",
    "adjourn",
    "attendance",
    "decide",
    "find",
    "heard_of",
    "join",
    "leave",
    "meetings_of",
    "note",
    "open_meeting",
    "plan",
    "present",
    "step_in",
    "step_out",
    "turn_to",
]
