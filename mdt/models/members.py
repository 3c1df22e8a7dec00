"""Members: a user's place on the team of one case."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, relationship

from mdt.models.agencies import User
from mdt.models.base import Base, Identified, UtcTime, now, plain, sealed
from mdt.models.cases import Case
from mdt.models.sealing import Sealed
from mdt.sharing.facts import Member as MemberFact
from mdt.sharing.vocabulary import Purpose


class Standing(StrEnum):
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ENDED = "ended"


class Member(Identified, Base):
    """Invited by the lead, accepted or declined by the person; ended or recused with effect at once.

    `changed_at` is the last change of the case that this very member may see: the case list is
    ordered by it, so that its order tells nothing else.
    """

    __tablename__ = "members"
    __table_args__ = (
        Index(None, "case_id", "user_id", unique=True),
        Index("ix_members_list", "user_id", "standing", "changed_at", "id"),
    )

    case_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), why="random identifier")
    user_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    standing: Mapped[str] = plain(
        String(10), default=Standing.INVITED, why="needed to refuse before anything is opened"
    )
    purpose: Mapped[str] = plain(String(12), why="purpose of the invitation")
    why_: Mapped[bytes | None] = sealed(name="why")
    answer_: Mapped[bytes | None] = sealed(name="answer")
    invited_by: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    invited_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    since: Mapped[datetime | None] = plain(UtcTime, why="when membership began")
    until: Mapped[datetime | None] = plain(UtcTime, why="when membership ended")
    recused_at: Mapped[datetime | None] = plain(UtcTime, why="when the member stepped out")
    changed_at: Mapped[datetime] = plain(UtcTime, default=now, why="order of the case list")

    why = Sealed("why_", shape=str)
    answer = Sealed("answer_", shape=str)

    case: Mapped[Case] = relationship(lazy="select")
    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="select")

    def __init__(self, **values: Any) -> None:
        self.case_id = values["case"].id
        super().__init__(**{"standing": Standing.INVITED, "invited_at": now(), "changed_at": now()} | values)

    def scope(self) -> tuple[str, str]:
        return self.case.scope()

    @property
    def moves(self) -> str:
        return self.case_id

    @property
    def fact(self) -> MemberFact | None:
        """What a decision knows of it: nothing at all until it was accepted."""
        if self.since is None:
            return None
        return MemberFact(
            user=self.user_id,
            since=self.since,
            until=self.until,
            recused=self.recused_at or False,
            purpose=Purpose(self.purpose),
        )
