"""Meetings: planned, joined, run live, and read afterwards."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mdt.models import new_id
from mdt.operations import desks, guarding, meetings, reading, room, together, updates, views
from mdt.operations.acts import Refused
from mdt.operations.meeting import on_call, planning, roster, visits
from mdt.web.drafts import Place, clean
from mdt.web.forms import text_of
from mdt.web.guarded import Tried
from mdt.web.guards import guard, in_the_room, lead_of_case, member_of_case
from mdt.web.meetings import FLOOR, DecisionForm, NoteForm, PlanForm, Writing, Written
from mdt.web.times import date_words
from mdt.web.where import within

bp = Blueprint("meetings", __name__, url_prefix="/meetings")
ROOM = "/cases/<uuid:case_id>/<uuid:meeting_id>"


@bp.get("/")
@guard(in_the_room)
def list_meetings() -> ResponseReturnValue:
    """My meetings, the next first; to what I am asked as a guest; for whoever leads cases a case review, and those
    whose turn has come."""
    seats = roster.led(g.me)
    beside: dict[str, Any] = {"visits": visits.of_person(g.me), "reviews": roster.kinds_of(g.me, seats)}
    beside["called"], turns = bool(g.me.agency_id), roster.turns(seats) if seats else ()
    beside |= {"turns": turns[: roster.AT_MOST], "more": max(0, len(turns) - roster.AT_MOST)}
    beside["names"] = roster.called(g.me, [one.case_id for one in beside["turns"]]) if turns else {}
    return render_template("meetings/list.html", desk=desks.desk(g.me), **beside)


@bp.route("/cases/<uuid:case_id>/plan", methods=["GET", "POST"])
@guard(lead_of_case)
def plan(case_id: UUID) -> ResponseReturnValue:
    """Plan a meeting: when, and what is on the table."""
    form = PlanForm.of(g.case, list(views.look(g.case).opened.values()), request.args.get("kind", ""))
    tried, kinds = Tried(form), planning.kinds(g.case)
    if form.validate_on_submit():
        with tried.keeping():
            meeting = planning.plan(
                g.case, title=form.title.data or "", starts_at=form.starts_at, points=form.agenda,
                kind=form.kind.data or None, heeds=form.heeds,
            )  # fmt: skip
        if tried.kept:
            return redirect(url_for(".show", case_id=case_id, meeting_id=meeting.id), 303)
    within(reading.name_of(g.case))
    called = [on_call.called(g.case, one) for one in kinds if one.on_call and form.kind.data in (None, "", one.name)]
    beside = {"kinds": kinds, "carried": planning.carried(g.case.id), "calls": called, "repeats": tried.repeats}
    page = render_template("meetings/plan.html", form=form, case_id=case_id, late=tried.reason == "late", **beside)
    return page, tried.code


@bp.get(ROOM)
@guard(member_of_case)
def show(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """The room, as this member may see it now."""
    meetings.looks_in(g.case, str(meeting_id))
    seen = room.read(g.case, str(meeting_id))
    within(reading.name_of(g.case))
    written = Writing.of(g.case, str(meeting_id), request.args.get("with", ""))
    return _shown(seen, note=written.note(), decide=written.decision(seen.people), written=written)


@bp.post(f"{ROOM}/open")
@guard(lead_of_case)
def open_meeting(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    meetings.open_meeting(g.case, str(meeting_id))
    meetings.join(g.case, str(meeting_id))
    return _back(case_id, meeting_id)


@bp.post(f"{ROOM}/join")
@guard(member_of_case)
def join(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Acknowledge confidentiality, and come in."""
    if request.form.get("acknowledged") != "y":
        raise Refused(
            "Tick that you keep what is said here.", reason="not_acknowledged", back=_url(case_id, meeting_id)
        )
    meetings.join(g.case, str(meeting_id))
    return _back(case_id, meeting_id)


