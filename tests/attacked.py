"""A server with honest people at it, calm and under attack in turn: how long they wait, and what it holds in memory.

Six people of one team have the page of their case open; two of them read it now and then, and all the while something
of it is changed: a bell is as long as it takes from that commit until the last of the six has heard. The attackers
(`attackers`) come and go: signed in to nothing, with sign-ins of people who have no part in the case, and with the
numbers of the honest sockets.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from mdt.operations.demo import known, people
from mdt.realtime import front
from tests.bench.figures import PROJECT
from tests.bench.serving import TOKEN
from tests.bench.sockets import Page, close, get, opened, until
from tests.fixtures_served import Served

ORDER = ("-m", "flask", "--app", "tests.bench.changing", "serve")
"""The application with the bench's door, at which the case is changed."""
CASE, MEETING = known("case.wren"), known("wren.meeting.tonight")
HONEST = ("casey", "imani", "marcus", "ruth", "jo", "lena")
STRANGERS = ("ana", "noor", "robin")
"""Who has no part in the case, and attacks with what a sign-in may."""
READERS, READ_EVERY, CHANGE_EVERY = 2, 0.4, 0.15
MAY_HOLD = 64
"""MB more than before, in an attack: forty-eight readers who are behind, with the largest answer of half a MB each and
what is on the wire (`wires.SLOW`); bodies that arrive; and 64 KB for each socket that they may have."""
MAY_CREEP = 16
"""MB more after the last of several equal attacks than after the first: what the allocator keeps in pieces."""
LOST = 5.0
"""Seconds a bell is waited for."""


@dataclass
class Waits:
    """Seconds that honest people waited for pages and for bells, and sockets of theirs that were lost."""

    page: list[float] = field(default_factory=list)
    bell: list[float] = field(default_factory=list)
    lost: int = 0

    def __str__(self) -> str:
        told = (f"{one} p50 {ms(took, 50):.0f}, p95 {ms(took, 95):.0f} ms ({len(took)})" for one, took in self._each())
        return f"{'; '.join(told)}; {self.lost} sockets lost"

    def over(self, calm: Waits) -> float:
        """How many times as long the p95 is as it is in the calm: of pages or of bells, whichever is worse."""
        both = ((self.page, calm.page), (self.bell, calm.bell))
        return max(ms(mine, 95) / ms(usual, 95) for mine, usual in both)

    def _each(self) -> Iterator[tuple[str, list[float]]]:
        yield from (("pages", self.page), ("bells", self.bell))


@dataclass
class Found:
    """What came of it. What the server held, in MB: before, at the most in each attack, and after each. For how many
    seconds there were attacks, and how long the whole took."""

    calm: Waits = field(default_factory=Waits)
    attacked: Waits = field(default_factory=Waits)
    before: float = 0.0
    during: list[float] = field(default_factory=list)
    after: list[float] = field(default_factory=list)
    attacks: list[dict[str, Counter[str]]] = field(default_factory=list)
    seconds: float = 0.0
    lasted: float = 0.0

    @property
    def growth(self) -> float:
        """By how many MB it grew at the most."""
        return max(self.during) - self.before

    @property
    def creep(self) -> float:
        """By how many MB it held more after the last attack than after the first."""
        return self.after[-1] - self.after[0]

    @property
    def joins(self) -> int:
        return sum(of["joins"] for attack in self.attacks for of in attack.values())

    @property
    def answers(self) -> int:
        """What attackers said on their sockets and the server listened to."""
        return sum(of["answers"] for attack in self.attacks for of in attack.values())

    @property
    def may_ask(self) -> float:
        """To how much it may listen, as they have so many sign-ins."""
        return len(STRANGERS) * (front.BURST + front.A_SECOND * self.lasted)

    def __str__(self) -> str:
        """What the attackers did a second."""
        whole: dict[str, Counter[str]] = {}
        for attack in self.attacks:
            for kind, tally in attack.items():
                whole[kind] = whole.get(kind, Counter()) + tally
        every = ", ".join(f"{tally['knocks'] / self.seconds:.1f} {kind}" for kind, tally in whole.items())
        megabytes = sum(tally["bytes"] for tally in whole.values()) / self.seconds / 1e6
        return f"attackers a second: {every}; {megabytes:.1f} MB/s; {self.answers / self.seconds:.0f} answers/s"


def tried(served: Served, *, rounds: int, seconds: float) -> Found:
    """So many rounds, each as long calm as under attack, whichever is first changing."""
    honest = [cookie(served.url, slug) for slug in HONEST]
    theirs = [cookie(served.url, slug) for slug in STRANGERS]
    with _attackers() as attackers:
        return asyncio.run(_tried(served, attackers, honest, theirs, rounds, seconds))


