"""Dates arranged with the young person: who goes along, what others need asked, what would help, what came of it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mdt.models import new_id
from mdt.operations import guarding, reading
from mdt.operations.acts import Refused
from mdt.operations.needs import asking, dates, saying, wanting
from mdt.web.dates import DateForm, DoneForm, QuestionForm, WhenForm, WishForm
from mdt.web.drafts import Place
from mdt.web.guarded import Tried
from mdt.web.guards import guard, member_of_case
from mdt.web.pages import zone
from mdt.web.where import within

bp = Blueprint("dates", __name__, url_prefix="/needs")
CASE = "/cases/<uuid:case_id>/dates"
DATE = f"{CASE}/<uuid:date_id>"


def back_to(case_id: UUID, date_id: UUID | str) -> ResponseReturnValue:
    return redirect(url_for("dates.show", case_id=case_id, date_id=date_id), 303)


@bp.get(CASE)
@guard(member_of_case)
def list_dates(case_id: UUID) -> ResponseReturnValue:
    """What is arranged, as far as this member may know of it."""
    within(reading.name_of(g.case))
    return render_template(
        "needs/dates.html", dates=dates.every(g.case), kinds=dates.kinds(g.case), case_id=case_id, key=new_id(),
        wanted=wanting.holders(g.case), young=saying.is_young(g.case),
    )  # fmt: skip


@bp.post(f"{CASE}/want")
@guard(member_of_case)
def want(case_id: UUID) -> ResponseReturnValue:
    """Ask somebody who can to arrange an interview."""
    wanting.want(g.case, request.form.get("to", ""), key=request.form.get("key", ""))
    flash("They have it among what is offered to them.")
    return redirect(url_for("dates.list_dates", case_id=case_id), 303)


@bp.route(f"{CASE}/new", methods=["GET", "POST"])
@guard(member_of_case)
def new(case_id: UUID) -> ResponseReturnValue:
    """Arrange a date."""
    kind = dates.kind(g.case, request.values.get("kind", ""))
    form = DateForm.of(g.case, kind)
    tried, date_id = Tried(form), ""
    if form.validate_on_submit():
        with tried.keeping():
            date_id = dates.arrange(g.case, kind.name, form.plan(zone()), form.sent)
        if tried.kept:
            flash("Arranged. Whoever goes along has it in their calendar.")
            return back_to(case_id, date_id)
    tried.again()
    page = render_template(
        "needs/date_new.html", form=form, kind=kind, case_id=case_id, repeats=tried.repeats,
        readers=dates.readers(g.case, kind),
    )  # fmt: skip
    return page, tried.code


@bp.get(DATE)
@guard(member_of_case)
def show(case_id: UUID, date_id: UUID) -> ResponseReturnValue:
    return _page(case_id, date_id)


def _page(
    case_id: UUID, date_id: UUID, *, asked: QuestionForm | None = None, over: DoneForm | None = None,
    repeats: tuple[guarding.Repeat, ...] = (),
) -> ResponseReturnValue:  # fmt: skip
    """One date, with the form that was refused, if one was."""
    date = dates.find(g.case, str(date_id))
    said = asking.read(g.case, date)
    within(reading.name_of(g.case))
    ask_place = Place.of(asking.ASKS, case_id, date_id)
    ask = asked or QuestionForm()
    done_place = Place.of(asking.OVER, case_id, date_id)
    done = over or DoneForm.of(date)
    wish_place = Place.of(asking.WISHES, case_id, date_id)
    wish = WishForm()
    wish.text.data = wish.text.data or said.wish or ""
    for form in (ask, done):
        form.key.data = form.key.data or new_id()
    page = render_template(
        "needs/date.html", date=date, said=said, ask=ask, done=done, wish=wish, case_id=case_id, repeats=repeats,
        refused=asked or over, young=saying.is_young(g.case), ask_place=ask_place, done_place=done_place,
        wish_place=wish_place,
    )  # fmt: skip
    return page, 422 if asked or over else 200


@bp.post(f"{DATE}/ask")
@guard(member_of_case)
def ask(case_id: UUID, date_id: UUID) -> ResponseReturnValue:
    """Leave a question for whoever holds the interview."""
    form = QuestionForm()
    if not form.validate_on_submit():
        return _page(case_id, date_id, asked=form)
    try:
        with Place.of(asking.ASKS, case_id, date_id).sent():
            asking.ask(g.case, str(date_id), form.text.data or "", form.sent)
    except guarding.Repeats as no:
        return _page(case_id, date_id, asked=form, repeats=no.found)
    flash("Left for them.")
    return back_to(case_id, date_id)


@bp.post(f"{DATE}/wish")
@guard(member_of_case)
def wish(case_id: UUID, date_id: UUID) -> ResponseReturnValue:
    """The young person says what would help that day."""
    if not saying.is_young(g.case):
        abort(404)
    with Place.of(asking.WISHES, case_id, date_id).sent():
        asking.wish(g.case, str(date_id), WishForm().text.data or "")
    flash("Kept.")
    return back_to(case_id, date_id)


@bp.route(f"{DATE}/move", methods=["GET", "POST"])
@guard(member_of_case)
def move(case_id: UUID, date_id: UUID) -> ResponseReturnValue:
    """Another time."""
    dates.held(g.case, str(date_id))
    form = WhenForm()
    if form.validate_on_submit():
        try:
            dates.move(g.case, str(date_id), form.starts_at(zone()))
        except Refused as no:
            if no.code != 422:
                raise
            form.form_errors = [*form.form_errors, str(no)]
        else:
            flash("It has another time now. Everybody’s calendar follows.")
            return back_to(case_id, date_id)
    within(reading.name_of(g.case))
    form.key.data = form.key.data or new_id()
    page = render_template("needs/date_move.html", form=form, case_id=case_id, date_id=date_id)
    return page, 422 if form.errors or form.form_errors else 200


@bp.post(f"{DATE}/off")
@guard(member_of_case)
def off(case_id: UUID, date_id: UUID) -> ResponseReturnValue:
    dates.call_off(g.case, str(date_id))
    flash("It is off. Everybody’s calendar follows.")
    return back_to(case_id, date_id)


@bp.post(f"{DATE}/done")
@guard(member_of_case)
def done(case_id: UUID, date_id: UUID) -> ResponseReturnValue:
    """It is done: what came of it, in short, and where the recording is."""
    dates.held(g.case, str(date_id))
    form = DoneForm.of(dates.find(g.case, str(date_id)))
    if not form.validate_on_submit():
        return _page(case_id, date_id, over=form)
    try:
        with Place.of(asking.OVER, case_id, date_id).sent():
            asking.finish(g.case, str(date_id), form.outcome, form.sent)
    except guarding.Repeats as no:
        return _page(case_id, date_id, over=form, repeats=no.found)
    flash("Done.")
    return back_to(case_id, date_id)


@bp.get(f"{DATE}/date.ics")
@guard(member_of_case)
def calendar(case_id: UUID, date_id: UUID) -> ResponseReturnValue:
    """A file for one's own calendar."""
    made = make_response(dates.calendar(g.case, str(date_id)))
    made.headers["Content-Type"] = "text/calendar; charset=utf-8"
    made.headers["Content-Disposition"] = 'attachment; filename="date.ics"'
    return made
