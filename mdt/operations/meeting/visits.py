"""Guests of one point of the agenda, and those who only listen to it.

A guest is of the team while their point is on the table: from the moment it is put there until the moment it is
taken away, and for `LONGEST` at the most. Before and after there is no such case for them; that they were there is in
the ledger. Whoever comes onto the team meanwhile, or is kept out of it, is nobody's guest any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from mdt.models import Agency, Case, Meeting, Member, Phase, Point, Standing, User, Visit, db, now, stir
from mdt.models.among import among
from mdt.operations import convening
from mdt.operations.access import Person, Seat, profile
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.at_once import Of, Question
from mdt.operations.linking import training
from mdt.operations.meetings import facilitated, when_turned
from mdt.sharing.caseworking import Caseworking
from mdt.sharing.vocabulary import Role

LONGEST = timedelta(hours=12)
"""How long a visit lasts at the most, whatever becomes of the meeting: a laptop that dies turns no agenda."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A visit, as the guest reads it before they are let in: who asks and when, and nothing of whom."""

    id: str
    agency: str
    starts_at: datetime
    observes: bool
    acknowledged: bool
    here: bool
    over: bool
    case_id: str | None
    meeting_id: str | None


@dataclass(frozen=True, slots=True)
class Guest:
    """A visit, as the facilitator reads it."""

    id: str
    user_id: str
    name: str
    agency: str
    point_id: str
    observes: bool
    state: str


def ask(seat: Seat, meeting_id: str, *, point_id: str, user_id: str, observes: bool) -> None:
    """Ask somebody who is not of the team to one point of the agenda."""
    with recorded("visit.asked", by=seat.me, case=seat.id, meeting=meeting_id, observes=observes) as record:
        meeting, user = facilitated(seat, meeting_id), convening.askable(seat, user_id)
        point = next((one for one in meeting.agenda if one.id == point_id and one.ended_at is None), None)
        if meeting.phase not in (Phase.PLANNED, Phase.OPEN) or point is None:
            raise Refused("Choose a point that is still to come.", reason="point", code=422)
        record["point"], record["who"] = point.id, user.id
        if _member(seat.id, user_id) in (Standing.ACCEPTED, Standing.INVITED):
            raise Refused(f"{user.name} is on the team, or asked to it, already.", reason="on_the_team")
        if _standing(meeting_id, user_id):
            raise Refused(f"{user.name} is a guest of this meeting already.", reason="asked_already")
        db.session.add(Visit(meeting=meeting, point_id=point_id, user=user, user_id=user_id, observes=observes))
        stir(db.session(), [user_id])


def take_back(seat: Seat, meeting_id: str, visit_id: str) -> None:
    """Do not let them in, or send them out now."""
    with recorded("visit.ended", by=seat.me, case=seat.id, meeting=meeting_id, visit=visit_id):
        facilitated(seat, meeting_id)
        visit = db.session.get(Visit, visit_id)
        if visit is None or visit.meeting_id != meeting_id:
            raise not_there()
        _end(visit)


def acknowledge(me: Person, visit_id: str) -> None:
    """Keep to oneself what one hears; a guest whose point is on the table already is let in with it."""
    visit = _mine(me, visit_id)
    with recorded("visit.acknowledged", by=me, case=visit.meeting.case_id, visit=visit_id):
        training.check_comes(me, _rules(visit))
        visit.acknowledged_at = visit.acknowledged_at or now()
        if visit.meeting.current_id == visit.point_id and visit.came_at is None:
            _let_in(visit)


def asked(me: Person, visit_id: str) -> Asked:
    """One visit of mine."""
    return _asked(_mine(me, visit_id))


VISITS = Question(
    Of.PERSON,
    select(Visit)
    .join(Visit.meeting)
    .where(among(Visit.user_id), Visit.ended_at.is_(None), Meeting.phase.in_((Phase.PLANNED, Phase.OPEN)))
    .order_by(Meeting.starts_at, Visit.id)
    .options(contains_eager(Visit.meeting).joinedload(Meeting.case, innerjoin=True)),
    lambda row: [row.user_id],
)


def of_person(me: Person) -> tuple[Asked, ...]:
    """To which points I am asked, or at which I am now."""
    return tuple(_asked(one) for one in VISITS.about([me.id]))


def guests(meeting: Meeting) -> tuple[Guest, ...]:
    """The guests of a meeting, for its facilitator."""
    rows = db.session.scalars(select(Visit).where(Visit.meeting_id == meeting.id).order_by(Visit.asked_at, Visit.id))
    return tuple(_guest(one) for one in rows)


