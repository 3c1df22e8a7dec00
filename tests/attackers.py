"""Hostile clients of every kind at once, in a process of their own: bare connections, and words made beforehand.

Every line on its input asks for one attack, `{"port", "cookies", "topics", "numbers", "seconds"}`: by which sign-ins
of theirs, on whose topics, with which numbers of others' sockets. Every line it writes says what came of it: by kind
of attacker how many knocks, openings, answers and bytes there were, and `joins`: openings and events that they had no
right to.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import socket
import sys
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.sockets import CLOSE, HELLO

MASKED = b"\0\0\0\0"
"""A mask that changes nothing: the server cannot tell, and nothing is worked out for it."""
MIB = 1024 * 1024


def frame(said: bytes, kind: int = 0x81) -> bytes:
    """A client's frame of any size."""
    size = len(said)
    if size < 126:
        head = bytes([0x80 | size])
    else:
        head = b"\xfe" + size.to_bytes(2, "big") if size < 65536 else b"\xff" + size.to_bytes(8, "big")
    return bytes([kind]) + head + MASKED + said


def watch(topic: str, tag: str = "nothing", *, answer: bool = False) -> bytes:
    return frame((b"421" if answer else b"42") + json.dumps(["watch", {"topic": topic, "tag": tag}]).encode())


COME_IN = frame(b"40")
HUGE = (
    COME_IN + frame(b"42" + b"x" * MIB),  # more than a frame may be
    COME_IN + bytes([0x81]) + b"\xff" + (1 << 40).to_bytes(8, "big") + MASKED + b"x" * 65536,  # and says so itself
    COME_IN + frame(b"42" + b"x" * 60_000, kind=0x01) + frame(b"x" * 60_000, kind=0) * 16,  # in pieces
    COME_IN + watch("x" * 60_000) * 16,  # just not too much
)
FLOOD = 20_000
ASKED = (watch("desk", "", answer=True), watch("desk", "x", answer=True), watch("x", answer=True))
FLOODS = tuple(
    COME_IN + one * FLOOD
    for one in (*ASKED, *ASKED, frame(b"3"), frame(b"rubbish"), frame(b""), frame(b"", kind=0x89))
)
"""Whatever can be said, twenty thousand times in one breath."""


@dataclass(frozen=True)
class Kind:
    """A kind of attacker: so many lines at a time, each of which is opened anew this many seconds after it ended, or
    has been open for as long as it stays. `knock` is said at once, `say` once the websocket is open, `whisper` once it
    was let in."""

    lines: int
    knock: Callable[[], bytes]
    say: Callable[[], bytes] = lambda: b""
    whisper: Callable[[], bytes] = lambda: b""
    rest: float = 0.1
    stays: float = 5.0
    reads: bool = True
    may_enter: bool = True


class Line(asyncio.Protocol):
    """One connection of an attacker."""

    def __init__(self, kind: Kind, tally: Counter[str]) -> None:
        self.kind, self.tally, self.over = kind, tally, asyncio.get_running_loop().create_future()
        self._heard, self._open = b"", False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._say(self.kind.knock())
        if not self.kind.reads and not self.kind.say():
            transport.pause_reading()

    def connection_lost(self, wrong: Exception | None) -> None:
        if not self.over.done():
            self.over.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        if not self._open:
            head, ended, rest = self._heard.partition(b"\r\n\r\n")
            self._open = bool(ended) and head.startswith(b"HTTP/1.1 101")
            if self._open:
                self._heard = rest
                self.tally["opened"] += 1
                self._say(self.kind.say())
            elif ended:
                self.tally["joins"] += head.startswith(b"HTTP/1.1 2") and not self.kind.may_enter
                self.transport.close()
                return
        if self._open:
            self._listen()

    def _listen(self) -> None:
        while len(self._heard) >= 2:
            size, start = self._heard[1] & 0x7F, 2
            if size == 126:
                size, start = int.from_bytes(self._heard[2:4], "big"), 4
            if len(self._heard) < start + size:
                return
            if self._heard[0] & 0x0F == CLOSE:
                self.transport.abort()  # and comes again
                return
            said, self._heard = self._heard[start : start + size], self._heard[start + size :]
            self._take(said)

    def _take(self, said: bytes) -> None:
        if said.startswith(b"40{"):
            self.tally["let in" if self.kind.may_enter else "joins"] += 1
            self._say(self.kind.whisper())
            if not self.kind.reads:
                self.transport.pause_reading()
        elif said.startswith(b"43"):
            self.tally["answers"] += 1
        elif said.startswith(b"42") and b'"desk"' not in said:  # a desk is their own
            self.tally["joins"] += 1
        elif said == b"2":
            self._say(frame(b"3"))

    def _say(self, words: bytes) -> None:
        if words:
            self.tally["bytes"] += len(words)
            self.transport.write(words)


