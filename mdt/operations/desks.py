"""A person's desk: what needs them now, by urgency; then meetings, what is about to lapse, what waits on others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select

from mdt.models import Meeting, Member, Phase, Standing, User, db, now
from mdt.models.among import among
from mdt.operations import (
    at_once,
    caseload,
    convening,
    duties,
    facts,
    glance,
    releases,
    requests,
    tasks,
    views,
    watching,
)
from mdt.operations.access import Person, Reader, Seat, seat_at
from mdt.operations.at_once import Of, Question
from mdt.operations.caseload import CaseLine
from mdt.operations.duties import Duty
from mdt.operations.glance import Glance, glances
from mdt.operations.meeting import visits
from mdt.operations.meeting.visits import Asked
from mdt.operations.requests import RequestView
from mdt.operations.rules import notice
from mdt.operations.tasks import TaskView
from mdt.sharing.moments import begins, day, days_after, running

MEETINGS_AHEAD = timedelta(days=14)
LAPSING_WITHIN = timedelta(days=7)
AHEAD = (Phase.PLANNED, Phase.OPEN)
CASES_SHOWN = 8
CASES_LOOKED_THROUGH = 200


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody asks me to a table; whose child it is, is said once I have come."""

    id: str
    agency: str
    why: str
    invited_at: datetime


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A meeting of one of my cases."""

    id: str
    case_id: str
    title: str
    starts_at: datetime
    open: bool
    called: str


@dataclass(frozen=True, slots=True)
class Lapsing:
    """A release that ends soon, for whoever keeps it: `again` is what a new one like it begins with, `zone` whose day
    its last one is."""

    id: str
    case_id: str
    discloser: str
    ends_on: date
    called: str
    again: dict[str, str]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Somebody asked to the table who has not answered."""

    case_id: str
    name: str
    invited_at: datetime
    called: str


@dataclass(frozen=True, slots=True)
class MissingLine:
    """A young person who is missing now."""

    case_id: str
    called: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """What is on this person's desk."""

    missing: tuple[MissingLine, ...]
    invitations: tuple[Invitation, ...]
    offered: tuple[TaskView, ...]
    held: tuple[TaskView, ...]
    waiting: tuple[TaskView, ...]
    asked_of_me: tuple[RequestView, ...]
    asked: tuple[RequestView, ...]
    duties: tuple[Duty, ...]
    meetings: tuple[MeetingLine, ...]
    lapsing: tuple[Lapsing, ...]
    unanswered: tuple[Unanswered, ...]
    cases: tuple[CaseLine, ...]
    visits: tuple[Asked, ...]
    glances: tuple[Glance, ...]
    rules_changed_at: datetime | None

    @property
    def needs(self) -> int:
        """How many things wait for this person."""
        live = sum(meeting.open for meeting in self.meetings)
        mine = (self.missing, self.invitations, self.offered, self.held, self.asked_of_me, self.duties, self.visits)
        return sum(map(len, mine)) + live


def desk(me: Person) -> Desk:
    """This person's desk, now. Each kind of line is one question to the database, however many cases."""
    seats = seats_of(me)
    at_hand = duties.cases(seats)
    lines = {line.id: line for line in caseload.lines(me, _memberships(me)[:CASES_SHOWN])}
    called = _Called(lines, seats)
    mine, asked = tasks.of_person(me, seats), requests.of_person(me, seats, called)
    found = Desk(
        tuple(_missing(seats, called)),
        tuple(map(_invitation, convening.invitations(me))),
        tuple(one for one in mine if one.offered_to_me),
        tuple(one for one in mine if one.mine and one.in_hand),
        tuple(one for one in mine if one.mine and one.offered),
        tuple(one for one in asked if one.to_answer),
        tuple(one for one in asked if one.mine),
        duties.of(me, seats),
        tuple(_meetings(seats, called)),
        tuple(_lapsing(seats, called)),
        tuple(_unanswered(seats, called)),
        tuple(lines.values()),
        visits.of_person(me),
        glances(me.role, seats, called),
        notice.changed_at(seats.values()),
    )
    del at_hand
    return found


def skeleton(me: Person) -> Any:
    """What this desk is made of, decided and not opened: when this differs, the desk does."""
    seats, nobody = seats_of(me), _Called({}, {})
    at_hand = duties.cases(seats)
    bones = [
        [one.case_id for one in _missing(seats, nobody)],
        [one.id for one in convening.invitations(me)],
        tasks.open_ones(me, seats),
        requests.skeleton(seats),
        duties.skeleton(me, seats),
        [[one.id, one.open] for one in _meetings(seats, nobody)],
        [one.id for one in _lapsing(seats, nobody)],
        [[one.case_id, one.name] for one in _unanswered(seats, nobody)],
        caseload.skeleton(me, _memberships(me)[:CASES_SHOWN]),
        [[one.id, one.acknowledged, one.here] for one in visits.of_person(me)],
        glance.skeleton(me.role, seats),
        notice.changed_at(seats.values()),
        sorted({day(now(), zone) for zone in _zones(me, seats)}),
    ]
    del at_hand
    return bones


class _Called:
    """What the young person of a case is called on this desk: as the case list says it."""

    def __init__(self, lines: dict[str, CaseLine], seats: dict[str, Seat]) -> None:
        self._lines = lines

    def __call__(self, case_id: str) -> str:
        line = self._lines.get(case_id)
        return line.called if line else "A young person"


