"""`E.joined_differences`: five hundred random pairs of cases become one and two again.

Counted is everybody who reads at the joined table, now or at a later moment, what they could not read before and what
was not named to the lead; everybody who lost what they had where nothing narrows it; every row, and every page's words,
that an undo does not bring back.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

from mdt import create_app
from mdt.operations import schema
from mdt.operations.demo import county
from mdt.settings import Settings
from tests.bench.figures import Figure
from tests.fixtures_app import close
from tests.property.test_joining import differences

PAIRS = 500


def measure() -> Iterator[Figure]:
    """How much is otherwise than it should be in five hundred pairs."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings.read({"MDT_DEMO": "1", "MDT_INSTANCE": folder}))
        with app.app_context():
            schema.upgrade()
            assert county.found(lambda _words: None)
        found = differences(app, PAIRS)
        close(app)
    for one in found[:9]:
        print(one, flush=True)
    how = f"{PAIRS} random pairs of cases with people of every standing, papers and work; each merged and undone"
    yield Figure("E.joined_differences", len(found), "findings", "<= 0", how)
