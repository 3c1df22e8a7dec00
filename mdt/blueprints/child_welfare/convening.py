"""Convening a team, and the team itself: who is here, who was asked, who goes."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mdt.operations import convening, guests, reading
from mdt.operations.acts import Refused
from mdt.operations.convening import Invited
from mdt.sharing.vocabulary import ROLE_WORDS
from mdt.web.convening import InviteForm
from mdt.web.forms import text_of
from mdt.web.guards import guard, lead_of_case
from mdt.web.where import within

bp = Blueprint("convening", __name__, url_prefix="/lead/cases/<uuid:case_id>")
ACTS = {"end": convening.end, "recuse": convening.recuse}


@bp.route("/convene", methods=["GET", "POST"])
@guard(lead_of_case)
def convene(case_id: UUID) -> ResponseReturnValue:
    """Write an invitation: whom, why, what for; each line says what they would see."""
    form, problem = InviteForm.of(g.case, data={"who": request.args.getlist("who")}), None
    if request.method == "POST" and "look" not in request.form and form.validate():
        try:
            invited = convening.invite(g.case, form.who.data or (), why=text_of(form.why), purpose=form.asked_for)
        except Refused as no:
            problem = str(no)
        else:
            flash(_said(invited))
            return redirect(url_for(".team", case_id=case_id), 303)
    return _invitation(form, problem)


@bp.get("/team")
@guard(lead_of_case)
def team(case_id: UUID) -> ResponseReturnValue:
    """Every membership of this case: how it stands, and what they answered."""
    within(reading.name_of(g.case))
    return render_template("child_welfare/team.html", members=convening.roster(g.case))


@bp.route("/team/<uuid:member_id>/<any(end, recuse):act>", methods=["GET", "POST"])
@guard(lead_of_case)
def leave(case_id: UUID, member_id: UUID, act: str) -> ResponseReturnValue:
    """End a membership, or ask somebody to step out for a conflict: what happens, and then at once."""
    place, problem = convening.place(g.case, str(member_id)), None
    if request.method == "POST":
        try:
            name = ACTS[act](g.case, str(member_id))
        except Refused as no:
            problem = str(no)
        else:
            flash(f"{name} is not on the team any more.")
            return redirect(url_for("auth.home") if place.me else url_for(".team", case_id=case_id), 303)
    within(reading.name_of(g.case))
    page = render_template("child_welfare/leave.html", place=place, act=act, problem=problem)
    return page, 409 if problem else 200


def _invitation(form: InviteForm, problem: str | None) -> ResponseReturnValue:
    """The page, with everybody who could come and what each would see for the purpose chosen so far."""
    found, looked = guests.candidates(g.case, form.asked_for), "look" in request.form
    name = reading.name_of(g.case)
    within(name)
    groups = [(ROLE_WORDS[role], people) for role, people in found.items()]
    ticked = [one for _, people in groups for one in people if one.askable and one.id in (form.who.data or ())]
    page = render_template(
        "child_welfare/convene.html", form=form, groups=groups, called=name or "a young person", problem=problem,
        ticked=ticked, looked=looked,
    )  # fmt: skip
    return page, 409 if problem else 422 if form.errors and not looked else 200


def _said(invited: Invited) -> str:
    words = f"Asked: {', '.join(invited.asked)}."
    if invited.already:
        words += f" Somebody else had asked {', '.join(invited.already)} already."
    return words


__all__ = ["bp"]
