"""Our own taxonomy: what a directory says of a service beside what the specification has a column for. Declared once:
filters, marks, the words on a page and the rows of an export grow from it.

In a file a mark is an attribute, of a service, an organization, a location or a service at a location, whose term is of
the taxonomy `mdt`. Its value is empty or `yes`; `no` says that it does not hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid5

from mdt.operations.services.hsds.tables import Directory, Row

SPACE = UUID("5d0f3c0e-0b61-4a4b-9d6e-2c1f6f0c5a11")
TAXONOMY = str(uuid5(SPACE, "taxonomy"))
NAME = "mdt"
NO = ("no", "false", "0")


@dataclass(frozen=True, slots=True)
class Term:
    """One term. `value`: what stands beside it, if it is more than yes or no."""

    code: str
    name: str
    description: str
    value: str = ""

    @property
    def id(self) -> str:
        return str(uuid5(SPACE, self.code))


TRAUMA_INFORMED = Term("trauma_informed", "Trauma-informed", "Those who work there are trained to work so.")
SPECIALISED = Term(
    "specialised", "For young people who were trafficked", "Made for them, not open to them among others."
)
CO_LOCATED = Term("co_located", "Several services in one place", "Other services for them are in the same house.")
GENDER = Term("gender_served", "Whom it serves", "The gender it serves.", "girls, boys or all")
WAITING = Term("waiting_days", "Waiting time", "Days until a place is usually free.", "a whole number of days")
CONFIDENTIAL = Term(
    "confidential",
    "Confidential place",
    "Where it is stays with whoever runs it; here is its front gate.",
)
NEEDS = (
    "physical",
    "behavioral",
    "housing",
    "education",
    "employment",
    "legal",
    "life_skills",
    "mentor",
    "culture",
    "basic",
)
TERMS = (
    TRAUMA_INFORMED, SPECIALISED, CO_LOCATED, GENDER, WAITING, CONFIDENTIAL,
    *(Term(f"need-{one.replace('_', '-')}", f"Need: {one.replace('_', ' ')}", "A need of the guide.") for one in NEEDS),
)  # fmt: skip
BY_CODE = {one.code: one for one in TERMS}
MARKS = (TRAUMA_INFORMED, SPECIALISED, CO_LOCATED)
"""What one can ask a service to be."""
GENDERS = ("girls", "boys", "all")


def declared() -> Iterator[tuple[str, Row]]:
    """The rows that stand for our taxonomy in a directory, each with its table."""
    yield "taxonomy", {"id": TAXONOMY, "name": NAME, "description": "What mdt asks of a service.", "version": "1"}
    for one in TERMS:
        yield "taxonomy_term", {
            "id": one.id, "code": one.code, "name": one.name, "description": one.description, "taxonomy": NAME,
            "taxonomy_id": TAXONOMY,
        }  # fmt: skip


def of(row: Row) -> Term | None:
    """Which of our terms a row of taxonomy_term is, by its identifier, or by its taxonomy and code."""
    ours = row.get("taxonomy") == NAME or row.get("taxonomy_id") == TAXONOMY
    term = BY_CODE.get(str(row.get("code", ""))) if ours else None
    return term or next((one for one in TERMS if one.id == row["id"]), None)


def codes(directory: Directory) -> dict[str, Term]:
    """Our terms, by the identifiers that this directory gives them."""
    return {row_id: term for row_id, row in directory["taxonomy_term"].items() if (term := of(row))}


def holds(attribute: Row) -> bool:
    """Whether a mark says yes."""
    return str(attribute.get("value", "yes")).strip().lower() not in NO


__all__ = [
    "BY_CODE", "CONFIDENTIAL", "CO_LOCATED", "GENDER", "GENDERS", "MARKS", "NEEDS", "SPECIALISED", "TERMS",
    "TRAUMA_INFORMED", "WAITING", "Term", "codes", "declared", "holds", "of",
]  # fmt: skip
