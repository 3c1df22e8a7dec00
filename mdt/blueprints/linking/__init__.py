"""Cases that go to somebody else, that belong together, or that are one."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mdt.models import Offer, is_id
from mdt.operations import reading
from mdt.operations.acts import Refused
from mdt.operations.htcds import taking
from mdt.operations.linking import links, merging, moving
from mdt.sharing.vocabulary import Role
from mdt.web.guards import guard, lead_of_case, member_of_case, of_role
from mdt.web.linking import MoveForm
from mdt.web.where import within

bp = Blueprint("linking", __name__, url_prefix="/linking")
CASE = "/cases/<uuid:case_id>"


@bp.get(f"{CASE}/htcds.<any(json, csv):layout>")
@guard(member_of_case)
def htcds(case_id: UUID, layout: str) -> ResponseReturnValue:
    """What this member may take with them, in the field names of the Human Trafficking Case Data Standard."""
    taken = taking.take(g.case)
    answer = jsonify(taken.plain) if layout == "json" else Response(taken.csv, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="htcds.{layout}"'
    return answer


@bp.get(CASE)
@guard(member_of_case)
def show(case_id: UUID) -> ResponseReturnValue:
    """The links of this case that this member may know of; for the lead, what can be made of it."""
    found = links.of_case(g.case)
    within(reading.name_of(g.case))
    return render_template(
        "linking/show.html", links=found, choices=links.choices(g.case), case_id=case_id, leads=g.case.leads,
        kinds=list(g.case.profile.caseworking.kinds.items()), alike=merging.candidates(g.case),
        merges=merging.standing(g.case),
    )  # fmt: skip


@bp.post(f"{CASE}/links")
@guard(lead_of_case)
def link(case_id: UUID) -> ResponseReturnValue:
    """Link this case with another."""
    other = request.form.get("other", "")
    if not other:
        raise Refused("Choose which case.", reason="choice", code=422)
    made = links.make(g.case, other_id=other if is_id(other) else "", kind=request.form.get("kind", ""))
    waits = "Offered. Only who leads one of the two sees it, until they say yes."
    flash(waits if made is Offer.OFFERED else "Linked. Whoever sits at both tables can see it.")
    return redirect(url_for(".show", case_id=case_id), 303)


@bp.post(f"{CASE}/links/<uuid:link_id>/<any(yes, no, end):said>")
@guard(member_of_case)
def answer_link(case_id: UUID, link_id: UUID, said: str) -> ResponseReturnValue:
    """Say yes or no to a link that is offered, or take one away."""
    if said == "end":
        links.end(g.case, str(link_id))
    else:
        links.answer(g.case, str(link_id), yes=said == "yes")
    flash({"yes": "Linked.", "no": "Not linked.", "end": "The link is gone."}[said])
    return redirect(url_for(".show", case_id=case_id), 303)


@bp.route(f"{CASE}/merge/<uuid:other_id>", methods=["GET", "POST"])
@guard(lead_of_case)
def merge(case_id: UUID, other_id: UUID) -> ResponseReturnValue:
    """Take another case of the same young person into this one: who would gain, then at once."""
    problem = None
    if request.method == "POST":
        said = {name.removeprefix("who-"): value for name, value in request.form.items() if name.startswith("who-")}
        try:
            merging.merge(g.case, str(other_id), said)
        except Refused as no:
            if no.code == 404:
                raise
            problem = str(no)
        else:
            flash("The two cases are one.")
            return redirect(url_for(".show", case_id=case_id), 303)
    shown = merging.preview(g.case, str(other_id))
    within(reading.name_of(g.case))
    page = render_template(
        "linking/merge.html", shown=shown, problem=problem, case_id=case_id, said=request.form,
        days=g.case.profile.caseworking.undo_days,
    )  # fmt: skip
    return page, 409 if problem else 200


@bp.post(f"{CASE}/merges/<uuid:merge_id>/undo")
@guard(lead_of_case)
def undo(case_id: UUID, merge_id: UUID) -> ResponseReturnValue:
    """Part them again."""
    merging.undo(g.case, str(merge_id))
    flash("They are two cases again, as they were.")
    return redirect(url_for(".show", case_id=case_id), 303)


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
        "linking/move.html", form=form, problem=problem, moves=moving.standing(g.case), case_id=case_id,
        turning=[one for other in moving.agencies(g.case) if (one := moving.turning(g.case, other.id))],
    )  # fmt: skip
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
