"""The catalog, looked up: which fields there are, how they are called, how they are sealed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from mdt.sharing.catalog import ENTRIES
from mdt.sharing.declare import CategoryEntry, Chapter, Field, Kind
from mdt.sharing.vocabulary import Category

CATEGORIES: dict[Category, CategoryEntry] = {entry.category: entry for entry in ENTRIES}
"""Every category as people meet it, in the order of a case page."""
CATALOG: tuple[Field, ...] = tuple(field for entry in ENTRIES for field in entry.fields)
"""Every field of a case, in the order of a case page."""

_BY_NAME: dict[Category, dict[str, Field]] = {
    entry.category: {field.name: field for field in entry.fields} for entry in ENTRIES
}
_PLACE: dict[Category, dict[str, int]] = {
    entry.category: {field.name: place for place, field in enumerate(entry.fields)} for entry in ENTRIES
}
ORDER: dict[Category, int] = {category: place for place, category in enumerate(CATEGORIES)}
"""Where a category stands on a case page."""


def fields_of(category: Category) -> tuple[Field, ...]:
    """The fields of a category, in catalog order."""
    return CATEGORIES[category].fields


def names_of(category: Category) -> tuple[str, ...]:
    """The names of a category's fields, in catalog order."""
    return tuple(_BY_NAME[category])


def field(category: Category, name: str) -> Field:
    """One field; KeyError if the category has none of that name."""
    return _BY_NAME[category][name]


def in_order(category: Category, names: Iterable[str]) -> tuple[str, ...]:
    """These names in catalog order; KeyError for one the category has not."""
    return _ordered(category, frozenset(names))


@lru_cache(maxsize=4096)
def _ordered(category: Category, names: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=_PLACE[category].__getitem__))


__all__ = [
    "CATALOG",
    "CATEGORIES",
    "ORDER",
    "CategoryEntry",
    "Chapter",
    "Field",
    "Kind",
    "field",
    "fields_of",
    "in_order",
    "names_of",
]
