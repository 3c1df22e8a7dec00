"""A password is hashed while nobody waits for it, and judged so that many tries at once are worth no more than five."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Barrier, Event, Thread

import pytest
from flask import Flask

from mdt.models import User, begin_writing, db, now
from mdt.models.sealing import index_of
from mdt.operations import accounts
from mdt.operations.accounts import TRIES
from mdt.operations.demo import people

LOGIN, RIGHT, WRONG = "casey.proves@cedar.example", "the right words", "other words"


@pytest.fixture
def casey(app: Flask) -> str:
    """Somebody with a password, at the door."""
    with app.app_context():
        begin_writing()
        user = db.session.get_one(User, people.id_of("casey"))
        user.login, user.login_index = LOGIN, index_of("login", LOGIN)
        user.password_hash = accounts.hashed(RIGHT)
        db.session.commit()
    return people.id_of("casey")


def at_the_door(password: str) -> bool:
    return accounts.prove(LOGIN, password, "") is not None


def once_more(password: str) -> bool:
    return accounts.is_password_of(people.id_of("casey"), password)


DOORS = pytest.mark.parametrize("door", [at_the_door, once_more])


def tried(app: Flask, door: Callable[[str], bool], password: str) -> bool:
    with app.app_context():
        begin_writing()  # as every POST does
        found = door(password)
        db.session.commit()
        return found


@DOORS
def test_five_tries_and_then_not_even_the_right_one(app: Flask, casey: str, door: Callable[[str], bool]) -> None:
    assert tried(app, door, RIGHT)
    for _ in range(TRIES - 1):
        assert not tried(app, door, WRONG)
    assert tried(app, door, RIGHT)
    assert not tried(app, door, WRONG) and not tried(app, door, RIGHT)


@DOORS
def test_many_at_once_are_worth_no_more_than_five(
    app: Flask, casey: str, door: Callable[[str], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven have hashed before any is judged; the right one is judged last, when five have failed."""
    verified, hashed, said = accounts._verified, Barrier(TRIES + 2), dict[int, bool]()

    def together(stored: str, password: str) -> bool:
        good = verified(stored, password)
        hashed.wait(20)
        if good:
            time.sleep(1)
        return good

    def work(number: int) -> None:
        said[number] = tried(app, door, WRONG if number else RIGHT)

    with monkeypatch.context() as patch:
        patch.setattr(accounts, "_verified", together)
        threads = [Thread(target=work, args=(number,)) for number in range(TRIES + 2)]
        for one in threads:
            one.start()
        for one in threads:
            one.join(30)
    assert said == dict.fromkeys(range(TRIES + 2), False)


@DOORS
def test_nobody_who_writes_waits_while_a_password_is_hashed(
    app: Flask, casey: str, door: Callable[[str], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    verified, hashing, wrote = accounts._verified, Event(), Event()

    def slowly(stored: str, password: str) -> bool:
        hashing.set()
        assert wrote.wait(10), "whoever writes waits until it is hashed"
        return verified(stored, password)

    monkeypatch.setattr(accounts, "_verified", slowly)
    proving = Thread(target=lambda: tried(app, door, RIGHT))
    proving.start()
    assert hashing.wait(10)
    with app.app_context():
        begin_writing()
        db.session.get_one(User, casey).acknowledged_at = now()
        db.session.commit()
    wrote.set()
    proving.join(10)


@DOORS
def test_a_password_that_was_changed_meanwhile_is_none(
    app: Flask, casey: str, door: Callable[[str], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    verified = accounts._verified

    def changes(stored: str, password: str) -> bool:
        monkeypatch.setattr(accounts, "_verified", verified)
        db.session.get_one(User, casey).password_hash = accounts.hashed("new words")
        db.session.commit()
        return verified(stored, password)

    monkeypatch.setattr(accounts, "_verified", changes)
    assert not tried(app, door, RIGHT) and tried(app, door, "new words")


def test_who_is_suspended_and_who_is_nobody_are_answered_alike(app: Flask, casey: str) -> None:
    with app.app_context():
        begin_writing()
        db.session.get_one(User, casey).active = False
        db.session.commit()
    assert not tried(app, at_the_door, RIGHT)
    assert not tried(app, lambda words: accounts.prove("nobody@cedar.example", words, "") is not None, RIGHT)
