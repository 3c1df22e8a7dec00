"""A handoff from its offer to its end: who has it, by when it is answered, who hears, and what each side reads."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from mdt.models import Deadline, Entry, Handoff, Member, Task, Training, User, begin_writing, db, new_id, now
from mdt.models.tasks import OPEN
from mdt.operations import deadlines, facts, handoffs, rounds
from mdt.operations.acts import Refused
from mdt.operations.demo import agencies, known, people
from mdt.operations.team import may_read
from tests.fixtures_app import Person, today
from tests.http.test_accounts import form_of
from tests.http.test_recovery import require

NURSE, PHONE = known("wren.task.nurse"), known("wren.task.phone")
SignIn = Callable[[str], Person]
SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def task(app: Flask, task_id: str = NURSE) -> Task:
    with app.app_context():
        return db.session.get_one(Task, task_id)


def events(app: Flask, task_id: str = NURSE) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Handoff.event).where(Handoff.task_id == task_id).order_by(Handoff.at)))


def run_out(app: Flask, kind: str, task_id: str = NURSE) -> None:
    """Let the time of one clock be over, and make the round that finds it."""
    with app.app_context():
        begin_writing()
        mine = (Deadline.kind == kind, Deadline.subject_id == task_id, Deadline.next_at.is_not(None))
        row = db.session.scalars(select(Deadline).where(*mine)).one()
        row.started_at, row.due_at = now() - timedelta(hours=2), now() - timedelta(minutes=1)
        row.next_at = row.due_at
        db.session.commit()
        deadlines.pass_due(now())


def test_from_the_offer_to_its_end(app: Flask, signed_in: SignIn) -> None:
    """One card with two answers; begun; given back with a reason that only the two sides read; done."""
    ruth, casey, tomas = signed_in("ruth"), signed_in("casey"), signed_in("tomas")
    card = ruth.get(f"/tasks/{NURSE}").text
    assert "I’ll take it" in card and "I can’t" in card and "Answer: " in card and "Casey Lindqvist" in card
    assert ruth.send(f"/tasks/{NURSE}/accept").headers["Location"] and task(app).step == "offered", "no key, no step"
    assert ruth.send(f"/tasks/{NURSE}/accept", key=new_id()).status_code == 303
    assert task(app).owner_id == people.id_of("ruth") and task(app).handed_by == people.id_of("casey")
    assert ruth.send(f"/tasks/{NURSE}/begin", key=new_id()).status_code == 303
    assert "begun" in casey.get(f"/tasks/{NURSE}").text
    nothing = ruth.send(f"/tasks/{NURSE}/give-back", key=new_id())
    assert nothing.status_code == 422 and "Say in a word why" in nothing.text
    said = {"why": "I am away", "reason": "A quiet canary."}
    assert ruth.send(f"/tasks/{NURSE}/give-back", key=new_id(), **said).status_code == 303
    back = casey.get(f"/tasks/{NURSE}").text
    assert "Ruth Castellano gave it back to you." in back and "I am away. A quiet canary." in back
    assert "Where it has been" in tomas.get(f"/tasks/{NURSE}").text
    assert "canary" not in tomas.get(f"/tasks/{NURSE}").text, "a reason is for the two sides"
    assert "See Wren once more" in casey.get("/tasks/returned").text
    assert casey.send(f"/tasks/{NURSE}/done", key=new_id()).status_code == 303
    assert events(app) == ["made", "offered", "accepted", "begun", "returned", "done"]
    with app.app_context():
        running = select(Deadline).where(Deadline.subject_id == NURSE, Deadline.next_at.is_not(None))
        assert not db.session.scalars(running).all(), "nothing runs for what is over"


def test_the_same_form_twice_is_one_step_and_nobody_elses_key_is_taken(app: Flask, signed_in: SignIn) -> None:
    ruth, casey, key = signed_in("ruth"), signed_in("casey"), new_id()
    form = {"reason": "No time.", "key": key}
    ruth.get("/help")
    casey.get("/help")
    assert [ruth.send(f"/tasks/{NURSE}/decline", **form).status_code for _ in range(2)] == [303, 303]
    assert events(app).count("declined") == 1
    offer = {"to": people.id_of("ruth")}
    taken = casey.send(f"/tasks/{NURSE}/offer", **offer, key=key, follow=True).text
    assert "Reload this page" in taken and task(app).step == "held"
    again = new_id()
    for _ in range(2):
        casey.send(f"/tasks/{NURSE}/offer", **offer, key=again)
    assert events(app).count("offered") == 2 and task(app).offered_to == people.id_of("ruth")
    casey.send(f"/tasks/{NURSE}/withdraw", key=new_id())
    casey.send(f"/tasks/{NURSE}/offer", **offer, key=again)
    assert task(app).step == "held", "what was sent before is not sent again"


@SQLITE
def test_an_offer_that_nobody_answers_goes_back(app: Flask, signed_in: SignIn) -> None:
    casey = signed_in("casey")
    run_out(app, "task.answer")
    row = task(app)
    assert (row.step, row.offered_to, row.owner_id) == ("held", None, people.id_of("casey"))
    assert "Nobody answered in time" in casey.get("/", follow_redirects=True).text
    assert "Nobody answered in time. It stayed with you." in casey.get(f"/tasks/{NURSE}").text
    ruth = signed_in("ruth")
    ruth.get("/help")
    assert ruth.send(f"/tasks/{NURSE}/accept", key=new_id()).status_code in (303, 404)
    assert task(app).owner_id == people.id_of("casey")


def test_the_supervisor_hears_of_what_is_overdue_and_reads_no_case(app: Flask, signed_in: SignIn) -> None:
    """Detective Bell is late; Sergeant Holt is on no team. Where nobody answers for somebody, the lead hears."""
    amara, casey, imani = signed_in("amara"), signed_in("casey"), signed_in("imani")
    line = "A task your agency holds is overdue in a case. Held by Marcus Bell."
    desk = amara.get("/police").text
    assert line in desk and "Wren" not in desk.split("<main")[1]
    page = amara.get(f"/tasks/{PHONE}/agency")
    assert page.status_code == 200 and "Marcus Bell" in page.text and "phone goes back" not in page.text
    assert "Wren" not in page.text.split("<main")[1].split("</main")[0]
    assert amara.get(f"/tasks/{PHONE}").status_code == 404
    assert imani.get(f"/tasks/{PHONE}/agency").status_code == 404
    assert "Held by Marcus Bell" not in casey.get("/", follow_redirects=True).text, "somebody answers for him"
    run_out(app, "task.due", PHONE)
    assert "overdue" in events(app, PHONE)
    assert amara.send(f"/tasks/{PHONE}/agency", to=people.id_of("imani"), key=new_id()).status_code in (404, 422)
    with app.app_context():
        begin_writing()
        db.session.get_one(User, people.id_of("marcus")).supervisor_id = None
        db.session.commit()
    assert "Overdue. Held by Marcus Bell." in casey.get("/", follow_redirects=True).text
    assert line not in amara.get("/police").text and amara.get(f"/tasks/{PHONE}/agency").status_code == 404
    robin = signed_in("robin")
    robin.get(f"/admin/people/{people.id_of('marcus')}/supervisor")
    wrong = robin.send(f"/admin/people/{people.id_of('marcus')}/supervisor", supervisor=people.id_of("casey"))
    right = robin.send(f"/admin/people/{people.id_of('marcus')}/supervisor", supervisor=people.id_of("amara"))
    assert wrong.status_code == right.status_code == 303
    with app.app_context():
        assert db.session.get_one(User, people.id_of("marcus")).supervisor_id == people.id_of("amara")


def test_what_somebody_held_goes_to_the_lead_when_they_are_stopped(app: Flask, signed_in: SignIn) -> None:
    robin, casey = signed_in("robin"), signed_in("casey")
    robin.get("/admin")
    robin.send(f"/admin/people/{people.id_of('marcus')}/suspend")
    row = task(app, PHONE)
    assert row.owner_id == people.id_of("casey") and row.how == "came_back"
    assert "Whoever held it cannot any more." in casey.get("/tasks/returned").text


@pytest.mark.parametrize("act", ["end", "recuse"])
def test_what_somebody_held_goes_to_the_lead_when_they_leave(app: Flask, signed_in: SignIn, act: str) -> None:
    casey = signed_in("casey")
    with app.app_context():
        theirs = (Member.case_id == known("case.wren"), Member.user_id == people.id_of("marcus"))
        member_id = db.session.scalars(select(Member.id).where(*theirs)).one()
    place = f"/lead/cases/{known('case.wren')}/team/{member_id}/{act}"
    assert casey.get(place).status_code == 200 and casey.send(place).status_code == 303
    row = task(app, PHONE)
    assert row.owner_id == people.id_of("casey") and row.how == "came_back"
    assert "Whoever held it cannot any more." in casey.get("/tasks/returned").text


def test_the_end_of_an_agreement_sends_home_what_its_people_hold_in_the_same_moment(
    app: Flask, signed_in: SignIn
) -> None:
    """The administrator writes down that it ended yesterday; nobody makes a round in between."""
    robin, casey = signed_in("robin"), signed_in("casey")
    office = f"/admin/agencies/{agencies.id_of('police')}"
    gone = form_of(robin, office) | {"mou_until": str(today() - timedelta(days=1))}
    assert task(app, PHONE).owner_id == people.id_of("marcus")
    assert robin.send(office, **gone).status_code == 303
    row = task(app, PHONE)
    assert row.owner_id == people.id_of("casey") and row.how == "came_back"
    assert "Whoever held it cannot any more." in casey.get("/tasks/returned").text
    with app.app_context():
        held = select(Task).where(Task.owner_id == people.id_of("marcus"), Task.step.in_(OPEN))
        assert not db.session.scalars(held).all()


def test_a_round_finds_what_a_date_took_from_its_owner(app: Flask) -> None:
    """A membership ends by itself: the next round after it sends home what they held, whoever makes it."""
    with app.app_context():
        begin_writing()
        theirs = (Member.case_id == known("case.wren"), Member.user_id == people.id_of("marcus"))
        db.session.scalars(select(Member).where(*theirs)).one().until = now()
        db.session.commit()
        assert db.session.get_one(Task, PHONE).owner_id == people.id_of("marcus")
        for at in (now(), now() + rounds.SWEPT_EVERY):
            rounds.make(at)
    row = task(app, PHONE)
    assert row.owner_id == people.id_of("casey") and row.how == "came_back"


def test_what_is_given_back_goes_to_nobody_who_may_not_read_it(app: Flask, signed_in: SignIn) -> None:
    """Imani handed it on and may not read it any more: it goes where everything goes that has nobody."""
    marcus, casey, imani = signed_in("marcus"), signed_in("casey"), signed_in("imani")
    with app.app_context():
        begin_writing()
        row = db.session.get_one(Task, PHONE)
        row.handed_by = people.id_of("imani")
        db.session.commit()
        case = facts.load(row.case_id)
        assert case and handoffs.sound(case, people.id_of("imani"), now())
        assert not may_read(case, people.id_of("imani"), row.item_id)
    marcus.get(f"/tasks/{PHONE}")
    assert marcus.send(f"/tasks/{PHONE}/give-back", key=new_id(), reason="Away.").status_code == 303
    assert task(app, PHONE).owner_id == people.id_of("casey")
    assert "Marcus Bell gave it back to you." in casey.get(f"/tasks/{PHONE}").text
    assert imani.get(f"/tasks/{PHONE}").status_code == 404


def test_without_anybody_who_leads_it_waits_for_the_agency(app: Flask, signed_in: SignIn) -> None:
    """Both who lead are stopped: the queue of their agency has it, and a colleague asked onto the team takes it."""
    robin = signed_in("robin")
    with app.app_context():
        begin_writing()
        spare = User(
            id=known("person.spare"), agency_id=agencies.id_of("county"), role="CW", name="Spare Hand", title="worker",
            login="spare", login_index=b"0" * 16, acknowledged_at=now(),
        )  # fmt: skip
        db.session.add(spare)
        db.session.commit()
    for slug in ("dee", "casey"):
        robin.get("/admin")
        robin.send(f"/admin/people/{people.id_of(slug)}/suspend")
    row = task(app)
    assert row.owner_id is None and row.queue_id == agencies.id_of("county") and row.step == "held"
    with app.app_context():
        me: Any = type("Me", (), {"id": spare_id(), "role": "CW", "agency_id": agencies.id_of("county")})()
        seen = handoffs.of_agency(me, NURSE)
        assert seen.held_by is None and (spare_id(), "Spare Hand") in seen.colleagues
        require("CW", at_the_table=True)
        with pytest.raises(Refused, match="requires training of you") as no:
            handoffs.call_in(me, NURSE, user_id=spare_id())
        assert no.value.back == f"/training/{spare_id()}", "whoever asks themself is told what to do, as anybody else"
        begin_writing()
        db.session.add(Training(user_id=spare_id(), kind="confidentiality", on=today(), by_id=spare_id()))
        db.session.commit()
        handoffs.call_in(me, NURSE, user_id=spare_id())
        asked = db.session.scalars(select(Entry.event).order_by(Entry.seq.desc()).limit(1)).one()
        assert asked == "member.invited"


def spare_id() -> str:
    return known("person.spare")


def test_a_referral_tells_an_agency_outside_its_words_and_nothing_else(app: Flask, signed_in: SignIn) -> None:
    """What the words repeat is named before they go; who reads them reads no case; it is the lead's until taken."""
    casey, ngozi = signed_in("casey"), signed_in("ngozi")
    casey.get("/help")
    casey.send(f"/tasks/{NURSE}/withdraw", key=new_id())
    form = {"agency": agencies.id_of("attorney"), "key": new_id()}
    page = casey.get(f"/tasks/{NURSE}/refer").text
    assert "County Attorney" in page and "Mercy Clinic" not in page.split("<main")[1].split("</main")[0], "on the team"
    loud = casey.send(f"/tasks/{NURSE}/refer", words="Wren is seen by Open Door. Please call.", **form)
    assert loud.status_code == 422 and "Look once more" in loud.text
    assert "“Wren”" in loud.text and "“Open Door”" in loud.text and task(app).step == "held"
    quiet = casey.send(f"/tasks/{NURSE}/refer", words="Please call me about a court date.", **form)
    assert quiet.status_code == 303 and task(app).owner_id == people.id_of("casey")
    assert "Another agency refers something to yours." in ngozi.get("/prosecution").text
    read = ngozi.get(f"/tasks/{NURSE}").text
    assert "Please call me about a court date." in read and "I’ll take it" in read and "I can’t" in read
    assert "Wren" not in read.split("<main")[1] and "once more" not in read
    held = signed_in("tomas").get(f"/tasks/{NURSE}").text
    assert "an agency outside the team" in held and "County Attorney" not in held, "only the lead knows whom"
    assert signed_in("ana").get(f"/tasks/{NURSE}").status_code == 404
    ngozi.get(f"/tasks/{NURSE}")
    assert ngozi.send(f"/tasks/{NURSE}/accept", key=new_id()).status_code == 303
    assert task(app).owner_id == people.id_of("ngozi")
    assert ngozi.get(f"/cases/{known('case.wren')}").status_code == 404, "nobody's team by taking it"
    assert ngozi.send(f"/tasks/{NURSE}/give-back", reason="Not ours.", key=new_id()).status_code == 303
    assert task(app).owner_id == people.id_of("casey") and ngozi.get(f"/tasks/{NURSE}").status_code == 404
    assert "Not ours." in casey.get(f"/tasks/{NURSE}").text
    with app.app_context():
        said = set(db.session.scalars(select(Entry.event)))
        assert {"task.referred", "referral.read", "guard.warned"} <= said


