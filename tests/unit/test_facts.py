"""The facts of a case read again after a change, with what is as it was not opened again: the same as read anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from mdt.models import Agency, Case, Emergency, Item, Member, Order, Release, Restriction, User, db, now
from mdt.operations import access, facts, items, reading, views
from mdt.operations.demo import agencies, known, people
from mdt.operations.facts import CaseFacts
from mdt.sharing import facts as fact
from mdt.sharing.vocabulary import Category
from mdt.web.sign_ins import find_me
from tests.fixtures_app import today

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
WREN = known("case.wren")
NOT_READ = {"looks", "closed", "people", "filed", "rules", "grown", "standings", "lasting"}


@pytest.fixture
def inside(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app
        db.session.rollback()
        db.session.remove()


def told(case: CaseFacts | None) -> dict[str, object]:
    assert case
    return {one.name: getattr(case, one.name) for one in fields(case) if one.name not in NOT_READ}


def changes() -> Iterator[None]:
    """One change after the other, each of something that the facts of a case are made of."""
    ruth, harbor = db.session.get_one(User, people.id_of("ruth")), db.session.get_one(Agency, agencies.id_of("harbor"))
    for name, value in (("name", "Another Name"), ("title", "midwife"), ("role", "BH"), ("active", False),
                        ("medical", not ruth.medical), ("person", "aunt"), ("agency_id", harbor.id),
                        ("history", [{"org": harbor.id, "until": "2026-01-01"}])):  # fmt: skip
        setattr(ruth, name, value)
        yield
    harbor.part2 = not harbor.part2
    yield
    record = db.session.scalars(select(Item).where(Item.case_id == WREN)).first()
    assert record
    record.terms = replace(record.terms, labels=frozenset({"HIV"}))
    yield
    record.terms = replace(record.terms, sealed=today())
    yield
    items.file(db.session.get_one(Case, WREN), source=harbor.id, category=Category.PLAN, values={"note": "More."})
    yield
    release = db.session.scalars(select(Release).where(Release.case_id == WREN)).first()
    assert release
    release.terms = replace(release.terms, expires=today() - timedelta(days=1))
    yield
    member = db.session.scalars(select(Member).where(Member.case_id == WREN, Member.user_id == ruth.id)).one()
    member.until = now()
    yield
    db.session.delete(member)
    yield


def test_what_is_read_again_is_what_would_be_read_anew(inside: Flask) -> None:
    before = told(facts.load(WREN))
    for number, _ in enumerate(changes()):
        db.session.commit()
        again = told(facts.load(WREN))
        facts.forget_all()
        assert again == told(facts.load(WREN)), number
        assert again != before, number
        before = again


def test_facts_of_an_act_that_was_undone_are_never_taken_for_those_of_the_next(inside: Flask) -> None:
    """Both move the same counter from the same place: what was read in between is of neither."""
    wren = db.session.get_one(Case, WREN)
    known = facts.load(WREN)
    items.file(wren, source=agencies.id_of("county"), category=Category.PLAN, values={"note": "Never said."})
    undone = facts.load(WREN)
    assert known and undone and len(undone.facts.items) == len(known.facts.items) + 1
    db.session.rollback()
    release = db.session.scalars(select(Release).where(Release.case_id == WREN)).first()
    assert release
    release.terms = replace(release.terms, expires=today() - timedelta(days=1))
    db.session.commit()
    after = facts.load(WREN)
    assert after and after.epoch == undone.epoch
    kept = told(after)
    facts.forget_all()
    assert kept == told(facts.load(WREN)) != told(undone)


def test_facts_of_an_act_are_kept_when_it_commits_and_are_those_that_would_be_read_anew(inside: Flask) -> None:
    wren = db.session.get_one(Case, WREN)
    facts.load(WREN)
    for words in ("First.", "Second."):
        items.file(wren, source=agencies.id_of("county"), category=Category.PLAN, values={"note": words})
        mine = facts.load(WREN)
        assert facts.load(WREN) is mine, "not read twice in one act"
    db.session.commit()
    assert facts.load(WREN) is mine
    kept = told(mine)
    facts.forget_all()
    assert told(facts.load(WREN)) == kept
    items.file(wren, source=agencies.id_of("county"), category=Category.PLAN, values={"note": "Third."})
    early = facts.load(WREN)
    items.file(wren, source=agencies.id_of("county"), category=Category.PLAN, values={"note": "Fourth."})
    db.session.commit()
    late = facts.load(WREN)
    assert early and late and late is not early and len(late.facts.items) == len(early.facts.items) + 1


def test_what_is_as_it_was_is_not_opened_again(inside: Flask) -> None:
    before = facts.load(WREN)
    record = db.session.scalars(select(Item).where(Item.case_id == WREN)).first()
    assert record and before
    record.terms = replace(record.terms, sealed=today())
    db.session.commit()
    after = facts.load(WREN)
    assert after and after is not before
    assert all(after.people[one] is before.people[one] for one in before.people)
    opened = [one for one in after.facts.items if after.facts.items[one] is not before.facts.items[one]]
    assert opened == [record.id]


def records_change() -> Iterator[int]:
    """One change of a record of Wren's case after the other; how many of the records have to be decided anew."""
    wren = db.session.get_one(Case, WREN)
    county, clinic = agencies.id_of("county"), agencies.id_of("mercy")

    def filed(category: Category, source: str, **terms: Any) -> Item:
        said = {"text" if category is Category.MEETING else "note": "More."}
        return items.file(wren, source=source, category=category, values=said, **terms)

    plan = filed(Category.PLAN, county, author=people.id_of("casey"))
    yield 1
    health = filed(Category.HEALTH, clinic, author=people.id_of("ruth"), labels=("HIV",))
    yield 1
    quoting = filed(Category.MEETING, county, quotes=(health.id,))
    yield 1
    above = filed(Category.MEETING, county, quotes=(quoting.id, plan.id))
    yield 1
    health.terms = replace(health.terms, labels=())
    yield 3
    plan.terms = replace(plan.terms, sealed=today() + timedelta(days=1))
    yield 2
    plan.terms = replace(plan.terms, sealed=today())
    yield 2
    db.session.delete(above)
    yield 1
    items.revise(quoting, {"text": "Less."})
    yield 0
    quoting.terms = replace(quoting.terms)
    yield 0
    items.revise(quoting, {"text": ""})
    yield 1


