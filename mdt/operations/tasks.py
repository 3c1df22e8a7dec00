"""Reading tasks: each side sees of a task what it may see of the item it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select

from mdt.models import Agency, Event, Handoff, Step, Task, db
from mdt.models.among import among
from mdt.models.tasks import MINE, OPEN
from mdt.operations import ledger, views
from mdt.operations.access import Person, Seat
from mdt.operations.acts import not_there
from mdt.operations.at_once import Of, Question
from mdt.operations.team import colleagues
from mdt.sharing.decision import Decision
from mdt.sharing.facts import Item

BACK = (Event.DECLINED, Event.LAPSED, Event.RETURNED, Event.CAME_BACK)
"""How a task comes back to whoever handed it on."""
SENTENCES: dict[Event, str] = {
    Event.MADE: "{by} took it on.",
    Event.OFFERED: "{by} offered it to {to}.",
    Event.REFERRED: "{by} offered it to {agency}.",
    Event.ACCEPTED: "{by} took it.",
    Event.DECLINED: "{by} could not. It stayed with {was}.",
    Event.WITHDRAWN: "{by} took the offer back.",
    Event.LAPSED: "Nobody answered in time. It stayed with {was}.",
    Event.BEGUN: "{by} began.",
    Event.DONE: "{by} did it.",
    Event.NOT_POSSIBLE: "{by} found it not possible.",
    Event.TAKEN: "{by} took it out of the queue.",
    Event.OVERDUE: "Its time was over with {was}. Whoever answers for that was told.",
    Event.UNANSWERED: "Whoever answers for those who were asked was told.",
    Event.RETURNED: "",
    Event.CAME_BACK: "",
    Event.MOVED: "",
}
HOW_FAR: dict[Step, str] = {
    Step.OFFERED: "offered to {to}, not answered",
    Step.HELD: "not begun",
    Step.IN_PROGRESS: "begun",
    Step.DONE: "done",
    Step.NOT_POSSIBLE: "not possible",
}
UNREADABLE = "Something you may not read now"


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task as one member may see it. `referred` is the agency outside the team it is offered to, or with; `reason`
    what was said last, for the two sides of it alone; `queue`: the agency in whose queue it waits, if
    it has nobody; `waits`: that this is the reader's agency."""

    id: str
    case_id: str
    words: str
    step: str
    version: int
    due_at: datetime | None
    answer_by: datetime | None
    owner: str
    queue: str | None
    offered_to: str | None
    offered_by: str | None
    referred: str | None
    handed_by: str | None
    how: str
    mine: bool
    offered_to_me: bool
    offered_by_me: bool
    waits: bool
    leads: bool
    overdue: bool
    reason: str | None
    why: str
    created_at: datetime

    @property
    def offered(self) -> bool:
        return self.step == Step.OFFERED

    @property
    def in_hand(self) -> bool:
        """Whether its owner alone has it now, and it is open."""
        return self.step in MINE

    @property
    def outside(self) -> bool:
        """Whether an agency outside the team has taken it."""
        return self.in_hand and self.referred is not None

    @property
    def how_far(self) -> str:
        """How far it is, in a few words."""
        return HOW_FAR[Step(self.step)].format(to=self._asked)

    @property
    def _asked(self) -> str:
        """Whom it is offered to."""
        return self.offered_to or self.referred or "somebody"

    @property
    def stands(self) -> str:
        """Who has it and how far it is, as the beginning of a sentence."""
        if self.step in (Step.DONE, Step.NOT_POSSIBLE):
            return {Step.DONE: f"Done by {self.owner}", Step.NOT_POSSIBLE: "Not possible"}[Step(self.step)]
        mine = self.mine and not self.outside
        begun = self.step == Step.IN_PROGRESS
        verb = ("have begun" if mine else "has begun") if begun else "hold it" if mine else "holds it"
        held = self.owner if self.queue else f"{'you' if mine else self.owner} {verb}"
        if self.offered:
            held = f"offered to {self._asked}; {held} until they take it"
        return held[0].upper() + held[1:]

    @property
    def readable(self) -> bool:
        return self.words != UNREADABLE


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a task's history, and what was said with it, for the two sides of it."""

    at: datetime
    words: str
    reason: str | None


