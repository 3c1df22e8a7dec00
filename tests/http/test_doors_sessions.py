"""A sign-in is a row that can be ended: by leaving, by suspension, by rest, by age; and what ended stays so."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask, session
from sqlalchemy import select, update

from mdt import create_app
from mdt.models import SignIn, User, begin_writing, db, now
from mdt.operations import accounts, schema
from mdt.operations.demo import people
from mdt.settings import Settings, write_masters
from mdt.vault.keys import new_masters
from mdt.web import guards
from tests.fixtures_app import Person, close

SignedIn = Callable[[str], Person]
ON_SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def token_of(person: Person) -> str:
    held = person.get_cookie("mdt")
    return held.value if held else ""


def replayed(app: Flask, token: str, **more: object) -> int:
    """What the desk answers to somebody who kept a cookie."""
    browser = app.test_client()
    browser.set_cookie("mdt", token)
    return browser.get("/lead", **more).status_code  # type: ignore[arg-type]


def sign_out(person: Person) -> None:
    person.get("/help")
    assert person.send("/sign-out").status_code == 303


def test_the_token_changes_at_every_sign_in_and_the_old_one_is_nothing(app: Flask) -> None:
    person = app.test_client()
    person.get("/people")
    before = token_of(person)  # a token that somebody else may have planted
    assert person.send(f"/people/{people.id_of('casey')}").status_code == 303  # type: ignore[attr-defined]
    first = token_of(person)
    assert before and first and before != first
    assert replayed(app, before) == 302 and replayed(app, first) == 200
    person.get("/help")
    assert person.send(f"/people/{people.id_of('imani')}").status_code == 303  # type: ignore[attr-defined]
    assert token_of(person) not in (before, first)
    assert replayed(app, first) == 302, "who becomes somebody else has left the first"


@ON_SQLITE
def test_proving_oneself_again_changes_the_token(app: Flask, signed_in: SignedIn) -> None:
    casey = signed_in("casey")
    first = token_of(casey)
    casey.get("/again")
    assert casey.send("/again").status_code == 303
    assert token_of(casey) != first and replayed(app, first) == 302


def test_what_was_left_is_not_replayed(app: Flask, signed_in: SignedIn) -> None:
    casey = signed_in("casey")
    token = token_of(casey)
    assert replayed(app, token) == 200
    sign_out(casey)
    assert replayed(app, token) == 302
    assert casey.get_cookie("mdt") is None


@ON_SQLITE
def test_leaving_one_browser_leaves_the_other(app: Flask, signed_in: SignedIn) -> None:
    here, there = signed_in("casey"), signed_in("casey")
    sign_out(here)
    assert replayed(app, token_of(there)) == 200


@ON_SQLITE
def test_leaving_empties_the_browser(app: Flask, signed_in: SignedIn) -> None:
    casey = signed_in("casey")
    casey.get("/help")
    answer = casey.send("/sign-out")
    assert "storage" in answer.headers["Clear-Site-Data"] and answer.headers["Cache-Control"] == "no-store"
    casey.get("/people")
    assert signed_in("imani").get("/exit").headers["Location"].startswith("https://")


def test_suspension_ends_every_sign_in_and_being_restored_revives_none(app: Flask, signed_in: SignedIn) -> None:
    tokens = [token_of(signed_in("casey")) for _ in range(3)]
    robin = signed_in("robin")
    robin.get("/admin")
    assert robin.send(f"/admin/people/{people.id_of('casey')}/suspend").status_code == 303
    assert [replayed(app, token) for token in tokens] == [302] * 3
    assert robin.send(f"/admin/people/{people.id_of('casey')}/restore").status_code == 303
    assert [replayed(app, token) for token in tokens] == [302] * 3


def test_who_is_not_active_is_out_though_nobody_ended_the_sign_in(app: Flask, signed_in: SignedIn) -> None:
    token = token_of(signed_in("casey"))
    with app.app_context():
        db.session.execute(update(User).where(User.id == people.id_of("casey")).values(active=False))
        db.session.commit()
    assert replayed(app, token) == 302


def test_a_sign_in_at_rest_ends_and_one_in_use_does_not(app: Flask, signed_in: SignedIn) -> None:
    begun = datetime.now(UTC)
    with time_machine.travel(begun, tick=False) as clock:
        idle, busy, live = (signed_in("casey") for _ in range(3))
        for minutes in range(10, 31, 10):
            clock.move_to(begun + timedelta(minutes=minutes, seconds=1))
            if minutes < 30:
                assert busy.get("/lead").status_code == 200
                assert live.get("/lead", headers={"X-Live": "1"}).status_code == 200
        assert replayed(app, token_of(busy)) == 200
        assert replayed(app, token_of(idle)) == 302
        assert replayed(app, token_of(live)) == 302, "a page that only reads itself anew is no sign of life"


@ON_SQLITE
def test_no_sign_in_is_older_than_half_a_day(app: Flask, signed_in: SignedIn) -> None:
    begun = datetime.now(UTC)
    with time_machine.travel(begun, tick=False) as clock:
        casey = signed_in("casey")
        for hour in range(1, 49):
            clock.move_to(begun + timedelta(minutes=15 * hour - 1))
            assert casey.get("/help").status_code == 200
        assert replayed(app, token_of(casey)) == 200
        clock.move_to(begun + timedelta(hours=12, seconds=1))
        assert replayed(app, token_of(casey)) == 302


@pytest.mark.own_app
def test_a_request_in_flight_revives_nothing(app: Flask, signed_in: SignedIn) -> None:
    """It began signed in; meanwhile the person left; at its end it would keep what it holds."""
    casey = signed_in("casey")
    casey.get("/help")
    token, form = token_of(casey), casey.token

    @guards.guard(guards.signed_in)
    def slow() -> str:
        session["kept"] = "something to keep"
        other = app.test_client()
        other.set_cookie("mdt", token)
        assert other.post("/sign-out", data={"csrf_token": form}).status_code == 303
        return "late"

    app._got_first_request = False
    app.add_url_rule("/slow", "slow", slow)
    late = casey.get("/slow")
    assert late.text == "late" and "Set-Cookie" not in late.headers
    assert replayed(app, token) == 302
    with app.app_context():
        row = db.session.scalars(select(SignIn).where(SignIn.user_id == people.id_of("casey"))).one()
        assert row.ended_at is not None and "kept" not in row.contents


def test_only_a_hash_of_the_token_is_kept(app: Flask, signed_in: SignedIn) -> None:
    token = token_of(signed_in("casey"))
    assert len(token) >= 43, "256 bits"
    with app.app_context():
        rows = db.session.execute(select(SignIn.__table__)).all()
    assert rows and not any(
        token.encode() in (one if isinstance(one, bytes) else str(one).encode()) for row in rows for one in row
    )
    stored = {row.token_hash.hex() for row in rows}
    assert all(replayed(app, one) == 302 for one in stored), "what lies in the database opens nothing"


def test_what_a_sign_in_carries_belongs_to_its_row(app: Flask, signed_in: SignedIn) -> None:
    """Moved to another row it is nothing: nobody becomes somebody by copying it in the database."""
    casey, imani = signed_in("casey"), signed_in("imani")
    imani.get("/help")
    with app.app_context():
        begin_writing()
        rows = {row.user_id: row for row in db.session.scalars(select(SignIn).where(SignIn.user_id.is_not(None)))}
        hers, theirs = rows[people.id_of("casey")], rows[people.id_of("imani")]
        theirs.contents_ = hers.contents_
        db.session.commit()
    assert imani.get("/lead").status_code in (302, 404)
    assert casey.get("/lead").status_code == 200


@ON_SQLITE
def test_a_cookie_that_is_none_of_ours_is_nobody(app: Flask) -> None:
    browser = app.test_client(use_cookies=False)
    for cookie in ("", "x", "a" * 5000, "\x80\xff", "'; DROP TABLE sign_ins; --", "null", "[]", '"', "%00"):
        answer = browser.get("/lead", headers={"Cookie": f"mdt={cookie}"})
        assert answer.status_code == 302 and "then=/lead" in answer.headers["Location"], cookie


@ON_SQLITE
def test_five_wrong_passwords_stop_the_sixth_even_if_it_is_right(app: Flask) -> None:
    with app.app_context():
        user = db.session.get_one(User, people.id_of("casey"))
        user.password_hash = accounts.hashed("correct horse battery")
        db.session.commit()
    browser = app.test_client()
    browser.get("/sign-in?password=1")
    said = []
    for password in [f"wrong {n}" for n in range(5)] + ["correct horse battery"]:
        answer = browser.send("/sign-in", login="casey@cedar.example", password=password)  # type: ignore[attr-defined]
        said.append((answer.status_code, re.sub(r'value="[^"]*"', "", answer.text)))
    assert {status for status, _ in said} == {422} and len(set(said)) == 1
    nobody = browser.send("/sign-in", login="nobody@cedar.example", password="wrong")  # type: ignore[attr-defined]
    assert re.sub(r'value="[^"]*"', "", nobody.text) == said[0][1], "whether there is such an account is not told"
    with time_machine.travel(now() + timedelta(minutes=16)):
        browser.get("/sign-in?password=1")
        done = browser.send("/sign-in", login=" Casey@cedar.example ", password="correct horse battery")  # type: ignore[attr-defined]
        assert done.status_code == 303


ELSEWHERE = (
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "evil.example",
    "/%0d%0aSet-Cookie:x=y",
    "/\r\nSet-Cookie: x=y",
    "http:evil.example",
    "///evil.example",
    "\x00/x",
    "",
)


@ON_SQLITE
def test_after_signing_in_one_stays_with_us(app: Flask) -> None:
    for then in ELSEWHERE:
        browser = app.test_client()
        browser.get("/people")
        form = {"csrf_token": browser.token, "then": then}  # type: ignore[attr-defined]
        done = browser.post(f"/people/{people.id_of('casey')}", data=form)
        place = done.headers["Location"]
        assert done.status_code == 303 and place.startswith("/") and not place.startswith(("//", "/\\")), then
        assert "x" not in {cookie.split("=")[0] for cookie in done.headers.getlist("Set-Cookie")}


@ON_SQLITE
def test_cookies_are_for_this_site_alone(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> None:
    (cookie,) = app.test_client().get("/people").headers.getlist("Set-Cookie")
    assert cookie.startswith("mdt=") and "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Domain" not in cookie
    folder = tmp_path_factory.mktemp("production")
    write_masters(folder / "master.key", new_masters())
    made = create_app(Settings.read({"MDT_INSTANCE": str(folder), "MDT_ORIGIN": "https://mdt.example.gov"}))
    with made.app_context():
        schema.upgrade()
    answer = made.test_client().get("/sign-in", base_url="https://mdt.example.gov")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-mdt=")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/")) and "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    assert "demo.door" not in made.view_functions, "no door of the demo in production"
    assert made.test_client().get("/sign-in").status_code == 400, "nor an answer under another name"
    close(made)
