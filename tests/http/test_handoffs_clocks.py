"""The clocks of a handoff: who hears what at which mark, in whose working hours, and who is told nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from mdt.models import (
    Case,
    Deadline,
    Entry,
    Handoff,
    Item,
    Letter,
    Member,
    Task,
    User,
    Words,
    begin_writing,
    db,
    new_id,
    now,
)
from mdt.operations import access, deadlines, handoffs
from mdt.operations.demo import agencies, known, people
from mdt.operations.handoffs import clocks, hearing
from mdt.sharing.profile import load
from mdt.web.sign_ins import find_me
from tests.fixtures_app import Person, today

EAST = ZoneInfo("America/New_York")
CASE, NURSE, PHONE = known("case.wren"), known("wren.task.nurse"), known("wren.task.phone")
ABOUT_NURSE, ABOUT_PHONE = known("wren.minutes.nurse"), known("wren.minutes.phone")
MARKS = (50, 75, 90, 100)
SignIn = Callable[[str], Person]
LINE = "Something was offered in a case and not answered in time. Marcus Bell was asked."


@pytest.fixture(autouse=True)
def mail(app: Flask) -> Iterator[None]:
    """A mail server in the settings, so that letters are written; none is sent here."""
    old = app.extensions["mdt.settings"]
    values = {name: getattr(old, name) for name in old.__dataclass_fields__}
    mail = {"mail": "smtp://127.0.0.1:9", "mail_from": "mdt@cedar.example"}
    app.extensions["mdt.settings"] = type(old)(**values | mail)
    yield
    app.extensions["mdt.settings"] = old


def me(slug: str) -> Any:
    return find_me(people.id_of(slug))


def seat(slug: str) -> Any:
    found = access.admit_quietly(CASE, me(slug))
    assert found
    return found


def made(by: str, about: str = ABOUT_PHONE, *, due_at: datetime | None = None, to: str | None = None) -> str:
    """A new task of somebody, offered to somebody if `to`. Nothing else in the county runs after it."""
    begin_writing()
    task = handoffs.create(seat(by), db.session.get_one(Item, about), due_at=due_at)
    db.session.commit()
    if to:
        handoffs.offer(seat(by), task.id, to=people.id_of(to), key=new_id())
    alone(task.id)
    return task.id


def alone(task_id: str) -> None:
    begin_writing()
    others = update(Deadline).where(Deadline.subject_id != task_id).values(next_at=None)
    db.session.execute(others.execution_options(synchronize_session=False))
    db.session.commit()


def running(task_id: str, kind: str) -> Deadline | None:
    mine = (Deadline.subject_id == task_id, Deadline.kind == kind, Deadline.next_at.is_not(None))
    return db.session.scalars(select(Deadline).where(*mine).execution_options(populate_existing=True)).one_or_none()


def heard(since: set[str]) -> set[tuple[str, str]]:
    """Who was written what since these letters."""
    slugs = {people.id_of(slug): slug for slug in ("casey", "dee", "ruth", "marcus", "amara", "ngozi", "imani")}
    rows = [one for one in db.session.scalars(select(Letter)) if one.id not in since]
    since.update(one.id for one in rows)
    found = [(slugs.get(one.user_id, one.user_id), one.words.subject) for one in rows]
    assert len(found) == len(set(found)), "nobody is written the same twice"
    return set(found)


def at_each_mark(task_id: str, kind: str) -> list[set[tuple[str, str]]]:
    """What letters are written at each mark of a clock, whose rounds are made twice."""
    since, said = set(db.session.scalars(select(Letter.id))), []
    for mark in MARKS:
        row = running(task_id, kind)
        assert row and row.next_at
        at = row.next_at
        assert deadlines.pass_due(at - timedelta(seconds=1)) == 0
        assert deadlines.pass_due(at) == 1 and deadlines.pass_due(at) == 0
        assert db.session.scalar(select(Deadline.percent).where(Deadline.id == row.id)) == mark
        said.append(heard(since))
    assert running(task_id, kind) is None
    return said


def to(words: Words, *slugs: str) -> set[tuple[str, str]]:
    return {(slug, words.subject) for slug in slugs}


def friday() -> datetime:
    """The next Friday, at four in the afternoon, that is worked, as is the Monday after it."""
    calendar, day = load("us-baseline").clocks.calendar, today() + timedelta(days=1)
    while day.weekday() != 4 or not calendar.works(day) or not calendar.works(day + timedelta(days=3)):
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, 16, tzinfo=EAST)


def step_out(slug: str) -> None:
    """Somebody was asked to the team once and left it for a conflict."""
    begin_writing()
    case = db.session.get_one(Case, CASE)
    row = Member(case=case, user_id=people.id_of(slug), purpose="INVESTIGATE", standing="ended")
    row.since, row.until, row.recused_at = now() - timedelta(days=2), now(), now()
    db.session.add(row)
    db.session.commit()


def test_an_unanswered_offer_is_heard_of_by_who_answers_for_whoever_was_asked(app: Flask) -> None:
    with app.app_context():
        task_id = made("casey", to="marcus")
        asked = to(clocks.ANSWER_WORDS, "marcus")
        over = to(clocks.LAPSED_WORDS, "casey") | to(clocks.UNANSWERED_WORDS, "amara")
        assert at_each_mark(task_id, "task.answer") == [asked, asked, asked, over]
        task = db.session.get_one(Task, task_id, populate_existing=True)
        assert (task.step, task.owner_id, task.offered_to) == ("held", people.id_of("casey"), None)
        passed = select(Entry).where(Entry.event == "deadline.passed")
        assert db.session.scalars(passed.order_by(Entry.seq.desc()).limit(1)).one().case_id == CASE


def test_where_nobody_answers_for_them_the_lead_hears_once(app: Flask) -> None:
    """Ruth has no supervisor: of the lead, Dee reads it and hears; Casey offered it and is told that."""
    with app.app_context():
        task_id = made("casey", ABOUT_NURSE, to="ruth")
        over = to(clocks.LAPSED_WORDS, "casey") | to(clocks.UNANSWERED_WORDS, "dee")
        assert at_each_mark(task_id, "task.answer")[-1] == over


def test_whoever_answers_for_them_looks_again_when_it_lapses_and_when_the_task_moves_on(app: Flask) -> None:
    """Their desks change with both, also where nothing of theirs is asked any more."""
    with app.app_context():
        task_id = made("casey", to="marcus")
        for slug in ("amara", "ngozi"):
            before = pulse(slug)
            row = running(task_id, "task.answer")
            assert row
            deadlines.pass_due(row.due_at)
            assert pulse(slug) > before, f"{slug} has a line more"
            before = pulse(slug)
            handoffs.begin(me("casey"), task_id, key=new_id())
            assert pulse(slug) > before, f"{slug} has a line less"
            task_id = made("casey", ABOUT_NURSE)
            said = {"agency_id": agencies.id_of("attorney"), "words": "Please call me about a visit.", "key": new_id()}
            handoffs.refer(seat("casey"), task_id, **said)
            alone(task_id)


def pulse(slug: str) -> int:
    found = db.session.scalar(select(User.pulse).where(User.id == people.id_of(slug)))
    assert found
    return found


def test_a_supervisor_who_stepped_out_of_the_case_hears_nothing_and_the_lead_does(
    app: Flask, signed_in: SignIn
) -> None:
    amara, casey = signed_in("amara"), signed_in("casey")
    with app.app_context():
        task_id = made("casey", to="marcus")
        late_id = made("marcus", due_at=now() + timedelta(seconds=1))
        handoffs.withdraw(me("casey"), task_id, key=new_id())
        handoffs.offer(seat("dee"), task_id, to=people.id_of("marcus"), key=new_id())
        alone(task_id)
        step_out("amara")
        over = to(clocks.LAPSED_WORDS, "dee") | to(clocks.UNANSWERED_WORDS, "casey")
        assert at_each_mark(task_id, "task.answer")[-1] == over
        assert hearing.above(db.session.get_one(Task, late_id), people.id_of("marcus")) is None
    with time_machine.travel(now() + timedelta(seconds=2)):
        desk = amara.get("/police").text
        assert LINE not in desk and "overdue in a case" not in desk
        assert amara.get(f"/tasks/{task_id}/agency").status_code == 404
        assert amara.get(f"/tasks/{late_id}/agency").status_code == 404
        lead = casey.get("/", follow_redirects=True).text
        assert "Overdue. Held by Marcus Bell." in lead


def test_an_agency_outside_that_lets_a_referral_lapse_hears_of_it(app: Flask, signed_in: SignIn) -> None:
    ngozi = signed_in("ngozi")
    with app.app_context():
        task_id = made("casey", ABOUT_NURSE)
        said = {"agency_id": agencies.id_of("attorney"), "words": "Please call me about a visit.", "key": new_id()}
        handoffs.refer(seat("casey"), task_id, **said)
        asked = to(clocks.ANSWER_WORDS, "ngozi")
        over = to(clocks.LAPSED_WORDS, "casey") | to(clocks.UNANSWERED_WORDS, "ngozi")
        assert at_each_mark(task_id, "task.answer") == [asked, asked, asked, over]
    line = "What another agency referred to yours was not answered in time."
    assert line in ngozi.get("/prosecution").text
    page = ngozi.get(f"/tasks/{task_id}/agency")
    text = page.text.split("<main")[1].split("</main")[0]
    assert page.status_code == 200 and "went back to whoever referred it" in text
    for word in ("Wren", "Casey", "call me", "once more", "Cedar County"):
        assert word not in text, word
    assert ngozi.get(f"/tasks/{task_id}").status_code == 404
    with app.app_context():
        step_out("ngozi")
    assert line not in ngozi.get("/prosecution").text and ngozi.get(f"/tasks/{task_id}/agency").status_code == 404


def test_who_stepped_out_is_not_written_to_for_their_agency(app: Flask) -> None:
    with app.app_context():
        step_out("ngozi")
        task_id = made("casey", ABOUT_NURSE)
        said = {"agency_id": agencies.id_of("attorney"), "words": "Please call me about a visit.", "key": new_id()}
        handoffs.refer(seat("casey"), task_id, **said)
        assert at_each_mark(task_id, "task.answer") == [set(), set(), set(), to(clocks.LAPSED_WORDS, "casey")]


def test_the_supervisor_reads_who_was_asked_and_nothing_of_the_case(app: Flask, signed_in: SignIn) -> None:
    """It stands on their desk until anything happens to the task. What is not theirs they cannot hand on."""
    amara, casey, imani, marcus = (signed_in(slug) for slug in ("amara", "casey", "imani", "marcus"))
    with app.app_context():
        task_id = made("casey", to="marcus")
    assert LINE not in amara.get("/police").text and amara.get(f"/tasks/{task_id}/agency").status_code == 404
    with app.app_context():
        at_each_mark(task_id, "task.answer")
    assert LINE in amara.get("/police").text
    page = amara.get(f"/tasks/{task_id}/agency")
    text = page.text.split("<main")[1].split("</main")[0]
    assert page.status_code == 200 and "Marcus Bell" in text and "Speak with Marcus Bell" in text
    for word in ("Wren", "Casey", "phone", "Cedar County", "Hand it to somebody else", "Take the offer back"):
        assert word not in text, word
    with app.app_context():
        assert db.session.scalars(select(Entry).order_by(Entry.seq.desc()).limit(1)).one().event == "task.overseen"
    assert amara.get(f"/tasks/{task_id}").status_code == 404
    assert amara.send(f"/tasks/{task_id}/agency", to=people.id_of("marcus"), key=new_id()).status_code == 404
    assert amara.send(f"/tasks/{task_id}/withdraw", key=new_id()).status_code == 404
    for other in (imani, marcus):
        assert other.get(f"/tasks/{task_id}/agency").status_code == 404
    history = casey.get(f"/tasks/{task_id}").text
    assert "Nobody answered in time. It stayed with you." in history
    assert "Whoever answers for those who were asked was told." in history and "Amara" not in history
    casey.send(f"/tasks/{task_id}/offer", to=people.id_of("marcus"), key=new_id())
    assert LINE not in amara.get("/police").text and amara.get(f"/tasks/{task_id}/agency").status_code == 404


def test_what_is_due_reminds_whoever_holds_it_and_then_who_answers_for_them(app: Flask) -> None:
    with app.app_context():
        task_id = made("marcus", due_at=now() + timedelta(hours=10))
        mine = to(clocks.DUE_WORDS, "marcus")
        over = to(clocks.OVERDUE_WORDS, "amara", "marcus")
        assert at_each_mark(task_id, "task.due") == [mine, mine, mine, over]
        task_id = made("imani", ABOUT_NURSE, due_at=now() + timedelta(hours=10))
        task = db.session.get_one(Task, task_id)
        lead = hearing.readers_of_lead(task)
        assert set(lead) == {people.id_of("casey"), people.id_of("dee")}
        assert at_each_mark(task_id, "task.due")[-1] == to(clocks.OVERDUE_WORDS, "imani", "casey", "dee")


def test_a_clock_that_nobody_is_asked_about_any_more_says_nothing(app: Flask) -> None:
    """Done, and not possible, end both clocks; an answer ends its own."""
    with app.app_context():
        for end in ({"possible": True}, {"possible": False, "reason": "So."}):
            task_id = made("casey", ABOUT_NURSE, due_at=now() + timedelta(hours=40), to="ruth")
            assert running(task_id, "task.answer") and running(task_id, "task.due")
            handoffs.accept(me("ruth"), task_id, key=new_id())
            assert running(task_id, "task.answer") is None and running(task_id, "task.due")
            handoffs.finish(me("ruth"), task_id, key=new_id(), **end)
            assert running(task_id, "task.due") is None
        for act in (handoffs.decline, handoffs.withdraw):
            task_id = made("casey", ABOUT_NURSE, to="ruth")
            said = {"reason": "No."} if act is handoffs.decline else {}
            act(me("ruth" if said else "casey"), task_id, key=new_id(), **said)
            assert running(task_id, "task.answer") is None
        since: set[str] = set()
        heard(since)
        deadlines.pass_due(now() + timedelta(days=30))
        assert heard(since) == set()


def test_letters_say_neither_what_nor_about_whom(app: Flask) -> None:
    words = (
        clocks.ANSWER_WORDS, clocks.LAPSED_WORDS, clocks.UNANSWERED_WORDS, clocks.DUE_WORDS, clocks.OVERDUE_WORDS,
    )  # fmt: skip
    assert len({one.subject for one in words}) == len({one.text for one in words}) == 5
    assert all("Sign in" in one.text and "{" not in one.subject + one.text for one in words)


def test_of_many_who_make_rounds_at_once_each_is_written_to_once(app: Flask) -> None:
    """At a reminder and at the end: whoever is quicker passes the mark, and nobody else writes of it."""
    with app.app_context():
        task_id = made("casey", to="marcus")
        row = running(task_id, "task.answer")
        assert row and row.next_at
        half, over, since = row.next_at, row.due_at, set[str]()
        heard(since)
        db.session.remove()
    six_rounds(app, half)
    with app.app_context():
        assert heard(since) == to(clocks.ANSWER_WORDS, "marcus")
        db.session.remove()
    six_rounds(app, over)
    with app.app_context():
        deadlines.pass_due(over + timedelta(minutes=2))
        assert heard(since) == to(clocks.LAPSED_WORDS, "casey") | to(clocks.UNANSWERED_WORDS, "amara")
        told = select(Handoff).where(Handoff.task_id == task_id, Handoff.event.in_(("lapsed", "unanswered")))
        assert len(db.session.scalars(told).all()) == 2


def six_rounds(app: Flask, at: datetime) -> None:
    barrier = threading.Barrier(6)

    def make() -> None:
        with app.app_context():
            barrier.wait()
            deadlines.pass_due(at)
            db.session.remove()

    threads = [threading.Thread(target=make) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def test_an_offer_is_answered_in_the_working_hours_of_the_county(app: Flask) -> None:
    """Nine of them: from one afternoon to the next, over a weekend and Thanksgiving; or when the task is due, if that
    is sooner, and not if it is over."""
    with app.app_context():
        case = db.session.get_one(Case, CASE)
        for made_at, by in (((11, 24, 16), (11, 25, 16)), ((11, 25, 16), (11, 27, 16)), ((11, 27, 16), (11, 30, 16))):
            at, until = (datetime(2026, *one, tzinfo=EAST) for one in (made_at, by))  # type: ignore[misc]
            with time_machine.travel(at, tick=False):
                assert clocks.answer_by(case, None) == until
                assert clocks.answer_by(case, until + timedelta(hours=1)) == until
                assert clocks.answer_by(case, until - timedelta(hours=1)) == until - timedelta(hours=1)
                assert clocks.answer_by(case, at - timedelta(hours=1)) == until, "overdue already"


def marks_of(task_id: str) -> list[datetime]:
    """When each mark of an offer speaks, in the county."""
    found: list[datetime] = []
    while row := running(task_id, "task.answer"):
        assert row.next_at
        found.append(row.next_at.astimezone(EAST))
        deadlines.pass_due(row.next_at)
    return found


def test_nobody_is_reminded_while_the_offices_are_closed(app: Flask) -> None:
    """An offer of Friday at four is answered by Monday at four: reminders at half, three quarters and nine tenths of
    the nine hours between, of which one is on Friday."""
    four = friday()
    monday = four + timedelta(days=3)
    with app.app_context():
        with time_machine.travel(four, tick=False):
            task_id = made("casey", ABOUT_NURSE, to="ruth")
        assert deadlines.pass_due(four + timedelta(days=2, hours=2)) == 0, "not on Sunday in the evening"
        hours = [(11, 30), (13, 45), (15, 6), (16, 0)]
        assert marks_of(task_id) == [monday.replace(hour=hour, minute=minute) for hour, minute in hours]


def test_where_the_task_is_due_sooner_its_marks_count_in_the_same_kind_of_time(app: Flask) -> None:
    """Due on Monday at ten: three working hours. Due on Sunday: the one of Friday is all there is. Offered on Saturday
    and due on Sunday: the offices are closed all the time, so the time that passes is counted."""
    four, day = friday(), timedelta(days=1)
    with app.app_context():
        for at, due, hours in (
            (four, (four + 3 * day).replace(hour=10), [(3, 8, 30), (3, 9, 15), (3, 9, 42), (3, 10, 0)]),
            (four, (four + 2 * day).replace(hour=12), [(0, 16, 30), (0, 16, 45), (0, 16, 54), (2, 12, 0)]),
            (four + day, four + 2 * day, [(2, 4, 0), (2, 10, 0), (2, 13, 36), (2, 16, 0)]),
        ):
            with time_machine.travel(at, tick=False):
                task_id = made("casey", ABOUT_NURSE, due_at=due, to="ruth")
            expected = [(four + days * day).replace(hour=hour, minute=minute) for days, hour, minute in hours]
            assert marks_of(task_id) == expected


def test_a_clock_that_ran_before_goes_on_as_it_began(app: Flask) -> None:
    """A row of before the column counts the time that passes; so does a task's own day."""
    four = friday()
    with app.app_context():
        with time_machine.travel(four, tick=False):
            due_id = made("casey", ABOUT_NURSE, due_at=four + timedelta(hours=72))
            row = running(due_id, "task.due")
            assert row and not row.working and row.next_at == four + timedelta(hours=36)
            task_id = made("casey", ABOUT_NURSE, to="ruth")
        begin_writing()
        mine = Deadline.subject_id == task_id
        db.session.execute(update(Deadline).where(mine).values(working=False, next_at=four + timedelta(hours=36)))
        db.session.commit()
        assert marks_of(task_id) == [four + timedelta(hours=72) * part / 100 for part in MARKS]


