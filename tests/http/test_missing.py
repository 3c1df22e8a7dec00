"""Missing from care over HTTP: noticed, reported, found, talked with; and what other partners have of it meanwhile."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from mdt.models import (
    Case,
    Contact,
    Deadline,
    Entry,
    Episode,
    Heed,
    Item,
    Letter,
    OnCall,
    Report,
    Screening,
    User,
    begin_writing,
    db,
    new_id,
)
from mdt.operations import facts, items, ledger, rounds
from mdt.operations.demo import agencies, known, people
from mdt.operations.legal import removing
from mdt.sharing.facts import Missing
from mdt.sharing.moments import ends
from mdt.sharing.vocabulary import Category
from tests.fixtures_app import Person, today
from tests.http.test_releases import page, sent

SignIn = Callable[[str], Person]
WREN = known("case.wren")
CASE = f"/cases/{WREN}"
AT = datetime(2026, 11, 28, 2, 30, tzinfo=UTC)
"""A Friday evening in Cedar County: the clocks run into the weekend."""
HERE = ZoneInfo("America/New_York")
SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(AT, tick=False) as found:
        facts.forget_all()
        yield found
    facts.forget_all()


def noticed(person: Person, **more: object) -> str:
    """Somebody noticed, just now; the address of the episode."""
    form = {"kind": "left", "when": "now", "last_seen": "At the bus stop, at seven", "key": new_id()} | more
    answer = sent(person, f"{CASE}/missing/notice", **form)
    assert answer.status_code == 303, page(answer)
    return str(answer.location)


def whole(answer: Any) -> str:
    """A page with its frame."""
    return html.unescape(str(answer.get_data(as_text=True)))


def report_of(app: Flask, kind: str) -> str:
    with app.app_context():
        return db.session.scalars(select(Report.id).where(Report.kind == kind, Report.case_id == WREN)).one()


def told(app: Flask, person: Person, kind: str, **more: object) -> Any:
    return sent(person, f"{CASE}/missing/reports/{report_of(app, kind)}", **{"when": "now"} | more)


@SQLITE
def test_one_episode_from_noticed_to_talked_about(app: Flask, signed_in: SignIn, clock: Any) -> None:
    casey, marcus, imani = map(signed_in, ("casey", "marcus", "imani"))
    at = noticed(casey, endangerment="Somebody online writes to her.")
    shown = page(casey.get(at))
    assert "They are missing" in shown and "24 h left" in shown and "At the bus stop" in shown
    with app.app_context():
        rows = list(db.session.scalars(select(Report).where(Report.case_id == WREN)))
        assert {one.kind for one in rows} == {"law_enforcement", "ncmec"}
        assert {one.due_at for one in rows} == {AT + timedelta(hours=24)}
        spell = db.session.get_one(Case, WREN).terms.missing[-1]
        assert (spell.since, spell.until) == (AT, None)
    assert "Do it now" in whole(casey.get("/cases/")), "it stands in the frame of each page"
    assert "Tell law enforcement that a young person is missing." in page(casey.get("/", follow_redirects=True))
    assert "Tell law enforcement" not in page(marcus.get("/", follow_redirects=True))
    refused = told(app, casey, "ncmec")
    assert refused.status_code == 422 and "Write down the NCMEC case number" in page(refused)
    assert told(app, casey, "ncmec", number="1399201").status_code == 303
    assert told(app, casey, "law_enforcement", whom="Officer Diaz").status_code == 303
    shown = page(casey.get(at))
    assert "1399201" in shown and "to Officer Diaz" in shown and "The NCIC entry is not confirmed yet." in shown
    assert "Ask law enforcement for the NCIC entry." in whole(casey.get("/cases/"))
    assert (
        sent(casey, f"{CASE}/missing/reports/{report_of(app, 'law_enforcement')}/confirm", entry="M12").status_code
        == 303
    )
    assert "M12" in page(casey.get(at)) and "Do it now" not in whole(casey.get("/cases/"))
    assert (
        sent(
            casey, f"{at}/contacts", kind="family", when="now", words="Her aunt has not seen her.", key=new_id()
        ).status_code
        == 303
    )
    assert "Her aunt has not seen her." in page(casey.get(at))
    for other in (marcus, imani):
        assert other.get(at).status_code == 404 and "Her aunt" not in page(other.get(CASE))
    clock.shift(timedelta(hours=5))
    casey = signed_in("casey")
    assert sent(casey, f"{at}/back", when="now", how="", key=new_id()).status_code == 422
    back = sent(casey, f"{at}/back", when="now", how="Police brought her to the office.", care="She ate and slept.",
                hair_eyes="Short, dyed red", told=["ncmec"], key=new_id())  # fmt: skip
    assert back.status_code == 303, page(back)
    shown = page(casey.get(at))
    assert "They are back" in shown and "Told that they are back." in shown
    assert "Talk with them about the time away" in page(casey.get("/", follow_redirects=True))
    with app.app_context():
        events = set(db.session.scalars(select(Screening.event).where(Screening.case_id == WREN)))
        assert "return_from_runaway" in events, "the tailored screening opens by itself"
    assert "Short, dyed red" in page(casey.get(CASE))
    talk = {
        "left": "It was too loud.",
        "happened": "I slept at a friend’s.",
        "stay": "A door I can close.",
        "key": new_id(),
    }
    assert sent(casey, f"{at}/debrief", **talk).status_code == 303
    assert "Talk with them about the time away" not in page(casey.get("/", follow_redirects=True))
    shown = page(casey.get(f"{CASE}/missing/plan"))
    assert "A door I can close." in shown and "Too many people in one place" in shown
    key = new_id()
    plan = {
        "made": "together",
        "steps": "Her own room from Monday, Dee",
        "factors": ["crowded"],
        "call": "Jo",
        "key": key,
    }
    for _ in range(2):
        assert sent(casey, f"{CASE}/missing/plan", **plan).status_code == 303
    assert "Her own room from Monday, Dee" in page(casey.get(CASE))
    with app.app_context():
        mine = select(func.count(Heed.id)).join(Report, Report.id == Heed.report_id).where(Report.case_id == WREN)
        item = db.session.get_one(Item, key)
        assert item.terms.fields == ("safety_plan_items", "note") and ledger.verify().ok
        assert db.session.scalar(mine) == 0


@SQLITE
def test_what_was_late_stays_late_and_says_why(app: Flask, signed_in: SignIn, clock: Any) -> None:
    casey = signed_in("casey")
    at = noticed(casey)
    for kind, code in (("hhs", 303), ("hhs", 303), ("ncmec", 404), ("nobody", 404)):
        assert sent(casey, f"{at}/also", kind=kind).status_code == code
    assert "HHS" in page(casey.get(at)) and report_of(app, "hhs"), "what is found out later has its own clock"
    clock.shift(timedelta(hours=30))
    casey = signed_in("casey")
    assert "Late: was due 6 h ago" in page(casey.get(at)) and "Late: was due 6 h ago" in page(casey.get("/missing"))
    refused = told(app, casey, "ncmec", number="1")
    assert refused.status_code == 422 and "It was late. Say why" in page(refused)
    assert told(app, casey, "ncmec", number="1", why="The night line was down.").status_code == 303
    early = (AT + timedelta(hours=2)).astimezone(HERE)
    assert (
        told(app, casey, "law_enforcement", when="earlier", on=f"{early:%Y-%m-%d}", at=f"{early:%H:%M}").status_code
        == 303
    )
    shown = page(casey.get(at))
    assert "The night line was down." in shown and shown.count("Late. It was due") == 1
    form = {"when": "now", "how": "She came by herself.", "key": new_id()}
    refused = sent(casey, f"{at}/back", **form)
    assert refused.status_code == 422 and "Nobody has told HHS" in page(refused)
    form[f"why-{report_of(app, 'hhs')}"] = "I did not know of it."
    form["marks"] = "Looks it: reaction to severe stress."
    warned = sent(casey, f"{at}/back", **form)
    assert warned.status_code == 422 and "behavioral health" in warned.text, "how they look is read by others, too"
    form["heeded"] = re.findall(r'name="heeded" value="([^"]+)"', warned.text)
    assert sent(casey, f"{at}/back", **form).status_code == 303
    assert "Never made." in page(casey.get(at)) and "I did not know of it." in page(casey.get(at))
    with app.app_context():
        open_ones = select(Report.kind).where(Report.wants_at.is_not(None), Report.case_id == WREN)
        assert db.session.scalars(open_ones).all() == ["debrief"]


CANARIES = {"advocate": "Canary of Open Door", "part2": "Canary of New Path", "other": "Canary of the school"}


def plant(app: Flask) -> None:
    """Records that no report may carry, and one of each kind that it must, from whoever holds them."""
    planted = [
        ("opendoor", Category.ADVOCATE, {"note": CANARIES["advocate"], "communications": CANARIES["advocate"]}),
        ("opendoor", Category.HEALTH, {"medications": [CANARIES["advocate"]]}),
        ("newpath", Category.SUD_P2, {"medications": [CANARIES["part2"]], "program": CANARIES["part2"]}),
        ("newpath", Category.BEHAVIORAL, {"suicide_risk": CANARIES["part2"], "psychotropics": [CANARIES["part2"]]}),
        ("school", Category.EDUCATION, {"note": CANARIES["other"]}),
        ("mercy", Category.REPRO, {"pregnancy": "Yes, 14 weeks", "note": CANARIES["other"]}),
        ("harbor", Category.BEHAVIORAL, {"suicide_risk": "High, asked on Monday", "diagnosis": [CANARIES["other"]]}),
    ]
    with app.app_context():
        begin_writing()
        case = db.session.get_one(Case, WREN)
        for office, category, values in planted:
            items.file(case, source=agencies.id_of(office), category=category, values=values)
        db.session.commit()


@SQLITE
def test_a_report_is_the_list_of_the_law_and_a_disclosure(app: Flask, signed_in: SignIn, clock: Any) -> None:
    plant(app)
    casey, marcus, imani, jo = map(signed_in, ("casey", "marcus", "imani", "jo"))
    packet = f"{CASE}/missing/packet"
    assert casey.get(f"{packet}?to=ncmec").status_code == 404 and marcus.get(packet).status_code == 404
    at = noticed(casey, endangerment="Somebody online writes to her.")
    for to in ("ncmec", "law_enforcement"):
        for path in (f"{packet}?to={to}", f"{packet}.txt?to={to}"):
            said = whole(casey.get(path))
            assert "Yes, 14 weeks" in said and "High, asked on Monday" in said and "Somebody online" in said
            assert "42 USC 671(a)(35)" in said and not [one for one in CANARIES.values() if one in said], path
    shown = page(casey.get(f"{packet}?to=ncmec"))
    assert "Pregnancy only to report Yes, 14 weeks" in shown, "the lead reads it only to report it"
    assert "Yes, 14 weeks" not in page(casey.get(CASE))
    assert casey.get(f"{packet}?to=hhs").status_code == 404 and casey.get(packet).status_code == 404
    mine = page(marcus.get(packet))
    assert "Yes, 14 weeks" in mine and not [one for one in CANARIES.values() if one in mine]
    for other in (imani, jo):
        assert other.get(packet).status_code == 404 and other.get(f"{packet}.txt").status_code == 404
    with app.app_context():
        entries = [
            ledger.body(row.id, row.body_)
            for row in db.session.scalars(select(Entry).where(Entry.event == "missing.packet"))
        ]
    assert {one["to"] for one in entries} == {"ncmec", "law_enforcement", "member"}
    lines = {line[0]: line[3] for line in entries[0]["shown"]}
    assert all("note" not in fields for fields in lines.values()) and entries[0]["packet"]
    assert sent(casey, f"{at}/back", when="now", how="She came by herself.", key=new_id()).status_code == 303
    assert casey.get(f"{packet}?to=ncmec").status_code == 404 and marcus.get(packet).status_code == 404


@SQLITE
def test_the_card_is_up_on_the_leads_decision_and_closes_itself(app: Flask, signed_in: SignIn, clock: Any) -> None:
    casey, marcus, imani, jo, ruth = map(signed_in, ("casey", "marcus", "imani", "jo", "ruth"))
    at, card = (
        noticed(casey, endangerment="Somebody online writes to her.", clothing="A green coat"),
        f"{CASE}/missing/card",
    )
    assert all(one.get(card).status_code == 404 for one in (casey, marcus, imani, jo, ruth))
    assert "A green coat" not in page(imani.get(CASE)) and "A green coat" in page(marcus.get(CASE))
    assert "Imani Walker" in page(casey.get(at)), "who would read it, before it is decided"
    assert sent(casey, f"{at}/alert", up="yes").status_code == 303
    assert jo.get(card).status_code == 404, "Open Door is no member by statute: the rules give it no card"
    for one in (imani, ruth):
        shown = page(one.get(card))
        assert "A green coat" in shown and "Somebody online" not in shown
        assert "Alert card" in page(one.get(CASE))
    assert sent(casey, f"{at}/alert", up="no").status_code == 303 and imani.get(card).status_code == 404
    assert sent(casey, f"{at}/alert", up="yes").status_code == 303 and imani.get(card).status_code == 200
    assert sent(casey, f"{at}/back", when="now", how="She came by herself.", key=new_id()).status_code == 303
    assert all(one.get(card).status_code == 404 for one in (imani, jo, ruth))
    assert all("A green coat" not in page(one.get(CASE)) for one in (imani, jo, ruth))


def letters_of(app: Flask) -> list[str]:
    """To whom letters about reports were written, by name, in their order."""
    with app.app_context():
        rows = db.session.execute(
            select(User, Letter).join(User, User.id == Letter.user_id).where(Letter.kind == "missing")
        ).all()
        return [user.name.split()[0] for user, letter in sorted(rows, key=lambda row: row[1].written_at)]


@SQLITE
def test_an_episode_that_was_told_by_the_day_is_at_a_glance_to_the_end_of_its_last_one(
    app: Flask, signed_in: SignIn
) -> None:
    with app.app_context():
        begin_writing()
        case = db.session.get_one(Case, WREN)
        case.terms = replace(case.terms, missing=(Missing(since=today(), until=today()),))
        items.file(case, source=case.lead_id, category=Category.MISSING, values={"last_seen": "At the bus stop"})
        db.session.commit()
        midnight = ends(today(), HERE)
    for at, seen in ((midnight - timedelta(seconds=1), True), (midnight, False)):
        with time_machine.travel(at, tick=False):
            desk = signed_in("marcus").get("/", follow_redirects=True)
            assert desk.status_code == 200 and ("At the bus stop" in desk.text) is seen


def test_in_the_night_in_which_an_hour_comes_twice_the_second_can_be_said(app: Flask, signed_in: SignIn) -> None:
    """Noticed at 1:50 before the clocks went back; told at 1:20 and back at 1:10 after it."""
    noticed_at = datetime(2027, 11, 7, 5, 50, tzinfo=UTC)
    with time_machine.travel(noticed_at, tick=False) as clock:
        facts.forget_all()
        place, form = noticed(signed_in("casey")), {"when": "earlier", "on": "2027-11-07"}
        clock.shift(timedelta(minutes=50))
        casey = signed_in("casey")
        told(app, casey, "ncmec", number="1", at="01:20", **form)
        sent(casey, f"{place}/back", how="She came by herself.", at="01:10", key=new_id(), **form)
        with app.app_context():
            row = db.session.get_one(Report, report_of(app, "ncmec"))
            assert row.done_at == noticed_at + timedelta(minutes=30)
            back = db.session.scalars(select(Episode).where(Episode.case_id == WREN)).one()
            assert back.recovered_at == noticed_at + timedelta(minutes=20)
    facts.forget_all()


@SQLITE
def test_what_is_told_and_over_in_the_minute_it_was_noticed_in_is_written_down(app: Flask, signed_in: SignIn) -> None:
    """Forms say a time to the minute; what was written down "just now" has its seconds."""

    def reported() -> Any:
        with app.app_context():
            return db.session.get_one(Report, report_of(app, "law_enforcement"))

    def episode() -> Any:
        with app.app_context():
            return db.session.scalars(select(Episode).where(Episode.case_id == WREN)).one()

    with time_machine.travel(AT + timedelta(seconds=40), tick=False):
        facts.forget_all()
        casey = signed_in("casey")
        place, form = noticed(casey), {"when": "earlier", "on": str(AT.astimezone(HERE).date())}
        for at, done in (("21:29", False), ("21:30", True)):
            told(app, casey, "ncmec", number="1", at=at, **form)
            told(app, casey, "law_enforcement", at=at, **form)
            assert (reported().done_at is not None) == done, at
        for at, done in (("21:29", False), ("21:30", True)):
            sent(casey, f"{place}/back", how="She came by herself.", at=at, key=new_id(), **form)
            assert (episode().recovered_at is not None) == done, at
    assert reported().started_at <= reported().done_at, "and nothing is over before it began"
    assert episode().since <= episode().recovered_at
    facts.forget_all()


@SQLITE
def test_named_people_hear_at_each_mark_once_through_the_night_the_clocks_go_back(
    app: Flask, signed_in: SignIn
) -> None:
    """Saturday evening before the clocks go back: due after 24 hours that passed, at one hour less on the wall."""
    start = datetime(2027, 11, 6, 22, 0, tzinfo=UTC)
    values = app.extensions["mdt.settings"]
    fields = {name: getattr(values, name) for name in values.__dataclass_fields__}
    app.extensions["mdt.settings"] = type(values)(**fields | {"mail": "smtp://127.0.0.1:9", "mail_from": "m@x.example"})
    with time_machine.travel(start, tick=False) as clock:
        facts.forget_all()
        with app.app_context():
            begin_writing()
            for row in db.session.scalars(select(Deadline)):
                row.next_at = None
            until = start + timedelta(days=3)
            db.session.add(
                OnCall(agency_id=agencies.id_of("county"), user_id=people.id_of("harriet"), since=start, until=until)
            )
            db.session.get_one(User, people.id_of("harriet")).agency_id = agencies.id_of("county")
            db.session.commit()
        facts.forget_all()
        dee = signed_in("dee")
        at = noticed(dee)
        shown = page(dee.get(at))
        assert "by 5:00 pm tomorrow" in shown and "24 h left" in shown, "6 pm now, and 5 pm after the night of 25 hours"
        assert "Do it now" in whole(dee.get("/help")) and "See who has it" not in whole(signed_in("casey").get("/help"))
        heard = []
        for hours in (12, 18, 21.6, 24):
            for seconds in (-1, 0, 1):
                clock.move_to(start + timedelta(hours=hours, seconds=seconds))
                with app.app_context():
                    rounds.make(start + timedelta(hours=hours, seconds=seconds))
                heard.append(len(letters_of(app)))
        assert heard == [0, 6, 6, 6, 12, 12, 12, 18, 18, 18, 24, 24], (
            "at each mark once, to three people, for two reports"
        )
        clock.move_to(start + timedelta(hours=25))
        every = letters_of(app)
        assert {one: every.count(one) for one in set(every)} == {"Dee": 8, "Casey": 8, "Harriet": 8}, every
        assert "See who has it" in whole(signed_in("casey").get("/help"))
        assert "Late: was due" in whole(signed_in("dee").get("/help"))


@SQLITE
def test_a_police_entry_is_asked_after_until_it_is_confirmed(app: Flask, signed_in: SignIn, clock: Any) -> None:
    dee = signed_in("dee")
    noticed(dee)
    assert told(app, dee, "law_enforcement").status_code == 303
    one = report_of(app, "law_enforcement")

    def asked() -> int:
        with app.app_context():
            made = select(func.count(Heed.id)).where(Heed.report_id == one)
            passed = [ledger.body(row.id, row.body_) for row in
                      db.session.scalars(select(Entry).where(Entry.event == "deadline.passed"))]  # fmt: skip
            return sum(body["subject"] == one and body["kind"] == "missing.confirm" for body in passed) * 100 + int(
                db.session.scalar(made) or 0
            )

    for hours, passed in ((1, 1), (2, 102), (3, 102), (14, 202), (26, 302)):
        clock.move_to(AT + timedelta(hours=hours))
        with app.app_context():
            rounds.make(AT + timedelta(hours=hours))
        assert asked() == passed, hours
    dee = signed_in("dee")
    assert sent(dee, f"{CASE}/missing/reports/{one}/confirm").status_code == 303
    assert sent(dee, f"{CASE}/missing/reports/{one}/confirm").status_code in (303, 409)
    clock.move_to(AT + timedelta(hours=60))
    with app.app_context():
        rounds.make(AT + timedelta(hours=60))
    assert asked() == 300


@SQLITE
def test_what_is_expunged_takes_the_search_for_it_along(app: Flask, signed_in: SignIn, clock: Any) -> None:
    casey = signed_in("casey")
    at = noticed(casey)
    sent(casey, f"{at}/contacts", kind="family", when="now", words="Her aunt.", key=new_id())
    with app.app_context():
        begin_writing()
        row = db.session.get_one(Episode, at.rpartition("/")[2])
        removing.remove(db.session.get_one(Case, WREN), [db.session.get_one(Item, row.item_id).terms])
        db.session.commit()
        for noun in (Episode, Report, Contact):
            assert not db.session.scalar(select(func.count(noun.id)).where(noun.case_id == WREN)), noun
        clocks = select(func.count(Deadline.id)).where(Deadline.kind == "missing.report", Deadline.case_id == WREN)
        assert not db.session.scalar(clocks)
    assert "Do it now" not in whole(casey.get("/cases/")) and casey.get(at).status_code == 404
