"""The two clocks of a task: an offer wants an answer, and lapses without one; a task wants to be done.

At the marks of the jurisdiction whoever is to act is reminded. When the time is over, an offer goes back to whoever
made it; of a task the supervisor of whoever holds it hears, and where there is none, the lead. Letters say that
something waits, and neither what nor about whom.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from mdt.models import Case, Deadline, Event, Step, Task, User, Words, db, now
from mdt.models.among import among
from mdt.models.tasks import OPEN
from mdt.operations import deadlines, facts, letters
from mdt.operations.access import profile
from mdt.operations.at_once import Of, Question
from mdt.operations.deadlines import END
from mdt.operations.handoffs.moving import Move, change, held, ring, write_down
from mdt.operations.team import may_read
from mdt.sharing.gate import admitted
from mdt.sharing.vocabulary import Role

ANSWER, DUE = "task.answer", "task.due"
ANSWER_WORDS = Words(
    subject="Something waits for your answer in mdt",
    text="Somebody offers you something to do. Sign in, read it, and say yes or no. Saying no early is help.",
)
LAPSED_WORDS = Words(
    subject="Nobody answered you in mdt",
    text="What you offered was not answered in time. It is still with you. Sign in to offer it to somebody else.",
)
DUE_WORDS = Words(
    subject="Something you hold in mdt is due soon",
    text="Sign in to see what it is. If you cannot do it in time, give it back, or offer it to somebody else.",
)
OVERDUE_WORDS = Words(
    subject="Something your agency holds in mdt is overdue",
    text="Sign in to see who holds it, and to hand it to somebody else if that is better.",
)


def answer_by(case: Case, due_at: datetime | None) -> datetime:
    """By when an offer made now is to be answered: the county's time for it, or when the task is due if sooner."""
    at, rules = now(), profile(case.profile)
    usual = rules.clocks.due("task_acknowledge", at, case.terms.zone)
    return min(usual, due_at) if due_at and due_at > at else usual


def offered(task: Task) -> None:
    """Begin the clock of an answer, within the act that offers."""
    assert task.answer_by
    deadlines.begin(task.case, ANSWER, task.id, due_at=task.answer_by)


def answered(task: Task) -> None:
    """The offer is answered, taken back, or gone."""
    deadlines.end(ANSWER, task.id)


def begun(task: Task, *, started_at: datetime | None = None) -> None:
    """Begin the clock of a task that has a day, within the act that makes it."""
    if task.due_at:
        deadlines.begin(task.case, DUE, task.id, due_at=task.due_at, started_at=started_at)


def over(task: Task) -> None:
    """There is nothing to be done about it any more."""
    deadlines.end(ANSWER, task.id)
    deadlines.end(DUE, task.id)


def supervisor_of(user_id: str | None) -> str | None:
    """Who answers for somebody at their agency; None where nobody does, or not any more."""
    above = select(User.supervisor_id).where(User.id == user_id).scalar_subquery()
    return db.session.scalar(select(User.id).where(User.id == above, User.active)) if user_id else None


ABOVE = aliased(User)
ANSWERED_FOR = Question(
    Of.PERSON,
    select(User.id).join(ABOVE, ABOVE.id == User.supervisor_id).where(among(User.id), ABOVE.active),
    lambda user_id: [user_id],
)


def supervised(user_ids: Collection[str]) -> frozenset[str]:
    """Those of these people for whom somebody answers at their agency now."""
    return frozenset(ANSWERED_FOR.about(user_ids))


ACTIVE = Question(
    Of.AGENCY,
    select(User.id, User.agency_id, User.supervisor_id)
    .where(among(User.agency_id), User.active, User.role.is_not(None))
    .order_by(User.id),
    lambda row: [row.agency_id],
)


def watchers(agency_id: str) -> list[str]:
    """Who looks after what waits in an agency's queue: its supervisors, or else everybody of it, of the lead's
    discipline in child welfare."""
    people = ACTIVE.about([agency_id])
    named = {one.supervisor_id for one in people}
    return [one.id for one in people if one.id in named] or [one.id for one in people]


def leads(task: Task) -> list[str]:
    """The lead's people who may read what a task is about: who hears of it where nobody supervises its owner."""
    case, at = facts.load(task.case_id), now()
    if case is None or task.item_id not in case.facts.items:
        return []
    users = case.facts.users
    theirs = [one for one in case.facts.members if users[one].org == case.lead_id and users[one].role is Role.CW]
    return [one for one in theirs if admitted(case.facts, one, at) and may_read(case, one, task.item_id)]


def _answer(row: Deadline, percent: int) -> None:
    task = held(row.subject_id)
    if task is None or task.step != Step.OFFERED:
        return
    if percent < END:
        _remind(task, percent, _asked(task), ANSWER_WORDS)
        return
    _write((task.offered_by or task.owner_id,), LAPSED_WORDS)
    lapsed = Move(event=Event.LAPSED, to=task.offered_to, agency=task.referred_to)
    change(task, lapsed, Task.step == Step.OFFERED, step=Step.HELD, offered_to=None, referred_to=None, answer_by=None)
    ring(task.case_id, [task.offered_by])


def _due(row: Deadline, percent: int) -> None:
    task = held(row.subject_id)
    if task is None or task.step not in OPEN:
        return
    if percent < END:
        _remind(task, percent, _holders(task), DUE_WORDS)
        return
    above = supervisor_of(task.owner_id)
    told = [above] if above else leads(task) if task.owner_id else _holders(task)
    _remind(task, percent, [*told, *(one for one in _holders(task) if one not in told)], OVERDUE_WORDS)
    write_down(task, Move(event=Event.OVERDUE, to=above), task.owner_id)


def _remind(task: Task, percent: int, whom: Iterable[str | None], words: Words) -> None:
    _write(whom, words)
    marked = update(Task).where(Task.id == task.id).values(marked=percent)
    db.session.execute(marked.execution_options(synchronize_session=False))
    ring(task.case_id, whom, task.referred_to)


def _asked(task: Task) -> list[str | None]:
    return [task.offered_to] if task.offered_to else [*watchers(task.referred_to)] if task.referred_to else []


def _holders(task: Task) -> list[str | None]:
    return [task.owner_id] if task.owner_id else [*watchers(str(task.queue_id))]


def _write(whom: Iterable[str | None], words: Words) -> None:
    for user_id in whom:
        if user_id:
            letters.write(user_id, "task", words)


deadlines.kind(ANSWER, _answer)
deadlines.kind(DUE, _due)

__all__ = ["answer_by", "answered", "begun", "leads", "offered", "over", "supervisor_of", "watchers"]
