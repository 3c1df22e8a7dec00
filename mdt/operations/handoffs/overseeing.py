"""What those read who hear of a task: that it is overdue, has nobody, or was offered and not answered in time.

A supervisor need not be on the team. They read which of their own people hold it or were asked, and nothing of the
case; what their people hold they may hand on to others of their own who are on the team and may read it, who take it
or do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from mdt.models import Case, Event, Handoff, Member, Standing, Task, User, db, now
from mdt.models.among import among
from mdt.models.tasks import MINE, OPEN
from mdt.operations import facts, ledger, views
from mdt.operations.access import Person, Seat
from mdt.operations.acts import not_there, recorded
from mdt.operations.at_once import NOW, Of, Question
from mdt.operations.duties import Duty, found_by
from mdt.operations.facts import CaseFacts
from mdt.operations.handoffs import hearing, homes
from mdt.operations.handoffs.moving import Move, held, is_kept, quicker, ring
from mdt.operations.handoffs.steps import make_offer, may_know
from mdt.operations.linking import training
from mdt.operations.team import may_read
from mdt.sharing.vocabulary import USUAL_PURPOSES, Role

CALLED = "You are asked to lead a case of your agency that has nobody of it on the team."


@dataclass(frozen=True, slots=True)
class AgencyTask:
    """A task of one's agency, from outside its case. `ours`: the agency has it, and this reader answers for that;
    `people`: own people who could hold it, as (id, name); `colleagues`: whom one could ask to lead the case, where
    nobody of the lead agency is left on its team. `asked`: who of the agency was offered it and did not answer until
    `lapsed_at`."""

    id: str
    ours: bool
    held_by: str | None
    due_at: datetime | None
    offered: bool
    offered_by_me: bool
    people: tuple[tuple[str, str], ...]
    colleagues: tuple[tuple[str, str], ...]
    leads: bool
    asked: str | None
    lapsed_at: datetime | None


def of_agency(me: Person, task_id: str) -> AgencyTask:
    """A task of this person's agency that is overdue or has nobody, or that one of it was offered and did not answer;
    or as if there were none. Recorded."""
    task = db.session.get(Task, task_id)
    if task is None or not _may_hear(me, task):
        raise not_there()
    ledger.submit("task.overseen", task.case_id, me.id, {"task": task_id}).settle()
    case = facts.load(task.case_id)
    assert case
    ours, asked = hearing.oversees(me, task), hearing.answers_for(me, task)
    people = _people(me, case, task) if ours else ()
    leading = ours and task.queue_id == case.lead_id
    return AgencyTask(
        task.id, ours, _name(task.owner_id) if ours else None, task.due_at if ours else None, task.step not in MINE,
        task.offered_by == me.id, people, tuple(_colleagues(me, case)) if leading and not people else (), leading,
        (_name(task.unanswered_by) or "your agency") if asked else None, _lapsed_at(task) if asked else None,
    )  # fmt: skip


def only_hears(me: Person, task_id: str) -> bool:
    """Whether this person knows of a task by answering for somebody alone, and reads it from outside its case."""
    task = db.session.get(Task, task_id)
    return task is not None and not may_know(me, task) and _may_hear(me, task)


def hand_over(me: Person, task_id: str, *, to: str, key: str | None = None) -> None:
    """Offer what one's agency holds to another of one's own people on the team. It stays where it is until taken."""
    task = db.session.get(Task, task_id)
    doing = Move(event=Event.OFFERED, by=me.id, key=key, to=to)
    if task is None or not hearing.oversees(me, task):
        raise not_there()
    with recorded("task.offered", by=me, case=task.case_id, task=task_id, to=to):
        task = held(task_id)
        if task is None or is_kept(task_id, doing):
            return
        case = facts.load(task.case_id)
        if case is None or not hearing.oversees(me, task) or to not in dict(_people(me, case, task)):
            raise not_there()
        make_offer(task, doing)


def call_in(me: Person, task_id: str, *, user_id: str) -> None:
    """Ask a colleague to lead a case of which nobody of the lead agency is left. They answer for themselves."""
    task = db.session.get(Task, task_id)
    if task is None or not hearing.oversees(me, task):
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


UNANSWERED = select(Task, User).join(User, User.id == Task.unanswered_by)
UNANSWERED_OF = Question(
    Of.PERSON, UNANSWERED.where(among(User.supervisor_id)).order_by(Task.id), lambda row: [row.User.supervisor_id]
)
UNANSWERED_AT = Question(
    Of.CASE, UNANSWERED.where(among(Task.case_id)).order_by(Task.id), lambda row: [row.Task.case_id]
)
UNANSWERED_IN = Question(
    Of.AGENCY, select(Task).where(among(Task.unanswered_in)).order_by(Task.id), lambda row: [row.unanswered_in]
)


@found_by
def _overdue(me: Person, seats: Mapping[str, Seat]) -> Iterable[Duty]:
    """What those hold whom one supervises, and, where nobody does, what others hold in the cases one leads."""
    for task, owner in _heard(me, seats, LATE_OF, LATE_IN):
        here = _reads(seats, task)
        said = "Overdue" if here else "A task your agency holds is overdue in a case"
        yield _line(task, f"{said}. Held by {owner.name}.", here=here, due_at=task.due_at)


@found_by
def _unanswered(me: Person, seats: Mapping[str, Seat]) -> Iterable[Duty]:
    """What was offered to those whom one supervises and not answered in time, and, where nobody does, what was offered
    to others in the cases one leads; and what was referred to one's agency, for whoever looks after that."""
    for task, asked in _heard(me, seats, UNANSWERED_OF, UNANSWERED_AT):
        if me.id not in (task.owner_id, task.offered_by):
            here = _reads(seats, task)
            said = "Not answered in time" if here else "Something was offered in a case and not answered in time"
            yield _line(task, f"{said}. {asked.name} was asked.", here=here)
    for task in _looked_after(me, _with_agency(me, UNANSWERED_IN)):
        yield _line(task, "What another agency referred to yours was not answered in time.", here=False)


