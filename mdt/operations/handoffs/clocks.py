"""The two clocks of a task: an offer wants an answer, and lapses without one; a task wants to be done.

At the marks of the jurisdiction whoever is to act is reminded. When the time is over, an offer goes back to whoever
made it, and the supervisor of whoever was asked hears; of a task the supervisor of whoever holds it. Where there is
none, the lead. Letters say that something waits, and neither what nor about whom.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import update

from mdt.models import Case, Deadline, Event, Step, Task, Words, db, now
from mdt.models.tasks import OPEN
from mdt.operations import deadlines, letters
from mdt.operations.access import profile
from mdt.operations.deadlines import END
from mdt.operations.handoffs import hearing
from mdt.operations.handoffs.moving import Move, change, held, ring, write_down

ANSWER, DUE = "task.answer", "task.due"
ACKNOWLEDGE = "task_acknowledge"
"""The span of the rules by which an offer is answered. In its kind of time the marks of an offer count, also where the
task is due sooner than the span would end; a task's own day is set by people, and its marks are parts of the time that
passes."""
ANSWER_WORDS = Words(
    subject="Something waits for your answer in mdt",
    text="Somebody offers you something to do. Sign in, read it, and say yes or no. Saying no early is help.",
)
LAPSED_WORDS = Words(
    subject="Nobody answered you in mdt",
    text="What you offered was not answered in time. It is where it was. Sign in to offer it to somebody else.",
)
UNANSWERED_WORDS = Words(
    subject="Somebody did not answer in mdt",
    text="Something was offered, and the time for an answer is over. Sign in to see who was asked.",
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
    usual = rules.clocks.due(ACKNOWLEDGE, at, case.terms.zone)
    return min(usual, due_at) if due_at and due_at > at else usual


def offered(task: Task) -> None:
    """Begin the clock of an answer, within the act that offers."""
    assert task.answer_by
    working = profile(task.case.profile).clocks.span(ACKNOWLEDGE).works
    deadlines.begin(task.case, ANSWER, task.id, due_at=task.answer_by, working=working)


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


def _answer(row: Deadline, percent: int) -> None:
    task = held(row.subject_id)
    if task is None or task.step != Step.OFFERED:
        return
    if percent < END:
        _remind(task, percent, _asked(task), ANSWER_WORDS)
    else:
        _lapse(task)


def _lapse(task: Task) -> None:
    """It goes back to whoever offered it, and whoever answers for those who were asked hears that nobody did."""
    offerer, asked, agency = task.offered_by or task.owner_id, task.offered_to, task.referred_to
    told = [one for one in _answer_for(task) if one not in (offerer, asked)]
    _write((offerer,), LAPSED_WORDS)
    lapsed = Move(event=Event.LAPSED, to=asked, agency=agency)
    change(
        task, lapsed, Task.step == Step.OFFERED, step=Step.HELD, offered_to=None, referred_to=None, answer_by=None,
        unanswered_by=asked, unanswered_in=agency,
    )  # fmt: skip
    if told:
        _write(told, UNANSWERED_WORDS)
        write_down(task, Move(event=Event.UNANSWERED, agency=agency), asked)
    ring(task.case_id, [offerer, *told])


def _due(row: Deadline, percent: int) -> None:
    task = held(row.subject_id)
    if task is None or task.step not in OPEN:
        return
    if percent < END:
        _remind(task, percent, _holders(task), DUE_WORDS)
        return
    above = hearing.above(task, task.owner_id)
    told = [above] if above else hearing.readers_of_lead(task) if task.owner_id else _holders(task)
    _remind(task, percent, [*told, *(one for one in _holders(task) if one not in told)], OVERDUE_WORDS)
    write_down(task, Move(event=Event.OVERDUE, to=above), task.owner_id)


def _remind(task: Task, percent: int, whom: Iterable[str | None], words: Words) -> None:
    _write(whom, words)
    marked = update(Task).where(Task.id == task.id).values(marked=percent)
    db.session.execute(marked.execution_options(synchronize_session=False))
    ring(task.case_id, whom, task.referred_to)


def _asked(task: Task) -> list[str | None]:
    return [task.offered_to] if task.offered_to else [*hearing.of_queue(task, str(task.referred_to))]


def _answer_for(task: Task) -> list[str]:
    """Who answers for those whom it is offered to: their supervisor, where there is none the lead; of an agency outside
    the team whoever looks after what waits there."""
    if task.referred_to:
        return hearing.of_queue(task, task.referred_to)
    above = hearing.above(task, task.offered_to)
    return [above] if above else hearing.readers_of_lead(task)


def _holders(task: Task) -> list[str | None]:
    return [task.owner_id] if task.owner_id else [*hearing.of_queue(task, str(task.queue_id))]


def _write(whom: Iterable[str | None], words: Words) -> None:
    for user_id in whom:
        if user_id:
            letters.write(user_id, "task", words)


deadlines.kind(ANSWER, _answer)
deadlines.kind(DUE, _due)

__all__ = ["answer_by", "answered", "begun", "offered", "over"]
