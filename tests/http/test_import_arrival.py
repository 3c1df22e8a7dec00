"""A file while it arrives: what is not ours, too much, too slow or broken off leaves nothing behind."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from sqlalchemy import select, text

from mdt.models import Entry, Upload, UploadChunk, db
from mdt.models.base import WRITES
from mdt.operations.importing import uploads
from tests.http.importing_ground import EDGE, END, HEAD, SMALL, count, part, post, read, send, wait, words, youth

AT = "/caseload"


class Line(io.RawIOBase):
    """A body made while it is read; `told` is called at each reading."""

    def __init__(self, blocks, told=lambda: None):
        self.blocks, self.told, self.rest = iter(blocks), told, b""

    def readinto(self, into):
        self.told()
        self.rest = self.rest or next(self.blocks, b"")
        some, self.rest = self.rest[: len(into)], self.rest[len(into) :]
        into[: len(some)] = some
        return len(some)


def stream(person, body, **environ):
    kind = f"multipart/form-data; boundary={EDGE}"
    return person.post(AT, environ_overrides={"wsgi.input": body, "CONTENT_TYPE": kind, **environ})


def flow(person, blocks, length, **kwargs):
    """Send a form of this length block by block."""
    return stream(person, Line(blocks, **kwargs), CONTENT_LENGTH=str(length))


def token(person):
    person.get(AT)
    return part("csrf_token", person.token.encode())


@pytest.fixture
def casey(signed_in):
    return signed_in("casey")


def nothing_is_left():
    return (count(Upload), count(UploadChunk)) == (0, 0)


@pytest.mark.parametrize(
    "form",
    [
        [part("caseload", SMALL.encode(), "a.csv")],
        [part("csrf_token", b"a guess"), part("caseload", SMALL.encode(), "a.csv")],
        [part("csrf_token", b""), part("caseload", SMALL.encode(), "a.csv")],
    ],
)
def test_a_form_that_is_not_ours_is_not_read(app, casey, form):
    assert post(casey, [*form, END]).status_code == 400
    with app.app_context():
        assert nothing_is_left() and count_of("caseload.received") == 0


def test_the_token_must_come_before_the_file(app, casey):
    first = token(casey)
    assert post(casey, [part("caseload", SMALL.encode(), "a.csv"), first, END]).status_code == 400
    with app.app_context():
        assert nothing_is_left()


def test_a_form_of_another_kind_is_not_read(casey):
    casey.get(AT)
    assert casey.send(AT, caseload="x").status_code == 400
    assert casey.post(AT, data=b"x", content_type="text/csv").status_code == 400


def test_the_kind_a_browser_gives_a_file_does_not_matter(app, casey):
    casey.get(AT)
    form = {"csrf_token": casey.token, "caseload": (io.BytesIO(SMALL.encode()), "photo.png", "image/png")}
    answer = casey.post(AT, data=form, content_type="multipart/form-data")
    assert answer.status_code == 303
    wait(app, answer.location)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (HEAD.encode("utf-16-le"), "Save it as CSV UTF-8"),
        (b"PK\x03\x04", "This is a workbook"),
        (b"youth_id,date_of_birth\nA-1,2010-01-01\n", "legal_name and case_opened are missing"),
    ],
)
def test_what_begins_as_no_caseload_is_refused_at_once(app, casey, content, said):
    answer = send(casey, content)
    assert answer.status_code == 422 and said in words(answer)
    with app.app_context():
        assert nothing_is_left()


def test_no_file_and_a_wrong_mapping_are_said(app, casey):
    answer = post(casey, [token(casey), part("mapping", b"", ""), part("caseload", b"", ""), END])
    assert answer.status_code == 422 and "Choose a file first." in words(answer)
    answer = send(casey, SMALL, mapping="nonsense,Nr\n")
    assert answer.status_code == 422 and "“nonsense” is not a column of ours" in words(answer)
    answer = send(casey, SMALL, mapping="x" * 70_000)
    assert answer.status_code == 422 and "too large" in words(answer)
    with app.app_context():
        assert nothing_is_left()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (b"youth,A-2,Jos\xe9,,2010-06-14,2026-09-03,,,,,,,\n", "Row 3, column legal_name: Some letters are not"),
        (b'youth,A-2,"Jose,,2010-06-14,2026-09-03,,,,,,,\n', "Row 3: A quote is opened here and not closed"),
        (b"x" * 1_100_000, "goes on for more than 1,000,000 characters"),
    ],
)
def test_what_turns_out_to_be_broken_is_forgotten_but_for_the_reason(app, casey, row, said):
    path = read(app, casey, (HEAD + youth("A-1")).encode() + row)
    page = words(casey.get(path))
    assert said in page and "Nothing of it was kept." in page
    with app.app_context():
        assert count(UploadChunk) == 0 and count_of("caseload.refused") == 1


def test_a_file_that_is_too_large_is_refused_before_a_byte_of_it(app, casey):
    asked = []
    first = token(casey)
    answer = flow(casey, [first], length=uploads.LARGEST * 2, told=lambda: asked.append(1))
    assert answer.status_code == 413 and "larger than 200 MB" in words(answer) and asked == []


def test_a_file_that_turns_out_too_large_is_stopped(app, casey, monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST", 3_000_000)
    answer = send(casey, HEAD + youth("A-1") * 60_000)
    assert answer.status_code == 413 and "too large" not in words(answer).lower().replace("larger", "")
    with app.app_context():
        assert nothing_is_left()


def test_a_stream_that_does_not_end_in_time_is_stopped(app, casey, monkeypatch):
    monkeypatch.setattr(uploads, "LONGEST", 0.0)
    answer = send(casey, HEAD + youth("A-1") * 60_000)
    assert answer.status_code == 422 and "did not arrive within" in words(answer)
    with app.app_context():
        assert nothing_is_left()


def test_a_stream_that_breaks_off_leaves_nothing(app, casey):
    first, rows = token(casey), (HEAD + youth("A-1") * 60_000).encode()
    answer = flow(casey, [first, part("caseload", rows, "a.csv")[:-2]], length=10_000_000)
    assert answer.status_code == 422 and "did not arrive whole" in words(answer)
    with app.app_context():
        assert nothing_is_left()


def test_a_stream_without_a_length_is_not_waited_for(app, casey):
    casey.get(AT)
    endless = Line(iter(lambda: b"x" * 1000, b""))
    answer = stream(casey, endless, CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")
    assert answer.status_code == 422 and "did not arrive whole" in words(answer)


def test_a_large_file_arrives_in_bounded_memory_and_holds_nobody_up(app, casey):
    """While it comes in, somebody else can write: the request's own lock is given back first."""
    first = token(casey)
    block = (youth("A-1", name="x" * 3000) * 20).encode()
    blocks = [first, part("caseload", b"", "a.csv")[:-2] + HEAD.encode(), *[block] * 400, b"\r\n" + END]
    tries = []

    def somebody_writes():
        if len(tries) < 3:
            tries.append(1)
            with app.app_context(), db.engine.connect().execution_options(**{WRITES: True}) as line, line.begin():
                if line.dialect.name == "sqlite":
                    line.execute(text("PRAGMA busy_timeout=200"))
                line.execute(text("UPDATE users SET pulse = pulse + 1"))

    tracemalloc.start()
    answer = flow(casey, blocks, length=sum(map(len, blocks)), told=somebody_writes)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status_code == 303 and len(tries) == 3
    assert sum(map(len, blocks)) > 20_000_000 and peak < 12_000_000
    wait(app, answer.location)


def test_a_second_file_waits_until_the_first_is_read(app, casey, monkeypatch):
    monkeypatch.setattr(uploads.working, "begin", lambda _upload_id: None)
    assert send(casey, SMALL).status_code == 303
    answer = send(casey, SMALL)
    assert answer.status_code == 409 and "Your last file is still being worked on." in words(answer)
    with app.app_context():
        assert count(Upload) == 1


def test_a_new_file_takes_the_place_of_one_that_waits(app, casey):
    first = read(app, casey, SMALL)
    read(app, casey, SMALL)
    assert casey.get(first).status_code == 404
    with app.app_context():
        assert count(Upload) == 1


def count_of(event):
    return len(list(db.session.scalars(select(Entry.seq).where(Entry.event == event))))
