"""Reading a directory: a table as CSV, a package of tables as ZIP, and JSON in the shape of the API or of the tables.

What is damaged is refused as a whole, with file, row or element, and column; what the specification does not know is
left out and named.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from mdt.operations.services.hsds.problems import MOST, Damaged, Problem, damaged
from mdt.operations.services.hsds.tables import BY_FILE, BY_NAME, Directory, Nest, Row, Table, empty, nested
from mdt.operations.services.hsds.values import Unfit, from_cell, from_json

LARGEST = 100 * 1024 * 1024
"""Bytes of a package once it is unpacked."""
MOST_ROWS = 500_000
DEEPEST = 40
A_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,40}", re.ASCII)
STRING = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)
LIST_KEYS = {"total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty", "contents"}


@dataclass(slots=True)
class Reading:
    """A file while it is read: the rows so far, what is wrong, what was left out, and which tables it speaks of."""

    rows: Directory = field(default_factory=empty)
    problems: list[Problem] = field(default_factory=list)
    left_out: dict[str, None] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)
    places: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    count: int = 0

    def wrong(self, file: str, place: str, column: str, words: str) -> None:
        self.problems.append(Problem(file, place, column, words))
        if len(self.problems) >= MOST:
            raise Damaged(*self.problems)

    def place_of(self, table: str, row_id: str) -> tuple[str, str]:
        """Where a row stands: its file, and its place there."""
        return self.places.get((table, row_id), (BY_NAME[table].file, ""))


def read(name: str, content: bytes) -> Reading:
    """What is in a file. Damaged if anything in it cannot be taken as it stands."""
    made = Reading()
    if content[:4] == b"PK\x03\x04":
        _package(content, made)
    elif content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        _document(content, made)
    else:
        table = BY_FILE.get(PurePosixPath(name.replace("\\", "/")).name.lower())
        if table is None:
            raise damaged(
                "the file",
                "Send JSON, a ZIP package, or one table under its name in the specification, as services.csv.",
            )
        _table(table, content, made)
    if made.problems:
        raise Damaged(*made.problems)
    return made


def _package(content: bytes, made: Reading) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            listed = [one for one in package.infolist() if not one.is_dir()]
            tables = list(_tables_in(listed, made))
            if sum(one.file_size for one in listed) > LARGEST:
                raise damaged("the file", "It is too large once it is unpacked.")
            for table, one in tables:
                with package.open(one) as opened:
                    unpacked = opened.read(LARGEST + 1)
                if len(unpacked) > LARGEST:
                    raise damaged("the file", "It is too large once it is unpacked.")
                _table(table, unpacked, made)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as wrong:
        raise damaged("the file", "This package cannot be opened. Make it again.") from wrong
    except Exception as wrong:
        if isinstance(wrong, Damaged):
            raise
        raise damaged("the file", "This package cannot be opened. Make it again.") from wrong
    if not made.tables:
        raise damaged("the file", "There is no table of the specification in this package.")


def _tables_in(listed: Iterable[zipfile.ZipInfo], made: Reading) -> Iterator[tuple[Table, zipfile.ZipInfo]]:
    seen: set[str] = set()
    for one in listed:
        name = PurePosixPath(one.filename).name.lower()
        if name in seen:
            raise damaged(name if name in BY_FILE else "the file", "This table stands twice in the package.")
        seen.add(name)
        if name in BY_FILE:
            yield BY_FILE[name], one
        elif name != "datapackage.json":
            made.left_out["A file in the package that is no table of the specification"] = None


def _table(table: Table, content: bytes, made: Reading) -> None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise damaged(table.file, "Save this table as UTF-8.") from None
    if "\x00" in text:
        raise damaged(table.file, "It has a character in it that no text has.")
    made.tables.add(table.name)
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        heads = [one.strip() for one in next(rows, [])]
        _check_heads(table, heads, made)
        at = rows.line_num
        for cells in rows:
            place, at = f"row {at + 1}", rows.line_num
            if any(one.strip() for one in cells):
                _cells(table, heads, cells, place, made)
    except csv.Error:
        raise damaged(table.file, "A quote is open here, or a line is too long.", f"row {rows.line_num}") from None


def _check_heads(table: Table, heads: list[str], made: Reading) -> None:
    if "id" not in heads:
        raise damaged(table.file, "The first row names the columns, and one of them is id.", "row 1")
    for number, head in enumerate(heads, 1):
        if heads.count(head) > 1 and head:
            raise damaged(table.file, "This column stands twice.", "row 1", f"column {number}")
        if table.column(head) is None:
            name = head if A_NAME.fullmatch(head) else f"column {number}"
            made.left_out[f"{table.file}: {name}"] = None
    for column in table.columns:
        if column.required and column.name not in heads:
            made.wrong(table.file, "row 1", column.name, "This column is missing.")


def _cells(table: Table, heads: list[str], cells: list[str], place: str, made: Reading) -> None:
    if len(cells) != len(heads):
        made.wrong(table.file, place, "", f"This row has {len(cells)} cells; the first row has {len(heads)}.")
        return
    row: Row = {}
    for head, cell in zip(heads, cells, strict=True):
        column = table.column(head)
        if column is None:
            continue
        try:
            value = from_cell(column, cell)
        except Unfit as no:
            made.wrong(table.file, place, head, str(no))
            continue
        if value is not None:
            row[head] = value
        elif column.required:
            made.wrong(table.file, place, head, "Nothing stands here.")
    _keep(table, row, (table.file, place), made, once=True)


def _keep(table: Table, row: Row, place: tuple[str, str], made: Reading, *, once: bool) -> None:
    """Keep a row. In the shape of the API the same element may stand in several places, if it says the same there."""
    if "id" not in row:
        return
    made.count += 1
    if made.count > MOST_ROWS:
        raise damaged(place[0], f"At most {MOST_ROWS:,} rows are taken in.", place[1])
    before = made.rows[table.name].get(str(row["id"]))
    if before is None:
        made.rows[table.name][str(row["id"])] = row
        made.places[table.name, str(row["id"])] = place
        return
    if once:
        made.wrong(*place, "id", "This identifier stands twice in this table.")
        return
    for name, value in row.items():
        if before.setdefault(name, value) != value:
            made.wrong(*place, name, "The same element says something else elsewhere in this file.")


def _document(content: bytes, made: Reading) -> None:
    said = _parsed(content)
    if isinstance(said, dict) and any(key.endswith(".csv") for key in said):
        _tabular(said, made)
        return
    contents = said["contents"] if isinstance(said, dict) and "contents" in said else said
    if isinstance(said, dict) and "contents" in said:
        made.left_out |= dict.fromkeys(_unknown("the list", set(said) - LIST_KEYS))
    each = contents if isinstance(contents, list) else [contents]
    for number, element in enumerate(each, 1):
        table = _kind(element)
        if table is None:
            raise damaged(
                "the file",
                "This is no organization, service, location or taxonomy of the specification.",
                f"element {number}" if isinstance(contents, list) else "",
            )
        place = f"{table.name} {number}" if isinstance(contents, list) else table.name
        _element(table, element, place, {}, made)
    for row in made.rows["program"].values():
        _lend_organization(row, made)
    _check_whole(made)


def _parsed(content: bytes) -> Any:
    try:
        text = content.decode("utf-8-sig")
        depth = 0
        for sign in STRING.sub("", text):
            depth += (sign in "[{") - (sign in "]}")
            if depth > DEEPEST:
                raise damaged("the file", "It is nested too deeply.")
        return json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    except UnicodeDecodeError:
        raise damaged("the file", "Save it as UTF-8.") from None
    except json.JSONDecodeError as wrong:
        raise damaged("the file", "It is not JSON from here on.", f"line {wrong.lineno}, sign {wrong.colno}") from None
    except (ValueError, RecursionError):
        raise damaged("the file", "It is not JSON that can be read without guessing.") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("twice")
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _tabular(said: dict[str, Any], made: Reading) -> None:
    for name, rows in said.items():
        table = BY_FILE.get(name)
        if table is None:
            made.left_out["A table that the specification does not have"] = None
        elif not isinstance(rows, list):
            raise damaged(name, "A table is a list of rows.")
        else:
            made.tables.add(table.name)
            for number, row in enumerate(rows, 1):
                _flat(table, row, number, made)


def _flat(table: Table, row: Any, number: int, made: Reading) -> None:
    if not isinstance(row, dict):
        raise damaged(table.file, "A row is an object.", f"row {number}")
    made.left_out |= dict.fromkeys(_unknown(table.file, set(row) - set(table.names)))
    place = (table.file, f"row {number}")
    kept = _values(table, row, place, made, flat=True)
    for column in table.columns:
        if column.required and column.name not in row:
            made.wrong(*place, column.name, "Nothing stands here.")
    _keep(table, kept, place, made, once=True)


def _kind(element: Any) -> Table | None:
    """What an element of the API is: nothing in it says so, but what it has."""
    if not isinstance(element, dict) or "id" not in element:
        return None
    has = element.keys()
    if "location_type" in has:
        return BY_NAME["location"]
    if "status" in has:
        return BY_NAME["service"]
    if "location" in has or "service" in has or "service_id" in has:
        return BY_NAME["service_at_location"]
    if has & {"code", "taxonomy", "taxonomy_detail", "parent_id", "term_uri", "taxonomy_id"}:
        return BY_NAME["taxonomy_term"]
    if "version" in has:
        return BY_NAME["taxonomy"]
    return BY_NAME["organization"] if "name" in has else None


def _element(table: Table, element: Any, place: str, given: Row, made: Reading) -> str | None:
    """Keep an element and what stands in it; its identifier."""
    if not isinstance(element, dict):
        made.wrong("the file", place, "", "An element is an object.")
        return None
    inner, here = nested(table.name), ("the file", place)
    made.tables.add(table.name)
    made.left_out |= dict.fromkeys(_unknown(table.name, set(element) - set(table.names) - set(inner)))
    row = given | _values(table, element, here, made)
    if "id" not in row:
        if "id" not in element or element["id"] in (None, ""):
            made.wrong(*here, "id", "Nothing stands here.")
        return None
    for key, nest in inner.items():
        if element.get(key) is not None:
            _inner(table, row, nest, element[key], place, made)
    _keep(table, row, here, made, once=False)
    return str(row["id"])


def _inner(table: Table, row: Row, nest: Nest, said: Any, place: str, made: Reading) -> None:
    other, outer = BY_NAME[nest.table], str(row["id"])
    if not nest.many:
        found = _element(other, said, f"{place}, {nest.key}", {}, made)
        if found and row.setdefault(nest.column, found) != found:
            made.wrong("the file", place, nest.column, "It names another element than the one that stands here.")
        return
    if not isinstance(said, list):
        made.wrong("the file", place, nest.key, "This is a list.")
        return
    for number, one in enumerate(said, 1):
        given: Row = {nest.column: outer}
        more = {"attribute": "link_entity", "metadata": "resource_type"}.get(nest.table)
        if more and isinstance(one, dict) and not one.get(more):
            given[more] = table.name
        _element(other, one, f"{place}, {nest.key} {number}", given, made)


def _values(table: Table, said: dict[str, Any], place: tuple[str, str], made: Reading, *, flat: bool = False) -> Row:
    row: Row = {}
    for column in table.columns:
        try:
            value = from_json(column, said.get(column.name), flat=flat)
        except Unfit as no:
            made.wrong(*place, column.name, str(no))
            continue
        if value is not None:
            row[column.name] = value
    return row


def _lend_organization(program: Row, made: Reading) -> None:
    """A programme that stands in a service is of that service's organisation, where it does not say so itself."""
    for service in made.rows["service"].values() if "organization_id" not in program else ():
        if service.get("program_id") == program["id"] and "organization_id" in service:
            program["organization_id"] = service["organization_id"]


def _check_whole(made: Reading) -> None:
    for name, rows in made.rows.items():
        for row_id, row in rows.items():
            for column in BY_NAME[name].columns:
                if column.required and column.name not in row:
                    made.wrong(*made.place_of(name, row_id), column.name, "Nothing stands here.")


def _unknown(where: str, names: set[str]) -> list[str]:
    known = sorted(name for name in names if A_NAME.fullmatch(name))
    return [f"{where}: {name}" for name in known] + ([f"{where}: something else"] if len(known) < len(names) else [])


__all__ = ["LARGEST", "Reading", "read"]
