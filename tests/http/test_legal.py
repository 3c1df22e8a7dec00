"""Legal papers over HTTP: a subpoena opens nothing, an order exactly what it names; sealing, deleting, holding."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from mdt.models import (
    Case,
    Draft,
    Entry,
    Hold,
    Item,
    ItemGroup,
    Order,
    Paper,
    PaperTerms,
    User,
    begin_writing,
    db,
    new_id,
    now,
)
from mdt.models.sealing import index_of
from mdt.operations import access, accounts, facts, items, ledger, releases, seen
from mdt.operations.acts import Refused
from mdt.operations.demo import agencies, known, people
from mdt.operations.legal import papers
from mdt.sharing.decide import decide
from mdt.sharing.vocabulary import Category, Purpose
from mdt.web.sign_ins import find_me
from tests.fixtures_app import Person, today
from tests.http.test_releases import IRON, page, sent

WREN = known("case.wren")
CASE = f"/cases/{WREN}"
PAPERS = f"{CASE}/papers"
GRADES = "wren.grades"
SignIn = Callable[[str], Person]
WORDS = "You are commanded to bring all records of Wrenna Calloway."


def came(**more: Any) -> dict[str, Any]:
    """The form of a subpoena for check-ups, by the prosecutor."""
    return {
        "kind": "subpoena", "issuer": "County Attorney", "words": WORDS, "effect": "open", "order": "",
        "categories": ["HEALTH"], "reach": "own", "recipients": [agencies.id_of("police")], "remarks": [],
        "beside": "none", "received_on": str(today()), "due_on": str(today() + timedelta(days=20)), "key": new_id(),
    } | more  # fmt: skip


def ordered(**more: Any) -> dict[str, Any]:
    """The form of a court order."""
    return came(kind="order", issuer="Juvenile Court", order="HIP", issued_on=str(today())) | more


def taken_in(person: Person, form: dict[str, Any]) -> str:
    answer = sent(person, f"{PAPERS}/new", **form)
    assert answer.status_code == 303, page(answer)
    return str(answer.location)


def as_counsel(path: str) -> str:
    """The same paper on counsel's side."""
    return f"/counsel/papers/{path.rsplit('/', 1)[1]}"


def looked_over(counsel: Person, path: str) -> dict[str, str]:
    """What the page of an order to delete sends along."""
    found = re.search(r'name="mark" value="(\w+)"', counsel.get(as_counsel(path)).text)
    return {"mark": found[1]} if found else {}


def signed(counsel: Person, path: str, **more: Any) -> None:
    more |= looked_over(counsel, path)
    answer = sent(counsel, as_counsel(path), **{"answer": "sign", "beside": "none"} | more)
    assert answer.status_code == 303, page(answer)


def files(folder: Path) -> list[Path]:
    """The files of the database."""
    return [one for one in folder.iterdir() if "sqlite" in one.name or ".db" in one.name]


def desk(person: Person) -> str:
    return page(person.get("/", follow_redirects=True))


def lawyer_of(app: Flask, agency: str) -> Person:
    """A lawyer of this agency, signed in by name and password."""
    login = f"lawyer.{agency}@cedar.example"
    with app.app_context():
        begin_writing()
        db.session.add(
            User(
                agency_id=agencies.id_of(agency), role=None, counsel=True, name="Avery Stone", title="lawyer",
                login=login, login_index=index_of("login", login), acknowledged_at=now(),
                password_hash=accounts.hashed("a word for avery"),
            )
        )  # fmt: skip
        db.session.commit()
    person = app.test_client()
    assert isinstance(person, Person)
    person.get("/sign-in?password=1")
    assert person.send("/sign-in", login=login, password="a word for avery").status_code == 303
    return person


