"""Whoever comes at once: an order is signed once, a label is settled once, an emergency is declared once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select

from mdt.models import Assessment, Correction, Emergency, Entry, Item, Order, db
from mdt.operations import ledger
from mdt.operations.demo import agencies
from tests.fixtures_app import Person
from tests.http.test_corrections import CHECKUP, LOOKS, at, corrected, labelled
from tests.http.test_doors_race import all_at_once
from tests.http.test_emergencies import DECLARE, begin, declared
from tests.http.test_legal import as_counsel, ordered, taken_in

SignIn = Callable[[str], Person]


def posts(browsers: list[Person], path: str, **form: Any) -> list[int]:
    """The same form sent from all of them in one moment; what each is answered."""
    for browser in browsers:
        browser.get("/help")
    return all_at_once([lambda b=b: b.send(path, **form).status_code for b in browsers])  # type: ignore[misc]


def test_an_order_is_signed_once(app: Flask, signed_in: SignIn) -> None:
    path = taken_in(signed_in("ruth"), ordered())
    came = posts([signed_in("gwen") for _ in range(6)], as_counsel(path), answer="sign", beside="none")
    assert sorted(came) == [303, 422, 422, 422, 422, 422]
    with app.app_context():
        assert len(db.session.scalars(select(Order)).all()) == 1
        said = [row.event for row in db.session.scalars(select(Entry).where(Entry.event.like("paper.signed%")))]
        assert sorted(said) == ["paper.signed", *["paper.signed.refused"] * 5]
        db.session.rollback()
        assert ledger.verify().findings == ()


def test_a_label_is_settled_once(app: Flask, signed_in: SignIn) -> None:
    place = corrected(signed_in("dee"), LOOKS, category="PLAN", source=agencies.id_of("county"))
    browsers = [signed_in("casey") for _ in range(8)]
    for browser in browsers:
        browser.get("/help")
    acts = [
        lambda b=b, act=act: b.send(f"{place}/{act}").status_code
        for b, act in zip(browsers, ["confirm", "refuse"] * 4, strict=True)
    ]
    assert set(all_at_once(acts)) == {303}  # type: ignore[arg-type]
    with app.app_context():
        made = db.session.scalars(select(Correction)).one()
        wanted = made.after if made.state == "applied" else made.before
        assert made.state != "waiting" and db.session.get_one(Item, LOOKS).terms == wanted
        events = ["correction.confirmed", "correction.refused"]
        assert len(db.session.scalars(select(Entry).where(Entry.event.in_(events))).all()) == 1


def test_a_record_is_corrected_once_at_a_time(app: Flask, signed_in: SignIn) -> None:
    ruth = [signed_in("ruth") for _ in range(5)]
    came = posts(ruth, at(CHECKUP), **labelled(category="REPRO"))
    assert came.count(303) == 1 and set(came) <= {303, 422}
    with app.app_context():
        assert len(db.session.scalars(select(Correction)).all()) == 1


def test_an_emergency_is_declared_and_judged_once(app: Flask, signed_in: SignIn) -> None:
    form = declared()
    assert set(posts([signed_in("marcus") for _ in range(5)], DECLARE, **form)) == {303}
    with app.app_context():
        assert [row.id for row in db.session.scalars(select(Emergency))] == [form["key"]]
    place = begin(signed_in("marcus"))
    posts([signed_in("dee") for _ in range(5)], f"{place}/review", justified="no", words="No need.")
    with app.app_context():
        assert len(db.session.scalars(select(Assessment)).all()) == 2, "one for each agency, once"
