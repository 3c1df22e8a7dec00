"""Which bodies of law hold on an item, and where each comes from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mdt.sharing.decide import decide
from mdt.sharing.regimes import Regimes, is_swapped, regimes_of
from mdt.sharing.vocabulary import Category, Outcome, Purpose, Regime
from tests.unit.sharing import told
from tests.unit.sharing.parts import FACTS, NOON, segment, with_items, with_org
from tests.unit.sharing.told import BASELINE


@pytest.mark.parametrize(
    ("category", "rhy", "vsp", "swapped"),
    [
        (Category.ADVOCATE, True, None, True), (Category.ADVOCATE, True, "vawa", False),
        (Category.ADVOCATE, False, None, False), (Category.HEALTH, True, None, False),
        (Category.ADVOCATE, None, None, False),
    ],
)  # fmt: skip
def test_a_runaway_programme_that_is_no_victim_service_provider_is_under_its_own_law(
    category: Category, rhy: bool, vsp: str | None, swapped: bool
) -> None:
    facts = with_org("safe-harbor", rhy=rhy, vsp=vsp)
    item = replace(facts.items["log"], category=category)
    assert is_swapped(item, facts.orgs["safe-harbor"]) is swapped
    found = regimes_of(item, facts, BASELINE)
    assert found.swapped is swapped
    if swapped:
        assert (found.own, found.source) == ({Regime.RHY}, frozenset())
    assert (Regime.VSP in found.all) is (vsp is not None or (category is Category.ADVOCATE and not swapped))


def test_a_body_of_law_stands_once_where_it_first_comes_from() -> None:
    chart = replace(
        FACTS.items["chart"], source="newpath", regimes=(Regime.HIPAA, Regime.PART2, Regime.CPS, Regime.CJI)
    )
    found = regimes_of(chart, FACTS, BASELINE)
    assert (found.own, found.source, found.hand) == ({Regime.HIPAA}, {Regime.PART2}, {Regime.CPS, Regime.CJI})
    assert found == Regimes(found.own, found.source, found.hand), "and nothing is inherited, labelled or swapped"
    assert found.further == (Regime.CJI, Regime.CPS, Regime.PART2)
    assert found.here == found.all == {Regime.HIPAA, Regime.PART2, Regime.CPS, Regime.CJI}
    unsure = regimes_of(FACTS.items["chart"], with_org("mercy", part2=None, rhy=None), BASELINE)
    assert unsure.source == {Regime.PART2, Regime.RHY}


def test_a_segment_inherits_the_law_and_the_labels_of_all_it_quotes() -> None:
    facts = with_items(
        replace(FACTS.items["chart"], labels=("HIV",)), replace(FACTS.items["record"], labels=("MEDICATION",)),
        segment("inner", "record"), replace(segment("outer", "inner", "chart"), labels=("STI",)),
    )  # fmt: skip
    found = regimes_of(facts.items["outer"], facts, BASELINE)
    assert found.inherited == {Regime.CPS, Regime.PART2, Regime.HIPAA}
    assert found.labels == {"HIV", "MEDICATION", "STI"}
    assert found.here == {Regime.CPS} and found.all == {Regime.CPS, Regime.PART2, Regime.HIPAA}
    alone = regimes_of(segment("alone"), facts, BASELINE)
    assert (alone.inherited, alone.labels) == (frozenset(), frozenset())
    circle = with_items(segment("a", "b"), segment("b", "a", "record"))
    assert regimes_of(circle.items["a"], circle, BASELINE).inherited == {Regime.CPS, Regime.PART2}


def test_what_is_under_seal_is_closed_to_everybody_also_to_whoever_filed_it() -> None:
    sealed = with_items(replace(FACTS.items["chart"], regimes=(Regime.SEALED,)))
    for who in ("holly", "kim", "casey"):
        got = decide(sealed, who, "chart", Purpose.TREAT, told.at(NOON, sealed), profile=BASELINE)
        assert (got.outcome, got.step) == (Outcome.CONCEAL, "never")
