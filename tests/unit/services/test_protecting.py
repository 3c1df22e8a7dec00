"""Small numbers are left out, and no sum that is told gives one back."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mdt.operations.services import gaps
from mdt.operations.services.protecting import protected
from mdt.sharing.profile import load

LEAST = 11
Sums = list[tuple[Any, list[Any]]]


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[Any, int], Sums]:
    """A table with its sums, as wide as the report, and a list beside it that adds up to one of its columns."""
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    count = st.one_of(st.just(0), st.integers(1, 12), st.integers(0, 60))
    cells: dict[Any, int] = {(r, c): draw(count) for r in range(rows) for c in range(columns)}
    sums: Sums = [((r, "all"), [(r, c) for c in range(columns)]) for r in range(rows)]
    sums += [(("all", c), [(r, c) for r in range(rows)]) for c in [*range(columns), "all"]]
    sums += [(("all", "all"), [("all", c) for c in range(columns)])]
    for total, parts in sums:
        cells[total] = sum(cells[one] for one in parts)
    left, parts = cells["all", 0], []
    while left:
        part = draw(st.integers(1, left))
        parts.append(("why", len(parts)))
        cells[parts[-1]] = part
        left -= part
    return cells, sums + ([(("all", 0), parts)] if parts else [])


def another(cells: dict[Any, int], out: list[Any], sums: Sums, wanted: Any) -> bool:
    """Whether the told cells leave `wanted` free: a change of it that every sum bears. By elimination of our own."""
    order = [one for one in out if one != wanted] + [wanted]
    rows = [[Fraction(parts.count(one) - (one == total)) for one in order] for total, parts in sums]
    at = 0
    for column in range(len(order) - 1):
        held = next((row for row in rows[at:] if row[column]), None)
        if held is None:
            continue
        rows.remove(held)
        rows.insert(at, held)
        for number in range(at + 1, len(rows)):
            times = rows[number][column] / held[column]
            rows[number] = [a - times * b for a, b in zip(rows[number], held, strict=True)]
        at += 1
    return not any(row[-1] for row in rows[at:])


@given(tables())
def test_what_is_left_out_does_not_follow_from_what_is_told(made: tuple[dict[Any, int], Sums]) -> None:
    cells, sums = made
    told = protected(cells, sums, LEAST)
    out = [key for key, cell in told.items() if cell.count is None]
    assert all(told[key].count is None for key, count in cells.items() if 0 < count < LEAST)
    assert all(cell.count in (None, cells[key]) for key, cell in told.items())
    for key in out:
        assert another(cells, out, sums, key), key


def test_the_case_of_the_law_book_three_of_twenty_four() -> None:
    """A cell of 3 in a total of 24: another goes with it, so that 3 is not what is left."""
    cells = {"boys": 3, "girls": 21, "none": 0, "all": 24}
    told = protected(cells, [("all", ["boys", "girls", "none"])], LEAST)
    assert told["boys"].count is None and told["girls"].count is None
    assert told["all"].count == 24 and told["none"].count == 0 and str(told["boys"]) == "–"


def test_large_numbers_are_all_told() -> None:
    cells = {"a": 20, "b": 30, "all": 50}
    assert {key: cell.count for key, cell in protected(cells, [("all", ["a", "b"])], LEAST).items()} == cells


RULES = load("us-baseline")
NEEDS, REASONS = list(RULES.provision.needs), [*RULES.provision.refusals, ""]
Told = dict[str, Any]


def told_of(rows: list[gaps._Row]) -> Told:
    return gaps._told(gaps._protected(rows, RULES), rows, RULES)


def rows(count: int, need: str = NEEDS[0], column: str = "attended", reason: str = "") -> list[gaps._Row]:
    return [gaps._Row(need, column, reason, None)] * count


def cell(told: Told, need: str = NEEDS[0], column: str = "attended") -> int | None:
    count: int | None = told["cells"][need][column]
    return count


def test_a_year_gives_back_nothing_that_one_of_its_quarters_leaves_out() -> None:
    quarters = [told_of(rows(one)) for one in (20, 30, 40, 3)]
    assert [cell(one) for one in quarters] == [20, 30, 40, None]
    assert cell(gaps._together(quarters)) is None, "93 less 90 is the three"
    assert cell(gaps._together([told_of(rows(one)) for one in (20, 30, 40, 0)])) == 90


def test_a_need_that_says_more_of_somebody_is_told_from_a_larger_number_on() -> None:
    assert "behavioral" in RULES.provision.sensitive and "physical" not in RULES.provision.sensitive
    for need, count, told in (("physical", 12, 12), ("behavioral", 12, None), ("behavioral", 20, 20)):
        made = told_of(rows(count, need) + rows(40, need, "waiting"))
        assert cell(made, need) == told, (need, count)


COUNTED = st.lists(
    st.tuples(
        st.sampled_from(NEEDS), st.sampled_from(list(gaps.COLUMNS)), st.sampled_from(REASONS), st.integers(1, 26)
    ),
    max_size=12,
)


def counted(said: list[tuple[str, str, str, int]]) -> list[gaps._Row]:
    of_no = {"refused": 1}
    return [row for need, column, why, count in said for row in rows(count, need, column, why * of_no.get(column, 0))]


@given(st.lists(COUNTED, min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_what_is_kept_of_a_quarter_holds_no_small_number_and_two_reports_subtracted_none_either(
    quarters: list[list[tuple[str, str, str, int]]],
) -> None:
    """Of one quarter, of the sum of several, and of each difference of such sums."""
    least, more = gaps._leasts(RULES)
    each = [told_of(counted(one)) for one in quarters]
    for told, said in zip(each, quarters, strict=True):
        held = counted(said)
        for need, columns in told["cells"].items():
            for column, count in columns.items():
                fits = [row for row in held if need in (row.need, gaps.TOTAL) and column in (row.column, gaps.TOTAL)]
                assert count in (None, len(fits))
                assert not count or count >= (more if need in RULES.provision.sensitive else least)
        assert all(not count or count >= least for count in told["why"].values())
    year = gaps._together(each)
    for need in NEEDS:
        for column in (*gaps.COLUMNS, gaps.TOTAL):
            parts = [cell(one, need, column) for one in each]
            assert year["cells"][need][column] == (None if None in parts else sum(one or 0 for one in parts))
