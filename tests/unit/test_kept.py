"""The application that the tests of a process share: whatever one of them did, the next finds it as it was made."""

from __future__ import annotations

import hashlib
from contextlib import closing

import pytest
from flask import Flask
from sqlalchemy import select

from mdt.models import Entry, db
from mdt.operations.acts import recorded
from mdt.operations.demo import people
from tests.fixtures_app import Kept, Person

TABLES = db.metadata.tables
UNBOUND = {"sqlite": "PRAGMA foreign_keys = OFF", "postgresql": "SET session_replication_role = replica"}


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest) -> Kept:
    return request.getfixturevalue(f"kept_on_{request.param}")  # type: ignore[no-any-return]


def state(app: Flask) -> dict[str, str]:
    """A hash of the rows of every table."""
    with app.app_context(), db.engine.connect() as connection:
        rows = {name: sorted(map(repr, connection.execute(select(table)))) for name, table in TABLES.items()}
    return {name: hashlib.sha256(repr(those).encode()).hexdigest() for name, those in rows.items()}


def do(app: Flask, *orders: str) -> None:
    """These orders, without a look at what belongs to what."""
    with app.app_context(), closing(db.engine.raw_connection()) as connection:
        cursor = connection.cursor()
        for order in (UNBOUND[db.engine.dialect.name], *orders):
            cursor.execute(order)
        cursor.close()
        connection.commit()


def come_in(app: Flask) -> None:
    browser = app.test_client()
    assert isinstance(browser, Person) and browser.get("/people").status_code == 200
    assert browser.send(f"/people/{people.id_of('casey')}").status_code == 303


def test_rows_that_went_or_came_or_changed_are_as_they_were(kept: Kept) -> None:
    before = state(kept.fresh())
    come_in(kept.app)
    assert state(kept.app) != before
    assert state(kept.fresh()) == before
    do(kept.app, "UPDATE users SET active = false", "DELETE FROM members")
    assert {name for name, rows in state(kept.app).items() if rows != before[name]} == {"members", "users"}
    assert state(kept.fresh()) == before
    do(kept.app, *(f"DELETE FROM {name}" for name in TABLES))
    assert len(set(state(kept.app).values())) == 1
    assert state(kept.fresh()) == before


def test_what_was_held_in_memory_is_forgotten_and_numbers_go_on_from_where_they_were(kept: Kept) -> None:
    numbers = []
    for _again in range(2):
        app = kept.fresh()
        assert "told" not in app.extensions and "TOLD" not in app.config
        app.extensions["told"], app.config["TOLD"] = 1, 1
        with app.app_context():
            with recorded("thing.done", by=None):
                pass
            numbers.append(db.session.scalar(select(Entry.seq).where(Entry.event == "thing.done")))
    assert numbers[0] == numbers[1] is not None
