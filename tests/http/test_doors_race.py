"""Whoever comes at once: a task has one owner at every moment, and one answer to each offer."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from mdt.models import Entry, Step, Task, begin_writing, db, new_id
from mdt.operations import handoffs
from mdt.operations.demo import known, people
from tests.fixtures_app import Person

TASK = known("wren.task.nurse")
ROUNDS, CONTENDERS = 20, 16
ANSWERS = {"task.accepted", "task.declined", "task.withdrawn"}
Act = Callable[[], Any]


def offered() -> int:
    """Casey offers the task to Imani; its version."""
    begin_writing()
    db.session.execute(
        update(Task)
        .where(Task.id == TASK)
        .values(
            owner_id=people.id_of("casey"),
            offered_to=people.id_of("imani"),
            offered_by=people.id_of("casey"),
            step=Step.OFFERED,
        )
    )
    version = db.session.scalars(select(Task.version).where(Task.id == TASK)).one()
    db.session.commit()
    return version


def all_at_once(acts: Sequence[Act]) -> list[Any]:
    """What comes of acts that begin in the same moment."""
    start, came = threading.Barrier(len(acts)), [None] * len(acts)

    def go(number: int, act: Act) -> None:
        start.wait(20)
        came[number] = act()

    threads = [threading.Thread(target=go, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return came


def answered(since: int) -> Counter[str]:
    """What the ledger says came of it, by event."""
    rows = db.session.scalars(select(Entry.event).where(Entry.seq > since, Entry.event.in_(ANSWERS)))
    return Counter(rows)


def last() -> int:
    return db.session.scalars(select(Entry.seq).order_by(Entry.seq.desc()).limit(1)).one()


def test_sixteen_at_once_twenty_times_leave_one_owner_and_one_answer(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    """Accepting from six browsers, declining from four, taking it back from four; two who have no part in it."""
    who = ["imani"] * 10 + ["casey"] * 4 + ["ruth"] * 2
    acts = ["accept"] * 6 + ["decline"] * 4 + ["withdraw"] * 4 + ["accept"] * 2
    browsers = [signed_in(slug) for slug in who]
    for browser in browsers:
        browser.get("/help")
    won: Counter[str] = Counter()
    for _ in range(ROUNDS):
        with app.app_context():
            version, since = offered(), last()
        came = all_at_once(
            [
                lambda b=b, a=a: b.send(f"/tasks/{TASK}/{a}", reason="No time.", key=new_id()).status_code
                for b, a in zip(browsers, acts, strict=True)
            ]
        )  # type: ignore[misc]
        assert set(came) <= {303, 404}, "nobody gets a fault"
        with app.app_context():
            task = db.session.get_one(Task, TASK)
            said = answered(since)
            assert (task.step, task.offered_to, task.version) == (Step.HELD, None, version + 1), (
                "one of them was the answer"
            )
            hers = task.owner_id == people.id_of("imani")
            assert hers or task.owner_id == people.id_of("casey")
            assert set(said) == {"task.accepted"} if hers else len(said) == 1 and said.total() == 1
            won.update(set(said))
    assert won.total() == ROUNDS and len(browsers) == CONTENDERS


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_reading_first_and_writing_after_would_be_seen(
    app: Flask, signed_in: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same race over a verb that asks first and writes then: two answers to one offer."""
    asked = threading.Barrier(2, timeout=5)

    def naive(me: Any, task_id: str, **_more: Any) -> None:
        with app.app_context():
            free = db.session.scalars(select(Task.step).where(Task.id == task_id)).one() == Step.OFFERED
            db.session.rollback()
            asked.wait()
            if free:
                begin_writing()
                db.session.execute(
                    update(Task)
                    .where(Task.id == task_id)
                    .values(owner_id=me.id, step=Step.HELD, version=Task.version + 1)
                )
                db.session.commit()

    with app.app_context():
        version = offered()
        people_here = [type("Me", (), {"id": people.id_of(slug)})() for slug in ("imani", "ruth")]
    all_at_once([lambda me=me: naive(me, TASK) for me in people_here])  # type: ignore[misc]
    with app.app_context():
        assert db.session.get_one(Task, TASK).version == version + 2
    assert handoffs.accept is not naive


def test_a_decision_noted_from_many_browsers_is_noted_once(app: Flask, signed_in: Callable[[str], Person]) -> None:
    """One form sent eight times at once: one record, and nobody gets a fault."""
    from mdt.models import Item, Segment, new_id

    meeting = f"/meetings/cases/{known('case.wren')}/{known('wren.meeting.tonight')}"
    browsers = [signed_in("casey") for _ in range(8)]
    for browser in browsers:
        browser.get("/help")
    assert browsers[0].send(f"{meeting}/open").status_code == 303
    for act in ("note", "decide"):
        key = new_id()
        came = all_at_once(
            [
                lambda b=b, a=act, k=key: b.send(f"{meeting}/{a}", text="Heard.", what="Do it.", key=k).status_code
                for b in browsers
            ]
        )  # type: ignore[misc]
        assert came == [303] * 8
        with app.app_context():
            assert db.session.get(Item, key) is not None
            assert len(db.session.scalars(select(Segment).where(Segment.item_id == key)).all()) == 1
            if act == "decide":
                assert len(db.session.scalars(select(Task).where(Task.item_id == key)).all()) == 1


def test_two_who_lead_invite_the_same_person_once(app: Flask, signed_in: Callable[[str], Person]) -> None:
    from mdt.models import Member

    path = f"/lead/cases/{known('case.wren')}/convene"
    browsers = [signed_in(slug) for slug in ("casey", "dee") * 4]
    for browser in browsers:
        browser.get("/help")
    form = {"who": people.id_of("ngozi"), "why": "To decide.", "purpose": ""}
    came = all_at_once([lambda b=b: b.send(path, **form).status_code for b in browsers])  # type: ignore[misc]
    assert set(came) <= {303, 409, 422} and 303 in came
    with app.app_context():
        rows = db.session.scalars(
            select(Member).where(Member.case_id == known("case.wren"), Member.user_id == people.id_of("ngozi"))
        ).all()
        assert [row.standing for row in rows] == ["invited"]


def test_first_pages_after_a_start_may_all_come_at_once(app: Flask, signed_in: Callable[[str], Person]) -> None:
    browsers = [signed_in(slug) for slug in ("casey", "dee", "imani", "marcus", "ruth", "jo", "tomas", "sam")]
    assert set(all_at_once([lambda b=b: b.get(f"/cases/{known('case.wren')}").status_code for b in browsers])) == {200}  # type: ignore[misc]
