"""After a revocation no byte of what it closed leaves the server for longer than a second: not by a bell's page, nor by
any other; not with Redis down, nor with a slow database, nor behind fifty queued frames."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from typing import Any

import pytest
import socketio
from flask import Flask
from sqlalchemy import create_engine, update

from mdt.models import Release, User, begin_writing, db, now
from mdt.operations.demo import known, people
from mdt.realtime import channel as channels
from mdt.sharing.facts import Revocation
from tests.fixtures_app import Person
from tests.realtime.blackout import Screen, screen, until
from tests.realtime.conftest import Served, cookie_of
from tests.realtime.slow_line import slow_line
from tests.realtime.speaking import Socket

SignedIn = Callable[[str], Person]
PageOf = Callable[[Person], AbstractContextManager[Socket]]
CASE = known("case.wren")
SECRET = "Weekly, and she comes."
pytestmark = pytest.mark.own_app
ON_SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("app", ["postgresql"], indirect=True)
TRIALS = 20
ALLOWED = re.compile(r'2|43\d+\[\{"ok":(true|false)\}\]|42\["(bell",\{"topic":"[a-z0-9:-]+"\}|signed_out",\{\})\]|41|1')
"""What the channel may say at all."""


def watched(served: Served, person: Person) -> AbstractContextManager[Screen]:
    return screen(served.host, f"/cases/{CASE}", cookie_of(person), SECRET, f"case:{CASE}")


def revoked(app: Flask, *stops: Revocation) -> float:
    """Stop the release of therapy to the county, or open it again; when that was committed."""
    with app.app_context():
        begin_writing()
        release = db.session.get_one(Release, known("wren.release.therapy"))
        release.terms = replace(release.terms, revoked=stops)
        db.session.commit()
        return time.monotonic()


def goes_dark(app: Flask, one: Screen) -> float:
    """Revoke, look for a good second, and open again; seconds until covered, and until the last byte of it."""
    commit = revoked(app, Revocation(at=now(), mode="verbal"))
    covered = one.covered_after(commit)
    time.sleep(max(0.0, commit + 1.1 - time.monotonic()))
    assert one.clean(commit) > 0, "the page was asked for all the while"
    last = max(covered, one.last_told(commit))
    one.comes_back()
    opened = revoked(app)
    assert one.socket.hear(3) or one.socket.is_cut(0.01)
    one.comes_back()
    until(lambda: one.reads[-1].told and one.reads[-1].begun > opened)
    return last


@ON_SQLITE
def test_nothing_of_what_was_revoked_leaves_after_a_second(served: Served, signed_in: SignedIn) -> None:
    """Twenty of twenty."""
    with watched(served, signed_in("casey")) as one:
        took = [goes_dark(served.app, one) for _ in range(TRIALS)]
    assert max(took) < 1, took


@pytest.fixture
def redis_down(app: Flask) -> None:
    """Redis is named, and is away."""
    old = app.extensions["mdt.settings"]
    app.extensions["mdt.settings"] = replace(old, redis_url="redis://127.0.0.1:9/0")


@ON_SQLITE
@pytest.mark.usefixtures("redis_down")
def test_with_redis_down_it_is_the_same(served: Served, signed_in: SignedIn) -> None:
    """And when another process commits, so that nothing tells this one but the database."""
    with watched(served, signed_in("casey")) as one:
        assert max(goes_dark(served.app, one) for _ in range(3)) < 1
        elsewhere = create_engine(served.app.config["SQLALCHEMY_DATABASE_URI"])
        with elsewhere.begin() as line:
            line.execute(update(User).where(User.id == people.id_of("casey")).values(active=False))
        commit = time.monotonic()
        elsewhere.dispose()
        assert one.covered_after(commit) < 1
        time.sleep(1.1)
        assert one.last_told(commit) < 1


@pytest.fixture
def slow(app: Flask, request: pytest.FixtureRequest) -> Any:
    """The application, whose database answers when this lets it."""
    postgres = request.getfixturevalue("postgres")
    with slow_line(postgres.port) as line:
        with app.app_context():
            url = db.engine.url.set(port=line.port)
            db.engine.dispose()
            db.engines[None] = create_engine(url, pool_pre_ping=False)
        yield line


@ON_POSTGRES
@pytest.mark.parametrize("delay", [0.02, 0.15, 0.7])
def test_with_a_slow_database_it_is_the_same(app: Flask, request: pytest.FixtureRequest, delay: float) -> None:
    """Each word to the database and back takes this long. What is decided too long ago is not shown."""
    direct = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    line = request.getfixturevalue("slow")
    served, signed_in = request.getfixturevalue("served"), request.getfixturevalue("signed_in")
    with watched(served, signed_in("casey")) as one:
        line.delay = delay
        time.sleep(2 * delay)
        with direct.begin() as connection:
            connection.execute(update(User).where(User.id == people.id_of("casey")).values(active=False))
        commit = time.monotonic()
        assert one.covered_after(commit, seconds=3) < 3
        time.sleep(max(0.0, commit + 3 - time.monotonic()))
        assert one.last_told(commit) < 1, "a byte of it left later"
        line.delay = 0.0
    direct.dispose()


def behind_fifty_frames(served: Served, socket: Socket, person: Person) -> None:
    """Fifty frames wait for a reader who takes nothing; then their sign-in ends."""
    channel = served.app.extensions["mdt.channel"]
    _, wire = next(iter(channel._lines.values()))
    wire.loop.call_soon_threadsafe(wire.writable.clear)
    for number in range(50):
        socket.say(f'42{number}["watch",{{"topic":"desk","tag":"{number}"}}]')
    time.sleep(0.5)
    person.get("/help")
    assert person.send("/sign-out").status_code == 303
    commit = time.monotonic()
    time.sleep(0.3)
    wire.loop.call_soon_threadsafe(wire.writable.set)
    assert socket.is_cut(max(0.05, commit + 1 - time.monotonic())), "the line is still open"
    assert not channel.watches.people


@ON_SQLITE
def test_fifty_queued_frames_tell_nothing_and_keep_no_line_open(
    served: Served, signed_in: SignedIn, page_of: PageOf
) -> None:
    casey = signed_in("casey")
    with page_of(casey) as socket:
        frames: list[str] = []
        take = socket._take
        socket._take = lambda frame: (frames.append(frame), take(frame))[1]  # type: ignore[method-assign]
        behind_fifty_frames(served, socket, casey)
        assert frames and not [one for one in frames if not ALLOWED.fullmatch(one)]


@ON_SQLITE
def test_a_build_that_relies_on_the_stock_disconnect_fails(
    served: Served, signed_in: SignedIn, page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library's own `disconnect` says goodbye to the namespace and leaves the line open."""

    def stock(self: channels.Channel, sid: str) -> None:
        self._let_go(sid)
        self.beside.begin(self.server.disconnect(sid))

    monkeypatch.setattr(channels.Channel, "cut", stock)
    casey = signed_in("casey")
    with page_of(casey) as socket, pytest.raises(AssertionError, match="the line is still open"):
        behind_fifty_frames(served, socket, casey)


@ON_SQLITE
def test_a_build_that_relies_on_the_stock_disconnect_over_redis_fails_when_that_is_down(
    served: Served, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No counters, but the library's manager told to disconnect: with Redis down it silently does nothing."""

    async def looks_away(_channel: channels.Channel, **_how: bool) -> None:
        pass

    monkeypatch.setattr(channels.Channel, "_look", looks_away)
    monkeypatch.setattr(channels.Channel, "_moved_here", lambda *_moved: None)
    with watched(served, signed_in("casey")) as one:
        stock = socketio.AsyncServer(
            client_manager=socketio.AsyncRedisManager("redis://127.0.0.1:9/0", write_only=True), logger=False
        )
        commit = revoked(served.app, Revocation(at=now(), mode="verbal"))
        sid = next(iter(served.app.extensions["mdt.channel"].watches.people))

        async def told() -> None:
            await asyncio.wait_for(stock.manager.disconnect(sid, "/"), 1)

        with suppress(TimeoutError):
            asyncio.run(told())
        with pytest.raises(AssertionError, match="the screen was not told"):
            one.covered_after(commit)
