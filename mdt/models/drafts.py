"""What somebody is writing and has not sent: kept sealed, so that no keystroke is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, relationship

from mdt.models.base import Base, Identified, UtcTime, now, plain, sealed
from mdt.models.cases import Case
from mdt.models.sealing import Sealed
from mdt.sharing.vocabulary import Category

NOTHING_YET = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftTerms:
    """What decides who may read a note that is written together: what kind of record it is, what it repeats, and
    what its writer let stand."""

    category: Category = Category.MEETING
    labels: tuple[str, ...] = ()
    repeats: bool = False
    quotes: tuple[str, ...] = ()
    heeded: tuple[str, ...] = ()


class Draft(Identified, Base):
    """The words of one person at one place of one case; or a note written together, opened by that person.

    They are under the key of (the writer's agency, young person): an advocate's are under her agency's. A draft
    that has ended is empty; it stays for a while, so that what arrives late does not begin it anew. `meant_for`:
    the note written together that these words could not go into. `version` is also the bell of a shared one.
    """

    __tablename__ = "drafts"
    __table_args__ = (
        Index(None, "user_id", "case_id", "place", "subject_id"), Index(None, "expires_at"), Index(None, "subject_id"),
    )  # fmt: skip

    user_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    case_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("cases.id"), why="random identifier")
    agency_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("agencies.id"), why="whose key seals it")
    place: Mapped[str] = plain(String(20), why="what is written, a code")
    subject_id: Mapped[str] = plain(Uuid(as_uuid=False), why="random identifier")
    point_id: Mapped[str | None] = plain(Uuid(as_uuid=False), why="random identifier")
    meant_for: Mapped[str | None] = plain(Uuid(as_uuid=False), why="random identifier")
    version: Mapped[int] = plain(Integer, default=0, why="counter")
    words_: Mapped[bytes | None] = sealed(name="words")
    terms_: Mapped[bytes | None] = sealed(name="terms")
    begun_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    kept_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    shared_at: Mapped[datetime | None] = plain(UtcTime, why="when others could write in it")
    ended_at: Mapped[datetime | None] = plain(UtcTime, why="when it was sent, or let go")
    expires_at: Mapped[datetime | None] = plain(UtcTime, why="when it is deleted")

    words = Sealed("words_")
    terms = Sealed("terms_", shape=DraftTerms)

    case: Mapped[Case] = relationship(lazy="select")

    def __init__(self, **values: Any) -> None:
        self.case_id, self.agency_id = values["case"].id, values["agency_id"]
        super().__init__(**{"version": 0, "begun_at": now(), "kept_at": now()} | values)

    def scope(self) -> tuple[str, str]:
        return self.agency_id, self.case.youth_id


class Pen(Base):
    """One open page that writes in a draft, and the number of the last batch of it that was kept."""

    __tablename__ = "pens"

    draft_id: Mapped[str] = plain(
        Uuid(as_uuid=False), ForeignKey("drafts.id"), primary_key=True, why="random identifier"
    )
    id: Mapped[str] = plain(Uuid(as_uuid=False), primary_key=True, why="random identifier of an open page")
    user_id: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    number: Mapped[int] = plain(Integer, default=0, why="counter, so that a batch counts once")
    typed_at: Mapped[datetime] = plain(UtcTime, default=NOTHING_YET, why="when it last changed the words")


__all__ = ["Draft", "DraftTerms", "Pen"]
