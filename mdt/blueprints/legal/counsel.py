"""Counsel's papers: read one, sign it off or say why not, lift a hold. No case opens by it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mdt.operations.acts import Refused
from mdt.operations.legal import counsel as lawyer
from mdt.operations.legal.papers import PaperView
from mdt.web.drafts import Place
from mdt.web.guards import counsel, guard
from mdt.web.legal import CounselForm

bp = Blueprint("counsel", __name__, url_prefix="/counsel")


@bp.get("")
@guard(counsel)
def folder() -> ResponseReturnValue:
    """What waits for this lawyer."""
    return render_template("legal/folder.html", folder=lawyer.folder(g.me))


@bp.route("/papers/<uuid:paper_id>", methods=["GET", "POST"])
@guard(counsel)
def paper(paper_id: UUID) -> ResponseReturnValue:
    """One paper: sign it off as the order it is, or answer that it opens nothing."""
    place = Place.of("answer", lawyer.case_of(g.me, str(paper_id)), paper_id)
    form = CounselForm()
    if form.validate_on_submit():
        try:
            with place.sent():
                return _answered(str(paper_id), form)
        except Refused as no:
            if no.code == 404:
                raise
            form.form_errors.append(str(no))
    shown = lawyer.read(g.me, str(paper_id))
    if request.method == "GET" and place.unsent is None:
        form.findings.data, form.beside.data = shown.terms.findings, shown.terms.process
    return _page(shown, form, place)


@bp.post("/holds/<uuid:hold_id>")
@guard(counsel)
def lift(hold_id: UUID) -> ResponseReturnValue:
    """Lift a hold."""
    lawyer.lift(g.me, str(hold_id))
    flash("Lifted.")
    return redirect(url_for(".folder"), 303)


def _answered(paper_id: str, form: CounselForm) -> ResponseReturnValue:
    if request.form.get("answer") == "sign":
        beside = form.beside.data
        lawyer.sign(
            g.me, paper_id, findings=form.findings.data, process=beside, words=form.words.data or "",
            mark=request.form.get("mark", ""),
        )  # fmt: skip
        flash("Signed off. It holds from now on.")
    else:
        lawyer.refuse(g.me, paper_id, words=form.words.data or "")
        flash("Answered. It opens nothing.")
    return redirect(url_for(".paper", paper_id=paper_id), 303)


def _page(shown: PaperView, form: CounselForm, place: Place) -> ResponseReturnValue:
    wrong = bool(form.errors or form.form_errors)
    going = lawyer.going(g.me, shown.id)
    page = render_template("legal/counsel.html", paper=shown, form=form, wrong=wrong, place=place, going=going)
    return page, 422 if wrong else 200


__all__ = ["bp"]
