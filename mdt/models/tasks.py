"""Tasks, and the handoffs that move them: exactly one owner at every moment."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, relationship

from mdt.models.agencies import User
from mdt.models.base import Base, Identified, UtcTime, now, plain, sealed
from mdt.models.cases import Case
from mdt.models.items import Item
from mdt.models.sealing import Sealed


class Step(StrEnum):
    """Where a task stands. While offered, it is still its owner's."""

    HELD = "held"
    OFFERED = "offered"
    DONE = "done"
    NOT_POSSIBLE = "not_possible"


class Task(Identified, Base):
    """Something somebody has to do. Its words are an item, so that each side sees what it may.

    `owner_id` is never empty. Ownership moves by one conditional UPDATE on (id, version) alone.
    """

    __tablename__ = "tasks"
    __table_args__ = (Index(None, "owner_id", "step"), Index(None, "offered_to", "step"), Index(None, "case_id"))

    case_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), why="random identifier")
    item_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("items.id"), why="random identifier")
    owner_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    offered_to: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    offered_by: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    step: Mapped[str] = plain(String(12), default=Step.HELD, why="state of work")
    due_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    created_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    answered_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    reason_: Mapped[bytes | None] = sealed(name="reason")
    version: Mapped[int] = plain(Integer, default=1, why="counter, guards against a double owner")

    reason = Sealed("reason_", shape=str)

    case: Mapped[Case] = relationship(lazy="select")
    item: Mapped[Item] = relationship(lazy="select")
    owner: Mapped[User] = relationship(foreign_keys=[owner_id], lazy="select")
    offeree: Mapped[User | None] = relationship(foreign_keys=[offered_to], lazy="select")

    def __init__(self, **values: Any) -> None:
        self.case_id = values["case"].id
        super().__init__(**{"step": Step.HELD, "version": 1, "created_at": now()} | values)

    def scope(self) -> tuple[str, str]:
        return self.case.scope()

    @property
    def stirs(self) -> str:
        return self.case_id
