"""Changing one service of the directory, or a place of it, by hand. It goes the way of a file that brings this one row:
what is confidential is closed, what tells of it is refused, and the edition before is kept.

Of a place that is a front gate nobody is shown a street here, since none is kept. A street that is written down for one
serves to know it again if a file says it elsewhere, and is not kept either.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass

from mdt.models import new_id
from mdt.operations.access import Person
from mdt.operations.acts import Refused, not_there
from mdt.operations.services import directory, terms
from mdt.operations.services.hsds.problems import Damaged
from mdt.operations.services.hsds.reading import Reading
from mdt.operations.services.hsds.tables import BY_NAME, Directory, Row, rows_of
from mdt.operations.services.hsds.values import Unfit, from_cell, to_cell
from mdt.operations.services.settling import confidential
from mdt.operations.services.terms import Term

SERVICE = (
    "name", "alternate_name", "description", "status", "email", "url", "eligibility_description",
    "application_process", "fees_description", "minimum_age", "maximum_age", "alert",
)  # fmt: skip
"""What of a service's own row can be changed by hand."""
LOCATION = ("name", "transportation", "latitude", "longitude")
ADDRESS = ("address_1", "address_2", "city", "state_province", "postal_code")
NEEDED = ("address_1", "city", "state_province", "postal_code")
COUNTRY = "US"
VALUED = (terms.WAITING, terms.GENDER)
"""Marks that say more than yes."""


class Wrong(Refused):
    """What cannot stand, by field; under the empty name what is of no one field."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("This cannot be kept as it stands.", reason="wrong", code=422)
        self.fields = dict(fields)


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a service, for whoever keeps the directory. `gate`: it is confidential, and no street is here."""

    id: str
    words: str
    gate: bool


@dataclass(frozen=True, slots=True)
class Service:
    """One service as it stands: its fields as text, its marks by code, and its places."""

    id: str
    name: str
    organization: str
    fields: Mapping[str, str]
    marks: frozenset[str]
    places: tuple[Place, ...]


def service(service_id: str) -> Service:
    """A service of the directory in force; or as if there were none."""
    entry, known = directory.find(service_id), directory.in_force().directory
    row, fields = entry.row, {}
    fields = {name: to_cell(row.get(name)) for name in SERVICE}
    fields["phone"] = next((str(one["number"]) for one in rows_of(known, "phone", "service_id", service_id)), "")
    marks = {term.code: to_cell(one.get("value")) for term, one in _marks(known, service_id) if terms.holds(one)}
    fields |= {term.code: marks.get(term.code, "") for term in VALUED}
    closed = confidential(known)
    at = [str(one["location_id"]) for one in rows_of(known, "service_at_location", "service_id", service_id)]
    places = tuple(Place(one, _called(known, one), one in closed) for one in at if one in known["location"])
    return Service(service_id, entry.name, entry.organization, fields, frozenset(marks), places)


def place(service_id: str, place_id: str) -> dict[str, str]:
    """The fields of one of its places; of a front gate its name alone, if that is kept."""
    if place_id not in {one.id for one in service(service_id).places}:
        raise not_there()
    known = directory.in_force().directory
    row, address = known["location"][place_id], _address(known, place_id)
    return {name: to_cell(row.get(name)) for name in LOCATION} | {
        name: to_cell(address.get(name)) for name in ADDRESS
    }  # fmt: skip


