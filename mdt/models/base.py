"""The ground every noun stands on: the database, its times, and what a column may hold.

A column is either sealed (`sealed()`, with `Sealed` beside it) or plain for a reason given on the
spot (`plain(...)`). A test walks the schema and refuses any other.
"""

from __future__ import annotations

import sqlite3
import uuid
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from zoneinfo import ZoneInfo

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, LargeBinary, MetaData, Uuid, event, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection, CursorResult, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, Mapper, mapped_column
from sqlalchemy.sql import Executable
from sqlalchemy.types import TypeDecorator

WRITES = "mdt_writes"
"""Execution option of a connection whose transaction will write: SQLite then takes its lock at once."""

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=10000",
    "secure_delete=ON",
    "trusted_schema=OFF",
    "temp_store=MEMORY",
)


class UtcTime(TypeDecorator[datetime]):
    """An aware time, stored in UTC. A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must be aware")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table. Names of constraints are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)


def now() -> datetime:
    """The present, aware, in UTC: the one place where the application reads its clock."""
    return datetime.now(UTC)


def today(timezone: str | None) -> date:
    """The day it is in this time zone, in UTC without one: an agency's day, which at its evening is not UTC's."""
    return now().astimezone(ZoneInfo(timezone) if timezone else UTC).date()


def new_id() -> str:
    """A public identifier: random, so that it tells neither order nor number."""
    return str(uuid.uuid4())


def is_id(text: str | None) -> bool:
    """Whether this is an identifier as ours are written. What is none is asked of no database."""
    try:
        return str(uuid.UUID(text or "")) == text
    except ValueError:
        return False


def plain(*args: Any, why: str, **kwargs: Any) -> MappedColumn[Any]:
    """A column that may be read in the database file, and why."""
    return mapped_column(*args, info={"plain": why}, **kwargs)


def sealed(*args: Any, **kwargs: Any) -> MappedColumn[Any]:
    """A column that holds only envelopes of the vault."""
    return mapped_column(*args, type_=LargeBinary, info={"sealed": True}, **kwargs)


def id_column() -> MappedColumn[str]:
    return plain(Uuid(as_uuid=False), primary_key=True, default=new_id, why="random identifier")


class Identified:
    """A row known by a random identifier, given before anything in it is sealed."""

    if TYPE_CHECKING:
        __mapper__: ClassVar[Mapper[Any]]  # the mapping gives it to every class that stands for a table

    id: Mapped[str] = id_column()

    def __init__(self, **values: Any) -> None:
        self.id = values.pop("id", None) or new_id()
        for name in sorted(values, key=lambda name: name in self.__mapper__.all_orm_descriptors, reverse=True):
            setattr(self, name, values[name])

    def scope(self) -> tuple[str, str | None] | None:
        """Whose key seals this row: here the platform's own."""
        return None


Row = TypeVar("Row", bound=Identified)


def insert_or_ignore(table: type[Base], **values: Any) -> Any:
    """An INSERT that yields to a row of the same key that is there already."""
    postgresql = db.session.get_bind().dialect.name == "postgresql"
    return (pg_insert if postgresql else sqlite_insert)(table).values(**values).on_conflict_do_nothing()


def rows_changed(statement: Executable) -> int:
    """Carry out an INSERT, UPDATE or DELETE in this transaction; how many rows it touched."""
    done = db.session.execute(statement)
    assert isinstance(done, CursorResult)
    return done.rowcount


def locked(table: type[Row], row_id: str) -> Row | None:
    """A row as it is now, held against others until this transaction ends; None if there is none."""
    db.session.execute(select(table.id).where(table.id == row_id).with_for_update())
    return db.session.get(table, row_id, populate_existing=True)


@event.listens_for(Engine, "connect")
def _settle(connection: Any, _record: Any) -> None:
    """SQLite: durable, checked, forgetful of what was deleted; transactions are ours to begin."""
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """A transaction that will write takes the lock at once: no deadlock by upgrade, no stale guard."""
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get(WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def ensure_writing() -> None:
    """Go on in the transaction at hand if it writes; otherwise begin one that does.

    A second act of one request begins anew: a transaction that first read and then writes could be
    refused for what somebody else committed in between.
    """
    session = db.session()
    if not (session.in_transaction() and session.connection().get_execution_options().get(WRITES)):
        begin_writing()


def begin_writing() -> None:
    """Start this request's transaction as one that writes, before anything is read in it."""
    db.session.rollback()
    db.session.connection(execution_options={WRITES: True})


def read_only() -> None:
    """What this session asks from here on only reads: on PostgreSQL each question stands for itself there anyway, and
    is spared the words that begin and end a transaction, which on a slow line take as long as the question."""
    session = db.session()
    if session.get_bind().dialect.name == "postgresql" and not session.in_transaction():
        session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
