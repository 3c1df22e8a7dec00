"""What is compiled knows where it ends: what does not read well is left to the plain evaluator, and decided there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from mdt.sharing.compiled import case_of, next_turn, settle_all
from mdt.sharing.decide import look_at, settle
from mdt.sharing.decision import Decision
from mdt.sharing.facts import Facts
from mdt.sharing.profile import Profile
from mdt.sharing.vocabulary import Action, Category, Purpose
from tests.unit.sharing import told
from tests.unit.sharing.told import BASELINE, SIGNED, TEAM

NOON = datetime(2025, 3, 3, 17, tzinfo=UTC)
ORDERED = """
orders:
  o1: {type: HIP, categories: [HEALTH], recipients: [victim-unit], issued: 2025-02-01}
restrictions:
- {by: youth, on: 2025-02-01, against: [da-office], categories: [PLAN]}
"""


def facts_of(*more: str) -> Facts:
    return told.case_of(TEAM, SIGNED, *more)


def quick(facts: Facts, who: str, profile: Profile = BASELINE, action: Action = Action.VIEW) -> dict[str, Decision]:
    """What is said without the plain evaluator."""
    case = case_of(facts, profile)
    return case.settled(look_at(facts, who, Purpose.VICTIMSVC, NOON, profile, action), facts.items) if case else {}


def plain(facts: Facts, who: str, profile: Profile = BASELINE) -> dict[str, Decision]:
    look = look_at(facts, who, Purpose.VICTIMSVC, NOON, profile)
    return {name: settle(look, name) for name in facts.items}


def test_an_ordinary_case_is_said_whole_for_everybody() -> None:
    facts = facts_of(ORDERED)
    for who in facts.users:
        said = quick(facts, who)
        assert said == {name: one for name, one in plain(facts, who).items() if name in said}
        assert set(facts.items) - set(said) == ({"plan"} if who == "dana" else set())


SHAPES = [
    ("releases", {"recipients": ["victim-unit"]}), ("releases", {"categories": [Category.HEALTH]}),
    ("releases", {"items": ["chart"]}), ("releases", {"excludes": []}), ("releases", {"revoked": []}),
    ("releases", {"items": ""}),
    ("orders", {"recipients": ["victim-unit"]}), ("orders", {"categories": [Category.HEALTH]}),
    ("orders", {"items": ["chart"]}), ("restrictions", {"against": ["da-office"]}),
    ("restrictions", {"categories": [Category.PLAN]}),
]  # fmt: skip


@pytest.mark.parametrize(("paper", "change"), SHAPES, ids=str)
def test_a_paper_of_another_shape_is_left_to_the_plain_evaluator(paper: str, change: dict[str, Any]) -> None:
    facts = facts_of(ORDERED)
    odd = replace(facts, **{paper: tuple(replace(one, **change) for one in getattr(facts, paper))})
    assert quick(odd, "kim") == {}
    look = look_at(odd, "kim", Purpose.VICTIMSVC, NOON, BASELINE)
    assert settle_all(look) == plain(odd, "kim")


def test_an_emergency_is_left_to_the_plain_evaluator_where_it_could_open_something() -> None:
    burning = (
        "emergencies:\n- {by: holly, at: 2025-03-03T11:30, kind: medical, categories: [SUD_P2, PLAN], facts: overdose}"
    )
    assert set(quick(facts_of(), "holly")) - set(quick(facts_of(burning), "holly")) == {"record"}
    over = burning.replace("11:30", "10:30")
    assert set(quick(facts_of(), "holly")) == set(quick(facts_of(over), "holly"))


def test_whoever_holds_the_school_right_needs_no_notice_and_another_caregiver_does() -> None:
    cells = {"EDUCATION": {"cells": {"CG": ["law B15"]}}}
    open_to_all = BASELINE.with_changes({"categories": cells})
    people = "case:\n  custody: parent\n  people: {mother: {relation: parent}, aunt: {relation: kin}}"
    text = TEAM.replace(TEAM.partition("orgs:")[0], f"{people}\n").replace(
        "  mom: ", "  nan: {role: CG, person: aunt}\n  mom: "
    )
    facts = told.case_of(text, "  grades: {category: EDUCATION, source: lincoln-school}")
    for who, duties in (("nan", {"notice_ferpa"}), ("mom", set()), ("nan", {"notice_ferpa"})):
        said = quick(facts, who, open_to_all)["grades"]
        assert said.opens and said.duties == duties
        assert said == plain(facts, who, open_to_all)["grades"]


def test_a_release_withdrawn_for_another_is_said_in_its_place_and_one_withdrawn_for_the_viewer_is_not() -> None:
    form = (
        "{type: HIPAA, discloser: mercy, recipients: [victim-unit, ruiz], categories: [HEALTH],"
        " signed: {on: 2025-02-01, by: [mother]}, expires: 2025-06-30"
    )
    gone = "revoked: {at: 2025-02-20, mode: verbal, for: [ruiz]}"
    facts = told.case_of(TEAM, "releases:", f"  a: {form}, {gone}}}", f"  b: {form}}}")
    kim, ruiz = quick(facts, "kim")["chart"], quick(facts, "ruiz")["chart"]
    assert [one.release for one in kim.grounds] == ["a", "b"]
    assert [one.release for one in ruiz.grounds] == ["b"]
    assert (kim, ruiz) == (plain(facts, "kim")["chart"], plain(facts, "ruiz")["chart"])


def test_a_young_person_signs_alone_for_the_records_of_a_service_and_not_for_those_beside_them() -> None:
    alone = BASELINE.with_changes({"minor_consent": {"sti": 12, "confirmed": {"by": "counsel", "on": "2025-01-01"}}})
    signed = SIGNED.replace("[mother]", "[youth]").replace(
        "categories: [HEALTH]", "categories: [HEALTH], labels: [HIV]"
    )
    facts = told.case_of(TEAM, "  lab: {category: HEALTH, source: mercy, labels: [HIV]}", signed)
    said = quick(facts, "kim", alone)
    assert said == {name: one for name, one in plain(facts, "kim", alone).items() if name in said}
    assert said["lab"].opens and said["chart"].code == "E_PARENT_SIGNATURE_REQUIRED"


def test_quotes_and_what_is_about_somebody_else_are_left_to_the_plain_evaluator() -> None:
    facts = facts_of("")
    quoting = replace(facts.items["plan"], quotes=("identity",))
    about = replace(facts.items["chart"], subject="sister")
    nothing = replace(facts.items["log"], quotes=None)  # type: ignore[arg-type]
    odd = replace(facts, items={**facts.items, "plan": quoting, "chart": about, "log": nothing})
    assert set(odd.items) - set(quick(odd, "casey")) == {"plan", "chart", "log"}


@pytest.mark.parametrize("action", [Action.MANDATE_MISSING, Action.MANDATE_TRAFFICKING])
def test_a_statutory_report_is_for_the_plain_evaluator(action: Action) -> None:
    facts = facts_of()
    look = look_at(facts, "ruiz", Purpose.INVESTIGATE, NOON, BASELINE, action)
    assert {one.step for one in settle_all(look).values()} == {"mandate"}


def test_only_what_is_asked_for_is_said_and_an_unknown_item_is_refused() -> None:
    facts = facts_of()
    look = look_at(facts, "casey", Purpose.PLAN, NOON, BASELINE)
    said = settle_all(look, ["plan", "nothing"])
    assert list(said) == ["plan", "nothing"]
    assert said["plan"].opens and said["nothing"].step == "error"


def test_an_unknown_item_takes_nothing_from_what_is_said_of_the_others() -> None:
    facts = facts_of()
    case, look = case_of(facts, BASELINE), look_at(facts, "casey", Purpose.PLAN, NOON, BASELINE)
    assert case is not None
    assert case.settled(look, ["plan", "nothing"]) == {"plan": settle(look, "plan")}


def test_whoever_is_not_at_the_table_hears_the_same_of_everything() -> None:
    facts = facts_of()
    away = replace(facts, members={name: one for name, one in facts.members.items() if name != "kim"})
    assert quick(away, "kim") == plain(away, "kim")
    assert {one.step for one in quick(away, "kim").values()} == {"gate"}


def test_a_case_is_read_once_for_the_same_facts_and_anew_for_others() -> None:
    facts = facts_of()
    assert case_of(facts, BASELINE) is case_of(facts, BASELINE)
    assert case_of(replace(facts), BASELINE) is not case_of(facts, BASELINE)
    other = BASELINE.with_changes({"title": "Another county"})
    assert case_of(facts, other) is not case_of(facts, BASELINE)


def test_no_more_than_256_cases_are_kept_and_the_one_read_longest_ago_goes_first() -> None:
    first, second = facts_of(), facts_of()
    kept, gone = case_of(first, BASELINE), case_of(second, BASELINE)
    for _ in range(255):
        assert case_of(first, BASELINE) is kept
        case_of(replace(first), BASELINE)
    assert case_of(first, BASELINE) is kept
    assert case_of(second, BASELINE) is not gone


def test_facts_that_do_not_read_well_turn_all_the_same() -> None:
    facts, turn = facts_of(), datetime(2025, 7, 1, 4, tzinfo=UTC)
    odd = replace(facts, releases=tuple(replace(one, recipients=["kim"]) for one in facts.releases))  # type: ignore[arg-type]
    assert case_of(odd, BASELINE) is None
    assert next_turn(odd, NOON, BASELINE) == next_turn(facts, NOON, BASELINE) == turn
    last = datetime(2100, 6, 1, tzinfo=UTC)
    assert next_turn(odd, last, BASELINE) is next_turn(facts, last, BASELINE) is None
