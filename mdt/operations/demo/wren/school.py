"""Wren at school, and money."""

from __future__ import annotations

from mdt.operations.demo.entries import Entry
from mdt.operations.demo.when import When, said
from mdt.sharing.vocabulary import Category


def record(when: When) -> tuple[Entry, ...]:
    return (_attends(when), _grades(), _money())


def _attends(when: When) -> Entry:
    bus = when.workday(5)
    return Entry(
        name="wren.school",
        category=Category.EDUCATION,
        source="school",
        author="imani",
        days=0,
        clock="11:05",
        via="usa",
        values={
            "school": "Alder High School, Alder Unified",
            "enrolment": f"Grade 10. Bus 4 from the zone stop from {bus:%A}, {said(bus)}, 7:15 am.",
            "attendance": "Nine days missed this school year, all explained. None this month.",
            "iep_goals": "Extra time in tests. A quiet room when she asks, no reason needed.",
        },
    )


def _grades() -> Entry:
    return Entry(
        name="wren.grades",
        category=Category.EDUCATION,
        source="school",
        author="imani",
        days=5,
        values={
            "school": "Alder High School, Alder Unified",
            "grades": "Passing five of six. Biology can be made up, and there is a plan.",
            "discipline": "None.",
            "note": "Art is where she laughs.",
        },
    )


def _money() -> Entry:
    return Entry(
        name="wren.money",
        category=Category.EMPLOYMENT,
        source="county",
        author="dee",
        days=18,
        values={
            "jobs": ["None now. Asks about the garden center for the summer."],
            "benefits": ["Health card", "Clothing allowance, paid"],
            "credit": "A phone contract in her name that she did not sign. Dee disputes it.",
        },
    )


__all__ = ["record"]
