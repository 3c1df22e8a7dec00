"""Renewing the locks: `make lock` after a change in pyproject.toml or package.json.

A lock names versions and hashes, never a host. Pins stay as they are unless ARGS=--upgrade.
"""

from __future__ import annotations

import os
import shlex

from tools import node, packages
from tools.ground import PYTHON, ROOT
from tools.speech import quietly, say

# Each lock is held to the versions of the one before it, so that they install together.
LOCKS = {
    "run": (),
    "test": ("--extra", "test", "--constraint", "requirements/run.lock"),
    "bench": ("--group", "bench", "--constraint", "requirements/test.lock"),
    "build": ("--group", "build", "--constraint", "requirements/test.lock"),
    "node": ("--group", "node"),
}


def renew() -> None:
    """Write requirements/*.lock and package-lock.json anew from what the project asks for."""
    for name, options in LOCKS.items():
        say(f"Resolving requirements/{name}.lock.")
        _compile(name, options)
    say("Resolving package-lock.json.")
    npm = [node.npm() or "npm", "install", "--package-lock-only", "--ignore-scripts"]
    quietly([*npm, *_wishes()], cwd=ROOT, otherwise=node.REGISTRY)


def _compile(name: str, options: tuple[str, ...]) -> None:
    source = () if "--group" in options else ("pyproject.toml",)
    uv = [PYTHON, "-m", "uv", "pip", "compile", "--universal", "--python-version", "3.11"]
    form = ("--generate-hashes", "--no-annotate", "--output-file", f"requirements/{name}.lock")
    environment = {"UV_CUSTOM_COMPILE_COMMAND": "make lock"}
    command = [*uv, *form, *options, *source, *_wishes()]
    quietly(command, env=environment, otherwise=packages.REGISTRY)


def _wishes() -> list[str]:
    return shlex.split(os.environ.get("ARGS", ""))
