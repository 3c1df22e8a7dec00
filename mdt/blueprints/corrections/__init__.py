"""Corrections: a wrong label, a false release, and judging what was seen meanwhile."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mdt.operations import assessments, reading, releases, seen, team, views
from mdt.operations.access import seat_at
from mdt.operations.acts import Refused
from mdt.operations.correcting import corrections, falsity
from mdt.sharing.facts import Item
from mdt.web.corrections import AssessForm, CorrectForm, FalseForm
from mdt.web.drafts import Place
from mdt.web.forms import text_of
from mdt.web.guards import guard, in_the_room, member_of_case
from mdt.web.where import within

bp = Blueprint("corrections", __name__)


@bp.route("/cases/<uuid:case_id>/records/<uuid:item_id>/correct", methods=["GET", "POST"])
@guard(member_of_case)
def correct(case_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Label a record as it should be; or look first what that changes."""
    item = corrections.find(g.case, str(item_id))
    g.place = Place.of("correction", case_id, item_id)
    if request.method == "GET":
        return _asked(item, CorrectForm.of(g.case, item, data=CorrectForm.now(item)))
    form = CorrectForm.of(g.case, item)
    if "look" in request.form or not form.validate():
        return _asked(item, form, looking="look" in request.form)
    try:
        with g.place.sent():
            correction = corrections.correct(
                g.case, item.id, form.draft, why=text_of(form.why), anyway=bool(form.anyway.data)
            )
    except Refused as no:
        if no.code == 404:
            raise
        form.form_errors.append(str(no))
        return _asked(item, form, locks=no.reason == corrections.LOCKS_OUT)
    flash("Written down.")
    return redirect(url_for(".show", case_id=case_id, correction_id=correction), 303)


@bp.get("/cases/<uuid:case_id>/corrections/<uuid:correction_id>")
@guard(member_of_case)
def show(case_id: UUID, correction_id: UUID) -> ResponseReturnValue:
    """What was corrected, and who had read it meanwhile."""
    shown = corrections.read(g.case, str(correction_id))
    within(reading.name_of(g.case))
    return render_template("corrections/show.html", shown=shown)


@bp.post("/cases/<uuid:case_id>/corrections/<uuid:correction_id>/confirm")
@guard(member_of_case)
def confirm(case_id: UUID, correction_id: UUID) -> ResponseReturnValue:
    """A second person says that it is right."""
    corrections.confirm(g.case, str(correction_id))
    flash("Confirmed. It holds from now on.")
    return redirect(url_for(".show", case_id=case_id, correction_id=correction_id), 303)


@bp.post("/cases/<uuid:case_id>/corrections/<uuid:correction_id>/refuse")
@guard(member_of_case)
def refuse(case_id: UUID, correction_id: UUID) -> ResponseReturnValue:
    """It stays as it was."""
    corrections.refuse(g.case, str(correction_id))
    flash("It stays as it was.")
    return redirect(url_for(".show", case_id=case_id, correction_id=correction_id), 303)


@bp.route("/cases/<uuid:case_id>/releases/<uuid:release_id>/false", methods=["GET", "POST"])
@guard(member_of_case)
def false_release(case_id: UUID, release_id: UUID) -> ResponseReturnValue:
    """A release is false: close what it opened, and see what that was."""
    place, form = Place.of("false", case_id, release_id), FalseForm()
    if form.validate_on_submit():
        with place.sent():
            falsity.find_false(g.case, str(release_id), why=text_of(form.why))
        flash("Closed, from this minute on.")
        return redirect(url_for(".false_release", case_id=case_id, release_id=release_id), 303)
    opened = falsity.read(g.case, str(release_id))
    name = reading.name_of(g.case)
    within(name)
    sheet = releases.read(g.case, str(release_id), name or "The young person")
    page = render_template(
        "corrections/false.html", opened=opened, sheet=sheet, form=form, called=name or "The young person",
        place=place,
    )  # fmt: skip
    return page, 422 if form.errors else 200


@bp.route("/assessments/<uuid:assessment_id>", methods=["GET", "POST"])
@guard(in_the_room)
def assessment(assessment_id: UUID) -> ResponseReturnValue:
    """Judge what was seen: does it have to be reported?"""
    case_id = assessments.case_of(g.me, str(assessment_id))
    place, form = Place.of("assessment", case_id, assessment_id), AssessForm()
    if form.validate_on_submit():
        with place.sent():
            assessments.settle(g.me, str(assessment_id), outcome=form.outcome.data, finding=text_of(form.finding))
        flash("Written down.")
        return redirect(url_for(".assessment", assessment_id=assessment_id), 303)
    seat, shown = assessments.read(g.me, str(assessment_id))
    if seat_at(seat.case, g.me):
        g.case = seat
        within(reading.name_of(seat))
    page = render_template("corrections/assessment.html", shown=shown, form=form, place=place)
    return page, 422 if form.errors else 200


def _asked(item: Item, form: CorrectForm, *, looking: bool = False, locks: bool = False) -> ResponseReturnValue:
    """The form, with the record beside it; and, where asked, who would read less and who more."""
    decided = [(one, decision) for one, decision in views.look(g.case).items if one.id == item.id]
    ticket = views.disclose(g.case, "record.read", decided)
    shown = views.open_all(g.case, decided)
    ticket.hold_answer()
    within(reading.name_of(g.case))
    comes = _effect(item, form) if looking else None
    page = render_template(
        "corrections/correct.html", form=form, entry=shown[0], comes=comes, looking=looking, locks=locks,
        place=g.place,
    )  # fmt: skip
    return page, 422 if (form.errors or form.form_errors) and not looking else 200


def _effect(item: Item, form: CorrectForm) -> dict[str, object] | None:
    """Who would read less and who more, by the names this reader may know."""
    form.validate()
    if any(name != "why" for name in form.errors):
        return None
    comes = corrections.effect_of(g.case, item, form.draft)
    known = {one.id: one for one in team.colleagues(g.case, views.look(g.case).sources)}
    named = {one: seen.named(g.case, one, known) for one in (*comes.less, *comes.more)}
    nameable = {one for one, (who, _agency) in named.items() if who != seen.SOMEBODY}
    return {
        "less": sorted({named[one] for one in comes.less if one in nameable}),
        "more": sorted({named[one] for one in comes.more if one in nameable}),
        "waits": comes.widens,
        "held": comes.mixed,
    }


__all__ = ["bp"]
