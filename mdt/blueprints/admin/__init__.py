"""Running the system: accounts and agencies. Administrators read no case."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mdt.operations import accounts, entrances
from mdt.web.guards import administrator, guard

bp = Blueprint("admin", __name__, url_prefix="/admin")


@bp.get("")
@guard(administrator)
def desk() -> ResponseReturnValue:
    """Agencies, their agreements, and the people who sign in."""
    return render_template("admin/desk.html", agencies=accounts.directory(), waiting=_waiting())


@bp.post("/people/<uuid:user_id>/suspend")
@guard(administrator)
def suspend(user_id: UUID) -> ResponseReturnValue:
    """Stop an account at once, everywhere."""
    user = accounts.find(str(user_id)) or abort(404)
    accounts.suspend(user, by=g.me)
    flash(f"{user.name} is signed out everywhere and cannot sign in.")
    return redirect(url_for(".desk"), 303)


@bp.post("/people/<uuid:user_id>/restore")
@guard(administrator)
def restore(user_id: UUID) -> ResponseReturnValue:
    """Let somebody sign in again."""
    user = accounts.find(str(user_id)) or abort(404)
    accounts.restore(user, by=g.me)
    flash(f"{user.name} can sign in again.")
    return redirect(url_for(".desk"), 303)


@bp.post("/people/<uuid:user_id>/counsel")
@guard(administrator)
def counsel(user_id: UUID) -> ResponseReturnValue:
    """Name somebody counsel of their agency."""
    user = accounts.find(str(user_id)) or abort(404)
    accounts.name_counsel(user, by=g.me)
    flash(f"{user.name} is counsel of their agency.")
    return redirect(url_for(".desk"), 303)


@bp.post("/people/<uuid:user_id>/counsel/end")
@guard(administrator)
def counsel_no_more(user_id: UUID) -> ResponseReturnValue:
    """Somebody is counsel no more."""
    user = accounts.find(str(user_id)) or abort(404)
    accounts.counsel_no_more(user, by=g.me)
    flash(f"{user.name} is not counsel any more.")
    return redirect(url_for(".desk"), 303)


@bp.route("/people/<uuid:user_id>/supervisor", methods=["GET", "POST"])
@guard(administrator)
def supervisor(user_id: UUID) -> ResponseReturnValue:
    """Say who answers for somebody at their agency, and hears when something they hold is overdue."""
    user = accounts.find(str(user_id)) or abort(404)
    if request.method == "GET":
        return render_template("admin/supervisor.html", user=user, people=accounts.supervisors(user))
    accounts.name_supervisor(user, request.form.get("supervisor") or None, by=g.me)
    flash(f"{user.name} has a supervisor." if user.supervisor_id else f"Nobody supervises {user.name}.")
    return redirect(url_for(".desk"), 303)


def _waiting() -> frozenset[str]:
    """Who has to choose a password still; nobody in the demo, whose people have none."""
    return frozenset() if current_app.extensions["mdt.settings"].demo else entrances.waiting()
