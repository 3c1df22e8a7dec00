"""How figures are kept: by name, the others left as they are."""

from __future__ import annotations

import json

import pytest

from tests.bench.figures import Figure, keep, run, table

QUICK = Figure("A.quick", 1.2, "times", "<= 1.5", "by hand")
MANY = Figure("B.many", 900, "rows/s", ">= 1000", "by hand")
TOLD = Figure("C.told", 3, "MB", None, "by hand")


def test_a_goal_is_reached_from_its_own_side():
    assert [one.met for one in (QUICK, MANY, TOLD)] == [True, False, None]


def test_a_figure_replaces_the_one_of_its_name_alone(tmp_path):
    file = tmp_path / "instance" / "figures.json"
    keep([QUICK, MANY], file)
    keep([Figure("A.quick", 1.1, "times", "<= 1.5", "again")], file)
    kept = json.loads(file.read_text())
    assert [(one["name"], one["value"]) for one in kept] == [("A.quick", 1.1), ("B.many", 900)]
    assert set(kept[0]) == {"name", "value", "unit", "goal", "how"}


def test_the_table_says_what_is_reached():
    lines = table([QUICK, MANY, TOLD]).split("\n")
    assert [line.split()[-1] for line in lines[1:]] == ["reached", "reached", "MB"]
    assert lines[2].endswith("not reached")


def test_nothing_of_that_name_says_what_there_is():
    with pytest.raises(SystemExit, match=r"A\.quick"):
        run({"A.quick": lambda: [QUICK]}, "Z")