@found_by
def _queued(me: Person, seats: Mapping[str, Seat]) -> Iterable[Duty]:
    """What has nobody, in one's agency's queue: for whoever could take it, and whoever looks after the queue."""
    rows = _with_agency(me, QUEUED)
    watched = {task.id for task in _looked_after(me, rows)}
    for task in rows:
        if _reads(seats, task):
            words = "A task has nobody. It waits for one of your agency."
            yield _line(task, words, here=True, due_at=task.due_at)
        elif task.id in watched:
            yield _line(task, "A task of your agency in a case has nobody.", here=False, due_at=task.due_at)


def _with_agency(me: Person, asked: Question) -> list[Task]:
    return asked.about([me.agency_id]) if me.agency_id and me.role else []


def _looked_after(me: Person, rows: list[Task]) -> list[Task]:
    """Of what waits or waited with one's agency, what one hears of as one who looks after that."""
    if not rows or me.id not in hearing.watchers(str(me.agency_id)):
        return []
    left = hearing.stepped_out_of(me.id)
    return [task for task in rows if task.case_id not in left]


def _heard(me: Person, seats: Mapping[str, Seat], own: Question, led: Question) -> Iterable[tuple[Task, User]]:
    """Tasks, each with the person whose it is or was to be: `own`, of those for whom one answers; and `led`, in the
    cases one leads, of those for whom nobody does, if one reads them."""
    rows = own.about([me.id])
    left = hearing.stepped_out_of(me.id) if rows else ()
    yield from ((task, user) for task, user in rows if task.case_id not in left)
    every = led.about([seat.id for seat in seats.values() if seat.leads])
    others = [(task, user) for task, user in every if user.id != me.id]
    watched = hearing.supervised({(task.case_id, user.id) for task, user in others})
    for task, user in others:
        if (task.case_id, user.id) not in watched and _reads(seats, task):
            yield task, user


def _reads(seats: Mapping[str, Seat], task: Task) -> bool:
    return task.case_id in seats and task.item_id in views.look(seats[task.case_id]).opened


def _line(task: Task, words: str, *, here: bool, due_at: datetime | None = None) -> Duty:
    """A line that leads to the task, or to what is told of it from outside its case."""
    return Duty("task" if here else "agency_task", task.id, task.case_id if here else None, words, due_at)


def _may_hear(me: Person, task: Task) -> bool:
    return hearing.oversees(me, task) or hearing.answers_for(me, task)


def _name(user_id: str | None) -> str | None:
    user = db.session.get(User, user_id) if user_id else None
    return user.name if user else None


def _lapsed_at(task: Task) -> datetime | None:
    mine = (Handoff.task_id == task.id, Handoff.event == Event.LAPSED)
    return db.session.scalar(select(func.max(Handoff.at)).where(*mine))


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


__all__ = ["AgencyTask", "call_in", "hand_over", "of_agency", "only_hears"]
