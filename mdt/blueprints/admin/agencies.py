"""Adding an agency, and changing one. Whoever runs the system reads no case by it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from mdt.operations import agencies
from mdt.operations.acts import Refused
from mdt.web.accounts import AgencyForm
from mdt.web.guards import administrator, guard

bp = Blueprint("agencies", __name__, url_prefix="/admin/agencies")


@bp.route("/new", methods=["GET", "POST"])
@guard(administrator)
def new() -> ResponseReturnValue:
    """Add an agency."""
    form = AgencyForm.of(None)
    if form.validate_on_submit():
        try:
            agency_id = agencies.found(form.facts, by=g.me)
        except Refused as no:
            form.name.errors = [str(no)]
        else:
            flash(f"{form.facts.name} is there. Add its people now.")
            return redirect(url_for("staff.add", agency_id=agency_id), 303)
    return render_template("admin/agency.html", form=form, agency=None), 422 if form.errors else 200


@bp.route("/<uuid:agency_id>", methods=["GET", "POST"])
@guard(administrator)
def change(agency_id: UUID) -> ResponseReturnValue:
    """Change the facts of an agency, at once for every case it has a part in."""
    agency = agencies.find(str(agency_id)) or abort(404)
    form, name = AgencyForm.of(agency), agency.name
    if form.validate_on_submit():
        try:
            changed = agencies.change(agency.id, form.facts, by=g.me)
        except Refused as no:
            field = form.role if no.reason == "leads" else form.name
            field.errors = [str(no)]
        else:
            flash(f"{form.facts.name} is changed, from now on." if changed else "Nothing was changed.")
            return redirect(url_for("admin.desk"), 303)
    return render_template("admin/agency.html", form=form, agency=name), 422 if form.errors else 200


__all__ = ["bp"]