def test_a_mark_that_the_rules_moved_speaks_at_its_new_time_and_once(app: Flask) -> None:
    """A calendar that changes while an offer runs moves its marks: what comes too soon waits, what spoke is silent."""
    four, since = friday(), set[str]()
    with app.app_context():
        with time_machine.travel(four, tick=False):
            task_id = made("casey", ABOUT_NURSE, to="ruth")
        half = (four + timedelta(days=3)).replace(hour=11, minute=30)
        early = four + timedelta(minutes=1)
        stirred(task_id, early)
        heard(since)
        assert deadlines.pass_due(early) == 0 and heard(since) == set()
        row = running(task_id, "task.answer")
        assert row and (row.percent, row.next_at) == (0, half)
        assert deadlines.pass_due(half) == 1 and heard(since) == to(clocks.ANSWER_WORDS, "ruth")
        stirred(task_id, half + timedelta(minutes=1))
        assert deadlines.pass_due(half + timedelta(minutes=1)) == 0 and heard(since) == set()
        row = running(task_id, "task.answer")
        assert row and (row.percent, row.next_at) == (50, half.replace(hour=13, minute=45))


def stirred(task_id: str, at: datetime) -> None:
    """As if by an older calendar its next mark came then."""
    begin_writing()
    db.session.execute(update(Deadline).where(Deadline.subject_id == task_id).values(next_at=at))
    db.session.commit()


