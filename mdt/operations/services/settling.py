"""From a file to a directory: put together with what is in force, the places that are confidential closed, every
link followed, and said what changes. Pure; nothing of it is in force yet.

Of a confidential place a directory has a front gate: that it is, whose, and how to ask. Its street, its coordinates,
its hours and who works there are taken out before anything is kept, and a file that repeats them elsewhere is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from uuid import uuid5

from mdt.operations.services import echoes, terms
from mdt.operations.services.echoes import Known, Mark, Told, bare
from mdt.operations.services.hsds.problems import Damaged, Problem
from mdt.operations.services.hsds.reading import Reading
from mdt.operations.services.hsds.tables import BY_NAME, Directory, Row, empty, links
from mdt.operations.services.hsds.writing import element, of

FRONT_GATE = ("id", "organization_id", "location_type", "name")
"""What the directory keeps of a confidential location; its name only where it is that of the service or of whose it
is: else it may be that of a house."""
OWN_NAMES = ("name", "alternate_name")
IN_FORCE = "the directory in force"
SHOWN = 40
"""Names of services that a preview lists of each kind."""
LEFT_OUT = "(left out)"
"""What stands in place of words that told where a closed place is, where something has to stand."""


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
    """A directory that can be put in force, what it changes, and what one should know before. `known`: by which marks
    what tells of its closed places is found again, though it is not in it."""

    directory: Directory
    changes: Changes
    notes: tuple[str, ...]
    known: Known = field(default_factory=dict)


def no_mark(_phrase: str) -> str:
    """Nothing is kept by which words would be found again."""
    return ""


def settle(
    reading: Reading, before: Directory, *, whole: bool, known: Known | None = None, mark: Mark = no_mark
) -> Settled:  # fmt: skip
    """The directory that a file makes of the one in force. `whole`: it is all of it, and what it does not have goes;
    else it adds and changes, and an empty cell changes nothing. `known` and `mark`: of the closed places of the one in
    force. Damaged if it cannot stand."""
    made = _put_together(reading, before, whole=whole)
    notes = [f"Left out, since the specification does not have it: {one}." for one in reading.left_out]
    closed = _keep_closed(made, before, notes, _again(made, before, known or {}, mark))
    told, points, dropped = _strip(made, closed)
    _check_echoes(made, reading, told, points, known or {}, mark)
    if closed:
        one, many = "place has", "places have"
        notes.append(f"{len(closed)} confidential {one if len(closed) == 1 else many} a front gate only.")
    if dropped:
        notes.append(f"{dropped} values that tell where they are, when they are open or who works there were left out.")
    _check_links(made, reading, notes)
    _check_sense(made, reading, notes)
    return Settled(made, changes(before, made), tuple(notes), _known(made, told, known or {}, mark))


def shut(past: Directory, now: Directory, known: Known, mark: Mark) -> bool:
    """Close in a directory of before, as it is kept, what is confidential now; whether anything had to be. What said
    elsewhere in it where that is, is taken out too."""
    closed = confidential(now) & past["location"].keys()
    told, points, dropped = _strip(past, closed)
    found = list(echoes.found(past, told, {one: _around(past, one) for one in closed}, known, mark))
    for table, row_id, name in found:
        column = BY_NAME[table].column(name)
        if column is None or not column.required:
            del past[table][row_id][name]
        else:
            past[table][row_id][name] = LEFT_OUT
    for row in past["location"].values():
        if "latitude" in row and "longitude" in row and _point(row) in points:
            del row["latitude"], row["longitude"]
            dropped += 1
    return bool(found or dropped)


def _known(made: Directory, told: Mapping[str, Told], known: Known, mark: Mark) -> Known:
    """The marks of the closed places, and of those that are not here now. What is open again has none."""
    gone = {one: marks for one, marks in known.items() if one not in made["location"]}
    found = gone | {one: known.get(one, frozenset()) | words.marked(mark) for one, words in told.items()}
    return {one: found[one] for one in sorted(found) if found[one]}


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


def _keep_closed(made: Directory, before: Directory, notes: list[str], again: set[str]) -> set[str]:
    """The confidential locations of a new directory. What was confidential stays so until a file says that it is not:
    a county's feed knows nothing of our marks. That holds too where it comes back after it was gone, and where it has
    another identifier now. `again`: new locations at a street where one is known to be."""
    _remember(made, before)
    said, opened = confidential(made), confidential(made, said=False)
    was = confidential(before)
    moved = (_moved(made, before, was) | again) - said - opened
    if moved:
        count = f"{len(moved)} new {'place is' if len(moved) == 1 else 'places are'}"
        notes.append(
            f"{count} taken as confidential, since a confidential place of the same service or organization was "
            "here before. If that is wrong, mark it: confidential, no."
        )
    kept = (was & made["location"].keys()) - said - opened | moved
    for one in sorted(kept | (was - made["location"].keys() - _said(made))):
        _mark(made, "location", one)
    for service in sorted(_only_at(before, was) - made["service"].keys() - _said(made)):
        _mark(made, "service", service)
    return said | kept


def _said(made: Directory) -> set[str]:
    """Of what a directory says whether it is confidential."""
    codes = terms.codes(made)
    rows = made["attribute"].values()
    return {str(row["link_id"]) for row in rows if codes.get(str(row["taxonomy_term_id"])) is terms.CONFIDENTIAL}


def _mark(made: Directory, entity: str, row_id: str) -> None:
    """Mark it as confidential by ourselves; also what is not here now, and may come back."""
    term = next(one for one, known in terms.codes(made).items() if known is terms.CONFIDENTIAL)
    own = str(uuid5(terms.SPACE, f"kept {row_id}"))
    made["attribute"][own] = {
        "id": own, "link_id": row_id, "link_entity": entity, "taxonomy_term_id": term, "value": "yes",
    }  # fmt: skip


def _remember(made: Directory, before: Directory) -> None:
    """Keep our own marks of what was gone already, unless a file says something of it now."""
    codes, said = terms.codes(before), _said(made)
    for row in before["attribute"].values():
        entity, row_id = str(row["link_entity"]), str(row["link_id"])
        ours = row["id"] == str(uuid5(terms.SPACE, f"kept {row_id}"))
        gone = entity in ("location", "service") and row_id not in before[entity] and row_id not in said
        if ours and gone and codes.get(str(row["taxonomy_term_id"])) is terms.CONFIDENTIAL:
            _mark(made, entity, row_id)


def _moved(made: Directory, before: Directory, was: set[str]) -> set[str]:
    """New locations that a confidential one has become, as far as one can know: of a service that was at confidential
    places only; or of whoever had one that is there no more."""
    new = made["location"].keys() - before["location"].keys()
    if not new or not was:
        return set()
    at_made, at_before = _at_places(made), _at_places(before)
    only = _only_at(before, was)
    gone = {one for one in was if at_before.get(one) and not at_made.get(one)}
    gone |= was - made["location"].keys()
    whose = {name for one in gone for name in _whose(before, one, at_before.get(one, set()))}
    return {
        one for one in new
        if at_made.get(one, set()) & only or whose & _whose(made, one, at_made.get(one, set()))
    }  # fmt: skip


def _again(made: Directory, before: Directory, known: Known, mark: Mark) -> set[str]:
    """New locations at the street of one that is, or was, confidential."""
    marks = {one for found in known.values() for one in found}
    new = made["location"].keys() - before["location"].keys() if marks else set[str]()
    streets = [row for row in made["address"].values() if row.get("location_id") in new]
    return {
        str(row["location_id"]) for row in streets
        if Told(echoes.of_street(row.get("address_1")).anywhere).marked(mark) & marks
    }  # fmt: skip


def _at_places(made: Directory) -> dict[str, set[str]]:
    """The services at each location."""
    found: dict[str, set[str]] = {}
    for one in made["service_at_location"].values():
        found.setdefault(str(one["location_id"]), set()).add(str(one["service_id"]))
    return found


def _whose(made: Directory, location: str, services: set[str]) -> set[str]:
    """By what the ones who are at a location are known: identifiers of services and organizations, and their names."""
    known = [made["service"][one] for one in services if one in made["service"]]
    owners = {
        str(one["organization_id"]) for one in (*known, made["location"].get(location, {})) if "organization_id" in one
    }
    names = {f"named {bare(made['organization'][one]['name'])}" for one in owners if one in made["organization"]}
    return services | owners | names


def _strip(made: Directory, closed: set[str]) -> tuple[dict[str, Told], set[tuple[float, float]], int]:
    """Take out of a directory where the closed locations are: what tells of each, their map points, and how many values
    were taken out."""
    here = {row_id for row_id, row in made["service_at_location"].items() if row["location_id"] in closed}
    only_here = _only_at(made, closed)
    points, dropped, gone = set[tuple[float, float]](), 0, set[str]()
    told = {one: Told() for one in closed}
    for row in [one for one in made["address"].values() if one.get("location_id") in closed]:
        told[str(row["location_id"])] |= echoes.of_street(row.get("address_1"))
        gone.add(str(row["id"]))
        dropped += _drop(made, "address", row)
    for location in sorted(closed):
        row = made["location"].get(location, {})
        if "latitude" in row and "longitude" in row:
            points.add(_point(row))
        gate = [name for name in FRONT_GATE if name in row and (name != "name" or _is_own(made, location))]
        told[location] |= echoes.of_name(row.get("name")) if "name" not in gate else Told()
        dropped += len(row.keys() - set(gate))
        if row:
            made["location"][location] = {name: row[name] for name in gate}
    for table in ("schedule", "accessibility", "contact", "phone", "service_area"):
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
    if closed:
        dropped += _strip_past(made, closed | here | gone)
    return told, points, dropped


def _strip_past(made: Directory, told: set[str]) -> int:
    """What is kept of earlier words of what was taken out goes with it."""
    kept = {row_id for rows in made.values() for row_id in rows}
    gone = [
        one for one in made["metadata"].values() if one["resource_id"] in told or one["resource_id"] not in kept
    ]  # fmt: skip
    return sum(_drop(made, "metadata", row) for row in gone)


def _is_own(made: Directory, location: str) -> bool:
    """Whether a location is called by the name of its service, or of whose it is: that is no name of a house."""
    named = echoes.plain(made["location"][location].get("name"))
    around = _around(made, location)
    owners = [
        row for table in ("organization", "service") for row_id, row in made[table].items()
        if {row_id, echoes.only(row_id)} & around
    ]  # fmt: skip
    return any(f" {named} " in f" {echoes.plain(row.get(name))} " for row in owners for name in OWN_NAMES)


def _around(made: Directory, location: str) -> set[str]:
    """What belongs to a location: it and the services there, with what hangs on them; and whose they are, alone."""
    at = [row for row in made["service_at_location"].values() if row["location_id"] == location]
    services = {str(row["service_id"]) for row in at}
    owners = {made["service"].get(one, {}).get("organization_id") for one in services}
    owners |= {made["service"].get(one, {}).get("program_id") for one in services}
    owners.add(made["location"].get(location, {}).get("organization_id"))
    return {location, *services, *(str(row["id"]) for row in at), *(echoes.only(str(one)) for one in owners if one)}


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
    made: Directory, reading: Reading, told: Mapping[str, Told], points: set[tuple[float, float]], known: Known,
    mark: Mark,
) -> None:  # fmt: skip
    """Refuse a directory that repeats elsewhere where a closed location is; the place is said, and not what it says."""
    near = {one: _around(made, one) for one in told}
    wrong = [_at(made, reading, *place) for place in echoes.found(made, told, near, known, mark)]
    for row_id, row in made["location"].items():
        if row_id not in told and "latitude" in row and "longitude" in row and _point(row) in points:
            wrong.append(_at(made, reading, "location", row_id, "latitude"))
    if wrong:
        raise Damaged(*wrong)


def _at(made: Directory, reading: Reading, table: str, row_id: str, column: str) -> Problem:
    known = row_id in reading.rows[table]
    file, place = reading.place_of(table, row_id) if known else (IN_FORCE, BY_NAME[table].file)
    words = "It repeats where a confidential place is. Take it out here, and send the file again."
    return Problem(file, place, column, words)


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


__all__ = ["FRONT_GATE", "SHOWN", "Changes", "Settled", "changes", "confidential", "no_mark", "settle", "shut"]
