"""Who is to be looked for again: whoever watches what moved since they were looked at; nobody twice for one move."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from mdt.operations.watching import Topic
from mdt.realtime.watch import Watch, Watches

AT = datetime(2026, 3, 1, tzinfo=UTC)
CASE, ANA, BEN = (str(UUID(int=number)) for number in range(3))


def watch(who: str, topic: Topic, sid: str = "") -> Watch:
    me: Any = SimpleNamespace(id=who, agency_id=None)
    return Watch(sid or who, me, topic, None, "")


def test_a_move_that_a_look_has_seen_already_is_not_looked_at_again() -> None:
    every, case, desk = Watches(), watch(ANA, Topic("case", CASE)), watch(BEN, Topic("desk"))
    for one in (case, desk):
        every.begin(one)
    assert every.counters == {CASE: None, BEN: None}, "nothing is known of them yet"
    assert every.due({CASE: 1, BEN: 1}, AT) == [case, desk]
    case.counted, desk.counted = {CASE: 1}, {BEN: 1}
    assert every.due({}, AT) == []
    case.counted = {CASE: 2}  # an act that committed here was looked at before its counter was read
    assert every.due({CASE: 2}, AT) == []
    assert every.due({CASE: 3, BEN: 2}, AT) == [case, desk]


def test_a_reading_that_is_older_than_the_last_look_is_no_move() -> None:
    every, case = Watches(), watch(ANA, Topic("case", CASE))
    every.begin(case)
    case.counted = {CASE: 5}
    assert every.due({CASE: 4}, AT) == [] and every.due({CASE: 5}, AT) == [] and every.due({CASE: 6}, AT) == [case]


def test_a_moment_that_has_come_is_due_whatever_moved_and_once() -> None:
    every, case = Watches(), watch(ANA, Topic("case", CASE))
    every.begin(case)
    case.counted, case.again_at = {CASE: 1}, AT
    assert every.due({}, AT - timedelta(microseconds=1)) == []
    assert every.due({}, AT) == [case] == every.due({CASE: 2}, AT)


def test_what_nobody_watches_any_more_is_not_asked_for() -> None:
    every, first = Watches(), watch(ANA, Topic("case", CASE))
    every.begin(first)
    second = watch(ANA, Topic("desk"))
    every.begin(second)  # the same socket turned to another page
    assert every.of([CASE]) == [] and every.of([ANA]) == [second] and set(every.counters) == {ANA}
    band = watch(ANA, Topic("band"))
    every.begin(band)
    assert every.of([ANA]) == [second, band]
    assert every.leave(ANA) is second and every.of([ANA]) == [] and not every.counters and not every.by_subject
    assert every.due({CASE: 9, ANA: 9}, AT) == [] and not every.counters


def test_the_sockets_of_a_sign_in_are_those_let_in_by_it_and_still_there() -> None:
    every, found = Watches(), random.Random(7)
    for turn in range(500):
        sid, sign_in = str(found.randrange(12)), f"sign-in {found.randrange(4)}"
        if sid in every.people or turn > 400:
            every.leave(sid)
        else:
            me: Any = SimpleNamespace(id=ANA, agency_id=None, sign_in=sign_in)
            every.let_in(sid, me)
        there = {(me.sign_in, sid) for sid, me in every.people.items()}
        assert there == {(one, sid) for one, sids in every.by_sign_in.items() for sid in sids}
        assert all(every.by_sign_in.values()), "who has none left is forgotten"
