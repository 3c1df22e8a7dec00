"""What Wren wants, and what is to be done."""

from __future__ import annotations

from mdt.operations.demo.entries import Entry
from mdt.operations.demo.when import When, said
from mdt.sharing.vocabulary import Category


def record(when: When) -> tuple[Entry, ...]:
    return (_asked(when), _week(when), _ahead())


def _asked(when: When) -> Entry:
    return Entry(
        name="wren.asked",
        category=Category.PLAN,
        source="county",
        author="casey",
        days=7,
        values={
            "goals": ["Stay at Alder High", "Get my own phone back", "The same nurse each time"],
            "note": "“I want to finish the year at my school. I don’t want to tell it again to "
            f"new people.” Wren, {when.said(-7)}. She asked that the team read this first.",
        },
    )


def _week(when: When) -> Entry:
    bus = when.workday(5)
    return Entry(
        name="wren.week",
        category=Category.PLAN,
        source="county",
        author="dee",
        days=0,
        clock="08:30",
        values={
            "needs": ["Sleep", "A way to school that nobody else knows", "Her phone, or another"],
            "tasks": [
                f"Marisol: Dee’s number for the night, by {when.said(1)}",
                f"Imani: meet the bus the first week, from {said(bus)}",
                f"Dee: a phone to borrow, by {when.said(4)}",
            ],
            "safety_plan_items": [
                "Marisol Dunn, Dee or Casey may collect her. If others ask, she is not here.",
                "If a car waits in the street: door shut, ring Dee, then 911.",
            ],
        },
    )


def _ahead() -> Entry:
    return Entry(
        name="wren.ahead",
        category=Category.PLAN,
        source="county",
        author="casey",
        days=7,
        clock="16:40",
        values={
            "referrals": ["Open Door, company to court", "Garden center, summer job: waiting"],
            "education_goals": ["Biology made up this term", "Art club on Tuesdays"],
        },
    )


__all__ = ["record"]
