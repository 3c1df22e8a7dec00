"""What a decision says beside its outcome, and that whatever cannot be read refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from mdt.sharing.decide import admitted, decide, look_at, settle
from mdt.sharing.decision import Way
from mdt.sharing.facts import Facts, Item, Member, Release, User
from mdt.sharing.releases import own_last_day
from mdt.sharing.vocabulary import Action, Category, Outcome, Purpose, Regime, Role
from tests.unit.sharing.told import BASELINE, SIGNED, TEAM, asked, at, case_of

NOON = "2025-03-03T12:00"


def test_a_decision_names_rule_release_profile_and_end() -> None:
    facts = case_of(TEAM, SIGNED)
    got = asked(facts, "kim", "chart", Purpose.VICTIMSVC, NOON)
    assert (got.outcome, got.step) == (Outcome.SHOW, "minimise")
    assert [(one.rule, one.basis, one.release) for one in got.grounds] == [("HEALTH.VS.release HIPAA", "HIPAA", "r1")]
    assert (got.profile, got.version) == ("us-baseline", "1")
    assert got.until == at("2025-07-01T00:00", facts)
    assert got.fields == got.grounds[0].fields == tuple(facts.items["chart"].fields)


def test_what_is_withheld_says_what_would_open_it_and_what_is_concealed_says_nothing() -> None:
    facts = case_of(TEAM)
    withheld = asked(facts, "dana", "summary", Purpose.PROSECUTE, NOON)
    assert withheld.ways == (Way("release", "HIPAA"), Way("order", "HIP"), Way("order", "PRV"))
    concealed = asked(facts, "dana", "record", Purpose.PROSECUTE, NOON)
    assert (concealed.ways, concealed.fields, concealed.grounds, concealed.duties) == ((), (), (), frozenset())


def test_a_segment_names_the_ways_to_what_it_quotes_that_is_closed_and_no_others() -> None:
    grades = "  grades: {category: EDUCATION, source: lincoln-school}"
    minutes = "  minutes: {category: MEETING, source: county-cw, quotes: [chart, grades]}"
    facts = case_of(TEAM, grades, minutes, SIGNED)
    assert asked(facts, "kim", "chart", Purpose.VICTIMSVC, NOON).outcome is Outcome.SHOW
    got = asked(facts, "kim", "minutes", Purpose.VICTIMSVC, NOON)
    school = (Way("release", "FERPA"), Way("order", "EDU"))
    assert (got.outcome, got.ways) == (Outcome.WITHHOLD, school)
    assert asked(facts, "dana", "chart", Purpose.PROSECUTE, NOON).outcome is Outcome.PART
    got = asked(facts, "dana", "minutes", Purpose.PROSECUTE, NOON)
    assert got.ways == (Way("release", "HIPAA"), Way("order", "HIP"), *school)


def test_of_two_segments_that_quote_each_other_neither_opens() -> None:
    facts = case_of(
        TEAM,
        "  one: {category: MEETING, source: county-cw, quotes: [other]}",
        "  other: {category: MEETING, source: county-cw, quotes: [one]}",
    )
    look = look_at(facts, "casey", Purpose.PLAN, at(NOON, facts), BASELINE)
    assert [(settle(look, name).outcome, settle(look, name).step) for name in ("one", "other")] == [
        (Outcome.CONCEAL, "reply"),
        (Outcome.CONCEAL, "reply"),
    ]
    assert look.asking == {"one", "other"}


def test_what_an_objection_takes_whole_says_no_end_any_more() -> None:
    facts = case_of(
        TEAM,
        "releases:",
        "  p: {type: P2, discloser: newpath, recipients: [mercy], categories: [SUD_P2],"
        " signed: {on: 2025-02-01, by: [youth]}, expires: 2025-06-30}",
        "restrictions:",
        "- {by: youth, on: 2025-02-15, against: [mercy], categories: [SUD_P2]}",
        "emergencies:",
        "- {by: holly, at: 2025-03-03T11:30, kind: medical, categories: [SUD_P2], facts: overdose}",
    )
    got = asked(facts, "holly", "record", Purpose.TREAT, NOON)
    assert got.opens and got.until == at("2025-03-03T12:30", facts)


def test_several_bases_stand_side_by_side_in_the_grounds() -> None:
    facts = case_of(TEAM)
    got = asked(facts, "ruiz", "identity", Purpose.INVESTIGATE, NOON)
    assert [one.basis for one in got.grounds] == ["B1"]
    got = asked(facts, "holly", "identity", Purpose.TREAT, NOON)
    assert [one.basis for one in got.grounds] == ["B1", "B7"]


@pytest.mark.parametrize(
    ("when", "until"),
    [("2025-03-03T12:00", "2025-03-04T00:00"), ("2025-02-03T12:00", "2025-03-04T00:00")],
)
def test_a_view_by_law_ends_with_the_team_agreement(when: str, until: str) -> None:
    facts = case_of(TEAM.replace("{role: DA}", "{role: DA, mou_until: 2025-03-03}"))
    assert asked(facts, "dana", "identity", Purpose.PROSECUTE, when).until == at(until, facts)


def test_an_emergency_ends_after_an_hour() -> None:
    facts = case_of(
        TEAM,
        "emergencies:",
        "- {by: holly, at: 2025-03-03T11:30, kind: medical, categories: [SUD_P2], facts: overdose}",
    )
    got = asked(facts, "holly", "record", Purpose.TREAT, NOON)
    assert got.until == at("2025-03-03T12:30", facts)
    assert got.grounds[0].emergency == "emergencies-1"


def test_the_last_day_of_a_membership_ends_what_it_sees() -> None:
    facts = case_of(
        TEAM.replace("kim: {org: victim-unit}", "kim: {org: victim-unit, team: {until: 2025-03-05}}"), SIGNED
    )
    got = asked(facts, "kim", "chart", Purpose.VICTIMSVC, NOON)
    assert got.until == at("2025-03-06T00:00", facts)


def test_what_rests_on_a_release_does_not_end_with_the_team_agreement() -> None:
    facts = case_of(TEAM.replace("{role: VS}", "{role: VS, mou_until: 2025-03-10}"), SIGNED)
    got = asked(facts, "kim", "chart", Purpose.VICTIMSVC, NOON)
    assert got.until == at("2025-07-01T00:00", facts)


def test_of_two_bases_the_longer_lived_says_when_it_ends_and_of_two_laws_the_shorter() -> None:
    team = TEAM.replace("{role: HC}", "{role: HC, mou_until: 2025-03-10}")
    facts = case_of(team)
    assert asked(facts, "holly", "identity", Purpose.PLAN, NOON).until == at("2025-03-11T00:00", facts)
    assert asked(facts, "holly", "identity", Purpose.TREAT, NOON).until is None
    both = case_of(
        team + "  labs: {category: HEALTH, source: newpath, consented_by: youth}",
        "releases:",
        "  h: {type: HIPAA, discloser: newpath, recipients: [kim], categories: [HEALTH],"
        " signed: {on: 2025-02-01, by: [youth]}, expires: 2025-06-30}",
        "  p: {type: P2, discloser: newpath, recipients: [kim], categories: [HEALTH],"
        " signed: {on: 2025-02-01, by: [youth]}, expires: 2025-04-30}",
    )
    assert asked(both, "kim", "labs", Purpose.VICTIMSVC, NOON).until == at("2025-05-01T00:00", both)


@pytest.mark.parametrize(
    ("change", "until"),
    [
        ("expires: 2026-12-31", "2026-02-02T00:00"),
        ("expires: 2025-12-31, revoked: 2025-04-01", "2025-04-01T00:00"),
        ("expires: trial_over, event_happened: 2025-05-05", "2025-05-06T00:00"),
    ],
)
def test_a_release_ends_with_its_longest_life_its_withdrawal_or_its_event(change: str, until: str) -> None:
    facts = case_of(TEAM, SIGNED.replace("expires: 2025-06-30", change))
    assert asked(facts, "kim", "chart", Purpose.VICTIMSVC, NOON).until == at(until, facts)


def test_a_sharing_window_a_missing_episode_and_childhood_end_what_rests_on_them() -> None:
    county = BASELINE.with_changes({"mdt_statute.window_days": 90})
    facts = case_of(TEAM)
    got = asked(facts, "dana", "identity", Purpose.PROSECUTE, NOON, profile=county)
    assert got.until == at("2025-04-02T00:00", facts)
    spell = "custody: parent\n  missing: {since: 2025-03-03T08:00, until: 2025-03-05T20:00}"
    facts = case_of(
        TEAM.replace("custody: parent", spell), "  where: {category: MISSING, source: county-cw}"
    )
    assert asked(facts, "ruiz", "where", Purpose.LOCATE, NOON).until == at("2025-03-05T20:00", facts)
    report = asked(facts, "ruiz", "identity", Purpose.LOCATE, NOON, action=Action.MANDATE_MISSING)
    assert report.until == at("2025-03-05T20:00", facts)
    named = asked(facts, "ruiz", "identity", Purpose.INVESTIGATE, NOON, action=Action.MANDATE_TRAFFICKING)
    assert (named.outcome, named.until) == (Outcome.PART, None)
    assert asked(facts, "mom", "chart", Purpose.PLAN, NOON).until == at("2027-06-01T00:00", facts)


def test_an_action_given_as_its_word_is_that_action() -> None:
    facts = case_of(TEAM)
    alone = asked(facts, "casey", "plan", Purpose.PLAN, NOON, action="meeting", present=["dana"])
    assert alone.fields == ("referrals",)


def test_the_gate_says_who_is_at_the_table() -> None:
    facts = case_of(TEAM)
    noon = at(NOON, facts)
    assert admitted(facts, "kim", noon)
    assert not admitted(facts, "nobody", noon)
    assert not admitted(facts, "kim", at("2024-12-31T23:59", facts))
    gone = replace(facts, users={k: v for k, v in facts.users.items() if k != "kim"})
    assert not admitted(gone, "kim", noon)


@pytest.mark.parametrize("odd", [3, "", "2025-03-31", "3 May"])
def test_an_end_is_a_day_or_the_name_of_an_event(odd: Any) -> None:
    release = case_of(TEAM, SIGNED).releases[0]
    assert own_last_day(release) == release.expires
    assert own_last_day(replace(release, expires="case_closed")) is own_last_day(replace(release, expires=None)) is None
    with pytest.raises(ValueError, match="a day or the name of an event"):
        own_last_day(replace(release, expires=odd))


def unreadable(facts: Facts) -> dict[str, Facts]:
    """The same case with one fact nobody can read."""
    chart, kim = facts.items["chart"], facts.users["kim"]
    odd_release = replace(facts.releases[0], expires=3)  # type: ignore[arg-type]
    naive = replace(facts.releases[0], signed_on=datetime(2025, 2, 1, 9))
    return {
        "an unknown source": with_item(facts, replace(chart, source="nowhere")),
        "an unknown field": with_item(facts, replace(chart, fields=("allergies", "zodiac"))),
        "a field of another category": with_item(facts, replace(chart, fields=("goals",))),
        "an unknown quote": with_item(facts, replace(chart, quotes=("nowhere",))),
        "a quote of itself": with_item(facts, replace(chart, quotes=("chart",))),
        "an unknown organisation": with_user(facts, replace(kim, org="nowhere")),
        "an unknown person": with_user(facts, replace(kim, person="nobody")),
        "a role nobody has": with_user(facts, replace(kim, role="XX")),  # type: ignore[arg-type]
        "an unknown time zone": replace(facts, case=replace(facts.case, timezone="Mars/Olympus")),
        "a membership that begins at no time": with_member(facts, Member(user="kim", since=None)),  # type: ignore[arg-type]
        "a birthday that is no day": replace(facts, case=replace(facts.case, youth=None)),  # type: ignore[arg-type]
        "a signature at a time without a zone": replace(facts, releases=(naive,)),
        "an expiry that is no day": replace(facts, releases=(odd_release,)),
        "an expiry in words that name no event": replace(facts, releases=(replace(odd_release, expires="3 May"),)),
        "no fields at all": with_item(facts, replace(chart, fields=())),
    }


def with_item(facts: Facts, item: Item) -> Facts:
    return replace(facts, items={**facts.items, item.id: item})


def with_user(facts: Facts, user: User) -> Facts:
    return replace(facts, users={**facts.users, user.id: user})


def with_member(facts: Facts, member: Member) -> Facts:
    return replace(facts, members={**facts.members, member.user: member})


@pytest.mark.parametrize("what", sorted(unreadable(case_of(TEAM, SIGNED))))
@pytest.mark.parametrize("action", [Action.VIEW, Action.MEETING, Action.EXPORT])
def test_an_unreadable_fact_refuses(what: str, action: Action) -> None:
    facts = unreadable(case_of(TEAM, SIGNED))[what]
    when = datetime(2025, 3, 3, 17, tzinfo=UTC)
    got = decide(facts, "kim", "chart", Purpose.VICTIMSVC, when, profile=BASELINE, action=action)
    assert not got.opens
    assert got.fields == () and got.grounds == ()


@pytest.mark.parametrize(
    "asked_wrongly",
    [
        {"at": datetime(2025, 3, 3, 12)},
        {"at": None},
        {"viewer": "nobody"},
        {"item": "nothing"},
        {"purpose": "FUN"},
        {"action": "peek"},
        {"facts": None},
    ],
)
def test_a_question_that_makes_no_sense_is_answered_with_no_such_thing(
    asked_wrongly: dict[str, Any],
) -> None:
    question = {
        "facts": case_of(TEAM, SIGNED), "viewer": "kim", "item": "chart",
        "purpose": Purpose.VICTIMSVC, "at": datetime(2025, 3, 3, 17, tzinfo=UTC),
    }  # fmt: skip
    asked = question | asked_wrongly
    action = asked.pop("action", Action.VIEW)
    got = decide(**asked, profile=BASELINE, action=action)
    assert got.outcome is Outcome.CONCEAL
    assert got.step in ("error", "gate")


def test_a_release_of_an_unknown_type_is_not_looked_at_and_spoils_nothing() -> None:
    facts = case_of(TEAM, SIGNED)
    mou = Release(
        id="mou", type="MOU", discloser="mercy", recipients=("victim-unit",), excludes=("allergies",),
        categories=(Category.HEALTH,), signed_on=facts.releases[0].signed_on, signed_by=("mother",),
    )  # fmt: skip
    facts = replace(facts, releases=(mou, *facts.releases))
    assert asked(facts, "kim", "chart", Purpose.VICTIMSVC, NOON).outcome is Outcome.SHOW


def test_somebody_with_an_agency_and_a_part_in_the_case_is_barred_by_the_part() -> None:
    facts = case_of(TEAM.replace("relation: parent", "relation: parent, flags: [associate]"))
    facts = with_user(facts, User(id="casey", role=Role.CW, org="county-cw", person="mother"))
    assert asked(facts, "casey", "plan", Purpose.PLAN, NOON).step == "gate"


def test_an_item_of_no_known_agreement_is_closed_to_the_team() -> None:
    facts = case_of(TEAM)
    org = replace(facts.orgs["da-office"], mou_until=None)
    facts = replace(facts, orgs={**facts.orgs, "da-office": org})
    got = asked(facts, "dana", "identity", Purpose.PROSECUTE, NOON)
    assert (got.outcome, got.code) == (Outcome.CONCEAL, "E_MOU_EXPIRED")


def test_a_regime_put_on_by_hand_is_asked_for_and_cannot_be_taken_away_by_listing_others() -> None:
    facts = case_of(TEAM)
    record = replace(facts.items["record"], regimes=(Regime.CPS,))
    facts = with_item(facts, record)
    got = asked(facts, "casey", "record", Purpose.PLAN, NOON)
    assert got.outcome is Outcome.CONCEAL
