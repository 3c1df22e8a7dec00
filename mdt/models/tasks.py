"""Tasks, and the handoffs that move them: exactly one owner at every moment."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, relationship

from mdt.models.agencies import Agency, User
from mdt.models.base import Base, Identified, UtcTime, now, plain, sealed
from mdt.models.cases import Case, OfCase
from mdt.models.items import Item
from mdt.models.sealing import Sealed


class Step(StrEnum):
    """Where a task stands. While offered, it is still its owner's."""

    HELD = "held"
    OFFERED = "offered"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    NOT_POSSIBLE = "not_possible"


OPEN = (Step.HELD, Step.OFFERED, Step.IN_PROGRESS)
"""The steps at which something is still to be done."""
MINE = (Step.HELD, Step.IN_PROGRESS)
"""The steps at which an owner alone has it in hand."""


class Event(StrEnum):
    """What happened to a task. `came_back`: whoever held it cannot any more; `overdue`: its time is over; `unanswered`:
    it lapsed, and whoever answers for those who were asked was told."""

    MADE = "made"
    OFFERED = "offered"
    REFERRED = "referred"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    BEGUN = "begun"
    DONE = "done"
    NOT_POSSIBLE = "not_possible"
    RETURNED = "returned"
    CAME_BACK = "came_back"
    MOVED = "moved"
    TAKEN = "taken"
    OVERDUE = "overdue"
    UNANSWERED = "unanswered"


class Task(OfCase, Base):
    """Something somebody has to do. Its words are an item, so that each side sees what it may.

    Its owner is a person (`owner_id`), or, where nobody is left, the queue of an agency (`queue_id`): the
    database keeps no task with neither or both. It moves by one conditional UPDATE. `referred_to` is an agency
    outside the team to which it is offered, or which has it; `outward` is all that agency is told.
    `handed_by` is whose it was before, `how` the last thing that happened to where it is, `marked` the last mark
    of its running clock. `unanswered_by` is who was asked last and did not answer in time, or `unanswered_in` the
    agency outside the team, until anything happens to the task.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        Index(None, "owner_id", "step"),
        Index(None, "offered_to", "step"),
        Index(None, "queue_id", "step"),
        Index(None, "referred_to", "step"),
        Index(None, "case_id"),
        CheckConstraint("(owner_id IS NULL) <> (queue_id IS NULL)", name="ck_tasks_one_owner"),
    )

    case_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), why="random identifier")
    item_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("items.id"), why="random identifier")
    owner_id: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    queue_id: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("agencies.id"), why="random identifier")
    referred_to: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("agencies.id"), why="random identifier")
    handed_by: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    offered_to: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    offered_by: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    unanswered_by: Mapped[str | None] = plain(Uuid(as_uuid=False), index=True, why="random identifier")
    unanswered_in: Mapped[str | None] = plain(Uuid(as_uuid=False), index=True, why="random identifier")
    step: Mapped[str] = plain(String(12), default=Step.HELD, why="state of work")
    due_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    created_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    answer_by: Mapped[datetime | None] = plain(UtcTime, why="when")
    how: Mapped[str] = plain(String(12), default=Event.MADE, why="what happened last, a code")
    marked: Mapped[int] = plain(Integer, default=0, why="the last mark of its clock that was passed")
    answered_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    reason_: Mapped[bytes | None] = sealed(name="reason")
    outward_: Mapped[bytes | None] = sealed(name="outward")
    version: Mapped[int] = plain(Integer, default=1, why="counter, guards against a double owner")

    reason = Sealed("reason_", shape=str)
    outward = Sealed("outward_", shape=str)

    case: Mapped[Case] = relationship(lazy="select")
    item: Mapped[Item] = relationship(lazy="select")
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id], lazy="select")

    def __init__(self, **values: Any) -> None:
        super().__init__(
            **{"step": Step.HELD, "version": 1, "how": Event.MADE, "marked": 0, "created_at": now()} | values
        )


class Handoff(Identified, Base):
    """One thing that happened to a task: who did it (nobody: the clock), whose it was, to whom it went, and why.

    Its id is the key of the form that asked for it, so that one form sent twice is one step.
    """

    __tablename__ = "handoffs"
    __table_args__ = (Index(None, "task_id", "at"),)

    task_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("tasks.id"), why="random identifier")
    event: Mapped[str] = plain(String(12), why="what happened, a code")
    by_id: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    from_id: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    to_id: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    agency_id: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("agencies.id"), why="random identifier")
    at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    reason_: Mapped[bytes | None] = sealed(name="reason")

    reason = Sealed("reason_", shape=str)

    task: Mapped[Task] = relationship(lazy="select")
    agency: Mapped[Agency | None] = relationship(lazy="select")

    def __init__(self, **values: Any) -> None:
        self.task_id = values["task"].id
        super().__init__(**{"at": now()} | values)

    def scope(self) -> tuple[str, str]:
        return self.task.scope()


__all__ = ["MINE", "OPEN", "Event", "Handoff", "Step", "Task"]
