"""How a verb acts: in one transaction, with one ledger entry; a refusal is recorded too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol

from mdt.models import begin_writing, db
from mdt.models.base import ensure_writing
from mdt.operations import ledger

_along: ContextVar[Callable[[], None] | None] = ContextVar("along", default=None)


class Actor(Protocol):
    """Whoever acts: a signed-in person."""

    @property
    def id(self) -> str: ...


class Refused(Exception):
    """A verb says no. The message is for the person who asked: what to do, not what was wrong.

    `reason` is a short code for the ledger, which keeps no content; `back` where to go on.
    """

    def __init__(self, message: str, *, reason: str, code: int = 409, back: str | None = None) -> None:
        super().__init__(message)
        self.reason, self.code, self.back = reason, code, back


def not_there() -> Refused:
    """What is not there, and what may not be known of: one answer."""
    return Refused("There is nothing here for you.", reason="not_found", code=404)


@dataclass(slots=True)
class Record:
    """What the entry will say beside event, time, case and actor."""

    about: dict[str, Any] = field(default_factory=dict)

    def __setitem__(self, name: str, value: Any) -> None:
        self.about[name] = value


@contextmanager
def along(act: Callable[[], None]) -> Iterator[None]:
    """What is recorded within does this, too, in the same transaction."""
    token = _along.set(act)
    try:
        yield
    finally:
        _along.reset(token)


@contextmanager
def recorded(event: str, *, by: Actor | None, case: str | None = None, **about: Any) -> Iterator[Record]:
    """Commit the act together with its ledger entry; a refusal is recorded too, and raised on."""
    record, actor = Record(dict(about)), by.id if by else None
    ensure_writing()
    try:
        yield record
        if beside := _along.get():
            beside()
        db.session.flush()
        ledger.write(event, case, actor, record.about)
        db.session.commit()
        ledger.seal_in_soon()
    except Refused as no:
        _record_refusal(event, case, actor, record.about, no.reason)
        raise
    except BaseException:
        db.session.rollback()
        raise


def _record_refusal(event: str, case: str | None, actor: str | None, about: dict[str, Any], reason: str) -> None:
    begin_writing()
    ledger.write(f"{event}.refused", case, actor, about | {"reason": reason})
    db.session.commit()
