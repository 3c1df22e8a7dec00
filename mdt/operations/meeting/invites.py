"""Invitations to a meeting, as letters with a calendar in them (RFC 5545, RFC 5546).

Each person has their own: an identifier (UID) that stands in nobody else's calendar, themselves as the only
attendee. So two calendars side by side do not say who else comes, and none names a child, a case or a kind of
meeting. What is sent again keeps its UID and counts its SEQUENCE up.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress
from sqlalchemy import select

from mdt.models import Invite, Meeting, Phase, Reply, User, Words, db, now
from mdt.operations import facts, letters
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.meetings import find
from mdt.sharing.gate import admitted
from mdt.sharing.gatherings import Kind
from mdt.sharing.vocabulary import Role

USUAL_MINUTES = 60
TITLE = "Team meeting"
"""What every calendar says, whatever the meeting: a lock screen is read by others."""


def ends_at(meeting: Meeting, starts_at: datetime | None = None) -> datetime:
    """When its time box is over. It follows from the kind of meeting alone: the minutes of the agenda would tell
    of a point that whoever is asked may not know of."""
    case = facts.load(meeting.case_id)
    kind = case.rules.gatherings.kind(meeting.kind) if case else None
    return (starts_at or meeting.starts_at) + timedelta(minutes=kind.minutes if kind else USUAL_MINUTES)


def invite_team(meeting: Meeting, kind: Kind | None) -> tuple[str, ...]:
    """Ask those of the team to come whom this kind of meeting asks; within an act. Who was asked."""
    case = facts.load(meeting.case_id)
    assert case
    asked = [user for user in case.facts.members if admitted(case.facts, user, now())]
    wanted = [user for user in asked if kind is None or not kind.invited or case.facts.users[user].role in kind.invited]
    for user in wanted:
        _invite(meeting, user)
    return tuple(wanted)


def _invite(meeting: Meeting, user_id: str) -> None:
    times = {"starts_at": meeting.starts_at, "ends_at": ends_at(meeting)}
    invite = Invite(meeting=meeting, user_id=user_id, **times)
    db.session.add(invite)
    db.session.flush()
    _send(invite)


def welcome(case_id: str, user_id: str) -> None:
    """Somebody came to the team: they are asked to what is planned; within an act."""
    planned = select(Meeting).where(Meeting.case_id == case_id, Meeting.phase == Phase.PLANNED)
    case, user = facts.load(case_id), db.session.get_one(User, user_id)
    for meeting in db.session.scalars(planned):
        kind = case.rules.gatherings.kind(meeting.kind) if case else None
        wanted = kind is None or not kind.invited or Role(str(user.role)) in kind.invited
        mine = of(meeting.id, user_id)
        if wanted and mine is None:
            _invite(meeting, user_id)
        elif wanted and mine and mine.cancelled_at:
            mine.cancelled_at, mine.reply = None, Reply.NONE
            _changed(mine)


def moved(meeting: Meeting) -> None:
    """The meeting has another time, or another length; within an act."""
    for invite in _standing(meeting.id):
        invite.starts_at, invite.ends_at, invite.reply = meeting.starts_at, ends_at(meeting), Reply.NONE
        _changed(invite)


def withdraw(meeting_id: str, *, user_id: str | None = None) -> None:
    """The meeting is off, or somebody is not of the team any more: it goes from their calendar; within an act."""
    for invite in _standing(meeting_id):
        if user_id in (None, invite.user_id):
            invite.cancelled_at = now()
            _changed(invite)


def withdraw_all(case_id: str, user_id: str) -> None:
    """Somebody leaves the team of a case: what was planned with them goes from their calendar; within an act."""
    ahead = select(Meeting.id).where(Meeting.case_id == case_id, Meeting.phase == Phase.PLANNED)
    for meeting_id in db.session.scalars(ahead).all():
        withdraw(meeting_id, user_id=user_id)


def answer(seat: Seat, meeting_id: str, reply: Reply) -> None:
    """Say that one comes, or that one cannot."""
    with recorded("meeting.answered", by=seat.me, case=seat.id, meeting=meeting_id, reply=reply):
        meeting, invite = find(seat, meeting_id), of(meeting_id, seat.me.id)
        if invite is None or invite.cancelled_at or meeting.phase not in (Phase.PLANNED, Phase.OPEN):
            raise Refused("Nobody asks you to this meeting now.", reason="not_invited")
        invite.reply, invite.replied_at = reply, now()


def of(meeting_id: str, user_id: str) -> Invite | None:
    """This person's invitation to it."""
    return db.session.scalar(select(Invite).where(Invite.meeting_id == meeting_id, Invite.user_id == user_id))


