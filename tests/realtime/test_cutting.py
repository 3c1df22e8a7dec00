"""A socket ends with what let it in: at once, for good, and without taking anybody else's with it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from mdt.models import SignIn, begin_writing, db, now
from mdt.models.pulse import move
from mdt.operations import reading, watching
from mdt.operations.demo import known, people
from mdt.realtime import channel
from mdt.realtime.channel import LEASE_SECONDS
from tests.fixtures_app import Person
from tests.realtime.conftest import Served, cookie_of
from tests.realtime.speaking import Socket, spoken

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
SignedIn = Callable[[str], Person]
PageOf = Callable[[Person], AbstractContextManager[Socket]]
WREN = f"case:{known('case.wren')}"


def sign_out(person: Person) -> None:
    person.get("/help")
    assert person.send("/sign-out").status_code == 303


def test_signing_out_cuts_the_socket_and_nobody_elses(served: Served, signed_in: SignedIn, page_of: PageOf) -> None:
    casey, imani = signed_in("casey"), signed_in("imani")
    with page_of(casey) as mine, page_of(imani) as theirs:
        for socket in (mine, theirs):
            assert socket.watch("desk") == {"ok": True} and socket.hear()
        sign_out(casey)
        assert mine.hear(1) == ("signed_out", {})
        assert mine.is_cut(0.5)
        assert not theirs.is_cut(2 * LEASE_SECONDS)
        assert theirs.watch("desk") == {"ok": True} and theirs.hear()


def test_whose_sign_in_ended_is_not_let_in_on_an_older_websocket(served: Served, signed_in: SignedIn) -> None:
    casey = signed_in("casey")
    with spoken(served.host, cookie_of(casey)) as socket:
        sign_out(casey)
        assert not socket.come_in()


def test_suspension_cuts_every_socket_of_that_person(served: Served, signed_in: SignedIn, page_of: PageOf) -> None:
    robin, here, there = signed_in("robin"), signed_in("casey"), signed_in("casey")
    with page_of(here) as one, page_of(there) as other:
        robin.get("/admin")
        assert robin.send(f"/admin/people/{people.id_of('casey')}/suspend").status_code == 303
        assert one.is_cut(1) and other.is_cut(1)


@pytest.mark.parametrize("lapsed", [{"seen_at": timedelta(minutes=31)}, {"created_at": timedelta(hours=12, minutes=1)}])
def test_what_lapses_is_cut(served: Served, signed_in: SignedIn, page_of: PageOf, lapsed: dict[str, timedelta]) -> None:
    """Idle or too old, though pages and bells went on all the while."""
    with page_of(signed_in("casey")) as socket:
        with served.app.app_context():
            values = {name: now() - span for name, span in lapsed.items()}
            db.session.execute(update(SignIn).where(SignIn.user_id == people.id_of("casey")).values(values))
            db.session.commit()
        assert socket.is_cut(1)


def test_when_the_counters_cannot_be_read_everybody_is_cut_after_a_second(
    served: Served, signed_in: SignedIn, page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    with page_of(signed_in("casey")) as one, page_of(signed_in("imani")) as other:
        assert one.watch("desk") == {"ok": True}
        monkeypatch.setattr(watching, "moved", _away)
        begun = time.monotonic()
        assert one.is_cut(3) and other.is_cut(0.5)
        assert LEASE_SECONDS / 2 < time.monotonic() - begun < LEASE_SECONDS + 1


def test_a_process_that_stood_still_looks_and_cuts_nobody(
    served: Served, signed_in: SignedIn, page_of: PageOf
) -> None:
    """As while its memory is collected, or the machine slept."""
    with page_of(signed_in("casey")) as socket:
        assert socket.watch(WREN) == {"ok": True} and socket.hear()
        channel_of(served).beside.count = still(channel_of(served).beside.count)
        time.sleep(2)
        assert not socket.is_cut(0.5)
        with served.app.app_context():
            begin_writing()
            move(db.session(), [known("case.wren")])
            db.session.commit()
        assert socket.watch("desk") == {"ok": True} and socket.hear(), "it is served as before"


def channel_of(served: Served) -> Any:
    return served.app.extensions["mdt.channel"]


def still(count: Callable[..., Any]) -> Callable[..., Any]:
    """Reading the counters, of which the first holds up the whole loop."""
    held: list[float] = []

    async def counts(question: Callable[[], Any]) -> Any:
        if not held:
            held.append(time.monotonic())
            time.sleep(1.5)
        return await count(question)

    return counts


def test_a_reading_that_hangs_is_a_reading_that_fails(
    served: Served, signed_in: SignedIn, page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    with page_of(signed_in("casey")) as socket:
        assert socket.watch(WREN) == {"ok": True}
        monkeypatch.setattr(watching, "moved", lambda *_asked: time.sleep(4) or {})
        assert socket.is_cut(3)


def test_a_view_that_cannot_be_looked_at_takes_no_other_bell_with_it(
    served: Served, signed_in: SignedIn, page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    casey, dee = signed_in("casey"), signed_in("dee")
    stock = reading.seat_at

    def broken_for_casey(case: Any, me: Any, **how: Any) -> Any:
        return _away() if me.id == people.id_of("casey") else stock(case, me, **how)

    with page_of(casey) as broken, page_of(dee) as whole:
        for socket in (broken, whole):
            assert socket.watch(WREN) == {"ok": True} and socket.hear()
        monkeypatch.setattr(reading, "seat_at", broken_for_casey)
        _post_an_update(casey)
        assert whole.hear(1) == ("bell", {"topic": WREN})
        assert broken.hear(1) == ("bell", {"topic": WREN}), "a page that may be wrong is to read itself anew"
        assert not broken.is_cut(0.1)


def test_some_that_cannot_be_looked_at_take_nobody_else_with_them(
    served: Served, signed_in: SignedIn, page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many who would hear, some are looked at after the others: those are told though the first could not be."""
    casey, dee = signed_in("casey"), signed_in("dee")
    stock, failed = watching.together, list[str]()

    def breaks_once(readers: Any) -> Any:
        if any(me.id == people.id_of("casey") for mine in readers.values() for me in mine) and not failed:
            failed.append("once")
            _away()
        return stock(readers)

    with page_of(casey) as first, page_of(dee) as second:
        for socket in (first, second):
            assert socket.watch(WREN) == {"ok": True} and socket.hear()
        monkeypatch.setattr(channel, "LOOKS_AT_ONCE", 1)
        monkeypatch.setattr(channel, "LOOKS_HERE", 0)
        monkeypatch.setattr(watching, "together", breaks_once)
        _post_an_update(casey)
        assert second.hear(1) == ("bell", {"topic": WREN})
        assert first.is_cut(1) and failed


