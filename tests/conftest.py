"""What every test may ask for, and which tests want the machine to themselves."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")
"""A busy machine is slow to draw examples; that says nothing of what is tested."""

TEMPLATES = "MDT_TEST_TEMPLATES"
pytest_plugins = ["tests.fixtures_servers", "tests.fixtures_app", "tests.fixtures_served"]

ALONE = ("tests/realtime/", "tests/browser/")
"""Tests that keep to times of a second: what runs beside them would be measured with them."""
BESIDE = ("tests/realtime/test_reconnecting.py", "tests/browser/test_release_quickly.py")
"""Tests among those that look at no clock."""


def pytest_configure(config: pytest.Config) -> None:
    """Compile each template once for all processes of a run: half of a walk's time went into it."""
    if TEMPLATES not in os.environ:
        os.environ[TEMPLATES] = folder = tempfile.mkdtemp(prefix="mdt-templates-")
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(ALONE) and not item.nodeid.startswith(BESIDE):
            item.add_marker(pytest.mark.alone)
    alone = [one for one in items if one.get_closest_marker("alone")]
    beside = [one for one in items if not one.get_closest_marker("alone")]
    items[:] = in_order(beside, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1))) + alone


def in_order(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Each worker's share of the list, which is given out in one piece, begins with its share of the long ones; those
    of one file stay together, since they may share what took them so long."""
    long = [one for one in items if one.get_closest_marker("long")]
    files = list(dict.fromkeys(one.path for one in long))
    rest = [one for one in items if not one.get_closest_marker("long")]
    share = len(items) / workers
    found: list[pytest.Item] = []
    for worker in range(workers):
        mine = [one for one in long if one.path in files[worker::workers]]
        end = round(share * (worker + 1)) - len(found) - len(mine)
        found += [*mine, *rest[:end]]
        rest = rest[end:]
    return found + rest


def pytest_collection_finish() -> None:
    """What was imported stays: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
