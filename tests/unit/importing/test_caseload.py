"""Invented caseloads are the same for the same seed, and every row of them can be brought in."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from mdt.operations.demo.caseload import TODAY, lines
from mdt.operations.importing import reading, text
from mdt.operations.importing.columns import NAMES, Record

ZONE = ZoneInfo("America/New_York")


def test_the_same_seed_is_the_same_file_byte_for_byte():
    first, again, other = ("".join(lines(youth=200, seed=seed)) for seed in (7, 7, 8))
    assert first == again != other
    assert hashlib.sha256(first.encode()).hexdigest()[:12] == "0a3cb1414bba"


def test_it_has_as_many_young_people_as_asked_for_and_rows_of_every_kind():
    rows = list(csv.DictReader(io.StringIO("".join(lines(youth=300, seed=7)))))
    assert [row["record"] for row in rows].count("youth") == 300
    assert {row["record"] for row in rows} == set(Record) and set(rows[0]) == set(NAMES)
    assert not "".join(lines(youth=300, seed=7)).isascii()


def test_brothers_and_sisters_share_a_name():
    rows = csv.DictReader(io.StringIO("".join(lines(youth=300, seed=7))))
    last = [row["legal_name"].split()[-1] for row in rows if row["record"] == "youth"]
    assert sum(a == b for a, b in zip(last, last[1:], strict=False)) > 60


def test_every_row_can_be_read_from_the_day_it_was_made_for():
    blocks = ("".join(lines(youth=500, seed=11)).encode(),)
    _, rows = reading.open_table(text.lines(blocks), {}, ZONE, datetime.combine(TODAY, time(12), ZONE))
    assert [row.problem for row in rows if row.problem] == []
    assert date(2025, 1, 1) < TODAY
