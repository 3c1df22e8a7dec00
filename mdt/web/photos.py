"""A photo as it leaves: a picture without a name, that nobody on the way keeps (`web.headers`)."""

from __future__ import annotations

from flask import Response

from mdt.operations.photos import NAMES

FILE = "photo.jpg"
ONE_OF = f"<uuid:item_id>/<any({', '.join(NAMES)}):field>"
"""A photo of a record, in a route."""


def picture(jpeg: bytes) -> Response:
    """The answer that is this picture."""
    answer = Response(jpeg, mimetype="image/jpeg")
    answer.headers["Content-Disposition"] = f'inline; filename="{FILE}"'
    return answer


__all__ = ["ONE_OF", "picture"]
