"""Who hears when something is overdue or has nobody: the supervisor of whoever holds it, where there is none the
lead, and those who look after an agency's queue.

A supervisor need not be on the team. They read who holds it and since when it is due, and nothing of the case; they
may hand it on to those of their own people who are on the team and may read it, who take it or do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from mdt.models import Case, Event, Member, Standing, Task, User, db, now
from mdt.models.among import among
from mdt.models.tasks import MINE, OPEN
from mdt.operations import facts, ledger, views
from mdt.operations.access import Person, Seat
from mdt.operations.acts import not_there, recorded
from mdt.operations.at_once import NOW, Of, Question
from mdt.operations.duties import Duty, found_by
from mdt.operations.facts import CaseFacts
from mdt.operations.handoffs import clocks, homes
from mdt.operations.handoffs.moving import Move, held, is_kept, quicker, ring
from mdt.operations.handoffs.steps import make_offer
from mdt.operations.linking import training
from mdt.operations.team import may_read
from mdt.sharing.vocabulary import USUAL_PURPOSES, Role

CALLED = "You are asked to lead a case of your agency that has nobody of it on the team."


@dataclass(frozen=True, slots=True)
class AgencyTask:
    """A task of one's agency, from outside its case. `people`: own people who could hold it, as (id, name);
    `colleagues`: whom one could ask to lead the case, where nobody of the lead agency is left on its team."""

    id: str
    held_by: str | None
    due_at: datetime | None
    offered: bool
    people: tuple[tuple[str, str], ...]
    colleagues: tuple[tuple[str, str], ...]
    leads: bool


def of_agency(me: Person, task_id: str) -> AgencyTask:
    """A task of this person's agency that is overdue or has nobody; or as if there were none. Recorded."""
    task = db.session.get(Task, task_id)
    if task is None or not _oversees(me, task):
        raise not_there()
    ledger.submit("task.overseen", task.case_id, me.id, {"task": task_id}).settle()
    case = facts.load(task.case_id)
    assert case
    owner = db.session.get(User, task.owner_id) if task.owner_id else None
    people = _people(me, case, task)
    leading = task.queue_id == case.lead_id
    return AgencyTask(
        task.id, owner.name if owner else None, task.due_at, task.step not in MINE, people,
        tuple(_colleagues(me, case)) if leading and not people else (), leading,
    )  # fmt: skip


def hand_over(me: Person, task_id: str, *, to: str, key: str | None = None) -> None:
    """Offer what one's agency holds to another of one's own people on the team. It stays where it is until taken."""
    task = db.session.get(Task, task_id)
    doing = Move(event=Event.OFFERED, by=me.id, key=key, to=to)
    if task is None or not _oversees(me, task):
        raise not_there()
    with recorded("task.offered", by=me, case=task.case_id, task=task_id, to=to):
        task = held(task_id)
        if task is None or is_kept(task_id, doing):
            return
        case = facts.load(task.case_id)
        if case is None or not _oversees(me, task) or to not in dict(_people(me, case, task)):
            raise not_there()
        make_offer(task, doing)


def call_in(me: Person, task_id: str, *, user_id: str) -> None:
    """Ask a colleague to lead a case of which nobody of the lead agency is left. They answer for themselves."""
    task = db.session.get(Task, task_id)
    if task is None or not _oversees(me, task):
        raise not_there()
    with recorded("member.invited", by=me, case=task.case_id, users=[user_id]):
        task = held(task_id)
        case = facts.load(task.case_id) if task else None
        if task is None or case is None or task.queue_id != case.lead_id or _people(me, case, task):
            raise quicker()
        if user_id not in dict(_colleagues(me, case)):
            raise not_there()
        if user_id == me.id:
            training.check_comes(me, case.rules.caseworking)
        training.check_askable(db.session.get_one(User, user_id), case.rules.caseworking)
        _invite(task.case, user_id, by=me.id)
        ring(task.case_id, [user_id, me.id])


def overdue(task: Task, at: datetime) -> bool:
    """Whether its time is over and it is not done."""
    return task.step in OPEN and task.due_at is not None and task.due_at <= at


