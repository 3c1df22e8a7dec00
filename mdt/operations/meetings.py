"""Meetings: planned, opened, joined; the agenda moves; notes and decisions are items like any other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from mdt.models import (
    Attendance,
    Case,
    Event,
    Item,
    Meeting,
    Phase,
    Point,
    Segment,
    Task,
    User,
    Visit,
    begin_writing,
    db,
    new_id,
    now,
)
from mdt.models.base import rows_changed
from mdt.models.pulse import move
from mdt.operations import drafts, guarding, handoffs, items, updates
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.meeting.carrying import said_in
from mdt.sharing import fields as catalog
from mdt.sharing.facts import Item as ItemFact
from mdt.sharing.gate import admitted
from mdt.sharing.vocabulary import Category

LONGEST_NOTE = 8000
HEARD_OF_WITHIN = timedelta(seconds=45)


Turn = Callable[[Seat, Meeting, Point | None, Point | None], None]
_turns: list[Turn] = []


def when_turned(turn: Turn) -> None:
    """Call this, within the act, whenever a point leaves the table and another, or none, comes onto it."""
    _turns.append(turn)


def open_meeting(seat: Seat, meeting_id: str) -> None:
    """Open the room, on the first point of the agenda."""
    with recorded("meeting.opened", by=seat.me, case=seat.id, meeting=meeting_id):
        meeting = facilitated(seat, meeting_id)
        if meeting.phase != Phase.PLANNED:
            raise Refused("This meeting was opened already.", reason="not_planned")
        meeting.phase, meeting.opened_at = Phase.OPEN, now()
        _put_on_table(seat, meeting, meeting.agenda[0])


def join(seat: Seat, meeting_id: str) -> None:
    """Acknowledge confidentiality for this meeting, and be in the room. Joining twice is joining once; whoever left
    acknowledges it anew."""
    with recorded("meeting.joined", by=seat.me, case=seat.id, meeting=meeting_id):
        meeting = find(seat, meeting_id)
        if meeting.phase != Phase.OPEN:
            raise Refused("The room is not open yet. You can wait on this page.", reason="not_open")
        mine = attendance(meeting_id, seat.me.id)
        if mine is None:
            user = db.session.get(User, seat.me.id)
            db.session.add(Attendance(meeting=meeting, user=user, acknowledged_at=now()))
        else:
            mine.acknowledged_at = now() if mine.left_at else mine.acknowledged_at
            mine.here, mine.seen_at, mine.left_at = True, now(), None


def leave(seat: Seat, meeting_id: str) -> None:
    """Leave the room."""
    with recorded("meeting.left", by=seat.me, case=seat.id, meeting=meeting_id):
        mine = attendance(find(seat, meeting_id).id, seat.me.id)
        if mine:
            mine.here, mine.out_for, mine.left_at, mine.hand_at = False, None, now(), None


def turn_to(seat: Seat, meeting_id: str, point_id: str) -> None:
    """Put a point of the agenda on the table; who was out for another one is back. Twice is once: its time goes on."""
    with recorded("meeting.turned", by=seat.me, case=seat.id, meeting=meeting_id) as record:
        meeting = facilitated(seat, meeting_id)
        check_open(meeting)
        point = _point(meeting, point_id)
        record["point"] = point.id
        if point.id != meeting.current_id:
            _put_on_table(seat, meeting, point)


def step_out(seat: Seat, meeting_id: str, *, user_id: str | None = None) -> None:
    """Be out for the point on the table; the facilitator may ask somebody out."""
    who = of_the_team(seat, user_id)
    with recorded("meeting.stepped_out", by=seat.me, case=seat.id, meeting=meeting_id, who=who):
        meeting = find(seat, meeting_id) if who == seat.me.id else facilitated(seat, meeting_id)
        theirs = attendance(meeting_id, who)
        if theirs is None:
            raise not_there()
        theirs.out_for = meeting.current_id


def step_in(seat: Seat, meeting_id: str, *, user_id: str | None = None) -> None:
    """Be back in."""
    who = of_the_team(seat, user_id)
    with recorded("meeting.stepped_in", by=seat.me, case=seat.id, meeting=meeting_id, who=who):
        meeting = find(seat, meeting_id) if who == seat.me.id else facilitated(seat, meeting_id)
        theirs = attendance(meeting.id, who)
        if theirs is None:
            raise not_there()
        theirs.out_for = None


@dataclass(frozen=True, slots=True)
class Sent:
    """How something is written down: its own `key`, so that twice is once; whether it `repeats` what is on the
    table; other records it `quotes`; what the leak guard named and its writer lets stand; whether they have
    just `proved` who they are; what kind of record a note is, with its sensitivities."""

    key: str
    repeats: bool = False
    quotes: tuple[str, ...] = ()
    heeded: tuple[str, ...] = ()
    proved: bool = False
    category: Category = Category.MEETING
    labels: tuple[str, ...] = ()


def note(seat: Seat, meeting_id: str, text: str, sent: Sent) -> str:
    """Write down what was said, under one's own agency. `guarding.Repeats` if it tells a reader what they may
    not see, and its writer did not say that it may stand."""
    key = sent.key
    with recorded("meeting.noted", by=seat.me, case=seat.id, meeting=meeting_id, item=key):
        meeting = attended(seat, meeting_id)
        if not items.is_kept(seat.id, key, seat.me.id):
            say(seat, meeting, "note", sent, {field_of(sent.category): worded(text)})
        drafts.forget(seat.me, seat.id, "note", meeting_id, key)
    return key


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided: what, who, by when; or why it is not possible; the motion it settles, if there was one, and
    whether that was carried."""

    what: str
    who: str | None = None
    due_at: datetime | None = None
    not_possible: str = ""
    motion: str | None = None
    carried: bool = True


