"""Keeping the directory: a file is read, looked at as a whole, and put in force at once."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mdt.operations import access
from mdt.operations.services import directory, editing, terms
from mdt.operations.services.directory import NotTaken
from mdt.operations.services.editing import Wrong
from mdt.web.guards import administrator, guard
from mdt.web.services import FileForm, PlaceForm, ServiceForm

bp = Blueprint("keeping", __name__, url_prefix="/services/directory")
USUAL = "us-baseline"
LISTED = 50
"""Organizations of one name that are shown at most."""
BESIDE = 64 * 1024
"""Bytes of the request beside the file."""


@bp.url_value_preprocessor
def _let_a_file_come(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """A file of this size may come to this one door; before its form is read for the first time."""
    if endpoint == f"{bp.name}.receive":
        request.max_content_length = directory.LARGEST + BESIDE


@bp.get("")
@guard(administrator)
def show() -> ResponseReturnValue:
    """What is in force, what waits, and a file to bring in."""
    return _page(FileForm())


@bp.post("")
@guard(administrator)
def receive() -> ResponseReturnValue:
    """Read a file."""
    form = FileForm()
    if not form.validate_on_submit():
        return _page(form), 422
    file, whole = form.directory.data, form.whole.data == "whole"
    assert file is not None
    try:
        made = directory.take_in(file.filename or "", file.stream.read(), whole=whole, by=g.me)
    except NotTaken as no:
        return _page(form, damage=no), 422
    return redirect(url_for(".preview", edition_id=made), 303)


def _page(form: FileForm, *, damage: NotTaken | None = None) -> str:
    known, partners = directory.in_force(), directory.partners()
    words = request.args.get("organization", "").strip()[:100]
    listed = [
        one for one in known.organizations if words.casefold() in one[1].casefold() and (words or one[0] in partners)
    ]
    sought = request.args.get("service", "").strip()[:100]
    found = [
        one for one in known.entries if sought and sought.casefold() in f"{one.name} {one.organization}".casefold()
    ]
    return render_template(
        "services/directory.html", form=form, damage=damage, known=known, terms=terms.TERMS, sought=sought,
        services=found[:LISTED],
        waiting=directory.waiting(), past=directory.past(), largest=directory.LARGEST // 1024 // 1024,
        partners=partners, agencies=directory.agencies(), words=words, listed=listed[:LISTED],
    )  # fmt: skip


@bp.get("/<uuid:edition_id>")
@guard(administrator)
def preview(edition_id: UUID) -> ResponseReturnValue:
    """What this edition would change."""
    found = directory.waiting(str(edition_id)) or abort(404)
    return render_template("services/preview.html", one=found)


@bp.post("/<uuid:edition_id>/put-in-force")
@guard(administrator)
def put_in_force(edition_id: UUID) -> ResponseReturnValue:
    """Let it be the directory."""
    directory.put_in_force(str(edition_id), by=g.me)
    flash("This is the directory now.")
    return redirect(url_for(".show"), 303)


@bp.post("/<uuid:edition_id>/forget")
@guard(administrator)
def forget(edition_id: UUID) -> ResponseReturnValue:
    """Put it away."""
    directory.forget(str(edition_id), by=g.me)
    flash("Forgotten. The directory is as it was.")
    return redirect(url_for(".show"), 303)


@bp.post("/<uuid:edition_id>/go-back")
@guard(administrator)
def go_back(edition_id: UUID) -> ResponseReturnValue:
    """Look at one that was in force, to put it in force again."""
    made = directory.go_back(str(edition_id), by=g.me)
    return redirect(url_for(".preview", edition_id=made), 303)


@bp.post("/partners/<uuid:organization_id>")
@guard(administrator)
def partner(organization_id: UUID) -> ResponseReturnValue:
    """Say which agency an organisation is here."""
    directory.name_partner(str(organization_id), request.form.get("agency") or None, by=g.me)
    flash("Kept.")
    return redirect(url_for(".show"), 303)


@bp.route("/services/<uuid:service_id>", methods=["GET", "POST"])
@guard(administrator)
def change(service_id: UUID) -> ResponseReturnValue:
    """Change one service by hand."""
    held = editing.service(str(service_id))
    begins = {**held.fields, "marks": list(held.marks), "needs": list(held.marks)}
    form = ServiceForm(data=begins).over(access.profile(USUAL).provision)
    if form.validate_on_submit():
        try:
            editing.change(held.id, form.said, form.chosen, by=g.me)
            flash("Kept, and in force.")
            return redirect(url_for(".change", service_id=service_id), 303)
        except Wrong as no:
            _onto(form, no)
    page = render_template("services/change.html", form=form, held=held, waits=directory.waiting() is not None)
    return page, 422 if form.errors or form.form_errors else 200


@bp.route("/services/<uuid:service_id>/places/new", methods=["GET", "POST"], defaults={"place_id": None})
@bp.route("/services/<uuid:service_id>/places/<uuid:place_id>", methods=["GET", "POST"])
@guard(administrator)
def change_place(service_id: UUID, place_id: UUID | None) -> ResponseReturnValue:
    """Say where a service is, and who may know; of a place nobody may know, a front gate is all there is."""
    held, one = editing.service(str(service_id)), str(place_id) if place_id else None
    gate = next((place.gate for place in held.places if place.id == one), any(place.gate for place in held.places))
    begins = editing.place(held.id, one) if one else {}
    form = PlaceForm(data=begins | {"who": "gate" if gate else "all"})
    if form.validate_on_submit():
        try:
            editing.change_place(held.id, one, form.said, gate=form.who.data == "gate", by=g.me)
            flash("Kept, and in force.")
            return redirect(url_for(".change", service_id=service_id), 303)
        except Wrong as no:
            _onto(form, no)
    page = render_template("services/place.html", form=form, held=held, gate=gate, new=one is None)
    return page, 422 if form.errors or form.form_errors else 200


def _onto(form: ServiceForm | PlaceForm, no: Wrong) -> None:
    """What cannot stand, beside the field that it is about."""
    for name, words in no.fields.items():
        if name in form:
            form[name].errors = [*form[name].errors, words]
        else:
            form.form_errors = [*form.form_errors, words]