async def _tried(
    served: Served, attackers: subprocess.Popen[str], honest: Sequence[str], theirs: Sequence[str], rounds: int,
    seconds: float,
) -> Found:  # fmt: skip
    found, table, begun = Found(), Table(served, honest), time.monotonic()
    await table.open()
    await table.live(Waits(), min(2.0, seconds))
    found.before = memory(served)
    for number in range(rounds):
        for hostile in (False, True) if number % 2 == 0 else (True, False):
            if hostile:
                await _attacked(table, found, attackers, theirs, seconds)
            else:
                await table.live(found.calm, seconds)
    close(table.pages)
    found.lasted = time.monotonic() - begun
    return found


async def _attacked(
    table: Table, found: Found, attackers: subprocess.Popen[str], theirs: Sequence[str], seconds: float
) -> None:
    lasts, most = seconds + 0.8, [0.0]
    asked = {
        "port": table.served.port, "cookies": theirs, "topics": [f"case:{CASE}", f"meeting:{CASE}:{MEETING}"],
        "numbers": [page.number for page in table.pages], "seconds": lasts,
    }  # fmt: skip
    assert attackers.stdin and attackers.stdout
    attackers.stdin.write(json.dumps(asked) + "\n")
    attackers.stdin.flush()
    watching = asyncio.ensure_future(_most(table.served, most))
    await asyncio.sleep(0.5)
    await table.live(found.attacked, seconds)
    said = json.loads(await asyncio.to_thread(attackers.stdout.readline))
    watching.cancel()
    found.attacks.append({kind: Counter(tally) for kind, tally in said.items()})
    found.seconds += lasts
    found.during.append(most[0])
    await asyncio.sleep(1)
    found.after.append(memory(table.served))


async def _most(served: Served, most: list[float]) -> None:
    while True:
        most[0] = max(most[0], memory(served))
        await asyncio.sleep(0.1)


@dataclass
class Table:
    """The honest people, and their pages."""

    served: Served
    cookies: Sequence[str]
    pages: list[Page] = field(default_factory=list)

    async def open(self) -> None:
        self.pages = await opened(self.served.port, self.cookies, f"case:{CASE}")

    async def live(self, waits: Waits, seconds: float) -> None:
        """Read, change and hear for so long."""
        end = time.monotonic() + seconds
        reading = enumerate(self.cookies[:READERS])
        readers = (self._read(cookie, waits, end, number / READERS) for number, cookie in reading)
        await asyncio.gather(self._change(waits, end), *readers)

    async def _read(self, cookie: str, waits: Waits, end: float, first: float) -> None:
        await asyncio.sleep(first * READ_EVERY)
        while (begun := time.monotonic()) < end:
            assert b"data-tag" in await get(self.served.port, f"/cases/{CASE}", cookie)
            waits.page.append(time.monotonic() - begun)
            await asyncio.sleep(READ_EVERY)

    async def _change(self, waits: Waits, end: float) -> None:
        while time.monotonic() < end:
            before = [page.bells for page in self.pages]
            at = json.loads(await get(self.served.port, f"/bench/change/{CASE}"))["at"]
            try:
                await until(lambda b=before: all(p.bells > old for p, old in zip(self.pages, b, strict=True)), LOST)  # type: ignore[misc]
                waits.bell.append(max(page.rung for page in self.pages) - at)
            except TimeoutError:
                waits.bell.append(LOST)
            await self._come_back(waits)
            await asyncio.sleep(CHANGE_EVERY)

    async def _come_back(self, waits: Waits) -> None:
        """Whose socket was lost opens it anew."""
        if lost := sum(page.transport.is_closing() for page in self.pages):
            waits.lost += lost
            close(self.pages)
            await self.open()


@contextmanager
def _attackers() -> Iterator[subprocess.Popen[str]]:
    order = [sys.executable, "-m", "tests.attackers"]
    process = subprocess.Popen(order, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def cookie(url: str, slug: str) -> str:
    """A new sign-in of this invented person."""
    with httpx.Client(base_url=url, timeout=60) as browser:
        token = TOKEN.search(browser.get("/people").text)
        assert token
        assert browser.post(f"/people/{people.id_of(slug)}", data={"csrf_token": token[1]}).status_code == 303
        return f"mdt={browser.cookies['mdt']}"


def memory(served: Served) -> float:
    """MB that the server has resident."""
    assert served.process
    pages = int(Path(f"/proc/{served.process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def ms(took: Sequence[float], share: int) -> float:
    """A percentile, in milliseconds."""
    ordered = sorted(took)
    return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))]


__all__ = ["MAY_CREEP", "MAY_HOLD", "ORDER", "Found", "ms", "tried"]
