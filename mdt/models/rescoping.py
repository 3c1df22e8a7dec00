"""When a case is led by another agency, or becomes part of another: what was sealed under one key is sealed under
another, row by row, within the act that changes it.

Nothing is listed by hand. A row belongs to a case by its column `case_id`, or by leading to a row that does; which of
its columns are sealed, its class says; under whose key, its `scope`. What is sealed under a key that does not change,
an agency's papers for one, is not opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Table, select

from mdt.models.base import Base, db
from mdt.models.items import Item, ItemGroup, open_group, seal_group
from mdt.models.sealing import Scope, Sealed

Way = tuple[str, ...]
"""The columns by which a table leads to a case: `("meeting_id", "case_id")`."""


@contextmanager
def rescoped(*case_ids: str) -> Iterator[None]:
    """Within this, what these cases are sealed under may change: who leads them, whose they are, to which of them a row
    belongs. Afterwards whatever was sealed under another key is sealed under its own. Unopenable if a key is gone."""
    db.session.flush()
    before = [(cls, _scopes(cls, case_ids)) for cls in _sealed_classes()]
    values = {row.id: _value_scope(row) for row in _rows(Item, case_ids)}
    yield
    db.session.flush()
    db.session.expire_all()
    for cls, scopes in before:
        for row in _again(cls, list(scopes)):
            _reseal(row, scopes[row.id])
    for item in _again(Item, list(values)):
        _reseal_values(item, values[item.id])
    db.session.flush()


def way_to_a_case(table: Table) -> Way | None:
    """How rows of this table lead to a case; None where they do not."""
    return _way(table.name)


def under_a_case() -> list[Table]:
    """The tables whose rows name their case."""
    return [table for table in Base.metadata.sorted_tables if "case_id" in table.columns and table.name != "cases"]


@cache
def _way(name: str) -> Way | None:
    table = Base.metadata.tables[name]
    if name == "cases":
        return ("id",)
    if "case_id" in table.columns:
        return ("case_id",)
    for key in sorted(table.foreign_keys, key=lambda one: one.parent.name):
        column, there = key.parent, key.column.table.name
        if not column.nullable and there != name and (onward := _way(there)) and there not in ("users", "agencies"):
            return (column.name, *onward)
    return None


def _sealed_classes() -> list[type[Any]]:
    classes = [mapper.class_ for mapper in Base.registry.mappers]
    return [cls for cls in classes if sealed_names(cls) and _way(cls.__tablename__)]


def sealed_names(cls: type[Any]) -> list[str]:
    """The attributes of a class that open themselves."""
    return sorted({name for part in cls.__mro__ for name, one in vars(part).items() if isinstance(one, Sealed)})


def _rows(cls: type[Any], case_ids: tuple[str, ...]) -> list[Any]:
    return list(db.session.scalars(select(cls).where(_of(cls.__table__, case_ids))))


def _of(table: Any, case_ids: tuple[str, ...]) -> Any:
    way = _way(table.name)
    assert way
    column = table.columns[way[0]]
    if len(way) == 1:
        return column.in_(case_ids)
    there = next(iter(column.foreign_keys)).column
    return column.in_(select(there).where(_of(there.table, case_ids)))


def _scopes(cls: type[Any], case_ids: tuple[str, ...]) -> dict[str, Scope]:
    return {row.id: row.scope() for row in _rows(cls, case_ids)}


def _again(cls: type[Any], ids: list[str]) -> list[Any]:
    """These rows as they are now, in one question."""
    return list(db.session.scalars(select(cls).where(cls.id.in_(ids)))) if ids else []


def _reseal(row: Any, before: Scope) -> None:
    if row.scope() == before:
        return
    for name in sealed_names(type(row)):
        how: Sealed = vars(next(part for part in type(row).__mro__ if name in vars(part)))[name]
        envelope = getattr(row, how.column)
        if envelope is not None:
            setattr(row, name, how.opened(before, row.id, envelope, row.__tablename__))


def _value_scope(item: Item) -> Scope:
    return item.source_id, item.case.youth_id


def _reseal_values(item: Item, before: Scope) -> None:
    """Values are their source's: only another young person changes their key."""
    after = _value_scope(item)
    for group in item.groups if after != before else ():
        group.values_ = seal_group(item.id, group.group, _opened(item, group, before), after)


def _opened(item: Item, group: ItemGroup, scope: Scope) -> dict[str, Any]:
    return open_group(item.id, group.group, group.values_, scope)


__all__ = ["rescoped", "sealed_names", "under_a_case", "way_to_a_case"]