def of_person(me: Person, seats: Mapping[str, Seat]) -> tuple[TaskView, ...]:
    """The open tasks this person owns or is offered, the most urgent first."""
    mine = select(Task).where(
        or_(Task.owner_id == me.id, Task.offered_to == me.id), Task.step.in_(OPEN), Task.case_id.in_(seats)
    )
    return _views(db.session.scalars(mine.order_by(Task.due_at.is_(None), Task.due_at, Task.created_at)), seats)


def of_case(seat: Seat) -> tuple[TaskView, ...]:
    """The tasks of a case that this member may see, open ones first."""
    rows = db.session.scalars(select(Task).where(Task.case_id == seat.id).order_by(Task.created_at))
    found = [one for one in _views(rows, {seat.id: seat}) if one.mine or one.offered_to_me or one.readable]
    return tuple(sorted(found, key=lambda one: one.step not in OPEN))


OPEN_OF = Question(
    Of.PERSON,
    select(Task.id, Task.case_id, Task.item_id, Task.step, Task.version, Task.marked, Task.owner_id, Task.offered_to)
    .where(or_(among(Task.owner_id), among(Task.offered_to)), Task.step.in_(OPEN))
    .order_by(Task.id),
    lambda row: [row.owner_id, row.offered_to],
)


def open_ones(me: Person, seats: Mapping[str, Seat]) -> list[Any]:
    """The open tasks of this person's desk, without their words: where each stands, and whether it can be read."""
    return [
        [row.id, row.step, row.version, row.marked, row.item_id in views.look(seats[row.case_id]).opened]
        for row in OPEN_OF.about([me.id])
        if row.case_id in seats
    ]


def skeleton(seat: Seat, seen: views.Looked) -> list[Any]:
    """What the tasks of a case come to on this member's page, without their words."""
    rows = db.session.execute(
        select(Task.id, Task.item_id, Task.step, Task.version, Task.marked, Task.owner_id, Task.offered_to)
        .where(Task.case_id == seat.id)
        .order_by(Task.id)
    )
    mine = seat.me.id
    return [
        [row.id, row.step, row.version, row.marked]
        for row in rows
        if mine in (row.owner_id, row.offered_to) or row.item_id in seen.opened
    ]


def find(me: Person, task_id: str, seats: Mapping[str, Seat]) -> TaskView:
    """One task that this person owns, is offered, or may read; or as if there were none."""
    row = db.session.get(Task, task_id)
    found = _views([row], seats) if row and row.case_id in seats else ()
    if not found or not (found[0].mine or found[0].offered_to_me or found[0].readable):
        raise not_there()
    return found[0]


def returned(me: Person, seats: Mapping[str, Seat]) -> tuple[TaskView, ...]:
    """What came back in the cases this person leads: what they hold because nobody took it or whoever held it could
    not, and what waits in their agency's queue, the most urgent first."""
    led = [case_id for case_id, seat in seats.items() if seat.leads]
    mine = and_(Task.owner_id == me.id, Task.step.in_(MINE), Task.how.in_(BACK))
    waits = and_(Task.queue_id == me.agency_id, Task.step.in_(OPEN))
    rows = select(Task).where(Task.case_id.in_(led), or_(mine, waits))
    found = _views(db.session.scalars(rows.order_by(Task.due_at.is_(None), Task.due_at, Task.created_at)), seats)
    return tuple(one for one in found if one.mine or one.readable)


def history(seat: Seat, task: TaskView) -> tuple[Line, ...]:
    """Who had it when, and why it moved, in sentences, for somebody who may see the task; oldest first."""
    row = db.session.get(Task, task.id)
    rows = db.session.scalars(select(Handoff).where(Handoff.task_id == task.id).order_by(Handoff.at, Handoff.id))
    names = _Names(seat)
    return tuple(Line(one.at, _sentence(one, names), _reason(one, row, seat.me.id)) for one in rows)


def case_of(task_id: str) -> str | None:
    return db.session.scalar(select(Task.case_id).where(Task.id == task_id))


