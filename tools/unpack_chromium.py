"""Unpack the Chromium that the npm package @sparticuz/chromium carries.

Run by the Python of .venv, which has brotli: unpack_chromium.py <package's bin folder> <target>
"""

from __future__ import annotations

import io
import shutil
import sys
import tarfile
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]

FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{target}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{target}/fonts-cache</cachedir>
</fontconfig>
"""

# Debian 12's Python 3.11.2 does not know the filter yet; the archives are pinned by hash anyway.
SAFELY: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}


def unpack(archives: Path, target: Path) -> None:
    """Lay the browser, its libraries and its fonts into the target, which is made anew."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in ("al2023", "fonts", "swiftshader"):
        packed = io.BytesIO(_opened(archives / f"{name}.tar.br"))
        with tarfile.open(fileobj=packed) as archive:
            archive.extractall(target, **SAFELY)
    (target / "fonts.conf").write_text(FONTS.format(target=target), encoding="utf-8")
    browser = target / "chromium"
    browser.write_bytes(_opened(archives / "chromium.br"))
    browser.chmod(0o755)


def _opened(packed: Path) -> bytes:
    opened: bytes = brotli.decompress(packed.read_bytes())
    return opened


if __name__ == "__main__":
    unpack(Path(sys.argv[1]), Path(sys.argv[2]))
