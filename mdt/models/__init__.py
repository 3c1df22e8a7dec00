"""The nouns, as SQLAlchemy keeps them; one a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mdt.models.agencies import Agency, User
from mdt.models.arrivals import Arrival, HeldConsent
from mdt.models.asking import Answer, Asked, Request
from mdt.models.base import begin_writing, db, is_id, new_id, now, read_only, today
from mdt.models.cases import Case, Youth
from mdt.models.consent import Emergency, Order, Release, Restriction
from mdt.models.deadlines import Deadline, Letter, Words
from mdt.models.drafts import Draft, DraftTerms, Pen
from mdt.models.entrances import Entrance
from mdt.models.gatherings import Agreed, Drawn, Invite, Line, Minutes, OnCall, Reply, Return, Visit, Wanted
from mdt.models.items import Item, ItemGroup
from mdt.models.ledger import Entry, Head
from mdt.models.legal import (
    Assessment,
    Correction,
    CorrectionState,
    Hold,
    Notice,
    OrderEnded,
    Paper,
    PaperState,
    PaperTerms,
    StepDone,
)
from mdt.models.linking import (
    CaseMove,
    Journal,
    Lesson,
    Link,
    LinkTerms,
    Merge,
    Offer,
    Outreach,
    Training,
    Was,
)
from mdt.models.meetings import Attendance, Matter, Meeting, Phase, Point, Segment
from mdt.models.members import Member, Standing
from mdt.models.missing import Contact, Ended, Episode, EpisodeWords, Heed, Report, ReportWords
from mdt.models.needs import ArrangedDate, DateState, DateTerms, DateWord, JoinAsked, NeedSaid, NeedTerms, OwnWord
from mdt.models.pulse import Moved, move, move_under, stir, when_moved
from mdt.models.rules import Rules
from mdt.models.screening import Identification, Instrument, Screening
from mdt.models.sealing import Keys, StoredKey, keys
from mdt.models.services import Course, Edition, GapReport, Partner, Referral, ServiceTerms
from mdt.models.sign_ins import SignIn
from mdt.models.tasks import Event, Handoff, Step, Task
from mdt.models.uploads import Upload, UploadChunk

if TYPE_CHECKING:
    from flask import Flask

    from mdt.settings import Settings

__all__ = [
    "Agency",
    "Agreed",
    "Answer",
    "ArrangedDate",
    "Arrival",
    "Asked",
    "Assessment",
    "Attendance",
    "Case",
    "CaseMove",
    "Contact",
    "Correction",
    "CorrectionState",
    "Course",
    "DateState",
    "DateTerms",
    "DateWord",
    "Deadline",
    "Draft",
    "DraftTerms",
    "Drawn",
    "Edition",
    "Emergency",
    "Ended",
    "Entrance",
    "Entry",
    "Episode",
    "EpisodeWords",
    "Event",
    "GapReport",
    "Handoff",
    "Head",
    "Heed",
    "HeldConsent",
    "Hold",
    "Identification",
    "Instrument",
    "Invite",
    "Item",
    "ItemGroup",
    "Journal",
    "JoinAsked",
    "Keys",
    "Lesson",
    "Letter",
    "Line",
    "Link",
    "LinkTerms",
    "Matter",
    "Meeting",
    "Member",
    "Merge",
    "Minutes",
    "Moved",
    "NeedSaid",
    "NeedTerms",
    "Notice",
    "Offer",
    "OnCall",
    "Order",
    "OrderEnded",
    "Outreach",
    "OwnWord",
    "Paper",
    "PaperState",
    "PaperTerms",
    "Partner",
    "Pen",
    "Phase",
    "Point",
    "Referral",
    "Release",
    "Reply",
    "Report",
    "ReportWords",
    "Request",
    "Restriction",
    "Return",
    "Rules",
    "Screening",
    "Segment",
    "ServiceTerms",
    "SignIn",
    "Standing",
    "Step",
    "StepDone",
    "StoredKey",
    "Task",
    "Training",
    "Upload",
    "UploadChunk",
    "User",
    "Visit",
    "Wanted",
    "Was",
    "Words",
    "Youth",
    "begin_writing",
    "db",
    "is_id",
    "keys",
    "move",
    "move_under",
    "new_id",
    "now",
    "read_only",
    "stir",
    "today",
    "when_moved",
]


def install(app: Flask, settings: Settings) -> None:
    """The database and the keys of this application."""
    settings.instance.mkdir(parents=True, exist_ok=True)
    app.extensions["mdt.settings"] = settings
    app.extensions["mdt.keys"] = Keys(settings.masters)
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(settings)
    db.init_app(app)


def _engine_options(settings: Settings) -> dict[str, Any]:
    pool: dict[str, Any] = {
        "pool_size": settings.threads + 6,
        "max_overflow": 10,
        "pool_pre_ping": not settings.sqlite,
        "hide_parameters": True,  # an error of the database is never to quote what was being written
    }
    return pool | ({} if settings.sqlite else {"connect_args": {"connect_timeout": 5}})
