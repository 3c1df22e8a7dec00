"""A copy to print or to keep: decided as an export, with its notices, and written down under its number."""

from __future__ import annotations

import re
from html import unescape
from uuid import uuid4

import pytest
from sqlalchemy import select

from mdt.models import Case, Entry, Release, begin_writing, db, now
from mdt.operations import items, ledger
from mdt.operations.demo import agencies, known, people
from mdt.sharing import facts as fact
from mdt.sharing.vocabulary import Category, Purpose
from tests.fixtures_app import today

WREN = f"/cases/{known('case.wren')}"
STREET = "418 Birch Street"
SCOPE = (
    "Scope of the consent: New Path may tell you about substance use treatment, "
    "to treat, coordinate care or plan care, until"
)


@pytest.mark.parametrize("slug", ["casey", "imani", "ruth", "marcus", "tomas", "jo"])
def test_a_copy_holds_nothing_that_is_not_on_the_page(signed_in, slug):
    person = signed_in(slug)
    page = person.get(WREN).text
    copied = person.get(f"{WREN}/copy.json").get_json()
    assert copied["records"]
    assert {one["id"] for one in copied["records"]} <= set(re.findall(r'data-ref="([^"]+)"', page))
    assert person.get(f"{WREN}/copy").status_code == 200


def test_a_protected_address_is_in_no_copy(signed_in):
    casey = signed_in("casey")
    told = casey.get(f"{WREN}/copy").text + casey.get(f"{WREN}/copy.json").text
    assert STREET not in told and "SAFE_ADDR" not in told and "Protected address" not in told
    assert "may not be printed or kept" in told


def test_a_paper_says_days_by_their_date_and_hours_with_their_zone(app, signed_in):
    """It is read on another day, and elsewhere."""
    with app.app_context():
        begin_writing()
        case, county = db.session.get_one(Case, known("case.wren")), agencies.id_of("county")
        items.file(case, source=county, category=Category.PLAN, values={"note": "A line of today."})
        db.session.commit()
    casey = signed_in("casey")
    on = f"{today():%B} {today().day}, {today().year}"
    whole = unescape(casey.get(f"{WREN}/copy").text)
    assert re.search(rf"Taken by Casey Lindqvist, [^<]+, {on}, \d+:\d\d [ap]m E[SD]T, to ", whole)
    assert "A line of today." in whole and f"From Cedar County Child Welfare, {on}" in whole
    for path in (f"{WREN}/copy", f"/needs{WREN}/copy"):
        main = casey.get(path).text.partition("<main")[2].partition("</main>")[0]
        assert not re.search(r"(, |>|; )(today|yesterday|tomorrow)\b", main), path


def test_a_file_tells_nothing_by_its_name_and_is_kept_nowhere_on_the_way(signed_in):
    answer = signed_in("casey").get(f"{WREN}/copy.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="copy.json"'
    assert answer.headers["Cache-Control"] == "no-store" and answer.mimetype == "application/json"


def test_a_copy_can_be_followed_back_to_the_ledger(app, signed_in):
    number = signed_in("ruth").get(f"{WREN}/copy.json").get_json()["copy"]
    with app.app_context():
        row = db.session.scalars(select(Entry).where(Entry.event == "case.exported")).one()
        said = ledger.body(row.id, row.body_)
        assert said["copy"] == number and said["form"] == "json" and said["shown"]
        assert row.actor_id == people.id_of("ruth")


@pytest.fixture
def treatment(app):
    """A record of a treatment program, with a consent that lets Sam read it."""
    with app.app_context():
        begin_writing()
        case = db.session.get_one(Case, known("case.wren"))
        items.file(
            case, source=agencies.id_of("newpath"), category=Category.SUD_P2, labels=(),
            values={"attendance": "Four talks, all kept, quietly."},
        )  # fmt: skip
        terms = fact.Release(
            id=str(uuid4()), type="P2", discloser=agencies.id_of("newpath"), recipients=(people.id_of("sam"),),
            categories=(Category.SUD_P2,), purposes=(Purpose.TREAT, Purpose.CAREMGT, Purpose.PLAN), signed_on=today(),
            signed_by=("youth", "agency"), expires=today().replace(year=today().year + 1, day=1),
        )  # fmt: skip
        db.session.add(Release(id=terms.id, case=case, terms=terms, form={}, written_by=people.id_of("priya")))
        db.session.commit()
    return now()


def test_the_statement_on_treatment_records_goes_with_the_scope_of_the_consent_everywhere(signed_in, treatment):
    sam = signed_in("sam")
    page, paper = sam.get(WREN).text, sam.get(f"{WREN}/copy").text
    record = next(one for one in sam.get(f"{WREN}/copy.json").get_json()["records"] if one["category"] == "SUD_P2")
    for told in (page, paper, record["notices"][0]):
        assert "42 CFR part 2 prohibits unauthorized use or disclosure of these records." in told
        assert SCOPE in told


def test_each_field_says_by_which_right_it_is_shown(signed_in):
    page = signed_in("imani").get(WREN).text
    assert re.search(r"<summary>Why you see this.*?</summary><p>[A-Z][^<]+</p>", page)
    assert re.search(r'href="/rules/[A-Z_0-9]+/ED\?of=us-baseline"', page)
    assert signed_in("imani").get("/rules/EDUCATION/ED?of=us-baseline").status_code == 200


def test_whoever_takes_a_copy_stands_in_the_accounting_of_who_has_looked(signed_in):
    ruth, wren = signed_in("ruth"), signed_in("wren")
    asked = f"/who-has-looked/{known('case.wren')}"
    assert "took a copy of" not in wren.get(asked).text
    ruth.get(f"{WREN}/copy.json")
    said = re.search(r"<b>Ruth Castellano</b>, Mercy Clinic, took a copy of [^<]+", wren.get(asked).text)
    assert said and "physical health" in said[0]
