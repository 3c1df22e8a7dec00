"""Reading a meeting: the room as one member may see it now.

What is on the table, and what was said in it, follow the contract's `meeting`: the least that anybody present would
get, or it stays closed. Everything else on the page is the reader's own view.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from mdt.models import Attendance, Meeting, Phase, Point, Visit, db
from mdt.operations import ledger, meetings, tasks, team, together, views, watching
from mdt.operations.access import Person, Seat, admit_quietly
from mdt.operations.acts import Refused
from mdt.operations.meeting import facilitating, returns, visits
from mdt.operations.meeting.around import NOTHING, Around, Promised, around, promised
from mdt.operations.meeting.around import skeleton as around_skeleton
from mdt.operations.meeting.said import Said, SegmentView, in_the_room
from mdt.operations.tasks import TaskView
from mdt.operations.team import Colleague, colleague
from mdt.operations.views import Looked, Shown
from mdt.sharing.decide import decide
from mdt.sharing.decision import Decision
from mdt.sharing.facts import Item
from mdt.sharing.vocabulary import Action


@dataclass(frozen=True, slots=True)
class PointView:
    """A point of the agenda, as far as it is there for this reader."""

    id: str
    title: str
    minutes: int
    state: str
    begun_at: datetime | None
    matter: str

    @property
    def until(self) -> datetime | None:
        """When its time is over."""
        return self.begun_at + timedelta(minutes=self.minutes) if self.begun_at else None


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody of the team, and whether they are in the room; whether their hand is up; whether they sent apologies,
    are a guest of this point, or only listen."""

    person: Colleague
    here: bool
    out: bool
    hand: bool = False
    apology: bool = False
    guest: bool = False
    observes: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """What is on the table. `smaller_group`: this reader is out, or not to know more.

    `in_the_way` is for the facilitator alone, and only where the facilitator sees the item.
    """

    point: PointView | None
    entry: Shown | None
    closed: bool
    smaller_group: bool
    in_the_way: tuple[Colleague, ...]


@dataclass(frozen=True, slots=True)
class RoomView:
    """The room as one member may see it."""

    id: str
    case_id: str
    title: str
    phase: str
    starts_at: datetime
    facilitator: Colleague
    leads: bool
    may_take_over: bool
    joined: bool
    out: bool
    agenda: tuple[PointView, ...]
    table: Table
    notes: tuple[SegmentView, ...]
    motions: tuple[SegmentView, ...]
    decisions: tuple[SegmentView, ...]
    returns: tuple[Shown, ...]
    tasks: tuple[TaskView, ...]
    promised: Promised
    people: tuple[Present, ...]
    next_out: tuple[Colleague, ...]
    around: Around
    observes: bool
    hand: bool
    permission_changed_at: datetime | None
    tag: str

    @property
    def open_motions(self) -> tuple[SegmentView, ...]:
        return tuple(one for one in self.motions if one.state == "open")

    @property
    def next(self) -> PointView | None:
        """The point that comes next, of those this reader knows."""
        return next((one for one in self.agenda if one.state == "next"), None)

    @property
    def here(self) -> int:
        return sum(one.here for one in self.people)


def people(seat: Seat, meeting_id: str) -> tuple[Present, ...]:
    """Who may be given something to do in this meeting: whom the reader knows of."""
    return _Scene(seat, meetings.find(seat, meeting_id)).people()


def read(seat: Seat, meeting_id: str) -> RoomView:
    """The room now; what of it is shown is recorded first."""
    meeting = meetings.find(seat, meeting_id)
    scene = _Scene(seat, meeting)
    ticket = ledger.submit_all(
        [views.entry(seat, "meeting.read", scene.disclosed(), every=scene.seen.refused, meeting=meeting_id)]
    )
    shown = {one.id: one for one in views.open_all(seat, scene.disclosed())}
    handed = tasks.of_case(seat)
    ticket.settle()
    return scene.room(shown, handed)


def topic(case_id: str, meeting_id: str) -> watching.Topic:
    return watching.Topic("meeting", case_id, meeting_id)


