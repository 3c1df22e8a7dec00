"""After a meeting: its minutes, drawn up, agreed, finalised; each reader's in their own view, and a copy to print."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mdt.blueprints.meetings import ROOM
from mdt.models import new_id
from mdt.operations import guarding, reading
from mdt.operations.meeting import minutes as verbs
from mdt.web.drafts import Place
from mdt.web.forms import text_of
from mdt.web.guards import guard, member_of_case
from mdt.web.meetings import RemarkForm
from mdt.web.pages import on_paper
from mdt.web.where import within

bp = Blueprint("after", __name__, url_prefix="/meetings")


@bp.get(f"{ROOM}/minutes")
@guard(member_of_case)
def minutes(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """The minutes in this reader's own view; the newest, or an earlier version."""
    place = _place(case_id, meeting_id)
    form = RemarkForm()
    form.key.data = form.key.data or new_id()
    return _page(case_id, meeting_id, form, place)


@bp.get(f"{ROOM}/minutes/copy")
@guard(member_of_case)
def copy(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """A copy of them to print, decided as an export."""
    taken = verbs.copy(g.case, str(meeting_id), version=_version())
    within(reading.name_of(g.case))
    on_paper()
    return render_template("meetings/minutes_copy.html", minutes=taken)


@bp.post(f"{ROOM}/minutes/draw")
@guard(member_of_case)
def draw(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Draw the minutes up, or once more."""
    verbs.draw_up(g.case, str(meeting_id))
    return _back(case_id, meeting_id)


@bp.post(f"{ROOM}/minutes/agree")
@guard(member_of_case)
def agree(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Agree with the version that one has read."""
    verbs.agree(g.case, str(meeting_id), version=_version() or 0)
    return _back(case_id, meeting_id)


@bp.post(f"{ROOM}/minutes/remark")
@guard(member_of_case)
def remark(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Say what is missing or wrong."""
    place = _place(case_id, meeting_id)
    form = RemarkForm()
    if not form.validate_on_submit():
        return _page(case_id, meeting_id, form, place)
    try:
        with place.sent():
            verbs.remark(g.case, str(meeting_id), text_of(form.text), form.sent)
    except guarding.Repeats as no:
        return _page(case_id, meeting_id, form, place, no.found)
    flash("It is your own record, and part of the minutes once they are drawn up again.")
    return _back(case_id, meeting_id)


@bp.post(f"{ROOM}/minutes/finalise")
@guard(member_of_case)
def finalise(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Finalise the version that one has read."""
    verbs.finalise(g.case, str(meeting_id), version=_version() or 0)
    return _back(case_id, meeting_id)


def _place(case_id: UUID, meeting_id: UUID) -> Place:
    return Place.of("remark", case_id, meeting_id)


def _page(
    case_id: UUID, meeting_id: UUID, form: RemarkForm, place: Place, repeats: tuple[guarding.Repeat, ...] = ()
) -> ResponseReturnValue:
    seen = verbs.read(g.case, str(meeting_id), version=_version() if request.method == "GET" else None)
    within(reading.name_of(g.case))
    page = render_template(
        "meetings/minutes.html", minutes=seen, form=form, repeats=repeats, place=place,
        topic=verbs.topic(str(case_id), str(meeting_id)),
    )  # fmt: skip
    return page, 422 if form.errors or repeats else 200


def _version() -> int | None:
    said = request.values.get("version", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 5 else None


def _back(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return redirect(url_for(".minutes", case_id=case_id, meeting_id=meeting_id), 303)
