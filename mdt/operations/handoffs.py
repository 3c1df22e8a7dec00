"""Tasks and handoffs: exactly one owner at every moment.

A task stays its owner's while it is offered. Accepting is one conditional UPDATE: of two who accept
at once, one owns it and the other is told; nobody ever reads first and writes after.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from mdt.models import Case, Item, Member, Standing, Step, Task, User, db, now
from mdt.models.pulse import move, stir
from mdt.models.sealing import keys
from mdt.operations import facts
from mdt.operations.access import Person, Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.team import may_read
from mdt.sharing.gate import admitted
from mdt.vault.seal import Place, seal_value

LONGEST_REASON = 500


def create(seat: Seat, item: Item, *, due_at: datetime | None) -> Task:
    """A new task, held by whoever makes it. Its words are the item. To be called within an act."""
    task = Task(case=item.case, item=item, owner_id=seat.me.id, due_at=due_at)
    db.session.add(task)
    return task


def offer(seat: Seat, task_id: str, *, to: str) -> None:
    """Offer a task one holds to another member who may read it. It stays one's own until accepted."""
    with recorded("task.offered", by=seat.me, case=seat.id, task=task_id, to=to):
        task = find(seat, task_id)
        if task.owner_id != seat.me.id:
            raise quicker()  # and nothing of what somebody else may read
        check_offer(seat, task.item_id, to)
        _change(
            seat,
            task_id,
            (Task.owner_id == seat.me.id, Task.step == Step.HELD),
            step=Step.OFFERED,
            offered_to=to,
            offered_by=seat.me.id,
            reason_=None,
            answered_at=None,
        )
        stir(db.session(), [to, seat.me.id])


def check_offer(seat: Seat, item_id: str, to: str) -> None:
    """Refuse an offer to somebody who is not on the team, or who could not read what it is about."""
    case = facts.load(seat.id)
    assert case
    if to == seat.me.id or not may_read(case, to, item_id):
        raise Refused(
            "That person may not read what this is about. "
            "Write the task without what they may not see, or offer it to somebody else.",
            reason="not_readable",
        )


def accept(me: Person, task_id: str) -> None:
    """Take a task that was offered to me. Taking it twice is taking it once."""
    case_id = _offered_case(me, task_id)
    with recorded("task.accepted", by=me, case=case_id, task=task_id):
        if owner_of(task_id) == me.id:
            return
        _answer(me, case_id, task_id, owner_id=me.id, step=Step.HELD, reason_=None)


def decline(me: Person, task_id: str, *, reason: str) -> None:
    """Say that I cannot, and why; it stays with whoever offered it."""
    case_id = _offered_case(me, task_id)
    if not reason.strip():
        raise Refused("Say in a word why you cannot, so that somebody else can be found.", reason="no_reason", code=422)
    with recorded("task.declined", by=me, case=case_id, task=task_id):
        _answer(me, case_id, task_id, step=Step.HELD, reason_=_sealed(case_id, task_id, reason[:LONGEST_REASON]))


def withdraw(seat: Seat, task_id: str) -> None:
    """Take back an offer that was not answered yet."""
    with recorded("task.withdrawn", by=seat.me, case=seat.id, task=task_id):
        task = find(seat, task_id)
        _change(
            seat, task_id, (Task.owner_id == seat.me.id, Task.step == Step.OFFERED), step=Step.HELD, offered_to=None
        )
        stir(db.session(), [task.offered_to, seat.me.id])


def finish(me: Person, task_id: str, *, possible: bool, reason: str = "") -> None:
    """Say that it is done, or that it was not possible and why."""
    task = db.session.get(Task, task_id)
    if task is None or task.owner_id != me.id or not _may_know(me, task):
        raise not_there()
    step = Step.DONE if possible else Step.NOT_POSSIBLE
    if not possible and not reason.strip():
        raise Refused("Say what made it impossible.", reason="no_reason", code=422)
    with recorded(f"task.{step}", by=me, case=task.case_id, task=task_id):
        sealed = _sealed(task.case_id, task_id, reason[:LONGEST_REASON]) if reason.strip() else None
        changed = db.session.execute(
            update(Task)
            .where(Task.id == task_id, Task.owner_id == me.id, Task.step == Step.HELD)
            .values(step=step, reason_=sealed, answered_at=now(), version=Task.version + 1)
        ).rowcount
        _settle(changed, task.case_id, [me.id, task.offered_by])


