"""Who may sign for this young person, at signing and now."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from mdt.sharing.facts import Facts, Flag, Person
from mdt.sharing.profile import Profile
from mdt.sharing.signers import barred_signer
from mdt.sharing.vocabulary import Category
from tests.unit.sharing import told
from tests.unit.sharing.parts import ADVOCATE, FACTS, NOON, SUD, code, look, of_type, saying
from tests.unit.sharing.told import BASELINE


def family(custody: str = "parent", born: str = "2009-06-01", flags: tuple[Flag, ...] = (), **more: Any) -> Facts:
    """The case with a mother, an aunt and a father whose rights were ended."""
    people = {
        "mother": Person(id="mother", relation="parent", rights=True, flags=flags),
        "warden": Person(id="warden", relation="guardian", rights=True),
        "father": Person(id="father", relation="parent", rights=False),
        "aunt": Person(id="aunt", relation="kin", rights=True),
    }
    youth = replace(FACTS.case.youth, born=date.fromisoformat(born), **more)
    return replace(FACTS, case=replace(FACTS.case, custody=custody, people=people, youth=youth))


NONE, MINOR, PARENT = "E_SIGNER_NO_AUTHORITY", "E_MINOR_SIGNATURE_REQUIRED", "E_PARENT_SIGNATURE_REQUIRED"
SIGNERS: list[tuple[str, str, str, str | None]] = [
    ("guardian", "parent", "mother", None), ("guardian", "parent", "warden", None),
    ("guardian", "parent", "father", NONE), ("guardian", "parent", "aunt", NONE), ("guardian", "parent", "no", NONE),
    ("guardian", "parent", "youth", PARENT), ("guardian", "parent", "agency", NONE),
    ("guardian", "agency", "agency", None), ("guardian", "agency", "mother", None),
    ("guardian", "agency", "youth", PARENT),
    ("guardian", "youth", "youth", None), ("guardian", "youth", "aunt", NONE), ("guardian", "youth", "mother", None),
    ("parent", "agency", "agency", NONE), ("parent", "agency", "mother", None), ("parent", "youth", "youth", PARENT),
    ("both", "parent", "youth mother", None), ("both", "parent", "mother", MINOR), ("both", "parent", "youth", PARENT),
    ("both", "agency", "youth agency", None), ("both", "parent", "youth agency", NONE),
    ("both", "parent", "youth aunt", NONE), ("both", "parent", "youth aunt mother", None),
    ("sud", "parent", "youth mother", None), ("sud", "parent", "mother", MINOR), ("sud", "parent", "youth", PARENT),
    ("youth", "parent", "youth", None), ("youth", "parent", "mother", MINOR), ("youth", "parent", "youth aunt", None),
]  # fmt: skip


@pytest.mark.parametrize(("signers", "custody", "by", "said"), SIGNERS)
def test_who_signs_for_a_minor_follows_from_the_form_and_from_custody(
    signers: str, custody: str, by: str, said: str | None
) -> None:
    profile = of_type("HIPAA", signers=signers)
    assert code({"signed_by": tuple(by.split())}, facts=family(custody), profile=profile) == said


@pytest.mark.parametrize("signers", ["guardian", "parent", "both", "sud", "youth"])
def test_of_an_adult_only_the_adult_signs(signers: str) -> None:
    grown, profile = family(born="2007-02-01"), of_type("HIPAA", signers=signers)
    assert code({"signed_by": ("youth",)}, facts=grown, profile=profile) is None
    assert code({"signed_by": ("youth", "mother")}, facts=grown, profile=profile) is None
    assert code({"signed_by": ("mother",)}, facts=grown, profile=profile) == NONE
    free = family(emancipated=date(2025, 2, 1))
    assert code({"signed_by": ("youth",)}, facts=free, profile=profile) is None


def test_at_majority_lapses_what_was_somebody_elses_to_sign() -> None:
    turns = family(born="2007-03-01")
    both, alone = of_type("HIPAA", signers="both"), of_type("HIPAA", signers="youth")
    assert code({"signed_by": ("mother",)}, facts=turns) == "E_AGED_OUT"
    assert code({"signed_by": ("youth", "mother")}, facts=turns, profile=both) == "E_AGED_OUT"
    assert code({"signed_by": ("mother",)}, facts=turns, profile=both) == "E_AGED_OUT"
    assert code({"signed_by": ("youth",)}, facts=turns, profile=both) == PARENT
    assert code({"signed_by": ("youth", "mother")}, facts=turns, profile=alone) is None
    before = "2025-02-28T23:59"
    assert code({"signed_by": ("youth", "mother")}, facts=turns, profile=both, when=before) is None
    assert code({"signed_by": ("mother",)}, facts=turns, profile=both, when=before) == MINOR


def test_a_suspect_suspends_what_was_theirs_to_sign() -> None:
    suspect = family(flags=(Flag(flag="suspected_offender", since=date(2025, 3, 1)),))
    both, alone = of_type("HIPAA", signers="both"), of_type("HIPAA", signers="youth")
    assert code({}, facts=suspect) == "E_SIGNER_CONFLICT"
    assert code({}, facts=suspect, when="2025-02-28T12:00") is None
    assert code({"signed_by": ("mother", "warden")}, facts=suspect) == "E_SIGNER_CONFLICT"
    assert code({"signed_by": ("youth", "mother")}, facts=suspect, profile=both) == "E_SIGNER_CONFLICT"
    assert code({"signed_by": ("mother",)}, facts=suspect, profile=both) == "E_SIGNER_CONFLICT"
    assert code({"signed_by": ("youth", "mother")}, facts=suspect, profile=alone) is None
    assert code({"signed_by": ("mother", "aunt")}, facts=suspect) == NONE


@pytest.mark.parametrize(
    ("since", "until", "when", "barred"),
    [
        (None, None, NOON, True), (None, "2025-01-31", NOON, False), (None, "2025-02-01", NOON, True),
        ("2025-02-01", "2025-02-03", NOON, True), ("2025-02-02", "2025-02-03", NOON, False),
        ("2025-02-02", "2025-02-03", "2025-02-02T12:00", True), ("2025-02-02", "2025-02-03", "2025-02-01T12:00", False),
        ("2025-02-01T15:00", "2025-02-01T16:00", NOON, True),
        ("2025-02-01T15:00", "2025-02-01T16:00", "2025-02-01T12:00", False),
        ("2025-02-01T15:00", "2025-02-01T16:00", "2025-02-01T15:00", True),
    ],
)  # fmt: skip
def test_a_flag_bars_a_signer_now_or_at_any_time_of_the_day_of_signing(
    since: str | None, until: str | None, when: str, barred: bool
) -> None:
    spell = {"since": moment(since), "until": moment(until)}
    facts = family(flags=(Flag(flag="no_contact", **spell),))
    assert barred_signer(look(facts=facts, when=when), facts.case.people["mother"], date(2025, 2, 1)) is barred
    lenient = replace(BASELINE, barred_flags=frozenset({"associate"}))
    seen = look(facts=facts, when=when, profile=lenient)
    assert barred_signer(seen, facts.case.people["mother"], date(2025, 2, 1)) is False


def moment(text: str | None) -> date | datetime | None:
    if text is None:
        return None
    return told.at(text, FACTS) if "T" in text else date.fromisoformat(text)


def test_a_young_person_signs_alone_for_what_they_obtained_alone() -> None:
    alone: dict[str, Any] = {"of_item": {"consented_by": "youth"}}
    assert code({"signed_by": ("youth",)}, **alone) is None
    assert code({"signed_by": ("mother",)}, **alone) == MINOR
    assert code({"signed_by": ("youth",)}, of_item={"consented_by": "parent"}) == PARENT
    both = of_type("HIPAA", signers="both")
    assert code({"signed_by": ("youth",)}, profile=both, **alone) == PARENT


@pytest.mark.parametrize(
    ("kind", "source", "consented", "said"),
    [
        ("VSP", {"vsp": "vawa"}, "youth", None), ("VSP", {"vsp": "voca"}, "youth", None),
        ("VSP", {"vsp": "fvpsa"}, "youth", PARENT), ("VSP", {"vsp": None}, "youth", PARENT),
        ("VSP", {"vsp": "vawa", "rhy": True}, "youth", PARENT), ("VSP", {"vsp": "vawa"}, "parent", PARENT),
        ("VSP", {"vsp": "vawa"}, None, PARENT), ("RHY", {"vsp": "vawa"}, "youth", PARENT),
    ],
)  # fmt: skip
def test_an_advocate_under_vawa_or_voca_asks_the_young_person_alone_for_what_they_obtained_alone(
    kind: str, source: dict[str, Any], consented: str | None, said: str | None
) -> None:
    facts = replace(FACTS, orgs={**FACTS.orgs, "safe-harbor": replace(FACTS.orgs["safe-harbor"], **source)})
    form = {**ADVOCATE, "type": kind, "signed_by": ("youth",), "signed_on": date(2025, 3, 1)}
    assert code(form, item="log", of_item={"consented_by": consented}, facts=facts) == said


def grown_at(key: str, confirmed: bool = True, **ages: int | None) -> Profile:
    """The baseline with ages from which a minor consents alone, confirmed or not."""
    by = {"by": "counsel", "on": "2025-01-01"} if confirmed else None
    return saying(**{key: {**ages, "confirmed": by}})


@pytest.mark.parametrize(
    ("of_item", "ages", "confirmed", "said"),
    [
        ({"labels": ("HIV",)}, {"sti": 15}, True, None), ({"labels": ("HIV",)}, {"sti": 16}, True, PARENT),
        ({"labels": ("HIV",)}, {"sti": 15}, False, PARENT), ({"labels": ("HIV",)}, {"sti": None}, True, PARENT),
        ({"labels": ("PREGNANCY",)}, {"sti": 15}, True, PARENT),
        ({"labels": ("HIV", "PREGNANCY")}, {"sti": 15}, True, PARENT),
        ({"labels": ("HIV", "PREGNANCY")}, {"sti": 15, "pregnancy": 15}, True, None),
        ({"labels": ("HIV", "MEDICATION")}, {"sti": 15}, True, None), ({}, {"sti": 15}, True, PARENT),
        ({"labels": ("HIV",), "consented_by": "parent"}, {"sti": 15}, True, PARENT),
        ({"category": Category.BEHAVIORAL}, {"mental_health": 15}, True, None),
        ({"category": Category.BEHAVIORAL}, {"sti": 15}, True, PARENT),
        ({"category": Category.BEHAVIORAL, "labels": ("HIV",)}, {"mental_health": 15}, True, PARENT),
    ],
)  # fmt: skip
def test_a_service_that_state_law_lets_a_minor_obtain_at_that_age_is_the_young_persons_to_release(
    of_item: dict[str, Any], ages: dict[str, int], confirmed: bool, said: str | None
) -> None:
    labels = ("HIV", "STI", "PREGNANCY", "MEDICATION")
    form = {"signed_by": ("youth",), "labels": labels, "categories": (Category.HEALTH, Category.BEHAVIORAL)}
    assert code(form, of_item=of_item, profile=grown_at("minor_consent", confirmed, **ages)) == said


def test_a_minor_of_the_age_of_the_state_consents_to_treatment_alone_from_their_birthday() -> None:
    form, turns = {**SUD, "signed_by": ("youth",)}, family(born="2009-02-02")
    old_enough = grown_at("sud_minor_consent", age=16)
    of_parent: dict[str, Any] = {"item": "record", "facts": turns, "of_item": {"consented_by": "parent"}}
    assert code(form, profile=old_enough, **of_parent) == PARENT
    assert code({**form, "signed_on": date(2025, 2, 2)}, profile=old_enough, **of_parent) is None
    assert code({**form, "signed_on": date(2025, 2, 2)}, **of_parent) == PARENT
    unsure = grown_at("sud_minor_consent", confirmed=False, age=16)
    assert code({**form, "signed_on": date(2025, 2, 2)}, profile=unsure, **of_parent) == PARENT
    assert code(form, item="record", facts=turns, of_item={"consented_by": "youth"}) is None
