"""To whom, about what, what for, until when: what a Consent permits, as far as our words reach.

Whatever is not sure is left out of the terms, and noted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mdt.operations.fhir import words
from mdt.operations.fhir.beside import Beside
from mdt.operations.fhir.paper import Found, Paper
from mdt.operations.fhir.words import Version
from mdt.operations.fhir.writing import UNSAID
from mdt.sharing import fields as catalog
from mdt.sharing.facts import YOUTH
from mdt.sharing.vocabulary import Category, Purpose

PURPOSE_OF = {code.key: purpose for purpose, code in words.PURPOSES.items()} | {
    (words.PURPOSE, one.value): one for one in Purpose
}
CATEGORY_OF = {code.key: category for category, code in words.CATEGORIES.items()}
SENSITIVE_OF = {code.key: category for category, code in words.SENSITIVE.items()}
LABEL_NAMES = tuple(dict.fromkeys(one for entry in catalog.CATEGORIES.values() for one in entry.labels))
LABEL_OF = {words.label(one).key: one for one in LABEL_NAMES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Who is known here: opaque subjects and signers to their names in the facts; agencies and people by id."""

    subjects: Mapping[str, str]
    signers: Mapping[str, str]
    agencies: frozenset[str]
    people: frozenset[str]
    types: frozenset[str]


def terms_of(paper: Paper, version: Version, known: Known, beside: Beside) -> tuple[dict[str, Any], tuple[str, ...]]:
    """To whom, about what, what for, until when; whatever is not sure is left out of it."""
    r4 = version is Version.R4
    provision = paper.part("provision") if r4 else next(iter(paper.parts("provision")), None)
    provision = provision or Paper({}, "Consent.provision", paper.places)
    period = (provision if r4 else paper).part("period")
    told, strangers = _recipients(provision, known)
    categories, labels = _about(provision, "class" if r4 else "documentType")
    _action(provision)
    found = {
        "subject": _subject(paper, "patient" if r4 else "subject", known),
        "recipients": told,
        "categories": categories,
        "labels": labels,
        "items": _items(provision, beside),
        "excludes": beside.excludes,
        "purposes": _purposes(provision, beside),
        "data_period": _data_period(provision),
        "effective": period.moment("start") if period else None,
        "expires": _expires(period, paper, beside),
    }
    return found, strangers


def _subject(paper: Paper, name: str, known: Known) -> str:
    at = paper.part(name)
    system, value = at.reference() if at else ("", "")
    if system == words.SUBJECT and value in known.subjects:
        return known.subjects[value]
    paper.note(name, "It does not say in a way we can check that it is about this young person.")
    return YOUTH


def _recipients(provision: Paper, known: Known) -> tuple[tuple[str, ...], tuple[str, ...]]:
    told, strangers = [], []
    for actor in provision.parts("actor"):
        role, at = actor.part("role"), actor.part("reference")
        roles = {code for _, code in role.concept()} if role else set()
        system, value = at.reference() if at else ("", "")
        ours = {words.AGENCY: known.agencies, words.PERSON: known.people}.get(system, frozenset())
        if roles == {words.RECIPIENT.key} and value in ours:
            told.append(value)
        elif roles == {words.RECIPIENT.key}:
            strangers.append(value[:120])
            actor.note("reference", f"Who “{value[:120]}” is here, a person has to say.")
        else:
            actor.note("role", "It names somebody in another part than the one who is told.")
    if not told and not strangers:
        provision.note("actor", "It does not say who may be told.")
    return tuple(told), tuple(strangers)


def _about(provision: Paper, content: str) -> tuple[tuple[Category, ...], tuple[str, ...]]:
    """The categories and labels that both the content and the sensitivities let through."""
    named = _each(provision.codings(content), CATEGORY_OF, "about what")
    cleared: list[Category] = []
    labels: list[str] = []
    for at, code in provision.codings("securityLabel"):
        if code in SENSITIVE_OF:
            cleared.append(SENSITIVE_OF[code])
        elif code in LABEL_OF:
            labels.append(LABEL_OF[code])
        else:
            at.note("code", "We have no word for this sensitivity.")
    if not named and not provision.value.get(content):
        named = list(cleared)
    for one in set(cleared).symmetric_difference(one for one in named if one in words.SENSITIVE):
        provision.note("securityLabel", f"Content and sensitivity do not go together: {words.SENSITIVE[one].display}.")
    if not named:
        provision.note(content, "It does not say about what, in a way that can be read here.")
    return tuple(dict.fromkeys(named)), tuple(dict.fromkeys(labels))


def _each(found: Found, known: Mapping[tuple[str, str], Any], what: str) -> list[Any]:
    """What these codes mean; one we have no word for is noted."""
    meant = []
    for at, code in found:
        if code in known:
            meant.append(known[code])
        else:
            at.note("code", f"We have no word for this code, so it does not say {what}.")
    return meant


def _action(provision: Paper) -> None:
    codes = [code for _, code in provision.concepts("action")]
    if codes and words.DISCLOSE.key not in codes:
        provision.note("action", "It is not about disclosing.")
    for code in codes:
        if code != words.DISCLOSE.key:
            provision.note("action", f"It is also about “{code[1][:40]}”. A release here is about disclosing alone.")


def _items(provision: Paper, beside: Beside) -> tuple[str, ...] | None:
    items = []
    for one in provision.parts("data"):
        at = one.part("reference")
        system, value = at.reference() if at else ("", "")
        if one.value.get("meaning") == "instance" and system == words.RECORD:
            one.drop("meaning")
            items.append(value)
        else:
            one.note("reference", "It is about certain records that we do not know.")
    return tuple(items) if items or "items" in beside.names else None


def _purposes(provision: Paper, beside: Beside) -> tuple[Purpose, ...] | None:
    found = provision.codings("purpose")
    meant = tuple(dict.fromkeys(_each(found, PURPOSE_OF, "what for")))
    if found or "purposes" in beside.names:
        return meant
    if not beside.ours:
        provision.note("purpose", "It does not say what for.")
    return None


def _data_period(provision: Paper) -> tuple[date, date] | None:
    at = provision.part("dataPeriod")
    if at is None:
        return None
    first, last = at.moment("start"), at.moment("end")
    for name, one in (("start", first), ("end", last)):
        if isinstance(one, datetime):
            at.note(name, "It is exact to the hour. A release here counts records by the day.")
    days = [one if one and not isinstance(one, datetime) else None for one in (first, last)]
    return (days[0] or date.min, days[1] or date.max)


def _expires(period: Paper | None, paper: Paper, beside: Beside) -> date | str | None:
    """The last day, or the event. An end within a day would last to its end here, so a person says it."""
    end = period.moment("end") if period else None
    if isinstance(end, datetime):
        period.note("end", "It ends within a day. A release here lasts to the end of one.")  # type: ignore[union-attr]
        return None
    if end is not None and beside.ends is not None:
        paper.note("extension", "It ends on a day and by something else.")
        return None
    if end is None and beside.ends is None:
        paper.note("period" if period is None else "period.end", "It does not say until when.")
    return end or (None if beside.ends == UNSAID else beside.ends)


__all__ = ["Known", "terms_of"]
