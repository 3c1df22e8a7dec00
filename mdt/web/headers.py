"""What goes with every answer, errors and assets included."""

from __future__ import annotations

from flask import Flask, Response, request

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
KEEP_A_YEAR = "public, max-age=31536000, immutable"


def install(app: Flask, *, https: bool) -> None:
    """Pages are never stored; assets asked for with their version are kept."""

    @app.after_request
    def _add(response: Response) -> Response:
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        asset = request.endpoint == "static" and response.status_code == 200 and "v" in request.args
        response.headers["Cache-Control"] = KEEP_A_YEAR if asset else "no-store"
        response.headers.pop("Vary", None) if asset else response.headers.setdefault("Vary", "Cookie")
        return response
