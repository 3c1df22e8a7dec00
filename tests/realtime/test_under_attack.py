"""With hostile clients of every kind at the door, honest people read and hear nearly as soon as without, and the server
holds little more; the full size is a trial."""

from __future__ import annotations

from collections.abc import Callable

from tests import attacked
from tests.fixtures_served import Served

LONGER, UNNOTICED_MS, TRIES = 3.0, 600, 2
"""Times as long as in the calm, or so short that nobody notices. The trial's goal is two; so few waits as here spread,
a bell of twenty milliseconds is soon one of seventy beside attackers on the same cores, and whatever else the machine
does in between is not the attackers' doing: once more, then. Readers who held the pages' threads made it seconds."""


def test_honest_people_hardly_wait_and_nobody_hears_what_is_not_theirs(serve: Callable[..., Served]) -> None:
    served = serve(order=attacked.ORDER)
    for _ in range(TRIES):
        found = attacked.tried(served, rounds=2, seconds=2.0)
        held = f"{found.before:.0f} MB, {found.during}, {found.after}"
        told = f"calm: {found.calm}; attacked: {found.attacked}; {held}; {found}"
        assert found.joins == 0, told
        assert 0 < found.answers <= found.may_ask, f"{found.answers} answers, may be {found.may_ask:.0f}"
        assert all(tally["knocks"] for attack in found.attacks for tally in attack.values()), told
        assert found.growth < attacked.MAY_HOLD and found.creep < attacked.MAY_CREEP, told
        waited = max(attacked.ms(one, 95) for one in (found.attacked.page, found.attacked.bell))
        if waited < UNNOTICED_MS or found.attacked.over(found.calm) < LONGER:
            return
    raise AssertionError(told)
