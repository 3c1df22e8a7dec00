"""Needs: theirs first, each professional's beside it, and of all of it each partner what the decision gives them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import delete, select

from mdt.models import NeedSaid, User, begin_writing, db, new_id
from mdt.operations.demo import agencies, people
from tests.fixtures_app import Person
from tests.http.test_releases import WREN, page

SignIn = Callable[[str], Person]
NEEDS = f"/needs/cases/{WREN}"
pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def say(who: Person, need: str, **form: object) -> int:
    """Say something of a need, as the page does; the status."""
    about = f"{NEEDS}/say?need={need}" + ("&young=y" if form.get("young") else "")
    assert who.get(about).status_code == 200
    return who.send(about, key=new_id(), **form).status_code


def test_each_says_it_and_each_other_partner_reads_what_the_decision_gives_them(app: Flask, signed_in: SignIn) -> None:
    wren, dee, ruth, casey = (signed_in(one) for one in ("wren", "dee", "ruth", "casey"))
    said = {"says": "I want to eat when I am hungry.", "goals": "Buy my own food", "strengths": "I can cook rice."}
    assert say(wren, "basic", stage="preparation", **said) == 303
    assert say(dee, "basic", says="A box of food by Monday.", stage="contemplation") == 303
    assert say(ruth, "physical", says="Teeth: an appointment.") == 303
    assert say(wren, "education", says="The bus.", goals="Pass biology") == 303

    shown = page(casey.get(NEEDS))
    for words in (*said.values(), "A box of food by Monday.", "I am getting ready", "Is thinking about it", "Teeth"):
        assert words in shown, words
    assert shown.index("I want to eat") < shown.index("A box of food by Monday.")

    gets = {
        "tomas": ({"I want to eat", "Buy my own food", "I can cook rice", "A box of food", "Teeth", "The bus"}, set()),
        "marisol": ({"Buy my own food"}, {"I want to eat", "I can cook rice", "A box of food", "The bus", "getting"}),
        "imani": ({"Pass biology"}, {"The bus", "Buy my own food", "I want to eat", "Teeth", "getting ready"}),
        "marcus": (set(), {"Buy my own food", "I want to eat", "Teeth", "Pass biology"}),
        "ruth": ({"Teeth: an appointment."}, {"I want to eat", "Buy my own food", "A box of food", "Pass biology"}),
        "lena": (set(), {"Buy my own food", "I want to eat", "Teeth", "Pass biology"}),
    }
    for slug, (there, not_there) in gets.items():
        for path in (NEEDS, f"{NEEDS}/copy"):
            words = page(signed_in(slug).get(path))
            assert all(one in words for one in there), (slug, path, there)
            assert not any(one in words for one in not_there), (slug, path, [one for one in not_there if one in words])


def test_their_order_goes_first_and_nobody_puts_another_in_its_place(app: Flask, signed_in: SignIn) -> None:
    with app.app_context():
        begin_writing()
        db.session.execute(delete(NeedSaid))
        db.session.commit()
    wren, casey, ruth = signed_in("wren"), signed_in("casey"), signed_in("ruth")
    for one in (wren, casey, ruth):
        one.get("/cases/")
    told = casey.send(f"{NEEDS}/order", place_1="legal", place_2="basic", seen="")
    assert told.status_code == 303 and "told Casey Lindqvist" in page(casey.get(NEEDS))

    late = wren.send(f"{NEEDS}/order", place_1="housing", place_2="education", seen="")
    assert late.status_code == 422 and "in another order meanwhile" in page(late)
    assert wren.send(f"{NEEDS}/order", place_1="housing", place_2="education", seen="legal basic").status_code == 303

    shown = page(casey.get(NEEDS))
    assert "Wren put it in this order" in shown and shown.index("1. A place to live") < shown.index("2. School")
    assert "3. " not in shown.partition("Not spoken of yet")[0]
    again = casey.send(f"{NEEDS}/order", place_1="legal", place_2="housing", seen="housing education")
    assert again.status_code == 422 and "It stays as they said" in page(again)
    assert page(casey.get(NEEDS)).index("1. A place to live") < page(casey.get(NEEDS)).index("2. School")
    assert "Write down their order" not in page(casey.get(NEEDS))
    assert ruth.get(f"{NEEDS}/order").status_code == 404  # who may not read it is not told that it is there
    assert wren.send(f"{NEEDS}/order", place_1="mentor", place_2="mentor", seen="housing education").status_code == 422


def test_an_order_that_is_kept_from_somebody_tells_them_nothing_and_goes_first_all_the_same(
    app: Flask, signed_in: SignIn
) -> None:
    def seal(on: date | None) -> None:
        with app.app_context():
            begin_writing()
            for row in db.session.scalars(select(NeedSaid)):
                if row.item.terms.author == people.id_of("wren"):
                    row.item.terms = replace(row.item.terms, sealed=on)
            db.session.commit()

    with app.app_context():
        db.session.execute(delete(NeedSaid))
        db.session.commit()
    wren, casey = signed_in("wren"), signed_in("casey")
    wren.get("/cases/")
    before = page(casey.get(NEEDS))
    assert "Write down their order" in before
    assert wren.send(f"{NEEDS}/order", place_1="housing", place_2="education", seen="").status_code == 303
    assert "Write down their order" not in page(casey.get(NEEDS))
    seal(date(2026, 1, 1))
    assert page(casey.get(NEEDS)) == before
    assert casey.send(f"{NEEDS}/order", place_1="legal", seen="").status_code == 303
    assert "told Casey Lindqvist" in page(casey.get(NEEDS))
    seal(None)
    shown = page(casey.get(NEEDS))
    assert "Wren put it in this order" in shown and shown.index("1. A place to live") < shown.index("2. School")


def test_what_they_said_themself_nobody_says_for_them(app: Flask, signed_in: SignIn) -> None:
    wren, dee, ruth = signed_in("wren"), signed_in("dee"), signed_in("ruth")
    assert say(dee, "mentor", young="y", says="Grandma, and nobody else.") == 303
    assert "As told to Dee Moreno" in page(signed_in("casey").get(NEEDS))
    assert say(wren, "mentor", says="My grandmother Rosa.") == 303
    shown = page(signed_in("casey").get(NEEDS))
    assert shown.index("My grandmother Rosa.") < shown.index("As told to Dee Moreno")
    again = dee.send(f"{NEEDS}/say?need=mentor&young=y", young="y", says="Nobody at all.", key=new_id(), follow=True)
    assert "It stays theirs" in again.text and "Nobody at all." not in page(dee.get(NEEDS))
    assert say(ruth, "mentor", young="y", says="She spoke of Rosa.") == 303  # she may not be told that it is there
    assert "My grandmother Rosa." in page(wren.get(NEEDS))


def test_what_was_written_for_an_agency_one_has_left_stays_its_own(app: Flask, signed_in: SignIn) -> None:
    ruth = signed_in("ruth")
    assert say(ruth, "physical", says="Teeth: an appointment.") == 303
    with app.app_context():
        begin_writing()
        db.session.get_one(User, people.id_of("ruth")).agency_id = agencies.id_of("harbor")
        db.session.commit()
    assert say(ruth, "physical", says="Sleep: a plan.") == 303
    with app.app_context():
        theirs = [row for row in db.session.scalars(select(NeedSaid)) if row.item.terms.author == people.id_of("ruth")]
        filed = {row.item.source_id for row in theirs if row.terms.need == "physical"}
        assert filed == {agencies.id_of("mercy"), agencies.id_of("harbor")}


def test_a_step_has_an_owner_and_moves_as_any_task(app: Flask, signed_in: SignIn) -> None:
    wren, dee, ruth = signed_in("wren"), signed_in("dee"), signed_in("ruth")
    offered = page(dee.get(f"{NEEDS}/step?need=culture"))
    assert "Ruth Castellano" in offered and "Marcus Bell" not in offered
    key = new_id()
    for _ in range(2):  # a form sent twice is one step
        sent = dee.send(f"{NEEDS}/step?need=culture", what="See the dentist.", who=people.id_of("ruth"), key=key)
        assert sent.status_code == 303
    shown = page(dee.get(NEEDS))
    assert shown.count("See the dentist.") == 1 and "Offered to Ruth Castellano; you hold it" in shown
    theirs = page(ruth.get(NEEDS))
    assert "See the dentist." in theirs and "Culture, language" not in theirs.partition("Not spoken of yet")[0]
    assert "See the dentist." in page(wren.get(NEEDS))
    for slug in ("imani", "marcus"):
        assert "dentist" not in page(signed_in(slug).get(NEEDS)), slug


def test_the_stage_of_change_is_dated_and_what_was_before_stays(app: Flask, signed_in: SignIn) -> None:
    dee = signed_in("dee")
    assert say(dee, "legal", says="A lawyer for the ticket.", stage="precontemplation") == 303
    assert say(dee, "legal", says="A lawyer for the ticket.", stage="contemplation") == 303
    shown = page(dee.get(NEEDS))
    assert "Is thinking about it" in shown and "Does not want to change" not in shown  # said on the same day: corrected
    wrong = dee.send(f"{NEEDS}/say?need=legal", says="x", stage="saved", key=new_id())
    assert wrong.status_code == 422 and page(dee.get(NEEDS)).count("A lawyer for the ticket.") == 1
    assert dee.get(f"{NEEDS}/say?need=money").status_code == 404


def test_a_caregiver_may_not_write_into_it_and_what_repeats_is_asked_about(app: Flask, signed_in: SignIn) -> None:
    assert signed_in("marisol").get(f"{NEEDS}/say?need=basic").status_code == 404
    dee, about = signed_in("dee"), f"{NEEDS}/say?need=basic"
    dee.get(about)
    told = dee.send(about, says="A food card.", key=new_id())
    assert told.status_code == 422 and "Look once more" in page(told) and "A food card." in told.text
    heeded = re.findall(r'name="heeded" value="([^"]+)"', told.text)
    assert dee.send(about, says="A food card.", key=new_id(), heeded=heeded).status_code == 303
    assert "A food card." in page(dee.get(NEEDS))
