"""Whatever is sent, the answer is a page that says what to mend, or that there is nothing: never a fault."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import DataError
from werkzeug.datastructures import MultiDict

from mdt.models import is_id, new_id
from mdt.operations import access, caseload, convening
from mdt.operations.acts import Refused
from mdt.operations.demo import known, people
from mdt.web.sign_ins import find_me
from tests.fixtures_app import Person
from tests.http import doors
from tests.http.doors import TABLE, VALUES

CASE = f"/cases/{VALUES['case_id']}"
MEETING = f"/meetings/cases/{VALUES['case_id']}/{VALUES['meeting_id']}"
ODD = ("", "a\x00b", "x" * 20_000, "\u00ed\u00a0\u0080'; DROP TABLE items; -- {{ 7*7 }} %s", "9" * 400, "\u202e-1")
"""Nothing, a null in it, too long, odd characters and other languages, a number beyond all, a number below."""


def cursor(words: str) -> str:
    return urlsafe_b64encode(words.encode()).decode()


ADDRESSES = (
    *(
        f"/cases/?after={cursor(words)}"
        for words in (
            "",
            "x",
            "2026-01-01T00:00:00 x",
            "2026-01-01T00:00:00+00:00 x",
            f"2026-01-01T00:00:00 {known('x')}",
            f"9999-12-31T23:59:59+00:00 {known('x')}",
            f"0001-01-01T00:00:00+23:59 {known('x')}",
            f"2026-01-01T00:00:00+00:00 {known('x')} more",
            "a b c",
        )
    ),
    "/cases/?after=%00",
    "/cases/?after=%ff",
    "/cases/?after=====",
    f"/cases/?after={'A' * 3000}",
    "/cases/?q=%00",
    "/cases/?q=%ff%fe",
    f"/cases/?q={'x' * 5000}",
    "/cases/?q=%25_%5C",
    f"/who-has-looked/{VALUES['case_id']}?before=99999999999999999999999",
    f"/who-has-looked/{VALUES['case_id']}?before=-1",
    f"/who-has-looked/{VALUES['case_id']}?before=1e9",
    f"/who-has-looked/{VALUES['case_id']}?before=%00",
    f"{CASE}/readers?category=NOPE&labels=%00",
    f"{CASE}/update?category=%00",
    f"{CASE}/releases/new?discloser=x&type=y",
    f"{CASE}/releases/new?discloser=%00&type=HIPAA",
    f"{CASE}/releases/new?discloser={known('x')}&type=HIPAA",
    "/live",
    "/live?topic=",
    "/live?topic=case:x",
    f"/live?topic=case:{known('x')}",
    "/live?topic=%00",
    "/live?topic=desk:1",
    f"/live?topic=meeting:{known('x')}:{known('x')}",
    f"/live?topic=meeting:{VALUES['case_id']}",
    f"/live?topic=case:{VALUES['case_id']}&purpose=NOPE",
    "/cases/x",
    "/cases/00000000-0000-0000-0000-00000000000g",
    f"/cases/{VALUES['case_id'].upper()}",
    f"/cases/{VALUES['case_id']}%00",
    f"/cases/{{{VALUES['case_id']}}}",
    "/sign-in?password&then=%00",
)


def test_the_list_goes_on(app: Flask, signed_in: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch) -> None:
    """One case a page: each once, the latest first, and then the end."""
    monkeypatch.setattr(caseload.page, "__kwdefaults__", caseload.page.__kwdefaults__ | {"size": 1})
    casey, path, seen = signed_in("casey"), "/cases/", []
    while path:
        page = casey.get(path)
        assert page.status_code == 200
        seen += re.findall(r'href="/cases/([0-9a-f-]{36})"', page.text)
        older = re.search(r'href="(/cases/\?after=[^"]+)"', page.text)
        path = older[1].replace("&amp;", "&") if older else ""
    assert len(seen) == len(set(seen)) == 3


def test_no_address_is_a_fault(app: Flask, signed_in: Callable[[str], Person]) -> None:
    casey = signed_in("casey")
    broken = {path: status for path in ADDRESSES if (status := casey.get(path).status_code) >= 500}
    assert broken == {}


FIELDS = {
    "cases.purpose": ["purpose"],
    "cases.update": ["category", "labels", "note", "quotes", "heeded", "key"],
    "cases.invitation": ["answer", "words", "acknowledged"],
    "meetings.note": ["text", "repeats", "quotes", "heeded", "category", "labels", "key"],
    "meetings.decide": [
        "what",
        "who",
        "due_on",
        "not_possible",
        "motion",
        "lost",
        "repeats",
        "quotes",
        "heeded",
        "key",
    ],
    "floor.hand_down": ["who"],
    "floor.motion": ["motion-text", "motion-repeats", "motion-quotes", "motion-heeded", "motion-key"],
    "floor.second": ["motion"],
    "floor.take_on": ["action-text", "action-due_on", "action-key"],
    "floor.dissent": ["dissent-about", "dissent-text", "dissent-key"],
    "floor.readers": ["text", "category", "labels", "quotes", "key"],
    "floor.guests": ["who", "point", "observes"],
    "before.time": ["on", "at"],
    "before.give_return": ["q_since", "q_offer", "quotes", "key"],
    "before.review": ["kind", "on", "at", "cases"],
    "before.watch": ["who", "since_on", "since_at", "until_on", "until_at"],
    "after.agree": ["version"],
    "after.finalise": ["version"],
    "after.remark": ["text", "quotes", "heeded", "key"],
    "meetings.turn": ["point"],
    "meetings.out": ["who"],
    "meetings.back_in": ["who"],
    "meetings.join": ["acknowledged"],
    "meetings.plan": ["kind", "title", "on", "at", "title_1", "minutes_1", "item_1"],
    "tasks.decline": ["why", "reason", "key"],
    "tasks.offer": ["to", "key"],
    "tasks.give_back": ["why", "reason", "key"],
    "tasks.refer": ["agency", "words", "heeded", "key"],
    "tasks.done": ["key"],
    "releases.stop": ["how", "whom", "recipients"],
    "releases.new": [
        "step",
        "key",
        "recipients",
        "categories",
        "ends",
        "ends_on",
        "signed_by",
        "mode",
        "elements",
        "signed_on",
    ],
    "convening.convene": ["who", "why", "purpose"],
    "auth.door": ["login", "password"],
    "auth.again": ["password", "then"],
}
"""Fields that a form may send, by route."""
LEAD_ONLY = {"releases.new": f"?discloser={VALUES['source_id']}&type=HIPAA"}


@pytest.mark.long
def test_no_field_is_a_fault(app: Flask, signed_in: Callable[[str], Person]) -> None:
    """Each field odd, one at a time and all at once; missing, empty, twice, and as a file."""
    world, broken = doors.settle(app, signed_in), {}
    for rule, method in doors.in_order(app):
        if method != "POST" or rule.endpoint not in FIELDS:
            continue
        path = doors.address(rule) + LEAD_ONLY.get(rule.endpoint, "")
        persona = "invited" if rule.endpoint == "cases.invitation" else "lead"
        for form in forms(rule.endpoint):
            browser = world.browser(persona)
            answer = browser.post(path, data=MultiDict([("csrf_token", browser.token), *form]))
            if answer.status_code >= 500:
                broken[rule.endpoint, str(form)[:80]] = answer.status_code
    assert broken == {}


def forms(endpoint: str) -> list[list[tuple[str, Any]]]:
    """What is sent: nothing, each field odd by itself, all of them odd at once, and everything twice."""
    usual = {name: value for name, value in TABLE[endpoint].form.items() if not callable(value)}
    names = FIELDS[endpoint]
    single = [list((usual | {name: odd}).items()) for name in names for odd in ODD[1:4:2]]
    twice = [(name, value) for name in names for value in (usual.get(name, "a"), "b")]
    return [[], *single, twice, *([(name, odd) for name in names] for odd in ODD)]


def seat_of_casey() -> access.Seat:
    seat = access.admit_quietly(VALUES["case_id"], find_me(people.id_of("casey")))  # type: ignore[arg-type]
    assert seat
    return seat


def test_what_names_nobody_is_as_if_there_were_nobody_on_every_database(
    app: Flask, signed_in: Callable[[str], Person]
) -> None:
    for odd in (*ODD, "not-an-id", VALUES["user_id"].upper(), f"{{{VALUES['user_id']}}}", None):
        assert not is_id(odd)
        with app.app_context(), pytest.raises(Refused) as no:
            convening.askable(seat_of_casey(), odd)  # type: ignore[arg-type]
        assert no.value.code == 404
        task = f"/tasks/{VALUES['task_id']}"
        casey = signed_in("casey")
        casey.get(task)
        assert casey.send(f"{task}/offer", to=odd or "", key=new_id()).status_code in (303, 404, 422)
    with app.app_context():
        assert is_id(VALUES["user_id"]) and convening.askable(seat_of_casey(), VALUES["user_id"])
    with app.test_request_context("/cases/"):
        page, status = app.handle_user_exception(DataError("SELECT 1", {}, ValueError("a word")))  # type: ignore[misc]
        assert status == 404 and "There is nothing here for you" in page and "a word" not in page


def test_a_purpose_that_is_not_mine_is_not_taken(app: Flask, signed_in: Callable[[str], Person]) -> None:
    """Not in the form, not twice in it, not by the address, not by a header."""
    imani = signed_in("imani")
    shown = imani.get(CASE).text
    for form in (
        {"purpose": "INVESTIGATE"},
        {"purpose": ["EDUCATE", "INVESTIGATE"]},
        {"purpose": ["INVESTIGATE", "EDUCATE"]},
        {"purpose": "AGGREGATE"},
    ):
        imani.get("/help")
        imani.send(f"{CASE}/purpose", **form)
        again = imani.get(f"{CASE}?purpose=INVESTIGATE", headers={"Purpose": "INVESTIGATE", "X-Purpose": "INVESTIGATE"})
        assert "to <b>investigate</b>" not in again.text and "to <b>support school</b>" in again.text
        assert len(again.text) <= len(shown) + 200


def test_what_is_written_is_shown_as_words(app: Flask, signed_in: Callable[[str], Person]) -> None:
    casey = signed_in("casey")
    said = "<script>alert(1)</script> <img src=x onerror=alert(1)> {{ 7*7 }} ${7*7} javascript:alert(1) \"'`"
    casey.get(f"{CASE}/update")
    assert casey.send(f"{CASE}/update", category="PLAN", note=said, key=new_id()).status_code == 303
    page = casey.get(CASE).text
    assert (
        "<script>alert" not in page
        and "<img src=x" not in page
        and "{{ 7*7 }}" in page
        and "&lt;script&gt;alert(1)" in page
    )
    search = casey.get("/cases/", query_string={"q": said}).text
    assert "<script>alert" not in search and "<img src=x" not in search


def test_a_field_that_nobody_asked_for_changes_nothing(app: Flask, signed_in: Callable[[str], Person]) -> None:
    """Names of columns sent along with a true form are not taken."""
    casey = signed_in("casey")
    casey.get(f"{CASE}/update")
    more = {
        "author": known("x"),
        "source": known("x"),
        "source_id": known("x"),
        "case_id": known("case.juno"),
        "admin": "1",
        "role": "PM",
        "recorded": "2000-01-01",
    }
    key = new_id()
    assert casey.send(f"{CASE}/update", category="PLAN", note="A word.", key=key, **more).status_code == 303
    with app.app_context():
        from mdt.models import Item, db

        item = db.session.get_one(Item, key)
        assert item.case_id == VALUES["case_id"] and item.terms.author == doors.people.id_of("casey")
        assert item.source_id == doors.agencies.id_of("county") and item.terms.recorded.year > 2000


def test_a_key_of_another_record_overwrites_nothing(app: Flask, signed_in: Callable[[str], Person]) -> None:
    """The key of a form is its writer's own; one that is a record of another case is refused, not taken for done."""
    casey = signed_in("casey")
    theirs = known("ash.plan")
    before = doors.state(app)
    casey.get(f"{CASE}/update")
    answer = casey.send(f"{CASE}/update", category="PLAN", note="Over yours.", key=theirs)
    now = doors.state(app)
    assert answer.status_code < 500
    assert {name for name in now if now[name] != before[name]} <= {"cases", "users", "members"}


