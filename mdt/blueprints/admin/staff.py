"""The people of an agency: taking somebody on, what they do, another agency, a new link."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mdt.models import Agency
from mdt.operations import accounts, agencies, letters, staff
from mdt.operations.acts import Refused
from mdt.operations.entrances import Handed
from mdt.web.accounts import MoveForm, NewPersonForm, PersonForm
from mdt.web.forms import text_of
from mdt.web.guards import administrator, guard

bp = Blueprint("staff", __name__, url_prefix="/admin")
PLACES = {"login_taken": "login", "discipline": "role", "last_lead": "role", "supervisor": "supervisor_id"}
"""At which field a refusal stands."""


@bp.route("/agencies/<uuid:agency_id>/people/new", methods=["GET", "POST"])
@guard(administrator)
def add(agency_id: UUID) -> ResponseReturnValue:
    """Take somebody on; the page that answers shows their link, once."""
    agency = agencies.find(str(agency_id)) or abort(404)
    form, called = NewPersonForm(data={"role": agency.role}), agency.name
    form.offer(agency, None)
    if form.validate_on_submit():
        try:
            return _handed(staff.add(agency.id, text_of(form.login), text_of(form.name), form.post, by=g.me))
        except Refused as no:
            _refuse(form, no)
    return render_template("admin/person.html", form=form, agency=called, user=None), 422 if form.errors else 200


@bp.route("/people/<uuid:user_id>", methods=["GET", "POST"])
@guard(administrator)
def change(user_id: UUID) -> ResponseReturnValue:
    """Change what somebody is called and does, at once for every case they sit at."""
    user = staff.find(str(user_id))
    agency: Agency = user.agency or abort(404)
    form = PersonForm.of(agency, user)
    if form.validate_on_submit():
        try:
            changed = staff.change(user.id, text_of(form.name), form.post, by=g.me)
        except Refused as no:
            _refuse(form, no)
        else:
            flash(f"{text_of(form.name)} is changed, from now on." if changed else "Nothing was changed.")
            return redirect(url_for("admin.desk"), 303)
    page = render_template("admin/person.html", form=form, agency=agency.name, user=staff.find(str(user_id)))
    return page, 422 if form.errors else 200


@bp.route("/people/<uuid:user_id>/move", methods=["GET", "POST"])
@guard(administrator)
def move(user_id: UUID) -> ResponseReturnValue:
    """Let somebody move to another agency: first which, then what they do there."""
    user, to = staff.find(str(user_id)), agencies.find(request.values.get("to", ""))
    others = [one for one in accounts.directory() if one.id != user.agency_id]
    if to is None or to.id == user.agency_id:
        return render_template("admin/move.html", user=user, others=others, to=None, form=None)
    form = MoveForm.of(to, user)
    if form.validate_on_submit():
        try:
            staff.move(user.id, to.id, form.post, by=g.me)
        except Refused as no:
            _refuse(form, no)
        else:
            flash(f"{user.name} works for {to.name} from now on.")
            return redirect(url_for("admin.desk"), 303)
    page = render_template("admin/move.html", user=staff.find(str(user_id)), others=others, to=to, form=form)
    return page, 422 if form.errors else 200


@bp.route("/people/<uuid:user_id>/link", methods=["GET", "POST"])
@guard(administrator)
def link(user_id: UUID) -> ResponseReturnValue:
    """A new link for somebody who lost theirs or their password; the page that answers shows it, once."""
    if request.method == "POST":
        return _handed(staff.new_link(str(user_id), by=g.me))
    return render_template("admin/link.html", user=staff.find(str(user_id)))


def _handed(handed: Handed) -> ResponseReturnValue:
    return render_template("admin/handed.html", handed=handed, told=letters.are_sent() and "@" in handed.login)


def _refuse(form: PersonForm, no: Refused) -> None:
    """Say a refusal at its field; one that has none is answered where every refusal is."""
    field = getattr(form, PLACES.get(no.reason, ""), None)
    if field is None:
        raise no
    field.errors = [str(no)]


__all__ = ["bp"]
