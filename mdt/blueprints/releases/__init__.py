"""Releases of information: who lets whom tell whom about what; asking for one; stepping out of a case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mdt.models import new_id
from mdt.operations import asking, convening, reading, releases, team, views
from mdt.operations.acts import Refused
from mdt.operations.consent import screens, sheets, signing, standing
from mdt.operations.consent.kinds import Kind
from mdt.sharing.facts import Release
from mdt.sharing.vocabulary import Category, Role
from mdt.web.guards import guard, member_of_case
from mdt.web.releases import AskForm, SignForm, StopForm, given
from mdt.web.where import within

bp = Blueprint("releases", __name__, url_prefix="/cases/<uuid:case_id>")
LINKED = ("recipient", "category", "like")


@bp.get("/releases")
@guard(member_of_case)
def list_releases(case_id: UUID) -> ResponseReturnValue:
    """The releases of this case that this member may know of, and where a new one begins."""
    called = _called()
    sheets_here = releases.read_all(g.case, called)
    return render_template("releases/list.html", sheets=sheets_here, tellers=releases.tellers(g.case), called=called)


@bp.route("/releases/new", methods=["GET", "POST"])
@guard(member_of_case)
def new(case_id: UUID) -> ResponseReturnValue:
    """Write a release, hear it read aloud with what it changes, and keep it."""
    discloser, type = request.args.get("discloser", ""), request.args.get("type", "")
    if not discloser:
        return redirect(url_for(".list_releases", case_id=case_id, _anchor="new"))
    agency, kind = releases.kind(g.case, discloser, type)
    ask = _ask(discloser, kind)
    step = request.form.get("step", "change")
    if request.method == "GET" or step == "change" or not ask.validate():
        return _asked_again(agency, kind, ask, 422 if ask.errors else 200)
    return _read_aloud(agency, kind, ask, keep=step == "record")


@bp.get("/releases/<uuid:release_id>")
@guard(member_of_case)
def show(case_id: UUID, release_id: UUID) -> ResponseReturnValue:
    """One release as a paper: what it says, how it stands; made to be printed and given."""
    called = _called()
    sheet = releases.read(g.case, str(release_id), called)
    return render_template("releases/show.html", sheet=sheet, called=called, notices=_notices(sheet.type))


@bp.route("/releases/<uuid:release_id>/stop", methods=["GET", "POST"])
@guard(member_of_case)
def stop(case_id: UUID, release_id: UUID) -> ResponseReturnValue:
    """Stop a release by any means, for everybody or for some, and see first who will no longer see what."""
    called = _called()
    sheet = releases.read(g.case, str(release_id), called)
    form = StopForm.of(sheet.recipients)
    if form.validate_on_submit():
        releases.revoke(g.case, str(release_id), how=form.how.data, recipients=form.recipients)
        flash("Stopped, from this minute on.")
        return redirect(url_for(".show", case_id=case_id, release_id=release_id), 303)
    terms = releases.find(g.case, str(release_id))
    closing = screens.without_it(g.case, terms)
    page = render_template("releases/stop.html", form=form, sheet=sheet, called=called, closing=closing)
    return page, 422 if form.errors else 200


@bp.post("/releases/<uuid:release_id>/happened")
@guard(member_of_case)
def happened(case_id: UUID, release_id: UUID) -> ResponseReturnValue:
    """What it was to end with has happened."""
    releases.happened(g.case, str(release_id))
    flash("Written down. The release ends tonight.")
    return redirect(url_for(".show", case_id=case_id, release_id=release_id), 303)


@bp.get("/ask/<uuid:item_id>")
@guard(member_of_case)
def ask(case_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """What would open something that is withheld, and whom to turn to."""
    sought = asking.sought(g.case, str(item_id))
    called = _called()
    return render_template("releases/ask.html", sought=sought, called=called)


@bp.route("/step-out", methods=["GET", "POST"])
@guard(member_of_case)
def step_out(case_id: UUID) -> ResponseReturnValue:
    """Step out of a case for a conflict of interest, at once."""
    place, problem = convening.own_place(g.case), None
    if request.method == "POST":
        try:
            convening.recuse(g.case)
        except Refused as no:
            problem = str(no)
        else:
            flash("You are out of that case. It is no longer in your list.")
            return redirect(url_for("auth.home"), 303)
    within(reading.name_of(g.case))
    return render_template("releases/step_out.html", place=place, problem=problem), 409 if problem else 200


def _ask(discloser: str, kind: Kind) -> AskForm:
    """The first page: as it was sent, or with what the link to it knows."""
    seen = views.look(g.case)
    people = team.colleagues(g.case, seen.sources)
    records = [one for one in seen.opened.values() if one.source == discloser and one.category in kind.categories]
    if request.method == "POST":
        return AskForm.of(g.case, discloser, kind, people, records)
    known = {name: request.args.getlist(name) for name in LINKED}
    like = releases.find(g.case, known["like"][0]) if _are_ids(known["like"]) else None
    linked = {"recipients": known["recipient"], "recipient": next(iter(known["recipient"]), None), "categories": known["category"]}
    data = given(g.case, kind, linked, like) | {"key": new_id()}
    return AskForm.of(g.case, discloser, kind, people, records, formdata=None, data=data)


def _asked_again(agency: str, kind: Kind, ask: AskForm, status: int) -> ResponseReturnValue:
    called = _called()
    signed = request.form if "signed_on" in request.form else None
    sign = SignForm.of(g.case, kind, _signatures(ask, called), signed)
    return render_template("releases/new.html", agency=agency, kind=kind, form=ask, sign=sign, carried=signed, called=called), status


def _read_aloud(agency: str, kind: Kind, ask: AskForm, *, keep: bool) -> ResponseReturnValue:
    """The second page, and the record that is made from it."""
    called = _called()
    signatures = _signatures(ask, called)
    sign = SignForm.of(g.case, kind, signatures, request.form if "signed_on" in request.form else None)
    signed = sign.validate() if keep else False
    draft = _draft(ask, **(sign.terms if "signed_on" in request.form and not sign.signed_on.errors else {}))
    objection = standing.objection(g.case, draft) if signed else None
    if signed and (objection in (None, standing.NOBODY_YET) or sign.anyway.data):
        return _kept(ask, sign, draft, objection)
    page = render_template(
        "releases/preview.html", agency=agency, kind=kind, form=ask, sign=sign, signatures=signatures, called=called,
        sheet=sheets.sheet(g.case, draft, {"description": ask.description.data}, called), changes=screens.with_it(g.case, draft),
        objection=standing.words(objection) if signed else "", notices=_notices(kind.type),
    )  # fmt: skip
    return page, 422 if keep else 200


def _kept(ask: AskForm, sign: SignForm, draft: Release, objection: str | None) -> ResponseReturnValue:
    paper = {"description": ask.description.data, "authority": sign.authority.data, "signature": sign.signature.data}
    release_id = releases.record(g.case, draft, form={name: said for name, said in paper.items() if said})
    flash("Kept. It is in force now." if objection is None else "Kept. It opens nothing yet.")
    return redirect(url_for(".show", case_id=g.case.id, release_id=release_id), 303)


def _draft(ask: AskForm, **signed: Any) -> Release:
    return releases.draft(g.case, id=ask.key.data, type=ask.kind.type, discloser=ask.discloser, **ask.terms, **signed)


def _signatures(ask: AskForm, called: str) -> signing.Signatures:
    """Who has to sign what is asked so far; before anything is, what this kind usually asks."""
    categories = ask.chosen or ask.kind.categories
    plain = releases.draft(g.case, type=ask.kind.type, discloser=ask.discloser, recipients=(), categories=categories)
    return signing.signers_needed(g.case, plain, called)


def _notices(type: str) -> list[str]:
    """The statements that the law wants on a paper of this kind."""
    by_type = {"P2": "notice_2_32", "P2L": "notice_2_32", "TPO": "notice_2_32", "CN": "notice_2_32", "FERPA": "notice_ferpa"}
    notice = g.case.profile.notices.get(by_type.get(type, ""))
    return [notice] if notice else []


def _called() -> str:
    """What this reader may call the young person; on this page one is within the case."""
    name = reading.name_of(g.case)
    within(name)
    return name or "The young person"


def _are_ids(said: list[str]) -> bool:
    try:
        return bool([UUID(one) for one in said])
    except ValueError:
        return False


__all__ = ["bp"]
