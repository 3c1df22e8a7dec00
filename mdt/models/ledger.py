"""The ledger: what was done and what was shown, without content, in a tree that shows tampering."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String, Uuid, text
from sqlalchemy.orm import Mapped

from mdt.models.base import Base, UtcTime, plain, sealed

WAITING = "position IS NULL"
SEQUENCE = BigInteger().with_variant(Integer, "sqlite")


class Entry(Base):
    """One act, disclosure or refusal. `position` is its leaf in the tree, given when it is sealed in."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        Index(None, "case_id", "seq"),
        Index(None, "case_id", "actor_id", "event", "at"),
        Index(None, "actor_id", "event", "at"),
        Index(None, "position", unique=True),
        Index("ix_ledger_entries_waiting", "seq", sqlite_where=text(WAITING), postgresql_where=text(WAITING)),
    )

    seq: Mapped[int] = plain(SEQUENCE, primary_key=True, autoincrement=True, why="order of writing")
    id: Mapped[str] = plain(Uuid(as_uuid=False), unique=True, why="random identifier")
    at: Mapped[datetime] = plain(UtcTime, why="when")
    event: Mapped[str] = plain(String(40), why="name of an act, repeated in the sealed body")
    case_id: Mapped[str | None] = plain(Uuid(as_uuid=False), why="random identifier")
    actor_id: Mapped[str | None] = plain(Uuid(as_uuid=False), why="random identifier")
    body_: Mapped[bytes] = sealed(name="body")
    position: Mapped[int | None] = plain(SEQUENCE, why="place in the tree")
    mac: Mapped[bytes | None] = plain(LargeBinary(32), why="keyed hash of place and sealed body")


class Head(Base):
    """The signed head of the tree: one row, moved forward by whoever seals entries in."""

    __tablename__ = "ledger_head"

    id: Mapped[int] = plain(Integer, primary_key=True, autoincrement=False, why="always 1")
    size: Mapped[int] = plain(SEQUENCE, why="number of leaves")
    frontier: Mapped[bytes] = plain(LargeBinary, why="hashes")
    root: Mapped[bytes] = plain(LargeBinary(32), why="hash")
    at: Mapped[datetime] = plain(UtcTime, why="when")
    signature: Mapped[bytes] = plain(LargeBinary, why="signature")
