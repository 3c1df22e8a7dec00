"""The case: the list, the page, the purpose one looks for, an update, an answer to an invitation."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from mdt.models import new_id
from mdt.operations import (
    caseload,
    convening,
    copies,
    drafts,
    emergencies,
    guarding,
    photos,
    previews,
    reading,
    updates,
    views,
)
from mdt.operations.correcting import corrections
from mdt.operations.legal import papers
from mdt.operations.missing import alerts, packet
from mdt.operations.screening import carrying
from mdt.sharing.vocabulary import PURPOSE_WORDS, Purpose
from mdt.web.drafts import as_sent
from mdt.web.guards import guard, in_the_room, member_of_case, reads
from mdt.web.pages import on_paper
from mdt.web.photos import ONE_OF, picture
from mdt.web.previews import question
from mdt.web.proof import proved_lately
from mdt.web.updates import UpdateForm
from mdt.web.where import within

bp = Blueprint("cases", __name__, url_prefix="/cases")


@bp.get("/")
@guard(in_the_room)
def list_cases() -> ResponseReturnValue:
    """My cases, or those whose name has these words."""
    words = request.args.get("q", "").strip()[:100]
    page = caseload.find(g.me, words) if words else caseload.page(g.me, after=request.args.get("after"))
    return render_template("cases/list.html", page=page, words=words)


@bp.get("/<uuid:case_id>")
@guard(member_of_case)
def show(case_id: UUID) -> ResponseReturnValue:
    """The case, as this member may see it now."""
    case = reading.read(g.case, live=request.headers.get("X-Live") == "1")
    within(case.called)
    return render_template("cases/show.html", case=case, topic=reading.topic(str(case_id)), **_beside())


def _beside() -> dict[str, object]:
    """What this member can do from the page, by rule alone: an emergency, a correction, papers; their hour; a search
    that runs."""
    return {
        "hour": emergencies.running(g.case),
        "glass": emergencies.may_declare(g.case),
        "papers": papers.may_take_in(g.case),
        "screens": carrying.may_screen(g.case),
        "correctable": corrections.correctable(g.case),
        "search": packet.may_make(g.case),
        "card": alerts.is_up(g.case),
    }


@bp.get("/<uuid:case_id>/address/<uuid:item_id>")
@guard(member_of_case)
def address(case_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Reveal one protected address, after proving again who one is."""
    if not proved_lately():
        return redirect(url_for("auth.again", then=request.path))
    within(reading.name_of(g.case))
    return render_template("cases/address.html", entry=views.reveal(g.case, str(item_id)), case_id=case_id)


@bp.get(f"/<uuid:case_id>/photos/{ONE_OF}")
@guard(member_of_case)
def photo(case_id: UUID, item_id: UUID, field: str) -> ResponseReturnValue:
    """One photo of a record, for whoever may see that field of it now."""
    return picture(photos.show(g.case, str(item_id), field))


@bp.get("/<uuid:case_id>/copy")
@guard(member_of_case)
def copy(case_id: UUID) -> ResponseReturnValue:
    """A copy of what this member may take with them, to print."""
    taken = copies.take(g.case, form="print")
    within(taken.name)
    on_paper()
    return render_template("cases/copy.html", copy=taken)


@bp.get("/<uuid:case_id>/copy.json")
@guard(member_of_case)
def file(case_id: UUID) -> ResponseReturnValue:
    """The same as a file, for a system of the member's own agency."""
    answer = jsonify(copies.take(g.case, form="json").plain)
    answer.headers["Content-Disposition"] = 'attachment; filename="copy.json"'
    return answer


@bp.get("/<uuid:case_id>/see-as")
@guard(member_of_case)
def see_as(case_id: UUID) -> ResponseReturnValue:
    """The case as a member, or anybody of a discipline, would see it: today, later, with a release, without one."""
    asked = question(request.args)
    choices = previews.choices(g.case, asked)
    preview = previews.see_as(g.case, asked) if asked.who else None
    within(reading.name_of(g.case))
    return render_template("cases/see_as.html", asked=asked, choices=choices, preview=preview)


