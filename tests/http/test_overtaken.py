"""A page that was decided before a fact changed does not leave after it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask, template_rendered
from sqlalchemy import update

from mdt.models import Item, Release, User, begin_writing, db, move, now
from mdt.operations import items
from mdt.operations.demo import people
from mdt.sharing.vocabulary import Category
from tests.fixtures_app import Person
from tests.http.test_releases import CHECKUPS, IRON, WREN, sent

SignIn = Callable[[str], Person]
CASE = f"/cases/{WREN}"


@contextmanager
def meanwhile(
    app: Flask, act: Callable[[], Any], *, times: int = 1, page: str = "cases/show.html"
) -> Iterator[list[str]]:
    """Somebody acts, in a thread of their own, after a page of this name is rendered and before it leaves."""
    done: list[str] = []

    def on_render(_app: Flask, template: Any, **_more: Any) -> None:
        if template.name == page and len(done) < times:
            done.append(template.name)
            thread = threading.Thread(target=act)
            thread.start()
            thread.join()

    with template_rendered.connected_to(on_render, app):
        yield done


def moved(app: Flask) -> Callable[[], None]:
    def act() -> None:
        with app.app_context():
            begin_writing()
            move(db.session(), [WREN])
            db.session.commit()

    return act


def test_a_page_overtaken_by_a_revocation_is_decided_anew(app: Flask, signed_in: SignIn) -> None:
    jo, casey = signed_in("jo"), signed_in("casey")
    assert IRON in jo.get(CASE).text

    def stop() -> None:
        assert sent(casey, f"{CASE}/releases/{CHECKUPS}/stop").status_code == 303

    with meanwhile(app, stop) as done:
        answer = jo.get(CASE)
    assert done and answer.status_code == 200 and IRON not in answer.text


def test_a_page_of_whoever_is_suspended_meanwhile_does_not_leave(app: Flask, signed_in: SignIn) -> None:
    """Also where it moves no case: past the verbs, in the database itself."""
    jo = signed_in("jo")

    def suspend() -> None:
        with db_of(app).begin() as line:
            line.execute(update(User).where(User.id == people.id_of("jo")).values(active=False))

    with meanwhile(app, suspend, times=9) as done:
        answer = jo.get(CASE)
    assert done and answer.status_code != 200 and IRON not in answer.text
    assert jo.get(CASE).status_code == 302


NAMED = {"name_in_use": "Wren the Second"}


def revised(app: Flask, words: dict[str, str], *, also: bool = False) -> Callable[[], None]:
    """Somebody writes these words into Wren's record of who she is; and it is of another kind from then on."""

    def act() -> None:
        with app.app_context():
            begin_writing()
            every = db.session.query(Item).filter_by(case_id=WREN)
            record = next(one for one in every if one.terms.category is Category.ID)
            items.revise(record, words)
            if also:
                record.terms = replace(record.terms, category=Category.HEALTH)
            db.session.commit()

    return act


