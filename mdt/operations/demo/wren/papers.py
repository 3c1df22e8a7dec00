"""What was signed for Wren. The county has custody and signs; she signed with it where she agreed.

Her advocate's own release is not among them: the demo shows it being made.
"""

from __future__ import annotations

from mdt.models import Case
from mdt.operations.demo.entries import sign
from mdt.operations.demo.when import When
from mdt.sharing.vocabulary import Category, Purpose

SIGNED = ("youth", "agency")


def sign_all(case: Case, when: When) -> None:
    """Sign them, within an act."""
    _check_ups(case, when)
    _therapy_for_county(case, when)
    _therapy_for_court(case, when)
    _county_for_advocate(case, when)


def _check_ups(case: Case, when: When) -> None:
    sign(
        case, "wren.release.checkups", when, about="Check-ups and what follows from them",
        days=60, type="HIPAA", discloser="mercy", recipients=("county", "guardian", "opendoor"),
        categories=(Category.HEALTH,), signed_by=SIGNED, expires=when.day(120),
    )  # fmt: skip


def _therapy_for_county(case: Case, when: When) -> None:
    sign(
        case, "wren.release.therapy", when, about="Therapy in short, not the sessions", days=55,
        type="HIPAA", discloser="harbor", recipients=("county", "mercy"),
        categories=(Category.BEHAVIORAL,), signed_by=SIGNED, expires=when.day(125),
    )  # fmt: skip


def _therapy_for_court(case: Case, when: When) -> None:
    """It ends before the hearing it was meant for: somebody has to notice."""
    sign(
        case, "wren.release.court", when, about="Therapy in short, for the hearing", days=86,
        type="HIPAA", discloser="harbor", recipients=("guardian",),
        categories=(Category.BEHAVIORAL,), purposes=(Purpose.COURT,), signed_by=SIGNED,
        expires=when.day(4),
    )  # fmt: skip


def _county_for_advocate(case: Case, when: When) -> None:
    about = "Who she is, how to reach her, her family, the screening and the plan"
    parts = (
        Category.ID, Category.CONTACT, Category.FAMILY, Category.TRAFFICKING, Category.PLAN,
    )  # fmt: skip
    sign(
        case, "wren.release.advocate", when, about=about, days=44, type="MDT",
        discloser="county", recipients=("opendoor",), categories=parts, signed_by=SIGNED,
        expires=when.day(136),
    )  # fmt: skip


__all__ = ["sign_all"]
