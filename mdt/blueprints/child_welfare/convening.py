"""Soon."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from mdt.web.guards import guard, signed_in

bp = Blueprint("convening", __name__, url_prefix="/lead")


@bp.get("/cases/<uuid:case_id>/convene")
@guard(signed_in)
def convene(**_values: Any) -> ResponseReturnValue:
    return "soon"


@bp.get("/cases/<uuid:case_id>/team")
@guard(signed_in)
def team(**_values: Any) -> ResponseReturnValue:
    return "soon"
