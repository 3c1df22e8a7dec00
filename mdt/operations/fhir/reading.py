"""A FHIR Consent as far as it can be read without guessing.

What comes out is never in force: it has terms, but no signature. What the Consent claims about its
signing stands apart, for a person to compare with the paper. What it says ambiguously, or what a
release here cannot say, is a place with its path; while there is one, the terms beside it may be read
too widely, and only a person may go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mdt.operations.fhir import words
from mdt.operations.fhir.beside import Beside
from mdt.operations.fhir.paper import Found, Paper, Place
from mdt.operations.fhir.terms import Known, terms_of
from mdt.operations.fhir.words import Limit, Version
from mdt.sharing.facts import Release

OVER = ("inactive", "entered-in-error", "rejected", "not-done")
NOT_YET = ("draft", "proposed")
TYPES_OF_LAW = {"HIPAAAuth": ("HIPAA",), "HIPAAPsyNotes": ("PSY",)}
NO_FHIR = "A release here cannot say this. Read it in the file, and decide."


class Says(StrEnum):
    """What a Consent says, all in all. None of these opens anything."""

    PERMITS = "permits"
    DENIES = "denies"
    OVER = "over"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read. `terms` are a release's without a signature; `claims` what it says of signing and ending."""

    version: Version
    says: Says
    status: str
    id: str | None
    discloser: str | None
    type: str | None
    terms: Mapping[str, Any]
    claims: Mapping[str, Any]
    places: tuple[Place, ...]
    strangers: tuple[str, ...] = field(default=())
    """Recipients in the words of the Consent who are not known here."""

    @property
    def clear(self) -> bool:
        """Whether it permits, and there is nothing in it to be looked at twice."""
        return self.says is Says.PERMITS and not self.places

    def draft(self, *, id: str, discloser: str, type: str) -> Release:
        """These terms as a release nobody has signed: E_NOT_ACTIVE, whatever else is true of it."""
        return Release(id=id, type=type, discloser=discloser, signed_on=None, **self.terms)


def read(consent: Mapping[str, Any], version: Version, known: Known) -> Reading:
    """A Consent that `strict` took in, as far as it can be read without guessing."""
    paper = Paper(deepcopy(dict(consent)))
    paper.drop("resourceType", "id", "meta", "language")
    beside = Beside(paper)
    limits = _limits(paper)
    status, permits = _status(paper), _decision(paper, version, limits)
    identity = {one[1][1] for one in _identifiers(paper) if one[1][0] == words.RELEASE}
    terms, strangers = terms_of(paper, version, known, beside)
    claims = _claims(paper, version, known, beside) | {"recipients": beside.recipients(terms["recipients"])}
    discloser, type = _discloser(paper, version, known), _type(paper, version, known, beside)
    _agree(paper, limits, terms, beside)
    _kind(paper, version)
    for path in paper.left():
        paper.places.append(Place(path, NO_FHIR))
    return Reading(
        version=version, says=_says(status, permits), status=status, type=type, discloser=discloser,
        id=identity.pop() if len(identity) == 1 else None, terms=terms, claims=claims,
        places=tuple(dict.fromkeys(paper.places)), strangers=strangers,
    )  # fmt: skip


def _says(status: str, permits: bool | None) -> Says:
    if status in OVER:
        return Says.OVER
    if status != "active" or permits is None:
        return Says.UNCLEAR
    return Says.PERMITS if permits else Says.DENIES


def _status(paper: Paper) -> str:
    status = paper.take("status") or ""
    if status in NOT_YET:
        paper.note("status", "It is a draft: nobody has agreed to it yet.")
    elif status != "active" and status not in OVER:
        paper.note("status", "It does not say whether it is in force.")
    return status


def _limits(paper: Paper) -> list[Limit]:
    """The modifiers of ours; anybody else's stays and is a place."""
    found, known = [], {one.value: one for one in Limit}
    for one in paper.parts("modifierExtension"):
        if one.value.get("url") == words.MODIFIER and one.value.get("valueCode") in known:
            found.append(known[one.take("valueCode")])
            one.drop("url")
    return found


def _decision(paper: Paper, version: Version, limits: list[Limit]) -> bool | None:
    """True: it permits, and says so in one way only; False: it denies; None: it could be meant in two ways."""
    return _decision_r4(paper) if version is Version.R4 else _decision_r5(paper, limits)


def _decision_r4(paper: Paper) -> bool | None:
    """The type of its one provision. A no with exceptions may be meant as a grant; that is for a person."""
    provision = paper.part("provision")
    said = provision.take("type") if provision else None
    inside = provision is not None and _nested(provision)
    if said == "deny":
        if inside:
            paper.note("provision", "It denies, and what it permits would be an exception.")
        return None if inside else False
    if said != "permit":
        paper.note("provision.type", "It does not say that it permits.")
    against = _opts_out(paper, "policyRule")
    return True if said == "permit" and not inside and not against else None


def _decision_r5(paper: Paper, limits: list[Limit]) -> bool | None:
    """R5 calls a provision an exception, and is not always so used: it takes our modifier to be sure."""
    said, provisions = paper.take("decision"), paper.parts("provision")
    inside = [one for one in provisions if _nested(one)]
    against = _opts_out(paper, "regulatoryBasis")
    if said == "deny" and not provisions:
        return False
    if said not in ("permit", "deny"):
        paper.note("decision", "It does not say whether it permits.")
    elif said == "permit":
        paper.note("decision", "It permits, and what it then names can be meant as only these, or as all but these.")
    elif Limit.PROVISION not in limits:
        paper.note("provision", "It denies, and what it permits would be an exception.")
    elif len(provisions) != 1:
        paper.note("provision", "It has several provisions.")
    elif not inside and not against:
        return True
    return None