def change(service_id: str, said: Mapping[str, str], marks: frozenset[str], *, by: Person) -> None:
    """Let a service say this from now on. `said`: by the names of its fields, all of them; an empty one is emptied.
    Raises Wrong by field, or where it would tell of a confidential place."""
    before = deepcopy(directory.in_force().directory)
    if service_id not in before["service"]:
        raise not_there()
    part, wrong = Reading(), dict[str, str]()
    row = _row("service", {name: said.get(name, "") for name in SERVICE}, wrong)
    number = _row("phone", {"number": said.get("phone", "")}, wrong, needed=False).get("number")
    _check_ages(row, wrong)
    if wrong:
        raise Wrong({("phone" if name == "number" else name): words for name, words in wrong.items()})
    held = before["service"][service_id]
    before["service"][service_id] = {name: value for name, value in held.items() if name not in SERVICE}
    _put(part, "service", {"id": service_id, **row})
    _ring(part, before, service_id, str(number or ""))
    for code, term in terms.BY_CODE.items():
        if term is not terms.CONFIDENTIAL:
            value = said.get(code, "").strip() if term in VALUED else "yes" if code in marks else ""
            _mark(part, before, service_id, term, value)
    _keep(part, before, by, service_id)


def change_place(
    service_id: str, place_id: str | None, said: Mapping[str, str], *, gate: bool, by: Person
) -> None:  # fmt: skip
    """Let one of its places be here from now on, or, without one, another place. `gate`: where it is, is not kept, and
    told to nobody. Raises Wrong as `change`."""
    known = service(service_id)
    if place_id is not None and place_id not in {one.id for one in known.places}:
        raise not_there()
    before, part, wrong = deepcopy(directory.in_force().directory), Reading(), dict[str, str]()
    row = _row("location", {name: said.get(name, "") for name in LOCATION}, wrong)
    address = {name: said.get(name, "").strip() for name in ADDRESS}
    if not gate:
        wrong |= {name: "Nothing stands here." for name in NEEDED if not address[name]}
    if any(name in row for name in ("latitude", "longitude")) and not {"latitude", "longitude"} <= row.keys():
        wrong["latitude"] = "Write both, or neither."
    filled = _row("address", address, wrong, needed=False)
    if not gate and place_id is not None and _is_shut_elsewhere(before, place_id, service_id):
        wrong["who"] = "Whoever runs it, or another service there, is marked as confidential. Change that first."
    if wrong:
        raise Wrong(wrong)
    one = place_id or new_id()
    held = before["location"].get(one, {})
    before["location"] |= {one: {name: value for name, value in held.items() if name not in LOCATION}} if held else {}
    _put(part, "location", {"id": one, "location_type": held.get("location_type", "physical")} | row)
    if place_id is None:
        _put(part, "service_at_location", {"id": new_id(), "service_id": service_id, "location_id": one})
    if filled and (not gate or "address_1" in filled):
        _house(part, before, one, filled)
    _say_who_may_know(part, before, one, known, gate=gate)
    _keep(part, before, by, service_id)


def _is_shut_elsewhere(before: Directory, place_id: str, service_id: str) -> bool:
    """Whether a place is confidential by what neither it nor this service is marked with."""
    at = rows_of(before, "service_at_location", "location_id", place_id)
    services = {str(row["service_id"]) for row in at}
    owned = [before["location"][place_id], *(before["service"].get(one, {}) for one in services)]
    owners = {str(row["organization_id"]) for row in owned if "organization_id" in row}
    around = {str(row["id"]) for row in at} | services - {service_id} | owners
    marks = [mark for one in around for mark in _marks(before, one)]
    return any(term is terms.CONFIDENTIAL and terms.holds(row) for term, row in marks)


def _say_who_may_know(part: Reading, before: Directory, one: str, known: Service, *, gate: bool) -> None:
    """Mark a place as confidential, or as no longer so. What is marked as a whole service is then marked place by
    place."""
    was = confidential(before)
    if gate or one in was or any(place.gate for place in known.places):
        _mark(part, before, one, terms.CONFIDENTIAL, "yes" if gate else "no", entity="location")
    if gate or one not in was:
        return
    for term, row in _marks(before, known.id):
        if term is terms.CONFIDENTIAL and terms.holds(row):
            _put(part, "attribute", row | {"value": "no"})
            for other in known.places:
                if other.id != one and other.gate:
                    _mark(part, before, other.id, term, "yes", entity="location")


