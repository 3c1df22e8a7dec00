"""What happens before and between meetings, over HTTP on both databases: whose turn it is, what is carried over, who
is asked to come and to write, what goes out by mail."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from icalendar import Calendar
from sqlalchemy import select

from mdt.models import (
    Agency,
    Case,
    Deadline,
    Invite,
    Letter,
    Meeting,
    Member,
    OnCall,
    Point,
    Return,
    Standing,
    Task,
    User,
    Wanted,
    Youth,
    begin_writing,
    db,
    now,
)
from mdt.models.meetings import Segment
from mdt.operations import convening, desks, duties, handoffs, meetings, room, rounds, schema
from mdt.operations.access import admit_quietly
from mdt.operations.acts import Refused, recorded
from mdt.operations.demo import agencies, known, people
from mdt.operations.meeting import carrying, invites, on_call, planning, roster, speaking
from mdt.operations.meeting.carrying import Agenda
from mdt.sharing import facts as fact
from mdt.sharing.vocabulary import Role
from mdt.web.sign_ins import find_me
from tests.fixtures_app import close, today
from tests.http.test_rounds import Box, box  # noqa: F401

WREN, JUNO = known("case.wren"), known("case.juno")
TONIGHT = known("wren.meeting.tonight")
ROOM = f"/meetings/cases/{WREN}/{TONIGHT}"
COUNTY = ZoneInfo("America/New_York")
SOON = timedelta(hours=2)


@pytest.fixture
def mail(app):
    """Letters are written, and none is sent: they wait in the database."""
    old = app.extensions["mdt.settings"]
    values = {name: getattr(old, name) for name in old.__dataclass_fields__}
    there = {"mail": "smtp://127.0.0.1:9", "mail_from": "mdt@cedar.example"}
    app.extensions["mdt.settings"] = type(old)(**values | there)


def seat(slug="casey", case=WREN):
    """This person's place at the table, as it is now."""
    return admit_quietly(case, find_me(people.id_of(slug)))


def key():
    return str(uuid4())


def changed(thing, **values):
    """These facts of a row are others, without anybody's act."""
    begin_writing()
    for name, value in values.items():
        setattr(thing, name, value)
    db.session.commit()


def membership(slug, case=WREN):
    return db.session.scalars(select(Member).where(Member.case_id == case, Member.user_id == people.id_of(slug))).one()


def planned(case=JUNO, *titles, at=None, kind=None):
    """A meeting that Casey plans, with these points; its id."""
    points = [Agenda(title) for title in titles]
    title = "" if kind else "Care"
    heeds = planning.Heeds(late=True)
    starts_at = at or now() + SOON
    return planning.plan(seat(case=case), title=title, starts_at=starts_at, points=points, kind=kind, heeds=heeds).id


def held(meeting_id, case=JUNO, *, until=99, between=lambda: None):
    """It is opened, goes through its points up to this one, and is over."""
    meetings.open_meeting(seat(case=case), meeting_id)
    meetings.join(seat(case=case), meeting_id)
    for point in list(db.session.get_one(Meeting, meeting_id).agenda)[1:until]:
        meetings.turn_to(seat(case=case), meeting_id, point.id)
    between()
    meetings.adjourn(seat(case=case), meeting_id)


def points(meeting_id):
    rows = select(Point).where(Point.meeting_id == meeting_id).order_by(Point.position)
    return [one.title for one in db.session.scalars(rows)]


def sent(user=None):
    rows = db.session.scalars(select(Letter).order_by(Letter.written_at, Letter.id))
    return [(row.user_id, row.words) for row in rows if user is None or row.user_id == people.id_of(user)]


def form_time(at):
    here = at.astimezone(COUNTY)
    return {"on": here.date().isoformat(), "at": f"{here:%H:%M}"}


# Whose turn it is.


