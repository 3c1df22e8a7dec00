"""Codes: HL7's where one means just what we mean or less, our own for everything else.

A code of HL7 that means more than our word would let its reader open more than was signed; so it is
not written, and where it is read a person chooses.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mdt.sharing.vocabulary import Category, Purpose

HL7 = "http://terminology.hl7.org/CodeSystem/"
ACT, REASON, PART = f"{HL7}v3-ActCode", f"{HL7}v3-ActReason", f"{HL7}v3-ParticipationType"
SCOPE, ACTION = f"{HL7}consentscope", f"{HL7}consentaction"
LOINC = "http://loinc.org"
PURPOSE, CATEGORY, LABEL, LAW = "urn:mdt:purpose", "urn:mdt:category", "urn:mdt:label", "urn:mdt:law"
"""Our own code systems: the codes of the catalog and the profile."""
SUBJECT, RELEASE, AGENCY, PERSON = "urn:mdt:subject", "urn:mdt:release", "urn:mdt:agency", "urn:mdt:person"
SIGNER, RECORD = "urn:mdt:signer", "urn:mdt:record"
"""What our identifiers are of. None of them tells a name."""
EXTENSION = "urn:mdt:fhir:release"
"""The extension that holds what a Consent has no element for."""
MODIFIER = "urn:mdt:fhir:limits"
"""The modifier extension: whoever does not understand it may not act on this Consent."""


class Version(StrEnum):
    """The releases of FHIR that are spoken here, by the names people use."""

    R4 = "R4"
    R5 = "R5"

    @property
    def number(self) -> str:
        """As the MIME parameter `fhirVersion` says it."""
        return {"R4": "4.0", "R5": "5.0"}[self.value]


class Limit(StrEnum):
    """What makes a Consent narrower than its elements say; written as a modifier."""

    PROVISION = "the-provision-permits"
    EXCLUDES = "parts-are-left-out"
    STOPPED = "stopped-for-some"
    EVENT = "ends-with-an-event"


@dataclass(frozen=True, slots=True)
class Code:
    """One code of one system, with the words its owner gives it."""

    system: str
    code: str
    display: str = ""

    def __str__(self) -> str:
        return f"{self.system}|{self.code}"

    @property
    def coding(self) -> dict[str, str]:
        words = {"display": self.display} if self.display else {}
        return {"system": self.system, "code": self.code} | words

    @property
    def key(self) -> tuple[str, str]:
        return self.system, self.code


PURPOSES: dict[Purpose, Code] = {one: Code(PURPOSE, one.value) for one in Purpose} | {
    Purpose.TREAT: Code(REASON, "TREAT", "treatment"),
    Purpose.CAREMGT: Code(REASON, "CAREMGT", "care management"),
}
"""Why somebody may be told. HL7's HLEGAL, COORD and the like are wider or other than our words: never written."""
CATEGORIES: dict[Category, Code] = {one: Code(CATEGORY, one.value) for one in Category}
"""What may be told, always by our own word."""
SENSITIVE: dict[Category, Code] = {
    Category.SUD_P2: Code(ACT, "ETH", "substance abuse information sensitivity"),
    Category.BEHAVIORAL: Code(ACT, "BH", "behavioral health information sensitivity"),
    Category.PSYNOTES: Code(ACT, "PSYTHPN", "psychotherapy note information sensitivity"),
    Category.REPRO: Code(ACT, "SEX", "sexuality and reproductive health information sensitivity"),
    Category.SOGI: Code(ACT, "GENDER", "gender and sexual orientation information sensitivity"),
    Category.FORENSIC: Code(ACT, "SDV", "sexual assault, abuse, or domestic violence information sensitivity"),
}
"""The sensitivity that goes with a category: a system that screens by labels needs it to let the category through."""
LABELS: dict[str, Code] = {
    "HIV": Code(ACT, "HIV", "HIV/AIDS information sensitivity"),
    "STI": Code(ACT, "STD", "sexually transmitted disease information sensitivity"),
}
"""Labels that HL7 has a code for; the others are written in our own system."""
LAWS: dict[str, Code] = {
    "HIPAA": Code(ACT, "HIPAAAuth", "HIPAA Authorization for Disclosure"),
    "PSY": Code(ACT, "HIPAAPsyNotes", "HIPAA psychotherapy notes"),
    **dict.fromkeys(("P2", "P2L", "TPO", "CN"), Code(ACT, "42CFRPart2", "42 CFR Part2")),
    "FERPA": Code(LAW, "FERPA", "34 CFR 99.30"),
}
"""The law a type of release rests on; the rest are of the state, or of a grant, and written in our own system."""
PRIVACY = Code(SCOPE, "patient-privacy", "Privacy Consent")
DISCLOSURE = Code(ACT, "IDSCL", "information disclosure")
KINDS_OF_CONSENT = (DISCLOSURE.key, (LOINC, "59284-0"), (LOINC, "57016-8"), (LOINC, "64292-6"))
"""Classifications that say no more than: this is about disclosing."""
RECIPIENT = Code(PART, "IRCP", "information recipient")
DISCLOSE = Code(ACTION, "disclose", "Disclose")
OPT_OUT = ((ACT, "OPTOUT"), (ACT, "OPTOUTE"), (ACT, "NOCONSENT"))


def label(name: str) -> Code:
    """The code of a label."""
    return LABELS.get(name) or Code(LABEL, name)


def law(type: str) -> Code:
    """The code of the law that a type of release rests on."""
    return LAWS.get(type) or Code(LAW, type)


__all__ = ["Code", "Limit", "Version", "label", "law"]