def looked() -> dict[str, Any]:
    """What everybody at Wren's table gets, and by which moment it turns."""
    case = facts.load(WREN)
    assert case
    seats = [access.seat_at(case, me) for user in case.facts.members if (me := find_me(user))]
    found = {
        one.me.id: (views.look(one), views.turns(one), views.look(one).skeleton(), reading.tag(one))
        for one in seats
        if one
    }
    assert len(found) > 10
    return found


def test_when_only_records_change_everybody_gets_what_they_would_get_decided_anew(inside: Flask) -> None:
    looked()
    for number, anew in enumerate(records_change()):
        db.session.commit()
        again, case = looked(), facts.load(WREN)
        assert case and case.grown and len(case.grown.anew) == anew, number
        facts.forget_all()
        assert again == looked(), number


def test_when_only_values_change_nothing_is_decided_and_each_page_that_shows_them_is_another(inside: Flask) -> None:
    wren, mercy = db.session.get_one(Case, WREN), agencies.id_of("mercy")
    note = items.file(wren, source=mercy, category=Category.HEALTH, values={"note": "x", "allergies": ["nuts"]})
    db.session.commit()
    before, case = looked(), facts.load(WREN)
    items.revise(note, {"note": "y"})
    db.session.commit()
    after, known = looked(), facts.load(WREN)
    assert case and known and known is not case and known.facts is case.facts
    reads = {
        me
        for me, (seen, *_) in after.items()
        if any(item.id == note.id and "note" in one.fields for item, one in seen.items)
    }
    assert 0 < len(reads) < len(after) and reads == {me for me in after if after[me][3] != before[me][3]}
    assert all(after[me][0].items is before[me][0].items for me in after)


