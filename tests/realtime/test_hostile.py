"""Whoever floods, stalls, never reads or only sits there is ended, holds next to nothing, and holds nobody up."""

from __future__ import annotations

import contextlib
import fcntl
import json
import socket
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

import httpx
import pytest

from mdt.operations.demo import known, people
from mdt.realtime import bodies, channel, front, wires
from tests.bench.sockets import HELLO
from tests.fixtures_app import Person
from tests.realtime.conftest import Served, cookie_of
from tests.realtime.speaking import PATH, Socket, spoken
from tests.realtime.test_front_door import knock

pytestmark = [pytest.mark.parametrize("app", ["sqlite"], indirect=True), pytest.mark.own_app]
SignedIn = Callable[[str], Person]
PageOf = Callable[[Person], AbstractContextManager[Socket]]
WREN = f"case:{known('case.wren')}"
BELL = ("bell", {"topic": WREN})
LARGEST = "/static/vendor/uswds/css/uswds.min.css"


def test_a_websocket_that_does_not_ask_to_take_part_is_closed(
    served: Served, signed_in: SignedIn, page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither silence nor answering pings nor leaving again keeps it open; taking part does."""
    monkeypatch.setattr(front, "HANDSHAKE_SECONDS", 0.5)
    casey = signed_in("casey")
    with page_of(casey) as honest:
        assert not honest.is_cut(1)
        with spoken(served.host, cookie_of(casey)) as silent:
            assert silent.is_cut(2)
        with spoken(served.host, cookie_of(casey)) as answering:
            for _ in range(20):
                answering.say("3")
                time.sleep(0.05)
            assert answering.is_cut(1)
        with page_of(casey) as leaving:
            leaving.say("41")
            leaving.say("3")
            assert leaving.is_cut(2)
        assert honest.watch("desk") == {"ok": True}


FLOODS = ('42["watch",{"topic":"desk","tag":""}]', '42["watch",{"topic":"x"}]', "3", "6", "rubbish", "")


def test_who_floods_is_cut_whatever_it_is_that_they_say(
    served: Served, signed_in: SignedIn, page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "BURST", 20.0)
    monkeypatch.setattr(front, "A_SECOND", 1.0)
    with page_of(signed_in("dee")) as honest:
        for frame in FLOODS:
            with page_of(signed_in("casey")) as flooding:
                for _ in range(30):
                    flooding.say(frame)
                assert flooding.is_cut(2), frame
        assert honest.watch("desk") == {"ok": True} and honest.hear()


def test_all_sockets_of_one_sign_in_share_what_it_may_say(
    served: Served, signed_in: SignedIn, page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "BURST", 24.0)
    monkeypatch.setattr(front, "A_SECOND", 0.1)
    casey = signed_in("casey")
    with ExitStack() as stack:
        sockets = [stack.enter_context(page_of(casey)) for _ in range(4)]
        for _ in range(5):
            for one in sockets:
                one.say('42["watch",{"topic":"desk","tag":""}]')
        assert any(one.is_cut(0.5) for one in sockets)
        assert knock(served, cookie_of(casey)) == 403, "nor does knocking anew help"
    assert knock(served, cookie_of(signed_in("casey"))) == 101, "another sign-in has its own"


def test_who_knocks_too_often_is_refused_before_they_are_looked_for(
    served: Served, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a sign-in, and by what is none: whether it is one has to be asked for, and each time costs."""
    monkeypatch.setattr(front, "BURST", 5.0)
    monkeypatch.setattr(front, "A_SECOND", 0.01)
    looked, look = [], channel.who_holds
    monkeypatch.setattr(channel, "who_holds", lambda token: looked.append(token) or look(token))
    for cookie in (cookie_of(signed_in("casey")), "mdt=" + "x" * 43):
        looked.clear()
        assert [knock(served, cookie) for _ in range(10)][5:] == [403] * 5
        assert len(looked) == 5


def test_what_is_not_text_ends_the_socket(signed_in: SignedIn, page_of: PageOf) -> None:
    with page_of(signed_in("casey")) as socket_:
        socket_.say(b"\x00" * 1000)
        assert socket_.is_cut(1)


def test_who_only_pings_is_hung_up_on(
    served: Served, signed_in: SignedIn, page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wires, "PINGS", 10)
    with page_of(signed_in("casey")) as pinging:
        with contextlib.suppress(Exception):
            for number in range(30):
                pinging.wire.ping(str(number))
                time.sleep(0.005)
        assert pinging.is_cut(1)


def test_who_answers_no_ping_is_hung_up_on(served: Served, signed_in: SignedIn, page_of: PageOf) -> None:
    """A line that is gone without a word, too: nothing else would ever say so."""
    engine = served.app.extensions["mdt.channel"].server.eio
    engine.ping_interval, engine.ping_timeout = 0.3, 0.3
    taking_part = served_channel(served).watches.people
    with page_of(signed_in("casey")), page_of(signed_in("dee")) as there:
        assert len(taking_part) == 2 and not there.is_cut(1.5)
        assert [one.id for one in taking_part.values()] == [people.id_of("dee")]


NESTED = "4" + "[" * 60_000


def test_a_line_whose_end_nobody_noticed_is_forgotten(
    served: Served, signed_in: SignedIn, page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hung up on while it was asked who knocks, and a frame on which the library behind fails: neither tells."""
    engine, casey = served_channel(served).server.eio, signed_in("casey")
    engine.ping_interval, engine.ping_timeout = 0.3, 0.3
    with page_of(casey) as nesting:
        assert nesting.watch("desk") == {"ok": True}
        nesting.say(NESTED)
        assert nesting.is_cut(3)
    find = channel.who_holds
    monkeypatch.setattr(channel, "who_holds", lambda token: time.sleep(0.5) or find(token))
    with _wire(served) as wire:
        wire.sendall(HELLO.format(port=served.host.split(":")[1], cookie=cookie_of(casey)).encode())
        time.sleep(0.2)
    end = time.monotonic() + 5
    time.sleep(1)
    while engine.sockets or served_channel(served).watches.people or served_channel(served).server.environ:
        assert time.monotonic() < end, engine.sockets
        time.sleep(0.05)


def test_a_reader_who_is_far_behind_is_cut_and_nobody_waits_for_them(
    served: Served, signed_in: SignedIn, page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wire that takes nothing: frames go to the queue, and the queue has an end."""
    monkeypatch.setattr(channel, "MOST_BEHIND", 3)
    casey, dee = signed_in("casey"), signed_in("dee")
    with page_of(casey) as slow, page_of(dee) as quick:
        for one in (slow, quick):
            assert one.watch("desk") == {"ok": True} and one.hear()
        for stuck in _wires_of(served, slow):
            stuck.loop.call_soon_threadsafe(stuck.pause_writing)
        for number in range(8):
            slow.say(f'42{number}["watch",{{"topic":"desk","tag":"{number}"}}]')
            time.sleep(0.05)
        assert quick.watch("desk", "other") == {"ok": True} and quick.hear(1)
        time.sleep(0.3)
        assert not _is_in(served, slow)


def test_a_reader_who_takes_nothing_is_hung_up_on(
    served: Served, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages are asked for and never read: once the buffers are full, the thread is free again."""
    monkeypatch.setattr(wires, "READ_SECONDS", 0.5)
    asked = f"GET /help HTTP/1.1\r\nHost: {served.host}\r\n\r\n".encode() * 2000
    with _wire(served, small=True) as wire:
        wire.settimeout(5)
        with pytest.raises(OSError):
            for _ in range(50):
                wire.sendall(asked)
    _pages_are_quick(served)


def test_readers_who_take_nothing_hold_no_thread(served: Served) -> None:
    """More than there are threads, each asking for the largest file again and again."""
    asked = f"GET {LARGEST} HTTP/1.1\r\nHost: {served.host}\r\n\r\n".encode() * 40
    with ExitStack() as stack:
        for _ in range(served.app.extensions["mdt.settings"].threads + 4):
            stack.enter_context(_wire(served, small=True)).sendall(asked)
        time.sleep(3)
        _pages_are_quick(served)


def test_for_a_reader_who_takes_nothing_the_machine_holds_a_page_or_two(served: Served) -> None:
    """What is asked for again and again is not made while what was asked for before is not taken."""
    asked = f"GET {LARGEST} HTTP/1.1\r\nHost: {served.host}\r\n\r\n".encode() * 40
    with _wire(served, small=True) as wire:
        wire.sendall(asked)
        time.sleep(1)
        lines = [reader.transport.get_extra_info("socket") for reader in wires.Pages.waiting]
        held = [int.from_bytes(fcntl.ioctl(line, termios.TIOCOUTQ, bytes(4)), sys.byteorder) for line in lines]
    assert len(held) == 1 and 0 < held[0] <= 2 * wires.ON_THE_WIRE, held


def test_of_many_who_read_slowly_whoever_has_been_at_it_longest_is_hung_up_on(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wires, "SLOW", 2)
    asked = f"GET {LARGEST} HTTP/1.1\r\nHost: {served.host}\r\n\r\n".encode() * 40
    with ExitStack() as stack:
        slow = [stack.enter_context(_wire(served, small=True)) for _ in range(4)]
        for wire in slow:
            wire.sendall(asked)
            time.sleep(0.2)
        end = time.monotonic() + 10
        while len(wires.Pages.waiting) > 2 or not wires.Pages.waiting:
            assert time.monotonic() < end
            time.sleep(0.05)
        assert _ends(slow[0], 30) and not _ends(slow[3], 0.3)


def test_who_goes_on_after_the_end_is_not_read_to_the_end(
    served: Served, signed_in: SignedIn, page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flood in one breath is cut where the allowance ends; the rest of it is not even looked at."""
    monkeypatch.setattr(front, "BURST", 20.0)
    read = []
    took_in = wires.WebSocketsSansIOProtocol.data_received

    def counted(wire: wires.Sockets, data: bytes) -> None:
        read.append(len(data))
        took_in(wire, data)

    monkeypatch.setattr(wires.WebSocketsSansIOProtocol, "data_received", counted)
    with page_of(signed_in("casey")) as flooding:
        read.clear()
        with contextlib.suppress(OSError):
            flooding.wire.socket.sendall(b"\x81\x81\0\0\0\x003" * 200_000)
        assert flooding.is_cut(3)
        assert sum(read) < 4 * wires.PIECE, sum(read)


def test_rubbish_is_not_written_down(
    signed_in: SignedIn, page_of: PageOf, caplog: pytest.LogCaptureFixture
) -> None:
    for said in ("rubbish", "", "7", "b"):
        with page_of(signed_in("casey")) as page:
            page.say(said)
            assert page.is_cut(1), said
    assert not caplog.records


def test_a_head_that_does_not_arrive_is_not_waited_for(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wires, "HEAD_SECONDS", 0.3)
    whole = f"GET /help HTTP/1.1\r\nHost: {served.host}\r\n\r\n".encode()
    for said in (b"", b"GET /help HT", whole[:-2]):
        for before in (b"", whole):
            with _wire(served) as wire:
                wire.sendall(before)
                assert not before or wire.recv(65536)
                wire.sendall(said)
                assert not said or _ends(wire), said


def test_a_page_that_only_listens_is_not_hung_up_on(
    casey_cookie: str, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a request's head may take is not what a page may be silent."""
    monkeypatch.setattr(wires, "HEAD_SECONDS", 0.3)
    with spoken(served.host, casey_cookie) as page:
        assert page.come_in() and not page.is_cut(1)


def test_a_form_that_stalls_holds_no_thread(served: Served, casey_cookie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice as many as there are threads, on routes of every kind, signed in or not."""
    monkeypatch.setattr(bodies, "GRACE_SECONDS", 1.5)
    threads = served.app.extensions["mdt.settings"].threads
    with ExitStack() as stack:
        stalled = []
        for number in range(2 * threads):
            wire = stack.enter_context(_wire(served))
            path = ("/sign-out", f"/cases/{known('case.wren')}/update", "/nowhere", "/child-welfare/import")[number % 4]
            cookie = casey_cookie if number % 8 < 4 else ""
            wire.sendall(_post(served, path, cookie, length=1000) + b"csrf_token=")
            stalled.append(wire)
        _pages_are_quick(served)
        answers = [_read(wire) for wire in stalled]
    assert all(answer.startswith(b"HTTP/1.1 408 ") for answer in answers), answers


def test_large_bodies_that_stall_hold_few_threads_and_not_for_long(
    served: Served, casey_cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "GRACE_SECONDS", 1.5)
    monkeypatch.setattr(bodies, "PLACE_SECONDS", 0.3)
    threads = served.app.extensions["mdt.settings"].threads
    beginning = b"x" * (bodies.WHOLE + 1)
    with ExitStack() as stack:
        stalled = [stack.enter_context(_wire(served)) for _ in range(threads)]
        for wire in stalled:
            head = _post(served, "/sign-out", casey_cookie, length=900_000)
            wire.sendall(head + b"csrf_token=" + beginning)
        _pages_are_quick(served)
        codes = sorted(_read(wire)[9:12] for wire in stalled)
    assert codes.count(b"503") >= threads - threads // 4, codes
    assert not codes.count(b"303"), codes


def test_what_is_still_arriving_has_room_and_no_more(
    served: Served, casey_cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has been at it longest goes, and who comes after them gets through."""
    monkeypatch.setattr(bodies, "ROOM", 100_000)
    with ExitStack() as stack:
        stalled = [stack.enter_context(_wire(served)) for _ in range(4)]
        for wire in stalled:
            wire.sendall(_post(served, "/sign-out", casey_cookie, length=60_000) + b"x" * 40_000)
            time.sleep(0.05)
        assert [_read(wire).startswith(b"HTTP/1.1 408 ") for wire in stalled[:2]] == [True, True]
        _pages_are_quick(served)


def test_a_slow_form_that_keeps_coming_is_taken(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "GRACE_SECONDS", 0.4)
    monkeypatch.setattr(bodies, "RATE", 50)
    with _wire(served) as wire:
        wire.sendall(_post(served, "/nowhere", "", length=100))
        for _ in range(10):
            wire.sendall(b"x" * 10)
            time.sleep(0.1)
        assert not _read(wire).startswith(b"HTTP/1.1 408 ")


def test_guessed_rooms_and_numbers_of_others_let_nobody_in(
    served: Served, signed_in: SignedIn, page_of: PageOf
) -> None:
    """No word of the client names a room: not as a namespace, a topic, a number in the address or in the packet."""
    with page_of(signed_in("casey")) as honest, page_of(signed_in("robin")) as guessing:
        assert honest.watch(WREN) == {"ok": True} and honest.hear() == BELL
        number = next(iter(served_channel(served).watches.by_sid))
        for name in (number, WREN, "*", "", None, 0, [number], {"room": number}):
            said = {"topic": name, "tag": "", "room": number, "to": number}
            guessing.say("42" + json.dumps(["watch", said]))
        time.sleep(0.3)
        rooms = served_channel(served).server.manager.rooms["/"]
        assert all(len(members) == 1 for name, members in rooms.items() if name is not None), (
            "each its own, and no more"
        )
        with pytest.raises(Exception), spoken(served.host, None, path=f"{PATH}&sid={number}"):  # noqa: B017
            pass


@pytest.fixture
def casey_cookie(signed_in: SignedIn) -> str:
    return cookie_of(signed_in("casey"))


def served_channel(served: Served) -> channel.Channel:
    found = served.app.extensions["mdt.channel"]
    assert isinstance(found, channel.Channel)
    return found


def _wires_of(served: Served, page: Socket) -> Iterator[wires.Sockets]:
    port = page.wire.socket.getsockname()[1]
    for _, wire in list(served_channel(served)._lines.values()):
        if wire and wire.client and wire.client[1] == port:
            yield wire


def _is_in(served: Served, page: Socket) -> bool:
    return any(_wires_of(served, page))


@contextmanager
def _wire(served: Served, *, small: bool = False) -> Iterator[socket.socket]:
    host, port = served.host.split(":")
    with socket.socket() as wire:
        if small:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        wire.settimeout(10)
        wire.connect((host, int(port)))
        yield wire


def _post(served: Served, path: str, cookie: str, *, length: int) -> bytes:
    kind = "application/x-www-form-urlencoded"
    lines = [f"POST {path} HTTP/1.1", f"Host: {served.host}", f"Content-Type: {kind}", f"Content-Length: {length}"]
    return "\r\n".join([*lines, f"Cookie: {cookie}", "", ""]).encode()


def _read(wire: socket.socket) -> bytes:
    try:
        return wire.recv(65536)
    except OSError:
        return b""


def _ends(wire: socket.socket, seconds: float = 3) -> bool:
    """Whether the server hangs up."""
    end = time.monotonic() + seconds
    wire.settimeout(seconds)
    try:
        while time.monotonic() < end:
            if not wire.recv(65536):
                return True
    except TimeoutError:
        return False
    except OSError:
        return True
    return False


def _pages_are_quick(served: Served) -> None:
    begun = time.monotonic()
    for _ in range(3):
        assert httpx.get(f"http://{served.host}/help", timeout=5).status_code == 200
    assert time.monotonic() - begun < 1.5
