"""`E.report_differences`: the reports of a missing young person and of one who was identified, in a thousand random
cases each.

Each case is made by the oracle's own maker (`tests.oracle.worlds`); records of an advocate, a shelter and a treatment
program are planted in it. Counted is every record of which a report carries a field more or less than the mandate's
list, by a rule written out in the test and by the oracle, which shares no code with the product; and every planted
record of which it carries anything.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.figures import Figure
from tests.property.test_missing import IDENTIFIED, MISSING, differences

CASES = 1000
NAMES = {"missing": "E.report_differences", "trafficking": "E.report_differences_identified"}


def measure() -> Iterator[Figure]:
    """How many records differ in a thousand cases of each report."""
    for of in (MISSING, IDENTIFIED):
        found = list(differences(range(CASES), of))
        for one in found[:9]:
            print(one, flush=True)
        how = f"{CASES:,} random cases, each with planted records of an advocate, a shelter and a treatment program"
        yield Figure(NAMES[of.name], len(found), "records", "<= 0", how)
