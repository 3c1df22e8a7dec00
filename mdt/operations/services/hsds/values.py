"""One value of one column: as it is kept, or what to write instead."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from mdt.operations.services.hsds.tables import Column, Value

LONGEST = 20_000
NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,12})?", re.ASCII)
TIME = re.compile(r"\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?", re.ASCII)


class Unfit(Exception):
    """A value that its column does not take. The message says what it takes, and repeats nothing."""


def from_cell(column: Column, cell: str) -> Value | None:
    """A cell of a table; None if it is empty."""
    cell = cell.strip()
    if not cell:
        return None
    if column.kind == "number":
        if not NUMBER.fullmatch(cell):
            raise Unfit("Write a number.")
        return _number(float(cell) if "." in cell else int(cell))
    return _words(column, cell)


def from_json(column: Column, said: Any, *, flat: bool = False) -> Value | None:
    """A value of JSON; None if there is none. `flat`: of a table, where a whole number may stand for its words, as in
    the examples that the specification publishes."""
    if said is None or said == "":
        return None
    if flat and column.kind == "text" and isinstance(said, int) and not isinstance(said, bool):
        return str(said)
    if column.kind == "number":
        if isinstance(said, bool) or not isinstance(said, int | float) or not math.isfinite(said) or abs(said) >= 1e12:
            raise Unfit("Write a number.")
        return _number(said)
    if not isinstance(said, str):
        raise Unfit("Write text, in quotes.")
    return _words(column, said.strip()) if said.strip() else None


def to_cell(value: Value | None) -> str:
    """As it stands in a table. A number with a point is written so that it reads back as it was."""
    if isinstance(value, float):
        return f"{value:.12f}".rstrip("0").rstrip(".")
    return "" if value is None else str(value)


def _number(said: int | float) -> Value:
    whole = round(float(said), 12)
    return int(whole) if whole == int(whole) else whole


def _words(column: Column, words: str) -> str:
    if len(words) > LONGEST:
        raise Unfit(f"At most {LONGEST:,} characters.")
    if any(ord(one) < 32 and one not in "\n\r\t" or 0xD800 <= ord(one) < 0xE000 for one in words):
        raise Unfit("It has a character in it that no text has.")
    words = words.replace("\r\n", "\n").replace("\r", "\n")
    if column.one_of:
        if words not in column.one_of:
            raise Unfit(f"Write one of: {', '.join(column.one_of)}.")
        return words
    return _CHECKS[column.kind](words)


def _uuid(words: str) -> str:
    try:
        return str(UUID(words))
    except ValueError:
        raise Unfit("Write an identifier (a UUID).") from None


def _date(words: str) -> str:
    try:
        date.fromisoformat(words)
    except ValueError:
        raise Unfit("Write a day as 2026-01-31.") from None
    return words


def _moment(words: str) -> str:
    try:
        datetime.fromisoformat(words)
    except ValueError:
        raise Unfit("Write a time as 2026-01-31T09:30:00Z.") from None
    return words


def _time(words: str) -> str:
    try:
        time.fromisoformat(words)
    except ValueError:
        raise Unfit("Write an hour as 09:30.") from None
    if not TIME.fullmatch(words):
        raise Unfit("Write an hour as 09:30.")
    return words


def _email(words: str) -> str:
    before, at, after = words.partition("@")
    if not (before and at and after) or any(one.isspace() for one in words):
        raise Unfit("Write a mail address.")
    return words


def _uri(words: str) -> str:
    if not words.lower().startswith(("http://", "https://")) or any(one.isspace() for one in words):
        raise Unfit("Write a web address that begins with http:// or https://.")
    return words


_CHECKS: dict[str, Callable[[str], str]] = {
    "text": str, "uuid": _uuid, "date": _date, "moment": _moment, "time": _time, "email": _email, "uri": _uri,
}  # fmt: skip

__all__ = ["Unfit", "from_cell", "from_json", "to_cell"]
