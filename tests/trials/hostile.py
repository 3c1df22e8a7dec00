"""Honest people at a server, calm and under attack in turn: by how much longer they wait, what the server holds, and
whether an attacker ever heard what is not theirs. ROUNDS=n makes it n rounds."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests import attacked
from tests.bench.figures import Figure
from tests.fixtures_served import Served, free_port
from tests.trials import killed_meetings

ROUNDS, SECONDS = int(os.environ.get("ROUNDS") or 10), 8.0


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "county"
        killed_meetings.found(folder)
        served = Served(folder, free_port(), order=attacked.ORDER)
        try:
            found = attacked.tried(served.start(), rounds=ROUNDS, seconds=SECONDS)
        finally:
            served.stop()
    how = f"p95 of pages and of bells, the worse of the two; calm: {found.calm}; attacked: {found.attacked}; {found}"
    yield Figure("C.hostile_p95_vs_calm", round(found.attacked.over(found.calm), 3), "times", "<= 2.0", how)
    held = (
        f"resident memory: {found.before:.0f} MB before, in {len(found.during)} equal attacks at the most "
        f"{', '.join(f'{one:.0f}' for one in found.during)} MB, a second after each "
        f"{', '.join(f'{one:.0f}' for one in found.after)} MB"
    )
    goal = f"<= {attacked.MAY_HOLD}"
    yield Figure("C.hostile_memory_mb", round(found.growth, 1), "MB", goal, held)
    yield Figure("C.hostile_memory_creep_mb", round(found.creep, 1), "MB", f"<= {attacked.MAY_CREEP}", held)
    yield Figure("C.hostile_joins", found.joins, "", "<= 0", f"openings and events they had no right to; {found}")


__all__ = ["measure"]
