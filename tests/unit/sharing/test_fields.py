"""The catalog: every field once, with words a tired worker understands, sealed as rules open them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mdt.sharing import profile as profiles
from mdt.sharing.declare import Chapter, Kind
from mdt.sharing.fields import CATALOG, CATEGORIES, field, fields_of, in_order, names_of
from mdt.sharing.profile import Profile, load
from mdt.sharing.vocabulary import Category

FEW = 7
"""No category needs more envelopes than this."""


def groups_of(category: Category) -> dict[str, frozenset[str]]:
    names = {one.group for one in fields_of(category)}
    return {group: frozenset(one.name for one in fields_of(category) if one.group == group) for group in names}


def subsets_of(profile: Profile, category: Category) -> Iterator[tuple[str, frozenset[str]]]:
    yield from profile.categories[category].subsets.items()
    for name, mandate in profile.mandates.items():
        if category in mandate.fields:
            yield f"mandate:{name}", mandate.fields[category]


@pytest.mark.parametrize("name", profiles.names())
def test_every_subset_a_profile_names_is_a_union_of_sealing_groups(name: str) -> None:
    profile = load(name)
    torn = [
        (category, subset, group)
        for category in Category
        for subset, fields in subsets_of(profile, category)
        for group, members in groups_of(category).items()
        if members & fields and not members <= fields
    ]
    assert torn == []


@pytest.mark.parametrize("category", Category)
def test_groups_are_few_and_none_could_be_joined(category: Category) -> None:
    subsets = dict(subsets_of(load("us-baseline"), category))
    groups = groups_of(category)
    together = {frozenset(name for name, fields in subsets.items() if members <= fields) for members in groups.values()}
    assert len(groups) == len(together) <= FEW


def test_every_category_has_fields_a_title_and_a_chapter() -> None:
    assert set(CATEGORIES) == set(Category)
    assert all(entry.fields and entry.title and entry.chapter in Chapter for entry in CATEGORIES.values())
    assert {entry.chapter for entry in CATEGORIES.values()} == set(Chapter)


def test_every_field_has_a_label_and_a_hint_in_plain_words() -> None:
    for one in CATALOG:
        assert one.label and one.hint and not one.label.endswith((".", ":"))
        assert one.label[0].isupper() and "_" not in one.label
        assert one.hint.endswith((".", "?")), one
        assert "victim" not in f"{one.label} {one.hint}".lower()


def test_a_choice_says_what_may_be_chosen_and_nothing_else_does() -> None:
    assert all(bool(one.choices) == (one.kind is Kind.CHOICE) for one in CATALOG)


def test_a_name_stands_once_in_its_category() -> None:
    for category in Category:
        assert len(set(names_of(category))) == len(fields_of(category))


def test_fields_come_in_catalog_order_and_an_unknown_one_is_refused() -> None:
    assert in_order(Category.ID, {"school_contact", "name_in_use"}) == ("name_in_use", "school_contact")
    assert field(Category.PLAN, "goals").label == "Goals"
    with pytest.raises(KeyError):
        in_order(Category.ID, {"goals"})
