"""Asking for a release: one act, a clock at the agency that holds it, an answer; and nothing told on the way."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from mdt.models import now
from mdt.operations.demo import agencies, known
from tests.http.test_releases import signed

WREN = f"/cases/{known('case.wren')}"
HEALTH_OF_MERCY = f"{WREN}/ask?category=HEALTH&source_id={agencies.id_of('mercy')}"
WHY = "A hearing is on Tuesday and the judge asks for the check-up."


def asked_of(person, path=HEALTH_OF_MERCY, why=WHY):
    """What comes of asking, from the page that offers it."""
    person.get(path)
    return person.send(path, why=why, key=str(uuid4()))


@pytest.fixture
def request_path(signed_in):
    answer = asked_of(signed_in("marcus"))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_a_request_is_a_task_with_a_clock_on_the_desk_of_the_agency_that_holds_it(signed_in, request_path):
    desk = signed_in("ruth").get("/", follow_redirects=True).text
    assert "Marcus Bell asks for a release about" in desk and "days left" in desk and request_path in desk
    page = signed_in("ruth").get(request_path).text
    assert WHY in page and "Start a release" in page and "There will be no release" in page
    assert "has not answered" not in page
    waiting = signed_in("marcus").get("/", follow_redirects=True).text
    assert request_path in waiting and "Not answered yet" in waiting


def test_nobody_else_learns_that_somebody_asked(signed_in, request_path):
    for slug in ("casey", "imani", "lena", "jo", "marisol", "wren", "tomas"):
        assert signed_in(slug).get(request_path).status_code == 404, slug
        assert request_path not in signed_in(slug).get("/", follow_redirects=True).text
    jo = signed_in("jo")
    jo.get(WREN)
    assert jo.send(f"{request_path}/refuse", reason="No.").status_code == 404
    assert jo.send(f"{request_path}/withdraw").status_code == 404


def test_a_no_is_told_with_its_reason_and_once(signed_in, request_path):
    ruth, marcus = signed_in("ruth"), signed_in("marcus")
    ruth.get(request_path), marcus.get(request_path)
    empty = ruth.send(f"{request_path}/refuse", reason=" ")
    assert empty.status_code == 422 and "Say in a word why not" in empty.text
    assert ruth.send(f"{request_path}/refuse", reason="The young person said no.").status_code == 303
    assert "The young person said no." in marcus.get(request_path).text
    assert "answered already" in ruth.send(f"{request_path}/refuse", follow=True, reason="Again.").text
    assert "answered already" in marcus.send(f"{request_path}/withdraw", follow=True).text
    assert request_path not in ruth.get("/", follow_redirects=True).text
    assert asked_of(marcus).status_code == 303


def test_who_asks_twice_is_shown_what_they_asked(signed_in, request_path):
    marcus = signed_in("marcus")
    assert request_path in marcus.get(HEALTH_OF_MERCY).text
    assert asked_of(marcus).headers["Location"] != request_path
    assert "You asked for this already" in marcus.get(HEALTH_OF_MERCY).text
    assert marcus.send(f"{request_path}/withdraw").status_code == 303
    assert request_path not in signed_in("ruth").get("/", follow_redirects=True).text


def test_recording_the_release_answers_it_and_what_it_opens_is_said(signed_in, request_path):
    ruth, marcus = signed_in("ruth"), signed_in("marcus")
    start = re.search(r'href="(/cases/[^"]*/releases/new[^"]*)"', ruth.get(request_path).text)[1].replace("&amp;", "&")
    assert f'value="{agencies.id_of("police")}" checked' in ruth.get(start).text
    assert ruth.send(start, **signed()).status_code == 303
    seen = marcus.get(request_path).text
    assert "a release was written down" in seen and "See what is open to you now" in seen
    assert request_path not in ruth.get("/", follow_redirects=True).text


def test_what_is_concealed_cannot_be_asked_for(signed_in):
    school = signed_in("imani")
    assert asked_of(school).status_code == 404
    never = f"{WREN}/ask?category=HEALTH&source_id={agencies.id_of('harbor')}"
    assert asked_of(signed_in("marcus"), never).status_code == 404


def test_an_advocate_is_told_what_asking_tells(signed_in):
    page = signed_in("jo").get(HEALTH_OF_MERCY)
    assert page.status_code in (200, 404)
    if page.status_code == 200:
        assert "you tell them that your agency serves" in page.text


def test_the_clock_runs_out_in_sight(signed_in, request_path):
    with time_machine.travel(now() + timedelta(hours=73), tick=True):
        assert "was due" in signed_in("ruth").get("/", follow_redirects=True).text


def test_somebody_put_off_the_team_keeps_no_way_in(signed_in, request_path):
    marcus = signed_in("marcus")
    marcus.get(WREN)
    assert marcus.send(f"{WREN}/step-out").status_code == 303
    assert marcus.get(request_path).status_code == 404


def test_one_click_on_the_quiet_line_asks_the_agency_that_holds_it(signed_in):
    marcus = signed_in("marcus")
    page = marcus.get(WREN).text
    assert "Ask for a release" in page and "You have asked." not in page
    assert marcus.send(HEALTH_OF_MERCY, at_once="y").status_code == 303
    assert "You have asked." in marcus.get(WREN).text
    marcus.send(HEALTH_OF_MERCY, at_once="y")
    desk = signed_in("ruth").get("/", follow_redirects=True).text
    assert desk.count("Marcus Bell asks for a release") == 1 and "To investigate." in desk
