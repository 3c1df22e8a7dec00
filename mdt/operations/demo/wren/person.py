"""Who Wren is, how to reach her, and whom she comes from."""

from __future__ import annotations

from mdt.operations.demo.entries import Entry
from mdt.operations.demo.when import When
from mdt.sharing.vocabulary import Category


def record(when: When) -> tuple[Entry, ...]:
    return (_identity(when), _contact(), _looks(), _family(), _self())


def _identity(when: When) -> Entry:
    return Entry(
        name="wren.identity",
        category=Category.ID,
        source="county",
        author="dee",
        days=91,
        values={
            "name_in_use": "Wren",
            "legal_name": "Wrenna May Calloway",
            "date_of_birth": when.born(years=15, days=190).isoformat(),
            "legal_sex": "female",
            "race_language_tribe": "White. English, and some Spanish from her grandmother.",
            "case_numbers": ["CW-24871, Child Welfare", "JV-1180, Juvenile Court"],
            "assigned_worker": "Dee Moreno, 555-0117",
            "school_contact": "Imani Walker, Alder High School, 555-0131",
        },
    )


def _contact() -> Entry:
    return Entry(
        name="wren.contact",
        category=Category.CONTACT,
        source="county",
        author="dee",
        days=20,
        values={
            "safe_channel": "Text Marisol first. Wren rings back.",
            "message_ok": "no",
            "phone_seen_by": "The phone she uses is Marisol’s. A friend at school lends her one.",
            "phones": "555-0164",
            "handles": ["Photo app: littlebrownwren, closed by her in her first week here"],
            "general_address": "By mail to the county office in Alder",
            "caregiver_contact": "Marisol Dunn, 555-0164",
            "emergency_contact": "Dee Moreno, 555-0117, day and night",
        },
    )


def _looks() -> Entry:
    return Entry(
        name="wren.looks",
        category=Category.PHOTO,
        source="county",
        author="dee",
        days=41,
        values={
            "height_weight": "5 feet 3, about 115 pounds",
            "hair_eyes": "Short brown hair, one side clipped. Grey eyes.",
            "marks": "Small scar under the chin, from a swing.",
        },
    )


def _family() -> Entry:
    return Entry(
        name="wren.family",
        category=Category.FAMILY,
        source="county",
        author="dee",
        days=84,
        third_party={"brother": ("siblings",)},
        values={
            "household_adults": ["Carla Calloway, mother", "Rick Stroud, her partner"],
            "relationships": "Wren and her mother talk on Sundays, with Dee there. Her "
            "grandmother Rosa, in Fenwick, is the one she calls when things go well.",
            "custody": "The county, by court order. Her mother’s rights stand.",
            "safety_flags": "Mr. Stroud must not know where she lives. Visit in twos.",
            "siblings": ["Eli, 9, with his father. He and Wren play online on Saturdays."],
            "family_medical_history": "Grandmother has diabetes. Nothing else known.",
            "history_with_agency": "One earlier report, four years ago, closed with help at home.",
        },
    )


def _self() -> Entry:
    return Entry(
        name="wren.self",
        category=Category.SOGI,
        source="harbor",
        author="sam",
        days=37,
        values={
            "gender_identity": "A girl. She, her.",
            "orientation": "“I like who I like.” She wants no word written.",
            "name_safety": "Wren is safe with the team and at school. Not in letters home.",
        },
    )


__all__ = ["record"]
