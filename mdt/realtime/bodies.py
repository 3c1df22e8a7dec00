"""What a request brings along arrives in time, or the request ends: no thread waits on a sender who has gone quiet.

A form is taken in here, beside the threads, and handed over whole. Only what is larger is handed over while it
arrives, to a few at a time; whoever then falls below two kilobytes a second is not waited for.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from mdt.web.headers import ALWAYS

Scope = dict[str, Any]
Asgi = Callable[[Scope, Any, Any], Awaitable[None]]
GRACE_SECONDS = 10.0
RATE = 2048
"""Bytes a second that are waited for, once the grace is over."""
WHOLE = 256 * 1024
"""Bytes that are taken in before a thread hears of the request."""
ROOM = 32 * 1024 * 1024
"""Bytes that may be held of requests still arriving; beyond them, whoever has been at it longest is let go."""
PLACE_SECONDS = 5.0
"""For a place among the few whose large bodies are read."""
GONE = {"type": "http.disconnect"}
TOO_SLOW = (408, b"This took too long to arrive. Nothing was kept. Try again.")
NO_PLACE = (503, b"Others are sending large files just now. Nothing was kept. Try again in a minute.")


class Gone(Exception):
    """The sender hung up."""


class Bodies:
    """ASGI: pages that hear of a request when its body is there. `streams` large ones are read at a time, each for
    no longer than `longest` seconds."""

    def __init__(self, pages: Asgi, *, streams: int, longest: float) -> None:
        self.pages, self.longest = pages, longest
        self._places = asyncio.Semaphore(streams)
        self._arriving: dict[asyncio.Timeout, int] = {}

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not _brings_something(scope):
            return await self.pages(scope, receive, send)
        try:
            held, more = await self._first(receive)
        except TimeoutError:
            return await _answer(send, *TOO_SLOW)
        except Gone:
            return None
        body = _Body(receive, held, more, time.monotonic() + self.longest)
        if not more:
            return await self.pages(scope, body.receive, send)
        return await self._stream(scope, body, send)

    async def _stream(self, scope: Scope, body: _Body, send: Any) -> None:
        try:
            await asyncio.wait_for(self._places.acquire(), PLACE_SECONDS)
        except TimeoutError:
            return await _answer(send, *NO_PLACE)
        try:
            await self.pages(scope, body.receive, send)
        finally:
            self._places.release()

    async def _first(self, receive: Any) -> tuple[bytes, bool]:
        """The body, or as much as is taken in before its thread begins. TimeoutError if it is slow."""
        loop, held, more = asyncio.get_running_loop(), bytearray(), True
        begun = loop.time()
        async with asyncio.timeout_at(begun + GRACE_SECONDS) as limit:
            try:
                while more and len(held) < WHOLE:
                    piece, more = _piece(await receive())
                    held += piece
                    limit.reschedule(begun + GRACE_SECONDS + len(held) / RATE)
                    self._hold(limit, len(held))
            finally:
                self._arriving.pop(limit, None)
        return bytes(held), more

    def _hold(self, limit: asyncio.Timeout, size: int) -> None:
        self._arriving[limit] = size
        while sum(self._arriving.values()) > ROOM:
            oldest = next(iter(self._arriving))
            del self._arriving[oldest]
            with suppress(RuntimeError):  # its time is up by itself
                oldest.reschedule(0)


class _Body:
    """The rest of a body: only the time that is spent waiting for its sender counts, and all of it in the end."""

    def __init__(self, receive: Any, held: bytes, more: bool, until: float) -> None:
        self._receive, self._held, self._more, self._until = receive, held, more, until
        self._begun, self._waited, self._came = False, 0.0, 0

    async def receive(self) -> dict[str, Any]:
        if not self._begun:
            self._begun = True
            return {"type": "http.request", "body": self._held, "more_body": self._more}
        if not self._more:
            return await self._receive()  # type: ignore[no-any-return]
        return await self._in_time()

    async def _in_time(self) -> dict[str, Any]:
        begun = time.monotonic()
        left = min(GRACE_SECONDS + self._came / RATE - self._waited, self._until - begun)
        with suppress(TimeoutError, Gone):
            message: dict[str, Any] = await asyncio.wait_for(self._receive(), max(0.0, left))
            piece, self._more = _piece(message)
            self._waited += time.monotonic() - begun
            self._came += len(piece)
            return message
        self._more = False
        return GONE


def _brings_something(scope: Scope) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value.strip() != b"0")
        for name, value in scope["headers"]
    )


def _piece(message: dict[str, Any]) -> tuple[bytes, bool]:
    if message["type"] == "http.disconnect":
        raise Gone
    return message.get("body", b""), message.get("more_body", False)


async def _answer(send: Any, status: int, words: bytes) -> None:
    headers = ALWAYS | {"Content-Type": "text/plain", "Cache-Control": "no-store", "Connection": "close"}
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": words})


__all__ = ["Bodies"]
