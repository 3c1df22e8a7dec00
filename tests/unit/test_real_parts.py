"""The servers and the browser that the suite stands on are real, apart and clean."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis
from playwright.sync_api import Browser

from tests import servers
from tests.fixtures_servers import apart_from_the_browser


def _plain(url: str) -> str:
    return url.replace("+psycopg", "")


def test_postgres_is_the_real_one_and_keeps_utf8(fresh_postgres: Callable[..., str]) -> None:
    with psycopg.connect(_plain(fresh_postgres())) as connection:
        version = connection.execute("show server_version_num").fetchone()
        assert version and int(version[0]) >= 150000
        assert connection.execute("select lower('ÉÑ')").fetchone() == ("éñ",)


def test_each_call_gives_an_empty_database_of_its_own(fresh_postgres: Callable[..., str]) -> None:
    first, second = fresh_postgres(), fresh_postgres()
    with psycopg.connect(_plain(first)) as connection:
        connection.execute("create table only_here (a int)")
    with psycopg.connect(_plain(second)) as connection:
        assert connection.execute("select to_regclass('only_here')").fetchone() == (None,)


def test_a_database_can_be_copied_and_dropped(postgres: servers.Postgres) -> None:
    model = postgres.fresh()
    with psycopg.connect(_plain(model)) as connection:
        connection.execute("create table kept (a int)")
    copy = postgres.fresh(like=model)
    with psycopg.connect(_plain(copy)) as connection:
        assert connection.execute("select count(*) from kept").fetchone() == (0,)
    postgres.drop(copy)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(_plain(copy))


def test_postgres_asks_for_its_password(postgres_url: str) -> None:
    secret = postgres_url.split(":")[2].split("@")[0]
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(_plain(postgres_url).replace(secret, "guess"))


def test_valkey_is_the_real_one_and_asks_for_its_password(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.info("server")["redis_version"] >= "6"
    with (
        redis.Redis.from_url(redis_url.replace("redis://:", "redis://:no")) as stranger,
        pytest.raises(redis.AuthenticationError),
    ):
        stranger.ping()


def test_servers_are_gone_when_they_are_done_with() -> None:
    with servers.postgres() as postgres, servers.valkey() as url:
        postgres.connect().close()
    with pytest.raises(psycopg.OperationalError):
        postgres.connect()
    with redis.Redis.from_url(url) as client, pytest.raises(redis.ConnectionError):
        client.ping()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is in danger of opening its home")
def test_starting_postgres_as_root_leaves_the_home_folder_shut(postgres: servers.Postgres) -> None:
    assert Path("/root").stat().st_mode & 0o005 == 0


def test_the_browser_draws_a_page_with_fonts(chromium: Browser) -> None:
    page = chromium.new_context(viewport={"width": 390, "height": 844}).new_page()
    page.set_content("<h1 id=t style='display:inline'>WW</h1><p>ii</p>")
    assert page.locator("#t").bounding_box()["width"] > 20  # type: ignore[index]


async def _answer() -> int:
    return 42


def test_a_test_with_the_browser_can_step_apart_to_run_a_loop(chromium: Browser) -> None:
    page = chromium.new_context().new_page()
    page.set_content("<p>here</p>")
    with apart_from_the_browser():
        assert asyncio.run(_answer()) == 42
    assert page.inner_text("p") == "here"


def test_a_test_after_the_browser_runs_its_loops_as_ever() -> None:
    assert asyncio.run(_answer()) == 42
