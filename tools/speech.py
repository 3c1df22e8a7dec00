"""Saying what set-up does, in plain sentences, and running its commands quietly."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


class Stop(Exception):
    """Set-up cannot go on. The message says what is missing and what to do."""


def say(sentence: str) -> None:
    """Tell the person at the terminal one thing, at once."""
    print(sentence, flush=True)


def succeeds(command: Sequence[object], *, env: Mapping[str, str] | None = None) -> bool:
    """Whether a command can be run and ends well within a minute; its output is dropped."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            env=os.environ | (env or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def quietly(
    command: Sequence[object],
    *,
    otherwise: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> str:
    """Run a command and return what it printed.

    Raises Stop with `otherwise` (what the person can do) and the last lines when it fails.
    """
    try:
        done = subprocess.run(
            [str(part) for part in command],
            env=os.environ | (env or {}),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise Stop(f"{command[0]} could not be started: {error}\n{otherwise}") from error
    if done.returncode != 0:
        raise Stop(f"{_tail(done.stdout)}\n\nThis command failed: {_shown(command)}\n{otherwise}")
    return done.stdout


def _tail(text: str, lines: int = 20) -> str:
    return "\n".join(text.strip().splitlines()[-lines:])


def _shown(command: Sequence[object]) -> str:
    return " ".join(str(part) for part in command)