def led_by_casey(number):
    """As many more cases that Casey leads."""
    begin_writing()
    lead, casey = db.session.get_one(Agency, agencies.id_of("county")), db.session.get_one(User, people.id_of("casey"))
    for _ in range(number):
        youth = Youth(agency_id=lead.id)
        db.session.add(youth)
        db.session.flush()
        said = fact.Case(id=key(), lead=lead.id, youth=fact.Youth(born=date(2010, 5, 4)), opened=today())
        case = Case(id=said.id, youth=youth, lead=lead, terms=said)
        db.session.add(case)
        db.session.flush()
        values = {"purpose": "PLAN", "standing": Standing.ACCEPTED, "since": now(), "invited_at": now()}
        db.session.add(Member(case=case, user=casey, user_id=casey.id, **values))
    db.session.commit()


def test_who_is_missing_is_on_the_list_however_many_cases_are_due(app, signed_in):
    with app.app_context():
        led_by_casey(45)
        changed(membership("casey", JUNO), changed_at=now() - timedelta(days=300))
        due = len(roster.due(roster.led(find_me(people.id_of("casey"))), kind_of("case_review")))
    casey = signed_in("casey")
    page = casey.get("/meetings/review").text
    chosen = re.findall(r'name="cases" value="([^"]+)"', page)
    assert chosen[0] == JUNO and len(chosen) == roster.AT_MOST
    assert f"{due - roster.AT_MOST} more cases are due" in page
    day = today() + timedelta(days=6)
    form = {"kind": "case_review", "on": day.isoformat(), "at": "09:00"}
    assert casey.send("/meetings/review", **form, cases=[JUNO, chosen[-1]]).status_code == 303
    with app.app_context():
        every = [one.case_id for one in roster.due(roster.led(find_me(people.id_of("casey"))), kind_of("case_review"))]
        assert JUNO not in every and len(every) == due - 2
        with pytest.raises(Refused, match="40 cases at the most"):
            roster.plan_review(find_me(people.id_of("casey")), every[:41], kind="case_review", starts_at=now() + SOON)


def kind_of(name):
    return seat().profile.gatherings.kind(name)


def test_a_review_that_was_planned_and_never_held_is_due_again(app, signed_in):
    casey = signed_in("casey")
    with app.app_context():
        (meeting_id,) = roster.plan_review(
            find_me(people.id_of("casey")), [JUNO], kind="case_review", starts_at=now() + timedelta(minutes=10)
        )
        asked = Wanted(case_id=JUNO, user_id=people.id_of("dee"), meeting_id=meeting_id)
        begin_writing()
        db.session.add(asked)
        db.session.commit()
    assert JUNO not in casey.get("/meetings/review").text
    with app.app_context():
        changed(db.session.get_one(Meeting, meeting_id), starts_at=now() - timedelta(minutes=20))
        assert planning.wanted([JUNO]) == {}
    assert JUNO not in casey.get("/meetings/review").text, "it can be opened until its time is over"
    with app.app_context():
        changed(db.session.get_one(Meeting, meeting_id), starts_at=now() - timedelta(minutes=31))
        assert planning.wanted([JUNO]) == {JUNO: False}, "who asked waits again"
    assert JUNO in casey.get("/meetings/review").text
    with app.app_context():
        meetings.open_meeting(seat(case=JUNO), meeting_id)
    assert JUNO not in casey.get("/meetings/review").text, "late is held all the same"


def test_a_kind_that_comes_back_is_on_the_list_of_whoever_leads_when_its_turn_has_come(app, signed_in):
    casey = signed_in("casey")
    plan = f"/meetings/cases/{WREN}/plan?kind=ongoing"
    assert plan not in casey.get("/meetings/").text, "tonight is its next"
    with app.app_context():
        planning.cancel(seat(), TONIGHT)
        last = known("wren.meeting.held")
        assert db.session.get_one(Meeting, last).kind == "ongoing"
    assert plan not in casey.get("/meetings/").text
    with app.app_context():
        changed(db.session.get_one(Meeting, last), adjourned_at=now() - timedelta(days=29, hours=23))
    assert plan not in casey.get("/meetings/").text
    with app.app_context():
        changed(db.session.get_one(Meeting, last), adjourned_at=now() - timedelta(days=30, minutes=1))
    page = casey.get("/meetings/").text
    assert plan in page and "It comes back every 30 days." in page and "Last held" in page
    assert "Whose turn has come" not in signed_in("ruth").get("/meetings/").text
    assert '<option selected value="ongoing">' in casey.get(plan).text
    with app.app_context():
        planned(WREN, kind="ongoing")
    assert plan not in casey.get("/meetings/").text