def decide(seat: Seat, meeting_id: str, decision: Decision, sent: Sent) -> None:
    """Record a decision; where somebody is to do it, it becomes a task, held here and offered to them.
    `guarding.Repeats` as for a note."""
    with recorded("meeting.decided", by=seat.me, case=seat.id, meeting=meeting_id, item=sent.key, to=decision.who):
        meeting = facilitated(seat, meeting_id)
        attended(seat, meeting_id)
        drafts.forget(seat.me, seat.id, "decide", meeting_id, sent.key)
        if items.is_kept(seat.id, sent.key, seat.me.id):
            return
        values = {
            "decision": worded(decision.what),
            "text": f"Not possible: {decision.not_possible}" if decision.not_possible else "",
        }
        if decision.motion:
            settle(meeting, decision.motion, carried=decision.carried)
        item = say(seat, meeting, "decision", sent, values, about=decision.motion)
        if decision.carried and not decision.not_possible:
            _hand_on(seat, item, decision)


def _hand_on(seat: Seat, item: Item, decision: Decision) -> Task:
    task = handoffs.create(seat, item, due_at=decision.due_at or usually(seat))
    if decision.who and decision.who != seat.me.id:
        handoffs.make_offer(task, handoffs.Move(event=Event.OFFERED, by=seat.me.id, to=decision.who))
    return task


def usually(seat: Seat) -> datetime:
    """By when what is taken on now is to be done, where nobody says a day: nothing is without one."""
    return seat.profile.clocks.due("task_done", now(), seat.zone)


def adjourn(seat: Seat, meeting_id: str) -> None:
    """End the meeting."""
    with recorded("meeting.adjourned", by=seat.me, case=seat.id, meeting=meeting_id):
        meeting = facilitated(seat, meeting_id)
        check_open(meeting)
        _put_on_table(seat, meeting, None)
        meeting.phase, meeting.adjourned_at = Phase.ADJOURNED, now()


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


