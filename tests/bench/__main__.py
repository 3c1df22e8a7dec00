"""`make bench`: measure, print a table, and keep the figures in instance/figures.json. ONLY=name measures one."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from tests.bench.figures import Measure, only, run

HOMES = {
    "A.page_vs_bare": "tests.bench.case_page",
    "A.list_100k_vs_10k": "tests.bench.case_list",
    "A.import_rows_per_s": "tests.bench.import_rows",
    "B.decide_vs_dict": "tests.bench.deciding:view",
    "B.list_vs_unfiltered": "tests.bench.deciding:page",
    "B.profiles_50_vs_1": "tests.bench.deciding:counties",
    "B.releases_500_vs_5": "tests.bench.deciding:papers",
    "B.vs_casbin": "tests.bench.deciding:casbin",
    "B.vs_cedar_best": "tests.bench.deciding:cedar_best",
    "B.vs_cedar_same": "tests.bench.deciding:cedar_same",
    "B.vs_rego": "tests.bench.deciding:rego",
    "C.bell_": "tests.bench.ringing:bells",
    "C.flat": "tests.bench.ringing:flat",
    "C.kb_per_socket": "tests.bench.ringing:sockets",
    "C.looks_500_ms": "tests.bench.ringing:looks",
    "C.two_processes_vs_one": "tests.bench.ringing:two",
    "E.board_100k_vs_1k": "tests.bench.overdue_board",
}
"""Where each figure is measured: a module, and its function where that is not `measure`."""


def measures() -> dict[str, Measure]:
    """What can be measured here, by name."""
    homes = {name: home.partition(":") for name, home in HOMES.items()}
    return {
        name: getattr(import_module(module), function or "measure")
        for name, (module, _, function) in homes.items()
        if find_spec(module)
    }


if __name__ == "__main__":
    run(measures(), only())
