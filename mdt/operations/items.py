"""Filing items: their terms sealed for the case, their values sealed by group under the source's key."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from mdt.models import Case, Item, ItemGroup, db, new_id, now
from mdt.models.among import among
from mdt.models.items import open_group, open_groups, seal_group
from mdt.models.sealing import Scope
from mdt.operations.acts import Refused
from mdt.operations.facts import CaseFacts
from mdt.sharing import fields as catalog
from mdt.sharing.facts import Item as ItemFact
from mdt.sharing.vocabulary import Category

Envelope = tuple[bytes, datetime]
"""The sealed values of a group, and when they were last changed."""
Closed = Mapping[str, Mapping[str, Envelope]]
"""Envelopes by item and group."""
LARGEST_KEPT = 16 * 1024
"""Bytes of one item's envelopes beyond which they are fetched anew each time: a photo, say."""
GROUPS = select(ItemGroup.item_id, ItemGroup.group, ItemGroup.values_, ItemGroup.changed_at).where(
    among(ItemGroup.item_id)
)


def file(case: Case, *, source: str, category: Category, values: Mapping[str, Any], **terms: Any) -> Item:
    """File a record. `values` by field name; empty ones are left out. ValueError for a field the category has not."""
    given = {name: value for name, value in values.items() if value not in (None, "", [])}
    item_id = terms.pop("id", None) or new_id()
    names = tuple(one.name for one in catalog.fields_of(category) if one.name in given)
    if len(names) != len(given):
        raise ValueError(f"{category} has no field {sorted(set(given) - set(names))}")
    fact = ItemFact(
        id=item_id,
        category=category,
        source=source,
        fields=names,
        **{"recorded": now().astimezone(case.terms.zone).date()} | terms,
    )
    item = Item(id=item_id, case=case, source_id=source, terms=fact)
    item.groups = _groups(item, given)
    db.session.add(item)
    return item


def is_kept(case_id: str, key: str, author: str) -> bool:
    """Whether this writer's form was kept already. Refused if the key is that of somebody else's record."""
    kept = db.session.get(Item, key)
    if kept is None:
        return False
    if kept.case_id != case_id or kept.terms.author != author:
        raise Refused("Reload this page, then send it again.", reason="key", code=422)
    return True


def revise(item: Item, values: Mapping[str, Any], **terms: Any) -> None:
    """Change values and terms of a record; what a field held before is not kept here."""
    fact = item.terms
    old = {group.group: open_group(item.id, group.group, group.values_, value_scope(item)) for group in item.groups}
    merged = {name: value for held in old.values() for name, value in held.items()} | dict(values)
    given = {name: value for name, value in merged.items() if value not in (None, "", [])}
    names = tuple(one.name for one in catalog.fields_of(fact.category) if one.name in given)
    item.terms = replace(fact, fields=names, **terms)  # sealed anew even where it is the same: the row is another now
    item.groups = _groups(item, given, {group.group: group for group in item.groups}, old)
    item.changed_at = now()


def held(item: Item) -> dict[str, Any]:
    """Every value of a record, for an act of the agency whose record it is; nothing of it is shown."""
    scope = value_scope(item)
    found = (open_group(item.id, group.group, group.values_, scope) for group in item.groups)
    return {name: value for values in found for name, value in values.items()}


def reseal(item: Item, values: Mapping[str, Any]) -> None:
    """Seal these values anew, under the fields and the source that the record's terms name now."""
    item.groups = _groups(item, values, {group.group: group for group in item.groups})


def value_scope(item: Item) -> Scope:
    """Values are under the key of the source for this young person."""
    return item.source_id, item.case.youth_id


def envelopes(wanted: Iterable[tuple[CaseFacts, str]]) -> Closed:
    """The sealed groups of these items, each with its case, in one query at most.

    They are kept with the facts of their case, still sealed: what changes a value changes those.
    """
    homes = {item_id: case.closed for case, item_id in wanted}
    found = _fetched([one for one, home in homes.items() if one not in home])
    for one, groups in found.items():
        if sum(len(envelope) for envelope, _ in groups.values()) <= LARGEST_KEPT:
            homes[one][one] = groups
    return {one: found[one] if one in found else home[one] for one, home in homes.items()}


def _fetched(ids: list[str]) -> Closed:
    found: dict[str, dict[str, Envelope]] = {one: {} for one in ids}
    for row in db.session.execute(GROUPS, {"ids": ids}) if ids else ():
        found[row.item_id][row.group] = (row.values_, row.changed_at)
    return found


def open_fields(fact: ItemFact, names: Iterable[str], closed: Closed, youth_id: str) -> dict[str, Any]:
    """The values of these fields alone; a group with none of them stays closed."""
    wanted: dict[str, list[str]] = {}
    for name in names:
        wanted.setdefault(catalog.field(fact.category, name).group, []).append(name)
    sealed = closed.get(fact.id, {})
    envelopes = {group: sealed[group][0] for group in wanted if group in sealed}
    opened = open_groups(fact.id, envelopes, (fact.source, youth_id)) if envelopes else {}
    return {name: held[name] for group, held in opened.items() for name in wanted[group] if name in held}


def changed_at(fact: ItemFact, names: Iterable[str], closed: Closed) -> datetime | None:
    """When what these fields hold was last changed; of the rest of the record it tells nothing."""
    return last_change(closed.get(fact.id, {}), groups_of(fact, names))


def groups_of(fact: ItemFact, names: Iterable[str]) -> frozenset[str]:
    """The groups in which these fields are sealed."""
    return frozenset(catalog.field(fact.category, name).group for name in names)


def last_change(closed: Mapping[str, Envelope], groups: Collection[str]) -> datetime | None:
    """When one of these groups of a record was last changed."""
    return max((when for group, (_, when) in closed.items() if group in groups), default=None)


def _groups(
    item: Item,
    given: Mapping[str, Any],
    old: Mapping[str, ItemGroup] | None = None,
    held: Mapping[str, Any] | None = None,
) -> list[ItemGroup]:
    """The groups of these values; one whose values are as they were is left as it is."""
    parts: dict[str, dict[str, Any]] = {}
    for name, value in given.items():
        parts.setdefault(catalog.field(item.terms.category, name).group, {})[name] = value
    kept = {name: (old or {})[name] for name in parts if (held or {}).get(name) == parts[name]}
    return [kept.get(name) or _group(item, name, values, (old or {}).get(name)) for name, values in parts.items()]


def _group(item: Item, name: str, values: dict[str, Any], old: ItemGroup | None) -> ItemGroup:
    group = old or ItemGroup(item_id=item.id, group=name)
    group.values_, group.changed_at = seal_group(item.id, name, values, value_scope(item)), now()
    return group
