"""YAML as this project reads it: only `true` and `false` are booleans, and every line is known.

`on` is a word, a date is a word until somebody asks for a date, a key stands once. What a file says
wrongly is told with the file and the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as _SafeLoader
except ImportError:  # pragma: no cover - a PyYAML built without libyaml
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Unreadable(ValueError):
    """A file says something that cannot be read. The message has the place and the cure."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(f"{place}: {message}")
        self.place = place
        self.message = message


class Table(dict[str, Any]):
    """A mapping that knows where it and each of its keys is written."""

    place: Place
    places: dict[str, Place]

    def at(self, key: str) -> Place:
        """Where this key is written; where the table begins if it is not."""
        return self.places.get(key, self.place)

    def merged(self, changes: Table) -> Table:
        """This table with single keys changed; tables merge key by key, all else is replaced."""
        new = table(self.place)
        for source in (self, changes):
            for key, value in source.items():
                old = new.get(key)
                if isinstance(old, Table) and isinstance(value, Table):
                    value = old.merged(value)
                new[key] = value
                new.places[key] = source.at(key)
        return new


def table(place: Place) -> Table:
    """An empty table written here."""
    new = Table()
    new.place, new.places = place, {}
    return new


class _Loader(_SafeLoader):
    """Knows null, true, false and numbers; everything else is a word."""

    yaml_implicit_resolvers: dict[str, Any] = {}


_WORDS = (
    ("tag:yaml.org,2002:null", r"~|null|", ["~", "n", ""]),
    ("tag:yaml.org,2002:bool", r"true|false", ["t", "f"]),
    ("tag:yaml.org,2002:int", r"[-+]?[0-9]+", list("-+0123456789")),
)
for _tag, _pattern, _first in _WORDS:
    _Loader.add_implicit_resolver(_tag, re.compile(rf"^(?:{_pattern})$"), _first)


def read(text: str, file: str) -> Any:
    """The one document of this text. Tables are `Table`; raises Unreadable with file and line."""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as wrong:
        mark, problem = getattr(wrong, "problem_mark", None), getattr(wrong, "problem", None)
        raise Unreadable(Place(file, mark.line + 1 if mark else 1), f"this is not YAML: {problem or wrong}") from wrong
    return _Builder(file).build(node) if node is not None else None


class _Builder:
    def __init__(self, file: str) -> None:
        self.file = file
        self.open: set[int] = set()

    def build(self, node: Any) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node)
        if id(node) in self.open:
            raise Unreadable(self.place(node), "this refers to itself; write it out")
        self.open.add(id(node))
        built = self.table(node) if isinstance(node, yaml.MappingNode) else list(self.each(node))
        self.open.discard(id(node))
        return built

    def each(self, node: Any) -> Iterator[Any]:
        return (self.build(one) for one in node.value)

    def table(self, node: Any) -> Table:
        new = table(self.place(node))
        for key_node, value_node in node.value:
            key = self.key(key_node)
            if key in new:
                first = new.places[key].line
                raise Unreadable(self.place(key_node), f"{key} stands here and on line {first}; keep one of them")
            new.places[key] = self.place(key_node)
            new[key] = self.build(value_node)
        return new

    def key(self, node: Any) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise Unreadable(self.place(node), "a key is one word")
        return str(node.value)

    def scalar(self, node: Any) -> Any:
        kind = node.tag.rpartition(":")[2]
        if kind == "null":
            return None
        if kind == "bool":
            return node.value == "true"
        return int(node.value) if kind == "int" else node.value

    def place(self, node: Any) -> Place:
        return Place(self.file, node.start_mark.line + 1)
