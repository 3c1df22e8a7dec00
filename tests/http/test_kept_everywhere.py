"""Every form in which somebody writes more than a line keeps what is written, gives it back, and ends it when sent."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text

from mdt.models import Draft, db
from mdt.operations.demo import people
from tests.fixtures_app import Person
from tests.http import doors
from tests.http.doors import PERSONAS, VALUES, World
from tests.http.test_legal import came, taken_in
from tests.http.test_releases import begin
from tests.http.test_requests import HEALTH_OF_MERCY

FORM = re.compile(r"<form\b.*?</form>", re.S)
KEPT = re.compile(r'data-(case|place|subject|who)="([^"]*)"')
AREA = re.compile(r'<textarea\b[^>]*\bname="([^"]+)"')
WORDS = "She said it herself at the gate."
NO_CASE = "/rules/draft/"
"""Rules are of no case: they have no key of one, and what is put into their draft is kept there."""
IN_THE_WORLD = frozenset({
    "action", "answer", "assessment", "correction", "decide", "declined", "dissent", "emergency", "false", "hold",
    "identified", "noticed", "screening", "screening_aside", "told",
    "missing_back", "missing_contact", "missing_notice", "missing_plan", "missing_report", "missing_words",
    "motion", "need", "need_step", "not_possible", "note", "own_words", "paper",
    "refer", "referral", "return", "returned", "review", "lesson", "outreach", "update",
})  # fmt: skip
ANYWHERE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@dataclass
class Kept:
    """A form of a page that keeps what is written in it."""

    path: str
    place: str
    subject: str
    case: str
    name: str
    html: str

    def keep(self, person: Person, who: str, words: str, **more: object) -> Any:
        said = {
            "case": self.case, "subject": self.subject, "place": self.place, "who": people.id_of(who),
            "draft": self.draft, "pen": str(uuid4()), "number": "1", "base": "{}",
            "fields": json.dumps({self.name: words}),
        }  # fmt: skip
        return person.send("/drafts/keep", **said | more)

    @property
    def draft(self) -> str:
        """The draft of this page; the page names a new one itself."""
        found = re.search(r'value="([^"]*)" data-draft-id|name="key"[^>]*value="([^"]+)"', self.html)
        assert found, self.path
        if not (found[1] or found[2]):
            self.html = self.html.replace('value="" data-draft-id', f'value="{uuid4()}" data-draft-id')
            return self.draft
        return found[1] or found[2]

    def hidden(self) -> dict[str, str]:
        """What the form sends along."""
        assert self.draft
        pairs = re.findall(r'<input[^>]*type="hidden"[^>]*>', self.html)
        named = [(re.search(r'name="([^"]+)"', one), re.search(r'value="([^"]*)"', one)) for one in pairs]
        return {name[1]: value[1] if value else "" for name, value in named if name and name[1] != "csrf_token"}


def forms_of(path: str, said: str) -> Iterator[Kept | str]:
    """The forms of a page that have room for more than a line; those that keep nothing by their address."""
    for one in FORM.findall(said):
        areas = AREA.findall(one)
        if not areas and "data-keep" not in one:
            continue
        at = {name: html.unescape(value) for name, value in KEPT.findall(one)}
        name = areas[0] if areas else re.findall(r'<input[^>]*name="((?:\w+-)?(?:text|what|description))"', one)[0]
        yield Kept(path, at["place"], at["subject"], at["case"], name, one) if "data-keep" in one else path


def pages(world: World, app: Flask, persona: str) -> Iterator[tuple[str, str]]:
    for rule, method in doors.in_order(app):
        theirs = persona in doors.TABLE[rule.endpoint].who and not rule.endpoint.startswith(("static", "auth"))
        if method == "GET" and theirs:
            path = doors.address(rule)
            answer = world.ask(persona, "GET", path)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                yield path, answer.get_data(as_text=True)


def comes_back(browser: Person, slug: str, one: Kept) -> None:
    browser.get("/help")
    answer = one.keep(browser, slug, f"{WORDS} {one.place}")
    assert answer.status_code == 200 and answer.get_json()["state"] == "kept", (one.path, one.place)
    again = browser.get(one.path).get_data(as_text=True)
    assert f"{WORDS} {one.place}" in html.unescape(again), (one.path, one.place)
    assert one.draft in again and "It is still here." in again, (one.path, one.place)


@ANYWHERE
def test_wherever_more_than_a_line_is_written_it_is_kept_and_comes_back(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    world = doors.settle(app, signed_in)
    world.ask("counsel", "POST", "/rules/draft")
    met: set[tuple[str, str]] = set()
    for persona in ("lead", "member", "counsel", "elsewhere"):
        slug, browser = PERSONAS[persona], world.browser(persona)
        assert slug
        for path, said in list(pages(world, app, persona)):
            for one in forms_of(path, said):
                assert isinstance(one, Kept) or one.startswith(NO_CASE), f"{path} loses what {persona} writes"
                if not isinstance(one, Kept) or (persona, one.place) in met:
                    continue
                comes_back(browser, slug, one)
                met.add((persona, one.place))
    assert {place for _who, place in met} == IN_THE_WORLD
    with app.app_context():
        kept = b"".join(bytes(one) for one in db.session.scalars(text("SELECT words FROM drafts WHERE words NOTNULL")))
        assert kept and b"herself" not in kept


def the(world: World, persona: str, path: str, place: str) -> Kept:
    return of(world.browser(persona), path, place)


def of(person: Person, path: str, place: str) -> Kept:
    found = forms_of(path, person.get(path).get_data(as_text=True))
    return next(one for one in found if isinstance(one, Kept) and one.place == place)


@ANYWHERE
def test_so_it_is_where_a_release_is_asked_for_refused_or_written_and_at_each_step_of_a_paper(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    ruth, marcus = signed_in("ruth"), signed_in("marcus")
    paper = taken_in(ruth, came())
    for person, slug, path, place in (
        (marcus, "marcus", HEALTH_OF_MERCY, "ask"), (ruth, "ruth", begin(), "release"), (ruth, "ruth", paper, "step"),
    ):  # fmt: skip
        comes_back(person, slug, of(person, path, place))
    form = of(marcus, HEALTH_OF_MERCY, "ask")
    asked = marcus.send(HEALTH_OF_MERCY, **form.hidden(), why=WORDS)
    assert asked.status_code == 303
    comes_back(ruth, "ruth", of(ruth, asked.location, "no_release"))
    refused, step = of(ruth, asked.location, "no_release"), of(ruth, paper, "step")
    assert ruth.send(f"{asked.location}/refuse", **refused.hidden(), reason=WORDS).status_code == 303
    ruth.get(paper)
    assert ruth.send(f"{paper}/steps", **step.hidden(), words=WORDS).status_code == 303
    with app.app_context():
        left = {row.place for row in db.session.scalars(select(Draft)) if row.words}
        assert left == {"release"}, "what was sent has ended"


def _end_the_meeting(world: World) -> None:
    room = f"/meetings/cases/{VALUES['case_id']}/{VALUES['meeting_id']}"
    for act in ("adjourn", "minutes/draw"):
        assert world.ask("lead", "POST", f"{room}/{act}").status_code == 303


SENT: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "declined": ("member", f"/tasks/{VALUES['task_id']}/decline", "", {"why": "Too many today"}),
    "motion": ("member", f"/meetings/cases/{VALUES['case_id']}/{VALUES['meeting_id']}", "/motion", {}),
    "remark": ("lead", f"/meetings/cases/{VALUES['case_id']}/{VALUES['meeting_id']}/minutes", "/remark", {}),
    "answer": ("counsel", f"/counsel/papers/{VALUES['paper_id']}", "", {"answer": "no", "beside": "none"}),
    "hold": ("lead", f"/cases/{VALUES['case_id']}/papers", "/holds", {}),
}


def test_what_is_sent_ends_in_the_same_act_and_what_comes_late_begins_nothing(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    world = doors.settle(app, signed_in)
    for place, (persona, path, to, more) in SENT.items():
        if place == "remark":
            _end_the_meeting(world)
        slug, browser, form = PERSONAS[persona], world.browser(persona), the(world, persona, path, place)
        assert slug
        assert form.keep(browser, slug, WORDS).get_json()["state"] == "kept", place
        assert browser.send(path + to, **form.hidden() | {form.name: WORDS} | more).status_code == 303, place
        with app.app_context():
            row = db.session.get_one(Draft, form.draft)
            assert row.ended_at and row.words is None, place
        assert form.keep(browser, slug, WORDS, pen=str(uuid4()), number="9").get_json()["state"] == "gone", place


def test_a_batch_that_comes_after_what_was_sent_begins_nothing(app: Flask, signed_in: Callable[[str], Person]) -> None:
    world = doors.settle(app, signed_in)
    persona, path, to, more = SENT["hold"]
    form, browser = the(world, persona, path, "hold"), world.browser(persona)
    assert browser.send(path + to, **form.hidden() | {form.name: WORDS} | more).status_code == 303
    assert form.keep(browser, "casey", WORDS).get_json()["state"] == "gone"
    with app.app_context():
        assert not [one for one in db.session.scalars(select(Draft).where(Draft.place == "hold")) if one.words]


def test_a_refused_act_keeps_the_words_and_another_s_draft_is_not_ended_by_its_name(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    world = doors.settle(app, signed_in)
    persona, path, to, _more = SENT["hold"]
    mine = the(world, "member", path, "hold")
    mine.keep(world.browser("member"), "imani", WORDS)
    form, browser = the(world, persona, path, "hold"), world.browser(persona)
    form.keep(browser, "casey", WORDS)
    assert browser.send(path + to, **form.hidden(), **{form.name: ""}).status_code == 422
    again = the(world, persona, path, "hold")
    assert WORDS in again.html
    named = {again_name: mine.draft if again_name.startswith("draft.") else value
             for again_name, value in again.hidden().items()}  # fmt: skip
    assert browser.send(path + to, **named, **{form.name: WORDS}).status_code == 303
    with app.app_context():
        assert db.session.get_one(Draft, mine.draft).words == {"why": WORDS}
        assert db.session.get_one(Draft, form.draft).words is None