_MEMBERS = Member.__table__.c
LATEST = (
    select(_MEMBERS.id, _MEMBERS.case_id, _MEMBERS.changed_at)
    .where(_MEMBERS.user_id == bindparam("me"), _MEMBERS.standing == Standing.ACCEPTED)
    .order_by(_MEMBERS.changed_at.desc(), _MEMBERS.id.desc())
    .limit(CASES_LOOKED_THROUGH)
)
"""Asked for one person at a time: some have very many cases, and only the latest of them are looked through."""


def _memberships(me: Person) -> list[Any]:
    return at_once.once(("memberships", me.id), lambda: list(db.session.execute(LATEST, {"me": me.id})))


def seats_of(me: Person) -> dict[str, Seat]:
    """A seat at each of this person's latest cases."""
    loaded = facts.load_many([row.case_id for row in _memberships(me)])
    return {case_id: seat for case_id, case in loaded.items() if (seat := seat_at(case, me))}


def _invitation(member: Member) -> Invitation:
    return Invitation(member.id, member.case.lead.name, member.why or "", member.invited_at)


def _missing(seats: dict[str, Seat], called: _Called) -> Iterable[MissingLine]:
    """Running episodes, for the lead alone: what others may know of them is on the case page."""
    for seat in seats.values():
        for episode in seat.case.facts.case.missing:
            if seat.leads and running(episode.since, episode.until, seat.at, seat.zone):
                since = begins(episode.since, seat.zone)
                yield MissingLine(seat.id, called(seat.id), since)


MEETINGS = Question(
    Of.CASE,
    select(Meeting).where(among(Meeting.case_id), Meeting.phase.in_(AHEAD)).order_by(Meeting.starts_at),
    lambda row: [row.case_id],
)


def _meetings(seats: dict[str, Seat], called: _Called) -> Iterable[MeetingLine]:
    until = now() + MEETINGS_AHEAD
    near = [one for one in MEETINGS.about(seats) if one.starts_at < until]
    for meeting in sorted(near, key=lambda one: (one.starts_at, one.id)):
        yield MeetingLine(
            meeting.id,
            meeting.case_id,
            meeting.title,
            meeting.starts_at,
            meeting.phase == Phase.OPEN,
            called(meeting.case_id),
        )


def _lapsing(seats: dict[str, Seat], called: _Called) -> Iterable[Lapsing]:
    for seat in seats.values():
        today = seat.today
        soon = [
            (one, one.expires)
            for one in seat.case.facts.releases
            if isinstance(one.expires, date) and today <= one.expires <= today + LAPSING_WITHIN
        ]
        for release, ends_on in soon:
            again = releases.again_of(seat, release) if releases.may_know(seat, release) else None
            if again and not release.revoked:
                source = releases.names([release.discloser], seat)[0]
                yield Lapsing(release.id, seat.id, source, ends_on, called(seat.id), again, seat.zone)


WAIT = Question(
    Of.CASE,
    select(Member.case_id, Member.invited_at, User)
    .join(User, User.id == Member.user_id)
    .where(among(Member.case_id), Member.standing == Standing.INVITED)
    .order_by(Member.invited_at, Member.id),
    lambda row: [row.case_id],
)


def _unanswered(seats: dict[str, Seat], called: _Called) -> Iterable[Unanswered]:
    rows = WAIT.about([seat.id for seat in seats.values() if seat.leads])
    for case_id, invited_at, user in sorted(rows, key=lambda row: row.invited_at):
        yield Unanswered(case_id, user.name, invited_at, called(case_id))


def _watch(topic: watching.Topic, me: Person, _purpose: str | None) -> tuple[str, datetime | None]:
    return watching.tag(topic, me, skeleton(me)), turns(me)


def turns(me: Person) -> datetime | None:
    """When this desk may differ by itself, next."""
    return min(_turns(me, seats_of(me)), default=None)


def _turns(me: Person, seats: dict[str, Seat]) -> Iterable[datetime]:
    """When a desk may differ by itself: a fact turns, a day begins, a meeting comes near or its time is over. Its page
    is told then, and not with whatever moves one of the cases next: that may be nothing of its reader's."""
    yield from (turn for seat in seats.values() if (turn := views.turns(seat)))
    yield from (begins(days_after(now(), 1, zone), zone) for zone in _zones(me, seats))
    at = now()
    for one in MEETINGS.about(seats):
        if one.starts_at >= at + MEETINGS_AHEAD:
            yield one.starts_at - MEETINGS_AHEAD
        elif one.ends_at > at:
            yield one.ends_at


def _zones(me: Person, seats: dict[str, Seat]) -> set[ZoneInfo]:
    """Where it has to be another day for this desk to say "today" of another: where its reader is, where a case is."""
    return {seat.zone for seat in seats.values()} | ({me.zone} if isinstance(me, Reader) else set())


def _watch_all(topic: watching.Topic, people: Sequence[Person]) -> watching.OneOf:
    """Their desks will ask of all their cases."""
    theirs = list(dict.fromkeys(row.case_id for me in people for row in _memberships(me)))
    at_once.announce(Of.CASE, theirs)
    facts.load_many(theirs)
    return partial(_watch, topic)


watching.kind("desk", _watch, many=_watch_all)

__all__ = ["Desk", "desk", "seats_of", "skeleton", "turns"]
