"""A meeting before, in and after the room, over HTTP on both databases: what each reader gets at every step."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from itertools import pairwise
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from icalendar import Calendar
from sqlalchemy import select

from mdt.models import (
    Agency,
    Case,
    Invite,
    Letter,
    Meeting,
    Member,
    Minutes,
    OnCall,
    Point,
    Return,
    Segment,
    Task,
    User,
    Visit,
    begin_writing,
    db,
    now,
)
from mdt.operations import convening, facts, meetings, rounds
from mdt.operations.access import admit_quietly
from mdt.operations.demo import agencies, known, people
from mdt.operations.meeting import said
from mdt.sharing.decide import decide
from mdt.sharing.vocabulary import Action, Role
from tests.fixtures_app import today

CASE = known("case.wren")
PLACE = f"/cases/{CASE}"
TONIGHT = known("wren.meeting.tonight")
ROOM = f"/meetings/cases/{CASE}/{TONIGHT}"
CANARIES = ("Wren", "Juno", "Ash", "Marisol", "Care plan", "Mercy", CASE, known("youth.wren"), TONIGHT)
ZONE = ZoneInfo("America/New_York")
WROTE = "Quiet room works; she comes early to sit there."


@pytest.fixture
def mail(app):
    """Letters are written, and none is sent: they wait in the database. Everybody has an address."""
    old = app.extensions["mdt.settings"]
    values = {name: getattr(old, name) for name in old.__dataclass_fields__}
    mail = {"mail": "smtp://127.0.0.1:9", "mail_from": "mdt@cedar.example"}
    app.extensions["mdt.settings"] = type(old)(**values | mail)


def come_in(person):
    person.get(ROOM)
    assert person.send(f"{ROOM}/join", acknowledged="y").status_code == 303


def opened(signed_in, *slugs):
    """These people in the open room, Casey facilitating."""
    found = {slug: signed_in(slug) for slug in ("casey", *slugs)}
    found["casey"].get(ROOM)
    assert found["casey"].send(f"{ROOM}/open").status_code == 303
    for slug in slugs:
        come_in(found[slug])
    return found


def key():
    return str(uuid4())


def planned(casey, kind="ongoing", on=None):
    casey.get(f"/meetings{PLACE}/plan")
    day = on or (now() + timedelta(days=9)).date()
    answer = casey.send(f"/meetings{PLACE}/plan", kind=kind, on=day.isoformat(), at="14:00", late="y")
    assert answer.status_code == 303
    return answer.headers["Location"]


def sent(app):
    """The letters that wait, the oldest first."""
    with app.app_context():
        return [
            (row.user_id, row.words)
            for row in db.session.scalars(select(Letter).order_by(Letter.written_at, Letter.id))
        ]


def test_an_invitation_keeps_its_uid_counts_up_and_names_nobody(app, signed_in, mail):
    casey = signed_in("casey")
    room = planned(casey)
    first = dict(sent(app))
    assert people.id_of("ruth") in first and people.id_of("ngozi") not in first
    casey.get(f"{room}/time")
    later = (now() + timedelta(days=10)).date()
    over = casey.send(f"{room}/time", on="2020-12-03", at="09:30")
    assert over.status_code == 422 and "That day is over." in over.text, "nobody is asked to what is past"
    assert casey.send(f"{room}/time", on=later.isoformat(), at="09:30").status_code == 303
    assert casey.send(f"{room}/cancel").status_code == 303
    told = [words for user, words in sent(app) if user == people.id_of("ruth")]
    events = [(words.method, event_of(words.calendar)) for words in told]
    assert [method for method, _ in events] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [int(one["SEQUENCE"]) for _, one in events] == [0, 1, 2]
    assert len({str(one["UID"]) for _, one in events}) == 1
    assert [str(one["STATUS"]) for _, one in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    moved = events[1][1]
    assert moved["DTSTART"].dt.date() == later and moved["DTEND"].dt > moved["DTSTART"].dt
    assert all(one[name].to_ical().endswith(b"Z") for _, one in events for name in ("DTSTART", "DTEND")), "in UTC"
    assert all("TZID" not in words.calendar for words in told), "no zone is named that it does not explain"
    assert str(moved["SUMMARY"]) == "Team meeting" and str(moved["ATTENDEE"]) == "mailto:ruth@cedar.example"
    assert not isinstance(moved["ATTENDEE"], list) and not moved.walk("VALARM")
    uids = {str(event_of(words.calendar)["UID"]) for _, words in sent(app)}
    assert len(uids) == len(first), "nobody shares an identifier with another"
    for _, words in sent(app):
        for canary in (*CANARIES, room.rsplit("/", 1)[1]):
            assert canary not in words.subject + words.text + unfolded(words.calendar), canary


def test_a_return_is_due_so_many_hours_before_also_over_a_night_in_which_the_clocks_change(app, signed_in):
    noons = (datetime.combine(today() + timedelta(days=one), time(12), ZONE) for one in range(9, 400))
    after = next(other for one, other in pairwise(noons) if one.utcoffset() != other.utcoffset())
    room = planned(signed_in("casey"), kind="non_emergency", on=after.date())
    with app.app_context():
        starts_at = db.session.get_one(Meeting, room.rsplit("/", 1)[1]).starts_at
        mine = select(Return.due_at).where(Return.meeting_id == room.rsplit("/", 1)[1])
        wanted = starts_at - timedelta(hours=facts.load(CASE).rules.gatherings.before_hours)
        assert wanted.astimezone(ZONE).utcoffset() != after.utcoffset(), "the night lies in between"
        assert set(db.session.scalars(mine)) == {wanted}


def unfolded(calendar):
    return calendar.replace("\r\n ", "")


def event_of(calendar):
    made = Calendar.from_ical(calendar)
    assert str(made["VERSION"]) == "2.0" and str(made["METHOD"]) in ("REQUEST", "CANCEL")
    (event,) = made.walk("VEVENT")
    return event


def test_ones_own_invitation_can_be_downloaded_and_nobody_elses(app, signed_in):
    imani, noor = signed_in("imani"), signed_in("noor")
    got = imani.get(f"{ROOM}/invitation.ics")
    assert got.mimetype == "text/calendar" and "imani@cedar.example" in unfolded(got.text)
    assert str(event_of(got.text)["UID"]).startswith(known("wren.meeting.tonight.invite.imani"))
    assert not [canary for canary in CANARIES if canary in unfolded(got.text)]
    assert noor.get(f"{ROOM}/invitation.ics").status_code == 404


def test_who_leaves_the_team_loses_the_meeting_from_their_calendar_and_who_comes_gets_it(app, signed_in, mail):
    delia = signed_in("delia")
    with app.app_context():
        member = db.session.scalar(select(Member).where(Member.case_id == CASE, Member.user_id == people.id_of("lena")))
        convening.end(admit_quietly(CASE, db.session.get(User, people.id_of("casey"))), member.id)
        mine = db.session.get_one(Invite, known("wren.meeting.tonight.invite.lena"))
        assert mine.cancelled_at and mine.sequence == 1
        asked = db.session.scalar(select(Member).where(Member.case_id == CASE, Member.user_id == people.id_of("delia")))
        asked_id = asked.id
    assert [words.method for user, words in sent(app) if user == people.id_of("lena")] == ["CANCEL"]
    delia.get("/people")
    assert delia.send(f"/cases/invitations/{asked_id}", answer="yes", acknowledged="y").status_code == 303
    with app.app_context():
        kind = facts.load(CASE).rules.gatherings.kind("ongoing")
        invited = db.session.scalar(select(Invite).where(Invite.user_id == people.id_of("delia")))
        assert (invited is not None) is (Role.VS in kind.invited)


def test_a_return_is_chased_filed_as_ones_own_record_and_read_by_its_own_rule(app, signed_in, mail):
    imani, casey, marcus = signed_in("imani"), signed_in("casey"), signed_in("marcus")
    assert "Write down what the team should know" in imani.get("/", follow_redirects=True).text
    with app.app_context():
        row = db.session.get_one(Return, known("wren.meeting.tonight.return.school"))
        rounds.deadlines.pass_due(row.due_at - (row.due_at - now()) / 4)
    chased = [words for user, words in sent(app) if user == people.id_of("imani")]
    assert len(chased) == 1 and not [one for one in CANARIES if one in chased[0].text + chased[0].subject]
    page = imani.get(f"{ROOM}/return").text
    assert "How school goes" in page and "able to read this" in page
    assert imani.send(f"{ROOM}/return", key=key()).status_code == 422, "at least one answer"
    mine = key()
    assert imani.send(f"{ROOM}/return", q_school=WROTE, key=mine).status_code == 303
    assert imani.send(f"{ROOM}/return", q_school=WROTE, key=mine).status_code == 303, "twice is once"
    with app.app_context():
        item = facts.load(CASE).facts.items[mine]
        assert item.category == "EDUCATION" and item.source == agencies.id_of("school")
        rounds.deadlines.pass_due(now() + timedelta(days=2))
    assert len([user for user, _ in sent(app) if user == people.id_of("imani")]) == 1, "nobody is chased any more"
    for person, slug in ((casey, "casey"), (marcus, "marcus")):
        with app.app_context():
            case = facts.load(CASE)
            seen = decide(
                case.facts,
                people.id_of(slug),
                mine,
                case.facts.members[people.id_of(slug)].purpose,
                now(),
                profile=case.rules,
            )
        assert (WROTE in person.get(ROOM).text) is seen.opens, slug


def test_apologies_are_known_to_those_who_may_know_of_the_person(app, signed_in):
    dee, casey = signed_in("dee"), signed_in("casey")
    assert "sent apologies" in casey.get(ROOM).text
    dee.get(ROOM)
    assert dee.send(f"{ROOM}/answer/coming").status_code == 303
    assert "sent apologies" not in casey.get(ROOM).text
    jo = signed_in("jo")
    jo.get(ROOM)
    assert jo.send(f"{ROOM}/answer/apology").headers["Location"].endswith("/return")
    assert "Jo Reyes" not in signed_in("imani").get(ROOM).text


def test_a_segment_is_shown_only_while_everybody_in_the_room_may_see_it(app, signed_in):
    there = opened(signed_in, "ruth", "tomas", "jo")
    jo, ruth, casey, tomas = there["jo"], there["ruth"], there["casey"], there["tomas"]
    jo.send(f"{ROOM}/note", text="Only our own shelter knows.", key=key())
    assert "Only our own shelter knows." in jo.get(ROOM).text and "Only you see this now." in jo.get(ROOM).text
    assert "Only our own shelter knows." not in casey.get(ROOM).text
    casey.send(f"{ROOM}/turn", point=known("wren.meeting.tonight.3"))
    words = "Iron in the morning, and the same nurse."
    assert ruth.send(f"{ROOM}/note", text=words, repeats="y", key=key()).status_code == 303
    for one in (ruth, casey, tomas):
        assert words in one.get(ROOM).text
    come_in(marcus := signed_in("marcus"))
    assert words not in marcus.get(ROOM).text
    assert words not in tomas.get(ROOM).text, "somebody is in the room who may not see it"
    assert words in ruth.get(ROOM).text
    casey.send(f"{ROOM}/out", who=people.id_of("marcus"))
    assert words in tomas.get(ROOM).text
    assert "The next item is for a smaller group" in marcus.get(ROOM).text
    _agrees_with_the_contract(app)


def _agrees_with_the_contract(app):
    """What is worked out from the looks that are kept is what `decide` says for the act of a meeting."""
    with app.app_context():
        for slug in ("casey", "tomas", "ruth", "jo"):
            seat = admit_quietly(CASE, db.session.get(User, people.id_of(slug)))
            meeting = meetings.find(seat, TONIGHT)
            present = meetings.present(meeting, seat)
            every = [seat.case.facts.items[one] for one in seat.case.facts.items]
            mine = {item.id: decision for item, decision in said.in_the_room(seat, present, every)}
            for item in every:
                told = decide(
                    seat.case.facts,
                    seat.me.id,
                    item.id,
                    seat.purpose,
                    seat.at,
                    profile=seat.profile,
                    action=Action.MEETING,
                    present=present,
                )
                assert (item.id in mine) is told.opens, (slug, item.category)
                if told.opens:
                    assert mine[item.id].fields == told.fields and mine[item.id].duties == told.duties


def test_a_note_is_the_kind_of_record_its_writer_says(app, signed_in):
    there = opened(signed_in, "ruth", "marcus")
    ruth = there["ruth"]
    asked = ruth.send(f"{ROOM}/readers", text="x", category="HEALTH", key=key()).text
    assert "Marcus Bell" not in asked and "Does it mention" in asked
    assert "Marcus Bell" in ruth.send(f"{ROOM}/readers", text="x", category="MEETING", key=key()).text
    mine = key()
    ruth.get(ROOM)
    assert (
        ruth.send(
            f"{ROOM}/note", text="Sleeps five hours.", category="HEALTH", labels="MEDICATION", key=mine
        ).status_code
        == 303
    )
    with app.app_context():
        item = facts.load(CASE).facts.items[mine]
        assert (item.category, item.labels, item.fields) == ("HEALTH", ("MEDICATION",), ("note",))
    assert "Sleeps five hours." not in there["marcus"].get(ROOM).text
    no = ruth.send(f"{ROOM}/note", text="A plea.", category="LEGAL_PRIV", key=key())
    assert no.status_code in (303, 422)
    with app.app_context():
        assert not [
            one
            for one in facts.load(CASE).facts.items.values()
            if one.category == "LEGAL_PRIV" and one.author == people.id_of("ruth")
        ]


def test_motion_second_decision_dissent_and_what_is_taken_on(app, signed_in):
    there = opened(signed_in, "ruth", "tomas", "marcus")
    casey, ruth, tomas, marcus = (there[one] for one in ("casey", "ruth", "tomas", "marcus"))
    motion, decision, against, action = (key() for _ in range(4))
    ruth.send(f"{ROOM}/motion", **{"motion-text": "That one nurse sees her.", "motion-key": motion})
    assert "Ruth Castellano moves" in tomas.get(ROOM).text
    ruth.get(ROOM)
    ruth.send(f"{ROOM}/second", motion=motion)
    assert "seconds" not in tomas.get(ROOM).text, "nobody seconds their own"
    tomas.send(f"{ROOM}/second", motion=motion)
    assert "Tomas Herrera seconds" in marcus.get(ROOM).text
    assert casey.get(ROOM).text.count("On which motion") == 1
    assert "Nothing is decided yet." in marcus.get(ROOM).text
    casey.send(f"{ROOM}/decide", what="One nurse sees her.", motion=motion, key=decision)
    assert "It carried." in tomas.get(ROOM).text
    assert f'<option value="{decision}">' in marcus.get(ROOM).text, "there is something not to agree with"
    marcus.send(
        f"{ROOM}/dissent", **{"dissent-about": decision, "dissent-text": "Two would be safer.", "dissent-key": against}
    )
    assert "Marcus Bell does not agree" in casey.get(ROOM).text and "Two would be safer." in tomas.get(ROOM).text
    tomas.get(ROOM)
    due = (now() + timedelta(days=3)).date().isoformat()
    tomas.send(
        f"{ROOM}/take-on",
        **{"action-text": "Ask the court for a plain car.", "action-due_on": due, "action-key": action},
    )
    assert "takes it on" in ruth.get(ROOM).text
    casey.send(f"{ROOM}/decide", what="A second visit.", not_possible="no nurse is free", key=key())
    with app.app_context():
        task = db.session.scalar(select(Task).where(Task.item_id == action))
        assert task.owner_id == people.id_of("tomas") and task.due_at is not None
        assert facts.load(CASE).facts.items[against].quotes == (decision,)
        kinds = {row.item_id: (row.kind, row.state, row.about_id) for row in db.session.scalars(select(Segment))}
        assert kinds[motion][:2] == ("motion", "carried") and kinds[decision][2] == motion
        held = [one for one in db.session.scalars(select(Task)) if one.item_id == motion]
        assert held == []
    assert "Not possible because no nurse is free" in ruth.get(ROOM).text


def test_a_hand_goes_up_in_a_row_and_comes_down(app, signed_in):
    there = opened(signed_in, "ruth", "tomas")
    for slug in ("tomas", "ruth"):
        there[slug].get(ROOM)
        there[slug].send(f"{ROOM}/hand")
    page = there["casey"].get(ROOM).text
    assert page.count("hand up") == 2
    there["casey"].send(f"{ROOM}/hand/down", who=people.id_of("tomas"))
    assert there["casey"].get(ROOM).text.count("hand up") == 1
    there["ruth"].send(f"{ROOM}/hand/down", who=people.id_of("casey"))
    assert there["casey"].get(ROOM).text.count("hand up") == 1, "only the facilitator takes down another's"


def test_a_guest_is_of_the_team_while_their_point_is_on_the_table_and_not_a_moment_longer(app, signed_in):
    there = opened(signed_in, "tomas")
    casey, ana = there["casey"], signed_in("ana")
    point = known("wren.meeting.tonight.2")
    casey.get(f"{ROOM}/guests")
    form = {"who": people.id_of("ana"), "point": point, "observes": "y"}
    assert casey.send(f"{ROOM}/guests", **form).status_code == 303
    with app.app_context():
        visit = db.session.scalar(select(Visit)).id
    place = f"/meetings/visits/{visit}"
    assert ana.get(ROOM).status_code == 404
    page = ana.get(place).text
    assert "asks you to one point of a meeting" in page and not [one for one in CANARIES if one in page]
    casey.send(f"{ROOM}/turn", point=point)
    assert ana.get(ROOM).status_code == 404, "first they promise"
    ana.get(place)
    ana.send(place, acknowledged="y")
    assert "Go in" in ana.get(place).text and ana.get(PLACE).status_code == 200
    come_in(ana)
    assert "You are here to listen." in ana.get(ROOM).text
    ana.send(f"{ROOM}/note", text="I say something.", key=key())
    ana.send(f"{ROOM}/hand")
    assert "I say something." not in casey.get(ROOM).text and "hand up" not in casey.get(ROOM).text
    assert "listens" in casey.get(ROOM).text
    casey.send(f"{ROOM}/turn", point=known("wren.meeting.tonight.3"))
    assert ana.get(ROOM).status_code == 404 and ana.get(PLACE).status_code == 404
    assert "This is over" in ana.get(place).text and CASE not in ana.get(place).text
    assert tomas_cannot_be(casey, there)


def tomas_cannot_be(casey, there):
    """Somebody of the team is no guest of it."""
    casey.get(f"{ROOM}/guests")
    form = {"who": people.id_of("tomas"), "point": known("wren.meeting.tonight.5")}
    return casey.send(f"{ROOM}/guests", **form).status_code == 422


def test_minutes_are_agreed_finalised_versioned_and_each_readers_own(app, signed_in):
    there = opened(signed_in, "ruth", "tomas", "jo", "marcus")
    casey, ruth, tomas, jo, marcus = (there[one] for one in ("casey", "ruth", "tomas", "jo", "marcus"))
    jo.send(f"{ROOM}/note", text="Our shelter has a bed.", key=key())
    tomas.send(f"{ROOM}/note", text="She wants to be asked last.", key=key())
    casey.send(f"{ROOM}/turn", point=known("wren.meeting.tonight.3"))
    casey.send(f"{ROOM}/out", who=people.id_of("marcus"))
    ruth.send(f"{ROOM}/note", text="Iron in the morning.", repeats="y", key=key())
    casey.send(f"{ROOM}/adjourn")
    minutes = f"{ROOM}/minutes"
    assert casey.get(minutes).status_code == 404
    casey.get(ROOM)
    assert casey.send(f"{minutes}/draw").status_code == 303
    sees = {slug: there[slug].get(minutes).text for slug in there}
    assert {slug for slug in sees if "She wants to be asked last." in sees[slug]} == set(there)
    assert {slug for slug in sees if "Our shelter has a bed." in sees[slug]} == {"jo"}
    assert {slug for slug in sees if "Iron in the morning." in sees[slug]} == {"casey", "ruth", "tomas", "jo"}
    assert "Staying well" not in sees["marcus"]
    assert "Dee Moreno" in sees["casey"], "apologies are in them"
    tomas.send(f"{minutes}/agree", version="1")
    assert "Tomas Herrera" in re.search(r"<dt>Agreed</dt><dd>(.*?)</dd>", casey.get(minutes).text)[1]
    imani = signed_in("imani")
    imani.get(minutes)
    assert "I agree" not in imani.get(minutes).text
    ruth.get(minutes)
    assert ruth.send(f"{minutes}/remark", text="With juice, I said.", key=key()).status_code == 303
    casey.get(minutes)
    casey.send(f"{minutes}/finalise", version="1")
    assert "These minutes are a draft" in casey.get(minutes).text, "somebody added something"
    casey.send(f"{minutes}/draw")
    assert "With juice, I said." in tomas.get(minutes).text and "<dt>Agreed</dt>" not in tomas.get(minutes).text
    assert "Finalise them" not in casey.get(minutes).text
    refused = casey.send(f"{minutes}/finalise", version="1", follow=True).text
    assert "Nobody of another agency agrees yet." in refused and "These minutes are a draft" in ruth.get(minutes).text
    tomas.send(f"{minutes}/agree", version="1")
    casey.send(f"{minutes}/finalise", version="1")
    assert "These minutes are final" in ruth.get(minutes).text
    ruth.send(f"{minutes}/agree", version="1")
    assert re.search(r"<dt>Agreed</dt><dd>(.*?)</dd>", ruth.get(minutes).text)[1] == "Tomas Herrera"
    casey.send(f"{minutes}/draw")
    assert "Version 2" in ruth.get(minutes).text
    first = ruth.get(f"{minutes}?version=1").text
    assert "Version 1" in first and "These minutes are final" in first
    with app.app_context():
        assert [row.version for row in db.session.scalars(select(Minutes).order_by(Minutes.version))] == [1, 2]
    _copies(there, minutes)


def test_minutes_begin_with_what_agencies_wrote_and_can_be_finalised_once_the_days_to_agree_are_over(app, signed_in):
    imani = signed_in("imani")
    imani.get(f"{ROOM}/return")
    assert imani.send(f"{ROOM}/return", q_school=WROTE, key=key()).status_code == 303
    casey = opened(signed_in, "tomas")["casey"]
    casey.send(f"{ROOM}/adjourn")
    casey.send(f"{ROOM}/minutes/draw")
    page = " ".join(casey.get(f"{ROOM}/minutes").text.split())
    assert page.index("What agencies wrote beforehand") < page.index(WROTE)
    assert re.search(r"or say what is missing, until \w+ \d+, \d{4}", page) and "Finalise them" not in page
    with time_machine.travel(now() + timedelta(days=4), tick=True):
        late = signed_in("casey")
        assert "Finalise them" in late.get(f"{ROOM}/minutes").text
        late.send(f"{ROOM}/minutes/finalise", version="1")
        assert "These minutes are final" in late.get(f"{ROOM}/minutes").text


def _copies(there, minutes):
    """A copy is decided as an export, and numbered."""
    taken = there["ruth"].get(f"{minutes}/copy").text
    assert re.search(r"Copy [0-9a-f-]{36}", taken) and "With juice, I said." in taken
    assert "Our shelter has a bed." not in taken
    on = f"{today():%B} {today().day}, {today().year}"
    assert re.search(rf"{on}, \d+:\d\d [ap]m E[SD]T", taken) and ", today" not in taken, "a paper is read later"


def test_what_is_open_is_carried_over_and_last_meetings_actions_come_first(app, signed_in):
    there = opened(signed_in, "ruth")
    casey, ruth = there["casey"], there["ruth"]
    casey.send(f"{ROOM}/decide", what="Ring the clinic.", who=people.id_of("ruth"), key=key())
    casey.send(f"{ROOM}/turn", point=known("wren.meeting.tonight.2"))
    casey.send(f"{ROOM}/adjourn")
    room = planned(casey)
    with app.app_context():
        points = db.session.scalars(
            select(Point).where(Point.meeting_id == room.rsplit("/", 1)[1]).order_by(Point.position)
        ).all()
        assert points[0].matter == "actions"
        left = ["Safe this week", "Staying well", "School from next week", "Who does what"]
        assert [one.title for one in points[1:5]] == left, "it broke off over the first of them"
        assert [one.matter for one in points[1:5]] == ["carried"] * 4 and points[5].matter == "usual"
        assert points[2].item_id == known("wren.checkup")
    page = casey.get(room).text
    assert "What we said last time" in page and "Ring the clinic." in page
    again = planned(casey, "non_emergency")
    with app.app_context():
        first = db.session.scalars(select(Point).where(Point.meeting_id == again.rsplit("/", 1)[1])).all()
        assert not [one for one in first if one.matter != "usual"], "it is carried over once"
    assert "Ring the clinic." in ruth.get(room).text


def test_a_case_review_is_a_room_of_its_own_for_each_case(app, signed_in, mail):
    casey = signed_in("casey")
    page = casey.get("/meetings/review").text
    assert "Juno" in page and "It cannot wait" in page and "Wren" in page
    chosen = re.findall(r'name="cases" value="([^"]+)"', page)
    assert chosen[0] == known("case.juno"), "who is missing comes first"
    on = (now() + timedelta(days=6)).date().isoformat()
    assert casey.send("/meetings/review", kind="case_review", on=on, at="09:00", cases=chosen).status_code == 303
    with app.app_context():
        made = db.session.scalars(
            select(Meeting).where(Meeting.review_id.is_not(None)).order_by(Meeting.starts_at)
        ).all()
        assert [one.case_id for one in made] == chosen and len({one.review_id for one in made}) == 1
        ends = [one.starts_at + timedelta(minutes=sum(point.minutes for point in one.agenda)) for one in made]
        assert all(end <= other.starts_at for end, other in zip(ends, made[1:], strict=False))
    mine = signed_in("imani").get("/meetings/").text
    assert CASE in mine and known("case.juno") not in mine
    assert not [
        words for _, words in sent(app) if any(one in words.text + words.calendar for one in (*CANARIES, *chosen))
    ]
    assert "No case is due" in casey.get("/meetings/review").text
    assert signed_in("imani").get("/meetings/review").status_code == 404


def test_a_county_out_west_plans_and_reads_in_its_own_time(app, signed_in):
    west = ZoneInfo("America/Los_Angeles")
    with app.app_context():
        begin_writing()
        db.session.get_one(Agency, agencies.id_of("county")).timezone = west.key
        db.session.commit()
    casey = signed_in("casey")
    casey.get("/meetings/review")
    on = today() + timedelta(days=6)
    form = {"kind": "case_review", "on": on.isoformat(), "at": "09:00", "cases": [CASE]}
    assert casey.send("/meetings/review", **form).status_code == 303
    with app.app_context():
        (made,) = db.session.scalars(select(Meeting).where(Meeting.review_id.is_not(None)))
        assert made.starts_at == datetime.combine(on, time(9), west)
    for slug, hour in (("casey", "9:00 am"), ("imani", "12:00 pm")):
        assert hour in re.findall(r"\d+:\d\d [ap]m", signed_in(slug).get("/meetings/").text)
    casey.send("/meetings/on-call", who=people.id_of("casey"), since_on=on.isoformat(), since_at="08:00",
               until_on=on.isoformat(), until_at="20:00")  # fmt: skip
    with app.app_context():
        (watch,) = db.session.scalars(select(OnCall).where(OnCall.user_id == people.id_of("casey")))
        assert watch.since == datetime.combine(on, time(8), west)


def test_who_asks_for_a_meeting_is_heard_until_one_is_planned(app, signed_in):
    ruth, casey = signed_in("ruth"), signed_in("casey")
    with app.app_context():
        begin_writing()
        held = db.session.get_one(Meeting, known("wren.meeting.held"))
        held.kind = "case_review"
        db.session.commit()
    assert "Somebody of the team asks" not in casey.get("/meetings/review").text
    ruth.get(f"/meetings{PLACE}/want")
    ruth.send(f"/meetings{PLACE}/want", urgent="n")
    assert "Somebody of the team asks" in casey.get("/meetings/review").text
    ruth.send(f"/meetings{PLACE}/want", urgent="y")
    assert casey.get("/meetings/review").text.count("It cannot wait") == 2
    planned(casey)
    assert casey.get("/meetings/review").text.count("It cannot wait") == 1


def test_who_is_on_call_is_named_to_whoever_plans_an_emergency(app, signed_in):
    amara, casey = signed_in("amara"), signed_in("casey")
    plan = f"/meetings{PLACE}/plan"
    assert "Nobody is on call" in casey.get(plan).text
    amara.get("/meetings/on-call")
    today, then = now() - timedelta(days=1), now() + timedelta(days=2)
    span = {"since_on": today.date(), "since_at": "08:00", "until_on": then.date(), "until_at": "08:00"}
    assert amara.send("/meetings/on-call", who=people.id_of("amara"), **span).status_code == 303
    assert amara.send("/meetings/on-call", who=people.id_of("casey"), **span).status_code == 422
    assert "Amara Holt" in casey.get(plan).text
    off = re.search(r"/meetings/on-call/[0-9a-f-]+/end", amara.get("/meetings/on-call").text)[0]
    assert casey.send(off).status_code == 404
    amara.send(off)
    assert "Amara Holt" not in casey.get(plan).text


def test_who_falls_silent_and_is_heard_of_again_is_told_of_at_once(app, signed_in):
    """Else whatever moves the case next would tell it, and so that something moved, to whom that is nothing."""
    there = opened(signed_in, "ruth")

    def pulse():
        with app.app_context():
            return db.session.scalar(select(Case.pulse).where(Case.id == CASE))

    def heard_of():
        before = pulse()
        assert there["ruth"].get(f"/live?topic=meeting:{CASE}:{TONIGHT}&tag=x").status_code == 205
        return pulse() > before

    start = now()
    with time_machine.travel(start, tick=False) as clock:
        assert not heard_of()
        clock.move_to(start + meetings.HEARD_OF_WITHIN - timedelta(seconds=1))
        assert not heard_of()
        clock.move_to(start + 2 * meetings.HEARD_OF_WITHIN)
        assert heard_of() and not heard_of()


def test_whoever_steps_out_for_a_conflict_is_not_in_the_room(app, signed_in):
    there = opened(signed_in, "tomas", "ruth")
    tomas = there["tomas"]
    with app.app_context():
        begin_writing()
        member = db.session.scalar(
            select(Member).where(Member.case_id == CASE, Member.user_id == people.id_of("tomas"))
        )
        member.recused_at = now()
        db.session.commit()
    assert tomas.get(ROOM).status_code == 404
    assert "Two people here" in there["casey"].get(ROOM).text
