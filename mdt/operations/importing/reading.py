"""From lines to rows: the delimiter, the header, and each row checked cell by cell."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from mdt.operations.importing.columns import (
    NAMES,
    Column,
    Record,
    canonical,
    columns_of,
    needed_names,
)
from mdt.operations.importing.problems import Malformed, Problem
from mdt.operations.importing.text import broken
from mdt.operations.importing.values import Unfit, reader_of, tidy
from mdt.sharing.moments import said_after

DELIMITERS = ",;\t"
MOST_ROWS = 500_000


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of one file: where each of ours stands, and which of theirs are not used."""

    delimiter: str
    names: tuple[str, ...]
    places: dict[str, int]

    @property
    def unused(self) -> tuple[str, ...]:
        used = set(self.places.values())
        return tuple(name for place, name in enumerate(self.names) if place not in used)


@dataclass(slots=True)
class Row:
    """One row of a file: what it tells of, whose it is, and its values; or what is wrong with it."""

    number: int
    record: Record | None = None
    ref: str = ""
    key: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    problem: Problem | None = None


def open_table(
    lines: Iterable[str], mapping: Mapping[str, str], zone: ZoneInfo, at: datetime
) -> tuple[Header, Iterator[Row]]:
    """The header, and the rows as they are read. Malformed for a file that is no such table."""
    lines = iter(lines)
    first = next(lines, "")
    head = header(first, mapping)
    reader = csv.reader(chain([first], lines), delimiter=head.delimiter, strict=True)
    return head, _rows(_records(reader), head, Checks(head, zone, at))


def header(line: str, mapping: Mapping[str, str]) -> Header:
    """The columns named in the first line. Malformed if one that is needed is not there."""
    if not line.strip():
        raise Malformed("The file is empty, or begins with an empty line.", code="empty")
    wanted = {name: canonical(mapping.get(name, name)) for name in NAMES}
    delimiter, names = max(
        (_split(line, delimiter) for delimiter in DELIMITERS),
        key=lambda one: (len(set(wanted.values()) & set(map(canonical, one[1]))), len(one[1])),
    )
    places = _places(names, wanted)
    _complete(names, places, mapping)
    return Header(delimiter, tuple(names), places)


def _split(line: str, delimiter: str) -> tuple[str, list[str]]:
    try:
        return delimiter, [name.strip() for name in next(csv.reader([line], delimiter=delimiter))]
    except csv.Error:
        return delimiter, []


def _places(names: Sequence[str], wanted: Mapping[str, str]) -> dict[str, int]:
    """Where each of our columns stands. Malformed if one stands there twice, or holds broken bytes."""
    found: dict[str, int] = {}
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        if broken(name):
            raise Malformed(NOT_UTF8, code="encoding", row=1, column=str(place + 1))
        places.setdefault(canonical(name), []).append(place)
    for ours, theirs in wanted.items():
        at = places.get(theirs, [])
        if len(at) > 1:
            raise Malformed("This column is there twice.", code="column_twice", row=1, column=names[at[0]])
        if at:
            found[ours] = at[0]
    return found


NOT_UTF8 = "Some letters are not written in UTF-8. Save the file as CSV UTF-8 and choose it again."


def _complete(names: Sequence[str], places: Mapping[str, int], mapping: Mapping[str, str]) -> None:
    lost = [f"“{theirs}” for {ours}" for ours, theirs in mapping.items() if ours not in places]
    if lost:
        raise Malformed(
            f"The mapping names columns that the file has not: {_and(lost)}.", code="mapping", more=_found(names),
        )
    missing = [name for name in needed_names() if name not in places]
    if missing:
        what = "The column {} is missing." if len(missing) == 1 else "The columns {} are missing."
        more = f"{_found(names)} {_guess(missing, names)}"
        raise Malformed(what.format(_and(missing)), code="column_missing", row=1, more=more)


def _guess(missing: Sequence[str], names: Sequence[str]) -> str:
    """What a mapping could say, by the names that look alike."""
    by_name = {canonical(name): name for name in names if name}
    near = ((ours, get_close_matches(ours, by_name, 1, 0.5)) for ours in missing)
    alike = [f"{ours},{by_name[like[0]]}" for ours, like in near if like] or [f"{missing[0]},your name for it"]
    return f"If yours have other names, a mapping file says so, a line each: {_and(alike)}"


