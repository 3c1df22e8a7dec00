"""Finding a service: what a directory says of each, put together once, and asked in memory. Pure.

Distance is as the crow flies between coordinates of public locations; the centre of a town or postal code is the middle
of the public locations that the directory has there. A service without a public place is never near or far: whatever
distance is asked, it stands after the others, so that a search tells nothing of where a confidential place is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from mdt.operations.services import terms
from mdt.operations.services.hsds.tables import Directory, Row
from mdt.operations.services.settling import confidential
from mdt.sharing.provision import Provision

EARTH_MILES = 3958.8
ON_PAGE = 20
NEAR = 25
"""Miles that are near, where nothing else is said."""
WORDS_IN = (
    "name",
    "alternate_name",
    "description",
    "eligibility_description",
    "application_process",
    "fees_description",
)
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """A public place of a service."""

    town: str
    code: str
    lines: str
    point: Point | None
    accessible: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One service, as it can be found. `gate`: it has a place that is confidential."""

    id: str
    name: str
    organization: str
    organization_id: str
    row: Row
    tags: frozenset[str]
    marks: frozenset[str]
    genders: frozenset[str]
    languages: tuple[str, ...]
    waiting: int | None
    places: tuple[Place, ...]
    areas: tuple[str, ...]
    phones: tuple[str, ...]
    hours: tuple[str, ...]
    costs: tuple[str, ...]
    gate: bool
    words: str

    @property
    def ages(self) -> tuple[float, float]:
        return float(self.row.get("minimum_age", 0)), float(self.row.get("maximum_age", 999))

    @property
    def ages_words(self) -> str:
        """13 to 21"""
        low, high = self.row.get("minimum_age"), self.row.get("maximum_age")
        if low is None and high is None:
            return ""
        return f"{low} to {high}" if low and high else f"from {low}" if low else f"up to {high}"

    @property
    def towns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.town for one in self.places if one.town))

    @property
    def mark_words(self) -> tuple[str, ...]:
        return tuple(one.name for one in terms.MARKS if one.code in self.marks)

    @property
    def open(self) -> bool:
        return self.row.get("status") == "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is looked for. Empty is whatever there is."""

    need: str = ""
    age: int | None = None
    gender: str = ""
    language: str = ""
    place: str = ""
    miles: int | None = None
    words: str = ""
    waiting: int | None = None
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A service that fits, and how far it is; None where that is not told."""

    entry: Entry
    miles: float | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of what fits."""

    found: tuple[Found, ...]
    total: int
    number: int
    unknown_place: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // ON_PAGE))


@dataclass(frozen=True)
class Index:
    """A directory, ready to be asked."""

    id: str | None
    entries: tuple[Entry, ...]
    directory: Directory = field(repr=False)

    @cached_property
    def by_id(self) -> Mapping[str, Entry]:
        return {one.id: one for one in self.entries}

    @cached_property
    def centres(self) -> Mapping[str, Point]:
        """The middle of each town and postal code, by its words."""
        held: dict[str, list[Point]] = {}
        for entry in self.entries:
            for place in entry.places:
                for key in {_key(place.town), _key(place.code)} - {""} if place.point else ():
                    held.setdefault(key, []).append(place.point)  # type: ignore[arg-type]
        return {key: _middle(points) for key, points in held.items()}

    @cached_property
    def places(self) -> frozenset[str]:
        known = (key for entry in self.entries for one in entry.places for key in (one.town, one.code))
        return frozenset(_key(one) for one in known if one)

    @cached_property
    def towns(self) -> tuple[str, ...]:
        return tuple(sorted({town for entry in self.entries for town in entry.towns}))

    @cached_property
    def languages(self) -> tuple[str, ...]:
        return tuple(sorted({one for entry in self.entries for one in entry.languages}))

    @cached_property
    def organizations(self) -> tuple[tuple[str, str], ...]:
        rows = self.directory["organization"].values()
        return tuple(sorted(((str(row["id"]), str(row["name"])) for row in rows), key=lambda one: one[1]))


def index(edition: str | None, directory: Directory) -> Index:
    """A directory, ready to be asked."""
    by = _Rows(directory)
    entries = sorted((_entry(row, by) for row in directory["service"].values()), key=lambda one: (one.name, one.id))
    return Index(edition, tuple(entries), directory)


