"""What a profile says of links, outreach and training: read word by word, and refused with the place."""

from __future__ import annotations

import pytest

from mdt.sharing.caseworking import Caseworking, Course, Offered, caseworking
from mdt.sharing.reading import Unreadable, read
from mdt.sharing.vocabulary import Role

SAID = """
linking:
  undo_days: 7
  kinds: {sibling: Siblings, home: Same home}
recovery:
  ways: {call: A call}
  outcomes: {reached: Talked}
training:
  source: A guide
  at_the_table: true
  courses:
    privacy: {title: Privacy, every_days: 365, required: "CW, LE CW"}
    trauma: {title: Trauma, every_days: 1, required: [LE, DA]}
    other: {title: Other, every_days: 30, required: ""}
  offered:
    - {title: A course, by: A center, words: For all}
"""
PRIVACY = Course(code="privacy", title="Privacy", every_days=365, required=(Role.CW, Role.LE))
TRAUMA = Course(code="trauma", title="Trauma", every_days=1, required=(Role.LE, Role.DA))
OTHER = Course(code="other", title="Other", every_days=30)


def said(text: str) -> Caseworking:
    return caseworking(read(text, "county.yaml"))


def test_it_is_read_as_it_is_said() -> None:
    assert said(SAID) == Caseworking(
        undo_days=7,
        kinds={"sibling": "Siblings", "home": "Same home"},
        ways={"call": "A call"},
        outcomes={"reached": "Talked"},
        courses={"privacy": PRIVACY, "trauma": TRAUMA, "other": OTHER},
        at_the_table=True,
        source="A guide",
        offered=(Offered(title="A course", by="A center", words="For all"),),
    )


def test_where_nothing_is_said_a_merge_can_be_undone_for_thirty_days_and_nothing_is_asked_of_anybody() -> None:
    for text in ("title: x", "linking: {}\nrecovery: {}\ntraining: {}"):
        found = said(text)
        assert found == Caseworking() and (found.undo_days, found.at_the_table) == (30, False)
        assert not (found.kinds or found.ways or found.outcomes or found.courses or found.offered or found.source)


def test_a_discipline_has_to_be_trained_in_what_names_it_and_in_nothing_else() -> None:
    found = said(SAID)
    assert found.required_of(Role.CW) == (PRIVACY,) and found.required_of(Role.DA) == (TRAUMA,)
    assert found.required_of(Role.LE) == (PRIVACY, TRAUMA) and found.required_of(Role.HC) == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("undo_days", "undo", 3, "linking has no key 'undo'"),
        ("outcomes", "results", 7, "recovery has no key 'results'"),
        ("at_the_table", "at_table", 10, "training has no key 'at_table'"),
        ("at_the_table: true", "at_the_table: often", 10, "at_the_table is true or false"),
        ("title: Privacy", "name: Privacy", 12, "training privacy has no key 'name'"),
        ("every_days: 365", "every_days: 365, hours: 2", 12, "training privacy has no key 'hours'"),
        ("by: A center", "by: A center, on: Monday", 16, "a training that is offered has no key 'on'"),
        ("[LE, DA]", "[LE, XX]", 13, "'XX' is no role"),
        ("undo_days: 7", "undo_days: 0", 3, "undo_days is at least 1"),
        ("every_days: 30", "every_days: 0", 14, "every_days is at least 1"),
        ("home: Same", f"{21 * 'h'}: Same", 4, f"{21 * 'h'}: a code has at most 20 characters"),
        ("reached", 21 * "r", 7, f"{21 * 'r'}: a code has at most 20 characters"),
        ("    other:", f"    {21 * 'o'}:", 14, f"{21 * 'o'}: a code has at most 20 characters"),
    ],
)
def test_a_slip_is_told_with_its_line(old: str, new: str, line: int, words: str) -> None:
    assert old in SAID
    with pytest.raises(Unreadable) as no:
        said(SAID.replace(old, new, 1))
    assert str(no.value).startswith(f"county.yaml:{line}: {words}")


def test_a_code_has_twenty_characters_at_most_and_a_merge_can_be_undone_for_a_single_day() -> None:
    found = said(SAID.replace("home:", f"{20 * 'h'}:").replace("undo_days: 7", "undo_days: 1"))
    assert list(found.kinds) == ["sibling", 20 * "h"] and found.undo_days == 1
