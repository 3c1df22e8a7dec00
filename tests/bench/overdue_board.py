"""`E.board_100k_vs_1k`: whether the board of what is open at an agency costs the same with a hundred times the past.

Two counties, of 1,000 and of 100,000 episodes (`many_episodes`; one in ten is open, so that the longer past has the
longer board, too), each served as `flask serve` starts it. In every round the same page is asked for of both in turn,
twice, whichever goes first changing; the figure is the median of the ratios of pages a second. Two pages: the first,
and the page after nine tenths of the board. Each line of each page is decided, opened and recorded.

`E.band_page_ms` tells what the line in the frame of a page costs: the help page of somebody who has hundreds of
reports on their screens, beside that of somebody who has none, as processor time of the server.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import httpx
from sqlalchemy import func, select

from mdt import create_app
from mdt.models import Report, db
from mdt.operations.missing import board
from mdt.settings import Settings
from tests.bench import many_episodes
from tests.bench.case_list import _rounds
from tests.bench.figures import Figure
from tests.bench.serving import Came, Served, served

FEW, MANY = 1_000, 100_000
SECONDS, WARM, CONNECTIONS = 2.0, 3.0, 4
GOAL = "<= 1.2"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two counties, served, its supervisor signed in."""

    server: Served
    browser: httpx.Client
    first: list[str]
    deep: list[str]

    def pages(self, kind: str, seconds: float = SECONDS) -> Came:
        return self.server.pages(self.browser, *getattr(self, kind), connections=CONNECTIONS, seconds=seconds)


def measure() -> Iterator[Figure]:
    """The first page and a deep one; then what the line in the frame costs."""
    with ExitStack() as open_now:
        few, many = (_side(episodes, open_now) for episodes in (FEW, MANY))
        for kind, name, words in (
            ("first", "E.board_100k_vs_1k", "the first page"),
            ("deep", "E.board_100k_vs_1k.deep", "the page after nine tenths of the board"),
        ):
            for side in (few, many):
                side.pages(kind, WARM)
            yield _figure(name, words, _rounds(few, many, kind))  # type: ignore[arg-type]
        yield _band(many, open_now)


def _side(episodes: int, open_now: ExitStack) -> Side:
    folder = many_episodes.folder_of(episodes)
    deep = f"/missing?after={_cursor(folder)}"
    server = open_now.enter_context(served({"MDT_DEMO": "1", "MDT_INSTANCE": str(folder)}, folder / "log"))
    browser = open_now.enter_context(server.signed_in(many_episodes.READER))
    for path in ("/missing", deep):
        lines = browser.get(path).raise_for_status().text.count("Dee Moreno has it.")
        assert lines == board.PAGE, f"{path} shows {lines} lines"
    return Side(server, browser, ["/missing"], [deep])


def _cursor(folder: object) -> str:
    """What the page after nine tenths of the board is asked for with."""
    app = create_app(Settings.read({"MDT_DEMO": "1", "MDT_INSTANCE": str(folder)}))
    waits = select(Report.wants_at, Report.id).where(
        Report.agency_id == many_episodes.LEAD, Report.wants_at.is_not(None)
    )
    with app.app_context():
        every = db.session.scalar(select(func.count()).select_from(waits.subquery())) or 0
        ordered = waits.order_by(Report.wants_at, Report.id)
        row = db.session.execute(ordered.offset(every * 9 // 10 - board.PAGE).limit(1)).one()
        return board._cursor(row.wants_at, row.id)


def _figure(name: str, words: str, run: list[tuple[Came, Came]]) -> Figure:
    ratios = sorted(few["pages"] / many["pages"] for few, many in run)
    cpu = statistics.median(many["cpu_ms"] / few["cpu_ms"] for few, many in run)
    few, many = (statistics.median(one["pages"] / SECONDS for one in side) for side in zip(*run, strict=True))
    how = (
        f"SQLite, {CONNECTIONS} connections, {words}, {board.PAGE} lines: pages a second of {FEW:,} episodes / of "
        f"{MANY:,}; median of {len(run)} interleaved rounds ({ratios[0]:.2f} to {ratios[-1]:.2f}); medians {few:.0f}/s "
        f"and {many:.0f}/s; processor of the server a page, {MANY:,} / {FEW:,}: {cpu:.2f}"
    )
    return Figure(name, round(statistics.median(ratios), 3), "times", GOAL, how)


def _band(many: Side, open_now: ExitStack) -> Figure:
    """Milliseconds of processor by which a page of somebody with a line in the frame is dearer."""
    worker = open_now.enter_context(many.server.signed_in(many_episodes.WORKER))
    assert "Do it now" in worker.get("/help").text and "Do it now" not in many.browser.get("/help").text
    with_it, without = [], []
    for _ in range(5):
        for browser, found in ((worker, with_it), (many.browser, without)):
            came = many.server.pages(browser, "/help", connections=CONNECTIONS, seconds=SECONDS / 2)
            found.append(came["cpu_ms"])
    dear, cheap = statistics.median(with_it), statistics.median(without)
    how = f"the help page with a line in the frame, of 20,000 reports, {dear:.2f} ms; without {cheap:.2f} ms; 5 rounds"
    return Figure("E.band_page_ms", round(dear - cheap, 2), "ms", None, how)
