"""Wren and the law: the police, the interview, the court, and an old probation."""

from __future__ import annotations

from mdt.operations.demo.entries import Entry
from mdt.operations.demo.when import When, said
from mdt.sharing.vocabulary import Category

HEARING = 8


def record(when: When) -> tuple[Entry, ...]:
    return (_police(), _interview(when), _court(when), _probation(when))


def _police() -> Entry:
    return Entry(
        name="wren.police",
        category=Category.CRIMINAL,
        source="police",
        author="marcus",
        days=5,
        values={
            "agency_case_no": "AP 2207, Alder Police",
            "status": "Open. Nobody is charged yet.",
            "police_report": "Messages and payments point to one man, seen three times.",
            "evidence_refs": ["Her phone, locker 12. Copying ends this week."],
            "operations": "The number is being traced. Do not ring it, and do not warn him.",
        },
    )


def _interview(when: When) -> Entry:
    return Entry(
        name="wren.interview",
        category=Category.FORENSIC,
        source="police",
        author="marcus",
        days=38,
        values={
            "status": "done",
            "date": when.iso(-38),
            "lead_agency": "Alder Police, at the children’s center",
            "follow_up": "None asked for. She need not tell it again.",
            "history_for_care": "Poor sleep, and fear of cars that slow down.",
            "summary": "She spoke for forty minutes and was clear about times and places.",
            "recording_pointer": "Alder Police, AP 2207, disc 1",
        },
    )


def _court(when: When) -> Entry:
    hearing = when.workday(HEARING)
    return Entry(
        name="wren.court",
        category=Category.COURT,
        source="court",
        days=60,
        values={
            "custody": f"Cedar County Child Welfare, by order of {when.said(-90)}",
            "consent_authority": "The county, for health and for school trips",
            "education_decision_maker": "Marisol Dunn, named by the judge",
            "no_contact": ["Rick Stroud, until the court says otherwise"],
            "hearing_dates": [f"{hearing:%A}, {said(hearing)}, 9:30 am, room 2: review"],
            "petition": "The county asked for custody after the report.",
            "findings": "The judge found that she could not safely stay at home.",
            "orders_text": "Care with the county. Visits with her mother, with a worker there.",
        },
    )


def _probation(when: When) -> Entry:
    return Entry(
        name="wren.probation",
        category=Category.JUVENILE,
        source="probation",
        author="lena",
        days=66,
        values={
            "petition": "Took food and a charger from a shop, last year.",
            "disposition": f"Six months’ informal probation, ends {when.said(25)}",
            "probation_terms": ["Go to school", "See Lena Park once a month"],
            "note": "All kept. Nothing more is planned.",
        },
    )


__all__ = ["record"]
