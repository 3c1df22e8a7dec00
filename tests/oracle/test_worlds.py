"""Random worlds are the same every time, can be written down, and make things happen."""

from __future__ import annotations

import json
from collections import Counter

from .oracle import answers
from .releases import CODES
from .worlds import world


def test_a_seed_always_makes_the_same_world() -> None:
    assert all(world(seed) == world(seed) for seed in range(10))
    assert world(1) != world(2)


def test_a_world_can_be_written_down_as_json() -> None:
    assert all(json.loads(json.dumps(world(seed))) == world(seed) for seed in range(10))


def test_worlds_bring_up_every_outcome_and_most_codes() -> None:
    seen = [a for seed in range(150) for a in answers(world(seed))]
    outcomes = Counter(a.outcome for a in seen)
    assert min(outcomes[o] for o in ("show", "part", "withhold", "conceal")) > 100
    assert outcomes["conceal"] < 0.65 * len(seen)
    assert len({(a.code or "").split(":")[0] for a in seen} & set(CODES)) > 20
