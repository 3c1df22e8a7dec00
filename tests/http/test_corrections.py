"""Correcting a wrong label over HTTP: who may, what closes at once, what waits for a second person, who had read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from mdt.models import Assessment, Case, Correction, Item, User, begin_writing, db, new_id, now
from mdt.models.items import open_group
from mdt.models.sealing import index_of
from mdt.operations import access, accounts, facts, items, ledger, seen, views
from mdt.operations.acts import Refused
from mdt.operations.correcting import corrections, moving
from mdt.operations.demo import agencies, known, people
from mdt.sharing.moments import day
from mdt.sharing.vocabulary import Category, Regime
from mdt.web.sign_ins import find_me
from tests.fixtures_app import Person, today
from tests.http.test_releases import IRON, page, sent

WREN = known("case.wren")
ZONE = ZoneInfo("America/New_York")
CASE = f"/cases/{WREN}"
CHECKUP, SLEEP, LOOKS = known("wren.checkup"), known("wren.sleep"), known("wren.looks")
SignIn = Callable[[str], Person]


def at(item: str) -> str:
    return f"{CASE}/records/{item}/correct"


def labelled(item: str = CHECKUP, **more: Any) -> dict[str, Any]:
    """The form of a check-up as it is labelled, with what changes."""
    return {
        "category": "HEALTH", "labels": [], "regimes": [], "source": agencies.id_of("mercy"), "quotes": [],
        "why": "It was filed under the wrong kind.",
    } | more  # fmt: skip


def corrected(person: Person, item: str = CHECKUP, **more: Any) -> str:
    answer = sent(person, at(item), **labelled(**more))
    assert answer.status_code == 303, page(answer)
    return str(answer.location)


def reads(person: Person, words: str = IRON) -> bool:
    return words in page(person.get(CASE))


def desk(person: Person) -> str:
    return page(person.get("/", follow_redirects=True))


def values(item_id: str) -> dict[str, Any]:
    """What a record says, whatever its kind."""
    row = db.session.get_one(Item, item_id)
    scope = items.value_scope(row)
    groups = (open_group(row.id, group.group, group.values_, scope) for group in row.groups)
    return {name: value for group in groups for name, value in group.items()}


def test_a_narrower_label_acts_at_once_and_lists_who_had_read_it(app: Flask, signed_in: SignIn) -> None:
    ruth, casey, tomas, jo, marcus = map(signed_in, ("ruth", "casey", "tomas", "jo", "marcus"))
    assert reads(casey) and reads(tomas) and reads(jo)
    with app.app_context():
        epoch = db.session.get_one(Case, WREN).epoch
    looked = page(sent(ruth, at(CHECKUP), **labelled(category="REPRO"), look="1"))
    assert "Tomas Herrera, Children’s Law Office" in looked.partition("read less")[2]
    assert reads(casey), "looking changes nothing"
    place = corrected(ruth, category="REPRO", labels=["PREGNANCY"])
    assert not (reads(casey) or reads(tomas) or reads(jo)) and reads(ruth)
    shown = page(ruth.get(place))
    assert "Physical health is now reproductive and sexual health." in shown
    for who in ("Casey Lindqvist", "Tomas Herrera"):
        assert who in shown.partition("Who had read it before")[2], who
    assert "Jo Reyes" not in shown and "Somebody" not in shown, "a shelter leaves no line with a clinic"
    assert "People whose agency protects whom it serves are listed only if you may know of them" in shown, (
        "said whether or not there is one"
    )
    assert "Marcus" not in shown.partition("Who had read it before")[2]
    for other in (casey, tomas, jo, marcus):
        assert other.get(place).status_code == 404
    assert "Judge what was seen under a wrong label" in desk(ruth)
    assert "Judge what was seen" not in desk(casey)
    with app.app_context():
        row, due = db.session.scalars(select(Assessment)).one(), today() + timedelta(days=10)
        assert (row.kind, row.agency_id, day(row.due_at, ZONE)) == ("label", agencies.id_of("mercy"), due)
        assert db.session.get_one(Case, WREN).epoch > epoch
        terms = db.session.get_one(Item, CHECKUP).terms
        assert terms.category is Category.REPRO and terms.fields == ("note",)
        assert IRON in values(CHECKUP)["note"] and "Well. Iron is low." in values(CHECKUP)["note"], "nothing is lost"
    assert "Tomas Herrera" in page(ruth.get(f"/assessments/{row.id}"))
    assert casey.get(f"/assessments/{row.id}").status_code == 404


def test_an_open_page_hears_of_it(app: Flask, signed_in: SignIn) -> None:
    """The page of somebody who read it is told to read itself anew; of somebody who never could, is not."""
    ruth, tomas, lena = map(signed_in, ("ruth", "tomas", "lena"))
    tags = {}
    for person in (tomas, lena):
        person.get(CASE)
        tags[person] = person.get(CASE).text.partition('data-tag="')[2].partition('"')[0]
    corrected(ruth, category="REPRO")
    for person, differs in ((tomas, True), (lena, False)):
        answer = person.get(f"/live?topic=case:{WREN}&tag={tags[person]}", headers={"X-Live": "1"})
        assert (answer.status_code == 205) is differs
    assert tags[tomas] != tomas.get(CASE).text.partition('data-tag="')[2].partition('"')[0]


def test_what_opens_it_to_somebody_waits_for_a_second_person(app: Flask, signed_in: SignIn) -> None:
    ruth, casey, dee, marcus = map(signed_in, ("ruth", "casey", "dee", "marcus"))
    looks = "Short brown hair, one side clipped"
    before = page(dee.get(CASE))
    assert looks in before
    place = corrected(dee, LOOKS, category="PLAN", source=agencies.id_of("county"))
    assert "A change waits for a second person" in page(dee.get(place))
    assert "It is right" not in page(dee.get(place)), "not by oneself"
    assert sent(dee, f"{place}/confirm").status_code == 303
    with app.app_context():
        assert db.session.scalars(select(Correction.state)).one() == "waiting"
        assert db.session.get_one(Item, LOOKS).terms.subject == "held", "some lose and some gain: held meanwhile"
    assert looks not in page(marcus.get(CASE)) and looks in page(dee.get(CASE))
    assert "waits for a second person" in desk(casey) and "waits for a second person" not in desk(ruth)
    assert sent(ruth, f"{place}/confirm").status_code == 404
    assert sent(casey, f"{place}/confirm").status_code == 303
    with app.app_context():
        terms = db.session.get_one(Item, LOOKS).terms
        assert (terms.category, terms.subject) == (Category.PLAN, "youth")
    assert looks in page(dee.get(CASE)) and "waits for a second person" not in desk(casey)
    assert "settled already" in sent(casey, f"{place}/refuse", follow=True).text


def test_a_change_that_is_refused_leaves_it_as_it_was(app: Flask, signed_in: SignIn) -> None:
    casey, dee, marcus = map(signed_in, ("casey", "dee", "marcus"))
    place = corrected(dee, LOOKS, category="PLAN", source=agencies.id_of("county"))
    assert sent(casey, f"{place}/refuse").status_code == 303
    assert "The label stays as it was" in page(dee.get(place))
    assert "one side clipped" in page(marcus.get(CASE))


def test_bodies_of_law_are_added_and_never_taken_away(app: Flask, signed_in: SignIn) -> None:
    ruth, dee, tomas = map(signed_in, ("ruth", "dee", "tomas"))
    assert reads(tomas)
    warned = sent(ruth, at(CHECKUP), **labelled(regimes=["PART2"]))
    assert warned.status_code == 422 and "You would not read all of it yourself" in page(warned)
    assert "Do it all the same" in page(warned) and reads(tomas)
    corrected(ruth, regimes=["PART2"], anyway="y")
    assert not reads(tomas) and ruth.get(at(CHECKUP)).status_code == 404
    asked, county = known("wren.asked"), {"category": "PLAN", "source": agencies.id_of("county")}
    corrected(dee, asked, **county, regimes=["HIPAA"])
    again = dee.get(at(asked)).text
    assert 'name="regimes" value="HIPAA"' not in again, "it stands, and is no choice any more"
    assert sent(dee, at(asked), **labelled(**county)).status_code == 422, "nothing else was changed"
    assert sent(dee, at(asked), **labelled(**county, regimes=["SEALED"])).status_code == 422
    with app.app_context():
        assert db.session.get_one(Item, asked).terms.regimes == (Regime.HIPAA,)


def test_a_record_of_another_source_or_about_another_person_closes(app: Flask, signed_in: SignIn) -> None:
    ruth, casey, priya = map(signed_in, ("ruth", "casey", "priya"))
    corrected(ruth, SLEEP, labels=["MEDICATION"], about_another="y")
    assert "Hydroxyzine" in page(ruth.get(CASE)) and "Hydroxyzine" not in page(casey.get(CASE))
    place = corrected(ruth, source=agencies.id_of("newpath"), anyway="y")
    assert not reads(casey) and "Until then, only its own agency reads it." in page(ruth.get(place))
    assert priya.get(CASE).status_code == 404
    with app.app_context():
        begin_writing()
        _second_nurse()
        db.session.commit()
        facts.forget_all()
    nurse = signed_in_as(app)
    assert sent(nurse, f"{place}/confirm").status_code == 303
    with app.app_context():
        row = db.session.get_one(Item, CHECKUP)
        assert row.source_id == row.terms.source == agencies.id_of("newpath")
        assert values(CHECKUP)["medications"] == ["Iron tablet, one each morning, for eight weeks"]
    assert not reads(ruth) and not reads(casey)


def test_only_its_agency_and_the_lead_who_keeps_it_may(app: Flask, signed_in: SignIn) -> None:
    with app.app_context():
        before = {row.id: row.terms for row in db.session.scalars(select(Item))}
    for slug in ("tomas", "jo", "marcus", "wren", "marisol", "casey", "sam"):
        person = signed_in(slug)
        assert person.get(at(CHECKUP)).status_code == 404, slug
        assert sent(person, at(CHECKUP), **labelled(category="REPRO")).status_code == 404, slug
    casey = signed_in("casey")
    assert casey.get(at(known("wren.jo.plan"))).status_code == casey.get(at(new_id())).status_code == 404
    assert casey.get(at(LOOKS)).status_code == 200
    with app.app_context():
        assert {row.id: row.terms for row in db.session.scalars(select(Item))} == before


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_what_cannot_be_read_says_what_to_do_and_changes_nothing(app: Flask, signed_in: SignIn) -> None:
    ruth = signed_in("ruth")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({}, "Change something, and say why."),
        ({"category": "REPRO", "why": " "}, "Say what was wrong."),
        ({"category": "MEETING"}, "Choose from what is on the page."),
        ({"category": "ID"}, "Choose from what is on the page."),
        ({"category": "BEHAVIORAL", "labels": ["HIV"]}, "not named that way"),
        ({"category": "REPRO", "labels": ["WRONG"]}, "Choose from what is on the page."),
        ({"quotes": [known("wren.jo.plan")]}, "Choose from what is on the page."),
    ]
    for more, words in wrong:
        answer: TestResponse = sent(ruth, at(CHECKUP), **labelled(**more))
        assert answer.status_code == 422 and words in page(answer), (more, page(answer)[:300])
    with app.app_context():
        assert db.session.scalars(select(Correction)).all() == []


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_quote_that_was_forgotten_closes_what_repeats_it(app: Flask, signed_in: SignIn) -> None:
    ruth, tomas = signed_in("ruth"), signed_in("tomas")
    assert reads(tomas)
    corrected(ruth, quotes=[known("wren.private")])
    assert not reads(tomas) and reads(ruth)
    back = labelled(category="REPRO", labels=["STI"], quotes=[CHECKUP])
    assert sent(ruth, at(known("wren.private")), **back).status_code == 422, "no quote comes back to itself"


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_two_who_correct_at_once_do_it_once(app: Flask, signed_in: SignIn) -> None:
    casey, dee = signed_in("casey"), signed_in("dee")
    place = corrected(dee, LOOKS, category="PLAN", source=agencies.id_of("county"))
    second = sent(casey, at(LOOKS), **labelled(category="FAMILY", source=agencies.id_of("county")))
    assert second.status_code == 422 and "changed it just now" in page(second)
    assert sent(casey, f"{place}/confirm").status_code == 303


def test_a_release_found_false_closes_and_lists_what_it_had_opened(app: Flask, signed_in: SignIn) -> None:
    ruth, casey, tomas, jo, wren = map(signed_in, ("ruth", "casey", "tomas", "jo", "wren"))
    assert reads(tomas) and reads(jo)
    paper = f"{CASE}/releases/{known('wren.release.checkups')}"
    assert "It is false" in page(ruth.get(paper)) and "It is false" not in page(tomas.get(paper))
    for person in (tomas, jo, wren):
        assert person.get(f"{paper}/false").status_code == 404
        assert sent(person, f"{paper}/false", why="No.").status_code == 404
    assert reads(tomas)
    assert sent(ruth, f"{paper}/false", why=" ").status_code == 422
    assert sent(ruth, f"{paper}/false", why="Nobody of the county signed it.").status_code == 303
    assert not reads(tomas) and not reads(jo)
    shown = page(ruth.get(f"{paper}/false"))
    assert "Tomas Herrera" in shown and "Jo Reyes" not in shown and "Nobody of the county signed it." in shown
    assert "Jo Reyes" in page(casey.get(f"{paper}/false")), "the lead who convened her knows her"
    assert "Judge what a false release had opened" in desk(ruth)
    with app.app_context():
        row = db.session.scalars(select(Assessment)).one()
    assert "Tomas Herrera" in page(ruth.get(f"/assessments/{row.id}"))


def test_nothing_has_no_place_and_no_picture_is_put_into_words() -> None:
    """Every kind a record could be has a place for each of its values."""
    from mdt.sharing import fields as catalog
    from mdt.sharing.facts import Item as Fact

    for old in catalog.CATEGORIES:
        item = Fact(
            id="x", category=old, source="s", fields=catalog.names_of(old), third_party={"b": catalog.names_of(old)[:1]}
        )
        for new in catalog.CATEGORIES:
            where = moving.places(item, new)
            if where is None:
                continue
            said = {name: f"<{name}>" for name in item.fields}
            moved = moving.moved(item, new, said)
            assert all(any(words in str(value) for value in moved.values()) for words in said.values()), (old, new)
            after = moving.as_category(item, new)
            assert set(after.fields) == set(moved) <= set(catalog.names_of(new))
            assert after.third_party["b"], "what was about somebody else still is"
    photo = Fact(id="x", category=Category.PHOTO, source="s", fields=("image",))
    assert moving.places(photo, Category.PLAN) is None


def _second_nurse() -> None:
    """Another nurse of Mercy Clinic, on Wren's team."""
    from mdt.models import Member, Standing

    login = "nell@cedar.example"
    nurse = User(
        id=known("person.nell"), agency_id=agencies.id_of("mercy"), role="HC", name="Nell Abara", title="nurse",
        login=login, login_index=index_of("login", login), acknowledged_at=now(),
        password_hash=accounts.hashed("a word for nell"),
    )  # fmt: skip
    db.session.add(nurse)
    db.session.flush()
    db.session.add(
        Member(
            case=db.session.get_one(Case, WREN), user_id=nurse.id, standing=Standing.ACCEPTED, purpose="TREAT",
            since=now(),
        )
    )  # fmt: skip


