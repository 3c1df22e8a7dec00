"""Bells: from the commit until the last screen has heard, beside a bare python-socketio server and Node's socket.io.

All three hold as many sockets, and the same small frame goes to each of them. A change is asked for over HTTP; the
server that commits it says when that was, and each page when its bell rang, on the one clock of the machine. Ours
commits a revised record and decides the view of every one of the people anew, who are all different people; the
bare server commits a row and emits to a room; Node commits nothing. They take turns, whichever goes first changing.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from uuid import UUID

from tests import servers
from tests.bench import crowd, many_cases, sides
from tests.bench.figures import PROJECT, Figure
from tests.bench.sides import Side
from tests.bench.sockets import Page, close, get, opened, until

ROUNDS, CHANGES = int(os.environ.get("ROUNDS", 9)), 12
TOPIC = f"case:{crowd.CASE}"
WATCHING, OTHERS = 50, 1950
"""Of two thousand people with a page open: who watches the case that changes, and who has their own desk before them,
with another case on it."""


@dataclass
class Contender:
    """One server with its open pages, and how long each change took to reach the last of them, in seconds."""

    side: Side
    watches: str | None
    pages: list[Page] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    cuts: int = 0

    async def open(self, number: int) -> None:
        cookies = [f"mdt={crowd.token(one)}" for one in range(number)]
        self.pages = await opened(self.side.port, cookies, self.watches)
        await asyncio.sleep(0.5)

    async def change(self) -> float:
        """Change something once; seconds until the last has heard."""
        try:
            took = await _change(self.side, self.pages)
        except ConnectionError:  # the machine had too much else to do: who cannot be told is cut, and comes back
            self.cuts += 1
            close(self.pages)
            await self.open(len(self.pages))
            return await self.change()
        self.took.append(took)
        await asyncio.sleep(0.03)
        return took


async def _change(side: Side, pages: Sequence[Page], of: str = crowd.CASE) -> float:
    before = [page.bells for page in pages]
    said = json.loads(await get(side.port, f"/bench/change/{of}"))
    try:
        await until(lambda: all(page.bells > old for page, old in zip(pages, before, strict=True)), 5)
    except TimeoutError:
        if any(page.transport.is_closing() for page in pages):
            raise ConnectionError("sockets were cut") from None
        raise
    return max(page.rung for page in pages) - float(said["at"])


def bells() -> Iterator[Figure]:
    """Fifty and five hundred people."""
    with ExitStack() as stack:
        place = stack.enter_context(sides.folder("ringing"))
        env = sides.founded({"MDT_INSTANCE": str(place)})
        found = {
            "ours": stack.enter_context(sides.ours(env)),
            "bare": stack.enter_context(sides.bare(place)),
            "node": stack.enter_context(sides.node(place)),
        }
        for people in (50, 500):
            took = asyncio.run(_in_turn({name: side for name, side in found.items() if side}, people))
            yield from _compared(people, took)
        yield asyncio.run(_reread(found["ours"]))  # type: ignore[arg-type]


async def _in_turn(found: dict[str, Side], people: int) -> dict[str, list[float]]:
    contenders = {name: Contender(side, TOPIC if name == "ours" else None) for name, side in found.items()}
    for one in contenders.values():
        await one.open(people)
        for _ in range(3):
            await one.change()
        one.took.clear()
    names = list(contenders)
    for number in range(ROUNDS):
        for name in (*names[number % len(names) :], *names[: number % len(names)]):
            for _ in range(CHANGES):
                await contenders[name].change()
    for name, one in contenders.items():
        close(one.pages)
        if one.cuts:
            print(f"  {name}: a change was repeated {one.cuts} times, because sockets were cut", flush=True)
    return {name: one.took for name, one in contenders.items()}


def _compared(people: int, took: dict[str, list[float]]) -> Iterator[Figure]:
    told = "; ".join(f"{name} p50 {_ms(took[name], 50):.1f} ms, p99 {_ms(took[name], 99):.1f} ms" for name in took)
    how = f"from the commit until the last of {people} people has heard, {ROUNDS * CHANGES} changes each: {told}"
    for share in (99, 50):
        ratio = _ms(took["ours"], share) / _ms(took["bare"], share)
        yield Figure(f"C.bell_{people}_p{share}_vs_bare", round(ratio, 3), "times", "<= 1.5", how)
    if "node" in took:
        ratio = _ms(took["ours"], 99) / _ms(took["node"], 99)
        yield Figure(f"C.bell_{people}_p99_vs_node", round(ratio, 3), "times", None, how)


def _ms(took: Sequence[float], share: int) -> float:
    """A percentile, in milliseconds."""
    ordered = sorted(took)
    return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))]


async def _reread(side: Side) -> Figure:
    """Fifty screens, each of which reads its own page anew as soon as its bell rings."""
    reading: list[asyncio.Task[bytes]] = []

    def heard(page: Page) -> None:
        reading.append(asyncio.ensure_future(get(page.port, f"/cases/{crowd.CASE}", page.cookie)))

    cookies, cuts = [f"mdt={crowd.token(one)}" for one in range(50)], 0
    pages, took = list[Page](), list[float]()
    while len(took) < 20:
        if not pages or any(page.transport.is_closing() for page in pages):
            close(pages)
            pages = await opened(side.port, cookies, TOPIC, heard=heard, at_once=5)
            await asyncio.sleep(1)
        await asyncio.gather(*reading)
        reading.clear()
        said = json.loads(await get(side.port, f"/bench/change/{crowd.CASE}"))
        try:
            await until(lambda: len(reading) >= 50, 5)
        except TimeoutError:  # who could not be told within a second is cut, and comes back
            cuts += 1
            assert cuts < 20, "sockets are cut more often than they are told"
            continue
        read = await asyncio.gather(*reading)
        took.append(time.monotonic() - float(said["at"]))
        assert all(b"data-tag" in one for one in read), "a screen did not read its page"
    close(pages)
    how = (
        f"p50 {_ms(took, 50):.0f} ms, p99 {_ms(took, 99):.0f} ms, 20 changes; every page of a team of 500 decided, "
        f"opened, recorded; sockets were cut {cuts} times, and the change was made again"
    )
    return Figure("C.commit_to_50_screens_ms", round(_ms(took, 50), 1), "ms", None, how)


def sockets() -> Iterator[Figure]:
    """Two thousand sockets in one process: what they weigh, and pages served beside them."""
    with sides.folder("sockets") as place:
        env = sides.founded({"MDT_INSTANCE": str(place)}, OTHERS)
        with sides.ours(env) as held, sides.ours(env, log="idle.log") as idle:
            yield from asyncio.run(_weighed(held, idle))


async def _weighed(held: Side, idle: Side) -> Iterator[Figure]:
    for side in (held, idle):
        await _pages_a_second(side, 2)
    first = crowd.PEOPLE * crowd.SIGN_INS
    cookies = [f"mdt={crowd.token(one)}" for one in (*range(WATCHING), *range(first, first + OTHERS))]
    before = held.memory()
    pages = await opened(held.port, cookies[:WATCHING], TOPIC)
    pages += await opened(held.port, cookies[WATCHING:], "desk")
    await asyncio.sleep(2)
    weight = (held.memory() - before) / len(pages) / 1000
    how = f"private memory of the process before and with {len(pages)} open websockets that watch, a sign-in each"
    found = [Figure("C.kb_per_socket", round(weight, 1), "KB", "<= 100", how)]
    ratios, rates = [], []
    for number in range(9):
        pair = {}
        for side in (held, idle) if number % 2 else (idle, held):
            pair[side.port] = await _pages_a_second(side, 4)
        ratios.append(pair[held.port] / pair[idle.port])
        rates.append((pair[held.port], pair[idle.port]))
    assert all(not page.transport.is_closing() for page in pages), "a socket was lost"
    loaded, alone = (statistics.median(one[place] for one in rates) for place in (0, 1))
    how = (
        f"pages a second, 8 connections, beside {len(pages)} sockets and a change a second that rings for 50, / the "
        f"same in a process without sockets; median of 9 interleaved rounds ({min(ratios):.2f} to {max(ratios):.2f}); "
        f"medians {loaded:.0f}/s and {alone:.0f}/s; no socket was lost"
    )
    found.append(Figure("C.pages_under_load_vs_idle", round(statistics.median(ratios), 3), "times", ">= 0.8", how))
    close(pages)
    return iter(found)


async def _pages_a_second(side: Side, seconds: float) -> float:
    """Case pages that eight readers get, one after the other, while the case changes every second."""
    end, count = time.monotonic() + seconds, 0

    async def read(number: int) -> None:
        nonlocal count
        while time.monotonic() < end:
            assert b"data-tag" in await get(side.port, f"/cases/{crowd.CASE}", f"mdt={crowd.token(number)}")
            count += 1

    async def write() -> None:
        while time.monotonic() < end:
            await get(side.port, f"/bench/change/{crowd.CASE}")
            await asyncio.sleep(1)

    begun = time.monotonic()
    await asyncio.gather(write(), *(read(number) for number in range(8)))
    return count / (time.monotonic() - begun)


def two() -> Iterator[Figure]:
    """Two processes over Valkey, on one PostgreSQL, beside one process on the same."""
    with ExitStack() as stack:
        postgres = stack.enter_context(servers.postgres(settings=("max_connections=100",)))
        place, url = stack.enter_context(sides.folder("two")), stack.enter_context(servers.valkey())
        env = sides.founded({"MDT_INSTANCE": str(place), "DATABASE_URL": postgres.fresh()})
        alone = stack.enter_context(sides.ours(env, log="alone.log"))
        both = [stack.enter_context(sides.ours(env | {"REDIS_URL": url}, log=f"{n}.log")) for n in "ab"]
        one, over = asyncio.run(_over(alone, both))
    how = (
        f"from the commit in one process until the last of 500 people has heard, 250 in each of two over Valkey, / "
        f"all 500 in one; p50 {_ms(over, 50):.1f} and {_ms(one, 50):.1f}, p99 {_ms(over, 99):.1f} and "
        f"{_ms(one, 99):.1f} ms; {len(one)} changes each, in turn, PostgreSQL"
    )
    ratio = _ms(over, 50) / _ms(one, 50)
    yield Figure("C.two_processes_vs_one", round(ratio, 3), "times", "<= 1.5", how)


async def _over(alone: Side, both: Sequence[Side]) -> tuple[list[float], list[float]]:
    cookies = [f"mdt={crowd.token(number)}" for number in range(500)]
    took: dict[bool, list[float]] = {True: [], False: []}
    for number in range(5):
        for apart in (True, False) if number % 2 else (False, True):
            pages = (
                [*await opened(both[0].port, cookies[:250], TOPIC), *await opened(both[1].port, cookies[250:], TOPIC)]
                if apart
                else await opened(alone.port, cookies, TOPIC)
            )
            await asyncio.sleep(1)
            for turn in range(9):
                found = await _change(both[0] if apart else alone, pages)
                if turn:
                    took[apart].append(found)
                await asyncio.sleep(0.05)
            close(pages)
            await asyncio.sleep(0.3)
    return took[False], took[True]


def flat() -> Iterator[Figure]:
    """A bell in a county of a hundred cases and in one of a hundred thousand."""
    with ExitStack() as stack:
        found = {}
        for cases in (100, 100_000):
            env = {"MDT_DEMO": "1", "MDT_INSTANCE": str(many_cases.folder_of(cases))}
            found[cases] = stack.enter_context(sides.ours(env, log="log"))
        took, cpu = asyncio.run(_each(found))
    few, many = took
    how = (
        f"from the commit until the last of 50 pages has heard, 100,000 cases / 100; medians {_ms(took[many], 50):.1f} "
        f"and {_ms(took[few], 50):.1f} ms, processor of the server a change {cpu[many]:.1f} and {cpu[few]:.1f} ms"
    )
    yield Figure("C.bell_100k_vs_100", round(cpu[many] / cpu[few], 3), "times", "<= 1.2", how)


async def _each(found: dict[int, Side]) -> tuple[dict[int, list[float]], dict[int, float]]:
    took: dict[int, list[float]] = {cases: [] for cases in found}
    spent = dict.fromkeys(found, 0.0)
    pages, of = {}, {}
    for cases, side in found.items():
        cookie = await asyncio.to_thread(_casey, side)
        of[cases] = await asyncio.to_thread(_a_case, many_cases.folder_of(cases))
        pages[cases] = await opened(side.port, [cookie] * 50, f"case:{of[cases]}")
    for number in range(60):
        for cases, side in found.items():
            used = side.cpu()
            lasted = await _change(side, pages[cases], of[cases])
            if number >= 5:
                took[cases].append(lasted)
                spent[cases] += side.cpu() - used
    return took, {cases: 1000 * spent[cases] / len(took[cases]) for cases in found}


def _casey(side: Side) -> str:
    import httpx

    from tests.bench.serving import TOKEN

    with httpx.Client(base_url=f"http://127.0.0.1:{side.port}", timeout=60) as browser:
        token = TOKEN.search(browser.get("/people").text)
        assert token
        browser.post(f"/people/{many_cases.READER}", data={"csrf_token": token[1]})
        return f"mdt={browser.cookies['mdt']}"


def _a_case(folder: object) -> str:
    """Some case of this county, but for those of the demo, which were there before."""
    import sqlite3

    with sqlite3.connect(f"file:{folder}/mdt.sqlite?mode=ro", uri=True) as line:
        row = line.execute("SELECT case_id FROM items ORDER BY created_at DESC LIMIT 1").fetchone()
    return str(UUID(row[0]))


def looks() -> Iterator[Figure]:
    """Deciding alone: five hundred people's views of a case that has just changed, without sending anything."""
    with sides.folder("looks") as place:
        env = os.environ | sides.founded({"MDT_INSTANCE": str(place)})
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.looking"],
            cwd=PROJECT,
            env=env,
            check=True,
            capture_output=True,
            text=True,
        )
    together, apart = json.loads(done.stdout.splitlines()[-1])
    how = (
        f"processor time to work out the tags of {crowd.PEOPLE} people's views of a case whose facts just changed, its "
        f"facts read anew; {apart:.0f} ms where each is asked for by itself; median of 7"
    )
    yield Figure("C.looks_500_ms", round(together, 1), "ms", None, how)


__all__ = ["bells", "flat", "looks", "sockets", "two"]
