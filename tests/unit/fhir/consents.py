"""Releases as Consents, and Consents as somebody else would write them: what the tests of FHIR stand on.

The foreign ones are our own, in the shapes of the examples that the specification shows.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from mdt.operations.fhir.reading import Known, Reading
from mdt.operations.fhir.words import ACT, ACTION, HL7, PART, REASON
from mdt.operations.fhir.writing import Names
from mdt.sharing.facts import Release, Revocation
from mdt.sharing.profile import load
from mdt.sharing.vocabulary import Category, Purpose

BASELINE = load("us-baseline")
NAMES = Names(
    subject="7c1f",
    signers={"youth": "s0", "agency": "s1", "mother": "s2", "somebody_else": "s3"},
    called={"mercy": "Mercy Clinic", "police": "Alder Police", "ruth": "Ruth Castellano"},
    people=frozenset({"ruth", "marcus"}),
    title="Health authorization",
    statements=("42 CFR part 2 prohibits unauthorized use or disclosure of these records.",),
)
KNOWN = Known(
    subjects={"7c1f": "youth"},
    signers={opaque: name for name, opaque in NAMES.signers.items()},
    agencies=frozenset({"mercy", "police", "harbor", "school"}),
    people=NAMES.people,
    types=frozenset(BASELINE.releases),
)
FULL = Release(
    id="3f0c2a52-91f9-4b58-a1c1-0a8a6f3f9f10", type="P2", discloser="mercy", recipients=("police", "school", "ruth"),
    categories=(Category.SUD_P2, Category.HEALTH), signed_on=datetime(2026, 3, 1, 15, 4, 5, tzinfo=UTC),
    signed_by=("youth", "mother"), labels=("HIV", "MEDICATION"), items=("i-1", "i-2"), excludes=("medications",),
    purposes=(Purpose.TREAT, Purpose.PLAN), data_period=(date(2025, 1, 1), date(2026, 2, 1)), mode="esign",
    effective=date(2026, 3, 2), expires="case_closed", event_happened=datetime(2026, 9, 1, tzinfo=UTC),
    revoked=(Revocation(at=date(2026, 4, 1), mode="verbal", recipients=("school",)),), found_false=date(2026, 5, 1),
    separate=False, conditioned=True, missing=("copy_given",),
)  # fmt: skip
"""A release that says everything a release can say."""


def as_claimed(reading: Reading, release: Release) -> Release:
    """What a Consent would be if all that it claims were taken for true. The product has nothing like it."""
    draft = reading.draft(id=reading.id or "", discloser=reading.discloser or "", type=reading.type or "")
    return replace(draft, **reading.claims)


def plain(**more: Any) -> Release:
    """A small release: one recipient, one category, until a day."""
    values: dict[str, Any] = {
        "id": FULL.id, "type": "HIPAA", "discloser": "mercy", "recipients": ("police",),
        "categories": (Category.HEALTH,), "signed_on": date(2026, 3, 1), "signed_by": ("youth",),
        "purposes": (Purpose.TREAT,), "expires": date(2026, 9, 1),
    }  # fmt: skip
    return Release(**values | more)


def foreign_r4(**more: Any) -> dict[str, Any]:
    """An R4 Consent of a hospital: it permits, in its own words and with its own references."""
    return json.loads(json.dumps({
        "resourceType": "Consent", "id": "consent-42", "status": "active",
        "scope": {"coding": [{"system": f"{HL7}consentscope", "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": {"reference": "Patient/f001", "display": "P. van de Heuvel"}, "dateTime": "2026-03-01",
        "performer": [{"reference": "Patient/f001"}],
        "organization": [{"reference": "Organization/f001", "display": "Good Health Clinic"}],
        "policyRule": {"coding": [{"system": ACT, "code": "HIPAAAuth"}]},
        "provision": {
            "type": "permit", "period": {"start": "2026-03-01", "end": "2026-09-01"},
            "actor": [{
                "role": {"coding": [{"system": PART, "code": "IRCP"}]},
                "reference": {"reference": "Organization/f203", "display": "Blijdorp Medisch Centrum"},
            }],
            "action": [{"coding": [{"system": ACTION, "code": "disclose"}]}],
            "purpose": [{"system": REASON, "code": "TREAT"}],
            "securityLabel": [{"system": ACT, "code": "PSYTHPN"}],
        },
    } | more))  # fmt: skip


def foreign_r5(**more: Any) -> dict[str, Any]:
    """An R5 Consent of a hospital: its decision permits, and its provision names only these, or all but these."""
    old = foreign_r4()
    provision = {name: one for name, one in old["provision"].items() if name not in ("type", "period")}
    return json.loads(json.dumps({
        "resourceType": "Consent", "status": "active", "category": old["category"], "subject": old["patient"],
        "date": "2026-03-01", "period": old["provision"]["period"], "grantor": old["performer"],
        "manager": old["organization"], "regulatoryBasis": [old["policyRule"]], "decision": "permit",
        "provision": [provision],
    } | more))  # fmt: skip
