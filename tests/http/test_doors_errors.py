"""What goes wrong is said calmly: a reference, no trace, and in the log no word of what it was about."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, abort
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from mdt.models import db
from mdt.operations import ledger, reading
from mdt.operations.acts import Refused
from mdt.operations.demo import known
from mdt.web import guards, sign_ins
from mdt.web.headers import ALWAYS
from tests.fixtures_app import Person

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
SECRET = "canary of a secret"
CASE = f"/cases/{known('case.wren')}"
TRACES = (
    "Traceback",
    "File &#34;",
    'File "',
    ".py",
    "sqlite3",
    "sqlalchemy",
    "SELECT ",
    "UPDATE ",
    "werkzeug",
    "ValueError",
    SECRET,
)


def _raises(error: Exception) -> Callable[..., Any]:
    def broken(*_asked: object, **_more: object) -> Any:
        raise error

    return broken


def _has_headers(answer: Any) -> bool:
    return (
        all(answer.headers.get(name) == value for name, value in ALWAYS.items())
        and answer.headers["Cache-Control"] == "no-store"
    )


FAULTS: tuple[tuple[Exception, int], ...] = (
    (ValueError(SECRET), 500),
    (KeyError(SECRET), 500),
    (RecursionError(SECRET), 500),
    (OperationalError(f"SELECT '{SECRET}'", {"x": SECRET}, Exception(SECRET)), 503),
    (ledger.Unrecorded(SECRET), 503),
    (AssertionError(SECRET), 500),
    (UnicodeDecodeError("utf-8", SECRET.encode(), 0, 1, SECRET), 500),
)


def test_a_fault_is_a_reference_and_no_trace(
    app: Flask, signed_in: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    casey = signed_in("casey")
    for error, status in FAULTS:
        caplog.clear()
        monkeypatch.setattr(reading, "read", _raises(error))
        answer = casey.get(f"{CASE}?q={SECRET}")
        assert answer.status_code == status and _has_headers(answer)
        assert [word for word in TRACES if word in answer.text] == []
        reference = re.search(r'<b class="num">([0-9a-f]{8})</b>', answer.text)
        assert reference and reference[1] in caplog.text, "whoever is told the reference finds the line"
        assert type(error).__name__ in caplog.text and SECRET not in caplog.text and "Traceback" not in caplog.text


def test_what_a_fault_began_is_undone(
    app: Flask, signed_in: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    from mdt.operations import team

    monkeypatch.setattr(team, "noticed", _raises(ValueError(SECRET)))
    casey, key = signed_in("casey"), known("a new key")
    casey.get(f"{CASE}/update")
    assert casey.send(f"{CASE}/update", category="PLAN", note="A word.", key=key).status_code == 500
    monkeypatch.undo()
    with app.app_context():
        assert (
            db.session.execute(text("SELECT count(*) FROM items WHERE id = :id"), {"id": key.replace("-", "")}).scalar()
            == 0
        )
    casey.get(f"{CASE}/update")
    assert casey.send(f"{CASE}/update", category="PLAN", note="A word.", key=key).status_code == 303


def test_a_look_that_cannot_be_recorded_does_not_happen(
    app: Flask, signed_in: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    casey = signed_in("casey")
    shown = casey.get(CASE).text
    assert "Wren" in shown
    monkeypatch.setattr(ledger, "seal_in", _raises(OSError("the disk is full")))
    for path in (
        CASE,
        "/cases/",
        "/lead",
        f"/meetings/cases/{known('case.wren')}/{known('wren.meeting.held')}",
        f"{CASE}/purpose",
    ):
        answer = casey.get(path)
        assert answer.status_code == 503 and "Wren" not in answer.text, path
    monkeypatch.undo()
    assert casey.get(CASE).status_code == 200


def test_without_its_database_it_shows_nothing_and_lets_nobody_in(
    app: Flask, signed_in: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    casey = signed_in("casey")
    away = OperationalError(f"SELECT {SECRET}", {}, Exception(SECRET))
    monkeypatch.setattr(sign_ins, "_row", _raises(away))
    for path in (CASE, "/lead", "/help", "/people", "/nothing"):
        answer = casey.get(path)
        assert answer.status_code == 503 and _has_headers(answer), path
        assert "Wren" not in answer.text and [word for word in TRACES if word in answer.text] == []
    assert SECRET not in caplog.text and "Traceback" not in caplog.text


def test_what_the_sign_in_cannot_keep_is_a_fault_like_any(
    app: Flask, signed_in: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    casey = signed_in("casey")
    monkeypatch.setattr(
        sign_ins.ServerSessions, "save_session", _raises(OperationalError(SECRET, {}, Exception(SECRET)))
    )
    answer = casey.get("/help")
    assert answer.status_code == 503 and [word for word in TRACES if word in answer.text] == []
    assert SECRET not in caplog.text


@pytest.mark.own_app
def test_every_class_of_error_has_its_calm_page(app: Flask, signed_in: Callable[[str], Person]) -> None:
    @guards.guard(guards.anyone)
    def wrong(code: str) -> str:
        return abort(int(code))

    app.add_url_rule("/wrong/<code>", "wrong", wrong)
    casey = signed_in("casey")
    for code in (400, 401, 403, 404, 405, 409, 410, 413, 415, 418, 422, 429, 500, 501, 503):
        answer = casey.get(f"/wrong/{code}")
        assert answer.status_code == code and _has_headers(answer)
        assert answer.text.count("<h1") == 1 and "mdt" in answer.text


@pytest.mark.own_app
def test_a_refusal_leads_back_to_the_page_of_the_form(app: Flask, signed_in: Callable[[str], Person]) -> None:
    @guards.guard(guards.signed_in)
    def no() -> str:
        raise Refused("Not like that.", reason="no")

    app.add_url_rule("/no", "no", no, methods=["GET", "POST"])
    casey = signed_in("casey")
    casey.get("/help")
    for answer in (casey.get("/no"), casey.send("/no")):
        assert answer.status_code == 303 and answer.headers["Location"] == "/", "a page that refuses itself leads home"
    assert "Not like that." in casey.get("/lead").text
    meeting = f"/meetings/cases/{known('case.wren')}/{known('wren.meeting.tonight')}"
    imani = signed_in("imani")
    imani.get(meeting)
    answer = imani.send(f"{meeting}/turn", point=known("wren.meeting.tonight.2"))
    assert answer.status_code == 303 and answer.headers["Location"] == meeting
    answer = imani.send(f"{meeting}/hand")
    assert answer.status_code == 303 and answer.headers["Location"] == meeting, "pressed on its page, of another door"
    assert "#alert" in imani.get(meeting).text.partition('id="notices"')[2].partition("</div>")[0], "no tick on a no"


def test_a_host_that_is_not_ours_gets_nothing(app: Flask, signed_in: Callable[[str], Person]) -> None:
    """Nothing is built from a name that came with the request."""
    casey = signed_in("casey")
    for host in (
        "evil.example",
        "localhost.evil.example",
        "evil.example:8000",
        "localhost@evil.example",
        "[",
        "a b",
        "",
        "127.0.0.1.evil.example",
    ):
        for method in ("GET", "POST"):
            answer = casey.open("/help", method=method, headers={"Host": host})
            assert answer.status_code == 400 and _has_headers(answer), host
            assert "evil" not in answer.text and "Set-Cookie" not in answer.headers
    for name in ("X-Forwarded-Host", "X-Forwarded-Server", "Forwarded", "X-Host", "X-Original-Host"):
        answer = casey.get("/", headers={name: "evil.example"})
        assert answer.status_code == 302 and answer.headers["Location"].startswith("/"), name
        assert (
            casey.get("/cases", headers={name: "evil.example"})
            .headers["Location"]
            .startswith(("/", "http://localhost/"))
        )


def test_what_is_sent_from_files_lies_in_the_folder_of_files(app: Flask) -> None:
    browser = app.test_client()
    for path in (
        "../wsgi.py",
        "..%2fwsgi.py",
        "%2e%2e/wsgi.py",
        "..\\wsgi.py",
        "/etc/passwd",
        "%00",
        "js",
        "",
        "../instance/master.key",
    ):
        answer = browser.get(f"/static/{path}")
        assert answer.status_code in (308, 404) and _has_headers(answer), path
        assert answer.headers.get("Location", "/static/").startswith(("/static/", "http://localhost/static/")), path
    kept = browser.get("/static/css/tokens.css?v=1")
    assert kept.headers["Cache-Control"].endswith("immutable") and "Vary" not in kept.headers
    assert all(kept.headers.get(name) == value for name, value in ALWAYS.items())
    kept.close()
    stale = browser.get("/static/css/tokens.css")
    assert stale.headers["Cache-Control"] == "no-store"
    stale.close()


def test_no_page_names_the_young_person_in_its_title(app: Flask, signed_in: Callable[[str], Person]) -> None:
    casey = signed_in("casey")
    for path in (
        CASE,
        f"{CASE}/update",
        f"{CASE}/releases",
        "/lead",
        "/cases/",
        f"/who-has-looked/{known('case.wren')}",
        f"/tasks/{known('wren.task.nurse')}",
    ):
        title = re.search(r"<title>(.*?)</title>", casey.get(path).text, re.S)
        assert title and not {"Wren", "Juno", "Ash", "Casey"} & set(re.findall(r"\w+", title[1])), path
