"""Wren, fifteen: the case most of the county meets over."""

from __future__ import annotations

from mdt.models import Case
from mdt.operations.demo import people
from mdt.operations.demo.entries import Entry, Place, file_all, open_case, seat_all
from mdt.operations.demo.when import When
from mdt.operations.demo.wren import (
    health,
    justice,
    meetings,
    needs,
    papers,
    person,
    plan,
    safety,
    school,
)
from mdt.sharing.facts import Flag, Missing, Person, Youth
from mdt.sharing.vocabulary import Purpose

OPENED = 92
TEAM = (
    Place(who="casey", purpose=Purpose.PLAN, days=92),
    Place(who="dee", purpose=Purpose.PLAN, days=92),
    Place(who="tomas", purpose=Purpose.COURT, days=85, why="Appointed by the court for Wren."),
    Place(who="marcus", purpose=Purpose.INVESTIGATE, days=80, why="Police have the report too."),
    Place(who="ruth", purpose=Purpose.TREAT, days=79, why="Wren asked for the same nurse."),
    Place(who="imani", purpose=Purpose.EDUCATE, days=78, why="So that Wren can stay at school."),
    Place(who="sam", purpose=Purpose.CAREMGT, days=70, why="He sees her every week."),
    Place(who="lena", purpose=Purpose.SUPERVISE, days=66, why="Her old probation is nearly over."),
    Place(who="jo", purpose=Purpose.VICTIMSVC, days=45, why="Wren wants her in the room."),
    Place(who="marisol", purpose=Purpose.PLAN, days=88, why="Wren lives with her."),
    Place(who="wren", purpose=Purpose.PLAN, days=88, why="It is about her."),
    Place(who="delia", purpose=Purpose.VICTIMSVC, days=1, asked=True, why="If charges come."),
)


def tell(when: When) -> str:
    """Put Wren's case into the database, within an act; what was put there, in a sentence."""
    case = open_case("wren", when, _terms(when), reference="CW-24871")
    entries = _record(when)
    file_all(case, entries, when)
    seat_all(case, TEAM, when)
    needs.say_all(case, when)
    papers.sign_all(case, when)
    _meet(case, when)
    return f"Wren, 15: {len(entries)} records, a team, four releases, a meeting tonight."


def _meet(case: Case, when: When) -> None:
    meetings.held(case, when)
    meetings.tonight(case, when)
    meetings.hand_on(case, when)


def _record(when: When) -> tuple[Entry, ...]:
    parts = (person, safety, health, school, justice, plan, needs, meetings)
    return tuple(entry for part in parts for entry in part.record(when))


def _terms(when: When) -> dict[str, object]:
    return {
        "youth": Youth(born=when.born(years=15, days=190)),
        "opened": when.day(-OPENED),
        "report_received": when.day(-OPENED - 1),
        "custody": "agency",
        "people": _family(when),
        "missing": (
            Missing(
                since=when.time(-44, "21:00"),
                until=when.time(-42, "06:20"),
                lead_officer=people.id_of("marcus"),
                alert_approved_by=people.id_of("casey"),
            ),
        ),
    }


def _family(when: When) -> dict[str, Person]:
    stay_away = Flag(flag="no_contact", since=when.day(-OPENED))
    return {
        "marisol": Person(id="marisol", relation="foster_parent", rights=False),
        "mother": Person(id="mother", relation="parent", rights=True),
        "partner": Person(id="partner", relation="kin", rights=False, flags=(stay_away,)),
    }


__all__ = ["TEAM", "tell"]
