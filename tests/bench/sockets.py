"""Very many open pages in one process: websockets spoken by hand, each with the moment of its last bell.

Frames of a client are masked, with a mask of zeros: the servers cannot tell, and nothing is worked out for it.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterable
from typing import Any

HELLO = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\nCookie: {cookie}\r\n\r\n"
)
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
"""The kind of frame by which the server ends a websocket."""


class Page(asyncio.Protocol):
    """One open page. `rung` is when it last heard a bell; `ready` is done once it watches what it is to watch; `number`
    is what the server calls its socket."""

    def __init__(self, port: int, cookie: str, watches: str | None, heard: Callable[[Page], None]) -> None:
        self.port, self.cookie, self.watches, self.heard = port, cookie, watches, heard
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.rung, self.bells, self._buffer, self._open = 0.0, 0, b"", False
        self.number = ""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(HELLO.format(port=self.port, cookie=self.cookie).encode())

    def connection_lost(self, wrong: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("the server closed the websocket"))

    def data_received(self, data: bytes) -> None:
        at = time.monotonic()
        self._buffer += data
        if not self._open:
            head, ended, rest = self._buffer.partition(b"\r\n\r\n")
            if not ended:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self.transport.close()
                return
            self._open, self._buffer = True, rest
            self.say("40")
        while len(self._buffer) >= 2:
            size, start = self._buffer[1] & 0x7F, 2
            if size == 126:
                size, start = int.from_bytes(self._buffer[2:4], "big"), 4
            if len(self._buffer) < start + size:
                return
            if self._buffer[0] & 0x0F == CLOSE:
                self.transport.close()
                return
            kind = self._buffer[0] & 0x0F
            frame, self._buffer = self._buffer[start : start + size], self._buffer[start + size :]
            if kind == PING:  # as a browser does: whoever is silent to it is hung up on
                self._send(PONG, frame)
            else:
                self._take(frame, at)

    def say(self, text: str) -> None:
        self._send(TEXT, text.encode())

    def _send(self, kind: int, said: bytes) -> None:
        size = bytes([0x80 | len(said)]) if len(said) < 126 else b"\xfe" + len(said).to_bytes(2, "big")
        self.transport.write(bytes([0x80 | kind]) + size + b"\0\0\0\0" + said)

    def _take(self, frame: bytes, at: float) -> None:
        if frame.startswith(b'42["bell"'):
            self.rung, self.bells = at, self.bells + 1
            self.heard(self)
        elif frame == b"2":
            self.say("3")
        elif frame.startswith(b"0{"):
            self.number = json.loads(frame[1:])["sid"]
        elif frame.startswith(b"40{"):
            if self.watches:
                self.say("421" + json.dumps(["watch", {"topic": self.watches, "tag": ""}]))
            else:
                self._is_ready()
        elif frame.startswith(b"431"):
            self._is_ready()

    def _is_ready(self) -> None:
        if not self.ready.done():
            self.ready.set_result(None)


async def opened(
    port: int, cookies: Iterable[str], watches: str | None, *, at_once: int = 25,
    heard: Callable[[Page], None] = lambda _page: None,
) -> list[Page]:  # fmt: skip
    """Open a page for each of these cookies, some at a time."""
    loop, pages, waiting = asyncio.get_running_loop(), [], list(cookies)
    for first in range(0, len(waiting), at_once):
        made = [
            (await loop.create_connection(lambda c=cookie: Page(port, c, watches, heard), "127.0.0.1", port))[1]  # type: ignore[misc]
            for cookie in waiting[first : first + at_once]
        ]
        await asyncio.wait_for(asyncio.gather(*(page.ready for page in made)), 60)
        pages += made
    return pages


async def get(port: int, path: str, cookie: str = "") -> bytes:
    """One page over a connection of its own; what is on it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\nX-Live: 1\r\nConnection: close\r\n\r\n"
    )
    writer.write(head.encode())
    whole = await reader.read()
    writer.close()
    return whole.partition(b"\r\n\r\n")[2]


async def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for it; TimeoutError if it does not come."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError
        await asyncio.sleep(0.001)


def close(pages: Iterable[Page]) -> None:
    for page in pages:
        page.transport.abort()


__all__ = ["Page", "close", "get", "opened", "until"]
