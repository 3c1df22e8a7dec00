"""The rounds: every mark of a deadline is passed once, every letter goes out once, whoever makes them."""

from __future__ import annotations

import email
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import func, select

from mdt.models import Case, Deadline, Entry, Letter, User, Words, begin_writing, db, new_id, now
from mdt.operations import deadlines, letters, rounds
from mdt.operations.demo import known, people

START = datetime(2026, 11, 1, 0, 30, tzinfo=UTC)
"""A night on which the clocks of Cedar County go back: deadlines are elapsed time."""
HEARD: list[tuple[str, int]] = []


@pytest.fixture
def heard() -> Iterator[list[tuple[str, int]]]:
    HEARD.clear()
    deadlines.kind("a promise", lambda row, percent: HEARD.append((row.subject_id, percent)))
    yield HEARD
    deadlines._kinds.pop("a promise")


def begun(hours=24, **more):
    begin_writing()
    case = db.session.get_one(Case, known("case.wren"))
    row = deadlines.begin(
        case, "a promise", new_id(), started_at=START, due_at=START + timedelta(hours=hours), **more
    )
    db.session.commit()
    return row.subject_id


def test_each_mark_speaks_at_its_time_and_once(app, heard):
    with app.app_context():
        subject = begun()
        spoke = []
        for hour in range(30):
            rounds.make(START + timedelta(hours=hour))
            spoke.append((hour, [percent for _, percent in heard]))
        assert [next(hour for hour, found in spoke if mark in found) for mark in (50, 75, 90, 100)] == [12, 18, 22, 24]
        assert heard == [(subject, 50), (subject, 75), (subject, 90), (subject, 100)]
        assert db.session.scalar(select(func.count()).where(Entry.event == "deadline.passed")) == 4


def test_after_an_outage_the_latest_mark_speaks(app, heard):
    with app.app_context():
        subject = begun()
        rounds.make(START + timedelta(hours=23))
        rounds.make(START + timedelta(days=9))
        assert heard == [(subject, 90), (subject, 100)]


def test_what_has_happened_is_heard_of_no_more(app, heard):
    with app.app_context():
        subject = begun()
        begin_writing()
        deadlines.end("a promise", subject)
        db.session.commit()
        rounds.make(START + timedelta(days=9))
        assert heard == []


def test_of_many_who_make_rounds_at_once_one_passes_a_mark(app, heard):
    with app.app_context():
        subjects = {begun() for _ in range(5)}
        db.session.remove()
    barrier = threading.Barrier(6)

    def make():
        barrier.wait()
        with app.app_context():
            rounds.make(START + timedelta(hours=13))
            db.session.remove()

    threads = [threading.Thread(target=make) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with app.app_context():
        rounds.make(START + timedelta(hours=14, minutes=2))
    assert sorted(heard) == sorted((one, 50) for one in subjects)


def test_one_that_breaks_holds_up_no_other(app, heard):
    def breaks(row, percent):
        raise RuntimeError("no")

    deadlines.kind("a broken promise", breaks)
    with app.app_context():
        begin_writing()
        case = db.session.get_one(Case, known("case.wren"))
        deadlines.begin(case, "a broken promise", new_id(), started_at=START, due_at=START + timedelta(hours=1))
        db.session.commit()
        subject = begun()
        rounds.make(START + timedelta(hours=12))
        assert heard == [(subject, 50)]
        broken = db.session.scalars(select(Deadline).where(Deadline.kind == "a broken promise")).one()
        assert broken.next_at == START + timedelta(hours=12) + deadlines.REST and broken.percent == 0
    deadlines._kinds.pop("a broken promise")


class Box:
    """A mail server of our own, that keeps what comes."""

    def __init__(self):
        self.got, self.refuses = [], False

    async def handle_DATA(self, _server, _session, envelope):
        if self.refuses:
            return "451 not now"
        self.got.append(email.message_from_bytes(envelope.content))
        return "250 kept"


@pytest.fixture
def box(app) -> Iterator[Box]:
    """A mail server; what is due in the county at the hour of the test was done before there was one."""
    with app.app_context():
        rounds.make(now())
    kept = Box()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    old = app.extensions["mdt.settings"]
    values = {name: getattr(old, name) for name in old.__dataclass_fields__}
    mail = {"mail": f"smtp://127.0.0.1:{port}", "mail_from": "mdt@cedar.example"}
    app.extensions["mdt.settings"] = type(old)(**values | mail)
    yield kept
    controller.stop()


def written(app, words):
    begin_writing()
    db.session.get_one(User, people.id_of("ruth")).login = "ruth@mercy.example"
    letters.write(people.id_of("ruth"), "a word", words)
    db.session.commit()


def test_a_letter_goes_out_once_and_is_sealed_while_it_waits(app, box):
    with app.app_context():
        written(app, Words(subject="Something needs you in mdt", text="Sign in to read it."))
        row = db.session.scalars(select(Letter)).one()
        assert b"Sign in" not in row.words_
        number = row.id
        assert rounds.make(now()) == 1 and letters.send_waiting(now() + timedelta(days=1)) == 0
    (got,) = box.got
    assert got["To"] == "ruth@mercy.example" and got["Subject"] == "Something needs you in mdt"
    assert got["Auto-Submitted"] == "auto-generated" and number in got["Message-ID"]


def test_a_letter_that_is_refused_is_tried_again(app, box):
    with app.app_context():
        written(app, Words(subject="A word", text="Sign in."))
        box.refuses, at = True, now()
        assert letters.send_waiting(at) == 0 and letters.send_waiting(at + timedelta(seconds=30)) == 0
        box.refuses = False
        assert letters.send_waiting(at + timedelta(minutes=5)) == 1
    assert len(box.got) == 1


def test_nobody_is_written_to_without_a_mail_server(app):
    with app.app_context():
        written(app, Words(subject="A word", text="Sign in."))
        assert db.session.scalar(select(func.count(Letter.id))) == 0
