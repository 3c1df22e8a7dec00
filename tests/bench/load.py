"""The load: keep-alive connections that each ask for a page again as soon as it has come.

A process of its own, so that what it does costs the server nothing but a core. Every line on its
input asks for one run, `{"port", "paths", "cookie", "connections", "seconds"}`, the paths in turn; every line it
writes says what came of it, `{"pages", "seconds", "latency_ms"}`: pages that came within the time, and the median
wait for one.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Iterator
from itertools import cycle
from typing import Any


class Reader(asyncio.Protocol):
    """One connection of one reader."""

    def __init__(self, requests: Iterator[bytes], until: float) -> None:
        self.requests, self.until = requests, until
        self.waits: list[float] = []
        self.ended = asyncio.get_running_loop().create_future()
        self._missing, self._head = -1, b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._ask()

    def connection_lost(self, wrong: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(wrong or ConnectionError("the server closed the connection"))

    def data_received(self, piece: bytes) -> None:
        if self._missing < 0:
            piece = self._after_head(piece)
        if self._missing >= 0:
            self._missing -= len(piece)
            if self._missing == 0:
                self._came()

    def _after_head(self, piece: bytes) -> bytes:
        self._head += piece
        head, found, rest = self._head.partition(b"\r\n\r\n")
        if not found:
            return b""
        if not head.startswith(b"HTTP/1.1 200 "):
            self.ended.set_exception(RuntimeError(head.decode("latin-1")))
            return b""
        fields = head.lower().split(b"\r\n")
        self._missing = next(int(one[15:]) for one in fields if one.startswith(b"content-length:"))
        self._head = b""
        return rest

    def _came(self) -> None:
        at = time.perf_counter()
        if at <= self.until:
            self.waits.append(at - self._asked)
            self._ask()
        elif not self.ended.done():
            self.ended.set_result(None)
            self.transport.close()

    def _ask(self) -> None:
        self._missing, self._asked = -1, time.perf_counter()
        self.transport.write(next(self.requests))


async def run(port: int, paths: list[str], cookie: str, connections: int, seconds: float) -> dict[str, float]:
    """One run. Raises if any answer is not a page, or if none came in time."""
    head = f"HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\nAccept: text/html\r\n\r\n"
    requests = cycle([f"GET {path} {head}".encode() for path in paths])
    loop, until = asyncio.get_running_loop(), time.perf_counter() + seconds
    made = [loop.create_connection(lambda: Reader(requests, until), "127.0.0.1", port) for _ in range(connections)]
    readers = [reader for _, reader in await asyncio.gather(*made)]
    await asyncio.gather(*(reader.ended for reader in readers))
    waits = [wait for reader in readers for wait in reader.waits]
    return {"pages": len(waits), "seconds": seconds, "latency_ms": 1000 * statistics.median(waits)}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(asyncio.run(run(**json.loads(line)))), flush=True)
