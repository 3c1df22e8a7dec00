"""Breaking the glass: whom it serves, what it never reaches, who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from mdt.sharing import emergencies
from mdt.sharing.facts import (
    Facts,
    Member,
    Spell,
)
from mdt.sharing.regimes import regimes_of
from mdt.sharing.vocabulary import Category, Regime, Role
from tests.unit.sharing.parts import ALARM, FACTS, NOON, heard, look, with_org, with_user
from tests.unit.sharing.told import BASELINE

B9, B12 = BASELINE.bases["B9"], BASELINE.bases["B12"]


def served(who: str = "holly", item: str = "record", basis: Any = B12, facts: Facts = FACTS, **more: Any) -> bool:
    """Whether this alarm, with these changes, serves this viewer for this item."""
    when, of_item = more.pop("when", NOON), more.pop("of_item", {})
    thing = replace(facts.items[item], **of_item)
    seen = look(who, replace(facts, emergencies=(replace(ALARM, **more),)), when)
    found = emergencies.serving(seen, thing, regimes_of(thing, facts, BASELINE), basis)
    assert found is None or found.id == "e1"
    return found is not None


def test_an_emergency_serves_whoever_declared_it_for_what_it_names_for_an_hour() -> None:
    assert served() and served(item="chart")
    assert not served(item="plan") and not served("casey") and not served("ellis")
    assert served(when="2025-03-03T11:30") and not served(when="2025-03-03T11:29:59")
    assert served(when="2025-03-03T12:29:59") and not served(when="2025-03-03T12:30")


def test_nothing_lifts_the_limits_of_an_emergency() -> None:
    assert not served(of_item={"category": Category.PSYNOTES, "source": "lakeside"})
    assert not served(item="log", of_item={"source": "county-cw"})
    assert not served(item="chart", of_item={"regimes": (Regime.VSP,)})
    assert not served(kind="threat") and served(kind="threat", item="chart")
    assert not served(kind="threat", item="chart", of_item={"source": "newpath"})
    assert served(item="chart", of_item={"source": "newpath"})


def test_an_emergency_is_declared_by_whoever_may_and_says_why_where_that_was_asked() -> None:
    assert not served(facts=with_user("holly", medical=False)) and not served(facts=with_user("holly", medical=None))
    assert served(facts=with_user("holly", medical=False), item="chart", kind="threat")
    assert not served("dana", "chart", by="dana", kind="threat")
    assert served("casey", "chart", by="casey", kind="threat")
    assert not served("casey", "chart", by="casey", facts=with_user("casey", medical=True))
    assert not served("casey", "chart", by="casey", kind="flood")
    assert alarm_says("overdose") and not alarm_says("  ") and not alarm_says("")
    assert served("dana", "chart", by="dana", kind="threat", facts=with_user("dana", role=Role.LE))
    assert not served("ruiz", "chart", by="ruiz", kind="threat", facts=with_user("ruiz", role=Role.DA))


def alarm_says(words: str) -> bool:
    facts = replace(FACTS, emergencies=(replace(ALARM, facts=words),))
    record = facts.items["record"]
    return emergencies.serving(look("holly", facts), record, regimes_of(record, facts, BASELINE), B12) is not None


def test_the_alarm_of_the_source_school_serves_every_cell_that_knows_it() -> None:
    grades: dict[str, Any] = {"category": Category.EDUCATION, "source": "lincoln-school", "fields": ("school",)}
    school: dict[str, Any] = {"item": "chart", "of_item": grades, "by": "ellis", "kind": "threat"}
    assert served("ruiz", basis=B9, **school)
    assert not served("ruiz", basis=B12, **school)
    assert served("ellis", basis=B12, **school)
    assert not served("ruiz", basis=B9, **{**school, "by": "casey"})
    assert not served("ruiz", basis=B9, **{**school, "by": "nobody"})
    assert not served("ruiz", basis=B9, facts=with_org("lincoln-school", role=Role.NP), **school)
    assert not served("casey", basis=B9, **{**school, "of_item": {**grades, "source": "mercy"}})
    late = replace(FACTS, members={**FACTS.members, "ellis": Member(user="ellis", since=date(2025, 3, 4))})
    assert not served("ruiz", basis=B9, facts=late, **school)
    left = with_user("ellis", org="mercy", history=(Spell(org="lincoln-school", until=date(2025, 3, 3)),))
    assert served("ruiz", basis=B9, facts=left, **school)
    before = with_user("ellis", history=(Spell(org="mercy", until=date(2025, 3, 3)),))
    assert not served("ruiz", basis=B9, facts=before, **school)


def test_by_an_emergency_what_is_opened_is_boxed_in_time_and_the_programme_is_told() -> None:
    seen = look("holly", replace(FACTS, emergencies=(ALARM,)))
    permit = heard("law B12 part SUD-emergency when medical adds notify_subject", seen, "record").permits[0]
    assert permit.duties == ("notify_subject", "time_box", "no_export", "notify_program")
    assert (permit.emergency, permit.yields) == (ALARM, False)
    assert heard("law B12", seen, "chart").permits[0].duties == ("time_box", "no_export")
    assert heard("law B12", look("holly"), "record").permits == []