# What is carried over.


def test_what_no_meeting_reached_is_carried_once_whatever_comes_in_between(app):
    with app.app_context():
        held(planned(JUNO, "One", "Two", "Three"), until=2)  # breaks off over Two
        second = planned(JUNO, "Four", at=now() + timedelta(days=9))
        assert points(second) == ["What we said we would do", "Two", "Three", "Four"]
        held(planned(JUNO, "Five", "Six", "Seven"), until=1)
        beside = planned(JUNO, "Beside")
        assert points(beside) == ["Five", "Six", "Seven", "Beside"], "what waits is not taken twice"
        planning.cancel(seat(case=JUNO), beside)
        held(second, until=3)  # breaks off over Three
        left = ["What we said we would do", "Three", "Five", "Six", "Seven", "Four"]
        third = planned(JUNO, "Eight")
        assert points(third) == [*left, "Eight"], "what was called off gives back, whatever was held since"
        planning.cancel(seat(case=JUNO), third)
        again = planned(JUNO, "Nine")
        assert points(again) == [*left, "Nine"]
        held(again)
        assert points(planned(JUNO, "Ten")) == ["What we said we would do", "Ten"]


def test_a_meeting_that_was_planned_and_never_held_keeps_nothing(app):
    with app.app_context():
        held(planned(JUNO, "One", "Two"), until=1)
        never = planned(JUNO, "Lost")
        assert points(never) == ["What we said we would do", "One", "Two", "Lost"]
        assert points(planned(JUNO, "Beside")) == ["Beside"]
        changed(db.session.get_one(Meeting, never), starts_at=now() - timedelta(hours=2))
        assert points(planned(JUNO, "Three")) == ["What we said we would do", "One", "Two", "Three"]


@pytest.mark.own_app
def test_what_was_planned_before_is_tied_together_by_the_migration(app):
    """Down and up again it is what it was: how long a meeting is, what it takes up again, who is asked to write."""
    with app.app_context():
        held(first := planned(JUNO, "One", "Two", "Three"), until=1)
        begun = db.session.get_one(Meeting, first).agenda[0]
        changed(begun, begun_at=None, ended_at=None)  # nothing was carried then that had begun
        held(planned(JUNO, "Four"), until=1)
        planned(JUNO, "Five")
        planned(WREN, kind="ongoing")
        before = as_it_is()
        lengths, lines, roles = ({one for _, one in rows} for rows in before)
        assert {50, 60} <= lengths and len(lines) == 5 and {"HC", "CW"} <= roles
        close(app)
        schema.downgrade("0020")
        schema.upgrade()
        assert as_it_is() == before


def as_it_is():
    db.session.rollback()
    asked = select(Meeting.id, Meeting.minutes).where(Meeting.id.in_(select(Invite.meeting_id)))
    every = (asked, select(Point.id, Point.carries_id), select(Return.id, Return.role))
    rows = [db.session.execute(one).all() for one in every]
    db.session.rollback()
    return [sorted(map(tuple, one), key=str) for one in rows]


