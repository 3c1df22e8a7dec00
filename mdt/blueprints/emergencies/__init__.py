"""Breaking the glass: declare an emergency, end it, know of it, review it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mdt.models import new_id
from mdt.operations import emergencies, guarding, letters, reading
from mdt.operations.access import Seat, seat_at
from mdt.operations.emergencies import Declared
from mdt.web.drafts import Place
from mdt.web.emergencies import DeclareForm, ReviewForm
from mdt.web.forms import text_of
from mdt.web.guards import guard, in_the_room, member_of_case
from mdt.web.proof import proved_lately, proved_within
from mdt.web.where import within

bp = Blueprint("emergencies", __name__)
WRITING = timedelta(minutes=20)
"""How long proving who one is lasts while the form is filled in."""


@bp.route("/cases/<uuid:case_id>/emergency", methods=["GET", "POST"])
@guard(member_of_case)
def declare(case_id: UUID) -> ResponseReturnValue:
    """Say what happens and what is needed; the hour begins. Who could open nothing by it finds nothing here."""
    kinds = emergencies.offered(g.case) or abort(404)
    if request.method == "GET" and not proved_lately():
        return redirect(url_for("auth.again", then=request.path))
    place = Place.of("emergency", case_id)
    form = DeclareForm.of(kinds)
    proved = request.method == "GET" or proved_within(WRITING)
    repeats: tuple[guarding.Repeat, ...] = ()
    emergency = None
    if form.validate_on_submit() and proved:
        try:
            with place.sent():
                emergency = emergencies.declare(
                    g.case, kind=form.kind.data, categories=form.chosen, words=form.words, key=form.key.data,
                    heeded=request.form.getlist("heeded"), proved=proved_lately(),
                )  # fmt: skip
        except guarding.Repeats as no:
            repeats = no.found
    if emergency:
        flash("It has begun. It stands on the desks of those who have to know" + _and_by_letter() + ".")
        return redirect(url_for(".show", case_id=case_id, emergency_id=emergency), 303)
    _within(g.case)
    form.key.data = form.key.data or new_id()
    page = render_template(
        "emergencies/declare.html",
        form=form,
        kinds=kinds,
        proved=proved,
        letters=letters.are_sent(),
        repeats=repeats,
        place=place,
    )
    return page, 422 if request.method == "POST" else 200


@bp.get("/cases/<uuid:case_id>/emergencies/<uuid:emergency_id>")
@guard(member_of_case)
def show(case_id: UUID, emergency_id: UUID) -> ResponseReturnValue:
    """One emergency: what was said, how long it runs, what was read in it, what its review came to."""
    return _page(g.case, emergencies.read(g.case, str(emergency_id)))


@bp.post("/cases/<uuid:case_id>/emergencies/<uuid:emergency_id>/end")
@guard(member_of_case)
def end(case_id: UUID, emergency_id: UUID) -> ResponseReturnValue:
    """It is over before its hour is."""
    emergencies.end(g.case, str(emergency_id))
    flash("It has ended. What it opened is closed.")
    return redirect(url_for(".show", case_id=case_id, emergency_id=emergency_id), 303)


@bp.post("/cases/<uuid:case_id>/emergencies/<uuid:emergency_id>/review")
@guard(member_of_case)
def review(case_id: UUID, emergency_id: UUID) -> ResponseReturnValue:
    """Justified or not, and why."""
    place, form = Place.of("review", case_id, emergency_id), ReviewForm()
    if not form.validate():
        shown = emergencies.read(g.case, str(emergency_id))
        return (_page(g.case, shown, form), 422) if shown.may_review else abort(404)
    justified = form.justified.data == "yes"
    with place.sent():
        emergencies.review(g.case, str(emergency_id), justified=justified, words=text_of(form.words))
    flash("Written down." if justified else "Written down. Each agency whose records it opened judges what was seen.")
    return redirect(url_for(".show", case_id=case_id, emergency_id=emergency_id), 303)


@bp.get("/notices/<uuid:notice_id>")
@guard(in_the_room)
def notice(notice_id: UUID) -> ResponseReturnValue:
    """What one's agency has to know of, read from outside the case where nobody of it is on the team."""
    seat, shown = emergencies.read_notice(g.me, str(notice_id))
    return _page(seat, shown)


@bp.post("/notices/<uuid:notice_id>")
@guard(in_the_room)
def note(notice_id: UUID) -> ResponseReturnValue:
    """We know."""
    emergencies.note(g.me, str(notice_id))
    flash("Written down that your agency knows.")
    return redirect(url_for("auth.home"), 303)


def _page(seat: Seat, shown: Declared, form: ReviewForm | None = None) -> str:
    inside = seat_at(seat.case, g.me) is not None
    if inside:
        g.case = seat
        _within(seat)
    place = Place.of("review", shown.case_id, shown.id)
    return render_template("emergencies/show.html", shown=shown, form=form or ReviewForm(), inside=inside, place=place)


def _and_by_letter() -> str:
    """No more is claimed than is done: without a mail server there is a line on the desk, and nothing else."""
    return ", and a letter asks them to look" if letters.are_sent() else ""


def _within(seat: Seat) -> None:
    within(reading.name_of(seat))
