"""From a file to a directory: put together with what is in force, the places that are confidential closed, every
link followed, and said what changes. Pure; nothing of it is in force yet.

Of a confidential place a directory has a front gate: that it is, whose, and how to ask. Its street, its coordinates,
its hours and who works there are taken out before anything is kept, and a file that repeats them elsewhere is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from uuid import uuid5

from mdt.operations.services import terms
from mdt.operations.services.hsds.problems import Damaged, Problem
from mdt.operations.services.hsds.reading import Reading
from mdt.operations.services.hsds.tables import BY_NAME, Directory, Row, empty, links
from mdt.operations.services.hsds.writing import element, of

FRONT_GATE = ("id", "organization_id", "location_type", "name")
"""What the directory keeps of a confidential location."""
IN_FORCE = "the directory in force"
SHOWN = 40
"""Names of services that a preview lists of each kind."""
BLANK = re.compile(r"[\W_]+")
BOXES = ("po box", "p o box", "post office box")
LEAST = 5
"""Signs of a street address from which on a repetition is looked for."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a file would change: services by name, and how many rows of the rest."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    rows: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)

    @property
    def none(self) -> bool:
        return not self.rows


@dataclass(frozen=True, slots=True)
class Settled:
    """A directory that can be put in force, what it changes, and what one should know before."""

    directory: Directory
    changes: Changes
    notes: tuple[str, ...]


def settle(reading: Reading, before: Directory, *, whole: bool) -> Settled:
    """The directory that a file makes of the one in force. `whole`: it is all of it, and what it does not have goes;
    else it adds and changes, and an empty cell changes nothing. Damaged if it cannot stand."""
    made = _put_together(reading, before, whole=whole)
    notes = [f"Left out, since the specification does not have it: {one}." for one in reading.left_out]
    closed = _keep_closed(made, before)
    notes += _close(made, reading, closed)
    _check_links(made, reading, notes)
    _check_sense(made, reading, notes)
    return Settled(made, changes(before, made), tuple(notes))


def _put_together(reading: Reading, before: Directory, *, whole: bool) -> Directory:
    made = empty() if whole else deepcopy(before)
    for table, rows in reading.rows.items():
        for row_id, row in rows.items():
            made[table][row_id] = made[table].get(row_id, {}) | row
    known = {term.code for term in terms.codes(made).values()}
    for table, row in terms.declared():
        if table == "taxonomy" or row["code"] not in known:
            made[table].setdefault(str(row["id"]), row)
    return made


def confidential(directory: Directory, *, said: bool = True) -> set[str]:
    """The locations that are marked as confidential, themselves or by what is there; `said` False: that are marked as
    no longer so."""
    codes = terms.codes(directory)
    marked = {
        str(row["link_id"])
        for row in directory["attribute"].values()
        if codes.get(str(row["taxonomy_term_id"])) is terms.CONFIDENTIAL and terms.holds(row) is said
    }
    found = marked & directory["location"].keys()
    for one in directory["service_at_location"].values():
        service = directory["service"].get(str(one["service_id"]), {})
        if marked & {one["id"], one["service_id"], service.get("organization_id")}:
            found.add(str(one["location_id"]))
    found |= {str(one["id"]) for one in directory["location"].values() if one.get("organization_id") in marked}
    return found


def _keep_closed(made: Directory, before: Directory) -> set[str]:
    """The confidential locations of a new directory. What was confidential stays so until a file says that it is not:
    a county's feed knows nothing of our marks."""
    said, opened = confidential(made), confidential(made, said=False)
    kept = (confidential(before) & made["location"].keys()) - said - opened
    term = next(row_id for row_id, one in terms.codes(made).items() if one is terms.CONFIDENTIAL)
    for one in sorted(kept):
        row_id = str(uuid5(terms.SPACE, f"kept {one}"))
        made["attribute"][row_id] = {
            "id": row_id, "link_id": one, "link_entity": "location", "taxonomy_term_id": term, "value": "yes",
        }  # fmt: skip
    return said | kept


def _close(made: Directory, reading: Reading, closed: set[str]) -> Iterator[str]:
    """Take out of a directory where the closed locations are, and refuse it if it says so elsewhere."""
    if not closed:
        return
    here = {row_id for row_id, row in made["service_at_location"].items() if row["location_id"] in closed}
    only_here = _only_at(made, closed)
    secret, points, dropped, gone = set[str](), set[tuple[float, float]](), 0, set[str]()
    for row in [one for one in made["address"].values() if one.get("location_id") in closed]:
        street = _bare(row.get("address_1"))
        secret |= {street} if not street.startswith(BOXES) else set()
        gone.add(str(row["id"]))
        dropped += _drop(made, "address", row)
    for location in closed:
        row = made["location"].get(location, {})
        if "latitude" in row and "longitude" in row:
            points.add(_point(row))
        dropped += len(row.keys() - set(FRONT_GATE))
        if row:
            made["location"][location] = {name: row[name] for name in FRONT_GATE if name in row}
    for table in ("schedule", "accessibility", "contact", "phone"):
        for row in list(made[table].values()):
            if _is_there(table, row, closed, here, only_here):
                gone.add(str(row["id"]))
                dropped += _drop(made, table, row)
    for row_id in here:
        dropped += made["service_at_location"][row_id].pop("description", None) is not None
    for table, column in (("phone", "contact_id"), ("language", "phone_id"), ("attribute", "link_id")):
        for row in [one for one in made[table].values() if one.get(column) in gone]:
            gone.add(str(row["id"]))
            dropped += _drop(made, table, row)
    told, kept = closed | here | gone, {row_id for rows in made.values() for row_id in rows}
    for row in [
        one for one in made["metadata"].values() if one["resource_id"] in told or one["resource_id"] not in kept
    ]:
        dropped += _drop(made, "metadata", row)
    _check_echoes(made, reading, {one for one in secret if len(one) >= LEAST}, points, closed)
    yield f"{len(closed)} confidential {'place has' if len(closed) == 1 else 'places have'} a front gate only."
    if dropped:
        yield f"{dropped} values that tell where they are, when they are open or who works there were left out."


