"""`make trials`: run the long proofs, print a table, keep the figures in instance/figures.json. ONLY=name runs one."""

from __future__ import annotations

from tests.bench.figures import Measure, only, run

MEASURES: dict[str, Measure] = {}
"""The long proofs, by name."""

if __name__ == "__main__":
    if MEASURES:
        run(MEASURES, only())
    else:
        print("There are no trials yet.")
