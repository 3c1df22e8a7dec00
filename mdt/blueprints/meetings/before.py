"""Before a meeting: another time, calling it off, coming or not, a calendar file, the agency's return, asking for a
meeting, a case review over a roster, and who is on call."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mdt.blueprints.meetings import ROOM, back_to
from mdt.models import Reply
from mdt.operations import meetings, reading, updates
from mdt.operations.acts import Refused
from mdt.operations.meeting import invites, on_call, planning, returns, roster
from mdt.web.drafts import Place
from mdt.web.guarded import Tried
from mdt.web.guards import guard, in_the_room, lead_of_case, member_of_case
from mdt.web.meetings import MoveForm, ReturnForm, ReviewForm, WatchForm
from mdt.web.pages import zone
from mdt.web.where import within

bp = Blueprint("before", __name__, url_prefix="/meetings")


@bp.route(f"{ROOM}/time", methods=["GET", "POST"])
@guard(lead_of_case)
def time(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Give a planned meeting another time."""
    form, meeting = MoveForm(), meetings.find(g.case, str(meeting_id))
    tried = Tried(form)
    if form.validate_on_submit():
        with tried.keeping():
            planning.move(g.case, str(meeting_id), starts_at=form.starts_at(zone()), heeds=form.heeds)
        if tried.kept:
            flash("It has another time now. Everybody’s calendar follows.")
            return back_to(case_id, meeting_id)
    within(reading.name_of(g.case))
    page = render_template("meetings/time.html", form=form, meeting_id=meeting.id, starts_at=meeting.starts_at,
                           late=tried.reason == "late")  # fmt: skip
    return page, tried.code


@bp.post(f"{ROOM}/cancel")
@guard(lead_of_case)
def cancel(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    planning.cancel(g.case, str(meeting_id))
    flash("The meeting is off. Everybody’s calendar follows.")
    return back_to(case_id, meeting_id)


@bp.post(f"{ROOM}/answer/<any(coming, apology):reply>")
@guard(member_of_case)
def answer(case_id: UUID, meeting_id: UUID, reply: str) -> ResponseReturnValue:
    """Say that one comes, or send one's apologies."""
    invites.answer(g.case, str(meeting_id), Reply(reply))
    wait = returns.mine(g.case, str(meeting_id)) if reply == Reply.APOLOGY else None
    if wait and wait.filed_at is None:
        flash("Your apologies are sent. Write down what the team should know without you.")
        return redirect(url_for(".give_return", case_id=case_id, meeting_id=meeting_id), 303)
    return back_to(case_id, meeting_id)


@bp.get(f"{ROOM}/invitation.ics")
@guard(member_of_case)
def calendar(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """One's own invitation as a file for a calendar."""
    made = make_response(invites.download(g.case, str(meeting_id)))
    made.headers["Content-Type"] = "text/calendar; charset=utf-8"
    made.headers["Content-Disposition"] = 'attachment; filename="invitation.ics"'
    return made


@bp.route(f"{ROOM}/return", methods=["GET", "POST"])
@guard(member_of_case)
def give_return(case_id: UUID, meeting_id: UUID) -> ResponseReturnValue:
    """Write down, for one's agency, what the team should know before it meets."""
    meetings.find(g.case, str(meeting_id))
    wait = returns.mine(g.case, str(meeting_id))
    if wait is None:
        abort(404)
    place = Place.of("return", case_id, meeting_id)
    form = ReturnForm.of(wait.template)
    tried = Tried(form)
    if form.validate_on_submit():
        with tried.keeping(place):
            returns.file(g.case, str(meeting_id), form.answers, form.sent)
        if tried.kept:
            flash("Filed as your agency’s own record.")
            return back_to(case_id, meeting_id)
    tried.again()
    audience = updates.audience_of(g.case, returns.draft(g.case, wait.template))
    page = render_template("meetings/return.html", form=form, wait=wait, audience=audience, repeats=tried.repeats,
                           case_id=case_id, meeting_id=meeting_id, place=place)  # fmt: skip
    return page, tried.code


@bp.route("/cases/<uuid:case_id>/want", methods=["GET", "POST"])
@guard(member_of_case)
def want(case_id: UUID) -> ResponseReturnValue:
    """Ask that the team meets about this case."""
    if request.method == "POST":
        planning.want(g.case, urgent=request.form.get("urgent") == "y")
        flash("Whoever leads the case has it on their list.")
        return redirect(url_for("cases.show", case_id=case_id), 303)
    within(reading.name_of(g.case))
    return render_template("meetings/want.html", case_id=case_id)


@bp.route("/review", methods=["GET", "POST"])
@guard(in_the_room)
def review() -> ResponseReturnValue:
    """A case review over a roster: the cases that are due, in the order in which people wait least."""
    seats = roster.led(g.me)
    kinds = roster.kinds_of(g.me, seats)
    if not kinds:
        abort(404)
    form = ReviewForm()
    form.kind.choices = [(one.name, one.title) for one in kinds]
    chosen = next((one for one in kinds if one.name == form.kind.data), kinds[0])
    if form.validate_on_submit():
        roster.plan_review(g.me, form.cases.data or (), kind=chosen.name, starts_at=form.starts_at(zone()))
        flash("Planned. Each team is asked to its own case, at its own time.")
        return redirect(url_for("meetings.list_meetings"), 303)
    due = roster.due(seats, chosen)
    beside = {"lines": roster.lines(g.me, roster.sitting(due)), "more": max(0, len(due) - roster.AT_MOST)}
    return render_template("meetings/review.html", form=form, kind=chosen, **beside), 422 if form.errors else 200


@bp.route("/on-call", methods=["GET", "POST"])
@guard(in_the_room)
def watch() -> ResponseReturnValue:
    """Who of one's own agency is called for an emergency."""
    people = on_call.colleagues(g.me)
    if not people:
        abort(404)
    form = WatchForm()
    form.who.choices = list(people.items())
    if form.validate_on_submit():
        since, until = form.span(zone())
        try:
            on_call.stand(g.me, form.who.data, since=since, until=until)
            return redirect(url_for(".watch"), 303)
        except Refused as no:
            if no.code == 404:
                raise
            form.form_errors.append(str(no))
    page = render_template("meetings/on_call.html", form=form, lines=on_call.of_agency(g.me))
    return page, 422 if form.errors or form.form_errors else 200


@bp.post("/on-call/<uuid:watch_id>/end")
@guard(in_the_room)
def watch_over(watch_id: UUID) -> ResponseReturnValue:
    on_call.end(g.me, str(watch_id))
    return redirect(url_for(".watch"), 303)
