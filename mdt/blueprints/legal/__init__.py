"""Legal papers of one agency in one case: taken in, prepared for counsel; holds; what is past its time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mdt.models import new_id
from mdt.operations import reading
from mdt.operations.acts import not_there
from mdt.operations.legal import holds, papers, removing
from mdt.web.drafts import Place
from mdt.web.forms import text_of
from mdt.web.guards import guard, member_of_case
from mdt.web.legal import DidForm, HoldForm, PaperForm
from mdt.web.where import within

bp = Blueprint("legal", __name__, url_prefix="/cases/<uuid:case_id>/papers")


@bp.get("")
@guard(member_of_case)
def list_papers(case_id: UUID) -> ResponseReturnValue:
    """The papers that came to this member's agency, and its holds."""
    place, shown, kept = Place.of("hold", case_id), papers.of_case(g.case), holds.of_agency(g.case)
    return _page("legal/list.html", papers=shown, holds=kept, form=HoldForm(), place=place)


@bp.route("/new", methods=["GET", "POST"])
@guard(member_of_case)
def new(case_id: UUID) -> ResponseReturnValue:
    """Take a paper in, with its own words."""
    if not papers.may_take_in(g.case):
        raise not_there()
    place = Place.of("paper", case_id)
    form = PaperForm.of(g.case)
    if form.validate_on_submit():
        with place.sent():
            paper = papers.take_in(
                g.case, form.terms, received_at=form.received_at, due_at=form.due_at, key=form.key.data
            )
        flash("Taken in.")
        return redirect(url_for(".show", case_id=case_id, paper_id=paper), 303)
    if request.method == "GET" and place.unsent is None:
        form.received_on.data = g.case.today
    form.key.data = form.key.data or new_id()
    return _page("legal/new.html", 422 if form.errors else 200, form=form, place=place)


@bp.get("/<uuid:paper_id>")
@guard(member_of_case)
def show(case_id: UUID, paper_id: UUID) -> ResponseReturnValue:
    """One paper: what it says, what has to be done first, what it opens or why it opens nothing."""
    return _paper(papers.read(g.case, str(paper_id)), DidForm())


@bp.post("/<uuid:paper_id>/steps")
@guard(member_of_case)
def step(case_id: UUID, paper_id: UUID) -> ResponseReturnValue:
    """Write down what was done of a step, or why it was not."""
    form, name = DidForm(), request.form.get("step", "")
    if not form.validate():
        return _paper(papers.read(g.case, str(paper_id)), form, 422, at=name)
    with Place.of("step", case_id, paper_id, name).sent():
        papers.did(g.case, str(paper_id), name, words=text_of(form.words), possible="not" not in request.form)
    flash("Written down.")
    return redirect(url_for(".show", case_id=case_id, paper_id=paper_id), 303)


@bp.post("/holds")
@guard(member_of_case)
def hold(case_id: UUID) -> ResponseReturnValue:
    """Keep everything, until counsel says otherwise."""
    place, form = Place.of("hold", case_id), HoldForm()
    if not form.validate():
        shown, kept = papers.of_case(g.case), holds.of_agency(g.case)
        return _page("legal/list.html", 422, papers=shown, holds=kept, form=form, place=place)
    with place.sent():
        holds.place(g.case, why=text_of(form.why), paper_id=_paper_named())
    flash("Nothing it covers can be deleted now.")
    return redirect(url_for(".list_papers", case_id=case_id), 303)


@bp.route("/past", methods=["GET", "POST"])
@guard(member_of_case)
def past(case_id: UUID) -> ResponseReturnValue:
    """What is past its time, and deleting it: an act of its own, never by itself."""
    if request.method == "POST":
        removing.delete_past(g.case, request.form.getlist("records"))
        flash("Deleted.")
        return redirect(url_for(".past", case_id=case_id), 303)
    return _page("legal/past.html", keeping=removing.past(g.case))


def _paper(paper: papers.PaperView, form: DidForm, status: int = 200, at: str = "") -> ResponseReturnValue:
    """A paper, with a place to write for each step that is not done."""
    undone = [one.step.name for one in paper.undone] if paper.waits else []
    places = {name: Place.of("step", paper.case_id, paper.id, name) for name in undone}
    return _page("legal/show.html", status, paper=paper, form=form, at=at, places=places)


def _paper_named() -> str | None:
    """The paper that a hold is for, where it is for one."""
    named = request.form.get("paper")
    try:
        return str(UUID(named)) if named else None
    except ValueError:
        raise not_there() from None


def _page(template: str, status: int = 200, **more: Any) -> ResponseReturnValue:
    within(reading.name_of(g.case))
    return render_template(template, **more), status


__all__ = ["bp"]
