"""The invented county: it is founded once, it is never old, and each of its people sees their part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from mdt import create_app
from mdt.models import Case, Entry, Item, Meeting, Member, Release, Standing, User, db, now
from mdt.models.items import open_group
from mdt.operations import facts, schema
from mdt.operations.access import profile
from mdt.operations.demo import casework, county, known, people
from mdt.operations.demo.when import When
from mdt.operations.items import value_scope
from mdt.settings import Settings
from mdt.sharing import fields
from mdt.sharing.decide import decide
from mdt.sharing.fields import Kind
from mdt.sharing.vocabulary import Category, Outcome, Role
from tests.fixtures_app import Person, close

NEVER_IN_WREN = {Category.IMMIGRATION, Category.PSYNOTES, Category.LEGAL_PRIV}
LOCAL = "http://localhost"


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application over an empty database."""
    env = {"MDT_DEMO": "1", "MDT_INSTANCE": str(tmp_path)}
    if request.param == "postgres":
        env["DATABASE_URL"] = request.getfixturevalue("fresh_postgres")()
    made = create_app(Settings.read(env))
    facts.forget_all()
    with made.app_context():
        schema.upgrade()
        yield made
        db.session.remove()
    close(made)


@pytest.fixture
def founded(app: Flask) -> Iterator[Flask]:
    """The application with the county in it."""
    with app.app_context():
        yield app
        db.session.remove()


def test_an_empty_database_becomes_cedar_county_and_only_once(empty: Flask) -> None:
    said: list[str] = []
    assert county.found(said.append) is True
    before = _counts()
    assert county.found(said.append) is False
    assert _counts() == before
    assert len(said) == 5
    assert db.session.scalars(select(Entry.event)).all() == ["county.founded"]


