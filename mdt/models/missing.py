"""Missing from care: the episode, the reports the law wants made of it, and whom one talked to meanwhile.

What is told of an episode to anybody is a record of the case, decided like any other. Here is the work of the agency
that answers for the young person: when, by when, done or not; and its own words about that, sealed under its key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Exists, ForeignKey, Index, String, Uuid, select, text
from sqlalchemy.orm import Mapped, relationship

from mdt.models.base import Base, Identified, UtcTime, now, plain, sealed
from mdt.models.legal import ByAgency
from mdt.models.members import Member
from mdt.models.sealing import Sealed

OPEN = text("wants_at IS NOT NULL")


class Ended(StrEnum):
    """How a report came to its end: it was made; they were back before it was due; it never was made."""

    MADE = "made"
    BACK = "back"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeWords:
    """What the agency keeps for itself of an episode. `noticed_by`: who told it, as its worker wrote it down;
    `said_back`: when they came back by a file of the agency, which nobody confirmed yet; `not_so`: what it said that
    somebody knew to be wrong."""

    noticed_by: str = ""
    said_back: datetime | None = None
    not_so: datetime | None = None

    @property
    def to_confirm(self) -> datetime | None:
        """When they came back, as a file has it, while nobody said whether that is so."""
        return self.said_back if self.said_back != self.not_so else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWords:
    """What the agency keeps of a report: whom it told, the number they gave, the number of the entry that was
    confirmed, and why it was late or never made."""

    whom: str = ""
    number: str = ""
    entry: str = ""
    why: str = ""


class Episode(ByAgency, Base):
    """One time that a young person was missing, from when it was noticed to when it was talked about.

    `received_at`: when the agency was told; every clock counts from there. `since`: when the spell among the facts of
    the case begins. `item_id`: the record that says what others may read of it. `worker_id`: who makes the reports.
    """

    __tablename__ = "missing_episodes"
    __table_args__ = (Index(None, "case_id", "received_at"),)

    kind: Mapped[str] = plain(String(30), why="the name of a kind in a rule file")
    since: Mapped[datetime] = plain(UtcTime, why="when")
    received_at: Mapped[datetime] = plain(UtcTime, why="when")
    recovered_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    debriefed_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    worker_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    item_id: Mapped[str] = plain(Uuid(as_uuid=False), why="random identifier")
    words_: Mapped[bytes] = sealed(name="words")

    words = Sealed("words_", shape=EpisodeWords)


class Report(ByAgency, Base):
    """A report that the law wants made of an episode.

    `wants_at`: by when something has to be done about it next: the report itself, or, where it was made and what its
    receiver does then is not confirmed, asking after that. None once nothing is open. So what is open at an agency is
    one stretch of one index, however much was done before.
    """

    __tablename__ = "missing_reports"
    __table_args__ = (
        Index("ix_missing_reports_open", "agency_id", "wants_at", "id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index(None, "episode_id"),
    )

    episode_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("missing_episodes.id"), why="random identifier")
    kind: Mapped[str] = plain(String(30), why="the name of a report in a rule file")
    started_at: Mapped[datetime] = plain(UtcTime, why="when")
    due_at: Mapped[datetime] = plain(UtcTime, why="when")
    wants_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    done_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    done_by: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    confirmed_at: Mapped[datetime | None] = plain(UtcTime, why="when")
    ended: Mapped[str | None] = plain(String(5), why="how it ended, a code")
    words_: Mapped[bytes] = sealed(name="words")

    words = Sealed("words_", shape=ReportWords)

    episode: Mapped[Episode] = relationship(lazy="select")

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"words": ReportWords()} | values)

    @property
    def late(self) -> bool:
        """Whether it was made after it was due, or never."""
        return self.ended == Ended.NEVER or (self.done_at is not None and self.done_at > self.due_at)


class Contact(ByAgency, Base):
    """Somebody the agency talked to about an episode: when, who, whom, what came of it."""

    __tablename__ = "missing_contacts"
    __table_args__ = (Index(None, "episode_id", "at"),)

    episode_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("missing_episodes.id"), why="random identifier")
    kind: Mapped[str] = plain(String(30), why="the name of a kind in a rule file")
    at: Mapped[datetime] = plain(UtcTime, why="when")
    words_: Mapped[bytes] = sealed(name="words")

    words = Sealed("words_", shape=str)


class Heed(Identified, Base):
    """Somebody who has a report on each of their screens until it is done. `wants_at`: as the report says it, so that
    what is most urgent to somebody is the first row of one index."""

    __tablename__ = "missing_heeds"
    __table_args__ = (
        Index(None, "user_id", "report_id", unique=True),
        Index(None, "user_id", "wants_at"),
        Index(None, "report_id"),
    )

    user_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    report_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("missing_reports.id"), why="random identifier")
    since: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    wants_at: Mapped[datetime] = plain(UtcTime, why="when")

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"since": now()} | values)


def stepped_out(user_id: Any) -> Exists:
    """That somebody has stepped out of the case of a report: for them there is no such case."""
    out = (Member.case_id == Report.case_id, Member.user_id == user_id, Member.recused_at.is_not(None))
    return select(Member.id).where(*out).correlate(Report).exists()


__all__ = ["Contact", "Ended", "Episode", "EpisodeWords", "Heed", "Report", "ReportWords", "stepped_out"]
