"""Consents, whatever comes: a release comes back the same; what is read never says more than was permitted."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mdt.operations.fhir import strict
from mdt.operations.fhir.reading import Reading, Says, read
from mdt.operations.fhir.terms import LABEL_NAMES
from mdt.operations.fhir.words import ACT, EXTENSION, PART, REASON, SENSITIVE, Version
from mdt.operations.fhir.writing import consent
from mdt.sharing.facts import Release, Revocation
from mdt.sharing.vocabulary import Category, Purpose
from tests.unit.fhir.consents import BASELINE, FULL, KNOWN, NAMES, as_claimed, foreign_r4, foreign_r5, plain

DAYS = st.dates(date(2000, 1, 1), date(2040, 1, 1))
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
MOMENTS = DAYS | TIMES
RECIPIENTS = ("police", "school", "ruth", "marcus")


def some(values: Any, least: int = 0) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.sampled_from(tuple(values)), unique=True, min_size=least).map(tuple)


STOPS = st.builds(Revocation, at=MOMENTS, mode=st.sampled_from(["verbal", "phone"]), recipients=some(RECIPIENTS))
RELEASES = st.builds(
    Release,
    id=st.uuids().map(str), type=st.sampled_from(tuple(BASELINE.releases)), discloser=st.just("mercy"),
    recipients=some(RECIPIENTS), categories=some(Category), labels=some(LABEL_NAMES),
    signed_on=st.none() | MOMENTS, signed_by=some(NAMES.signers),
    items=st.none() | some(["i-1", "i-2", "i-3"]), excludes=some(["medications", "HIV", "next_visit"]),
    purposes=st.none() | some(Purpose),
    data_period=st.none() | st.tuples(DAYS | st.just(date.min), DAYS | st.just(date.max)),
    mode=st.sampled_from(["written", "esign", "verbal"]), effective=st.none() | MOMENTS,
    expires=st.none() | DAYS | st.sampled_from(["none", "case_closed", "school_year_end"]),
    event_happened=st.none() | MOMENTS, revoked=st.lists(STOPS, max_size=3).map(tuple),
    found_false=st.none() | MOMENTS, separate=st.booleans(), conditioned=st.booleans(),
    missing=some(["copy_given", "date", "purpose"]),
)  # fmt: skip
VERSIONS = st.sampled_from(tuple(Version))


@settings(max_examples=250, deadline=None)
@given(RELEASES, VERSIONS)
def test_a_release_goes_out_and_comes_back_the_same(release: Release, version: Version) -> None:
    """All that a decision reads; and the file is what FHIR declares."""
    written = consent(release, NAMES, version, "active")
    back, found = strict.taken_in(json.dumps(written).encode())
    assert found is version
    assert as_claimed(read(back, version, KNOWN), release) == release


POOL = st.sampled_from([
    "permit", "deny", "active", "inactive", "draft", "2026-05-01", "2026-05", "2027-01-01T10:00:00Z", "HEALTH",
    "SUD_P2", "PLAN", "TREAT", "HLEGAL", "IRCP", "PRCP", "school", "police", "urn:mdt:person", "urn:mdt:category",
    ACT, PART, REASON, "ETH", "HIV", "disclose", "access", "excludes", "ends", "stopped", "recipient", "case_closed",
])  # fmt: skip
ADDED = st.sampled_from([
    ("provision", [{"type": "deny"}]), ("provision", [{"type": "permit", "actor": []}]), ("implicitRules", "urn:x"),
    ("modifierExtension", [{"url": "urn:other", "valueBoolean": True}]), ("resourceType", [{"code": "Patient"}]),
    ("code", [{"text": "iron"}]), ("display", "x"), ("text", {"status": "additional", "div": "<div/>"}), ("id", "x"),
    ("period", {"start": "2026-01-01", "end": "2030-01-01"}),
    ("policyRule", {"coding": [{"system": ACT, "code": "OPTOUT"}]}),
    ("dataPeriod", {"start": "2026-01-01"}), ("decision", "deny"), ("type", "permit"),
])  # fmt: skip


def nodes(value: Any) -> Iterator[Any]:
    """Every object and list of a Consent."""
    if isinstance(value, dict | list):
        yield value
        for one in value.values() if isinstance(value, dict) else value:
            yield from nodes(one)


def mutate(found: dict[str, Any], draw: st.DrawFn) -> None:
    """Change one thing somewhere: take it away, say it twice, say something else, add something."""
    node = draw(st.sampled_from(list(nodes(found))))
    keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    act = draw(st.sampled_from(["drop", "twice", "other", "add"]))
    if act == "add" and isinstance(node, dict):
        name, value = draw(ADDED)
        node[name] = copy.deepcopy(value)
    elif keys and act == "twice" and isinstance(node, list):
        node.append(copy.deepcopy(node[draw(st.sampled_from(keys))]))
    elif keys:
        key = draw(st.sampled_from(keys))
        if act == "other" and isinstance(node[key], str):
            node[key] = draw(POOL)
        elif act == "drop":
            del node[key]


@st.composite
def mutated(draw: st.DrawFn) -> tuple[dict[str, Any], Version]:
    version = draw(VERSIONS)
    ours = draw(st.sampled_from([plain(), plain(type="P2", categories=(Category.SUD_P2,)), FULL, harmless()]))
    starts = [consent(ours, NAMES, version, "active"), foreign_r4() if version is Version.R4 else foreign_r5()]
    found = draw(st.sampled_from(starts))
    for _ in range(draw(st.integers(1, 4))):
        mutate(found, draw)
    return found, version


def harmless() -> Release:
    """A full release without what keeps it from counting."""
    whole = replace(FULL, found_false=None, conditioned=False, missing=(), separate=True, event_happened=None)
    return replace(whole, signed_on=date(2026, 3, 1))


@settings(max_examples=600, deadline=None)
@given(mutated())
def test_what_is_read_is_held_or_says_no_more_than_the_consent_permits(found: tuple[dict[str, Any], Version]) -> None:
    said, version = found
    try:
        taken, version = strict.taken_in(json.dumps(said).encode())
    except strict.Damaged as no:
        assert no.place
        return
    reading = read(taken, version, KNOWN)
    draft = reading.draft(id="x", discloser="mercy", type=reading.type or "HIPAA")
    assert draft.signed_on is None and draft.signed_by == () and draft.revoked == ()
    if reading.clear:
        assert_no_more(reading, taken, version)


def assert_no_more(reading: Reading, said: dict[str, Any], version: Version) -> None:
    """The Consent read once more, by hand: each term of the draft stands in it, and nothing in it is narrower."""
    r4 = version is Version.R4
    root = said["provision"] if r4 else said["provision"][0]
    assert said["status"] == "active" and (root["type"] == "permit" if r4 else said["decision"] == "deny")
    permits = {"url": "urn:mdt:fhir:limits", "valueCode": "the-provision-permits"}
    assert r4 or (len(said["provision"]) == 1 and permits in said["modifierExtension"])
    assert not set(root) & {"provision", "code", "resourceType", "expression", "modifierExtension"}
    assert "implicitRules" not in said and "contained" not in said
    assert not [one for one in said.get("modifierExtension", []) if one["url"] != "urn:mdt:fhir:limits"]
    terms = reading.terms
    actors = [one["reference"]["identifier"]["value"] for one in root.get("actor", [])]
    assert all(one["role"]["coding"][0]["code"] == "IRCP" for one in root.get("actor", []))
    assert set(terms["recipients"]) <= set(actors)
    content = {one["code"] for one in root.get("class" if r4 else "documentType", [])}
    sensitive = {one["code"] for one in root.get("securityLabel", [])}
    for one in terms["categories"]:
        assert one.value in content or (not content and SENSITIVE[one].code in sensitive)
        assert one not in SENSITIVE or SENSITIVE[one].code in sensitive
    assert len(terms["labels"]) <= len(sensitive)
    purposes = [one["code"] for one in root.get("purpose", [])]
    assert set(terms["purposes"] or ()) <= set(purposes) and (terms["purposes"] is not None or not purposes)
    period = (root if r4 else said).get("period", {})
    assert period.get("start") == (str(terms["effective"]) if terms["effective"] else None) or "T" in period["start"]
    assert (period.get("end") == str(terms["expires"])) or (period.get("end") is None)
    assert terms["items"] is not None or not root.get("data")
    assert len(terms["items"] or ()) == len(root.get("data", []))
    assert (terms["data_period"] is None) == ("dataPeriod" not in root)
    ours = [one for one in said.get("extension", []) if one["url"] == EXTENSION]
    parts = [part for one in ours for part in one.get("extension", [])]
    left_out = {part["valueString"] for part in parts if part["url"] == "excludes"}
    assert left_out <= set(terms["excludes"])


@settings(max_examples=60, deadline=None)
@given(RELEASES, VERSIONS, st.sampled_from(["inactive", "entered-in-error", "draft"]))
def test_a_consent_that_is_not_in_force_never_permits(release: Release, version: Version, status: str) -> None:
    reading = read(consent(release, NAMES, version, status), version, KNOWN)
    assert reading.says is not Says.PERMITS and not reading.clear


@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_whatever_is_no_consent_is_refused_with_a_place(file: bytes) -> None:
    try:
        strict.taken_in(file)
    except strict.Damaged as no:
        assert no.place and str(no)
    else:
        raise AssertionError("it was taken in")


def test_the_last_day_is_never_moved() -> None:
    """An end within a day would last longer here; it is left open, and the law's check refuses it."""
    said = consent(plain(), NAMES, Version.R4, "active")
    said["provision"]["period"]["end"] = "2026-09-01T08:00:00Z"
    reading = read(said, Version.R4, KNOWN)
    assert reading.terms["expires"] is None and not reading.clear