LATE = select(Task, User).join(User, User.id == Task.owner_id).where(Task.step.in_(OPEN), Task.due_at <= NOW)
LATE_OF = Question(
    Of.PERSON, LATE.where(among(User.supervisor_id)).order_by(Task.id), lambda row: [row.User.supervisor_id]
)
LATE_IN = Question(Of.CASE, LATE.where(among(Task.case_id)).order_by(Task.id), lambda row: [row.Task.case_id])
QUEUED = Question(
    Of.AGENCY,
    select(Task).where(among(Task.queue_id), Task.step.in_(OPEN)).order_by(Task.id),
    lambda row: [row.queue_id],
)


@found_by
def _overdue(me: Person, seats: Mapping[str, Seat]) -> Iterable[Duty]:
    """What those hold whom one supervises, and, where nobody does, what others hold in the cases one leads."""
    for task, owner in LATE_OF.about([me.id]):
        yield _line(task, owner, seats)
    every = LATE_IN.about([seat.id for seat in seats.values() if seat.leads])
    rows = [(task, owner) for task, owner in every if owner.id != me.id]
    watched = clocks.supervised({owner.id for _task, owner in rows})
    for task, owner in rows:
        if owner.id not in watched and task.item_id in views.look(seats[task.case_id]).opened:
            yield _line(task, owner, seats)


@found_by
def _queued(me: Person, seats: Mapping[str, Seat]) -> Iterable[Duty]:
    """What has nobody, in one's agency's queue: for whoever could take it, and whoever looks after the queue."""
    if me.agency_id is None or me.role is None:
        return
    rows = QUEUED.about([me.agency_id])
    watching = me.id in clocks.watchers(me.agency_id) if rows else False
    for task in rows:
        if task.case_id in seats and task.item_id in views.look(seats[task.case_id]).opened:
            yield Duty(
                "task", task.id, task.case_id, "A task has nobody. It waits for one of your agency.", task.due_at
            )
        elif watching:
            yield Duty("agency_task", task.id, None, "A task of your agency in a case has nobody.", task.due_at)


def _line(task: Task, owner: User, seats: Mapping[str, Seat]) -> Duty:
    here = task.case_id in seats and task.item_id in views.look(seats[task.case_id]).opened
    said = "Overdue" if here else "A task your agency holds is overdue in a case"
    words = f"{said}. Held by {owner.name}."
    return Duty("task" if here else "agency_task", task.id, task.case_id if here else None, words, task.due_at)


def _oversees(me: Person, task: Task) -> bool:
    if task.owner_id is None:
        return task.step in OPEN and task.queue_id == me.agency_id and me.id in clocks.watchers(str(task.queue_id))
    return overdue(task, now()) and clocks.supervisor_of(task.owner_id) == me.id


def _people(me: Person, case: CaseFacts, task: Task) -> tuple[tuple[str, str], ...]:
    """Own people on the team who could hold it. What is with an agency outside the team is not ours to hand on."""
    if task.step not in MINE or task.referred_to is not None or task.item_id not in case.facts.items:
        return ()
    at, users = now(), case.facts.users
    own = [one for one in case.facts.members if users[one].org == me.agency_id and one != task.owner_id]
    able = [one for one in own if homes.sound(case, one, at) and may_read(case, one, task.item_id)]
    return tuple(sorted(((one, case.people_names[one]) for one in able), key=lambda pair: pair[1]))


def _colleagues(me: Person, case: CaseFacts) -> Iterable[tuple[str, str]]:
    """Whom one could ask to lead: people of one's agency in its discipline who have not stepped out of this case."""
    out = [one for one, member in case.facts.members.items() if member.recused]
    here = select(User).where(User.agency_id == me.agency_id, User.role == Role.CW, User.active, User.id.not_in(out))
    return sorted(((one.id, one.name) for one in db.session.scalars(here)), key=lambda pair: pair[1])


def _invite(case: Case, user_id: str, *, by: str) -> None:
    member = db.session.scalar(select(Member).where(Member.case_id == case.id, Member.user_id == user_id))
    values = {
        "purpose": USUAL_PURPOSES[Role.CW][0], "why": CALLED, "invited_by": by, "invited_at": now(),
        "standing": Standing.INVITED, "answer": None, "since": None, "until": None,
    }  # fmt: skip
    if member is None:
        db.session.add(Member(case=case, user_id=user_id, **values))
        return
    for name, value in values.items():
        setattr(member, name, value)


__all__ = ["AgencyTask", "call_in", "hand_over", "of_agency", "overdue"]
