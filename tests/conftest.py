"""What every test may ask for, and which tests want the machine to themselves."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
import zlib
from datetime import datetime

import pytest
import time_machine
from hypothesis import HealthCheck, settings

settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")
"""A busy machine is slow to draw examples; that says nothing of what is tested."""

TEMPLATES = "MDT_TEST_TEMPLATES"
AT = "MDT_TEST_AT"
"""Names the moment, with its offset, at which a run begins by its own clock; without it, it is now."""
pytest_plugins = ["tests.fixtures_servers", "tests.fixtures_app", "tests.fixtures_served"]

ALONE = ("tests/realtime/", "tests/browser/")
"""Tests that keep to times of a second: what runs beside them would be measured with them."""
BESIDE = (
    "tests/realtime/test_reconnecting.py", "tests/browser/test_release_quickly.py", "tests/browser/test_missing.py",
    "tests/browser/test_needs.py", "tests/browser/test_screening.py", "tests/browser/test_services.py",
    "tests/browser/test_linking.py",
)  # fmt: skip
"""Tests among those that look at no clock."""
BOTH = (
    "test_accept_race", "test_doors_ledger", "test_doors_race", "test_drafts", "test_handoffs", "test_import",
    "test_killed", "test_legal_race", "test_master_keys", "test_recorded", "test_rounds", "test_rules",
)  # fmt: skip
"""Files, by how their names begin, whose tests always run on both databases: locks, races, queries that differ."""
ONE_IN = 4
"""Of the others so many run on PostgreSQL, too, in `make test`; `make trials ONLY=D.` runs all."""


def pytest_configure(config: pytest.Config) -> None:
    """Go to the hour at which the run is to be. Compile each template once for all its processes: half of a walk's time
    went into it."""
    if AT in os.environ:
        clock = time_machine.travel(datetime.fromisoformat(os.environ[AT]), tick=True)
        clock.start()
        config.add_cleanup(clock.stop)
    if TEMPLATES not in os.environ:
        os.environ[TEMPLATES] = folder = tempfile.mkdtemp(prefix="mdt-templates-")
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(ALONE):
            item.add_marker(pytest.mark.long if item.nodeid.startswith(BESIDE) else pytest.mark.alone)
        if is_again(item):
            item.add_marker(pytest.mark.again)
    alone = [one for one in items if one.get_closest_marker("alone")]
    beside = [one for one in items if not one.get_closest_marker("alone")]
    items[:] = in_order(beside, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1))) + alone


def is_again(item: pytest.Item) -> bool:
    """Whether this is a test that ran on SQLite, once more, and of no use that the choice by its name does not have."""
    name = item.nodeid.partition("[")[0]
    on = getattr(item, "callspec", None)
    elsewhere = on is not None and on.params.get("app") == "postgresql" and not item.path.stem.startswith(BOTH)
    return elsewhere and zlib.crc32(name.encode()) % ONE_IN != 0


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
    """What was imported stays: the collector need not look through it again and again, and need not come often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
