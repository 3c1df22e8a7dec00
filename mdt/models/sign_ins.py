"""Sign-ins: the server's own record of who is signed in where, so that one can be ended."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, Uuid
from sqlalchemy.orm import Mapped

from mdt.models.base import Base, Identified, UtcTime, now, plain, sealed
from mdt.models.sealing import Sealed


class SignIn(Identified, Base):
    """One browser. Only a hash of its token is kept; `contents` are the few words it carries."""

    __tablename__ = "sign_ins"

    token_hash: Mapped[bytes] = plain(LargeBinary(32), unique=True, why="SHA-256 of a random token")
    user_id: Mapped[str | None] = plain(
        Uuid(as_uuid=False), ForeignKey("users.id"), index=True, why="random identifier"
    )
    contents_: Mapped[bytes | None] = sealed(name="contents")
    created_at: Mapped[datetime] = plain(UtcTime, default=now, why="absolute end of a sign-in")
    seen_at: Mapped[datetime] = plain(UtcTime, default=now, why="idle end of a sign-in")
    proved_at: Mapped[datetime | None] = plain(UtcTime, why="when the person last proved who they are")
    ended_at: Mapped[datetime | None] = plain(UtcTime, why="signed out, or ended by somebody")

    contents = Sealed("contents_")
