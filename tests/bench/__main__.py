"""`make bench`: measure, print a table, and keep the figures in instance/figures.json. ONLY=name measures one."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from tests.bench.figures import Measure, only, run

HOMES = {
    "A.page_vs_bare": "tests.bench.case_page",
    "A.list_100k_vs_10k": "tests.bench.case_list",
    "A.import_rows_per_s": "tests.bench.import_rows",
}


def measures() -> dict[str, Measure]:
    """What can be measured here, by name."""
    return {name: import_module(home).measure for name, home in HOMES.items() if find_spec(home)}


if __name__ == "__main__":
    run(measures(), only())
