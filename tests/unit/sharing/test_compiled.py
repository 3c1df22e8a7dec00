"""What is compiled of one cell says what the plain evaluator says, and says it itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from mdt.sharing import compiled, plans
from mdt.sharing.compiled import Case, case_of, settle_all
from mdt.sharing.decide import settle
from mdt.sharing.decision import Decision, Way
from mdt.sharing.facts import Facts, Flag, Item, Order, Release, Revocation
from mdt.sharing.fields import names_of
from mdt.sharing.grammar import parse
from mdt.sharing.profile import Profile
from mdt.sharing.vocabulary import Action, Category, Outcome, Purpose, Regime
from tests.unit.sharing import told
from tests.unit.sharing.parts import (
    ALARM,
    ALLERGIES,
    FACTS,
    FORM,
    OBJECTION,
    away,
    look,
    order,
    with_case,
    with_cells,
    with_items,
    with_org,
    with_user,
)
from tests.unit.sharing.told import BASELINE, TEAM

HEALTH, NOTES, TREATMENT, SCHOOL = Category.HEALTH, Category.PSYNOTES, Category.SUD_P2, Category.EDUCATION
CHART, RECORD = FACTS.items["chart"], FACTS.items["record"]
HERE = told.case_of(TEAM.replace("  ellis:", "  nina: {org: newpath}\n  ellis:"))
CASE = with_items(
    replace(CHART, id="short", fields=("injuries",)),
    replace(CHART, id="mine", author="kim", labels=("HIV",)),
    replace(CHART, id="treated", source="newpath"),
    replace(CHART, id="schooled", regimes=(Regime.FERPA,)),
    replace(CHART, id="cut", third_party={"sister": (ALLERGIES,)}),
    replace(CHART, id="sealed", sealed=date(2025, 3, 3)),
    replace(RECORD, id="both", regimes=(Regime.HIPAA,)),
    Item(id="notes", category=NOTES, source="lakeside", fields=("notes",), consented_by="youth"),
    facts=replace(HERE, items={name: HERE.items[name] for name in ("chart", "record", "plan")}),
)  # fmt: skip


def said(facts: Facts, who: str, profile: Profile = BASELINE, **more: Any) -> dict[str, Decision]:
    """What is said of a case without the plain evaluator, which says the same."""
    case = case_of(facts, profile)
    assert case is not None
    found = case.settled(look(who, facts, profile=profile, **more), facts.items)
    plain = look(who, facts, profile=profile, **more)
    assert found == {name: settle(plain, name) for name in found}
    return found


def everything(text: str) -> Profile:
    """The baseline with the same cell for everybody in every row that is asked about here."""
    texts = tuple(text.split(", "))
    whole = tuple(one for one in texts if " part " not in one) or ("own",)
    return with_cells({SCHOOL: whole, TREATMENT: whole, NOTES: whole, HEALTH: texts})


def withdrawn(*recipients: str, on: date = date(2025, 3, 1)) -> Revocation:
    return Revocation(at=on, mode="verbal", recipients=recipients)


CARE = replace(
    FORM,
    id="care",
    type="TPO",
    discloser="newpath",
    signed_by=("youth",),
    categories=(TREATMENT,),
    recipients=("mercy",),
)
THERAPY = replace(
    FORM, id="therapy", discloser="lakeside", signed_by=("youth",), categories=(NOTES,), recipients=("kim",)
)
FORMS: tuple[Release, ...] = (
    FORM,
    replace(FORM, id="late", expires=date(2025, 2, 20), items=("mine",)),
    replace(FORM, id="team", type="MDT", recipients=("kim", "mercy"), purposes=(Purpose.PLAN,)),
    CARE,
    replace(FORM, id="general", discloser="newpath", categories=(TREATMENT, HEALTH), recipients=("kim", "nina")),
    THERAPY,
    replace(
        FORM, id="school", type="FERPA", expires="none", signed_by=("mother", "youth"), recipients=("kim", "casey")
    ),
    replace(FORM, id="gone", revoked=(withdrawn("casey"),), recipients=("casey", "kim")),
    replace(FORM, id="sister", subject="sister"),
    replace(FORM, id="unknown", type="MOU"),
)
ORDERS: tuple[Order, ...] = (
    order(recipients=("kim", "casey")),
    order(id="o2", type="PRV", findings=True, categories=(HEALTH, TREATMENT, SCHOOL)),
    order(
        id="o3", type="P2N", categories=(TREATMENT, HEALTH), findings=True, process="subpoena", recipients=("casey",)
    ),
    order(id="o4", type="APPT", recipients=("victim-unit",), items=("mine", "record")),
)
CELLS = (
    "own", "keeper", "law B1", "law B6 part HEALTH-care", "law B7", "law B14", "law B5", "law B6 when missing",
    "own when author", "law B6 when appointed", "law B6 when author adds time_box", "release HIPAA",
    "release HIPAA when youth_signed", "release MDT&HIPAA", "release HIPAA part HEALTH-care adds no_export",
    "order HIP part HEALTH-care", "order PRV when missing", "order P2N, order HIP",
    "law B1, release HIPAA, release FERPA",
    "law B6 part HEALTH-care adds time_box, law B6 part HEALTH-report adds no_export", "release TPO, release P2",
    "release HIPAA for TREAT", "law B19 when school_notice, own",
    "law B6 when parent_rights for PLAN+TREAT, release MDT",
    "release MDT, law B6", "never, own", "aggregate, release HIPAA",
)  # fmt: skip
AGREED = replace(CASE, releases=FORMS, orders=ORDERS)
LAPSED = replace(
    with_case(
        with_org("victim-unit", AGREED, mou_until=date(2025, 3, 2)), lead="victim-unit", missing=away().case.missing
    ),
    releases=FORMS[::-1],
)


@pytest.mark.parametrize("text", CELLS)
def test_a_cell_is_said_as_the_plain_evaluator_says_it(text: str) -> None:
    profile, care = everything(text), Purpose.TREAT
    for facts, who, purpose in (
        (AGREED, "kim", Purpose.PLAN), (AGREED, "casey", Purpose.PLAN), (AGREED, "holly", care), (AGREED, "mom", care),
        (AGREED, "nina", care), (LAPSED, "kim", Purpose.PLAN), (LAPSED, "casey", care), (LAPSED, "holly", Purpose.PLAN),
    ):  # fmt: skip
        assert set(said(facts, who, profile, purpose=purpose)) == set(facts.items)


def test_what_is_shown_is_said_as_it_is_by_the_matrix_itself() -> None:
    for facts in (AGREED, LAPSED):
        for who in ("kim", "casey", "holly", "mom", "ellis"):
            for action, purpose in ((Action.VIEW, Purpose.PLAN), (Action.EXPORT, Purpose.AGGREGATE)):
                assert set(said(facts, who, purpose=purpose, action=action)) == set(facts.items)


def test_what_is_sealed_closed_or_barred_is_said_too() -> None:
    found = said(CASE, "holly", purpose=Purpose.TREAT)
    assert (found["sealed"].outcome, found["sealed"].step) == (Outcome.CONCEAL, "never")
    assert found["chart"].opens
    mother = replace(CASE.case.people["mother"], flags=(Flag(flag="no_contact"),))
    assert {one.step for one in said(with_case(CASE, people={"mother": mother}), "mom").values()} == {"never"}


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"against": ("da-office",)}, set()), ({}, {HEALTH}), ({"against": ()}, {HEALTH}),
        ({"against": ("kim",)}, {HEALTH}),
        ({"categories": ()}, None), ({"categories": (), "against": ("dana",)}, set()),
        ({"categories": (HEALTH, Category.PLAN)}, {HEALTH, Category.PLAN}),
    ],
)  # fmt: skip
def test_what_an_objection_may_touch_is_left_to_the_plain_evaluator(
    change: dict[str, Any], left: set[Category] | None
) -> None:
    facts = replace(CASE, restrictions=(replace(OBJECTION, **change),))
    found = said(facts, "kim")
    shut = {name for name in facts.items if said(CASE, "kim")[name].step == "never"}
    touched = {name for name, item in facts.items.items() if left is None or item.category in left}
    assert set(facts.items) - set(found) == touched - shut


def test_an_objection_against_a_part_in_the_case_touches_whoever_has_it() -> None:
    facts = replace(CASE, restrictions=(replace(OBJECTION, against=("mother",)),))
    assert "chart" not in said(facts, "mom") and "chart" in said(facts, "kim")


def test_what_carves_something_out_is_left_to_the_plain_evaluator_for_whom_it_names() -> None:
    facts = replace(CASE, releases=(replace(FORM, excludes=(ALLERGIES,)),))
    assert "chart" not in said(facts, "kim") and "chart" in said(facts, "casey")


def test_only_what_an_emergency_could_open_is_left_to_the_plain_evaluator() -> None:
    facts = replace(CASE, emergencies=(replace(ALARM, categories=(TREATMENT, Category.PLAN)),))
    anew = replace(BASELINE)
    assert set(facts.items) - set(said(facts, "holly", anew, purpose=Purpose.TREAT)) == {"record", "both"}
    assert set(said(facts, "casey", anew)) == set(facts.items)


def test_an_emergency_of_another_shape_is_left_to_the_plain_evaluator() -> None:
    assert case_of(replace(CASE, emergencies=(replace(ALARM, categories=[TREATMENT]),)), BASELINE) is None  # type: ignore[arg-type]


def test_an_item_that_does_not_read_well_is_left_to_the_plain_evaluator() -> None:
    odd = replace(CASE, items={**CASE.items, "other": CHART, "word": replace(CHART, id="word", category="HEALTH")})  # type: ignore[arg-type]
    assert set(odd.items) - set(said(odd, "kim")) == {"other", "word"}


def test_the_ways_and_codes_are_those_of_the_laws_that_stand_in_the_way() -> None:
    school = Way("release", "FERPA"), Way("order", "EDU")
    found = said(replace(CASE, releases=(FORM,)), "kim")["schooled"]
    assert (found.outcome, found.ways) == (Outcome.WITHHOLD, school)
    late = replace(FORM, expires=date(2025, 3, 1))
    wrong = replace(FORM, id="f", type="FERPA", purposes=(Purpose.COURT,))
    some = with_cells({HEALTH: ("law B6 part HEALTH-care", "release HIPAA"), SCHOOL: ("release FERPA",)})
    assert said(replace(CASE, releases=(late, wrong)), "kim", some)["schooled"].code == "E_PURPOSE_MISMATCH"
    late_school = replace(late, id="f", type="FERPA")
    other = replace(FORM, purposes=(Purpose.COURT,))
    whole = with_cells({HEALTH: ("law B6 part HEALTH-care", "release HIPAA"), SCHOOL: ("law B6", "release FERPA")})
    part = said(replace(CASE, releases=(late_school, other)), "kim", whole)["schooled"]
    assert (part.outcome, part.code) == (Outcome.PART, "E_PURPOSE_MISMATCH")
    assert said(replace(CASE, releases=(late_school, other)), "kim", whole)["chart"].code == "E_PURPOSE_MISMATCH"


def test_a_duty_is_said_only_of_a_line_that_gives_something() -> None:
    profile = everything("law B6 part HEALTH-care adds time_box, law B6 part HEALTH-report adds no_export")
    found = said(CASE, "kim", profile)
    assert found["short"].duties == {"no_export"}
    assert found["chart"].duties == {"no_export", "time_box"}


def test_each_item_ends_with_its_own_release_also_where_the_law_opens_it_too() -> None:
    facts = replace(
        with_org("victim-unit", CASE, mou_until=date(2025, 3, 9)),
        releases=(replace(FORM, items=("chart",)), replace(FORM, id="r2", items=("short",), expires=date(2025, 4, 30))),
    )
    found = said(facts, "kim", with_cells({HEALTH: ("law B1", "release HIPAA")}))
    assert found["chart"].until == told.at("2025-07-01T00:00", facts)
    assert found["short"].until == told.at("2025-05-01T00:00", facts)
    assert found["cut"].until == told.at("2025-03-10T00:00", facts)


def test_each_item_ends_with_its_own_order() -> None:
    first = order(recipients=("kim",), items=("chart",), ended=date(2025, 4, 10))
    second = replace(first, id="o2", items=("short",), ended=date(2025, 4, 20))
    facts = replace(CASE, orders=(first, second, replace(first, id="o3", items=("cut",), ended=None)))
    found = said(facts, "kim", everything("order HIP"))
    ends = {name: found[name].until for name in ("chart", "short", "cut")}
    days = {"chart": "2025-04-10T00:00", "short": "2025-04-20T00:00"}
    assert ends == {"cut": None} | {name: told.at(day, facts) for name, day in days.items()}


def test_forms_that_no_line_names_are_heard_of_where_no_line_asks_for_paper() -> None:
    care = replace(CASE, releases=(replace(CARE, purposes=(Purpose.COURT,)),))
    assert said(care, "casey", everything("own"))["record"].code == "E_RECIPIENT_MISMATCH"
    assert said(care, "casey", everything("law B7"))["both"].code == "E_RECIPIENT_MISMATCH"
    assert said(care, "holly", everything("own"))["record"].code == "E_PURPOSE_MISMATCH"
    counts = replace(CASE, releases=(CARE,))
    assert said(counts, "holly", everything("own"), purpose=Purpose.TREAT)["record"].code == "E_TPO_ONLY"
    assert said(counts, "nina", with_cells({TREATMENT: ("own",), HEALTH: ("law B7",)}))["both"].code is None
    named = with_cells({TREATMENT: ("release TPO part SUD-emergency",)})
    found = said(counts, "holly", named, purpose=Purpose.TREAT)["record"]
    assert (found.outcome, found.code) == (Outcome.PART, None)
    general = replace(CASE, releases=(THERAPY,))
    assert said(general, "kim", everything("own"))["notes"].code == "E_SENSITIVITY_NOT_NAMED"
    assert said(general, "kim", everything("release HIPAA for TREAT"))["notes"].code is None
    assert said(general, "kim", everything("release MDT"))["notes"].code == "E_SENSITIVITY_NOT_NAMED"
    assert said(general, "kim", everything("own"))["chart"].code is None


def test_of_forms_that_are_needed_together_or_that_no_line_names_the_first_code_is_heard() -> None:
    late = replace(CASE, releases=(replace(FORM, expires=date(2025, 3, 1)),))
    assert said(late, "kim", everything("release MDT&HIPAA"))["chart"].code == "E_EXPIRED_DATE"
    both = replace(CASE, releases=(replace(CARE, expires=date(2025, 3, 1)),))
    assert said(both, "kim", everything("release MDT, release HIPAA"))["record"].code == "E_EXPIRED_DATE"
    guardian = replace(BASELINE.releases["TPO"], signers="guardian")
    by_guardian = replace(everything("own"), releases={**BASELINE.releases, "TPO": guardian})
    mothers = replace(
        with_items(replace(RECORD, consented_by=None), facts=CASE), releases=(replace(CARE, signed_by=("mother",)),)
    )
    assert said(mothers, "holly", by_guardian, purpose=Purpose.TREAT)["record"].code == "E_TPO_ONLY"
    elsewhere = everything("release MDT for COURT, release HIPAA for COURT")
    assert said(both, "kim", elsewhere)["record"].code == "E_EXPIRED_DATE"
    notes = replace(CASE.items["notes"], consented_by=None)
    signed = replace(with_items(notes, facts=CASE), releases=(replace(THERAPY, signed_by=("mother",)),))
    assert said(signed, "kim", everything("own"))["notes"].code == "E_SENSITIVITY_NOT_NAMED"


def test_a_law_that_counsel_has_not_confirmed_says_so() -> None:
    unsure = replace(everything("law B19"), raw={**BASELINE.raw, "juvenile_sharing": {"confirmed": None}})
    assert said(CASE, "kim", unsure)["chart"].code == "E_PROFILE_UNCONFIRMED"
    assert said(CASE, "kim", everything("law B19"))["chart"].opens
    for confirmed, opens in (({"by": "counsel"}, True), (None, False)):
        key = {"school_notice": True, "confirmed": confirmed}
        profile = replace(everything("own when school_notice"), raw={**BASELINE.raw, "juvenile_sharing": key})
        assert said(CASE, "holly", profile)["chart"].opens is opens


def test_a_window_that_is_over_shuts_what_needs_it_and_nothing_else() -> None:
    for text, days, opens in (("law B1", 90, True), ("law B1", 10, False), ("law B6", 10, True)):
        profile = everything(text)
        statute = {**BASELINE.raw["mdt_statute"], "window_days": days}
        over = replace(profile, raw={**BASELINE.raw, "mdt_statute": statute})
        assert said(CASE, "kim", over)["chart"].opens is opens


def test_whoever_is_not_at_the_table_hears_so_of_what_there_is() -> None:
    case = case_of(CASE, BASELINE)
    assert case is not None
    found = case.settled(look("nobody", CASE), ["chart", "nothing"])
    assert {name: one.step for name, one in found.items()} == {"chart": "gate"}


def test_what_is_said_once_is_not_asked_again() -> None:
    first, again = (settle_all(look("kim", CASE), ["chart"])["chart"] for _ in range(2))
    assert first is again


def test_a_form_withdrawn_for_one_reader_and_later_for_all_stands_for_the_others_until_then() -> None:
    ahead = withdrawn(on=date(2025, 3, 20))
    form = replace(FORM, recipients=("kim", "ruiz"), revoked=(withdrawn("ruiz"), ahead))
    facts = replace(CASE, releases=(form,))
    assert said(facts, "ruiz")["chart"].code == "E_REVOKED"
    assert said(facts, "kim")["chart"].opens


def rows_of(case: Case | None, name: str) -> list[compiled.Row]:
    assert case is not None
    return [rows[name] for rows in case.rows.values() if name in rows]


def test_what_came_of_a_paper_is_kept_with_the_case_and_what_came_of_the_law_with_the_profile() -> None:
    profile = with_cells({HEALTH: ("release HIPAA",), Category.PLAN: ("law B6",)})
    facts = replace(CASE, releases=(FORM,))
    said(facts, "kim", profile)
    (chart,), (plan,) = rows_of(case_of(facts, profile), "chart"), rows_of(case_of(facts, profile), "plan")
    assert len(chart.made) == 1 and not chart.plan.made
    assert not plan.made and len(plan.plan.made) == 1
    assert len(chart.given) == 1


def test_what_is_true_of_one_item_is_not_taken_for_true_of_the_next() -> None:
    profile, facts = with_cells({HEALTH: ("law B6 when author",)}), with_items(replace(CHART, id="hers", author="kim"))
    found = said(facts, "kim", profile)
    assert found["hers"].opens and not found["chart"].opens


def test_what_is_kept_never_grows_past_its_bound() -> None:
    full: dict[Any, Any] = dict.fromkeys(range(4096))
    nearly: dict[Any, Any] = dict.fromkeys(range(4095))
    for kept, size in ((full, 0), (nearly, 4095)):
        compiled._make_room(kept)
        assert len(kept) == size
    profile, facts = with_cells({HEALTH: ("law B6",)}), replace(CASE, releases=())
    said(facts, "kim", profile)
    (row,) = rows_of(case_of(facts, profile), "chart")
    for kept in (row.plan.made, row.given):
        kept.clear()
        kept.update(dict.fromkeys(range(4096)))
    said(facts, "kim", profile)
    assert len(row.given) == 1 and len(row.plan.made) < len(facts.items)


def test_as_many_cases_are_kept_as_the_bound_says() -> None:
    small = told.case_of("items: {}\norgs: {county-cw: {role: CW}}\nusers: {casey: {org: county-cw}}")
    first = case_of(small, BASELINE)
    others = [replace(small) for _ in range(255)]
    for one in others:
        case_of(one, BASELINE)
    assert case_of(small, BASELINE) is first


def test_each_field_of_a_category_and_each_thing_that_can_be_true_has_a_bit_of_its_own() -> None:
    names = names_of(HEALTH)
    assert [plans.mask_of(HEALTH, [one]) for one in names] == [1 << place for place in range(len(names))]
    more = ("MEMBER", "EPISODE", "SELF", "AGREED", "IN_WINDOW", "KEEPER", "RIGHTS", "SOURCE")
    bits = [*plans.BIT.values(), *(getattr(plans, one) for one in more)]
    assert bits == [1 << place for place in range(len(bits))]


def test_a_line_of_which_no_more_is_said_needs_nothing_and_gives_every_field() -> None:
    bare = plans.Line(parse("own"), HEALTH)
    assert bare.need == bare.coded == bare.window == bare.ends == 0
    assert not (bare.unconfirmed or bare.youth_signs or bare.on_paper)
    everything = plans.mask_of(HEALTH, names_of(HEALTH))
    assert bare.fields & everything == everything


def test_equal_ends_are_equal_bits() -> None:
    bits = {
        "own": 0, "law B6": 0, "law B1": 3, "law B5": 4, "own when missing": 4, "own when named_officer": 4,
        "law B6 when caregiver": 8, "law B1 when parent_rights": 11, "release HIPAA": 0, "law B6 when adult": 0,
    }  # fmt: skip
    assert {text: plans._ends(parse(text), look()) for text in bits} == bits


def test_the_truth_of_a_viewer_is_one_bit_for_each_thing_that_is_true() -> None:
    def truth(who: str, facts: Facts = CASE, when: str = "2025-03-03T12:00") -> set[str]:
        names = ("MEMBER", "EPISODE", "SELF", "AGREED", "IN_WINDOW", "KEEPER", "RIGHTS")
        bits = {name: getattr(plans, name) for name in names}
        found = compiled.truth_of(look(who, facts, when))
        return {name for name, bit in (bits | plans.BIT).items() if bit & found}

    always = {"MEMBER", "AGREED", "IN_WINDOW", "mh_sharing"}
    assert truth("kim") == always and truth("casey") == always | {"KEEPER"}
    assert truth("mom") == {"IN_WINDOW", "RIGHTS", "parent_rights", "caregiver", "mh_sharing"}
    assert truth("mom", with_case(CASE, lead=None)) == truth("mom")
    assert truth("kim", away()) == always | {"EPISODE", "missing"}
    assert truth("mom", with_user("mom", CASE, person="youth")) == {"SELF", "IN_WINDOW", "mh_sharing"}
    assert truth("vera") == always - {"MEMBER"}
    assert truth("holly") == always | {"medical"}
    assert truth("kim", when="2099-12-31T12:00") == always | {"adult"}
    assert truth("kim", when="2100-01-01T12:00") == always - {"AGREED"} | {"adult"}


def test_only_a_reading_of_these_very_facts_turns_and_decides() -> None:
    at = datetime(2025, 3, 3, 17, tzinfo=UTC)
    one = case_of(CASE, BASELINE)
    assert one is not None and one.papers_at(look("kim", CASE)) is one.papers_at(look("casey", CASE))
    first = one.papers_at(look("kim", CASE))
    assert one.papers_at(look("kim", CASE, "2100-06-01T12:00")) is not first
    assert [turn for turn in one.turns if turn <= at] != [] and list(one.turns) == sorted(set(one.turns))
