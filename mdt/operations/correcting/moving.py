"""Where the values of a record go when its kind changes: to the field of the same name, else word by word into the
one field of the new kind that takes words. Nothing is lost, and no picture is put into words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from mdt.sharing import fields as catalog
from mdt.sharing.declare import Kind
from mdt.sharing.facts import Item
from mdt.sharing.vocabulary import Category

NOTE = "note"
TAKES_WORDS: dict[Category, str] = {
    Category.PSYNOTES: "notes",
    Category.TRAFFICKING: "narrative",
    Category.ALLEGATION: "narrative",
    Category.REPORTER: "statement",
    Category.CRIMINAL: "police_report",
    Category.FORENSIC: "summary",
    Category.LEGAL_PRIV: "correspondence",
    Category.SAFE_ADDR: "access_notes",
}
"""The field that takes words, where a kind has no note."""


def places(item: Item, category: Category) -> dict[str, str] | None:
    """For each field of a record the field of another kind its value goes to; None where one has no place."""
    spare, found = _spare(category), dict[str, str]()
    for name in item.fields:
        old = catalog.field(item.category, name)
        if name in catalog.names_of(category) and catalog.field(category, name).kind is old.kind:
            found[name] = name
        elif spare is not None and old.kind is not Kind.PHOTO:
            found[name] = spare
        else:
            return None
    return found


def moved(item: Item, category: Category, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values under the fields of another kind."""
    where = places(item, category)
    assert where is not None
    kept = {where[name]: value for name, value in values.items() if where[name] == name}
    said = [_said(item, name, value) for name, value in values.items() if where[name] != name]
    spare = _spare(category)
    if said and spare:
        kept[spare] = "\n".join([*([str(kept[spare])] if spare in kept else []), *said])
    return kept


def as_category(item: Item, category: Category) -> Item:
    """The terms of a record under another kind. What was about somebody else still is."""
    where = places(item, category)
    assert where is not None
    third = {who: _in_order(category, (where[name] for name in names)) for who, names in item.third_party.items()}
    return replace(item, category=category, fields=_in_order(category, where.values()), third_party=third)


def _in_order(category: Category, names: Iterable[str]) -> tuple[str, ...]:
    given = set(names)
    return tuple(one for one in catalog.names_of(category) if one in given)


def _spare(category: Category) -> str | None:
    return NOTE if NOTE in catalog.names_of(category) else TAKES_WORDS.get(category)


def _said(item: Item, name: str, value: Any) -> str:
    words = "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return words if name == NOTE else f"{catalog.field(item.category, name).label}: {words}"


__all__ = ["as_category", "moved", "places"]
