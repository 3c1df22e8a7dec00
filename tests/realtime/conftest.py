"""The whole application served for real, in a thread of the tests, and people whose pages are open."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
import uvicorn
from flask import Flask

from mdt.realtime import server
from tests.fixtures_app import Person
from tests.realtime.speaking import Socket, spoken


@dataclass(frozen=True)
class Served:
    """A running server: the application in it, and the host to knock at."""

    app: Flask
    host: str


@pytest.fixture
def served(app: Flask) -> Iterator[Served]:
    """The application as `flask serve` serves it, on a free port."""
    running = uvicorn.Server(server.config(app, port=0))
    thread = threading.Thread(target=lambda: asyncio.run(running.serve()), name="served", daemon=True)
    thread.start()
    _wait(lambda: running.started)
    port = running.servers[0].sockets[0].getsockname()[1]
    yield Served(app, f"127.0.0.1:{port}")
    running.should_exit = True
    thread.join(15)
    assert not thread.is_alive(), "the server does not stop"


@pytest.fixture
def page_of(served: Served) -> Callable[[Person], AbstractContextManager[Socket]]:
    """page_of(person) is the open page of somebody signed in, let into the channel."""
    from contextlib import contextmanager

    @contextmanager
    def open_page(person: Person) -> Iterator[Socket]:
        with spoken(served.host, cookie_of(person)) as socket:
            assert socket.come_in()
            yield socket

    return open_page


def cookie_of(person: Person) -> str:
    """The cookie of this browser."""
    held = person.get_cookie("mdt")
    assert held is not None
    return f"mdt={held.value}"


def _wait(ready: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not ready():
        assert time.monotonic() < until, "not in time"
        time.sleep(0.01)
