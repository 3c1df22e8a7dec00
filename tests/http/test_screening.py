"""Screening over HTTP: noticed, asked, stopped, decided and reported; and what the other partners get at every step."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import select

from mdt.models import Case, Deadline, Identification, Letter, Screening, begin_writing, db, now
from mdt.operations import items, rounds
from mdt.operations.demo import agencies, known
from mdt.operations.screening import instruments, opening
from mdt.operations.screening.instrument import Kind
from mdt.sharing.vocabulary import Category
from tests.fixtures_app import today
from tests.http.importing_ground import HEAD, bring_in, placement, youth

SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
CASE = known("case.wren")
HERE = f"/cases/{CASE}/screenings"
FOUND = f"/cases/{CASE}/identifications"
DESK = "/lead"
SAID = "Zebrafish keys in her coat"
PUBLISHED = Path(__file__).parent.parent / "unit/screening/published"


@pytest.fixture
def mail(app):
    """Letters are written, and none is sent: they wait in the database."""
    old = app.extensions["mdt.settings"]
    values = {name: getattr(old, name) for name in old.__dataclass_fields__}
    mail = {"mail": "smtp://127.0.0.1:9", "mail_from": "mdt@cedar.example"}
    app.extensions["mdt.settings"] = type(old)(**values | mail)


def page(person, path, code=200):
    got = person.get(path)
    assert got.status_code == code, (path, got.status_code)
    return got.get_data(as_text=True)


def rows(app, table=Screening):
    with app.app_context():
        found = db.session.scalars(select(table).where(table.case_id == CASE)).all()
        db.session.expunge_all()
        return found


def kept_of(app):
    """How the one screening stands, and what is kept of it."""
    with app.app_context():
        row = db.session.scalars(select(Screening).where(Screening.case_id == CASE)).one()
        return row.state, row.version, row.working


def happens(app, event, at=None):
    with app.app_context():
        begin_writing()
        opening.opened_by(db.session.get_one(Case, CASE), event, at or now())
        db.session.commit()


def answers(name, counts=0, **chosen):
    """A form that answers every choice of an instrument that comes with mdt: by link the number of the choice, else
    the first that counts as much."""
    found = {}
    for one in instruments.shipped()[name].instrument:
        if one.kind is Kind.CHOICE:
            usual = next((n for n, option in enumerate(one.options) if (option.counts or 0) == counts), 0)
            found[f"a-{one.number}"] = str(chosen.get(one.link.replace("-", "_"), usual))
    return found


def fill(person, path, form):
    """Answer page after page until the end; the last address."""
    for _ in range(9):
        version = re.search(r'name="version" value="(\d+)"', page(person, path)).group(1)
        got = person.send(path, version=version, **form)
        assert got.status_code == 303, got.get_data(as_text=True)
        path = got.headers["Location"]
        if path.endswith("/end"):
            return path
    raise AssertionError(path)


@SQLITE
def test_a_first_look_opens_by_itself_and_its_answers_are_read_by_none_but_those_who_may(app, signed_in):
    happens(app, "investigation")
    happens(app, "investigation")  # the same again opens no second one
    (row,) = rows(app)
    assert (row.state, row.asks, row.due_at - row.opened_at) == ("due", "first-look", timedelta(hours=72))
    casey, imani, marcus, ruth, jo = map(signed_in, ("casey", "imani", "marcus", "ruth", "jo"))
    due = r"Screening: an investigation\.(?:(?!<li).)*For Wren\."
    assert re.search(due, page(casey, DESK), re.DOTALL), "the desk says whose it is"
    path = f"{HERE}/{row.id}"
    for other in (imani, marcus, jo):
        assert row.id not in page(other, HERE)
        page(other, path, 404)
        assert other.send(path, version="1").status_code == 404
    shown = page(casey, path)
    assert "One of these alone says nothing" in shown and "How to be with a young person" in shown
    end = fill(casey, path, answers("first-look", counts=0, possessions=0) | {f"a-{10}": SAID})
    review = page(casey, end)
    assert "Look closer" in review and "not a finding" in review and "Marcus Bell" in review
    assert casey.send(end, key=str(uuid4())).status_code == 303
    done, second = sorted(rows(app), key=lambda one: one.opened_at)
    assert (done.state, second.state, second.event, second.after_id) == ("done", "due", "second_tier", done.id)
    assert SAID in page(casey, path) and SAID in page(casey, f"/cases/{CASE}")
    reads = {}
    for name in ("imani", "ruth", "jo", "marcus", "marisol", "tomas"):
        seen = page(signed_in(name), f"/cases/{CASE}")
        assert (SAID in seen) is ("Asked by Dee" in seen) is ("Look closer" in seen), name
        reads[name] = SAID in seen
    assert reads == {"imani": False, "ruth": False, "jo": True, "marcus": True, "marisol": False, "tomas": True}
    exported = json.loads(casey.get(f"{path}/fhir").get_data())
    assert exported["resourceType"] == "QuestionnaireResponse" and SAID in json.dumps(exported)
    assert imani.get(f"{path}/fhir").status_code == 404


@SQLITE
def test_a_talk_stops_where_something_is_told_and_an_identification_is_a_persons_own(app, signed_in, mail):
    casey, marcus, imani, jo = map(signed_in, ("casey", "marcus", "imani", "jo"))
    page(casey, HERE)
    path = casey.send(HERE, instrument="closer-look").headers["Location"]
    form = answers("closer-look", counts=0) | {"n-9": "declined"}
    form.pop("a-9", None)
    told = {f"a-{number_of('closer-look', link)}": "0" for link in ("works", "traded")}
    end = fill(casey, path, form | told)
    told = page(casey, end)
    assert "Stop asking here" in told and "forensic interviewer" in told
    assert casey.send(end, key=str(uuid4())).status_code == 303
    (row,) = rows(app)
    assert row.state == "stopped"

    page(marcus, f"{FOUND}/new", 404)
    asked = page(casey, f"{FOUND}/new")
    assert "A person decides this" in asked and "24 hours" in asked
    assert casey.send(f"{FOUND}/new", key=str(uuid4()), kind="sex", why="").status_code == 422
    key = str(uuid4())
    sent = {"key": key, "kind": "sex", "why": "What she told Dee.", "text": "Nobody collects her but Marisol."}
    got = casey.send(f"{FOUND}/new", **sent)
    assert got.status_code == 303 and casey.send(f"{FOUND}/new", **sent).status_code == 303
    (found,) = rows(app, Identification)
    assert (found.due_at - found.at, found.reported_at) == (timedelta(hours=24), None)
    place = f"{FOUND}/{key}"
    for other in (marcus, imani, jo):
        page(other, place, 404)
        page(other, f"{place}/report", 404)
    with app.app_context():
        begin_writing()
        case = db.session.get_one(Case, CASE)
        for source in ("opendoor", "newpath"):
            values = {"status": "confirmed", "kind": "sex", "safety_needs": f"canary of {source}"}
            items.file(case, source=agencies.id_of(source), category=Category.TRAFFICKING, values=values)
        db.session.commit()
    report = page(casey, f"{place}/report")
    assert "canary" not in report
    on = f"{today():%B} {today().day}, {today().year}"
    assert len(re.findall(rf"{on}, \d+:\d\d [ap]m E[SD]T", report)) == 2 and "today" not in report
    assert "Nobody collects her but Marisol." in report and "confirmed" in report
    for canary in ("She stopped twice", "Calls himself Ty", "Asked by Dee", "What she told Dee", "Sertraline"):
        assert canary not in report
    assert "What she told Dee" not in page(marcus, f"/cases/{CASE}")

    with app.app_context(), time_machine.travel(found.at + timedelta(hours=12, minutes=1), tick=False):
        rounds.make(now())
        letters = db.session.scalars(select(Letter).where(Letter.kind == "screening")).all()
        assert letters and all("Wren" not in one.words.text + one.words.subject for one in letters)
        once = len(letters)
        rounds.make(now())
        assert len(db.session.scalars(select(Letter).where(Letter.kind == "screening")).all()) == once
    late = (found.at + timedelta(hours=25)).astimezone(ZoneInfo("America/New_York"))
    when = {"on": f"{late:%Y-%m-%d}", "at": "23:59", "whom": "other", "reference": "AP-1"}
    with time_machine.travel(late + timedelta(days=2), tick=True):
        casey = signed_in("casey")
        assert "It is late" in page(casey, place)
        no = casey.send(place, **when | {"on": f"{late + timedelta(days=1):%Y-%m-%d}"})
        assert no.status_code == 422 and "It was late" in no.get_data(as_text=True)
        late_on = {"on": f"{late + timedelta(days=1):%Y-%m-%d}", "reason": "The line was busy."}
        done = casey.send(place, **when | late_on)
        assert done.status_code == 303
        shown = page(casey, place)
        assert "Late:" in shown and "The line was busy." in shown and "AP-1" in shown
    with app.app_context():
        assert db.session.scalar(select(Deadline.next_at).where(Deadline.subject_id == key)) is None


def number_of(name, link):
    return instruments.shipped()[name].instrument.by_link[link].number


@SQLITE
def test_what_a_page_asks_follows_its_answers_and_what_is_not_asked_is_not_kept(app, signed_in):
    casey, imani = map(signed_in, ("casey", "imani"))
    page(casey, HERE)
    path = casey.send(HERE, instrument="closer-look").headers["Location"]
    safe, gifts, wanted = (number_of("closer-look", link) for link in ("safe", "gifts", "gifts-what"))
    opened = page(casey, path)
    asked = re.findall(r'name="asked" value="([\d.]+)"', opened)
    version = re.search(r'name="version" value="(\d+)"', opened)[1]
    assert str(gifts) in asked and "What did they want?" not in opened
    yes, words = {f"a-{gifts}": "0", f"a-{safe}": "0"}, {f"w-{wanted}": SAID}
    shown = casey.send(f"{path}/asked", asked=asked, **yes).get_data(as_text=True)
    assert "What did they want?" in shown and f'name="asked" value="{wanted}"' in shown and "<main" not in shown
    told = casey.send(f"{path}/asked", asked=asked, **yes, **{f"a-{number_of('closer-look', 'traded')}": "0"})
    assert "Stop asking here" not in told.get_data(as_text=True), "what stands on another page is not of this one"
    page(imani, HERE)
    assert imani.send(f"{path}/asked", asked=asked, **yes).status_code == 404
    assert kept_of(app) == ("due", int(version), None), "to ask keeps nothing"

    both = {**yes, **words, "leave": "y", "asked": [*asked, str(wanted)]}
    assert casey.send(path, version=version, **both).status_code == 303
    assert SAID in page(casey, path) and str(wanted) in kept_of(app)[2]["given"]
    both |= {f"a-{gifts}": "1", "version": str(int(version) + 1)}
    assert casey.send(path, **both).status_code == 303
    kept = kept_of(app)[2]
    assert str(wanted) not in kept["given"] and kept["given"][str(gifts)] and SAID not in page(casey, path)


@SQLITE
def test_an_agency_loads_instruments_and_a_broken_one_is_refused_with_the_place(app, signed_in):
    casey, dee, marcus = map(signed_in, ("casey", "dee", "marcus"))
    place = "/screening/instruments"

    def load(person, file):
        data = {"csrf_token": person.token, "instrument": (BytesIO(file), "x.json")}
        return person.post(place, data=data)

    gcs = (PUBLISHED / "Questionnaire-gcs.json").read_bytes()
    assert "Load it" in page(casey, place) and "Load it" not in page(dee, place)
    assert load(dee, gcs).status_code == 404
    got = load(casey, gcs)
    assert got.status_code == 303
    assert "Glasgow Coma Score" in page(dee, got.headers["Location"])
    page(marcus, got.headers["Location"], 404)
    for file, said in (
        (gcs.replace(b'"choice"', b'"zork"', 1), "Questionnaire.item[0]"),
        (gcs[:-20], "line "),
        ((PUBLISHED / "broken-qs1.json").read_bytes(), "Questionnaire.item[0].item[0].linkId"),
    ):
        no = load(casey, file)
        assert no.status_code == 422 and said in no.get_data(as_text=True), said
    # a second version is another; what was begun with the first stays with it
    path = dee.send(HERE, instrument="gcs").headers["Location"]
    version = re.search(r'name="version" value="(\d+)"', page(dee, path)).group(1)
    assert dee.send(path, version=version, leave="y", **{"a-0": "1"}).status_code == 303
    casey.send(path, version=version, leave="y", **{"a-0": "2"})
    assert "Somebody kept other answers" in page(casey, HERE)
    assert rows(app)[0].version == 2
    assert load(casey, gcs.replace(b"Glasgow Coma Score", b"Another Score")).status_code == 303
    assert "Glasgow Coma Score" in page(dee, path)
    (row,) = rows(app)
    with app.app_context():
        assert instruments.pinned(row.instrument_id).number == 1
    # answers from elsewhere: what they count is not the instrument's, and that is said
    response = (PUBLISHED / "QuestionnaireResponse-gcs.json").read_bytes()
    data = {"csrf_token": dee.token, "instrument": (BytesIO(response), "r.json")}
    got = dee.post(f"{path}/arrived", data=data)
    assert got.status_code == 303
    assert "it came counted as 4" in page(dee, got.headers["Location"])
    casey.get(place)
    assert casey.send(f"{place}/{row.instrument_id}/retire").status_code == 303


@SQLITE
def test_what_is_noticed_is_dated_says_who_and_has_no_score(app, signed_in):
    dee, imani, young = map(signed_in, ("dee", "imani", "wren"))
    shown = page(dee, f"{HERE}/noticed")
    assert "hotel keys" in shown and "History of running away" in shown
    form = {"key": str(uuid4()), "on": "2026-01-02", "who": "Dee Moreno", "text": SAID}
    form["signs"] = "indicators.possessions"
    assert dee.send(f"{HERE}/noticed", **form).status_code == 303
    assert dee.send(f"{HERE}/noticed", **form).status_code == 303
    (row,) = rows(app)
    assert (row.event, row.state, row.instrument_id) == ("noticed", "done", None)
    mine = page(dee, f"{HERE}/{row.id}")
    assert SAID in mine and "2026-01-02" in mine and "No score" in mine and "hotel keys" in mine
    assert SAID not in page(imani, f"/cases/{CASE}")
    page(young, HERE, 404)
    page(young, f"{HERE}/noticed", 404)


@SQLITE
def test_a_caseload_opens_the_first_look_for_what_happened_these_days_and_for_nothing_older(app, signed_in):
    casey = signed_in("casey")
    opened, old = today().isoformat(), "2026-01-05"
    file = HEAD + youth("N-1", opened=opened) + placement("N-1", "P-1", start=opened)
    file += youth("N-2", name="Old Case", opened=old) + placement("N-2", "P-2", start=old)
    bring_in(app, casey, file)
    with app.app_context():
        found = db.session.scalars(select(Screening).where(Screening.event == "entering_care")).all()
        assert [one.state for one in found] == ["due"]
