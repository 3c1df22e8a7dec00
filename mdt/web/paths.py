"""Where to go on: only ever to a path of our own."""

from __future__ import annotations

from urllib.parse import urlsplit


def safe_path(given: str | None) -> str | None:
    """The path, if it is one of this site's; None for anything that could lead elsewhere."""
    if not given or not given.startswith("/") or given.startswith(("//", "/\\")) or any(ord(c) < 32 for c in given):
        return None
    parts = urlsplit(given)
    return None if parts.scheme or parts.netloc else given
