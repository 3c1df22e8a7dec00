"""Stamps: how a second run knows that there is nothing to do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def mark(files: Iterable[Path], *words: str) -> str:
    """One hash over the contents of the files and the words; it moves when any of them does."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for word in words:
        digest.update(word.encode() + b"\0")
    return digest.hexdigest()


def fresh(stamp: Path, mark: str) -> bool:
    """Whether the stamp was written for exactly this mark."""
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == mark


def write(stamp: Path, mark: str) -> None:
    """Record that the work this mark stands for is done."""
    stamp.write_text(mark, encoding="utf-8")
