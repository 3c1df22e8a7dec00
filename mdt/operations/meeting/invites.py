"""Invitations to a meeting, as letters with a calendar in them (RFC 5545, RFC 5546).

Each person has their own: an identifier (UID) that stands in nobody else's calendar, themselves as the only
attendee. So two calendars side by side do not say who else comes, and none names a child, a case or a kind of
meeting. What is sent again keeps its UID and counts its SEQUENCE up.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress
from sqlalchemy import Select, and_, select

from mdt.models import Invite, Meeting, Member, Phase, Reply, User, Words, begin_writing, db, now
from mdt.operations import facts, handoffs, ledger, letters
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.meeting import on_call, returns
from mdt.operations.meetings import find
from mdt.sharing.gate import admitted
from mdt.sharing.gatherings import Kind
from mdt.sharing.vocabulary import Role

TITLE = "Team meeting"
"""What every calendar says, whatever the meeting: a lock screen is read by others."""


def ends_at(meeting: Meeting) -> datetime:
    """When its time box is over, and with it the room's own slot. It follows from the kind of meeting alone: the
    minutes of the agenda would tell of a point that whoever is asked may not know of."""
    return meeting.ends_at


def invite_team(meeting: Meeting, kind: Kind | None) -> tuple[str, ...]:
    """Ask those of the team to come whom this kind of meeting asks; of those its kind calls, whoever is on call now
    before all others; within an act. Who was asked."""
    case, at = facts.load(meeting.case_id), now()
    assert case
    first = [one.user_id for one in on_call.now_on_call(kind.on_call, at)] if kind else []
    asked = (user for user in case.facts.members if _wanted(kind, case.facts.users[user].role))
    wanted = [user for user in dict.fromkeys((*first, *asked)) if admitted(case.facts, user, at)]
    for user in wanted:
        _invite(meeting, user)
    return tuple(wanted)


def _wanted(kind: Kind | None, role: Role) -> bool:
    return kind is None or not kind.invited or role in kind.invited


def _invite(meeting: Meeting, user_id: str) -> None:
    times = {"starts_at": meeting.starts_at, "ends_at": ends_at(meeting)}
    invite = Invite(meeting=meeting, user_id=user_id, **times)
    db.session.add(invite)
    db.session.flush()
    _send(invite)


def welcome(case_id: str, user_id: str) -> None:
    """Somebody came to the team: they are asked to what is ahead, and their agency to write before it; within an
    act."""
    planned = select(Meeting).where(Meeting.case_id == case_id, Meeting.phase == Phase.PLANNED)
    case, user, at = facts.load(case_id), db.session.get_one(User, user_id), now()
    for meeting in db.session.scalars(planned.order_by(Meeting.starts_at, Meeting.id)).all():
        kind = case.rules.gatherings.kind(meeting.kind) if case else None
        if not meeting.is_ahead(at) or not _wanted(kind, Role(str(user.role))):
            continue
        mine = of(meeting.id, user_id)
        if mine is None:
            _invite(meeting, user_id)
        elif mine.cancelled_at:
            mine.starts_at, mine.ends_at = meeting.starts_at, ends_at(meeting)
            mine.cancelled_at, mine.reply = None, Reply.NONE
            _changed(mine)
        returns.begin(meeting, [user_id])


def moved(meeting: Meeting) -> None:
    """The meeting has another time, or another length; within an act. Whose time on the team is over is not told when
    it is, but that it is off."""
    case, at = facts.load(meeting.case_id), now()
    for invite in _standing(meeting.id):
        if case is None or not admitted(case.facts, invite.user_id, at):
            withdraw(meeting.id, user_id=invite.user_id)
            continue
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


def sweep(at: datetime) -> int:
    """Whoever's time on a team ended by its date: what was planned with them goes from their calendar. Each case in a
    transaction of its own; how many there were."""
    cases = list(db.session.scalars(_outlived(at).with_only_columns(Meeting.case_id).distinct()))
    db.session.rollback()
    for case_id in sorted(cases):
        begin_writing()
        handoffs.hold([case_id])
        found = _outlived(at).where(Meeting.case_id == case_id).order_by(Invite.id)
        gone = db.session.scalars(found.execution_options(populate_existing=True)).all()
        for invite in gone:
            invite.cancelled_at = now()
            _changed(invite)
        if gone:
            ledger.write("invite.ended", case_id, None, {"invites": [one.id for one in gone]})
        db.session.commit()
    return len(cases)


def _outlived(at: datetime) -> Select[Invite]:
    """What stands to meetings to come, of those whose membership has ended by its date."""
    seat = and_(Member.case_id == Meeting.case_id, Member.user_id == Invite.user_id)
    over = (Meeting.phase == Phase.PLANNED, Meeting.starts_at > at, Invite.cancelled_at.is_(None), Member.until <= at)
    return select(Invite).join(Meeting, Meeting.id == Invite.meeting_id).join(Member, seat).where(*over)


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
    when = spoken(invite.starts_at, invite.meeting.case.terms.zone)
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


def spoken(at: datetime, zone: ZoneInfo) -> str:
    """A time as it is said where the case is."""
    at = at.astimezone(zone)
    return f"{at:%A}, {at:%B} {at.day}, {at:%I:%M %p %Z}".replace(", 0", ", ")


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
    "spoken",
    "sweep",
    "welcome",
    "withdraw",
    "withdraw_all",
]
