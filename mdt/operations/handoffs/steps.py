"""The steps of a handoff, one verb each. Each asks who is there once the case is held, and moves by one UPDATE.

A step under a key that was kept already is that same step, and changes nothing; a key of another form is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from mdt.models import Event, Item, Step, Task, User, db, now
from mdt.models.tasks import MINE, OPEN
from mdt.operations import facts
from mdt.operations.access import Person, Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.facts import CaseFacts
from mdt.operations.handoffs import clocks, hearing, homes
from mdt.operations.handoffs.moving import Move, change, held, hold, is_kept, quicker, was_done, write_down
from mdt.operations.team import may_read
from mdt.sharing.gate import admitted

NOT_HERE: dict[str, Any] = {"offered_to": None, "referred_to": None, "answer_by": None}
"""An offer that is over."""


def create(seat: Seat, item: Item, *, due_at: datetime | None) -> Task:
    """A new task, held by whoever makes it; where they cannot hold one any more, where such a task falls to. Its words
    are the item. To be called within an act."""
    hold([seat.id])
    db.session.flush()
    case = facts.load(seat.id)
    assert case
    mine = homes.sound(case, seat.me.id, now())
    owner, queue = (seat.me.id, None) if mine else homes.home(case, item.id, seat.me.id)
    task = Task(case=item.case, item=item, owner_id=owner, queue_id=queue, due_at=due_at)
    db.session.add(task)
    db.session.flush()
    write_down(task, Move(event=Event.MADE, by=seat.me.id), None)
    clocks.begun(task)
    return task


def offer(seat: Seat, task_id: str, *, to: str, key: str | None = None) -> None:
    """Offer a task to another member who may read it. It stays its owner's until accepted. For its owner, and for
    the lead, who may hand on what anybody holds."""
    with _step(seat.me, task_id, Move(event=Event.OFFERED, by=seat.me.id, key=key, to=to)) as task:
        if task:
            if task.owner_id != seat.me.id and not leads(seat, task):
                raise quicker()  # and nothing of what somebody else may read
            make_offer(task, Move(event=Event.OFFERED, by=seat.me.id, key=key, to=to))


def leads(seat: Seat, task: Task) -> bool:
    """Whether this member leads the case and may read what the task is about."""
    return seat.leads and seat.id == task.case_id and _reads(seat.case, seat.me.id, task.item_id)


def make_offer(task: Task, doing: Move) -> None:
    """Offer what is in its owner's hand alone, within an act in which the case is held."""
    check_here(task)
    check_offer(task.case_id, task.item_id, doing.to or "", owner=task.owner_id)
    change(
        task, doing, Task.step.in_(MINE), step=Step.OFFERED, offered_to=doing.to, offered_by=doing.by,
        referred_to=None, answer_by=clocks.answer_by(task.case, task.due_at), answered_at=None,
    )  # fmt: skip
    clocks.offered(task)


def check_here(task: Task) -> None:
    """Refuse to hand on what an agency outside the team has taken: it is theirs until they give it back."""
    if task.referred_to is not None and task.step in MINE:
        raise Refused("An agency outside the team has this. They give it back first.", reason="outside")


def check_offer(case_id: str, item_id: str, to: str, *, owner: str | None) -> None:
    """Refuse an offer to somebody who cannot hold it, or who could not read what it is about."""
    case = facts.load(case_id)
    if case is None or to == owner or not homes.sound(case, to, now()) or not may_read(case, to, item_id):
        raise Refused(
            "That person may not read what this is about. "
            "Write the task without what they may not see, or offer it to somebody else.",
            reason="not_readable",
        )


def accept(me: Person, task_id: str, *, key: str | None = None) -> None:
    """Take a task that was offered to me, or to my agency outside the team. Taking it twice is taking it once."""
    doing = Move(event=Event.ACCEPTED, by=me.id, key=key)
    with _step(me, task_id, doing) as task:
        if task and not (task.owner_id == me.id and task.step in MINE):
            _check_holds(me, task)
            now_mine = {"owner_id": me.id, "queue_id": None, "handed_by": task.owner_id}
            _answer(me, task, doing, **now_mine, referred_to=task.referred_to)


