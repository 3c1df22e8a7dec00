"""Changes to a table as tables of their own: only what differs, as deep as it lies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def nested(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers by dotted names as tables in tables."""
    made: dict[str, Any] = {}
    for name, value in answers.items():
        *above, last = name.split(".")
        here = made
        for word in above:
            here = here.setdefault(word, {})
        here[last] = value
    return made


def merged(old: Any, new: Any) -> Any:
    """The old with the new on top: tables key by key, all else replaced."""
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        return new
    return {**old, **{key: merged(old.get(key), value) for key, value in new.items()}}


def pruned(said: Mapping[str, Any], base: Any) -> dict[str, Any]:
    """Without what is in force anyway."""
    kept: dict[str, Any] = {}
    for key, value in said.items():
        there = base.get(key) if isinstance(base, Mapping) else None
        if isinstance(value, Mapping) and isinstance(there, Mapping):
            value = pruned(value, there)
            if value:
                kept[key] = value
        elif not (isinstance(base, Mapping) and key in base and value == there):
            kept[key] = value
    return kept


def without(said: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """Without what lies at the end of this path, and without tables that are empty then."""
    key, *rest = path
    inner = said.get(key)
    smaller = without(inner, tuple(rest)) if rest and isinstance(inner, dict) else None
    return {name: value for name, value in said.items() if name != key} | ({key: smaller} if smaller else {})


def ends(said: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every change with its path: as deep as there are tables; what `confirmed` says is one change."""
    for key, value in said.items():
        if isinstance(value, Mapping) and value and key != "confirmed":
            yield from ends(value, (*above, str(key)))
        else:
            yield (*above, str(key)), value
