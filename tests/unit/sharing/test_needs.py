"""What a profile says of needs and of dates is refused with its place where it cannot stand."""

from __future__ import annotations

import pytest

from mdt.sharing.appointments import appointments
from mdt.sharing.needs import STAGES, needs
from mdt.sharing.profile import load
from mdt.sharing.reading import Unreadable, read

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
        (DATE % ("hearing", "CW"), 4, "COURT has no field 'hearing'"),
        (DATE % ("hearing_dates", "CW XX"), 4, "'XX' is no role"),
    ],
)
def test_a_slip_is_told_with_its_line(text: str, line: int, words: str) -> None:
    raw = read(text, "county.yaml")
    with pytest.raises(Unreadable, match="county.yaml") as no:
        (needs if "needs" in raw else appointments)(raw)
    assert words in str(no.value) and no.value.place.line == line


def test_where_nothing_is_said_there_is_none() -> None:
    raw = read("title: x\n", "county.yaml")
    assert not needs(raw).kinds and not appointments(raw).kinds