def test_a_motion_that_nobody_settled_comes_back_with_its_point(app):
    with app.app_context():
        first, motion = planned(JUNO, "One", "Two"), key()

        def moved():
            meetings.turn_to(seat(case=JUNO), first, db.session.get_one(Meeting, first).agenda[0].id)
            speaking.move_that(seat(case=JUNO), first, "That we look again.", meetings.Sent(motion))

        held(first, between=moved)
        second = planned(JUNO, "Three")
        assert points(second) == ["What we said we would do", "One", "Three"]
        meetings.open_meeting(seat(case=JUNO), second)
        meetings.join(seat(case=JUNO), second)
        seen = room.read(seat(case=JUNO), second)
        assert [one.text for one in seen.open_motions] == ["That we look again."]
        for point in list(db.session.get_one(Meeting, second).agenda)[1:]:
            meetings.turn_to(seat(case=JUNO), second, point.id)
        meetings.adjourn(seat(case=JUNO), second)
        assert [one.title for one in carrying.carried(JUNO)][1:] == ["One"], "until somebody says how it went"
        third = planned(JUNO, "Four")
        meetings.open_meeting(seat(case=JUNO), third)
        meetings.join(seat(case=JUNO), third)
        meetings.join(seat("dee", case=JUNO), third)
        speaking.second(seat("dee", case=JUNO), third, motion)
        not_now = meetings.Decision("Not this month.", motion=motion, carried=False)
        meetings.decide(seat(case=JUNO), third, not_now, meetings.Sent(key()))
        settled = db.session.scalars(select(Segment).where(Segment.item_id == motion)).one()
        assert settled.state == "lost" and settled.second_id == people.id_of("dee")
        meetings.adjourn(seat(case=JUNO), third)
        assert "One" not in [one.title for one in carrying.carried(JUNO)]


def test_what_is_open_of_any_meeting_comes_first_and_not_possible_is_not_not_done(app, signed_in):
    casey, dee = signed_in("casey"), find_id("dee")
    with app.app_context():
        said = {}

        def taken(meeting_id, *words):
            def take():
                for one in words:
                    said[one] = key()
                    speaking.take_on(seat(case=JUNO), meeting_id, one, meetings.Sent(said[one]), due_at=None)

            return take

        first = planned(JUNO, "One")
        held(first, between=taken(first, "Ring the school.", "Find a bed.", "Ask the court."))
        second = planned(JUNO, "Two")
        held(second, between=taken(second, "Tell the clinic.", "Bring a phone."))
        changed(task(said["Find a bed."]), created_at=now() - timedelta(days=40))
        finish(said["Ask the court."], possible=True)
        finish(said["Tell the clinic."], possible=False, reason="It is closed.")
        urgent = planned(JUNO, "Three")
        assert groups(urgent) == (
            ["Find a bed.", "Ring the school.", "Bring a phone."], ["Ask the court."], ["Tell the clinic."]
        )
        place = f"/meetings/cases/{JUNO}/{urgent}"
    page = casey.get(place).text
    said_last = page[page.index("What we said last time") :]
    lines = ["Not done yet", "Find a bed.", "Ring the school.", "Bring a phone.", "Not possible", "Tell the clinic.",
             "It is closed.", "Done", "Ask the court."]  # fmt: skip
    found = [said_last.index(one) for one in lines]
    assert found == sorted(found), "each under its own heading"
    with app.app_context():
        held(urgent)
        finish(said["Ring the school."], possible=True)
        last = planned(JUNO, "Four")
        assert groups(last) == (["Find a bed.", "Bring a phone."], ["Ring the school."], [])
        assert task(said["Find a bed."]).owner_id != dee


def find_id(slug):
    return people.id_of(slug)


def task(item_id):
    return db.session.scalars(select(Task).where(Task.item_id == item_id)).one()


def finish(item_id, **how):
    handoffs.finish(find_me(people.id_of("casey")), task(item_id).id, **how)


def groups(meeting_id):
    found = room.read(seat(case=JUNO), meeting_id).promised
    return tuple([one.words for one in group] for group in (found.open, found.done, found.not_possible))


# What agencies write.


