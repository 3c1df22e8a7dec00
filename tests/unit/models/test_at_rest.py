"""Nothing anybody wrote lies readable in the database, beside it, or in the log."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from mdt.models import (
    Agency,
    Case,
    Meeting,
    Member,
    Point,
    Release,
    Task,
    Upload,
    User,
    Youth,
    begin_writing,
    db,
    new_id,
    now,
)  # fmt: skip
from mdt.models.sealing import index_of
from mdt.operations import items, reading
from mdt.operations.demo import agencies, known, people
from mdt.operations.importing import storing
from mdt.sharing import fields
from mdt.sharing.facts import Person as PersonFact
from tests.fixtures_app import Person

SONG = "canarycanary"
"""How every canary begins, so that one search finds them all."""


@dataclass
class Canaries:
    """A word that is nowhere else, for every place where somebody writes."""

    words: dict[str, str] = field(default_factory=dict)

    def __call__(self, place: str) -> str:
        return self.words.setdefault(place, f"{SONG}{secrets.token_hex(8)}")

    def found_in(self, name: str, data: bytes) -> set[str]:
        """Which of them lie in these bytes, as they are or in another dress."""
        if not any(shape in data for shape in SHAPES):
            return set()
        hits = {f"{place} in {name}" for place, word in self.words.items() if word.encode() in data}
        return hits or {f"something in {name}"}


def _shapes() -> Iterator[bytes]:
    """As it is, in capitals, in wide characters, in hexadecimal, in base64 wherever it begins."""
    raw = SONG.encode()
    yield from (raw, raw.upper(), raw.hex().encode(), raw.hex().upper().encode())
    yield from (SONG.encode("utf-16-le"), SONG.encode("utf-16-be"))
    for shift in range(3):
        yield base64.b64encode(b"\0" * shift + raw)[4 if shift else 0 : -4 if (shift + len(raw)) % 3 else None]


SHAPES = tuple(_shapes())


@pytest.fixture
def canary() -> Canaries:
    return Canaries()


@pytest.mark.parametrize("shift", range(4))
def test_a_word_is_found_in_every_dress(canary: Canaries, shift: int) -> None:
    word, pad = canary("x").encode(), b"-" * shift
    dresses = (word, word.hex().encode(), canary("x").encode("utf-16-le"), base64.b64encode(pad + word + b"-"))
    assert all(canary.found_in("here", pad + dress + pad) for dress in dresses)
    assert canary.found_in("here", b"nothing" * 1000) == set()


def test_nothing_written_lies_in_clear(
    app: Flask, signed_in: Callable[[str], Person], canary: Canaries, caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with app.app_context():
        _write_everywhere(canary)
    page = _go_about(app, signed_in, canary, monkeypatch)
    assert canary("PLAN.goals") in page and canary("ID.name_in_use") in page, "these are words people see"
    assert _everything(app, canary, caplog.text + "".join(capfd.readouterr())) == set()
    with app.app_context():
        db.session.get_one(Agency, agencies.id_of("county")).name = canary("a plain column")
        db.session.commit()
    found = _everything(app, canary, canary("ID.legal_name"))
    assert {hit.split(" in ")[0] for hit in found} == {"a plain column", "ID.legal_name"}, "what lies in clear is found"


def _write_everywhere(canary: Canaries) -> None:
    """A canary in every field of the catalog, and wherever else words are kept."""
    begin_writing()
    case = db.session.get_one(Case, known("case.wren"))
    for category, entry in fields.CATEGORIES.items():
        values = {one.name: canary(f"{category}.{one.name}") for one in entry.fields}
        items.file(
            case, source=agencies.id_of("county"), category=category, values=values, author=people.id_of("casey")
        )
    case.terms = replace(
        case.terms,
        people={
            **case.terms.people,
            canary("a person"): PersonFact(id=canary("a person"), relation="kin", rights=False),
        },
    )
    _somebody_new(canary)
    member = db.session.scalar(select(Member).where(Member.case_id == case.id, Member.user_id == people.id_of("delia")))
    assert member
    member.why, member.answer = canary("why"), canary("answer")
    task = db.session.get_one(Task, known("wren.task.nurse"))
    task.reason = canary("reason")
    meeting = Meeting(case=case, title=canary("meeting"), starts_at=now(), facilitator_id=people.id_of("casey"))
    meeting.agenda.append(Point(meeting=meeting, position=1, title=canary("point")))
    release = db.session.get_one(Release, known("wren.release.therapy"))
    release.form = {"about": canary("form")}
    db.session.add_all([meeting, _upload(canary)])
    db.session.commit()


def _somebody_new(canary: Canaries) -> None:
    login = f"{canary('login')}@cedar.example"
    db.session.add(
        User(
            agency_id=agencies.id_of("county"),
            role="CW",
            name=canary("name"),
            title=canary("title"),
            login=login,
            login_index=index_of("login", login),
        )
    )
    young = Youth(agency_id=agencies.id_of("county"), reference_index=index_of("youth", canary("reference")))
    young.reference = canary("reference")
    db.session.add(young)


def _upload(canary: Canaries) -> Upload:
    county = agencies.id_of("county")
    upload = Upload(
        agency_id=county,
        user_id=people.id_of("casey"),
        state="x",
        expires_at=now(),
        report=[canary("report")],
        mapping={canary("column"): "x"},
    )
    db.session.add(upload)
    db.session.flush()
    storing.keep(upload.id, county, 0, [canary("piece").encode()])
    return upload


def _go_about(app: Flask, signed_in: Callable[[str], Person], canary: Canaries, monkeypatch: pytest.MonkeyPatch) -> str:
    """Read, write, mistype, be refused, break something; what the case page said."""
    casey, path = signed_in("casey"), f"/cases/{known('case.wren')}"
    page = casey.get(path).text
    casey.get(f"{path}/update")
    assert casey.send(f"{path}/update", category="PLAN", note=canary("note"), key=new_id()).status_code == 303
    casey.send(f"{path}/update", category=canary("no category"), note=canary("refused note"), key=canary("key"))
    casey.get(f"/cases/?q={canary('search')}&after={canary('cursor')}")
    casey.get(f"/{canary('path')}")
    casey.send("/sign-in", login=canary("tried login"), password=canary("tried password"))
    casey.send(f"/tasks/{known('wren.task.station')}/decline", reason=canary("decline"))
    robin = signed_in("robin")
    robin.get("/admin")
    with app.app_context():
        new = db.session.scalars(
            select(User.id).where(User.login_index == index_of("login", f"{canary('login')}@cedar.example"))
        ).one()
    assert robin.send(f"/admin/people/{new}/suspend").status_code == 303, "its name is said in a message of the session"

    def break_on(*_asked: object, **_more: object) -> None:
        raise ValueError(canary("fault"))

    monkeypatch.setattr(reading, "read", break_on)
    assert casey.get(path).status_code == 500
    return page


def _everything(app: Flask, canary: Canaries, log: str) -> set[str]:
    """All canaries that lie in clear: in files, in rows, in the log."""
    folder = Path(app.instance_path)
    found = canary.found_in("the log", log.encode())
    for file in folder.rglob("*"):
        if file.is_file():
            found |= canary.found_in(file.name, file.read_bytes())
    with app.app_context(), db.engine.connect() as connection:
        for name, table in db.metadata.tables.items():
            for row in connection.execute(select(table)):
                found |= canary.found_in(
                    name, b"\0".join(one if isinstance(one, bytes) else str(one).encode() for one in row)
                )
    return found
