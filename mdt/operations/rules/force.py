"""The rules in force: the newest signed version of a name, else the file that came with the application.

Which version that is, is read in the same transaction as the case (`NEWEST`), so no decision rests on
an older one. What is kept between reads is only what a version says, by its identifier: a signed
version never changes.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from sqlalchemy import ScalarSelect, inspect, select

from mdt.models import Case, Rules, db
from mdt.operations.rules.completing import Read, completed
from mdt.sharing.profile import Profile, ProfileError, load, names
from mdt.sharing.reading import Place, Table, read

NEWEST: ScalarSelect[str | None] = (
    select(Rules.id)
    .where(Rules.profile == Case.profile, Rules.signed_at.is_not(None))
    .order_by(Rules.version.desc())
    .limit(1)
    .correlate(Case)
    .scalar_subquery()
)
"""For a row of cases: the version its rules are in, None for the shipped file."""
KEPT_AT_MOST = 32


@dataclass(frozen=True, slots=True)
class InForce:
    """The rules of a name as they hold now. `id` None: the file that came with the application. `missing`: what came
    with the software since they were signed, in words; it is refused."""

    id: str | None
    version: int
    since: datetime | None
    profile: Profile
    missing: tuple[str, ...] = ()


def in_force(name: str) -> InForce:
    """What holds now under this name; ProfileError if there is no such profile."""
    newest = db.session.execute(
        select(Rules.id, Rules.version, Rules.signed_at)
        .where(Rules.profile == name, Rules.signed_at.is_not(None))
        .order_by(Rules.version.desc())
        .limit(1)
    ).first()
    if newest is None:
        shipped = load(name)
        return InForce(None, int(shipped.version), None, shipped)
    read = _of(newest.id)
    return InForce(newest.id, newest.version, newest.signed_at, read.profile, read.missing)


def of(name: str, version_id: str | None) -> Profile:
    """The profile of this version; the shipped one for None. Of an older one stands what it speaks of."""
    return load(name) if version_id is None else _of(version_id).profile


def _of(version_id: str) -> Read:
    return _kept.get(version_id) or _read(version_id)


def lacking() -> dict[str, tuple[str, ...]]:
    """What the versions in force do not speak of, by the name of their rules; for counsel, who signs the next."""
    signed = db.session.scalars(select(Rules.profile).where(Rules.signed_at.is_not(None)).distinct())
    found = {name: in_force(name).missing for name in sorted(signed)}
    return {name: missing for name, missing in found.items() if missing}


def effective(name_or_path: str) -> Profile:
    """What holds under this name here; the file itself for a path, and where there is no database yet."""
    if name_or_path not in names() or not inspect(db.engine).has_table(Rules.__tablename__):
        return load(name_or_path)
    return in_force(name_or_path).profile


def as_tables(text: str, file: str) -> Table:
    """A profile, or part of one, from its text. Unreadable with file and line."""
    said = read(text, file)
    if not isinstance(said, Table):
        raise ProfileError(Place(file, 1), "write keys and what they say, as in: mdt_statute: {window_days: 30}")
    return said


def _read(version_id: str) -> Read:
    row = db.session.execute(
        select(Rules.profile, Rules.version, Rules.whole_).where(Rules.id == version_id, Rules.signed_at.is_not(None))
    ).one()
    text = Rules.whole.opened(None, version_id, row.whole_, Rules.__tablename__)
    found = completed(as_tables(text, f"{row.profile} version {row.version}"))
    with _lock:
        _kept[version_id] = found
        while len(_kept) > KEPT_AT_MOST:
            _kept.popitem(last=False)
    return found


_kept: OrderedDict[str, Read] = OrderedDict()
_lock = Lock()
