"""What one may not know of and what is not there answer alike, to the byte."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from mdt.models import new_id
from mdt.operations.demo import known
from tests.fixtures_app import Person
from tests.http import doors
from tests.http.doors import HOLDERS, TABLE, VALUES

OUTSIDE = ("elsewhere", "recused", "invited", "administrator")
THINGS = (
    "meeting_id",
    "task_id",
    "release_id",
    "item_id",
    "member_id",
    "upload_id",
    "emergency_id",
    "notice_id",
    "correction_id",
    "assessment_id",
    "paper_id",
    "hold_id",
    "episode_id",
    "report_id",
)
SAID = ("Content-Type", "Content-Length", "Cache-Control", "Vary", "Location", "Set-Cookie")
"""Headers that could tell; the length is that of the token too, which is always of one length."""


def told(answer: TestResponse) -> tuple[int, bytes, list[str | None]]:
    """All that an answer tells."""
    return answer.status_code, doors.stable(answer), [answer.headers.get(name) for name in SAID]


def test_a_case_one_is_not_on_is_as_no_case(app: Flask, signed_in: Callable[[str], Person]) -> None:
    world, differs = doors.settle(app, signed_in), []
    tried = 0
    for rule, method in doors.in_order(app):
        if "case_id" not in rule.arguments:
            continue
        for persona in OUTSIDE:
            tried += 1
            hidden = world.ask(persona, method, doors.address(rule), TABLE[rule.endpoint].form)
            absent = world.ask(persona, method, doors.address(rule, case_id=new_id()), TABLE[rule.endpoint].form)
            if told(hidden) != told(absent) or hidden.status_code != 404:
                differs.append((rule.endpoint, method, persona, hidden.status_code, absent.status_code))
    assert tried > 100
    assert differs == []


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_thing_one_may_not_know_of_is_as_nothing(app: Flask, signed_in: Callable[[str], Person]) -> None:
    """A meeting, a task, a paper, a record, a place on the team: alone, or under a case of one's own."""
    world, differs = doors.settle(app, signed_in), []
    for rule, method in doors.in_order(app):
        door = TABLE[rule.endpoint]
        for name in set(rule.arguments) & set(THINGS):
            for persona in ("caregiver", "member", *OUTSIDE):
                if persona in door.who | door.perhaps or (name == "task_id" and persona in HOLDERS):
                    continue
                hidden = world.ask(persona, method, doors.address(rule), door.form)
                absent = world.ask(persona, method, doors.address(rule, **{name: new_id()}), door.form)
                if told(hidden) != told(absent):
                    differs.append((rule.endpoint, method, persona, name, hidden.status_code, absent.status_code))
    assert differs == []


OTHERS = {
    "meeting_id": known("wren.meeting.tonight"),
    "release_id": known("wren.release.checkups"),
    "item_id": known("wren.home"),
    "emergency_id": known("doors.emergency"),
    "correction_id": known("doors.correction"),
    "paper_id": known("doors.paper"),
    "member_id": known(f"member.{VALUES['case_id']}.imani"),
}
"""Things of Wren's case, asked for under Juno's, on which Casey is too."""


def test_a_thing_of_another_case_is_nothing_under_mine(app: Flask, signed_in: Callable[[str], Person]) -> None:
    """Even for somebody who may see it in its own case."""
    world = doors.settle(app, signed_in)
    for slug in ("wren.meeting.tonight",):
        path = f"/meetings/cases/{VALUES['case_id']}/{known(slug)}"
        assert world.ask("lead", "GET", path).status_code == 200
    before, found = doors.state(app), []
    for rule, method in doors.in_order(app):
        if "case_id" not in rule.arguments or not OTHERS.keys() & rule.arguments:
            continue
        path = doors.address(rule, case_id=known("case.juno"), **OTHERS)
        answer = world.ask("lead", method, path, TABLE[rule.endpoint].form)
        if answer.status_code != 404:
            found.append((rule.endpoint, method, answer.status_code, answer.headers.get("Location")))
    assert found == []
    assert doors.state(app) == before


def test_what_tells_apart_would_be_seen(app: Flask, signed_in: Callable[[str], Person]) -> None:
    """The same comparison over two pages that differ by one word."""
    world = doors.World(app, signed_in)
    one, other = world.ask("elsewhere", "GET", "/cases/"), world.ask("elsewhere", "GET", "/meetings/")
    assert told(one) != told(other)
    assert told(one) == told(world.ask("elsewhere", "GET", "/cases/"))
