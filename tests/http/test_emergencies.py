"""Breaking the glass over HTTP: who may, what it opens, who is told at once, the sixtieth minute, the review."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from mdt.models import Assessment, Emergency, Item, Letter, Member, Notice, Standing, begin_writing, db, new_id, now
from mdt.operations import facts
from mdt.operations.demo import agencies, known, people
from tests.fixtures_app import Person
from tests.http.test_releases import page, sent

WREN = known("case.wren")
CASE = f"/cases/{WREN}"
DECLARE = f"{CASE}/emergency"
SignIn = Callable[[str], Person]
COPING = "Music, a walk with Marisol"
"""From Harbor's safety plan: what an emergency lets a detective read of behavioral health."""
SECRET = "She took all of her Hydroxyzine at once."
DIAGNOSIS = "Reaction to severe stress"
PROGRAM = "New Path, early help"


def declared(**more: object) -> dict[str, object]:
    """The form of an emergency, filled in."""
    return {
        "kind": "threat", "categories": ["BEHAVIORAL"], "happening": "She rang from a bridge.",
        "at_risk": "Wren", "no_other_way": "Nobody at Harbor answers.", "key": new_id(),
    } | more  # fmt: skip


def begin(person: Person, **more: object) -> str:
    """Declare one; the address of its page."""
    answer = sent(person, DECLARE, **declared(**more))
    assert answer.status_code == 303, page(answer)
    return str(answer.location)


def desk(person: Person) -> str:
    return page(person.get("/", follow_redirects=True))


def test_an_emergency_opens_its_part_for_an_hour_to_whoever_declared_it(app: Flask, signed_in: SignIn) -> None:
    marcus, casey, sam, imani, dee = map(signed_in, ("marcus", "casey", "sam", "imani", "dee"))
    assert COPING not in page(marcus.get(CASE))
    at = begin(marcus)
    read = page(marcus.get(CASE))
    assert COPING in read and DIAGNOSIS not in read, "the part of the cell, and no more"
    assert "You declared an emergency. 59 min left by" in read
    for other in (sam, casey, dee):
        assert "An emergency was declared" in desk(other), "the source and the lead know at once"
    assert "An emergency was declared" not in desk(imani)
    told = page(sam.get(at))
    assert "Marcus Bell, Alder Police" in told and "She rang from a bridge." in told
    assert "Safety plan" not in told.partition("What was read in it")[0]
    assert "safety plan" in told.partition("What was read in it")[2]
    assert imani.get(at).status_code == 404 and signed_in("jo").get(at).status_code == 404
    assert sent(sam, f"{at}/end").status_code == 404
    assert sent(marcus, f"{at}/end").status_code == 303
    assert COPING not in page(marcus.get(CASE))
    assert sent(marcus, f"{at}/end").status_code == 303


