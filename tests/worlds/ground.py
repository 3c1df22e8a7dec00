"""The ground every random world stands on: agencies, people, one application, and a database that is laid anew.

Laying is copying a file (or cloning a database), so that a world costs milliseconds. The application is
made once; what it keeps in memory of the world before is forgotten when the next one is laid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import time_machine
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import text

from mdt import create_app
from mdt.models import Agency, Keys, Partner, User, begin_writing, db
from mdt.models.sealing import index_of
from mdt.operations import facts, ledger, schema
from mdt.operations.demo import services
from mdt.operations.services import directory
from mdt.settings import Settings
from mdt.sharing.vocabulary import Role
from tests.fixtures_app import close, quick
from tests.servers import Postgres

AT = datetime(2026, 3, 10, 15, tzinfo=UTC)
"""When every session begins."""
NAMES = UUID("3b0c6d0a-3f9d-4c1e-8f0e-70a1d0f0a7d5")
PASSWORD = "a word for tests only"
OFFICES: dict[str, dict[str, Any]] = {
    "county": {"role": Role.CW, "statutory_member": True},
    "tribe": {"role": Role.CW},
    "police": {"role": Role.LE, "statutory_member": True},
    "sheriff": {"role": Role.LE, "mou_until": date(2026, 1, 1)},
    "attorney": {"role": Role.DA, "statutory_member": True},
    "court": {"role": Role.CT},
    "guardians": {"role": Role.GAL},
    "probation": {"role": Role.JJ, "statutory_member": True},
    "clinic": {"role": Role.HC, "statutory_member": True},
    "hospital": {"role": Role.HC, "part2": True},
    "harbor": {"role": Role.BH, "statutory_member": True},
    "newpath": {"role": Role.BH, "part2": True},
    "school": {"role": Role.ED, "statutory_member": True},
    "opendoor": {"role": Role.VC, "vsp": "vawa"},
    "safehouse": {"role": Role.VC, "vsp": "voca", "rhy": True},
    "witness": {"role": Role.VS, "statutory_member": True},
    "hearth": {"role": Role.NP},
    "runaway": {"role": Role.NP, "rhy": True},
    "survivors": {"role": Role.SC},
    "policy": {"role": Role.PM},
}
"""The agencies; where nothing is said, their agreement runs."""
FIRST = ("Ada", "Ben")
FAMILY = {"mother": "CG", "aunt": "CG", "youth": "YT"}
"""Accounts that are people of a case, by the part they have in it."""


@cache
def known(name: str) -> str:
    """The identifier of whatever has this name in the ground."""
    return str(uuid5(NAMES, name))


@cache
def staff(office: str) -> tuple[str, ...]:
    """The people of an agency, by identifier."""
    return tuple(known(f"{first} of {office}") for first in FIRST)


ADMINISTRATOR, OUTSIDER, COUNSEL = known("administrator"), known("outsider"), known("counsel")


@dataclass
class Ground:
    """One application over a database that can be laid anew. `pristine` is the ground with nobody's case on it."""

    app: Flask
    snapshot: Callable[[], Any]
    lay: Callable[[Any], None]
    drop: Callable[[Any], None] = lambda _snapshot: None
    pristine: Any = None

    def fresh(self, snapshot: Any) -> None:
        """Lay this world, and forget whatever was kept of another."""
        self.still()
        self.lay(snapshot)
        self.app.extensions["mdt.keys"] = Keys(self.app.extensions["mdt.settings"].masters)
        facts.forget_all()

    def still(self) -> None:
        """No thread and no connection is at the database."""
        with self.app.app_context():
            db.session.remove()
            if scribe := self.app.extensions.pop("mdt.scribe", None):
                scribe.close()
            db.engine.dispose()


@contextmanager
def on_sqlite(folder: Path) -> Iterator[Ground]:
    """The ground in a file of this folder."""
    file = folder / "mdt.sqlite"

    def snapshot() -> bytes:
        with ground.app.app_context(), db.engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        ground.still()
        return file.read_bytes()

    def lay(content: bytes) -> None:
        for old in folder.glob("mdt.sqlite*"):
            old.unlink()
        file.write_bytes(content)

    ground = Ground(_application(folder, None), snapshot, lay)
    yield from _laid(ground)


@contextmanager
def on_postgres(folder: Path, postgres: Postgres) -> Iterator[Ground]:
    """The ground in a PostgreSQL database; a snapshot is a database of its own, copied over the first."""
    url = postgres.fresh()

    def snapshot() -> str:
        ground.still()
        return postgres.fresh(like=url)

    ground = Ground(_application(folder, url), snapshot, lambda kept: postgres.lay(url, like=kept), postgres.drop)
    yield from _laid(ground)


def _laid(ground: Ground) -> Iterator[Ground]:
    soon, ledger.SOON_SECONDS = ledger.SOON_SECONDS, 0.0
    try:
        with time_machine.travel(AT - timedelta(days=90), tick=False), ground.app.app_context():
            schema.upgrade()
            _people_it()
        ground.pristine = ground.snapshot()
        yield ground
    finally:
        ledger.SOON_SECONDS = soon
        close(ground.app)


def _env(folder: Path, url: str | None) -> dict[str, str]:
    return {"MDT_DEMO": "1", "MDT_INSTANCE": str(folder)} | ({"DATABASE_URL": url} if url else {})


def _application(folder: Path, url: str | None) -> Flask:
    return quick(create_app(Settings.read(_env(folder, url))))


def _people_it() -> None:
    begin_writing()
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    for slug, about in OFFICES.items():
        terms = {"mou_until": date(2027, 1, 1)} | about
        db.session.add(Agency(id=known(slug), name=f"Agency {slug.title()}", **terms))
    db.session.flush()
    for slug, about in OFFICES.items():
        for first, user_id in zip(FIRST, staff(slug), strict=True):
            medical, custodian = about["role"] in (Role.HC, Role.BH), first == "Ada"
            _account(user_id, f"{first} {slug.title()}", cheap, agency_id=known(slug), role=about["role"],
                     medical=medical, custodian=custodian)  # fmt: skip
    for person, role in FAMILY.items():
        _account(known(person), f"Family {person.title()}", cheap, role=role, person=person)
    _account(ADMINISTRATOR, "Root Operator", cheap, admin=True)
    _account(COUNSEL, "County Counsel", cheap, agency_id=known("county"), counsel=True)
    _account(OUTSIDER, "Out Sider", cheap, agency_id=known("hearth"), role=Role.NP)
    directory.lay(services.settled(), at=AT - timedelta(days=80))
    partners = {one: slug for one, slug in services.partners().items() if slug in OFFICES}
    db.session.add_all(Partner(organization_id=one, agency_id=known(slug)) for one, slug in partners.items())
    db.session.commit()


def _account(user_id: str, name: str, password: str, **about: Any) -> None:
    db.session.add(
        User(
            id=user_id, name=name, title=None, login=login(user_id), login_index=index_of("login", login(user_id)),
            password_hash=password, acknowledged_at=AT - timedelta(days=80), **about,
        )
    )  # fmt: skip
    db.session.flush()


def login(user_id: str) -> str:
    """The sign-in name of somebody of the ground."""
    return f"{user_id[:8]}@ground.example"


__all__ = [
    "ADMINISTRATOR",
    "AT",
    "COUNSEL",
    "FAMILY",
    "OFFICES",
    "OUTSIDER",
    "PASSWORD",
    "Ground",
    "known",
    "login",
    "on_postgres",
    "on_sqlite",
    "staff",
]
