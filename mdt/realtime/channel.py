"""The live channel of one worker: sockets watch views, counters move, bells ring.

Every 250 ms, and at once when an act commits in this process, the worker reads the counters of what
its sockets watch. A watch whose view now differs gets its bell; a sign-in that ended is cut; and when
the reading itself has failed for a second, every socket is cut, because nobody can say any more what
they may see.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from flask import Flask

from mdt.models import db, now, when_moved
from mdt.operations import watching
from mdt.operations.watching import Topic
from mdt.realtime import bells
from mdt.realtime.bells import Server
from mdt.realtime.front import WHO
from mdt.realtime.watch import Watch, Watches
from mdt.web.sign_ins import Me, still_signed_in, who_holds

log = logging.getLogger("mdt.realtime")
T = TypeVar("T")
Handler = Callable[["Channel", str, Me, dict[str, Any]], Awaitable[dict[str, Any]]]
EVERY_SECONDS = 0.25
LEASE_SECONDS = 1.0
GRACE_SECONDS = 3.0
AT_MOST = 100
MESSAGES_A_MINUTE = 240
EVENTS: dict[str, Handler] = {}
EVENT_GUARDS: dict[str, str] = {}


def event(name: str, *, guard: str) -> Callable[[Handler], Handler]:
    """State a socket event and, in words, who it answers; the test of doors reads both."""

    def state(handler: Handler) -> Handler:
        EVENTS[name], EVENT_GUARDS[name] = handler, guard
        return handler

    return state


class Channel:
    """The sockets of this worker."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.server = Server(
            async_mode="asgi", transports=["websocket"], cors_allowed_origins=[], allow_upgrades=False, http_compression=False,
            max_http_buffer_size=64 * 1024, ping_interval=10, ping_timeout=5, always_connect=False, logger=False, engineio_logger=False,
        )
        self.watches = Watches()
        self.said: dict[str, list[float]] = {}
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="channel")
        self._moved = asyncio.Event()
        self._renewed = time.monotonic()
        self._tasks: list[asyncio.Task[None]] = []
        self.server.on("connect", self._connect)
        self.server.on("disconnect", self._disconnect)
        for name, handler in EVENTS.items():
            self.server.on(name, self._answering(handler))

    async def start(self) -> None:
        """Begin to listen for counters that move."""
        loop = asyncio.get_running_loop()
        when_moved(lambda _ids: loop.call_soon_threadsafe(self._moved.set))
        self._renewed = time.monotonic()
        self._tasks = [asyncio.create_task(self._tail()), asyncio.create_task(self._hold_to_lease())]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def find(self, token: str) -> Me | None:
        return await self.asking(lambda: who_holds(token))

    async def asking(self, question: Callable[[], T]) -> T:
        """Ask the application something, in a thread, in a context and transaction of its own."""

        def asked() -> T:
            with self.app.app_context():
                try:
                    return question()
                finally:
                    db.session.remove()

        return await asyncio.get_running_loop().run_in_executor(self._threads, asked)

    async def _connect(self, sid: str, environ: dict[str, Any], _auth: Any = None) -> bool:
        """Let in whom the front door found, and nobody else; whatever goes wrong refuses."""
        me = environ.get("asgi.scope", {}).get(WHO)
        if not isinstance(me, Me) or len(self.watches.sign_ins().get(me.sign_in or "", ())) >= AT_MOST:
            raise bells.socketio.exceptions.ConnectionRefusedError("not here")
        self.watches.let_in(sid, me)
        return True

    async def _disconnect(self, sid: str, *_why: Any) -> None:
        self.said.pop(sid, None)
        watch = self.watches.leave(sid)
        if watch:
            await asyncio.sleep(GRACE_SECONDS)
            if not any(one.me.id == watch.me.id and one.topic == watch.topic for one in self.watches.by_sid.values()):
                await self.asking(lambda: watching.left(watch.topic, watch.me))

    def _answering(self, handler: Handler) -> Callable[..., Awaitable[dict[str, Any]]]:
        async def answer(sid: str, message: Any = None, *_more: Any) -> dict[str, Any]:
            me = self.watches.people.get(sid)
            if me is None or not isinstance(message, dict) or self._is_flooding(sid):
                await self.cut(sid)
                return {"ok": False}
            try:
                return await handler(self, sid, me, message)
            except Exception as wrong:
                log.error("a socket event failed: %s", type(wrong).__name__)
                return {"ok": False}

        return answer

    def _is_flooding(self, sid: str) -> bool:
        at = time.monotonic()
        recent = [said for said in self.said.get(sid, ()) if at - said < 60]
        self.said[sid] = [*recent, at]
        return len(recent) >= MESSAGES_A_MINUTE

    async def cut(self, sid: str) -> None:
        """End this socket, here and now."""
        self.watches.people.pop(sid, None)
        with contextlib.suppress(Exception):
            await self.server.disconnect(sid)

    async def _tail(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), EVERY_SECONDS)
            self._moved.clear()
            try:
                await self._look()
                self._renewed = time.monotonic()
            except asyncio.CancelledError:
                raise
            except Exception as wrong:
                log.error("the channel cannot read its counters: %s", type(wrong).__name__)

    async def _hold_to_lease(self) -> None:
        """Cut everybody once the counters have not been read for a second."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            if time.monotonic() - self._renewed > LEASE_SECONDS:
                for sid in list(self.watches.people):
                    await self.cut(sid)

    async def _look(self) -> None:
        if not self.watches.people:
            return
        sign_ins, subjects = self.watches.sign_ins(), self.watches.subjects()
        alive, counters = await self.asking(lambda: (still_signed_in(list(sign_ins)), watching.counters(subjects)))
        for sign_in in sign_ins.keys() - alive:
            for sid in sign_ins[sign_in]:
                await bells.signed_out(self.server, sid)
                await self.cut(sid)
        due = self.watches.due(counters, now())
        if due:
            await self.ring(due)

    async def ring(self, due: list[Watch]) -> None:
        """Ring for those whose own view differs now, and for nobody else."""
        seen = await self.asking(lambda: [watching.look(watch.topic, watch.me, watch.purpose) for watch in due])
        for watch, (tag, again_at) in zip(due, seen, strict=True):
            watch.again_at = again_at
            if tag != watch.tag:
                watch.tag = tag
                await bells.ring(self.server, watch.sid, str(watch.topic))


@event("watch", guard="whoever is signed in; a topic they may not see is watched as nothing, and rings once")
async def begin(channel: Channel, sid: str, me: Me, message: dict[str, Any]) -> dict[str, Any]:
    """Watch a view from the tag the page shows; if the view differs already, ring at once."""
    topic, purpose, shown = Topic.read(message.get("topic")), message.get("purpose"), message.get("tag")
    if topic is None or not isinstance(shown, str) or len(shown) > 100:
        return {"ok": False}
    purpose = purpose if isinstance(purpose, str) and len(purpose) < 20 else None
    watch = Watch(sid, me, topic, purpose, shown)
    channel.watches.begin(watch)  # before looking, so that what moves meanwhile is not missed
    await channel.asking(lambda: watching.arrive(topic, me))
    await channel.ring([watch])
    return {"ok": True}
