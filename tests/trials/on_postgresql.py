"""The tests of the ordinary suite that it runs on SQLite alone, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.figures import Figure
from tests.trials.suite import failed


def measure() -> Iterator[Figure]:
    wrong, how = failed("again and not alone")
    yield Figure("D.suite_on_postgresql_failed", wrong, "tests", "<= 0", how)


__all__ = ["measure"]
