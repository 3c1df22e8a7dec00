"""Cases that go to somebody else, that belong together, or that are one."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mdt.operations import reading
from mdt.operations.acts import Refused
from mdt.operations.linking import moving
from mdt.sharing.vocabulary import Role
from mdt.web.guards import guard, lead_of_case, of_role
from mdt.web.linking import MoveForm
from mdt.web.where import within

bp = Blueprint("linking", __name__, url_prefix="/linking")
CASE = "/cases/<uuid:case_id>"


@bp.route(f"{CASE}/move", methods=["GET", "POST"])
@guard(lead_of_case)
def move(case_id: UUID) -> ResponseReturnValue:
    """Offer the case to a colleague or to another agency; and how the offers stand."""
    form, problem = MoveForm.of(g.case), None
    if form.validate_on_submit():
        try:
            moving.offer(g.case, **form.offer)
        except Refused as no:
            problem = str(no)
        else:
            flash("Offered. Nothing changes until they say yes.")
            return redirect(url_for(".move", case_id=case_id), 303)
    within(reading.name_of(g.case))
    page = render_template(
        "linking/move.html", form=form, problem=problem, moves=moving.standing(g.case), case_id=case_id
    )
    return page, 409 if problem else 422 if form.errors else 200


@bp.post(f"{CASE}/move/<uuid:move_id>/withdraw")
@guard(lead_of_case)
def withdraw_move(case_id: UUID, move_id: UUID) -> ResponseReturnValue:
    """Take an offer of the case back."""
    moving.withdraw(g.case, str(move_id))
    flash("Taken back.")
    return redirect(url_for(".move", case_id=case_id), 303)


@bp.route("/moves/<uuid:move_id>", methods=["GET", "POST"])
@guard(of_role(Role.CW))
def answer_move(move_id: UUID) -> ResponseReturnValue:
    """Take a case over, or not."""
    asked = moving.find(g.me, str(move_id))
    promised = request.form.get("acknowledged") == "y"
    if request.method == "POST" and request.form.get("answer") == "no" and request.form.get("words", "").strip():
        moving.decline(g.me, str(move_id), answer=request.form.get("words", ""))
        flash("You said no. They have been told.")
        return redirect(url_for("auth.home"), 303)
    if request.method == "POST" and request.form.get("answer") == "yes" and promised:
        case_id = moving.accept(g.me, str(move_id), acknowledged=True)
        flash("It is yours now, with everything that is open in it.")
        return redirect(url_for("cases.show", case_id=case_id), 303)
    tried = request.form.get("answer", "") if request.method == "POST" else ""
    return render_template("linking/answer_move.html", asked=asked, tried=tried), 422 if tried else 200


__all__ = ["bp"]
