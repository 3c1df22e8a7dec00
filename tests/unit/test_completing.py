"""A version signed over an older catalog stands in newer software, and what it never spoke of is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mdt.operations.rules.completing import CLOSED, SIGNED, completed, with_fields
from mdt.operations.rules.force import as_tables
from mdt.sharing.fields import names_of
from mdt.sharing.profile import Profile, load
from mdt.sharing.vocabulary import Category, Role
from mdt.sharing.writing import bare, text_of

SHIPPED = load("us-baseline")
RAW = bare(with_fields(SHIPPED.raw))


def older(change: Callable[[dict[str, Any]], object]) -> Any:
    """What becomes of a signed version that was written before the software knew something."""
    said = bare(RAW)
    change(said)
    return completed(as_tables(text_of(said), "us-baseline version 2"))


def cells(profile: Profile, category: Category) -> dict[Role, list[str]]:
    return {role: [str(one) for one in cell] for role, cell in profile.categories[category].cells.items()}


def same_but(profile: Profile, *changed: Category) -> None:
    for category in Category:
        if category not in changed:
            assert cells(profile, category) == cells(SHIPPED, category), category


def test_what_was_signed_over_the_same_catalog_is_read_as_it_was_signed() -> None:
    read = older(lambda said: None)
    assert read.missing == ()
    same_but(read.profile)
    assert read.profile.mandates == SHIPPED.mandates and read.profile.emergency == SHIPPED.emergency
    bare_one = completed(as_tables(text_of(SHIPPED.raw), "before fields were signed with it"))
    assert bare_one.missing == ()
    same_but(bare_one.profile)


def test_a_kind_of_record_it_does_not_know_is_nobody_s_in_an_emergency_neither() -> None:
    read = older(lambda said: said["categories"].pop("PHOTO"))
    assert {*map(tuple, cells(read.profile, Category.PHOTO).values())} == {("never",)}
    assert read.profile.categories[Category.PHOTO].hide
    assert Category.PHOTO in read.profile.emergency.never_categories
    same_but(read.profile, Category.PHOTO)
    assert len(read.missing) == 1 and "a kind of record it does not know" in read.missing[0]


def test_a_discipline_without_a_cell_gets_nothing() -> None:
    def without_nurses(said: dict[str, Any]) -> None:
        said["categories"]["HEALTH"]["cells"].pop("HC")
        said["roles"] = [one for one in said["roles"] if one != "HC"] if isinstance(said["roles"], list) else {
            name: words for name, words in said["roles"].items() if name != "HC"
        }  # fmt: skip

    read = older(without_nurses)
    assert cells(read.profile, Category.HEALTH)[Role.HC] == ["never"]
    assert "no cell for HC" in read.missing[0]
    same_but(read.profile, Category.HEALTH)


def test_a_field_it_does_not_know_goes_to_nobody_by_its_cells() -> None:
    read = older(lambda said: said["categories"]["HEALTH"]["fields"].remove("medications"))
    row = read.profile.categories[Category.HEALTH]
    assert set(row.subsets[SIGNED]) == set(names_of(Category.HEALTH)) - {"medications"}
    for role, cell in row.cells.items():
        before = SHIPPED.categories[Category.HEALTH].cells[role]
        for one, was in zip(cell, before, strict=True):
            assert one.kind is was.kind and (one.ref, one.when, one.purposes, one.adds) == (
                was.ref, was.when, was.purposes, was.adds
            )  # fmt: skip
            closed = one.kind.value in ("never", "aggregate")
            assert closed or (one.fields is not None and (was.subset or "medications" not in one.fields)), role
    assert "Only whoever filed it gets it." in read.missing[0]
    same_but(read.profile, Category.HEALTH)


@pytest.mark.parametrize("key", ["deadlines", "emergency", "mandates", "notices", "elements", "purposes"])
def test_a_part_it_does_not_have_is_that_of_the_application(key: str) -> None:
    read = older(lambda said: said.pop(key))
    assert CLOSED not in read.missing
    same_but(read.profile)


def test_a_part_of_a_kind_that_is_gone_opens_nothing() -> None:
    def gone(said: dict[str, Any]) -> None:
        said["categories"]["ID"]["subsets"]["ID-min"] = ["a_field_of_old"]

    read = older(gone)
    assert "never" in cells(read.profile, Category.ID)[Role.JJ] and read.missing == ()


@pytest.mark.parametrize("change", [
    lambda said: said.update(categories=[1]),
    lambda said: said["categories"]["ID"]["cells"].update(CW=["by magic"]),
    lambda said: said.update(something_else={"x": "y"}),
    lambda said: said["emergency"].update(minutes="soon"),
    lambda said: said["categories"].update(NOTHING={}),
])  # fmt: skip
def test_what_cannot_be_read_at_all_opens_only_what_each_agency_filed(change: Callable[[dict[str, Any]], Any]) -> None:
    read = older(change)
    assert read.missing == (CLOSED,) and not read.profile.mandates
    for category in Category:
        for role, said in cells(read.profile, category).items():
            assert said in (["never"], ["own"]), (category, role)
        assert category in read.profile.emergency.never_categories
    assert cells(read.profile, Category.ID)[Role.CW] == ["own"]
