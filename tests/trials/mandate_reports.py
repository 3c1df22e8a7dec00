"""`E.report_differences`: the report of a missing young person, in a thousand random cases.

Each case is made by the oracle's own maker (`tests.oracle.worlds`); records of an advocate, a shelter and a treatment
program are planted in it. Counted is every record of which the report carries a field more or less than the mandate's
list, by a rule written out in the test and by the oracle, which shares no code with the product; and every planted
record of which it carries anything.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.figures import Figure
from tests.property.test_missing import differences

CASES = 1000


def measure() -> Iterator[Figure]:
    """How many records differ in a thousand cases."""
    found = list(differences(range(CASES)))
    for one in found[:9]:
        print(one, flush=True)
    how = f"{CASES:,} random cases, each with planted records of an advocate, a shelter and a treatment program"
    yield Figure("E.report_differences", len(found), "records", "<= 0", how)