def signed_in_as(app: Flask) -> Person:
    """The second nurse, in a browser of her own: by name and password."""
    person = app.test_client()
    assert isinstance(person, Person)
    person.get("/sign-in?password=1")
    assert person.send("/sign-in", login="nell@cedar.example", password="a word for nell").status_code == 303
    return person


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_correction_of_what_is_concealed_from_the_lead_leaves_no_trace_with_the_lead(
    app: Flask, signed_in: SignIn
) -> None:
    with app.app_context():
        begin_writing()
        filed = items.file(
            db.session.get_one(Case, WREN), id=new_id(), source=agencies.id_of("mercy"), category=Category.PLAN,
            values={"note": "A bed for her friend Ode."}, author=people.id_of("ruth"), subject="ode",
        )  # fmt: skip
        item_id = filed.id
        db.session.commit()
    ruth, casey = map(signed_in, ("ruth", "casey"))
    assert "friend Ode" in page(ruth.get(CASE)) and "friend Ode" not in page(casey.get(CASE))
    before = desk(casey)
    place = corrected(ruth, item_id, category="PLAN", why="It is about Wren after all.")
    assert "waits for a second person" in page(ruth.get(place))
    assert casey.get(place).status_code == 404 and sent(casey, f"{place}/confirm").status_code == 404
    assert desk(casey) == before


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_source_that_nobody_offered_is_refused_by_the_verb_itself(app: Flask) -> None:
    with app.test_request_context():
        seat = access.admit_quietly(WREN, find_me(people.id_of("ruth")))
        assert seat
        draft = replace(corrections.as_it_is(corrections.find(seat, CHECKUP)), source=new_id())
        with pytest.raises(Refused, match="Choose from what is on the page"):
            corrections.correct(seat, CHECKUP, draft, why="It came from elsewhere.")


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_who_read_it_is_looked_up_among_readings_alone_and_no_page_is_endless(
    app: Flask, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruth, casey = signed_in("ruth"), signed_in("casey")
    assert reads(casey)
    opened: list[str] = []
    real = ledger.body

    def body(entry_id: str, envelope: bytes) -> dict[str, object]:
        said = real(entry_id, envelope)
        opened.append(str(said["event"]))
        return said

    for _ in range(3):
        page(casey.get(f"{CASE}/releases"))
    place = corrected(ruth, category="REPRO", labels=["PREGNANCY"])
    monkeypatch.setattr(ledger, "body", body)
    shown = page(ruth.get(place))
    assert "Casey Lindqvist" in shown and "case.read" in opened and set(opened) <= set(views.READS), set(opened)
    assert "Only the latest" not in shown
    monkeypatch.setattr(seen, "MOST", 1)
    assert "Only the latest 1 readings were looked through." in page(ruth.get(place))
    with app.test_request_context(), pytest.raises(KeyError):
        seat = access.admit_quietly(WREN, find_me(people.id_of("ruth")))
        assert seat
        views.disclose(seat, "case.peeped", views.look(seat).items)
