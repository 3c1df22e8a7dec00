"""Everybody at every door: each discipline in each relation to the case, and whoever is apart, tries every route.

The ordinary suite tries the whole team at every door, and of the others some at each.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mdt import create_app
from mdt.settings import Settings
from tests.bench.figures import Figure
from tests.http import doors, roles
from tests.worlds import running


def measure() -> Iterator[Figure]:
    """Try them all; print what is not as it is said to be."""
    wrong = roles.walk_all()
    for cell, said in wrong.items():
        print(f"{cell}: {said}")
    with running.folder() as folder:
        cells = len(roles.EVERYBODY) * _doors(folder)
    yield Figure("B.matrix_wrong_cells", len(wrong), "", "<= 0", f"of {cells} cells: everyone at every door")


def _doors(folder: Path) -> int:
    app = create_app(Settings.read({"MDT_DEMO": "1", "MDT_INSTANCE": str(folder)}))
    return sum(1 for _ in doors.in_order(app))


__all__ = ["measure"]
