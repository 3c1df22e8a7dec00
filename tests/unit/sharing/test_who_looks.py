"""Who sits at the table, in which discipline, and as what the young person is seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, timedelta
from typing import Any

import pytest

from mdt.sharing.facts import (
    Flag,
    Member,
    Person,
    Spell,
)
from mdt.sharing.gate import admitted, has_flag
from mdt.sharing.look import adult, role_then
from mdt.sharing.vocabulary import Role
from tests.unit.sharing import told
from tests.unit.sharing.parts import FACTS, NOON, look, with_case, with_user


def test_whoever_is_not_at_the_table_is_not_admitted() -> None:
    noon = told.at(NOON, FACTS)
    assert admitted(FACTS, "kim", noon) is True
    assert admitted(FACTS, "nobody", noon) is False
    assert admitted(with_user("kim", active=False), "kim", noon) is False
    assert admitted(with_user("kim", active=None), "kim", noon) is False
    absent = replace(FACTS, members={name: one for name, one in FACTS.members.items() if name != "kim"})
    assert admitted(absent, "kim", noon) is False


@pytest.mark.parametrize(
    ("place", "seated"),
    [
        ({"since": date(2025, 3, 3)}, True), ({"since": date(2025, 3, 4)}, False),
        ({"until": date(2025, 3, 3)}, True), ({"until": date(2025, 3, 2)}, False),
        ({"recused": True}, False), ({"recused": date(2025, 3, 3)}, False), ({"recused": date(2025, 3, 4)}, True),
    ],
)  # fmt: skip
def test_a_place_at_the_table_begins_ends_and_is_given_up_at_its_time(place: dict[str, Any], seated: bool) -> None:
    seat = replace(Member(user="kim", since=date(2025, 1, 1)), **place)
    facts = replace(FACTS, members={**FACTS.members, "kim": seat})
    assert admitted(facts, "kim", told.at(NOON, facts)) is seated


def test_a_flag_stands_for_its_time_and_one_that_nobody_knows_is_never_passed_over() -> None:
    at, zone = told.at(NOON, FACTS).astimezone(UTC), FACTS.case.zone
    flags = (Flag(flag="no_contact", since=date(2025, 3, 3), until=date(2025, 3, 3)), Flag(flag="associate"))
    person = Person(id="x", relation="kin", rights=False, flags=flags)
    assert has_flag(person, ("no_contact",), at, zone) and has_flag(person, ("associate", "no_contact"), at, zone)
    assert not has_flag(person, ("suspected_offender",), at, zone)
    assert not has_flag(person, ("no_contact",), at + timedelta(days=1), zone)
    assert not has_flag(replace(person, flags=()), ("no_contact",), at, zone)
    with pytest.raises(ValueError, match="a flag nobody knows"):
        has_flag(replace(person, flags=(Flag(flag="stranger"),)), ("no_contact",), at, zone)


def test_a_suspect_is_not_admitted_and_one_who_must_stay_away_is_barred() -> None:
    for flag, seated, barred in (
        ("suspected_offender", False, True),
        ("associate", False, True),
        ("no_contact", True, True),
    ):
        mother = replace(FACTS.case.people["mother"], flags=(Flag(flag=flag),))
        facts = with_case(people={"mother": mother})
        assert admitted(facts, "mom", told.at(NOON, facts)) is seated
        assert look("mom", facts).barred is barred
        assert admitted(facts, "kim", told.at(NOON, facts)) and not look("kim", facts).barred


def test_somebody_acts_in_the_discipline_of_the_place_where_they_are() -> None:
    other = with_user("kim", role=Role.DA)
    moved = with_user("kim", history=(Spell(org="mercy", until=date(2025, 2, 10)),))
    for facts, when, role in (
        (FACTS, NOON, Role.VS), (other, NOON, Role.DA), (moved, NOON, Role.VS), (moved, "2025-02-10T23:59", Role.HC),
    ):  # fmt: skip
        assert look("kim", facts, when).role is role
        assert role_then(facts, facts.users["kim"], told.at(when, facts)) is role
    assert look("mom").role is role_then(FACTS, FACTS.users["mom"], told.at(NOON, FACTS)) is Role.CG
    with pytest.raises(KeyError, match="nowhere"):
        _ = look("kim", with_user("kim", org="nowhere")).role


def test_of_two_earlier_places_the_first_that_was_not_over_counts() -> None:
    spells = (Spell(org="mercy", until=date(2025, 2, 20)), Spell(org="da-office", until=date(2025, 2, 10)))
    facts = with_user("kim", history=spells)
    for when, org in (
        ("2025-02-10T12:00", "da-office"),
        ("2025-02-11T12:00", "mercy"),
        ("2025-02-21T00:00", "victim-unit"),
    ):
        found = look("kim", facts, when).org
        assert found is not None and found.id == org


@pytest.mark.parametrize(
    ("born", "emancipated", "grown"),
    [
        ("2009-06-01", False, False), ("2007-03-03", False, True), ("2007-03-04", False, False),
        ("2009-06-01", True, True), ("2009-06-01", date(2025, 3, 3), True), ("2009-06-01", date(2025, 3, 4), False),
        ("2007-03-03", date(2030, 1, 1), True),
    ],
)  # fmt: skip
def test_the_young_person_is_an_adult_from_their_birthday_or_once_emancipated(
    born: str, emancipated: bool | date, grown: bool
) -> None:
    facts = with_case(youth=replace(FACTS.case.youth, born=date.fromisoformat(born), emancipated=emancipated))
    seen = look(facts=facts)
    assert adult(seen, seen.at) is grown
    assert seen.adult is grown