def test_nothing_is_there_if_the_founding_breaks_off(empty: Flask) -> None:
    def stop_at_juno(words: str) -> None:
        if words.startswith("Juno"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        county.found(stop_at_juno)
    assert set(_counts().values()) == {0}
    assert county.found(lambda words: None) is True


def test_the_door_has_one_person_of_each_discipline(founded: Flask) -> None:
    cards = people.cards()
    users = [db.session.get_one(User, card.id) for card in cards]
    assert [user.name for user in users] == [card.name for card in cards]
    assert sorted(str(user.role) for user in users) == sorted(Role)
    assert people.find(cards[0].id) == cards[0].id == people.id_of("casey")
    assert people.find(known("somebody else")) is None


def test_every_value_is_of_the_kind_its_field_declares(founded: Flask) -> None:
    wrong = [f"{name}: {value!r}" for name, kind, value in _values() if not _fits(kind, value)]
    assert not wrong


def test_wren_has_a_record_of_nearly_every_category(founded: Flask) -> None:
    case = known("case.wren")
    items = db.session.scalars(select(Item).where(Item.case_id == case))
    assert set(Category) - {item.terms.category for item in items} == NEVER_IN_WREN


def test_only_somebody_who_is_asked_has_yet_to_acknowledge(founded: Flask) -> None:
    asked = db.session.scalars(select(Member.user_id).where(Member.standing == Standing.INVITED))
    silent = db.session.scalars(select(User.id).where(User.acknowledged_at.is_(None)))
    assert list(asked) == list(silent) == [people.id_of("delia")]


@pytest.mark.usefixtures("still")
def test_the_advocates_release_is_yet_to_be_made_and_one_release_is_about_to_lapse(
    founded: Flask,
) -> None:
    terms = [release.terms for release in db.session.scalars(select(Release))]
    assert {one.type for one in terms} == {"HIPAA", "MDT"}
    assert sum(one.expires - When(now()).day(0) < timedelta(days=7) for one in terms) == 1


@pytest.mark.parametrize("case", ["wren", "juno", "ash"])
def test_a_young_person_is_as_old_as_the_story_says_on_every_day(case: str) -> None:
    years, days = {"wren": (15, 190), "juno": (16, 75), "ash": (17, 323)}[case]
    for number in range(4 * 366):
        at = datetime(2026, 1, 1, 17, tzinfo=UTC) + timedelta(days=number)
        born, today = When(at).born(years=years, days=days), When(at).day(0)
        assert today.year - born.year - ((today.month, today.day) < (born.month, born.day)) == years


@pytest.mark.parametrize("empty", ["sqlite"], indirect=True)
@pytest.mark.parametrize("hour", ["00:10", "05:30", "12:00", "19:20", "23:55"])
def test_at_any_hour_what_has_happened_is_past_and_the_meeting_is_ahead(empty: Flask, hour: str) -> None:
    at = datetime.fromisoformat(f"2027-03-14T{hour}:00-05:00")
    with time_machine.travel(at, tick=False):
        county.found(lambda words: None)
        latest = max(db.session.scalars(select(Item.changed_at)))
        tonight = db.session.get_one(Meeting, known("wren.meeting.tonight")).starts_at
        juno = db.session.get_one(Case, known("case.juno")).terms
        joined = db.session.scalars(select(Member.since).where(Member.since.is_not(None)))
        assert latest <= at < tonight < at + timedelta(hours=20)
        assert juno.missing[0].since <= at - timedelta(hours=3)
        assert max(joined) <= at


@pytest.mark.parametrize(
    ("record", "whole"),
    [
        ("wren.checkup", {"casey", "dee", "ruth", "sam", "tomas", "jo", "wren"}),
        ("wren.jo.plan", {"jo", "wren"}),
        ("wren.new_path", {"wren"}),
        ("wren.reporter", {"casey", "dee"}),
        ("wren.therapy", {"casey", "dee", "ruth", "sam", "tomas", "wren"}),
        ("wren.grades", {"casey", "dee", "imani"}),
    ],
)
def test_each_reads_of_wren_what_the_story_needs(founded: Flask, record: str, whole: set[str]) -> None:
    team = ("casey", "dee", "tomas", "jo", "ruth", "sam", "imani", "marcus", "lena", "wren")
    assert {slug for slug in team if _outcome(record, slug) is Outcome.SHOW} == whole


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_one_click_at_the_door_and_one_is_that_person(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/people", base_url=LOCAL).text
    for card in people.cards():
        assert card.name in page and f"/people/{card.id}" in page
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    ruth = people.id_of("ruth")
    answer = client.post(f"/people/{ruth}", base_url=LOCAL, data={"csrf_token": token})
    assert answer.status_code == 303
    assert "You are <b>Ruth Castellano</b>" in client.get("/people", base_url=LOCAL).text


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_nobody_becomes_a_person_that_the_county_has_not(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/people", base_url=LOCAL).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    stranger = f"/people/{known('somebody else')}"
    assert client.post(stranger, base_url=LOCAL, data={"csrf_token": token}).status_code == 404


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_an_address_of_ones_own_greets_with_ones_own_card(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/people", base_url="http://wren.localhost:8000").text
    assert "This address is Wren’s" in page
    assert 'href="http://jo.localhost:8000/people"' in page
    assert "This address is" not in client.get("/people", base_url=LOCAL).text


def _counts() -> dict[str, int]:
    tables = db.metadata.sorted_tables
    counted = {t.name: db.session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}
    return {name: number for name, number in counted.items() if name not in ("keys", "ledger_head")}


def _values() -> Iterator[tuple[str, fields.Field, Any]]:
    for item in db.session.scalars(select(Item)):
        for group in item.groups:
            held = open_group(item.id, group.group, group.values_, value_scope(item))
            for name, value in held.items():
                yield f"{item.terms.category}.{name}", fields.field(item.terms.category, name), value


def _fits(field: fields.Field, value: Any) -> bool:
    if field.kind is Kind.LIST:
        return isinstance(value, list) and all(isinstance(line, str) for line in value)
    if field.kind is Kind.DATE:
        return bool(date.fromisoformat(value))
    if field.kind is Kind.YES_NO:
        return value in ("yes", "no")
    return isinstance(value, str) and (field.kind is not Kind.CHOICE or value in field.choices)


def _outcome(record: str, slug: str) -> Outcome:
    case = facts.load(known("case.wren"))
    assert case
    me = people.id_of(slug)
    purpose = case.facts.members[me].purpose
    assert purpose
    rules = profile(case.profile)
    return decide(case.facts, me, known(record), purpose, now(), profile=rules).outcome


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_the_casework_of_the_first_evening_is_done_by_its_people(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    """Through the verbs that everybody uses: each act is in the ledger as theirs, and nobody sees more by it."""
    said: list[str] = []
    with app.app_context():
        casework.do(said.append)
        acts = db.session.scalars(select(Entry.event).where(Entry.actor_id.is_not(None)))
        assert {"date.arranged", "link.made", "update.posted", "training.written", "referral.made"} <= set(acts)
    assert len(said) == 1
    wren, there = known("case.wren"), known("case.juno")
    pages = {
        f"/needs/cases/{wren}/dates": ("Court date", "Forensic interview"), f"/linking/cases/{wren}": ("Juno",),
        f"/recovery/cases/{there}": ("Rang twice.", "her bed stays hers"),
        f"/services/cases/{wren}/referrals": ("Check-ups without",),
    }  # fmt: skip
    casey = signed_in("casey")
    for path, words in pages.items():
        shown = casey.get(path).get_data(as_text=True)
        assert all(one in shown for one in words), path
    assert "Forensic interview" not in signed_in("wren").get(f"/needs/cases/{wren}/dates").get_data(as_text=True)
    assert "See her twice" in signed_in("ruth").get("/", follow_redirects=True).get_data(as_text=True)
