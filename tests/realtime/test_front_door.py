"""Who is let in to the channel: only a page of ours, of somebody signed in, over a websocket."""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from websockets.exceptions import InvalidStatus

from mdt.operations.demo import people
from mdt.realtime import front
from mdt.web.headers import ALWAYS
from tests.fixtures_app import Person
from tests.realtime.conftest import Served, cookie_of
from tests.realtime.speaking import PATH, spoken

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)

STRANGERS = (
    "http://evil.example",
    "https://{host}.evil.example",
    "http://localhost:1",
    "null",
    None,
    "http://[",
    "{host}",
    "http://evil.example/{host}",
    "http://{host}@evil.example",
)

NOBODY = (None, "mdt=", "mdt=wrong", "other=1", "mdt=" + "x" * 5000, 'mdt="', "mdt=\x80; =")


@pytest.fixture
def casey(signed_in: Callable[[str], Person]) -> Person:
    return signed_in("casey")


def knock(served: Served, cookie: str | None, **more: object) -> int:
    """101 if the websocket opens, else the status it is refused with."""
    try:
        with spoken(served.host, cookie, **more):  # type: ignore[arg-type]
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


def test_only_a_page_of_ours_of_somebody_signed_in_is_let_in(served: Served, casey: Person) -> None:
    mine = cookie_of(casey)
    assert knock(served, mine) == 101
    assert {cookie: knock(served, cookie) for cookie in NOBODY} == dict.fromkeys(NOBODY, 403)
    origins = [origin and origin.format(host=served.host) for origin in STRANGERS]
    assert {origin: knock(served, mine, origin=origin) for origin in origins} == dict.fromkeys(origins, 403)


def test_a_name_that_only_leads_to_us_is_not_ours(app: Flask) -> None:
    """After a trick with names, a foreign page's origin and host agree, and both are not ours."""
    door = front.Front(_unreached, _unreached, _unreached, "mdt", app.extensions["mdt.settings"])  # type: ignore[arg-type]
    for host in ("evil.example", "localhost.evil.example", "evil.example:80", "evillocalhost", ""):
        assert not door._from_here({"host": host, "origin": f"http://{host}"})
    assert door._from_here({"host": "casey.localhost:8000", "origin": "http://casey.localhost:8000"})


def test_in_production_only_the_stated_origins_are_ours(app: Flask) -> None:
    """Not the same name without encryption, where somebody on the way could have written the page."""
    stated = replace(app.extensions["mdt.settings"], production=True, origins=("https://mdt.example.gov",))
    door = front.Front(_unreached, _unreached, _unreached, "mdt", stated)  # type: ignore[arg-type]
    assert door._from_here({"host": "mdt.example.gov", "origin": "https://mdt.example.gov"})
    for origin in ("http://mdt.example.gov", "https://mdt.example.gov:8443", "https://mdt.example.gov.evil", ""):
        assert not door._from_here({"host": "mdt.example.gov", "origin": origin})


