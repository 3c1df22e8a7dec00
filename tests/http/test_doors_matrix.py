"""Every door, tried by everybody: who comes in is what the hand-written table says, on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from mdt.web import guards
from mdt.web.headers import ALWAYS
from tests.fixtures_app import Person
from tests.http import doors
from tests.http.doors import ALL, LEAD, NOBODY, NONE, PARTNERS, SIGNED_IN, TABLE, TEAM, Door

AT_MOST_BY_GUARD = {
    guards.anyone: ALL, guards.signed_in: SIGNED_IN, guards.administrator: frozenset({"administrator"}),
    guards.who_writes: PARTNERS | {"counsel"}, guards.counsel: frozenset({"counsel"}),
    guards.county_counsel: frozenset({"counsel"}),
    guards.in_the_room: PARTNERS,
    guards.member_of_case: TEAM, guards.lead_of_case: LEAD,
}  # fmt: skip
DOORS_OUT = ("/sign-in", "/people")


def test_the_table_has_every_route_and_no_other(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == TABLE.keys()


def test_no_route_lets_in_more_than_its_guard(app: Flask) -> None:
    for endpoint, view in app.view_functions.items():
        most = AT_MOST_BY_GUARD.get(guards.guard_of(view), PARTNERS)  # type: ignore[arg-type]
        assert TABLE[endpoint].who | TABLE[endpoint].perhaps <= most, endpoint


@pytest.mark.long
def test_everybody_comes_in_where_the_table_says_and_nowhere_else(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    world = doors.settle(app, signed_in)
    wrong: dict[str, object] = {}
    for rule, method in doors.in_order(app):
        door = TABLE[rule.endpoint]
        for persona in sorted(ALL, key=lambda one: one in door.who):
            answer = world.ask(persona, method, doors.address(rule), door.form)
            cell, said = f"{rule.endpoint} {method} {persona}", outcome(answer)
            if said not in expected_of(door, method, persona):
                wrong[cell] = (said, answer.status_code, answer.headers.get("Location"))
            if lacking(answer):
                wrong[f"headers of {cell}"] = lacking(answer)
            if door.leaves or said == "in" and rule.endpoint == "releases.step_out":
                world.browsers.pop(persona)
    assert not wrong, "\n".join(f"{cell}: {said}" for cell, said in wrong.items())


def expected_of(door: Door, method: str, persona: str) -> set[str]:
    """What the table says of this cell."""
    if persona == "suspended" and method == "POST":
        return {"signed out", "stale"} | ({"in"} if persona in door.who else set())
    if persona in door.perhaps:
        return {"in", "not there"}
    if persona in door.who:
        return {"in"}
    if persona in NOBODY:
        return {"to the door"} if method == "GET" else {"signed out"}
    return {"not there"}


def outcome(answer: TestResponse) -> str:
    """The class of an answer."""
    place = answer.headers.get("Location", "")
    if answer.status_code == 302 and place.startswith("/sign-in?then="):
        return "to the door"
    known = {400: "stale", 401: "signed out", 404: "not there"}
    return known.get(answer.status_code) or (
        "in" if answer.status_code in (200, 204, 205, 302, 303, 409, 422) else "broken"
    )


def lacking(answer: TestResponse) -> set[str]:
    """Headers that every answer has, and this one has not."""
    missing = {name for name, value in ALWAYS.items() if answer.headers.get(name) != value}
    return missing | ({"Cache-Control"} if answer.headers.get("Cache-Control") != "no-store" else set())


@pytest.mark.own_app
def test_what_is_wrong_would_be_seen(app: Flask, signed_in: Callable[[str], Person]) -> None:
    """The same walk over a door that forgot its guard, one that is closed to all, and one that breaks."""

    @guards.guard(guards.anyone)
    def open_to_all() -> str:
        return "Wren"

    @guards.guard(guards.of_role())
    def closed() -> str:
        return "nobody"

    @guards.guard(guards.anyone)
    def broken() -> str:
        raise ValueError("inside")

    for view in (open_to_all, closed, broken):
        app.add_url_rule(f"/{view.__name__}", view.__name__, view)
    lead, nobody = signed_in("casey"), app.test_client()
    team = Door(TEAM)
    assert outcome(nobody.get("/open_to_all")) not in expected_of(team, "GET", "signed out")
    assert outcome(lead.get("/closed")) not in expected_of(team, "GET", "lead")
    assert outcome(lead.get("/broken")) == "broken"
    assert outcome(nobody.get("/closed")) in expected_of(Door(NONE), "GET", "signed out")
