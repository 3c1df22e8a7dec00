"""`make trials`: run the long proofs, print a table, keep the figures in instance/figures.json. ONLY=name runs one."""

from __future__ import annotations

from importlib import import_module

from tests.bench.figures import only, run

HOMES = {
    "C.accept_race_double": "tests.trials.accept_race",
    "B.matrix_wrong_cells": "tests.trials.matrix",
    "B.mutants_killed": "tests.trials.mutants",
    "B.two_worlds_differences": "tests.trials.two_worlds",
    "C.revocation_": "tests.trials.revocation",
    "C.hostile_": "tests.trials.hostile",
    "C.offline_": "tests.trials.offline",
    "C.killed_meetings_lost": "tests.trials.killed_meetings",
    "D.suite_on_postgresql": "tests.trials.on_postgresql",
    "D.suite_at_": "tests.trials.at_other_hours",
    "E.clocks_": "tests.trials.episode_clocks",
    "E.joined_differences": "tests.trials.joined_cases",
    "E.report_differences": "tests.trials.mandate_reports",
}
"""The long proofs, by name, and where each is written."""

if __name__ == "__main__":
    run({name: import_module(home).measure for name, home in HOMES.items()}, only())
