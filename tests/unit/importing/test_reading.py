"""Lines to rows: each thing that can be wrong is said with row and column."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mdt.operations.importing import reading, text
from mdt.operations.importing.columns import LONGEST_CELL, NAMES, Record
from mdt.operations.importing.problems import Malformed

ZONE = ZoneInfo("America/New_York")
AT = datetime(2026, 11, 25, 15, 20, 30, tzinfo=ZONE)
HEAD = "record,youth_id,legal_name,date_of_birth,case_opened,start,end,placement_name,legal_sex\n"
GOOD = "youth,A-1,Rowan Ashby,2010-06-14,2026-09-03,,,,\n"


def read(file, mapping=None):
    blocks = [file if isinstance(file, bytes) else file.encode()]
    head, rows = reading.open_table(text.lines(blocks), mapping or {}, ZONE, AT)
    return head, list(rows)


def refused(file, mapping=None):
    with pytest.raises(Malformed) as no:
        read(file, mapping)
    return no.value.problem


def problem_of(row, head=HEAD):
    return read(head + row)[1][-1].problem


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(delimiter):
    _, (row,) = read((HEAD + GOOD).replace(",", delimiter))
    assert (row.record, row.ref, row.values["legal_name"]) == (Record.YOUTH, "A-1", "Rowan Ashby")


def test_a_comma_in_a_quoted_header_does_not_mislead():
    head = '"youth_id";"legal_name";"date_of_birth";"case_opened";"a,b,c,d,e,f"\n'
    assert read(head + "A-1;Rowan;2010-06-14;2026-09-03;x\n")[0].delimiter == ";"


def test_names_are_found_without_case_spaces_or_order():
    _, (row,) = read("Case Opened, DATE-OF-BIRTH ,Legal name,Youth ID\n2026-09-03,2010-06-14,Rowan,A-1\n")
    assert row.problem is None and row.record is Record.YOUTH and row.ref == "A-1"


def test_a_missing_column_is_named_with_those_found_and_what_a_mapping_could_say():
    problem = refused("youth_id,Full Legal Name,date_of_birth,case_opened\nA,B,2010-01-01,2026-01-01\n")
    assert problem.code == "column_missing" and problem.row == 1
    assert problem.words == "The column legal_name is missing."
    assert "The file has: youth_id, Full Legal Name, date_of_birth, case_opened." in problem.more
    assert problem.more.endswith("legal_name,Full Legal Name")


def test_a_mapping_that_names_a_column_the_file_has_not_is_refused():
    problem = refused(HEAD + GOOD, {"legal_name": "Full Name"})
    assert problem.code == "mapping" and "“Full Name” for legal_name" in problem.words


def test_a_column_that_is_there_twice_is_refused():
    problem = refused("youth_id,legal_name,Legal Name,date_of_birth,case_opened\n")
    assert (problem.code, problem.column) == ("column_twice", "legal_name")


def test_bytes_in_another_encoding_are_named_by_row_and_column():
    problem = refused((HEAD + GOOD).encode() + "youth,A-2,Jos\xe9,2010-06-14,2026-09-03,,,,\n".encode("latin-1"))
    assert (problem.code, problem.row, problem.column) == ("encoding", 3, "legal_name")
    assert "Save the file as CSV UTF-8" in problem.words


@pytest.mark.parametrize(
    ("file", "code"), [("", "empty"), ("\n" + HEAD, "empty"), (HEAD, "no_rows"), (HEAD + "\n\n", "no_rows")]
)
def test_a_file_without_rows_is_refused(file, code):
    assert refused(file).code == code


def test_a_quote_that_is_not_closed_is_refused_with_its_row():
    problem = refused(HEAD + GOOD + 'youth,A-2,"Rowan,2010-06-14,2026-09-03,,,,\n' + GOOD)
    assert (problem.code, problem.row) == ("quotes", 3)


def test_more_rows_than_a_file_may_hold_are_refused(monkeypatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 10)
    assert refused(HEAD + GOOD * 11).code == "too_many_rows"


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("youth,A-1,Rowan,2010-02-30,2026-09-03,,,,\n", "date", "date_of_birth"),
        ("youth,A-1,Rowan,2/30/2010,2026-09-03,,,,\n", "date", "date_of_birth"),
        ("youth,A-1,Rowan,02/14/10,2026-09-03,,,,\n", "date", "date_of_birth"),
        ("youth,A-1,Rowan,14.2.2010,2026-09-03,,,,\n", "date", "date_of_birth"),
        ("youth,A-1,Rowan,2010-06-14,2026-11-26,,,,\n", "date", "case_opened"),
        ("youth,A-1,Rowan,1810-06-14,2026-09-03,,,,\n", "date", "date_of_birth"),
        ("youth,A-1,,2010-06-14,2026-09-03,,,,\n", "needed", "legal_name"),
        ("youth, ,Rowan,2010-06-14,2026-09-03,,,,\n", "needed", "youth_id"),
        ("youth,A-1,Rowan,2010-06-14,2026-09-03,,,,both\n", "choice", "legal_sex"),
        ("child,A-1,Rowan,2010-06-14,2026-09-03,,,,\n", "record", "record"),
        ("youth,A-1,Rowan,2010-06-14,2026-09-03,,,\n", "cells", None),
        ("youth,A-1,Ashby, Rowan,2010-06-14,2026-09-03,,,,\n", "cells", None),
        (f"youth,A-1,{'x' * (LONGEST_CELL + 1)},2010-06-14,2026-09-03,,,,\n", "too_long", "legal_name"),
        (f"youth,{'9' * 65},Rowan,2010-06-14,2026-09-03,,,,\n", "too_long", "youth_id"),
        ("youth,A-1,Row\x00an,2010-06-14,2026-09-03,,,,\n", "control", "legal_name"),
        ("placement,A-1,,,,,,Birch house,\n", "needed", "start"),
        ("placement,A-1,,,,2026-09-03,2026-09-02,Birch house,\n", "order", "end"),
        ("missing,A-1,,,,2026-09-03 25:10,,,\n", "time", "start"),
        ("missing,A-1,,,,2026-09-03 13:10 pm,,,\n", "time", "start"),
        ("missing,A-1,,,,2026-09-03 21:30,2026-09-03 21:29,,\n", "order", "end"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_with_row_and_column(row, code, column):
    problem = problem_of(GOOD + row, HEAD)
    assert (problem.code, problem.row, problem.column) == (code, 3, column)
    assert problem.words.endswith(".")


def test_a_column_is_named_as_the_file_names_it():
    head = "Nr,Full Name,DOB,Opened\n"
    mapping = {"youth_id": "Nr", "legal_name": "Full Name", "date_of_birth": "DOB", "case_opened": "Opened"}
    _, (row,) = read(head + "A-1,Rowan,2010-02-30,2026-09-03\n", mapping)
    assert row.problem.sentence == "Row 2, column DOB: “2010-02-30” is not a day that exists."


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-11-03 21:30", "2026-11-03T21:30:00-05:00"), ("2026-11-03T21:30:45", "2026-11-03T21:30:00-05:00"),
        ("11/3/2026 9:30 PM", "2026-11-03T21:30:00-05:00"), ("7/3/2026 12:05 a.m.", "2026-07-03T00:05:00-04:00"),
        ("2026-11-03", "2026-11-03T00:00:00-05:00"),
    ],
)
def test_a_time_is_where_the_agency_is(said, meant):
    _, (row,) = read(HEAD + f"missing,A-1,,,,{said},,,\n")
    assert row.values["start"] == meant


def test_without_a_time_an_episode_ends_at_the_end_of_its_day():
    _, (row,) = read(HEAD + "missing,A-1,,,,2026-11-03,2026-11-03,,\n")
    assert row.values["end"] == "2026-11-03T23:59:00-05:00"


def test_what_ends_today_has_ended_by_now_and_not_tonight():
    _, (row,) = read(HEAD + "missing,A-1,,,,2026-11-24,2026-11-25,,\n")
    assert row.values["end"] == "2026-11-25T15:20:00-05:00"


@pytest.mark.parametrize("said", ["2026-11-25 15:21", "11/25/2026 11:00 pm"])
@pytest.mark.parametrize("column", ["start", "end"])
def test_a_time_that_is_still_to_come_is_refused(column, said):
    row = f"missing,A-1,,,,{said},,,\n" if column == "start" else f"missing,A-1,,,,2026-11-24,{said},,\n"
    problem = problem_of(row)
    assert (problem.code, problem.column) == ("date", column) and "lies in the future" in problem.words
    assert problem_of(row.replace(said, "2026-11-25 15:20")) is None


def test_an_hour_that_comes_twice_is_the_one_that_can_be_meant():
    _, (row,) = read(HEAD + "missing,A-1,,,,2026-11-01 1:50,2026-11-01 1:10,,\n")
    assert row.values["start"] == "2026-11-01T01:50:00-04:00" and row.values["end"] == "2026-11-01T01:10:00-05:00"
    _, (row,) = read(HEAD + "missing,A-1,,,,2026-11-01 1:10,2026-11-01 1:50,,\n")
    assert row.values["end"] == "2026-11-01T01:50:00-04:00"


def test_an_hour_that_the_clocks_leave_out_is_refused():
    problem = problem_of("missing,A-1,,,,2026-03-08 2:30,,,\n")
    assert (problem.code, problem.column) == ("time", "start") and "left this hour out" in problem.words


def test_rows_are_counted_as_a_spreadsheet_counts_them():
    _, rows = read(HEAD + GOOD + "\n" + GOOD.replace("Rowan Ashby", '"Rowan\nAshby"') + GOOD)
    assert [row.number for row in rows] == [2, 4, 5]


def test_an_id_is_the_same_in_either_way_of_writing_its_letters():
    _, (row,) = read(HEAD + GOOD.replace("A-1", "Zoe\u0308-1"))
    assert row.ref == "Zoë-1"


@given(some.lists(some.text(max_size=30), max_size=12))
def test_whatever_stands_in_a_file_it_is_read_or_refused(cells):
    file = HEAD + GOOD + ",".join(cells) + "\n"
    try:
        _, rows = read(file.encode("utf-8", "surrogatepass"))
    except Malformed as no:
        assert no.problem.words
    else:
        assert all(row.problem or row.ref for row in rows)


@given(some.binary(max_size=300))
def test_whatever_bytes_arrive_they_are_read_or_refused(file):
    try:
        read(file)
        read(HEAD.encode() + file)
    except Malformed as no:
        assert no.problem.words


def test_every_declared_name_can_be_read():
    assert len(set(NAMES)) == len(NAMES) and {"record", "youth_id"} < set(NAMES)
