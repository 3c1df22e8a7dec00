"""Referring with consent: asked, sent, answered, attended, and what came of it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from mdt.models import new_id, now
from mdt.operations import guarding, reading
from mdt.operations.access import Seat
from mdt.operations.acts import not_there
from mdt.operations.services import directory, referring
from mdt.operations.services.courses import WAYS
from mdt.operations.services.referring import ReferralView
from mdt.web.drafts import Place
from mdt.web.guards import guard, in_the_room, member_of_case
from mdt.web.pages import zone
from mdt.web.proof import proved_lately
from mdt.web.services import OutcomeForm, OutsideForm, ReferForm, StepForm, ToForm, WhenForm, WhyForm
from mdt.web.where import within

bp = Blueprint("referrals", __name__, url_prefix="/services")
FORMS: dict[str, type[StepForm]] = {"schedule": WhenForm, "refuse": WhyForm}
OVER = ("refuse", "attended")
"""After these a referral is not that agency's any more."""
STEP = f"/referrals/<uuid:referral_id>/<any({', '.join(WAYS)}):step>"


@bp.get("/cases/<uuid:case_id>/referrals")
@guard(member_of_case)
def of_case(case_id: UUID) -> ResponseReturnValue:
    """The referrals of a case, as this member may see them."""
    within(reading.name_of(g.case))
    found = referring.of_case(g.case)
    return render_template("services/referrals.html", found=found, seat=g.case, refers=referring.may_make(g.case))


@bp.route("/cases/<uuid:case_id>/refer/<uuid:service_id>", methods=["GET", "POST"])
@guard(member_of_case)
def refer(case_id: UUID, service_id: UUID) -> ResponseReturnValue:
    """Write down that the young person was asked, and what they said."""
    if not referring.may_make(g.case):
        raise not_there()
    service, here = directory.find(str(service_id)), g.case.zone
    place = Place.of("refer", case_id, service_id)
    form = ReferForm.of(g.case.profile.provision, referring.askers(g.case))
    repeats: tuple[guarding.Repeat, ...] = ()
    if form.validate_on_submit():
        try:
            with place.sent():
                made = referring.make(
                    g.case, form.asked(service.id, here), key=form.key.data, heeded=form.heeded.data or (),
                    proved=proved_lately(),
                )  # fmt: skip
        except guarding.Repeats as no:
            repeats = no.found
        else:
            flash("Written down. You can send it now." if form.answer.data == "yes" else "Their no is written down.")
            return redirect(url_for(".show", referral_id=made), 303)
    if request.method == "GET" and form.asked_on.data is None:
        form.asked_on.data = now().astimezone(here).date()
    form.key.data = form.key.data or new_id()
    within(reading.name_of(g.case))
    page = render_template("services/refer.html", form=form, service=service, seat=g.case, place=place, repeats=repeats)
    return page, 422 if form.errors or repeats else 200


@bp.get("/referrals/<uuid:referral_id>")
@guard(in_the_room)
def show(referral_id: UUID) -> ResponseReturnValue:
    """One referral, and what this person can do with it."""
    _, view = _find(referral_id)
    return render_template("services/referral.html", one=view, new_key=new_id)


@bp.route("/referrals/<uuid:referral_id>/send", methods=["GET", "POST"])
@guard(in_the_room)
def send(referral_id: UUID) -> ResponseReturnValue:
    """Send it: to somebody of the team, to an agency outside it in words that may be told, or by ringing them."""
    seat, view = _member(referral_id)
    if not view.sends:
        raise not_there()
    terms, to = referring.service_of(seat, view.id)
    place = Place.of("sent", seat.id, referral_id)
    people, outside = ToForm(), OutsideForm()
    people.to.choices = [(one.id, f"{one.name}, {one.role_words}") for one in to.people]
    repeats: tuple[guarding.Repeat, ...] = ()
    if to.people and people.validate_on_submit():
        referring.send(seat, view.id, to=people.to.data, key=people.key.data)
        return _sent(referral_id)
    if to.outside and outside.validate_on_submit():
        try:
            with place.sent():
                referring.send_outside(
                    seat, view.id, words=outside.words.data or "", key=outside.key.data,
                    heeded=outside.heeded.data or (), proved=proved_lately(),
                )  # fmt: skip
        except guarding.Repeats as no:
            repeats = no.found
        else:
            return _sent(referral_id)
    if to.by_phone and request.method == "POST":
        referring.ring_up(seat, view.id)
        return _sent(referral_id)
    form = people if to.people else outside
    form.key.data = form.key.data or new_id()
    page = render_template(
        "services/send.html", one=view, terms=terms, to=to, form=form, place=place, repeats=repeats, seat=seat
    )
    return page, 422 if (form.errors and request.method == "POST") or repeats else 200


