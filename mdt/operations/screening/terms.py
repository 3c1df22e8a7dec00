"""What a FHIR Questionnaire says of scoring and of asking beside its elements: HL7's extensions where there is one,
ours for what a screening needs and HL7 has no word for."""

from __future__ import annotations

HL7 = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
SCORES = (f"{HL7}ordinalValue", f"{HL7}itemWeight", f"{SDC}itemWeight")
"""What an answer counts."""
CALCULATED = f"{SDC}sdc-questionnaire-calculatedExpression"
HIDDEN = f"{HL7}questionnaire-hidden"
SHOWN_AS = f"{HL7}questionnaire-displayCategory"
ABSENT = f"{HL7}data-absent-reason"
OURS = "urn:mdt:fhir:screening:"
OBSERVED = f"{OURS}observed"
"""On a Questionnaire: it is filled in from what somebody notices, and nobody is asked."""
NOT_ALOUD = f"{OURS}not-aloud"
"""On an item: it is for whoever asks, and is never read to the young person."""
DISCLOSED = f"{OURS}disclosed"
"""On an answer that can be chosen: with it something has been told, and the questions stop."""
CREDIT = f"{OURS}credit"
"""On a Questionnaire: whose words it rests on."""

DECLINED, UNSAFE = "declined", "unsafe"
ABSENCES = {DECLINED: "asked-declined", UNSAFE: "not-asked"}
"""Why there is no answer, as we say it and as FHIR does."""
ABSENCE_WORDS = {DECLINED: "Did not want to answer", UNSAFE: "Not safe to ask"}
YES_NO_UNKNOWN = (
    ("http://terminology.hl7.org/CodeSystem/v2-0136", "Y", "Yes"),
    ("http://terminology.hl7.org/CodeSystem/v2-0136", "N", "No"),
    ("http://terminology.hl7.org/CodeSystem/data-absent-reason", "asked-unknown", "Don’t know"),
)
KNOWN_SETS = {"http://hl7.org/fhir/ValueSet/yesnodontknow": YES_NO_UNKNOWN}
"""Value sets of FHIR itself that an instrument can name without bringing them."""

__all__ = [
    "ABSENCES", "ABSENCE_WORDS", "ABSENT", "CALCULATED", "CREDIT", "DECLINED", "DISCLOSED", "HIDDEN", "KNOWN_SETS",
    "NOT_ALOUD", "OBSERVED", "OURS", "SCORES", "SHOWN_AS", "UNSAFE",
]  # fmt: skip
