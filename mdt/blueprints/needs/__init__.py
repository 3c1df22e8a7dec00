"""Needs and the plan: the young person's first, what each professional says beside it, and the steps."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mdt.operations import reading
from mdt.operations.acts import Refused
from mdt.operations.needs import board, ordering, saying, steps
from mdt.web.drafts import Place
from mdt.web.guarded import Tried
from mdt.web.guards import guard, member_of_case
from mdt.web.needs import OrderForm, SayForm, StepForm
from mdt.web.pages import on_paper
from mdt.web.where import within

bp = Blueprint("needs", __name__, url_prefix="/needs")
CASE = "/cases/<uuid:case_id>"


def back_to(case_id: UUID, need: str = "") -> ResponseReturnValue:
    return redirect(url_for("needs.show", case_id=case_id, _anchor=f"need-{need}" if need else None), 303)


@bp.get(CASE)
@guard(member_of_case)
def show(case_id: UUID) -> ResponseReturnValue:
    """What is needed, as this member may read it."""
    within(reading.name_of(g.case))
    found, steps_too = board.read(g.case), steps.may_step(g.case)
    return render_template("needs/show.html", board=found, case_id=case_id, steps_too=steps_too)


@bp.get(f"{CASE}/copy")
@guard(member_of_case)
def copy(case_id: UUID) -> ResponseReturnValue:
    """The same on paper."""
    within(reading.name_of(g.case))
    on_paper()
    return render_template("needs/copy.html", board=board.copy(g.case), case_id=case_id)


@bp.route(f"{CASE}/say", methods=["GET", "POST"])
@guard(member_of_case)
def say(case_id: UUID) -> ResponseReturnValue:
    """Say something of a need: one's own, or what one was told."""
    need = request.values.get("need", "")
    kind = saying.kind(g.case, need)
    place = Place.of(saying.PLACE, case_id, case_id, need, request.values.get("young", ""))
    form = SayForm.of(g.case, board.mine(g.case, need, young=_for_them()))
    tried = Tried(form)
    if form.validate_on_submit():
        with tried.keeping(place):
            saying.say(g.case, need, form.told, form.sent)
        if tried.kept:
            flash("Kept.")
            return back_to(case_id, need)
    tried.again()
    page = render_template(
        "needs/say.html", form=form, kind=kind, case_id=case_id, place=place, repeats=tried.repeats,
        readers=saying.readers(g.case, need), young=saying.is_young(g.case), source=g.case.profile.needs.source,
    )  # fmt: skip
    return page, tried.code


def _for_them() -> bool:
    return saying.is_young(g.case) or request.values.get("young") == "y"


@bp.route(f"{CASE}/order", methods=["GET", "POST"])
@guard(member_of_case)
def order(case_id: UUID) -> ResponseReturnValue:
    """Put first what matters most."""
    if not (saying.may_say(g.case) and (saying.is_young(g.case) or saying.reads_theirs(g.case))):
        abort(404)
    stands = ordering.shown(g.case)
    form = OrderForm.of(g.case.profile.needs.kinds.values(), stands.codes)
    if form.validate_on_submit():
        try:
            ordering.put(g.case, form.codes, seen=(form.seen.data or "").split())
        except Refused as no:
            if no.code == 404:
                raise
            form.form_errors = [*form.form_errors, str(no)]
            if no.reason == "meanwhile":
                form.seen.data = " ".join(ordering.shown(g.case).codes)
        else:
            flash("Kept in this order.")
            return back_to(case_id)
    within(reading.name_of(g.case))
    page = render_template(
        "needs/order.html", form=form, case_id=case_id, young=saying.is_young(g.case),
        theirs=stands.own and not saying.is_young(g.case),
    )  # fmt: skip
    return page, 422 if form.errors or form.form_errors else 200


@bp.route(f"{CASE}/step", methods=["GET", "POST"])
@guard(member_of_case)
def step(case_id: UUID) -> ResponseReturnValue:
    """Write down a step, and who does it."""
    need = request.values.get("need", "")
    kind = saying.kind(g.case, need)
    if not steps.may_step(g.case):
        abort(404)
    place = Place.of(steps.PLACE, case_id, case_id, need)
    form = StepForm.of(steps.holders(g.case, need))
    tried = Tried(form)
    if form.validate_on_submit():
        with tried.keeping(place, shows=()):
            steps.take(g.case, need, form.step(g.case), form.sent)
        if tried.kept:
            flash("It is written down, and it has an owner.")
            return back_to(case_id, need)
    tried.again()
    page = render_template(
        "needs/step.html", form=form, kind=kind, case_id=case_id, place=place, repeats=tried.repeats
    )  # fmt: skip
    return page, tried.code