def test_where_somebody_is_placed_by_a_record_that_changed_nothing_decided_before_is_used(inside: Flask) -> None:
    """Whether it is there is asked when any other is decided."""
    case = facts.load(WREN)
    assert case
    placing, other, *_ = case.facts.items
    placed = {one: replace(user, placement=placing) for one, user in case.facts.users.items()}
    before = replace(case, facts=replace(case.facts, users=placed))
    for gone, grows in ((placing, False), (other, True)):
        kept = {name: item for name, item in case.facts.items.items() if name != gone}
        assert bool(facts._grown(before, kept)) is grows


def papers_change() -> Iterator[None]:
    """One change of a paper of Wren's case after the other, also together with a record."""
    wren = db.session.get_one(Case, WREN)
    release = db.session.scalars(select(Release).where(Release.case_id == WREN)).first()
    record = db.session.scalars(select(Item).where(Item.case_id == WREN)).first()
    assert release and record
    until = release.terms.expires
    release.terms = replace(release.terms, expires=today() - timedelta(days=1))
    yield
    release.terms = replace(release.terms, expires=until)
    yield
    ruth, health = people.id_of("ruth"), (Category.HEALTH,)
    said = fact.Order(id=str(uuid4()), type="HIP", categories=health, recipients=(ruth,), issued=now(), findings=True)
    db.session.add(order := Order(id=said.id, case=wren, terms=said, form={}))
    yield
    order.terms = replace(said, ended=now())
    record.terms = replace(record.terms, labels=("HIV",))
    yield
    against = (people.id_of("casey"),)
    terms = fact.Restriction(id=str(uuid4()), by="youth", on=now(), against=against, categories=(Category.HEALTH,))
    db.session.add(objection := Restriction(id=terms.id, case=wren, terms=terms, form={}))
    yield
    items.file(wren, source=agencies.id_of("mercy"), category=Category.HEALTH, values={"note": "More."})
    yield
    db.session.delete(objection)
    yield
    glass = fact.Emergency(id=str(uuid4()), by=ruth, at=now(), kind="medical", categories=health)
    db.session.add(Emergency(id=glass.id, case=wren, terms=glass, form={}))
    yield


def test_when_only_papers_change_everybody_gets_what_they_would_get_decided_anew(inside: Flask) -> None:
    """Nobody at the table is read again, and nothing that was decided is used."""
    looked()
    before = facts.load(WREN)
    for number, _ in enumerate(papers_change()):
        db.session.commit()
        again, case = looked(), facts.load(WREN)
        assert before and case and case is not before and case.people is before.people, number
        assert case.grown and (case.grown.anew >= case.facts.items.keys()) is (case.papers != before.papers), number
        facts.forget_all()
        assert again == looked(), number
        before = facts.load(WREN)


def test_whatever_is_neither_record_nor_paper_is_read_anew_whole(inside: Flask) -> None:
    looked()
    release = db.session.scalars(select(Release).where(Release.case_id == WREN)).first()
    member = db.session.scalars(select(Member).where(Member.case_id == WREN)).first()
    assert release and member
    release.terms = replace(release.terms, expires=today() - timedelta(days=1))
    member.purpose = "COURT"
    db.session.commit()
    again, case = looked(), facts.load(WREN)
    assert case and case.grown is None
    facts.forget_all()
    assert again == looked()


def test_a_record_of_an_agency_that_had_no_part_brings_it_in(inside: Flask) -> None:
    before = facts.load(WREN)
    hearth = agencies.id_of("fenwick")
    assert before and hearth not in before.facts.orgs
    items.file(db.session.get_one(Case, WREN), source=hearth, category=Category.PLAN, values={"note": "More."})
    db.session.commit()
    after = facts.load(WREN)
    assert after and hearth in after.facts.orgs
