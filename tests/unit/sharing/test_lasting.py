"""What a report carries, which duties travel, when it ends, what would open it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from mdt.sharing import lasting, mandates, meetings, obligations, reply
from mdt.sharing.bases import Answer, Permit
from mdt.sharing.decide import decide
from mdt.sharing.decision import Decision, Way
from mdt.sharing.facts import (
    Facts,
    Item,
    Member,
    Order,
    Release,
    Revocation,
)
from mdt.sharing.grammar import parse
from mdt.sharing.moments import NEVER_ENDS, begins
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
    with_cells,
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


def test_a_report_shows_what_it_quotes_whole_or_nothing_and_keeps_its_duties() -> None:
    facts = away(until=date(2025, 3, 4))
    seen = look("ruiz", facts, action=Action.MANDATE_MISSING)
    item = replace(FACTS.items["identity"], fields=("legal_name", "name_in_use"))
    regimes = regimes_of(item, facts, BASELINE)
    whole = Decision(item="q", outcome=Outcome.SHOW, profile="", version="", step="", duties=frozenset({"time_box"}))
    some, name = replace(whole, outcome=Outcome.PART), frozenset({"legal_name"})
    for fields, quoted, outcome in (
        (name, (), Outcome.PART), (frozenset(item.fields), (), Outcome.SHOW), (frozenset[str](), (), Outcome.CONCEAL),
        (name, (whole,), Outcome.PART), (name, (whole, some), Outcome.CONCEAL),
        (frozenset[str](), (whole,), Outcome.CONCEAL),
    ):  # fmt: skip
        found = mandates.answer(seen, item, fields, regimes, quoted)
        opened = outcome is not Outcome.CONCEAL
        assert (found.outcome, bool(found.fields), bool(found.grounds)) == (outcome, opened, opened)
        assert found.duties == ({"time_box"} if opened and quoted else set())
        assert found.until == (told.at("2025-03-05T00:00", FACTS) if opened else None)


def test_what_is_quoted_and_closed_is_opened_by_its_own_ways_or_by_those_of_its_cell() -> None:
    facts = with_items(segment("minutes", "chart"))
    minutes, seen = facts.items["minutes"], look("dana", facts)
    closed = Decision(item="chart", outcome=Outcome.WITHHOLD, profile="", version="", step="")
    regimes, cell = regimes_of(minutes, facts, BASELINE), seen.cell(Category.MEETING)
    by_cell = (Way("release", "HIPAA"), Way("order", "HIP"))
    assert reply.ways(seen, minutes, regimes, cell, (), (closed,)) == by_cell
    other = replace(closed, ways=(Way("release", "FERPA"),))
    assert reply.ways(seen, minutes, regimes, cell, (), (other,)) == (Way("release", "FERPA"),)
    assert reply.ways(seen, minutes, regimes, cell, (), (replace(closed, outcome=Outcome.CONCEAL),)) == ()
    assert reply.ways(seen, minutes, regimes, cell, (), (replace(closed, outcome=Outcome.SHOW),)) == by_cell


def test_a_segment_ends_with_the_first_end_of_what_it_quotes() -> None:
    facts = with_items(replace(FACTS.items["chart"], id="other"), segment("minutes", "chart", "other"))
    forms = (replace(FORM, items=("chart",)), replace(FORM, id="r2", items=("other",), expires=date(2025, 4, 30)))
    facts = replace(facts, releases=forms)
    got = decide(facts, "kim", "minutes", Purpose.PLAN, told.at(NOON, facts), profile=BASELINE)
    assert (got.outcome, got.until) == (Outcome.SHOW, told.at("2025-05-01T00:00", facts))


def test_an_advocates_cell_under_the_law_of_runaway_programmes_keeps_only_what_that_law_knows() -> None:
    facts = with_org("safe-harbor", vsp=None, rhy=True)
    wider = with_cells({Category.ADVOCATE: ("law B6", "own", "release VSP")})
    for who, outcome, ways in (("vera", Outcome.SHOW, ()), ("kim", Outcome.CONCEAL, ())):
        got = decide(facts, who, "log", Purpose.VICTIMSVC, told.at(NOON, facts), profile=wider)
        assert (got.outcome, got.ways) == (outcome, ways) and got.step != "error"


# -- at a table -----------------------------------------------------------------------------------


def seen_as(outcome: Outcome, *fields: str, **more: Any) -> Decision:
    return Decision(item="chart", outcome=outcome, profile="p", version="1", step="s", fields=fields, **more)


def test_at_a_table_lies_the_least_that_anyone_would_get() -> None:
    soon, later = datetime(2025, 4, 1, tzinfo=UTC), datetime(2025, 5, 1, tzinfo=UTC)
    shown = seen_as(Outcome.SHOW, ALLERGIES, MEDICATIONS, duties=frozenset({"time_box"}), until=later)
    part = seen_as(Outcome.PART, ALLERGIES, duties=frozenset({"no_export"}), until=soon, code="E_REVOKED")
    got = meetings.least((shown, part), Category.HEALTH)
    assert (got.outcome, got.fields, got.code, got.until) == (Outcome.PART, (ALLERGIES,), "E_REVOKED", soon)
    assert got.duties == {"time_box", "no_export"}
    assert meetings.least((shown,), Category.HEALTH) == shown
    apart = meetings.least((part, seen_as(Outcome.PART, MEDICATIONS)), Category.HEALTH)
    assert (apart.outcome, apart.fields, apart.step) == (Outcome.CONCEAL, (), "minimise")
    withheld = seen_as(Outcome.WITHHOLD, code="E_EXPIRED_DATE")
    for views, code in (
        ((shown, withheld), "E_EXPIRED_DATE"), ((replace(part, code="E_NOT_ACTIVE"), withheld), "E_EXPIRED_DATE"),
        ((withheld, seen_as(Outcome.CONCEAL)), "E_EXPIRED_DATE"), ((shown, seen_as(Outcome.WITHHOLD)), None),
    ):  # fmt: skip
        got = meetings.least(views, Category.HEALTH)
        assert (got.outcome, got.code) == (min((one.outcome for one in views), key=lambda one: one.rank), code)


def test_everybody_in_the_room_and_whoever_opens_it_is_at_the_table_once() -> None:
    assert meetings.room("kim", ("dana", "kim", "ruiz")) == ("kim", "dana", "ruiz")
    assert meetings.room("kim", ()) == ("kim",)


def test_what_an_order_opens_ends_when_a_court_ends_it() -> None:
    def of(ended: date | datetime | None) -> datetime:
        one = Order(
            id="o", type="HIP", categories=(), recipients=("kim",), issued=date(2025, 3, 1), findings=True, ended=ended
        )  # fmt: skip
        return lasting.permit_ends(Permit(alternative=parse("order HIP"), fields=frozenset(), order=one), look())

    assert of(None) == NEVER_ENDS
    assert of(date(2025, 4, 1)) == begins(date(2025, 4, 1), look().zone), "from the first second of the day"
    assert of(datetime(2025, 4, 1, 12, tzinfo=UTC)) == datetime(2025, 4, 1, 12, tzinfo=UTC)
