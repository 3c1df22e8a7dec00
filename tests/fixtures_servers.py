"""Fixtures for the real parts: PostgreSQL, Valkey and Chromium, started once, if asked for."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests import servers
from tools import browser

QUIET = (
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def postgres() -> Iterator[servers.Postgres]:
    """The PostgreSQL of this test run."""
    with servers.postgres() as running:
        yield running


@pytest.fixture(scope="session")
def fresh_postgres(postgres: servers.Postgres) -> Callable[..., str]:
    """fresh_postgres() -> the SQLAlchemy address of a new database; like=url copies another one."""
    return postgres.fresh


@pytest.fixture(scope="session")
def postgres_url(postgres: servers.Postgres) -> str:
    """The address of one database that the whole run shares."""
    return postgres.fresh()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of the Valkey of this test run."""
    with servers.valkey() as url:
        yield url


@contextmanager
def chromium_at_hand() -> Iterator[Browser]:
    """One real Chromium; RuntimeError if there is none."""
    found = browser.find()
    if found is None:
        raise RuntimeError(browser.NONE_FOUND)
    os.environ |= browser.drivers_node()
    with sync_playwright() as playwright:
        driving = asyncio.get_running_loop()
        yield playwright.chromium.launch(
            executable_path=found.path,
            env=os.environ | found.env,
            args=QUIET,
            chromium_sandbox=False,
        )
        asyncio._set_running_loop(driving)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One real Chromium for the whole run; open a context of your own in it, and close it."""
    if browser.find() is None:
        pytest.fail(browser.NONE_FOUND, pytrace=False)
    with chromium_at_hand() as one:
        yield one


@contextmanager
def apart_from_the_browser() -> Iterator[None]:
    """Let a test that holds the browser run an event loop of its own inside this block.

    Playwright leaves its loop marked as running in this thread between its calls, and asyncio
    starts no second one there.
    """
    driving = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        if driving is None or not driving.is_closed():
            asyncio._set_running_loop(driving)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Function) -> Generator[None, object, object]:
    """A test without the browser is not to notice that an earlier one used it."""
    if "chromium" in getattr(item, "fixturenames", ()):
        return (yield)
    with apart_from_the_browser():
        return (yield)