def test_a_subpoena_alone_opens_nothing_and_says_why(app: Flask, signed_in: SignIn) -> None:
    ruth, marcus, gwen, casey = map(signed_in, ("ruth", "marcus", "gwen", "casey"))
    path = taken_in(ruth, came())
    shown = page(ruth.get(path))
    assert "A subpoena alone opens nothing." in shown and "45 CFR 164.512(e)(1)(ii)" in shown and WORDS in shown
    assert "Assurance of notice, or a protective order" in shown
    assert "Assurance of notice, or a protective order." in desk(ruth)
    wanted = page(ruth.get(taken_in(ruth, came(kind="request"))))
    assert "Assurance of notice" not in wanted and "164.512(e)" not in wanted, "512(e) is of subpoenas and discovery"
    assert "authorization" in wanted and "45 CFR 164.508(a)(1)" in wanted
    assert IRON not in page(marcus.get(CASE))
    for other in (casey, marcus, signed_in("sam")):
        assert other.get(path).status_code == 404 and "County Attorney" not in page(other.get(PAPERS))
    assert "Assurance" not in desk(casey)
    assert "Subpoena from County Attorney" in page(gwen.get("/counsel"))
    refused = sent(gwen, as_counsel(path), answer="sign", beside="none")
    assert refused.status_code == 422 and "This is no order." in page(refused)
    assert sent(gwen, as_counsel(path), answer="no", beside="none", words="").status_code == 422
    assert sent(gwen, as_counsel(path), answer="no", beside="none", words="We objected in writing.").status_code == 303
    assert "We objected in writing." in page(ruth.get(path))
    assert IRON not in page(marcus.get(CASE))
    assert gwen.get(CASE).status_code == 404, "counsel opens no case"
    with app.app_context():
        assert db.session.scalars(select(Order)).all() == []


def test_an_order_opens_exactly_what_it_names_once_counsel_signed_it(app: Flask, signed_in: SignIn) -> None:
    ruth, marcus, sam, gwen, ngozi = map(signed_in, ("ruth", "marcus", "sam", "gwen", "ngozi"))
    path = taken_in(ruth, ordered())
    assert "It opens nothing until counsel signs it off." in page(ruth.get(path))
    assert IRON not in page(marcus.get(CASE))
    signed(gwen, path)
    assert IRON in page(marcus.get(CASE)) and "Nothing found" not in page(marcus.get(CASE))
    assert ngozi.get(CASE).status_code == 404
    again = sent(gwen, as_counsel(path), answer="sign", beside="none")
    assert again.status_code == 422 and "answered already" in page(again)
    with app.app_context():
        terms = db.session.scalars(select(Order)).one().terms
        assert terms.id not in path, "a paper's identifier is known to its agency alone"
        assert (terms.type, terms.recipients) == ("HIP", (agencies.id_of("police"),))
        assert {db.session.get_one(Item, one).source_id for one in terms.items} == {agencies.id_of("mercy")}
    assert "signed it off" in page(ruth.get(path)) and WORDS not in page(sam.get(PAPERS))


def ended(counsel: Person, path: str, how: str, **more: Any) -> Any:
    said = {"how": how, "on": str(today()), "court": "Court of Appeals", "words": "Vacated in full, No. 26-11."}
    return sent(counsel, f"{as_counsel(path)}/ended", **said | more)


def test_an_order_that_a_court_ended_closes_at_once_what_it_opened(app: Flask, signed_in: SignIn) -> None:
    ruth, marcus, gwen = map(signed_in, ("ruth", "marcus", "gwen"))
    path = taken_in(ruth, ordered())
    assert ended(gwen, path, "vacated").status_code in (409, 422), "there is no order yet"
    signed(gwen, path)
    assert IRON in page(marcus.get(CASE))
    shown = page(gwen.get(as_counsel(path)))
    assert "Its end closes: Alder Police: Physical health" in shown, shown
    assert "If it holds no longer" not in page(ruth.get(path))
    assert ended(ruth, path, "stayed").status_code == 404
    for wrong in ({"on": str(today() - timedelta(days=1))}, {"words": " "}, {"court": ""}, {"how": "lifted"}):
        assert ended(gwen, path, wrong.pop("how", "stayed"), **wrong).status_code == 422
    assert IRON in page(marcus.get(CASE)), "refused is not done"
    assert ended(gwen, path, "stayed").status_code == 303
    assert IRON not in page(marcus.get(CASE))
    assert "Stayed, today, by Court of Appeals" in page(ruth.get(path))
    later = str(today() + timedelta(days=2))
    assert ended(gwen, path, "lifted", on=later).status_code == 422, "nothing opens before its day"
    assert ended(gwen, path, "lifted").status_code == 303
    assert IRON in page(marcus.get(CASE))
    assert ended(gwen, path, "vacated", on=later).status_code == 303
    assert IRON in page(marcus.get(CASE)), "it acts from that day on"
    with time_machine.travel(now() + timedelta(days=3), tick=False), app.app_context():
        order = db.session.scalars(select(Order)).one().terms
        seen = facts.load(WREN)
        assert seen and str(order.ended) == later
        police = next(one.id for one in seen.facts.users.values() if one.id == people.id_of("marcus"))
        bare = replace(seen.facts, orders=())
        for one in order.items:
            had, has = (decide(world, police, one, Purpose.INVESTIGATE, now(), profile=seen.rules).fields
                        for world in (bare, seen.facts))  # fmt: skip
            assert had == has, "as if it had never been"
    assert ended(gwen, path, "vacated").status_code in (409, 422), "it is over"
    with app.app_context():
        said = [ledger.body(row.id, row.body_)["how"] for row in db.session.scalars(
            select(Entry).where(Entry.event == "order.ended").order_by(Entry.at))]  # fmt: skip
        assert said == ["stayed", "lifted", "vacated"]