def here(meeting: Meeting) -> Sequence[Visit]:
    """The visits that are going on now."""
    return [one for one in _open(meeting.id) if one.came_at]


def listens(case_id: str, user_id: str) -> bool:
    """Whether somebody is of this case for now as a guest who only listens."""
    theirs = (Visit.user_id == user_id, Visit.observes, Visit.came_at.is_not(None), Visit.ended_at.is_(None))
    found = select(Visit.id).join(Visit.meeting).where(Meeting.case_id == case_id, *theirs)
    return db.session.scalar(found.limit(1)) is not None


def _guest(visit: Visit) -> Guest:
    agency = visit.user.agency.name if visit.user.agency else ""
    state = "over" if visit.ended_at else "here" if visit.came_at else "waits" if visit.acknowledged_at else "asked"
    return Guest(visit.id, visit.user_id, visit.user.name, agency, visit.point_id, visit.observes, state)


def _asked(visit: Visit) -> Asked:
    meeting, here = visit.meeting, visit.came_at is not None and visit.ended_at is None
    agency = db.session.get_one(Agency, meeting.case.lead_id)
    return Asked(
        visit.id, agency.name, meeting.starts_at, visit.observes, visit.acknowledged_at is not None, here,
        visit.ended_at is not None or meeting.phase not in (Phase.PLANNED, Phase.OPEN),
        meeting.case_id if here else None, meeting.id if here else None,
    )  # fmt: skip


def _turned(seat: Seat, meeting: Meeting, last: Point | None, point: Point | None) -> None:
    """The guests of what leaves the table go; those of what comes onto it, and have promised, come."""
    for visit in _open(meeting.id):
        if point is not None and visit.point_id == point.id:
            if visit.acknowledged_at and visit.came_at is None and not training.keeps_out(visit.user_id, _rules(visit)):
                _let_in(visit)
        elif visit.came_at or point is None or (last and visit.point_id == last.id):
            _end(visit)


def _let_in(visit: Visit) -> None:
    """Of the team from now on, as their discipline usually is."""
    case, user, at = db.session.get_one(Case, visit.meeting.case_id), visit.user, now()
    member = db.session.scalar(select(Member).where(Member.case_id == case.id, Member.user_id == user.id))
    if member is None:
        member = Member(
            case=case, user=user, user_id=user.id, purpose=convening.purpose_for(Role(str(user.role)), None)
        )
        db.session.add(member)
    elif convening.state_of(member) in ("here", "asked", "out"):
        _end(visit)
        return
    values = {"standing": Standing.ACCEPTED, "since": at, "until": at + LONGEST, "recused_at": None, "invited_at": at}
    for name, value in (values | {"answer": None, "why": None}).items():
        setattr(member, name, value)
    visit.came_at = at
    db.session.flush()


def _rules(visit: Visit) -> Caseworking:
    return profile(visit.meeting.case.profile).caseworking


def _end(visit: Visit) -> None:
    if visit.ended_at is not None:
        return
    visit.ended_at = now()
    if visit.came_at:
        mine = (Member.case_id == visit.meeting.case_id, Member.user_id == visit.user_id)
        member = db.session.scalar(select(Member).where(*mine))
        if member and member.standing == Standing.ACCEPTED:
            convening.put_out(member)
    stir(db.session(), [visit.user_id])


def _open(meeting_id: str) -> Sequence[Visit]:
    mine = (Visit.meeting_id == meeting_id, Visit.ended_at.is_(None))
    return db.session.scalars(select(Visit).where(*mine).order_by(Visit.id)).all()


def _standing(meeting_id: str, user_id: str) -> bool:
    return any(one.user_id == user_id for one in _open(meeting_id))


def _member(case_id: str, user_id: str) -> str | None:
    mine = (Member.case_id == case_id, Member.user_id == user_id, Member.recused_at.is_(None))
    return db.session.scalar(select(Member.standing).where(*mine))


def _mine(me: Person, visit_id: str) -> Visit:
    visit = db.session.get(Visit, visit_id)
    user = db.session.get(User, me.id)
    if visit is None or user is None or visit.user_id != me.id:
        raise not_there()
    return visit


when_turned(_turned)

__all__ = ["Asked", "Guest", "acknowledge", "ask", "asked", "guests", "here", "listens", "of_person", "take_back"]
