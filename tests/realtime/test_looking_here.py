"""Whoever changes a case looks for its open pages in their own thread, before they go on; of everything else, and
whatever goes wrong there, the loop takes care."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from flask import has_app_context, has_request_context

from mdt.models import Item, begin_writing, db
from mdt.models.pulse import move, stir
from mdt.operations import at_once, items
from mdt.operations.demo import known, people
from mdt.operations.watching import Topic
from mdt.realtime import channel as channels
from mdt.realtime import looking
from mdt.realtime.beside import Beside
from mdt.realtime.channel import EVERY_SECONDS, Channel
from mdt.realtime.watch import Watch
from mdt.sharing.vocabulary import Category
from tests.fixtures_app import Person
from tests.realtime.conftest import Served
from tests.realtime.speaking import Socket

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
SignedIn = Callable[[str], Person]
PageOf = Callable[[Person], AbstractContextManager[Socket]]
CASE = known("case.wren")
WREN = f"case:{CASE}"
BELL = ("bell", {"topic": WREN})
HERE = threading.main_thread().name


@dataclass
class Looks:
    """Who looked, by thread, and at whose pages of what. `gate`, where it is closed, holds up looks of the channel."""

    every: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)

    def of(self, thread: str) -> list[tuple[str, ...]]:
        return [topics for name, topics in self.every if name.startswith(thread)]


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Looks]:
    seen, stock = Looks(), looking.look_at
    seen.gate.set()

    def look(watches: Sequence[Watch], counted: Mapping[str, int]) -> Any:
        name = threading.current_thread().name
        seen.every.append((name, tuple(str(one.topic) for one in watches)))
        found = stock(watches, counted)
        if name != HERE:
            assert seen.gate.wait(5)
        return found

    monkeypatch.setattr(looking, "look_at", look)
    yield seen
    seen.gate.set()


def test_it_is_looked_for_before_the_one_who_changes_it_goes_on(
    served: Served, signed_in: SignedIn, page_of: PageOf, looks: Looks
) -> None:
    with page_of(signed_in("casey")) as casey, page_of(signed_in("dee")) as dee:
        watch_all(WREN, casey, dee)
        looks.every.clear()
        change(served, "One")
        assert looks.of(HERE) == [(WREN, WREN)]
        assert casey.hear(0.5) == BELL == dee.hear(0.5)
        time.sleep(3 * EVERY_SECONDS)
        assert looks.of("channel") == [], "what was looked at is not looked at again when its counter is read"


def test_very_many_and_what_is_no_light_page_are_looked_for_beside(
    served: Served, signed_in: SignedIn, page_of: PageOf, looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as stack, monkeypatch.context() as patch:
        patch.setattr(channels, "LOOKS_HERE", 1)
        casey, dee, imani = (stack.enter_context(page_of(signed_in(one))) for one in ("casey", "dee", "imani"))
        watch_all(WREN, casey, dee)
        watch_all("desk", imani)
        looks.every.clear()
        change(served, "Two")
        assert casey.hear(1) == BELL == dee.hear(1)
        assert looks.of(HERE) == [] and looks.of("channel")
        patch.undo()
        looks.every.clear()
        with served.app.app_context():
            begin_writing()
            stir(db.session(), [people.id_of("imani")])
            db.session.commit()
        until(lambda: ("desk",) in looks.of("channel"))
        assert looks.of(HERE) == []


def test_pages_of_several_cases_are_looked_for_beside(
    served: Served, signed_in: SignedIn, page_of: PageOf, looks: Looks
) -> None:
    """As when the rules change: their facts would have to be read while whoever changed them waits."""
    other = known("case.juno")
    with page_of(signed_in("casey")) as casey, page_of(signed_in("casey")) as too:
        watch_all(WREN, casey)
        watch_all(f"case:{other}", too)
        looks.every.clear()
        with served.app.app_context():
            begin_writing()
            move(db.session(), [CASE, other])
            db.session.commit()
        until(lambda: {WREN, f"case:{other}"} <= {one for topics in looks.of("channel") for one in topics})
        assert looks.of(HERE) == []


def test_an_act_that_commits_when_the_loop_has_ended_stands(served: Served) -> None:
    here = Channel(served.app)
    asyncio.run(here.start())
    try:
        change(served, "Six")
    finally:
        here._listens_no_more()


def test_where_it_cannot_be_looked_for_the_loop_does(
    served: Served, signed_in: SignedIn, page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_asked: Any) -> None:
        raise RuntimeError("the database is away")

    with page_of(signed_in("casey")) as casey:
        watch_all(WREN, casey)
        monkeypatch.setattr(Beside, "look_here", away)
        change(served, "Three")
        assert casey.hear(1) == BELL and not casey.is_cut(0.1)


def test_an_older_look_never_speaks_after_a_newer_one(
    served: Served, signed_in: SignedIn, page_of: PageOf, looks: Looks
) -> None:
    """A look beside is held up; what changes meanwhile is not looked at here, and the look beside is taken again."""
    with page_of(signed_in("casey")) as casey:
        watch_all(WREN, casey)
        looks.every.clear()
        looks.gate.clear()
        change_elsewhere(served, "Three and a half")
        until(lambda: len(looks.of("channel")) == 1)
        change(served, "Four")
        assert looks.of(HERE) == [()], "somebody is looking already"
        looks.gate.set()
        assert casey.hear(1) == BELL
        until(lambda: len(looks.of("channel")) >= 2)
        (watch,) = served.app.extensions["mdt.channel"].watches.by_sid.values()
        until(lambda: not watch.looking and not watch.again)
        change(served, "Five")
        assert looks.of(HERE) == [(), (WREN,)] and casey.hear(0.5) == BELL


def test_a_page_that_came_meanwhile_and_was_looked_at_is_not_looked_at_first(served: Served) -> None:
    rung: list[list[Watch]] = []

    async def ring(some: Sequence[Watch]) -> None:
        rung.append(list(some))

    async def begin() -> tuple[Watch, Watch]:
        here = Channel(served.app)
        here.ring = ring  # type: ignore[method-assign,assignment]
        me: Any = SimpleNamespace(id="x", agency_id=None)
        new, seen = (Watch(sid, me, Topic("desk"), None, "") for sid in "ab")
        seen.counted = {"x": 1}
        await here.ring_first(new)
        await here.ring_first(seen)
        return new, seen

    new, _ = asyncio.run(begin())
    assert rung == [[new], []]


def test_a_look_here_knows_nothing_of_what_its_thread_does(served: Served) -> None:
    beside = served.app.extensions["mdt.channel"].beside
    with served.app.test_request_context(), at_once.together():
        mine = db.session()

        def look() -> tuple[bool, bool, bool, bool]:
            return has_request_context(), has_app_context(), db.session() is mine, at_once._shared.get() is None

        assert beside.look_here(look) == (False, True, False, True)
        assert db.session() is mine and has_request_context()


def watch_all(topic: str, *pages: Socket) -> None:
    for page in pages:
        assert page.watch(topic) == {"ok": True} and page.hear() == ("bell", {"topic": topic})


def change(served: Served, name: str) -> None:
    """Change what everybody at the table sees, in this thread."""
    with served.app.app_context():
        revise(name)
        db.session.commit()


def change_elsewhere(served: Served, name: str) -> None:
    """The same without a word to this process: as of another's acts, its counters tell of it."""
    with served.app.app_context():
        revise(name)
        db.session.flush()
        db.session().info.pop("moved")
        db.session.commit()


def revise(name: str) -> None:
    begin_writing()
    every = db.session.query(Item).filter_by(case_id=CASE)
    record = next(one for one in every if one.terms.category is Category.ID and one.source_id == one.case.lead_id)
    items.revise(record, {"name_in_use": name})


def until(so: Callable[[], bool]) -> None:
    end = time.monotonic() + 3
    while not so():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.01)
