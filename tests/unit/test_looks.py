"""A look is kept for as long as its facts are the same and none has turned, and no longer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mdt.operations import views
from mdt.operations.access import Seat
from mdt.sharing.decide import look_at, settle
from mdt.sharing.facts import Facts
from mdt.sharing.vocabulary import Category, Purpose
from tests.bench import made_look as made
from tests.bench.deciding import seat_at

HEALTH_ENDS = datetime(2026, 6, 2, 4, tzinfo=UTC)
"""The midnight after the last day of the releases, where the case is."""


def right(seat: Seat, seen: views.Looked) -> bool:
    """Whether a look says now what the plain evaluator says."""
    look = look_at(seat.case.facts, seat.me.id, seat.purpose, seat.at, seat.profile)
    plain = {item.id: settle(look, item.id) for item in seat.case.facts.items.values()}
    return {item.id: one for item, one in seen.items} == {
        name: one for name, one in plain.items() if one.outcome != "conceal"
    }


def opens(seen: views.Looked, category: Category) -> bool:
    return any(item.category is category and decision.opens for item, decision in seen.items)


def without_releases(facts: Facts) -> Facts:
    return replace(facts, releases=())


def test_a_look_is_kept_until_a_fact_turns() -> None:
    seat = seat_at(made.facts())
    first = views.look(seat)
    assert right(seat, first) and opens(first, Category.HEALTH)
    last = replace(seat, at=HEALTH_ENDS - timedelta(microseconds=1))
    assert right(last, views.look(last)) and opens(views.look(last), Category.HEALTH)
    assert views.look(replace(last, at=last.at - timedelta(seconds=1))) is views.look(last)
    over = replace(seat, at=HEALTH_ENDS)
    assert right(over, views.look(over)) and not opens(views.look(over), Category.HEALTH)
    assert opens(views.look(seat), Category.HEALTH)


def test_other_facts_another_purpose_and_other_categories_are_other_looks() -> None:
    seat = seat_at(made.facts())
    assert opens(views.look(seat), Category.HEALTH)
    other = replace(seat, case=replace(seat.case, facts=without_releases(seat.case.facts), looks={}))
    assert not opens(views.look(other), Category.HEALTH)
    assert not opens(views.look(replace(seat, purpose=Purpose.AGGREGATE)), Category.ID)
    rules = made.PROFILE.with_changes({"categories": {"HEALTH": {"cells": {"LE": ["never"]}}}})
    assert not opens(views.look(replace(seat, profile=rules)), Category.HEALTH)
    assert opens(views.look(seat), Category.HEALTH)
    assert {item.category for item, _ in views.look(seat, categories=frozenset({Category.ID})).items} == {Category.ID}


def test_a_page_of_looks_is_kept_as_long_as_each_of_them_holds() -> None:
    seats = [seat_at(made.facts()) for _ in range(3)]
    page = views.look_each(seats)
    assert page.looks == [views.look(seat) for seat in seats]
    assert views.look_each(seats) is page
    assert page.once("ways", len_of) is page.once("ways", len_of)
    changed = replace(seats[1], case=replace(seats[1].case, facts=without_releases(seats[1].case.facts), looks={}))
    after = views.look_each([seats[0], changed, seats[2]])
    assert [opens(one, Category.HEALTH) for one in after.looks] == [True, False, True]
    assert [opens(one, Category.HEALTH) for one in views.look_each(seats[:2]).looks] == [True, True]
    for at in (HEALTH_ENDS, HEALTH_ENDS + timedelta(days=1)):
        turned = [*seats[:2], replace(seats[2], at=at)]
        assert [opens(one, Category.HEALTH) for one in views.look_each(turned).looks] == [True, True, False]
    rules = made.PROFILE.with_changes({"categories": {"HEALTH": {"cells": {"LE": ["never"]}}}})
    ruled = [*seats[:2], replace(seats[2], profile=rules)]
    assert [opens(one, Category.HEALTH) for one in views.look_each(ruled).looks] == [True, True, False]
    counting = [*seats[:2], replace(seats[2], purpose=Purpose.AGGREGATE)]
    assert [opens(one, Category.ID) for one in views.look_each(counting).looks] == [True, True, False]


def test_a_page_of_nothing_is_nothing() -> None:
    assert views.look_each([]).looks == []


def len_of(seen: views.Looked) -> int:
    return len(seen.items)
