"""Bringing the database to this version of the schema."""

from __future__ import annotations

from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from mdt import home_of
from mdt.models import begin_writing, db, keys
from mdt.operations import ledger


def upgrade(revision: str = "head") -> None:
    """Run the migrations that are missing, each in its own transaction; lay the first key and the ledger's head."""
    _run(command.upgrade, revision)
    begin_writing()
    keys().of(None)
    db.session.commit()
    ledger.Signing.of_installation()
    db.session.rollback()


def downgrade(revision: str) -> None:
    _run(command.downgrade, revision)


def differences() -> list[Any]:
    """What the models and the database disagree about; empty when they are one."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, db.metadata))


def _run(step: Any, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(home_of("migrations")))
    db.session.remove()
    with db.engine.connect() as connection:
        config.attributes["connection"] = connection
        step(config, revision)
