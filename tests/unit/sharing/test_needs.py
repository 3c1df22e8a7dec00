"""What a profile says of needs and of dates is refused with its place where it cannot stand."""

from __future__ import annotations

import pytest

from mdt.sharing.appointments import Appointments, Kind, appointments
from mdt.sharing.needs import STAGES, Stage, needs
from mdt.sharing.profile import load
from mdt.sharing.reading import Unreadable, read
from mdt.sharing.vocabulary import Category, Role

WORDS = "{said: a, young: b}"
STAGED = "".join(f"    {stage}: {WORDS}\n" for stage in STAGES)
NEED = "needs:\n  source: s\n  stages:\n" + STAGED + "  kinds:\n    home: {title: t, ask: a, young: y%s}\n"
DATE = "appointments:\n  remind_hours: 24\n  kinds:\n"
DATE += "    court: {title: t, category: COURT, into: %s, by: %s, minutes: 60}\n"


def test_the_shipped_list_has_every_need_of_the_guide_and_says_whose_it_is() -> None:
    shipped = load("us-baseline").needs
    guide = "physical behavioral housing education employment legal life_skills mentor culture basic"
    assert set(shipped.kinds) == set(guide.split()) and tuple(shipped.stages) == STAGES
    assert "Child Welfare Information Gateway (2023)" in shipped.source
    assert all(one.ask and one.young for one in shipped.kinds.values())


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (NEED % ", goals: wishes", 10, "the plan has no field 'wishes'"),
        (NEED % ", gaols: goals", 10, "no key 'gaols'"),
        (NEED.replace(f"    action: {WORDS}\n", "") % "", 4, "leaves out action"),
        (NEED.replace("home", "h" * 31) % "", 10, "at most 30 characters"),
        (NEED.replace("  source: s\n", "") % "", 2, "needs leaves out source"),
        (NEED.replace("source: s\n", "source: s\n  cite: c\n") % "", 3, "needs has no key 'cite'"),
        (NEED.replace("  kinds", f"    relapse: {WORDS}\n  kinds") % "", 9, "stages has no key 'relapse'"),
        (NEED.replace("young: b}", "young: b, old: c}", 1) % "", 4, "stage precontemplation has no key 'old'"),
        (DATE.replace("24", "24\n  remind_days: 1") % ("note", "CW"), 3, "appointments has no key 'remind_days'"),
        (DATE.replace("  remind_hours: 24\n", "") % ("note", "CW"), 2, "appointments leaves out remind_hours"),
        (DATE % ("note", "CW, ask: true"), 4, "appointment court has no key 'ask'"),
        (DATE.replace("court", "c" * 31) % ("note", "CW"), 4, "a name has at most 30 characters"),
        (DATE % ("hearing", "CW"), 4, "COURT has no field 'hearing'"),
        (DATE % ("hearing_dates", "CW XX"), 4, "'XX' is no role"),
    ],
)
def test_a_slip_is_told_with_its_line(text: str, line: int, words: str) -> None:
    raw = read(text, "county.yaml")
    with pytest.raises(Unreadable, match="county.yaml") as no:
        (needs if "needs" in raw else appointments)(raw)
    assert words in str(no.value) and no.value.place.line == line


def test_needs_are_read_as_they_are_said() -> None:
    found = needs(read(NEED.replace("home", "h" * 30) % ", goals: education_goals", "county.yaml"))
    assert found.source == "s" and found.stages == {stage: Stage(stage, "a", "b") for stage in STAGES}
    assert list(found.kinds) == ["h" * 30] and found.kinds["h" * 30].goals == "education_goals"
    assert needs(read(NEED % "", "county.yaml")).kinds["home"].goals == "goals", "where it is left out"


def test_dates_are_read_as_they_are_said_and_nobody_leaves_questions_where_nothing_is_said_of_it() -> None:
    text = DATE.replace("court", "c" * 30).replace("24", "48") % ("note", '"CW, GAL"')
    by = (Role.CW, Role.GAL)
    court = Kind(name="c" * 30, title="t", category=Category.COURT, into="note", by=by, minutes=60)
    assert appointments(read(text, "county.yaml")) == Appointments(kinds={"c" * 30: court}, remind_hours=48)
    asked = appointments(read(DATE % ("note", "CW, asks: true"), "county.yaml"))
    assert asked.kinds["court"].asks


def test_where_nothing_is_said_there_is_none() -> None:
    raw = read("title: x\n", "county.yaml")
    assert not needs(raw).kinds and not appointments(raw).kinds and appointments(raw).remind_hours == 24