def find(known: Index, wish: Wish, rules: Provision, page: int = 1) -> Page:
    """The services that fit, the nearest first; without a place, the shortest wait first."""
    centre, at = known.centres.get(_key(wish.place)), _key(wish.place)
    wanted = {one.casefold() for one in rules.needs[wish.need].terms} if wish.need in rules.needs else None
    words = [one for one in wish.words.casefold().split() if one]
    fits = [(entry, _miles(entry, centre)) for entry in known.entries if _fits(entry, wish, wanted, words)]
    near = [Found(entry, miles) for entry, miles in fits if not at or _is_near(entry, miles, at, wish.miles or NEAR)]
    near.sort(key=lambda one: _order(one, bool(centre)))
    start = (max(1, page) - 1) * ON_PAGE
    return Page(tuple(near[start : start + ON_PAGE]), len(near), max(1, page), bool(at) and at not in known.places)


def _fits(entry: Entry, wish: Wish, wanted: set[str] | None, words: Iterable[str]) -> bool:
    low, high = entry.ages
    return (
        entry.open
        and (wanted is None or bool(wanted & entry.tags))
        and (wish.age is None or low <= wish.age <= high)
        and (not wish.gender or not entry.genders or bool(entry.genders & {wish.gender, "all"}))
        and (not wish.language or wish.language.casefold() in {one.casefold() for one in entry.languages})
        and (wish.waiting is None or (entry.waiting is not None and entry.waiting <= wish.waiting))
        and set(wish.marks) <= entry.marks
        and all(one in entry.words for one in words)
    )


def _is_near(entry: Entry, miles: float | None, at: str, most: int) -> bool:
    """Whether it is where it is looked for. What has no public place may be anywhere."""
    if not entry.places or (miles is not None and miles <= most):
        return True
    return miles is None and any(at in (_key(one.town), _key(one.code)) for one in entry.places)


def _order(one: Found, by_distance: bool) -> tuple[bool, float, bool, int, str, str]:
    far = one.miles if one.miles is not None and by_distance else math.inf
    wait = one.entry.waiting
    return not one.entry.places and by_distance, far, wait is None, wait or 0, one.entry.name, one.entry.id


def _miles(entry: Entry, centre: Point | None) -> float | None:
    points = [one.point for one in entry.places if one.point]
    return min(distance(centre, one) for one in points) if centre and points else None


def distance(one: Point, other: Point) -> float:
    """Miles as the crow flies between two points, in degrees of latitude and longitude."""
    (lat, lon), (to_lat, to_lon) = (map(math.radians, point) for point in (one, other))
    bent = math.sin((to_lat - lat) / 2) ** 2 + math.cos(lat) * math.cos(to_lat) * math.sin((to_lon - lon) / 2) ** 2
    return 2 * EARTH_MILES * math.asin(math.sqrt(min(1.0, bent)))


def _middle(points: list[Point]) -> Point:
    return sum(one for one, _ in points) / len(points), sum(one for _, one in points) / len(points)


def _key(words: str) -> str:
    return " ".join(words.casefold().split())


class _Rows:
    """The rows of a directory by what they hang on."""

    def __init__(self, directory: Directory) -> None:
        self.directory, self.closed, self.codes = directory, confidential(directory), terms.codes(directory)
        self.at = self._by("service_at_location", "service_id")
        self.addresses = self._by("address", "location_id")
        self.attributes = self._by("attribute", "link_id")
        self.accessible = self._by("accessibility", "location_id")
        self.held = {
            (table, column): self._by(table, column)
            for table, columns in {
                "phone": ("service_id", "organization_id", "service_at_location_id", "location_id"),
                "language": ("service_id", "location_id"),
                "schedule": ("service_id", "location_id", "service_at_location_id"),
                "service_area": ("service_id",), "cost_option": ("service_id",),
            }.items()
            for column in columns
        }  # fmt: skip

    def _by(self, table: str, column: str) -> dict[str, list[Row]]:
        made: dict[str, list[Row]] = {}
        for row in self.directory[table].values():
            if column in row:
                made.setdefault(str(row[column]), []).append(row)
        return made

    def of(self, table: str, column: str, ids: Iterable[str]) -> list[Row]:
        return [row for one in ids for row in self.held[table, column].get(one, ())]


