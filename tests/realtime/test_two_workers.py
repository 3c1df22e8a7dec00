"""Two workers on one PostgreSQL and one Valkey: bells cross, only names of workers travel, and Valkey may die."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
import redis
from flask import Flask

from mdt.models import new_id
from mdt.operations.demo import known, people
from mdt.realtime.nudge import TOPIC
from tests import servers
from tests.bench.serving import TOKEN
from tests.fixtures_served import Served
from tests.realtime.conftest import Served as Here

CASE = known("case.wren")
WREN = f"case:{CASE}"
BELL = ("bell", {"topic": WREN})


@pytest.fixture
def valkey(app: Flask) -> Iterator[tuple[str, Callable[[], None]]]:
    """A Valkey that this worker is told of, and a way to end it."""
    with ExitStack() as stack:
        url = stack.enter_context(servers.valkey())
        app.extensions["mdt.settings"] = replace(app.extensions["mdt.settings"], redis_url=url)
        yield url, stack.close


@pytest.mark.own_app
@pytest.mark.timeout(300)
@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_bells_cross_and_valkey_may_die(
    valkey: tuple[str, Callable[[], None]], served: Here, signed_in: Any, page_of: Any, serve: Callable[..., Served]
) -> None:
    """One worker here, whose page listens; the other a process of its own, in which she writes in another window."""
    url, ends = valkey
    other = serve(DATABASE_URL=served.app.extensions["mdt.settings"].database_url, REDIS_URL=url)
    heard: list[str] = []
    with redis.Redis.from_url(url) as client, client.monitor() as monitor:
        listening = threading.Thread(target=_listen, args=(monitor, heard), daemon=True)
        listening.start()
        with come_in(other, "imani") as imani, page_of(signed_in("imani")) as socket:
            assert socket.watch(WREN) == {"ok": True} and socket.hear(5) == BELL
            for number in range(8):
                if number == 5:
                    ends()
                post(imani)
                assert socket.hear(1) == BELL, f"{number}: with Valkey or without, within a second; cut: {socket.ended}"
        listening.join(5)
    told = [line for line in heard if line.startswith("PUBLISH ")]
    assert told, "they nudge each other"
    for line in told:
        assert len(line.split()) == 3 and line.split()[1] == TOPIC and len(line.split()[2]) == 36, line
    for content in (CASE, people.id_of("imani"), "A word for the team"):
        assert not any(content in line for line in heard)


def _listen(monitor: Any, heard: list[str]) -> None:
    try:
        while True:
            heard.append(monitor.next_command()["command"])
    except Exception:
        return


@contextmanager
def come_in(served: Served, slug: str) -> Iterator[httpx.Client]:
    """This person in a browser, at another worker."""
    with httpx.Client(base_url=f"http://127.0.0.1:{served.port}", timeout=30) as browser:
        token = TOKEN.search(browser.get("/people").text)
        assert token
        assert browser.post(f"/people/{people.id_of(slug)}", data={"csrf_token": token[1]}).status_code == 303
        yield browser


def post(browser: Any) -> None:
    token = TOKEN.search(browser.get(f"/cases/{CASE}/update").text)
    assert token
    form = {"csrf_token": token[1], "category": "EDUCATION", "note": "A word for the team.", "key": new_id()}
    assert browser.post(f"/cases/{CASE}/update", data=form).status_code == 303