def test_what_may_still_be_said_over_an_open_socket_is_not_forgotten(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its allowance is full again, and many others knock: whoever comes by the same sign-in has no other beside it."""
    monkeypatch.setattr(front, "MANY", 3)
    kept = []

    async def open_for_a_while(scope: front.Scope, _receive: object, _send: object) -> None:
        kept.append(door._allowance("mine"))
        for number in range(8):
            door._allowance(str(number))
        kept.append(door._allowance("mine"))

    door = front.Front(open_for_a_while, _unreached, _unreached, "mdt", app.extensions["mdt.settings"])  # type: ignore[arg-type]
    mine: Any = SimpleNamespace(sign_in="mine")
    allowance = door._allowance("mine")
    asyncio.run(door._hold(mine, {}, allowance, None, None))
    assert kept == [allowance, allowance] and not door.open
    for number in range(8):
        door._allowance(str(number))
    assert door._allowance("mine") is not allowance, "it is closed"


def test_what_ended_lets_nobody_in(served: Served, casey: Person) -> None:
    cookie = cookie_of(casey)
    casey.get("/help")
    assert casey.send("/sign-out").status_code == 303
    assert knock(served, cookie) == 403


def test_who_is_suspended_is_not_let_in(served: Served, casey: Person, signed_in: Callable[[str], Person]) -> None:
    cookie = cookie_of(casey)
    robin = signed_in("robin")
    robin.get("/admin")
    assert robin.send(f"/admin/people/{people.id_of('casey')}/suspend").status_code == 303
    assert knock(served, cookie) == 403


def test_a_database_that_cannot_be_asked_lets_nobody_in(
    served: Served, casey: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_token: str) -> None:
        raise OSError("away")

    monkeypatch.setattr("mdt.realtime.channel.who_holds", away)
    assert knock(served, cookie_of(casey)) == 403


def test_nothing_but_a_websocket_is_answered(served: Served, casey: Person) -> None:
    for query in ("transport=polling", "transport=polling&j=0", "transport=websocket", ""):
        for method in ("GET", "POST", "OPTIONS"):
            status, headers = _ask(served, method, f"/socket.io/?EIO=4&{query}", cookie_of(casey))
            assert status == 404
            assert {name: headers.get(name) for name in ALWAYS} == ALWAYS
            assert headers["Cache-Control"] == "no-store"


def test_a_websocket_to_any_other_address_is_closed(served: Served, casey: Person) -> None:
    for path in ("/", "/cases/", "/socket.i", "/SOCKET.IO/?EIO=4&transport=websocket"):
        assert knock(served, cookie_of(casey), path=path) == 403


def test_the_number_of_another_socket_opens_nothing(
    served: Served, casey: Person, signed_in: Callable[[str], Person]
) -> None:
    """On a channel that can be upgraded, the number in the address would be the key."""
    imani = signed_in("imani")
    with spoken(served.host, cookie_of(casey)) as socket:
        number = socket.wire.recv(2).split('"sid":"')[1].split('"')[0]  # type: ignore[union-attr, arg-type]
        with pytest.raises(Exception), spoken(served.host, cookie_of(imani), path=f"{PATH}&sid={number}") as stolen:  # noqa: B017
            assert not stolen.come_in()
            raise ConnectionError("nothing came")
        assert socket.come_in()


def test_no_other_namespace_is_there(served: Served, casey: Person) -> None:
    with spoken(served.host, cookie_of(casey)) as socket:
        socket.say("40/admin,")
        assert not socket._until(lambda frame: frame.startswith("40/admin"), 0.5)
        socket.say('42/admin,["watch",{"topic":"desk","tag":""}]')
        assert socket.hear(0.5) is None


def test_an_event_before_being_let_in_is_not_heard(served: Served, casey: Person) -> None:
    with spoken(served.host, cookie_of(casey)) as socket:
        socket.say('421["watch",{"topic":"desk","tag":""}]')
        assert socket.hear(0.5) is None and not socket.acks


def test_a_frame_of_more_than_64_kib_ends_the_socket_in_one_piece_or_many(served: Served, casey: Person) -> None:
    long = "42" + '["watch",{"topic":"' + "x" * 66_000 + '"}]'
    for said in (long, [long[:30_000], long[30_000:]]):
        with spoken(served.host, cookie_of(casey)) as socket:
            assert socket.come_in()
            assert socket.tell("watch", {"topic": "x" * 60_000, "tag": ""}) == {"ok": False}  # less is read
            socket.say(said)
            assert socket.is_cut(2)


def test_one_sign_in_opens_so_many_sockets_and_no_more(
    served: Served, casey: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "AT_MOST", 2)
    cookie = cookie_of(casey)
    with spoken(served.host, cookie), spoken(served.host, cookie):
        assert knock(served, cookie) == 403
    assert _until(lambda: knock(served, cookie) == 101)


def _ask(served: Served, method: str, path: str, cookie: str) -> tuple[int, http.client.HTTPMessage]:
    line = http.client.HTTPConnection(served.host, timeout=5)
    line.request(method, path, headers={"Cookie": cookie, "Origin": f"http://{served.host}"})
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer.status, answer.headers


def _until(true: Callable[[], bool]) -> bool:
    import time

    end = time.monotonic() + 2
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    return time.monotonic() < end


async def _unreached(*_args: object) -> None:
    raise AssertionError("nobody is to come as far as this")
