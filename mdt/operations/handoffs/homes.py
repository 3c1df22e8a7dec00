"""Where a task goes when whoever holds it cannot any more: nothing ends ownerless.

To the lead's person who has been on the team longest; what they may not read, to a colleague of whoever held it,
or of the agency whose record its words are. Where there is nobody, to the queue of the lead agency; and of that
agency, if nobody of the lead could read it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from mdt.models import Agency, Event, Member, Standing, Step, Task, User, begin_writing, db, now
from mdt.models.tasks import MINE, OPEN
from mdt.operations import facts, ledger
from mdt.operations.facts import CaseFacts
from mdt.operations.handoffs import clocks
from mdt.operations.handoffs.moving import Move, change, hold
from mdt.operations.team import may_read, with_member
from mdt.sharing import facts as fact
from mdt.sharing.decide import decide
from mdt.sharing.gate import admitted
from mdt.sharing.moments import day
from mdt.sharing.vocabulary import USUAL_PURPOSES, Outcome, Role

STAND_IN = "somebody of the lead"


def sound(case: CaseFacts, user_id: str | None, at: datetime) -> bool:
    """Whether somebody can hold a task of this case: on the team now, of an agency whose agreement has not ended."""
    if user_id is None or not admitted(case.facts, user_id, at):
        return False
    org = case.facts.orgs.get(case.facts.users[user_id].org or "")
    until: date | None = org.mou_until if org else None
    return until is None or until >= day(at, case.facts.case.zone)


def home(case: CaseFacts, item_id: str, but: str | None) -> tuple[str | None, str | None]:
    """Who is to hold it instead, or else in which agency's queue it waits. `but`: whoever cannot."""
    source = case.facts.items[item_id].source if item_id in case.facts.items else case.lead_id
    theirs = case.facts.users[but].org if but and but in case.facts.users else None
    for agency in dict.fromkeys((case.lead_id, theirs, source)):
        for user in _people(case, agency, but):
            if _readable(case, user, item_id):
                return user, None
    return None, case.lead_id if _lead_could(case, item_id) else source


def send_back(case_id: str, user_id: str) -> None:
    """What somebody held of a case, or was offered, goes home at once; within the act by which they leave."""
    hold([case_id])
    case = facts.load(case_id)
    if case:
        _settle(case, gone=user_id)


def send_back_all(user_id: str) -> None:
    """The same in every case where somebody holds or is offered anything: for a suspension."""
    for case_id in cases_of(user_id):
        send_back(case_id, user_id)


def cases_of(user_id: str) -> list[str]:
    """The cases in which somebody holds or is offered something."""
    theirs = or_(Task.owner_id == user_id, Task.offered_to == user_id)
    return sorted(set(db.session.scalars(select(Task.case_id).where(theirs, Task.step.in_(OPEN)))))


def settle(case_id: str) -> None:
    """Send home whatever of a case is held by, or offered to, somebody who cannot hold it; within an act."""
    hold([case_id])
    case = facts.load(case_id)
    if case:
        _settle(case, gone=None)


def close(case_id: str) -> None:
    """Work on a case has ended: all that is open goes to the lead, to be finished or let go; within an act."""
    hold([case_id])
    case = facts.load(case_id)
    for task in _open(case_id) if case else ():
        assert case
        if task.owner_id is None or task.owner_id not in list(_people(case, case.lead_id, None)):
            _go_home(case, task)


def sweep(at: datetime) -> int:
    """Find what a date has made homeless, and send it home: each case in a transaction of its own."""
    found = _homeless(at)
    db.session.rollback()
    for case_id in found:
        begin_writing()
        before = db.session.scalar(select(func.sum(Task.version)).where(Task.case_id == case_id))
        settle(case_id)
        after = db.session.scalar(select(func.sum(Task.version)).where(Task.case_id == case_id))
        if after != before:
            ledger.write("task.came_back", case_id, None, {})
        db.session.commit()
    return len(found)


def _settle(case: CaseFacts, *, gone: str | None) -> None:
    at = now()
    for task in _open(case.id):
        out = task.referred_to is not None and task.step in MINE
        holds = _works_there(task) if out else sound(case, task.owner_id, at)
        if task.owner_id and (task.owner_id == gone or not holds):
            _go_home(case, task)
        elif task.offered_to and (task.offered_to == gone or not sound(case, task.offered_to, at)):
            change(task, Move(event=Event.WITHDRAWN), step=Step.HELD, offered_to=None, answer_by=None)
            clocks.answered(task)


