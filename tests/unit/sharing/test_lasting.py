"""What a report carries, which duties travel, when it ends, what would open it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from mdt.sharing import lasting, mandates, obligations, reply
from mdt.sharing.bases import Answer, Permit
from mdt.sharing.decide import decide
from mdt.sharing.decision import Decision, Way
from mdt.sharing.facts import (
    Facts,
    Item,
    Member,
    Release,
    Revocation,
)
from mdt.sharing.grammar import parse
from mdt.sharing.profile import Profile
from mdt.sharing.regimes import regimes_of
from mdt.sharing.vocabulary import Action, Category, Outcome, Purpose, Regime
from tests.unit.sharing import told
from tests.unit.sharing.parts import (
    ALARM,
    ALLERGIES,
    FACTS,
    FORM,
    MEDICATIONS,
    NOON,
    away,
    look,
    segment,
    window,
    with_case,
    with_items,
    with_org,
    with_user,
)
from tests.unit.sharing.told import BASELINE


def test_a_report_carries_its_list_to_whom_it_names_and_never_what_it_must_not() -> None:
    rule = BASELINE.mandates["missing"]
    wider = replace(rule, fields={**rule.fields, Category.PSYNOTES: frozenset({"notes"})})
    profile = replace(BASELINE, mandates={**BASELINE.mandates, "missing": wider})

    missing = away()

    def carried(
        who: str = "ruiz", facts: Facts = missing, action: Action = Action.MANDATE_MISSING, **item: Any
    ) -> set[str]:
        thing = replace(FACTS.items["identity"], **item)
        seen = look(who, facts, profile=profile, action=action)
        return set(mandates.listed(seen, thing, regimes_of(thing, facts, profile)))

    assert carried() == set(rule.fields[Category.ID])
    assert carried(fields=("legal_name", "name_in_use")) == {"legal_name"}
    assert carried("kim") == carried(facts=FACTS) == set()
    assert carried(facts=FACTS, action=Action.MANDATE_TRAFFICKING) == {"legal_name", "date_of_birth"}
    assert carried(regimes=(Regime.PART2,)) == carried(source="safe-harbor") == set()
    assert carried(category=Category.PSYNOTES, fields=("notes",), source="lakeside") == set()
    assert carried(category=Category.PLAN, fields=("needs",)) == set()


def test_a_duty_travels_only_with_a_basis_that_gives_something_of_what_is_shown() -> None:
    chart = FACTS.items["chart"]
    some = Permit(alternative=parse("own"), fields=frozenset({ALLERGIES}), duties=("time_box",))
    more = Permit(alternative=parse("own"), fields=frozenset({MEDICATIONS}), duties=("no_export",))

    def duties(fields: set[str]) -> frozenset[str]:
        regimes = regimes_of(chart, FACTS, BASELINE)
        return obligations.of(look(), chart, regimes, frozenset(fields), [Answer([some]), Answer([more])], ())

    assert duties({ALLERGIES}) == {"time_box"} and duties({MEDICATIONS}) == {"no_export"}
    assert duties({ALLERGIES, MEDICATIONS}) == {"time_box", "no_export"} and duties(set()) == frozenset()


def test_a_school_record_carries_its_notice_but_for_source_subject_and_parent() -> None:
    grades = Item(id="g", category=Category.EDUCATION, source="lincoln-school", fields=("school",))
    youth = with_user("mom", person="youth")
    for who, facts, told_so in (
        ("kim", FACTS, True), ("ellis", FACTS, False), ("mom", FACTS, False), ("mom", youth, False),
    ):  # fmt: skip
        found = obligations.standing(look(who, facts), grades, regimes_of(grades, facts, BASELINE), ())
        assert ("notice_ferpa" in found) is told_so
        assert (
            obligations.standing(
                look(who, facts), FACTS.items["chart"], regimes_of(FACTS.items["chart"], facts, BASELINE), ()
            )
            == frozenset()
        )
    address = Item(id="a", category=Category.SAFE_ADDR, source="county-cw", fields=("zone",))
    quoted = Decision(item="q", outcome=Outcome.SHOW, profile="", version="", step="", duties=frozenset({"time_box"}))
    found = obligations.standing(look(), address, regimes_of(address, FACTS, BASELINE), (quoted,))
    assert found == {"no_export", "time_box"}


def ends(text: str, facts: Facts = FACTS, who: str = "kim", profile: Profile = BASELINE) -> list[datetime]:
    return lasting.lawful_ends(parse(text), look(who, facts, profile=profile))


def test_what_opens_by_law_ends_with_agreement_window_episode_or_minority() -> None:
    agreed = with_org("victim-unit", mou_until=date(2025, 3, 9))
    assert ends("law B1", agreed) == [told.at("2025-03-10T00:00", FACTS)]
    assert (
        ends("law B6", agreed) == ends("own", agreed) == ends("law B1", with_org("victim-unit", mou_until=None)) == []
    )
    assert ends("law B1", agreed, "mom") == []
    reported = with_case(agreed, report_received=date(2025, 3, 1))
    both = [told.at(day, FACTS) for day in ("2025-03-10T00:00", "2025-03-12T00:00")]
    assert ends("law B1", reported, profile=window(10)) == both
    assert ends("law B6", reported, profile=window(10)) == []
    gone_until = away(until=date(2025, 3, 4))
    for text in ("law B5", "own when missing", "own when named_officer", "law B6 when alert_approved"):
        assert ends(text, gone_until) == [told.at("2025-03-05T00:00", FACTS)]
        assert ends(text) == ends(text, away()) == []
    assert ends("law B6", gone_until) == ends("own when adult", gone_until) == []
    for text in ("own when agency_custody", "law B6 when caregiver", "law B6 when parent_rights"):
        assert ends(text) == [told.at("2027-06-01T00:00", FACTS)]
    assert ends("law B6 when adult") == []


def test_a_release_ends_with_the_first_of_its_ends() -> None:
    def end(**change: Any) -> datetime:
        return lasting.release_ends(replace(FORM, **change), look())

    assert end() == told.at("2025-07-01T00:00", FACTS)
    assert end(expires=date(2027, 1, 1)) == told.at("2026-02-02T00:00", FACTS)
    withdrawn = Revocation(at=date(2025, 4, 1), mode="verbal")
    assert end(revoked=(withdrawn,)) == told.at("2025-04-01T00:00", FACTS)
    assert end(revoked=(replace(withdrawn, recipients=("ruiz",)),)) == told.at("2025-07-01T00:00", FACTS)
    assert end(expires="trial_over", event_happened=date(2025, 5, 5)) == told.at("2025-05-06T00:00", FACTS)


def test_within_one_body_of_law_the_longest_lived_basis_counts_and_between_them_the_shortest() -> None:
    agreed = with_org("victim-unit", mou_until=date(2025, 3, 9))
    seen = look(facts=replace(agreed, emergencies=(ALARM,)))
    law = Permit(alternative=parse("law B1"), fields=frozenset())
    signed = Permit(
        alternative=parse("release HIPAA"), fields=frozenset(), releases=(FORM, replace(FORM, expires=date(2025, 4, 1)))
    )
    alarm = Permit(alternative=parse("law B12"), fields=frozenset(), emergency=ALARM)
    ever = Permit(alternative=parse("own"), fields=frozenset())
    tenth, april, hour = (told.at(day, FACTS) for day in ("2025-03-10T00:00", "2025-04-02T00:00", "2025-03-03T12:30"))
    for groups, until in (
        ([[law]], tenth), ([[signed]], april), ([[alarm]], hour), ([[ever]], None), ([[law, signed]], april),
        ([[law], [signed]], tenth), ([[law, ever], [signed]], april), ([[law, ever]], None),
    ):  # fmt: skip
        assert lasting.until(groups, seen) == until
    leaves = replace(
        seen.facts, members={**FACTS.members, "kim": Member(user="kim", since=date(2025, 1, 1), until=date(2025, 3, 5))}
    )
    assert lasting.until([[ever]], look(facts=leaves)) == told.at("2025-03-06T00:00", FACTS)


def test_the_ways_to_open_something_are_those_of_the_laws_that_are_not_satisfied() -> None:
    facts = with_items(
        replace(FACTS.items["plan"], id="both", source="lakeside", regimes=(Regime.HIPAA,)),
        segment("deep", "middle"), segment("middle", "chart", "plan"), segment("wide", "middle", "chart"),
    )  # fmt: skip
    shut, held = look("dana", facts).cell(Category.HEALTH), look("vera", facts).cell(Category.PLAN)
    chart, regimes = facts.items["chart"], regimes_of(facts.items["chart"], facts, BASELINE)
    by_release = (Way("release", "HIPAA"), Way("order", "HIP"))
    assert reply.ways(look("dana", facts), chart, regimes, shut, [shut], ()) == by_release
    assert reply.ways(look("dana", facts), chart, regimes, shut, [held], ()) == (Way("release", "MDT"),)
    assert reply.ways(look("dana", facts), chart, regimes, shut, [], ()) == by_release
    assert reply.ways(look("dana", facts), chart, regimes, look("dana", facts).cell(Category.PLAN), [shut], ()) == ()
    assert reply.ways(look("mom", facts), chart, regimes, shut, [shut], ()) == ()
    wide = [cell.rule for cell in reply._cells_below(look("dana", facts), facts.items["wide"])]
    assert sorted(wide) == ["HEALTH.DA", "MEETING.DA", "PLAN.DA"]
    assert len(list(reply._cells_below(look("dana", facts), facts.items["deep"]))) == 3


def test_what_stands_in_the_way_is_said_before_what_gives_only_a_part() -> None:
    def code(
        who: str, purpose: Purpose, item: Item, *releases: Release, facts: Facts = FACTS
    ) -> tuple[str, str | None]:
        facts = replace(with_items(item, facts=facts), releases=releases)
        got = decide(facts, who, item.id, purpose, told.at(NOON, facts), profile=BASELINE)
        return got.outcome.value, got.code

    both = replace(FACTS.items["chart"], id="both", regimes=(Regime.FERPA,))
    expired = replace(FORM, recipients=("dana",), expires=date(2025, 3, 1))
    school = replace(FORM, id="f", type="FERPA", recipients=("da-office",), signed_on=date(2025, 2, 1))
    wrong = replace(school, purposes=(Purpose.PLAN,))
    assert code("dana", Purpose.PROSECUTE, both, expired, wrong) == ("withhold", "E_PURPOSE_MISMATCH")
    assert code("dana", Purpose.PROSECUTE, both, expired, school) == ("part", "E_EXPIRED_DATE")
    assert code("dana", Purpose.PROSECUTE, both, expired) == ("withhold", None)
