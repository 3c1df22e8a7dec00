"""Ten thousand rounds of sixteen who come at once for one task, over HTTP, at two processes over one database.

Half of them on SQLite, half on PostgreSQL, some of each in turn; on each, every other round takes out of a queue, and
every other answers an offer. It goes on where it was: progress is in `instance/accept_race.json`. RACES=100 runs fewer.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from flask import Flask

from tests import racing, servers
from tests.bench.figures import FILE, Figure
from tests.fixtures_served import Served, free_port

ROUNDS, AT_ONCE = 10_000, 250
PROGRESS = FILE.with_name("accept_race.json")
HOW = "rounds of 16 at once over HTTP, two processes, SQLite and PostgreSQL: owners or answers too many"


def measure() -> Iterator[Figure]:
    """Race on both databases until there are rounds enough; anything but one owner and one answer counts."""
    rounds = int(os.environ.get("RACES") or ROUNDS) // 2
    found = _progress()
    with ExitStack() as stack:
        running = stack.enter_context(servers.postgres())
        arenas: dict[str, tuple[racing.Contest, Flask]] = {}
        while (least := min(found, key=lambda name: found[name].rounds)) and found[least].rounds < rounds:
            if least not in arenas:
                arenas[least] = stack.enter_context(_arena(running.fresh() if least == "postgresql" else None))
            _add(found[least], racing.race(*arenas[least], min(AT_ONCE, rounds - found[least].rounds)))
            _keep(found)
            said = f"{found[least].double} double, {found[least].ownerless} ownerless"
            print(f"  {least}: {found[least].rounds} of {rounds}: {said}", flush=True)
    every = list(found.values())
    ran = sum(one.rounds for one in every)
    yield Figure("C.accept_race_double", sum(one.double for one in every), "", "<= 0", f"{ran} {HOW}")
    yield Figure(
        "C.accept_race_ownerless", sum(one.ownerless for one in every), "", "<= 0", f"{ran} of the same rounds"
    )
    yield Figure("C.accept_race_faults", sum(one.odd.total() for one in every), "", "<= 0", "answers that are faults")


@contextmanager
def _arena(database: str | None) -> Iterator[tuple[racing.Contest, Flask]]:
    """Two processes over one database, sixteen browsers at them, and the application beside, to look."""
    env = {"DATABASE_URL": database} if database else {}
    with tempfile.TemporaryDirectory(prefix="mdt-race-") as name:
        folder = Path(name)
        first, second = Served(folder, free_port(), env).start(), Served(folder, free_port(), env).start()
        app = racing.application(folder, database)
        try:
            with app.app_context():
                racing.enlist()
            with racing.Contest([first.url, second.url]) as contest:
                yield contest, app
        finally:
            racing.close(app)
            first.stop()
            second.stop()


def _progress() -> dict[str, racing.Tally]:
    """What came of the rounds so far, by database."""
    said = json.loads(PROGRESS.read_text()) if PROGRESS.exists() else {}
    return {name: _tally(said.get(name, {})) for name in ("sqlite", "postgresql")}


def _tally(said: dict[str, object]) -> racing.Tally:
    found = racing.Tally(**said)  # type: ignore[arg-type]
    found.odd, found.won = Counter({int(one): often for one, often in found.odd.items()}), Counter(found.won)
    return found


def _keep(found: dict[str, racing.Tally]) -> None:
    fresh = PROGRESS.with_suffix(".new")
    fresh.write_text(json.dumps({name: vars(one) for name, one in found.items()}, indent=1) + "\n")
    fresh.replace(PROGRESS)


def _add(whole: racing.Tally, part: racing.Tally) -> None:
    whole.rounds += part.rounds
    whole.double += part.double
    whole.ownerless += part.ownerless
    whole.odd += part.odd
    whole.won += part.won


__all__ = ["measure"]
