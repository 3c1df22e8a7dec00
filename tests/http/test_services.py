"""The directory and referrals: from a need to an attended service, and what everybody else sees of it."""

from __future__ import annotations

import html
import re
import time
import zlib
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from mdt.models import Case, Edition, GapReport, Item, Referral, Task, begin_writing, db, new_id, now
from mdt.operations.demo import known, people
from mdt.operations.legal import removing
from mdt.operations.services import directory, gaps, terms
from mdt.operations.services.hsds.reading import Reading
from mdt.operations.services.settling import settle
from tests.fixtures_app import Person, today

SignIn = Callable[[str], Person]
CASE = known("case.wren")
SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
WORDS = "A quiet canary: see her twice this month."


def main(page: str) -> str:
    return page.split("<main")[1].split("</main")[0]


def refer(person: Person, service: str, answer: str = "yes", **more: Any) -> str:
    """Write a referral down; its page."""
    path = f"/services/cases/{CASE}/refer/{known(f'service.{service}')}"
    page = person.get(path).text
    today = re.search(r'name="asked_on"[^>]*value="([^"]+)"', page)
    assert today, page
    form = {
        "need": "physical",
        "answer": answer,
        "asked_by": people.id_of("casey"),
        "asked_on": today[1],
        "words": WORDS,
    }
    made = person.send(path, key=new_id(), **form | more)
    assert made.status_code == 303, made.text
    return str(made.headers["Location"])


def row(app: Flask, path: str) -> Any:
    with app.app_context():
        found = db.session.get_one(Referral, path.rsplit("/", 1)[1])
        db.session.expunge_all()
        return found


def test_from_a_need_to_an_attended_service(app: Flask, signed_in: SignIn) -> None:
    casey, ruth, tomas, marcus, wren = (signed_in(one) for one in ("casey", "ruth", "tomas", "marcus", "wren"))
    found = casey.get(f"/services/cases/{CASE}/find?need=physical&age=15&place=Alder").text
    assert "Check-ups without an appointment" in found and "Counseling after violence" not in found
    path = refer(casey, "clinic")
    assert row(app, path).state == "agreed" and "Send it" in casey.get(path).text
    assert ruth.get(path).status_code == 200 and "Not sent yet" in ruth.get(path).text, "the plan is hers to read"
    assert marcus.get(path).status_code == 404 and WORDS not in marcus.get(f"/services/cases/{CASE}/referrals").text
    assert "Mercy Clinic" in wren.get(path).text and "I changed my mind" in wren.get(path).text
    to = casey.get(f"{path}/send").text
    assert "Ruth Castellano" in to and "Marcus Bell" not in to
    assert casey.send(f"{path}/send", to=people.id_of("ruth"), key=new_id()).status_code == 303
    assert row(app, path).state == "referred"
    assert "Yes, we take them" not in casey.get(path).text and "Yes, we take them" in ruth.get(path).text
    assert ruth.send(f"{path}/wait", key=new_id()).status_code == 303
    with app.app_context():
        task = db.session.get_one(Task, row(app, path).task_id)
        assert task.owner_id == people.id_of("ruth") and task.step == "held"
    assert "On the waiting list" in casey.get(path).text
    soon = (now() + timedelta(days=3)).date().isoformat()
    assert ruth.send(f"{path}/schedule", key=new_id()).status_code == 422
    assert ruth.send(f"{path}/schedule", on=soon, at="10:30", key=new_id()).status_code == 303
    assert "There is an appointment" in wren.get(path).text and "10:30" in wren.get(path).text
    assert tomas.get(path).status_code == 200 and marcus.get(path).status_code == 404
    assert casey.send(f"{path}/attended", key=new_id()).status_code == 404, "hers to say"
    assert ruth.send(f"{path}/attended", key=new_id()).status_code == 303
    assert "They went" in casey.get(path).text
    assert ruth.get(f"{path}/outcome").status_code == 404
    assert wren.send(f"{path}/outcome", words="She did not rush me.", key=new_id()).status_code == 303
    assert row(app, path).state == "ended" and "She did not rush me." in casey.get(path).text
    assert "She did not rush me." not in ruth.get(path).text, (
        "her words are a note of the plan, which the clinic does not get"
    )


