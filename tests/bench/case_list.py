"""`A.list_100k_vs_10k`: whether the case list stays as quick with ten times as many cases.

Two counties, of 10,000 and of 100,000 cases (`many_cases`), each in a database of its own and each served as
`flask serve` starts it; one supervisor is on all of them. In every round the same page of fifty is asked for of
both in turn, twice, whichever goes first changing; the figure is the median of the ratios of pages a second. Three
pages: the first, the page after nine tenths of the list, and pages all over the list that nobody opened before, so
that neither facts nor envelopes are at hand. Each line of each page is decided, opened and recorded.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import httpx

from tests.bench import many_cases
from tests.bench.figures import Figure
from tests.bench.serving import Came, Served, served

FEW, MANY = 10_000, 100_000
ROUNDS, SECONDS, WARM, CONNECTIONS = 9, 2.0, 3.0, 4
PAGE = 50
APART = 60
"""So many pages that none is kept in memory until its turn comes again."""
GOAL = "<= 1.2"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two counties, served, its supervisor signed in."""

    server: Served
    browser: httpx.Client
    first: list[str]
    deep: list[str]
    unopened: list[str]

    def pages(self, kind: str, seconds: float = SECONDS) -> Came:
        return self.server.pages(self.browser, *getattr(self, kind), connections=CONNECTIONS, seconds=seconds)


def measure() -> Iterator[Figure]:
    """The first page, a deep page, and pages that nobody opened before."""
    with ExitStack() as open_now:
        few, many = (_side(cases, open_now) for cases in (FEW, MANY))
        for kind, name, words in (
            ("first", "A.list_100k_vs_10k", "the first page"),
            ("deep", "A.list_100k_vs_10k.deep", "the page after nine tenths of the list"),
            ("unopened", "A.list_100k_vs_10k.unopened", "pages that nobody opened before"),
        ):
            for side in (few, many):
                side.pages(kind, WARM)
            yield _figure(name, words, _rounds(few, many, kind))


def _side(cases: int, open_now: ExitStack) -> Side:
    folder = many_cases.folder_of(cases)
    places = [cases // APART * number // PAGE * PAGE for number in range(1, APART)]
    deep, *unopened = (f"/cases/?after={one}" for one in many_cases.cursors(folder, [cases // 10 * 9, *places]))
    server = open_now.enter_context(served({"MDT_DEMO": "1", "MDT_INSTANCE": str(folder)}, folder / "log"))
    browser = open_now.enter_context(server.signed_in(many_cases.READER))
    for path in ("/cases/", deep):
        names = browser.get(path).raise_for_status().text.count('class="said"')
        assert names >= PAGE, f"{path} shows {names} names"
    return Side(server, browser, ["/cases/"], [deep], unopened)


def _rounds(few: Side, many: Side, kind: str) -> list[tuple[Came, Came]]:
    """Of both counties in turn, round by round: one, the other, the other, the one."""
    found = []
    for number in range(ROUNDS):
        order = (0, 1, 1, 0) if number % 2 else (1, 0, 0, 1)
        came = [(one, (few, many)[one].pages(kind, SECONDS / 2)) for one in order]
        found.append((_sum(came, 0), _sum(came, 1)))
    return found


def _sum(came: list[tuple[int, Came]], side: int) -> Came:
    both = [one for number, one in came if number == side]
    return {name: sum(one[name] for one in both) for name in both[0]}


def _figure(name: str, words: str, run: list[tuple[Came, Came]]) -> Figure:
    ratios = sorted(few["pages"] / many["pages"] for few, many in run)
    cpu = statistics.median(many["cpu_ms"] / few["cpu_ms"] for few, many in run)
    few, many = (statistics.median(one["pages"] / SECONDS for one in side) for side in zip(*run, strict=True))
    how = (
        f"SQLite, {CONNECTIONS} connections, {words}, {PAGE} rows: pages a second of {FEW:,} cases / of {MANY:,}; "
        f"median of {len(run)} interleaved rounds ({ratios[0]:.2f} to {ratios[-1]:.2f}); "
        f"medians {few:.0f}/s and {many:.0f}/s; processor of the server a page, {MANY:,} / {FEW:,}: {cpu:.2f}"
    )
    return Figure(name, round(statistics.median(ratios), 3), "times", GOAL, how)