def test_a_part_two_order_needs_findings_a_process_and_its_own_lawyer(app: Flask, signed_in: SignIn) -> None:
    """New Path hides its clients: the county's counsel learns nothing of what it was served."""
    with app.app_context():
        begin_writing()
        _sit("priya")
        db.session.commit()
        facts.forget_all()
    priya, marcus, gwen = map(signed_in, ("priya", "marcus", "gwen"))
    path = taken_in(priya, ordered(order="P2C", categories=["SUD_P2"]))
    shown = page(priya.get(path))
    assert "Your agency has no counsel here" in shown and "Tell the program" in shown and "42 CFR 2.65(b)" in shown
    assert "the findings that the rule asks for" in shown and "It permits and does not compel" in shown
    assert gwen.get(as_counsel(path)).status_code == 404 and "Juvenile Court" not in page(gwen.get("/counsel"))
    avery = lawyer_of(app, "newpath")
    assert sent(avery, as_counsel(path), answer="sign", beside="subpoena", findings="y").status_code == 422
    assert sent(priya, f"{path}/steps", step="tell_program", words=" ").status_code == 422
    assert sent(priya, f"{path}/steps", step="tell_student", words="Done.").status_code == 404
    assert sent(priya, f"{path}/steps", step="tell_program", words="Heard on Monday.").status_code == 303
    for lacking in ({"beside": "subpoena"}, {"findings": "y"}):
        answer = sent(avery, as_counsel(path), **{"answer": "sign", "beside": "none"} | lacking)
        assert answer.status_code == 422, page(answer)
        assert "New Path, early help" not in page(marcus.get(CASE))
    signed(avery, path, findings="y", beside="subpoena")
    assert "New Path, early help" in page(marcus.get(CASE))


def test_the_steps_come_from_the_profile(app: Flask, signed_in: SignIn) -> None:
    imani, jo = signed_in("imani"), signed_in("jo")
    school = taken_in(imani, came(categories=["EDUCATION"]))
    shown = page(imani.get(school))
    assert "Tell the parents" in shown and "Tell the student" in shown and "20 USC 1232g(b)(2)(B)" in shown
    assert "10 days left" in shown or "9 days left" in shown, "the clock is that of the paper less ten days"
    spared = taken_in(imani, came(kind="order", order="EDU", categories=["EDUCATION"], remarks=["dependency"]))
    assert "Tell the parents" not in page(imani.get(spared)), "the parent is a party: 2013"
    assert "Tell the student" in page(imani.get(spared)), "the student is not"
    asked = taken_in(imani, came(categories=["EDUCATION"], remarks=["dependency"]))
    assert "Tell the parents" in page(imani.get(asked)), "a subpoena is no order of that court"
    assert "Tell the parents" in page(imani.get(taken_in(imani, came(
        kind="order", order="EDU", categories=["EDUCATION"]))))  # fmt: skip
    shelter = page(jo.get(taken_in(jo, came(categories=["PLAN"]))))
    assert "Try to tell the survivor, and plan for safety" in shelter, "by its money, whatever is asked for"
    assert "The privilege is the survivor" in shelter and "Your agency has no counsel here" in shelter