def _keep(part: Reading, before: Directory, by: Person, service_id: str) -> None:
    try:
        directory.amend(part, before, by=by, service=service_id)
    except Damaged as no:
        raise Wrong({one.column if one.column in (*SERVICE, *LOCATION, *ADDRESS) else "": one.words
                     for one in no.problems}) from None  # fmt: skip


def _row(table: str, said: Mapping[str, str], wrong: dict[str, str], *, needed: bool = True) -> Row:
    """The values of a row, of those that say something; what is wrong with the others, by column."""
    row: Row = {}
    for name, cell in said.items():
        column = BY_NAME[table].column(name)
        assert column is not None
        try:
            value = from_cell(column, cell)
        except Unfit as no:
            wrong[name] = str(no)
            continue
        if value is not None:
            row[name] = value
        elif needed and column.required:
            wrong[name] = "Nothing stands here."
    return row


def _check_ages(row: Row, wrong: dict[str, str]) -> None:
    if float(row.get("minimum_age", 0)) > float(row.get("maximum_age", 999)):
        wrong["minimum_age"] = "It is more than the oldest age."


def _ring(part: Reading, before: Directory, service_id: str, number: str) -> None:
    """The number of the service itself."""
    held = next(iter(rows_of(before, "phone", "service_id", service_id)), None)
    if number:
        _put(part, "phone", (held or {"id": new_id(), "service_id": service_id}) | {"number": number})
    elif held:
        del before["phone"][str(held["id"])]


def _house(part: Reading, before: Directory, place_id: str, filled: Row) -> None:
    held = _address(before, place_id)
    if held:
        before["address"][str(held["id"])] = {name: value for name, value in held.items() if name not in ADDRESS}
    usual: Row = {
        "country": COUNTRY,
        "address_type": "physical",
        "city": "-",
        "state_province": "-",
        "postal_code": "-",
    }
    kept = {"id": held.get("id", new_id()), "location_id": place_id}
    _put(
        part,
        "address",
        usual | {name: held[name] for name in ("country", "address_type") if name in held} | kept | filled,
    )


def _address(known: Directory, place_id: str) -> Row:
    found = rows_of(known, "address", "location_id", place_id)
    return min(found, key=lambda one: one.get("address_type") != "physical", default={})


def _mark(
    part: Reading, before: Directory, link: str, term: Term, value: str, entity: str = "service"
) -> None:  # fmt: skip
    """Mark it so; without a value, take the mark away."""
    held = [row for known, row in _marks(before, link) if known is term]
    if value:
        made: Row = {"id": new_id(), "link_id": link, "link_entity": entity, "taxonomy_term_id": _term(before, term)}
        for row in held or [made]:
            _put(part, "attribute", row | {"value": value})
    else:
        for row in held:
            del before["attribute"][str(row["id"])]


def _term(known: Directory, term: Term) -> str:
    return next((row_id for row_id, one in terms.codes(known).items() if one is term), term.id)


def _marks(known: Directory, link: str) -> list[tuple[Term, Row]]:
    """Our marks on this, each with its row."""
    codes = terms.codes(known)
    rows = rows_of(known, "attribute", "link_id", link)
    return [(codes[term], row) for row in rows if (term := str(row["taxonomy_term_id"])) in codes]


def _called(known: Directory, place_id: str) -> str:
    """A place in a line: its street and town, or its name."""
    address = _address(known, place_id)
    lines = ", ".join(str(address[name]) for name in ("address_1", "city") if name in address)
    return lines or str(known["location"][place_id].get("name", "")) or "A place without an address"


def _put(part: Reading, table: str, row: Row) -> None:
    part.rows[table][str(row["id"])] = row


__all__ = [
    "ADDRESS",
    "LOCATION",
    "SERVICE",
    "VALUED",
    "Place",
    "Service",
    "Wrong",
    "change",
    "change_place",
    "place",
    "service",
]
