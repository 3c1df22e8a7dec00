"""Tasks and handoffs: one card, two answers of the same weight; what came back; what is referred."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from mdt.models import new_id
from mdt.operations import access, desks, guarding, handoffs, reading, tasks, team
from mdt.operations.access import Seat
from mdt.operations.acts import Refused
from mdt.operations.services import referring
from mdt.operations.tasks import TaskView
from mdt.web.drafts import Place
from mdt.web.guards import guard, in_the_room
from mdt.web.proof import proved_lately
from mdt.web.tasks import ReasonForm, ReferForm, StepForm, ToForm
from mdt.web.where import within

bp = Blueprint("tasks", __name__, url_prefix="/tasks")


def _seat(task_id: UUID) -> Seat:
    """The case of a task, if this person is on it; or as if there were no such task."""
    seat = _seat_or_none(task_id) or abort(404)
    g.case = seat
    return seat


def _seat_or_none(task_id: UUID) -> Seat | None:
    case_id = tasks.case_of(str(task_id)) or abort(404)
    chosen = session.get("purposes", {}).get(case_id)
    return access.admit_quietly(case_id, g.me, purpose=chosen)


def _task(task_id: UUID) -> tuple[Seat, TaskView]:
    seat = _seat(task_id)
    task = tasks.find(g.me, str(task_id), {seat.id: seat})
    within(reading.name_of(seat))
    return seat, task


@bp.get("/returned")
@guard(in_the_room)
def returned() -> ResponseReturnValue:
    """What came back to the lead, and what has nobody."""
    return render_template("tasks/returned.html", tasks=tasks.returned(g.me, desks.seats_of(g.me)), new_key=new_id)


@bp.get("/<uuid:task_id>")
@guard(in_the_room)
def show(task_id: UUID) -> ResponseReturnValue:
    """One task: what, for whom, why me, by when; and where it has been."""
    if _seat_or_none(task_id) is None:
        referred = handoffs.read_outside(g.me, str(task_id))
        course = referring.of_task(str(task_id))
        return render_template("tasks/referred.html", task=referred, new_key=new_id, referral=course)
    seat, task = _task(task_id)
    hands_on = task.in_hand and (task.mine or task.leads)
    others = [one for one in team.colleagues(seat, ()) if hands_on and one.id != handoffs.find(seat, task.id).owner_id]
    return render_template(
        "tasks/show.html", task=task, others=others, history=tasks.history(seat, task), new_key=new_id,
        topic=reading.topic(seat.id), tag=reading.tag(seat), referral=referring.of_task(task.id),
    )  # fmt: skip


@bp.post("/<uuid:task_id>/accept")
@guard(in_the_room)
def accept(task_id: UUID) -> ResponseReturnValue:
    """I'll take it."""
    handoffs.accept(g.me, str(task_id), key=_key())
    flash("It is yours.")
    return _back(task_id)


@bp.post("/<uuid:task_id>/take")
@guard(in_the_room)
def take(task_id: UUID) -> ResponseReturnValue:
    """Take what waits in my agency's queue."""
    handoffs.take(g.me, str(task_id), key=_key())
    flash("It is yours.")
    return _back(task_id)


@bp.route("/<uuid:task_id>/decline", methods=["GET", "POST"])
@guard(in_the_room)
def decline(task_id: UUID) -> ResponseReturnValue:
    """I can't: why, in a word."""
    return _with_reason(task_id, "declined", "They have been told. It stays with them.")


@bp.route("/<uuid:task_id>/give-back", methods=["GET", "POST"])
@guard(in_the_room)
def give_back(task_id: UUID) -> ResponseReturnValue:
    """I cannot go on with it: why, in a word."""
    return _with_reason(task_id, "returned", "It is with them again.")


@bp.route("/<uuid:task_id>/not-possible", methods=["GET", "POST"])
@guard(in_the_room)
def not_possible(task_id: UUID) -> ResponseReturnValue:
    """It was not possible: why, in a word."""
    return _with_reason(task_id, "not_possible", "Written down as not possible.")


@bp.post("/<uuid:task_id>/begin")
@guard(in_the_room)
def begin(task_id: UUID) -> ResponseReturnValue:
    """I have begun."""
    handoffs.begin(g.me, str(task_id), key=_key())
    return _back(task_id)


@bp.post("/<uuid:task_id>/offer")
@guard(in_the_room)
def offer(task_id: UUID) -> ResponseReturnValue:
    """Offer what I hold, or what somebody holds in a case I lead, to somebody else."""
    key = _key()  # before the task is looked for: a form without one is answered alike whether there is a task or not
    handoffs.offer(_seat(task_id), str(task_id), to=request.form.get("to", ""), key=key)
    flash("Offered. It stays where it is until they take it.")
    return _back(task_id)