def decline(me: Person, task_id: str, *, reason: str, key: str | None = None) -> None:
    """Say that I cannot, and why; it stays with whoever has it."""
    with _step(me, task_id, Move(event=Event.DECLINED, by=me.id, key=key)) as task:
        if task:
            _check_said(reason, "Say in a word why you cannot, so that somebody else can be found.")
            doing = Move(event=Event.DECLINED, by=me.id, key=key, to=task.offered_by, reason=reason.strip())
            _answer(me, task, doing)


def withdraw(me: Person, task_id: str, *, key: str | None = None) -> None:
    """Take back an offer that was not answered yet: for whoever made it, who may be a supervisor outside the case, and
    whoever has it."""
    with _step(me, task_id, Move(event=Event.WITHDRAWN, by=me.id, key=key)) as task:
        if task:
            if me.id not in (task.owner_id, task.offered_by):
                raise quicker()
            gone = Move(event=Event.WITHDRAWN, by=me.id, key=key, to=task.offered_to, agency=task.referred_to)
            change(task, gone, Task.step == Step.OFFERED, step=Step.HELD, **NOT_HERE)
            clocks.answered(task)


def begin(me: Person, task_id: str, *, key: str | None = None) -> None:
    """Say that I have begun."""
    doing = Move(event=Event.BEGUN, by=me.id, key=key)
    with _step(me, task_id, doing) as task:
        if task:
            _check_mine(me, task)
            change(task, doing, Task.owner_id == me.id, Task.step == Step.HELD, step=Step.IN_PROGRESS)


def finish(me: Person, task_id: str, *, possible: bool, reason: str = "", key: str | None = None) -> None:
    """Say that it is done, or that it was not possible and why."""
    event = Event.DONE if possible else Event.NOT_POSSIBLE
    with _step(me, task_id, Move(event=event, by=me.id, key=key)) as task:
        if task:
            _check_mine(me, task)
            if not possible:
                _check_said(reason, "Say what made it impossible.")
            doing = Move(event=event, by=me.id, key=key, to=task.handed_by, reason=reason.strip())
            ended = {"step": Step(event), "answered_at": now()}
            change(task, doing, Task.owner_id == me.id, Task.step.in_(MINE), **ended)
            clocks.over(task)


def give_back(me: Person, task_id: str, *, reason: str, key: str | None = None) -> None:
    """Give a task back to whoever handed it to me, and say why; where they cannot hold it any more, to whoever
    holds what is left behind."""
    with _step(me, task_id, Move(event=Event.RETURNED, by=me.id, key=key)) as task:
        if task:
            _check_mine(me, task)
            _check_said(reason, "Say in a word why you give it back.")
            to, queue = _giver(task)
            doing = Move(event=Event.RETURNED, by=me.id, key=key, to=to, agency=queue, reason=reason.strip())
            theirs = {"step": Step.HELD, "owner_id": to, "queue_id": queue, "handed_by": None} | NOT_HERE
            change(task, doing, Task.owner_id == me.id, Task.step.in_(MINE), **theirs)


def take(me: Person, task_id: str, *, key: str | None = None) -> None:
    """Take a task out of my agency's queue, if I may read it. The first has it; taking it twice is taking it once."""
    doing = Move(event=Event.TAKEN, by=me.id, key=key)
    with _step(me, task_id, doing) as task:
        if task and task.owner_id != me.id:
            if task.owner_id is not None:
                raise quicker()
            check_offer(task.case_id, task.item_id, me.id, owner=None)
            mine = (Task.owner_id.is_(None), Task.queue_id == me.agency_id, Task.step.in_(OPEN))
            change(task, doing, *mine, **{"step": Step.HELD, "owner_id": me.id, "queue_id": None} | NOT_HERE)
            clocks.answered(task)


