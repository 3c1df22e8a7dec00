"""A county with very many cases: the supervisor is on all of them, each with a young person, a record and their name.

They are written as an import writes them, sealed one by one and inserted table by table, and kept under
`instance/bench/` for the next time, as long as the schema and this file are as they were.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from mdt import create_app
from mdt.models import Case, Item, ItemGroup, Member, Standing, StoredKey, Youth, begin_writing, db, new_id, now
from mdt.models.codec import dump
from mdt.models.sealing import keys
from mdt.operations import caseload, schema
from mdt.operations.demo import agencies, county, people
from mdt.settings import Settings
from mdt.sharing import facts
from mdt.sharing.fields import field
from mdt.sharing.vocabulary import Category, Purpose
from mdt.vault.seal import DataKey, Place, seal_value
from tests.bench.figures import PROJECT

READER = people.id_of("casey")
AT_ONCE = 5000
NAMES = ("Rowan", "Avery", "Juniper", "Malik", "Kai", "Mateo", "Priya", "Tala", "Ezra", "Imogen", "Yara", "Devi")
VALUES = {"name_in_use": "", "date_of_birth": "2011-03-04", "assigned_worker": "Casey Lindqvist, 555-0112"}
TABLES = (StoredKey, Youth, Case, Item, ItemGroup, Member)
Rows = dict[type[Any], list[dict[str, Any]]]


def folder_of(cases: int) -> Path:
    """An instance folder with this many cases: the one of the last time, or a new one."""
    folder = PROJECT / "instance" / "bench" / f"cases-{cases}"
    stamp = folder / "stamp"
    if not stamp.exists() or stamp.read_text() != _stamp():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        print(f"Writing {cases:,} invented cases; they are kept for the next time …", flush=True)
        env = os.environ | {"MDT_DEMO": "1", "MDT_INSTANCE": str(folder)}
        subprocess.run([sys.executable, "-m", "tests.bench.many_cases", str(cases)], cwd=PROJECT, env=env, check=True)
        stamp.write_text(_stamp())
    return folder


def _stamp() -> str:
    """What the written cases depend on: the schema, how things are sealed, and this file."""
    files = [*sorted(PROJECT.glob("migrations/versions/*.py")), *sorted(PROJECT.glob("mdt/vault/*.py")), Path(__file__)]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def write(cases: int) -> None:
    """Write the county and these cases into an empty database, the latest change of each a minute apart."""
    schema.upgrade()
    county.found(lambda _words: None)
    lead, at = agencies.id_of("county"), now()
    for first in range(0, cases, AT_ONCE):
        begin_writing()
        rows: Rows = {noun: [] for noun in TABLES}
        for number in range(first, min(first + AT_ONCE, cases)):
            _one(rows, lead, number, at - timedelta(minutes=number))
        for noun in TABLES:
            db.session.connection().execute(insert(noun.__table__), rows[noun])
        db.session.commit()


def _one(rows: Rows, lead: str, number: int, at: datetime) -> None:
    youth_id, case_id, item_id = new_id(), new_id(), new_id()
    key, stored = keys().made((lead, youth_id))
    case = facts.Case(id=case_id, lead=lead, youth=facts.Youth(born=date(2011, 3, 4)), opened=date(2026, 1, 5))
    about = {"fields": tuple(VALUES), "recorded": date(2026, 1, 5), "author": READER}
    item = facts.Item(id=item_id, category=Category.ID, source=lead, **about)
    rows[StoredKey].append(stored)
    rows[Youth].append({"id": youth_id, "agency_id": lead, "created_at": at})
    terms = _sealed(key, dump(case), Case, case_id, "terms_")
    rows[Case].append({"id": case_id, "youth_id": youth_id, "lead_id": lead, "terms": terms, "created_at": at})
    terms = _sealed(key, dump(item), Item, item_id, "terms_")
    rows[Item].append({
        "id": item_id, "case_id": case_id, "source_id": lead, "terms": terms, "created_at": at, "changed_at": at,
    })  # fmt: skip
    rows[ItemGroup] += _groups(key, item_id, VALUES | {"name_in_use": f"{NAMES[number % len(NAMES)]} {number}"})
    rows[Member].append({
        "id": new_id(), "case_id": case_id, "user_id": READER, "standing": Standing.ACCEPTED, "purpose": Purpose.PLAN,
        "invited_at": at, "since": at, "changed_at": at,
    })  # fmt: skip


def _groups(key: DataKey, item_id: str, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, value in values.items():
        group = field(Category.ID, name).group
        yield {"item_id": item_id, "group": group, "values": _sealed(key, {name: value}, ItemGroup, item_id, group)}


def _sealed(key: DataKey, value: Any, noun: type[Any], row: str, column: str) -> bytes:
    return seal_value(key, value, Place(noun.__tablename__, row, column))


def cursors(folder: Path, places: list[int]) -> list[str]:
    """What the pages that begin after these places of the list are asked for with."""
    app = create_app(Settings.read({"MDT_DEMO": "1", "MDT_INSTANCE": str(folder)}))
    wanted = select(Member.id, Member.changed_at).where(Member.user_id == READER, Member.standing == Standing.ACCEPTED)
    ordered = wanted.order_by(Member.changed_at.desc(), Member.id.desc())
    with app.app_context():
        return [caseload._cursor(db.session.execute(ordered.offset(place - 1).limit(1)).one()) for place in places]


if __name__ == "__main__":
    with create_app().app_context():
        write(int(sys.argv[1]))
