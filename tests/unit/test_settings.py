"""Settings are read once, frozen, and refuse to start unsafe: every problem is named at once, with its cure."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mdt.settings import Settings, Unsafe, write_masters
from mdt.vault.keys import new_masters

ORIGIN = "https://mdt.example.gov"
Env = dict[str, str]


@pytest.fixture
def sound(tmp_path: Path) -> Env:
    """What production starts with."""
    write_masters(tmp_path / "master.key", new_masters())
    return {"MDT_INSTANCE": str(tmp_path), "MDT_ORIGIN": ORIGIN}


def problems(env: Env) -> list[str]:
    with pytest.raises(Unsafe) as refused:
        Settings.read(env)
    assert all(problem in str(refused.value) for problem in refused.value.problems)
    return refused.value.problems


def test_sound_settings_are_read_and_frozen(sound: Env) -> None:
    settings = Settings.read(sound | {"PORT": "8443", "REDIS_URL": "redis://x", "MDT_TRUSTED_PROXIES": "1"})
    assert settings.zone.key == "America/New_York"
    assert Settings.read(sound | {"MDT_TIMEZONE": "America/Chicago"}).zone.key == "America/Chicago"
    assert settings.production and not settings.demo and settings.secure_cookies and settings.sqlite
    assert (settings.port, settings.trusted_proxies, settings.origins) == (8443, 1, (ORIGIN,))
    assert settings.hosts == ["mdt.example.gov"] and settings.redis_url == "redis://x" and settings.mail == ""
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.demo = True  # type: ignore[misc]


def test_a_mail_server_and_valkey_are_read_and_odd_ones_named(sound: Env) -> None:
    mail = {"MDT_MAIL": "smtp://mdt:p%40ss@mail.example.gov:587", "MDT_MAIL_FROM": "mdt@example.gov"}
    settings = Settings.read(sound | mail | {"REDIS_URL": "valkey://127.0.0.1:6379/0"})
    assert settings.mail == mail["MDT_MAIL"] and settings.redis_url == "redis://127.0.0.1:6379/0"
    said = problems(sound | {"MDT_MAIL": "mail.example.gov", "REDIS_URL": "tcp://x"})
    assert [name for name in ("MDT_MAIL is", "MDT_MAIL_FROM is", "REDIS_URL names") if any(name in one for one in said)]
    assert len(said) == 3


def test_nothing_set_is_production_and_refuses(tmp_path: Path) -> None:
    """Who sets nothing gets no open door."""
    said = problems({"MDT_INSTANCE": str(tmp_path)})
    assert len(said) == 2
    assert "MDT_ORIGIN is not set" in said[0] + said[1] and "There is no master key" in said[0] + said[1]
    assert list(tmp_path.iterdir()) == [], "production makes no key by itself"


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    said = problems(
        {
            "MDT_DEMO": "1",
            "MDT_ENV": "production",
            "MDT_INSTANCE": str(tmp_path),
            "PORT": "eight",
            "MDT_TRUSTED_PROXIES": "-1",
            "MDT_TIMEZONE": "Mars/Olympus",
            "MDT_ORIGIN": f"http://mdt.example.gov {ORIGIN}",
            "DATABASE_URL": "mysql://x/y",
            "MDT_HOST": "0.0.0.0",
        }
    )
    for word in (
        "MDT_DEMO=1",
        "PORT",
        "MDT_TRUSTED_PROXIES",
        "MDT_TIMEZONE",
        "http://mdt.example.gov is not https",
        "DATABASE_URL",
        "MDT_HOST",
        "master key",
    ):
        assert sum(word in problem for problem in said) == 1, word
    assert len(said) == 8


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"MDT_DEMO": "1", "MDT_ENV": "production"}, "MDT_DEMO=1"),
        ({"MDT_ENV": "staging"}, "MDT_ENV"),
        ({"MDT_ENV": "Production "}, "MDT_ENV"),
        ({"MDT_ORIGIN": "http://mdt.example.gov"}, "not https"),
        ({"MDT_ORIGIN": f"{ORIGIN} ws://x"}, "not https"),
        ({"MDT_ORIGIN": "https://"}, "MDT_ORIGIN"),
        ({"MDT_ORIGIN": "https://["}, "MDT_ORIGIN"),
        ({"MDT_ORIGIN": f"{ORIGIN}/app"}, "MDT_ORIGIN"),
        ({"MDT_ORIGIN": "https://a@mdt.example.gov"}, "MDT_ORIGIN"),
        ({"MDT_ORIGIN": "https://*.example.gov"}, "MDT_ORIGIN"),
        ({"PORT": "65536"}, "PORT"),
        ({"PORT": "-1"}, "PORT"),
        ({"PORT": "8000.0"}, "PORT"),
        ({"PORT": "٨٠٠٠"}, "PORT"),
        ({"PORT": "9" * 5000}, "PORT"),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL"),
        ({"DATABASE_URL": "sqlite://"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql"}, "DATABASE_URL"),
        ({"MDT_MASTER_KEY": "1:c2hvcnQ="}, "master key"),
        ({"MDT_MASTER_KEY": "no key"}, "master key"),
        ({"MDT_MASTER_KEY": "  "}, "master key"),
    ],
)
def test_each_unsafe_setting_refuses(sound: Env, wrong: Env, word: str) -> None:
    said = problems(sound | wrong)
    assert len(said) == 1 and word in said[0], said


def _missing(path: Path) -> None:
    path.unlink()


def _empty(path: Path) -> None:
    path.write_text("")


def _open(path: Path) -> None:
    path.chmod(0o640)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir(mode=0o700)


def _no_text(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")


@pytest.mark.parametrize("spoilt", [_missing, _empty, _open, _folder, _no_text])
def test_a_key_file_that_cannot_be_used_refuses(sound: Env, tmp_path: Path, spoilt: Callable[[Path], None]) -> None:
    spoilt(tmp_path / "master.key")
    said = problems(sound)
    assert len(said) == 1 and "master" in said[0]


def test_no_problem_repeats_the_key(sound: Env) -> None:
    said = problems(sound | {"MDT_MASTER_KEY": "7:SECRETSECRET"})
    assert "SECRET" not in str(said)


def test_the_demo_makes_its_key_readable_by_this_user_alone(tmp_path: Path) -> None:
    settings = Settings.read({"MDT_DEMO": "1", "MDT_INSTANCE": str(tmp_path / "new")})
    key = tmp_path / "new" / "master.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert settings.demo and not settings.production and settings.host == "127.0.0.1"
    again = Settings.read({"MDT_DEMO": "1", "MDT_INSTANCE": str(tmp_path / "new")})
    assert again.masters.written() == settings.masters.written()
    with pytest.raises(FileExistsError):
        write_masters(key, new_masters())


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.5"])
def test_the_demo_serves_this_machine_only(tmp_path: Path, host: str) -> None:
    said = problems({"MDT_DEMO": "1", "MDT_INSTANCE": str(tmp_path), "MDT_HOST": host})
    assert said == ["The demo serves this machine only: unset MDT_HOST."]


@pytest.mark.parametrize("value", ["true", "yes", "0", "", "01"])
def test_the_demo_begins_by_one_word_alone(sound: Env, value: str) -> None:
    assert not Settings.read(sound | {"MDT_DEMO": value}).demo


@pytest.mark.parametrize("given", ["postgresql://u:p@h/d", "postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"])
def test_postgresql_is_spoken_to_in_one_way(sound: Env, given: str) -> None:
    settings = Settings.read(sound | {"DATABASE_URL": given})
    assert settings.database_url == "postgresql+psycopg://u:p@h/d" and not settings.sqlite


def test_the_process_environment_is_what_is_read_by_default(monkeypatch: pytest.MonkeyPatch, sound: Env) -> None:
    for name in list(os.environ):
        if name.startswith("MDT_") or name in ("PORT", "DATABASE_URL", "REDIS_URL"):
            monkeypatch.delenv(name)
    for name, value in sound.items():
        monkeypatch.setenv(name, value)
    assert Settings.read().origins == (ORIGIN,)