def test_a_step_is_due_so_many_days_before_at_the_same_hour_also_over_a_change_of_the_clocks(
    app: Flask, signed_in: SignIn
) -> None:
    zone = ZoneInfo("America/New_York")
    noons = (datetime.combine(today() + timedelta(days=one), time(12), zone) for one in range(30, 400))
    before, after = next((one, other) for one, other in pairwise(noons) if one.utcoffset() != other.utcoffset())
    path = taken_in(signed_in("imani"), came(categories=["EDUCATION"], due_on=str(after.date() + timedelta(days=2))))
    with app.app_context():
        seat = access.admit_quietly(WREN, access.person(db.session.get_one(User, people.id_of("imani"))))
        assert seat
        read = papers.read(seat, path.rsplit("/", 1)[1])
        parents = next(one for one in read.steps if one.step.days_before == 10)
    assert read.due_at
    due, asked = read.due_at.astimezone(zone), parents.due_at.astimezone(zone)
    assert asked == datetime.combine(due.date() - timedelta(days=10), due.time(), zone)
    assert asked.utcoffset() == before.utcoffset() != due.utcoffset(), "the change lies in between"


@pytest.mark.usefixtures("still")
def test_a_sealed_record_is_as_if_it_never_was(app: Flask, signed_in: SignIn) -> None:
    lena, casey, gwen, wren, tomas = map(signed_in, ("lena", "casey", "gwen", "wren", "tomas"))
    words = "informal probation"
    assert words in page(lena.get(CASE)) and words in page(tomas.get(CASE))
    path = taken_in(lena, ordered(effect="seal", categories=["JUVENILE"], recipients=[], order=""))
    signed(gwen, path)
    for person in (lena, casey, wren, tomas):
        read = person.get(CASE).text
        assert words not in read and "Delinquency" not in read.partition("<main")[2], "not even for its own agency"
    with app.app_context():
        assert db.session.get_one(Item, known("wren.probation")).terms.sealed == today()
    assert ended(gwen, path, "stayed").status_code == 422, "a stay would open what may have to be closed again"
    assert "What it sealed opens again" in page(gwen.get(as_counsel(path)))
    assert ended(gwen, path, "vacated").status_code == 303
    assert words in page(lena.get(CASE))
    with app.app_context():
        assert db.session.get_one(Item, known("wren.probation")).terms.sealed is None


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_an_expunged_record_is_gone_from_the_file_and_leaves_a_word_in_the_ledger(
    app: Flask, signed_in: SignIn
) -> None:
    lena, gwen, tomas = map(signed_in, ("lena", "gwen", "tomas"))
    gone = known("wren.probation")
    with app.app_context():
        held = [group.values_ for group in db.session.scalars(select(ItemGroup).where(ItemGroup.item_id == gone))]
        db.session.rollback()
    assert held and all(any(one in file.read_bytes() for file in files(Path(app.instance_path))) for one in held)
    path = taken_in(lena, ordered(effect="expunge", categories=["JUVENILE"], recipients=[], order=""))
    assert "deleted for good" in page(gwen.get(as_counsel(path))) and "backups" in page(gwen.get(as_counsel(path)))
    signed(gwen, path)
    assert "informal probation" not in page(tomas.get(CASE)) and lena.get(CASE).status_code == 200
    with app.app_context():
        assert db.session.get(Item, gone) is None
        rows = db.session.scalars(select(Entry).where(Entry.event == "paper.signed"))
        assert ledger.body(*[(row.id, row.body_) for row in rows][0])["expunged"] == [gone]
        db.session.rollback()
        db.engine.dispose()
        assert ledger.verify().findings == ()
    for file in files(Path(app.instance_path)):
        kept = file.read_bytes()
        assert not [one for one in held if one in kept], f"still in {file.name}"


def quoting(author: str, agency: str, text: str, *quoted: str) -> str:
    """A record of this agency that repeats these, filed as it is after somebody wrote it."""
    begin_writing()
    row = items.file(
        db.session.get_one(Case, WREN), source=agencies.id_of(agency), category=Category.PLAN, quotes=quoted,
        values={"note": text}, author=people.id_of(author),
    )  # fmt: skip
    row_id = row.id
    db.session.commit()
    return str(row_id)


