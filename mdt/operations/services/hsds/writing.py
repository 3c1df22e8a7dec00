"""Writing a directory: as a package of tables, as the same tables in JSON, and in the shape of the API."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from mdt.operations.services.hsds.tables import Column, Directory, Row, Table, filled, nests
from mdt.operations.services.hsds.values import to_cell

FIRST, LATER = "3.0.0", "3.1.0"
"""The versions of the specification: of a directory without what came later, and of one with it."""
TYPES = {"number": "number", "date": "date", "moment": "datetime", "time": "time"}
FORMATS = {"uuid": "uuid", "email": "email", "uri": "uri"}
MADE_AT = (1980, 1, 1, 0, 0, 0)
"""A package of the same directory is the same file."""


def package(directory: Directory) -> bytes:
    """Every table as CSV, with the datapackage.json that describes them."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for table in filled(directory):
            out.writestr(zipfile.ZipInfo(table.file, MADE_AT), table_of(table, directory), zipfile.ZIP_DEFLATED)
        out.writestr(zipfile.ZipInfo("datapackage.json", MADE_AT), description(directory), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def table_of(table: Table, directory: Directory) -> str:
    """One table as CSV."""
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(table.names)
    for row in directory[table.name].values():
        rows.writerow([to_cell(row.get(name)) for name in table.names])
    return out.getvalue()


def description(directory: Directory) -> str:
    """The tables, as a tabular data package describes them."""
    tables = filled(directory)
    later = any(one.later or any(column.later for column in one.columns) for one in tables)
    said = {
        "name": "human_services_data", "profile": "tabular-data-package", "version": LATER if later else FIRST,
        "resources": [_resource(table) for table in tables],
    }  # fmt: skip
    return json.dumps(said, indent=1)


def tabular(directory: Directory) -> str:
    """The same tables as JSON: each file's name, and its rows."""
    return json.dumps(
        {one.file: list(directory[one.name].values()) for one in filled(directory)}, ensure_ascii=False, indent=1
    )


def api(directory: Directory) -> str:
    """One page with every service as the API shows it, whatever hangs on it inside."""
    by = _ByLink(directory)
    contents = [element("service", row, by) for row in directory["service"].values()]
    return json.dumps(page(contents, 1, max(1, len(contents)), len(contents)), ensure_ascii=False, indent=1)


def page(contents: list[Any], number: int, size: int, total: int) -> dict[str, Any]:
    """A page of a list, as the API answers."""
    pages = max(1, -(-total // size))
    return {
        "total_items": total, "total_pages": pages, "page_number": number, "size": len(contents),
        "first_page": number == 1, "last_page": number >= pages, "empty": not contents, "contents": contents,
    }  # fmt: skip


class _ByLink:
    """The rows of a directory by what they link to."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self._found: dict[tuple[str, str], dict[str, list[Row]]] = {}

    def rows(self, table: str, column: str, value: str) -> list[Row]:
        if (table, column) not in self._found:
            made: dict[str, list[Row]] = {}
            for row in self.directory[table].values():
                if column in row:
                    made.setdefault(str(row[column]), []).append(row)
            self._found[table, column] = made
        return self._found[table, column].get(value, [])


def element(table: str, row: Row, by: _ByLink, above: tuple[str, ...] = ()) -> dict[str, Any]:
    """A row with what hangs on it inside. What already stands around it does not stand in it again."""
    made: dict[str, Any] = {}
    for nest in nests(table):
        if nest.table in above or (nest.key == "services" or (nest.key == "locations" and above)):
            continue
        if nest.many:
            found = by.rows(nest.table, nest.column, str(row["id"]))
            inner = [element(nest.table, one, by, (*above, table)) for one in found]
            made |= {nest.key: [_without(one, nest.column) for one in inner]} if inner else {}
        elif nest.column in row and str(row[nest.column]) in by.directory[nest.table]:
            one = by.directory[nest.table][str(row[nest.column])]
            made[nest.key] = element(nest.table, one, by, (*above, table))
    links = {nest.column for nest in nests(table) if not nest.many and nest.key in made}
    return {name: value for name, value in row.items() if name not in links} | made


def _without(one: dict[str, Any], column: str) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name != column}


def of(directory: Directory) -> _ByLink:
    return _ByLink(directory)


def _resource(table: Table) -> dict[str, Any]:
    keys = [{"fields": one.name, "reference": {"resource": one.to, "fields": "id"}} for one in table.columns if one.to]
    return {
        "name": table.name, "path": table.file, "format": "csv", "mediatype": "text/csv",
        "profile": "tabular-data-resource",
        "schema": {"primaryKey": "id", "fields": list(_fields(table)), **({"foreignKeys": keys} if keys else {})},
    }  # fmt: skip


def _fields(table: Table) -> Iterator[dict[str, Any]]:
    for one in table.columns:
        yield {"name": one.name, "type": TYPES.get(one.kind, "string"), **_format(one), "constraints": _limits(one)}


def _format(column: Column) -> dict[str, str]:
    return {"format": FORMATS[column.kind]} if column.kind in FORMATS else {}


def _limits(column: Column) -> dict[str, Any]:
    limits: dict[str, Any] = {"required": column.required, "unique": column.name == "id"}
    return limits | ({"enum": list(column.one_of)} if column.one_of else {})


__all__ = ["api", "description", "element", "of", "package", "page", "tabular"]
