"""A release as a Consent and back, case by case: what is written, and what is held instead of guessed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mdt.operations.fhir import mapping, strict, words
from mdt.operations.fhir.reading import Reading, Says, read
from mdt.operations.fhir.words import ACT, Version
from mdt.operations.fhir.writing import consent
from mdt.sharing.releases import CASE_CLOSED
from mdt.sharing.vocabulary import Category, Purpose
from tests.unit.fhir.consents import FULL, KNOWN, NAMES, as_claimed, foreign_r4, foreign_r5, plain

BOTH = pytest.mark.parametrize("version", Version)
Json = dict[str, Any]


def written(version: Version, **more: Any) -> Json:
    return consent(plain(**more), NAMES, version, "active")


def again(said: Json) -> Reading:
    """Through the door, as a file."""
    return read(*strict.taken_in(json.dumps(said).encode()), KNOWN)


def at(reading: Reading, path: str) -> list[str]:
    return [one.words for one in reading.places if one.path == path]


@BOTH
@pytest.mark.parametrize("release", [FULL, plain(), plain(expires=CASE_CLOSED, purposes=None, signed_by=())])
def test_a_release_comes_back_the_same(version: Version, release: Any) -> None:
    assert as_claimed(again(consent(release, NAMES, version, "active")), release) == release


@BOTH
def test_a_plain_release_of_ours_is_clear_and_still_has_no_signature(version: Version) -> None:
    reading = again(written(version))
    assert reading.clear and reading.says is Says.PERMITS
    draft = reading.draft(id="d", discloser="mercy", type="HIPAA")
    assert (draft.signed_on, draft.signed_by) == (None, ())
    assert reading.claims["signed_on"] == date(2026, 3, 1)


@BOTH
def test_the_declaration_has_every_path_that_is_written_and_no_other(version: Version) -> None:
    said = {path for one in mapping.PARTS if (path := one.r4 if version is Version.R4 else one.r5)}
    there = set(paths(consent(FULL, NAMES, version, "active"), said)) - {"resourceType", "id"}
    there |= set(paths(consent(plain(), NAMES, version, "active"), said)) - {"resourceType", "id"}
    assert there == said


@BOTH
def test_every_part_of_the_extension_is_declared(version: Version) -> None:
    beside = consent(FULL, NAMES, version, "active")["extension"][0]["extension"]
    optional = {"signed"} if version is Version.R4 else set()
    assert {one["url"] for one in beside} == mapping.BESIDES.keys() - optional


def paths(value: Json, known: set[str]) -> Iterator[str]:
    """The paths of a Consent, as deep as they are declared."""
    for name, one in value.items():
        inner = (one[0] if isinstance(one, list) else one) if name in ("provision", "verification") else None
        yield from (f"{name}.{below}" for below in inner) if inner else [name]


@BOTH
def test_nobody_is_named_but_agencies_and_people_at_work(version: Version) -> None:
    said = consent(FULL, NAMES, version, "active")
    subject = said["patient" if version is Version.R4 else "subject"]
    assert subject == {"type": "Patient", "identifier": {"system": words.SUBJECT, "value": "7c1f"}}
    assert "mother" not in json.dumps(said)
    assert said["text"]["div"].count("42 CFR part 2") == 1


@BOTH
def test_whom_it_was_stopped_for_is_nobody_who_is_told(version: Version) -> None:
    said = consent(FULL, NAMES, version, "active")
    provision = said["provision"] if version is Version.R4 else said["provision"][0]
    told = [one["reference"]["identifier"]["value"] for one in provision["actor"]]
    assert told == ["police", "ruth"]
    assert {one["valueCode"] for one in said["modifierExtension"]} >= {"stopped-for-some", "parts-are-left-out"}
    assert again(said).terms["recipients"] == ("police", "ruth")


def r4(change: Callable[[Json], Any]) -> Json:
    said = written(Version.R4)
    change(said)
    return said


def r5(change: Callable[[Json], Any]) -> Json:
    said = written(Version.R5)
    change(said)
    return said


HIV = {"system": ACT, "code": "HIV"}
DOUBTFUL: dict[str, tuple[Json, str, Says]] = {
    "no type": (r4(lambda c: c["provision"].pop("type")), "Consent.provision.type", Says.UNCLEAR),
    "no provision": (r4(lambda c: c.pop("provision")), "Consent.provision.type", Says.UNCLEAR),
    "no decision": (r5(lambda c: c.pop("decision")), "Consent.decision", Says.UNCLEAR),
    "no provision in R5": (r5(lambda c: c.pop("provision")), "Consent.modifierExtension", Says.DENIES),
    "a grant coded as deny": (
        r4(lambda c: c.update(provision={"type": "deny", "provision": [c["provision"]]})),
        "Consent.provision.provision", Says.UNCLEAR,
    ),
    "a grant coded as deny in R5": (r5(lambda c: c.pop("modifierExtension")), "Consent.provision", Says.UNCLEAR),
    "rules that contradict": (
        r4(lambda c: c["provision"].update(provision=[{"type": "deny"}])), "Consent.provision.provision", Says.UNCLEAR,
    ),
    "only these, or all but these": (r5(lambda c: c.update(decision="permit")), "Consent.decision", Says.UNCLEAR),
    "two provisions in R5": (r5(lambda c: c["provision"].append({})), "Consent.provision", Says.UNCLEAR),
    "rules inside the exception": (
        r5(lambda c: c["provision"][0].update(provision=[{"id": "x"}])), "Consent.provision[0].provision", Says.UNCLEAR,
    ),
    "a policy that says no": (
        r4(lambda c: c["policyRule"]["coding"].append({"system": ACT, "code": "OPTOUT"})),
        "Consent.policyRule", Says.UNCLEAR,
    ),
    "a draft": (r4(lambda c: c.update(status="proposed")), "Consent.status", Says.UNCLEAR),
    "an unknown status": (r5(lambda c: c.update(status="unknown")), "Consent.status", Says.UNCLEAR),
    "an unknown purpose": (
        r4(lambda c: c["provision"].update(purpose=[{"system": words.REASON, "code": "HLEGAL"}])),
        "Consent.provision.purpose[0].code", Says.PERMITS,
    ),
    "an unknown sensitivity": (
        r4(lambda c: c["provision"].update(securityLabel=[{"system": ACT, "code": "VIO"}])),
        "Consent.provision.securityLabel[0].code", Says.PERMITS,
    ),
    "sensitivity without content": (
        r4(lambda c: c["provision"].update(securityLabel=[{"system": ACT, "code": "ETH"}])),
        "Consent.provision.securityLabel", Says.PERMITS,
    ),
    "another part in it": (
        r4(lambda c: c["provision"]["actor"][0]["role"]["coding"][0].update(code="PRCP")),
        "Consent.provision.actor[0].role", Says.PERMITS,
    ),
    "a stranger": (
        r5(lambda c: c["provision"][0]["actor"][0]["reference"]["identifier"].update(value="nobody")),
        "Consent.provision[0].actor[0].reference", Says.PERMITS,
    ),
    "nobody told": (r4(lambda c: c["provision"].pop("actor")), "Consent.provision.actor", Says.PERMITS),
    "another young person": (
        r4(lambda c: c["patient"]["identifier"].update(value="0000")), "Consent.patient", Says.PERMITS,
    ),
    "no end": (r4(lambda c: c["provision"].pop("period")), "Consent.period", Says.PERMITS),
    "an end within a day": (
        r4(lambda c: c["provision"]["period"].update(end="2026-09-01T10:00:00Z")),
        "Consent.provision.period.end", Says.PERMITS,
    ),
    "a month for a day": (r5(lambda c: c["period"].update(end="2026-09")), "Consent.period.end", Says.PERMITS),
    "not verified": (
        r4(lambda c: c["verification"][0].update(verified=False)), "Consent.verification[0].verified", Says.PERMITS,
    ),
    "nobody signed": (r4(lambda c: c.pop("performer")), "Consent.performer", Says.PERMITS),
    "something else than privacy": (
        r4(lambda c: c["scope"]["coding"][0].update(code="treatment")), "Consent.scope.coding[0].code", Says.PERMITS,
    ),
    "more than disclosing": (
        r4(lambda c: c["provision"]["action"].append({"coding": [{"system": words.ACTION, "code": "use"}]})),
        "Consent.provision.action", Says.PERMITS,
    ),
    "narrower than we can say": (
        r4(lambda c: c["provision"].update(code=[{"text": "iron"}])), "Consent.provision.code[0].text", Says.PERMITS,
    ),
    "a modifier of somebody else": (
        r4(lambda c: c.update(modifierExtension=[{"url": "urn:other", "valueBoolean": True}])),
        "Consent.modifierExtension[0].url", Says.PERMITS,
    ),
    "rules that bind reading": (r4(lambda c: c.update(implicitRules="urn:x")), "Consent.implicitRules", Says.PERMITS),
    "words beyond the data": (r4(lambda c: c["text"].update(status="additional")), "Consent.text.div", Says.PERMITS),
    "another law than its kind’s": (
        r4(lambda c: c["policyRule"]["coding"][0].update(code="42CFRPart2")), "Consent.policyRule", Says.PERMITS,
    ),
    "a limit without its part": (
        r4(lambda c: c.update(modifierExtension=[{"url": words.MODIFIER, "valueCode": "parts-are-left-out"}])),
        "Consent.modifierExtension", Says.PERMITS,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_is_ambiguous_is_held_with_its_place(name: str) -> None:
    said, path, says = DOUBTFUL[name]
    reading = again(said)
    assert not reading.clear and reading.says is says
    assert at(reading, path), [one.path for one in reading.places]


@pytest.mark.parametrize("mode", ["verbal", "written"])
def test_what_was_said_aloud_or_signed_as_a_condition_is_held(mode: str) -> None:
    assert not again(written(Version.R4, mode=mode, conditioned=mode == "written")).clear
    assert not again(written(Version.R5, missing=("copy_given",))).clear


def test_a_plain_no_is_a_no_and_what_is_over_is_over() -> None:
    no = written(Version.R4) | {"provision": {"type": "deny"}}
    assert again(no).says is Says.DENIES
    closed = written(Version.R5)
    del closed["provision"], closed["modifierExtension"]
    assert again(closed).says is Says.DENIES
    for status in ("inactive", "entered-in-error", "rejected"):
        reading = again(written(Version.R4) | {"status": status})
        assert (reading.says, reading.id) == (Says.OVER, FULL.id)


def test_a_consent_of_a_hospital_is_read_as_far_as_it_goes() -> None:
    reading = again(foreign_r4())
    assert (reading.says, reading.type, reading.discloser) == (Says.PERMITS, "HIPAA", None)
    assert reading.terms["categories"] == (Category.PSYNOTES,) and reading.terms["purposes"] == (Purpose.TREAT,)
    assert reading.terms["recipients"] == () and reading.strangers == ("Blijdorp Medisch Centrum",)
    assert reading.terms["expires"] == date(2026, 9, 1)
    assert again(foreign_r5()).says is Says.UNCLEAR


PROVISIONS: dict[str, Json] = {
    "not them": {
        "actor": [{"role": {"coding": [{"system": words.PART, "code": "PRCP"}]}, "reference": {"display": "C"}}]
    },
    "not this": {"data": [{"meaning": "related", "reference": {"reference": "MedicationRequest/medrx0305"}}]},
    "not then": {"period": {"start": "2015-01-01", "end": "2015-02-01"}},
    "but labels": {"securityLabel": [HIV], "provision": [{"securityLabel": [{"system": ACT, "code": "PSY"}]}]},
}
"""What the published examples narrow by, in our words: there a permit with a provision says what is *not* permitted."""


@pytest.mark.parametrize("name", PROVISIONS)
@pytest.mark.parametrize("said", ["permit", "deny"])
def test_the_shapes_of_the_published_examples_are_read_and_never_taken_for_a_permit(name: str, said: str) -> None:
    inner = PROVISIONS[name]
    new = again(foreign_r5(decision=said, provision=[inner], sourceAttachment=[{"title": "The terms."}]))
    assert new.says is Says.UNCLEAR and not new.clear
    assert at(new, "Consent.sourceAttachment[0].title")
    old = again(foreign_r4(provision={"type": said} | inner, sourceAttachment={"title": "The terms."}))
    assert old.says in (Says.UNCLEAR, Says.DENIES) or not old.clear


def test_part_2_does_not_say_which_of_its_kinds() -> None:
    reading = again(foreign_r4(policyRule={"coding": [{"system": ACT, "code": "42CFRPart2"}]}))
    assert reading.type is None and at(reading, "Consent.policyRule")


def test_a_subject_that_is_not_the_young_person_stays_one() -> None:
    sister = replace(KNOWN, subjects={"7c1f": "sister"})
    release = plain(subject="sister")
    assert as_claimed(read(written(Version.R4), Version.R4, sister), release) == release


@pytest.mark.parametrize(
    ("file", "place"),
    [
        (b"", "the file"), (b"\xff{}", "the file"), (b'{"a": NaN}', "the file"), (b"[" * 90_000, "the file"),
        (b'{"resourceType": "Consent", "status": "active", "status": "draft"}', "status"),
        (b'{"resourceType": "Patient"}', "resourceType"), (b'"Consent"', "resourceType"),
        (b'{"a": "\\ud800"}', "the file"), (b'{"a": "\\u0000"}', "the file"), (b"1" * 9000, "the file"),
        (json.dumps(foreign_r4(zork=1)).encode(), "Consent.zork"),
        (json.dumps(foreign_r4(contained=[{"resourceType": "Zork"}])).encode(), "Consent"),
        (json.dumps(foreign_r4(provision=[])).encode(), "Consent.provision"),
        (json.dumps(foreign_r5(decision={"a": 1})).encode(), "Consent.decision"),
        (json.dumps(foreign_r4(performer=[{"reference": 5}])).encode(), "Consent.performer[0].reference"),
        (b" " * (strict.LARGEST + 1), "the file"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_refused_with_its_place_and_without_its_content(file: bytes, place: str) -> None:
    with pytest.raises(strict.Damaged) as no:
        strict.taken_in(file)
    assert no.value.place.startswith(place)
    assert "Heuvel" not in f"{no.value}{no.value.place}"


def test_no_code_is_written_that_would_open_more_than_our_word() -> None:
    """Two purposes have HL7's code; no code stands for two of our words, so that nothing is read twice."""
    assert {one for one, code in words.PURPOSES.items() if code.system == words.REASON} == {
        Purpose.TREAT,
        Purpose.CAREMGT,
    }
    tables = (words.PURPOSES, words.CATEGORIES, words.SENSITIVE, words.LABELS)
    codes = [code.key for table in tables for code in table.values()]
    assert len(codes) == len(set(codes))
