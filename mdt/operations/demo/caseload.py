"""Invented caseloads, to try the import with. The same seed gives the same file, byte for byte.

Nobody in them is real. They are as uneven as real exports: brothers and sisters who share an
address, names with accents and apostrophes, cells with commas, quotes and line breaks, days written
in two ways, and what looks like a formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from mdt.operations.importing.columns import NAMES, Record

TODAY = date(2025, 6, 1)
"""Nothing in an invented caseload lies after this day, so that it can always be imported."""
FIRST = (
    "Rowan",
    "Avery",
    "Juniper",
    "Malik",
    "Siobhán",
    "Zoë",
    "Thandiwe",
    "Noé",
    "Ximena",
    "Kai",
    "Amélie",
    "Mateo",
    "Priya",
    "Dakota",
    "Łucja",
    "Tala",
    "Søren",
    "Nayeli",
    "Ezra",
    "Imogen",
    "Jamal",
    "Quỳnh",
    "River",
    "Saoirse",
    "Tadeo",
    "Umi",
    "Víctor",
    "Wilhelmina",
    "Yara",
    "Ángel",
    "Billie",
    "Căta",
    "Devi",
    "Eliška",
)
MIDDLE = ("", "", "", "Elise", "James", "Rae", "Lee", "de la Luz", "Marie-Claire", "T.")
LAST = (
    "Ashby",
    "Okonkwo",
    "O’Dell",
    "Nuñez",
    "Van der Berg",
    "Whitehorse",
    "Müller",
    "Castellanos Ríos",
    "Park",
    "Thibodeaux",
    "D'Angelo",
    "Baptiste",
    "St. John",
    "Yellowtail",
    "Hawkins",
    "Nguyễn",
    "Kowalczyk",
    "Reyes",
    "Fairweather",
    "Iverson",
)
SEX = ("female", "female", "male", "X", "unknown", "F", "M")
HERITAGE = (
    "Black; English",
    "White; English",
    "Hispanic; Spanish, some English",
    "Diné (Navajo Nation)",
    "Two or more; English",
    "Vietnamese; Vietnamese",
    "",
    "",
)
WORKERS = (
    ("Casey Lindqvist", "casey@cedar.example"),
    ("Dee Moreno", "dee@cedar.example"),
    ("Dana Okafor", "dana.okafor"),
    ("Miguel Santoro", "miguel.santoro"),
    ("Ada Thornton", ""),
)
SCHOOLS = ("Alder High", "Mill Road Middle", "Fenwick Academy", "Cedar Online School", "")
PLACES = (
    "Birch house",
    "Maple house, upper floor",
    "Kin: grandmother",
    "Kin: aunt and uncle",
    "Foster home",
    'Group home "The Landing"',
    "Juniper shelter",
    "Hospital, ward 4",
)
STREETS = ("Birch Street", "Mill Road", "Old Quarry Lane", "Saint Anne’s Way", "County Road 12", "Harbor View")
TOWNS = ("Alder", "Fenwick", "Cedar Falls", "Mill Creek")
ZONES = ("Alder East", "Alder West", "Fenwick", "")
ACCESS = (
    "",
    "",
    "Ring twice, then wait",
    "Ask for the night lead,\nsay you are expected",
    '=HYPERLINK("no","link")',
    "+1 entry code with staff",
)
SEEN = ("Bus stop at Mill Road", "School gate, after last bell", "Left by the back door", "Alder mall, food court")
CLOTHING = ("Grey hoodie, white sneakers", "School uniform", "", "Red jacket; black jeans")
DANGER = ("", "Has asthma; the inhaler is here", "Was messaging somebody older", "Is not used to the cold")


def lines(*, youth: int, seed: int) -> Iterator[str]:
    """The lines of a CSV file with this many young people, header first, each with its line break."""
    chance = Random(seed)
    yield _line(dict(zip(NAMES, NAMES, strict=True)))
    number = 0
    while number < youth:
        family = _family(chance)
        for _ in range(min(family["size"], youth - number)):
            number += 1
            yield from map(_line, _rows(chance, f"CC-{100000 + number}", family))


def _line(row: dict[str, str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([row.get(name, "") for name in NAMES])
    return out.getvalue()


def _family(chance: Random) -> dict[str, Any]:
    """Who shares a last name, an address and a worker: one young person, or a few."""
    return {
        "size": chance.choice((1, 1, 1, 1, 2, 3)),
        "last": chance.choice(LAST),
        "worker": chance.choice(WORKERS),
        "address": f"{chance.randint(1, 990)} {chance.choice(STREETS)}, {chance.choice(TOWNS)}",
        "opened": TODAY - timedelta(days=chance.randint(3, 1500)),
    }


def _rows(chance: Random, ref: str, family: dict[str, Any]) -> Iterator[dict[str, str]]:
    opened: date = family["opened"]
    yield _youth(chance, ref, family, opened)
    yield from _placements(chance, ref, family, opened)
    yield from _episodes(chance, ref, opened)


def _youth(chance: Random, ref: str, family: dict[str, Any], opened: date) -> dict[str, str]:
    first, middle = chance.choice(FIRST), chance.choice(MIDDLE)
    worker, login = family["worker"]
    received = opened - timedelta(days=chance.randint(0, 4))
    return {
        "record": Record.YOUTH,
        "youth_id": ref,
        "legal_name": " ".join(filter(None, (first, middle, family["last"]))),
        "name_in_use": chance.choice((first, first, chance.choice(FIRST), "")),
        "date_of_birth": _day(chance, date(2008, 12, 1) + timedelta(days=chance.randint(0, 3000))),
        "legal_sex": chance.choice(SEX),
        "race_language_tribe": chance.choice(HERITAGE),
        "case_numbers": f"JV-{opened.year}-{chance.randint(1, 9999):04}{chance.choice(('', '; ED-51', '; ED-7720'))}",
        "assigned_worker": worker,
        "worker_login": login,
        "school_contact": chance.choice(SCHOOLS),
        "case_opened": _day(chance, opened),
        "report_received": chance.choice(("", _day(chance, received))),
        "custody": chance.choice(("agency", "agency", "agency", "parent", "guardian", "")),
    }


def _placements(chance: Random, ref: str, family: dict[str, Any], opened: date) -> Iterator[dict[str, str]]:
    start = opened
    for number in range(chance.choice((0, 1, 1, 1, 2, 2, 3))):
        end = start + timedelta(days=chance.randint(5, 400))
        lasting = end > TODAY
        yield {
            "record": Record.PLACEMENT,
            "youth_id": ref,
            "record_id": f"PL-{ref[3:]}-{number + 1}",
            "start": _day(chance, start),
            "end": "" if lasting else _day(chance, end),
            "placement_name": chance.choice(PLACES),
            "address": family["address"]
            if chance.random() < 0.5
            else f"{chance.randint(1, 990)} {chance.choice(STREETS)}, {chance.choice(TOWNS)}",
            "access_notes": chance.choice(ACCESS),
            "zone": chance.choice(ZONES),
        }
        if lasting:
            return
        start = end


def _episodes(chance: Random, ref: str, opened: date) -> Iterator[dict[str, str]]:
    at = datetime.combine(opened, datetime.min.time())
    for number in range(chance.choice((0, 0, 0, 0, 0, 0, 0, 1, 1, 2))):
        at += timedelta(hours=chance.randint(40, 4000), minutes=chance.randint(0, 59))
        if at.date() >= TODAY:
            return
        back = at + timedelta(hours=chance.randint(3, 200))
        yield {
            "record": Record.MISSING,
            "youth_id": ref,
            "record_id": f"ME-{ref[3:]}-{number + 1}",
            "start": _time(chance, at),
            "end": _time(chance, back) if back.date() < TODAY else "",
            "last_seen": chance.choice(SEEN),
            "clothing": chance.choice(CLOTHING),
            "endangerment": chance.choice(DANGER),
        }
        at = back


def _day(chance: Random, day: date) -> str:
    return day.isoformat() if chance.random() < 0.8 else f"{day.month}/{day.day}/{day.year}"


def _time(chance: Random, at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if chance.random() < 0.8 else f"{at.month}/{at.day}/{at.year} {at:%I:%M %p}"
