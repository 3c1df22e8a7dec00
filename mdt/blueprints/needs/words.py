"""The young person's own words about themself: said by them, or written down for them, and read where it is safe."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from mdt.operations import reading
from mdt.operations.needs import saying, words
from mdt.web.drafts import Place
from mdt.web.guarded import Tried
from mdt.web.guards import guard, member_of_case
from mdt.web.where import within
from mdt.web.words import ASKED, WordsForm

bp = Blueprint("words", __name__, url_prefix="/needs")


@bp.route("/cases/<uuid:case_id>/words", methods=["GET", "POST"])
@guard(member_of_case)
def show(case_id: UUID) -> ResponseReturnValue:
    """What they say of themself, as this reader is given it; and the form, for them and whoever leads the case."""
    said = words.read(g.case)
    if not words.may_speak(g.case):
        if not said:
            abort(404)
        within(reading.name_of(g.case))
        return render_template("needs/words_read.html", said=said, asked=ASKED, case_id=case_id)
    place = Place.of(words.PLACE, case_id)
    form = WordsForm.of(g.case, said)
    tried = Tried(form)
    if form.validate_on_submit():
        with tried.keeping(place, shows=(409, 422)):
            words.speak(g.case, form.said, not_to=form.kept_from.data or (), sent=form.sent)
        if tried.kept:
            flash("Kept.")
            return redirect(url_for("words.show", case_id=case_id), 303)
    tried.again()
    page = render_template(
        "needs/words.html", form=form, said=said, case_id=case_id, repeats=tried.repeats,
        young=saying.is_young(g.case), place=place,
        readers={one.name: words.readers(g.case, one) for one in words.WORDS},
    )  # fmt: skip
    return page, tried.code
