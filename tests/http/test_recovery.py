"""A recovery team's tries and lessons, and training: who reads what, and what a county can require."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from mdt.models import CaseMove, Meeting, Member, Outreach, Rules, Visit, begin_writing, db, move_under, new_id, now
from mdt.operations import facts
from mdt.operations.demo import known, people
from mdt.sharing.profile import PROFILES
from tests.fixtures_app import Person
from tests.http.test_releases import WREN, page

SignIn = Callable[[str], Person]
pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
HERE = f"/recovery/cases/{WREN}"
TRY = {"on": "2026-11-01", "at": "10:00", "how": "call", "outcome": "declined"}


def test_a_try_is_read_by_whom_its_record_opens_and_a_lesson_by_its_agency(app: Flask, signed_in: SignIn) -> None:
    dee, jo, casey = signed_in("dee"), signed_in("jo"), signed_in("casey")
    key = new_id()
    for _ in range(2):
        assert dee.get(f"{HERE}/outreach").status_code == 200
        assert dee.send(f"{HERE}/outreach", **TRY, key=key, words="A plan canary.").status_code == 303
    assert jo.get(f"{HERE}/outreach").status_code == 200
    assert jo.send(f"{HERE}/outreach", **TRY, key=new_id(), words="An advocate canary.").status_code == 303
    assert dee.get(f"{HERE}/learned").status_code == 200
    assert dee.send(f"{HERE}/learned", key=new_id(), words="A lesson canary.").status_code == 303
    future = dee.send(f"{HERE}/outreach", **TRY | {"on": "2099-01-01"}, key=new_id(), words="Soon.")
    assert future.status_code == 422 and "still to come" in future.text
    with app.app_context():
        assert len(db.session.scalars(select(Outreach)).all()) == 2, "the same form twice is one try"
    lead, advocate = page(casey.get(HERE)), page(jo.get(HERE))
    assert "A plan canary." in lead and "Reached, and did not want to talk." in lead and "A lesson canary." in lead
    assert "An advocate canary." not in lead and "An advocate canary." in advocate
    assert "A lesson canary." not in advocate
    for slug in ("imani", "marcus", "ruth", "lena", "sam", "tomas"):
        told = signed_in(slug).get(HERE)
        words = page(told)
        assert "An advocate canary." not in words and "A lesson canary." not in words, slug
        with app.app_context():
            reads = "A plan canary." in page(signed_in(slug).get(f"/cases/{WREN}"))
        assert ("A plan canary." in words) is reads, (slug, "as on the case page")
        assert words.count("did not want to talk") == int(reads), "nor is what they may not read counted"
    for slug in ("wren", "marisol", "robin", "ngozi"):
        assert signed_in(slug).get(HERE).status_code == 404


def require(whom: str = "DA", *, at_the_table: bool = False) -> None:
    """Sign rules that require training of these disciplines: of prosecutors."""
    begin_writing()
    said = (PROFILES / "us-baseline.yaml").read_text()
    course = "title: Confidentiality, every_days: 365, required: "
    whole = said.replace(f'{course}""', course + whom)
    whole = whole.replace("at_the_table: false", "at_the_table: true") if at_the_table else whole
    assert whole != said
    gwen = people.id_of("gwen")
    db.session.add(
        Rules(profile="us-baseline", version=2, drafted_by=gwen, whole=whole, signed_by=gwen, signed_at=now())
    )
    db.session.flush()
    move_under(db.session(), "us-baseline")
    db.session.commit()
    facts.forget_all()


def test_what_a_county_requires_is_said_at_the_desk_and_at_the_table(app: Flask, signed_in: SignIn) -> None:
    casey, ngozi, robin = signed_in("casey"), signed_in("ngozi"), signed_in("robin")
    assert "Capacity Building Center for States" in page(ngozi.get("/training"))
    assert "Training the county requires" not in page(ngozi.get("/", follow_redirects=True))
    with app.app_context():
        require()
    assert "Training the county requires is missing" in page(ngozi.get("/", follow_redirects=True))
    assert "Training the county requires" not in page(casey.get("/", follow_redirects=True))
    assert "Training the county requires is missing" in page(casey.get(f"/lead/cases/{WREN}/convene"))
    mine = f"/training/{people.id_of('ngozi')}"
    assert "missing or too old" in page(ngozi.get(mine)) and casey.get(mine).status_code == 404
    assert ngozi.send(mine, **{"kind": "confidentiality", "on-confidentiality": "2026-11-01"}).status_code == 404
    old = (now() - timedelta(days=500)).date().isoformat()
    new = (now() - timedelta(days=5)).date().isoformat()
    robin.get(mine)
    for day, lacks in ((old, True), (new, False)):
        assert robin.send(mine, **{"kind": "confidentiality", "on-confidentiality": day}).status_code == 303
        assert ("Training the county requires" in page(ngozi.get("/", follow_redirects=True))) is lacks
    bad = robin.send(mine, **{"kind": "confidentiality", "on-confidentiality": "soon"})
    assert bad.status_code == 422


def test_a_county_can_ask_nobody_to_a_table_without_it(app: Flask, signed_in: SignIn) -> None:
    casey = signed_in("casey")
    with app.app_context():
        require(at_the_table=True)
    asked = page(casey.get(f"/lead/cases/{WREN}/convene"))
    assert "Training the county requires is missing" in asked
    no = casey.send(f"/lead/cases/{WREN}/convene", who=people.id_of("ngozi"), why="Court next week.")
    assert no.status_code == 409 and "cannot be asked yet" in no.text


def test_nobody_comes_without_it_by_another_door(app: Flask, signed_in: SignIn) -> None:
    """Neither as a guest, nor by an invitation that was there before, nor by taking a case over; and whoever is kept
    out is told where it says what is missing, and nothing of whom it is about."""
    casey, ngozi, dee = signed_in("casey"), signed_in("ngozi"), signed_in("dee")
    room, who = f"/meetings/cases/{WREN}/{known('wren.meeting.tonight')}", people.id_of("ngozi")
    with app.app_context():
        point = db.session.get_one(Meeting, known("wren.meeting.tonight")).agenda[-1].id
    casey.get(f"{room}/guests")
    assert casey.send(f"{room}/guests", who=who, point=point).status_code == 303
    assert casey.get(f"/lead/cases/{WREN}/convene").status_code == 200
    assert casey.send(f"/lead/cases/{WREN}/convene", who=people.id_of("amara"), why="To listen.").status_code == 303
    assert casey.get(f"/linking/cases/{WREN}/move").status_code == 200
    moved = {"to": people.id_of("dee"), "whose": people.id_of("casey"), "why": "I am moving to another unit."}
    assert casey.send(f"/linking/cases/{WREN}/move", **moved).status_code == 303
    with app.app_context():
        require("DA LE CW", at_the_table=True)
        visit = db.session.scalars(select(Visit.id).where(Visit.user_id == who)).one()
        asked = db.session.scalars(select(Member.id).where(Member.user_id == people.id_of("amara"))).one()
        offer = db.session.scalars(select(CaseMove.id)).one()
    amara = signed_in("amara")
    doors = {
        ngozi: (f"/meetings/visits/{visit}", {"acknowledged": "y"}),
        amara: (f"/cases/invitations/{asked}", {"acknowledged": "y", "answer": "yes"}),
        dee: (f"/linking/moves/{offer}", {"answer": "yes", "acknowledged": "y"}),
    }
    for person, (door, form) in doors.items():
        assert person.get(door).status_code == 200, door
        told = person.send(door, **form, follow=True)
        assert told.request.path.startswith("/training/"), door
        assert "The county requires training of you" in told.text and "Wren" not in told.text
    assert ngozi.get(f"/cases/{WREN}").status_code == amara.get(f"/cases/{WREN}").status_code == 404
    with app.app_context():
        assert (
            db.session.get_one(CaseMove, offer).state == "offered"
            and not db.session.get_one(Visit, visit).acknowledged_at
        )
    casey.get(f"{room}/guests")
    again = casey.send(f"{room}/guests", who=people.id_of("dale"), point=point, follow=True)
    assert "cannot be asked yet" in again.text or "agreement" in again.text
    day = (now() - timedelta(days=5)).date().isoformat()
    robin = signed_in("robin")
    for slug, (person, (door, form)) in zip(("ngozi", "amara"), list(doors.items())[:2], strict=True):
        robin.get("/training")
        date = {"kind": "confidentiality", "on-confidentiality": day}
        assert robin.send(f"/training/{people.id_of(slug)}", **date).status_code == 303
        person.get(door)
        assert "/training/" not in person.send(door, **form).headers["Location"], "once it is written down they come"
