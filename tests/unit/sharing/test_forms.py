"""A signed form, check by check: everything else about it right, one thing not, and the code that says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from mdt.sharing.facts import Facts, Release, Revocation
from mdt.sharing.papers import Papers, service_of
from mdt.sharing.profile import Profile
from mdt.sharing.regimes import Regimes, regimes_of
from mdt.sharing.releases import asked_of, events, in_force, last_day, names_viewer, standing
from mdt.sharing.vocabulary import Category, Purpose, Regime
from tests.unit.sharing import told
from tests.unit.sharing.parts import FACTS, FORM, SUD, code, look, of_type
from tests.unit.sharing.told import BASELINE, TEAM


def days(*closed: int) -> Facts:
    """The case, closed on these days of February 2025."""
    return replace(FACTS, case=replace(FACTS.case, closed=tuple(date(2025, 2, one) for one in closed)))


def gone(at: date | datetime, *recipients: str) -> dict[str, Any]:
    return {"revoked": (Revocation(at=at, mode="verbal", recipients=recipients),)}


MARCH = date(2025, 3, 3)
ONE_FAULT: list[tuple[dict[str, Any], str | None]] = [
    ({}, None),
    ({"subject": "sister"}, "E_SUBJECT_MISMATCH"),
    ({"signed_on": None}, "E_NOT_ACTIVE"), ({"signed_by": ()}, "E_NOT_ACTIVE"),
    ({"signed_on": date(2025, 3, 4)}, "E_NOT_ACTIVE"), ({"signed_on": MARCH}, None),
    ({"effective": date(2025, 3, 4)}, "E_NOT_YET_EFFECTIVE"), ({"effective": MARCH}, None),
    ({"expires": date(2025, 3, 2)}, "E_EXPIRED_DATE"), ({"expires": MARCH}, None),
    ({"signed_on": date(2024, 3, 2), "expires": date(2025, 12, 31)}, "E_EXPIRED_DATE"),
    ({"signed_on": date(2024, 3, 3), "expires": date(2025, 12, 31)}, None),
    ({"expires": "trial_over", "event_happened": date(2025, 3, 2)}, "E_EXPIRED_EVENT"),
    ({"expires": "trial_over", "event_happened": MARCH}, None), ({"expires": "trial_over"}, None),
    ({"expires": "q3_over"}, None),
    ({"event_happened": date(2025, 3, 2)}, None),
    (gone(MARCH), "E_REVOKED"), (gone(date(2025, 3, 4)), None),
    (gone(MARCH, "kim"), "E_REVOKED"), (gone(MARCH, "victim-unit"), "E_REVOKED"), (gone(MARCH, "ruiz"), None),
    ({"found_false": MARCH}, "E_FALSE"), ({"found_false": date(2025, 3, 4)}, None),
    ({"missing": ("copy_given", "purpose")}, "E_MISSING_ELEMENT:purpose"), ({"missing": ("informed",)}, None),
    ({"missing": ("stamp",)}, "E_MISSING_ELEMENT:stamp"), ({"mode": "esign"}, None),
    ({"conditioned": True}, "E_CONDITIONED"), ({"conditioned": None}, "E_CONDITIONED"),
    ({"expires": None}, "E_NO_TIME_LIMIT"), ({"expires": "none"}, "E_NO_TIME_LIMIT"),
    ({"mode": "verbal"}, "E_VERBAL_ONLY"),
    ({"separate": False}, None), ({"recipients": ("victim-unit", "mercy")}, None),
    ({"signed_by": ("aunt",)}, "E_SIGNER_NO_AUTHORITY"), ({"signed_by": ("mother", "aunt")}, None),
    ({"signed_by": ("youth",)}, "E_PARENT_SIGNATURE_REQUIRED"), ({"signed_by": ("youth", "mother")}, None),
    ({"signed_by": ("agency",)}, "E_SIGNER_NO_AUTHORITY"),
    ({"discloser": "lakeside"}, "E_DISCLOSER_MISMATCH"),
    ({"recipients": ("da-office",)}, "E_RECIPIENT_MISMATCH"), ({"recipients": ("kim",)}, None),
    ({"categories": (Category.BEHAVIORAL,)}, "E_CATEGORY_NOT_COVERED"),
    ({"items": ("record",)}, "E_CATEGORY_NOT_COVERED"), ({"items": ("record", "chart")}, None),
    ({"items": ()}, "E_CATEGORY_NOT_COVERED"),
    ({"data_period": (date(2025, 1, 1), MARCH)}, "E_DATA_PERIOD"),
    ({"purposes": (Purpose.PLAN,)}, "E_PURPOSE_MISMATCH"), ({"purposes": ()}, "E_PURPOSE_MISMATCH"),
    ({"purposes": (Purpose.PLAN, Purpose.VICTIMSVC)}, None),
]  # fmt: skip


@pytest.mark.parametrize(("change", "said"), ONE_FAULT, ids=str)
def test_a_form_with_one_fault_is_told_by_the_code_of_that_fault(change: dict[str, Any], said: str | None) -> None:
    assert code(change) == said


@pytest.mark.parametrize(
    ("recorded", "said"),
    [(None, "E_DATA_PERIOD"), ("2025-01-09", "E_DATA_PERIOD"), ("2025-01-10", None), ("2025-01-20", None),
     ("2025-01-21", "E_DATA_PERIOD")],
)  # fmt: skip
def test_a_period_of_records_has_both_its_days_and_no_record_without_a_day(
    recorded: str | None, said: str | None
) -> None:
    period = {"data_period": (date(2025, 1, 10), date(2025, 1, 20))}
    assert code(period, of_item={"recorded": date.fromisoformat(recorded) if recorded else None}) == said


def test_every_label_is_named_and_none_is_carved_out() -> None:
    labelled = {"labels": ("HIV", "STI")}
    assert code({}, of_item=labelled) == code({"labels": ("HIV",)}, of_item=labelled) == "E_SENSITIVITY_NOT_NAMED"
    assert code({"labels": ("HIV", "STI", "SUD_NOTES")}, of_item=labelled) is None
    carved = {"labels": ("HIV", "STI"), "excludes": ("STI",)}
    assert code(carved, of_item=labelled) == "E_SENSITIVITY_NOT_NAMED"
    assert code(carved, of_item={"labels": ("HIV",)}) is None


def test_a_general_form_opens_nothing_that_needs_a_form_of_its_own() -> None:
    notes = {"category": Category.PSYNOTES, "fields": ("notes",)}
    assert code({"categories": (Category.PSYNOTES,)}, of_item=notes) == "E_SENSITIVITY_NOT_NAMED"
    part2 = {"type": "HIPAA", "discloser": "newpath"}
    assert code(part2, of_item={"source": "newpath"}, regime=Regime.PART2) == "E_SENSITIVITY_NOT_NAMED"
    assert code(part2, of_item={"source": "newpath"}, regime=Regime.HIPAA) is None
    assert code(part2, of_item={"source": "newpath"}) is None
    everything = {**part2, "categories": (Category.SUD_P2,), "signed_by": ("youth",)}
    assert code(everything, item="record") == "E_SENSITIVITY_NOT_NAMED"
    assert code(everything, item="record", regime=Regime.HIPAA) is None
    assert code({**part2, "type": "P2", "signed_by": ("youth", "mother")}, of_item={"source": "newpath"}) is None


def test_to_count_without_names_is_no_purpose_of_any_form() -> None:
    assert code({}, purpose=Purpose.AGGREGATE) == "E_PURPOSE_MISMATCH"
    assert code({"purposes": (Purpose.AGGREGATE,)}, purpose=Purpose.AGGREGATE) == "E_PURPOSE_MISMATCH"


def test_signed_electronically_counts_where_the_profile_says_so() -> None:
    never = replace(BASELINE, esign_ok=False)
    assert code({"mode": "esign"}, profile=never) == "E_MISSING_ELEMENT:signature"
    assert code({"mode": "written"}, profile=never) is None
    spoken = replace(BASELINE, verbal_grants=frozenset({"HIPAA"}))
    assert code({"mode": "verbal"}, profile=spoken) is None


def test_a_form_that_must_be_of_one_kind_is_alone_and_of_its_own_category() -> None:
    single = {"type": "PSY", "categories": (Category.PSYNOTES,)}
    notes: dict[str, Any] = {"of_item": {"category": Category.PSYNOTES, "fields": ("notes",)}}
    assert code(single, **notes) is None
    assert code({**single, "separate": False}, **notes) == "E_COMPOUND"
    assert code({**single, "categories": (Category.PSYNOTES, Category.HEALTH)}, **notes) == "E_COMPOUND"
    assert code({**single, "categories": (Category.HEALTH,)}) == "E_COMPOUND"
    assert code({}, profile=of_type("HIPAA", separate="single")) is None
    assert code({"separate": False}, profile=of_type("HIPAA", separate="single")) == "E_COMPOUND"
    assert code({"separate": False}, profile=of_type("HIPAA", separate="alone")) == "E_NOT_SEPARATE"
    assert code({}, profile=of_type("HIPAA", separate="alone")) is None


def test_a_form_for_one_recipient_names_one() -> None:
    one = of_type("HIPAA", one_recipient=True)
    assert code({"recipients": ("victim-unit", "mercy")}, profile=one) == "E_NOT_SEPARATE"
    assert code({"recipients": ("victim-unit", "victim-unit")}, profile=one) is None


def test_a_consent_to_treat_and_pay_serves_care_between_those_who_treat() -> None:
    tpo = {**SUD, "type": "TPO", "recipients": ("mercy", "kim"), "expires": "none"}
    care: dict[str, Any] = {"item": "record", "purpose": Purpose.TREAT}
    assert code(tpo, "holly", **care) is None
    assert code(tpo, "holly", item="record", purpose=Purpose.CAREMGT) is None
    assert code(tpo, "holly", item="record", purpose=Purpose.PLAN) == "E_TPO_ONLY"
    assert code(tpo, "kim", **care) == "E_TPO_ONLY"
    school = {**tpo, "discloser": "lincoln-school"}
    assert code(school, "holly", of_item={"source": "lincoln-school"}, **care) == "E_TPO_ONLY"
    nowhere = replace(FACTS.items["record"], source="nowhere")
    form = replace(FORM, **{**tpo, "discloser": "nowhere"})
    assert standing(form, nowhere, look("holly", purpose=Purpose.TREAT), Regimes()).code == "E_TPO_ONLY"


def test_the_young_person_signs_only_where_the_cell_wants_it() -> None:
    seen, chart = look(purpose=Purpose.VICTIMSVC), FACTS.items["chart"]
    regimes = regimes_of(chart, FACTS, BASELINE)
    assert FORM.signed_by == ("mother",) and standing(FORM, chart, seen, regimes).code is None
    assert standing(FORM, chart, seen, regimes, youth_signs=True).code == "E_MINOR_SIGNATURE_REQUIRED"
    assert not asked_of(FORM, seen).youth_signs


def test_the_closing_of_a_case_ends_what_says_so_and_what_was_signed_by_then() -> None:
    closes = {"expires": "case_closed"}
    assert code(closes) is None
    assert code(closes, facts=days(1)) == code(closes, facts=days(20)) == "E_EXPIRED_EVENT"
    assert code({**closes, "signed_on": date(2025, 2, 10)}, facts=days(1, 9)) is None
    assert code({}, facts=days(20)) == "E_EXPIRED_EVENT"
    assert code({}, facts=days(20), profile=of_type("HIPAA", ends_with_case=False)) is None
    assert code(closes, facts=days(20), profile=of_type("HIPAA", ends_with_case=False)) == "E_EXPIRED_EVENT"
    unsigned = asked_of(replace(FORM, signed_on=None), look(facts=days(20)))
    assert events(unsigned) == []
    assert last_day(unsigned.release, unsigned.kind, unsigned.look) is None


def test_only_an_event_that_is_named_ends_a_form() -> None:
    happened = {"event_happened": date(2025, 2, 20)}
    lasting = of_type("HIPAA", ends_with_case=False)
    for expires, found in (("trial_over", [date(2025, 2, 20)]), ("none", []), (date(2025, 6, 30), []), (None, [])):
        form = replace(FORM, expires=expires, **happened)
        assert events(asked_of(form, look(profile=lasting))) == found


def test_a_form_of_no_known_type_is_not_in_force_and_one_of_a_known_type_is_until_it_ends() -> None:
    assert in_force(FORM, look()) is True
    assert in_force(replace(FORM, type="MOU"), look()) is False
    assert in_force(FORM, look(when="2025-07-01T00:00")) is False
    assert in_force(replace(FORM, missing=("purpose",), recipients=()), look()) is True


def test_a_form_names_an_organization_as_it_is_now_and_a_person_where_they_were_when_it_was_signed() -> None:
    moved = told.case_of(
        TEAM.replace("{org: victim-unit}", "{org: victim-unit, history: [{org: mercy, until: 2025-02-10}]}")
    )
    person, place = replace(FORM, recipients=("kim",)), replace(FORM, recipients=("victim-unit",))
    assert names_viewer(place, look(facts=moved))
    assert not names_viewer(person, look(facts=moved))
    assert not names_viewer(place, look(facts=moved, when="2025-02-10T12:00"))
    assert names_viewer(person, look(facts=moved, when="2025-02-10T12:00"))
    assert names_viewer(replace(person, signed_on=date(2025, 2, 11)), look(facts=moved))
    assert names_viewer(replace(FORM, recipients=("mom",)), look("mom"))
    assert not names_viewer(replace(FORM, recipients=("mother",)), look("mom"))
    unsigned = look()
    assert names_viewer(replace(person, signed_on=None), unsigned) is False


def test_a_withdrawal_reaches_a_caregiver_by_their_part_in_the_case() -> None:
    assert code({**gone(MARCH, "mother"), "recipients": ("mom",)}, "mom") == "E_REVOKED"
    assert code({**gone(MARCH, "father"), "recipients": ("mom",)}, "mom") is None


def test_where_the_cell_wants_it_the_young_person_signs_as_well() -> None:
    assert code({}, youth_signs=True) == "E_MINOR_SIGNATURE_REQUIRED"
    assert code({"signed_by": ("mother", "youth")}, youth_signs=True) is None
    assert code({"signed_by": ("aunt",)}, youth_signs=True) == "E_SIGNER_NO_AUTHORITY"
    assert code({"signed_by": ("youth",)}, youth_signs=True) == "E_PARENT_SIGNATURE_REQUIRED"


def test_of_an_item_only_what_matters_for_who_signs_is_told_apart() -> None:
    chart, mercy = FACTS.items["chart"], FACTS.orgs["mercy"]
    plain = service_of(chart, mercy)
    assert plain == (None, frozenset(), False, None, False)
    assert service_of(replace(chart, labels=("MEDICATION",)), mercy) == plain
    assert service_of(replace(chart, labels=("HIV",)), mercy) != plain
    assert service_of(replace(chart, consented_by="youth"), mercy) != plain
    assert service_of(replace(chart, category=Category.BEHAVIORAL), mercy) != plain
    assert service_of(chart, replace(mercy, vsp="vawa")) != plain
    assert service_of(chart, replace(mercy, rhy=True)) != plain


def sorted_by_type(*forms: Release, profile: Profile = BASELINE) -> set[str]:
    facts = replace(FACTS, releases=forms)
    return set(Papers(facts, look(facts=facts, profile=profile)).types)


def test_a_type_that_nobody_asks_for_is_left_out_and_one_that_is_asked_for_has_to_be_known() -> None:
    assert sorted_by_type(FORM, replace(FORM, type="MOU")) == {"HIPAA"}
    fewer = {name: one for name, one in BASELINE.releases.items() if name != "TPO"}
    with pytest.raises(KeyError, match="TPO"):
        sorted_by_type(FORM, replace(FORM, type="TPO"), profile=replace(BASELINE, releases=fewer))
    assert sorted_by_type(replace(FORM, type="TPO"), replace(FORM, type="MOU")) == {"TPO"}
