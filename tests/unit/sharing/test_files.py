"""What a file says is taken word by word, and what it says wrongly is told by its line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mdt.sharing import overlay, tables
from mdt.sharing.reading import Table, Unreadable, read
from mdt.sharing.vocabulary import Outcome
from mdt.sharing.writing import bare, text_of

EAST = ZoneInfo("America/New_York")
SAID = """
word: plan
number: 7
yes: true
no: false
nothing: null
list: [a, b]
table: {inner: 1}
tables: [{a: 1}, {b: 2}]
day: 2025-03-03
time: 2025-03-03T23:30:00
zulu: "2025-03-04T02:00:00+00:00"
"""


def said(text: str = SAID) -> Table:
    found = read(text, "a.yaml")
    assert isinstance(found, Table)
    return found


def wrong(ask: Callable[[], object]) -> tuple[int, str]:
    """On which line, and how, what is asked here cannot be read."""
    with pytest.raises(Unreadable) as found:
        ask()
    assert found.value.place.file == "a.yaml"
    return found.value.place.line, found.value.message


def test_a_key_is_known_and_none_is_left_out() -> None:
    one = said("a: 1\nb: 2")
    tables.only(one, ("b", "a", "c"), "it")
    tables.each_of(one, ("a", "b"), "it")
    assert wrong(lambda: tables.only(one, ("a", "c"), "it")) == (2, "it has no key 'b'; its keys: a, c")
    assert wrong(lambda: tables.each_of(one, ("a", "c"), "it")) == (1, "it leaves out c; add c:")


def test_a_word_is_one_of_those_that_are_known() -> None:
    one = said()
    assert tables.choice(one, "word", ("plan", "other")) == "plan"
    assert tables.choice(one, "nowhere", ("plan", "other"), "other") == "other"
    assert wrong(lambda: tables.choice(one, "word", ("b", "a"))) == (
        2, "'plan' is no word for word; choose from a, b",
    )  # fmt: skip
    assert tables.maybe_one_of(one, "nothing", ("plan",)) is tables.maybe_one_of(one, "nowhere", ("plan",)) is None
    assert tables.maybe_one_of(one, "word", ("plan",)) == "plan"
    assert tables.enum(said("o: show"), "o", Outcome) is Outcome.SHOW
    assert tables.enums(said("o: [show, part]"), "o", Outcome) == [Outcome.SHOW, Outcome.PART]
    assert wrong(lambda: tables.enum(one, "word", Outcome)) == (
        2, "'plan' is no outcome; choose from conceal, part, show, withhold",
    )  # fmt: skip


def test_a_word_that_is_left_out_has_a_default_or_is_asked_for() -> None:
    one = said()
    assert (tables.text(one, "number"), tables.text(one, "nothing", "x")) == ("7", "x")
    assert tables.text(one, "word", "x") == "plan"
    assert wrong(lambda: tables.text(one, "nothing")) == (6, "nothing is left out; add nothing:")
    assert wrong(lambda: tables.text(one, "nowhere")) == (2, "nowhere is left out; add nowhere:")
    assert (tables.maybe(one, "number"), tables.maybe(one, "nothing"), tables.maybe(one, "nowhere")) == (
        "7",
        None,
        None,
    )


def test_yes_and_no_and_a_number_are_nothing_else() -> None:
    one = said()
    assert tables.yes_no(one, "yes") is True and tables.yes_no(one, "no", True) is False
    assert tables.yes_no(one, "nothing", True) is True and tables.yes_no(one, "nowhere", False) is False
    for key in ("number", "word", "nothing", "nowhere"):
        assert wrong(lambda key=key: tables.yes_no(one, key))[1] == f"{key} is true or false"  # type: ignore[misc]
    assert tables.number(one, "number") == 7
    for key in ("yes", "word", "nothing", "nowhere"):
        assert wrong(lambda key=key: tables.number(one, key))[1] == f"{key} is a whole number"  # type: ignore[misc]


def test_one_thing_is_a_list_of_one_and_nothing_is_none() -> None:
    one = said()
    assert tables.listed(one, "list") == tables.texts(one, "list") == ["a", "b"]
    assert tables.listed(one, "number") == [7] and tables.texts(one, "number") == ["7"]
    assert tables.listed(one, "nothing") == tables.texts(one, "nowhere") == []
    assert tables.maybe_texts(one, "nothing") is None and tables.maybe_texts(one, "list") == ("a", "b")


def test_a_table_is_there_or_empty_or_asked_for() -> None:
    one = said()
    assert tables.needed(one, "table") == tables.inner(one, "table") == {"inner": 1}
    assert tables.inner(one, "nothing") == tables.inner(one, "nowhere") == tables.inner(said("a: []"), "a") == {}
    assert tables.inner(one, "nothing").place.line == 6
    cure = "is a table of keys; write {0}: {{…}}"
    for key, line in (("nothing", 6), ("word", 2), ("list", 7), ("nowhere", 2)):
        assert wrong(lambda key=key: tables.needed(one, key)) == (line, f"{key} {cure.format(key)}")  # type: ignore[misc]
    assert wrong(lambda: tables.inner(one, "list")) == (7, f"list {cure.format('list')}")


def test_tables_have_names_or_their_place_in_a_list() -> None:
    one = said()
    assert tables.named(one, "tables") == [("tables-1", {"a": 1}), ("tables-2", {"b": 2})]
    assert tables.named(said("t: {x: {a: 1}, y: null}"), "t") == [("x", {"a": 1}), ("y", {})]
    assert tables.named(one, "nothing") == [] and tables.tables(one, "nothing") == []
    assert tables.tables(one, "table") == [{"inner": 1}]
    assert wrong(lambda: tables.tables(one, "list")) == (7, "each of list is a table; write - {…}")


def test_a_moment_is_a_day_or_a_time_where_the_case_is() -> None:
    one, night = said(), datetime(2025, 3, 3, 23, 30, tzinfo=EAST)
    assert tables.moment(one, "day", EAST) == date(2025, 3, 3) and tables.moment(one, "time", EAST) == night
    assert tables.moment(one, "nothing", EAST) is None and tables.day(one, "nowhere", EAST) is None
    assert tables.moment(one, "zulu", EAST) == datetime(2025, 3, 4, 2, tzinfo=UTC)
    assert tables.day(one, "zulu", EAST) == tables.day(one, "time", EAST) == tables.day(one, "day", EAST)
    assert tables.time(one, "day", EAST) == datetime(2025, 3, 3, tzinfo=EAST)
    assert tables.time(one, "time", EAST) == night
    assert wrong(lambda: tables.moment_needed(one, "nothing", EAST)) == (6, "nothing is left out; add nothing:")
    cure = "'plan' is no date and no time; write 2025-03-31 or 2025-03-31T23:59:59"
    assert wrong(lambda: tables.moment(one, "word", EAST)) == (2, cure)
    assert [tables.since(one, key, EAST) for key in ("yes", "no", "nothing", "nowhere", "day")] == [
        True, False, False, False, date(2025, 3, 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: 1\nb: ]", 2, "this is not YAML"), ("a: 1\na: 2", 2, "a stands here and on line 1; keep one of them"),
        ("a: &x\n  b: *x", 1, "this refers to itself; write it out"), ("? [a]\n: 1", 1, "a key is one word"),
        ("a: 1\nb: {c: 1,\n  c: 2}", 3, "c stands here and on line 2; keep one of them"),
        ("a: \x07", 1, "this is not YAML"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_by_its_line(text: str, line: int, message: str) -> None:
    found = wrong(lambda: read(text, "a.yaml"))
    assert found[0] == line and found[1].startswith(message)
    assert ("<unicode string>" in found[1]) is ("\x07" in text) and not found[1].endswith("None")


def test_only_true_and_false_are_yes_and_no_and_what_is_written_twice_by_name_is_read_twice() -> None:
    found = said(
        "a: [on, yes, true, false, ~, null, 12, -3, +4, 012, 0x1f, 1.5, 2025-01-01, '7']\nb: &x [1]\nc: [*x, *x]"
    )
    assert found["a"] == [
        "on", "yes", True, False, None, None, 12, -3, 4, 12, "0x1f", "1.5", "2025-01-01", "7",
    ]  # fmt: skip
    assert found["c"] == [[1], [1]]
    assert read("", "a.yaml") is None and read("[1, {b: 2}]", "a.yaml") == [1, {"b": 2}]


def test_a_table_knows_where_each_key_is_written_also_once_it_is_changed() -> None:
    old, new = said("a: {x: 1, y: [1]}\nb: 2"), read("\n\na: {y: [2], z: 3}\nc: {d: 1}", "b.yaml")
    found = old.merged(new)
    assert found == {"a": {"x": 1, "y": [2], "z": 3}, "b": 2, "c": {"d": 1}}
    assert [str(found.at(key)) for key in ("a", "b", "c", "d")] == ["b.yaml:3", "a.yaml:2", "b.yaml:4", "a.yaml:1"]
    assert [str(found["a"].at(key)) for key in ("x", "y")] == ["a.yaml:1", "b.yaml:3"]
    assert old == said("a: {x: 1, y: [1]}\nb: 2")
    assert said("a: 1").merged(read("a: {x: 1}", "b.yaml")) == {"a": {"x": 1}}
    assert said("a: {x: 1}").merged(read("a: 1", "b.yaml")) == {"a": 1}


def test_a_row_stands_on_one_line_where_it_fits() -> None:
    row = [f"word{n:03}" for n in range(12)]
    assert text_of({"row": row}) == f"row: [{', '.join(row)}]\n"
    line = 110 - len("row: []")
    assert text_of({"row": ["a" * (line - 4), "b"]}).count("\n") == 1
    assert text_of({"row": ["a" * (line - 2), "b", "c"]}).count("\n") == 2
    assert text_of({}) == ""


def test_what_is_written_keeps_its_order_its_letters_and_what_stands_in_it_twice() -> None:
    twice = [1]
    assert (
        text_of({"b": twice, "a": twice, "ü": {"c": (2, {"d": None})}})
        == "b: [1]\na: [1]\nü:\n  c:\n  - 2\n  - {d: null}\n"
    )
    written = bare({"a": said("b: [1, {c: x}]"), 3: (1, 2)})
    assert written == {"a": {"b": [1, {"c": "x"}]}, "3": [1, 2]} and type(written["a"]) is dict


def test_changes_lie_as_deep_as_there_are_tables() -> None:
    changes: dict[str, Any] = {"a": {"b": {}, "c": {"d": 1}}, "e": 2, "confirmed": {"by": "x"}}
    assert list(overlay.ends(changes)) == [
        (("a", "b"), {}), (("a", "c", "d"), 1), (("e",), 2), (("confirmed",), {"by": "x"}),
    ]  # fmt: skip
    assert overlay.merged({"a": 1}, {"a": {"b": 2}}) == {"a": {"b": 2}} and overlay.merged({"a": {"b": 1}}, 5) == 5
    assert overlay.merged({"a": {"b": 1}}, {"a": 5, "c": {"d": 1}}) == {"a": 5, "c": {"d": 1}}
    base = {"a": {"b": 1}, "n": None, "t": {"x": 1}}
    assert overlay.pruned({"a": {"b": 1}, "n": None, "m": None, "t": 5}, base) == {"m": None, "t": 5}
    assert overlay.pruned({"n": {"x": 1}, "a": {"b": 1, "c": None}}, base) == {"n": {"x": 1}, "a": {"c": None}}
    assert overlay.pruned({"a": 1}, None) == {"a": 1} and overlay.pruned({"a": {}}, {}) == {"a": {}}
    tree = {"a": {"b": {"c": 1}, "x": 2}, "d": 2}
    assert overlay.without(tree, ("a", "b", "c")) == {"a": {"x": 2}, "d": 2}
    assert overlay.without(tree, ("a",)) == {"d": 2} and overlay.without(tree, ("d", "e")) == {"a": tree["a"]}
    assert overlay.without(tree, ("a", "y")) == tree
    assert overlay.nested({"a.b": 1, "a.c.d": 2, "e": 3}) == {"a": {"b": 1, "c": {"d": 2}}, "e": 3}
