"""Reading tasks: each side sees of a task what it may see of the item it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from mdt.models import Step, Task, db
from mdt.operations import ledger, views
from mdt.operations.access import Person, Seat
from mdt.operations.acts import not_there
from mdt.operations.team import colleague
from mdt.sharing.decision import Decision
from mdt.sharing.facts import Item

OPEN = (Step.HELD, Step.OFFERED)
UNREADABLE = "Something you may not read now"


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task as one member may see it."""

    id: str
    case_id: str
    words: str
    step: str
    version: int
    due_at: datetime | None
    owner: str
    offered_to: str | None
    offered_by: str | None
    mine: bool
    offered_to_me: bool
    reason: str | None
    why: str
    created_at: datetime

    @property
    def offered(self) -> bool:
        return self.step == Step.OFFERED


def of_person(me: Person, seats: Mapping[str, Seat]) -> tuple[TaskView, ...]:
    """The open tasks this person owns or is offered, the most urgent first."""
    mine = select(Task).where(
        or_(Task.owner_id == me.id, Task.offered_to == me.id), Task.step.in_(OPEN), Task.case_id.in_(seats)
    )
    return _views(db.session.scalars(mine.order_by(Task.due_at.is_(None), Task.due_at, Task.created_at)), seats)


def of_case(seat: Seat) -> tuple[TaskView, ...]:
    """The tasks of a case that this member may see, open ones first."""
    rows = db.session.scalars(select(Task).where(Task.case_id == seat.id).order_by(Task.created_at))
    found = [one for one in _views(rows, {seat.id: seat}) if one.mine or one.offered_to_me or one.words != UNREADABLE]
    return tuple(sorted(found, key=lambda one: one.step not in OPEN))


def open_ones(me: Person, seats: Mapping[str, Seat]) -> list[Any]:
    """The open tasks of this person's desk, without their words: where each stands, and whether it can be read."""
    mine = select(Task.id, Task.case_id, Task.item_id, Task.step, Task.version).where(
        or_(Task.owner_id == me.id, Task.offered_to == me.id), Task.step.in_(OPEN), Task.case_id.in_(seats)
    )
    rows = db.session.execute(mine.order_by(Task.id))
    return [[row.id, row.step, row.version, row.item_id in views.look(seats[row.case_id]).opened] for row in rows]


def skeleton(seat: Seat, seen: views.Looked) -> list[Any]:
    """What the tasks of a case come to on this member's page, without their words."""
    rows = db.session.execute(
        select(Task.id, Task.item_id, Task.step, Task.version, Task.owner_id, Task.offered_to)
        .where(Task.case_id == seat.id)
        .order_by(Task.id)
    )
    mine = seat.me.id
    return [
        [row.id, row.step, row.version]
        for row in rows
        if mine in (row.owner_id, row.offered_to) or row.item_id in seen.opened
    ]


def find(me: Person, task_id: str, seats: Mapping[str, Seat]) -> TaskView:
    """One task that this person owns, is offered, or may read; or as if there were none."""
    row = db.session.get(Task, task_id)
    found = _views([row], seats) if row and row.case_id in seats else ()
    if not found or not (found[0].mine or found[0].offered_to_me or found[0].words != UNREADABLE):
        raise not_there()
    return found[0]


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


def _view(task: Task, seat: Seat, shown: views.Shown | None) -> TaskView:
    def named(user_id: str | None) -> str | None:
        return colleague(seat, user_id).name if user_id and user_id in seat.case.facts.users else None

    return TaskView(
        task.id,
        task.case_id,
        _words(shown),
        task.step,
        task.version,
        task.due_at,
        named(task.owner_id) or "somebody",
        named(task.offered_to),
        named(task.offered_by),
        task.owner_id == seat.me.id,
        task.offered_to == seat.me.id,
        task.reason if shown else None,
        shown.why if shown else "",
        task.created_at,
    )


def _words(shown: views.Shown | None) -> str:
    """What is to be done, in the words of the item that this member may read."""
    if shown is None:
        return UNREADABLE
    for name in ("decision", "tasks", "text", "note"):
        value = shown.value(name)
        if value:
            return value if isinstance(value, str) else "; ".join(value)
    return UNREADABLE
