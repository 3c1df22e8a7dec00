"""Imports point down, never sideways: the contracts in pyproject.toml hold, and would break."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LINT = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
WRONG = {
    "operations/up.py": "import mdt.web",
    "sharing/outward.py": "import sqlalchemy",
    "blueprints/one/__init__.py": "import mdt.blueprints.other",
    "models/request.py": "import werkzeug",
}
"""One slip for each contract."""
FOLDERS = ("blueprints/one", "blueprints/other", "realtime", "web", "operations", "models", "sharing", "vault")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    order = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(folder)!r}); {LINT}"]
    return subprocess.run(order, cwd=folder, capture_output=True, text=True, timeout=60)


def contracts() -> set[str]:
    said = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return {contract["name"] for contract in said}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A package of the same shape and under the same contracts, without a slip."""
    for folder in FOLDERS:
        (tmp_path / "mdt" / folder).mkdir(parents=True)
    for folder in list((tmp_path / "mdt").rglob("*")):
        (folder / "__init__.py").write_text("")
    for module in ("__init__", "cli", "settings", "realtime/server", "operations/schema"):
        (tmp_path / "mdt" / f"{module}.py").write_text("")
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    return tmp_path


def test_imports_point_down() -> None:
    done = lint(PROJECT)
    assert done.returncode == 0, done.stdout
    assert f"Contracts: {len(contracts())} kept, 0 broken." in done.stdout


def test_each_contract_breaks_by_one_slip(small: Path) -> None:
    assert lint(small).returncode == 0
    for path, line in WRONG.items():
        (small / "mdt" / path).write_text(line)
    done = lint(small)
    assert done.returncode == 1
    assert {name for name in contracts() if f"{name} BROKEN" in done.stdout} == contracts()