@bp.post(f"{ROOM}/leave")
@guard(member_of_case)
def leave(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    meetings.leave(g.case, str(meeting_id))
    flash("You left the room. You can come back while it is open.")
    return redirect(url_for("auth.home"), 303)


@bp.post(f"{ROOM}/turn")
@guard(member_of_case)
def turn(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Put a point on the table."""
    meetings.turn_to(g.case, str(meeting_id), request.form.get("point", ""))
    return _back(case_id, meeting_id)


@bp.post(f"{ROOM}/out")
@guard(member_of_case)
def out(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Step out of the point on the table, or ask somebody to."""
    meetings.step_out(g.case, str(meeting_id), user_id=request.form.get("who") or None)
    return _back(case_id, meeting_id)


@bp.post(f"{ROOM}/in")
@guard(member_of_case)
def back_in(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    meetings.step_in(g.case, str(meeting_id), user_id=request.form.get("who") or None)
    return _back(case_id, meeting_id)


@bp.post(f"{ROOM}/note")
@guard(member_of_case)
def note(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Write down what was said."""
    form = NoteForm()
    if not form.validate_on_submit():
        return _again(case_id, meeting_id, note=form)
    try:
        if together.is_open(form.key.data):
            base = clean(request.form.get("base", ""))
            together.file(g.case, str(meeting_id), base=base, text=text_of(form.text), sent=form.sent)
        else:
            meetings.note(g.case, str(meeting_id), text_of(form.text), form.sent)
    except guarding.Repeats as no:
        return _again(case_id, meeting_id, note=form, note_repeats=no.found)
    return _back(case_id, meeting_id)


@bp.post(f"{ROOM}/together")
@guard(member_of_case)
def write_together(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Let those in the room who could read this note write in it, too."""
    form = NoteForm()
    if not form.key.validate(form):
        return _again(case_id, meeting_id, note=form)
    try:
        draft_id = together.share(g.case, str(meeting_id), form.text.data or "", form.sent)
    except guarding.Repeats as no:
        return _again(case_id, meeting_id, note=form, note_repeats=no.found)
    return redirect(f"{_url(case_id, meeting_id)}?with={draft_id}", 303)


@bp.post(f"{ROOM}/decide")
@guard(member_of_case)
def decide(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Record a decision; where somebody is to do it, hand it to them."""
    form = DecisionForm.of(room.people(g.case, str(meeting_id)))
    if not form.validate_on_submit():
        return _again(case_id, meeting_id, decide=form)
    try:
        meetings.decide(g.case, str(meeting_id), form.decision(g.case), form.sent)
    except guarding.Repeats as no:
        return _again(case_id, meeting_id, decide=form, decide_repeats=no.found)
    return _back(case_id, meeting_id)


@bp.post(f"{ROOM}/adjourn")
@guard(member_of_case)
def adjourn(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    together.put_away(g.case, str(meeting_id))
    meetings.adjourn(g.case, str(meeting_id))
    return _back(case_id, meeting_id)


def _again(case_id: UUID, meeting_id: UUID, **form: object) -> ResponseReturnValue:
    """The room with what was typed and what to mend."""
    seen = room.read(g.case, str(meeting_id))
    within(reading.name_of(g.case))
    sent = form.get("note")
    written = Writing.of(g.case, str(meeting_id), sent.key.data if isinstance(sent, NoteForm) else "")
    if written.sheet and isinstance(sent, NoteForm):
        sent.text.data = written.sheet.with_words(clean(request.form.get("base", "")), sent.text.data or "")
    forms = {"note": written.note(), "decide": written.decision(seen.people), "written": written} | form
    return _shown(seen, **forms), 422


def _shown(seen: room.RoomView, **forms: Any) -> str:
    """The page of a room, with its forms; those that are not given are empty."""
    forms["note"].kinds(g.case)
    draft = meetings.note_draft(g.case, seen.id, forms["note"].sent)
    places = {name: Place.of(name, seen.case_id, seen.id) for name in FLOOR}
    beside = {name: _on_the_floor(form, name, places[name]) for name, form in FLOOR.items() if name not in forms}
    audience = updates.audience_of(g.case, draft) if draft and seen.joined else None
    given = beside | {"audience": audience, "places": places} | forms
    usually = date_words(meetings.usually(g.case).astimezone(g.case.zone).date())
    for form in (given["decide"], given["action"]):
        form.due_on.description = f"Without a day: by {usually}."
    given["decide"].about(seen.open_motions)
    given["dissent"].over(seen.decisions)
    return render_template("meetings/show.html", room=seen, topic=room.topic(seen.case_id, seen.id), **given)


def _on_the_floor(form: type[Written], name: str, place: Place) -> Written:
    """A form beside the note, empty or as its writer left it."""
    made = form(prefix=f"{name}-", formdata=place.left)
    made.key.data = made.key.data or new_id()
    return made


def _url(case_id: UUID, meeting_id: UUID) -> str:
    return url_for("meetings.show", case_id=case_id, meeting_id=meeting_id)


def _back(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    return redirect(_url(case_id, meeting_id), 303)


again, back_to = _again, _back
