"""`A.page_vs_bare`: what sharing, sealing and recording add to a page.

The case page (`made_case`) is filtered, opened and recorded by the server as `flask serve` starts it; `bare`
makes the same page of plain rows, in the same server. Nine rounds, in each both are asked for in turn, twice, by
eight keep-alive connections from another process, whichever goes first changing from round to round; the figure is
the median of the nine ratios of pages a second, so that whatever else the machine does weighs on both. SQLite
is as the application sets it (WAL, synchronous=FULL) on a real disk; PostgreSQL has fsync on. Checked each
time: both pages are the same but for the form token, and every page that was asked for has its ledger entry.

Between two changes of its facts a case is decided once for a reader (`operations.views.look`), and the figure is
of pages as they are served; `decided_anew` takes that away.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import create_engine, text

from tests import servers
from tests.bench import made_case
from tests.bench.figures import PROJECT, Figure
from tests.bench.serving import Served, served

ROUNDS, SECONDS, WARM = 9, 2.0, 2.0
OURS, BARE = f"/cases/{made_case.CASE}", f"/bare/{made_case.CASE}"
PASSING = re.compile(r'(name="csrf_token" value|data-token)="[^"]*"')


def measure() -> Iterator[Figure]:
    """The figure with eight connections; what one connection, deciding anew, and PostgreSQL make of it."""
    with _folder("sqlite") as folder:
        env = _prepared({"MDT_DEMO": "1", "MDT_INSTANCE": str(folder)})
        yield _measured("A.page_vs_bare", env, folder, "SQLite", goal="<= 1.5")
        yield _measured("A.page_vs_bare.one_connection", env, folder, "SQLite", connections=1)
        env |= {"BENCH_FORGETS_LOOKS": "1"}
        yield _measured("A.page_vs_bare.decided_anew", env, folder, "SQLite, nothing decided kept from page to page")
    with servers.postgres(settings=("max_connections=50",)) as postgres, _folder("postgres") as folder:
        env = _prepared({"MDT_DEMO": "1", "MDT_INSTANCE": str(folder), "DATABASE_URL": postgres.fresh()})
        yield _measured("A.page_vs_bare.postgresql", env, folder, "PostgreSQL")
        yield _measured("A.page_vs_bare.postgresql.one_connection", env, folder, "PostgreSQL", connections=1)


def _prepared(env: dict[str, str]) -> dict[str, str]:
    """This environment, with the county and the case in its database."""
    subprocess.run([sys.executable, "-m", "tests.bench.case_page"], cwd=PROJECT, env=os.environ | env, check=True)
    return env


def _measured(
    name: str, env: dict[str, str], folder: Path, where: str, *, connections: int = 8, goal: str | None = None
) -> Figure:
    with served(env, folder / "log") as server, server.signed_in(made_case.READER) as browser:
        check_same(browser)
        before = entries(env)
        for path in (OURS, BARE) * 2:
            server.pages(browser, path, connections=connections, seconds=WARM)
        run = rounds(server, browser, connections=connections)
        _check_recorded(entries(env) - before, run)
    return _figure(name, run, f"{where}, {connections} connection{'s' if connections > 1 else ''}", goal)


Round = dict[str, dict[str, float]]
"""What came of ours and of the bare page in one round."""


def rounds(server: Served, browser: httpx.Client, *, connections: int) -> list[Round]:
    """Both pages in turn, round by round: one, the other, the other, the one."""
    orders = [(OURS, BARE) if number % 2 else (BARE, OURS) for number in range(ROUNDS)]
    return [_round(server, browser, order, connections) for order in orders]


def _round(server: Served, browser: httpx.Client, order: tuple[str, str], connections: int) -> Round:
    came: Round = {}
    for path in (*order, *reversed(order)):
        now = server.pages(browser, path, connections=connections, seconds=SECONDS / 2)
        before = came.get(path, dict.fromkeys(now, 0.0))
        came[path] = {name: before[name] + value for name, value in now.items()}
    return came


def check_same(browser: httpx.Client) -> None:
    """Both are the same page but for the form token; AssertionError shows the first difference."""
    ours, bare = (PASSING.sub("", browser.get(path).raise_for_status().text) for path in (OURS, BARE))
    assert ours == bare, next((a, b) for a, b in zip(ours.split("\n"), bare.split("\n"), strict=False) if a != b)


def entries(env: dict[str, str]) -> int:
    """How many looks at the case are in the ledger and sealed into its tree."""
    engine = create_engine(env.get("DATABASE_URL") or f"sqlite:///{env['MDT_INSTANCE']}/mdt.sqlite")
    counted = text("SELECT count(*) FROM ledger_entries WHERE event = 'case.read' AND position IS NOT NULL")
    with engine.connect() as connection:
        found: int = connection.scalar(counted)
    engine.dispose()
    return found


def _check_recorded(written: int, run: list[Round]) -> None:
    shown = sum(int(one[OURS]["pages"]) for one in run)
    assert written >= shown, f"{shown} pages were shown, {written} entries written"


def _figure(name: str, run: list[Round], where: str, goal: str | None) -> Figure:
    ratios = sorted(one[BARE]["pages"] / one[OURS]["pages"] for one in run)
    bare, ours = (statistics.median(one[path]["pages"] / SECONDS for one in run) for path in (BARE, OURS))
    cpu = statistics.median(one[OURS]["cpu_ms"] / one[BARE]["cpu_ms"] for one in run)
    how = (
        f"{where}: pages a second of a bare view / of ours, the same page of {made_case.FIELDS} fields; "
        f"median of {len(run)} interleaved rounds ({ratios[0]:.2f} to {ratios[-1]:.2f}); medians {bare:.0f}/s bare, "
        f"{ours:.0f}/s ours; processor of the server a page, ours / bare: {cpu:.2f}; each of ours recorded, fsync on"
    )
    return Figure(name, round(statistics.median(ratios), 3), "times", goal, how)


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    """An empty instance folder on the project's own disk, gone afterwards."""
    folder = PROJECT / "instance" / "bench" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepare() -> None:
    """In the environment at hand: the county, the case, and the same page in plain rows."""
    from mdt.operations import access, reading
    from mdt.web.sign_ins import find_me
    from tests.bench import bare

    with bare.app.app_context():
        made_case.found()
        me = find_me(made_case.READER)
        assert me
        seat = access.admit(made_case.CASE, me)
        assert seat
        view = reading.read(seat)
        shown: Any = [value for chapter in view.chapters for entry in chapter.entries for value in entry.values]
        assert len(shown) == made_case.FIELDS, f"the page shows {len(shown)} fields: mend tests/bench/made_case.py"
        bare.keep(view, purpose=seat.purpose, zone=seat.case.facts.case.zone)


if __name__ == "__main__":
    _prepare()
