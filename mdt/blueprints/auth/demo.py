"""The demo's door: the people of the invented county, one click each. Registered in demo mode alone."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from mdt.blueprints.auth import come_in
from mdt.operations.demo import people
from mdt.web.guards import anyone, guard

bp = Blueprint("demo", __name__, url_prefix="/people")


@bp.get("")
@guard(anyone)
def door() -> ResponseReturnValue:
    """Meet the people of Cedar County."""
    return render_template("auth/people.html", people=people.cards(), also=people.also())


@bp.post("/<uuid:user_id>")
@guard(anyone)
def become(user_id: UUID) -> ResponseReturnValue:
    """Be this invented person."""
    return come_in(people.find(str(user_id)) or abort(404))
