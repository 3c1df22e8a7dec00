"""A case that goes to another worker or another county: nothing ends ownerless and no clock stops."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from mdt.models import (
    Agency,
    Case,
    CaseMove,
    Deadline,
    Entry,
    Episode,
    EpisodeWords,
    Heed,
    Hold,
    Meeting,
    Member,
    Referral,
    Report,
    ReportWords,
    Request,
    Screening,
    Task,
    User,
    begin_writing,
    db,
    new_id,
    now,
)
from mdt.models.rescoping import sealed_names, way_to_a_case
from mdt.models.screening import OPEN as TO_DO
from mdt.models.tasks import OPEN
from mdt.operations import access, deadlines, facts, ledger, views
from mdt.operations.demo import agencies, known, people
from mdt.sharing import fields as catalog
from tests.fixtures_app import Person
from tests.http.test_releases import WREN, page

SignIn = Callable[[str], Person]
SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
MOVE = f"/linking/cases/{WREN}/move"
PROMISED = {"answer": "yes", "acknowledged": "y"}
BIRCH = known("agency.birch")


@pytest.fixture
def rowan(signed_in: SignIn) -> Person:
    """Somebody of the next county, in a browser."""
    return signed_in("rowan")


def offered(who: Person, **form: Any) -> str:
    """The offer that this form made, by its identifier."""
    assert who.get(MOVE).status_code == 200
    told = who.send(MOVE, why="I am moving to another unit.", **form)
    assert told.status_code == 303, page(told)
    with who.application.app_context():
        return db.session.scalars(select(CaseMove.id).order_by(CaseMove.offered_at.desc())).first() or ""


def open_tasks() -> list[Task]:
    return list(db.session.scalars(select(Task).where(Task.case_id == WREN, Task.step.in_(OPEN))))


def running() -> dict[str, Any]:
    rows = db.session.scalars(select(Deadline).where(Deadline.case_id == WREN, Deadline.next_at.is_not(None)))
    return {row.id: (row.kind, row.due_at, row.next_at) for row in rows}


def sealed_of(case_id: str) -> dict[tuple[str, str, str], Any]:
    """Every sealed value that leads to this case, opened."""
    found = {}
    for cls in {mapper.class_ for mapper in db.Model.registry.mappers}:
        if sealed_names(cls) and way_to_a_case(cls.__table__):
            for row in db.session.scalars(select(cls)):
                scope = row.scope()
                if scope and db.session.get_one(Case, case_id).youth_id == scope[1]:
                    found |= {(cls.__tablename__, row.id, name): getattr(row, name) for name in sealed_names(cls)}
    return found


@SQLITE
def test_a_worker_takes_over_everything_at_once_and_nothing_before(app: Flask, signed_in: SignIn) -> None:
    casey, dee, tomas = signed_in("casey"), signed_in("dee"), signed_in("tomas")
    with app.app_context():
        before, mine = running(), {one.id for one in open_tasks() if one.owner_id == people.id_of("casey")}
        had = [
            row.id
            for row in db.session.scalars(
                select(Meeting).where(Meeting.facilitator_id == people.id_of("casey"), Meeting.case_id == WREN)
            )
        ]
    assert mine and had, "the walk is about something"
    assert tomas.get(MOVE).status_code == 404 and casey.get(MOVE).status_code == 200
    named = casey.send(MOVE, to=people.id_of("dee"), whose=people.id_of("casey"), why="Wren needs you")
    assert named.status_code == 409 and "Leave the name out" in named.text
    offer = offered(casey, to=people.id_of("dee"), whose=people.id_of("casey"))
    assert "They have not answered" in page(casey.get(MOVE))
    again = casey.send(MOVE, to=people.id_of("dee"), whose=people.id_of("casey"), why="Once more")
    assert again.status_code == 409
    for other in ("tomas", "wren", "imani", "robin"):
        assert signed_in(other).get(f"/linking/moves/{offer}").status_code == 404, other
    with app.app_context():
        assert {one.id for one in open_tasks() if one.owner_id == people.id_of("casey")} == mine, "offered is not taken"
    asked = page(dee.get("/", follow_redirects=True))
    assert "You are asked to take over a case." in asked
    assert "Wren" not in page(dee.get(f"/linking/moves/{offer}")), "whose case it is, is said afterwards"
    assert dee.send(f"/linking/moves/{offer}", answer="yes").status_code == 422
    assert dee.send(f"/linking/moves/{offer}", **PROMISED).headers["Location"].endswith(f"/cases/{WREN}")
    with app.app_context():
        assert all(one.owner_id or one.queue_id for one in open_tasks())
        assert {one.id for one in open_tasks() if one.owner_id == people.id_of("dee")} >= mine
        assert not [one for one in open_tasks() if people.id_of("casey") in (one.owner_id, one.offered_to)]
        assert {key: value[:2] for key, value in running().items()} == {key: value[:2] for key, value in before.items()}
        assert not db.session.scalars(
            select(Meeting).where(
                Meeting.id.in_(had),
                Meeting.facilitator_id != people.id_of("dee"),
                Meeting.phase.in_(("planned", "open")),
            )
        ).all()
        assert db.session.scalar(select(Entry.id).where(Entry.event == "case.moved", Entry.case_id == WREN))
    assert casey.get(f"/cases/{WREN}").status_code == 404, "casey had no word in staying"
    assert dee.send(f"/linking/moves/{offer}", **PROMISED).status_code in (303, 404, 409)
    assert tomas.get(f"/cases/{WREN}").status_code == 200


def check_clocks(before: dict[str, Any]) -> None:
    """What ran goes on with the time it has; what is new is what whoever came is asked to write for a meeting."""
    after = running()
    assert {key: after[key][:2] for key in before} == {key: value[:2] for key, value in before.items()}
    assert {after[key][0] for key in after.keys() - before.keys()} <= {"return"}


def test_another_county_leads_from_its_yes_on_and_the_old_one_loses_the_table(
    app: Flask, signed_in: SignIn, rowan: Person
) -> None:
    casey, tomas, ruth, marcus = (signed_in(one) for one in ("casey", "tomas", "ruth", "marcus"))
    saw = {who: page(person.get(f"/cases/{WREN}")) for who, person in {"ruth": ruth, "marcus": marcus}.items()}
    with app.app_context():
        begin_writing()
        case = db.session.get_one(Case, WREN)
        db.session.add(Hold(case=case, agency_id=agencies.id_of("county"), why="A quiet canary."))
        db.session.commit()
        before, clocks, owned = sealed_of(WREN), running(), {one.id: one.owner_id for one in open_tasks()}
        asked = {row.id: row.asked_by for row in db.session.scalars(select(Request).where(Request.case_id == WREN))}
        old = {row.id for row in db.session.scalars(select(User).where(User.agency_id == agencies.id_of("county")))}
    offer = offered(casey, to=f"agency:{BIRCH}")
    letter = page(rowan.get(f"/linking/moves/{offer}"))
    assert "Cedar County Child Welfare asks your agency to lead a case." in letter and "Wren" not in letter
    assert rowan.get(f"/cases/{WREN}").status_code == 404 and "Birch" not in page(tomas.get(f"/cases/{WREN}"))
    assert signed_in("dee").get(f"/linking/moves/{offer}").status_code == 404

    assert rowan.send(f"/linking/moves/{offer}", **PROMISED).status_code == 303
    with app.app_context():
        facts.forget_all()
        case = db.session.get_one(Case, WREN)
        assert case.lead_id == BIRCH and case.terms.lead == BIRCH
        after = sealed_of(WREN)
        changed = {key for key in before if after[key] != before[key] and key[0] != "cases" and key[2] != "reason"}
        assert not changed, "what was sealed before reads the same"
        for one in open_tasks():
            assert one.owner_id or one.queue_id
            assert (
                one.owner_id not in old and one.queue_id not in {agencies.id_of("county")} and one.offered_to not in old
            )
            if owned[one.id] not in old:
                assert one.owner_id == owned[one.id], "others keep what they hold"
        check_clocks(clocks)
        for row in db.session.scalars(select(Request).where(Request.case_id == WREN, Request.answer == "open")):
            assert row.asked_by not in old, asked
        assert db.session.scalar(select(Hold.id).where(Hold.agency_id == BIRCH, Hold.case_id == WREN))
        left = select(Member).where(Member.case_id == WREN, Member.user_id.in_(old), Member.standing == "accepted")
        assert not db.session.scalars(left).all()
    shown = page(rowan.get(f"/cases/{WREN}"))
    assert "Wren" in shown and "Convene the team" in shown and "canary" not in shown
    for slug in ("casey", "dee"):
        assert signed_in(slug).get(f"/cases/{WREN}").status_code == 404, "the old county has no seat"
        assert "Wren" not in page(signed_in(slug).get("/cases/"))
    now_seen = page(tomas.get(f"/cases/{WREN}"))
    assert (
        "Rowan Ives" in now_seen and "Casey Lindqvist" not in now_seen.split("On the team")[1].split("Take a copy")[0]
    )
    for who, person in {"ruth": ruth, "marcus": marcus}.items():
        words = page(person.get(f"/cases/{WREN}"))
        assert "From Cedar County Child Welfare" not in saw[who] or "From Cedar County Child Welfare" in words
    assert rowan.get(f"/who-has-looked/{WREN}").status_code == 200


@SQLITE
def test_a_no_changes_nothing_and_the_old_county_may_keep_its_place(
    app: Flask, signed_in: SignIn, rowan: Person
) -> None:
    casey = signed_in("casey")
    offer = offered(casey, to=f"agency:{BIRCH}")
    assert rowan.get(f"/linking/moves/{offer}").status_code == 200
    assert rowan.send(f"/linking/moves/{offer}", answer="no", words="").status_code == 422
    assert rowan.send(f"/linking/moves/{offer}", answer="no", words="We have nobody.").status_code == 303
    assert "We have nobody." in page(casey.get(MOVE)) and casey.get(f"/cases/{WREN}").status_code == 200
    offer = offered(casey, to=f"agency:{BIRCH}", stays="y")
    assert casey.send(f"{MOVE}/{offer}/withdraw").status_code == 303
    assert rowan.send(f"/linking/moves/{offer}", **PROMISED).status_code == 404
    offer = offered(casey, to=f"agency:{BIRCH}", stays="y")
    assert rowan.send(f"/linking/moves/{offer}", **PROMISED).status_code == 303
    words = page(casey.get(f"/cases/{WREN}"))
    assert "Convene the team" not in words and "Wren" in words
    assert casey.get(MOVE).status_code == 404
    with app.app_context():
        assert all(one.owner_id or one.queue_id for one in open_tasks())


@SQLITE
@pytest.mark.parametrize("apart", [False, True], ids=["as any lead would read", "of an agency whose records are shut"])
def test_who_is_missing_is_missing_with_whoever_takes_over(
    app: Flask, signed_in: SignIn, rowan: Person, apart: bool
) -> None:
    """Time away from care goes along: its reports are the new county's, on its screens, and due when they were. So do
    the words about it, unless the rules bar who takes over from what that agency writes."""
    casey, juno = signed_in("casey"), known("case.juno")
    with app.app_context():
        begin_writing()
        case, at = db.session.get_one(Case, juno), now()
        mine = {"case": case, "agency_id": agencies.id_of("county"), "made_by": people.id_of("casey")}
        episode = Episode(
            kind="left", since=at, received_at=at, worker_id=people.id_of("casey"), item_id=new_id(),
            words=EpisodeWords(), **mine,
        )  # fmt: skip
        db.session.add(episode)
        db.session.flush()
        due = at + timedelta(hours=24)
        report = Report(
            episode_id=episode.id, kind="law_enforcement", started_at=at, due_at=due, wants_at=due,
            words=ReportWords(whom="A sheriff."), **mine,
        )  # fmt: skip
        db.session.add(report)
        db.session.flush()
        deadlines.begin(case, "missing.report", report.id, due_at=due, started_at=at)
        db.session.add(Heed(user_id=people.id_of("casey"), report_id=report.id, wants_at=due))
        db.session.get_one(Agency, agencies.id_of("county")).part2 = apart
        db.session.commit()
        ids = episode.id, report.id
    casey.get(f"/linking/cases/{juno}/move")
    told = casey.send(f"/linking/cases/{juno}/move", to=f"agency:{BIRCH}", why="They live with you now.")
    assert told.status_code == 303, page(told)
    with app.app_context():
        offer = db.session.scalars(select(CaseMove.id)).one()
    rowan.get(f"/linking/moves/{offer}")
    assert rowan.send(f"/linking/moves/{offer}", **PROMISED).status_code == 303
    with app.app_context():
        episode, report = db.session.get_one(Episode, ids[0]), db.session.get_one(Report, ids[1])
        assert (episode.agency_id, episode.worker_id) == (BIRCH, people.id_of("rowan"))
        assert report.agency_id == BIRCH and report.wants_at == due
        assert report.words.whom == ("" if apart else "A sheriff.")
        row = db.session.scalars(select(Deadline).where(Deadline.subject_id == report.id)).one()
        assert row.next_at is not None and row.due_at == due
        heeds = set(db.session.scalars(select(Heed.user_id).where(Heed.report_id == report.id)))
        assert people.id_of("rowan") in heeds and people.id_of("casey") not in heeds


def refers(who: Person, service: str, **more: str) -> str:
    """A referral of this person; its page."""
    path = f"/services/cases/{WREN}/refer/{known(f'service.{service}')}"
    today = re.search(r'name="asked_on"[^>]*value="([^"]+)"', who.get(path).text)
    assert today
    form = {"need": "physical", "answer": "yes", "asked_by": people.id_of("casey"), "asked_on": today[1]}
    made = who.send(path, **form | {"words": "See her twice this month.", "key": new_id()} | more)
    assert made.status_code == 303, made.text
    return str(made.headers["Location"])


def screens(who: Person) -> str:
    """A screening that this person began; its page."""
    who.get(f"/cases/{WREN}/screenings")
    path = who.send(f"/cases/{WREN}/screenings", instrument="first-look").headers["Location"]
    version = re.search(r'name="version" value="(\d+)"', who.get(path).text)
    assert version
    assert who.send(path, version=version[1], leave="y", **{"a-10": CANARY}).status_code == 303
    return str(path)


CANARY = "Canary keys in a pocket"


@SQLITE
@pytest.mark.parametrize("apart", [False, True], ids=["as any lead would read", "of an agency whose records are shut"])
def test_referrals_and_screenings_go_on_with_whoever_takes_over_and_tell_them_no_more_than_the_rules(
    app: Flask, signed_in: SignIn, rowan: Person, apart: bool
) -> None:
    casey, ruth = signed_in("casey"), signed_in("ruth")
    waits, sent, rung = refers(casey, "clinic"), refers(casey, "clinic"), refers(casey, "law", need="legal")
    casey.get(f"{sent}/send")
    assert casey.send(f"{sent}/send", to=people.id_of("ruth"), key=new_id()).status_code == 303
    casey.get(f"{rung}/send")
    assert casey.send(f"{rung}/send").status_code == 303
    screening = screens(casey)
    offer = offered(casey, to=f"agency:{BIRCH}")
    rowan.get(f"/linking/moves/{offer}")
    with app.app_context():
        begin_writing()
        begun = db.session.get_one(Screening, screening.rsplit("/", 1)[1])
        due = begun.due_at = now() + timedelta(hours=30)
        deadlines.begin(db.session.get_one(Case, WREN), "screening.due", begun.id, due_at=due)
        if apart:  # what it files is under 42 CFR part 2: being keeper of the case does not open it
            db.session.get_one(Agency, agencies.id_of("county")).part2 = True
        db.session.commit()
        facts.forget_all()
    assert rowan.send(f"/linking/moves/{offer}", **PROMISED).status_code == 303

    with app.app_context():
        rows = db.session.scalars(select(Screening).where(Screening.case_id == WREN, Screening.state.in_(TO_DO))).all()
        assert [(one.agency_id, one.worker_id, one.due_at) for one in rows] == [(BIRCH, people.id_of("rowan"), due)]
        clock = db.session.scalars(select(Deadline).where(Deadline.kind == "screening.due")).one()
        assert clock.subject_id == rows[0].id and clock.next_at and clock.due_at == due
        theirs = f"/cases/{WREN}/screenings/{rows[0].id}"
        made = set(db.session.scalars(select(Referral.made_by).where(Referral.case_id == WREN)))
        assert made == {people.id_of("rowan")}, "how they go is told to whoever has the case"
    assert (CANARY in rowan.get(theirs).text) is not apart, "what was not filed is read by nobody whom the rules bar"
    assert "Screening: " in page(rowan.get("/", follow_redirects=True))
    if apart:
        with app.app_context():
            assert all(one.owner_id or one.queue_id for one in open_tasks())
        assert rowan.get(waits).status_code == 404, "nor the plan of that agency"
        return
    rowan.get(f"{waits}/send")
    assert rowan.send(f"{waits}/send", to=people.id_of("ruth"), key=new_id()).status_code == 303
    assert "Sent, not answered" in page(rowan.get(rung)), "it was rung, whoever rings now"
    for step in ("accept", "attended"):
        assert rowan.send(f"{rung}/{step}", key=new_id()).status_code == 303, step
    assert ruth.get(sent).status_code == 200
    assert ruth.send(f"{sent}/accept", key=new_id()).status_code == 303
    assert ruth.send(f"{sent}/refuse", reason="full", words="", key=new_id()).status_code == 303
    with app.app_context():
        referral = db.session.get_one(Referral, sent.rsplit("/", 1)[1])
        task = db.session.get_one(Task, referral.task_id)
        assert task.owner_id == people.id_of("rowan"), "what comes back comes to them"
    assert casey.get(sent).status_code == 404


@SQLITE
def test_who_stepped_out_after_they_were_asked_does_not_take_the_case(app: Flask, signed_in: SignIn) -> None:
    casey, dee = signed_in("casey"), signed_in("dee")
    offer = offered(casey, to=people.id_of("dee"), whose=people.id_of("casey"))
    assert dee.get(f"/linking/moves/{offer}").status_code == 200
    with app.app_context():
        begin_writing()
        mine = select(Member).where(Member.case_id == WREN, Member.user_id == people.id_of("dee"))
        member = db.session.scalars(mine).one_or_none()
        if member is None:
            case = db.session.get_one(Case, WREN)
            member = Member(case=case, user_id=people.id_of("dee"), purpose="PLAN", standing="accepted", since=now())
            db.session.add(member)
        member.recused_at = now()
        db.session.commit()
    assert dee.send(f"/linking/moves/{offer}", **PROMISED).status_code == 404
    assert "You are asked to take over a case." not in page(dee.get("/", follow_redirects=True))
    with app.app_context():
        assert not [one for one in open_tasks() if one.owner_id == people.id_of("dee")]


@SQLITE
def test_another_countys_rules_hold_from_its_yes_on_and_the_preview_says_for_whom(
    app: Flask, signed_in: SignIn, rowan: Person
) -> None:
    """A clock that runs keeps the time it has."""
    casey = signed_in("casey")
    assert "works by other rules" not in page(casey.get(MOVE)), "both go by the same rules here"
    with app.app_context():
        begin_writing()
        birch = db.session.get_one(Agency, BIRCH)
        birch.profile, birch.timezone = "us-tx", "America/Chicago"
        db.session.commit()
        case, me = facts.load(WREN), access.person(db.session.get_one(User, people.id_of("casey")))
        seat = access.seat_at(case, me) if case else None
        assert seat
        mine = frozenset(views.look(seat).opened)
        clocks, before = running(), read_by_all(mine)
    said = casey.get(MOVE).text.partition("works by other rules")[2].partition("</details>")[0]
    assert "Texas, to be confirmed" in said and "A clock that runs keeps the time it has." in said
    less = dict(re.findall(r"<li>([^:<]+): ([^<]+)</li>", said.partition("Would read less")[2]))
    assert less, "the walk is about something"
    offer = offered(casey, to=f"agency:{BIRCH}")
    assert "by your county’s rules from your yes on: Texas" in rowan.get(f"/linking/moves/{offer}").text
    with app.app_context():
        assert read_by_all(mine) == before and db.session.get_one(Case, WREN).profile == "us-baseline"
    assert rowan.send(f"/linking/moves/{offer}", **PROMISED).status_code == 303
    with app.app_context():
        facts.forget_all()
        moved = db.session.get_one(Case, WREN)
        assert (moved.profile, moved.terms.timezone) == ("us-tx", "America/Chicago"), "its days end where its lead is"
        entry = db.session.scalars(select(Entry).where(Entry.event == "case.moved")).one()
        assert ledger.body(entry.id, entry.body_)["timezone"] == "America/Chicago"
        check_clocks(clocks)
        after = read_by_all(mine)
    stay = before.keys() & after.keys()
    lost = {name: gone for name in stay if (gone := {title for title, _ in before[name] - after[name]})}
    assert lost.keys() == less.keys()
    assert all(title in less[name] for name, titles in lost.items() for title in titles)


def read_by_all(mine: frozenset[str]) -> dict[str, set[tuple[str, str]]]:
    """Of these records: which kinds, and which fields of them, everybody at the table reads."""
    case = facts.load(WREN)
    assert case
    told: dict[str, set[tuple[str, str]]] = {}
    for user_id in case.facts.members:
        seat = access.seat_at(case, access.person(db.session.get_one(User, user_id)))
        for purpose in seat.purposes if seat else ():
            found = told.setdefault(case.people_names[user_id], set())
            for item, one in views.look(replace(seat, purpose=purpose)).items:
                if one.opens and item.id in mine:
                    found |= {(catalog.CATEGORIES[item.category].title, f"{item.id} {name}") for name in one.fields}
    return told