def test_whoever_comes_later_is_asked_to_write_and_chased(app, signed_in, mail):
    delia = signed_in("delia")
    with app.app_context():
        meeting_id = planned(WREN, kind="non_emergency", at=now() + timedelta(days=4))
        member_id = membership("delia").id
        assert agencies.id_of("witness") not in asked_to_write(meeting_id)
    place = f"/meetings/cases/{WREN}/{meeting_id}/return"
    delia.get("/people")
    assert delia.send(f"/cases/invitations/{member_id}", answer="yes", acknowledged="y").status_code == 303
    page = delia.get(place)
    assert page.status_code == 200 and "Which notices are due" in page.text
    with app.app_context():
        assert asked_to_write(meeting_id)[agencies.id_of("witness")] == ["VS"]
        row = db.session.scalars(select(Return).where(Return.agency_id == agencies.id_of("witness"))).one()
        assert row.due_at < db.session.get_one(Meeting, meeting_id).starts_at
        before = len(sent("delia"))
        rounds.deadlines.pass_due(row.due_at - (row.due_at - now()) / 8)
        assert len(sent("delia")) == before + 1
        invites.welcome(WREN, people.id_of("delia"))
        db.session.commit()
        assert asked_to_write(meeting_id)[agencies.id_of("witness")] == ["VS"], "once"


def asked_to_write(meeting_id):
    found = {}
    rows = select(Return).where(Return.meeting_id == meeting_id).order_by(Return.role)
    for one in db.session.scalars(rows):
        found.setdefault(one.agency_id, []).append(one.role)
    return found


def test_each_discipline_of_an_agency_writes_its_own_return(app, signed_in, mail):
    with app.app_context():
        changed(db.session.get_one(User, people.id_of("sam")), agency_id=agencies.id_of("mercy"))
        planning.cancel(seat(), TONIGHT)
        meeting_id = planned(WREN, kind="non_emergency", at=now() + timedelta(days=4))
        assert asked_to_write(meeting_id)[agencies.id_of("mercy")] == ["BH", "HC"]
    ruth, sam, place = signed_in("ruth"), signed_in("sam"), f"/meetings/cases/{WREN}/{meeting_id}/return"
    ruth.get(place)
    assert ruth.send(place, q_care="The dentist.", key=key()).status_code == 303
    with app.app_context():
        for row in db.session.scalars(select(Return).where(Return.meeting_id == meeting_id)):
            if row.role == "BH" and row.agency_id == agencies.id_of("mercy"):
                due = row.due_at
        rounds.deadlines.pass_due(due - (due - now()) / 8)
        told = db.session.scalars(select(Letter.user_id).where(Letter.kind == "return")).all()
        assert people.id_of("sam") in told and people.id_of("ruth") not in told, "who has written is not chased"
    page = sam.get(place).text
    assert "How treatment goes" in page and "wrote" not in page
    assert sam.send(place, q_care="Every week.", key=key()).status_code == 303
    with app.app_context():
        rows = db.session.scalars(select(Return).where(Return.meeting_id == meeting_id, Return.item_id.is_not(None)))
        done = {row.role: row.id for row in rows}
        assert sorted(done) == ["BH", "HC"]
        waits = select(Deadline).where(Deadline.subject_id.in_(done.values()), Deadline.next_at.is_not(None))
        assert not db.session.scalars(waits).all()


def test_nothing_is_to_be_written_for_a_meeting_that_was_never_held(app):
    with app.app_context():
        planning.cancel(seat(), TONIGHT)
        meeting_id = planned(WREN, kind="non_emergency")
        imani, words = find_me(people.id_of("imani")), "Write down what the team should know before it meets."
        ends = db.session.get_one(Meeting, meeting_id).ends_at
        seats = {WREN: seat("imani")}
        assert words in [one.words for one in duties.of(imani, seats)]
        assert ends in set(desks._turns(imani, seats)), "an open desk looks again then"
        with time_machine.travel(ends + timedelta(seconds=1), tick=False):
            assert words not in [one.words for one in duties.of(imani, seats)]


# Who is on call.