def _sent(referral_id: UUID) -> ResponseReturnValue:
    flash("Sent. You see here what they say.")
    return redirect(url_for(".show", referral_id=referral_id), 303)


@bp.route(STEP, methods=["GET", "POST"])
@guard(in_the_room)
def take(referral_id: UUID, step: str) -> ResponseReturnValue:
    """What the service says, or what came of it."""
    seat, view = _find(referral_id)
    way, form = WAYS[step], FORMS.get(step, StepForm)()
    if way not in view.ways:
        raise not_there()
    if isinstance(form, WhyForm):
        form.reason.choices = referring.refusals(view.id)
    if form.validate_on_submit():
        said = form.about(seat.zone if seat else zone())
        referring.take_step(g.me, view.id, step, key=form.key.data, purposes=session.get("purposes"), **said)
        flash("Kept.")
        stays = seat is not None or step not in OVER
        return redirect(url_for(".show", referral_id=referral_id) if stays else url_for("auth.home"), 303)
    form.key.data = form.key.data or new_id()
    page = render_template("services/step.html", one=view, way=way, form=form)
    return page, 422 if form.errors else 200


@bp.post("/referrals/<uuid:referral_id>/stop")
@guard(in_the_room)
def stop(referral_id: UUID) -> ResponseReturnValue:
    """The young person says no, now."""
    seat, view = _member(referral_id)
    referring.stop(seat, view.id)
    flash("It ends here. Whoever had it was told that it is over.")
    return redirect(url_for(".show", referral_id=referral_id), 303)


@bp.route("/referrals/<uuid:referral_id>/outcome", methods=["GET", "POST"])
@guard(in_the_room)
def tell(referral_id: UUID) -> ResponseReturnValue:
    """What came of it, in the young person's words, if they want."""
    seat, view = _member(referral_id)
    if not view.tells:
        raise not_there()
    place, form = Place.of("outcome", seat.id, referral_id), OutcomeForm()
    if form.validate_on_submit():
        with place.sent():
            referring.tell(seat, view.id, words=form.words.data or "", key=form.key.data)
        flash("Kept. It is over.")
        return redirect(url_for(".show", referral_id=referral_id), 303)
    form.key.data = form.key.data or new_id()
    page = render_template("services/outcome.html", one=view, form=form, place=place)
    return page, 422 if form.errors else 200


@bp.post("/referrals/<uuid:referral_id>/close")
@guard(in_the_room)
def close(referral_id: UUID) -> ResponseReturnValue:
    """Let a refused one be over."""
    seat, view = _member(referral_id)
    form = StepForm()
    if not form.validate():
        abort(422)
    referring.close(seat, view.id, key=form.key.data)
    flash("It is off your desk.")
    return redirect(url_for(".show", referral_id=referral_id), 303)


def _find(referral_id: UUID) -> tuple[Seat | None, ReferralView]:
    seat, view = referring.find(g.me, str(referral_id), session.get("purposes", {}))
    if seat is not None:
        g.case = seat
        within(reading.name_of(seat))
    return seat, view


def _member(referral_id: UUID) -> tuple[Seat, ReferralView]:
    seat, view = _find(referral_id)
    if seat is None:
        raise not_there()
    return seat, view