@SQLITE
def test_no_is_respected_at_once_and_told_only_to_those_who_keep_the_plan(app: Flask, signed_in: SignIn) -> None:
    casey, ruth, wren = (signed_in(one) for one in ("casey", "ruth", "wren"))
    path = refer(casey, "clinic", "no", words="")
    assert row(app, path).state == "said_no" and row(app, path).task_id is None
    assert casey.get(f"{path}/send").status_code == 404 and "said no" in casey.get(path).text
    assert ruth.get(path).status_code == 404 and "said no" not in main(
        ruth.get(f"/services/cases/{CASE}/referrals").text
    )
    later = refer(casey, "clinic")
    casey.send(f"{later}/send", to=people.id_of("ruth"), key=new_id())
    ruth.send(f"{later}/accept", key=new_id())
    assert ruth.send(f"{later}/stop").status_code == 404
    wren.get(later)
    assert wren.send(f"{later}/stop").status_code == 303
    assert row(app, later).state == "said_no"
    with app.app_context():
        assert db.session.get_one(Task, row(app, later).task_id).step == "not_possible"
    assert ruth.send(f"{later}/attended", key=new_id()).status_code == 404


@SQLITE
def test_an_agency_outside_the_team_reads_the_words_and_answers_with_a_reason(app: Flask, signed_in: SignIn) -> None:
    casey, ana, tomas = (signed_in(one) for one in ("casey", "ana", "tomas"))
    path = refer(casey, "shelter", need="housing")
    page = casey.get(f"{path}/send").text
    assert "not on the team" in page and "nothing of the case" in page
    loud = casey.send(f"{path}/send", words="Wren needs a bed.", key=new_id())
    assert loud.status_code == 422 and "Look once more" in loud.text and row(app, path).state == "agreed"
    assert casey.send(f"{path}/send", words="A bed for a week, please call me.", key=new_id()).status_code == 303
    desk = ana.get("/community").text
    assert "Another agency refers something to yours." in desk
    task = row(app, path).task_id
    assert path in ana.get(f"/tasks/{task}").text
    theirs = ana.get(path).text
    assert "A bed for a week" in theirs and "Wren" not in main(theirs) and WORDS not in theirs
    assert ana.get(f"/services/cases/{CASE}/referrals").status_code == 404
    assert ana.send(f"{path}/refuse", words="Full.", key=new_id()).status_code == 422
    assert ana.send(f"{path}/refuse", reason="full", words="Full till May.", key=new_id()).status_code == 303
    assert row(app, path).state == "refused" and row(app, path).reason == "full"
    assert "No place was free" in casey.get(path).text and "Find another" in casey.get(path).text
    assert ana.get(path).status_code == 404
    assert casey.send(f"{path}/close", key=new_id()).status_code == 303
    assert "Full till May" not in tomas.get(path).text


@SQLITE
def test_a_service_that_is_no_partner_is_rung(app: Flask, signed_in: SignIn) -> None:
    casey = signed_in("casey")
    path = refer(casey, "law", need="legal")
    assert "555-01" in casey.get(f"{path}/send").text and "Yes, we take them" not in casey.get(path).text
    assert casey.send(f"{path}/send").status_code == 303
    assert casey.send(f"{path}/accept", key=new_id()).status_code == 303
    assert casey.send(f"{path}/attended", key=new_id()).status_code == 303
    assert row(app, path).state == "attended"
    assert casey.send(f"{path}/outcome", words="", key=new_id()).status_code == 303
    assert row(app, path).state == "ended" and row(app, path).outcome_id is None


@SQLITE
def test_a_directory_is_looked_at_before_it_is_in_force(app: Flask, signed_in: SignIn) -> None:
    robin, casey = signed_in("robin"), signed_in("casey")
    page = robin.get("/services/directory").text
    assert "12 services" in page
    csv = f"id,organization_id,name,status\n{new_id()},{known('organization.Mercy Clinic')},Glasses,active\n"

    def bring(name: str, text: str, whole: str = "part") -> Any:
        robin.get("/services/directory")
        return robin.post(
            "/services/directory",
            data={"csrf_token": robin.token, "whole": whole, "directory": (BytesIO(text.encode()), name)},
        )

    bad = bring("services.csv", csv.replace(",active", ",open"))
    assert bad.status_code == 422 and "services.csv, row 2, status" in bad.text and "Nothing of it was kept" in bad.text
    made = bring("services.csv", csv)
    assert made.status_code == 303
    seen = robin.get(made.headers["Location"]).text
    assert "Glasses" in seen and "Services that are new: 1" in seen
    assert "Glasses" not in casey.get("/services/").text, "not in force yet"
    assert robin.send(f"{made.headers['Location']}/put-in-force").status_code == 303
    assert "Glasses" in casey.get("/services/?words=glasses").text
    assert casey.get("/services/directory").status_code == 404
    again = bring("hsds.zip", "not a zip")
    assert again.status_code == 422
    zip_ = casey.get("/services/files/hsds.zip").data
    same = robin.post(
        "/services/directory",
        data={"csrf_token": robin.token, "whole": "whole", "directory": (BytesIO(zip_), "hsds.zip")},
    )
    assert "would change nothing" in robin.get(same.headers["Location"]).text


