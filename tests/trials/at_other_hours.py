"""The ordinary suite as it would run at other hours: where it is one day in UTC and another in the county, on the last
evening of a year, in the night in which an hour is twice, on a leap day. HOURS=moments runs it at those."""

from __future__ import annotations

import os
from collections.abc import Iterator

from tests.bench.figures import Figure
from tests.conftest import AT
from tests.trials.suite import failed

HOURS = (
    os.environ.get("HOURS", "").split()
    or ["2026-12-31T23:20-05:00", "2027-01-06T23:58+00:00", "2027-11-07T00:50-04:00", "2028-02-29T12:00-05:00"]
)  # fmt: skip


def measure() -> Iterator[Figure]:
    for at in HOURS:
        wrong, how = failed("not again and not alone", **{AT: at})
        yield Figure(f"D.suite_at_{at}_failed", wrong, "tests", "<= 0", how)


__all__ = ["measure"]