def test_the_sixtieth_minute_is_no_longer_in_it(app: Flask, signed_in: SignIn) -> None:
    start = datetime(2026, 11, 25, 20, 15, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        facts.forget_all()
        marcus = signed_in("marcus")
        at = begin(marcus)
        for minutes in (20, 40):
            clock.move_to(start + timedelta(minutes=minutes))
            assert COPING in page(marcus.get(CASE))
        clock.move_to(start + timedelta(minutes=59, seconds=59))
        assert COPING in page(marcus.get(CASE)) and "You declared an emergency." in page(marcus.get(CASE))
        clock.move_to(start + timedelta(minutes=60))
        assert COPING not in page(marcus.get(CASE)) and "You declared an emergency." not in page(marcus.get(CASE))
        assert "It ended" in page(marcus.get(at))
        with app.app_context():
            due = db.session.scalars(select(Emergency.due_at)).one()
        assert due == datetime(2026, 11, 28, 4, 59, 59, tzinfo=UTC), "Thanksgiving is no working day"


def test_another_of_the_lead_agency_reviews_it(app: Flask, signed_in: SignIn) -> None:
    marcus, dee, sam = map(signed_in, ("marcus", "dee", "sam"))
    at = begin(marcus)
    assert COPING in page(marcus.get(CASE))
    assert "waits for your review" in desk(dee)
    assert "waits for your review" not in desk(sam)
    assert sent(marcus, f"{at}/review", justified="yes", words="Mine.").status_code == 404
    assert sent(sam, f"{at}/review", justified="no", words="Mine.").status_code == 404
    assert sent(dee, f"{at}/review", justified="", words="").status_code == 422
    assert sent(dee, f"{at}/review", justified="no", words="He could have rung me.").status_code == 303
    assert "Reviewed: not justified" in page(dee.get(at)) and "He could have rung me." in page(marcus.get(at))
    assert "He could have rung me." not in page(sam.get(at))
    assert COPING not in page(marcus.get(CASE)), "it ends at once"
    assert "waits for your review" not in desk(dee)
    assert "Judge an emergency that was not justified" in desk(sam)
    with app.app_context():
        rows = {row.agency_id: row for row in db.session.scalars(select(Assessment))}
        assert rows.keys() == {agencies.id_of("county"), agencies.id_of("harbor")}
        mine = f"/assessments/{rows[agencies.id_of('harbor')].id}"
    judged = page(sam.get(mine))
    assert "10 days" in judged or "9 days" in judged, "the judgement has its own span, shorter than the notice"
    assert "at the latest 60 days after it was found" in judged and "45 CFR 164.404(b)" in judged
    assert "Marcus Bell" in judged and dee.get(mine).status_code == 404
    assert sent(sam, mine, outcome="breach", finding="").status_code == 422
    assert sent(sam, mine, outcome="breach", finding="He read it without need.").status_code == 303
    assert "It has to be reported" in page(sam.get(mine))
    assert "Judge an emergency" not in desk(sam)
    sent(sam, mine, outcome="no_breach", finding="Changed my mind.")
    assert "Changed my mind." not in page(sam.get(mine))


def test_only_a_medical_one_of_medical_staff_reaches_a_treatment_programme_and_it_is_told(
    app: Flask, signed_in: SignIn
) -> None:
    ruth, priya, casey, noor = map(signed_in, ("ruth", "priya", "casey", "noor"))
    assert sent(ruth, DECLARE, **declared(categories=["SUD_P2"])).status_code == 422
    assert PROGRAM not in page(ruth.get(CASE))
    at = begin(ruth, kind="medical", categories=["SUD_P2"])
    assert PROGRAM in page(ruth.get(CASE))
    notice = next(line for line in priya.get("/", follow_redirects=True).text.split('"') if "/notices/" in line)
    told = page(priya.get(notice))
    assert "Ruth Castellano, Mercy Clinic" in told and "program" in told.lower()
    assert "Wren" not in told.partition("What was happening")[0], "nobody of it is on the team: no name"
    assert priya.get(at).status_code == 404 and priya.get(CASE).status_code == 404
    assert noor.get(notice).status_code == 404 and casey.get(notice).status_code == 404
    seen_by_lead = page(casey.get(at)).partition("What was read in it")[2]
    assert "Substance use treatment" not in seen_by_lead, "the ledger's list is no way round"
    assert sent(priya, notice).status_code == 303
    assert "An emergency was declared" not in desk(priya)


def test_the_button_is_there_by_rule_and_the_page_tells_nothing(app: Flask, signed_in: SignIn) -> None:
    for slug, there in {
        "marcus": True,
        "ruth": True,
        "imani": True,
        "lena": False,
        "jo": False,
        "casey": False,
    }.items():
        person = signed_in(slug)
        assert ("/emergency" in person.get(CASE).text) is there, slug
        assert (person.get(DECLARE).status_code == 200) is there, slug
    for slug in ("wren", "marisol", "tomas"):
        assert signed_in(slug).get(DECLARE).status_code == 404, slug
    ruth = signed_in("ruth")
    before = ruth.get(DECLARE).text.partition("<main")[2]
    with app.app_context():
        begin_writing()
        db.session.delete(db.session.get_one(Item, known("wren.new_path")))
        db.session.commit()
        facts.forget_all()
    after = ruth.get(DECLARE).text.partition("<main")[2]
    nonces = ('name="key"', "csrf", "data-token")
    assert [line for line in before.splitlines() if not any(one in line for one in nonces)] == [
        line for line in after.splitlines() if not any(one in line for one in nonces)
    ], "the same whether or not something concealed is there"


def test_what_is_left_blank_opens_nothing_and_twice_is_once(app: Flask, signed_in: SignIn) -> None:
    marcus = signed_in("marcus")
    for wrong in ({"happening": " "}, {"at_risk": ""}, {"no_other_way": ""}, {"categories": []}, {"kind": "medical"},
                  {"categories": ["EDUCATION", "SUD_P2"]}, {"categories": ["ADVOCATE"]}, {"key": "x"}):  # fmt: skip
        answer = sent(marcus, DECLARE, **declared(**wrong))
        assert answer.status_code == 422, wrong
    assert COPING not in page(marcus.get(CASE))
    form = declared()
    first, second = sent(marcus, DECLARE, **form), sent(marcus, DECLARE, **form)
    assert first.location == second.location
    with app.app_context():
        assert len(list(db.session.scalars(select(Emergency)))) == 1
        assert len(list(db.session.scalars(select(Notice)))) == 2


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_one_proves_again_who_one_is_and_nothing_typed_is_lost(app: Flask, signed_in: SignIn) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        marcus = signed_in("marcus")
        marcus.get(DECLARE)
        clock.shift(timedelta(minutes=6))
        assert "/again" in marcus.get(DECLARE).location
        clock.shift(timedelta(minutes=16))
        late = sent(marcus, DECLARE, **declared())
        assert late.status_code == 422 and "She rang from a bridge." in late.text
        assert sent(marcus, "/again", then=DECLARE).status_code == 303
        assert sent(marcus, DECLARE, **declared()).status_code == 303


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_whoever_leaves_the_team_keeps_nothing_of_it(app: Flask, signed_in: SignIn) -> None:
    marcus = signed_in("marcus")
    at = begin(marcus)
    with app.app_context():
        begin_writing()
        mine = select(Member).where(Member.case_id == WREN, Member.user_id == people.id_of("marcus"))
        member = db.session.scalars(mine).one()
        member.standing, member.until = Standing.ENDED, now()
        db.session.commit()
    assert marcus.get(at).status_code == 404 and marcus.get(CASE).status_code == 404


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_letter_goes_to_those_who_have_to_know_and_names_nobody(app: Flask, signed_in: SignIn) -> None:
    marcus, ruth = signed_in("marcus"), signed_in("ruth")
    assert "letter" not in page(marcus.get(DECLARE)), "without a mail server a line on the desk is all"
    assert "letter" not in page(sent(marcus, DECLARE, follow=True, **declared()))
    old = app.extensions["mdt.settings"]
    app.extensions["mdt.settings"] = replace(old, mail="smtp://127.0.0.1:9", mail_from="mdt@cedar.example")
    with app.app_context():
        assert list(db.session.scalars(select(Letter))) == []
    assert "letter" in page(marcus.get(DECLARE))
    begin(marcus)
    with app.app_context():
        written = list(db.session.scalars(select(Letter)))
        assert {one.user_id for one in written} == set(map(people.id_of, ("casey", "dee", "sam"))), "lead and source"
        said = " ".join(word for one in written for word in (one.words.subject, one.words.text, one.words.calendar))
        assert "Sign in to read what concerns you." in said
        assert not [word for word in ("Wren", "Marcus", "Alder", "Harbor", "bridge", WREN) if word in said]
    begin(ruth, kind="medical", categories=["SUD_P2"])
    with app.app_context():
        assert people.id_of("priya") in set(db.session.scalars(select(Letter.user_id))), "nobody of it is on the team"


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_what_its_words_repeat_to_those_who_read_them_is_asked_about_first(app: Flask, signed_in: SignIn) -> None:
    ruth = signed_in("ruth")
    words = declared(kind="medical", categories=["EDUCATION"], happening=SECRET)
    asked = sent(ruth, DECLARE, **words)
    assert asked.status_code == 422 and "Look once more before you send it." in page(asked), page(asked)
    key = re.search(r'name="heeded" value="([^"]+)"', asked.get_data(as_text=True))
    assert key and SECRET in page(asked), "nothing typed is lost"
    with app.app_context():
        assert list(db.session.scalars(select(Emergency))) == []
    assert sent(ruth, DECLARE, **words, heeded=[key.group(1)]).status_code == 303