@SQLITE
def test_where_being_a_client_is_protected_others_learn_neither_which_nor_how_it_goes(
    app: Flask, signed_in: SignIn
) -> None:
    casey, ruth, priya, wren, imani = (signed_in(one) for one in ("casey", "ruth", "priya", "wren", "imani"))
    path = refer(casey, "newpath", need="behavioral", words="See her for a first talk.")
    casey.get(f"{path}/send")
    assert casey.send(f"{path}/send", words="A first talk, please call me.", key=new_id()).status_code == 303
    said = ruth.get(path).text
    assert "A service for: Feelings" in said and "New Path" not in main(said) and "Help to stop using" not in said
    assert "Sent, not answered" in said
    priya.get(path)
    assert priya.send(f"{path}/accept", key=new_id()).status_code == 303
    soon = (now() + timedelta(days=3)).date().isoformat()
    assert priya.send(f"{path}/schedule", on=soon, at="10:30", key=new_id()).status_code == 303
    assert "There is an appointment" in casey.get(path).text and "New Path" in casey.get(path).text
    assert "There is an appointment" in wren.get(path).text
    listed = main(ruth.get(f"/services/cases/{CASE}/referrals").text)
    assert "between those who sent it and the service" in listed and "appointment" not in listed, listed
    assert "10:30" not in ruth.get(path).text
    assert imani.get(path).status_code == 404


@SQLITE
def test_five_thousand_services_cost_no_more_questions_than_twelve(app: Flask, signed_in: SignIn) -> None:
    casey = signed_in("casey")
    searched = "/services/?need=housing&age=15&place=Alder&miles=50&words=bed"

    def asked(path: str) -> int:
        casey.get(path)
        count: list[str] = []

        def note(_c: Any, _u: Any, statement: str, *_more: Any) -> None:
            count.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            assert casey.get(path).status_code == 200
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(count)

    few = asked(searched)
    with app.app_context():
        begin_writing()
        made = dict(directory.in_force().directory)
        first = next(iter(made["service"].values()))
        ids = [new_id() for _ in range(5000)]
        made["service"] = made["service"] | {one: first | {"id": one, "name": f"A bed {one}"} for one in ids}
        made["service_at_location"] = made["service_at_location"] | {
            one: {"id": one, "service_id": one, "location_id": known("place.clinic")} for one in ids
        }
        term = next(one for one in terms.TERMS if one.code == "need-housing")
        made["attribute"] = made["attribute"] | {
            one: {"id": one, "link_id": one, "link_entity": "service", "taxonomy_term_id": term.id} for one in ids
        }
        directory.lay(settle(Reading(), made, whole=False), at=now())
        db.session.commit()
    many = casey.get(searched).text
    assert "5001 services" in many and "Page 1 of 251" in many
    assert asked(searched) == few == asked(f"{searched}&page=200")
    began = time.perf_counter()
    casey.get(searched)
    assert time.perf_counter() - began < 2


