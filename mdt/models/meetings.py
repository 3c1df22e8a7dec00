"""Meetings: who comes, what is on the table, what was noted and decided."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, relationship

from mdt.models.agencies import User
from mdt.models.base import Base, Identified, UtcTime, now, plain, sealed
from mdt.models.cases import Case, OfCase
from mdt.models.items import Item
from mdt.models.sealing import Sealed

USUAL_MINUTES = 60
"""The time box of a meeting that is of no kind."""


class Phase(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    ADJOURNED = "adjourned"
    CANCELLED = "cancelled"


class Matter(StrEnum):
    """What a point of the agenda is there for: what was promised last time, what was not reached then, or its own."""

    ACTIONS = "actions"
    CARRIED = "carried"
    USUAL = "usual"


class Meeting(OfCase, Base):
    """A meeting of one case's team. `current_id` is the agenda point on the table; `minutes` its time box, as its kind
    has it.

    A case review over a roster is one such meeting for each case, one after the other: what they have in common is
    `review_id` alone, which only those who plan it are told.
    """

    __tablename__ = "meetings"

    case_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), index=True, why="random identifier")
    facilitator_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    phase: Mapped[str] = plain(String(10), default=Phase.PLANNED, why="state of work")
    kind: Mapped[str | None] = plain(String(30), why="name of a kind in a public rule file")
    review_id: Mapped[str | None] = plain(Uuid(as_uuid=False), why="the sitting it is a part of, by identifier")
    title_: Mapped[bytes] = sealed(name="title")
    current_id: Mapped[str | None] = plain(Uuid(as_uuid=False), why="random identifier")
    starts_at: Mapped[datetime] = plain(UtcTime, why="when")
    minutes: Mapped[int] = plain(Integer, default=USUAL_MINUTES, server_default=str(USUAL_MINUTES), why="length")
    opened_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    adjourned_at: Mapped[datetime | None] = plain(UtcTime, why="when")

    title = Sealed("title_", shape=str)

    case: Mapped[Case] = relationship(lazy="select")
    facilitator: Mapped[User] = relationship(lazy="select")
    agenda: Mapped[list[Point]] = relationship(
        order_by="Point.position", cascade="all, delete-orphan", back_populates="meeting"
    )

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"phase": Phase.PLANNED, "minutes": USUAL_MINUTES} | values)

    @property
    def ends_at(self) -> datetime:
        """When its time box is over."""
        return self.starts_at + timedelta(minutes=self.minutes)

    def is_ahead(self, at: datetime) -> bool:
        """Whether it is still to be held, or is held now. One whose time went by and that nobody opened is not."""
        return self.phase == Phase.OPEN or (self.phase == Phase.PLANNED and at < self.ends_at)


class Point(Identified, Base):
    """A point of the agenda; `item_id` is the item it puts on the table, if any. `carries_id`: the point that it takes
    up again, the first of them if that one was taken up before."""

    __tablename__ = "points"

    meeting_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("meetings.id"), index=True, why="random identifier")
    position: Mapped[int] = plain(Integer, why="order")
    minutes: Mapped[int] = plain(Integer, default=10, why="length")
    matter: Mapped[str] = plain(String(10), default=Matter.USUAL, why="a code")
    item_id: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("items.id"), why="random identifier")
    carries_id: Mapped[str | None] = plain(Uuid(as_uuid=False), why="the point it takes up again, by identifier")
    title_: Mapped[bytes] = sealed(name="title")
    begun_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    ended_at: Mapped[datetime | None] = plain(UtcTime, why="when")

    title = Sealed("title_", shape=str)

    meeting: Mapped[Meeting] = relationship(back_populates="agenda", lazy="select")

    def __init__(self, **values: Any) -> None:
        self.meeting_id = values["meeting"].id
        super().__init__(**{"minutes": 10, "matter": Matter.USUAL} | values)

    def scope(self) -> tuple[str, str]:
        return self.meeting.scope()

    @property
    def stirs(self) -> str:
        return self.meeting.case_id


class Attendance(Identified, Base):
    """Somebody at a meeting: they acknowledged confidentiality, and are here until they are not.

    `seen_at` is renewed by the open page; presence is a matter of seconds, never of content.
    """

    __tablename__ = "attendances"
    __table_args__ = (Index(None, "meeting_id", "user_id", unique=True),)

    meeting_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("meetings.id"), why="random identifier")
    user_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    acknowledged_at: Mapped[datetime] = plain(UtcTime, why="when confidentiality was acknowledged")
    here: Mapped[bool] = plain(Boolean, default=True, why="in the room")
    out_for: Mapped[str | None] = plain(Uuid(as_uuid=False), why="the point they were asked out for, by identifier")
    seen_at: Mapped[datetime] = plain(UtcTime, default=now, why="when the page was last heard of")
    left_at: Mapped[datetime | None] = plain(UtcTime, why="when they left the room by themselves")
    hand_at: Mapped[datetime | None] = plain(UtcTime, why="when they raised a hand that is still up")

    meeting: Mapped[Meeting] = relationship(lazy="select")
    user: Mapped[User] = relationship(lazy="select")

    def __init__(self, **values: Any) -> None:
        self.meeting_id, self.user_id = values["meeting"].id, values["user"].id
        super().__init__(**{"here": True, "seen_at": now()} | values)

    @property
    def stirs(self) -> str:
        return self.meeting.case_id


class Segment(Identified, Base):
    """Something said in a meeting: an item like any other, and where it was said. `kind`: note, motion, decision,
    dissent, action or remark. `about_id` is the item it answers: the motion a decision settles, the decision somebody
    dissents from. `state`: of a motion, open, carried or lost."""

    __tablename__ = "segments"

    meeting_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("meetings.id"), index=True, why="random identifier")
    point_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("points.id"), why="random identifier")
    item_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("items.id"), unique=True, why="random identifier")
    kind: Mapped[str] = plain(String(10), why="a code")
    about_id: Mapped[str | None] = plain(Uuid(as_uuid=False), why="what it answers, by identifier")
    second_id: Mapped[str | None] = plain(Uuid(as_uuid=False), why="who seconds it, by identifier")
    state: Mapped[str | None] = plain(String(10), why="a code")
    said_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")

    meeting: Mapped[Meeting] = relationship(lazy="select")
    item: Mapped[Item] = relationship(lazy="select")

    @property
    def stirs(self) -> str:
        return self.meeting.case_id