def kinds(port: int, cookies: Sequence[str], topics: Sequence[str], numbers: Sequence[str]) -> dict[str, Kind]:
    """All that there are."""

    def hello(cookie: str = "", origin: str = "", more: str = "") -> bytes:
        said = HELLO.format(port=port, cookie=cookie)
        if origin:
            said = said.replace(f"Origin: http://127.0.0.1:{port}", f"Origin: {origin}")
        return said.replace("transport=websocket", f"transport=websocket{more}").encode()

    def mine() -> str:
        return random.choice(cookies)

    def other() -> str:
        return random.choice(numbers) if numbers else uuid.uuid4().hex[:20]

    def polling() -> bytes:
        method = random.choice(("GET", "POST"))
        lines = (
            f"{method} /socket.io/?EIO=4&transport=polling&sid={other()} HTTP/1.1", f"Host: 127.0.0.1:{port}",
            f"Origin: http://127.0.0.1:{port}", f"Cookie: {mine()}", "Content-Length: 2", "", "40",
        )  # fmt: skip
        return "\r\n".join(lines).encode()

    def rooms() -> bytes:
        guessed = [*topics, *(f"case:{uuid.uuid4()}" for _ in topics), "*", "/", *numbers[:3]]
        return b"".join(map(watch, random.sample(guessed, min(8, len(guessed)))))

    page = f"GET /static/vendor/uswds/css/uswds.min.css HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    return {
        "huge frames": Kind(3, lambda: hello(mine()), say=lambda: random.choice(HUGE), rest=0.5),
        "floods of frames": Kind(3, lambda: hello(mine()), say=lambda: random.choice(FLOODS), rest=0.5),
        "floods of connections": Kind(10, lambda: b"GET /socket.io/", stays=0.3),
        "never reading": Kind(
            8, lambda: hello(mine()), say=lambda: COME_IN, whisper=lambda: watch("desk", "") * 20, stays=20, reads=False
        ),
        "pages never read": Kind(14, lambda: page * 40, rest=2.0, stays=20, reads=False),
        "of nobody": Kind(2, lambda: hello(random.choice(("", f"mdt={uuid.uuid4().hex}"))), may_enter=False),
        "of a forged origin": Kind(1, lambda: hello(mine(), "http://evil.example"), may_enter=False),
        "guessing rooms": Kind(4, lambda: hello(mine()), say=lambda: COME_IN, whisper=rooms, rest=1.0, stays=20),
        "with others' numbers": Kind(1, polling, may_enter=False),
        "with others' numbers, on a websocket": Kind(
            1, lambda: hello(mine(), more=f"&sid={other()}"), say=lambda: COME_IN, may_enter=False
        ),
    }


async def attack(port: int, cookies: list[str], topics: list[str], numbers: list[str], seconds: float) -> Any:
    """One attack; what came of it, by kind."""
    end = asyncio.get_running_loop().time() + seconds
    found: dict[str, Counter[str]] = {}
    everybody = []
    for name, kind in kinds(port, cookies, topics, numbers).items():
        found[name] = Counter()
        everybody += [_come_again(kind, port, end, found[name]) for _ in range(kind.lines)]
    await asyncio.gather(*everybody)
    return found


async def _come_again(kind: Kind, port: int, end: float, tally: Counter[str]) -> None:
    loop = asyncio.get_running_loop()
    await asyncio.sleep(random.random() * kind.rest)
    while (left := end - loop.time()) > 0:
        tally["knocks"] += 1
        wire = socket.socket()
        wire.setblocking(False)
        if not kind.reads:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        try:
            await loop.sock_connect(wire, ("127.0.0.1", port))
            _, line = await loop.create_connection(lambda: Line(kind, tally), sock=wire)
            await asyncio.wait_for(asyncio.shield(line.over), min(left, kind.stays))
            tally["ended"] += 1
        except TimeoutError:
            line.transport.abort()
        except OSError:
            wire.close()
        await asyncio.sleep(kind.rest)


if __name__ == "__main__":
    os.nice(15)  # attackers are elsewhere: their own work takes nothing from the server; what they ask of it does
    for asked in sys.stdin:
        print(json.dumps(asyncio.run(attack(**json.loads(asked)))), flush=True)
