"""The versions of a jurisdiction's rules: drafted, then signed; what is signed is never changed again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, relationship

from mdt.models.agencies import User
from mdt.models.base import Base, Identified, UtcTime, now, plain, sealed
from mdt.models.sealing import Sealed


class Rules(Identified, Base):
    """One version of the profile of this name. It is a draft until it is signed, and one can be open at a time.

    `changes` is what the draft changes, as a file that stands on the version in force; `whole` the full
    profile as it was signed, on which decisions rest; `scenarios` the county's own; `effect` what was measured.
    """

    __tablename__ = "rules"
    __table_args__ = (
        Index(None, "profile", "version", unique=True),
        Index("ix_rules_in_force", "profile", "version", "signed_at", "id"),  # read beside every case, without the row
    )

    profile: Mapped[str] = plain(String(60), why="name of a public rule file")
    version: Mapped[int] = plain(Integer, why="counter")
    changes_: Mapped[bytes] = sealed(name="changes")
    scenarios_: Mapped[bytes | None] = sealed(name="scenarios")
    whole_: Mapped[bytes | None] = sealed(name="whole")
    effect_: Mapped[bytes | None] = sealed(name="effect")
    drafted_by: Mapped[str] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    drafted_at: Mapped[datetime] = plain(UtcTime, default=now, why="when")
    signed_by: Mapped[str | None] = plain(Uuid(as_uuid=False), ForeignKey("users.id"), why="random identifier")
    signed_at: Mapped[datetime | None] = plain(UtcTime, why="when; from then it is in force")

    changes = Sealed("changes_", shape=str)
    scenarios = Sealed("scenarios_", shape=str)
    whole = Sealed("whole_", shape=str)
    effect = Sealed("effect_")

    drafter: Mapped[User] = relationship(foreign_keys=[drafted_by], lazy="joined", innerjoin=True)
    signer: Mapped[User | None] = relationship(foreign_keys=[signed_by], lazy="joined")

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"changes": "", "drafted_at": now()} | values)
