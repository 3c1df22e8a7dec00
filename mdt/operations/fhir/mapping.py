"""Where each part of a release stands in a Consent, declared once; the reference page grows from it.

A test writes a release that says everything, and holds every path here to be there, and every path
there to be here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mdt.operations.fhir import words
from mdt.sharing import fields as catalog
from mdt.sharing.vocabulary import PURPOSE_WORDS

BESIDE = "extension"
"""The column's word for a part of our extension."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a release, and where it stands; one path may hold several parts."""

    what: str
    r4: str
    r5: str
    how: str


PARTS: tuple[Part, ...] = (
    Part("identifier", "identifier", "identifier", "System `urn:mdt:release`. It says which release has ended."),
    Part("standing", "status", "status", "active, inactive, draft (nobody signed), entered-in-error (found false)."),
    Part("what it is", "scope", "", "`patient-privacy`."),
    Part("what it is about", "category", "category", "`IDSCL`: information disclosure."),
    Part("the young person", "patient", "subject", "An opaque mark of this case and agency. Never a name."),
    Part("day of signing", "dateTime", "date", "A claim: a person compares it with the paper."),
    Part("who signed", "performer", "grantor", "Opaque marks. A claim, too."),
    Part("who tells", "organization", "manager", "One agency."),
    Part("who tells", "", "controller", "The same, as the one who holds to it."),
    Part("the law", "policyRule", "regulatoryBasis", "See the table of laws."),
    Part("verified", "verification.verified", "verification.verified", "False for what was said aloud only."),
    Part(
        "whether it permits",
        "provision.type",
        "decision",
        "R4: `permit`. R5: `deny`, but for its provision.",
    ),
    Part("beginning and end", "provision.period", "period", "Whole days, to the end of the last."),
    Part("who is told", "provision.actor", "provision.actor", "Role `IRCP`; nobody for whom it was stopped."),
    Part("what may be done", "provision.action", "provision.action", "`disclose`."),
    Part("about what", "provision.class", "provision.documentType", "Our categories."),
    Part("sensitive parts", "provision.securityLabel", "provision.securityLabel", "What may pass a screen by labels."),
    Part("what for", "provision.purpose", "provision.purpose", "See the table of purposes."),
    Part("when it was written", "provision.dataPeriod", "provision.dataPeriod", "An open side is left out."),
    Part("single records", "provision.data", "provision.data", "Meaning `instance`, by identifier."),
    Part("limits", "modifierExtension", "modifierExtension", "Who does not know it may not act on the Consent."),
    Part("all else", BESIDE, BESIDE, "`urn:mdt:fhir:release`; its parts are below."),
    Part("words for people", "text", "text", "The title and the statements the law asks for."),
)
BESIDES: dict[str, str] = {
    "type": "The type of release, as the profile names it.",
    "mode": "written, esign or verbal.",
    "signed": "The time of signing, where R5 has room for the day alone.",
    "ends": "The event it ends with; `none`; or `unsaid`.",
    "happened": "When that event happened.",
    "false": "From when it was found false.",
    "separate": "Whether it stands alone on its paper.",
    "conditioned": "Whether signing was made a condition of help.",
    "missing": "An element that is not on the paper.",
    "excludes": "A field or label that is left out.",
    "recipient": "All whom the paper names, where it was stopped for some.",
    "names": "That records or purposes are named, even if none is.",
    "stopped": "When, how and for whom it was stopped.",
    "statement": "A statement that goes with it, such as that of 42 CFR 2.32.",
}
"""The parts of our extension."""
HELD: tuple[str, ...] = (
    "No provision, several provisions, or rules inside rules.",
    "No type or decision; or it denies, and what it permits would be an exception: a grant coded as deny.",
    "R5: it permits and then names conditions: that can mean only these, or all but these.",
    "A policy that opts out beside a provision that permits.",
    "A draft, or a status that says nothing.",
    "A code we have no word for: purpose, category, sensitivity, action, role, kind of consent, law.",
    "Nobody who may be told, or somebody who is not known here by identifier.",
    "A young person, a signer or an agency that is not known here by identifier.",
    "No end; an end within a day; a year or month for a day.",
    "Not verified; said aloud; signed as a condition; elements missing.",
    "Any element, extension or modifier that no reader here takes: it is shown with its path.",
)
"""What is never guessed."""


def page() -> str:
    """The reference page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from (
        "# Releases as FHIR Consents",
        "",
        "Generated from `mdt/operations/fhir`. A release goes out as R4 (4.0.1) or R5 (5.0.0) from its page, or by",
        "`GET /cases/<case>/releases/<release>/fhir?version=R4`, or R5. Without `version` the Accept header decides:",
        "`application/fhir+json; fhirVersion=5.0` asks for R5, all else is R4.",
        "What comes in is held for a person and is never in force by itself.",
        "",
    )
    yield from _table(("part", "R4", "R5", "how"), ((one.what, _path(one.r4), _path(one.r5), one.how) for one in PARTS))
    yield from ("## In our extension", "")
    yield from _table(("part", "what it says"), ((f"`{name}`", said) for name, said in BESIDES.items()))
    yield from ("## Limits, as modifiers", "")
    yield from _table(("code", "when"), ((f"`{one.value}`", LIMITS[one]) for one in words.Limit))
    yield from ("## Purposes", "")
    yield from _table(
        ("ours", "in words", "code"), ((one, PURPOSE_WORDS[one], code) for one, code in words.PURPOSES.items())
    )
    yield from ("## Sensitivities", "")
    yield from _table(("ours", "code", "HL7’s words"), _sensitivities())
    yield from ("## Laws", "", "Every other type is written by its own name, in `urn:mdt:law`.", "")
    yield from _table(("type", "code", "words"), ((one, code, code.display) for one, code in words.LAWS.items()))
    yield from ("## What is held for a person", "", *(f"- {one}" for one in HELD))


LIMITS: dict[words.Limit, str] = {
    words.Limit.PROVISION: "R5, always: what the provision names is permitted, and nothing else is.",
    words.Limit.EXCLUDES: "Fields or labels are left out.",
    words.Limit.STOPPED: "It was stopped for some of those it names.",
    words.Limit.EVENT: "It ends with an event, so that it has no last day.",
}


def _sensitivities() -> Iterator[tuple[object, ...]]:
    yield from ((one, code, code.display) for one, code in words.SENSITIVE.items())
    labels = dict.fromkeys(name for entry in catalog.CATEGORIES.values() for name in entry.labels)
    yield from ((f"label {name}", words.label(name), words.label(name).display) for name in labels)


def _table(heads: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    yield from (f"| {' | '.join(_cell(one) for one in row)} |" for row in rows)
    yield ""


def _cell(value: object) -> str:
    return f"`{value.system}` `{value.code}`" if isinstance(value, words.Code) else str(value)


def _path(path: str) -> str:
    return f"`Consent.{path}`" if path else ""


__all__ = ["BESIDE", "BESIDES", "PARTS", "page"]
