"""What somebody may not read does not come to them by another way: an order, a form once more, a bell, a letter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select, update

from mdt.models import (
    Case,
    Heed,
    Item,
    Letter,
    Member,
    NeedSaid,
    Report,
    Restriction,
    Screening,
    User,
    begin_writing,
    db,
    new_id,
    now,
)
from mdt.operations import access, convening, facts, watching
from mdt.operations.demo import people
from mdt.operations.missing import alerts
from mdt.operations.screening import opening
from mdt.sharing import facts as fact
from mdt.sharing.facts import YOUTH
from mdt.sharing.vocabulary import Category
from tests.fixtures_app import Person, today
from tests.http.test_dates import arrange
from tests.http.test_missing import CASE, WREN, noticed, whole
from tests.http.test_needs import NEEDS
from tests.http.test_releases import page, sent
from tests.http.test_screening import HERE, answers, fill

SignIn = Callable[[str], Person]
AT = datetime(2026, 11, 28, 2, 30, tzinfo=UTC)
SAID = "Zebrafish keys in her coat"
pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def test_the_order_an_advocate_was_told_stays_with_those_who_read_what_the_advocate_writes(
    app: Flask, signed_in: SignIn
) -> None:
    with app.app_context():
        begin_writing()
        db.session.execute(delete(NeedSaid))
        db.session.commit()
    jo, casey = signed_in("jo"), signed_in("casey")
    untouched = page(casey.get(f"{NEEDS}/order"))
    assert sent(jo, f"{NEEDS}/order", place_1="legal", place_2="basic", seen="").status_code == 303
    assert 'value="legal basic"' in whole(jo.get(f"{NEEDS}/order"))
    assert page(casey.get(f"{NEEDS}/order")) == untouched
    assert 'value="legal basic"' not in whole(casey.get(f"{NEEDS}/order"))
    assert sent(casey, f"{NEEDS}/order", place_1="housing", seen="").status_code == 303, "nor does a refusal tell of it"


def test_a_finished_screening_is_read_in_its_record_and_in_no_form(app: Flask, signed_in: SignIn) -> None:
    casey = signed_in("casey")
    casey.get(HERE)
    path = casey.send(HERE, instrument="first-look").headers["Location"]
    end = fill(casey, path, answers("first-look", counts=0, possessions=0) | {"a-10": SAID})
    assert casey.send(end, key=str(uuid4())).status_code == 303
    with app.app_context():
        begin_writing()
        row = db.session.scalars(select(Screening).where(Screening.item_id.is_not(None))).all()[-1]
        item = db.session.get_one(Item, row.item_id)
        item.terms = replace(item.terms, sealed=now())
        db.session.commit()
    assert SAID not in page(casey.get(path)), "it was sealed"
    for form in ({"version": "1", "a-1": "no such choice", "n-1": "x"}, {"version": "1"}, answers("first-look")):
        got = casey.send(path, **form)
        assert got.status_code != 422 and SAID not in page(got)
    for form in ({}, {"key": "x"}, {"key": str(uuid4())}):
        got = casey.send(end, **form)
        assert got.status_code != 422 and "Adds up" not in page(got) and "Look closer" not in page(got)


def test_the_bell_of_the_card_rings_for_what_is_on_the_card(app: Flask, signed_in: SignIn) -> None:
    with time_machine.travel(AT, tick=False) as clock:
        facts.forget_all()
        casey, imani = signed_in("casey"), signed_in("imani")
        at = noticed(casey, clothing="A green coat")
        assert sent(casey, f"{at}/alert", up="yes").status_code == 303

        def bell() -> str:
            with app.app_context():
                me = access.person(db.session.get_one(User, people.id_of("imani")))
                return watching.look(alerts.topic(WREN), me, None)[0]

        def described(**words: str) -> str:
            clock.shift(timedelta(minutes=5))
            assert sent(casey, f"{at}/describe", last_seen="", key=new_id(), **words).status_code == 303
            return bell()

        first = described(clothing="A green coat", factors="It was loud.")
        assert "It was loud" not in page(imani.get(f"{CASE}/missing/card"))
        assert described(clothing="A green coat", factors="It was louder.") == first, "nothing of it is on the card"
        assert described(clothing="A red coat", factors="It was louder.") != first

        assert sent(casey, f"{at}/back", when="now", how="She came.", key=new_id()).status_code == 303
        for worn in (
            "Jeans",
            "Hoodie",
            "Sandals",
        ):  # again on the same day: the card is of this time, however their identifiers fall
            clock.shift(timedelta(minutes=5))
            again = noticed(casey, clothing=worn, last_seen="")
            assert sent(casey, f"{again}/alert", up="yes").status_code == 303
            card = page(imani.get(f"{CASE}/missing/card"))
            assert worn in card and "A red coat" not in card
            assert sent(casey, f"{again}/back", when="now", how="She came.", key=new_id()).status_code == 303
    facts.forget_all()


def test_whoever_stepped_out_hears_no_more_of_the_reports(app: Flask, signed_in: SignIn) -> None:
    with app.app_context():
        begin_writing()
        db.session.execute(delete(Heed))
        db.session.execute(update(Report).values(wants_at=None))
        db.session.commit()
    dee = signed_in("dee")
    noticed(dee)
    assert f"{CASE}/missing/reports/" in whole(dee.get("/cases/"))
    assert "that a young person is missing" in page(dee.get("/missing"))
    with app.app_context():
        begin_writing()
        mine = (Member.case_id == WREN, Member.user_id == people.id_of("dee"))
        db.session.scalars(select(Member).where(*mine)).one().recused_at = now()
        db.session.commit()
    for path in ("/cases/", "/missing"):
        shown = whole(dee.get(path))
        assert WREN not in shown and "that a young person is missing" not in shown, path
    assert "that a young person is missing" in whole(signed_in("casey").get("/missing"))


def test_who_is_kept_from_the_day_gets_no_letter_and_no_line_of_it(app: Flask, signed_in: SignIn) -> None:
    old = app.extensions["mdt.settings"]
    values = {name: getattr(old, name) for name in old.__dataclass_fields__}
    app.extensions["mdt.settings"] = type(old)(**values | {"mail": "smtp://127.0.0.1:9", "mail_from": "m@c.example"})
    marcus = signed_in("marcus")
    date = arrange(marcus, "interview", attends=[people.id_of("sam")])
    assert "You go along with them." in page(signed_in("sam").get("/", follow_redirects=True))
    with app.app_context():
        case = facts.load(WREN)
        into = case.rules.appointments.kinds["interview"].into
        category = case.rules.appointments.kinds["interview"].category
        of_sam = str(case.facts.users[people.id_of("sam")].org)
        begin_writing()
        told = fact.Restriction(
            id=new_id(), by=YOUTH, on=now(), against=(of_sam,), categories=(Category(category),),
            fields=(into,),
        )  # fmt: skip
        row = Restriction(id=told.id, case=db.session.get_one(Case, WREN), terms=told, written_by=people.id_of("wren"))
        db.session.add(row)
        db.session.commit()
    sam = signed_in("sam")
    assert sam.get(date).status_code == 404
    assert "You go along with them." not in page(sam.get("/", follow_redirects=True))
    with app.app_context():
        mine = select(Letter).where(Letter.user_id == people.id_of("sam"), Letter.kind == "date")
        before = len(db.session.scalars(mine).all())
    later = str(today() + timedelta(days=9))
    assert sent(marcus, f"{date}/move", on=later, at="10:00", key=new_id()).status_code == 303
    with app.app_context():
        assert len(db.session.scalars(mine).all()) == before


def test_the_reports_of_a_worker_who_stepped_out_are_on_the_screens_of_others_at_once(
    app: Flask, signed_in: SignIn
) -> None:
    noticed(signed_in("dee"))
    with app.app_context():
        mine = select(Member).where(Member.case_id == WREN, Member.user_id == people.id_of("dee"))
        member = db.session.scalars(mine).one().id
        reports = set(db.session.scalars(select(Report.id).where(Report.case_id == WREN)))
        begin_writing()
        seat = access.admit_quietly(WREN, access.person(db.session.get_one(User, people.id_of("casey"))))
        assert seat
        convening.recuse(seat, member)
        held = db.session.execute(select(Heed.user_id, Heed.report_id).where(Heed.report_id.in_(reports))).all()
        assert {one.report_id for one in held} == reports and people.id_of("dee") not in {one.user_id for one in held}
        screening = Screening(case=db.session.get_one(Case, WREN), agency_id=seat.case.lead_id, event="asked")
        assert people.id_of("dee") not in opening.workers(screening) and people.id_of("casey") in opening.workers(
            screening
        )
