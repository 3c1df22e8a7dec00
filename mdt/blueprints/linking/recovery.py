"""A recovery team's work on a case: the plan, the tries to reach a young person, and what was learned."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from mdt.models import new_id
from mdt.operations import reading
from mdt.operations.linking import recovery
from mdt.web.drafts import Place
from mdt.web.guarded import Tried
from mdt.web.guards import guard, member_of_case
from mdt.web.linking import LessonForm, OutreachForm
from mdt.web.where import within

bp = Blueprint("recovery", __name__, url_prefix="/recovery/cases/<uuid:case_id>")


@bp.get("")
@guard(member_of_case)
def show(case_id: UUID) -> ResponseReturnValue:
    """The plan, the tries and what was learned, as this member may read it."""
    board = recovery.board(g.case)
    within(reading.name_of(g.case))
    return render_template("linking/recovery.html", board=board, case_id=case_id)


@bp.route("/outreach", methods=["GET", "POST"])
@guard(member_of_case)
def outreach(case_id: UUID) -> ResponseReturnValue:
    """Write down a try to reach them."""
    if not recovery.may_log(g.case):
        abort(404)
    place = Place.of(recovery.PLACE, case_id, case_id)
    form = OutreachForm.of(g.case)
    tried = Tried(form)
    if form.validate_on_submit():
        with tried.keeping(place):
            recovery.log(g.case, **form.told(g.case), heeded=form.sent.heeded, proved=form.sent.proved)
        if tried.kept:
            flash("Written down.")
            return redirect(url_for(".show", case_id=case_id), 303)
    tried.again()
    page = render_template("linking/outreach.html", form=form, case_id=case_id, place=place, repeats=tried.repeats)
    return page, tried.code


@bp.route("/learned", methods=["GET", "POST"])
@guard(member_of_case)
def learned(case_id: UUID) -> ResponseReturnValue:
    """Write down what one's agency learned."""
    if not recovery.may_learn(g.case):
        abort(404)
    place, form = Place.of(recovery.LEARNED, case_id, case_id), LessonForm()
    if form.validate_on_submit():
        with place.sent():
            recovery.learn(g.case, form.words.data or "")
        flash("Kept for your agency.")
        return redirect(url_for(".show", case_id=case_id), 303)
    within(reading.name_of(g.case))
    form.key.data = form.key.data or new_id()
    page = render_template("linking/learned.html", form=form, case_id=case_id, place=place)
    return page, 422 if form.errors else 200


__all__ = ["bp"]