def _drop(made: Directory, table: str, row: Row) -> int:
    del made[table][str(row["id"])]
    return 1


def _only_at(made: Directory, closed: set[str]) -> set[str]:
    """The services that are at closed locations and at no other."""
    at: dict[str, set[str]] = {}
    for one in made["service_at_location"].values():
        at.setdefault(str(one["service_id"]), set()).add(str(one["location_id"]))
    return {service for service, places in at.items() if places <= closed}


def _is_there(table: str, row: Row, closed: set[str], here: set[str], only_here: set[str]) -> bool:
    """Whether a row tells of a closed location: of its hours whatever does; of the rest what is nowhere else."""
    there = row.get("location_id") in closed or row.get("service_at_location_id") in here
    if table == "schedule":
        return there or row.get("service_id") in only_here
    return there and not (row.get("service_id") or row.get("organization_id"))


def _check_echoes(
    made: Directory, reading: Reading, secret: set[str], points: set[tuple[float, float]], closed: set[str]
) -> None:
    """Refuse a directory that repeats elsewhere where a closed location is; the place is said, and not what it says."""
    found: list[Problem] = []
    for table, rows in made.items():
        for row_id, row in rows.items():
            for name, value in row.items():
                if isinstance(value, str) and name != "id" and any(one in _bare(value) for one in secret):
                    found.append(_at(made, reading, table, row_id, name))
            if table == "location" and row_id not in closed and "latitude" in row and "longitude" in row:
                found += [_at(made, reading, table, row_id, "latitude")] if _point(row) in points else []
    if found:
        raise Damaged(*found)


def _at(made: Directory, reading: Reading, table: str, row_id: str, column: str) -> Problem:
    known = row_id in reading.rows[table]
    file, place = reading.place_of(table, row_id) if known else (IN_FORCE, BY_NAME[table].file)
    words = "It repeats where a confidential place is. Take it out here, and send the file again."
    return Problem(file, place, column, words)


def _bare(value: object) -> str:
    return BLANK.sub(" ", str(value or "").casefold()).strip()


def _point(row: Row) -> tuple[float, float]:
    return round(float(row["latitude"]), 3), round(float(row["longitude"]), 3)


def _check_links(made: Directory, reading: Reading, notes: list[str]) -> None:
    found, loose = list[Problem](), dict[str, int]()
    for table, row, column in links(made):
        if str(row[column.name]) in made[str(column.to)]:
            continue
        if column.must_lead:
            file, place = reading.place_of(table.name, str(row["id"]))
            found.append(Problem(file, place, column.name, f"There is no such {str(column.to).replace('_', ' ')}."))
        else:
            loose[f"{table.file}, {column.name}"] = loose.get(f"{table.file}, {column.name}", 0) + 1
    if found:
        raise Damaged(*found)
    notes += [f"{where}: {count} name something that is not in the directory." for where, count in loose.items()]


def _check_sense(made: Directory, reading: Reading, notes: list[str]) -> None:
    codes, found, far = terms.codes(made), list[Problem](), 0
    for row_id, row in made["service"].items():
        if float(row.get("minimum_age", 0)) > float(row.get("maximum_age", 999)):
            words = "It is more than the maximum_age beside it."
            found.append(Problem(*reading.place_of("service", row_id), "minimum_age", words))
    for row_id, row in made["attribute"].items():
        term, value = codes.get(str(row["taxonomy_term_id"])), str(row.get("value", ""))
        if (term is terms.WAITING and not (value.isascii() and value.isdigit() and len(value) < 5)) or (
            term is terms.GENDER and value not in terms.GENDERS
        ):
            found.append(Problem(*reading.place_of("attribute", row_id), "value", f"Write {term.value}."))
    if found:
        raise Damaged(*found)
    for row in made["location"].values():
        far += abs(float(row.get("latitude", 0))) > 90 or abs(float(row.get("longitude", 0))) > 180
    if far:
        notes.append(f"{far} locations have coordinates that are nowhere; distances to them are not told.")


def changes(before: Directory, after: Directory) -> Changes:
    """What is new, changed and gone between two directories."""
    old, new = before["service"], after["service"]
    was, now_is = of(before), of(after)
    both = [one for one in new if one in old]
    other = [one for one in both if element("service", old[one], was) != element("service", new[one], now_is)]
    rows = {name: _counts(before[name], after[name]) for name in after}
    return Changes(
        _names(new, [one for one in new if one not in old]), _names(new, other),
        _names(old, [one for one in old if one not in new]), {name: one for name, one in rows.items() if any(one)},
    )  # fmt: skip


def _counts(old: dict[str, Row], new: dict[str, Row]) -> tuple[int, int, int]:
    both = old.keys() & new.keys()
    return len(new.keys() - old.keys()), sum(old[one] != new[one] for one in both), len(old.keys() - new.keys())


def _names(rows: dict[str, Row], ids: list[str]) -> tuple[str, ...]:
    return tuple(sorted(str(rows[one]["name"]) for one in ids))


__all__ = ["FRONT_GATE", "SHOWN", "Changes", "Settled", "changes", "confidential", "settle"]