def stands_by(slug):
    begin_writing()
    user = db.session.get_one(User, people.id_of(slug))
    span = {"since": now() - timedelta(hours=1), "until": now() + timedelta(days=1)}
    db.session.add(OnCall(agency_id=user.agency_id, user_id=user.id, **span))
    db.session.commit()


def test_who_is_on_call_and_of_the_team_is_asked_first_and_others_are_named_to_the_lead(app, signed_in, mail):
    with app.app_context():
        for slug in ("jo", "amara", "dale", "ruth"):
            stands_by(slug)
        changed(db.session.get_one(Agency, agencies.id_of("fenwick")), profile="elsewhere")
    casey, plan = signed_in("casey"), f"/meetings/cases/{WREN}/plan"
    page = casey.get(plan).text
    page = page[page.index("Emergency meeting: who is on call") :]
    on_team, others = page[: page.index("Not on this team yet")], page[page.index("Asked first".lower()) :]
    assert "Jo Reyes" in on_team and "Amara Holt" in others and "Dale" not in page and "Ruth" not in page
    assert f"/convene?who={people.id_of('amara')}" in page
    assert "Nobody is on call for" in page and "Emergency meeting: who is on call" not in casey.get(
        f"{plan}?kind=ongoing"
    ).text
    form = form_time(now() + timedelta(minutes=30))
    assert casey.send(plan, kind="emergency", **form).status_code == 303
    with app.app_context():
        asked = [user for user, _ in sent()]
        assert asked[0] == people.id_of("jo") and len(set(asked)) == len(asked) > 3
        assert people.id_of("amara") not in asked, "who is not of the team is only convened"
        kind = replace(kind_of("emergency"), invited=(Role.CW,), on_call=(Role.HC,))
        found = on_call.called(seat(), kind)
        assert [one.name for one in found.here] == ["Ruth Castellano"] and not found.others and not found.nobody
        with recorded("meeting.planned", by=find_me(people.id_of("casey")), case=WREN):
            made = planning.set_up(seat(), title="", starts_at=now() + SOON, points=(), kind=kind)
        rows = db.session.scalars(select(Invite.user_id).where(Invite.meeting_id == made.id)).all()
        assert people.id_of("ruth") in rows and people.id_of("jo") not in rows, "the kind that is planned says whom"


def test_nobody_who_stepped_out_is_called_and_a_foreign_agency_of_the_team_is(app):
    with app.app_context():
        for slug in ("marcus", "jo"):
            stands_by(slug)
        convening.recuse(seat(), membership("marcus").id)
        changed(db.session.get_one(Agency, agencies.id_of("opendoor")), profile="elsewhere")
        found = on_call.called(seat(), kind_of("emergency"))
        assert [one.name for one in found.here] == ["Jo Reyes"] and found.others == ()
        assert "law enforcement" in " ".join(found.nobody).lower()


# When it begins.


def test_a_meeting_begins_as_soon_as_its_kind_says_or_somebody_says_that_it_cannot(app, signed_in):
    casey, plan = signed_in("casey"), f"/meetings/cases/{WREN}/plan"
    late = form_time(now() + timedelta(hours=5))
    casey.get(plan)
    no = casey.send(plan, kind="emergency", **late)
    assert no.status_code == 422 and "counted from now" in no.text and "It has to be later than that" in no.text
    with app.app_context():
        assert not db.session.scalars(select(Meeting).where(Meeting.kind == "emergency")).all()
    soon = form_time(now() + timedelta(hours=3))
    made = casey.send(plan, kind="emergency", **soon)
    assert made.status_code == 303
    place = f"{made.headers['Location']}/time"
    casey.get(place)
    assert casey.send(place, **late).status_code == 422
    assert casey.send(place, **late, late="y").status_code == 303
    casey.get(plan)
    assert casey.send(plan, kind="emergency", **late, late="y").status_code == 303
    with app.app_context():
        assert len(db.session.scalars(select(Meeting).where(Meeting.kind == "emergency")).all()) == 2


# What goes out.