@SQLITE
def test_gaps_are_counted_once_for_the_lead_and_for_policy_and_small_ones_are_left_out(
    app: Flask, signed_in: SignIn
) -> None:
    casey, harriet, ruth, rowan = (signed_in(one) for one in ("casey", "harriet", "ruth", "rowan"))
    assert ruth.get("/services/gaps").status_code == 404
    assert "This is not told yet" in main(casey.get("/services/gaps").text)
    refer(casey, "clinic", "no", words="")
    quarter = gaps._last(today())
    begins = gaps._bounds(quarter)
    assert begins
    with app.app_context():
        then = gaps._start(begins[0]) + timedelta(days=9)

    def ask(count: int, column: str, reason: str | None = None, waited: int = 0) -> None:
        begin_writing()
        mine = db.session.scalars(select(Referral)).first()
        assert mine
        mine.made_at = then
        for number in range(count):
            db.session.add(
                Referral(
                    case=mine.case, item_id=mine.item_id, made_by=mine.made_by, asked_at=then, made_at=then,
                    need="housing", state=column, reason=reason, service=mine.service, sent_at=then,
                    scheduled_at=then + timedelta(days=9) if number < waited else None,
                )
            )  # fmt: skip
        db.session.commit()

    with app.app_context():
        ask(27, "refused", "full", waited=20)
        ask(3, "refused", "history")
        assert gaps.count_due(now()) == 1 and gaps.count_due(now()) == 0
    page = main(casey.get("/services/gaps").text)
    assert "No place was free" in page and "Because of what was done to them" in page and "Mercy" not in page
    assert ">3<" not in page and ">1<" not in page, "nor does it follow: tests/unit/services/test_protecting.py"
    assert ">9<" in page, "twenty waits are told"
    with app.app_context():
        ask(1, "attended")
        assert gaps.count_due(now()) == 0
        kept = [str(one) for one in db.session.scalars(select(GapReport.told).where(GapReport.period == quarter))]
        assert kept and not any(": 3," in one or ": 1," in one for one in kept), "what is not told is not kept"
    assert main(casey.get("/services/gaps").text) == page, "one more changes nothing in it"
    county = main(harriet.get(f"/services/gaps?period={quarter}").text)
    assert "all agencies of the county" in county and ">30<" in county and "Wren" not in county
    assert ">30<" not in main(rowan.get(f"/services/gaps?period={quarter}").text), "another agency reads its own"
    running = gaps._step(quarter, 1)
    assert "This is not told yet" in main(harriet.get(f"/services/gaps?period={running}").text)
    assert "This is not told yet" in main(harriet.get(f"/services/gaps?period={running[:4]}").text)
    for odd in ("2026-5", "x", "2026-", "0", "2026-1-1", "2001-2"):
        assert harriet.get(f"/services/gaps?period={odd}").status_code == 200


@SQLITE
def test_a_record_that_is_deleted_takes_its_referral_with_it(app: Flask, signed_in: SignIn) -> None:
    casey = signed_in("casey")
    path = refer(casey, "law", need="legal")
    casey.get(f"{path}/send")
    for step in ("send", "accept", "attended"):
        assert casey.send(f"{path}/{step}", key=new_id()).status_code == 303, step
    assert casey.send(f"{path}/outcome", words="It went well.", key=new_id()).status_code == 303
    told = row(app, path)
    with app.app_context():
        for gone in (told.outcome_id, told.item_id):
            begin_writing()
            case = db.session.get_one(Case, CASE)
            removing.remove(case, [db.session.get_one(Item, gone).terms])
            db.session.commit()
            left = db.session.get(Referral, told.id)
            assert (left is None) == (gone == told.item_id) and (left is None or left.outcome_id is None)
    assert casey.get(path).status_code == 404


@SQLITE
def test_an_organization_is_said_to_be_an_agency_here_and_only_then_is_it_referred_to(
    app: Flask, signed_in: SignIn
) -> None:
    robin, casey = signed_in("robin"), signed_in("casey")
    page = main(robin.get("/services/directory").text)
    assert "Mercy Clinic" in page and "keep which agency Garden Center" not in page.lower()
    assert "Garden Center" in main(robin.get("/services/directory?organization=garden").text)
    path = f"/services/directory/partners/{known('organization.Garden Center')}"
    assert robin.send(path, agency=known("agency.hearth")).status_code == 303
    assert robin.send(path, agency=known("agency.policy")).status_code == 404
    made = refer(casey, "garden", need="employment")
    assert "not on the team" in casey.get(f"{made}/send").text
    robin.get("/services/directory")
    assert robin.send(path, agency="").status_code == 303
    assert "555-01" in casey.get(f"{refer(casey, 'garden', need='employment')}/send").text


