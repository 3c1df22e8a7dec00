"""What changes a case moves its counters in the same transaction, so that no verb can forget the bell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from mdt.models import (
    Agency,
    Attendance,
    Case,
    Emergency,
    Item,
    ItemGroup,
    Meeting,
    Member,
    Moved,
    Order,
    Point,
    Release,
    Restriction,
    Segment,
    Task,
    User,
    begin_writing,
    db,
    now,
    when_moved,
)  # fmt: skip
from mdt.models.pulse import move, stir
from mdt.operations import items
from mdt.operations.demo import agencies, known, people
from mdt.operations.facts import GROUND
from mdt.sharing.vocabulary import Category

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
WREN = known("case.wren")
OF_A_CASE = {"releases", "orders", "restrictions", "emergencies", "items", "members", "cases"}
LIVE = {"meetings", "points", "attendances", "segments", "tasks", "deadlines"}
LIVE |= {"invites", "returns", "visits", "minutes", "agreed", "wanted"}
LIVE |= {"needs_said", "own_words", "arranged_dates", "date_words", "joins_asked", "screenings", "identifications"}
LIVE |= {"referrals", "requests", "held_consents", "papers", "holds", "corrections", "assessments", "notices"}
LIVE |= {"case_links", "case_merges", "case_moves", "outreach", "lessons"}
LIVE |= {"missing_episodes", "missing_reports", "missing_contacts"}


def counters() -> tuple[int, int, int]:
    """Epoch and pulse of Wren's case, and the pulse of Casey's desk."""
    row = db.session.execute(select(Case.epoch, Case.pulse).where(Case.id == WREN)).one()
    return row.epoch, row.pulse, db.session.scalars(select(User.pulse).where(User.id == people.id_of("casey"))).one()


def moved(change: Callable[[], Any]) -> tuple[bool, bool, bool]:
    """Which of the counters this change moves."""
    before = counters()
    change()
    db.session.commit()
    return tuple(now > then for now, then in zip(counters(), before, strict=True))  # type: ignore[return-value]


def some(cls: type) -> Any:
    wanted = select(cls)
    if cls is Point or cls is Attendance or cls is Segment:
        wanted = wanted.join(Meeting).where(Meeting.case_id == WREN)
    elif cls is not Agency and cls is not User:
        wanted = wanted.where(cls.case_id == WREN)  # type: ignore[attr-defined]
    return db.session.scalars(wanted.limit(1)).one()


def test_a_changed_fact_moves_epoch_pulse_and_desks(inside: Flask) -> None:
    def shorten() -> None:
        release = some(Release)
        release.terms = replace(release.terms, expires=None)

    def rename() -> None:
        some(Member).standing = "ended"

    def drop() -> None:
        db.session.delete(some(Item))

    assert moved(shorten) == (True, True, True)
    assert moved(rename) == (True, True, True)
    for kind in (Order, Restriction, Emergency):
        assert moved(
            lambda kind=kind: db.session.add(kind(case=db.session.get_one(Case, WREN), terms=some(Release).terms))
        ) == (True, True, True)  # type: ignore[misc]


def test_only_a_move_of_records_and_papers_alone_leaves_the_ground(inside: Flask) -> None:
    """What else changed with them is not forgotten; nor is the source of a record, if nobody of it is at the table."""

    def ground() -> int:
        return db.session.scalars(select(GROUND).where(Case.id == WREN)).one()

    def papers() -> int:
        return db.session.scalars(select(Case.papers).where(Case.id == WREN)).one()

    def seal() -> None:
        item = some(Item)
        item.terms = replace(item.terms, labels=("HIV",))

    def both() -> None:
        seal()
        some(Member).standing = "ended"

    def file() -> None:
        fenwick = db.session.get_one(Agency, agencies.id_of("fenwick"))
        items.file(db.session.get_one(Case, WREN), source=fenwick.id, category=Category.PLAN, values={"note": "More."})

    def stop() -> None:
        release = some(Release)
        release.terms = replace(release.terms, excludes=(*release.terms.excludes, str(uuid4())))

    def stop_and_seal() -> None:
        stop()
        seal()

    def stop_and_leave() -> None:
        stop()
        some(Member).until = now()

    filed, paper, more = (True, False), (True, True), (False, False)
    for change, said in (
        (seal, filed), (file, filed), (lambda: db.session.delete(some(Item)), filed), (both, more),
        (stop, paper), (stop_and_seal, paper), (stop_and_leave, (False, True)),
        (lambda: setattr(db.session.get_one(Agency, agencies.id_of("fenwick")), "part2", True), more),
        (lambda: move(db.session(), [WREN], only="filed"), filed), (lambda: move(db.session(), [WREN]), more),
        (lambda: move(db.session(), [WREN], only="papers"), paper),
    ):  # fmt: skip
        before = ground(), papers()
        begin_writing()
        assert moved(change)[:2] == (True, True)
        assert (ground() == before[0], papers() != before[1]) == said, change


def test_what_is_live_moves_the_pulse_alone(inside: Flask) -> None:
    def seen() -> None:
        some(Attendance).here = True

    def renamed() -> None:
        some(Point).title = "Other words"

    for change in (
        seen,
        renamed,
        lambda: setattr(some(Meeting), "phase", "open"),
        lambda: setattr(some(Segment), "kind", "note "),
    ):
        assert moved(change)[:2] == (False, True)


def test_a_task_stirs_the_desks_of_both_sides(inside: Flask) -> None:
    assert moved(lambda: setattr(db.session.get_one(Task, known("wren.task.nurse")), "step", "done")) == (
        False,
        True,
        True,
    )


def test_a_change_of_a_person_or_an_agency_is_one_of_every_case_they_are_on(inside: Flask) -> None:
    imani = db.session.get_one(User, people.id_of("imani"))
    assert moved(lambda: setattr(imani, "active", False))[:2] == (True, True)
    school = db.session.get_one(Agency, agencies.id_of("school"))
    assert moved(lambda: setattr(school, "vsp", "vawa"))[:2] == (True, True)
    noor = db.session.get_one(User, people.id_of("noor"))
    assert moved(lambda: setattr(noor, "active", False))[:2] == (False, False)


def test_what_changes_nothing_moves_nothing(inside: Flask) -> None:
    assert moved(lambda: setattr(some(Meeting), "phase", some(Meeting).phase)) == (False, False, False)
    assert moved(lambda: None) == (False, False, False)


def test_what_is_rolled_back_moves_nothing_and_tells_nobody(inside: Flask) -> None:
    told: list[Moved] = []
    forget = when_moved(told.append)
    try:
        before = counters()
        some(Meeting).phase = "open"
        db.session.flush()
        db.session.rollback()
        assert counters() == before and told == []
        some(Meeting).phase = "open"
        db.session.commit()
        assert told == [{WREN: db.session.get_one(Case, WREN).pulse}]
    finally:
        forget()
    some(Meeting).phase = "planned"
    db.session.commit()
    assert len(told) == 1, "who listens no more is told no more"


def test_whoever_is_told_of_a_commit_knows_the_pulse_and_holds_no_connection(inside: Flask) -> None:
    told: list[Moved] = []
    out: list[int] = []
    forget = when_moved(lambda moved: (told.append(moved), out.append(db.engine.pool.checkedout())))  # type: ignore[attr-defined]
    try:
        begin_writing()
        before = db.session.get_one(Case, WREN).pulse
        move(db.session(), [WREN])
        move(db.session(), [WREN], facts=False)
        stir(db.session(), [people.id_of("casey")])
        db.session.commit()
    finally:
        forget()
    assert told == [{WREN: before + 2, people.id_of("casey"): None}] and out == [0]


def test_by_hand_as_well(inside: Flask) -> None:
    assert moved(lambda: (begin_writing(), move(db.session(), [WREN], facts=False))) == (False, True, True)
    assert moved(lambda: (begin_writing(), stir(db.session(), [people.id_of("casey"), None]))) == (False, False, True)
    assert moved(lambda: (begin_writing(), move(db.session(), []))) == (False, False, False)


def test_every_row_of_a_case_moves_it_or_stirs_it(inside: Flask) -> None:
    """A new table of a case is to say which of the two it does."""
    for mapper in db.Model.registry.mappers:
        cls, name = mapper.class_, mapper.class_.__tablename__
        of_case = "case_id" in mapper.columns or "meeting_id" in mapper.columns or name == "cases"
        does = {"moves": hasattr(cls, "moves"), "stirs": hasattr(cls, "stirs")}
        if name in OF_A_CASE | LIVE or (of_case and name != "ledger_entries"):
            assert does == {"moves": name in OF_A_CASE, "stirs": name in LIVE}, name
    assert ItemGroup.__tablename__ == "item_groups", "values are written with their item, whose version moves"
    assert now().tzinfo is not None