def test_no_page_of_a_task_names_somebody_its_reader_may_not_know(app: Flask, signed_in: SignIn) -> None:
    """The advocate had it once: those who may not know of her read of somebody."""
    with app.app_context():
        begin_writing()
        row = db.session.get_one(Task, NURSE)
        jo = {"task": row, "event": "accepted", "by_id": people.id_of("jo"), "from_id": people.id_of("jo")}
        db.session.add(Handoff(id=new_id(), **jo))
        db.session.commit()
    casey, marcus = signed_in("casey"), signed_in("marcus")
    assert "Jo Reyes took it." in casey.get(f"/tasks/{NURSE}").text
    page = marcus.get(f"/tasks/{NURSE}").text
    assert re.search(r"Somebody took it\.", page) and "Jo Reyes" not in page


@SQLITE
def test_who_stepped_out_of_a_case_is_told_nothing_by_way_of_their_agency(app: Flask, signed_in: SignIn) -> None:
    casey, ngozi = signed_in("casey"), signed_in("ngozi")
    casey.get("/help")
    casey.send(f"/tasks/{NURSE}/withdraw", key=new_id())
    form = {"agency": agencies.id_of("attorney"), "key": new_id()}
    casey.get(f"/tasks/{NURSE}/refer")
    assert casey.send(f"/tasks/{NURSE}/refer", words="Please call me about a court date.", **form).status_code == 303
    assert ngozi.get(f"/tasks/{NURSE}").status_code == 200
    with app.app_context():
        begin_writing()
        case = db.session.get_one(Task, NURSE).case
        mine = Member(case=case, user_id=people.id_of("ngozi"), purpose="PROSECUTE", standing="ended")
        mine.since, mine.until, mine.recused_at = now() - timedelta(days=2), now(), now()
        db.session.add(mine)
        db.session.commit()
    assert ngozi.get(f"/tasks/{NURSE}").status_code == 404
    assert "Another agency refers something to yours." not in ngozi.get("/prosecution").text
    assert ngozi.send(f"/tasks/{NURSE}/accept", key=new_id()).status_code == 404
    assert task(app).owner_id == people.id_of("casey")
