"""The tests of the ordinary suite that it runs on SQLite alone, on PostgreSQL."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

from tests.bench.figures import PROJECT, Figure

TOLD = re.compile(r"(\d+) (passed|failed|error)")


def measure() -> Iterator[Figure]:
    way = [sys.executable, "-m", "pytest", "-q", "-m", "again and not alone", "-n", str(os.cpu_count() or 1)]
    done = subprocess.run(way, cwd=PROJECT, capture_output=True, text=True, check=False)
    last = done.stdout.strip().splitlines()[-1]
    told = {word: int(number) for number, word in TOLD.findall(last)}
    assert told.get("passed"), done.stdout[-2000:]
    wrong = told.get("failed", 0) + told.get("error", 0)
    yield Figure("D.suite_on_postgresql_failed", wrong, "tests", "<= 0", last.strip("= "))


__all__ = ["measure"]
