"""`flask serve`, as a process of its own: what one request knows, no other does."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from mdt.operations.demo import people
from tests.server_process import free_port, wait

PROJECT = Path(__file__).resolve().parents[2]
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@pytest.fixture
def url(county_files: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a server that `flask serve` started, over a copy of the county."""
    shutil.copytree(county_files, tmp_path, dirs_exist_ok=True)
    port = free_port()
    env = os.environ | {"MDT_DEMO": "1", "MDT_INSTANCE": str(tmp_path), "PORT": str(port)}
    server = subprocess.Popen([sys.executable, "-m", "flask", "--app", "wsgi", "serve"], cwd=PROJECT, env=env)
    try:
        wait(lambda: _knock(port), httpx.TransportError, lambda: _must_run(server))
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def _knock(port: int) -> None:
    httpx.get(f"http://127.0.0.1:{port}/help").raise_for_status()


def _must_run(server: subprocess.Popen[bytes]) -> None:
    assert server.poll() is None, "the server ended"


def test_nobody_is_taken_for_whoever_asks_at_the_same_moment(url):
    """All requests of a process once shared one `g`, where the person is kept, and one transaction."""
    names = {card.slug: card.name for card in people.cards()}
    with ExitStack() as open_now, ThreadPoolExecutor(6) as threads:
        browsers = {slug: open_now.enter_context(_signed_in(url, slug)) for slug in ("ruth", "marcus", "imani")}
        asked = [(slug, threads.submit(browsers[slug].get, "/")) for _ in range(10) for slug in browsers]
        for slug, page in asked:
            assert f"You are <b>{names[slug]}</b>" in page.result().text


@contextmanager
def _signed_in(url: str, slug: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, follow_redirects=True, timeout=30) as browser:
        token = TOKEN.search(browser.get("/people").text)
        assert token
        assert browser.post(f"/people/{people.id_of(slug)}", data={"csrf_token": token[1]}).status_code == 200
        yield browser
