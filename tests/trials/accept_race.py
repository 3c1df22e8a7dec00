"""Ten thousand rounds of sixteen who come at once for one task, over HTTP, at two processes over one database.

Half of them on SQLite, half on PostgreSQL; in each half, every other round takes out of a queue, and every other
answers an offer. RACES=100 runs fewer.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests import racing, servers
from tests.bench.figures import Figure
from tests.fixtures_served import Served, free_port

ROUNDS, AT_ONCE = 10_000, 500
HOW = "rounds of 16 at once over HTTP, two processes, SQLite and PostgreSQL: owners or answers too many"


def measure() -> Iterator[Figure]:
    """Race on both databases; anything but one owner and one answer counts."""
    rounds = int(os.environ.get("RACES") or ROUNDS)
    with servers.postgres() as running:
        found = [_on(rounds // 2, None), _on(rounds // 2, running.fresh())]
    ran = sum(one.rounds for one in found)
    yield Figure("C.accept_race_double", sum(one.double for one in found), "", "<= 0", f"{ran} {HOW}")
    yield Figure(
        "C.accept_race_ownerless", sum(one.ownerless for one in found), "", "<= 0", f"{ran} of the same rounds"
    )
    yield Figure("C.accept_race_faults", sum(one.odd.total() for one in found), "", "<= 0", "answers that are faults")


def _on(rounds: int, database: str | None) -> racing.Tally:
    """The rounds on one database, in parts."""
    whole, env = racing.Tally(), {"DATABASE_URL": database} if database else {}
    with tempfile.TemporaryDirectory(prefix="mdt-race-") as name:
        folder = Path(name)
        first, second = Served(folder, free_port(), env).start(), Served(folder, free_port(), env).start()
        app = racing.application(folder, database)
        try:
            with app.app_context():
                racing.enlist()
            with racing.Contest([first.url, second.url]) as contest:
                for begun in range(0, rounds, AT_ONCE):
                    _add(whole, racing.race(contest, app, min(AT_ONCE, rounds - begun)))
                    said = f"{whole.double} double, {whole.ownerless} ownerless"
                    print(f"  {whole.rounds} of {rounds}: {said}", flush=True)
        finally:
            racing.close(app)
            first.stop()
            second.stop()
    return whole


def _add(whole: racing.Tally, part: racing.Tally) -> None:
    whole.rounds += part.rounds
    whole.double += part.double
    whole.ownerless += part.ownerless
    whole.odd += part.odd
    whole.won += part.won


__all__ = ["measure"]
