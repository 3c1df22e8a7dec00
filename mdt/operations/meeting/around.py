"""What stands around a meeting for one reader: its kind and quorum, what was promised last time, what agencies wrote,
hands that are up, guests, and one's own invitation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from mdt.models import Attendance, Meeting, Segment, Step, Task, db
from mdt.models.tasks import OPEN
from mdt.operations.access import Seat
from mdt.operations.meeting import carrying, invites, returns, visits
from mdt.operations.meeting.minutes import latest
from mdt.operations.meeting.returns import Wait
from mdt.operations.meeting.visits import Guest
from mdt.operations.tasks import TaskView
from mdt.sharing.vocabulary import ROLE_WORDS, Role


@dataclass(frozen=True, slots=True)
class Quorum:
    """Which disciplines have to be there, and which of them are not, in words."""

    needed: tuple[str, ...]
    absent: tuple[str, ...]

    @property
    def complete(self) -> bool:
        return not self.absent


@dataclass(frozen=True, slots=True)
class Promised:
    """What was taken on before: still open, done, and what turned out not to be possible. Never one for another."""

    open: tuple[TaskView, ...]
    done: tuple[TaskView, ...]
    not_possible: tuple[TaskView, ...]

    def __bool__(self) -> bool:
        return bool(self.open or self.done or self.not_possible)


NOTHING = Promised((), (), ())


@dataclass(frozen=True, slots=True)
class Mine:
    """One's own part in a meeting: invited, what one answered, what one's agency is to write."""

    invited: bool
    reply: str
    ends_at: datetime
    wait: Wait | None


@dataclass(frozen=True, slots=True)
class Around:
    """All of it, for one reader."""

    kind: str | None
    quorum: Quorum | None
    mine: Mine
    hands: tuple[str, ...]
    apologies: frozenset[str]
    guests: tuple[Guest, ...]
    minutes: int | None


def around(seat: Seat, meeting: Meeting, present: Sequence[str], rows: Sequence[Attendance], *, joined: bool) -> Around:
    """What stands around this meeting for this reader. `rows`: who has been in the room."""
    kind = seat.profile.gatherings.kind(meeting.kind)
    invite = invites.of(meeting.id, seat.me.id)
    mine = Mine(
        invite is not None and invite.cancelled_at is None, invite.reply if invite else "", invites.ends_at(meeting),
        returns.mine(seat, meeting.id),
    )  # fmt: skip
    newest = latest(meeting.id)
    return Around(
        kind.title if kind else None,
        quorum(seat, kind.quorum, _taking_part(meeting, present)) if kind and kind.quorum and joined else None,
        mine, hands(rows, present) if joined else (), invites.apologies(meeting.id),
        visits.guests(meeting) if meeting.facilitator_id == seat.me.id else (), newest.version if newest else None,
    )  # fmt: skip


def _taking_part(meeting: Meeting, present: Sequence[str]) -> list[str]:
    """Of those in the room whoever does not only listen: an observer is no quorum."""
    listen = {one.user_id for one in visits.here(meeting) if one.observes}
    return [one for one in present if one not in listen]


def quorum(seat: Seat, needed: Sequence[Role], present: Sequence[str]) -> Quorum:
    """Whether every discipline that has to be there is, by who is in the room."""
    users = seat.case.facts.users
    there = {users[one].role for one in present if one in users}
    absent = tuple(ROLE_WORDS[role] for role in needed if role not in there)
    return Quorum(tuple(ROLE_WORDS[role] for role in needed), absent)


def promised(seat: Seat, meeting: Meeting, handed: Sequence[TaskView]) -> Promised:
    """What was decided or taken on at the meetings before this one: all that is open, the oldest first; and what came
    of the rest at the last one or since. `handed`: the tasks that this reader may see."""
    held = carrying.held(seat.id, before=meeting.opened_at)
    if not held:
        return NOTHING
    last, mine = held[-1], (Segment.meeting_id.in_([one.id for one in held]), Task.case_id == seat.id)
    said = select(Task.id, Task.answered_at, Segment.meeting_id).join(Segment, Segment.item_id == Task.item_id)
    rows = db.session.execute(said.where(*mine, Segment.kind.in_(("decision", "action"))))
    lately = {row.id: row.meeting_id == last.id or _since(row.answered_at, last.adjourned_at) for row in rows}
    known = [one for one in handed if one.id in lately]
    return Promised(
        tuple(one for one in known if one.step in OPEN),
        tuple(one for one in known if one.step == Step.DONE and lately[one.id]),
        tuple(one for one in known if one.step == Step.NOT_POSSIBLE and lately[one.id]),
    )


def _since(at: datetime | None, last: datetime | None) -> bool:
    return at is not None and last is not None and at > last


def hands(rows: Sequence[Attendance], present: Sequence[str]) -> tuple[str, ...]:
    """Whose hand is up, in the order in which they went up; of those in the room."""
    up = sorted((row.hand_at, row.user_id) for row in rows if row.hand_at and row.user_id in present)
    return tuple(user for _, user in up)


def skeleton(found: Around, *, facilitates: bool) -> list[Any]:
    """What of it is on the page, without words. Whose apologies are shown is for the list of people to say."""
    wait = found.mine.wait
    return [
        found.quorum.absent if found.quorum else None,
        [found.mine.invited, found.mine.reply, found.mine.ends_at, wait.filed_at if wait else None],
        found.hands,
        [[one.id, one.state] for one in found.guests] if facilitates else [],
        found.minutes,
    ]


__all__ = ["NOTHING", "Around", "Mine", "Promised", "Quorum", "around", "promised", "skeleton"]