def _nested(provision: Paper) -> bool:
    if not provision.value.get("provision"):
        return False
    provision.note("provision", "It has rules inside rules. Which of them counts is not guessed.")
    provision.drop("provision")
    return True


def _opts_out(paper: Paper, name: str) -> bool:
    """Whether its policy says no while its provision says yes."""
    one = paper.part(name)
    said = [
        (coding.get("system"), coding.get("code"))
        for at in ([one] if one else paper.parts(name))
        for coding in at.value.get("coding") or ()
    ]
    against = any(one in words.OPT_OUT for one in said)
    if against:
        paper.note(name, "Its policy says no, and its provision says yes.")
    return against


def _identifiers(paper: Paper) -> Found:
    found: Found = []
    for one in paper.parts("identifier"):
        one.drop("use", "type", "period", "assigner", "id")
        found.append((one, (one.take("system") or "", one.take("value") or "")))
    return found


def _claims(paper: Paper, version: Version, known: Known, beside: Beside) -> dict[str, Any]:
    """What it says about its signing and its ending."""
    r4 = version is Version.R4
    signed_on = paper.moment("dateTime" if r4 else "date")
    exact = beside.signed
    if exact is not None and signed_on is not None and str(exact)[:10] != str(signed_on)[:10]:
        paper.note("date", "It names two days of signing.")
    signed_by = _signed_by(paper, "performer" if r4 else "grantor", known)
    for one in paper.parts("verification"):
        if one.take("verified", bool) is True:
            one.drop("verificationDate", "verificationType", "verifiedBy", "verifiedWith", "id")
        else:
            one.note("verified", "It says that it was not verified with whoever gave it.")
    for words_of_it in _doubts(beside):
        paper.note("extension", words_of_it)
    return beside.claims | {"signed_on": exact or signed_on, "signed_by": signed_by}


def _doubts(beside: Beside) -> Iterator[str]:
    """What our own extension says against counting on it."""
    said = beside.claims
    if said["mode"] == "verbal":
        yield "It was said, not signed."
    if said["conditioned"]:
        yield "Signing was made a condition of getting help."
    if said["missing"]:
        yield f"These are not on the paper: {', '.join(said['missing'])}."
    if said["found_false"] or said["event_happened"] or any(not stop.recipients for stop in said["revoked"]):
        yield "It says that it has ended."


def _signed_by(paper: Paper, name: str, known: Known) -> tuple[str, ...]:
    found = []
    for one in paper.parts(name):
        system, value = one.reference()
        if system == words.SIGNER and value in known.signers:
            found.append(known.signers[value])
        else:
            one.note("", "Who agreed to it, a person has to say.")
    if not paper.parts(name):
        paper.note(name, "It does not say who agreed to it.")
    return tuple(found)


def _discloser(paper: Paper, version: Version, known: Known) -> str | None:
    names = ("organization",) if version is Version.R4 else ("manager", "controller")
    found = [one.reference() for name in names for one in paper.parts(name)]
    said = {value for system, value in found if system == words.AGENCY and value in known.agencies}
    if len(said) == 1 and all(system == words.AGENCY for system, _ in found):
        return said.pop()
    paper.note(names[0], "Who would tell, a person has to say.")
    return None


def _type(paper: Paper, version: Version, known: Known, beside: Beside) -> str | None:
    """The type of release. Only ours say it; of a law that has one type only, that is it."""
    rule = paper.part("policyRule")
    rules = ([rule] if rule else []) if version is Version.R4 else paper.parts("regulatoryBasis")
    laws = [code for one in rules for _, code in one.concept()]
    if beside.type in known.types:
        if laws != [words.law(str(beside.type)).key]:
            paper.note("policyRule" if version is Version.R4 else "regulatoryBasis", "Its law is not that of its kind.")
        return str(beside.type)
    if beside.type is not None:
        paper.note("extension", "It is of a kind that is not known here.")
    meant = {one for system, code in laws if system == words.ACT for one in TYPES_OF_LAW.get(code, ())}
    if len(meant) == 1 and len(laws) == 1:
        return meant.pop()
    paper.note("policyRule" if version is Version.R4 else "regulatoryBasis", "It does not say which kind it is.")
    return None


def _agree(paper: Paper, limits: list[Limit], terms: Mapping[str, Any], beside: Beside) -> None:
    """A limit that is announced has to be there."""
    there = {
        Limit.PROVISION: bool(paper.parts("provision")),
        Limit.EXCLUDES: bool(terms["excludes"]),
        Limit.STOPPED: bool(beside.all_recipients),
        Limit.EVENT: isinstance(terms["expires"], str),
    }
    for one in limits:
        if not there[one]:
            paper.note("modifierExtension", "It announces a limit and does not say which.")


def _kind(paper: Paper, version: Version) -> None:
    """That it is about privacy and disclosing, and about nothing else."""
    scope = paper.part("scope")
    for at, code in scope.concept() if scope else ():
        if code != words.PRIVACY.key:
            at.note("code", "It is about something else than privacy.")
    for at, code in paper.concepts("category"):
        if code not in words.KINDS_OF_CONSENT:
            at.note("code", "It is about something else than disclosing.")
    text = paper.part("text")
    if text and text.value.get("status") in ("generated", "extensions"):
        text.drop("status", "div", "id")


__all__ = ["Known", "Reading", "Says", "read"]
