"""Facts to JSON and back, by their declared types, so that the database stores the kernel's own values.

What does not fit the type raises `Unreadable`: an unreadable fact refuses, it is never guessed.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


class Unreadable(Exception):
    """A stored fact is not of its type. The message names the type and never the value."""


def dump(value: Any) -> Any:
    """A fact as JSON: defaults are left out, so that a new field needs no migration."""
    if dataclasses.is_dataclass(value):
        return {f.name: dump(v) for f in dataclasses.fields(value) if (v := getattr(value, f.name)) != _default(f)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(k): dump(v) for k, v in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [dump(v) for v in value]
    return value


def load(shape: type[T], stored: Any) -> T:
    """A fact of this shape from its JSON."""
    read: Callable[[Any], T] = _reader(shape)  # type: ignore[arg-type]  # a type is hashable, which mypy denies
    try:
        return read(stored)
    except Unreadable:
        raise
    except Exception as wrong:
        raise Unreadable(f"a stored {getattr(shape, '__name__', shape)} cannot be read") from wrong


def _default(f: dataclasses.Field[Any]) -> Any:
    if f.default is not dataclasses.MISSING:
        return f.default
    return f.default_factory() if f.default_factory is not dataclasses.MISSING else dataclasses.MISSING


@cache
def _reader(shape: Any) -> Callable[[Any], Any]:
    origin, args = get_origin(shape), get_args(shape)
    if dataclasses.is_dataclass(shape):
        return _dataclass(shape)
    if origin in (Union, types.UnionType):
        return _union(args)
    if origin is tuple:
        return _tuple(args)
    if origin is not None and issubclass(origin, Mapping):
        value = _reader(args[1])
        return lambda stored: {str(k): value(v) for k, v in stored.items()}
    return _scalar(shape)


def _dataclass(shape: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(shape)
    readers = {f.name: _reader(hints[f.name]) for f in dataclasses.fields(shape)}
    return lambda stored: shape(**{name: readers[name](value) for name, value in stored.items()})


def _tuple(args: tuple[Any, ...]) -> Callable[[Any], Any]:
    if args[-1] is Ellipsis:
        one = _reader(args[0])
        return lambda stored: tuple(map(one, stored))
    each = [_reader(arg) for arg in args]
    return lambda stored: tuple(read(v) for read, v in zip(each, stored, strict=True))


def _scalar(shape: Any) -> Callable[[Any], Any]:
    if shape is datetime:
        return _datetime
    if shape is date:
        return date.fromisoformat
    if issubclass(shape, Enum):
        named: Callable[[Any], Any] = shape
        return named
    return lambda stored: stored if isinstance(stored, shape) else _refuse(shape)


def _datetime(stored: Any) -> datetime:
    value = datetime.fromisoformat(stored)
    return value if value.tzinfo else _refuse(datetime)


def _union(args: tuple[Any, ...]) -> Callable[[Any], Any]:
    """The first member that fits, the more telling forms of a string (time, date) before the word."""
    order = sorted((a for a in args if a is not type(None)), key=lambda a: (a is str, a is date, a is bool))
    readers = [_reader(arg) for arg in order]
    optional = type(None) in args

    def read(stored: Any) -> Any:
        if stored is None and optional:
            return None
        for reader in readers:
            try:
                return reader(stored)
            except (ValueError, TypeError, AttributeError, Unreadable):
                continue
        return _refuse(args)

    return read


def _refuse(shape: Any) -> Any:
    raise Unreadable(f"a stored value is not a {getattr(shape, '__name__', shape)}")
