"""A desk asks the database as often for thirty cases as for three: one question for each kind of line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import event, select

from mdt.models import (
    Agency,
    ArrangedDate,
    Assessment,
    Case,
    CaseMove,
    Correction,
    DateTerms,
    Emergency,
    Episode,
    EpisodeWords,
    Identification,
    Meeting,
    Member,
    Notice,
    Paper,
    PaperTerms,
    Release,
    Report,
    Return,
    Screening,
    Standing,
    Step,
    Task,
    User,
    Visit,
    Youth,
    begin_writing,
    db,
    now,
)
from mdt.models.meetings import Point
from mdt.operations import desks, duties, facts, items, watching
from mdt.operations.demo import agencies, known, people
from mdt.sharing import facts as fact
from mdt.sharing.vocabulary import Category
from mdt.web.sign_ins import find_me
from tests.fixtures_app import Person, today

FEW, MANY = 3, 30
KINDS = {
    "notice", "review", "correction", "assessment", "paper", "return", "agency_task", "past", "task", "missing_report",
    "missing_debrief", "screening", "identification", "case_move", "date",
}  # fmt: skip


@contextmanager
def counted() -> Iterator[list[str]]:
    said: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def case_with_everything(number: int) -> None:
    """A case that Casey leads, with a line of every kind on her desk; and one outside it that she answers for."""
    lead, casey, at = db.session.get_one(Agency, agencies.id_of("county")), people.id_of("casey"), now()
    dee, mercy = db.session.get_one(User, people.id_of("dee")), agencies.id_of("mercy")
    case = new_case(lead, number)
    user = db.session.get_one(User, casey)
    seat = {"user": user, "user_id": casey, "purpose": "PLAN", "invited_at": at}
    db.session.add(Member(case=case, standing=Standing.ACCEPTED, since=at, **seat))
    note = items.file(case, source=lead.id, category=Category.PLAN, values={"note": "x"}, author=dee.id)
    gone = items.file(
        case, source=lead.id, category=Category.PLAN, values={"note": "x"}, author=dee.id, quotes=(str(uuid4()),)
    )  # fmt: skip
    assert gone
    said = fact.Emergency(id=str(uuid4()), by=dee.id, at=at, kind="threat", categories=(Category.HEALTH,), facts="x")
    db.session.add(Emergency(id=said.id, case=case, terms=said, written_by=dee.id, due_at=at))
    mine: dict[str, Any] = {"case": case, "agency_id": lead.id, "made_by": dee.id}
    terms = PaperTerms(
        kind="subpoena", effect="open", issuer="x", words="x", categories=(Category.PLAN,), sources=(lead.id,)
    )  # fmt: skip
    fixed = Correction(item_id=note.id, before=note.terms, after=note.terms, why="x", state="waiting", **mine)
    release = fact.Release(
        id=str(uuid4()), type="MDT", discloser=lead.id, recipients=(mercy,), categories=(Category.PLAN,),
        signed_on=date(2026, 1, 1), expires=today() + timedelta(days=3),
    )  # fmt: skip
    meeting = Meeting(case=case, facilitator_id=casey, title="x", starts_at=at + timedelta(days=2))
    db.session.add_all([fixed, Paper(terms=terms, received_at=at, **mine), meeting])
    db.session.flush()
    point = Point(meeting=meeting, position=1, title="x")
    db.session.add_all([
        point, Release(id=release.id, case=case, terms=release), Notice(subject_id=said.id, **mine),
        Assessment(kind="label", subject_id=fixed.id, due_at=at, **mine),
        Return(meeting=meeting, agency_id=lead.id, role="CW", due_at=at),
        Task(case=case, item_id=note.id, step=Step.HELD, owner_id=dee.id, due_at=at - timedelta(hours=1)),
        Task(case=case, item_id=note.id, owner_id=people.id_of("imani"), unanswered_by=people.id_of("ruth")),
    ])  # fmt: skip
    casework(case, note.id)
    other = new_case(lead, 1000 + number)
    db.session.add(CaseMove(case=other, from_agency=lead.id, offered_by=dee.id, to_user=casey, why="x"))
    outside: dict[str, Any] = {"case": other, "agency_id": lead.id, "made_by": dee.id}
    there = items.file(other, source=lead.id, category=Category.PLAN, values={"note": "x"}, author=dee.id)
    wrong = Correction(item_id=there.id, before=there.terms, after=there.terms, why="x", state="waiting", **outside)
    alarm = fact.Emergency(id=str(uuid4()), by=dee.id, at=at, kind="threat", categories=(Category.HEALTH,), facts="x")
    talk = Meeting(case=other, facilitator_id=dee.id, title="x", starts_at=at + timedelta(days=2))
    db.session.add_all([wrong, talk, Emergency(id=alarm.id, case=other, terms=alarm, written_by=dee.id)])
    db.session.flush()
    asked = Point(meeting=talk, position=1, title="x")
    db.session.add(asked)
    db.session.flush()
    db.session.add_all([
        Notice(subject_id=alarm.id, **outside), Visit(meeting=talk, point_id=asked.id, user_id=casey),
        Assessment(kind="label", subject_id=wrong.id, due_at=at, **outside),
        Member(case=other, standing=Standing.INVITED, why="x", **seat),
        Task(case=other, item_id=there.id, step=Step.HELD, owner_id=dee.id, due_at=at - timedelta(hours=1)),
        Task(case=other, item_id=there.id, owner_id=people.id_of("imani"), unanswered_by=dee.id),
        Task(case=other, item_id=there.id, owner_id=people.id_of("imani"), unanswered_in=lead.id),
    ])  # fmt: skip


def casework(case: Case, record: str) -> None:
    """A search that runs and one that is over, a screening, an identification, a day to go along."""
    lead, casey, at = agencies.id_of("county"), people.id_of("casey"), now()
    mine: dict[str, Any] = {"case": case, "agency_id": lead, "made_by": casey}
    about: dict[str, Any] = {"kind": "run", "since": at, "received_at": at, "worker_id": casey, "item_id": record}
    runs, over = Episode(**mine, **about), Episode(**mine, **about, recovered_at=at)
    runs.words = over.words = EpisodeWords()
    db.session.add_all([runs, over])
    db.session.flush()
    report = Report(**mine, episode_id=runs.id, kind="ncmec", started_at=at, due_at=at, wants_at=at)
    going = DateTerms(attends=(casey,))
    court = items.file(case, source=lead, category=Category.COURT, values={"hearing_dates": ["x"]}, author=casey)
    db.session.add_all([
        report, Screening(case=case, agency_id=lead, event="asked", due_at=at),
        Identification(case=case, agency_id=lead, item_id=record, by_id=casey, due_at=at, why="x"),
        ArrangedDate(case=case, item_id=court.id, agency_id=lead, kind="hearing", starts_at=at + timedelta(hours=9),
                     minutes=60, terms=going),
    ])  # fmt: skip


def new_case(lead: Agency, number: int) -> Case:
    youth = Youth(id=str(uuid4()), agency_id=lead.id)
    db.session.add(youth)
    db.session.flush()
    terms = fact.Case(
        id=str(uuid4()), lead=lead.id, youth=fact.Youth(born=date(2011, 1, 1)), opened=date(2026, 1, 1)
    )  # fmt: skip
    case = Case(id=terms.id, youth=youth, lead=lead, terms=terms)
    db.session.add(case)
    db.session.flush()
    return case


def asked(app: Flask, verb: Callable[[Any], Any]) -> tuple[Any, list[str]]:
    """What a verb gives Casey, and what it asks the database: once everything is warm."""
    with app.app_context():
        me = find_me(people.id_of("casey"))
        verb(me)
        db.session.rollback()
        db.session.expunge_all()
        me = find_me(people.id_of("casey"))
        with counted() as said:
            found = verb(me)
        return found, said


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_desk_of_thirty_cases_asks_no_more_than_one_of_three(app: Flask, signed_in: Callable[[str], Person]) -> None:
    def grown(cases: range) -> None:
        with app.app_context():
            begin_writing()
            db.session.get_one(User, people.id_of("dee")).supervisor_id = people.id_of("casey")
            for number in cases:
                case_with_everything(number)
            db.session.commit()
            facts.forget_all()

    def lines(me: Any) -> tuple[Any, ...]:
        return duties.of(me, desks.seats_of(me))

    grown(range(FEW))
    few = {verb: asked(app, verb) for verb in (lines, desks.skeleton, desks.desk)}
    grown(range(FEW, MANY))
    many = {verb: asked(app, verb) for verb in (lines, desks.skeleton, desks.desk)}
    found = [one.kind for one in many[lines][0]]
    assert set(found) == KINDS and all(found.count(kind) >= MANY for kind in KINDS - {"task", "agency_task"})
    for verb, (_found, said) in many.items():
        before = few[verb][1]
        often = {one for one in said if said.count(one) > max(2, before.count(one))}
        assert len(said) <= len(before), f"{verb.__name__}: {len(before)} became {len(said)}: {often}"


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("topic", [watching.Topic("desk"), watching.Topic("case", known("case.wren"))], ids=str)
def test_views_looked_at_together_are_what_each_is_alone_and_ask_once(app: Flask, topic: watching.Topic) -> None:
    with app.app_context():
        begin_writing()
        db.session.get_one(User, people.id_of("dee")).supervisor_id = people.id_of("casey")
        for number in range(FEW):
            case_with_everything(number)
        db.session.commit()
        everybody = [me for one in db.session.scalars(select(User.id).order_by(User.id)) if (me := find_me(one))]
        alone = {me.id: watching.look(topic, me, None) for me in everybody}
        assert len(everybody) > 20 and len({tag for tag, _ in alone.values() if tag != watching.NOTHING}) > 10
        for some in (everybody[:1], everybody[::3], everybody[::-1], everybody):
            for cold in (False, True):
                if cold:
                    facts.forget_all()
                with watching.together({topic: some}) as looks:
                    look = looks(topic)
                    assert {me.id: look(me, None) for me in some} == {me.id: alone[me.id] for me in some}
        with counted() as said, watching.together({topic: everybody}) as looks:
            look = looks(topic)
            for me in everybody:
                look(me, None)
        often = {one for one in said if said.count(one) > 2}
        assert len(often) <= 1 and len(said) < len(everybody) + 40, often  # whose cases, a question each
