"""What the browser needs and we did not write: brought from npm into static/vendor.

The tree holds no third-party code. package-lock.json pins it, this module picks the files, and
static/vendor (ignored by git, inside the wheel) holds them with a notice of their licences.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from tools import node, stamps
from tools.ground import ROOT

VENDOR = ROOT / "static" / "vendor"
NOTICES = "THIRD_PARTY_NOTICES.txt"

PICKED = {
    "uswds": (
        "@uswds/uswds/dist",
        (
            "css/uswds.min.css",
            "fonts/public-sans/*.woff2",
            "img/sprite.svg",
            "img/usa-icons/*.svg",
        ),
    ),
    "socket.io": ("socket.io-client/dist", ("socket.io.min.js", "socket.io.esm.min.js")),
}


def fresh() -> bool:
    """Whether static/vendor was made from this very lock and this very list."""
    return stamps.fresh(VENDOR / ".stamp", _mark())


def bring() -> None:
    """Make static/vendor anew if it is not fresh.

    Raises Stop when npm is missing or its registry does not answer; the old folder then stays.
    """
    if fresh():
        return
    with node.installed("--omit=dev") as modules:
        shutil.rmtree(VENDOR, ignore_errors=True)
        for folder, (package, patterns) in PICKED.items():
            _copy(modules / package, VENDOR / folder, patterns)
        (VENDOR / NOTICES).write_text(_notices(modules), encoding="utf-8")
    stamps.write(VENDOR / ".stamp", _mark())


def named_by(sheet: Path) -> Iterator[str]:
    """The relative addresses that a style sheet loads, without query and fragment."""
    for address in re.findall(r"url\(([^)]*)\)", sheet.read_text(encoding="utf-8")):
        path = re.split(r"[?#]", address.strip("\"' "))[0]
        if path and not path.startswith(("data:", "http:", "https:")):
            yield path


def _mark() -> str:
    return stamps.mark((ROOT / "package-lock.json", Path(__file__)))


def _copy(source: Path, target: Path, patterns: tuple[str, ...]) -> None:
    picked = [path for pattern in patterns for path in sorted(source.glob(pattern))]
    for sheet in [path for path in picked if path.suffix == ".css"]:
        picked += [(sheet.parent / name).resolve() for name in named_by(sheet)]
    for path in picked:
        copy = target / path.relative_to(source.resolve())
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def _notices(modules: Path) -> str:
    """The terms of every package the lock names for the browser, in the lock's order."""
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    named = {place: about for place, about in lock["packages"].items() if place}
    shipped = {place: about for place, about in named.items() if not about.get("dev")}
    return "\n".join(_notice(modules.parent / place, about) for place, about in shipped.items())


def _notice(package: Path, about: dict[str, str]) -> str:
    files = sorted(path for path in package.iterdir() if path.name.lower().startswith("licen"))
    terms = "\n".join(path.read_text(encoding="utf-8") for path in files if path.is_file())
    title = f"{package.name} {about['version']} ({about.get('license', 'terms below')})"
    return f"{'=' * 78}\n{title}\n{'=' * 78}\n{terms}"