def _entry(row: Row, by: _Rows) -> Entry:
    service, organization = str(row["id"]), str(row["organization_id"])
    at = by.at.get(service, [])
    here, locations = [str(one["id"]) for one in at], [str(one["location_id"]) for one in at]
    public = [one for one in locations if one not in by.closed]
    attributes = [a for one in (service, organization, *here, *locations) for a in by.attributes.get(one, ())]
    marks = _marks(attributes, by)
    rows = by.directory["organization"]
    phones = [*by.of("phone", "service_id", [service]), *by.of("phone", "service_at_location_id", here)]
    phones = phones or by.of("phone", "location_id", public) or by.of("phone", "organization_id", [organization])
    hours = [*by.of("schedule", "service_id", [service]), *by.of("schedule", "service_at_location_id", here)]
    hours = hours or by.of("schedule", "location_id", public)
    languages = [*by.of("language", "service_id", [service]), *by.of("language", "location_id", public)]
    areas = [str(one["name"]) for one in by.of("service_area", "service_id", [service]) if "name" in one]
    name = str(rows.get(organization, {}).get("name", ""))
    said = [str(row[one]) for one in WORDS_IN if one in row]
    return Entry(
        id=service, name=str(row["name"]), organization=name, organization_id=organization, row=row,
        tags=_tags(attributes, by), marks=frozenset(marks),
        genders=frozenset(one for one in (marks.get(terms.GENDER.code, ""),) if one),
        languages=tuple(dict.fromkeys(str(one.get("name") or one.get("code") or "") for one in languages)),
        waiting=int(marks[terms.WAITING.code]) if terms.WAITING.code in marks else None,
        places=tuple(_place(by, one) for one in public if _is_somewhere(by, one)), areas=tuple(areas),
        phones=tuple(dict.fromkeys(_phone(one) for one in phones)),
        hours=tuple(dict.fromkeys(filter(None, map(_hours, hours)))),
        costs=tuple(filter(None, map(_cost, by.of("cost_option", "service_id", [service])))),
        gate=len(public) < len(locations), words=" ".join([name, *said, *areas]).casefold(),
    )  # fmt: skip


def _marks(attributes: list[Row], by: _Rows) -> dict[str, str]:
    """Our marks on a service, with what stands beside them; the nearest to the service counts."""
    found: dict[str, str] = {}
    for one in attributes:
        term = by.codes.get(str(one["taxonomy_term_id"]))
        if term and term.code not in found:
            found[term.code] = str(one.get("value", "yes")) if terms.holds(one) or term.value else ""
    return {code: value for code, value in found.items() if value}


def _tags(attributes: list[Row], by: _Rows) -> frozenset[str]:
    """The terms on a service and the terms above them, by code and by name."""
    rows, found = by.directory["taxonomy_term"], set[str]()
    for one in attributes:
        term, seen = rows.get(str(one["taxonomy_term_id"])), set[str]()
        while term and terms.holds(one) and term["id"] not in seen:
            seen.add(str(term["id"]))
            found |= {str(term[name]).casefold() for name in ("code", "name") if name in term}
            term = rows.get(str(term.get("parent_id", "")))
    return frozenset(found)


def _is_somewhere(by: _Rows, location: str) -> bool:
    row = by.directory["location"].get(location, {})
    return bool(by.addresses.get(location)) or ("latitude" in row and "longitude" in row)


def _place(by: _Rows, location: str) -> Place:
    row, addresses = by.directory["location"][location], by.addresses.get(location, [])
    there = next((one for one in addresses if one["address_type"] == "physical"), addresses[0] if addresses else {})
    point = (float(row["latitude"]), float(row["longitude"])) if "latitude" in row and "longitude" in row else None
    sound = point if point and abs(point[0]) <= 90 and abs(point[1]) <= 180 else None
    lines = [str(there[name]) for name in ("address_1", "address_2", "city", "postal_code") if name in there]
    accessible = tuple(str(one["description"]) for one in by.accessible.get(location, ()) if "description" in one)
    return Place(str(there.get("city", "")), str(there.get("postal_code", "")), ", ".join(lines), sound, accessible)


def _phone(row: Row) -> str:
    more = f", extension {row['extension']}" if "extension" in row else ""
    return f"{row['number']}{more}"


def _hours(row: Row) -> str:
    if "description" in row:
        return str(row["description"])
    days = f"{row['byday']} " if "byday" in row else ""
    return (
        f"{days}{str(row['opens_at'])[:5]} to {str(row['closes_at'])[:5]}"
        if {"opens_at", "closes_at"} <= row.keys()
        else ""
    )


def _cost(row: Row) -> str:
    parts = (row.get("option"), row.get("amount"), row.get("currency"), row.get("amount_description"))
    return " ".join(str(one) for one in parts if one is not None)


__all__ = ["ON_PAGE", "Entry", "Found", "Index", "Page", "Place", "Wish", "distance", "find", "index"]
