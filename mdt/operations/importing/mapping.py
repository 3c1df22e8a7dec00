"""A mapping file: how a case system calls our columns."""

from __future__ import annotations

import csv
import json
from difflib import get_close_matches

from mdt.operations.importing.columns import NAMES, canonical
from mdt.operations.importing.problems import Malformed

LARGEST = 64 * 1024
"""Bytes of a mapping file."""


def read(file: bytes) -> dict[str, str]:
    """Our column -> their column, from CSV lines or a JSON object. Malformed names what to put right."""
    if len(file) > LARGEST:
        raise _wrong("It is too large. It needs one line a column.")
    try:
        text = file.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise _wrong("Save it as UTF-8.") from None
    pairs = _json(text) if text.startswith("{") else _csv(text)
    return dict(_known(number, *pair) for number, pair in enumerate(pairs, 1))


def _json(text: str) -> list[tuple[str, str]]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise _wrong('Write it as {"our_column": "their column"}.') from None
    if not all(isinstance(theirs, str) for theirs in found.values()):
        raise _wrong("Each of our columns has one name, in quotes.")
    return list(found.items())


def _csv(text: str) -> list[tuple[str, str]]:
    try:
        rows = [row for row in csv.reader(text.splitlines(), strict=True) if any(row)]
    except csv.Error:
        raise _wrong("A quote is opened and not closed.") from None
    for number, row in enumerate(rows, 1):
        if len(row) != 2:
            raise _wrong("A line reads: our column, a comma, their column.", number)
    return [(ours, theirs) for ours, theirs in rows if (ours, theirs) != HEADER]


HEADER = ("our column", "their column")


def _known(number: int, ours: str, theirs: str) -> tuple[str, str]:
    name = canonical(ours)
    if name in NAMES and theirs.strip():
        return name, theirs.strip()
    near = get_close_matches(name, NAMES, 1)
    said = f" Do you mean {near[0]}?" if near else f" We know: {', '.join(NAMES)}."
    raise _wrong(f"“{ours[:60]}” is not a column of ours.{said}", number)


def _wrong(words: str, line: int | None = None) -> Malformed:
    where = f"In the mapping file, line {line}: " if line else "The mapping file cannot be read. "
    return Malformed(where + words, code="mapping")
