"""What the HTTP doors share: guards, sign-ins, forms, words, headers, errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from mdt.web import errors, guards, headers, origins, pages, sign_ins

if TYPE_CHECKING:
    from flask import Flask

    from mdt.settings import Settings

LARGEST_REQUEST = 1024 * 1024
"""Bytes; the import of a caseload states its own."""


def install(app: Flask, settings: Settings) -> None:
    """Everything that stands before and after every route, in the order in which it is asked."""
    app.config.update(
        SECRET_KEY=settings.form_secret, MAX_CONTENT_LENGTH=LARGEST_REQUEST, TRUSTED_HOSTS=settings.hosts,
        WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=False,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    sign_ins.install(app)
    origins.install(app)
    CSRFProtect(app)
    guards.install(app)
    pages.install(app)
    headers.install(app, https=settings.production)
    errors.install(app)


def check(app: Flask) -> None:
    """Refuse to start if a route is open by mistake."""
    guards.guard(guards.anyone)(app.view_functions["static"])
    guards.check(app)
