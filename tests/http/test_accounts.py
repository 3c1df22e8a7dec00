"""From an empty database to a lead who has convened a table; and links that let somebody in once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from mdt import create_app
from mdt.models import Case, Deadline, Entry, Task, User, begin_writing, db, now
from mdt.models.sealing import index_of
from mdt.models.tasks import OPEN
from mdt.operations import accounts, entrances, facts, ledger, staff
from mdt.operations.demo import agencies as offices
from mdt.operations.demo import known, people
from mdt.settings import Settings, write_masters
from mdt.sharing.look import organisation
from mdt.vault.keys import new_masters
from tests.fixtures_app import Person, close, quick, today
from tests.http.importing_ground import HEAD, bring_in, youth

SignIn_ = Callable[[str], Person]
WREN = known("case.wren")
CASE, CASE_HEAD = f"/cases/{WREN}", "Wren 15, case open since"
ON_SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
WORDS = "seven quiet herons at dusk"
LINK = re.compile(r"http\S+/welcome/([\w-]+)")


def page(response: TestResponse) -> str:
    main = response.get_data(as_text=True).partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def sent(person: Person, path: str, **form: object) -> TestResponse:
    """Post a form with the token of its own page."""
    person.get(path)
    return person.send(path, **form)


def token_of(said: str | TestResponse) -> str:
    found = LINK.search(said if isinstance(said, str) else said.get_data(as_text=True))
    assert found, said
    return found[1]


def come_in(app: Flask, token: str, login: str) -> Person:
    """Choose a password by a link, and sign in by the usual door."""
    person = app.test_client()
    assert isinstance(person, Person)
    assert sent(person, f"/welcome/{token}", password=WORDS, again=WORDS).status_code == 303
    assert sent(person, "/sign-in?password=", login=login, password=WORDS).status_code == 303
    return person


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Flask]:
    """An installation as it is on its first day: keys, an empty database, and no demo."""
    write_masters(tmp_path / "master.key", new_masters())
    settings = {"MDT_INSTANCE": str(tmp_path), "MDT_ENV": "development", "MDT_ORIGIN": "http://localhost"}
    made = quick(create_app(Settings.read(settings)))
    yield made
    close(made)


ELM = "America/Chicago"
"""Where a new agency is: for an hour each night it is another day there than in Cedar County."""


def agency(**said: object) -> dict[str, object]:
    """The form of an agency, filled in."""
    return {"timezone": ELM, "profile": "us-baseline", "vsp": "", "role": "CW"} | said


def test_a_county_starts_from_an_empty_database(bare: Flask) -> None:
    run = bare.test_cli_runner().invoke
    assert "flask db upgrade" in run(args=["accounts", "administrator", "ada@cedar.example", "Ada Moss"]).output
    assert run(args=["db", "upgrade"]).exit_code == 0
    lost = run(args=["accounts", "administrator", "ada@cedar.example", "Ada Moss"])
    again = run(args=["accounts", "administrator", "ada@cedar.example", "Ada Moss"])
    assert lost.exit_code == again.exit_code == 0 and "http://localhost/welcome/" in again.output
    assert bare.test_client().get(f"/welcome/{token_of(lost.output)}").status_code == 404, "the newer link ended it"
    ada = come_in(bare, token_of(again.output), "ada@cedar.example")
    assert "Nobody is here yet" in page(ada.get("/admin"))

    until = today() + timedelta(days=300)
    added = sent(ada, "/admin/agencies/new", **agency(name="Elm County", statutory_member="y", mou_until=str(until)))
    assert added.status_code == 303
    elm = added.location
    refused = sent(ada, "/admin/agencies/new", **agency(name="elm county", role="LE", part2="y"))
    assert refused.status_code == 422 and "There is an agency called elm county already" in page(refused)
    assert 'value="elm county"' in refused.text, "nothing typed is lost"
    assert re.search(r'checked[^>]* name="part2"', refused.text)
    clinic = sent(ada, "/admin/agencies/new", **agency(name="Elm Clinic", role="HC", mou_until=str(until))).location

    lead = sent(ada, elm, name="Lou Marsh", login="lou@elm.example", title="caseworker", role="CW", supervisor_id="")
    assert lead.status_code == 200 and lead.headers["Cache-Control"] == "no-store"
    nurse = sent(ada, clinic, name="Nia Cole", login="nia@elm.example", title="nurse", role="HC", medical="y",
                 supervisor_id="")  # fmt: skip
    taken = sent(ada, clinic, name="Other", login="LOU@elm.example", title="", role="HC", supervisor_id="")
    assert taken.status_code == 422 and staff.TAKEN in page(taken) and 'value="Other"' in taken.text
    odd = sent(ada, clinic, name="Other", login="other", title="", role="LE", supervisor_id="")
    assert odd.status_code == 422 and "Choose from what is on the page." in page(odd)

    lou, nia = come_in(bare, token_of(lead), "lou@elm.example"), come_in(bare, token_of(nurse), "nia@elm.example")
    assert "has a link" not in page(ada.get("/admin")).lower()
    bring_in(bare, lou, HEAD + youth("E-1", opened=str(now().astimezone(ZoneInfo(ELM)).date())))
    with bare.app_context():
        case = db.session.scalars(select(Case)).one()
        case_id, nia_id = (
            case.id,
            db.session.scalar(select(User.id).where(User.login_index == index_of("login", "nia@elm.example"))),
        )
    assert "Nia Cole" in page(lou.get(f"/lead/cases/{case_id}/convene"))
    asked = sent(lou, f"/lead/cases/{case_id}/convene", who=[nia_id], why="We plan for the winter.", purpose="")
    assert asked.status_code == 303
    assert "We plan for the winter." in page(nia.get("/", follow_redirects=True))
    for path in ("/cases/", f"/cases/{case_id}", "/admin"):
        assert "Ashby" not in ada.get(path).text, "administrators read no case"
    with bare.app_context():
        events = list(db.session.scalars(select(Entry.event).order_by(Entry.id)))
        said = [str(vars(one)) for one in db.session.scalars(select(Entry))]
    assert {"account.administrator_made", "account.entrance_made", "agency.founded", "account.made",
            "account.password_chosen"} <= set(events)  # fmt: skip
    assert not any(token_of(lead) in one for one in said)


@ON_SQLITE
def test_a_link_that_is_unknown_used_replaced_or_over_answers_alike(app: Flask, signed_in: SignIn_) -> None:
    robin, harriet = signed_in("robin"), signed_in("harriet")
    door = f"/admin/people/{people.id_of('harriet')}/link"
    replaced = token_of(sent(robin, door))
    assert harriet.get("/").location.endswith("/sign-in"), "a new link signs out everywhere"
    token = token_of(sent(robin, door))
    reader = app.test_client()
    for wrong, words in (
        ("short", "Make it 12 characters or longer."), ("Harriet@cedar.example", "too close to your sign-in name"),
        ("P4ssw0rd!!1234", "Many people try that one first."), ("mdt mdt mdt mdt", "Many people try that one first."),
        ("x" * 1001, "Make it 1000 characters or shorter."),
    ):  # fmt: skip
        answer = sent(reader, f"/welcome/{token}", password=wrong, again=wrong)
        assert answer.status_code == 422 and words in page(answer) and wrong not in answer.text
    assert "The two are not the same" in page(sent(reader, f"/welcome/{token}", password=WORDS, again="other"))
    come_in(app, token, "harriet@cedar.example")
    late = token_of(sent(robin, f"/admin/people/{people.id_of('imani')}/link"))
    said = set()
    with time_machine.travel(now() + entrances.HOLDS + timedelta(seconds=1)):
        reader.get("/sign-in?password=")
        for one in ("unknown", token, replaced, late, "x" * 5000):
            for method in ("GET", "POST"):
                form = {"csrf_token": reader.token, "password": WORDS, "again": WORDS}
                answer = reader.open(f"/welcome/{one}", method=method, data=form if method == "POST" else None)
                text = re.sub(r"(?s)<form.*?</form>|csrf\S+|value=\S+", "", answer.text).replace(one, "")
                said.add((answer.status_code, text, answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]))
    assert {one[0] for one in said} == {404} and len(said) == 1
    assert said.pop()[2:] == ("no-referrer", "no-store")


def test_of_two_who_use_one_link_at_once_one_does(app: Flask) -> None:
    with app.app_context():
        begin_writing()
        robin = db.session.get_one(User, people.id_of("robin"))
        handed = staff.new_link(people.id_of("harriet"), by=robin)
    token, start, done = handed.url.rpartition("/")[2], Barrier(4), []

    def use(number: int) -> None:
        with app.app_context():
            start.wait()
            begin_writing()
            try:
                done.append((number, entrances.choose(token, f"{WORDS} {number}")))
            except Exception as no:
                done.append((number, getattr(no, "code", no)))

    threads = [Thread(target=use, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    won = [number for number, said in done if said is True]
    assert len(won) == 1 and {said for _, said in done} <= {True, False, 404}, done
    with app.app_context():
        for number in range(4):
            begin_writing()
            proved = accounts.prove("harriet@cedar.example", f"{WORDS} {number}", "")
            assert (proved == people.id_of("harriet")) is (number == won[0])


@ON_SQLITE
def test_what_changes_of_an_agency_or_a_person_holds_at_once_where_they_sit(app: Flask, signed_in: SignIn_) -> None:
    """Marcus's open page reads itself anew: the epoch of the case moved with the change, and what it shows with it."""
    robin, marcus, imani = signed_in("robin"), signed_in("marcus"), signed_in("imani")
    same = form_of(robin, f"/admin/agencies/{offices.id_of('police')}")
    first = epoch(app)
    assert robin.send(f"/admin/agencies/{offices.id_of('police')}", **same).status_code == 303
    assert epoch(app) == first, "what changes nothing rings for nobody"
    before = page(marcus.get(CASE, headers={"X-Live": "1"}))
    gone = same | {"mou_until": str(today() - timedelta(days=1))}
    first = epoch(app)
    assert robin.send(f"/admin/agencies/{offices.id_of('police')}", **gone).status_code == 303
    after = page(marcus.get(CASE, headers={"X-Live": "1"}))
    assert epoch(app) > first and CASE_HEAD in before and CASE_HEAD not in after, after

    other = robin.send(f"/admin/agencies/{offices.id_of('police')}", **(same | {"role": "NP"}))
    assert other.status_code == 422 and "Its people sit at tables in this discipline" in page(other)

    person = f"/admin/people/{people.id_of('imani')}"
    assert imani.get(CASE).status_code == 200
    form = form_of(robin, person) | {"title": "principal", "custodian": "y"}
    first = epoch(app)
    assert robin.send(person, **form).status_code == 303
    assert epoch(app) > first
    first = epoch(app)
    to = {"to": offices.id_of("hearth"), "title": "house lead", "role": "NP", "supervisor_id": ""}
    assert "Tasks they hold go to others" in page(robin.get(f"{person}/move?to={to['to']}"))
    wrong = robin.send(f"{person}/move", **(to | {"role": "ED"}))
    assert wrong.status_code == 422 and "Choose from what is on the page." in page(wrong)
    asked_at = now()
    assert robin.send(f"{person}/move", **to).status_code == 303
    assert epoch(app) > first
    with app.app_context():
        user = db.session.get_one(User, people.id_of("imani"))
        assert (user.agency_id, user.role, user.custodian) == (offices.id_of("hearth"), "NP", False)
        (spell,) = user.fact.history
        assert spell.org == offices.id_of("school") and asked_at <= spell.until <= now()
        assert organisation(user.fact, asked_at, ZoneInfo("America/New_York")) == spell.org, "as it was until then"
        for zone in ("Pacific/Honolulu", "America/New_York", "Europe/Kyiv"):
            assert organisation(user.fact, now(), ZoneInfo(zone)) == user.agency_id, "wherever the case is"
        assert not db.session.scalars(select(Task).where(Task.owner_id == user.id, Task.step.in_(OPEN))).all()
    assert imani.get(CASE).status_code == 404, "a lead asked the school to the table, nobody the house"
    for stranger in ("marisol", "robin", "wren"):
        assert robin.get(f"/admin/people/{people.id_of(stranger)}").status_code == 404


