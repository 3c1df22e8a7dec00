"""The young person's own page: who looks over a shoulder learns nothing, and each thing on it can be stopped."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from mdt.models import Entry, Member, begin_writing, db, now
from mdt.operations import ledger, mine, watching
from mdt.operations.demo import people
from mdt.web.sign_ins import find_me
from tests.fixtures_app import Person
from tests.http.test_releases import CHECKUPS, WREN, page, sent

SignIn = Callable[[str], Person]


def tag(app: Flask) -> str:
    with app.app_context():
        me = find_me(people.id_of("wren"))
        assert me
        return mine.tag(me)


def test_it_says_who_is_there_and_what_they_let_be_told_and_no_more_than_today_in_its_title(signed_in: SignIn) -> None:
    answer = signed_in("wren").get("/mine")
    text, words = answer.get_data(as_text=True), page(answer)
    assert "<title>Today</title>" in text and 'class="mark"' not in text and "data-exit" in text
    assert "Hi Wren." in words and "You let Mercy Clinic tell" in words
    for name in ("Casey Lindqvist", "Tomas Herrera"):
        assert name in words.partition("Who is with you")[2].partition("What you let people share")[0]
    assert f"/cases/{WREN}/releases/{CHECKUPS}/stop" in text and f"/who-has-looked/{WREN}" in text
    asks = text.partition("What you can ask for")[2].partition("</details>")[0]
    assert "You need not say why." in asks and f"/needs/cases/{WREN}" in asks, "folded: who looks over a shoulder"


def test_what_they_stop_is_gone_from_it_and_an_open_page_hears_of_it(app: Flask, signed_in: SignIn) -> None:
    wren, before = signed_in("wren"), tag(app)
    assert tag(app) == before
    assert sent(wren, f"/cases/{WREN}/releases/{CHECKUPS}/stop", whom="all", how="verbal").status_code == 303
    shown = wren.get("/mine").get_data(as_text=True)
    assert f"{CHECKUPS}/stop" not in shown and "All of it, and what is over" in shown
    assert tag(app) != before
    assert 'data-topic="mine"' in shown


def test_to_anybody_else_it_is_nothing_to_watch(app: Flask, signed_in: SignIn) -> None:
    """Whoever is named in a release may not hear by it how it stands for others."""
    assert signed_in("marisol").get("/mine").status_code == 404
    with app.app_context():
        for slug in ("ruth", "casey", "marisol", "tomas"):
            me = find_me(people.id_of(slug))
            assert me and watching.look(mine.TOPIC, me, None) == (watching.NOTHING, None)
        wren = find_me(people.id_of("wren"))
        assert wren and watching.look(mine.TOPIC, wren, None)[0] == mine.tag(wren)


def test_who_leaves_their_team_is_gone_from_it(app: Flask, signed_in: SignIn) -> None:
    before = tag(app)
    with app.app_context():
        begin_writing()
        row = db.session.scalars(
            select(Member).where(Member.case_id == WREN, Member.user_id == people.id_of("tomas"))
        ).one()
        row.until = now()
        db.session.commit()
    assert "Tomas Herrera" not in page(signed_in("wren").get("/mine")) and tag(app) != before


def test_reading_it_is_written_down_without_content(app: Flask, signed_in: SignIn) -> None:
    signed_in("wren").get("/mine")
    with app.app_context():
        rows = db.session.execute(select(Entry.id, Entry.event, Entry.body_).where(Entry.event != "session.begun"))
        mine = {row.event: str(ledger.body(row.id, row.body_)) for row in rows}
    assert CHECKUPS in mine["release.read"]
    assert not any("Mercy" in one or "Wren" in one for one in mine.values())
