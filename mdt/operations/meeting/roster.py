"""A case review over a roster: one sitting, and for each case a room of its own with its own team.

Whoever is of one case sees that meeting and no other: not how many there are, nor which. Only whoever plans it,
and leads every case in it, sees the roster.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from mdt.models import Meeting, Member, Phase, Standing, db, new_id, now
from mdt.operations import caseload, facts, ledger
from mdt.operations.access import Person, Seat, seat_at
from mdt.operations.acts import Refused, recorded
from mdt.operations.meeting import planning
from mdt.operations.meeting.agenda import Due, Reason, ordered, reason, slots
from mdt.sharing.gate import admitted
from mdt.sharing.gatherings import Kind
from mdt.sharing.moments import begins, running

AT_MOST = 40
REASON_WORDS = {
    Reason.URGENT: "It cannot wait",
    Reason.NEW: "New, a full review",
    Reason.REQUESTED: "Somebody of the team asks for it",
    Reason.ONGOING: "Its turn has come",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A case on the roster, for whoever leads it."""

    case_id: str
    called: str
    reason: Reason
    minutes: int
    starts_at: datetime | None = None
    meeting_id: str | None = None

    @property
    def words(self) -> str:
        return REASON_WORDS[self.reason]


@dataclass(frozen=True, slots=True)
class Turn:
    """A case whose turn has come for a kind of meeting: since when, and when it had the last one, if it had one."""

    case_id: str
    kind: Kind
    since: datetime
    held_at: datetime | None


def kinds_of(me: Person, seats: Mapping[str, Seat]) -> tuple[Kind, ...]:
    """The kinds of meeting that go over a roster, under the rules of the cases this person leads."""
    rules = [seat.profile.gatherings for seat in seats.values() if seat.leads]
    return tuple({one.name: one for said in rules for one in said.kinds.values() if one.roster}.values())


def led(me: Person) -> dict[str, Seat]:
    """A seat at each open case that this person leads."""
    mine = select(Member.case_id).where(Member.user_id == me.id, Member.standing == Standing.ACCEPTED)
    loaded = facts.load_many(list(db.session.scalars(mine.order_by(Member.changed_at.desc()).limit(500))))
    seats = {case_id: seat for case_id, case in loaded.items() if (seat := seat_at(case, me))}
    return {case_id: seat for case_id, seat in seats.items() if seat.leads and not seat.case.facts.case.closed}


def due(seats: Mapping[str, Seat], kind: Kind) -> tuple[Due, ...]:
    """The cases that are due for this kind of review, the most pressing first: a young person who is missing before
    all others, and of those alike whoever waits longest. What is planned already is not due."""
    held, ahead, asked = _held(seats), _ahead(seats), planning.wanted(seats)
    found = []
    for case_id, seat in seats.items():
        missing, last = _is_missing(seat), held.get((case_id, kind.name))
        why = reason(
            urgent=missing or asked.get(case_id, False), held_at=last,
            requested=case_id in asked, every_days=kind.every_days, at=seat.at,
        )  # fmt: skip
        if why and (case_id, kind.name) not in ahead:
            pressing = (not missing, list(Reason).index(why), last or _opened(seat), case_id)
            found.append((pressing, Due(case_id, why, kind.box(new=last is None), _who_comes(seat, kind))))
    return tuple(one for _, one in sorted(found, key=lambda one: one[0]))


def sitting(found: Sequence[Due]) -> tuple[Due, ...]:
    """As many of these, the first of them, as one sitting has, in the order in which they would be held."""
    return ordered(found[:AT_MOST])


def turns(seats: Mapping[str, Seat]) -> tuple[Turn, ...]:
    """The cases whose turn has come for a kind of meeting that they have by themselves and that comes back, whoever
    waits longest first. Where none was held yet it is counted from the day the case was opened."""
    held, ahead, found = _held(seats), _ahead(seats), []
    for case_id, seat in seats.items():
        for kind in planning.kinds(seat):
            last = held.get((case_id, kind.name))
            turn = (last or _opened(seat)) + timedelta(days=kind.every_days or 0)
            if kind.every_days and turn <= seat.at and (case_id, kind.name) not in ahead:
                found.append(Turn(case_id, kind, turn, last))
    return tuple(sorted(found, key=lambda one: (one.since, one.case_id)))


