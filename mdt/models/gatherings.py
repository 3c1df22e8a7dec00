"""Around a meeting: who is asked to come, what each agency writes beforehand, guests, and the minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, relationship

from mdt.models.agencies import User
from mdt.models.base import Base, Identified, UtcTime, now, plain, sealed
from mdt.models.meetings import Meeting
from mdt.models.sealing import Sealed


class Reply(StrEnum):
    """What somebody says to an invitation: nothing yet, that they come, or that they cannot."""

    NONE = "none"
    COMING = "coming"
    APOLOGY = "apology"


class OfMeeting(Identified):
    """A row of a meeting: it stirs that meeting's case, and is sealed as it is."""

    meeting_id: Mapped[str]
    meeting: Any

    def __init__(self, **values: Any) -> None:
        self.meeting_id = values["meeting"].id
        super().__init__(**values)

    def scope(self) -> tuple[str, str]:
        scope: tuple[str, str] = self.meeting.scope()
        return scope

    @property
    def stirs(self) -> str:
        case_id: str = self.meeting.case_id
        return case_id


class Invite(OfMeeting, Base):
    """An invitation of one person to one meeting. Its id is the UID in their calendar, and nobody else's;
    `sequence` counts what was sent."""

    __tablename__ = "invites"
    __table_args__ = (Index(None, "meeting_id", "user_id", unique=True), Index(None, "user_id"))

    meeting_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("meetings.id"), why="random identifier")
    user_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    sequence: Mapped[int] = plain(Integer, default=0, why="counter, as RFC 5545 asks")
    starts_at: Mapped[datetime] = plain(UtcTime, why="when")
    ends_at: Mapped[datetime] = plain(UtcTime, why="when")
    reply: Mapped[str] = plain(String(10), default=Reply.NONE, why="a code")
    replied_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    cancelled_at: Mapped[datetime | None] = plain(UtcTime, why="when")

    meeting: Mapped[Meeting] = relationship(lazy="select")
    user: Mapped[User] = relationship(lazy="select")

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"sequence": 0, "reply": Reply.NONE} | values)


class Return(OfMeeting, Base):
    """What those of one discipline of an agency write before a meeting: `item_id` is their record, once it is filed."""

    __tablename__ = "returns"
    __table_args__ = (Index(None, "meeting_id", "agency_id", "role", unique=True),)

    meeting_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("meetings.id"), why="random identifier")
    agency_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("agencies.id"), why="random identifier")
    role: Mapped[str] = plain(String(3), server_default="", why="a discipline")
    due_at: Mapped[datetime] = plain(UtcTime, why="when")
    item_id: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("items.id"), why="random identifier")
    filed_at: Mapped[datetime | None] = plain(UtcTime, why="when")

    meeting: Mapped[Meeting] = relationship(lazy="select")


class Visit(OfMeeting, Base):
    """A guest of one point of the agenda. They are of the team while it is on the table, and not a moment longer."""

    __tablename__ = "visits"
    __table_args__ = (Index(None, "meeting_id"), Index(None, "user_id"))

    meeting_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("meetings.id"), why="random identifier")
    point_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("points.id"), why="random identifier")
    user_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    observes: Mapped[bool] = plain(Boolean, default=False, why="whether they only listen")
    asked_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    acknowledged_at: Mapped[datetime | None] = plain(UtcTime, why="when confidentiality was acknowledged")
    came_at: Mapped[datetime | None] = plain(UtcTime, why="when they were let in")
    ended_at: Mapped[datetime | None] = plain(UtcTime, why="when it was over, or taken back")

    meeting: Mapped[Meeting] = relationship(lazy="select")
    user: Mapped[User] = relationship(lazy="select")

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"observes": False, "asked_at": now()} | values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of minutes: a record as it stood, what it was said as, and at which point."""

    item: str
    version: int
    kind: str
    point: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What minutes are made of: identifiers alone. What a line says, each reader reads in their own view."""

    lines: tuple[Line, ...] = ()
    came: tuple[str, ...] = ()
    apologies: tuple[str, ...] = ()


class Minutes(OfMeeting, Base):
    """One version of the minutes. Final ones are never changed: what comes after is the next version."""

    __tablename__ = "minutes"
    __table_args__ = (Index(None, "meeting_id", "version", unique=True),)

    meeting_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("meetings.id"), why="random identifier")
    version: Mapped[int] = plain(Integer, default=1, why="counter")
    drawn_by: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    drawn_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    final_at: Mapped[datetime | None] = plain(UtcTime, why="when they were finalised")
    drawn_: Mapped[bytes] = sealed(name="drawn")

    drawn = Sealed("drawn_", shape=Drawn)

    meeting: Mapped[Meeting] = relationship(lazy="select")

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"version": 1, "drawn_at": now()} | values)


class Agreed(Identified, Base):
    """Somebody who was there agrees with one version of the minutes."""

    __tablename__ = "agreed"
    __table_args__ = (Index(None, "minutes_id", "user_id", unique=True),)

    minutes_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("minutes.id"), why="random identifier")
    user_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    agreed_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")

    minutes: Mapped[Minutes] = relationship(lazy="select")

    def __init__(self, **values: Any) -> None:
        self.minutes_id = values["minutes"].id
        super().__init__(**{"agreed_at": now()} | values)

    @property
    def stirs(self) -> str:
        return self.minutes.meeting.case_id


class Wanted(Identified, Base):
    """A member asks that the team meets about a case. `meeting_id`: the meeting that answers it."""

    __tablename__ = "wanted"
    __table_args__ = (Index(None, "case_id"),)

    case_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), why="random identifier")
    user_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    urgent: Mapped[bool] = plain(Boolean, default=False, why="whether it cannot wait for the next review")
    asked_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    meeting_id: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("meetings.id"), why="random identifier")

    @property
    def stirs(self) -> str:
        return self.case_id


class OnCall(Identified, Base):
    """Whoever of an agency is called for an emergency, from when to when."""

    __tablename__ = "on_call"
    __table_args__ = (Index(None, "until"),)

    agency_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("agencies.id"), why="random identifier")
    user_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    since: Mapped[datetime] = plain(UtcTime, why="when")
    until: Mapped[datetime] = plain(UtcTime, why="when")

    user: Mapped[User] = relationship(lazy="select")


__all__ = ["Agreed", "Drawn", "Invite", "Line", "Minutes", "OnCall", "Reply", "Return", "Visit", "Wanted"]