def _go_home(case: CaseFacts, task: Task) -> None:
    """One task, to whoever is to hold it now. An offer of it ends with that."""
    user, agency = home(case, task.item_id, task.owner_id)
    change(
        task, Move(event=Event.CAME_BACK, to=user, agency=agency), step=Step.HELD, owner_id=user, queue_id=agency,
        offered_to=None, referred_to=None, answer_by=None, handed_by=None,
    )  # fmt: skip
    clocks.answered(task)


def _open(case_id: str) -> list[Task]:
    rows = select(Task).where(Task.case_id == case_id, Task.step.in_(OPEN)).order_by(Task.id)
    return list(db.session.scalars(rows.execution_options(populate_existing=True)))


def _works_there(task: Task) -> bool:
    """Whether who took a referral still works for the agency it went to."""
    user = db.session.get(User, task.owner_id, populate_existing=True) if task.owner_id else None
    return user is not None and user.active and user.agency_id == task.referred_to


def _people(case: CaseFacts, agency: str | None, but: str | None) -> Iterable[str]:
    """Who of an agency could hold a task here, those longest on the team first; of the lead, those who lead."""
    at, users = now(), case.facts.users
    theirs = [one for one in case.facts.members if agency and users[one].org == agency and one != but]
    if agency == case.lead_id:
        theirs = [one for one in theirs if users[one].role is Role.CW]
    return sorted((one for one in theirs if sound(case, one, at)), key=lambda one: _since(case.facts.members[one]))


def _since(member: fact.Member) -> str:
    return f"{member.since.isoformat()} {member.user}" if member.since else member.user


def _readable(case: CaseFacts, user_id: str, item_id: str) -> bool:
    return item_id in case.facts.items and may_read(case, user_id, item_id)


def _lead_could(case: CaseFacts, item_id: str) -> bool:
    """Whether somebody of the lead agency, were they on the team, could read it: then its queue may be the lead's."""
    if item_id not in case.facts.items:
        return True
    at, org = now(), case.facts.orgs.get(case.lead_id)
    user, purpose = fact.User(id=STAND_IN, role=Role.CW, org=case.lead_id), USUAL_PURPOSES[Role.CW][0]
    known = with_member(case.facts, user, org, purpose, since=at - timedelta(minutes=1))
    return decide(known, user.id, item_id, purpose, at, profile=case.rules).outcome in (Outcome.SHOW, Outcome.PART)


def _homeless(at: datetime) -> list[str]:
    """Cases with an open task whose owner or offeree a date may have taken off the team. More than are, never fewer."""
    owner, offeree = _gone(Task.owner_id, at), _gone(Task.offered_to, at)
    found = {*db.session.scalars(owner), *db.session.scalars(offeree)}
    return sorted(found)


def _gone(column: Any, at: datetime) -> Any:
    user, member, agency = aliased(User), aliased(Member), aliased(Agency)
    out = and_(Task.referred_to.is_not(None), Task.step.in_(MINE))
    off = or_(
        member.id.is_(None), member.standing != Standing.ACCEPTED, member.until <= at, member.recused_at <= at,
        agency.mou_until <= at.date(), user.agency_id.is_(None),
    )  # fmt: skip
    return (
        select(Task.case_id)
        .distinct()
        .join(user, user.id == column)
        .outerjoin(member, and_(member.case_id == Task.case_id, member.user_id == column))
        .outerjoin(agency, agency.id == user.agency_id)
        .where(Task.step.in_(OPEN), or_(~user.active, and_(~out, off), and_(out, user.agency_id != Task.referred_to)))
    )


def lead_holder(case_id: str, lead_id: str, *, but: str) -> str | None:
    """Whoever of this agency has been on the team longest, the lead agency for one."""
    return db.session.scalar(
        select(Member.user_id)
        .join(User, User.id == Member.user_id)
        .where(
            Member.case_id == case_id, Member.standing == Standing.ACCEPTED, User.agency_id == lead_id, User.active,
            User.id != but,
        )
        .order_by(Member.since)
        .limit(1)
    )  # fmt: skip


__all__ = [
    "cases_of", "close", "home", "lead_holder", "send_back", "send_back_all", "settle", "sound", "sweep",
]  # fmt: skip
