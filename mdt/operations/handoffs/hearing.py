"""Who hears of a task beside those who act: the supervisor of whoever holds it or was asked, where there is none the
lead, and those who look after an agency's queue.

Nobody hears of a case that they left for a conflict, not by way of their agency either.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from mdt.models import Member, Task, User, db, now
from mdt.models.among import among
from mdt.models.tasks import OPEN
from mdt.operations import facts
from mdt.operations.access import Person
from mdt.operations.at_once import Of, Question
from mdt.operations.team import may_read
from mdt.sharing.gate import admitted
from mdt.sharing.vocabulary import Role


def supervisor_of(user_id: str | None) -> str | None:
    """Who answers for somebody at their agency; None where nobody does, or not any more."""
    above = select(User.supervisor_id).where(User.id == user_id).scalar_subquery()
    return db.session.scalar(select(User.id).where(User.id == above, User.active)) if user_id else None


def above(task: Task, user_id: str | None) -> str | None:
    """Who answers for somebody in this task; None where that is nobody, or somebody who stepped out of its case."""
    found = supervisor_of(user_id)
    return found if found and task.case_id not in stepped_out_of(found) else None


ABOVE = aliased(User)
ANSWERED_FOR = Question(
    Of.PERSON,
    select(User.id, ABOVE.id.label("above"))
    .join(ABOVE, ABOVE.id == User.supervisor_id)
    .where(among(User.id), ABOVE.active),
    lambda row: [row.id],
)


def supervised(held: Collection[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Of these, by case and person, those for whom somebody answers in that case now."""
    over = {row.id: row.above for row in ANSWERED_FOR.about({user_id for _case_id, user_id in held})}
    out = {(row.case_id, row.user_id) for row in STEPPED_OUT.about(set(over.values()))} if over else set()
    return frozenset(
        (case_id, user_id) for case_id, user_id in held if user_id in over and (case_id, over[user_id]) not in out
    )


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


def of_queue(task: Task, agency_id: str) -> list[str]:
    """Who hears of a task that waits with an agency."""
    people = watchers(agency_id)
    out = {row.user_id for row in STEPPED_OUT.about(people) if row.case_id == task.case_id}
    return [one for one in people if one not in out]


def looks_after(me: Person, agency_id: str | None, case_id: str) -> bool:
    """Whether this person is among those who hear of what waits with an agency, theirs, in a case."""
    theirs = agency_id is not None and agency_id == me.agency_id and me.id in watchers(agency_id)
    return theirs and case_id not in stepped_out_of(me.id)


def readers_of_lead(task: Task) -> list[str]:
    """The lead's people who may read what a task is about: who hears of it where nobody supervises its owner."""
    case, at = facts.load(task.case_id), now()
    if case is None or task.item_id not in case.facts.items:
        return []
    users = case.facts.users
    theirs = [one for one in case.facts.members if users[one].org == case.lead_id and users[one].role is Role.CW]
    return [one for one in theirs if admitted(case.facts, one, at) and may_read(case, one, task.item_id)]


STEPPED_OUT = Question(
    Of.PERSON,
    select(Member.user_id, Member.case_id).where(among(Member.user_id), Member.recused_at.is_not(None)),
    lambda row: [row.user_id],
)


def stepped_out_of(user_id: str) -> frozenset[str]:
    """The cases that somebody left for a conflict: nothing of those comes to them by way of their agency."""
    return frozenset(row.case_id for row in STEPPED_OUT.about([user_id]))


def overdue(task: Task, at: datetime) -> bool:
    """Whether its time is over and it is not done."""
    return task.step in OPEN and task.due_at is not None and task.due_at <= at


def oversees(me: Person, task: Task) -> bool:
    """Whether this person answers for whoever is late with a task, or looks after the queue in which it waits."""
    if task.owner_id is None:
        return task.step in OPEN and looks_after(me, task.queue_id, task.case_id)
    return overdue(task, now()) and above(task, task.owner_id) == me.id


def answers_for(me: Person, task: Task) -> bool:
    """Whether this person answers for whoever was asked to take a task and did not say yes or no in time."""
    if task.unanswered_in is not None:
        return looks_after(me, task.unanswered_in, task.case_id)
    return task.unanswered_by is not None and above(task, task.unanswered_by) == me.id


__all__ = [
    "above", "answers_for", "looks_after", "of_queue", "overdue", "oversees", "readers_of_lead", "stepped_out_of",
    "supervised", "supervisor_of", "watchers",
]  # fmt: skip