def _found(names: Sequence[str]) -> str:
    shown = [name for name in names if name][:40]
    return f"The file has: {', '.join(shown) or 'no column names'}."


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _records(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Each record with its number as a spreadsheet counts it, the header left out."""
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if number > 1 and any(cells):
                yield number, cells
            if number > MOST_ROWS:
                raise Malformed(f"The file has more than {MOST_ROWS:,} rows. Split it.", code="too_many_rows")
    except csv.Error as wrong:
        raise Malformed(_unquoted(str(wrong)), code="quotes", row=number + 1) from None


def _unquoted(wrong: str) -> str:
    if "field larger" in wrong or "unexpected end" in wrong:
        return "A quote is opened here and not closed, or a cell is far too long."
    return "A quote inside a cell is written twice, and the cell stands in quotes."


class Checks:
    """What each kind of row is held against, worked out once for a file."""

    def __init__(self, head: Header, zone: ZoneInfo, at: datetime) -> None:
        self.head, self.zone, self.at = head, zone, at
        self.width = len(head.names)
        self.kind = head.places.get("record")
        self.ref = head.places["youth_id"]
        self.needed = {record: self._needed(record) for record in Record}
        self.filled = {record: self._filled(record) for record in Record}

    def _needed(self, record: Record) -> list[tuple[str, int | None]]:
        return [(one.name, self.head.places.get(one.name)) for one in columns_of(record) if one.needed]

    def _filled(self, record: Record) -> list[tuple[Column, int, Any]]:
        return [
            (one, self.head.places[one.name], reader_of(one, self.zone, self.at))
            for one in columns_of(record) if one.of and one.name in self.head.places
        ]

    def named(self, name: str) -> str:
        """A column as the file calls it."""
        place = self.head.places.get(name)
        return name if place is None else self.head.names[place]


def _rows(records: Iterator[tuple[int, list[str]]], head: Header, checks: Checks) -> Iterator[Row]:
    any_row = False
    for number, cells in records:
        any_row = True
        row = Row(number)
        try:
            _fill(row, cells, checks)
        except Unfit as no:
            column = checks.named(no.column) if no.column else None
            row.problem = Problem(no.code, no.words, number, column)
        yield row
    if not any_row:
        raise Malformed("The file has column names and no rows.", code="no_rows")


def _fill(row: Row, cells: list[str], checks: Checks) -> None:
    _whole(row, cells, checks)
    row.record = _record(cells, checks)
    row.ref = tidy(cells[checks.ref], "youth_id")
    for name, place in checks.needed[row.record]:
        if place is None or not cells[place].strip():
            raise Unfit("needed", "This must not be empty.", name)
    for column, place, read in checks.filled[row.record]:
        if cell := cells[place]:
            value = read(cell)
            if value not in ("", []):
                row.values[column.name] = value
    _in_order(row, checks)
    row.key = row.values.pop("record_id", "") or str(row.values.get("start", ""))


def _whole(row: Row, cells: list[str], checks: Checks) -> None:
    """Malformed for bytes that are no letters: then the whole file is written in another encoding."""
    for place, cell in enumerate(cells):
        if broken(cell):
            name = checks.head.names[place] if place < checks.width else str(place + 1)
            raise Malformed(NOT_UTF8, code="encoding", row=row.number, column=name)
    if len(cells) != checks.width:
        raise Unfit(
            "cells", f"This row has {len(cells)} cells and the header has {checks.width}. "
            "A cell with a comma or a quote in it stands in quotes.",
        )


def _record(cells: list[str], checks: Checks) -> Record:
    said = cells[checks.kind].strip().casefold() if checks.kind is not None else Record.YOUTH
    try:
        return Record(said)
    except ValueError:
        raise Unfit("record", f"“{said[:40]}” is none of: {', '.join(Record)}.", "record") from None


def _in_order(row: Row, checks: Checks) -> None:
    """Unfit for what ends before it begins. An hour that comes twice may be the second of the two."""
    start, end = (_moment(row.values[one]) if one in row.values else None for one in ("start", "end"))
    if start is None or end is None or start <= end:
        return
    if isinstance(start, datetime) and isinstance(end, datetime):
        again = said_after(end.astimezone(checks.zone), start, checks.at)
        if start <= again:
            row.values["end"] = again.astimezone(checks.zone).isoformat()
            return
    raise Unfit("order", "This ends before it begins.", "end")


def _moment(said: str) -> date | datetime:
    return datetime.fromisoformat(said) if "T" in said else date.fromisoformat(said)
