"""A case is looked at again at every instant at which a fact of it begins or ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mdt.sharing.boundaries import boundaries
from mdt.sharing.facts import (
    Facts,
    Flag,
    Missing,
    Person,
    Revocation,
    Spell,
)
from mdt.sharing.profile import Profile
from tests.unit.sharing.parts import (
    ALARM,
    FACTS,
    FORM,
    OBJECTION,
    order,
    window,
    with_case,
    with_items,
    with_org,
    with_user,
)
from tests.unit.sharing.told import BASELINE


def turns(facts: Facts, profile: Profile = BASELINE) -> list[str]:
    """Every turn of a case but for those of the quiet one, as said on its clock."""
    known = set(boundaries(QUIET, profile))
    return [f"{one.astimezone(facts.case.zone):%m-%d %H:%M}" for one in boundaries(facts, profile) if one not in known]


QUIET = replace(FACTS, releases=())
BEGINS, ENDS = ["05-05 00:00"], ["05-06 00:00"]
DAY = date(2025, 5, 5)
SPELL = Flag(flag="associate", since=DAY, until=DAY)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"good_cause_until": DAY}, ENDS), ({"closed": (DAY,)}, ENDS),
        ({"missing": (Missing(since=DAY, until=DAY),)}, BEGINS + ENDS), ({"missing": (Missing(since=DAY),)}, BEGINS),
        ({"people": {"x": Person(id="x", relation="kin", rights=False, flags=(SPELL,))}}, BEGINS + ENDS),
    ],
    ids=str,
)  # fmt: skip
def test_a_case_turns_when_something_of_it_begins_or_ends(change: dict[str, Any], found: list[str]) -> None:
    assert turns(with_case(QUIET, **change)) == found


def test_a_case_turns_with_the_young_person() -> None:
    youth = FACTS.case.youth
    assert turns(with_case(QUIET, youth=replace(youth, emancipated=DAY))) == BEGINS
    assert turns(with_case(QUIET, youth=replace(youth, emancipated=True))) == []
    assert turns(with_case(QUIET, youth=replace(youth, born=date(2007, 5, 5)))) == BEGINS
    assert turns(with_case(QUIET, report_received=date(2025, 5, 1)), window(4)) == ENDS


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"expires": DAY}, ENDS), ({"expires": "case_closed"}, []), ({"effective": DAY}, BEGINS),
        ({"event_happened": DAY, "expires": "trial_over"}, ENDS), ({"found_false": DAY}, BEGINS),
        ({"revoked": (Revocation(at=DAY, mode="verbal", recipients=("x",)),)}, BEGINS),
    ],
    ids=str,
)  # fmt: skip
def test_a_case_turns_when_a_release_does(change: dict[str, Any], found: list[str]) -> None:
    form = replace(FORM, expires=None)
    always = ["02-01 00:00", "02-02 00:00"]
    assert turns(replace(QUIET, releases=(form,))) == always
    assert sorted(turns(replace(QUIET, releases=(replace(form, **change),)))) == sorted(always + found)
    endless = replace(BASELINE, releases={"HIPAA": replace(BASELINE.releases["HIPAA"], longest_days=None)})
    assert turns(replace(QUIET, releases=(form,)), endless) == always[:1]
    assert turns(replace(QUIET, releases=(replace(form, type="MOU"),))) == always[:1]
    assert turns(replace(QUIET, releases=(replace(form, signed_on=None),))) == []


def test_a_case_turns_with_the_team_its_papers_and_its_alarms() -> None:
    kim = FACTS.members["kim"]

    def seat(**change: Any) -> Facts:
        return replace(QUIET, members={**QUIET.members, "kim": replace(kim, **change)})

    assert turns(seat(since=DAY)) == turns(seat(recused=DAY)) == BEGINS
    assert turns(seat(until=DAY)) == ENDS and turns(seat(recused=True)) == []
    assert turns(with_org("mercy", QUIET, mou_until=DAY)) == ENDS
    assert turns(with_user("kim", QUIET, history=(Spell(org="mercy", until=DAY),))) == ENDS
    assert turns(with_items(replace(FACTS.items["chart"], sealed=DAY), facts=QUIET)) == BEGINS
    assert turns(replace(QUIET, orders=(order(issued=DAY), order(issued=None)))) == BEGINS
    assert turns(replace(QUIET, restrictions=(replace(OBJECTION, on=DAY),))) == BEGINS
    assert turns(replace(QUIET, emergencies=(ALARM,))) == ["03-03 11:30", "03-03 12:30"]
    assert turns(with_org("mercy", QUIET, mou_until=date.max)) == []
