"""The application over a real database, and people of the invented county signed in to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import text
from werkzeug.test import TestResponse

from mdt import create_app
from mdt.models import db, now
from mdt.operations import facts, schema
from mdt.operations.demo import county, people
from mdt.settings import Settings

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
def county_on_postgres(county_files: Path, postgres: object, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PostgreSQL database with the founded county, to be cloned; sealed with the same key, anchored elsewhere."""
    url, folder = postgres.fresh(), tmp_path_factory.mktemp("county-on-postgres")  # type: ignore[attr-defined]
    (folder / "master.key").write_bytes((county_files / "master.key").read_bytes())
    app = create_app(Settings.read({"MDT_DEMO": "1", "MDT_INSTANCE": str(folder), "DATABASE_URL": url}))
    with app.app_context():
        _found()
        db.engine.dispose()
    close(app)
    return url


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates compiled once for all applications of a run: half of a walk's time went into it."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(params=["sqlite", "postgresql"])
def app(
    request: pytest.FixtureRequest, county_files: Path, compiled_templates: FileSystemBytecodeCache, tmp_path: Path
) -> Iterator[Flask]:
    """The application over a fresh copy of the county, on each database."""
    for file in county_files.iterdir():
        if request.param == "sqlite" or file.name == "master.key":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    env = {"MDT_DEMO": "1", "MDT_INSTANCE": str(tmp_path)}
    if request.param == "postgresql":
        model = request.getfixturevalue("county_on_postgres")
        env["DATABASE_URL"] = request.getfixturevalue("fresh_postgres")(like=model)
    facts.forget_all()
    made = create_app(Settings.read(env))
    made.jinja_env.bytecode_cache = compiled_templates
    made.test_client_class = Person
    yield made
    close(made)


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


def close(app: Flask) -> None:
    """End the threads and the connections of an application."""
    with app.app_context():
        scribe = app.extensions.get("mdt.scribe")
        if scribe:
            scribe.close()
        db.engine.dispose()


def _found() -> None:
    schema.upgrade()
    assert county.found(lambda _words: None)
