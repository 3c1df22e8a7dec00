"""Training: what is offered, what the county requires, and the dates of oneself and of those one answers for."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mdt.operations.acts import Refused
from mdt.operations.linking import training
from mdt.web.guards import guard, signed_in

bp = Blueprint("training", __name__, url_prefix="/training")


@bp.get("")
@guard(signed_in)
def listed() -> ResponseReturnValue:
    """What is offered, and of whom one keeps the dates."""
    return render_template("linking/trainings.html", rules=training.rules(g.me.agency_id), people=training.people(g.me))


@bp.route("/<uuid:user_id>", methods=["GET", "POST"])
@guard(signed_in)
def show(user_id: UUID) -> ResponseReturnValue:
    """Somebody's trainings; whoever answers for them writes down the day."""
    problem = None
    if request.method == "POST":
        try:
            kind = request.form.get("kind", "")
            said = request.form.get(f"on-{kind}", "")
            on = date.fromisoformat(said) if said else None
            training.write_down(g.me, str(user_id), kind=kind, on=on)
        except ValueError:
            problem = "Write the day as year, month, day."
        except Refused as no:
            if no.code == 404:
                raise
            problem = str(no)
        else:
            flash("Written down.")
            return redirect(url_for(".show", user_id=user_id), 303)
    page = render_template("linking/training.html", trained=training.of(g.me, str(user_id)), problem=problem)
    return page, 422 if problem else 200


__all__ = ["bp"]