def test_an_order_to_delete_reaches_what_repeats_and_others_find_their_own_on_their_desk(
    app: Flask, signed_in: SignIn
) -> None:
    lena, casey, gwen = map(signed_in, ("lena", "casey", "gwen"))
    gone, past = known("wren.probation"), f"{PAPERS}/past"
    with app.app_context():
        of_lena = "probation"
        mine = quoting("lena", of_lena, "She is on informal probation.", gone)
        theirs = quoting("casey", "county", "Lena says: informal probation.", mine)
        again = quoting("lena", of_lena, "As the county wrote.", theirs)
        begin_writing()
        db.session.add(Draft(
            case=db.session.get_one(Case, WREN), agency_id=agencies.id_of(of_lena), user_id=people.id_of("lena"),
            place="update", subject_id=WREN, words={"note": "Probation", "quotes": [again]},
        ))  # fmt: skip
        db.session.commit()
    assert "repeats what was deleted" not in desk(casey)
    path = taken_in(lena, ordered(effect="expunge", categories=["JUVENILE"], recipients=[], order=""))
    shown = page(gwen.get(as_counsel(path)))
    names = shown.partition("What it deletes")[2].partition("Your answer")[0]
    assert "The records it names" in names and "what repeats them" in names
    assert names.count("from Juvenile Probation") == 3 and "Cedar County" not in names
    assert "not on its desk" not in names and "stands on its desk until it is" in names
    answer = sent(gwen, as_counsel(path), answer="sign", beside="none", mark="another")
    assert answer.status_code == 422 and "Look over what it deletes" in page(answer)
    with app.app_context():
        late = quoting("lena", of_lena, "Informal probation, once more.", gone)
    stale = re.search(r'name="mark" value="(\w+)"', answer.text)[1]  # type: ignore[index]
    assert sent(gwen, as_counsel(path), answer="sign", beside="none", mark=stale).status_code == 422
    signed(gwen, path)
    with app.app_context():
        assert not [one for one in (gone, mine, again, late) if db.session.get(Item, one)]
        assert db.session.get(Item, theirs) is not None, "another agency's own"
        assert not [row for row in db.session.scalars(select(Draft)) if row.words]
        said = ledger.body(*[(row.id, row.body_) for row in db.session.scalars(
            select(Entry).where(Entry.event == "paper.signed"))][0])  # fmt: skip
        assert said["expunged"] == [gone] and said["repeating"] == sorted([mine, again, late])
    assert "informal probation" not in page(casey.get(CASE)), "what repeats it is closed to its own writer"
    assert "A record of your agency repeats what was deleted." in desk(casey)
    assert "repeats what was deleted" not in desk(lena) and theirs not in lena.get(past).text
    assert "It repeats what was deleted." in page(casey.get(past)) and theirs in casey.get(past).text
    assert "informal probation" not in casey.get(past).text
    assert "Choose from" in sent(lena, past, records=[theirs], follow=True).text
    assert sent(casey, past, records=[theirs]).status_code == 303
    assert "repeats what was deleted" not in desk(casey)
    with app.app_context():
        assert db.session.get(Item, theirs) is None


def test_a_hold_keeps_what_an_order_would_delete_until_counsel_lifts_it(app: Flask, signed_in: SignIn) -> None:
    lena, casey, gwen = map(signed_in, ("lena", "casey", "gwen"))
    assert sent(casey, f"{PAPERS}/holds", why=" ").status_code == 422
    assert sent(casey, f"{PAPERS}/holds", why="The trial in spring.").status_code == 303
    assert "The trial in spring." in page(casey.get(PAPERS)) and "The trial" not in page(lena.get(PAPERS))
    path = taken_in(lena, ordered(effect="expunge", categories=["JUVENILE"], recipients=[], order=""))
    answer = sent(gwen, as_counsel(path), answer="sign", beside="none", **looked_over(gwen, path))
    assert answer.status_code == 422 and "A hold stands on these records." in page(answer)
    with app.app_context():
        assert db.session.get(Item, known("wren.probation")) is not None
        hold = db.session.scalars(select(Hold.id)).one()
        assert db.session.scalars(select(Paper.state)).one() == "waiting"
    assert sent(casey, f"/counsel/holds/{hold}").status_code == 404
    assert "The trial in spring." in page(gwen.get("/counsel"))
    assert sent(gwen, f"/counsel/holds/{hold}").status_code == 303
    signed(gwen, path)
    with app.app_context():
        assert db.session.get(Item, known("wren.probation")) is None