def test_what_is_too_large_is_not_taken_in(app: Flask, signed_in: Callable[[str], Person]) -> None:
    casey = signed_in("casey")
    casey.get(f"{CASE}/update")
    big = {"csrf_token": casey.token, "category": "PLAN", "key": new_id(), "note": "x" * 1_100_000}
    assert casey.post(f"{CASE}/update", data=big).status_code == 413
    many = MultiDict([("csrf_token", casey.token), *((f"f{n}", "x") for n in range(5000))])
    assert casey.post(f"{CASE}/update", data=many).status_code in (413, 422)
    long = {"csrf_token": casey.token, "category": "PLAN", "key": new_id(), "note": "x" * 8001}
    assert casey.post(f"{CASE}/update", data=long).status_code == 422


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_bytes_that_are_no_form_are_no_fault(app: Flask, signed_in: Callable[[str], Person]) -> None:
    casey = signed_in("casey")
    receive = next(rule for rule in app.url_map.iter_rules() if rule.endpoint == "importing.receive")
    for kind in (
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "application/json",
        "text/xml",
        "application/x-www-form-urlencoded; charset=utf-16",
        "a/b; c",
    ):
        for data in (
            b"",
            b"--x\r\n",
            b"\xff\xfe\x00",
            b'{"csrf_token": 1}',
            b"a=%ff&b",
            b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n" + b"y" * 1000,
        ):
            for path in (f"{CASE}/update", "/sign-out", f"/tasks/{VALUES['task_id']}/accept", doors.address(receive)):
                assert casey.post(path, data=data, content_type=kind).status_code in (400, 413, 415, 422)
