"""Ash, nearly eighteen: quiet, and on the way to a place of their own."""

from __future__ import annotations

from mdt.models import Screening, db
from mdt.operations.demo.entries import Entry, Place, file_all, open_case, seat_all
from mdt.operations.demo.when import When, said
from mdt.sharing.facts import Person, Youth
from mdt.sharing.vocabulary import Category, Purpose

OPENED = 410
TEAM = (Place(who="casey", purpose=Purpose.PLAN, days=410),)


def tell(when: When) -> str:
    """Put Ash's case into the database, within an act; what was put there, in a sentence."""
    case = open_case("ash", when, _terms(when), reference="CW-22903")
    entries = record(when)
    file_all(case, entries, when)
    seat_all(case, TEAM, when)
    db.session.add(Screening(case=case, agency_id=case.lead_id, event="by_hand", asks="risk-factors"))
    return f"Ash, 17: {len(entries)} records. Casey alone so far, and eighteen in six weeks."


def record(when: When) -> tuple[Entry, ...]:
    return (_identity(when), _contact(), _work(), _plan(when))


def _terms(when: When) -> dict[str, object]:
    return {
        "youth": Youth(born=when.born(years=17, days=323)),
        "opened": when.day(-OPENED),
        "report_received": when.day(-OPENED),
        "custody": "agency",
        "people": {"aunt": Person(id="aunt", relation="kin", rights=False)},
    }


def _identity(when: When) -> Entry:
    return Entry(
        name="ash.identity",
        category=Category.ID,
        source="county",
        author="casey",
        days=409,
        values={
            "name_in_use": "Ash",
            "legal_name": "Ashton Reed Molina",
            "date_of_birth": when.born(years=17, days=323).isoformat(),
            "legal_sex": "male",
            "race_language_tribe": "Latino. Spanish and English.",
            "case_numbers": ["CW-22903, Child Welfare"],
            "assigned_worker": "Casey Lindqvist, 555-0112",
        },
    )


def _contact() -> Entry:
    return Entry(
        name="ash.contact",
        category=Category.CONTACT,
        source="county",
        author="casey",
        days=50,
        values={
            "safe_channel": "Text him. He answers after work.",
            "message_ok": "yes",
            "phones": "555-0173",
        },
    )


def _work() -> Entry:
    return Entry(
        name="ash.work",
        category=Category.EMPLOYMENT,
        source="county",
        author="casey",
        days=21,
        values={
            "jobs": ["Bike shop on Mill Road, three days a week"],
            "wages": "Paid on time.",
            "benefits": ["Housing help, applied for"],
        },
    )


def _plan(when: When) -> Entry:
    moves = when.workday(17)
    return Entry(
        name="ash.plan",
        category=Category.PLAN,
        source="county",
        author="casey",
        days=4,
        values={
            "needs": ["A bed and a pan", "Somebody to ring on Sundays"],
            "goals": [f"My own key, {said(moves)}", "Finish the welding course"],
            "tasks": ["Casey: lease read through together", "Casey: a bank account in his name"],
        },
    )


__all__ = ["TEAM", "record", "tell"]