def test_what_is_past_its_time_is_listed_and_deleted_by_somebody(app: Flask, signed_in: SignIn) -> None:
    ruth, casey, jo = map(signed_in, ("ruth", "casey", "jo"))
    past = f"{PAPERS}/past"
    assert "Nothing is past its time" in page(casey.get(past))
    with app.app_context():
        begin_writing()
        case = db.session.get_one(Case, WREN)
        born = case.terms.youth.born.replace(year=case.terms.youth.born.year)
        case.terms = replace(case.terms, closed=(date(today().year - 2, 1, 15),))
        assert born
        db.session.commit()
        facts.forget_all()
    assert "Protected address" in page(casey.get(past)) and "Photo" not in page(casey.get(past))
    assert "Confidential advocate" in page(jo.get(past)) and "Confidential advocate" not in page(casey.get(past))
    assert "Physical health" not in page(ruth.get(past)), "health is kept until six years past majority"
    home, jo_plan = known("wren.home"), known("wren.jo.plan")
    assert "Choose from" in sent(casey, past, records=[jo_plan], follow=True).text
    assert sent(casey, f"{PAPERS}/holds", why="An appeal.").status_code == 303
    assert "A hold stands" in page(casey.get(past))
    sent(casey, past, records=[home])
    sent(jo, past, records=[jo_plan])
    with app.app_context():
        assert db.session.get(Item, home) and db.session.get(Item, jo_plan), "the lead's hold covers the whole case"
        begin_writing()
        db.session.scalars(select(Hold)).one().ended_at = now()
        db.session.commit()
    assert sent(jo, past, records=[jo_plan]).status_code == 303
    assert sent(casey, past, records=[home]).status_code == 303
    with app.app_context():
        assert db.session.get(Item, home) is None and db.session.get(Item, jo_plan) is None
        said = [ledger.body(row.id, row.body_) for row in db.session.scalars(
            select(Entry).where(Entry.event == "record.deleted"))]  # fmt: skip
        assert sorted(body["items"] for body in said) == sorted([[home], [jo_plan]])
    assert casey.get(CASE).status_code == 200 and jo.get(CASE).status_code == 200


def test_a_paper_of_the_lead_for_everybody_leaves_those_alone_whose_clients_are_protected(
    app: Flask, signed_in: SignIn
) -> None:
    casey, gwen, marcus, ruth = map(signed_in, ("casey", "gwen", "marcus", "ruth"))
    assert sent(ruth, f"{PAPERS}/new", **ordered(reach="case")).status_code == 422
    form = ordered(order="PRV", findings="y", reach="case", categories=["ADVOCATE", "BEHAVIORAL", "SUD_P2"])
    path = taken_in(casey, form)
    assert "has to be done first" in page(sent(gwen, as_counsel(path), answer="sign", beside="none", findings="y"))
    done = {"step": "victim_notice_attempt", "words": "We do not know where she is.", "not": "1"}
    assert sent(casey, f"{path}/steps", **done).status_code == 303
    signed(gwen, path, findings="y")
    read = page(marcus.get(CASE))
    assert "If I’m scared at night" not in read and "New Path, early help" not in read
    with app.app_context():
        reached = {
            db.session.get_one(Item, one).source_id for one in db.session.scalars(select(Order)).one().terms.items
        }
        assert reached == {agencies.id_of("harbor")}


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_what_is_missing_on_a_paper_is_said_and_twice_is_once(app: Flask, signed_in: SignIn) -> None:
    ruth = signed_in("ruth")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"kind": []}, "Choose what came."),
        ({"issuer": " "}, "Say who sent it."),
        ({"words": ""}, "Write down"),
        ({"categories": []}, "Choose what it asks for."),
        ({"recipients": []}, "Choose who is to read it."),
        ({"effect": "seal"}, "Only a court order can seal or delete."),
        ({"received_on": ""}, "Write the day on which it came."),
        ({"received_on": str(today() + timedelta(days=1))}, "That is a day to come."),
        ({"recipients": [new_id()]}, "Choose from what is on the page."),
        ({"key": "1"}, "Reload this page"),
    ]
    for more, words in wrong:
        answer = sent(ruth, f"{PAPERS}/new", **came(**more))
        assert answer.status_code == 422, more
        assert words in page(answer), more
    form = came()
    assert taken_in(ruth, form) == taken_in(ruth, form)
    with app.app_context():
        assert len(list(db.session.scalars(select(Paper)))) == 1
        stored = b"".join(one for one in db.session.execute(select(Paper.terms_)).scalars())
        assert b"Wrenna" not in stored and b"County Attorney" not in stored


