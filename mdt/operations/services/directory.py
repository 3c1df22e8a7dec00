"""The directory in force, and how another comes into its place: read, looked at as a whole, then put in force at once.

An edition is kept whole, so none is ever half there. What is in force is read once a process and edition, and asked in
memory; each page asks the database only which edition that is.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from mdt.models import Agency, Edition, Partner, User, db, is_id, new_id, now
from mdt.models.base import locked
from mdt.models.sealing import index_of
from mdt.operations.access import Person
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.services import finding
from mdt.operations.services.echoes import Known
from mdt.operations.services.finding import Entry, Index
from mdt.operations.services.hsds import Damaged, Directory, empty, read
from mdt.operations.services.hsds.reading import Reading
from mdt.operations.services.settling import SHOWN, Settled, changes, confidential, settle, shut

LARGEST = 24 * 1024 * 1024
"""Bytes of a file at most."""
UNPACKED = 512 * 1024 * 1024
KEPT = 8
"""Editions that were in force and are kept, so that one can go back."""


class NotTaken(Refused):
    """A file that is damaged. What is wrong is told with its place, and kept nowhere."""

    def __init__(self, damage: Damaged) -> None:
        super().__init__("This file cannot be taken in.", reason="damaged", code=422)
        self.problems, self.more = damage.problems, damage.more


@dataclass(frozen=True, slots=True)
class Waiting:
    """An edition that was read and is not in force: what it changes, and what one should know before."""

    id: str
    made_at: datetime
    by: str
    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    counts: Mapping[str, int]
    rows: Mapping[str, tuple[int, int, int]]
    notes: tuple[str, ...]
    stale: bool

    @property
    def nothing(self) -> bool:
        return not self.rows


@dataclass(frozen=True, slots=True)
class Past:
    """An edition that was in force."""

    id: str
    put_at: datetime
    by: str


_held: dict[str | None, Index] = {None: finding.index(None, empty())}


def in_force() -> Index:
    """The directory as it is in force, ready to be asked: one question to the database, two when it has changed."""
    newest = _newest()
    if newest not in _held:
        made = finding.index(newest, _unpacked(newest))
        for old in [one for one in _held if one is not None]:
            _held.pop(old, None)
        _held[newest] = made
    return _held[newest]


def find(service_id: str) -> Entry:
    """A service of the directory in force, or as if there were none."""
    found = in_force().by_id.get(service_id)
    if found is None:
        raise not_there()
    return found


def take_in(name: str, content: bytes, *, whole: bool, by: Person) -> str:
    """Read a file into an edition that waits; what waited before is forgotten. Damaged if it cannot be taken in; then
    nothing of it is kept."""
    with recorded("directory.read", by=by, whole=whole) as entry:
        base = in_force()
        try:
            settled = settle(read(name, content), base.directory, whole=whole, known=_known(base.id), mark=mark)
        except Damaged as no:
            raise NotTaken(no) from None
        db.session.execute(delete(Edition).where(Edition.put_at.is_(None)))
        made = Edition(
            id=new_id(), made_at=now(), made_by=by.id, packed=_packed(settled.directory),
            preview=_preview(settled, base.id),
        )  # fmt: skip
        db.session.add(made)
        entry["edition"] = made.id
    return made.id


def lay(settled: Settled, *, at: datetime) -> None:
    """Put a directory in force that nobody has to look at, within an act: the first one."""
    packed, preview = _packed(settled.directory), _preview(settled, None)
    made = Edition(id=new_id(), made_at=at, put_at=at, packed=packed, preview=preview)
    db.session.add(made)
    db.session.flush()
    _shut_past(made.id)


def waiting(edition_id: str | None = None) -> Waiting | None:
    """The edition that waits to be put in force."""
    rows = select(Edition).where(Edition.put_at.is_(None)).order_by(Edition.made_at.desc())
    row = db.session.scalars(rows.limit(1)).first()
    if row is None or edition_id not in (None, row.id):
        return None
    said, by = row.preview, db.session.get(User, row.made_by) if row.made_by else None
    lists = {name: tuple(said[name]) for name in ("new", "changed", "gone", "notes")}
    tables = {name: tuple(counts) for name, counts in said["rows"].items()}
    return Waiting(
        id=row.id, made_at=row.made_at, by=by.name if by else "Somebody", counts=said["counts"], rows=tables,
        stale=said["base"] != _newest(), **lists,
    )  # fmt: skip


def put_in_force(edition_id: str, *, by: Person) -> None:
    """Let this edition be the directory. Refused if another came into force since it was read."""
    with recorded("directory.put_in_force", by=by, edition=edition_id):
        row = locked(Edition, edition_id) if is_id(edition_id) else None
        if row is None or row.put_at is not None:
            raise not_there()
        if row.preview["base"] != _newest():
            raise Refused("Another directory came into force meanwhile. Send the file again.", reason="overtaken")
        _put(row, row.preview["base"])


def _put(row: Edition, base: str | None) -> None:
    """Put it in force, within an act; only so many of those before are kept, and none of them says what is closed
    now."""
    row.put_at = now()
    db.session.flush()
    old = select(Edition.id).where(Edition.put_at.is_not(None)).order_by(Edition.put_at.desc()).offset(KEPT)
    db.session.execute(delete(Edition).where(Edition.id.in_(list(db.session.scalars(old)))))
    if _marks(base) != _marks(row.id) or confidential(_unpacked(base)) != confidential(_unpacked(row.id)):
        _shut_past(row.id)


def _shut_past(edition_id: str) -> None:
    """Take out of the editions that are kept, and of one that waits, where what is confidential now was."""
    directory, known = _unpacked(edition_id), _known(edition_id)
    for row in db.session.scalars(select(Edition).where(Edition.id != edition_id)):
        held = _unpacked(row.id)
        if shut(held, directory, known, mark):
            row.packed = _packed(held)


def amend(part: Reading, before: Directory, *, by: Person, service: str) -> None:
    """Put what somebody changed by hand in force at once: `part` over `before`, which is the directory in force
    without what was emptied. Damaged if it cannot stand; then nothing is changed."""
    with recorded("directory.amended", by=by, service=service) as entry:
        base = in_force()
        settled = settle(part, before, whole=False, known=_known(base.id), mark=mark)
        settled = replace(settled, changes=changes(base.directory, settled.directory))
        packed, preview = _packed(settled.directory), _preview(settled, base.id)
        row = Edition(id=new_id(), made_at=now(), made_by=by.id, packed=packed, preview=preview)
        db.session.add(row)
        db.session.flush()
        _put(row, base.id)
        entry["edition"] = row.id


def forget(edition_id: str, *, by: Person) -> None:
    """Put an edition away that waits."""
    with recorded("directory.forgotten", by=by, edition=edition_id):
        row = locked(Edition, edition_id)
        if row is None or row.put_at is not None:
            raise not_there()
        db.session.delete(row)


def past() -> tuple[Past, ...]:
    """The editions that were in force before this one, the latest first."""
    rows = select(Edition.id, Edition.put_at, Edition.made_by).where(Edition.put_at.is_not(None))
    found = db.session.execute(rows.order_by(Edition.put_at.desc()).offset(1)).all()
    people = db.session.scalars(select(User).where(User.id.in_({row.made_by for row in found})))
    names = {one.id: one.name for one in people}
    return tuple(Past(row.id, row.put_at, names.get(row.made_by, "Somebody")) for row in found)


def go_back(edition_id: str, *, by: Person) -> str:
    """Let an edition that was in force wait again, to be looked at and put in force."""
    with recorded("directory.taken_up_again", by=by, edition=edition_id) as entry:
        row = locked(Edition, edition_id) if is_id(edition_id) else None
        if row is None or row.put_at is None:
            raise not_there()
        base = in_force()
        try:  # what became confidential since was not yet closed in it
            before, known = Reading(rows=_unpacked(edition_id)), _known(base.id)
            settled = settle(before, base.directory, whole=True, known=known, mark=mark)
        except Damaged as no:
            words = f"It cannot come back as it was. {no.problems[0].sentence}"
            raise Refused(words, reason="damaged", code=422) from None
        preview = _preview(replace(settled, notes=("This was the directory before.", *settled.notes)), base.id)
        db.session.execute(delete(Edition).where(Edition.put_at.is_(None)))
        packed = _packed(settled.directory)
        made = Edition(id=new_id(), made_at=now(), made_by=by.id, packed=packed, preview=preview)
        db.session.add(made)
        entry["edition"] = made.id
    return made.id


def partners() -> dict[str, str]:
    """Which agency each organisation of the directory is here, by identifiers."""
    return {
        row.organization_id: row.agency_id
        for row in db.session.execute(select(Partner.organization_id, Partner.agency_id))
    }


def agencies() -> tuple[tuple[str, str], ...]:
    """The agencies that an organisation can be, by name."""
    rows = db.session.scalars(select(Agency).where(Agency.role.not_in(("PM", "SC"))))
    return tuple(sorted(((one.id, one.name) for one in rows), key=lambda one: one[1]))


def name_partner(organization_id: str, agency_id: str | None, *, by: Person) -> None:
    """Say which agency an organisation of the directory is here, or that it is none."""
    with recorded("directory.partner_named", by=by, organization=organization_id, agency=agency_id):
        known = {one for one, _ in in_force().organizations}
        if organization_id not in known or agency_id not in {None, *(one for one, _ in agencies())}:
            raise not_there()
        db.session.execute(delete(Partner).where(Partner.organization_id == organization_id))
        if agency_id:
            db.session.add(Partner(organization_id=organization_id, agency_id=agency_id))


def mark(phrase: str) -> str:
    """By what words that tell where a confidential place is are known again, without being kept."""
    return index_of("confidential place", phrase).hex()


def _known(edition_id: str | None) -> Known:
    """The marks of the closed places of an edition."""
    return {
        one: frozenset((int(size), str(found)) for size, found in marks)
        for one, marks in (_marks(edition_id) or {}).items()
    }  # fmt: skip


def _marks(edition_id: str | None) -> dict[str, list[list[Any]]] | None:
    """The same as they are kept; None of an edition of a time when none were."""
    said = db.session.scalar(select(Edition.preview).where(Edition.id == edition_id)) or {}
    found: dict[str, list[list[Any]]] | None = said.get("known")
    return found


def _newest() -> str | None:
    rows = select(Edition.id).where(Edition.put_at.is_not(None)).order_by(Edition.put_at.desc(), Edition.id)
    return db.session.scalar(rows.limit(1))


def _packed(directory: Directory) -> bytes:
    return zlib.compress(json.dumps(directory, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def _unpacked(edition_id: str | None) -> Directory:
    packed = db.session.scalar(select(Edition.packed).where(Edition.id == edition_id))
    found: Directory = json.loads(zlib.decompress(packed)) if packed else {}
    return empty() | found


def _preview(settled: Settled, base: str | None) -> dict[str, object]:
    found, lists = settled.changes, ("new", "changed", "gone")
    return {
        "base": base, "notes": list(settled.notes), "counts": {one: len(getattr(found, one)) for one in lists},
        "rows": asdict(found)["rows"], "known": {one: sorted(marks) for one, marks in settled.known.items()},
        **{one: list(getattr(found, one)[:SHOWN]) for one in lists},
    }  # fmt: skip


__all__ = [
    "LARGEST", "NotTaken", "Past", "Waiting", "agencies", "amend", "find", "forget", "go_back", "in_force", "lay",
    "mark", "name_partner", "partners", "past", "put_in_force", "take_in", "waiting",
]  # fmt: skip