class _Scene:
    """What a room is made of for one reader: decided, not opened."""

    def __init__(self, seat: Seat, meeting: Meeting) -> None:
        self.seat, self.meeting = seat, meeting
        self.seen: Looked = views.look(seat)
        self.ruled = {item.id: (item, decision) for item, decision in self.seen.items}
        self.rows = {
            row.user_id: row
            for row in db.session.scalars(select(Attendance).where(Attendance.meeting_id == meeting.id))
        }
        self.present = meetings.present(meeting, seat)
        self.visiting = {one.user_id: one for one in visits.here(meeting)}
        self.mine = self.rows.get(seat.me.id)
        self.current = next((one for one in meeting.agenda if one.id == meeting.current_id), None)
        self.on_table = self._on_table()
        reads = self.joined and not self.out
        self.said = Said(seat, meeting, self.seen, self.present, joined=reads)
        self.around = around(seat, meeting, self.present, tuple(self.rows.values()), joined=reads)
        self.returns = self._returns()

    @property
    def facilitates(self) -> bool:
        return self.meeting.facilitator_id == self.seat.me.id

    @property
    def may_take_over(self) -> bool:
        return facilitating.may_take_over(self.seat, self.meeting, self.present)

    @property
    def joined(self) -> bool:
        return self.mine is not None and self.mine.left_at is None and self.meeting.phase == Phase.OPEN

    @property
    def out(self) -> bool:
        return self.mine is not None and self.mine.out_for is not None and self.mine.out_for == self.meeting.current_id

    def _on_table(self) -> Decision | None:
        """The contract's answer for the item on the table and who is in the room; None if no item is."""
        item_id = self.current.item_id if self.current else None
        if item_id is None or item_id not in self.seat.case.facts.items or not self.joined or self.out:
            return None
        seat = self.seat
        room = self.present if seat.me.id in self.present else (*self.present, seat.me.id)
        return decide(
            seat.case.facts,
            seat.me.id,
            item_id,
            seat.purpose,
            seat.at,
            profile=seat.profile,
            action=Action.MEETING,
            present=room,
        )

    def disclosed(self) -> list[tuple[Item, Decision]]:
        """What of the segments, the returns and the item on the table is shown to this reader, each once."""
        shown = dict(self.said.ruled) | {item.id: (item, decision) for item, decision in self.returns}
        if self.on_table and self.on_table.opens:
            shown[self.on_table.item] = (self.seat.case.facts.items[self.on_table.item], self.on_table)
        return list(shown.values())

    def _returns(self) -> list[tuple[Item, Decision]]:
        """What agencies wrote beforehand: each reader's own view before and after, the room's while it is open."""
        ids = [one for one in returns.filed(self.meeting.id) if one in self.seen.opened]
        if self.meeting.phase != Phase.OPEN:
            return [self.ruled[one] for one in ids]
        if not self.joined or self.out:
            return []
        return in_the_room(self.seat, self.present, [self.ruled[one][0] for one in ids])

    def knows(self, point: Point) -> bool:
        """Whether a point is there for this reader: one with an item they may not know of is not, and for a guest none
        but the one to which they are asked."""
        visit = self.visiting.get(self.seat.me.id)
        if visit is not None and visit.point_id != point.id:
            return False
        return point.item_id is None or self.facilitates or point.item_id in self.ruled

    def agenda(self) -> tuple[PointView, ...]:
        return tuple(_point(one, self.meeting.current_id) for one in self.meeting.agenda if self.knows(one))

    def table(self, shown: dict[str, Shown]) -> Table:
        if self.current is None or not self.joined:
            return Table(None, None, False, False, ())
        if self.out or not self.knows(self.current):
            return Table(None, None, False, True, ())
        entry = shown.get(self.current.item_id or "") if self.on_table and self.on_table.opens else None
        closed = self.current.item_id is not None and entry is None
        return Table(
            _point(self.current, self.meeting.current_id), entry, closed, False, self._in_the_way() if closed else ()
        )

    def _in_the_way(self) -> tuple[Colleague, ...]:
        """Who would have to step out first; for the facilitator, and only if they may see the item."""
        return self._not_cleared(self.current)

    def next_out(self) -> tuple[Colleague, ...]:
        """Who would have to step out before the next point opens; for the facilitator alone."""
        coming = next((one for one in self.meeting.agenda if one.begun_at is None and one != self.current), None)
        return self._not_cleared(coming) if self.joined else ()

    def _not_cleared(self, point: Point | None) -> tuple[Colleague, ...]:
        item_id = point.item_id if point else None
        if not self.facilitates or item_id is None or item_id not in self.seen.opened:
            return ()
        return tuple(
            colleague(self.seat, one)
            for one in self.present
            if one != self.seat.me.id and item_id not in views.look_beside(self.seat, one).opened
        )

    def people(self) -> tuple[Present, ...]:
        """Who one may know of, and whoever is in the room with one."""
        known = {one.id: one for one in team.colleagues(self.seat, self.seen.sources)}
        if self.joined:
            known |= {one: colleague(self.seat, one) for one in self.present if one in self.seat.case.facts.users}
        return tuple(self._present(one, self.visiting.get(one.id)) for one in known.values())

    def _present(self, one: Colleague, visit: Visit | None) -> Present:
        here = one.id in self.present
        away = not here and one.id in self.around.apologies
        hand, listens = one.id in self.around.hands, visit is not None and visit.observes
        return Present(one, here, self._is_out(one.id), hand, away, visit is not None, listens)

    def _is_out(self, user_id: str) -> bool:
        row = self.rows.get(user_id)
        return row is not None and row.out_for is not None and row.out_for == self.meeting.current_id

    def falls_silent(self) -> datetime | None:
        """When the next of those who are here counts as gone if nothing is heard of them. The page is told then,
        and not with whatever moves the case next: that may be nothing of its reader's."""
        heard = (row.seen_at + meetings.HEARD_OF_WITHIN for row in self.rows.values() if row.here)
        return min((one for one in heard if one > self.seat.at), default=None)

    def changed_at(self) -> datetime | None:
        """When a permission changed during this meeting that concerns something the facilitator may see."""
        if not self.facilitates or self.meeting.opened_at is None:
            return None
        stops = [
            stop.at
            for release in self.seat.case.facts.releases
            for stop in release.revoked
            if isinstance(stop.at, datetime) and stop.at >= self.meeting.opened_at and self._concerns_me(release)
        ]
        return max(stops, default=None)

    def _concerns_me(self, release: Any) -> bool:
        return any(
            item.source == release.discloser and item.category in release.categories
            for item in self.seen.opened.values()
        )

    def skeleton(self) -> Any:
        """What the room is made of, without what is said in it."""
        table = [self.on_table.outcome, self.on_table.fields] if self.on_table else None
        said = [self.said.skeleton(), [item.id for item, _ in self.returns]]
        people = [[one.person.id, one.here, one.out, one.apology, one.guest] for one in self.people()]
        beside = [around_skeleton(self.around, facilitates=self.facilitates), [one.id for one in self.next_out()]]
        points = [[one.id, one.state] for one in self.agenda()]
        handed = tasks.skeleton(self.seat, self.seen)
        writing = together.skeleton(self.seat, self.meeting.id)
        way = [one.id for one in self._in_the_way()] if self.on_table and not self.on_table.opens else []
        runs = [self.meeting.facilitator_id, self.may_take_over]
        here = [self.meeting.phase, runs, points, table, self.out, self.joined]
        words = views.last_changes(self.seat, self.disclosed())
        return [*here, said, people, beside, handed, way, writing, words, self.changed_at()]

    def room(self, shown: dict[str, Shown], handed: tuple[TaskView, ...]) -> RoomView:
        meeting, said, mine = self.meeting, self.said.views(shown), self.mine
        heard = [one for one in said if one.kind in ("note", "remark") or (one.kind == "dissent" and not one.about_id)]
        open_now = meeting.phase == Phase.OPEN
        here = [one for one in heard if self.current is None or one.point_id == self.current.id]
        last = promised(self.seat, meeting, handed) if self.joined or meeting.phase == Phase.PLANNED else NOTHING
        return RoomView(
            meeting.id, meeting.case_id, meeting.title, meeting.phase, meeting.starts_at,
            colleague(self.seat, meeting.facilitator_id), self.facilitates, self.may_take_over, self.joined,
            self.out, self.agenda(), self.table(shown), tuple(here), tuple(one for one in said if one.kind == "motion"),
            tuple(one for one in said if one.kind in ("decision", "action")),
            tuple(shown[item.id] for item, _ in self.returns), handed, last, self.people(), self.next_out(),
            self.around, open_now and meetings.observes(meeting, self.seat.me.id),
            mine is not None and mine.hand_at is not None, self.changed_at(),
            watching.tag(topic(meeting.case_id, meeting.id), self.seat.me, self.skeleton()),
        )  # fmt: skip


