"""Every field of a case is declared whole: category, label, hint, sealing group; every category has its law."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from mdt.sharing import catalog, fields, profile
from mdt.sharing.declare import CategoryEntry, Chapter, Field, Kind
from mdt.sharing.vocabulary import Category, Regime, Role

CATEGORIES = 26


def undeclared(entries: Iterable[CategoryEntry], rules: Any) -> set[str]:
    """What is missing: a word of a field, a field of a category, a category of the profile."""
    found = set()
    for entry in entries:
        found |= {f"{entry.category}: {what}" for what, there in _of_category(entry, rules) if not there}
        for one in entry.fields:
            found |= {f"{entry.category}.{one.name}: {what}" for what, there in _of_field(one, entry) if not there}
    return found


def _of_category(entry: CategoryEntry, rules: Any) -> Iterable[tuple[str, object]]:
    yield "title", entry.title.strip()
    yield "chapter", isinstance(entry.chapter, Chapter)
    yield "fields", entry.fields
    yield "names once", len({one.name for one in entry.fields}) == len(entry.fields)
    yield "regime", entry.category in rules and rules[entry.category].regimes


def _of_field(one: Field, entry: CategoryEntry) -> Iterable[tuple[str, object]]:
    yield "category", one.category is entry.category
    yield "name", one.name.isidentifier() and one.name == one.name.lower()
    yield "label", one.label.strip()
    yield "hint", len(one.hint.strip()) > 3
    yield "group", one.group.isidentifier()
    yield "kind", isinstance(one.kind, Kind)
    yield "choices", bool(one.choices) == (one.kind is Kind.CHOICE)


def test_what_is_missing_is_found() -> None:
    bare = Field(name="Bare", label=" ", category=Category.PLAN, kind=Kind.CHOICE, group="", hint="")
    entry = CategoryEntry(category=Category.ID, title="", chapter=Chapter.PLAN, fields=(bare, bare))
    assert undeclared([entry], {}) == {
        "ID: title", "ID: names once", "ID: regime", "ID.Bare: category", "ID.Bare: name", "ID.Bare: label",
        "ID.Bare: hint", "ID.Bare: group", "ID.Bare: choices",
    }  # fmt: skip


@pytest.mark.parametrize("name", profile.names())
def test_every_field_is_declared_whole_under_every_profile(name: str) -> None:
    rules = profile.load(name)
    assert undeclared(catalog.ENTRIES, rules.categories) == set()
    assert rules.categories.keys() == set(Category)


def test_every_category_appears_once() -> None:
    assert len(Category) == CATEGORIES
    assert [entry.category for entry in catalog.ENTRIES] == list(
        dict.fromkeys(entry.category for entry in catalog.ENTRIES)
    )
    assert {entry.category for entry in catalog.ENTRIES} == set(Category) == fields.CATEGORIES.keys()


@pytest.mark.parametrize("name", profile.names())
def test_every_category_says_for_every_role_what_opens_it(name: str) -> None:
    rules = profile.load(name)
    assert all(rules.categories[category].cells.keys() == set(Role) for category in Category)
    assert {one for rule in rules.categories.values() for one in rule.regimes} <= set(Regime) & rules.regimes.keys()
