"""On the floor of a meeting: a hand, a motion, something taken on, a dissent, guests; and who would read a note."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mdt.blueprints.meetings import ROOM, again, back_to
from mdt.operations import convening, desks, guarding, meetings, reading, updates, watching
from mdt.operations.meeting import facilitating, speaking, visits
from mdt.web.drafts import Place
from mdt.web.forms import text_of
from mdt.web.guards import guard, in_the_room, lead_of_case, member_of_case, reads
from mdt.web.meetings import ActionForm, DissentForm, GuestForm, MotionForm, NoteForm
from mdt.web.where import within

bp = Blueprint("floor", __name__, url_prefix="/meetings")


@bp.post(f"{ROOM}/hand")
@guard(member_of_case)
def hand(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Ask for the floor."""
    speaking.raise_hand(g.case, str(meeting_id))
    return back_to(case_id, meeting_id)


@bp.post(f"{ROOM}/hand/down")
@guard(member_of_case)
def hand_down(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Take a hand down: one's own, or as the facilitator that of whoever had the floor."""
    speaking.lower_hand(g.case, str(meeting_id), user_id=request.form.get("who") or None)
    return back_to(case_id, meeting_id)


@bp.post(f"{ROOM}/motion")
@guard(member_of_case)
def motion(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Put a motion."""
    form = MotionForm(prefix="motion-")
    return _said(
        case_id, meeting_id, "motion", form,
        lambda: speaking.move_that(g.case, str(meeting_id), text_of(form.text), form.sent),
    )  # fmt: skip


@bp.post(f"{ROOM}/second")
@guard(member_of_case)
def second(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Second somebody else's motion."""
    speaking.second(g.case, str(meeting_id), request.form.get("motion", ""))
    return back_to(case_id, meeting_id)


@bp.post(f"{ROOM}/take-on")
@guard(member_of_case)
def take_on(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Take something on, there and then."""
    form = ActionForm(prefix="action-")
    return _said(
        case_id, meeting_id, "action", form,
        lambda: speaking.take_on(g.case, str(meeting_id), text_of(form.text), form.sent, due_at=form.due_at(g.case)),
    )  # fmt: skip


@bp.post(f"{ROOM}/dissent")
@guard(member_of_case)
def dissent(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Say that one does not agree with a decision."""
    form = DissentForm(prefix="dissent-")
    return _said(
        case_id, meeting_id, "dissent", form,
        lambda: speaking.dissent(g.case, str(meeting_id), form.about.data, text_of(form.text), form.sent),
    )  # fmt: skip


def _said(case_id: UUID, meeting_id: UUID, name: str, form: Any, verb: Callable[[], None]) -> ResponseReturnValue:
    """Keep what was said, or give it back with what to mend."""
    if not form.validate_on_submit():
        return again(case_id, meeting_id, **{name: form})
    try:
        with Place.of(name, case_id, meeting_id).sent():
            verb()
    except guarding.Repeats as no:
        return again(case_id, meeting_id, **{name: form, "floor_repeats": {name: no.found}})
    return back_to(case_id, meeting_id)


@bp.post(f"{ROOM}/readers")
@guard(member_of_case)
@reads
def readers(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Who would read a note of this kind. Nothing of it is kept."""
    form = NoteForm().kinds(g.case)
    draft = meetings.note_draft(g.case, str(meeting_id), form.sent)
    audience = updates.audience_of(g.case, draft) if draft else None
    return render_template("meetings/readers.html", note=form, audience=audience)


@bp.post(f"{ROOM}/take-over")
@guard(lead_of_case)
def take_over(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Run the meeting from now on, where whoever ran it is not there."""
    facilitating.take_over(g.case, str(meeting_id))
    flash("You run this meeting now.")
    return back_to(case_id, meeting_id)


@bp.route(f"{ROOM}/guests", methods=["GET", "POST"])
@guard(lead_of_case)
def guests(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Ask somebody to one point of the agenda."""
    meeting = meetings.facilitated(g.case, str(meeting_id))
    form = GuestForm()
    here = g.case.case.facts.members
    known = [(one, name) for one, name in convening.directory().items() if one not in here]
    form.who.choices = [("", "Choose"), *known]
    form.point.choices = [(one.id, one.title) for one in meeting.agenda if one.ended_at is None]
    if form.validate_on_submit():
        visits.ask(
            g.case, str(meeting_id), point_id=form.point.data, user_id=form.who.data, observes=bool(form.observes.data)
        )
        flash("Asked. They see when, and nothing of whom, until their point is on the table.")
        return back_to(case_id, meeting_id)
    within(reading.name_of(g.case))
    page = render_template("meetings/guests.html", form=form, guests=visits.guests(meeting), case_id=case_id,
                           meeting_id=meeting_id)  # fmt: skip
    return page, 422 if form.errors else 200


@bp.post(f"{ROOM}/guests/<uuid:visit_id>/end")
@guard(lead_of_case)
def guest_out(case_id: UUID, meeting_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """Do not let a guest in, or send them out."""
    visits.take_back(g.case, str(meeting_id), str(visit_id))
    return back_to(case_id, meeting_id)


@bp.route("/visits/<uuid:visit_id>", methods=["GET", "POST"])
@guard(in_the_room)
def visit(visit_id: UUID) -> ResponseReturnValue:
    """Where a guest promises, waits, and is let in."""
    if request.method == "POST" and request.form.get("acknowledged") == "y":
        visits.acknowledge(g.me, str(visit_id))
        return redirect(url_for(".visit", visit_id=visit_id), 303)
    topic = watching.Topic("desk")
    page = {"visit": visits.asked(g.me, str(visit_id)), "topic": topic}
    return render_template("meetings/visit.html", tag=watching.tag(topic, g.me, desks.skeleton(g.me)), **page)
