"""Soon."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from mdt.web.guards import guard, signed_in

bp = Blueprint("importing", __name__, url_prefix="/lead")


@bp.get("/caseload")
@guard(signed_in)
def begin(**_values: Any) -> ResponseReturnValue:
    return "soon"
