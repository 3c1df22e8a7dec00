"""A directory in the Human Services Data Specification 3: loaded, written and loaded again; damaged ones refused with
the place. The data are our own, of the structure of the examples that the specification publishes."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdt.operations.services.hsds import TABLES, Damaged, Directory, empty, read, writing
from mdt.operations.services.hsds.problems import MOST
from mdt.operations.services.hsds.tables import BY_NAME, Column, filled, nested
from mdt.operations.services.hsds.values import to_cell

NESTED = {
    "id": "c0ffee00-0000-4000-8000-000000000001",
    "name": "A service", "status": "active", "minimum_age": 12, "maximum_age": 17.5,
    "last_modified": "2026-03-15T10:30:45.123Z",
    "organization": {
        "id": "c0ffee00-0000-4000-8000-000000000002", "name": "An organization", "description": "It helps.",
        "locations": [{"id": "c0ffee00-0000-4000-8000-000000000003", "location_type": "physical", "latitude": 40.5}],
        "parent_organization_id": "c0ffee00-0000-4000-8000-0000000000ff",
    },
    "program": {"id": "c0ffee00-0000-4000-8000-000000000004", "name": "A program", "description": "Of it."},
    "service_at_locations": [{
        "id": "c0ffee00-0000-4000-8000-000000000005",
        "location": {
            "id": "c0ffee00-0000-4000-8000-000000000003", "location_type": "physical", "latitude": 40.5,
            "addresses": [{
                "id": "c0ffee00-0000-4000-8000-000000000006", "address_1": "1 Main Street", "city": "Alder",
                "state_province": "OH", "postal_code": "43001", "country": "US", "address_type": "physical",
            }],
            "phones": [{"id": "c0ffee00-0000-4000-8000-000000000007", "number": "555-0100"}],
        },
        "contacts": [{
            "id": "c0ffee00-0000-4000-8000-000000000008", "name": "Ann",
            "phones": [{
                "id": "c0ffee00-0000-4000-8000-000000000007", "number": "555-0100",
                "languages": [{"id": "c0ffee00-0000-4000-8000-000000000009", "name": "Somali", "code": "so"}],
            }],
        }],
        "schedules": [{
            "id": "c0ffee00-0000-4000-8000-00000000000a", "freq": "WEEKLY", "wkst": "MO", "opens_at": "09:00:00",
            "closes_at": "17:30", "byday": "MO,TU",
        }],
    }],
    "attributes": [{
        "id": "c0ffee00-0000-4000-8000-00000000000b",
        "taxonomy_term": {
            "id": "c0ffee00-0000-4000-8000-00000000000c", "code": "x", "name": "X", "description": "An X.",
            "taxonomy_detail": {"id": "c0ffee00-0000-4000-8000-00000000000d", "name": "T", "description": "Terms."},
        },
    }],
    "cost_options": [{"id": "c0ffee00-0000-4000-8000-00000000000e", "amount": 12.5, "currency": "usd"}],
    "metadata": [{
        "id": "c0ffee00-0000-4000-8000-00000000000f", "last_action_date": "2026-01-01", "last_action_type": "update",
        "field_name": "name", "previous_value": "A", "replacement_value": "B", "updated_by": "Ann",
    }],
}  # fmt: skip


def whole(**changes: Any) -> bytes:
    return json.dumps(NESTED | changes).encode()


def refused(name: str, content: bytes) -> list[str]:
    with pytest.raises(Damaged) as no:
        read(name, content)
    assert 0 < len(no.value.problems) <= MOST
    return [one.sentence for one in no.value.problems]


def text() -> st.SearchStrategy[str]:
    signs = st.characters(blacklist_categories=("Cs", "Cc"))
    return st.text(signs, min_size=1, max_size=12).map(str.strip).filter(bool)


def values_of(column: Column) -> st.SearchStrategy[Any]:
    """What a column takes."""
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "uuid": st.uuids().map(str), "date": st.dates().map(str),
        "moment": st.datetimes().map(lambda at: at.isoformat()),
        "time": st.times().map(lambda at: at.strftime("%H:%M")), "email": st.just("ann@example.org"),
        "uri": st.just("https://example.org/a"),
        "number": st.one_of(st.integers(-10**6, 10**6), st.decimals(-999, 999, places=4).map(float)),
    }  # fmt: skip
    return st.sampled_from(column.one_of) if column.one_of else kinds.get(column.kind, text())


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    """Rows that each stand by themselves; what they link to may not be there."""
    made = empty()
    for table in draw(st.lists(st.sampled_from(TABLES), max_size=4)):
        row = {one.name: draw(values_of(one)) for one in table.columns if one.required or draw(st.booleans())}
        row = {
            name: int(value) if isinstance(value, float) and value == int(value) else value
            for name, value in row.items()
        }
        made[table.name][row["id"]] = row
    return made


@given(directories())
def test_what_is_written_reads_back_as_it_was_in_both_shapes_of_tables(made: Directory) -> None:
    assert read("x.zip", writing.package(made)).rows == made
    assert read("x.json", writing.tabular(made).encode()).rows == made
    assert writing.package(made) == writing.package(made), "the same directory is the same file"


def test_the_shape_of_the_api_becomes_tables_and_the_same_again() -> None:
    """An element that stands in several places is one row with every link; a link is kept once."""
    made = read("s.json", whole()).rows
    assert {name: len(rows) for name, rows in made.items() if rows} == {
        "organization": 1, "program": 1, "service": 1, "attribute": 1, "service_at_location": 1, "location": 1,
        "phone": 1, "contact": 1, "address": 1, "schedule": 1, "language": 1, "taxonomy_term": 1, "metadata": 1,
        "cost_option": 1, "taxonomy": 1,
    }  # fmt: skip
    phone, program = next(iter(made["phone"].values())), next(iter(made["program"].values()))
    assert {"location_id", "contact_id"} <= phone.keys() and program["organization_id"] == NESTED["organization"]["id"]  # type: ignore[index]
    attribute = next(iter(made["attribute"].values()))
    assert (attribute["link_id"], attribute["link_entity"]) == (NESTED["id"], "service")
    back = read("s.json", writing.api(made).encode()).rows
    assert {name: rows for name, rows in back.items() if name != "location"} == {
        name: rows for name, rows in made.items() if name != "location"
    }
    page = json.loads(writing.api(made))
    assert (page["total_items"], page["first_page"], page["last_page"], page["empty"]) == (1, True, True, False)
    assert "organization_id" not in page["contents"][0], "what stands inside is not linked beside it"
    listed = json.dumps({"contents": [NESTED], "total_items": 1}).encode()
    assert read("l.json", listed).rows == made == read("l.json", json.dumps([NESTED]).encode()).rows


def test_what_the_specification_does_not_have_is_left_out_and_named() -> None:
    made = read("s.json", whole(colour="red", **{"12 Elm Street": "x"}))
    assert list(made.left_out) == ["service: colour", "service: something else"], "a name of ours, never of a place"
    table = read("Some\\services.csv", b"id,organization_id,name,status,hue,12 Elm St\n")
    assert list(table.left_out) == ["services.csv: hue", "services.csv: column 6"]


BASE = "id,organization_id,name,status,minimum_age\n"
GOOD = f"{UUID(int=1)},{UUID(int=2)},A name,active,12\n"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("services.csv", BASE + GOOD + GOOD, "services.csv, row 3, id: This identifier stands twice in this table."),
        ("services.csv", BASE + GOOD.replace("12", "twelve"), "services.csv, row 2, minimum_age: Write a number."),
        ("services.csv", BASE + GOOD.replace("active", "open"), "services.csv, row 2, status: Write one of: active"),
        ("services.csv", BASE + GOOD.replace("A name", ""), "services.csv, row 2, name: Nothing stands here."),
        ("services.csv", BASE + GOOD.replace("0001,", "1,"), "services.csv, row 2, id: Write an identifier (a UUID)."),
        ("services.csv", BASE + GOOD[:-1] + ",more\n", "services.csv, row 2: This row has 6 cells; the first"),
        ("services.csv", BASE + '"open', "services.csv, row 2: A quote is open here"),
        ("services.csv", "id,name\n", "services.csv, row 1, organization_id: This column is missing."),
        ("services.csv", "name,status\n", "services.csv, row 1: The first row names the columns"),
        ("services.csv", "id,id\n", "services.csv, row 1, column 1: This column stands twice."),
        ("services.csv", b"id\n\xff", "services.csv: Save this table as UTF-8."),
        ("other.csv", "id\n", "the file: Send JSON, a ZIP package, or one table"),
        ("x.zip", b"PK\x03\x04 and no more", "the file: This package cannot be opened."),
        ("s.json", "{", "the file, line 1, sign 2: It is not JSON from here on."),
        ("s.json", '{"id": 1, "id": 2}', "the file: It is not JSON that can be read without guessing."),
        ("s.json", '{"version": "3.0"}', "the file: This is no organization, service, location or taxonomy"),
        ("s.json", "[" * 60, "the file: It is nested too deeply."),
        ("s.json", whole(minimum_age="12"), "the file, service, minimum_age: Write a number."),
        ("s.json", whole(phones={}), "the file, service, phones: This is a list."),
        ("s.json", whole(phones=[{"number": "1"}]), "the file, service, phones 1, id: Nothing stands here."),
        ("s.json", whole(url="javascript:alert(1)"), "the file, service, url: Write a web address"),
        ("s.json", whole(phones=[{"id": str(UUID(int=7)), "number": "1"}, {"id": str(UUID(int=7)), "number": "2"}]),
         "the file, service, phones 2, number: The same element says something else elsewhere in this file."),
        ("t.json", '{"services.csv": [{"id": "x"}]}', "services.csv, row 1, id: Write an identifier (a UUID)."),
    ],
)  # fmt: skip
def test_what_is_damaged_is_refused_with_file_row_and_column(name: str, content: str | bytes, said: str) -> None:
    assert any(one.startswith(said) for one in refused(name, content.encode() if isinstance(content, str) else content))


@st.composite
def wounds(draw: st.DrawFn) -> tuple[str, int, str, str]:
    """A table, a row of three, a column that takes not everything, and what it does not take."""
    table = draw(st.sampled_from([one for one in TABLES if any(c.kind != "text" for c in one.columns[1:])]))
    column = draw(st.sampled_from([one for one in table.columns[1:] if one.kind != "text"]))
    bad = draw(
        st.sampled_from(["Canary Street 12", "--", "2026-13-40", "25:61", "a b@c", "NaN", "1e5", "ftp://canary"])
    )
    return table.name, draw(st.integers(0, 2)), column.name, bad


@given(wounds(), st.data())
def test_wherever_a_table_is_wounded_the_place_is_said_and_never_what_stands_there(
    wound: tuple[str, int, str, str], data: st.DataObject
) -> None:
    name, at, column, bad = wound
    table, made = BY_NAME[name], empty()
    for number in range(3):
        row = {one.name: data.draw(values_of(one)) for one in table.columns} | {"id": str(UUID(int=number + 1))}
        made[name][row["id"]] = row
    rows = [[to_cell(row[one]) for one in table.names] for row in made[name].values()]
    rows[at][table.names.index(column)] = bad
    out = io.StringIO(newline="")
    writing.csv.writer(out).writerows([table.names, *rows])
    before = sum(sum("\n" in cell or "\r" in cell for cell in row) for row in rows[:at])
    said = refused(table.file, out.getvalue().encode())
    assert before or any(one.startswith(f"{table.file}, row {at + 2}, {column}: ") for one in said), said
    assert not any("anary" in one for one in said)


@given(st.data())
def test_whatever_is_cut_out_of_a_file_it_is_taken_or_refused_and_never_a_fault(data: st.DataObject) -> None:
    content = bytearray(whole() if data.draw(st.booleans()) else writing.package(read("s.json", whole()).rows))
    start = data.draw(st.integers(0, len(content) - 1))
    content[start : start + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=8))
    try:
        read("s.json", bytes(content))
    except Damaged as no:
        assert no.problems and all(one.words for one in no.problems)


def test_a_package_that_grows_beyond_measure_is_not_unpacked() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("services.csv", b"0" * (101 * 1024 * 1024))
    assert refused("x.zip", made.getvalue()) == ["the file: It is too large once it is unpacked."]


def test_every_nested_element_of_the_specification_has_its_table() -> None:
    """What hangs on what, as the schemas of version 3.1 say it; what is written of a directory without it is 3.0."""
    assert set(nested("service")) == {
        "phones", "schedules", "service_areas", "service_at_locations", "languages", "organization", "funding",
        "cost_options", "program", "required_documents", "contacts", "attributes", "metadata", "additional_urls",
        "capacities",
    }  # fmt: skip
    assert set(nested("location")) == {
        "languages", "addresses", "contacts", "accessibility", "phones", "schedules", "attributes", "metadata",
    }  # fmt: skip
    assert set(nested("taxonomy")) == {"metadata"} and set(nested("metadata")) == set()
    assert sum(len(one.columns) for one in filled(empty())) == 183 and len(filled(empty())) == 21
    assert sum(len(one.columns) for one in TABLES) == 183 + 2 + 5 + 5 + 7 and len(TABLES) == 24
    described = json.loads(writing.description(empty()))
    assert described["version"] == "3.0.0"
    assert [one["path"] for one in described["resources"]] == [one.file for one in filled(empty())]


LATER = {
    "additional_urls": [{"id": str(UUID(int=21)), "label": "Ask here", "url": "https://example.org/ask"}],
    "capacities": [{
        "id": str(UUID(int=22)), "available": 3, "maximum": 8, "updated": "2026-03-15T10:30:45Z",
        "unit": {"id": str(UUID(int=23)), "name": "Beds", "uri": "https://example.org/bed"},
    }],
}  # fmt: skip


def test_what_came_with_version_3_1_is_kept_and_leaves_as_it_came() -> None:
    said: dict[str, Any] = json.loads(whole(**LATER))
    said["organization"]["additional_websites"] = [{"id": str(UUID(int=24)), "url": "https://example.org"}]
    said["service_at_locations"][0]["service_areas"] = [{"id": str(UUID(int=25)), "name": "Alder"}]
    said["attributes"][0]["label"] = "What it is"
    read_in = read("s.json", json.dumps(said).encode())
    made = read_in.rows
    assert not read_in.left_out and [len(made[one]) for one in ("url", "unit", "service_capacity")] == [2, 1, 1]
    assert next(iter(made["service_area"].values()))["service_at_location_id"] == said["service_at_locations"][0]["id"]
    for file in (writing.package(made), writing.tabular(made).encode()):
        assert read("x", file).rows == made
    back = json.loads(writing.api(made))["contents"][0]
    assert back["capacities"] == LATER["capacities"] and back["additional_urls"] == LATER["additional_urls"]
    assert json.loads(writing.description(made))["version"] == "3.1.0"
    wrong = LATER["capacities"][0] | {"available": "three"}
    assert "the file, service, capacities 1, available: Write a number." in refused("s.json", whole(capacities=[wrong]))
    assert refused("url.csv", f"id,url\n{UUID(int=1)},nowhere\n".encode())[0].startswith("url.csv, row 2, url: ")
