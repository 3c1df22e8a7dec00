"""The young person."""

from __future__ import annotations

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from mdt.operations import desks, mine
from mdt.operations.needs import rights
from mdt.sharing.vocabulary import Role
from mdt.web.guards import guard, of_role

bp = Blueprint("youth", __name__, url_prefix="/mine")


@bp.get("")
@guard(of_role(Role.YT))
def desk() -> ResponseReturnValue:
    """Who is with me, what waits for my word, and what I let people share."""
    view = desks.desk(g.me)
    found = mine.read(g.me, {one.id: one.name for one in view.cases})
    return render_template(
        "youth/mine.html", desk=view, mine=found, topic=mine.TOPIC, tag=mine.tag(g.me), may_ask=rights.MAY_ASK
    )
