"""What a profile says of screening: what opens one, how soon, and the levels of each instrument."""

from __future__ import annotations

import pytest

from mdt.sharing.clocks import Span
from mdt.sharing.reading import Unreadable, read
from mdt.sharing.screening import Level, Opening, Screenings, screenings
from mdt.sharing.vocabulary import Category

SAID = """
screening:
  opens:
    entering: {title: Entering, instrument: short, within: {hours: 72}, record: SAFE_ADDR}
    second: {title: Second, instrument: long, within: {days: 2}}
  results:
    short:
      none: {title: None, from: 0}
      some: {title: Some, from: 2, answered: [a, b], steps: [One, Two], opens: second}
  always: [Eat]
  disclosed: [Stop]
"""


def said(text: str) -> Screenings:
    return screenings(read(text, "profile.yaml"))


def test_a_profile_says_what_opens_a_screening_and_what_each_level_asks_for() -> None:
    found = said(SAID)
    assert found.opens == {
        "entering": Opening(
            name="entering", title="Entering", instrument="short", within=Span(hours=72), record=Category.SAFE_ADDR
        ),
        "second": Opening(name="second", title="Second", instrument="long", within=Span(days=2)),
    }
    some = Level(name="some", title="Some", least=2, asked=frozenset("ab"), steps=("One", "Two"), opens="second")
    assert found.levels("short") == (Level(name="none", title="None", least=0), some)
    assert found.levels("other") == () and (found.always, found.disclosed) == (("Eat",), ("Stop",))
    assert [one.name for one in found.recorded(Category.SAFE_ADDR)] == ["entering"]
    assert found.recorded(Category.ALLEGATION) == ()


def test_a_profile_that_says_nothing_of_it_opens_nothing() -> None:
    assert said("profile: x") == Screenings()


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("record: SAFE_ADDR", "record: ZORK", 4),
        ("opens: second}", "opens: third}", 9),
        ("from: 0", "from: 1", 8),
        ("from: 2", "from: 0", 8),
        ("from: 2", "from: -2", 9),
        ("within: {days: 2}", "after: {days: 2}", 5),
        ("title: Some", "name: Some", 9),
        ("instrument: long", "instrument: abcdefghijklmnopqrstuvwxyzabcde", 5),
        ("always", "allways", 10),
        ("instrument: short", "instrument: short, asks: CW", 4),
        ("title: None", "title: None, until: 1", 8),
        ("second: {title", "abcdefghijklmnopqrstuvwxyzabcde: {title", 5),
    ],
)
def test_a_word_nobody_knows_is_refused_with_file_and_line(old: str, new: str, line: int) -> None:
    with pytest.raises(Unreadable) as no:
        said(SAID.replace(old, new, 1))
    assert str(no.value.place) == f"profile.yaml:{line}"


def test_an_instrument_without_a_level_is_refused_with_the_cure() -> None:
    with pytest.raises(Unreadable, match=r"profile.yaml:10: the levels of long begin at 0 and rise"):
        said(SAID.replace("  always", "    long: {}\n  always"))


def test_a_name_of_thirty_characters_is_not_too_long() -> None:
    name = "abcdefghijklmnopqrstuvwxyzabcd"
    found = said(SAID.replace("entering:", f"{name}:").replace("instrument: long", f"instrument: {name}"))
    assert found.opens[name].name == found.opens["second"].instrument == name
