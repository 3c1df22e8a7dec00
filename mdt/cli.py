"""The command line: a door like the others. It parses, calls one verb, and says what happened."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy import inspect

from mdt.settings import Settings, key_file, replace_masters, write_masters
from mdt.vault.keys import new_masters

sharing = AppGroup("sharing", help="The rules of sharing: check scenarios, print the matrix.")
demo = AppGroup("demo", help="The invented county.")
ledger = AppGroup("ledger", help="The ledger: verify it, seal in what waits.")
database = AppGroup("db", help="The database: bring it to this version.")
keys = AppGroup("keys", help="Master keys.")
accounts = AppGroup("accounts", help="Accounts: the first administrator of an installation.")


def install(app: Flask) -> None:
    for group in (sharing, demo, ledger, database, keys, accounts):
        app.cli.add_command(group)
    app.cli.add_command(serve)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["mdt.settings"]
    return settings


@click.command(help="Serve the whole: pages and the live channel, on MDT_HOST and PORT.")
def serve() -> None:
    from mdt.realtime.server import serve as run

    run(current_app._get_current_object())  # type: ignore[attr-defined]


@sharing.command("check", help="Run scenario files; exits 1 if an answer differs.")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    from mdt.sharing import scenarios

    failed = scenarios.check(files, click.echo)
    sys.exit(1 if failed else 0)


@sharing.command("matrix", help="Print the matrix of a profile as it is in force here, by name; or of a file.")
@click.argument("profile", default="us-baseline")
def matrix(profile: str) -> None:
    from mdt.operations.rules.force import effective
    from mdt.sharing import matrix as tables

    click.echo(tables.text(effective(profile)))


@sharing.command("diff", help="Say who gains and who loses what between two profiles, by name or file.")
@click.argument("old")
@click.argument("new")
def diff(old: str, new: str) -> None:
    from mdt.sharing import matrix as tables
    from mdt.sharing.profile import load

    for sentence in tables.diff(load(old), load(new)) or ("Nothing changes.",):
        click.echo(sentence)


@ledger.command("verify", help="Hold the whole ledger against its anchors; exits 1 if anything was changed.")
def verify() -> None:
    from mdt.operations import ledger as writing

    report = writing.verify()
    click.echo(f"{report.entries} entries, {report.anchored} of them under an anchored head.")
    for finding in report.findings:
        click.echo(f"{finding.kind} at entry {finding.index}")
    sys.exit(0 if report.ok else 1)


@database.command("upgrade", help="Bring the database to this version.")
def upgrade() -> None:
    from mdt.operations import schema

    schema.upgrade()


@keys.command("new", help="Write a first master key to its file, instance/master.key.")
def new() -> None:
    path = key_file(os.environ, _settings().instance)
    write_masters(path, new_masters())
    click.echo(f"A new master key is in {path}. Keep a copy where the database is not.")


@keys.command("next", help="Add a version to the master key file. Restart every process, then `flask keys rewrap`.")
def add_version() -> None:
    settings = _settings()
    if "MDT_MASTER_KEY" in os.environ:
        raise click.ClickException(
            "The master key is in MDT_MASTER_KEY. Put it in a file that MDT_KEY_FILE names first."
        )
    path = key_file(os.environ, settings.instance)
    newer = settings.masters.rotated()
    replace_masters(path, newer)
    click.echo(
        f"Version {newer.current.version} is in {path}, beside the older ones. Keep a copy where the database is not."
    )
    click.echo("Restart every process, then: flask keys rewrap")


@keys.command("rewrap", help="Wrap under the newest master key whatever an older one wraps.")
def rewrap() -> None:
    from mdt.operations import rotation

    done = rotation.rewrap()
    click.echo(f"{done.count} keys wrapped anew. All of them are under version {done.version}.")
    click.echo("Once backups from before are gone too, the lines of older versions may go.")


@accounts.command(
    "administrator", help="Make an administrator, or a new link for one who lost theirs; prints the link."
)
@click.argument("login")
@click.argument("name")
def administrator(login: str, name: str) -> None:
    from mdt.models import Entrance, db
    from mdt.operations import staff
    from mdt.operations.acts import Refused

    if not inspect(db.engine).has_table(Entrance.__tablename__):
        raise click.ClickException("The database is not there yet. First: flask db upgrade")
    try:
        handed = staff.administrator(login, name)
    except Refused as no:
        raise click.ClickException(str(no)) from None
    click.echo(handed.url)
    click.echo(f"{handed.name} chooses a password there, once, until {handed.until:%B %d, %H:%M} UTC.", err=True)
    click.echo("Whoever has the link has the account: hand it over in person, and keep no copy.", err=True)


@demo.command("up", help="Bring up the invented county and serve it.")
def up() -> None:
    from mdt.operations import schema
    from mdt.operations.demo import casework, county
    from mdt.realtime.server import serve as run

    schema.upgrade()
    if county.found(click.echo):
        casework.do(click.echo)
        click.echo("Cedar County is there, with everybody in it.")
    click.echo(f"Open http://localhost:{_settings().port} and pick a person. Stop with Ctrl-C.")
    run(current_app._get_current_object())  # type: ignore[attr-defined]


@demo.command("seed", help="Load the invented county into an empty database.")
def seed() -> None:
    from mdt.operations import schema
    from mdt.operations.demo import casework, county

    schema.upgrade()
    if county.found(click.echo):
        casework.do(click.echo)


@demo.command("caseload", help="Print an invented caseload as CSV, to try the import with.")
@click.option("--youth", default=300, show_default=True)
@click.option("--seed", default=7, show_default=True)
def caseload(youth: int, seed: int) -> None:
    from mdt.operations.demo import caseload as invented

    for line in invented.lines(youth=youth, seed=seed):
        click.echo(line, nl=False)
