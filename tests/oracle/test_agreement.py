"""The product answers random worlds as the oracle does."""

from __future__ import annotations

import pytest

from . import readings
from .compare import differences, shrink, told
from .worlds import world

PER_BLOCK = 50
DISPUTED = (
    "EVERY_CW_LEADS",
)
"""Readings in which the product has chosen otherwise; take one out when it comes round."""


@pytest.fixture(autouse=True)
def _the_readings_of_the_product(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in DISPUTED:
        monkeypatch.setattr(readings, name, not getattr(readings, name))


@pytest.mark.parametrize("block", range(6))
def test_the_product_answers_random_worlds_as_the_oracle_does(block: int) -> None:
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        scenario = world(seed)
        for difference in differences(scenario):
            small = shrink(scenario, difference)
            pytest.fail(f"seed {seed}\n{told(small, differences(small)[0])}", pytrace=False)
