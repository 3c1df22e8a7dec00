"""What ends during a meeting acts on its open pages within a second, and the page says nothing of why."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from datetime import time as clock
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from mdt.models import Case, Item, Member, Release, begin_writing, db, now
from mdt.operations import facts, items
from mdt.operations.demo import known, people
from tests.fixtures_app import Person
from tests.realtime.conftest import Served
from tests.realtime.speaking import Socket

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
SignedIn = Callable[[str], Person]
PageOf = Callable[[Person], AbstractContextManager[Socket]]
CASE = known("case.wren")
ROOM = f"/meetings/cases/{CASE}/{known('wren.meeting.tonight')}"
TOPIC = f"meeting:{CASE}:{known('wren.meeting.tonight')}"
CHECK_UP = "Iron tablet"
WITHIN = 1.0
REASONS = ("revoked", "recused", "birthday", "eighteen", "expired", "conflict", "removed")


@pytest.fixture
def room(served: Served, signed_in: SignedIn) -> tuple[Person, Person]:
    """Casey and Tomas in the room, with the check-up on the table."""
    casey, tomas = signed_in("casey"), signed_in("tomas")
    casey.get(ROOM)
    assert casey.send(f"{ROOM}/open").status_code == 303
    tomas.get(ROOM)
    assert tomas.send(f"{ROOM}/join", acknowledged="y").status_code == 303
    assert casey.send(f"{ROOM}/turn", point=known("wren.meeting.tonight.3")).status_code == 303
    assert CHECK_UP in tomas.get(ROOM).text
    return casey, tomas


def watched(page: Socket) -> None:
    """The page is open and at rest: nothing rings by itself."""
    assert page.watch(TOPIC) == {"ok": True} and page.hear()
    while page.hear(0.3):
        pass


def rung(page: Socket, begun: float) -> None:
    """A bell within a second, of this page and nothing else."""
    assert page.hear(WITHIN + 0.5) == ("bell", {"topic": TOPIC})
    assert time.monotonic() - begun < WITHIN


def change(served: Served, act: Callable[[], Any]) -> float:
    """Commit this; when."""
    with served.app.app_context():
        begin_writing()
        act()
        db.session.commit()
    return time.monotonic()


def membership(slug: str) -> Any:
    return db.session.scalar(select(Member).where(Member.case_id == CASE, Member.user_id == people.id_of(slug)))


def recuse() -> None:
    membership("tomas").recused_at = now()


def remove() -> None:
    member = membership("tomas")
    member.standing, member.until = "ended", now()


def run_out() -> None:
    """A membership that was given until a moment ago."""
    membership("tomas").until = now()


def stop_the_release(casey: Person) -> Any:
    address = f"/cases/{CASE}/releases/{known('wren.release.checkups')}/stop"
    casey.get(address)
    return lambda: casey.send(address, how="written")


def put_out(casey: Person, act: str, served: Served) -> Any:
    with served.app.app_context():
        address = f"/lead/cases/{CASE}/team/{membership('tomas').id}/{act}"
    casey.get(address)
    return lambda: casey.send(address)


def steps_out(tomas: Person) -> Any:
    """By their own hand."""
    tomas.get(f"/cases/{CASE}/step-out")
    return lambda: tomas.send(f"/cases/{CASE}/step-out")


def done(act: Callable[[], Any]) -> float:
    """Send this form, as a person does; when its act was committed."""
    committed = list[float]()

    def heard(_session: Any) -> None:
        committed.append(time.monotonic())

    event.listen(Session, "after_commit", heard, insert=True)
    try:
        assert act().status_code == 303
    finally:
        event.remove(Session, "after_commit", heard)
    return committed[0]


def rings_at(page: Socket, moment: datetime) -> None:
    """A bell when this moment comes; others may have rung before, for what others do."""
    rang = []
    while not page.ended and (left := (moment - now()).total_seconds() + WITHIN) > 0:
        if page.hear(left) == ("bell", {"topic": TOPIC}):
            rang.append((now() - moment).total_seconds())
    assert not page.ended and [one for one in rang if -0.05 < one < WITHIN], rang


@pytest.mark.parametrize("ends", [recuse, remove, run_out])
def test_whoever_is_not_of_the_team_any_more_is_out_within_a_second(
    served: Served, room: tuple[Person, Person], page_of: PageOf, ends: Callable[[], None]
) -> None:
    casey, tomas = room
    with page_of(tomas) as theirs, page_of(casey) as ours:
        watched(theirs)
        watched(ours)
        begun = change(served, ends)
        rung(theirs, begun)
        answer = tomas.get(ROOM, headers={"X-Live": "1"})
        assert answer.status_code == 404 and not [one for one in REASONS if one in answer.text.lower()]
        rung(ours, begun + 0.5)
        assert "One person here" in casey.get(ROOM).text


def test_other_words_in_what_lies_on_the_table_ring_in_the_room(
    served: Served, room: tuple[Person, Person], page_of: PageOf
) -> None:
    """Whoever reads it there reads what it says now."""

    def say() -> None:
        items.revise(db.session.get_one(Item, known("wren.checkup")), {"note": "Iron tablets twice a day"})

    _, tomas = room
    with page_of(tomas) as page:
        watched(page)
        rung(page, change(served, say))
    assert "Iron tablets twice a day" in tomas.get(ROOM).text


def test_a_release_that_is_stopped_or_runs_out_takes_its_item_from_the_table(
    served: Served, room: tuple[Person, Person], page_of: PageOf
) -> None:
    _, tomas = room
    with page_of(tomas) as page:
        watched(page)
        begun = change(served, lambda: renewed(expires=now().date() - timedelta(days=2)))
        rung(page, begun)
        text = tomas.get(ROOM).text
        assert CHECK_UP not in text and "The room is being made ready for this item." in text
        assert not [one for one in REASONS if one in text.lower()]


def test_a_release_that_is_revoked_takes_its_item_from_every_page_in_the_room(
    served: Served, room: tuple[Person, Person], page_of: PageOf
) -> None:
    """By the form with which one is stopped. The facilitator is told that the room has to change, nobody why."""
    casey, tomas = room
    stop = stop_the_release(casey)
    with page_of(tomas) as theirs, page_of(casey) as ours:
        watched(theirs)
        watched(ours)
        begun = done(stop)
        rung(theirs, begun)
        rung(ours, begun)
        text = tomas.get(ROOM).text
        assert CHECK_UP not in text and "The room is being made ready for this item." in text
        for seen in (text, casey.get(ROOM).text):
            assert CHECK_UP not in seen and not [one for one in REASONS if one in seen.lower()]


@pytest.mark.parametrize("way", ["recuse", "end", "themselves"])
def test_whoever_is_recused_or_removed_is_out_within_a_second_and_nobody_is_told_why(
    served: Served, room: tuple[Person, Person], page_of: PageOf, way: str
) -> None:
    """By the forms of the lead, and by their own."""
    casey, tomas = room
    act = steps_out(tomas) if way == "themselves" else put_out(casey, way, served)
    with page_of(tomas) as theirs, page_of(casey) as ours:
        watched(theirs)
        watched(ours)
        begun = done(act)
        rung(theirs, begun)
        rung(ours, begun)
        answer = tomas.get(ROOM, headers={"X-Live": "1"})
        assert answer.status_code == 404
        seen = casey.get(ROOM).text
        assert "One person here" in seen
        assert not [one for one in REASONS for text in (answer.text, seen) if one in text.lower()]


def renewed(**terms: Any) -> None:
    release = db.session.get_one(Release, known("wren.release.checkups"))
    release.terms = replace(release.terms, **terms)


def test_what_ends_by_the_clock_alone_ends_then(served: Served, room: tuple[Person, Person], page_of: PageOf) -> None:
    """Nobody does anything: a membership was given until a moment that comes, and the page is told when it comes."""
    _, tomas = room
    until = now() + timedelta(seconds=2.5)

    def given() -> None:
        membership("tomas").until = until

    change(served, given)
    with page_of(tomas) as page:
        assert page.watch(TOPIC) == {"ok": True}
        while page.hear(0.2):
            pass
        assert tomas.get(ROOM).status_code == 200
        rings_at(page, until)
        assert tomas.get(ROOM, headers={"X-Live": "1"}).status_code == 404


@pytest.fixture
def nearly_midnight(app: Flask) -> Iterator[datetime]:
    """The clock stands a little before midnight in Cedar County, and goes on; the midnight that comes."""
    with app.app_context():
        case = facts.load(CASE)
        assert case
        zone = case.facts.case.zone
    tomorrow = now().astimezone(zone).date() + timedelta(days=1)
    midnight = datetime.combine(tomorrow, clock(0), zone)
    with time_machine.travel(midnight - timedelta(seconds=14), tick=True):
        yield midnight


def test_an_eighteenth_birthday_acts_when_the_day_begins(
    nearly_midnight: datetime, served: Served, room: tuple[Person, Person], page_of: PageOf
) -> None:
    """The young person comes of age at midnight: what others signed for them opens no more, by the clock alone."""
    casey, tomas = room

    def nearly_of_age() -> None:
        row, born = db.session.get_one(Case, CASE), nearly_midnight.date()
        row.terms = replace(row.terms, youth=replace(row.terms.youth, born=born.replace(year=born.year - 18)))

    change(served, nearly_of_age)
    with page_of(tomas) as page:
        assert page.watch(TOPIC) == {"ok": True}
        while page.hear(0.2):
            pass
        assert now() < nearly_midnight and CHECK_UP in tomas.get(ROOM).text
        rings_at(page, nearly_midnight)
        for one in (tomas, casey):
            after = one.get(ROOM).text
            assert CHECK_UP not in after and "The room is being made ready for this item." in after
            assert not [words for words in REASONS if words in after.lower()]
