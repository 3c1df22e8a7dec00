"""The facts of a case read again after a change, with what is as it was not opened again: the same as read anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from mdt.models import Agency, Case, Item, Member, Release, User, db, now
from mdt.operations import facts, items
from mdt.operations.demo import agencies, known, people
from mdt.operations.facts import CaseFacts
from mdt.sharing.vocabulary import Category

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
WREN = known("case.wren")
NOT_READ = {"looks", "closed", "people", "filed", "rules"}


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
    record.terms = replace(record.terms, sealed=now().date())
    yield
    items.file(db.session.get_one(Case, WREN), source=harbor.id, category=Category.PLAN, values={"note": "More."})
    yield
    release = db.session.scalars(select(Release).where(Release.case_id == WREN)).first()
    assert release
    release.terms = replace(release.terms, expires=now().date() - timedelta(days=1))
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


def test_what_is_as_it_was_is_not_opened_again(inside: Flask) -> None:
    before = facts.load(WREN)
    record = db.session.scalars(select(Item).where(Item.case_id == WREN)).first()
    assert record and before
    record.terms = replace(record.terms, sealed=now().date())
    db.session.commit()
    after = facts.load(WREN)
    assert after and after is not before
    assert all(after.people[one] is before.people[one] for one in before.people)
    opened = [one for one in after.facts.items if after.facts.items[one] is not before.facts.items[one]]
    assert opened == [record.id]
