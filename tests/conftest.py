"""What every test may ask for, and which tests want the machine to themselves."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")
"""A busy machine is slow to draw examples; that says nothing of what is tested."""

pytest_plugins = ["tests.fixtures_servers", "tests.fixtures_app", "tests.fixtures_served"]

ALONE = ("tests/realtime/", "tests/browser/")
"""Tests that keep to times of a second: what runs beside them would be measured with them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(ALONE) or "serve" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.alone)
