"""The order of a case review: urgent first, then so that people come only for their cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mdt.operations.meeting.agenda import Due, Reason, ordered, reason, slots, waiting

AT = datetime(2026, 11, 26, 14, 0, tzinfo=UTC)


def case(name: str, people: str, minutes: int = 15, why: Reason = Reason.ONGOING) -> Due:
    return Due(name, why, minutes, frozenset(people.split()))


def test_what_somebody_waits_is_what_lies_between_their_cases() -> None:
    one, two, three = case("a", "ruth jo"), case("b", "sam", 30), case("c", "ruth")
    assert waiting((one, two, three)) == 30
    assert waiting((one, three, two)) == 0
    assert waiting(()) == 0


def test_people_come_only_for_their_cases() -> None:
    apart = [case("a", "ruth"), case("b", "sam"), case("c", "ruth"), case("d", "sam"), case("e", "ruth")]
    found = ordered(apart)
    assert waiting(found) == 0 < waiting(apart)
    assert {one.case_id for one in found} == set("abcde")


def test_an_urgent_case_is_first_whoever_waits_for_it() -> None:
    found = ordered([case("a", "ruth"), case("b", "sam", why=Reason.URGENT), case("c", "ruth sam")])
    assert [one.case_id for one in found] == ["b", "c", "a"]


def test_the_same_cases_come_in_the_same_order_however_they_are_given() -> None:
    cases = [case(name, people) for name, people in zip("abcd", ("x y", "y", "x", "z"), strict=True)]
    assert len({ordered(order) for order in permutations(cases)}) == 1


@given(st.lists(st.tuples(st.sets(st.sampled_from("uvwxyz"), max_size=4), st.integers(5, 40)), max_size=5))
def test_no_order_of_a_few_cases_has_less_waiting(said: list[tuple[set[str], int]]) -> None:
    cases = [Due(str(n), Reason.ONGOING, minutes, frozenset(people)) for n, (people, minutes) in enumerate(said)]
    found = ordered(cases)
    assert sorted(one.case_id for one in found) == sorted(one.case_id for one in cases)
    assert waiting(found) == min(map(waiting, permutations(cases)))


@given(st.lists(st.sets(st.sampled_from("uvwxyz"), min_size=1, max_size=3), min_size=7, max_size=14))
@example([{"v"}, {"u", "v"}, {"v"}, {"v"}, {"u"}, {"u"}, {"u"}])
def test_of_many_cases_nobody_waits_more_than_as_they_came(said: list[set[str]]) -> None:
    cases = [Due(f"{n:02}", Reason.ONGOING, 15, frozenset(people)) for n, people in enumerate(said)]
    found = ordered(cases)
    assert len(found) == len(set(found)) == len(cases)
    assert waiting(found) <= waiting(cases)


def test_many_cases_of_teams_that_share_nobody_stand_together() -> None:
    teams = ("ruth jo", "sam tomas", "marcus")
    found = ordered([case(f"{n:02}", teams[n % 3]) for n in range(15)])
    assert waiting(found) == 0


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"urgent": True}, Reason.URGENT),
        ({"held_at": None}, Reason.NEW),
        ({"requested": True}, Reason.REQUESTED),
        ({"held_at": AT - timedelta(days=91)}, Reason.ONGOING),
        ({"held_at": AT - timedelta(days=90)}, None),
        ({"held_at": AT - timedelta(days=900), "every_days": None}, None),
        ({"urgent": True, "held_at": None, "requested": True}, Reason.URGENT),
    ],
)
def test_why_a_case_is_due(said: dict[str, object], why: Reason | None) -> None:
    usual = {"urgent": False, "held_at": AT - timedelta(days=3), "requested": False, "every_days": 91, "at": AT}
    assert reason(**(usual | said)) is why  # type: ignore[arg-type]


def test_one_case_begins_when_the_other_is_over() -> None:
    found = slots([case("a", "x", 15), case("b", "x", 30), case("c", "x", 15)], AT)
    assert [(at - AT).total_seconds() / 60 for _, at in found] == [0, 15, 45]
