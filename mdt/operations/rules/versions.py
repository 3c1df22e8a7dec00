"""The versions of the rules: who signed what and when, what each says, and what lies between two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from mdt.models import Rules, db
from mdt.operations.acts import not_there
from mdt.operations.rules.force import of
from mdt.sharing.matrix import diff
from mdt.sharing.profile import Profile, load
from mdt.sharing.writing import text_of

SHIPPED = "shipped"


@dataclass(frozen=True, slots=True)
class Version:
    """One version: what it changed, in sentences, and what was measured when it was signed."""

    id: str
    version: int
    signed_at: datetime | None
    signer: str
    effect: dict[str, Any]

    @property
    def shipped(self) -> bool:
        return self.id == SHIPPED


def versions(name: str) -> tuple[Version, ...]:
    """Every version of these rules that was ever in force, the newest first; the last came with the application."""
    rows = db.session.scalars(
        select(Rules).where(Rules.profile == name, Rules.signed_at.is_not(None)).order_by(Rules.version.desc())
    )
    shipped = Version(SHIPPED, int(load(name).version), None, "", {})
    return (*(_version(row) for row in rows), shipped)


def profile_of(name: str, version: int) -> Profile:
    """The profile of this version."""
    return of(name, _known_as(name, version))


def _known_as(name: str, version: int) -> str | None:
    """The identifier of this version; None for the one that came with the application."""
    found = next((one for one in versions(name) if one.version == version), None)
    if found is None:
        raise not_there()
    return None if found.shipped else found.id


def between(name: str, old: int, new: int) -> tuple[str, ...]:
    """Who gains and who loses what from one version to another."""
    return diff(profile_of(name, old), profile_of(name, new))


def file(name: str, version: int) -> str:
    """A version as a file that stands alone."""
    return _text(name, _known_as(name, version))


@lru_cache(maxsize=32)
def _text(name: str, version_id: str | None) -> str:
    """Kept, since no version ever changes, and to write one out takes a quarter of a second."""
    return text_of(of(name, version_id).raw)


def _version(row: Rules) -> Version:
    signer = ", ".join(part for part in (row.signer.name, row.signer.title) if part) if row.signer else ""
    return Version(row.id, row.version, row.signed_at, signer, row.effect or {})
