"""A form that did not come from a page of ours, of this very sign-in, changes nothing; nor does a page that is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from mdt.operations.demo import known
from mdt.web.origins import is_ours
from tests.fixtures_app import Person
from tests.http import doors
from tests.http.doors import TABLE

ON_SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def forgeries(world: doors.World, mine: str) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
    """By name: what the form says for a token, and which headers come with it."""
    theirs = world.browser("lead").token
    assert mine and theirs and mine != theirs
    return {
        "no token": ({}, {}),
        "an empty token": ({"csrf_token": ""}, {}),
        "a wrong token": ({"csrf_token": mine[::-1]}, {}),
        "a token of another sign-in": ({"csrf_token": theirs}, {}),
        "another site, by the browser's word": ({"csrf_token": mine}, {"Sec-Fetch-Site": "cross-site"}),
        "a sibling site": ({"csrf_token": mine}, {"Sec-Fetch-Site": "same-site"}),
        "another origin": ({"csrf_token": mine}, {"Origin": "https://evil.example"}),
        "no origin that could be named": ({"csrf_token": mine}, {"Origin": "null"}),
        "an origin that is none": ({"csrf_token": mine}, {"Origin": "http://["}),
        "an origin of a like name": ({"csrf_token": mine}, {"Origin": "http://localhost.evil.example"}),
    }


def test_a_forged_form_changes_nothing(app: Flask, signed_in: Callable[[str], Person]) -> None:
    world, taken = doors.settle(app, signed_in), []
    second = world.browsers["lead"]
    world.browsers["lead"] = signed_in("casey")
    world.browsers["lead"].get("/people")
    before = doors.state(app)
    ways = forgeries(world, second.token)
    for rule, method in doors.in_order(app):
        if method == "POST":
            for name, (token, headers) in ways.items():
                form = {key: value() if callable(value) else value for key, value in TABLE[rule.endpoint].form.items()}
                answer = second.post(doors.address(rule), data=token | form, headers=headers)
                if answer.status_code != 400:
                    taken.append((rule.endpoint, name, answer.status_code))
    assert taken == []
    assert doors.state(app) == before
    assert second.get("/help").status_code == 200 and second.get("/lead").status_code == 200, (
        "nor was the sign-in ended"
    )


def test_a_form_of_our_own_is_taken(app: Flask, signed_in: Callable[[str], Person]) -> None:
    """The same walk would see it: one true form changes the database."""
    world = doors.settle(app, signed_in)
    before = doors.state(app)
    path = f"/cases/{doors.VALUES['case_id']}/update"
    ours = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
    assert world.ask("lead", "POST", path, TABLE["cases.update"].form, headers=ours).status_code == 303
    assert {name for name, said in doors.state(app).items() if said != before[name]} >= {
        "items",
        "item_groups",
        "cases",
    }


@ON_SQLITE
def test_a_token_elsewhere_than_in_the_form_is_none(app: Flask, signed_in: Callable[[str], Person]) -> None:
    casey, other = signed_in("casey"), signed_in("casey")
    casey.get("/help")
    other.get("/help")
    assert casey.post(f"/stay?csrf_token={casey.token}").status_code == 400
    assert casey.post("/stay", headers={"X-CSRFToken": other.token}).status_code == 400
    assert casey.post("/stay", json={"csrf_token": casey.token}).status_code == 400
    assert casey.post("/stay", headers={"X-CSRFToken": casey.token}).status_code == 204


@ON_SQLITE
def test_signing_in_and_out_cannot_be_forged(app: Flask, signed_in: Callable[[str], Person]) -> None:
    """Nobody is signed in as somebody else behind their back, or out."""
    casey = signed_in("casey")
    casey.get("/help")
    for path in ("/sign-out", f"/people/{doors.people.id_of('imani')}", "/sign-in", "/again"):
        assert casey.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
        assert casey.post(path, data={"login": "imani@cedar.example", "password": "x"}).status_code == 400
    assert casey.get("/lead").status_code == 200


def test_reading_changes_nothing(app: Flask, signed_in: Callable[[str], Person]) -> None:
    """By GET or HEAD, whoever asks: nothing but the ledger and the sign-ins moves."""
    world = doors.settle(app, signed_in)
    before = doors.state(app)
    for rule, method in doors.in_order(app):
        if method == "GET" and rule.endpoint not in ("auth.exit_page",):
            for persona, way in (("lead", "GET"), ("lead", "HEAD"), ("young", "GET")):
                world.browser(persona).open(doors.address(rule), method=way).close()
    assert {name for name, said in doors.state(app).items() if said != before[name]} == set()


@ON_SQLITE
def test_an_open_page_of_a_meeting_says_that_one_is_here_and_no_more(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    """The one thing that a GET writes: presence, where the live channel is blocked."""
    world = doors.settle(app, signed_in)
    before = doors.state(app)
    topic = f"meeting:{doors.VALUES['case_id']}:{known('wren.meeting.tonight')}"
    assert world.ask("member", "GET", f"/live?topic={topic}&tag=x").status_code == 205
    assert {name for name, said in doors.state(app).items() if said != before[name]} <= {"attendances"}
    before = doors.state(app)
    for persona in ("elsewhere", "recused", "ended", "invited", "administrator"):
        world.ask(persona, "GET", f"/live?topic={topic}&tag=x")
    assert doors.state(app) == before


@ON_SQLITE
def test_methods_that_are_none_of_ours_are_refused(app: Flask, signed_in: Callable[[str], Person]) -> None:
    casey = signed_in("casey")
    for path in ("/", "/cases/", f"/cases/{doors.VALUES['case_id']}", "/sign-out", "/nothing"):
        for method in ("PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "MKCOL", "FOO"):
            assert casey.open(path, method=method).status_code in (400, 404, 405)


@ON_SQLITE
def test_in_production_only_the_stated_origins_are_ours(app: Flask) -> None:
    demo = app.extensions["mdt.settings"]
    stated = replace(demo, production=True, origins=("https://mdt.example.gov",))
    with app.test_request_context("/", base_url="http://localhost"):
        assert is_ours("http://localhost", demo) and not is_ours("http://localhost", stated)
        assert is_ours("https://mdt.example.gov", stated) and not is_ours("http://mdt.example.gov", stated)
