"""A view shows what one person may see, tells what is withheld, and nothing of the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mdt.sharing.facts import Facts
from mdt.sharing.view import audience, next_boundary, view
from mdt.sharing.vocabulary import Action, Outcome, Purpose
from tests.unit.sharing.told import BASELINE, SIGNED, TEAM, at, case_of

NOON = "2025-03-03T12:00"


def skeleton(facts: Facts, who: str, purpose: Purpose) -> tuple[object, ...]:
    return view(facts, who, purpose, at(NOON, facts), profile=BASELINE).skeleton()


def test_a_view_has_what_is_shown_and_what_is_withheld_in_the_order_of_a_case_page() -> None:
    facts = case_of(TEAM, SIGNED)
    found = view(facts, "kim", Purpose.VICTIMSVC, at(NOON, facts), profile=BASELINE)
    assert [(one.item, one.outcome) for one in found.decisions] == [
        ("identity", Outcome.SHOW),
        ("chart", Outcome.SHOW),
        ("summary", Outcome.WITHHOLD),
        ("plan", Outcome.PART),
    ]
    assert found.until == at("2025-07-01T00:00", facts)


def test_the_skeleton_is_made_of_items_outcomes_fields_duties_and_ways() -> None:
    bones = skeleton(case_of(TEAM, SIGNED), "kim", Purpose.VICTIMSVC)
    assert bones[2] == ("summary", "withhold", (), (), ("release HIPAA",))
    assert bones[3] == ("plan", "part", ("referrals",), (), ())


def test_what_is_concealed_leaves_no_trace_in_a_view() -> None:
    facts = case_of(TEAM, SIGNED)
    without = replace(facts, items={k: v for k, v in facts.items.items() if k not in ("record", "log")})
    for who, purpose in (("kim", Purpose.VICTIMSVC), ("dana", Purpose.PROSECUTE), ("mom", Purpose.PLAN)):
        assert skeleton(facts, who, purpose) == skeleton(without, who, purpose)


def test_the_order_in_which_things_were_filed_changes_nothing() -> None:
    facts = case_of(TEAM, SIGNED)
    turned = replace(facts, items=dict(reversed(facts.items.items())))
    assert skeleton(facts, "casey", Purpose.PLAN) == skeleton(turned, "casey", Purpose.PLAN)


def test_for_whoever_is_not_at_the_table_a_view_is_empty() -> None:
    facts = case_of(TEAM, SIGNED)
    assert skeleton(facts, "nobody", Purpose.PLAN) == ()
    naive = view(facts, "kim", Purpose.VICTIMSVC, datetime(2025, 3, 3), profile=BASELINE)
    assert naive.decisions == ()


def test_an_export_view_leaves_the_protected_address_out() -> None:
    facts = case_of(
        TEAM.replace("casey: {org: county-cw}", "casey: {org: county-cw, custodian: true}"),
        "  home: {category: SAFE_ADDR, source: county-cw}",
    )
    now = at(NOON, facts)
    seen = view(facts, "casey", Purpose.PLAN, now, profile=BASELINE).decisions
    taken = view(facts, "casey", Purpose.PLAN, now, profile=BASELINE, action=Action.EXPORT).decisions
    assert {one.item for one in seen} - {one.item for one in taken} == {"home"}


def test_the_audience_of_a_draft_is_who_would_read_it_each_for_their_own_purpose() -> None:
    facts = case_of(TEAM)
    draft = replace(facts.items["plan"], id="draft")
    found = audience(facts, draft, at(NOON, facts), profile=BASELINE)
    assert [(who, decision.outcome) for who, decision in found] == [
        ("casey", Outcome.SHOW),
        ("dana", Outcome.PART),
        ("ellis", Outcome.PART),
        ("holly", Outcome.PART),
        ("kim", Outcome.PART),
        ("mom", Outcome.PART),
        ("ruiz", Outcome.PART),
    ]
    assert "draft" not in facts.items
    fewer = replace(facts, members={name: one for name, one in facts.members.items() if name != "kim"})
    assert "kim" not in dict(audience(fewer, draft, at(NOON, facts), profile=BASELINE))


def test_a_draft_from_an_advocate_agency_reaches_nobody_but_the_agency() -> None:
    facts = case_of(TEAM)
    draft = replace(facts.items["plan"], id="draft", source="safe-harbor")
    found = audience(facts, draft, at(NOON, facts), profile=BASELINE)
    assert [who for who, _ in found] == ["vera"]


def test_the_purpose_of_the_invitation_goes_before_that_of_the_discipline() -> None:
    facts = case_of(TEAM.replace("holly: {org: mercy, ", "holly: {org: mercy, purpose: PLAN, "))
    draft = replace(facts.items["summary"], id="draft")
    assert "holly" not in dict(audience(facts, draft, at(NOON, facts), profile=BASELINE))
    facts = case_of(TEAM)
    assert "holly" in dict(audience(facts, draft, at(NOON, facts), profile=BASELINE))


@pytest.mark.parametrize(
    ("told", "turn"),
    [
        ("{type: HIPAA, expires: 2025-03-31}", "2025-04-01T00:00"),
        ("{type: HIPAA, expires: 2026-03-31}", "2026-01-16T00:00"),
        ("{type: HIPAA, expires: case_closed, event_happened: 2025-03-10}", "2025-03-11T00:00"),
        ("{type: HIPAA, expires: 2025-09-30, effective: 2025-03-15}", "2025-03-15T00:00"),
        ("{type: HIPAA, expires: 2025-09-30, revoked: 2025-03-20T10:00}", "2025-03-20T10:00"),
        ("{type: HIPAA, expires: 2025-09-30, found_false: 2025-03-21}", "2025-03-21T00:00"),
    ],
)
def test_a_release_turns_when_it_begins_ends_or_is_withdrawn(told: str, turn: str) -> None:
    rest = "discloser: mercy, recipients: [victim-unit], categories: [HEALTH], signed: {on: 2025-01-15, by: [mother]}"
    facts = quiet("releases: {r1: " + told.replace("}", f", {rest}}}") + "}")
    assert next_boundary(facts, at(NOON, facts), BASELINE) == at(turn, facts)


@pytest.mark.parametrize(
    ("old", "new", "turn"),
    [
        ("kim: {org: victim-unit}", "kim: {org: victim-unit, team: {from: 2025-03-20}}", "2025-03-20T00:00"),
        ("kim: {org: victim-unit}", "kim: {org: victim-unit, team: {until: 2025-03-20}}", "2025-03-21T00:00"),
        ("kim: {org: victim-unit}", "kim: {org: victim-unit, recused: 2025-03-20T08:00}", "2025-03-20T08:00"),
        ("kim: {org: victim-unit}", "kim: {org: victim-unit, history: [{org: da-office, until: 2025-03-20}]}", "2025-03-21T00:00"),  # noqa: E501
        ("{role: DA}", "{role: DA, mou_until: 2025-03-20}", "2025-03-21T00:00"),
        ("born: 2009-06-01", "born: 2007-03-20", "2025-03-20T00:00"),
        ("born: 2009-06-01", "born: 2009-06-01, emancipated: 2025-03-20", "2025-03-20T00:00"),
        ("relation: parent", "relation: parent, flags: [{flag: associate, from: 2025-03-20}]", "2025-03-20T00:00"),
        ("relation: parent", "relation: parent, flags: [{flag: associate, until: 2025-03-20}]", "2025-03-21T00:00"),
        ("custody: parent", "custody: parent\n  good_cause_until: 2025-03-20", "2025-03-21T00:00"),
        ("custody: parent", "custody: parent\n  missing: {since: 2025-03-20T08:00}", "2025-03-20T08:00"),
        ("custody: parent", "custody: parent\n  missing: {since: 2025-03-01T08:00, until: 2025-03-20T09:00}", "2025-03-20T09:00"),  # noqa: E501
        ("custody: parent", "custody: parent\n  closed: [2025-03-20]", "2025-03-21T00:00"),
        ("source: county-cw}", "source: county-cw, sealed: 2025-03-20}", "2025-03-20T00:00"),
    ],
)  # fmt: skip
def test_every_fact_of_the_case_turns_at_its_time(old: str, new: str, turn: str) -> None:
    facts = quiet("", old, new)
    assert next_boundary(facts, at(NOON, facts), BASELINE) == at(turn, facts)


def quiet(more: str, old: str = "", new: str = "") -> Facts:
    """The team of these tests with one change."""
    assert old in TEAM
    return case_of(TEAM.replace(old, new, 1) if old else TEAM, more)


def test_orders_objections_and_emergencies_turn() -> None:
    facts = quiet(
        "orders: {o1: {type: HIP, categories: [HEALTH], recipients: [da-office], issued: 2025-03-20,"
        " ended: 2025-04-01}}\n"
        "restrictions: [{by: youth, on: 2025-03-10, against: [da-office], categories: [ID]}]\n"
        "emergencies: [{by: holly, at: 2025-03-03T11:30, kind: medical, categories: [SUD_P2], facts: x}]"
    )
    turns = ["2025-03-03T12:30", "2025-03-10T00:00", "2025-03-20T00:00", "2025-04-01T00:00", "2027-06-01T00:00"]
    now = at(NOON, facts)
    for turn in turns:
        now = next_boundary(facts, now, BASELINE)  # type: ignore[assignment]
        assert now == at(turn, facts)


def test_a_sharing_window_turns_at_its_end() -> None:
    county = BASELINE.with_changes({"mdt_statute.window_days": 90})
    facts = quiet("")
    assert next_boundary(facts, at(NOON, facts), county) == at("2025-04-02T00:00", facts)


def test_after_the_last_turn_there_is_none() -> None:
    facts = quiet("")
    assert next_boundary(facts, datetime(2200, 1, 1, tzinfo=UTC), BASELINE) is None


def test_nothing_changes_between_two_turns() -> None:
    """Ask just after one boundary and just before the next: the same page, for everybody."""
    facts = quiet(
        "releases: {r1: {type: HIPAA, discloser: mercy, recipients: [victim-unit], categories: [HEALTH],"
        " signed: {on: 2025-02-01, by: [mother]}, expires: 2025-06-30}}\n"
        "emergencies: [{by: holly, at: 2025-03-03T11:30, kind: medical, categories: [SUD_P2], facts: x}]"
    )
    now = at("2024-12-30T00:00", facts)
    for _ in range(9):
        turn = next_boundary(facts, now, BASELINE)
        if turn is None:
            break
        before = turn - timedelta(seconds=1)
        for who, purpose in (("kim", Purpose.VICTIMSVC), ("holly", Purpose.TREAT), ("mom", Purpose.PLAN)):
            first = view(facts, who, purpose, now, profile=BASELINE).skeleton()
            assert first == view(facts, who, purpose, before, profile=BASELINE).skeleton()
        now = turn


def test_a_sharing_window_turns_so_many_days_after_the_report_and_not_after_the_opening() -> None:
    county = BASELINE.with_changes({"mdt_statute.window_days": 30})
    reported = case_of(TEAM.replace("case:", "case:\n  report_received: 2025-02-10"))
    unreported = case_of(TEAM)
    assert next_boundary(reported, at(NOON, reported), county) == at("2025-03-13T00:00", reported)
    before = at("2025-01-30T12:00", unreported)
    assert next_boundary(unreported, before, county) == at("2025-02-01T00:00", unreported)


def test_records_of_a_kind_stand_by_their_day_and_those_without_one_before_them() -> None:
    days = {"p1": "2025-02-03", "p2": None, "p3": "2025-02-01", "p4": "2025-02-03"}
    plan = "  {0}: {{category: PLAN, source: county-cw, recorded: {1}}}"
    told = [plan.format(name, day or "null") for name, day in days.items()]
    found = view(case_of(TEAM, *told), "casey", Purpose.PLAN, at(NOON, case_of(TEAM)), profile=BASELINE)
    assert [one.item for one in found.decisions if one.item.startswith("p")] == ["p2", "plan", "p3", "p1", "p4"]
