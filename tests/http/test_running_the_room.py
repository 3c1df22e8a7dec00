"""Who runs a meeting, who is in its room, and who is a guest of it, when people come, go, and fall silent."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import select

from mdt.models import (
    Attendance,
    Deadline,
    Meeting,
    Member,
    Point,
    Segment,
    Task,
    User,
    Visit,
    begin_writing,
    db,
    now,
)  # fmt: skip
from mdt.operations import accounts, meetings
from mdt.operations.demo import known, people
from mdt.operations.meeting import around
from mdt.sharing.vocabulary import Purpose, Role
from mdt.web.guards import LISTENING
from tests.fixtures_app import today
from tests.http.test_meetings import CASE, PLACE, ROOM, TONIGHT, come_in, opened

RUN_IT = f"{ROOM}/take-over"
SECOND, THIRD = known("wren.meeting.tonight.2"), known("wren.meeting.tonight.3")


def facilitator(app):
    with app.app_context():
        return db.session.get_one(Meeting, TONIGHT).facilitator_id


def on_the_table(app):
    with app.app_context():
        return db.session.get_one(Meeting, TONIGHT).current_id


def ask_in(casey, slug, point=SECOND, **more):
    casey.get(f"{ROOM}/guests")
    return casey.send(f"{ROOM}/guests", who=people.id_of(slug), point=point, **more)


def promise(app, guest):
    with app.app_context():
        place = f"/meetings/visits/{db.session.scalars(select(Visit).order_by(Visit.asked_at.desc())).first().id}"
    guest.get(place)
    assert guest.send(place, acknowledged="y").status_code == 303
    return place


@pytest.mark.parametrize("way", ["steps out", "is put out", "is suspended"])
def test_whoever_runs_a_meeting_and_goes_leaves_it_to_somebody_of_the_lead_at_once(app, signed_in, way):
    there = opened(signed_in, "dee", "tomas")
    casey, dee, tomas = there["casey"], there["dee"], there["tomas"]
    ana = signed_in("ana")
    ask_in(casey, "ana", observes="y")
    promise(app, ana)
    casey.send(f"{ROOM}/turn", point=SECOND)
    assert ana.get(ROOM).status_code == 200
    dee.send(f"{ROOM}/turn", point=THIRD)
    assert on_the_table(app) == SECOND
    if way == "steps out":
        assert casey.send(f"{PLACE}/step-out", sure="y").status_code == 303
    elif way == "is put out":
        with app.app_context():
            mine = (Member.case_id == CASE, Member.user_id == people.id_of("casey"))
            member = db.session.scalar(select(Member).where(*mine)).id
        dee.get(f"/lead/cases/{CASE}/team")
        assert dee.send(f"/lead/cases/{CASE}/team/{member}/end", sure="y").status_code == 303
    else:
        with app.app_context():
            robin = db.session.get_one(User, people.id_of("robin"))
            accounts.suspend(db.session.get_one(User, people.id_of("casey")), by=robin)
    assert facilitator(app) == people.id_of("dee")
    assert "Next item" in dee.get(ROOM).text
    assert dee.send(f"{ROOM}/turn", point=THIRD).status_code == 303
    assert ana.get(ROOM).status_code == 404, "the guest's access ends with the item, whoever turned to the next"
    assert "runs this meeting" not in tomas.get(ROOM).text
    assert dee.send(f"{ROOM}/adjourn").status_code == 303


def test_a_meeting_whose_facilitator_fell_silent_is_taken_over_by_the_lead_and_by_nobody_else(app, signed_in):
    there = opened(signed_in, "dee", "tomas")
    casey, dee, tomas = there["casey"], there["dee"], there["tomas"]
    assert "Run it from here" not in dee.get(ROOM).text
    assert "Whoever runs this meeting is in the room." in dee.send(RUN_IT, follow=True).text
    assert facilitator(app) == people.id_of("casey")
    with time_machine.travel(now() + meetings.HEARD_OF_WITHIN + timedelta(seconds=1), tick=True):
        tomas.get(ROOM)
        assert tomas.send(RUN_IT).status_code == 404
        page = dee.get(ROOM).text
        assert "runs this meeting, and is not in the room" in " ".join(page.split())
        assert "Run it from here" in page and "Run it from here" not in tomas.get(ROOM).text
        assert dee.send(RUN_IT).status_code == 303 and dee.send(RUN_IT).status_code == 303
        assert facilitator(app) == people.id_of("dee")
        assert dee.send(f"{ROOM}/turn", point=SECOND).status_code == 303
        casey.get(ROOM)
        assert "Only the facilitator moves the meeting." in casey.send(f"{ROOM}/turn", point=THIRD, follow=True).text
        assert on_the_table(app) == SECOND
        assert "Next item" not in casey.get(ROOM).text


def test_whoever_left_reads_and_writes_nothing_until_they_promise_again(app, signed_in):
    there = opened(signed_in, "tomas")
    casey, tomas = there["casey"], there["tomas"]
    casey.send(f"{ROOM}/note", text="Said before he went.", key=str(uuid4()))
    assert "Said before he went." in tomas.get(ROOM).text
    assert tomas.send(f"{ROOM}/leave").status_code == 303
    page = tomas.get(ROOM).text
    assert "I keep to myself what I hear" in page and "Said before he went." not in page
    refused = tomas.send(f"{ROOM}/note", follow=True, text="Unseen.", key=str(uuid4()))
    assert "Join the meeting first." in refused.text and "Unseen." not in casey.get(ROOM).text
    assert "Tick that you keep" in tomas.send(f"{ROOM}/join", follow=True).text
    with app.app_context():
        mine = select(Attendance).where(Attendance.user_id == people.id_of("tomas"), Attendance.meeting_id == TONIGHT)
        first = db.session.scalar(mine).acknowledged_at
    come_in(tomas)
    assert "Said before he went." in tomas.get(ROOM).text
    with app.app_context():
        assert db.session.scalar(mine).acknowledged_at > first


def test_whoever_reads_the_room_without_a_line_is_seen_in_it(app, signed_in):
    there = opened(signed_in, "tomas")
    casey, tomas = there["casey"], there["tomas"]
    with time_machine.travel(now() + meetings.HEARD_OF_WITHIN + timedelta(seconds=1), tick=True):
        assert "One person here" in " ".join(casey.get(ROOM).text.split())
        tomas.get(ROOM)
        assert "Two people here" in " ".join(casey.get(ROOM).text.split())


@pytest.mark.parametrize("meanwhile", ["asked to the team", "with a conflict"])
def test_a_guest_who_is_of_the_team_by_now_or_kept_out_of_it_stops_no_agenda(app, signed_in, meanwhile):
    casey, ana = opened(signed_in)["casey"], signed_in("ana")
    ask_in(casey, "ana")
    place = promise(app, ana)
    if meanwhile == "asked to the team":
        casey.get(f"/lead/cases/{CASE}/convene")
        form = {"who": [people.id_of("ana")], "why": "We plan for the winter.", "purpose": ""}
        assert casey.send(f"/lead/cases/{CASE}/convene", **form).status_code == 303
    else:
        with app.app_context():
            begin_writing()
            case, user = db.session.get_one(Meeting, TONIGHT).case, db.session.get_one(User, people.id_of("ana"))
            member = Member(case=case, user=user, user_id=user.id, purpose=Purpose.PLAN, standing="accepted")
            member.invited_at = member.since = member.recused_at = now()
            db.session.add(member)
            db.session.commit()
    assert casey.send(f"{ROOM}/turn", point=SECOND).status_code == 303
    assert on_the_table(app) == SECOND and ana.get(ROOM).status_code == 404
    assert "This is over" in ana.get(place).text


def test_a_visit_lasts_twelve_hours_at_the_most_whatever_becomes_of_the_meeting(app, signed_in):
    casey, ana = opened(signed_in)["casey"], signed_in("ana")
    ask_in(casey, "ana")
    promise(app, ana)
    casey.send(f"{ROOM}/turn", point=SECOND)
    assert ana.get(ROOM).status_code == 200
    with time_machine.travel(now() + timedelta(hours=12, seconds=1), tick=True):
        assert signed_in("ana").get(ROOM).status_code == 404


def test_an_observer_is_no_quorum_and_writes_nowhere_in_the_case(app, signed_in):
    casey, ana = opened(signed_in)["casey"], signed_in("ana")
    ask_in(casey, "ana", observes="y")
    promise(app, ana)
    casey.send(f"{ROOM}/turn", point=SECOND)
    come_in(ana)
    with app.app_context():
        meeting = db.session.get_one(Meeting, TONIGHT)
        here = [people.id_of("casey"), people.id_of("ana")]
        assert around._taking_part(meeting, here) == [people.id_of("casey")]
        ana_is = Role(str(db.session.get_one(User, people.id_of("ana")).role))
    ana.get(PLACE)
    form = {"text": "I was only to listen.", "key": str(uuid4()), "category": "advocate_service", "label": ""}
    for place in (f"{PLACE}/update", f"{PLACE}/ask", f"{ROOM}/answer/coming"):
        assert "You are here to listen." in ana.send(place, follow=True, **form).text, (place, ana_is)
    assert ana.send(f"{ROOM}/leave").status_code == 303
    assert "I was only to listen." not in casey.get(PLACE).text
    assert app.view_functions.keys() >= LISTENING


def test_the_next_item_asked_for_twice_keeps_its_time(app, signed_in):
    casey = opened(signed_in)["casey"]
    casey.send(f"{ROOM}/turn", point=SECOND)
    with app.app_context():
        begun = db.session.get_one(Point, SECOND).begun_at
    casey.send(f"{ROOM}/turn", point=SECOND)
    with app.app_context():
        point = db.session.get_one(Point, SECOND)
        assert point.begun_at == begun and point.ended_at is None


def test_the_room_says_which_disciplines_are_not_there_and_when_all_are(app, signed_in):
    with app.app_context():
        begin_writing()
        db.session.get_one(Meeting, TONIGHT).kind = "ongoing"
        db.session.commit()
    there = opened(signed_in, "marisol")
    said = " ".join(there["casey"].get(ROOM).text.split())
    assert "Not here yet: community advocate, health care." in said, said[said.find("Not here") :][:100]
    for slug in ("jo", "ruth"):
        come_in(signed_in(slug))
    assert "Everybody who has to be here is." in there["casey"].get(ROOM).text


def test_a_motion_that_did_not_carry_says_so_and_is_nobodys_task(app, signed_in):
    there = opened(signed_in, "ruth", "tomas")
    casey, ruth = there["casey"], there["ruth"]
    motion, decision = str(uuid4()), str(uuid4())
    ruth.send(f"{ROOM}/motion", **{"motion-text": "That she is moved tonight.", "motion-key": motion})
    casey.get(ROOM)
    casey.send(f"{ROOM}/decide", what="She stays where she is.", motion=motion, lost="y", key=decision)
    assert "It did not carry." in there["tomas"].get(ROOM).text
    with app.app_context():
        assert db.session.scalar(select(Segment.state).where(Segment.item_id == motion)) == "lost"
        assert not db.session.scalars(select(Task).where(Task.item_id.in_((motion, decision)))).all()


def test_what_is_taken_on_without_a_day_has_the_countys_and_its_clock(app, signed_in):
    there = opened(signed_in, "tomas")
    casey, tomas = there["casey"], there["tomas"]
    taken, decided = str(uuid4()), str(uuid4())
    day = today() + timedelta(days=14)
    assert f"Without a day: by {day:%B} {day.day}, {day.year}." in tomas.get(ROOM).text
    tomas.send(f"{ROOM}/take-on", **{"action-text": "Ask for a plain car.", "action-key": taken})
    casey.send(f"{ROOM}/decide", what="Ring the clinic.", who=people.id_of("tomas"), key=decided)
    with app.app_context():
        tasks = db.session.scalars(select(Task).where(Task.item_id.in_((taken, decided)))).all()
        assert [one.due_at.astimezone(ZoneInfo("America/New_York")).date() for one in tasks] == [day, day]
        clocked = select(Deadline.subject_id).where(Deadline.kind == "task.due")
        assert {one.id for one in tasks} <= set(db.session.scalars(clocked))


@pytest.mark.parametrize("way", ["taken back", "the meeting ends"])
def test_a_guest_goes_the_moment_they_are_sent_or_the_meeting_ends(app, signed_in, way):
    casey, ana = opened(signed_in)["casey"], signed_in("ana")
    ask_in(casey, "ana")
    place = promise(app, ana)
    casey.send(f"{ROOM}/turn", point=SECOND)
    assert ana.get(ROOM).status_code == 200
    if way == "taken back":
        casey.send(f"{ROOM}/guests/{place.rpartition('/')[2]}/end")
    else:
        casey.send(f"{ROOM}/adjourn")
    assert ana.get(ROOM).status_code == 404 and ana.get(PLACE).status_code == 404
    assert "This is over" in ana.get(place).text and CASE not in ana.get(place).text


def test_what_repeats_a_record_carries_its_notice_in_the_room_in_the_minutes_and_on_paper(app, signed_in):
    notice = "This school record may be used only for the purpose for which you received it"
    casey = opened(signed_in, "tomas")["casey"]
    casey.send(f"{ROOM}/turn", point=known("wren.meeting.tonight.4"))
    casey.get(ROOM)
    casey.send(f"{ROOM}/note", text="She comes early to sit there.", repeats="y", key=str(uuid4()))
    assert notice in casey.get(ROOM).text
    casey.send(f"{ROOM}/adjourn")
    casey.send(f"{ROOM}/minutes/draw")
    for paper in ("minutes", "minutes/copy"):
        page = casey.get(f"{ROOM}/{paper}").text
        assert "She comes early to sit there." in page and notice in page, paper


def test_a_guest_reads_their_own_point_of_the_agenda_and_no_other(app, signed_in):
    casey, ana = opened(signed_in)["casey"], signed_in("ana")
    ask_in(casey, "ana")
    promise(app, ana)
    casey.send(f"{ROOM}/turn", point=SECOND)
    come_in(ana)
    page = ana.get(ROOM).text
    assert "Safe this week" in page and "Item 1 of 1" in page
    assert not [one for one in ("How Wren is", "Staying well", "School from next week") if one in page]
    assert "Staying well" in casey.get(ROOM).text
