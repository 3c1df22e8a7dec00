"""How Wren is: Mercy Clinic, Harbor Counseling and New Path, each with its own record."""

from __future__ import annotations

from mdt.operations.demo.entries import Entry
from mdt.operations.demo.when import When, said
from mdt.sharing.vocabulary import Category


def record(when: When) -> tuple[Entry, ...]:
    return (
        _checkup(when), _sleep(), _first_visit(), _teeth(when), _private(when),
        _coping(), _therapy(when), _new_path(when),
    )  # fmt: skip


def _checkup(when: When) -> Entry:
    return Entry(
        name="wren.checkup",
        category=Category.HEALTH,
        source="mercy",
        author="ruth",
        days=2,
        clock="15:20",
        values={
            "allergies": ["None known"],
            "medications": ["Iron tablet, one each morning, for eight weeks"],
            "precautions": "She sleeps about five hours. Let her nap after school.",
            "appointments": [f"{said(when.workday(21))}, 3:30 pm, Mercy Clinic: blood test"],
            "note": "Well. Iron is low. Wants to be seen by Ruth, not by whoever is on.",
        },
    )


def _sleep() -> Entry:
    return Entry(
        name="wren.sleep",
        category=Category.HEALTH,
        source="mercy",
        author="ruth",
        days=16,
        labels=("MEDICATION",),
        values={
            "medications": ["Hydroxyzine 25 mg, at night if she asks for it, until the new year"],
            "precautions": "May be slow in the morning. Not with other sleep medicines.",
        },
    )


def _first_visit() -> Entry:
    return Entry(
        name="wren.first_visit",
        category=Category.HEALTH,
        source="mercy",
        author="ruth",
        days=88,
        values={
            "injuries": "One old bruise on the left forearm, healing.",
            "findings": "Underweight, otherwise well. Shots brought up to date.",
            "blood_type": "O positive",
            "distinguishing_features": "Small scar under the chin.",
        },
    )


def _teeth(when: When) -> Entry:
    return Entry(
        name="wren.teeth",
        category=Category.HEALTH,
        source="mercy",
        author="ruth",
        days=30,
        values={
            "appointments": [f"{said(when.workday(12))}, 8:00 am, dental room: second filling"],
            "note": "First filling done. She held the mirror herself, and it went well.",
        },
    )


def _private(when: When) -> Entry:
    return Entry(
        name="wren.private",
        category=Category.REPRO,
        source="mercy",
        author="ruth",
        days=39,
        labels=("STI",),
        consented_by="youth",
        values={
            "pregnancy": "No",
            "sti_hiv": f"Tests on {when.said(-39)}: nothing found. Once more in three months.",
            "note": "She came on her own and asked that this stay with the clinic.",
        },
    )


def _coping() -> Entry:
    return Entry(
        name="wren.coping",
        category=Category.BEHAVIORAL,
        source="harbor",
        author="sam",
        days=27,
        values={
            "safety_plan": "Music, a walk with Marisol’s dog, then a call. Not left alone with it.",
            "crisis_contacts": ["Sam Brandt, 555-0152, days", "Crisis line 555-0100, any hour"],
            "consent_status": "No psychiatric medicine. Nothing to agree to.",
        },
    )


def _therapy(when: When) -> Entry:
    return Entry(
        name="wren.therapy",
        category=Category.BEHAVIORAL,
        source="harbor",
        author="sam",
        days=6,
        values={
            "diagnosis": ["Reaction to severe stress"],
            "therapy_summary": "Weekly, and she comes. Working on sleep, and on saying no to "
            "grown-ups. Mornings are better for her than evenings.",
            "suicide_risk": f"Low. Last asked on {when.said(-6)}.",
            "note": "She would like fewer people in the room when this is talked about.",
        },
    )


def _new_path(when: When) -> Entry:
    return Entry(
        name="wren.new_path",
        category=Category.SUD_P2,
        source="newpath",
        author="priya",
        days=33,
        values={
            "program": "New Path, early help for young people. Priya Nair.",
            "attendance": f"Three talks, the last on {when.said(-33)}. All kept.",
            "diagnosis": ["Cannabis use, mild"],
            "counseling": "She smoked to sleep. She has stopped, and says so with some pride.",
        },
    )


__all__ = ["record"]
