"""Counsel's papers: read one, sign it off or say why not, lift a hold. No case opens by it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mdt.operations.acts import Refused
from mdt.operations.legal import counsel as lawyer
from mdt.operations.legal import ending
from mdt.operations.legal.papers import PaperView
from mdt.operations.rules import force
from mdt.web.drafts import Place
from mdt.web.forms import text_of
from mdt.web.guards import counsel, guard
from mdt.web.legal import CounselForm, EndedForm

bp = Blueprint("counsel", __name__, url_prefix="/counsel")


@bp.get("")
@guard(counsel)
def folder() -> ResponseReturnValue:
    """What waits for this lawyer."""
    lacking = force.lacking() if g.me.signs_rules else {}
    return render_template("legal/folder.html", folder=lawyer.folder(g.me), lacking=lacking)


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


@bp.post("/papers/<uuid:paper_id>/ended")
@guard(counsel)
def ended(paper_id: UUID) -> ResponseReturnValue:
    """Write down that a court vacated, stayed or replaced an order, or lifted a stay."""
    shown, stands = lawyer.read(g.me, str(paper_id)), ending.standing(g.me, str(paper_id))
    place = Place.of("ended", shown.case_id, paper_id)
    form = EndedForm.of(stands.steps if stands else ())
    if not form.validate():
        return _page(shown, CounselForm(formdata=None), place, ended=form)
    try:
        with place.sent():
            ending.end(
                g.me, shown.id, how=form.how.data, on=form.on.data, court=text_of(form.court), words=text_of(form.words)
            )
    except Refused as no:
        if no.code == 404:
            raise
        form.form_errors.append(str(no))
        return _page(shown, CounselForm(formdata=None), place, ended=form)
    flash("Written down. It holds from that day on.")
    return redirect(url_for(".paper", paper_id=paper_id), 303)


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


def _page(shown: PaperView, form: CounselForm, place: Place, ended: EndedForm | None = None) -> ResponseReturnValue:
    """A paper that waits, with a place for the answer; one that was signed off, with what may follow."""
    wrong = any(bool(one.errors or one.form_errors) for one in (form, ended) if one)
    stands = ending.standing(g.me, shown.id)
    if stands and ended is None:
        place = Place.of("ended", shown.case_id, shown.id)
        ended = EndedForm.of(stands.steps)
    page = render_template(
        "legal/counsel.html", paper=shown, form=form, wrong=wrong, place=place, going=lawyer.going(g.me, shown.id),
        stands=stands, ended=ended,
    )  # fmt: skip
    return page, 422 if wrong else 200


__all__ = ["bp"]
