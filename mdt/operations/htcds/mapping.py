"""Which field of the catalog is which field of the standard, declared once; the export and the reference grow from it.

Values are coarse where the standard lets them be: a year for a birth date, a month for a day. What the standard has no
place for, or what would name somebody, is not mapped, and so does not leave by this door.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from mdt.sharing import fields as catalog
from mdt.sharing.vocabulary import Category

VERSION = "2.0"
SOURCE = "https://github.com/UNMigration/HTCDS"
CREDIT = (
    "Field names follow the Human Trafficking Case Data Standard (HTCDS) 2.0 of the International Organization for "
    "Migration (IOM), CC BY 4.0. IOM does not endorse this export or the software that made it."
)
Coarse = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One field of the standard and where it comes from. `how`: in words, for the reference."""

    name: str
    label: str
    category: Category
    field: str
    how: str
    coarse: Coarse


def _year(value: Any) -> str | None:
    """The year of a day, and no more."""
    try:
        return f"{date.fromisoformat(str(value)):%Y}"
    except ValueError:
        return None


def _month(value: Any) -> str | None:
    try:
        return f"{date.fromisoformat(str(value)):%Y-%m}"
    except ValueError:
        return None


def _word(words: Mapping[str, str]) -> Coarse:
    """A value of a closed list in the standard's own word; one that it has none for is left out."""
    return lambda value: words.get(str(value))


def _said(value: Any) -> str | None:
    """That something is written, and not what."""
    return "recorded" if value not in (None, "", []) else None


GENDERS = {"female": "Feminine", "male": "Masculine", "X": "NonConforming", "unknown": "NonSpecifiedUnknown"}
STATUSES = {
    "suspected": "PossibleVictimOfTrafficking", "under review": "PossibleVictimOfTrafficking",
    "confirmed": "ActualVictimOfTrafficking", "not found": "NotAVictimOfTrafficking",
}  # fmt: skip
KINDS = {"sex": "SexualExploitation", "labor": "ForcedLabour", "both": "SexualExploitation;ForcedLabour"}


def _row(name: str, label: str, category: Category, field: str, how: str, coarse: Coarse) -> Row:
    catalog.field(category, field)  # a field the catalog has not is an error at import
    return Row(name=name, label=label, category=category, field=field, how=how, coarse=coarse)


ROWS: tuple[Row, ...] = (
    _row("prs_Birthdate", "Birthdate", Category.ID, "date_of_birth", "the year alone", _year),
    _row("prs_Gender", "Gender", Category.ID, "legal_sex", "as a word of the standard", _word(GENDERS)),
    _row("prs_HighestLevelOfEducation", "Highest Level of Education", Category.EDUCATION, "enrolment",
         "that it is recorded, not what", _said),
    _row("prs_Citizenship", "Citizenship", Category.IMMIGRATION, "status", "that it is recorded, not what", _said),
    _row("vic_TraffickingStatus", "Trafficking Status", Category.TRAFFICKING, "status", "as a word of the standard",
         _word(STATUSES)),
    _row("vic_TypeOfExploitation", "Type of Exploitation", Category.TRAFFICKING, "kind", "as a word of the standard",
         _word(KINDS)),
    _row("vic_MethodsOfControl", "Methods of Control", Category.TRAFFICKING, "tool_answers",
         "that it is recorded, not what", _said),
    _row("hte_Date", "Date", Category.TRAFFICKING, "date_identified", "the month alone", _month),
    _row("hte_Description", "Description", Category.TRAFFICKING, "narrative", "that it is recorded, not what", _said),
    _row("per_RoleDetails", "Role Details", Category.TRAFFICKING, "exploiter", "that it is recorded, not what", _said),
    _row("cas_IncomingReferralDate", "Incoming Referral Date", Category.ALLEGATION, "date", "the month alone", _month),
    _row("cas_OutgoingReferralDetails", "Outgoing Referral Details", Category.PLAN, "referrals",
         "that it is recorded, not what", _said),
    _row("spl_Objectives", "Objectives", Category.PLAN, "goals", "that it is recorded, not what", _said),
    _row("spl_ActionPlan", "Action Plan", Category.PLAN, "tasks", "that it is recorded, not what", _said),
)  # fmt: skip
CASE_ROWS = (("cas_Status", "Status", "Active or Closed, of the case itself"),)
NOT_MAPPED = (
    ("prs_FirstName, prs_SecondName and other names", "they name the young person"),
    ("prs_IdentityNumber, prs_Email, phones, addresses", "they find the young person"),
    ("prs_Deceased, prs_MaritalStatus, prs_NumberOfChildren", "the catalog has no such field"),
    ("vic_RelationshipToTrafficker, vic_AgeWhenTrafficked, recruitment", "the catalog has them in words alone"),
    ("cas_CaseOwner and case workers", "they name people"),
    ("con_Consent", "a release says it by recipient and kind; one tick would say too much"),
    ("vic_Vulnerabilities and other deprecated fields", "deprecated by the standard"),
)


def page() -> str:
    """The reference page of this mapping."""
    lines = [
        "# A case in the Human Trafficking Case Data Standard", "",
        f"Generated from the mapping. {CREDIT} The standard: <{SOURCE}>.", "",
        "The export is decided field by field as a copy is: what somebody may not take with them is not in it. Notices",
        "of the records it comes from stand in it, and that it was taken is in the ledger.", "",
        "| field of HTCDS 2.0 | label | from the catalog | how |", "| --- | --- | --- | --- |",
    ]  # fmt: skip
    for one in ROWS:
        label = catalog.field(one.category, one.field).label
        title = catalog.CATEGORIES[one.category].title
        lines.append(f"| `{one.name}` | {one.label} | {title}: {label} (`{one.category}.{one.field}`) | {one.how} |")
    lines += [f"| `{name}` | {label} | the case | {how} |" for name, label, how in CASE_ROWS]
    lines += ["", "## What is not mapped, and why", "", "| field | why |", "| --- | --- |"]
    lines += [f"| {name} | {why} |" for name, why in NOT_MAPPED]
    return "\n".join(lines) + "\n"


__all__ = ["CREDIT", "NOT_MAPPED", "ROWS", "SOURCE", "VERSION", "Row", "page"]
