"""Two hundred rounds of sixteen who come at once, at two processes over one database: one owner, one answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import racing
from tests.fixtures_served import Served, free_port

ROUNDS = 100
"""On each of the two databases; ten thousand in `make trials`."""


@pytest.fixture
def beside() -> Callable[..., Served]:
    """beside(served) is another process over the same instance and database."""
    running: list[Served] = []

    def up(first: Served) -> Served:
        running.append(Served(first.instance, free_port(), first.env))
        return running[-1].start()

    yield up
    for one in running:
        one.stop()


@pytest.mark.long
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_of_sixteen_at_once_one_owns_it(
    database: str, serve: Callable[..., Served], beside: Callable[[Served], Served], request: pytest.FixtureRequest
) -> None:
    env = {}
    if database == "postgresql":
        model = request.getfixturevalue("county_on_postgres")
        env["DATABASE_URL"] = request.getfixturevalue("fresh_postgres")(like=model)
    first = serve(**env)
    second = beside(first)
    app = racing.application(Path(first.instance), env.get("DATABASE_URL"))
    with app.app_context():
        racing.enlist()
    with racing.Contest([first.url, second.url]) as contest:
        tally = racing.race(contest, app, ROUNDS)
        second.stop()
        with pytest.raises(ConnectionError):
            racing.race(contest, app, 2)  # what cannot be run to its end counts for nothing
    racing.close(app)
    assert tally.clean and tally.rounds == ROUNDS, tally
    assert tally.won["taken"] == ROUNDS / 2, "each out of the queue once"
    assert tally.won["accepted"] and tally.won.total() == ROUNDS, "each offer answered once"