def return_to_lead(case_id: str, user_id: str) -> None:
    """What somebody held or was offered when they left the team goes back to the lead, within the same act.

    What the lead may not read goes to a colleague who may, and where there is none it stays: that there is
    such a task is nobody else's to know.
    """
    case = db.session.get(Case, case_id)
    assert case
    back: dict[str, Any] = {"offered_to": None, "step": Step.HELD, "version": Task.version + 1}
    db.session.execute(
        update(Task).where(Task.case_id == case_id, Task.offered_to == user_id, Task.step == Step.OFFERED).values(back)
    )
    heirs = _heirs(case, user_id)
    mine = Task.case_id == case_id, Task.owner_id == user_id, Task.step.in_((Step.HELD, Step.OFFERED))
    for row in db.session.execute(select(Task.id, Task.item_id).where(*mine)).all():
        heir = _heir(case_id, str(row.item_id), heirs)
        if heir:
            db.session.execute(update(Task).where(Task.id == row.id, *mine).values(back | {"owner_id": heir}))
    move(db.session(), [case_id], facts=False)
    stir(db.session(), [user_id, *heirs])


def _heirs(case: Case, user_id: str) -> list[str]:
    """Who could hold what somebody leaves behind: the lead's person, then their own colleagues on the team."""
    lead = lead_holder(case.id, case.lead_id, but=user_id)
    agency = db.session.scalar(select(User.agency_id).where(User.id == user_id))
    colleague = lead_holder(case.id, agency, but=user_id) if agency else None
    return [one for one in (lead, colleague) if one]


def _heir(case_id: str, item_id: str, heirs: list[str]) -> str | None:
    known = facts.load(case_id)
    return next((one for one in heirs if known and may_read(known, one, item_id)), None)


def lead_holder(case_id: str, lead_id: str, *, but: str) -> str | None:
    """Whoever of this agency has been on the team longest, the lead agency for one."""
    return db.session.scalar(
        select(Member.user_id)
        .join(User, User.id == Member.user_id)
        .where(
            Member.case_id == case_id,
            Member.standing == Standing.ACCEPTED,
            User.agency_id == lead_id,
            User.active,
            User.id != but,
        )
        .order_by(Member.since)
        .limit(1)
    )


def find(seat: Seat, task_id: str) -> Task:
    """A task of this case, or as if there were none."""
    task = db.session.get(Task, task_id)
    if task is None or task.case_id != seat.id or not _may_know(seat.me, task):
        raise not_there()
    return task


def owner_of(task_id: str) -> str | None:
    return db.session.scalar(select(Task.owner_id).where(Task.id == task_id))


def _offered_case(me: Person, task_id: str) -> str:
    row = db.session.execute(
        select(Task.case_id, Task.item_id, Task.offered_to, Task.owner_id).where(Task.id == task_id)
    ).first()
    if row is None or not _may_know(me, row):
        raise not_there()
    return str(row.case_id)


def _may_know(me: Person, row: Any) -> bool:
    """Whoever is on the case now and has to do with it, or may read it: they are told that somebody was quicker."""
    case = facts.load(str(row.case_id))
    if case is None or not admitted(case.facts, me.id, now()):
        return False
    return me.id in (row.offered_to, row.owner_id) or may_read(case, me.id, str(row.item_id))


def _answer(me: Person, case_id: str, task_id: str, **values: Any) -> None:
    """The one conditional UPDATE by which an offer is answered."""
    offered_by = db.session.scalar(select(Task.offered_by).where(Task.id == task_id))
    changed = db.session.execute(
        update(Task)
        .where(Task.id == task_id, Task.step == Step.OFFERED, Task.offered_to == me.id)
        .values(offered_to=None, answered_at=now(), version=Task.version + 1, **values)
    ).rowcount
    _settle(changed, case_id, [me.id, offered_by])


def _change(seat: Seat, task_id: str, conditions: tuple[Any, ...], **values: Any) -> None:
    changed = db.session.execute(
        update(Task).where(Task.id == task_id, *conditions).values(version=Task.version + 1, **values)
    ).rowcount
    _settle(changed, seat.id, [])


def quicker() -> Refused:
    """A task does not stand as the one who acts thought."""
    return Refused("Somebody was quicker. Look at how it stands now.", reason="not_open")


def _settle(changed: int, case_id: str, desks: list[str | None]) -> None:
    if changed != 1:
        raise quicker()
    move(db.session(), [case_id], facts=False)
    stir(db.session(), desks)


def _sealed(case_id: str, task_id: str, reason: str) -> bytes:
    case = db.session.get(Case, case_id)
    assert case
    return seal_value(keys().of(case.scope()), reason, Place(Task.__tablename__, task_id, "reason_"))
