"""How a task moves: the case is held, the form's key is asked, one conditional UPDATE decides, and what happened
is written down beside it.

Whatever takes somebody off a team moves the case's counters in its own transaction, and so holds the case too: a
step and a going never pass each other unseen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from mdt.models import Case, Event, Handoff, Task, User, db, new_id
from mdt.models.base import locked, rows_changed
from mdt.models.pulse import move, stir
from mdt.models.sealing import keys
from mdt.operations.acts import Refused
from mdt.vault.seal import Place, seal_value

LONGEST_REASON = 500
OPENLY = {"synchronize_session": False}
MOVED: dict[str, Any] = {"marked": 0, "unanswered_by": None, "unanswered_in": None}
"""What was said of where a task stood, and ends when anything happens to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What happens to a task: `by` somebody (None: the clock, or a going), under the key of their form; to whom it
    goes or is offered, or to which agency; and why."""

    event: Event
    by: str | None = None
    key: str | None = None
    to: str | None = None
    agency: str | None = None
    reason: str = ""


def held(task_id: str) -> Task | None:
    """A task as it stands now, its case held until this transaction ends. To be called within an act."""
    case_id = db.session.scalar(select(Task.case_id).where(Task.id == task_id))
    if case_id is None:
        return None
    hold([case_id])
    return db.session.get(Task, task_id, populate_existing=True)


def hold(case_ids: Iterable[str]) -> None:
    """Hold these cases against other acts on them, in one order, so that two never wait for each other."""
    for case_id in sorted(set(case_ids)):
        locked(Case, case_id)


def is_kept(task_id: str, doing: Move) -> bool:
    """Whether this form was kept already. Refused if the key is that of another form."""
    row = db.session.get(Handoff, doing.key, populate_existing=True) if doing.key else None
    if row is None:
        return False
    if (row.task_id, row.event, row.by_id) != (task_id, doing.event, doing.by):
        raise Refused("Reload this page, then send it again.", reason="key", code=422)
    return True


def was_done(task_id: str, doing: Move) -> bool:
    """Whether this very person did this very step under this key."""
    row = db.session.get(Handoff, doing.key) if doing.key else None
    return row is not None and (row.task_id, row.event, row.by_id) == (task_id, doing.event, doing.by)


def change(task: Task, doing: Move, *where: Any, **values: Any) -> None:
    """The one conditional UPDATE by which a task moves; refused where it does not stand so any more."""
    before, asked = task.owner_id, (task.unanswered_by, task.unanswered_in)
    sealed = {"reason_": seal_reason(task, doing.reason)}
    changed = rows_changed(
        update(Task)
        .where(Task.id == task.id, Task.version == task.version, *where)
        .values(sealed | MOVED | {"version": Task.version + 1, "how": doing.event} | values)
        .execution_options(**OPENLY)
    )
    if changed != 1:
        raise quicker()
    write_down(task, doing, before)
    db.session.refresh(task)
    people = [doing.by, doing.to, before, task.owner_id, task.handed_by, asked[0]]
    ring(task.case_id, people, task.referred_to or doing.agency, asked[1])


def quicker() -> Refused:
    """A task does not stand as the one who acts thought."""
    return Refused("Somebody was quicker. Look at how it stands now.", reason="not_open")


def write_down(task: Task, doing: Move, before: str | None) -> None:
    """Write into the history of a task what happened, within an act."""
    db.session.add(
        Handoff(
            id=doing.key or new_id(), task=task, event=doing.event, by_id=doing.by, from_id=before, to_id=doing.to,
            agency_id=doing.agency, reason=doing.reason[:LONGEST_REASON] or None,
        )
    )  # fmt: skip
    db.session.flush()


def ring(case_id: str, people: Iterable[str | None], *agency_ids: str | None) -> None:
    """Let the case, these people, those who answer for them, and agencies outside the team look again."""
    move(db.session(), [case_id], facts=False)
    ids = {one for one in people if one}
    above = db.session.scalars(select(User.supervisor_id).where(User.id.in_(ids), User.supervisor_id.is_not(None)))
    agencies = {one for one in agency_ids if one}
    outside = select(User.id).where(User.agency_id.in_(agencies), User.active)
    stir(db.session(), {*ids, *above, *(db.session.scalars(outside) if agencies else ())})


def seal_reason(task: Task, reason: str) -> bytes | None:
    place = Place(Task.__tablename__, task.id, "reason_")
    return seal_value(keys().of(task.scope()), reason[:LONGEST_REASON], place) if reason else None


__all__ = ["LONGEST_REASON", "Move", "change", "held", "hold", "is_kept", "quicker", "ring", "was_done", "write_down"]
