"""Who runs a meeting: one of the lead's people, at every moment. Whoever planned it does, until they go; then somebody
else of the lead does at once, and where they are only not there, whoever of the lead takes it over."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, select

from mdt.models import Attendance, Case, Meeting, Member, Phase, Standing, User, db
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, recorded
from mdt.operations.meetings import find, present
from mdt.sharing.vocabulary import Role


def may_take_over(seat: Seat, meeting: Meeting, here: Sequence[str]) -> bool:
    """Whether this member may run it from now on: of the lead, and whoever runs it is not in the room (`here`)."""
    mine = seat.leads and meeting.facilitator_id not in (seat.me.id, *here)
    return mine and meeting.phase != Phase.CANCELLED


def take_over(seat: Seat, meeting_id: str) -> None:
    """Run a meeting whose facilitator is not in the room. Taking over twice is taking over once."""
    with recorded("meeting.taken_over", by=seat.me, case=seat.id, meeting=meeting_id) as record:
        meeting = find(seat, meeting_id)
        record["from"] = meeting.facilitator_id
        if meeting.facilitator_id == seat.me.id:
            return
        if not may_take_over(seat, meeting, present(meeting, seat)):
            raise Refused("Whoever runs this meeting is in the room.", reason="facilitated")
        meeting.facilitator_id = seat.me.id


def cases_of(user_id: str) -> list[str]:
    """The cases in which somebody runs a meeting that is still to be held, or to be written up."""
    return sorted(set(db.session.scalars(select(Meeting.case_id).where(*_run_by(user_id)))))


def gone(case_id: str, user_id: str) -> None:
    """Within an act: somebody is of this case no more, and runs none of its meetings."""
    for meeting in db.session.scalars(select(Meeting).where(Meeting.case_id == case_id, *_run_by(user_id))):
        meeting.facilitator_id = _next(meeting, but=user_id) or user_id


def _run_by(user_id: str) -> tuple[ColumnElement[bool], ...]:
    return Meeting.facilitator_id == user_id, Meeting.phase != Phase.CANCELLED


def _next(meeting: Meeting, *, but: str) -> str | None:
    """Of the lead's people on the team somebody who is in the room, else whoever has been on it longest."""
    lead_id = db.session.get_one(Case, meeting.case_id).lead_id
    here = and_(Attendance.meeting_id == meeting.id, Attendance.user_id == Member.user_id, Attendance.here)
    mine = (Member.case_id == meeting.case_id, Member.standing == Standing.ACCEPTED, Member.recused_at.is_(None))
    theirs = select(Member.user_id).join(User, User.id == Member.user_id).outerjoin(Attendance, here)
    of_the_lead = (User.agency_id == lead_id, User.role == Role.CW, User.active, User.id != but)
    order = (Attendance.id.is_(None), Member.since, Member.user_id)
    return db.session.scalar(theirs.where(*mine, *of_the_lead).order_by(*order).limit(1))


__all__ = ["cases_of", "gone", "may_take_over", "take_over"]
