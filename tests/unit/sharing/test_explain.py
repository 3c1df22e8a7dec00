"""Decisions in plain words, and the matrix in words: derived from the cells, told once."""

from __future__ import annotations

import re

import pytest

from mdt.sharing import codes, explain, matrix
from mdt.sharing.explain import NOT_FOUND, Names, cell_words, code_words, why, withheld
from mdt.sharing.fields import CATEGORIES
from mdt.sharing.vocabulary import Action, Category, Purpose, Role
from tests.unit.sharing.told import BASELINE, SIGNED, TEAM, asked, case_of

NOON = "2025-03-03T12:00"
BY_TREATMENT = "The law lets you see this (45 CFR 164.506(c)): treatment between providers."
CALLED = {"mother": "Wren", "mercy": "Mercy Clinic", "lakeside": "Lakeside Counseling"}


def names(facts: object) -> Names:
    return Names(facts, BASELINE, CALLED)  # type: ignore[arg-type]


def test_a_release_is_told_with_who_signed_it_whom_it_frees_and_until_when() -> None:
    facts = case_of(TEAM, SIGNED)
    got = asked(facts, "kim", "chart", Purpose.VICTIMSVC, NOON)
    assert why(got, names(facts)) == (
        "Wren signed a release that lets Mercy Clinic show you this, until June 30, 2025."
    )


@pytest.mark.parametrize(
    ("who", "item", "purpose", "said"),
    [
        ("casey", "plan", Purpose.PLAN, "Your organization filed this."),
        ("holly", "summary", Purpose.TREAT, BY_TREATMENT),
        ("dana", "identity", Purpose.PROSECUTE, "The law lets you see this: member of the statutory team."),
        ("dana", "summary", Purpose.PROSECUTE, "This is withheld from you."),
        ("dana", "log", Purpose.PROSECUTE, NOT_FOUND),
    ],
)  # fmt: skip
def test_each_right_has_its_sentence(who: str, item: str, purpose: Purpose, said: str) -> None:
    facts = case_of(TEAM)
    assert why(asked(facts, who, item, purpose, NOON), names(facts)) == said


def test_the_keeper_an_order_an_emergency_and_a_report_have_their_sentences() -> None:
    facts = case_of(
        TEAM.replace("custody: parent", "custody: parent\n  missing: {since: 2025-03-03T08:00}"),
        "  arrest: {category: ALLEGATION, source: anytown-pd}",
        "orders: {o1: {type: HIP, categories: [BEHAVIORAL], recipients: [da-office], issued: 2025-02-01}}",
        "emergencies: [{by: holly, at: 2025-03-03T11:30, kind: medical, categories: [SUD_P2], facts: x}]",
    )
    said = names(facts)
    assert why(asked(facts, "casey", "arrest", Purpose.PLAN, NOON), said) == (
        "Your agency keeps the child welfare record of this case."
    )
    assert why(asked(facts, "dana", "summary", Purpose.PROSECUTE, NOON), said) == (
        "A court order lets you see this: health records."
    )
    assert why(asked(facts, "holly", "record", Purpose.TREAT, NOON), said) == (
        "An emergency was declared. Your view ends at 12:30 PM."
    )
    report = asked(facts, "ruiz", "identity", Purpose.LOCATE, NOON, action=Action.MANDATE_MISSING)
    assert why(report, said) == "This belongs in the report of a missing young person."


def test_what_is_withheld_names_its_holder_and_what_would_open_it() -> None:
    facts = case_of(TEAM)
    got = asked(facts, "kim", "summary", Purpose.VICTIMSVC, NOON)
    assert withheld(got, facts.items["summary"], names(facts)) == (
        "Lakeside Counseling holds this (behavioral health). A signed release (health authorization) would open it."
    )


def test_of_what_is_concealed_nothing_is_told_whatever_it_is() -> None:
    facts = case_of(TEAM)
    got = asked(facts, "kim", "log", Purpose.VICTIMSVC, NOON)
    assert withheld(got, facts.items["log"], names(facts)) == NOT_FOUND


def test_every_code_and_every_element_has_one_plain_sentence() -> None:
    assert tuple(explain.CODES) == codes.ORDER
    assert tuple(explain.ELEMENTS) == codes.ELEMENTS
    assert set(codes.ELEMENTS) == BASELINE.elements
    for code in codes.ORDER:
        assert re.fullmatch(r"[A-Z][^_]*", code_words(code)), code
    assert code_words("E_MISSING_ELEMENT:purpose") == ("Something the law asks for is missing from the form: what for.")


def test_of_several_codes_the_first_in_order_is_the_answer() -> None:
    assert codes.first(["E_MOU_EXPIRED", "E_REVOKED", "E_FALSE"]) == "E_REVOKED"
    assert codes.first(["E_MISSING_ELEMENT:informed", "E_MISSING_ELEMENT:date"]) == "E_MISSING_ELEMENT:date"
    assert codes.first([]) is None


def test_every_alternative_of_the_matrix_can_be_said_in_words() -> None:
    for category in Category:
        for role in Role:
            for one in BASELINE.cell(category, role):
                words = cell_words(one, BASELINE)
                assert words and "_" not in words, (one.rule, words)


def test_a_cell_says_basis_fields_and_condition() -> None:
    (one, _) = BASELINE.cell(Category.JUVENILE, Role.NP)
    assert cell_words(one, BASELINE) == (
        "by law (provider of a service under the agency's plan): only disposition and terms of probation"
    )
    (one,) = BASELINE.cell(Category.HEALTH, Role.CG)
    assert "Condition: the reader is a placement caregiver" in cell_words(one, BASELINE)


def test_the_matrix_has_every_category_and_every_role() -> None:
    rows = matrix.matrix(BASELINE)
    assert [row.category for row in rows] == list(CATEGORIES)
    assert all([square.role for square in row.squares] == list(Role) for row in rows)
    printed = matrix.text(BASELINE)
    assert "ADVOCATE: Confidential advocate's records — its existence is not told" in printed
    assert "  LE   release VSP, order PRV" in printed


def test_what_changes_between_two_profiles_is_said_in_sentences() -> None:
    changed = BASELINE.with_changes(
        {
            "categories": {"PLAN": {"cells": {"DA": ["never"]}}, "ID": {"cells": {"SC": ["law B6"]}}},
            "mdt_statute": {"window_days": 30},
            "mh_act": {"treatment_sharing_needs_consent": True},
        }
    )
    assert matrix.diff(BASELINE, BASELINE) == ()
    assert matrix.diff(BASELINE, changed) == (
        "Survivor consultant gains “Who the young person is” by law "
        "(party, counsel or appointed officer of this case).",
        "Prosecutor loses “Needs, goals and referrals” by law (crime victims' rights): only referrals.",
        "mdt_statute.window_days was not set, is 30.",
        "mh_act.treatment_sharing_needs_consent was no, is yes.",
    )


def test_a_rule_that_the_ledger_keeps_is_found_again_and_told_in_words() -> None:
    every = [one for category in BASELINE.categories for role in Role for one in BASELINE.cell(category, role)]
    assert len(every) > 400
    for one in every:
        assert explain.rule_words(one.rule, BASELINE) == cell_words(one, BASELINE), one.rule
    for unknown in ("", "mandate.missing", "HEALTH.CW.release NOTHING", "NOTHING.CW.own", "HEALTH.XX.own"):
        assert explain.rule_words(unknown, BASELINE) is None
