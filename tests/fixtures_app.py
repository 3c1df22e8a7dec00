"""The application over a real database, and people of the invented county signed in to it."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import text
from werkzeug.test import TestResponse

from mdt import create_app
from mdt.models import Keys, db, now
from mdt.operations import facts, schema
from mdt.operations.demo import county, people
from mdt.settings import Settings
from tests.rewinding import Rewinding
from tests.servers import Postgres

TEMPLATES = "MDT_TEST_TEMPLATES"
"""Names the folder of this run's compiled templates, to every process that it starts."""
ROOM = 64 * 1024 * 1024
TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')


class Person(FlaskClient):
    """Somebody of the county in a browser of their own: forms are sent with the token of the page before."""

    token = ""

    def open(self, *args: object, **kwargs: object) -> TestResponse:
        response = super().open(*args, **kwargs)  # type: ignore[arg-type]
        if found := TOKEN.search(response.get_data()):
            self.token = found.group(1).decode()
        return response

    def send(self, path: str, *, follow: bool = False, **form: object) -> TestResponse:
        """Post a form; `follow` goes on to the page it leads to."""
        if not self.token:
            self.get("/help")
        return self.post(path, data={"csrf_token": self.token} | form, follow_redirects=follow)


@pytest.fixture(scope="session")
def county_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder with its key and the founded county, to be copied."""
    folder = tmp_path_factory.mktemp("county")
    app = create_app(Settings.read({"MDT_DEMO": "1", "MDT_INSTANCE": str(folder)}))
    with app.app_context():
        _found()
        with db.engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        db.engine.dispose()
    close(app)
    return folder


@pytest.fixture(scope="session")
def county_on_postgres(county_files: Path, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PostgreSQL database with the founded county, to be cloned; sealed with the same key, anchored elsewhere."""
    url, folder = postgres.fresh(), tmp_path_factory.mktemp("county-on-postgres")
    (folder / "master.key").write_bytes((county_files / "master.key").read_bytes())
    app = create_app(Settings.read({"MDT_DEMO": "1", "MDT_INSTANCE": str(folder), "DATABASE_URL": url}))
    with app.app_context():
        _found()
        db.engine.dispose()
    close(app)
    return url


@dataclass(frozen=True)
class Kept:
    """One application for many tests: the county is laid anew under it, and what it held in memory is forgotten.

    An application takes longer to make than most tests take to run, and its first pages longer still.
    """

    app: Flask
    lay: Callable[[], None]
    as_made: tuple[dict[str, Any], dict[str, Any]]

    @classmethod
    def of(cls, app: Flask, lay: Callable[[], None]) -> Kept:
        return cls(app, lay, (dict(app.extensions), dict(app.config)))

    def fresh(self) -> Flask:
        """The application as it was made, over the county as it was founded."""
        close(self.app)
        self.lay()
        for now_there, made in zip((self.app.extensions, self.app.config), self.as_made, strict=True):
            now_there.clear()
            now_there.update(made)
        self.app.extensions["mdt.keys"] = Keys(self.app.extensions["mdt.settings"].masters)
        facts.forget_all()
        return self.app


@pytest.fixture(scope="session")
def kept_on_sqlite(county_files: Path) -> Iterator[Kept]:
    """The application over SQLite that the tests of this process share."""
    with in_memory() as folder:
        yield from _kept({"MDT_INSTANCE": str(folder)}, lambda: _lay_files(county_files, folder, "*"))


@pytest.fixture(scope="session")
def kept_on_postgresql(county_files: Path, postgres: Postgres, county_on_postgres: str) -> Iterator[Kept]:
    """The application over PostgreSQL that the tests of this process share."""
    url = postgres.fresh(like=county_on_postgres)

    def lay() -> None:
        _lay_files(county_files, folder, "master.key")
        rewinding.back()

    with in_memory() as folder, closing(Rewinding(postgres, url)) as rewinding:
        yield from _kept({"MDT_INSTANCE": str(folder), "DATABASE_URL": url}, lay)


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application over a fresh copy of the county, on each database.

    A test that changes the application itself, such as by a route of its own, is marked `own_app`.
    """
    if request.node.get_closest_marker("own_app"):
        made = request.getfixturevalue("make_app")(request.param)
    else:
        made = request.getfixturevalue(f"kept_on_{request.param}").fresh()
    yield made
    close(made)


@pytest.fixture
def make_app(request: pytest.FixtureRequest, county_files: Path, tmp_path: Path) -> Callable[[str], Flask]:
    """make_app("sqlite") is an application of the test's own, over a copy of the county."""

    def make(database: str) -> Flask:
        _lay_files(county_files, tmp_path, "*" if database == "sqlite" else "master.key")
        env = {"MDT_DEMO": "1", "MDT_INSTANCE": str(tmp_path)}
        if database == "postgresql":
            model = request.getfixturevalue("county_on_postgres")
            env["DATABASE_URL"] = request.getfixturevalue("fresh_postgres")(like=model)
        facts.forget_all()
        return quick(create_app(Settings.read(env)))

    return make


@pytest.fixture
def signed_in(app: Flask) -> Callable[[str], Person]:
    """signed_in("casey") is Casey in a browser."""

    def come_in(slug: str) -> Person:
        person = app.test_client()
        assert isinstance(person, Person)
        person.get("/people")
        assert person.send(f"/people/{people.id_of(slug)}").status_code == 303
        return person

    return come_in


def today() -> date:
    """The day it is in Cedar County, whatever day it is where the tests run."""
    return now().astimezone(ZoneInfo("America/New_York")).date()


@pytest.fixture
def still() -> Iterator[None]:
    """The clock stands: a test in which pages say "today" does not run over midnight."""
    with time_machine.travel(now(), tick=False):
        yield


def close(app: Flask) -> None:
    """End the threads and the connections of an application; it can be used again."""
    for thread in threading.enumerate():
        if thread.name == "importing":
            thread.join(20)
    with app.app_context():
        scribe = app.extensions.pop("mdt.scribe", None)
        if scribe:
            scribe.close()
        db.engine.dispose()


def quick(app: Flask) -> Flask:
    """This application for tests: with people in browsers, and templates that the whole run compiles once."""
    app.test_client_class = Person
    if folder := os.environ.get(TEMPLATES):
        app.jinja_env.bytecode_cache = FileSystemBytecodeCache(folder)
    return app


@contextmanager
def in_memory() -> Iterator[Path]:
    """A folder that is soon written: in memory where there is room, since much is laid in it again and again."""
    memory = Path("/dev/shm")
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    made = Path(tempfile.mkdtemp(prefix="mdt-tests-", dir=memory if roomy else None))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _kept(env: dict[str, str], lay: Callable[[], None]) -> Iterator[Kept]:
    lay()
    app = quick(create_app(Settings.read({"MDT_DEMO": "1"} | env)))
    yield Kept.of(app, lay)
    close(app)


def _lay_files(county: Path, folder: Path, which: str) -> None:
    """Nothing but these files of the county in this folder."""
    for old in folder.iterdir():
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    for file in county.glob(which):
        (folder / file.name).write_bytes(file.read_bytes())


def _found() -> None:
    schema.upgrade()
    assert county.found(lambda _words: None)