@bp.route("/<uuid:case_id>/purpose", methods=["GET", "POST"])
@guard(member_of_case)
def purpose(case_id: UUID) -> ResponseReturnValue:
    """Say for what one looks."""
    if request.method == "GET":
        within(reading.name_of(g.case))
        choices = [(one.value, PURPOSE_WORDS[one]) for one in g.case.purposes]
        return render_template("cases/purpose.html", choices=choices)
    purpose = request.form.get("purpose", "")
    reading.choose_purpose(g.case, purpose)
    session["purposes"] = session.get("purposes", {}) | {str(case_id): purpose}
    return redirect(url_for(".show", case_id=case_id), 303)


@bp.route("/<uuid:case_id>/update", methods=["GET", "POST"])
@guard(member_of_case)
def update(case_id: UUID) -> ResponseReturnValue:
    """Write an update, and see by name who will read it before it is posted."""
    unsent = drafts.find(g.me, str(case_id), "update", str(case_id))
    form = _update_form(unsent if request.method == "GET" else None)
    repeats: tuple[guarding.Repeat, ...] = ()
    if form.validate_on_submit() and "look" not in request.form:
        try:
            updates.post(g.case, **form.terms, key=form.key.data, heeded=form.heeded.data or (), proved=proved_lately())
        except guarding.Repeats as no:
            repeats = no.found
        else:
            flash("Posted.")
            return redirect(url_for(".show", case_id=case_id), 303)
    elif "look" in request.form:
        repeats = updates.repeats(g.case, **form.terms, proved=proved_lately())
    within(reading.name_of(g.case))
    form.key.data = form.key.data or new_id()
    wrong = form.errors and "look" not in request.form
    usual = sum(updates.is_usual(g.case, entry.category) for entry in updates.categories(g.case))
    page = render_template(
        "cases/update.html", form=form, audience=_audience(form), usual=usual, repeats=repeats, unsent=unsent
    )
    return page, 422 if wrong or (repeats and "look" not in request.form) else 200


@bp.post("/<uuid:case_id>/readers")
@guard(member_of_case)
@reads
def readers(case_id: UUID) -> ResponseReturnValue:
    """Who would read what is being written, and what it repeats that they may not see. Nothing of it is kept."""
    form = _update_form()
    repeats = updates.repeats(g.case, **form.terms, proved=proved_lately())
    return render_template("cases/readers.html", form=form, audience=_audience(form), repeats=repeats)


def _update_form(unsent: drafts.Unsent | None = None) -> UpdateForm:
    """The form of an update: as it was sent, as the link to it begins it, or as its writer left it."""
    left = as_sent(unsent, category=request.args.getlist("category"), quotes=request.args.getlist("quotes"))
    asked = [
        *request.form.getlist("quotes"),
        *request.args.getlist("quotes"),
        *(left.getlist("quotes") if left else ()),
    ]
    return UpdateForm.about(updates.subjects(g.case), guarding.quotable(g.case, asked), left)


def _audience(form: UpdateForm) -> updates.Audience:
    return updates.audience(g.case, form.chosen, form.labels.data or (), form.quotes.data or ())


@bp.route("/invitations/<uuid:member_id>", methods=["GET", "POST"])
@guard(in_the_room)
def invitation(member_id: UUID) -> ResponseReturnValue:
    """Come to a team, or not."""
    asked = convening.invitation(g.me, str(member_id))
    promised = request.form.get("acknowledged") == "y"
    if request.method == "GET" or (request.form.get("answer") != "no" and not promised):
        page = render_template(
            "cases/invitation.html", asked=asked, purpose_words=PURPOSE_WORDS[Purpose(asked.purpose)],
            unpromised=request.method == "POST",
        )  # fmt: skip
        return page, 200 if request.method == "GET" else 422
    if request.form.get("answer") == "no":
        convening.decline(g.me, str(member_id), answer=request.form.get("words", ""))
        flash("You said no. The lead has been told.")
        return redirect(url_for("auth.home"), 303)
    case_id = convening.accept(g.me, str(member_id), acknowledged=promised)
    return redirect(url_for(".show", case_id=case_id), 303)
