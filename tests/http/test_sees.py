"""Each person of the county opens their desk, the case and the meeting, and sees what is theirs to see."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from mdt.models import Agency, begin_writing, db
from mdt.operations import desks, facts
from mdt.operations.demo import agencies, known, people
from mdt.web.sign_ins import find_me
from tests.fixtures_app import today

TEAM = ("casey", "dee", "jo", "ruth", "sam", "imani", "marcus", "lena", "tomas", "marisol", "wren")
CASE = f"/cases/{known('case.wren')}"
CHECK_UP = "Iron tablet"
ADVOCATES_WORDS = "in through the bakery"
ADDRESS = "418 Birch"


def page(person) -> str:
    answer = person.get(CASE)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_every_member_opens_their_desk_and_the_case(signed_in):
    for slug in TEAM:
        person = signed_in(slug)
        assert person.get("/", follow_redirects=True).status_code == 200, slug
        assert "Wren" in page(person), slug


@pytest.mark.parametrize("slug", ["casey", "ruth", "sam", "tomas", "jo", "wren"])
def test_a_check_up_is_read_by_whom_its_release_or_the_law_names(signed_in, slug):
    assert CHECK_UP in page(signed_in(slug))


@pytest.mark.parametrize("slug", ["marcus", "lena"])
def test_who_may_ask_for_it_is_told_who_holds_it(signed_in, slug):
    words = page(signed_in(slug))
    assert CHECK_UP not in words
    assert "Mercy Clinic holds this" in words and "Ask for a release" in words


def test_the_schools_page_has_no_trace_of_what_is_not_its_own(signed_in):
    words = page(signed_in("imani"))
    for trace in (
        CHECK_UP,
        "Mercy",
        "Harbor",
        "Open Door",
        "Jo Reyes",
        "trafficking",
        "holds this",
        "Ask for a release",
    ):
        assert trace not in words, trace


@pytest.mark.parametrize("slug", ["casey", "marcus", "imani", "ruth", "tomas", "lena", "marisol"])
def test_an_advocates_words_stay_with_her_agency_and_the_young_person(signed_in, slug):
    assert ADVOCATES_WORDS not in page(signed_in(slug))


def test_a_protected_address_is_on_no_page(signed_in):
    for slug in TEAM:
        assert ADDRESS not in page(signed_in(slug)), slug


def test_it_is_revealed_alone_after_proving_again_who_one_is(signed_in):
    casey = signed_in("casey")
    answer = casey.get(f"{CASE}/address/{known('wren.home')}")
    assert answer.status_code == 200 and "Street" in answer.get_data(as_text=True)
    assert signed_in("marcus").get(f"{CASE}/address/{known('wren.home')}").status_code == 404


@pytest.mark.parametrize("slug", ["ngozi", "alma", "priya", "dale"])
def test_who_is_not_on_the_team_finds_nothing(signed_in, slug):
    person = signed_in(slug)
    assert person.get(CASE).status_code == 404
    nowhere = person.get(f"/cases/{known('case.of.nobody')}")
    assert nowhere.status_code == 404


def test_the_administrator_reads_no_case(signed_in):
    robin = signed_in("robin")
    assert robin.get("/", follow_redirects=True).status_code == 200
    assert robin.get(CASE).status_code == 404


def test_the_accounting_says_who_saw_what(signed_in):
    page(signed_in("tomas"))
    wren = signed_in("wren").get(f"/who-has-looked/{known('case.wren')}").get_data(as_text=True)
    assert "Tomas Herrera" in wren and "physical health" in wren
    assert "With a signed release (health authorization)" in wren, "the rule is told in words, beside where it stands"
    imani = signed_in("imani")
    assert imani.get(f"/who-has-looked/{known('case.wren')}").status_code == 404
    assert f"/who-has-looked/{known('case.wren')}" not in imani.get("/who-has-looked").text, "no line leads nowhere"
    assert f"/who-has-looked/{known('case.wren')}" in signed_in("wren").get("/who-has-looked").text


def test_the_accounting_goes_by_the_days_and_months_of_the_case(signed_in):
    """In the evening it is another day in UTC, and on the last of a month another month."""
    last = (today() + timedelta(days=40)).replace(day=1) - timedelta(days=1)
    evening = datetime.combine(last, time(18, 55), ZoneInfo("America/New_York"))
    with time_machine.travel(evening, tick=False) as clock:
        page(signed_in("tomas"))
        clock.move_to(evening + timedelta(hours=1, minutes=10))
        page(signed_in("tomas"))
        clock.move_to(evening + timedelta(hours=5, minutes=10))
        page(signed_in("tomas"))
        told = signed_in("wren").get(f"/who-has-looked/{known('case.wren')}").text
    months = re.split(r"<h2>(\w+ \d{4})</h2>", told)
    words = dict(zip(months[1::2], months[2::2], strict=True))
    assert list(words)[:2] == [f"{evening + timedelta(days=1):%B %Y}", f"{evening:%B %Y}"]
    ours = words[f"{evening:%B %Y}"]
    assert ours.count("Tomas Herrera") == 1 and "2 times, the last one then" in ours
    assert words[f"{evening + timedelta(days=1):%B %Y}"].count("Tomas Herrera") == 1


def test_a_desk_turns_when_the_day_does_where_its_reader_is_and_where_a_case_is(app, signed_in):
    """It says "today" in words, and an open one has to hear that it is another day."""
    midnight = datetime.combine(today() + timedelta(days=1), time(), ZoneInfo("America/New_York"))
    west = datetime.combine(today() + timedelta(days=1), time(), ZoneInfo("America/Los_Angeles"))
    with app.test_request_context():
        me = replace(find_me(people.id_of("sam")), zone=west.tzinfo)
        for turn in (midnight, west):
            with time_machine.travel(turn - timedelta(seconds=1), tick=False) as clock:
                assert desks.turns(me) == turn
                before = str(desks.skeleton(me))
                clock.move_to(turn)
                assert str(desks.skeleton(me)) != before


def test_a_day_of_a_case_elsewhere_stands_on_a_desk_by_its_date(app, signed_in):
    with app.app_context():
        last = min(one.expires for one in facts.load(known("case.wren")).facts.releases)
    with time_machine.travel(datetime.combine(last, time(12), ZoneInfo("America/New_York")), tick=False):
        ends = re.findall(r"Ends ([^<]+)\.<", signed_in("sam").get("/", follow_redirects=True).text)
        assert ends == ["today"]
        with app.app_context():
            begin_writing()
            db.session.get_one(Agency, agencies.id_of("harbor")).timezone = "America/Los_Angeles"
            db.session.commit()
        ends = re.findall(r"Ends ([^<]+)\.<", signed_in("sam").get("/", follow_redirects=True).text)
        assert ends == [f"{last:%B} {last.day}, {last.year}"]


def test_who_is_elsewhere_is_told_whose_hours_a_page_and_a_form_speak_of(app, signed_in):
    room, plan = f"/meetings{CASE}/{known('wren.meeting.tonight')}", f"/meetings{CASE}/plan"
    hours = re.compile(r"\d{1,2}:\d\d [ap]m(?! E[SD]T)")
    named = re.compile(r"\d{1,2}:\d\d [ap]m E[SD]T")
    casey = signed_in("casey")
    assert hours.search(casey.get(room).text) and not named.search(casey.get(room).text), "nobody here needs it"
    assert "As the clocks are in" not in casey.get(plan).text
    with app.app_context():
        begin_writing()
        db.session.get_one(Agency, agencies.id_of("county")).timezone = "America/Chicago"
        db.session.commit()
    there = casey.get(room).text.partition("<main")[2]
    assert named.search(there) and not hours.search(there)
    assert "As the clocks are in New York." in casey.get(plan).text
    desk = casey.get("/", follow_redirects=True).text
    assert hours.search(desk) and not named.search(desk), "a page of no case speaks in the time of its reader"


def test_an_advocate_reads_that_her_agency_receives_and_does_not_give(signed_in):
    assert "What you write stays with Open Door" in page(signed_in("jo"))
    assert "What you write stays" not in page(signed_in("ruth"))


def test_a_release_about_to_lapse_is_on_the_desk_of_who_keeps_it_with_the_way_to_renew_it(signed_in):
    for slug in ("sam", "casey"):
        desk = signed_in(slug).get("/", follow_redirects=True).text
        assert "Releases about to lapse" in desk and "/releases/new?discloser=" in desk and "&amp;like=" in desk, slug
    assert "Releases about to lapse" not in signed_in("imani").get("/", follow_redirects=True).text
