"""The live channel of one worker: sockets watch views, counters move, bells ring.

Every 250 ms, and when an act commits in this process, the worker reads the counters of what its sockets
watch; every 250 ms, whether their sign-ins hold. A watch whose view now differs gets its bell; a sign-in
that ended is cut; and when the reading itself has failed for a second, every socket is cut, because
nobody can say any more what they may see. Reading has a thread of its own and waits for nobody: not for
a slow view, not for a socket that is slow to close. A few pages of a case that an act just changed do not
wait for it either: the thread that committed looks at them before it goes on (ADR 20).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from threading import Event
from typing import Any

from flask import Flask

from mdt.models import Moved, now, when_moved
from mdt.operations import watching
from mdt.operations.watching import Topic
from mdt.realtime import bells, looking
from mdt.realtime.bells import NotHere, Server
from mdt.realtime.beside import Beside
from mdt.realtime.front import TAKES_PART, WHO
from mdt.realtime.looking import Found
from mdt.realtime.nudge import Nudge
from mdt.realtime.watch import Watch, Watches, claim, release
from mdt.realtime.wires import Sockets
from mdt.web.sign_ins import Me, still_signed_in, who_holds

log = logging.getLogger("mdt.realtime")
Looked = tuple[Sequence[Watch], Mapping[str, int], Sequence[Found]]
Answer = Callable[["Channel", str, Me, dict[str, Any]], Awaitable[dict[str, Any]]]
EVERY_SECONDS = 0.25
LEASE_SECONDS = 1.0
GRACE_SECONDS = 3.0
LARGEST_FRAME = 64 * 1024
LOOKS_AT_ONCE = 250
"""Views looked at in one go, in one thread; then their bells ring, and the next are looked at."""
LOOKS_HERE = 100
"""Pages of a case that whoever changes it looks at before they are answered: some four milliseconds at the most."""
TOLD_SECONDS = 0.01
"""For how long, at the most, whoever looked waits until the bells have rung. Going on at once they would draw their own
answer in between, and each bell would wait for its turn."""
MOST_BEHIND = 64
"""Frames that may wait for a reader; whoever is further behind is cut, comes back and reads anew."""
EVENTS: dict[str, Answer] = {}
EVENT_GUARDS: dict[str, str] = {}


def event(name: str, *, guard: str) -> Callable[[Answer], Answer]:
    """State a socket event and, in words, who it answers; the test of doors reads both."""

    def state(handler: Answer) -> Answer:
        EVENTS[name], EVENT_GUARDS[name] = handler, guard
        return handler

    return state


class Channel:
    """The sockets of this worker."""

    def __init__(self, app: Flask) -> None:
        self.server = Server(
            async_mode="asgi",
            transports=["websocket"],
            cors_allowed_origins=[],
            allow_upgrades=False,
            http_compression=False,
            max_http_buffer_size=LARGEST_FRAME,
            ping_interval=10,
            ping_timeout=5,
            monitor_clients=False,  # `_hold_to_pings` does
            always_connect=False,
            logger=False,
            engineio_logger=False,
        )
        self.watches = Watches()
        self._lines: dict[str, tuple[Any, Sockets | None]] = {}
        self.beside = Beside(app)
        self._moved = asyncio.Event()
        self._here = asyncio.Event()
        self._begun: list[Watch] = []
        self._turn = asyncio.Lock()
        url = app.extensions["mdt.settings"].redis_url
        self._nudge = Nudge(url, self._moved.set) if url else None
        self._renewed = time.monotonic()
        self._listens_no_more: Callable[[], None] = lambda: None
        self.server.on("connect", self._connect)
        self.server.on("disconnect", self._disconnect)
        self.server.on("*", self._unheard_of)
        for name, handler in EVENTS.items():
            self.server.on(name, self._answering(handler))

    async def start(self) -> None:
        """Begin to listen for counters that move."""
        loop = asyncio.get_running_loop()

        def hand_over(work: Callable[..., object], *about: object) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended, and nobody watches any more
                loop.call_soon_threadsafe(work, *about)

        self._listens_no_more = when_moved(lambda moved: self._moved_here(moved, hand_over))
        self._renewed = time.monotonic()
        self.beside.begin(self._tail())
        self.beside.begin(self._hold_to_lease())
        self.beside.begin(self._hold_to_pings())
        if self._nudge:
            self.beside.begin(self._nudge.listen())
            self.beside.begin(self._tell_others(self._nudge))

    async def stop(self) -> None:
        self._listens_no_more()
        await self.beside.stop()
        if self._nudge:
            await self._nudge.close()

    def _moved_here(self, moved: Moved, then: Callable[..., object]) -> None:
        """An act committed, in the thread that calls this. It looks at once at a few pages of the case it moved, and
        has the loop do the rest: between threads that wait for one another a bell would take twice as long. Of several
        cases the facts may have to be read: that is for the loop."""
        if self._nudge:
            then(self._here.set)
        watches = self.watches.of(moved)
        light = [watch for watch in watches if watching.is_light(watch.topic)]
        few = len(light) <= LOOKS_HERE and len({watch.topic for watch in light}) == 1
        looked = self._looked_here(light, moved) if few else None
        rung = Event()
        then(self._ring_here, watches, looked, rung)
        if looked:
            rung.wait(TOLD_SECONDS)

    def _looked_here(self, watches: Sequence[Watch], moved: Moved) -> Looked | None:
        counted = {one: pulse for one, pulse in moved.items() if pulse is not None}
        for watch in watches:
            watch.again = True
        due = claim(watches)
        try:
            return due, *self.beside.look_here(lambda: looking.look_at(due, counted))
        except Exception as wrong:
            log.error("views cannot be looked at where they were changed: %s", type(wrong).__name__)
            release(due)
            return None

    def _ring_here(self, watches: Sequence[Watch], looked: Looked | None, rung: Event) -> None:
        """Ring for whom was looked at already, and look at the others."""
        late = self._speak(*looked) if looked else []
        rung.set()
        done = {watch for watch in looked[0] if not watch.again} if looked else set()
        self.beside.begin(self._ring_others([watch for watch in watches if watch not in done], late))

    async def _ring_others(self, watches: Sequence[Watch], late: Iterable[Watch]) -> None:
        """Look first at what the act itself moved, and then at the counters, which know of more: of everybody whose
        desk it is on."""
        try:
            await self._ring_late(late)
            await self.ring(watches)
        finally:
            self._moved.set()

    async def _tell_others(self, nudge: Nudge) -> None:
        while True:
            await self._here.wait()
            self._here.clear()
            await nudge.tell()

    async def find(self, token: str) -> Me | None:
        return await self.beside.ask(lambda: who_holds(token))

    async def _connect(self, sid: str, environ: dict[str, Any], _auth: Any = None) -> bool:
        """Let in whom the front door found, if they are still signed in; whatever goes wrong refuses."""
        if sid in self.watches.people:
            return self._forged(sid)
        scope = environ.get("asgi.scope", {})
        me = scope.get(WHO)
        if not isinstance(me, Me) or not await self._is_here(me):
            raise NotHere("not here")
        wire = getattr(environ["asgi.send"], "__self__", None)
        self._lines[sid] = scope, wire if isinstance(wire, Sockets) else None
        scope[TAKES_PART] = True
        self.watches.let_in(sid, me)
        return True

    async def _is_here(self, me: Me) -> bool:
        """Asked at every connect: a websocket can be older than the sign-out."""
        try:
            return me.sign_in in await self.beside.ask(lambda: still_signed_in([me.sign_in or ""]))
        except Exception:
            return False

    async def _disconnect(self, sid: str, *_why: Any) -> None:
        if self.server.manager.is_connected(sid, "/"):
            self._forged(sid)
        self._let_go(sid)

    def _let_go(self, sid: str) -> None:
        """From here on nothing rings for this socket."""
        scope, _ = self._lines.pop(sid, ({}, None))
        scope.pop(TAKES_PART, None)
        watch = self.watches.leave(sid)
        if watch:
            self.beside.begin(self._depart(watch))

    async def _depart(self, watch: Watch) -> None:
        """Say that the page was closed, unless it was only read anew."""
        if not watching.is_a_place(watch.topic):
            return
        await asyncio.sleep(GRACE_SECONDS)
        if not any(one.me.id == watch.me.id and one.topic == watch.topic for one in self.watches.by_sid.values()):
            await self.beside.ask(lambda: watching.left(watch.topic, watch.me))

    async def _unheard_of(self, _event: str, sid: str, *_more: Any) -> None:
        self._forged(sid)

    def _forged(self, sid: str) -> bool:
        """No page of ours says this, or says of itself that it connects."""
        self.cut(sid)
        return False

    def _answering(self, handler: Answer) -> Callable[..., Awaitable[dict[str, Any]]]:
        async def answer(sid: str, message: Any = None, *_more: Any) -> dict[str, Any]:
            me = self.watches.people.get(sid)
            if me is None or not isinstance(message, dict):
                self.cut(sid)
                return {"ok": False}
            try:
                return await handler(self, sid, me, message)
            except Exception as wrong:
                log.error("a socket event failed: %s", type(wrong).__name__)
                return {"ok": False}

        return answer

    def cut(self, sid: str) -> None:
        """End this socket, here and now."""
        self._let_go(sid)
        self.beside.begin(self._close(sid))

    async def _close(self, sid: str) -> None:
        """Close the websocket too, and not only its place in the channel: it is not to ask again."""
        with contextlib.suppress(Exception):
            wire = self.server.eio.sockets.get(self.server.manager.eio_sid_from_sid(sid, "/"))
            await self.server.disconnect(sid)
            await wire.close(wait=False)
            await wire.queue.put(None)

    async def _tail(self) -> None:
        asked = 0.0
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), EVERY_SECONDS)
            self._moved.clear()
            due = time.monotonic() - asked >= EVERY_SECONDS
            try:
                await self._look(sign_ins=due)
                asked = time.monotonic() if due else asked
                self._renewed = time.monotonic()
            except asyncio.CancelledError:
                raise
            except Exception as wrong:
                log.error("the channel cannot read its counters: %s", type(wrong).__name__)

    async def _hold_to_lease(self) -> None:
        """Cut everybody once the counters have not been read for a second, and for a whole turn of the loop: a process
        that stood still reads them as soon as it goes on, and that is sooner than two thousand pages are back."""
        overdue: float | None = None
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            if overdue == self._renewed:
                for sid in list(self.watches.people):
                    self.cut(sid)
            late = time.monotonic() - self._renewed > LEASE_SECONDS - EVERY_SECONDS
            overdue = self._renewed if late else None

    async def _hold_to_pings(self) -> None:
        """Hang up on whoever left a ping unanswered, and forget who is gone: also whose line ended in a way that nobody
        noticed. All in one go; python-engineio wakes the loop for each of them."""
        engine = self.server.eio
        while True:
            await asyncio.sleep(engine.ping_timeout)
            for number, line in list(engine.sockets.items()):
                if line.closed:
                    engine.sockets.pop(number, None)
                elif not line.closing:
                    with contextlib.suppress(Exception):
                        await line.check_ping_timeout()

    async def _look(self, *, sign_ins: bool = True) -> None:
        """Look at the counters, and at the sign-ins if they are due."""
        held, known = list(self.watches.by_sign_in) if sign_ins else [], dict(self.watches.counters)
        if held or known:
            alive, moved = await self.beside.count(lambda: looking.count(held, known))
            due = self.watches.due(moved, now())
            if due:
                self.beside.begin(self.ring(due))
            await self._end_all(sid for one in set(held) - alive for sid in list(self.watches.by_sign_in.get(one, ())))

    async def _end_all(self, sids: Iterable[str]) -> None:
        """These sign-ins hold no more."""
        for sid in sids:
            await bells.signed_out(self.server, sid)
            self.cut(sid)

    async def ring_first(self, watch: Watch) -> None:
        """The first look at what somebody watches from now on. Whoever begins while one is under way is looked at with
        all who began meanwhile: when two thousand pages come back at once, they are not two thousand looks."""
        self._begun.append(watch)
        async with self._turn:
            begun, self._begun = self._begun, []
            await self.ring([one for one in begun if not one.counted])  # else somebody has looked meanwhile

    async def ring(self, watches: Sequence[Watch]) -> None:
        """Ring for each reader whose own view differs now, and for nobody else. Some that cannot be looked at are cut,
        and take nobody else's bell with them."""
        for watch in watches:
            watch.again = True
        wrong: Exception | None = None
        for first in range(0, len(watches), LOOKS_AT_ONCE):
            try:
                await self._ring_some(watches[first : first + LOOKS_AT_ONCE])
            except Exception as one:
                wrong = one
        if wrong:
            raise wrong

    async def _ring_some(self, some: Sequence[Watch]) -> None:
        while due := claim(some):
            try:
                counted, found = await self.beside.look(lambda due=due: looking.look_at(due, {}))  # type: ignore[misc]
            except Exception:
                release(due)
                for watch in due:  # who cannot be told comes back and reads anew
                    self.cut(watch.sid)
                raise
            await self._ring_late(self._speak(due, counted, found))

    def _speak(self, due: Sequence[Watch], counted: Mapping[str, int], found: Sequence[Found]) -> list[Watch]:
        """Ring for those of whom another tag was found than their page shows, and let go of all; whose line takes
        nothing at the moment."""
        late = []
        for watch, (tag, turns) in zip(due, found, strict=True):
            watch.counted, watch.again_at = counted, turns
            if tag != watch.tag and self.watches.holds(watch):
                watch.tag = tag or watch.tag
                _, wire = self._lines.get(watch.sid, ({}, None))
                if not bells.rings(wire, str(watch.topic)):
                    late.append(watch)
        release(due)
        return late

    async def _ring_late(self, watches: Iterable[Watch]) -> None:
        for watch in watches:
            if self._behind(watch.sid) > MOST_BEHIND:
                self.cut(watch.sid)
            else:
                await bells.ring(self.server, watch.sid, str(watch.topic))

    def _behind(self, sid: str) -> int:
        """How many frames wait for this reader."""
        line = self.server.eio.sockets.get(self.server.manager.eio_sid_from_sid(sid, "/"))
        return line.queue.qsize() if line else 0


@event("watch", guard="whoever is signed in; a topic they may not see is watched as nothing, and rings once")
async def begin(channel: Channel, sid: str, me: Me, message: dict[str, Any]) -> dict[str, Any]:
    """Watch a view from the tag the page shows; if the view differs already, ring at once."""
    topic, purpose, shown = Topic.read(message.get("topic")), message.get("purpose"), message.get("tag")
    if topic is None or not isinstance(shown, str) or len(shown) > 100:
        return {"ok": False}
    purpose = purpose if isinstance(purpose, str) and len(purpose) < 20 else None
    watch = Watch(sid, me, topic, purpose, shown)
    channel.watches.begin(watch)  # before looking, so that what moves meanwhile is not missed
    if watching.is_a_place(topic):
        await channel.beside.ask(lambda: watching.arrive(topic, me))
    await channel.ring_first(watch)
    return {"ok": True}