def lines(me: Person, found: Sequence[Due], starts_at: datetime | None = None) -> tuple[Line, ...]:
    """These cases as whoever leads them reads them."""
    times, names = dict(slots(found, starts_at)) if starts_at else {}, called(me, [one.case_id for one in found])
    return tuple(Line(one.case_id, names[one.case_id], one.reason, one.minutes, times.get(one)) for one in found)


def called(me: Person, case_ids: Sequence[str]) -> dict[str, str]:
    """What the young person of each of these cases is called, for whoever leads them."""
    named = {one.id: one.called for one in caseload.lines(me, _rows(me, case_ids))}
    return {one: named.get(one, "A young person") for one in case_ids}


def plan_review(me: Person, case_ids: Sequence[str], *, kind: str, starts_at: datetime) -> tuple[str, ...]:
    """Plan the sitting: these cases one after the other, in the order in which people wait least. The meetings."""
    asked = set(case_ids)
    seats = {case_id: seat for case_id, seat in led(me).items() if case_id in asked}
    if not seats or len(seats) != len(asked):
        raise Refused("Choose the cases to review from the page.", reason="cases", code=422)
    known = next((one for one in kinds_of(me, seats) if one.name == kind), None)
    if known is None:
        raise Refused("Choose a kind of review that is on the page.", reason="kind", code=422)
    if len(seats) > AT_MOST:
        raise Refused(f"One sitting has {AT_MOST} cases at the most. Plan two.", reason="too_many", code=422)
    chosen = due(seats, known)
    if len(chosen) != len(seats):
        raise Refused("One of these cases is not due, or is planned already. Look at the page again.", reason="due")
    return _planned(me, seats, chosen, known, starts_at)


def _planned(
    me: Person, seats: Mapping[str, Seat], chosen: Sequence[Due], kind: Kind, starts_at: datetime
) -> tuple[str, ...]:
    made, review_id = [], new_id()
    with recorded("review.planned", by=me, review=review_id, kind=kind.name) as record:
        for one, at in slots(ordered(chosen), starts_at):
            new = one.minutes != kind.minutes
            meeting = planning.set_up(
                seats[one.case_id], title="", starts_at=at, points=(), kind=kind, review_id=review_id, new=new
            )
            made.append(meeting.id)
            ledger.write("meeting.planned", one.case_id, me.id, {"meeting": meeting.id, "kind": kind.name})
        record["meetings"] = made
    return tuple(made)


def _who_comes(seat: Seat, kind: Kind) -> frozenset[str]:
    case = seat.case.facts
    asked = (one for one in case.members if admitted(case, one, seat.at) and one != seat.me.id)
    return frozenset(one for one in asked if not kind.invited or case.users[one].role in kind.invited)


def _is_missing(seat: Seat) -> bool:
    """Whether the young person is missing now; one who is back by now is not, whatever is still to be confirmed."""
    return any(running(one.since, one.until, seat.at, seat.zone) for one in seat.case.facts.case.missing)


def _opened(seat: Seat) -> datetime:
    return begins(seat.case.facts.case.opened, seat.zone)


def _held(seats: Iterable[str]) -> dict[tuple[str, str], datetime]:
    """When each of these cases had its last meeting of each kind."""
    mine = (Meeting.case_id.in_(list(seats)), Meeting.kind.is_not(None), Meeting.phase == Phase.ADJOURNED)
    each = Meeting.case_id, Meeting.kind
    rows = db.session.execute(select(*each, func.max(Meeting.adjourned_at)).where(*mine).group_by(*each))
    return {(str(case_id), str(kind)): at for case_id, kind, at in rows if at}


def _ahead(seats: Iterable[str]) -> set[tuple[str, str]]:
    """Of which kinds each of these cases has a meeting ahead."""
    mine = (Meeting.case_id.in_(list(seats)), Meeting.kind.is_not(None), Meeting.phase.in_((Phase.PLANNED, Phase.OPEN)))
    at, found = now(), db.session.scalars(select(Meeting).where(*mine))
    return {(one.case_id, str(one.kind)) for one in found if one.is_ahead(at)}


def _rows(me: Person, case_ids: Sequence[str]) -> Sequence[Any]:
    mine = (Member.user_id == me.id, Member.case_id.in_(list(case_ids)), Member.standing == Standing.ACCEPTED)
    return db.session.execute(select(Member.id, Member.case_id, Member.changed_at).where(*mine)).all()


__all__ = ["AT_MOST", "Line", "Turn", "called", "due", "kinds_of", "led", "lines", "plan_review", "sitting", "turns"]
