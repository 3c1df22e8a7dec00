"""Debian and Ubuntu packages: installed as root, or unpacked beside the project without root."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tools.speech import Stop, quietly, say

QUIET = {"DEBIAN_FRONTEND": "noninteractive"}


def may_install() -> bool:
    """Whether set-up may add packages to this machine: root, apt there, and not forbidden."""
    return os.geteuid() == 0 and bool(shutil.which("apt-get")) and not os.environ.get("MDT_NO_APT")


def install(*packages: str) -> bool:
    """Install packages for the whole machine; say so first, and say so if it cannot be done."""
    say(f"Installing Debian packages: {', '.join(packages)} (MDT_NO_APT=1 forbids this).")
    try:
        _refresh_lists()
        wanted = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
        quietly(wanted, env=QUIET, otherwise="Trying another way.")
    except Stop as reason:
        say(str(reason))
        return False
    return True


def unpack(package: str, into: Path) -> None:
    """Fetch one package and unpack it into a folder; needs no root.

    Raises Stop when this machine has no apt, or its sources do not answer.
    """
    otherwise = f"Ask an administrator to install {package}."
    apt = ["apt-get", *_lists_of_our_own(into)]
    quietly([*apt, "update"], otherwise=otherwise)
    quietly([*apt, "download", package], cwd=into, otherwise=otherwise)
    for archive in into.glob("*.deb"):
        quietly(["dpkg-deb", "-x", archive, into], otherwise=otherwise)


def _lists_of_our_own(into: Path) -> list[str]:
    """Keep apt's lists in our folder: a fresh container has none, and the others are root's."""
    for folder in ("lists/partial", "archives/partial"):
        (into / folder).mkdir(parents=True, exist_ok=True)
    places = (f"Dir::State::lists={into}/lists", f"Dir::Cache={into}", "Debug::NoLocking=1")
    return [word for place in places for word in ("-o", place)]


def _refresh_lists() -> None:
    try:
        quietly(["apt-get", "update"], env=QUIET, otherwise="Going on with the lists at hand.")
    except Stop as reason:
        say(str(reason))