@bp.post("/<uuid:task_id>/withdraw")
@guard(in_the_room)
def withdraw(task_id: UUID) -> ResponseReturnValue:
    """Take an offer back."""
    handoffs.withdraw(g.me, str(task_id), key=_key())
    flash("Taken back.")
    if handoffs.only_hears(g.me, str(task_id)):
        return redirect(url_for(".of_agency", task_id=task_id), 303)
    return _back(task_id)


@bp.post("/<uuid:task_id>/done")
@guard(in_the_room)
def done(task_id: UUID) -> ResponseReturnValue:
    """It is done."""
    handoffs.finish(g.me, str(task_id), possible=True, key=_key())
    flash("Done.")
    return redirect(url_for("auth.home"), 303)


@bp.route("/<uuid:task_id>/refer", methods=["GET", "POST"])
@guard(in_the_room)
def refer(task_id: UUID) -> ResponseReturnValue:
    """Offer it to an agency outside the team, in words that may be told."""
    seat, task = _task(task_id)
    if not handoffs.leads(seat, handoffs.find(seat, task.id)):
        abort(404)
    partners = handoffs.partners(seat, task.id)
    repeats: tuple[guarding.Repeat, ...] = ()
    place = Place.of("referral", seat.id, task.id)
    form = ReferForm.of(partners)
    if form.validate_on_submit():
        said = {"agency_id": form.agency.data, "words": form.words.data, "heeded": form.heeded.data or ()}
        try:
            with place.sent():
                handoffs.refer(seat, task.id, **said, key=form.key.data, proved=proved_lately())
        except guarding.Repeats as no:
            repeats = no.found
        else:
            flash("Offered to them. It stays where it is until they take it.")
            return _back(task_id)
    form.key.data = form.key.data or new_id()
    page = render_template("tasks/refer.html", task=task, form=form, partners=partners, repeats=repeats, place=place)
    return page, 422 if form.errors or repeats else 200


@bp.route("/<uuid:task_id>/agency", methods=["GET", "POST"])
@guard(in_the_room)
def of_agency(task_id: UUID) -> ResponseReturnValue:
    """What my agency holds and is overdue, what waits for it, or what it did not answer: from outside the case."""
    task, form = handoffs.of_agency(g.me, str(task_id)), ToForm()
    if request.method == "POST" and form.validate_on_submit():
        if request.form.get("ask"):
            handoffs.call_in(g.me, task.id, user_id=form.to.data)
            flash("Asked. They answer from their desk.")
        else:
            handoffs.hand_over(g.me, task.id, to=form.to.data, key=form.key.data)
            flash("Offered. It stays where it is until they take it.")
        return redirect(url_for(".of_agency", task_id=task_id), 303)
    return render_template("tasks/agency.html", task=task, key=new_id()), 422 if form.errors else 200


def _with_reason(task_id: UUID, event: str, told: str) -> ResponseReturnValue:
    place = Place.of(event, tasks.case_of(str(task_id)) or abort(404), task_id)
    form = ReasonForm.about(event)
    if request.method == "POST" and form.validate_on_submit():
        if form.said:
            with place.sent():
                _say(event, str(task_id), form)
            flash(told)
            return redirect(url_for("auth.home"), 303)
        form.reason.errors = ["Say in a word why, so that somebody else can be found."]
    seat = _seat_or_none(task_id)
    outside = handoffs.read_outside(g.me, str(task_id)) if seat is None else None
    words = outside.words if outside else _task(task_id)[1].words
    whom = outside.by if outside else _task(task_id)[1].offered_by
    form.key.data = form.key.data or new_id()
    page = render_template(
        "tasks/reason.html", event=event, form=form, words=words, whom=whom, task_id=task_id, place=place
    )
    return page, 422 if form.errors else 200


def _say(event: str, task_id: str, form: ReasonForm) -> None:
    if event == "declined":
        handoffs.decline(g.me, task_id, reason=form.said, key=form.key.data)
    elif event == "returned":
        handoffs.give_back(g.me, task_id, reason=form.said, key=form.key.data)
    else:
        handoffs.finish(g.me, task_id, possible=False, reason=form.said, key=form.key.data)


def _key() -> str:
    """The key of the form; without a whole one nothing happens."""
    form = StepForm()
    if not form.validate():
        raise Refused("Reload this page, then send it again.", reason="key", code=422)
    key: str = form.key.data
    return key


def _back(task_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".show", task_id=task_id), 303)
