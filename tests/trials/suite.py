"""The ordinary suite, run again elsewhere: how much of it fails there."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from tests.bench.figures import PROJECT

TOLD = re.compile(r"(\d+) (passed|failed|error)")
CAME_TO = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


def failed(marked: str, **env: str) -> tuple[int, str]:
    """How many of the tests so marked fail, run side by side; and what the run says at its end."""
    way = [sys.executable, "-m", "pytest", "-q", "-m", marked, "-n", str(os.cpu_count() or 1), "--dist", "worksteal"]
    done = subprocess.run(way, cwd=PROJECT, env=os.environ | env, capture_output=True, text=True, check=False)
    last = done.stdout.strip().splitlines()[-1]
    told = {word: int(number) for number, word in TOLD.findall(last)}
    assert told.get("passed"), done.stdout[-2000:]
    return told.get("failed", 0) + told.get("error", 0), "; ".join([last.strip("= "), *CAME_TO.findall(done.stdout)])


__all__ = ["failed"]
