"""Whatever happens to the line, a page ends with what its reader may see now: no gap, no double, nothing of before.

The machine is a page as `static/js/live.js` is one, over a channel without a network: it reads its view, watches with
the tag of what it shows, and reads anew when a bell rings. Lines drop, pages are read while acts commit, bells are
lost with the line they were on. The oracle knows nothing of tags or bells: who may see which notes, now.
"""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from datetime import datetime
from threading import Event
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from mdt.operations import watching
from mdt.operations.watching import Topic
from mdt.realtime import bells, channel
from mdt.realtime.channel import Channel
from mdt.realtime.watch import Watch

TOPIC = Topic("case", "c")
READERS, NOTES = ("ana", "ben", "cleo"), tuple(range(6))


class Record:
    """The database: notes with their readers, and one counter. `view` is a read decided now."""

    def __init__(self) -> None:
        self.notes: dict[int, set[str]] = {}
        self.counter = 0

    def view(self, who: str) -> tuple[int, ...]:
        return tuple(sorted(note for note, readers in self.notes.items() if who in readers))

    def tag(self, who: str) -> str:
        return f"{who}:{self.view(who)}"


class Page:
    """One open page: what it shows, the tag of that, and its line, if it has one."""

    def __init__(self, who: str) -> None:
        self.who, self.shows, self.tag, self.sid, self.bells = who, (), "", None, 0


class Histories(RuleBasedStateMachine):
    """One worker's channel, the real one, with its looks answered by the record."""

    @initialize()
    def begin(self) -> None:
        self.loop, self.record, self.lines = asyncio.new_event_loop(), Record(), 0
        self.pages = {who: Page(who) for who in READERS}
        self.channel, self.found = _without_a_network(self.record, self.loop), []
        self.patched = patch.object(bells, "ring", self._bell)
        self.patched.start()

    async def _bell(self, _server: Any, sid: str, _topic: str) -> None:
        for page in self.pages.values():
            if page.sid == sid:
                page.bells += 1

    @rule(note=st.sampled_from(NOTES), readers=st.sets(st.sampled_from(READERS)))
    def an_act(self, note: int, readers: set[str]) -> None:
        """Somebody writes a note, widens who reads it, or takes it away."""
        self.record.notes[note] = readers
        self.record.counter += 1

    @rule(who=st.sampled_from(READERS))
    def reads(self, who: str) -> None:
        """A page is read: what is shown is decided now."""
        page = self.pages[who]
        page.shows, page.tag, page.bells = self.record.view(who), self.record.tag(who), 0
        if page.sid:
            self._watch(page)

    @rule(who=st.sampled_from(READERS))
    def drops(self, who: str) -> None:
        page = self.pages[who]
        if page.sid:
            self.channel.watches.leave(page.sid)
            page.sid, page.bells = None, 0  # whatever was on the line is lost with it

    @rule(who=st.sampled_from(READERS))
    def comes_back(self, who: str) -> None:
        """With the tag of what it still shows, however old that is."""
        page = self.pages[who]
        if not page.sid:
            self.lines += 1
            page.sid = f"{who}-{self.lines}"
            self._watch(page)

    @rule()
    def the_worker_commits(self) -> None:
        """What moved is said in this very process, before anybody reads a counter."""
        self.loop.run_until_complete(self.channel.ring(self.channel.watches.of(["c"])))

    @rule()
    def who_commits_looks(self) -> None:
        """The thread that commits looks by itself, and goes on: the loop will hear of it."""
        watches = self.channel.watches.of(["c"])
        self.found.append((watches, self.channel._looked_here(watches, {"c": self.record.counter})))

    @rule()
    def the_loop_hears(self) -> None:
        if self.found:
            self.channel._ring_here(*self.found.pop(0), Event())

    @rule()
    def the_worker_looks(self) -> None:
        known = self.channel.watches.counters.get("c")
        moved = {} if known == self.record.counter else {"c": self.record.counter}
        due = self.channel.watches.due(moved, datetime.now())
        self.loop.run_until_complete(self.channel.ring(due))

    @rule()
    def all_is_quiet(self) -> None:
        """Everybody is back, the worker has looked, and every bell has been answered by one read."""
        for who in READERS:
            self.comes_back(who)
        while self.found:
            self.the_loop_hears()
        self.the_worker_looks()
        for who, page in self.pages.items():
            if page.bells:
                self.reads(who)
        for who, page in self.pages.items():
            assert page.shows == self.record.view(who), f"{who} is shown {page.shows}"
            assert page.bells == 0, "a bell after the page was read tells of nothing"

    def _watch(self, page: Page) -> None:
        me: Any = SimpleNamespace(id=page.who, sign_in=page.who, agency_id=None)
        watch = Watch(str(page.sid), me, TOPIC, None, page.tag)
        self.channel.watches.begin(watch)
        self.loop.run_until_complete(self.channel.ring([watch]))

    def teardown(self) -> None:
        if hasattr(self, "patched"):
            self.all_is_quiet()
            self.patched.stop()
            self.loop.close()


def _without_a_network(record: Record, loop: asyncio.AbstractEventLoop) -> Channel:
    """The real channel's watches and ringing, and nothing around them."""
    made = Channel.__new__(Channel)
    made.watches, made._lines, made.server = channel.Watches(), {}, SimpleNamespace()  # type: ignore[assignment]
    made._moved = asyncio.Event()

    def here(question: Any) -> Any:
        def look(me: Any, _purpose: str | None) -> tuple[str, None]:
            return record.tag(me.id), None

        def counters(subjects: Any) -> dict[str, int]:
            return dict.fromkeys(subjects, record.counter)

        def together(_readers: Any) -> Any:
            return nullcontext(lambda _topic: look)

        with patch.object(watching, "together", together), patch.object(watching, "counters", counters):
            return question()

    async def beside(question: Any) -> Any:
        return here(question)

    made.beside = SimpleNamespace(look=beside, look_here=here, begin=loop.run_until_complete)  # type: ignore[assignment]
    made._behind = lambda _sid: 0  # type: ignore[method-assign]
    return made


Histories.TestCase.settings = settings(max_examples=120, stateful_step_count=30, deadline=None)
TestHistories = Histories.TestCase
