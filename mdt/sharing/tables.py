"""Taking words out of tables: each says what it expects, and where it found something else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from mdt.sharing.reading import Place, Table, Unreadable, table

Word = TypeVar("Word", bound=StrEnum)


def only(said: Table, keys: Iterable[str], what: str) -> None:
    """Refuse a key that nobody reads: it is a slip, and what it meant would be lost."""
    for key in said:
        if key not in keys:
            raise Unreadable(said.at(key), f"{what} has no key {key!r}; its keys: {', '.join(keys)}")


def each_of(said: Table, keys: Iterable[str], what: str) -> None:
    """Refuse a table that leaves one of these keys out."""
    for key in keys:
        if key not in said:
            raise Unreadable(said.place, f"{what} leaves out {key}; add {key}:")


def one_of(word: Any, known: Iterable[str], what: str, place: Place) -> str:
    """The word, if it is known."""
    choices = sorted(known)
    if word not in choices:
        raise Unreadable(place, f"{word!r} is no {what}; choose from {', '.join(choices)}")
    return str(word)


def choice(said: Table, key: str, known: Iterable[str], default: str | None = None) -> str:
    return one_of(text(said, key, default), known, f"word for {key}", said.at(key))


def enum(said: Table, key: str, words: type[Word]) -> Word:
    return word_of(text(said, key), words, said.at(key))


def enums(said: Table, key: str, words: type[Word]) -> list[Word]:
    return [word_of(name, words, said.at(key)) for name in texts(said, key)]


def word_of(name: Any, words: type[Word], place: Place) -> Word:
    return words(one_of(name, [word.value for word in words], words.__name__.lower(), place))


def text(said: Table, key: str, default: str | None = None) -> str:
    found = said.get(key)
    if found is None and default is None:
        raise Unreadable(said.at(key), f"{key} is left out; add {key}:")
    return str(default if found is None else found)


def maybe(said: Table, key: str) -> str | None:
    found = said.get(key)
    return None if found is None else str(found)


def maybe_one_of(said: Table, key: str, known: Iterable[str]) -> str | None:
    return None if said.get(key) is None else choice(said, key, known)


def yes_no(said: Table, key: str, default: bool | None = None) -> bool:
    found = said.get(key, default)
    found = default if found is None else found
    if not isinstance(found, bool):
        raise Unreadable(said.at(key), f"{key} is true or false")
    return found


def number(said: Table, key: str) -> int:
    found = said.get(key)
    if not isinstance(found, int) or isinstance(found, bool):
        raise Unreadable(said.at(key), f"{key} is a whole number")
    return found


def listed(said: Table, key: str) -> list[Any]:
    """A list; one thing alone is a list of one, nothing is none."""
    found = said.get(key)
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def texts(said: Table, key: str) -> list[str]:
    return [str(one) for one in listed(said, key)]


def maybe_texts(said: Table, key: str) -> tuple[str, ...] | None:
    return None if said.get(key) is None else tuple(texts(said, key))


def needed(said: Table, key: str) -> Table:
    """The table under a key that must be there."""
    if said.get(key) is None:
        raise Unreadable(said.at(key), f"{key} is a table of keys; write {key}: {{…}}")
    return inner(said, key)


def inner(said: Table, key: str) -> Table:
    """The table under a key; an empty one if nothing is there."""
    found = said.get(key)
    if found is None or found == []:
        return table(said.at(key))
    if not isinstance(found, Table):
        raise Unreadable(said.at(key), f"{key} is a table of keys; write {key}: {{…}}")
    return found


def named(said: Table, key: str) -> list[tuple[str, Table]]:
    """The named tables under a key; a list names them by their place in it."""
    if isinstance(said.get(key), list):
        return [(f"{key}-{n}", one) for n, one in enumerate(tables(said, key), 1)]
    return [(name, inner(inner(said, key), name)) for name in inner(said, key)]


def tables(said: Table, key: str) -> list[Table]:
    """The tables listed under a key."""
    found = listed(said, key)
    for one in found:
        if not isinstance(one, Table):
            raise Unreadable(said.at(key), f"each of {key} is a table; write - {{…}}")
    return found


def moment(said: Table, key: str, zone: ZoneInfo) -> date | datetime | None:
    """A day, or a time (in this zone if it gives no offset), or None."""
    found = said.get(key)
    return None if found is None else as_moment(found, said.at(key), zone)


def moment_needed(said: Table, key: str, zone: ZoneInfo) -> date | datetime:
    text(said, key)
    return as_moment(said[key], said.at(key), zone)


def since(said: Table, key: str, zone: ZoneInfo) -> Any:
    """true, false, or the moment from which."""
    found = said.get(key)
    return bool(found) if found is None or isinstance(found, bool) else moment(said, key, zone)


def time(said: Table, key: str, zone: ZoneInfo) -> datetime:
    """A time; a day is its first second."""
    found = moment_needed(said, key, zone)
    if isinstance(found, datetime):
        return found
    return datetime(found.year, found.month, found.day, tzinfo=zone)


def day(said: Table, key: str, zone: ZoneInfo) -> date | None:
    found = said.get(key)
    return None if found is None else as_day(found, said.at(key), zone)


def as_day(found: Any, place: Place, zone: ZoneInfo) -> date:
    read = as_moment(found, place, zone)
    return read.astimezone(zone).date() if isinstance(read, datetime) else read


def as_moment(found: Any, place: Place, zone: ZoneInfo) -> date | datetime:
    try:
        if len(str(found)) == 10:
            return date.fromisoformat(str(found))
        read = datetime.fromisoformat(str(found))
    except ValueError:
        cure = "write 2025-03-31 or 2025-03-31T23:59:59"
        raise Unreadable(place, f"{found!r} is no date and no time; {cure}") from None
    return read if read.tzinfo else read.replace(tzinfo=zone)