def _point(point: Point, current_id: str | None) -> PointView:
    state = "now" if point.id == current_id else "done" if point.ended_at else "next"
    return PointView(point.id, point.title, point.minutes, state, point.begun_at, point.matter)


def _watch(topic: watching.Topic, me: Person, purpose: str | None) -> tuple[str, datetime | None]:
    seat = admit_quietly(topic.case_id or "", me, purpose=purpose)
    meeting = db.session.get(Meeting, topic.id) if seat and topic.id else None
    if seat is None or meeting is None or meeting.case_id != seat.id:
        return watching.NOTHING, None
    scene = _Scene(seat, meeting)
    turns = (views.turns(seat), scene.falls_silent())
    return watching.tag(topic, me, scene.skeleton()), min((one for one in turns if one), default=None)


def _arrive(topic: watching.Topic, me: Person) -> None:
    _heard_of(topic, me, here=True)


def _leave(topic: watching.Topic, me: Person) -> None:
    _heard_of(topic, me, here=False)


def _heard_of(topic: watching.Topic, me: Person, *, here: bool) -> None:
    """Presence of somebody who is on the case now, in a meeting of that case; of nobody else."""
    seat = admit_quietly(topic.case_id or "", me)
    if seat and topic.id:
        with suppress(Refused):
            meetings.heard_of(seat, topic.id, here=here)


watching.kind("meeting", _watch, place=(_arrive, _leave))

__all__ = ["Present", "RoomView", "SegmentView", "people", "read", "topic"]
