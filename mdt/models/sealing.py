"""Sealed columns, and the keys they are sealed with.

A scope says whose key: None is the platform's own, (organisation, None) an organisation's,
(organisation, young person) the key of both. Keys are made at first use, kept wrapped in the
database, and held unwrapped in memory only.
"""

from __future__ import annotations

import hmac
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from threading import Lock
from typing import Any

from flask import current_app
from sqlalchemy import String, event, select
from sqlalchemy.orm import Mapped, Session

from mdt.models import codec
from mdt.models.base import Base, UtcTime, db, insert_or_ignore, plain, rows_changed, sealed
from mdt.vault.keys import Keyring, Use, blind_index, new_key, subkey, tag, unwrap, wrap
from mdt.vault.seal import DataKey, Place, Unopenable, key_named_in, open_value, seal_value

Scope = tuple[str, str | None] | None
BASE = "base"
HELD_AT_MOST = 8192


class StoredKey(Base):
    """A wrapped key. `wrapped` is emptied when it is destroyed, and the name is never used again."""

    __tablename__ = "keys"

    name: Mapped[str] = plain(String(100), primary_key=True, why="random identifiers")
    wrapped: Mapped[bytes | None] = sealed()
    destroyed_at: Mapped[datetime | None] = plain(UtcTime, why="when")


class Keys:
    """The keys of this process: found by scope, held unwrapped for a while."""

    def __init__(self, masters: Keyring) -> None:
        self.masters = masters
        self._held: OrderedDict[str, DataKey] = OrderedDict()
        self._derived: dict[tuple[Use, str], bytes] = {}
        self._lock = Lock()

    def of(self, scope: Scope) -> DataKey:
        """The key for this scope. Unopenable if it was destroyed."""
        if scope is None:
            return self._named(BASE)
        org, youth = scope
        return self._named(f"org:{org}" if youth is None else f"youth:{youth}:{org}")

    def subkey(self, use: Use, context: str = "") -> bytes:
        """32 bytes for one use, the same after every rotation."""
        found = self._derived.get((use, context))
        if found is None:
            found = self._derived[use, context] = subkey(self.of(None), use, context)
        return found

    def made(self, scope: tuple[str, str]) -> tuple[DataKey, dict[str, Any]]:
        """A key for a young person nobody knew before, and the row to keep it in; for writing many at once."""
        name, key = f"youth:{scope[1]}:{scope[0]}", new_key()
        return key, {"name": name, "wrapped": wrap(self.of((scope[0], None)), key, name), "destroyed_at": None}

    def found(self, org: str, youth_ids: Iterable[str]) -> dict[str, DataKey]:
        """The keys of many young people at one organisation, in one query; a destroyed one is left out."""
        names = {f"youth:{one}:{org}": one for one in youth_ids}
        rows = db.session.execute(
            select(StoredKey.name, StoredKey.wrapped).where(StoredKey.name.in_(names), StoredKey.wrapped.is_not(None))
        )
        parent = self.of((org, None))
        return {names[row.name]: self._held.get(row.name) or unwrap(parent, row.wrapped, row.name) for row in rows}

    def forget(self, name: str) -> None:
        with self._lock:
            self._held.pop(name, None)

    def _named(self, name: str) -> DataKey:
        key = self._held.get(name) or db.session.info.get("new_keys", {}).get(name)
        return key or self._stored(name)

    def _stored(self, name: str) -> DataKey:
        row = db.session.execute(
            select(StoredKey.wrapped, StoredKey.destroyed_at).where(StoredKey.name == name)
        ).first()
        if row is None:
            return self._make(name)
        if row.wrapped is None:
            raise Unopenable
        key = self._unwrapped(name, row.wrapped)
        self.hold(name, key)
        return key

    def _unwrapped(self, name: str, wrapped: bytes) -> DataKey:
        parent = self._parent(name)
        return self.masters.unwrap(wrapped, name) if parent is None else unwrap(self._named(parent), wrapped, name)

    def _parent(self, name: str) -> str | None:
        return f"org:{name.rpartition(':')[2]}" if name.startswith("youth:") else None

    def _make(self, name: str) -> DataKey:
        """A new key, held for this transaction; whoever else was first wins."""
        key, parent = new_key(), self._parent(name)
        wrapped = self.masters.wrap(key, name) if parent is None else wrap(self._named(parent), key, name)
        made = rows_changed(insert_or_ignore(StoredKey, name=name, wrapped=wrapped))
        if not made:
            return self._stored(name)
        db.session.info.setdefault("new_keys", {})[name] = key
        return key

    def hold(self, name: str, key: DataKey) -> None:
        with self._lock:
            self._held[name] = key
            if len(self._held) > HELD_AT_MOST:
                self._held.popitem(last=False)


def keys() -> Keys:
    """The keys of the application at hand."""
    held: Keys = current_app.extensions["mdt.keys"]
    return held


@event.listens_for(Session, "after_commit")
def _keep_new_keys(session: Session) -> None:
    for name, key in session.info.pop("new_keys", {}).items():
        keys().hold(name, key)


@event.listens_for(Session, "after_rollback")
def _drop_new_keys(session: Session) -> None:
    session.info.pop("new_keys", None)


class Sealed:
    """An attribute that is sealed to its table, row and column under the key of the row's scope."""

    def __init__(self, column: str, shape: type[Any] | None = None) -> None:
        self.column, self.shape = column, shape

    def __get__(self, row: Any, owner: type[Any]) -> Any:
        if row is None:
            return self
        envelope = getattr(row, self.column)
        return None if envelope is None else self.opened(row.scope(), row.id, envelope, owner.__tablename__)

    def opened(self, scope: Scope, row_id: str, envelope: bytes, table: str) -> Any:
        """The value in an envelope fetched without its row object."""
        stored = open_value(keys().of(scope), envelope, Place(table, row_id, self.column))
        return stored if self.shape is None else codec.load(self.shape, stored)

    def __set__(self, row: Any, value: Any) -> None:
        place = Place(row.__tablename__, row.id, self.column)
        closed = None if value is None else seal_value(keys().of(row.scope()), codec.dump(value), place)
        setattr(row, self.column, closed)


def index_of(column: str, value: str) -> bytes:
    """The keyed hash by which an identifier is found again; trimmed and case-folded."""
    return blind_index(keys().subkey(Use.BLIND_INDEX), column, value.strip().casefold())


def hash_of(token: str, use: str) -> bytes:
    """The keyed hash, 32 bytes, by which a secret handed out is known again; what is kept opens nothing."""
    return hmac.digest(keys().subkey(Use.SESSION, use), token.encode(), "sha256")


def tag_of(payload: bytes, context: str) -> str:
    """A mark that only this application can make, and that tells nothing."""
    return tagger(context)(payload)


def tagger(context: str) -> Callable[[bytes], str]:
    """What makes such marks, for making many."""
    return partial(tag, keys().subkey(Use.TAG, context))


__all__ = ["Keys", "Scope", "Sealed", "StoredKey", "hash_of", "index_of", "key_named_in", "keys", "tag_of", "tagger"]
