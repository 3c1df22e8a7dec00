"""Planning a meeting, moving it to another time, calling it off. Last meeting's actions come first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select, update

from mdt.models import Case, Matter, Meeting, Phase, Point, Wanted, db, now
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, recorded
from mdt.operations.meeting import invites, returns
from mdt.operations.meetings import facilitated, find
from mdt.sharing.gatherings import Kind

LAST_TIME = "What we said we would do"
LAST_TIME_MINUTES = 5


@dataclass(frozen=True, slots=True)
class Agenda:
    """A point as it is planned: its words, its minutes, and the item it puts on the table."""

    title: str
    minutes: int = 10
    item_id: str | None = None
    matter: Matter = Matter.USUAL


def kinds(seat: Seat) -> tuple[Kind, ...]:
    """The kinds of meeting that one case can have by itself, in the county's order."""
    return tuple(one for one in seat.profile.gatherings.kinds.values() if not one.roster)


def plan(
    seat: Seat, *, title: str = "", starts_at: datetime, points: Sequence[Agenda] = (), kind: str | None = None
) -> Meeting:
    """Plan a meeting of this case's team, oneself facilitating, and ask those to come whom its kind asks. Without
    points it has the usual ones of its kind."""
    with recorded("meeting.planned", by=seat.me, case=seat.id) as record:
        known = seat.profile.gatherings.kind(kind)
        if kind and (known is None or known.roster):
            raise Refused("Choose a kind of meeting that is on the page.", reason="kind", code=422)
        meeting = set_up(seat, title=title, starts_at=starts_at, points=points, kind=known)
        record["meeting"], record["kind"] = meeting.id, meeting.kind
    return meeting


def set_up(
    seat: Seat, *, title: str, starts_at: datetime, points: Sequence[Agenda], kind: Kind | None,
    review_id: str | None = None, new: bool = False,
) -> Meeting:  # fmt: skip
    """A planned meeting with its agenda, invitations and returns; within an act."""
    usual = points or [Agenda(*share) for share in (kind.shares(new=new) if kind else ())]
    if not usual:
        raise Refused("Put at least one point on the agenda.", reason="no_agenda", code=422)
    meeting = Meeting(
        case=db.session.get_one(Case, seat.id), facilitator_id=seat.me.id, starts_at=starts_at, review_id=review_id,
        title=title or (kind.title if kind else "Team meeting"), kind=kind.name if kind else None,
    )  # fmt: skip
    db.session.add(meeting)
    whole = (*carried(seat.id), *usual)
    if review_id and kind:
        whole = _fitted(whole, kind.box(new=new))
    for position, point in enumerate(whole, 1):
        meeting.agenda.append(_point(meeting, position, point))
    db.session.flush()
    returns.begin(meeting, invites.invite_team(meeting, kind))
    mine = Wanted.case_id == seat.id, Wanted.meeting_id.is_(None)
    db.session.execute(update(Wanted).where(*mine).values(meeting_id=meeting.id))
    return meeting


def _fitted(points: Sequence[Agenda], minutes: int) -> tuple[Agenda, ...]:
    """The same points in a time box: each with its share, none without a minute. The next case waits outside."""
    whole, spent, found = sum(one.minutes for one in points), 0, []
    for place, one in enumerate(points, 1):
        left = len(points) - place
        share = min(max(1, round(one.minutes * minutes / whole)), minutes - spent - left) if left else minutes - spent
        found.append(replace(one, minutes=max(1, share)))
        spent += found[-1].minutes
    return tuple(found)


def _point(meeting: Meeting, position: int, said: Agenda) -> Point:
    return Point(
        meeting=meeting, position=position, title=said.title, minutes=said.minutes, item_id=said.item_id,
        matter=said.matter,
    )  # fmt: skip


def last_held(case_id: str, *, before: datetime | None = None) -> Meeting | None:
    """The meeting of this case that was held last."""
    held = (Meeting.case_id == case_id, Meeting.phase == Phase.ADJOURNED, Meeting.adjourned_at < (before or now()))
    return db.session.scalar(select(Meeting).where(*held).order_by(Meeting.adjourned_at.desc()).limit(1))


def carried(case_id: str) -> tuple[Agenda, ...]:
    """What the last meeting leaves to the next one: its actions, then the points it did not reach. Once: what
    another planned meeting has taken over already is not taken over again."""
    last = last_held(case_id)
    if last is None or _taken_over(case_id):
        return ()
    left = [one for one in last.agenda if one.begun_at is None and one.matter != Matter.ACTIONS]
    return (Agenda(LAST_TIME, LAST_TIME_MINUTES, matter=Matter.ACTIONS), *map(_again, left))


def _again(point: Point) -> Agenda:
    return Agenda(point.title, point.minutes, point.item_id, Matter.CARRIED)


def _taken_over(case_id: str) -> bool:
    ahead = (Meeting.case_id == case_id, Meeting.phase == Phase.PLANNED, Point.matter == Matter.ACTIONS)
    return db.session.scalar(select(Point.id).join(Meeting).where(*ahead).limit(1)) is not None


def move(seat: Seat, meeting_id: str, *, starts_at: datetime) -> None:
    """Give a planned meeting another time; calendars follow."""
    with recorded("meeting.moved", by=seat.me, case=seat.id, meeting=meeting_id):
        meeting = _planned(seat, meeting_id)
        meeting.starts_at = starts_at
        invites.moved(meeting)
        returns.moved(meeting, seat.profile.gatherings.before_hours)


def cancel(seat: Seat, meeting_id: str) -> None:
    """Call a planned meeting off; calendars follow. Who asked for it still waits."""
    with recorded("meeting.cancelled", by=seat.me, case=seat.id, meeting=meeting_id):
        meeting = _planned(seat, meeting_id)
        meeting.phase = Phase.CANCELLED
        invites.withdraw(meeting_id)
        returns.stop(meeting_id)
        db.session.execute(update(Wanted).where(Wanted.meeting_id == meeting_id).values(meeting_id=None))


def want(seat: Seat, *, urgent: bool) -> None:
    """Ask that the team meets about this case. Asking twice is asking once."""
    with recorded("meeting.wanted", by=seat.me, case=seat.id, urgent=urgent):
        mine = (Wanted.case_id == seat.id, Wanted.user_id == seat.me.id, Wanted.meeting_id.is_(None))
        waiting = db.session.scalar(select(Wanted).where(*mine))
        if waiting is None:
            db.session.add(Wanted(case_id=seat.id, user_id=seat.me.id, urgent=urgent))
        else:
            waiting.urgent = waiting.urgent or urgent


def wanted(case_ids: Iterable[str]) -> dict[str, bool]:
    """The cases for which somebody asks for a meeting that nobody planned yet; whether it is urgent."""
    rows = db.session.execute(
        select(Wanted.case_id, Wanted.urgent).where(Wanted.case_id.in_(list(case_ids)), Wanted.meeting_id.is_(None))
    )
    found: dict[str, bool] = {}
    for row in rows:
        found[str(row.case_id)] = found.get(str(row.case_id), False) or row.urgent
    return found


def _planned(seat: Seat, meeting_id: str) -> Meeting:
    find(seat, meeting_id)
    meeting = facilitated(seat, meeting_id)
    if meeting.phase != Phase.PLANNED:
        raise Refused("This meeting has begun, or is over.", reason="not_planned")
    return meeting


__all__ = ["LAST_TIME", "Agenda", "cancel", "carried", "kinds", "last_held", "move", "plan", "set_up", "want", "wanted"]
