"""Every condition of the matrix is met where it says so, and by nobody and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mdt.sharing.conditions import quotes_only
from mdt.sharing.facts import (
    Person,
)
from mdt.sharing.vocabulary import Category, Purpose, Role
from tests.unit.sharing.parts import (
    CONFIRMED,
    FACTS,
    away,
    heard,
    look,
    met,
    order,
    saying,
    segment,
    with_case,
    with_items,
    with_org,
    with_user,
)


def test_an_alert_is_approved_by_the_lead_agency_or_by_somebody_of_it() -> None:
    for approver, yes in (
        (None, False),
        ("county-cw", True),
        ("casey", True),
        ("kim", False),
        ("mercy", False),
        ("mom", False),
    ):
        assert met("alert_approved", facts=away(alert_approved_by=approver)) is yes
    assert not met("alert_approved", facts=with_case(away(alert_approved_by="casey"), missing=()))
    for approver in ("mom", "casey", None):
        assert met("alert_approved", facts=with_case(away(alert_approved_by=approver), lead=None)) is False
    assert met("missing", facts=away()) and not met("missing")
    assert not met("missing", facts=away(until=date(2025, 3, 2))) and met("missing", facts=away(until=date(2025, 3, 3)))
    assert met("named_officer", facts=away(lead_officer="kim")) and not met(
        "named_officer", facts=away(lead_officer="ruiz")
    )
    assert met("named_officer", facts=FACTS) is False


def test_custody_ends_with_majority() -> None:
    agency = with_case(custody="agency")
    grown = with_case(agency, youth=replace(agency.case.youth, emancipated=True))
    assert met("agency_custody", facts=agency)
    assert not met("agency_custody", facts=grown) and not met("agency_custody")
    assert met("parent_rights", "mom") and not met("parent_rights", "kim")
    assert not met("parent_rights", "mom", facts=with_case(youth=grown.case.youth))
    assert not met("caregiver", "mom", facts=with_case(youth=grown.case.youth))
    assert met("adult", facts=grown) and not met("adult")


@pytest.mark.parametrize(
    ("relation", "rights", "placement", "cares"),
    [
        ("parent", True, None, True), ("parent", False, None, False), ("guardian", True, None, True),
        ("foster_parent", False, None, True), ("kin", False, None, False), ("kin", True, None, False),
        ("kin", False, "plan", True), ("kin", False, "gone", False), ("parent", False, "plan", False),
        ("parent", None, "plan", False),
    ],
)  # fmt: skip
def test_a_caregiver_has_rights_or_a_placement(relation: str, rights: bool, placement: str | None, cares: bool) -> None:
    person = Person(id="mother", relation=relation, rights=rights)
    facts = with_user("mom", with_case(people={"mother": person}), placement=placement)
    assert met("caregiver", "mom", facts=facts) is cares
    assert met("parent_rights", "mom", facts=facts) is (relation in ("parent", "guardian") and rights is True)
    assert met("caregiver", "kim", facts=facts) is False


def test_a_condition_on_the_viewer_is_met_by_nobody_else() -> None:
    facts = with_user("kim", with_user("kim", custodian=True), medical=True)
    facts = with_user("kim", facts, placement="chart")
    for name in ("custodian", "medical", "own_placement"):
        assert met(name, facts=facts) is True
        assert met(name) is False
    assert met("own_placement", item="plan", facts=facts) is False
    odd = with_user("kim", with_user("kim", custodian=1), medical=1)
    assert met("custodian", facts=odd) is False and met("medical", facts=odd) is False


def test_a_condition_on_the_item_is_met_by_no_other() -> None:
    mine = with_items(replace(FACTS.items["chart"], author="kim", via="usa"))
    assert met("author", facts=mine) and not met("author", "dana", facts=mine) and not met("author")
    assert met("education_need", facts=mine, purpose=Purpose.EDUCATE)
    assert not met("education_need", facts=mine) and not met("education_need", purpose=Purpose.EDUCATE)
    assert not met("own_lawyer")
    assert met("own_lawyer", facts=with_org("mercy", role=Role.GAL))
    ordered = replace(FACTS, orders=(order(type="HIP"), order(type="APPT", recipients=("victim-unit",))))
    assert met("appointed", facts=ordered) and not met("appointed", "dana", facts=ordered) and not met("appointed")
    assert not met("appointed", facts=replace(FACTS, orders=(order(type="HIP", recipients=("victim-unit",)),)))


def test_whoever_holds_the_young_person_in_custody_is_the_organization_named() -> None:
    held = with_case(held_by="mercy")
    assert met("juvenile_custody", "holly", facts=held) is True
    assert met("juvenile_custody", "kim", facts=held) is met("juvenile_custody", "mom", facts=held) is False
    assert met("juvenile_custody", "holly") is met("juvenile_custody", "mom") is False


@pytest.mark.parametrize(
    ("name", "key", "word", "value"),
    [
        ("mh_sharing", "mh_act", "treatment_sharing_needs_consent", False),
        ("prosecutors_listed", "reporter_rule", "prosecutors", True),
        ("agency_repro", "reproductive", "agency_access", True),
        ("ferpa_jj_statute", "juvenile_sharing", "school_records", True),
        ("school_notice", "juvenile_sharing", "school_notice", True),
    ],
)
def test_a_condition_on_state_law_is_met_where_the_key_says_so_and_counts_once_it_is_confirmed(
    name: str, key: str, word: str, value: bool
) -> None:
    agency = with_case(custody="agency")
    assert met(name, facts=agency, profile=saying(**{key: {word: value}})) is True
    for other in (not value, None, "yes", 7):
        assert met(name, facts=agency, profile=saying(**{key: {word: other}})) is False
    assert met("agency_repro", profile=saying(reproductive={"agency_access": True})) is False
    for confirmed, opens in ((CONFIRMED, True), (None, False)):
        profile = saying(**{key: {word: value, "confirmed": confirmed}})
        seen = look("holly", agency, profile=profile)
        assert bool(heard(f"own when {name}", seen, "chart").permits) is opens
        by_law = heard(f"law B6 when {name}", seen, "chart")
        assert bool(by_law.permits) is opens
        assert by_law.codes == ([] if opens else ["E_PROFILE_UNCONFIRMED"])


def test_a_segment_quotes_a_category_alone_directly_or_through_segments_that_do() -> None:
    facts = with_items(
        segment("one", "plan"), segment("two", "one", "plan"), segment("mixed", "plan", "chart"),
        segment("through", "two", "mixed"), segment("empty"), segment("hollow", "empty"),
        segment("this", "that"), segment("that", "this", "plan"), segment("itself", "plan", "itself"),
    )  # fmt: skip
    found = {
        name: quotes_only(look(facts=facts), facts.items[name], Category.PLAN)
        for name in facts.items if facts.items[name].category is Category.MEETING
    }  # fmt: skip
    assert found == {
        "one": True, "two": True, "mixed": False, "through": False, "empty": False, "hollow": False,
        "this": False, "that": False, "itself": False,
    }  # fmt: skip
    assert met("plan_segment", item="two", facts=facts) and not met("education_segment", item="two", facts=facts)
    chart = replace(FACTS.items["chart"], quotes=("plan",))
    quoting = with_items(chart, segment("beside", "chart"))
    assert not met("plan_segment", item="beside", facts=quoting)
