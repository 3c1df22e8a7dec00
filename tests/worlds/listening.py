"""The viewer's live pages: sockets spoken to the very ASGI application, without a wire between.

The channel does not look by the clock here but after each step, and everything that is due has rung before
anything is compared: so a bell is heard at the step that rang it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import Sequence
from typing import Any

from flask import Flask

from mdt.realtime import channel as channels
from mdt.realtime import server
from tests.fixtures_app import Person

NONCE = re.compile(r'"sid":"[^"]*"')
PATH, QUERY = "/socket.io/", b"EIO=4&transport=websocket"
AT_ONCE = {one.__qualname__ for one in (channels.Channel.ring, channels.Channel._close)}
"""What the channel does beside its loop that is to be over before one listens."""
ENDS = "1"
AT_MOST = 3
"""Live pages that the viewer keeps open, the latest."""


class Wire:
    """One websocket, from the side of the page."""

    def __init__(self, application: Any, cookie: str) -> None:
        self.application, self.cookie = application, cookie
        self.incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.frames: list[str] = []
        self.answered = asyncio.Event()
        self.closed = False

    async def open(self) -> None:
        headers = [
            (b"connection", b"Upgrade"),
            (b"upgrade", b"websocket"),
            (b"host", b"localhost"),
            (b"origin", b"http://localhost"),
            (b"cookie", self.cookie.encode()),
        ]
        scope = {
            "type": "websocket",
            "path": PATH,
            "raw_path": PATH.encode(),
            "query_string": QUERY,
            "headers": headers,
            "scheme": "ws",
            "server": ("localhost", 80),
            "client": ("127.0.0.1", 1),
            "subprotocols": [],
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "root_path": "",
        }
        self.incoming.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.get_running_loop().create_task(self.application(scope, self.incoming.get, self._send))
        self.say("40")
        await self._until("40")

    async def _send(self, message: dict[str, Any]) -> None:
        if text := message.get("text"):
            if text == "2":
                self.say("3")
            elif not text.startswith("0"):
                self.frames.append(NONCE.sub('"sid":""', text))
        if message["type"] == "websocket.close":
            self.frames.append("closed")
            self.closed = True
        self.answered.set()

    async def rests(self, eio: Any) -> None:
        """Until nothing is on its way to the page. After the word that the line ends (`ENDS`) comes its end."""
        for _ in range(20):
            await asyncio.sleep(0)
            if not self.incoming.qsize() and all(not one.queue.qsize() for one in eio.eio.sockets.values()):
                break
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            while ENDS in self.frames and not self.closed:
                self.answered.clear()
                await self.answered.wait()

    def say(self, text: str) -> None:
        self.incoming.put_nowait({"type": "websocket.receive", "text": text})

    async def watch(self, topic: str, tag: str) -> None:
        self.say("421" + json.dumps(["watch", {"topic": topic, "tag": tag}]))
        await self._until("431")

    async def _until(self, beginning: str) -> None:
        async with asyncio.timeout(5):
            while not self.closed and not any(one.startswith(beginning) for one in self.frames):
                self.answered.clear()
                await self.answered.wait()

    async def close(self) -> None:
        self.incoming.put_nowait({"type": "websocket.disconnect", "code": 1000})
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await self.task


class Listening:
    """The channel of one world, and the sockets of its viewer in it."""

    def __init__(self, app: Flask) -> None:
        self.app, self.cookie = app, ""
        self.loop = asyncio.new_event_loop()
        self.wires: dict[str, Wire] = {}

    def __enter__(self) -> Listening:
        self._run(self._begin())
        return self

    async def _begin(self) -> None:
        made: list[channels.Channel] = []
        own = server.Channel
        server.Channel = lambda app: made.append(own(app)) or made[0]  # type: ignore[assignment, misc, func-returns-value]
        try:
            self.application = server.application(self.app)
        finally:
            server.Channel = own  # type: ignore[misc]
        self.channel = made[0]

    def __exit__(self, *_wrong: object) -> None:
        self._run(self._end())
        self.loop.close()

    async def _end(self) -> None:
        for wire in self.wires.values():
            await wire.close()
        await self.channel.stop()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def know(self, browser: Person) -> None:
        """Whose pages these are."""
        held = browser.get_cookie("mdt")
        self.cookie = f"mdt={held.value}" if held else ""

    def watch(self, views: Sequence[tuple[str, str]]) -> None:
        """Pages that were opened now."""
        for topic, tag in views:
            self._run(self._watch(topic, tag))

    async def _watch(self, topic: str, tag: str) -> None:
        old = self.wires.pop(topic, None)
        old = None if old and old.closed else old
        if old is None and len(self.wires) >= AT_MOST:
            await self.wires.pop(next(iter(self.wires))).close()
        wire = old or Wire(self.application, self.cookie)
        if old is None:
            await wire.open()
        await wire.watch(topic, tag)
        self.wires[topic] = wire

    def settled(self) -> list[str]:
        """What was heard since, by topic, once everything that is due has rung."""
        return self._run(self._settled()) if self.wires else []

    async def _settled(self) -> list[str]:
        await self.channel._look()
        while doing := [one for one in self.channel.beside._tasks if one.get_coro().__qualname__ in AT_ONCE]:
            await asyncio.wait(doing)
        for wire in self.wires.values():
            await wire.rests(self.channel.server)
        heard = [f"{topic} {frame}" for topic, wire in sorted(self.wires.items()) for frame in wire.frames]
        for wire in self.wires.values():
            wire.frames.clear()
        return heard

    def _run(self, work: Any) -> Any:
        """In the thread of the walk: the loop stands while the walk does something else."""
        return self.loop.run_until_complete(_soon(work))


async def _soon(work: Any) -> Any:
    async with asyncio.timeout(20):
        return await work


__all__ = ["Listening"]
