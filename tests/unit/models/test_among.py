"""Very many identifiers as one parameter, and counters held against what they are known to be, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from mdt.models import Case, User, begin_writing, db, new_id
from mdt.models.among import among
from mdt.models.pulse import move, stir
from mdt.operations import watching


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
        db.session.rollback()
        db.session.remove()


def test_any_number_of_identifiers_is_one_parameter() -> None:
    everybody = sorted(db.session.scalars(select(User.id)))
    asked = select(User.id).where(among(User.id)).order_by(User.id)
    for ids in ([], everybody[:1], everybody, [*everybody, *(new_id() for _ in range(40_000))], everybody[:2] * 2):
        assert list(db.session.scalars(asked, {"ids": ids})) == sorted({*ids} & {*everybody})


def test_the_database_says_which_counters_are_others() -> None:
    cases, people = (sorted(db.session.scalars(select(one.id))) for one in (Case, User))
    known = watching.counters([*cases, *people, new_id()])
    assert set(known) == {*cases, *people}
    assert watching.moved(known) == {} == watching.moved({})
    begin_writing()
    stir(db.session(), [people[0]])
    move(db.session(), [cases[0]], facts=False)
    db.session.commit()
    moved = watching.moved(known)
    team = {one for one in people if one in moved}
    assert people[0] in team and moved.keys() == team | {cases[0]} and moved[cases[0]] == known[cases[0]] + 1
    assert watching.moved(known | moved) == {}
    assert watching.moved({cases[0]: None, cases[1]: known[cases[1]]}) == {cases[0]: moved[cases[0]]}
    assert watching.moved({cases[0]: moved[cases[0]] + 1}) == {cases[0]: moved[cases[0]]}, "another, not only more"
