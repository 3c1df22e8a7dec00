"""What every test may ask for, and which tests want the machine to themselves."""

from __future__ import annotations

import pytest

pytest_plugins = ["tests.fixtures_servers", "tests.fixtures_app", "tests.fixtures_served"]

ALONE = ("tests/realtime/", "tests/browser/")
"""Tests that keep to times of a second: what runs beside them would be measured with them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(ALONE) or "serve" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.alone)
