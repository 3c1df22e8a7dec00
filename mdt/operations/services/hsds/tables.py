"""The tables of HSDS 3 and what nests in what, each declared once; reading, writing and checking grow from it.

A column is written `name:kind`, with `!` where every row has it, `>table` where it refers to a row of another, and `+`
before it where version 3.0 does not have it yet and 3.1 does. What is of 3.1 is taken in and kept, and leaves only
where there is something of it: a directory without it is written as 3.0 has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

Value = str | int | float
Row = dict[str, Value]
Directory = dict[str, dict[str, Row]]
"""Rows by identifier, by table."""
DAYS = "MO|TU|WE|TH|FR|SA|SU"
PLACES = "physical|postal|virtual"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `kind`: text, uuid, number, date, moment, time, email, uri, or words that it is one of. `later`: it
    came with version 3.1."""

    name: str
    kind: str
    required: bool
    to: str | None
    later: bool = False

    @property
    def one_of(self) -> tuple[str, ...]:
        return tuple(self.kind.replace("_", " ").split("|")) if "|" in self.kind else ()

    @property
    def must_lead(self) -> bool:
        """Whether what it refers to has to be there: without it the row says nothing."""
        return self.required and self.to is not None


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what it is called in a package, and its columns in the order of the specification. `later`: it came
    with version 3.1."""

    name: str
    file: str
    columns: tuple[Column, ...]
    later: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.columns)

    def column(self, name: str) -> Column | None:
        return next((one for one in self.columns if one.name == name), None)


def _column(said: str) -> Column:
    said, _, to = said.partition(">")
    required, said = said.endswith("!"), said.removesuffix("!")
    name, _, kind = said.removeprefix("+").partition(":")
    return Column(name, kind or ("uuid" if to or name == "id" else "text"), required, to or None, said.startswith("+"))


def _table(name: str, file: str, columns: str, *, later: bool = False) -> Table:
    return Table(name, f"{file}.csv", tuple(map(_column, f"id! {columns}".split())), later)


TABLES = (
    _table(
        "organization", "organizations",
        "name! alternate_name description! email:email website:uri tax_status tax_id year_incorporated:number "
        "legal_status logo uri:uri parent_organization_id:uuid>organization",
    ),
    _table("program", "programs", "organization_id!>organization name! alternate_name description!"),
    _table(
        "service", "services",
        "organization_id!>organization program_id>program name! alternate_name description url:uri email:email "
        "status:active|inactive|defunct|temporarily_closed! interpretation_services application_process "
        "fees_description wait_time fees accreditations eligibility_description minimum_age:number maximum_age:number "
        "assured_date:date assurer_email:email licenses alert last_modified:moment",
    ),
    _table(
        "attribute", "attributes", "link_id:uuid! taxonomy_term_id!>taxonomy_term link_type link_entity! value +label",
    ),
    _table("service_at_location", "service_at_location", "service_id!>service location_id!>location description"),
    _table(
        "location", "locations",
        f"location_type:{PLACES}! url:uri organization_id>organization name alternate_name description transportation "
        "latitude:number longitude:number external_identifier external_identifier_type",
    ),
    _table(
        "phone", "phones",
        "location_id>location service_id>service organization_id>organization contact_id>contact "
        "service_at_location_id>service_at_location number! extension:number type description",
    ),
    _table(
        "contact", "contacts",
        "organization_id>organization service_id>service service_at_location_id>service_at_location "
        "location_id>location name title department email:email",
    ),
    _table(
        "address", "addresses",
        "location_id>location attention address_1! address_2 city! region state_province! postal_code! country! "
        f"address_type:{PLACES}!",
    ),
    _table(
        "schedule", "schedules",
        "service_id>service location_id>location service_at_location_id>service_at_location valid_from:date "
        f"valid_to:date dtstart:date timezone:number until:date count:number wkst:{DAYS} freq:WEEKLY|MONTHLY "
        "interval:number byday byweekno bymonthday byyearday description opens_at:time closes_at:time "
        "schedule_link:uri attending_type notes",
    ),
    _table("funding", "funding", "organization_id>organization service_id>service source"),
    _table(
        "service_area", "service_areas",
        "service_id>service name description extent extent_type uri +service_at_location_id>service_at_location",
    ),
    _table("required_document", "required_documents", "service_id>service document uri:uri"),
    _table("language", "languages", "service_id>service location_id>location phone_id>phone name code note"),
    _table("accessibility", "accessibility", "location_id>location description details url:uri"),
    _table(
        "taxonomy_term", "taxonomy_terms",
        "code name! description! parent_id:uuid>taxonomy_term taxonomy language taxonomy_id>taxonomy term_uri:uri",
    ),
    _table(
        "metadata", "metadata",
        "resource_id:uuid! resource_type! last_action_date:date! last_action_type! field_name! previous_value! "
        "replacement_value! updated_by!",
    ),
    _table("meta_table_description", "meta_table_descriptions", "name language character_set"),
    _table(
        "cost_option", "cost_options",
        "service_id!>service valid_from:date valid_to:date option currency amount:number amount_description",
    ),
    _table(
        "organization_identifier", "organization_identifiers",
        "organization_id!>organization identifier_scheme identifier_type! identifier!",
    ),
    _table("taxonomy", "taxonomies", "name! description! uri:uri version"),
    _table("url", "url", "label url:uri! organization_id>organization service_id>service", later=True),
    _table("unit", "units", "name! scheme identifier uri:uri", later=True),
    _table(
        "service_capacity", "service_capacity",
        "service_id!>service unit_id!>unit available:number! maximum:number description updated:moment!", later=True,
    ),
)  # fmt: skip
BY_NAME = {one.name: one for one in TABLES}
BY_FILE = {one.file: one for one in TABLES}


@dataclass(frozen=True, slots=True)
class Nest:
    """What stands inside another element in the shape of the API. `column`: where the link is kept; `many`: a list, its
    link in the inner row; else one element, its link in the outer row."""

    key: str
    table: str
    column: str
    many: bool


def _many(outer: str, said: str) -> list[Nest]:
    pairs = (one.partition(":") for one in said.split())
    return [Nest(key, table, f"{outer}_id", True) for key, _, table in pairs]


def _one(key: str, table: str, column: str) -> Nest:
    return Nest(key, table, column, False)


CONTACTED = "contacts:contact phones:phone schedules:schedule"
NESTS: dict[str, list[Nest]] = {
    "organization": _many(
        "organization",
        "services:service funding:funding contacts:contact phones:phone locations:location programs:program "
        "organization_identifiers:organization_identifier additional_websites:url",
    ),
    "service": [
        *_many(
            "service",
            f"{CONTACTED} service_areas:service_area service_at_locations:service_at_location languages:language "
            "funding:funding cost_options:cost_option required_documents:required_document additional_urls:url "
            "capacities:service_capacity",
        ),
        _one("organization", "organization", "organization_id"), _one("program", "program", "program_id"),
    ],
    "location": _many("location", f"languages:language addresses:address accessibility:accessibility {CONTACTED}"),
    "service_at_location": [
        *_many("service_at_location", f"{CONTACTED} service_areas:service_area"),
        _one("location", "location", "location_id"), _one("service", "service", "service_id"),
    ],
    "contact": _many("contact", "phones:phone"),
    "phone": _many("phone", "languages:language"),
    "attribute": [_one("taxonomy_term", "taxonomy_term", "taxonomy_term_id")],
    "service_capacity": [_one("unit", "unit", "unit_id")],
    "taxonomy_term": [_one("taxonomy_detail", "taxonomy", "taxonomy_id")],
}  # fmt: skip
ATTRIBUTES = Nest("attributes", "attribute", "link_id", True)
METADATA = Nest("metadata", "metadata", "resource_id", True)
BARE = ("attribute", "taxonomy", "taxonomy_term", "metadata")
"""What no attribute hangs on."""


def nests(table: str) -> tuple[Nest, ...]:
    """What may stand inside an element of this table."""
    more = [ATTRIBUTES] if table not in BARE else []
    return (*NESTS.get(table, ()), *more, *([METADATA] if table != "metadata" else []))


def nested(table: str) -> dict[str, Nest]:
    return {one.key: one for one in nests(table)}


def filled(directory: Directory) -> tuple[Table, ...]:
    """The tables as this directory fills them: those of 3.0, and of 3.1 the tables and columns with something in
    them."""
    return tuple(
        replace(one, columns=tuple(column for column in one.columns if not column.later or _has(rows, column)))
        for one in TABLES
        if (rows := directory[one.name]) or not one.later
    )


def _has(rows: dict[str, Row], column: Column) -> bool:
    return any(column.name in row for row in rows.values())


def empty() -> Directory:
    return {one.name: {} for one in TABLES}


def links(directory: Directory) -> Iterator[tuple[Table, Row, Column]]:
    """Every link of every row that says one."""
    for table in TABLES:
        refer = [one for one in table.columns if one.to]
        for row in directory[table.name].values():
            yield from ((table, row, one) for one in refer if one.name in row)


def rows_of(directory: Any, table: str, column: str, value: str) -> list[Row]:
    return [row for row in directory[table].values() if row.get(column) == value]


__all__ = [
    "BY_FILE",
    "BY_NAME",
    "TABLES",
    "Column",
    "Directory",
    "Nest",
    "Row",
    "Table",
    "Value",
    "empty",
    "filled",
    "links",
    "nested",
    "nests",
    "rows_of",
]