def _views(rows: Iterable[Task], seats: Mapping[str, Seat]) -> tuple[TaskView, ...]:
    tasks = list(rows)
    decided = {
        seat.id: {item.id: (item, one) for item, one in views.look(seat).items}
        for seat in {t.case_id: seats[t.case_id] for t in tasks}.values()
    }
    ruled: dict[str, list[tuple[Item, Decision]]] = {}
    for task in tasks:
        if task.item_id in decided[task.case_id]:
            ruled.setdefault(task.case_id, []).append(decided[task.case_id][task.item_id])
    ticket = ledger.submit_all([views.entry(seats[case_id], "task.read", found) for case_id, found in ruled.items()])
    words = {one.id: one for case_id, found in ruled.items() for one in views.open_all(seats[case_id], found)}
    made = tuple(_view(task, seats[task.case_id], words.get(task.item_id)) for task in tasks)
    ticket.settle()
    return made


class _Names:
    """What this reader may call people and agencies: those of the team they may know of, and both sides of what is
    theirs. Of an agency outside the team, only the lead."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        known = colleagues(seat, views.look(seat).sources)
        self.people = {one.id: "you" if one.me else one.name for one in known}

    def person(self, user_id: str | None, *, side: bool = False) -> str:
        """A name; `side`: they deal with this reader in this very thing."""
        if user_id in self.people:
            return self.people[str(user_id)]
        named = self.seat.case.people_names.get(user_id or "") if side else None
        return named or "somebody"

    def agency(self, agency_id: str | None) -> str:
        own = agency_id in (self.seat.me.agency_id, self.seat.case.lead_id)
        if not (own or self.seat.leads) or agency_id is None:
            return "an agency outside the team"
        return self.seat.case.agency_names.get(agency_id) or db.session.get_one(Agency, agency_id).name


def _view(task: Task, seat: Seat, shown: views.Shown | None) -> TaskView:
    names, me = _Names(seat), seat.me.id
    mine, to_me = task.owner_id == me, task.offered_to == me
    side = mine or to_me or task.offered_by == me
    outside = names.agency(task.referred_to) if task.referred_to else None

    def named(user_id: str | None) -> str | None:
        return names.person(user_id, side=side) if user_id else None

    queue = None if task.owner_id else names.agency(task.queue_id)
    owner = named(task.owner_id) or f"nobody yet; it waits with {queue}"
    if outside and task.step in MINE:
        owner = outside
    return TaskView(
        task.id, task.case_id, _words(shown), task.step, task.version, task.due_at, task.answer_by, owner,
        queue, named(task.offered_to), named(task.offered_by), outside, named(task.handed_by), task.how, mine, to_me,
        task.offered_by == me, task.queue_id is not None and task.queue_id == seat.me.agency_id,
        seat.leads and shown is not None,
        task.due_at is not None and task.due_at <= seat.at and task.step in OPEN,
        task.reason if side else None, shown.why if shown else "", task.created_at,
    )  # fmt: skip


def _reason(one: Handoff, task: Task | None, me: str) -> str | None:
    """What was said with it: for whoever said it, whoever it went to, and whoever has the task now."""
    sides = (one.by_id, one.from_id, one.to_id, task.owner_id if task else None)
    return one.reason if me in sides else None


def _sentence(one: Handoff, names: _Names) -> str:
    me = names.seat.me.id
    side = me in (one.by_id, one.from_id, one.to_id)
    by, was, to = (names.person(who, side=side) for who in (one.by_id, one.from_id, one.to_id))
    said = SENTENCES[Event(one.event)]
    if one.event == Event.CAME_BACK:
        said = "{was} cannot hold it any more. " + ("It went to {to}." if one.to_id else "It waits with {agency}.")
    elif one.event == Event.MOVED:
        said = "The case went to somebody else, and this with it. " + (
            "It went to {to}." if one.to_id else "It waits with {agency}."
        )
    elif one.event == Event.RETURNED:
        said = "{by} gave it back " + ("to {to}." if one.to_id else "to {agency}.")
    elif one.event == Event.WITHDRAWN and one.by_id is None:
        said = "Whoever it was offered to cannot take it any more. It stayed with {was}."
    words = said.format(by=by, was=was, to=to, agency=names.agency(one.agency_id))
    return words[:1].upper() + words[1:]


def _words(shown: views.Shown | None) -> str:
    """What is to be done, in the words of the item that this member may read."""
    if shown is None:
        return UNREADABLE
    for name in ("decision", "tasks", "text", "note"):
        value = shown.value(name)
        if value:
            return value if isinstance(value, str) else "; ".join(value)
    return UNREADABLE