def test_other_words_in_a_record_make_no_page_anew_and_its_bell_rings_at_once(app: Flask, signed_in: SignIn) -> None:
    """What was decided of the words before holds of those after. It leaves without its tag, so that it reads itself
    anew whatever the tag was made of; with another label it is made anew."""
    jo, made = signed_in("jo"), list[str]()
    jo.get(CASE)
    with template_rendered.connected_to(lambda *_, template, **__: made.append(template.name), app):
        with meanwhile(app, revised(app, NAMED)) as done:
            before = jo.get(CASE)
        assert done and before.status_code == 200 and made == ["cases/show.html"]
        assert "Wren the Second" not in before.text and 'data-tag=""' in before.text
        after = jo.get(CASE).text
        assert "Wren the Second" in after and 'data-tag=""' not in after
        made.clear()
        with meanwhile(app, revised(app, {"name_in_use": "Third"}, also=True)) as done:
            again = jo.get(CASE)
        assert done and len(made) == 2 and "Third" not in again.text


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_paper_that_hears_no_bell_is_made_anew_for_other_words(app: Flask, signed_in: SignIn) -> None:
    """A copy to print: what was taken out of a record a moment before is not on it."""
    casey = signed_in("casey")
    with meanwhile(app, revised(app, NAMED), page="cases/copy.html") as done:
        answer = casey.get(f"{CASE}/copy")
    assert done and "Wren the Second" in answer.text


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_beside_other_words_whatever_else_changed_counts(app: Flask, signed_in: SignIn) -> None:
    """Two moves, of which the second might take back the first; and a sign-in that ended."""
    casey, made = signed_in("casey"), list[str]()

    def twice() -> None:
        revised(app, NAMED)()
        revised(app, {"name_in_use": "Third"})()

    with template_rendered.connected_to(lambda *_, template, **__: made.append(template.name), app):
        with meanwhile(app, twice) as done:
            assert "Third" in casey.get(CASE).text
        assert done and len(made) == 2

    def and_suspend() -> None:
        revised(app, NAMED)()
        with db_of(app).begin() as line:
            line.execute(update(User).where(User.id == people.id_of("casey")).values(active=False))

    with meanwhile(app, and_suspend) as done:
        answer = casey.get(CASE)
    assert done and answer.status_code != 200 and "Wren" not in answer.text


def db_of(app: Flask) -> Any:
    with app.app_context():
        return db.engine


def turns_later(app: Flask) -> datetime:
    """A release of Wren's that is to begin some minutes from now; that moment."""
    turn = now() + timedelta(minutes=10)
    with app.app_context():
        begin_writing()
        row = db.session.get_one(Release, CHECKUPS)
        row.terms = replace(row.terms, effective=turn)
        db.session.commit()
    return turn


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_list_of_cases_is_decided_anew_when_the_clock_turns_one_of_them_meanwhile(
    app: Flask, signed_in: SignIn
) -> None:
    jo, turn = signed_in("jo"), turns_later(app)
    made: list[Any] = []
    with (
        time_machine.travel(turn - timedelta(seconds=1), tick=False) as clock,
        template_rendered.connected_to(lambda *_, template, **__: made.append(template.name), app),
    ):
        jo.get("/cases/")
        assert made == ["cases/list.html"]
        with meanwhile(app, lambda: clock.move_to(turn + timedelta(seconds=1)), page="cases/list.html") as done:
            assert jo.get("/cases/").status_code == 200
        assert done and made == ["cases/list.html"] * 3, "it was made, and made once more"


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_who_loses_their_seat_meanwhile_is_not_sent_the_page(app: Flask, signed_in: SignIn) -> None:
    imani = signed_in("imani")
    other = signed_in("imani")
    other.get(f"{CASE}/step-out")

    with meanwhile(app, lambda: other.send(f"{CASE}/step-out")) as done:
        answer = imani.get(CASE)
    assert done and answer.status_code == 404


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_page_that_is_overtaken_every_time_is_not_sent_and_a_turn_of_the_clock_counts(
    app: Flask, signed_in: SignIn
) -> None:
    casey, jo = signed_in("casey"), signed_in("jo")
    with meanwhile(app, moved(app), times=9) as done:
        answer = casey.get(CASE)
    assert len(done) == 3 and answer.status_code == 409 and "Wren" not in answer.text
    assert "This changed as it was made" in answer.text and "quicker" not in answer.text
    with meanwhile(app, moved(app)) as done:
        assert casey.get(CASE).status_code == 200 and len(done) == 1
    turn = turns_later(app)
    with time_machine.travel(turn - timedelta(seconds=1), tick=False) as clock:
        assert IRON not in jo.get(CASE).text
        with meanwhile(app, lambda: clock.move_to(turn + timedelta(seconds=1))) as done:
            assert IRON in jo.get(CASE).text, "it was decided anew"
        assert done
