"""Planning a meeting, moving it to another time, calling it off. Last meeting's actions come first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import or_, select, update

from mdt.models import Case, Meeting, Phase, Point, Wanted, db, new_id, now
from mdt.models.meetings import USUAL_MINUTES
from mdt.operations import guarding, views
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, recorded
from mdt.operations.meeting import invites, returns
from mdt.operations.meeting.carrying import Agenda, carried
from mdt.operations.meetings import facilitated, find
from mdt.sharing.facts import Item as ItemFact
from mdt.sharing.gate import admitted
from mdt.sharing.gatherings import Kind
from mdt.sharing.vocabulary import Category


@dataclass(frozen=True, slots=True)
class Heeds:
    """What whoever plans lets stand: that it begins `late` for its kind; what the leak guard named; and whether they
    have just `proved` who they are."""

    late: bool = False
    heeded: tuple[str, ...] = ()
    proved: bool = False


NOTHING = Heeds()


def kinds(seat: Seat) -> tuple[Kind, ...]:
    """The kinds of meeting that one case can have by itself, in the county's order."""
    return tuple(one for one in seat.profile.gatherings.kinds.values() if not one.roster)


def plan(
    seat: Seat, *, title: str = "", starts_at: datetime, points: Sequence[Agenda] = (), kind: str | None = None,
    heeds: Heeds = NOTHING,
) -> Meeting:  # fmt: skip
    """Plan a meeting of this case's team, oneself facilitating, and ask those to come whom its kind asks. Without
    points it has the usual ones of its kind. `guarding.Repeats` if its words tell somebody of the team what they may
    not have."""
    with recorded("meeting.planned", by=seat.me, case=seat.id) as record:
        known = seat.profile.gatherings.kind(kind)
        if kind and (known is None or known.roster):
            raise Refused("Choose a kind of meeting that is on the page.", reason="kind", code=422)
        record["late"] = _is_late(seat, known, starts_at, heeds)
        _check_words(seat, title, points, heeds)
        meeting = set_up(seat, title=title, starts_at=starts_at, points=points, kind=known)
        record["meeting"], record["kind"] = meeting.id, meeting.kind
    return meeting


def _is_late(seat: Seat, kind: Kind | None, starts_at: datetime, heeds: Heeds) -> bool:
    """Whether it begins later than its kind says, counted from now; refused unless whoever plans it lets that stand."""
    if kind is None or kind.within is None:
        return False
    by = kind.within.due(seat.at, seat.profile.clocks.calendar, seat.zone)
    if starts_at > by and not heeds.late:
        raise Refused(
            f"{kind.title}: it begins by {invites.spoken(by, seat.zone)}, counted from now. "
            "Choose an earlier time, or tick that it has to be later.", reason="late", code=422,
        )  # fmt: skip
    return starts_at > by


def _check_words(seat: Seat, title: str, points: Sequence[Agenda], heeds: Heeds) -> None:
    """The words of a meeting are read by the whole team; those of a point with a record, by whoever knows of that."""
    team = [one for one in seat.case.facts.members if one != seat.me.id and admitted(seat.case.facts, one, seat.at)]
    words: dict[str | None, list[str]] = {None: [title]}
    for point in points:
        words.setdefault(point.item_id, []).append(point.title)
    for item_id, said in words.items():
        readers = [one for one in team if item_id is None or _knows(seat, one, item_id)]
        text = "\n".join(said)
        guarding.check(seat, _draft(seat), text, heeded=heeds.heeded, proved=heeds.proved, readers=readers)


def _knows(seat: Seat, user_id: str, item_id: str) -> bool:
    return any(item.id == item_id for item, _ in views.look_beside(seat, user_id).items)


def _draft(seat: Seat) -> ItemFact:
    """What is on an agenda is no record; it is held against its readers as one of its planner's agency would be."""
    source = seat.me.agency_id or seat.case.lead_id
    return ItemFact(id=new_id(), category=Category.MEETING, source=source, fields=("text",), author=seat.me.id)


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
        minutes=kind.box(new=new) if kind else USUAL_MINUTES,
    )  # fmt: skip
    db.session.add(meeting)
    whole = (*carried(seat.id), *usual)
    if review_id and kind:
        whole = _fitted(whole, kind.box(new=new))
    for position, point in enumerate(whole, 1):
        meeting.agenda.append(_point(meeting, position, point))
    db.session.flush()
    returns.begin(meeting, invites.invite_team(meeting, kind))
    for one in _waiting([seat.id]):
        one.meeting_id = meeting.id
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
        matter=said.matter, carries_id=said.carries_id,
    )  # fmt: skip


def move(seat: Seat, meeting_id: str, *, starts_at: datetime, heeds: Heeds = NOTHING) -> None:
    """Give a planned meeting another time; calendars follow."""
    with recorded("meeting.moved", by=seat.me, case=seat.id, meeting=meeting_id) as record:
        meeting = _planned(seat, meeting_id)
        record["late"] = _is_late(seat, seat.profile.gatherings.kind(meeting.kind), starts_at, heeds)
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
    found: dict[str, bool] = {}
    for one in _waiting(case_ids):
        found[one.case_id] = found.get(one.case_id, False) or one.urgent
    return found


def _waiting(case_ids: Iterable[str]) -> list[Wanted]:
    """What nobody answered: no meeting was planned for it, or one whose time went by and that nobody opened."""
    asked = select(Wanted, Meeting).outerjoin(Meeting, Meeting.id == Wanted.meeting_id)
    unheld = or_(Wanted.meeting_id.is_(None), Meeting.phase == Phase.PLANNED)
    at, rows = now(), db.session.execute(asked.where(Wanted.case_id.in_(list(case_ids)), unheld).order_by(Wanted.id))
    return [one for one, meeting in rows if meeting is None or not meeting.is_ahead(at)]


def _planned(seat: Seat, meeting_id: str) -> Meeting:
    find(seat, meeting_id)
    meeting = facilitated(seat, meeting_id)
    if meeting.phase != Phase.PLANNED:
        raise Refused("This meeting has begun, or is over.", reason="not_planned")
    return meeting


__all__ = ["Agenda", "Heeds", "cancel", "carried", "kinds", "move", "plan", "set_up", "want", "wanted"]
