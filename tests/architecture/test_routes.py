"""Every door states who may come in, takes only identifiers, and is led to by some page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask

from mdt.web import guards
from tests.architecture import walking

ASKED_BY_SCRIPTS = {
    "api.changed": "pages ask it where the live channel is blocked",
    "cases.readers": "the strip of readers below a text asks it as the text changes",
    "drafts.keep": "what is being written is kept by it as it is typed",
    "drafts.show": "a note that several write is read by it when its bell rings",
    "screening.asked": "the questions of a page follow its answers by it",
    "importing.progress": "the bar of a running import asks it",
}
"""Routes that no template leads to, and why."""
WRITTEN_OTHERWISE = {
    "static": "assets",
    "auth.home": "the mark, and where every refusal leads",
    "auth.again": "where a protected address sends whoever did not prove just now who they are",
    "auth.door": "where whoever is signed out is led",
    "demo.become": "the cards of the demo's door",
    "welcome.choose": "a link that is handed over, never on a page of others",
    "missing.card_photo": "the card names it to `values` as the door of its photo",
}


def wrong_app() -> Flask:
    """A small application that does everything the tests below forbid."""
    app = Flask("wrong", static_folder=None)

    def bare(**_values: Any) -> str:
        return ""

    @guards.guard(guards.anyone)
    def stated(**_values: Any) -> str:
        return ""

    app.add_url_rule("/bare", "bare", bare)
    app.add_url_rule("/any/<name>", "any_text", stated)
    app.add_url_rule("/long/<path:rest>/<int:number>", "numbers", stated)
    app.add_url_rule("/fine/<uuid:case_id>/<any(a, b):kind>", "fine", stated)
    app.add_url_rule("/put", "put", stated, methods=["PUT", "POST", "DELETE"])
    return app


def test_every_route_states_its_guard(whole: Flask) -> None:
    assert walking.unguarded(wrong_app()) == {"bare"}
    assert walking.unguarded(whole) == set()


def test_an_application_with_an_open_route_does_not_start() -> None:
    with pytest.raises(guards.Unguarded, match="bare"):
        guards.check(wrong_app())


def test_a_route_that_lost_its_guard_answers_nobody() -> None:
    """Were the check forgotten, the door would still not open."""
    app = wrong_app()
    guards.install(app)
    app.testing = True
    with pytest.raises(guards.Unguarded):
        app.test_client().get("/bare")


def test_every_guard_is_one_of_the_stated_rules(whole: Flask) -> None:
    """No route brings a rule of its own."""
    known = {
        guards.anyone,
        guards.signed_in,
        guards.administrator,
        guards.counsel,
        guards.county_counsel,
        guards.in_the_room,
        guards.who_writes,
        guards.member_of_case,
        guards.lead_of_case,
    }
    made = {guards.of_role().__code__}
    for name, view in whole.view_functions.items():
        rule = guards.guard_of(view)
        assert rule in known or rule.__code__ in made, name  # type: ignore[union-attr]


def test_a_guard_of_a_case_has_a_case_to_guard(whole: Flask) -> None:
    for rule in walking.rules(whole):
        stated = guards.guard_of(whole.view_functions[rule.endpoint])
        if stated in (guards.member_of_case, guards.lead_of_case):
            assert "case_id" in rule.arguments, rule.endpoint
        elif "case_id" in rule.arguments:
            pytest.fail(f"{rule.endpoint} names a case and does not ask who is on it")


def test_every_parameter_of_a_path_is_an_identifier_or_one_of_a_list(whole: Flask) -> None:
    assert walking.untyped(wrong_app()) == {
        "/any/<name> name",
        "/long/<path:rest>/<int:number> rest",
        "/long/<path:rest>/<int:number> number",
    }
    assert walking.untyped(whole) == {"/static/<path:filename> filename", "/welcome/<token> token"}


def test_whatever_changes_something_is_a_post(whole: Flask) -> None:
    assert walking.unsafe_but_not_post(wrong_app()) == {"put ['DELETE', 'PUT']"}
    assert walking.unsafe_but_not_post(whole) == set()


def test_what_is_linked_is_found_in_templates_and_frames(tmp_path: Path) -> None:
    """The walk itself: by whole name, by short name, handed over; not where a redirect leads."""
    app = wrong_app()
    app.register_blueprint(Blueprint("doors", "mdt.blueprints.cases"))
    app.view_functions |= {"doors.c": str, "doors.d": str}
    (tmp_path / "cases").mkdir()
    links = (
        "<a href=\"{{ url_for('a.b') }}\">{{ f(url_for('.c', x=1)) }} {{ url_for(name) }} {{ url_for('.lost') }}</a>"
    )
    (tmp_path / "cases" / "show.html").write_text(links)
    (tmp_path / "cases" / "x.py").write_text("x = url_for('.d'); redirect(url_for('e.f'), 303); y = url_for('g.h')")
    assert walking.linked(app, tmp_path, tmp_path) == {"a.b", "doors.c", "doors.d", "cases.lost", "g.h"}


def test_every_route_is_led_to_by_some_page(whole: Flask) -> None:
    desks = {*whole.extensions["mdt.desks"].values(), "admin.desk"}  # `auth.home` leads each to theirs
    known = walking.linked(whole) | desks | ASKED_BY_SCRIPTS.keys() | WRITTEN_OTHERWISE.keys()
    lost = {rule.endpoint for rule in walking.rules(whole)} - known
    assert lost == set(), "link these from a page, or say in ASKED_BY_SCRIPTS who asks for them"


def test_the_exceptions_are_routes(whole: Flask) -> None:
    there = {rule.endpoint for rule in walking.rules(whole)}
    assert there >= ASKED_BY_SCRIPTS.keys() | WRITTEN_OTHERWISE.keys()


def test_every_link_leads_to_a_route(whole: Flask) -> None:
    there = {rule.endpoint for rule in walking.rules(whole)}
    assert {one for one in walking.linked(whole) if one not in there} == set()
