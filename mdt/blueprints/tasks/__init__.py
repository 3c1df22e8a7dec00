"""Tasks and handoffs: one card, two answers of the same weight."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from mdt.operations import access, handoffs, reading, tasks, team
from mdt.operations.access import Seat
from mdt.web.guards import guard, in_the_room
from mdt.web.where import within

bp = Blueprint("tasks", __name__, url_prefix="/tasks")


def _seat(task_id: UUID) -> Seat:
    """The case of a task, if this person is on it; or as if there were no such task."""
    case_id = tasks.case_of(str(task_id)) or abort(404)
    chosen = session.get("purposes", {}).get(case_id)
    g.case = access.admit_quietly(case_id, g.me, purpose=chosen) or abort(404)
    seat: Seat = g.case
    return seat


@bp.get("/<uuid:task_id>")
@guard(in_the_room)
def show(task_id: UUID) -> ResponseReturnValue:
    """One task: what, for whom, why me, by when."""
    seat = _seat(task_id)
    task = tasks.find(g.me, str(task_id), {seat.id: seat})
    within(reading.name_of(seat))
    others = [one for one in team.colleagues(seat, ()) if not one.me] if task.mine else []
    return render_template(
        "tasks/show.html", task=task, others=others, topic=reading.topic(seat.id), tag=reading.tag(seat)
    )


@bp.post("/<uuid:task_id>/accept")
@guard(in_the_room)
def accept(task_id: UUID) -> ResponseReturnValue:
    """I'll take it."""
    handoffs.accept(g.me, str(task_id))
    flash("It is yours.")
    return _back(task_id)


@bp.route("/<uuid:task_id>/decline", methods=["GET", "POST"])
@guard(in_the_room)
def decline(task_id: UUID) -> ResponseReturnValue:
    """I can't: why, in a word."""
    seat = _seat(task_id)
    if request.method == "POST":
        handoffs.decline(g.me, str(task_id), reason=request.form.get("reason", ""))
        flash("They have been told. It stays with them.")
        return redirect(url_for("auth.home"), 303)
    task = tasks.find(g.me, str(task_id), {seat.id: seat})
    within(reading.name_of(seat))
    return render_template("tasks/decline.html", task=task)


@bp.post("/<uuid:task_id>/offer")
@guard(in_the_room)
def offer(task_id: UUID) -> ResponseReturnValue:
    """Offer what I hold to somebody else."""
    handoffs.offer(_seat(task_id), str(task_id), to=request.form.get("to", ""))
    flash("Offered. It stays yours until they take it.")
    return _back(task_id)


@bp.post("/<uuid:task_id>/withdraw")
@guard(in_the_room)
def withdraw(task_id: UUID) -> ResponseReturnValue:
    """Take an offer back."""
    handoffs.withdraw(_seat(task_id), str(task_id))
    flash("Taken back. It is yours alone again.")
    return _back(task_id)


@bp.post("/<uuid:task_id>/done")
@guard(in_the_room)
def done(task_id: UUID) -> ResponseReturnValue:
    """It is done; or it was not possible, and why."""
    possible = request.form.get("possible", "y") == "y"
    handoffs.finish(g.me, str(task_id), possible=possible, reason=request.form.get("reason", ""))
    flash("Done." if possible else "Written down as not possible.")
    return redirect(url_for("auth.home"), 303)


def _back(task_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".show", task_id=task_id), 303)