def of_the_team(seat: Seat, user_id: str | None) -> str:
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
    room stays out of it until they come in again. Who was not heard of for long enough to count as gone, comes
    back: that is told at once, and not with whatever moves the case next."""
    begin_writing()
    mine = (
        Attendance.meeting_id == find(seat, meeting_id).id,
        Attendance.user_id == seat.me.id,
        Attendance.left_at.is_(None),
    )
    silent = Attendance.seen_at <= now() - HEARD_OF_WITHIN
    turned = or_(~Attendance.here, silent) if here else Attendance.here
    changed = rows_changed(update(Attendance).where(*mine, turned).values(here=here))
    db.session.execute(update(Attendance).where(*mine).values(seen_at=now()))
    if changed:
        move(db.session(), [seat.id], facts=False)
    db.session.commit()


def looks_in(seat: Seat, meeting_id: str) -> None:
    """Whoever has come in asks for the page, and may have no line to be heard of by: they read, so they are here, and
    the others see that they are."""
    mine = attendance(meeting_id, seat.me.id)
    silent = mine is not None and (not mine.here or mine.seen_at <= now() - HEARD_OF_WITHIN)
    if mine is not None and mine.left_at is None and silent and find(seat, meeting_id).phase == Phase.OPEN:
        heard_of(seat, meeting_id, here=True)


def settle(meeting: Meeting, item_id: str, *, carried: bool) -> None:
    """Say how a motion of this meeting went, or one that came over to it; within an act. Refused if there is none that
    is open."""
    open_ones = select(Segment).where(said_in(meeting), Segment.kind == "motion", Segment.state == "open")
    motion = next((one for one in db.session.scalars(open_ones) if one.item_id == item_id), None)
    if motion is None:
        raise Refused("That motion is settled already.", reason="motion")
    motion.state = "carried" if carried else "lost"


def field_of(category: Category) -> str:
    """The field that the words of a note go into."""
    return "text" if category is Category.MEETING else updates.FIELD


def say(seat: Seat, meeting: Meeting, kind: str, sent: Sent, values: dict[str, str], **more: str | None) -> Item:
    """Keep something that was said, as a record of its own; within an act. `more`: `about`, `state`."""
    point = current(meeting)
    given = {name: words for name, words in values.items() if words}
    draft = drafted(seat, point, sent, tuple(given))
    guarding.check_quotes(seat, sent.quotes)
    guarding.check(seat, draft, "\n".join(given.values()), heeded=sent.heeded, proved=sent.proved)
    item = items.file(
        case_of(seat), id=sent.key, source=draft.source, category=draft.category, values=values,
        author=draft.author, quotes=draft.quotes, labels=draft.labels,
    )  # fmt: skip
    about, state = more.get("about"), more.get("state")
    said = {"meeting_id": meeting.id, "point_id": point.id, "item_id": item.id, "kind": kind}
    db.session.add(Segment(**said, about_id=about, state=state))
    return item


def drafted(seat: Seat, point: Point, sent: Sent, fields: tuple[str, ...]) -> ItemFact:
    """The record that something said at this point would be."""
    on_the_table = (point.item_id,) if sent.repeats and point.item_id else ()
    check_category(seat, sent)
    return ItemFact(
        id=sent.key, category=sent.category, labels=sent.labels, fields=fields,
        source=seat.me.agency_id or seat.case.lead_id,
        author=seat.me.id, quotes=tuple(dict.fromkeys((*on_the_table, *sent.quotes))),
        recorded=seat.today,
    )  # fmt: skip


def note_draft(seat: Seat, meeting_id: str, sent: Sent) -> ItemFact | None:
    """The record that a note of this kind would be, for asking who could read it; None while nothing is on the table,
    or one could not write it."""
    meeting = find(seat, meeting_id)
    entry = catalog.CATEGORIES[sent.category]
    mine = sent.category is Category.MEETING or entry in updates.categories(seat)
    if meeting.current_id is None or not mine or set(sent.labels) - set(entry.labels):
        return None
    known = replace(sent, key=sent.key or new_id(), quotes=tuple(guarding.quotable(seat, sent.quotes)))
    return drafted(seat, current(meeting), known, (field_of(sent.category),))


def check_category(seat: Seat, sent: Sent) -> None:
    """Refuse a kind of record that this member cannot write, or a sensitivity that it has not."""
    entry = catalog.CATEGORIES[sent.category]
    mine = sent.category is Category.MEETING or entry in updates.categories(seat)
    if not mine or set(sent.labels) - set(entry.labels):
        raise Refused("A note cannot be about that. Choose another kind.", reason="category", code=422)


def worded(text: str) -> str:
    """The words without the space around them; refused if there are none, or too many."""
    text = text.strip()
    if not text:
        raise Refused("Write something first.", reason="empty", code=422)
    if len(text) > LONGEST_NOTE:
        raise Refused(f"That is longer than {LONGEST_NOTE} characters. Split it in two.", reason="too_long", code=422)
    return text


def case_of(seat: Seat) -> Case:
    """The case as a row."""
    case = db.session.get(Case, seat.id)
    assert case is not None
    return case


def facilitated(seat: Seat, meeting_id: str) -> Meeting:
    """A meeting that one facilitates."""
    meeting = find(seat, meeting_id)
    if meeting.facilitator_id != seat.me.id:
        raise Refused("Only the facilitator moves the meeting.", reason="not_facilitator", code=403)
    return meeting


def attended(seat: Seat, meeting_id: str) -> Meeting:
    """An open meeting that one has joined and is not out of."""
    meeting = find(seat, meeting_id)
    check_open(meeting)
    mine = attendance(meeting_id, seat.me.id)
    if mine is None or mine.left_at is not None or mine.out_for == meeting.current_id:
        raise Refused("Join the meeting first.", reason="not_in_the_room")
    if observes(meeting, seat.me.id):
        raise Refused("You are here to listen.", reason="observes", code=403)
    return meeting


def observes(meeting: Meeting, user_id: str) -> bool:
    """Whether somebody is there to listen only, as a guest of the point on the table."""
    mine = (Visit.user_id == user_id, Visit.point_id == meeting.current_id, Visit.ended_at.is_(None), Visit.observes)
    return db.session.scalar(select(Visit.id).where(Visit.meeting_id == meeting.id, *mine).limit(1)) is not None


def check_open(meeting: Meeting) -> None:
    """Refuse what can only be done while it runs."""
    if meeting.phase != Phase.OPEN:
        raise Refused("This meeting is not open.", reason="not_open")


def _point(meeting: Meeting, point_id: str) -> Point:
    for point in meeting.agenda:
        if point.id == point_id:
            return point
    raise not_there()


def current(meeting: Meeting) -> Point:
    """The point on the table."""
    if meeting.current_id is None:
        raise Refused("Nothing is on the table.", reason="no_point")
    return _point(meeting, meeting.current_id)


def _put_on_table(seat: Seat, meeting: Meeting, point: Point | None) -> None:
    """Take away what lies there, and put this in its place."""
    last = _point(meeting, meeting.current_id) if meeting.current_id else None
    if last is not None:
        last.ended_at = now()
    meeting.current_id = point.id if point else None
    if point is not None:
        point.begun_at, point.ended_at = now(), None
    for turn in _turns:
        turn(seat, meeting, last, point)


def _may_note(seat: Seat, meeting_id: str) -> bool:
    """Whether this member may write something down in this meeting: they have joined, and it runs."""
    meeting = find(seat, meeting_id)
    here = attendance(meeting_id, seat.me.id) is not None
    return here and meeting.phase == Phase.OPEN and not observes(meeting, seat.me.id)


for spoken in ("note", "action", "motion", "dissent"):
    drafts.place(spoken, _may_note)
drafts.place("decide", lambda seat, one: _may_note(seat, one) and find(seat, one).facilitator_id == seat.me.id)

__all__ = [
    "Decision",
    "Sent",
    "adjourn",
    "attended",
    "check_open",
    "current",
    "drafted",
    "facilitated",
    "field_of",
    "observes",
    "of_the_team",
    "say",
    "settle",
    "when_turned",
    "worded",
    "attendance",
    "decide",
    "find",
    "heard_of",
    "join",
    "leave",
    "looks_in",
    "note",
    "note_draft",
    "open_meeting",
    "present",
    "step_in",
    "step_out",
    "turn_to",
    "usually",
]
