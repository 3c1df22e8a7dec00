"""The instruments: those that come with the software, and those an agency loads. Every version stays as it was.

Who manages an agency loads for it: its administrator has no agency here and reads no case, so it is whoever supervises
somebody at the agency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID, uuid5

from sqlalchemy import func, select

from mdt.models import Instrument as Row
from mdt.models import User, db, now
from mdt.models.base import insert_or_ignore
from mdt.operations.access import Person
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.screening.instrument import Instrument
from mdt.operations.screening.loading import load

SHIPPED = Path(__file__).parent / "instruments"
VERSIONS = UUID("9d1f2b1a-64a0-4d0c-8c5c-0d6b7a52c1f4")
"""The identifier of a version is made of this, its agency and its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version that can be used, or was. `number` counts those of one name at one agency; 0 comes with mdt."""

    id: str
    name: str
    number: int
    loaded_at: datetime | None
    retired_at: datetime | None
    instrument: Instrument

    @property
    def title(self) -> str:
        return self.instrument.title


@cache
def shipped() -> Mapping[str, Version]:
    """What comes with the software, by name."""
    found = [_shipped(path) for path in sorted(SHIPPED.glob("*.json"))]
    return {one.name: one for one in found}


def _shipped(path: Path) -> Version:
    file = path.read_bytes()
    return _version(_id(None, file), load(file), 0, None, None)


def _id(agency_id: str | None, file: bytes) -> str:
    return str(uuid5(VERSIONS, f"{agency_id or ''}\n{file.decode()}"))


def _version(id: str, made: Instrument, number: int, loaded: datetime | None, retired: datetime | None) -> Version:
    return Version(id=id, name=made.name, number=number, loaded_at=loaded, retired_at=retired, instrument=made)


def manages(me: Person) -> bool:
    """Whether this person answers for what their agency uses: they supervise somebody there."""
    if me.agency_id is None or me.role is None:
        return False
    theirs = select(User.id).where(User.supervisor_id == me.id, User.agency_id == me.agency_id, User.active)
    return db.session.scalar(theirs.limit(1)) is not None


def of_agency(agency_id: str | None) -> tuple[Version, ...]:
    """Every version that an agency loaded, the newest first."""
    if agency_id is None:
        return ()
    rows = select(Row).where(Row.agency_id == agency_id).order_by(Row.name, Row.number.desc())
    return tuple(_of(row) for row in db.session.scalars(rows))


def usable(agency_id: str | None) -> dict[str, Version]:
    """What an agency fills in now, by name: the newest of its own that is in use, before what comes with mdt."""
    found = dict(shipped())
    newest: dict[str, Version] = {}
    for one in of_agency(agency_id):
        newest.setdefault(one.name, one)
    return found | {name: one for name, one in newest.items() if one.retired_at is None}


def pinned(version_id: str) -> Version:
    """The very version that something was filled in with."""
    known = next((one for one in shipped().values() if one.id == version_id), None)
    return known or _of(db.session.get_one(Row, version_id))


def pin(version: Version) -> str:
    """Keep this version, within an act, so that what is filled in with it can always be read with it."""
    if version.number == 0 and db.session.get(Row, version.id) is None:
        file = (SHIPPED / f"{version.name}.json").read_text()
        made = Row(id=version.id, agency_id=None, name=version.name, number=0, file=file)
        columns = {one.name: getattr(made, key) for key, one in Row.__mapper__.columns.items()}
        db.session.execute(insert_or_ignore(Row, **columns))
    return version.id


def _of(row: Row) -> Version:
    return _version(row.id, _loaded(row.id, row.file), row.number, row.loaded_at, row.retired_at)


_parsed: dict[str, Instrument] = {}


def _loaded(version_id: str, file: str) -> Instrument:
    """Parsed once: a version never changes."""
    if version_id not in _parsed:
        if len(_parsed) > 200:
            _parsed.clear()
        _parsed[version_id] = load(file.encode())
    return _parsed[version_id]


def take_in(me: Person, file: bytes) -> Version:
    """Load an instrument for one's agency. Damaged, with the place, if the file is broken. The same file loaded twice
    is one version; after it was taken out of use it is in use again."""
    if not manages(me):
        raise not_there()
    made, version_id = load(file), _id(me.agency_id, file)
    with recorded("instrument.loaded", by=me, instrument=version_id):
        row = db.session.get(Row, version_id)
        if row is None:
            mine = select(func.count()).select_from(Row).where(Row.agency_id == me.agency_id, Row.name == made.name)
            number = (db.session.scalar(mine) or 0) + 1
            row = Row(id=version_id, agency_id=me.agency_id, name=made.name, number=number, loaded_by=me.id,
                      file=file.decode())  # fmt: skip
            db.session.add(row)
        row.retired_at = None
    return _of(row)


def retire(me: Person, version_id: str) -> None:
    """Take a version of one's agency out of use. What was filled in with it stays as it is."""
    if not manages(me):
        raise not_there()
    with recorded("instrument.retired", by=me, instrument=version_id):
        row = db.session.get(Row, version_id)
        if row is None or row.agency_id != me.agency_id:
            raise not_there()
        if row.retired_at is not None:
            raise Refused("It is out of use already.", reason="retired")
        row.retired_at = now()


__all__ = ["Version", "manages", "of_agency", "pin", "pinned", "retire", "shipped", "take_in", "usable"]
