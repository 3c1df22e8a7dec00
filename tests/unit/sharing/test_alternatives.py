"""One alternative of a cell at a time: when it holds, what it gives, what travels with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mdt.sharing.bases import Question, strays
from mdt.sharing.facts import (
    Item,
    Release,
)
from mdt.sharing.look import Look
from mdt.sharing.orders import in_scope
from mdt.sharing.regimes import regimes_of
from mdt.sharing.vocabulary import Category, Purpose, Regime, Role
from tests.unit.sharing.parts import (
    ALLERGIES,
    FACTS,
    FORM,
    MEDICATIONS,
    away,
    heard,
    look,
    opens,
    order,
    saying,
    window,
    with_case,
    with_org,
    with_user,
)
from tests.unit.sharing.told import BASELINE


def test_own_is_for_the_source_alone() -> None:
    assert opens("own", look("holly")) and not opens("own", look("kim")) and not opens("own", look("mom"))
    assert not opens("own for TREAT", look("holly")) and opens("own for TREAT+PLAN", look("holly"))
    assert not opens("own", look("holly", purpose=Purpose.AGGREGATE))
    assert not opens("own for AGGREGATE", look("holly", purpose=Purpose.AGGREGATE))
    assert not opens("own when adult", look("holly")) and opens("own when youth_signed", look("holly"))


def test_the_lead_agency_keeps_the_child_welfare_record_and_nothing_else() -> None:
    assert opens("keeper", look("casey"), "plan", source="mercy")
    for who in ("holly", "mom"):
        assert not opens("keeper", look(who), "plan")
    assert not opens("keeper", look("casey"), "chart")
    assert not opens("keeper", look("casey"), "plan", Regime.HIPAA)
    assert opens("keeper", look("casey"), "chart", Regime.CPS)
    assert not opens("keeper for TREAT", look("casey"), "plan")
    for who in ("casey", "mom"):
        assert not opens("keeper", look(who, with_case(lead=None)), "plan")


def test_a_law_holds_for_its_purposes_and_for_what_it_needs() -> None:
    assert opens("law B6", look()) and not opens("law B7", look()) and opens("law B7", look(purpose=Purpose.TREAT))
    assert opens("law B7 for PLAN", look()) and not opens("law B6 for TREAT", look())
    assert not opens("law B6 when adult", look())
    assert opens("law B1", look()) and not opens("law B1", look("mom"))
    assert not opens("law B1", look(facts=with_org("victim-unit", statutory_member=False)))
    assert not opens("law B1", look(facts=with_org("victim-unit", statutory_member=None)))
    assert opens("law B5", look(facts=away())) and not opens("law B5", look())
    youth = with_user("mom", person="youth", role=Role.YT)
    assert opens("law B14", look("mom", youth)) and not opens("law B14", look("mom")) and not opens("law B14", look())
    odd = {**BASELINE.bases, "B6": replace(BASELINE.bases["B6"], needs=("weather",))}
    assert not opens("law B6", look(profile=replace(BASELINE, bases=odd)))


def test_a_law_of_the_team_says_so_when_the_agreement_is_over() -> None:
    for day, codes in (("2025-03-03", []), ("2025-03-02", ["E_MOU_EXPIRED"])):
        seen = look(facts=with_org("victim-unit", mou_until=date.fromisoformat(day)))
        assert heard("law B1", seen).codes == codes
        assert heard("law B6", seen).codes == []
    unsure = saying(mdt_statute={"confirmed": None, "window_days": None})
    assert heard("law B1", look(profile=unsure)).codes == ["E_PROFILE_UNCONFIRMED"]
    assert heard("law B6", look(profile=unsure)).codes == []
    over = with_org("victim-unit", mou_until=date(2025, 1, 1))
    assert heard("law B1", look(facts=over, profile=unsure)).codes == ["E_MOU_EXPIRED"]


def test_a_window_ends_with_its_last_day_or_later_for_good_cause_and_shuts_only_what_needs_it() -> None:
    reported = with_case(report_received=date(2025, 2, 1))
    assert opens("law B1", look(facts=reported, profile=window(30)))
    assert not opens("law B1", look(facts=reported, profile=window(29)))
    assert opens("law B6", look(facts=reported, profile=window(29)))
    assert opens("law B1", look(facts=reported, profile=window(None)))
    longer, shorter = (
        with_case(reported, good_cause_until=date(2025, 3, 3)),
        with_case(reported, good_cause_until=date(2025, 2, 9)),
    )
    assert opens("law B1", look(facts=longer, profile=window(29)))
    assert not opens("law B1", look(facts=longer, profile=window(29, extends=False)))
    assert not opens("law B1", look(facts=shorter, profile=window(29)))
    assert opens("law B1", look(facts=shorter, profile=window(30)))
    assert opens("law B1", look(profile=window(61))) and not opens("law B1", look(profile=window(60)))


def test_never_and_aggregate_open_nothing() -> None:
    for text in ("never", "aggregate"):
        assert not opens(text, look("holly")) and not opens(text, look("holly", purpose=Purpose.AGGREGATE))


def test_what_somebody_filed_or_keeps_and_what_a_court_ordered_yields_to_no_objection() -> None:
    ordered = look(facts=replace(FACTS, orders=(order(),)))
    for text, seen, item, yields in (
        ("own", look("holly"), "chart", False), ("keeper", look("casey"), "plan", False),
        ("order HIP", ordered, "chart", False), ("law B6", look(), "chart", True), ("law B3", look(), "chart", False),
        ("release HIPAA", look(), "chart", True),
    ):  # fmt: skip
        assert [one.yields for one in heard(text, seen, item).permits] == [yields]


def test_what_is_given_is_the_subset_of_what_the_item_has() -> None:
    own = heard("own part HEALTH-care", look("holly"), fields=("allergies", "injuries"))
    assert own.fields == {"allergies"}
    assert heard("own", look("holly"), fields=("allergies",)).fields == {"allergies"}


@pytest.mark.parametrize(
    ("change", "stands"),
    [
        ({}, True), ({"issued": None}, False), ({"issued": date(2025, 3, 4)}, False),
        ({"issued": date(2025, 3, 3)}, True),
        ({"recipients": ("victim-unit",)}, True), ({"recipients": ("mercy",)}, False),
        ({"categories": (Category.REPRO,)}, False), ({"items": ("plan",)}, False), ({"items": ("plan", "chart")}, True),
        ({"items": ()}, False), ({"type": "P2N"}, False), ({"type": "P2N", "findings": True}, False),
        ({"type": "P2N", "process": "subpoena"}, False), ({"type": "REC", "findings": True}, True),
        ({"type": "REC"}, False),
        ({"type": "P2N", "process": "subpoena", "findings": True}, True),
        ({"type": "P2N", "process": "voluntary", "findings": True}, True),
        ({"ended": date(2025, 3, 3)}, False), ({"ended": date(2025, 3, 4)}, True),
        ({"type": "P2N", "process": "none", "findings": True}, False), ({"type": "REC", "findings": 1}, False),
    ],
)  # fmt: skip
def test_an_order_opens_what_it_names_to_whom_it_names_once_it_has_all_its_type_asks_for(
    change: dict[str, Any], stands: bool
) -> None:
    one = order(**change)
    seen = look(facts=replace(FACTS, orders=(one,)))
    assert in_scope(one, seen, FACTS.items["chart"]) is stands
    assert opens(f"order {one.type}", seen) is stands
    assert not opens("order DISC", seen)
    assert not opens(f"order {one.type} for TREAT", seen)


def test_what_comes_with_a_release_or_an_order_travels_with_it() -> None:
    facts = replace(FACTS, orders=(order(type="PRV", findings=True, categories=(Category.ADVOCATE,)),))
    duties = heard("order PRV adds no_export", look(facts=facts), "log").permits[0].duties
    assert duties == ("no_export", "victim_notice_attempt")
    plain = replace(FACTS, orders=(order(type="PRV", findings=True),))
    assert heard("order PRV", look(facts=plain)).permits[0].duties == ()
    facts = replace(FACTS, orders=(order(categories=(Category.SUD_P2,)),))
    assert heard("order HIP", look(facts=facts), "record").permits[0].duties == ("notice_2_32",)
    signed = heard("release HIPAA adds time_box", look()).permits[0]
    assert (signed.duties, signed.releases, signed.yields) == (("time_box",), (FORM,), True)
    assert heard("own adds time_box", look("holly")).permits[0].duties == ("time_box",)


def test_of_two_forms_that_are_needed_together_each_carves_out_its_own() -> None:
    first, second = replace(FORM, excludes=(ALLERGIES,)), replace(FORM, id="r2", type="MDT", excludes=(MEDICATIONS,))
    fields = (ALLERGIES, MEDICATIONS, "injuries")
    together = heard("release MDT&HIPAA", look(facts=replace(FACTS, releases=(first, second))), fields=fields)
    assert [one.releases for one in together.permits] == [(second, first)]
    assert together.fields == {"injuries"}
    assert heard("release MDT&HIPAA", look(facts=replace(FACTS, releases=(first,)))).permits == []


def consent(**change: Any) -> Release:
    return replace(
        FORM, **{"discloser": "newpath", "signed_by": ("youth",), "categories": (Category.SUD_P2,), **change}
    )


def test_a_general_form_for_what_needs_its_own_and_a_consent_to_treat_are_looked_at_and_open_nothing() -> None:
    general, care = consent(), consent(id="t", type="TPO", recipients=("mercy",))
    facts = replace(FACTS, releases=(general, care))
    record = facts.items["record"]

    def codes(seen: Look, item: Item = record, regime: Regime | None = None, named: tuple[str, ...] = ()) -> list[str]:
        return strays(Question(seen, item, regimes_of(item, facts, BASELINE), regime), named)

    assert codes(look("kim", facts)) == ["E_SENSITIVITY_NOT_NAMED", "E_RECIPIENT_MISMATCH"]
    assert codes(look("holly", facts)) == ["E_RECIPIENT_MISMATCH", "E_TPO_ONLY"]
    assert codes(look("holly", facts, purpose=Purpose.TREAT)) == ["E_RECIPIENT_MISMATCH", "E_TPO_ONLY"]
    assert codes(look("kim", facts), named=("TPO",)) == ["E_SENSITIVITY_NOT_NAMED"]
    assert codes(look("kim", facts), named=("TPO", "HIPAA")) == []
    assert codes(look("kim", facts), regime=Regime.HIPAA) == []
    assert codes(look("kim", facts), regime=Regime.PART2) == ["E_SENSITIVITY_NOT_NAMED", "E_RECIPIENT_MISMATCH"]
    assert codes(look("kim", facts), replace(record, category=Category.HEALTH)) == []
    assert codes(look("kim", replace(facts, releases=()))) == []
    notes = replace(record, category=Category.PSYNOTES, source="lakeside")
    assert codes(look("kim", facts), notes) == []
    named = replace(facts, releases=(replace(general, discloser="lakeside", categories=(Category.PSYNOTES,)), care))
    seen = look("kim", named)
    question = Question(seen, notes, regimes_of(notes, named, BASELINE), None)
    assert strays(question, ()) == ["E_SENSITIVITY_NOT_NAMED"]