def test_the_supervisor_takes_back_what_they_offered_on(app: Flask, signed_in: SignIn) -> None:
    """Amara is on no team; what she offered to another of her people is hers to take back, and nobody else's."""
    amara, casey, imani = signed_in("amara"), signed_in("casey"), signed_in("imani")
    spare = known("person.spare")
    with app.app_context():
        begin_writing()
        kept = {"login": "spare", "login_index": b"0" * 16, "acknowledged_at": now()}
        user = User(id=spare, agency_id=agencies.id_of("police"), role="LE", name="Spare Hand", title="x", **kept)
        db.session.add(user)
        db.session.flush()
        row = Member(case=db.session.get_one(Case, CASE), user_id=spare, purpose="INVESTIGATE", standing="accepted")
        row.since = now() - timedelta(days=1)
        db.session.add(row)
        db.session.commit()
    at = f"/tasks/{PHONE}"
    assert "Take the offer back" not in amara.get(f"{at}/agency").text
    assert amara.send(f"{at}/agency", to=spare, key=new_id()).status_code == 303
    assert step_of(app) == ("offered", spare)
    page = amara.get(f"{at}/agency").text
    assert "Take the offer back" in page and "Wren" not in page.split("<main")[1].split("</main")[0]
    imani.get("/help")
    assert imani.send(f"{at}/withdraw", key=new_id()).status_code in (404, 409)
    assert step_of(app) == ("offered", spare)
    key = new_id()
    for _ in range(2):
        back = amara.send(f"{at}/withdraw", key=key)
        assert back.status_code == 303 and back.location == f"{at}/agency"
    assert step_of(app) == ("held", None) and amara.get(f"{at}/agency").status_code == 200
    casey.get(at)
    assert casey.send(f"{at}/offer", to=spare, key=new_id()).status_code == 303
    assert "Take the offer back" not in amara.get(f"{at}/agency").text
    assert amara.send(f"{at}/withdraw", key=new_id()).status_code == 404, "an offer of the lead's is not hers"
    assert step_of(app) == ("offered", spare)


def step_of(app: Flask, task_id: str = PHONE) -> tuple[str, str | None]:
    with app.app_context():
        row = db.session.get_one(Task, task_id)
        return row.step, row.offered_to