def test_the_days_of_its_cases_are_counted_where_an_agency_is(app: Flask, signed_in: SignIn_) -> None:
    """As the form promises: a release of the case that ends today ends with the day there. Clocks keep their time."""
    robin, path = signed_in("robin"), f"/admin/agencies/{offices.id_of('county')}"
    with app.app_context():
        running = dict(db.session.execute(select(Deadline.id, Deadline.due_at)).all())
    first, form = epoch(app), form_of(robin, path)
    assert robin.send(path, **form | {"timezone": "America/Los_Angeles"}).status_code == 303
    assert epoch(app) > first
    with app.app_context():
        led = db.session.scalars(select(Case).where(Case.lead_id == offices.id_of("county"))).all()
        assert len(led) > 1 and {case.terms.timezone for case in led} == {"America/Los_Angeles"}
        loaded = facts.load(WREN)
        assert loaded and loaded.facts.case.zone == ZoneInfo("America/Los_Angeles")
        assert dict(db.session.execute(select(Deadline.id, Deadline.due_at)).all()) == running
        entry = db.session.scalars(select(Entry).where(Entry.event == "agency.changed")).one()
        said = ledger.body(entry.id, entry.body_)
        assert said["fields"] == ["timezone"] and said["cases"] == len(led)


def epoch(app: Flask) -> int:
    """How often the facts of Wren's case have moved."""
    with app.app_context():
        return db.session.scalars(select(Case.epoch).where(Case.id == WREN)).one()


def form_of(person: Person, path: str) -> dict[str, str]:
    """What the form of a page says as it opens."""
    html = person.get(path).text.partition("<main")[2]
    texts = {
        name: unescape(value)
        for tag in re.findall(r"<input [^>]*>", html)
        if 'type="checkbox"' not in tag or "checked" in tag
        for name, value in [(re.search(r'name="([^"]*)"', tag)[1], (re.search(r'value="([^"]*)"', tag) or ["", ""])[1])]  # type: ignore[index]
    }
    chosen = {
        name: (re.search(r'selected value="([^"]*)"', options) or ["", ""])[1]
        for name, options in re.findall(r'(?s)<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', html)
    }
    return {name: value for name, value in (texts | chosen).items() if name != "csrf_token"}