def test_families_and_others_find_no_papers(app: Flask, signed_in: SignIn) -> None:
    ruth = signed_in("ruth")
    path = taken_in(ruth, came())
    for slug in ("wren", "marisol"):
        person = signed_in(slug)
        for address in (PAPERS, f"{PAPERS}/new", f"{PAPERS}/past", path):
            assert person.get(address).status_code == 404, (slug, address)
        assert "papers" not in person.get(CASE).text.partition("<main")[2].partition("</main>")[0]
    for slug in ("casey", "robin", "ruth"):
        assert signed_in(slug).get("/counsel").status_code == 404, slug


def _sit(slug: str) -> None:
    """This person sits at Wren's table from now."""
    from mdt.models import Member, Standing

    case = db.session.get_one(Case, WREN)
    db.session.add(
        Member(case=case, user_id=people.id_of(slug), standing=Standing.ACCEPTED, purpose="TREAT", since=now())
    )


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_step_that_nobody_asked_for_is_written_down_in_no_words(app: Flask, signed_in: SignIn) -> None:
    ruth = signed_in("ruth")
    paper = taken_in(ruth, came())
    assert sent(ruth, f"{paper}/steps", step="Her uncle did it.", words="Called.").status_code == 404
    assert sent(ruth, f"{paper}/steps", step="assurance", words="Called.").status_code == 303
    with app.app_context():
        rows = db.session.scalars(select(Entry).where(Entry.event.startswith("paper.step")).order_by(Entry.seq))
        assert [ledger.body(row.id, row.body_).get("step") for row in rows] == [None, "assurance"]


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
def test_a_hold_for_a_paper_that_is_none_is_not_found(signed_in: SignIn) -> None:
    ruth = signed_in("ruth")
    for paper in ("nothing", new_id()):
        assert sent(ruth, f"{PAPERS}/holds", why="A trial.", paper=paper).status_code == 404, paper


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_recipient_that_nobody_offered_is_refused_by_the_verbs_themselves(app: Flask) -> None:
    with app.test_request_context():
        seat = access.admit_quietly(WREN, find_me(people.id_of("ruth")))
        assert seat
        outside, hidden = people.id_of("noor"), people.id_of("gwen")
        for wrong in (outside, hidden, new_id(), agencies.id_of("mercy")):
            terms = PaperTerms(
                kind="subpoena", effect="open", issuer="A court", words=WORDS, categories=(Category.HEALTH,),
                sources=(agencies.id_of("mercy"),), recipients=(wrong,), order=None, issued=None, findings=False,
                process="none", remarks=(),
            )  # fmt: skip
            with pytest.raises(Refused, match="Something on the paper"):
                papers.take_in(seat, terms, received_at=now(), due_at=None, key=new_id())
        for wrong in (outside, hidden, new_id()):
            draft = releases.draft(
                seat, type="HIPAA", discloser=agencies.id_of("mercy"), recipients=(wrong,),
                categories=(Category.HEALTH,),
            )  # fmt: skip
            with pytest.raises(Refused, match="Choose who may be told"):
                releases.record(seat, draft, form={})


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_who_acts_beside_the_team_is_named_but_not_of_an_agency_that_hides_its_clients(
    app: Flask, signed_in: SignIn
) -> None:
    lawyer_of(app, "opendoor")
    with app.app_context():
        lawyer = db.session.scalars(select(User.id).where(User.counsel, User.agency_id == agencies.id_of("opendoor")))
        hidden = lawyer.one()
        for slug, known_as in (("imani", seen.SOMEBODY), ("casey", seen.SOMEBODY), ("jo", "Avery Stone")):
            seat = access.admit_quietly(WREN, find_me(people.id_of(slug)))  # type: ignore[arg-type]
            assert seat
            assert seen.named(seat, people.id_of("gwen"), {}) == ("Gwen Tallis", "Cedar County Child Welfare")
            assert seen.named(seat, hidden, {})[0] == known_as, slug
            assert seen.named(seat, new_id(), {}) == (seen.SOMEBODY, "")
            assert seen.named(seat, people.id_of("noor"), {})[0] == seen.SOMEBODY, "of no team of this case"
