"""A question asked of many at once: what each is given, in which order, and what a failure leaves behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import or_, select
from sqlalchemy.exc import OperationalError

from mdt.models import User, db
from mdt.models.among import among
from mdt.operations import at_once
from mdt.operations.at_once import Of, Question

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
PEOPLE = Question(
    Of.AGENCY,
    select(User.id, User.agency_id, User.supervisor_id).where(among(User.agency_id)).order_by(User.id),
    lambda row: [row.agency_id],
)


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
        db.session.remove()


def agencies() -> list[str]:
    return sorted({row for row in db.session.scalars(select(User.agency_id)) if row})


def test_what_is_asked_of_some_is_the_same_alone_and_among_all() -> None:
    some = agencies()[1:4][::-1]
    alone = PEOPLE.about(some)
    assert [row.agency_id for row in alone] == [one for one in some for row in alone if row.agency_id == one]
    with at_once.together():
        at_once.announce(Of.AGENCY, agencies())
        assert PEOPLE.about(some[:1]) == [row for row in alone if row.agency_id == some[0]]
        assert PEOPLE.about(some) == alone
        assert PEOPLE.about(["nobody"]) == []


def test_whoever_is_announced_is_asked_of_with_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    read = Question._read
    asked: list[int] = []

    def noted(self: Question, ids: object) -> object:
        asked.append(len(list(ids)))  # type: ignore[call-overload]
        return read(self, ids)  # type: ignore[arg-type]

    monkeypatch.setattr(Question, "_read", noted)
    every = agencies()
    with at_once.together():
        at_once.announce(Of.AGENCY, [*every, None])
        at_once.announce(Of.CASE, ["a case"])
        for one in every:
            PEOPLE.about([one])
        PEOPLE.about(["somebody new"])
    assert asked == [len(every), 1]


def test_what_could_not_be_read_is_asked_again_and_is_not_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    one = agencies()[0]
    with at_once.together():
        with monkeypatch.context() as broken:
            broken.setattr(Question, "_read", fails)
            with pytest.raises(OperationalError):
                PEOPLE.about([one])
        assert PEOPLE.about([one])


def fails(_self: Question, _ids: object) -> object:
    raise OperationalError("no", None, Exception("away"))


def test_outside_nothing_is_kept() -> None:
    counted: list[int] = []

    def work() -> int:
        counted.append(1)
        return len(counted)

    assert [at_once.once("x", work), at_once.once("x", work)] == [1, 2]
    with at_once.together():
        assert [at_once.once("x", work), at_once.once("x", work)] == [3, 3]
        at_once.announce(Of.PERSON, ["x"])
    assert at_once.once("x", work) == 4


def test_one_thing_comes_as_a_thing_and_of_two_keys_to_both() -> None:
    both = Question(
        Of.PERSON,
        select(User).where(or_(among(User.id), among(User.supervisor_id))).order_by(User.id),
        lambda user: [user.id, user.supervisor_id],
    )
    above = db.session.scalars(select(User).order_by(User.id)).first()
    below = db.session.scalars(select(User).where(User.id != above.id).order_by(User.id)).first() if above else None
    assert above and below
    below.supervisor_id = above.id
    db.session.flush()
    assert {user.id for user in both.about([above.id])} >= {above.id, below.id}
    assert both.about([below.id]) == [below]
    db.session.rollback()