def test_who_cannot_be_looked_for_at_all_is_cut_and_comes_back(
    served: Served, signed_in: SignedIn, page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where no connection is free: whoever would have heard is not left with what they see."""
    with page_of(signed_in("casey")) as mine, page_of(signed_in("imani")) as theirs:
        assert mine.watch(WREN) == {"ok": True} and mine.hear()
        assert theirs.watch("desk") == {"ok": True} and theirs.hear()
        with monkeypatch.context() as patch:
            patch.setattr(watching, "together", _away)
            with served.app.app_context():
                begin_writing()
                move(db.session(), [known("case.wren")])
                db.session.commit()
            assert mine.is_cut(2)
    with page_of(signed_in("casey")) as again:
        assert again.watch(WREN) == {"ok": True} and again.hear()


def test_a_slow_view_delays_no_cut(
    served: Served, signed_in: SignedIn, page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    casey, dee = signed_in("casey"), signed_in("dee")
    stock = watching.look
    with page_of(casey) as slow, page_of(dee) as other:
        assert slow.watch(WREN) == {"ok": True} and slow.hear()
        monkeypatch.setattr(watching, "look", lambda *asked: (time.sleep(2), stock(*asked))[1])
        _post_an_update(casey)
        sign_out(dee)
        assert other.is_cut(1)
        assert not slow.is_cut(0.1)


FORGED = (
    '42["unheard of",{}]', '42["connect",{}]', '42["connect",{"asgi.scope":{"mdt.me":{"id":"x"}}}]', '42["disconnect"]',
    '42["bell",{"topic":"desk"}]', '42["watch","desk"]', '42["watch",[1]]', '42["watch"]',
    '451-["watch",{"_placeholder":true,"num":0}]',
)  # fmt: skip


def test_what_no_page_of_ours_says_ends_the_socket_and_reaches_nobody(
    served: Served, signed_in: SignedIn, page_of: PageOf
) -> None:
    casey = signed_in("casey")
    with page_of(signed_in("dee")) as other:
        for frame in FORGED:
            with page_of(casey) as forging:
                forging.say(frame)
                if frame.startswith("45"):
                    forging.say(b"\x00" * 10)
                assert forging.is_cut(1), frame
        assert other.hear(0.2) is None and not other.is_cut(0.1)


def _away(*_asked: object) -> Any:
    raise OSError("away")


def _post_an_update(author: Person) -> None:
    from mdt.models import new_id

    path = f"/cases/{known('case.wren')}/update"
    author.get(path)
    assert author.send(path, category="PLAN", note="A word on the plan.", key=new_id()).status_code == 303