def test_an_invitation_ends_with_the_rooms_own_slot(app, mail):
    with app.app_context():
        begins = (now() + timedelta(days=6)).replace(microsecond=0)
        made = roster.plan_review(
            find_me(people.id_of("casey")), [JUNO, WREN], kind="case_review", starts_at=begins
        )
        rows = db.session.scalars(select(Meeting).where(Meeting.id.in_(made)).order_by(Meeting.starts_at)).all()
        first, second = rows
        kind = kind_of("case_review")
        assert first.ends_at == second.starts_at == begins + timedelta(minutes=kind.new_minutes)
        ends = set(db.session.scalars(select(Invite.ends_at).where(Invite.meeting_id == first.id)))
        assert ends == {second.starts_at}, "whoever has both is not asked to two at once"
        planning.move(seat(case=first.case_id), first.id, starts_at=begins - timedelta(days=1))
        ends = set(db.session.scalars(select(Invite.ends_at).where(Invite.meeting_id == first.id)))
        assert ends == {begins - timedelta(days=1) + timedelta(minutes=kind.new_minutes)}


def test_whose_time_on_the_team_ends_by_its_date_loses_the_meeting_from_their_calendar(app, mail):
    with app.app_context():
        first = planned(WREN, kind="ongoing", at=now() + timedelta(days=4))
        second = planned(WREN, kind="ongoing", at=now() + timedelta(days=5))
        changed(membership("ruth"), until=now() + timedelta(hours=1))
        with time_machine.travel(now() + timedelta(minutes=59), tick=False):
            assert invites.sweep(now()) == 0
        before = len(sent("ruth"))
        with time_machine.travel(now() + timedelta(minutes=61), tick=False):
            planning.move(seat(), first, starts_at=now() + timedelta(days=6))
            told = sent("ruth")[before:]
            assert [words.method for _, words in told] == ["CANCEL"], "nobody is told of a time they do not come"
            assert invites.sweep(now()) == 1 and invites.sweep(now()) == 0
        told = sent("ruth")[before:]
        assert {words.method for _, words in told} == {"CANCEL"}
        cancelled = [event_of(words.calendar)["UID"] for _, words in told]
        assert len(set(cancelled)) == len(cancelled) >= 2, "each once"
        theirs = select(Invite).where(Invite.user_id == people.id_of("ruth"), Invite.meeting_id.in_((first, second)))
        assert all(one.cancelled_at for one in db.session.scalars(theirs))


def event_of(calendar):
    (event,) = Calendar.from_ical(calendar).walk("VEVENT")
    return event


def test_whoever_steps_out_for_a_conflict_loses_the_meeting_from_their_calendar(app, mail):
    with app.app_context():
        meeting_id = planned(WREN, kind="ongoing", at=now() + timedelta(days=4))
        convening.recuse(seat("ruth"))
        told = [words for _, words in sent("ruth")]
        assert [words.method for words in told] == ["REQUEST", "CANCEL", "CANCEL"], "tonight's, too"
        mine = db.session.scalars(
            select(Invite).where(Invite.user_id == people.id_of("ruth"), Invite.meeting_id == meeting_id)
        ).one()
        last = [event_of(words.calendar) for words in told if mine.id in words.calendar.replace("\r\n ", "")]
        assert [str(one["STATUS"]) for one in last] == ["CONFIRMED", "CANCELLED"]
        assert [int(one["SEQUENCE"]) for one in last] == [0, 1]
        before = len(sent("ruth"))
        planning.move(seat(), meeting_id, starts_at=now() + timedelta(days=5))
        assert len(sent("ruth")) == before


