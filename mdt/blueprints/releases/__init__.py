"""Releases of information: who lets whom tell whom about what; asking for one; stepping out of a case."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mdt.models import new_id
from mdt.operations import asking, consents, convening, reading, releases, requests, team, views
from mdt.operations.acts import Refused
from mdt.operations.consent import screens, sheets, signing, standing
from mdt.operations.consent.kinds import Kind, statements
from mdt.operations.correcting import falsity
from mdt.sharing.facts import Release
from mdt.sharing.vocabulary import PURPOSE_WORDS
from mdt.web.asking import NotForm, WhyForm
from mdt.web.drafts import Place
from mdt.web.forms import text_of
from mdt.web.guards import guard, member_of_case
from mdt.web.releases import AskForm, SignForm, StopForm, given, hidden
from mdt.web.where import within

bp = Blueprint("releases", __name__, url_prefix="/cases/<uuid:case_id>")


@bp.get("/releases")
@guard(member_of_case)
def list_releases(case_id: UUID) -> ResponseReturnValue:
    """The releases of this case that this member may know of, and where a new one begins."""
    called = _called()
    sheets_here = releases.read_all(g.case, called)
    return render_template(
        "releases/list.html", sheets=sheets_here, tellers=releases.tellers(g.case), called=called,
        waiting=consents.waiting(g.case),
    )  # fmt: skip


@bp.route("/releases/new", methods=["GET", "POST"])
@guard(member_of_case)
def new(case_id: UUID) -> ResponseReturnValue:
    """Write a release, hear it read aloud with what it changes, and keep it."""
    discloser, type = request.args.get("discloser", ""), request.args.get("type", "")
    if not discloser:
        return redirect(url_for(".list_releases", case_id=case_id, _anchor="new"))
    agency, kind = releases.kind(g.case, discloser, type)
    g.place = Place.of("release", case_id, discloser, type, _held() or "")
    ask = _ask(discloser, kind)
    step = request.form.get("step", "look")
    if request.method == "GET" or step == "change" or not ask.validate():
        return _asked(agency, kind, ask)
    sign = _sign(ask, "")
    if step != "record" or not sign.validate():
        return _read_aloud(agency, ask, sign)
    draft = _draft(ask, **sign.terms)
    objection = standing.objection_to(g.case, draft)
    if objection not in standing.NOTHING_WRONG and not sign.anyway.data:
        return _read_aloud(agency, ask, sign, objection)
    return _kept(ask, sign, draft)


@bp.get("/releases/<uuid:release_id>")
@guard(member_of_case)
def show(case_id: UUID, release_id: UUID) -> ResponseReturnValue:
    """One release as a paper: what it says, how it stands; made to be printed and given."""
    called = _called()
    sheet = releases.read(g.case, str(release_id), called)
    again = releases.again(g.case, str(release_id))
    said = statements(g.case.profile, sheet.type)
    false = falsity.may_say(g.case, releases.find(g.case, str(release_id)))
    return render_template(
        "releases/show.html", sheet=sheet, called=called, statements=said, again=again, may_say=false
    )


@bp.route("/releases/<uuid:release_id>/stop", methods=["GET", "POST"])
@guard(member_of_case)
def stop(case_id: UUID, release_id: UUID) -> ResponseReturnValue:
    """Stop a release by any means, for everybody or for some, and see first who will no longer see what."""
    terms = releases.find(g.case, str(release_id))
    mine, for_all = releases.recipients(g.case, terms), releases.stops_for_all(g.case, terms)
    form = StopForm.of(mine, for_all=for_all)
    if form.validate_on_submit():
        releases.revoke(g.case, str(release_id), how=form.how.data, recipients=form.recipients)
        flash("Stopped, from this minute on.")
        return redirect(url_for(".show", case_id=case_id, release_id=release_id), 303)
    called = _called()
    sheet = releases.read(g.case, str(release_id), called)
    closing = screens.without_it(g.case, terms, () if for_all else [one for one, _words in mine])
    page = render_template(
        "releases/stop.html", form=form, sheet=sheet, called=called, closing=closing, for_all=for_all
    )
    return page, 422 if form.errors else 200


@bp.post("/releases/<uuid:release_id>/happened")
@guard(member_of_case)
def happened(case_id: UUID, release_id: UUID) -> ResponseReturnValue:
    """What it was to end with has happened."""
    releases.happened(g.case, str(release_id))
    flash("Written down. The release ends tonight.")
    return redirect(url_for(".show", case_id=case_id, release_id=release_id), 303)


@bp.route("/ask", methods=["GET", "POST"])
@guard(member_of_case)
def ask(case_id: UUID) -> ResponseReturnValue:
    """What would open something that is withheld; one act asks the agency that holds it for a release."""
    what = {"category": request.args.get("category", ""), "source_id": request.args.get("source_id", "")}
    if request.form.get("at_once") == "y":
        requests.ask(g.case, **what, why=f"To {PURPOSE_WORDS[g.case.purpose]}.")
        flash("Asked. You will see the answer on your desk.")
        return redirect(url_for("cases.show", case_id=case_id), 303)
    place = Place.of("ask", case_id, what["category"], what["source_id"])
    form = WhyForm()
    form.key.data = form.key.data or new_id()
    if form.validate_on_submit():
        with place.sent():
            asked = requests.ask(g.case, **what, why=text_of(form.why), key=form.key.data)
        flash("Asked. You will see the answer on your desk.")
        return redirect(url_for(".asked", case_id=case_id, request_id=asked), 303)
    sought = asking.sought(g.case, **what)
    called = _called()
    page = render_template("releases/ask.html", sought=sought, called=called, form=form, place=place)
    return page, 422 if form.errors else 200


@bp.get("/requests/<uuid:request_id>")
@guard(member_of_case)
def asked(case_id: UUID, request_id: UUID) -> ResponseReturnValue:
    """A request for a release, for whoever asked and for whoever can answer."""
    found, place = requests.find(g.case, str(request_id)), Place.of("no_release", case_id, request_id)
    return render_template("releases/asked.html", asked=found, called=_called(), form=NotForm(), place=place)


@bp.post("/requests/<uuid:request_id>/refuse")
@guard(member_of_case)
def refuse(case_id: UUID, request_id: UUID) -> ResponseReturnValue:
    """There will be no release, and why."""
    form, place = NotForm(), Place.of("no_release", case_id, request_id)
    if not form.validate():
        found = requests.find(g.case, str(request_id))
        page = render_template("releases/asked.html", asked=found, called=_called(), form=form, place=place)
        return page, 422
    with place.sent():
        requests.refuse(g.case, str(request_id), reason=text_of(form.reason))
    flash("Answered. They are told, with your reason.")
    return redirect(url_for(".asked", case_id=case_id, request_id=request_id), 303)


@bp.post("/requests/<uuid:request_id>/withdraw")
@guard(member_of_case)
def withdraw(case_id: UUID, request_id: UUID) -> ResponseReturnValue:
    """It is needed no longer."""
    requests.withdraw(g.case, str(request_id))
    flash("Taken back.")
    return redirect(url_for("cases.show", case_id=case_id), 303)


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
    held = _held()
    begun = consents.begun(g.case, held, discloser, kind) if held else {}
    data = (begun or given(g.case, kind, _linked(), _like(discloser, kind))) | {"key": new_id()}
    return AskForm.of(g.case, discloser, kind, people, records, formdata=g.place.left, data=data)


def _linked() -> dict[str, Any]:
    """What the link to the first page knows."""
    recipients = request.args.getlist("recipient")
    return {
        "recipients": recipients, "recipient": next(iter(recipients), None),
        "categories": request.args.getlist("category"),
    }  # fmt: skip


def _held() -> str | None:
    """The consent from elsewhere that this form completes."""
    try:
        return str(UUID(request.args.get("held", "")))
    except ValueError:
        return None


def _like(discloser: str, kind: Kind) -> Release | None:
    """An earlier release that this one is to say again."""
    try:
        found = releases.find(g.case, str(UUID(request.args.get("like", ""))))
    except ValueError:
        return None
    return found if (found.discloser, found.type) == (discloser, kind.type) else None


def _sign(ask: AskForm, called: str) -> SignForm:
    """The second page: as it was sent, or as it is when it opens."""
    sent = request.form if "signing" in request.form else None
    return SignForm.of(g.case, ask.kind, _signatures(ask, called), sent, held=_held() is not None)


def _asked(agency: str, kind: Kind, ask: AskForm) -> ResponseReturnValue:
    carry = hidden(_sign(ask, ""), "anyway") if "signing" in request.form else []
    carry += [("excludes", one) for one in ask.excludes.data or ()]
    called = _called()
    page = render_template(
        "releases/new.html", agency=agency, kind=kind, form=ask, carry=carry, called=called, held=_held(),
        place=g.place,
    )  # fmt: skip
    return page, 422 if ask.errors else 200


def _read_aloud(agency: str, ask: AskForm, sign: SignForm, objection: str | None = None) -> ResponseReturnValue:
    """The second page: the sentence, what it changes on whose screen, who signs."""
    called = _called()
    signatures = _signatures(ask, called)
    sign.say(signatures)
    draft = _draft(ask)
    page = render_template(
        "releases/preview.html", agency=agency, kind=ask.kind, form=ask, sign=sign, signatures=signatures,
        sheet=sheets.sheet(g.case, draft, {"description": ask.description.data}, called), called=called,
        changes=screens.with_it(g.case, _as_signed(draft, signatures)), objection=standing.words(objection),
        carry=[*hidden(ask, "excludes"), (g.place.field, g.place.draft or "")], held=_held(),
        statements=statements(g.case.profile, ask.kind.type),
    )  # fmt: skip
    return page, 422 if sign.errors or objection else 200


def _kept(ask: AskForm, sign: SignForm, draft: Release) -> ResponseReturnValue:
    paper = {"description": ask.description.data, "authority": sign.authority.data, "signature": sign.signature.data}
    said = {name: words for name, words in paper.items() if words}
    with g.place.sent():
        release_id = releases.record(g.case, draft, form=said, arrived=_held())
    counts = standing.objection(g.case, draft) is None
    flash("Kept. It is in force now." if counts else "Kept. It opens nothing yet.")
    return redirect(url_for(".show", case_id=g.case.id, release_id=release_id), 303)


def _draft(ask: AskForm, **signed: Any) -> Release:
    return releases.draft(g.case, id=ask.key.data, type=ask.kind.type, discloser=ask.discloser, **ask.terms, **signed)


def _as_signed(draft: Release, signatures: signing.Signatures) -> Release:
    """As it will be once everybody has signed and it has begun: what it changes is shown before that."""
    return replace(draft, signed_by=signatures.usual, missing=(), effective=None)


def _signatures(ask: AskForm, called: str) -> signing.Signatures:
    """Who has to sign what is asked so far; before anything is, what this kind usually asks."""
    categories = ask.chosen or ask.kind.categories
    plain = releases.draft(g.case, type=ask.kind.type, discloser=ask.discloser, recipients=(), categories=categories)
    return signing.signers_needed(g.case, plain, called)


def _called() -> str:
    """What this reader may call the young person; on this page one is within the case."""
    name = reading.name_of(g.case)
    within(name)
    return name or "The young person"


__all__ = ["bp"]
