"""Settings, read once from an environment mapping, frozen, and checked all at once.

Every problem is named together with its cure, and an unsafe combination refuses to start.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from mdt.sharing.facts import USUAL_ZONE
from mdt.vault.keys import Keyring, Use, masters_from, new_masters, subkey

PROJECT = Path(__file__).resolve().parent.parent
ADDRESS = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
"""What a browser calls an origin: scheme and host, a port if it is not the usual one."""


class Unsafe(Exception):
    """The settings may not be started with; the message lists every problem and its cure."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("mdt will not start:\n" + "\n".join(f"  - {line}" for line in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this process runs. Times are seconds. `timezone`: where the county is, for whatever is of no case and of no
    agency."""

    production: bool
    demo: bool
    instance: Path
    database_url: str
    masters: Keyring
    origins: tuple[str, ...]
    host: str
    port: int
    trusted_proxies: int
    timezone: str = USUAL_ZONE
    redis_url: str = ""
    mail: str = ""
    mail_from: str = ""
    idle_seconds: int = 30 * 60
    session_seconds: int = 12 * 60 * 60
    upload_seconds: int = 30 * 60
    threads: int = 12

    @property
    def sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def secure_cookies(self) -> bool:
        return self.production

    @property
    def form_secret(self) -> bytes:
        """What the forms' tokens are signed with; each also belongs to one sign-in."""
        return subkey(self.masters.current, Use.SESSION, "forms")

    @property
    def hosts(self) -> list[str]:
        """Host names that are answered; a leading dot admits sub-domains."""
        return sorted({urlsplit(origin).hostname or "" for origin in self.origins} | self._demo_hosts())

    def _demo_hosts(self) -> set[str]:
        return set() if self.production else {"localhost", ".localhost", "127.0.0.1"}

    @classmethod
    def read(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """Read the environment, or raise `Unsafe` naming everything that is wrong."""
        problems: list[str] = []
        demo = env.get("MDT_DEMO", "") == "1"
        kind = env.get("MDT_ENV", "development" if demo else "production")
        if kind not in ("production", "development"):
            problems.append(f"MDT_ENV is {kind!r}: say production or development.")
        production = kind == "production"
        if demo and production:
            problems.append("MDT_DEMO=1 lets anybody in: unset it, or unset MDT_ENV=production.")
        instance = Path(env.get("MDT_INSTANCE", PROJECT / "instance")).resolve()
        port = _number(env, "PORT", 8000, problems)
        masters = _masters(env, instance, production, problems)
        settings = cls(
            production=production,
            demo=demo,
            instance=instance,
            database_url=_database(env, instance, problems),
            masters=masters or new_masters(),
            origins=_origins(env, production, port, problems),
            host=env.get("MDT_HOST", "127.0.0.1"),
            port=port,
            trusted_proxies=_number(env, "MDT_TRUSTED_PROXIES", 0, problems),
            timezone=_timezone(env, problems),
            redis_url=_redis(env, problems),
            **_mail(env, problems),
        )
        if demo and settings.host not in ("127.0.0.1", "localhost", "::1"):
            problems.append("The demo serves this machine only: unset MDT_HOST.")
        if problems:
            raise Unsafe(problems)
        return settings


def _number(env: Mapping[str, str], name: str, default: int, problems: list[str]) -> int:
    text = env.get(name) or str(default)
    if text.isascii() and text.isdecimal() and len(text) < 6 and int(text) < 65536:
        return int(text)
    problems.append(f"{name} is {text[:20]!r}: give a whole number below 65536.")
    return default


def _database(env: Mapping[str, str], instance: Path, problems: list[str]) -> str:
    url = env.get("DATABASE_URL") or f"sqlite:///{instance / 'mdt.sqlite'}"
    if url.startswith(("postgresql://", "postgres://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        problems.append("DATABASE_URL names neither SQLite nor PostgreSQL: begin it with sqlite:/// or postgresql://.")
    return url


def _origins(env: Mapping[str, str], production: bool, port: int, problems: list[str]) -> tuple[str, ...]:
    given = tuple(part.rstrip("/") for part in env.get("MDT_ORIGIN", "").split() if part)
    plain = [one for one in given if production and not one.startswith("https://")]
    problems.extend(f"MDT_ORIGIN {one} is not https." for one in plain)
    odd = [one for one in given if one not in plain and not ADDRESS.fullmatch(one)]
    problems.extend(f"MDT_ORIGIN {one} is no address: give scheme and host, https://mdt.example.gov." for one in odd)
    if production and not given:
        problems.append("MDT_ORIGIN is not set: give the address people type, such as https://mdt.example.gov.")
    return given if given or production else (f"http://localhost:{port}",)


def _timezone(env: Mapping[str, str], problems: list[str]) -> str:
    name = env.get("MDT_TIMEZONE") or USUAL_ZONE
    if name not in available_timezones():
        problems.append(f"MDT_TIMEZONE {name[:40]!r} is no time zone: give one such as America/Chicago.")
    return name


def _redis(env: Mapping[str, str], problems: list[str]) -> str:
    """Where several workers nudge each other; one process needs nothing but itself."""
    url = env.get("REDIS_URL", "")
    if url.startswith(("valkey://", "valkeys://")):
        url = url.replace("valkey", "redis", 1)
    if url and not url.startswith(("redis://", "rediss://", "unix://")):
        problems.append("REDIS_URL names no Redis or Valkey: begin it with redis://, rediss:// or valkey://.")
    return url


class _Mail(TypedDict, total=False):
    mail: str
    mail_from: str


def _mail(env: Mapping[str, str], problems: list[str]) -> _Mail:
    """Where letters go out, and from whom; without MDT_MAIL none do."""
    url, sender = env.get("MDT_MAIL", ""), env.get("MDT_MAIL_FROM", "")
    if not url:
        return {}
    if not re.fullmatch(r"smtps?://([^@/\s]+@)?[A-Za-z0-9.\[\]:-]+", url):
        problems.append("MDT_MAIL is no mail server: give smtp://user:password@mail.example.gov:587, or smtps://.")
    if not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", sender):
        problems.append("MDT_MAIL_FROM is no address: give the one letters come from, mdt@example.gov.")
    return {"mail": url, "mail_from": sender}


def _masters(env: Mapping[str, str], instance: Path, production: bool, problems: list[str]) -> Keyring | None:
    """The master keys: from MDT_MASTER_KEY, or from the key file, which only production needs made by hand."""
    path = key_file(env, instance)
    try:
        text = env.get("MDT_MASTER_KEY") or (path.read_text() if path.exists() else "")
    except (OSError, UnicodeDecodeError):
        problems.append(f"The master key file {path} cannot be read: is it a file of text, and this user's own?")
        return None
    if not text and production:
        problems.append(f"There is no master key: make {path} with `flask keys new`, for this user only.")
        return None
    if path.exists() and production and path.stat().st_mode & 0o077:
        problems.append(f"{path} can be read by others: chmod 600 it.")
    try:
        return masters_from(text) if text else _first_masters(path)
    except ValueError as wrong:
        problems.append(f"The master key cannot be used: {wrong}.")
        return None


def key_file(env: Mapping[str, str], instance: Path) -> Path:
    """Where the master keys are, unless MDT_MASTER_KEY holds them."""
    return Path(env.get("MDT_KEY_FILE", instance / "master.key"))


def _first_masters(path: Path) -> Keyring:
    masters = new_masters()
    write_masters(path, masters)
    return masters


def write_masters(path: Path, masters: Keyring) -> None:
    """Write a new key file that only this user can read. FileExistsError if there is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(masters.written())


def replace_masters(path: Path, masters: Keyring) -> None:
    """Put these keys in the place of those in the file, which is whole at every moment."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    write_masters(fresh, masters)
    fresh.replace(path)
