"""A form is answered only when it came from our own pages, whatever its token says."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request

from mdt.settings import Settings
from mdt.web.guards import SAFE


def install(app: Flask) -> None:
    @app.before_request
    def _ask() -> None:
        if request.method not in SAFE and not came_from_here():
            abort(400)


def came_from_here() -> bool:
    """By `Sec-Fetch-Site` where the browser says it, by `Origin` otherwise; neither: not a browser."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or is_ours(origin, current_app.extensions["mdt.settings"])


def is_ours(origin: str, settings: Settings) -> bool:
    """In production one of the stated origins; else whatever is of this host."""
    if settings.production:
        return origin in settings.origins
    try:
        return urlsplit(origin).netloc == request.host
    except ValueError:
        return False
