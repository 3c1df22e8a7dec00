"""The young person's own words about themself: said by them, or written down for them, and read where it is safe."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from mdt.models import new_id
from mdt.operations import guarding, reading
from mdt.operations.acts import Refused
from mdt.operations.needs import saying, words
from mdt.web.drafts import Place
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
    repeats: tuple[guarding.Repeat, ...] = ()
    if form.validate_on_submit():
        try:
            with place.sent():
                words.speak(g.case, form.said, not_to=form.kept_from.data or (), sent=form.sent)
        except guarding.Repeats as no:
            repeats = no.found
        except Refused as no:
            if no.code == 404:
                raise
            form.form_errors = [*form.form_errors, str(no)]
        else:
            flash("Kept.")
            return redirect(url_for("words.show", case_id=case_id), 303)
    within(reading.name_of(g.case))
    form.key.data = form.key.data or new_id()
    page = render_template(
        "needs/words.html", form=form, said=said, case_id=case_id, repeats=repeats, young=saying.is_young(g.case),
        place=place, readers={one.name: words.readers(g.case, one) for one in words.WORDS},
    )  # fmt: skip
    return page, 422 if form.errors or form.form_errors or repeats else 200