@SQLITE
def test_a_service_and_its_place_are_changed_by_hand_and_a_front_gate_stays_one(app: Flask, signed_in: SignIn) -> None:
    robin, casey = signed_in("robin"), signed_in("casey")
    path = f"/services/directory/services/{known('service.clinic')}"
    assert casey.get(path).status_code == 404 and path in robin.get("/services/directory?service=check-ups").text
    page = robin.get(path).text
    held = {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', page)}
    form = {name: held.get(name, "") for name in ("name", "phone", "minimum_age", "maximum_age", "waiting_days")}
    form |= {"status": "active", "gender_served": "", "needs": ["need-physical"], "marks": ["trauma_informed"]}
    assert form["phone"] and "Where it is" in page
    wrong = robin.send(path, **form | {"name": "", "minimum_age": "x", "url": "javascript:1"})
    assert wrong.status_code == 422 and 'value="javascript:1"' in wrong.text
    for said in ("Nothing stands here.", "Write a number.", "Write a web address that begins with"):
        assert said in wrong.text, "all of it at once"
    assert robin.send(path, **form | {"description": "", "waiting_days": "3", "phone": "555-0777"}).status_code == 303
    shown = casey.get(f"/services/{known('service.clinic')}").text
    assert "555-0777" in shown and "About 3 days of waiting" in shown and "Trauma-informed" in shown
    with app.app_context():
        assert "description" not in directory.find(known("service.clinic")).row, "what is emptied is gone"

    place = f"{path}/places/{known('place.clinic')}"
    there = {"address_1": "77 Canary Court", "city": "Alder", "state_province": "OH", "postal_code": "43001"}
    assert robin.send(place, who="all", **there | {"city": ""}).status_code == 422
    assert robin.send(place, who="all", **there).status_code == 303
    assert "77 Canary Court" in casey.get(f"/services/{known('service.clinic')}").text
    tables = casey.get("/services/files/tables.json").data.replace(b"Hearth House", b"Hearth Home")
    assert b"77 Canary Court" in tables
    again = {"csrf_token": robin.token, "whole": "whole", "directory": (BytesIO(tables), "tables.json")}
    assert robin.post("/services/directory", data=again).status_code == 303, "a file waits that tells it too"
    assert robin.send(place, who="gate", **there).status_code == 303
    assert "Canary" not in robin.get(place).text and "Canary" not in casey.get("/services/files/tables.json").text
    with app.app_context():
        for row in db.session.scalars(select(Edition)):
            assert b"Canary" not in zlib.decompress(row.packed), "nor in an edition of before"
            assert "anary" not in str(row.preview)
    told = robin.send(path, **form | {"description": "Ring at 77 Canary Ct."})
    assert told.status_code == 422 and "It repeats where a confidential place is" in told.text
    other = robin.send(f"{path}/places/new", who="all", **there | {"address_1": "1 Open Street"})
    assert other.status_code == 303 and "1 Open Street" in casey.get(f"/services/{known('service.clinic')}").text
    assert robin.send(place, who="all", **there).status_code == 303
    assert "77 Canary Court" in casey.get(f"/services/{known('service.clinic')}").text, "said to be open, it is"
    with app.app_context():
        begin_writing()
        part, term = Reading(), terms.CONFIDENTIAL.id
        mark = {"id": new_id(), "link_id": known("organization.Mercy Clinic"), "link_entity": "organization"}
        part.rows["attribute"] = {mark["id"]: mark | {"taxonomy_term_id": term, "value": "yes"}}
        directory.lay(settle(part, directory.in_force().directory, whole=False), at=now())
        db.session.commit()
    no = robin.send(place, who="all", **there)
    assert no.status_code == 422 and "is marked as confidential" in no.text and "77 Canary Court" in no.text


@SQLITE
def test_an_edition_of_before_a_place_was_closed_comes_back_with_it_closed(app: Flask, signed_in: SignIn) -> None:
    robin, casey = signed_in("robin"), signed_in("casey")
    place = known("place.clinic")
    with app.app_context():
        begin_writing()
        before = directory.in_force().id
        street = next(
            str(one["address_1"]) for one in directory.in_force().directory["address"].values()
            if one["location_id"] == place
        )  # fmt: skip
        part, term = Reading(), terms.CONFIDENTIAL.id
        mark = {"id": new_id(), "link_id": place, "link_entity": "location", "taxonomy_term_id": term, "value": "yes"}
        part.rows["attribute"] = {mark["id"]: mark}
        directory.lay(settle(part, directory.in_force().directory, whole=False), at=now())
        db.session.commit()
    assert street not in casey.get("/services/files/tables.json").text
    with app.app_context():
        held = [zlib.decompress(row.packed) for row in db.session.scalars(select(Edition))]
        assert len(held) == 2 and not any(street.encode() in one for one in held), "nor is it kept in the one before"
    robin.get("/services/directory")
    path = robin.send(f"/services/directory/{before}/go-back").headers["Location"]
    page = robin.get(path).text
    assert "front gate" in page and street not in page
    assert robin.send(f"{path}/put-in-force").status_code == 303
    assert street not in casey.get("/services/files/tables.json").text
