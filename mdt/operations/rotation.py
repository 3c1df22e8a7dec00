"""Changing the master key: what an older version wraps is wrapped under the newest, and nothing beneath is touched."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from mdt.models import db
from mdt.models.sealing import StoredKey, keys
from mdt.operations.acts import recorded

UNDER_OTHERS = "youth:%"
"""Keys that an organisation's key wraps, and no master."""


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """How many keys were wrapped anew, and the version that wraps all of them now."""

    count: int
    version: int


def rewrap() -> Rewrapped:
    """Wrap under the newest master version whatever an older one wraps, in one transaction; doing it twice changes
    nothing. Unopenable if a version is not held any more that something needs: then nothing is changed."""
    masters = keys().masters
    with recorded("keys.rewrapped", by=None) as entry:
        rows = select(StoredKey).where(StoredKey.wrapped.is_not(None), StoredKey.name.not_like(UNDER_OTHERS))
        stale = [row for row in db.session.scalars(rows) if row.wrapped and masters.stale(row.wrapped)]
        for row in stale:
            assert row.wrapped
            row.wrapped = masters.rewrap(row.wrapped, row.name)
        entry["count"], entry["version"] = len(stale), masters.current.version
    return Rewrapped(len(stale), masters.current.version)


__all__ = ["Rewrapped", "rewrap"]
