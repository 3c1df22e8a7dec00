"""Is it OK if this person joins? The lead asks, the young person says yes or no."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mdt.operations import reading
from mdt.operations.acts import Refused
from mdt.operations.needs import joining
from mdt.web.guards import guard, lead_of_case, member_of_case
from mdt.web.where import within

bp = Blueprint("joins", __name__, url_prefix="/needs")
CASE = "/cases/<uuid:case_id>/joins"


@bp.route(CASE, methods=["GET", "POST"])
@guard(lead_of_case)
def show(case_id: UUID) -> ResponseReturnValue:
    """What the young person was asked, and said."""
    wrong = ""
    if request.method == "POST":
        try:
            joining.ask(g.case, request.form.get("who", ""))
        except Refused as no:
            wrong = str(no)
        else:
            flash("They are asked on their own page.")
            return redirect(url_for("joins.show", case_id=case_id), 303)
    within(reading.name_of(g.case))
    page = render_template(
        "needs/joins.html", joins=joining.of_case(g.case), others=joining.others(g.case), wrong=wrong, case_id=case_id
    )
    return page, 422 if wrong else 200


@bp.post(f"{CASE}/<uuid:join_id>")
@guard(member_of_case)
def answer(case_id: UUID, join_id: UUID) -> ResponseReturnValue:
    """Yes, or no."""
    joining.answer(g.case, str(join_id), ok=request.form.get("ok") == "yes")
    flash("Kept. Only you and whoever leads can read it.")
    return redirect(url_for("youth.desk"), 303)