def download(seat: Seat, meeting_id: str) -> str:
    """One's own invitation, as a calendar file."""
    find(seat, meeting_id)
    invite = of(meeting_id, seat.me.id)
    if invite is None:
        raise not_there()
    return calendar(invite)


def apologies(meeting_id: str) -> frozenset[str]:
    """Who has said that they cannot come."""
    mine = (Invite.meeting_id == meeting_id, Invite.reply == Reply.APOLOGY, Invite.cancelled_at.is_(None))
    return frozenset(db.session.scalars(select(Invite.user_id).where(*mine)))


def calendar(invite: Invite) -> str:
    """An invitation as iCalendar: a request, or its cancellation."""
    return entry(
        uid=invite.id, sequence=invite.sequence, span=(invite.starts_at, invite.ends_at), title=TITLE, where=_where(),
        cancelled=invite.cancelled_at is not None, to=invite.user,
    )  # fmt: skip


def entry(
    *, uid: str, sequence: int, span: tuple[datetime, datetime], title: str, where: str, cancelled: bool, to: User
) -> str:
    """Something at a time as iCalendar, for one person: a request, or its cancellation. Times in UTC; no alarm, which
    would speak aloud. `title` names neither child nor case nor kind; `where` is where to sign in."""
    set_to, host = letters.settings(), urlsplit(letters.settings().origins[0]).hostname or "mdt"
    event = Event()
    event.add("uid", f"{uid}@{host}")
    event.add("sequence", sequence)
    event.add("dtstamp", now())
    event.add("dtstart", span[0].astimezone(UTC))
    event.add("dtend", span[1].astimezone(UTC))
    event.add("summary", title)
    event.add("description", f"Sign in to read what it is about: {where}")
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("organizer", vCalAddress(f"mailto:{set_to.mail_from or 'noreply@' + host}"))
    if address := letters.address_of(to):
        event.add("attendee", vCalAddress(f"mailto:{address}"), parameters={"ROLE": "REQ-PARTICIPANT"})
    made = Calendar()
    made.add("prodid", "-//mdt//meetings//EN")
    made.add("version", "2.0")
    made.add("method", "CANCEL" if cancelled else "REQUEST")
    made.add_component(event)
    return str(made.to_ical().decode())


def method(invite: Invite) -> str:
    """What a calendar is to do with it."""
    return "CANCEL" if invite.cancelled_at else "REQUEST"


def _where() -> str:
    return f"{letters.settings().origins[0].rstrip('/')}/meetings/"


def _standing(meeting_id: str) -> Iterable[Invite]:
    mine = (Invite.meeting_id == meeting_id, Invite.cancelled_at.is_(None))
    return db.session.scalars(select(Invite).where(*mine).order_by(Invite.id)).all()


def _changed(invite: Invite) -> None:
    invite.sequence += 1
    db.session.flush()
    _send(invite)


def _send(invite: Invite) -> None:
    """A letter that says when, and nothing of what about."""
    if not letters.settings().mail:
        return
    at = invite.starts_at.astimezone(_zone(invite))
    when = f"{at:%A}, {at:%B} {at.day}, {at:%I:%M %p %Z}".replace(", 0", ", ")
    said = {
        (True, True): f"The team meeting on {when} is off.",
        (False, False): f"You are asked to a team meeting on {when}.",
        (False, True): f"A team meeting has another time now: {when}.",
    }[bool(invite.cancelled_at), invite.sequence > 0]
    words = Words(
        subject=TITLE, text=f"{said}\n\nSign in to read what it is about, and to say whether you come:\n{_where()}\n",
        calendar=calendar(invite), method=method(invite),
    )  # fmt: skip
    letters.write(invite.user_id, "meeting", words)


def _zone(invite: Invite) -> ZoneInfo:
    zone: ZoneInfo = invite.meeting.case.terms.zone
    return zone


__all__ = [
    "TITLE",
    "answer",
    "apologies",
    "calendar",
    "download",
    "ends_at",
    "entry",
    "invite_team",
    "moved",
    "of",
    "welcome",
    "withdraw",
    "withdraw_all",
]
