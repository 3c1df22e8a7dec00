"""How long a revoked value is still seen: from the commit until the screen is covered and the last byte of it has come.

A screen of the county watches the case and is told by its bell; beside it two greedy readers ask for the page over and
over, with no regard for bells. A release is stopped and opened again, a thousand times, by a door of the bench in the
server. A trial ends when the screen was told and pages asked for after the commit came without the value; whatever
byte of it comes later, until the release is opened again, counts. Then, fewer times: with Redis named and away;
with every word to the database and back on a slow line; and behind fifty frames that wait in the socket.
TRIALS=n makes it n.
"""

from __future__ import annotations

import json
import os
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from mdt.realtime.front import A_SECOND
from tests import servers
from tests.bench import crowd, sides
from tests.bench.figures import Figure
from tests.bench.sides import Side
from tests.realtime.blackout import Screen, screen, until
from tests.realtime.slow_line import SlowLine, slow_line

TRIALS = int(os.environ.get("TRIALS") or 1000)
FEWER = max(5, TRIALS // 20)
VALUE = "Risk of suicide: "
SLOW_SECONDS = 0.02
"""Each way, for each word to the database: a page then waits a second and more."""


def measure() -> Iterator[Figure]:
    with sides.folder("revocation") as place:
        env = sides.founded({"MDT_INSTANCE": str(place)})
        with sides.ours(env) as server:
            took, cuts = tried(server, TRIALS)
        yield Figure("C.revocation_worst_s", max(took), "s", "<= 1.0", _how(took, cuts))
        yield Figure("C.revocation_p99_s", _percentile(took, 99), "s", "<= 0.3", _how(took, cuts))
        with sides.ours(env | {"REDIS_URL": "redis://127.0.0.1:9/0"}) as server:
            took, cuts = tried(server, FEWER)
        yield Figure("C.revocation_worst_s.redis_down", max(took), "s", "<= 1.0", _how(took, cuts))
        with sides.ours(env) as server:
            took, cuts = tried(server, FEWER, queued=50)
        yield Figure("C.revocation_worst_s.fifty_queued", max(took), "s", "<= 1.0", _how(took, cuts))
    with ExitStack() as stack:
        postgres = stack.enter_context(servers.postgres(settings=("max_connections=100",)))
        place, line = stack.enter_context(sides.folder("revocation")), stack.enter_context(slow_line(postgres.port))
        url = postgres.fresh()
        env = sides.founded({"MDT_INSTANCE": str(place), "DATABASE_URL": url})
        env |= {"DATABASE_URL": url.replace(f":{postgres.port}/", f":{line.port}/")}
        with sides.ours(env) as server:
            took, cuts = tried(server, FEWER, line=line)
        how = f"{1000 * SLOW_SECONDS:.0f} ms each way, PostgreSQL: {_how(took, cuts)}"
        yield Figure("C.revocation_worst_s.slow_database", max(took), "s", "<= 1.0", how)


def tried(side: Side, times: int, *, queued: int = 0, line: SlowLine | None = None) -> tuple[list[float], int]:
    """So many trials; seconds of each, and how often the channel was cut because nobody could say what may be seen."""
    host, took = f"127.0.0.1:{side.port}", []
    about = (f"/cases/{crowd.CASE}", f"mdt={crowd.token(0)}", VALUE, f"case:{crowd.CASE}")
    _ask(side, "open")
    with screen(host, *about) as one:
        for _ in range(times):
            if line:
                line.delay = SLOW_SECONDS
            took.append(_trial(side, one, queued))
            if line:
                line.delay = 0.0
            one.comes_back()
            opened = _ask(side, "open")
            until(lambda opened=opened: one.reads[-1].told and one.reads[-1].begun > opened)  # type: ignore[misc]
            time.sleep(queued / A_SECOND)  # a line that floods is ended, and that is not what is measured
            one.socket.hear(0.3)
            one.comes_back()
            one.socket.heard.clear()
            del one.reads[:-10]
        return took, one.cuts


def _trial(side: Side, one: Screen, queued: int) -> float:
    """One revocation."""
    for number in range(queued):
        one.socket.say(f'42{number}["watch",{{"topic":"{one.topic}","tag":"{number}"}}]')
    commit = _ask(side, "stopped")
    covered = one.covered_after(commit, seconds=3)
    while queued and one.socket.hear(0.01):
        pass
    until(lambda: one.clean(commit) >= 3)
    time.sleep(0.05)
    assert not one.reads[-1].told, "a page that was asked for after the revocation shows the value"
    return max(covered, one.last_told(commit))


def _ask(side: Side, state: str) -> float:
    with urllib.request.urlopen(f"http://127.0.0.1:{side.port}/bench/release/{state}", timeout=30) as answer:
        return float(json.load(answer)["at"])


def _percentile(took: Sequence[float], share: int) -> float:
    ordered = sorted(took)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))]


def _how(took: Sequence[float], cuts: int) -> str:
    told = ", ".join(f"p{share} {_percentile(took, share):.3f} s" for share in (50, 99))
    return f"{len(took)} revocations: {told}, worst {max(took):.3f} s; the channel was cut and came back {cuts} times"


__all__ = ["measure", "tried"]
