"""Very many identifiers in one question, alone or each with a number.

`column IN (…)` with a parameter for each is written out anew for every question, which takes longer than the database
takes to answer it. Here they are one parameter: arrays for PostgreSQL, a JSON text for SQLite.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    Boolean,
    CompoundSelect,
    Dialect,
    FromClause,
    Select,
    Text,
    Uuid,
    bindparam,
    func,
    select,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

POSTGRESQL = "postgresql"
_ARRAY: Any = ARRAY(Uuid(as_uuid=False))


class _Ids(TypeDecorator[Collection[str]]):
    """Identifiers as one parameter."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(_ARRAY if dialect.name == POSTGRESQL else Text())

    def process_bind_param(self, value: Collection[str] | None, dialect: Dialect) -> Any:
        return list(value or ()) if dialect.name == POSTGRESQL else _as_stored(list(value or ()))


def _as_stored(ids: Any) -> str:
    """As SQLite stores an identifier: without its hyphens. Nothing else here has any."""
    return json.dumps(ids, separators=(",", ":")).replace("-", "")


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """As it stands: SQLite, which knows no truth of its own, is else asked whether it is 1, and no index answers
        that."""
        return self


@compiles(_Among)
def _in_json(element: _Among, compiler: Any, **how: Any) -> str:
    column, ids = (compiler.process(one, **how) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"


@compiles(_Among, POSTGRESQL)
def _in_array(element: _Among, compiler: Any, **how: Any) -> str:
    column, ids = (compiler.process(one, **how) for one in element.clauses)
    return f"{column} = ANY ({ids})"


def among(column: Any, name: str = "ids") -> _Among:
    """Whether this identifier is one of those that are given as the parameter of this name: any number of them."""
    ids: BindParameter[Collection[str]] = bindparam(name, type_=_Ids())
    return _Among(column, ids)


class Counters:
    """The counters of several tables, held against what they are known to be by the database itself."""

    def __init__(self, kinds: Sequence[tuple[Any, Any]]) -> None:
        self._lines = _asked(kinds, func.json_each(bindparam("known")).table_valued("key", "value"))
        self._arrays = _asked(kinds, _unnested())

    def other_than(
        self, known: Mapping[str, int | None], dialect: str
    ) -> tuple[CompoundSelect[str, int], dict[str, Any]]:
        """A question for the rows `id, pulse` whose counter is another than it is known to be, with its parameters.
        None is another than any."""
        if dialect == POSTGRESQL:
            return self._arrays, {"ids": list(known), "pulses": list(known.values())}
        return self._lines, {"known": _as_stored(dict(known))}


def _unnested() -> FromClause:
    ids: BindParameter[Any] = bindparam("ids", type_=_ARRAY)
    pulses: BindParameter[Any] = bindparam("pulses", type_=ARRAY(BigInteger))
    return func.unnest(ids, pulses).table_valued("key", "value").render_derived()


def _asked(kinds: Sequence[tuple[Any, Any]], known: Any) -> CompoundSelect[str, int]:
    return union_all(*(_of_one(noun, counter, known.alias()) for noun, counter in kinds))


def _of_one(noun: Any, counter: Any, known: Any) -> Select[str, int]:
    said = select(noun.id, counter.label("pulse")).select_from(known).join(noun, noun.id == known.c.key)
    return said.where(counter.is_distinct_from(known.c.value))


__all__ = ["Counters", "among"]