@contextmanager
def _step(me: Person, task_id: str, doing: Move) -> Iterator[Task | None]:
    """One step, recorded: the task with its case held, for whoever may know of it; None if it was kept already."""
    about = {"to": doing.to} if doing.to else {}
    case_id = _known(me, db.session.get(Task, task_id), doing).case_id
    with recorded(f"task.{doing.event}", by=me, case=case_id, task=task_id, **about):
        task = _known(me, held(task_id), doing)
        yield None if is_kept(task_id, doing) else task


def _known(me: Person, task: Task | None, doing: Move) -> Task:
    """The task, if this person may know of it now, or is told again what they did."""
    if task is None or not (may_know(me, task) or was_done(task.id, doing) or _offered_from_outside(me, task, doing)):
        raise not_there()
    return task


def _offered_from_outside(me: Person, task: Task, doing: Move) -> bool:
    """Whether this takes back what one offered to one's own people as their supervisor."""
    return doing.event == Event.WITHDRAWN and task.offered_by == me.id and hearing.oversees(me, task)


def find(seat: Seat, task_id: str) -> Task:
    """A task of this case, or as if there were none."""
    task = db.session.get(Task, task_id)
    if task is None or task.case_id != seat.id or not may_know(seat.me, task):
        raise not_there()
    return task


def may_know(me: Person, task: Task) -> bool:
    """Whoever is on the case now and has to do with it, or may read it: they are told that somebody was quicker. And
    whoever it is referred to, outside the team."""
    if is_outside(me, task):
        return True
    case = facts.load(task.case_id)
    if case is None or not admitted(case.facts, me.id, now()):
        return False
    return me.id in (task.offered_to, task.owner_id) or _reads(case, me.id, task.item_id)


def is_outside(me: Person, task: Task) -> bool:
    """Whether a task is referred to this person's agency, and waits for an answer there or is theirs."""
    if task.referred_to is None or me.role is None or task.referred_to != me.agency_id:
        return False
    theirs = task.step == Step.OFFERED or (task.step in MINE and task.owner_id == me.id)
    return theirs and task.case_id not in hearing.stepped_out_of(me.id)


def _reads(case: CaseFacts, user_id: str, item_id: str) -> bool:
    return item_id in case.facts.items and may_read(case, user_id, item_id)


def _giver(task: Task) -> tuple[str | None, str | None]:
    """Whoever handed it on, if they can hold it and may read it now; else who, or which queue, it falls to."""
    case, giver = facts.load(task.case_id), task.handed_by
    assert case
    able = giver and giver != task.owner_id and homes.sound(case, giver, now())
    if giver and able and _reads(case, giver, task.item_id):
        return giver, None
    return homes.home(case, task.item_id, task.owner_id)


def _check_mine(me: Person, task: Task) -> None:
    if task.owner_id != me.id:
        raise not_there()


def _check_said(reason: str, ask: str) -> None:
    if not reason.strip():
        raise Refused(ask, reason="no_reason", code=422)


def _check_holds(me: Person, task: Task) -> None:
    """Refuse whoever could not hold it: on the team of an agency whose agreement ended, or stopped meanwhile."""
    case, user = facts.load(task.case_id), db.session.get(User, me.id, populate_existing=True)
    holds = user is not None and user.active if is_outside(me, task) else case and homes.sound(case, me.id, now())
    if not holds:
        raise Refused("The team agreement of your agency has to be renewed first.", reason="no_agreement")


def _answer(me: Person, task: Task, doing: Move, **values: Any) -> None:
    """The one conditional UPDATE by which an offer is answered."""
    outside = task.referred_to is not None and task.referred_to == me.agency_id
    mine = (Task.offered_to.is_(None), Task.referred_to == me.agency_id) if outside else (Task.offered_to == me.id,)
    over = {"step": Step.HELD, "answered_at": now()} | NOT_HERE | values
    change(task, doing, Task.step == Step.OFFERED, *mine, **over)
    clocks.answered(task)


__all__ = [
    "accept", "begin", "check_here", "check_offer", "create", "decline", "find", "finish", "give_back", "is_outside",
    "leads", "make_offer", "may_know", "offer", "take", "withdraw",
]  # fmt: skip
