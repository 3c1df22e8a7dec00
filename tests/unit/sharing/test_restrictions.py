"""What an objection or a later instruction takes away, and what it leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mdt.sharing import restrictions
from mdt.sharing.bases import Answer, Permit
from mdt.sharing.facts import (
    Flag,
    Release,
    Restriction,
    Revocation,
)
from mdt.sharing.grammar import parse
from mdt.sharing.regimes import regimes_of
from mdt.sharing.vocabulary import Category
from tests.unit.sharing import told
from tests.unit.sharing.parts import ALLERGIES, FACTS, FORM, MEDICATIONS, OBJECTION, look, with_case
from tests.unit.sharing.told import BASELINE


def left(
    objections: tuple[Restriction, ...] = (), releases: tuple[Release, ...] = (), **more: Any
) -> tuple[Any, list[str]]:
    """What is left of a permit after objections and later forms: its fields, and the codes."""
    who, item, permit = more.get("who", "kim"), more.get("item", "chart"), more.get("permit", {})
    facts = more.get("facts", FACTS)
    facts = replace(facts, restrictions=objections, releases=(*facts.releases, *releases))
    thing = replace(facts.items[item], fields=(ALLERGIES, MEDICATIONS), **more.get("of_item", {}))
    seen = look(who, facts)
    whole = frozenset(thing.fields)
    one = Permit(**{"alternative": parse("law B6"), "fields": whole, "yields": True, **permit})
    found = restrictions.applied(Answer([one]), seen, thing, regimes_of(thing, facts, BASELINE))
    return (set(found.permits[0].fields) if found.permits else None), found.codes


WHOLE: tuple[Any, list[str]] = ({ALLERGIES, MEDICATIONS}, [])
GONE: tuple[Any, list[str]] = (None, ["E_RESTRICTED_BY_LATER"])


@pytest.mark.parametrize(
    ("change", "takes"),
    [
        ({}, True), ({"against": ("kim",)}, True), ({"against": ("da-office", "dana")}, False), ({"against": ()}, True),
        ({"categories": ()}, True), ({"categories": (Category.PLAN,)}, False),
        ({"on": date(2025, 3, 3)}, True), ({"on": date(2025, 3, 4)}, False),
        ({"by": "mother"}, True), ({"by": "aunt"}, True),
    ],
)  # fmt: skip
def test_an_objection_speaks_from_its_day_of_what_it_names_against_whom_it_names(
    change: dict[str, Any], takes: bool
) -> None:
    assert left((replace(OBJECTION, **change),)) == (GONE if takes else WHOLE)


def test_an_objection_reaches_a_caregiver_by_their_part_in_the_case_and_counts_for_nothing_from_whoever_is_barred() -> (
    None
):
    assert left((replace(OBJECTION, against=("mother",)),), who="mom") == GONE
    assert left((replace(OBJECTION, against=("mom",)),), who="mom") == GONE
    assert left((replace(OBJECTION, against=("father",)),), who="mom") == WHOLE
    suspect = replace(FACTS.case.people["mother"], flags=(Flag(flag="no_contact", since=date(2025, 3, 3)),))
    barred = with_case(people={"mother": suspect})
    assert left((replace(OBJECTION, by="mother"),), facts=barred) == WHOLE
    assert left((OBJECTION,), facts=barred) == GONE


def test_an_objection_takes_the_fields_it_names_and_no_others() -> None:
    part = replace(OBJECTION, fields=(ALLERGIES, "injuries"))
    assert left((part,)) == ({MEDICATIONS}, ["E_RESTRICTED_BY_LATER"])
    assert left((part, replace(OBJECTION, fields=(MEDICATIONS,)))) == GONE
    assert left((replace(OBJECTION, fields=("injuries",)),)) == WHOLE
    assert left((part,), permit={"fields": frozenset({MEDICATIONS})}) == ({MEDICATIONS}, [])
    assert left((OBJECTION,), permit={"yields": False}) == WHOLE
    assert left((OBJECTION,), permit={"fields": frozenset()}) == (set(), [])
    assert left() == WHOLE


def test_what_was_signed_after_the_day_of_an_objection_stands_and_of_two_forms_each_has_to() -> None:
    for day, kept in ((date(2025, 2, 1), GONE), (date(2025, 1, 31), GONE), (date(2025, 2, 2), WHOLE)):
        assert left((OBJECTION,), permit={"releases": (replace(FORM, signed_on=day),)}) == kept
    later, earlier = replace(FORM, signed_on=date(2025, 2, 2)), replace(FORM, signed_on=date(2025, 1, 2))
    assert left((OBJECTION,), permit={"releases": (later, earlier)}) == GONE
    late = replace(FORM, signed_on=told.at("2025-02-01T23:59", FACTS))
    assert left((OBJECTION,), permit={"releases": (late,)}) == GONE


NARROWER = replace(FORM, id="r2", signed_on=date(2025, 2, 10), excludes=(ALLERGIES,))


@pytest.mark.parametrize(
    ("change", "takes"),
    [
        ({}, True), ({"signed_on": date(2025, 2, 1)}, False), ({"signed_on": date(2025, 2, 2)}, True),
        ({"signed_on": None}, False), ({"signed_by": ("mother", "youth")}, False),
        ({"recipients": ("da-office",)}, False), ({"recipients": ("kim",)}, True),
        ({"categories": (Category.PLAN,)}, False), ({"items": ("plan",)}, False), ({"items": ("chart",)}, True),
        ({"excludes": ()}, False), ({"excludes": ("injuries",)}, False), ({"expires": date(2025, 3, 2)}, False),
        ({"effective": date(2025, 3, 4)}, False), ({"type": "PSY"}, True), ({"type": "MOU"}, False),
        ({"revoked": (Revocation(at=date(2025, 3, 1), mode="verbal"),)}, False),
    ],
)  # fmt: skip
def test_a_later_form_of_the_same_people_to_the_same_recipient_carves_out_of_an_earlier_one_and_of_the_law(
    change: dict[str, Any], takes: bool
) -> None:
    kept = ({MEDICATIONS}, ["E_RESTRICTED_BY_LATER"]) if takes else WHOLE
    later = (replace(NARROWER, **change),)
    assert left(releases=later, permit={"releases": (FORM,)}) == kept
    assert left(releases=later) == kept
    assert left(releases=later, permit={"yields": False}) == WHOLE


def test_an_instruction_narrows_the_law_only_where_it_narrows_an_earlier_form_in_force() -> None:
    for change in ({"expires": date(2025, 3, 2)}, {"categories": (Category.PLAN,)}, {"recipients": ("dana",)},
                   {"signed_by": ("youth",)}, {"signed_on": date(2025, 2, 10)}):  # fmt: skip
        facts = replace(FACTS, releases=(replace(FORM, **change),))
        assert left(releases=(NARROWER,), facts=facts) == WHOLE
    assert left(releases=(NARROWER,), facts=replace(FACTS, releases=())) == WHOLE
    other = replace(FORM, signed_by=("youth",))
    assert left(releases=(NARROWER, other), facts=replace(FACTS, releases=(other,))) == WHOLE


def test_a_label_that_is_carved_out_takes_the_whole_item_that_carries_it() -> None:
    carving = (replace(NARROWER, excludes=("HIV",)),)
    assert left(releases=carving, of_item={"labels": ("HIV", "STI")}) == GONE
    assert left(releases=carving, of_item={"labels": ("STI",)}) == WHOLE
    assert left(releases=carving, permit={"releases": (FORM,)}, of_item={"labels": ("HIV",)}) == GONE
