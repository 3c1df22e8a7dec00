"""FHIR Consents of a case: a release out as one, and what arrives from elsewhere, held for a person."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mdt.models import new_id
from mdt.operations import consents, reading, releases
from mdt.operations.fhir.strict import LARGEST, Damaged
from mdt.web.consents import MEDIA_TYPE, ReceiveForm, version_asked
from mdt.web.forms import text_of
from mdt.web.guards import guard, member_of_case
from mdt.web.where import within

bp = Blueprint("consents", __name__, url_prefix="/cases/<uuid:case_id>")


@bp.get("/consents/new")
@guard(member_of_case)
def new(case_id: UUID) -> ResponseReturnValue:
    """Choose the file of a consent that arrived from elsewhere."""
    return _choose(_form())


@bp.post("/consents")
@guard(member_of_case)
def receive(case_id: UUID) -> ResponseReturnValue:
    """Take in a consent and hold it. It opens nothing."""
    form = _form()
    if not form.validate():
        return _choose(form)
    try:
        held = consents.receive(g.case, form.file, discloser=form.discloser.data, id=text_of(form.key))
    except Damaged as no:
        return _choose(form, problem=no)
    return redirect(url_for(".show", case_id=case_id, consent_id=held), 303)


@bp.get("/consents/<uuid:consent_id>")
@guard(member_of_case)
def show(case_id: UUID, consent_id: UUID) -> ResponseReturnValue:
    """What arrived, what could be read of it, and what a person has to look at."""
    called = _called()
    arrived = consents.read(g.case, str(consent_id), called)
    teller = next(one for one in releases.tellers(g.case) if one.id == arrived.discloser_id)
    return render_template("consents/show.html", arrived=arrived, called=called, kinds=teller.kinds)


@bp.post("/consents/<uuid:consent_id>/stop")
@guard(member_of_case)
def stop(case_id: UUID, consent_id: UUID) -> ResponseReturnValue:
    """Stop the release of ours that it says has ended."""
    release_id = consents.stop(g.case, str(consent_id))
    flash("Stopped, from this minute on.")
    return redirect(url_for("releases.show", case_id=case_id, release_id=release_id), 303)


@bp.post("/consents/<uuid:consent_id>/put-away")
@guard(member_of_case)
def put_away(case_id: UUID, consent_id: UUID) -> ResponseReturnValue:
    """It is not taken over, and what it said is forgotten."""
    consents.put_away(g.case, str(consent_id))
    flash("Put away. It opens nothing, and what it said is forgotten.")
    return redirect(url_for("releases.list_releases", case_id=case_id), 303)


@bp.get("/releases/<uuid:release_id>/fhir")
@guard(member_of_case)
def written(case_id: UUID, release_id: UUID) -> ResponseReturnValue:
    """A release as a FHIR Consent: R4, or R5 where it is asked for (`version`, or the Accept header)."""
    version = version_asked(request.args.get("version"), request.accept_mimetypes) or abort(404)
    body = consents.written(g.case, str(release_id), version)
    answer = Response(body, content_type=f"{MEDIA_TYPE}; fhirVersion={version.number}")
    answer.headers["Content-Disposition"] = 'attachment; filename="consent.json"'
    return answer


def _form() -> ReceiveForm:
    agencies = releases.disclosers(g.case)
    return ReceiveForm.of(agencies, new_id()) if agencies else abort(404)


def _choose(form: ReceiveForm, problem: Damaged | None = None) -> ResponseReturnValue:
    called = _called()
    page = render_template("consents/new.html", form=form, problem=problem, called=called, largest=LARGEST // 1024)
    return page, 422 if form.errors or problem else 200


def _called() -> str:
    """What this reader may call the young person; on this page one is within the case."""
    name = reading.name_of(g.case)
    within(name)
    return name or "The young person"


__all__ = ["bp"]
