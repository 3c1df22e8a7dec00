"""No order of handing off, leaving, stopping and ending leaves a task without somebody who can do it.

A state machine over the real application on SQLite. Who may hold a task is worked out here from the rows alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from mdt.models import Agency, Deadline, Item, Member, Task, User, begin_writing, db, new_id, now
from mdt.models.tasks import OPEN
from mdt.operations import access, accounts, convening, deadlines, facts, handoffs
from mdt.operations.acts import Refused
from mdt.operations.demo import agencies, known, people
from mdt.operations.handoffs import hearing
from tests.fixtures_app import close, today

RUNS = int(os.environ.get("HANDINGS") or 12)
CASE = known("case.wren")
TEAM = ("casey", "dee", "ruth", "marcus", "imani", "tomas", "lena", "jo", "marisol")
OUTSIDE = ("alma", "ngozi")
WATCHING = ("amara", "casey", *OUTSIDE)
"""Who answers for somebody of the team, or looks after what is referred to their agency."""
ABOUT = ("wren.minutes.nurse", "wren.minutes.station", "wren.minutes.phone", "wren.week")
who, about = st.sampled_from(TEAM), st.sampled_from(ABOUT)
anyone = st.sampled_from((*TEAM, *OUTSIDE))
pick = st.integers(0, 1000)


class Me:
    """Somebody who acts."""

    def __init__(self, slug: str) -> None:
        user = db.session.get_one(User, people.id_of(slug), populate_existing=True)
        self.id, self.role, self.agency_id = user.id, user.fact.role, user.agency_id


def able(task: Task) -> bool:
    """Whether whoever has it can do it, by the rows alone."""
    if task.owner_id is None:
        return task.queue_id is not None
    user = db.session.get_one(User, task.owner_id, populate_existing=True)
    if not user.active:
        return False
    if task.referred_to and task.step != "offered":
        return user.agency_id == task.referred_to
    at, rows = now(), select(Member).where(Member.case_id == task.case_id, Member.user_id == task.owner_id)
    member = db.session.scalars(rows.execution_options(populate_existing=True)).first()
    if member is None or member.standing != "accepted" or member.recused_at is not None:
        return False
    agency = db.session.get(Agency, user.agency_id, populate_existing=True) if user.agency_id else None
    ended = agency is not None and agency.mou_until is not None and agency.mou_until < today() - timedelta(days=1)
    return (member.until is None or member.until > at) and not ended


class Handing(RuleBasedStateMachine):
    """Everything that can happen to tasks and to whoever holds them."""

    county: Path
    app: Flask
    moves = 0

    @initialize()
    def open_the_county(self) -> None:
        """The same county for each run: only what was written goes, once nobody writes any more."""
        close(self.app)
        self.context = self.app.app_context()
        self.context.push()
        folder = Path(self.app.extensions["mdt.settings"].instance)
        for file in folder.glob("mdt.sqlite*"):
            file.unlink()
        for file in self.county.glob("mdt.sqlite*"):
            (folder / file.name).write_bytes(file.read_bytes())
        facts.forget_all()

    def teardown(self) -> None:
        if hasattr(self, "context"):
            db.session.remove()
            self.context.pop()

    def _try(self, act: Callable[[], Any]) -> None:
        db.session.rollback()
        try:
            act()
            Handing.moves += 1
        except Refused:
            db.session.rollback()

    def _seat(self, slug: str) -> Any:
        seat = access.admit_quietly(CASE, Me(slug))
        if seat is None:
            raise Refused("not here", reason="x")
        return seat

    def _task(self, number: int) -> str:
        ids = sorted(db.session.scalars(select(Task.id).where(Task.case_id == CASE)))
        return str(ids[number % len(ids)])

    @rule(slug=who, name=about)
    def make(self, slug: str, name: str) -> None:
        def act() -> None:
            seat = self._seat(slug)
            begin_writing()
            handoffs.create(seat, db.session.get_one(Item, known(name)), due_at=now() + timedelta(days=2))
            db.session.commit()

        self._try(act)

    @rule(slug=who, task=pick, to=who)
    def offer(self, slug: str, task: int, to: str) -> None:
        self._try(lambda: handoffs.offer(self._seat(slug), self._task(task), to=people.id_of(to), key=new_id()))

    @rule(slug=anyone, task=pick)
    def accept(self, slug: str, task: int) -> None:
        self._try(lambda: handoffs.accept(Me(slug), self._task(task), key=new_id()))

    @rule(task=pick)
    def the_offeree_accepts(self, task: int) -> None:
        row = db.session.get_one(Task, self._task(task), populate_existing=True)
        slug = next((one for one in TEAM if people.id_of(one) == row.offered_to), None)
        if slug:
            self._try(lambda: handoffs.accept(Me(slug), row.id, key=new_id()))

    @rule(slug=anyone, task=pick, act=st.sampled_from(("decline", "give_back")))
    def say_no(self, slug: str, task: int, act: str) -> None:
        self._try(lambda: getattr(handoffs, act)(Me(slug), self._task(task), reason="No.", key=new_id()))

    @rule(slug=anyone, task=pick, act=st.sampled_from(("withdraw", "begin", "take")))
    def step(self, slug: str, task: int, act: str) -> None:
        self._try(lambda: getattr(handoffs, act)(Me(slug), self._task(task), key=new_id()))

    @rule(slug=who, task=pick, possible=st.booleans())
    def finish(self, slug: str, task: int, possible: bool) -> None:
        self._try(lambda: handoffs.finish(Me(slug), self._task(task), possible=possible, reason="So.", key=new_id()))

    @rule(slug=st.sampled_from(("casey", "dee")), task=pick, to=st.sampled_from(("court", "attorney")))
    def refer(self, slug: str, task: int, to: str) -> None:
        said = {"agency_id": agencies.id_of(to), "words": "Please call me about a visit.", "key": new_id()}
        self._try(lambda: handoffs.refer(self._seat(slug), self._task(task), **said))

    @rule(slug=who, by=st.sampled_from(("casey", "dee")))
    def end(self, slug: str, by: str) -> None:
        def act() -> None:
            rows = select(Member.id).where(Member.case_id == CASE, Member.user_id == people.id_of(slug))
            convening.end(self._seat(by), str(db.session.scalars(rows).one()))

        self._try(act)

    @rule(slug=who)
    def step_out(self, slug: str) -> None:
        self._try(lambda: convening.recuse(self._seat(slug)))

    @rule(slug=who, by=st.sampled_from(("casey", "dee")))
    def come(self, slug: str, by: str) -> None:
        def act() -> None:
            convening.invite(self._seat(by), [people.id_of(slug)], why="")
            row = select(Member.id).where(Member.case_id == CASE, Member.user_id == people.id_of(slug))
            convening.accept(Me(slug), str(db.session.scalars(row).one()), acknowledged=True)

        self._try(act)

    @rule(slug=anyone, stop=st.booleans())
    def suspend_or_restore(self, slug: str, stop: bool) -> None:
        user = db.session.get_one(User, people.id_of(slug), populate_existing=True)
        if user.active is stop:
            by = type("By", (), {"id": people.id_of("robin")})()
            self._try(lambda: (accounts.suspend if stop else accounts.restore)(user, by=by))

    @rule(slug=who)
    def a_date_ends_a_membership(self, slug: str) -> None:
        begin_writing()
        rows = select(Member).where(Member.case_id == CASE, Member.user_id == people.id_of(slug))
        db.session.scalars(rows).one().until = now()
        db.session.commit()
        handoffs.sweep(now())

    @rule(slug=st.sampled_from(("mercy", "police", "school", "county")), ends=st.booleans())
    def an_agreement_ends_or_is_renewed(self, slug: str, ends: bool) -> None:
        begin_writing()
        office = db.session.get_one(Agency, agencies.id_of(slug), populate_existing=True)
        office.mou_until = today() + timedelta(days=-3 if ends else 300)
        db.session.commit()
        handoffs.sweep(now())

    @rule()
    def an_offer_runs_out(self) -> None:
        begin_writing()
        rows = db.session.scalars(select(Deadline).where(Deadline.kind == "task.answer", Deadline.next_at.is_not(None)))
        for row in rows:
            row.due_at = row.next_at = now() - timedelta(seconds=1)
            row.started_at = now() - timedelta(hours=1)
        db.session.commit()
        offered = {one.id: (one.owner_id, one.queue_id, one.offered_to, one.referred_to) for one in self._offers()}
        deadlines.pass_due(now())
        for task_id, (owner, queue, asked, agency) in offered.items():
            task = db.session.get_one(Task, task_id, populate_existing=True)
            assert (task.step, task.owner_id, task.queue_id) == ("held", owner, queue), "it stays where it was"
            assert (task.unanswered_by, task.unanswered_in) == (asked, agency), "it is known who did not answer"
        db.session.rollback()

    def _offers(self) -> list[Task]:
        rows = select(Task).where(Task.step == "offered").execution_options(populate_existing=True)
        return list(db.session.scalars(rows))

    @rule()
    def the_case_ends(self) -> None:
        begin_writing()
        handoffs.close(CASE)
        db.session.commit()

    @precondition(lambda self: hasattr(self, "context"))
    @invariant()
    def nothing_is_ownerless(self) -> None:
        db.session.rollback()
        rows = db.session.scalars(select(Task).where(Task.step.in_(OPEN)).execution_options(populate_existing=True))
        lost = [(one.id, one.how, one.step) for one in rows if not able(one)]
        assert lost == []

    @precondition(lambda self: hasattr(self, "context"))
    @invariant()
    def who_did_not_answer_is_held_against_nobody_once_anything_happened(self) -> None:
        """Only what nobody touched since its offer lapsed waits for whoever answers for those who were asked; and those
        are told of it, and nobody who stepped out."""
        db.session.rollback()
        out = select(Member.user_id).where(Member.case_id == CASE, Member.recused_at.is_not(None))
        left = set(db.session.scalars(out))
        for one in db.session.scalars(select(Task).execution_options(populate_existing=True)):
            lapsed = one.how == "lapsed" and one.step == "held"
            assert lapsed == ((one.unanswered_by is None) != (one.unanswered_in is None)), (one.how, one.step)
            told = {slug for slug in WATCHING if self._is_told(slug, one)}
            asked = db.session.get(User, one.unanswered_by) if one.unanswered_by else None
            above = db.session.get(User, asked.supervisor_id) if asked and asked.supervisor_id else None
            if one.unanswered_in is None:
                may = {above.id} if above and above.active else set()
                assert {people.id_of(slug) for slug in told} == (may & set(map(people.id_of, WATCHING))) - left
            else:
                assert not {people.id_of(slug) for slug in told} & left
        db.session.rollback()

    def _is_told(self, slug: str, task: Task) -> bool:
        return hearing.answers_for(Me(slug), task)

    @precondition(lambda self: hasattr(self, "context"))
    @invariant()
    def an_offer_is_to_somebody_who_can_take_it(self) -> None:
        for one in db.session.scalars(select(Task).where(Task.step == "offered")):
            assert (one.offered_to is None) != (one.referred_to is None)
            if one.offered_to:
                assert able(Task(case=one.case, item_id=one.item_id, owner_id=one.offered_to))
        db.session.rollback()


@pytest.mark.long
@pytest.mark.timeout(400)
@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_nothing_is_ever_ownerless(app: Flask, county_files: Path) -> None:
    Handing.county, Handing.app, Handing.moves = county_files, app, 0
    how = settings(max_examples=RUNS, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Handing, settings=how)
    assert Handing.moves > RUNS * 2, "most of what was tried was refused"


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_the_machine_sees_a_task_left_behind(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody is stopped and what they held stays with them: that is what must be seen."""
    with app.app_context():
        begin_writing()
        task = db.session.get_one(Task, known("wren.task.phone"))
        assert able(task)
        db.session.get_one(User, people.id_of("marcus")).active = False
        db.session.commit()
        assert not able(db.session.get_one(Task, known("wren.task.phone")))


def test_the_database_keeps_no_task_with_no_owner_or_two(app: Any) -> None:
    with app.app_context():
        for owner, queue in (("NULL", "NULL"), ("owner_id", "(SELECT lead_id FROM cases LIMIT 1)")):
            with pytest.raises(IntegrityError):
                db.session.execute(text(f"UPDATE tasks SET owner_id = {owner}, queue_id = {queue}"))
            db.session.rollback()