def test_an_invitation_as_it_goes_over_the_wire(app, signed_in, box: Box):  # noqa: F811
    casey = signed_in("casey")
    with app.app_context():
        meeting_id = planned(WREN, "Her own canary point", at=(now() + timedelta(days=4)).replace(microsecond=0))
        planning.move(seat(), meeting_id, starts_at=(now() + timedelta(days=5)).replace(microsecond=0))
        planning.cancel(seat(), meeting_id)
        mine = select(Invite.id).where(Invite.user_id == people.id_of("ruth"), Invite.meeting_id == meeting_id)
        invite_id = db.session.scalars(mine).one()
        while rounds.make(now()):
            pass
        title = db.session.get_one(Meeting, meeting_id).title
    assert title == "Care" and casey
    got = [one for one in box.got if one["To"] == "ruth@cedar.example"]
    assert len(got) == 3 and len({one["Message-ID"] for one in got}) == 3
    methods, sequences, uids = [], [], set()
    for one in got:
        assert one["From"] == "mdt@cedar.example" and one["Subject"] == "Team meeting"
        assert one["Auto-Submitted"] == "auto-generated"
        assert re.fullmatch(r"<[0-9a-f-]{36}@[\w.-]+>", one["Message-ID"])
        plain, calendar = one.get_payload()
        assert one.get_content_type() == "multipart/alternative"
        assert (plain.get_content_type(), calendar.get_content_type()) == ("text/plain", "text/calendar")
        assert calendar.get_content_charset() == "utf-8"
        assert calendar.get_filename() in (None, "invitation.ics")
        said = calendar.get_payload(decode=True).decode()
        whole = Calendar.from_ical(said)
        event = event_of(said)
        assert calendar.get_param("method") == str(whole["METHOD"]), "RFC 6047: the part says what the calendar does"
        methods.append(calendar.get_param("method"))
        sequences.append(int(event["SEQUENCE"]))
        uids.add(str(event["UID"]))
        assert str(event["ORGANIZER"]) == "mailto:mdt@cedar.example"
        assert str(event["ATTENDEE"]) == "mailto:ruth@cedar.example"
        assert re.fullmatch(r"Sign in to read what it is about: https?://[^/]+/meetings/", str(event["DESCRIPTION"]))
        assert str(event["SUMMARY"]) == "Team meeting" and str(event["CLASS"]) == "PRIVATE"
        tells_nothing(one, meeting_id)
    assert methods == ["REQUEST", "REQUEST", "CANCEL"] and sequences == [0, 1, 2]
    (uid,) = uids
    assert uid.startswith(invite_id)


def tells_nothing(message, meeting_id):
    """Neither child nor case nor what it is about, in any header or part, as sent and as read."""
    parts = [part.get_payload(decode=True) or b"" for part in message.walk()]
    texts = [part.decode() for part in parts] + [part.decode().replace("\r\n ", "") for part in parts]
    heads = [f"{name}: {value}" for part in message.walk() for name, value in part.items()]
    whole = "\n".join((*texts, *heads, message.as_string()))
    canaries = ("Wren", "Juno", "Care", "canary", "Mercy", "Marisol", "Casey", WREN, known("youth.wren"), meeting_id)
    assert [one for one in canaries if one in whole] == []


# The words on an agenda.


def test_the_words_of_an_agenda_are_held_against_whoever_reads_them(app, signed_in):
    casey, plan = signed_in("casey"), f"/meetings/cases/{WREN}/plan"
    form = {"kind": "ongoing", **form_time(now() + timedelta(days=3))}
    telling = "Iron tablet each morning"
    casey.get(plan)
    for name in ("title", "title_1"):
        no = casey.send(plan, **form, **{name: telling})
        assert no.status_code == 422 and "Look once more before you send it." in no.text, name
        assert telling in no.text and '<details class="more" open>' in no.text, "what was typed is there to be mended"
    with app.app_context():
        assert not db.session.scalars(select(Meeting).where(Meeting.phase == "planned", Meeting.id != TONIGHT)).all()
    heeded = re.findall(r'name="heeded" value="([^"]+)"', no.text)
    assert heeded and casey.send(plan, **form, title_1=telling, heeded=heeded).status_code == 303
    casey.get(plan)
    assert casey.send(plan, **form, title="Care", title_1="How the week was").status_code == 303
