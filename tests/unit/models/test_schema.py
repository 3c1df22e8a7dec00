"""The models and the migrated database are one; every migration goes down and up again with people in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import func, inspect, select, text

from mdt import create_app, home_of
from mdt.models import User, db
from mdt.operations import schema
from mdt.operations.demo import people
from mdt.settings import Settings

pytestmark = pytest.mark.own_app


def revisions() -> list[str]:
    """From the first to the last."""
    script = ScriptDirectory(str(home_of("migrations")))
    return [step.revision for step in reversed(list(script.walk_revisions()))]


def counts() -> dict[str, int]:
    """Rows of every table that is there."""
    there = set(inspect(db.engine).get_table_names())
    known = {name: table for name, table in db.metadata.tables.items() if name in there}
    with db.engine.connect() as connection:
        return {name: connection.scalar(select(func.count()).select_from(table)) or 0 for name, table in known.items()}


def test_the_models_and_the_migrated_database_are_one(inside: Flask) -> None:
    assert schema.differences() == []
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE tasks ADD COLUMN bare TEXT"))
        connection.execute(text("DROP INDEX ix_members_list"))
    assert len(schema.differences()) == 2


def test_there_is_one_line_of_migrations() -> None:
    script = ScriptDirectory(str(home_of("migrations")))
    assert len(script.get_heads()) == 1 and len(script.get_bases()) == 1


@pytest.mark.long
def test_every_migration_goes_down_and_up_with_data_in_it(inside: Flask) -> None:
    """One step at a time to nothing; and after each, up to the present, keeping what the step does not remove."""
    before = counts()
    assert before["users"] > 10 and before["item_groups"] > 50
    steps = revisions()
    for below in reversed(["base", *steps[:-1]]):
        schema.downgrade(below)
        kept = counts()
        assert {name: number for name, number in kept.items() if number != before[name]} == {}
        schema.upgrade()
        assert schema.differences() == []
        assert {name: counts()[name] for name in kept} == kept
    assert steps and kept == {}, "the last step removes every table"


def test_coming_up_to_the_present_twice_changes_nothing(inside: Flask) -> None:
    before = counts()
    schema.upgrade()
    assert counts() == before
    assert db.session.get_one(User, people.id_of("casey")).name == "Casey Lindqvist"


@pytest.fixture
def empty(tmp_path: object) -> Iterator[Flask]:
    made = create_app(Settings.read({"MDT_DEMO": "1", "MDT_INSTANCE": str(tmp_path)}))
    with made.app_context():
        yield made
        db.engine.dispose()


def test_sqlite_is_durable_strict_and_forgetful(empty: Flask) -> None:
    schema.upgrade()
    said = {}
    with db.engine.connect() as connection:
        for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "trusted_schema", "temp_store"):
            said[name] = connection.exec_driver_sql(f"PRAGMA {name}").scalar()
    assert said == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "trusted_schema": 0,
        "temp_store": 2,
    }
