"""The master key is changed while what it protects stays readable, and the old one is good for nothing afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from mdt.models import User, db
from mdt.models.sealing import Keys, StoredKey
from mdt.operations import facts
from mdt.operations.demo import known
from mdt.settings import key_file
from mdt.vault.keys import Keyring, masters_from
from mdt.vault.seal import Unopenable

pytestmark = [pytest.mark.own_app, pytest.mark.parametrize("app", ["sqlite"], indirect=True)]


def held(app: Flask, masters: Keyring) -> None:
    """This process was started anew, with these keys."""
    app.extensions["mdt.settings"] = replace(app.extensions["mdt.settings"], masters=masters)
    app.extensions["mdt.keys"] = Keys(masters)
    facts.forget_all()


def name_of_somebody(app: Flask) -> str:
    with app.app_context():
        try:
            return db.session.scalars(select(User).order_by(User.id)).first().name  # type: ignore[union-attr]
        finally:
            db.session.remove()


def test_a_new_version_takes_over_and_the_old_one_opens_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MDT_MASTER_KEY", raising=False)
    monkeypatch.delenv("MDT_KEY_FILE", raising=False)
    old, before, run = app.extensions["mdt.settings"].masters, name_of_somebody(app), app.test_cli_runner().invoke
    path = key_file({}, app.extensions["mdt.settings"].instance)
    assert "Version 2" in run(args=["keys", "next"]).output
    both = masters_from(path.read_text())
    assert both.current.version == 2 and path.stat().st_mode & 0o077 == 0
    held(app, both)
    assert name_of_somebody(app) == before, "with both at hand everything opens"
    with app.app_context():
        count = len([row for row in db.session.scalars(select(StoredKey)) if not row.name.startswith("youth:")])
        db.session.remove()
    assert count and run(args=["keys", "rewrap"]).output.startswith(f"{count} keys wrapped anew")
    assert run(args=["keys", "rewrap"]).output.startswith("0 keys"), "twice is once"
    held(app, both.without(old.current.ref))
    assert name_of_somebody(app) == before and facts_are_read(app), "the old version is not needed any more"
    held(app, old)
    with pytest.raises(Unopenable):
        name_of_somebody(app)


def facts_are_read(app: Flask) -> bool:
    with app.app_context():
        try:
            return facts.load(known("case.wren")) is not None
        finally:
            db.session.remove()


def test_a_key_that_is_in_the_environment_is_not_written_to_a_file(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MDT_MASTER_KEY", app.extensions["mdt.settings"].masters.written())
    done = app.test_cli_runner().invoke(args=["keys", "next"])
    assert done.exit_code == 1 and "MDT_KEY_FILE" in done.output
