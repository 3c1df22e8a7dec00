"""Minutes: drawn up from what was said, agreed by those who were there, finalised, and never changed after.

They are finalised once somebody of another agency who was there agrees, or once the days that the county gives for it
are over. They begin with what agencies wrote beforehand, so that apologies come with their return.

Minutes are a list of records and no copy of them: each reader's are in their own view, decided when they read, with
the notices of each record; a printed copy is decided as an export. What has to be added later is the next version.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from mdt.models import Agreed, Attendance, Drawn, Item, Line, Meeting, Minutes, Phase, Point, Segment, db, new_id, now
from mdt.operations import guarding, items, views, watching
from mdt.operations.access import Person, Seat, admit_quietly
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.meeting import invites, returns
from mdt.operations.meetings import Sent, drafted, facilitated, find, worded
from mdt.operations.team import Colleague, colleagues
from mdt.operations.views import Shown
from mdt.sharing.decision import Decision
from mdt.sharing.facts import Item as ItemFact
from mdt.sharing.moments import day
from mdt.sharing.view import next_boundary
from mdt.sharing.vocabulary import Action

RETURN, BEFOREHAND = "return", "What agencies wrote beforehand"


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as one reader may see it. `kind` as of a segment; `changed`: not as it stood when it was drawn up."""

    kind: str
    shown: Shown
    point_id: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Chapter:
    """A point of the agenda, and what of it this reader may see."""

    title: str
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True)
class MinutesView:
    """One version of the minutes in one reader's own view. `agree_until`: the last day for it, whoever agreed; whether
    somebody did already, the facilitator alone is told by `may_finalise`. `left_out`: something of it may be read on
    screen only."""

    meeting_id: str
    case_id: str
    title: str
    held_at: datetime
    version: int
    versions: int
    drawn_at: datetime
    final_at: datetime | None
    leads: bool
    came: tuple[Colleague, ...]
    apologies: tuple[Colleague, ...]
    chapters: tuple[Chapter, ...]
    agreed: tuple[Colleague, ...]
    agree_until: date
    may_finalise: bool
    i_was_there: bool
    i_agreed: bool
    tag: str
    number: str = ""
    left_out: bool = False

    @property
    def is_latest(self) -> bool:
        return self.version == self.versions


def draw_up(seat: Seat, meeting_id: str) -> int:
    """Draw up the minutes of a meeting that is over; where there are final ones, their next version. Its number."""
    with recorded("minutes.drawn", by=seat.me, case=seat.id, meeting=meeting_id) as record:
        meeting = facilitated(seat, meeting_id)
        if meeting.phase != Phase.ADJOURNED:
            raise Refused("Minutes are drawn up once the meeting is over.", reason="not_over")
        last = latest(meeting_id)
        if last and last.final_at is None:
            last.drawn, last.drawn_at = _drawn(meeting), now()
            _forget_agreement(last)
            made = last
        else:
            version = last.version + 1 if last else 1
            made = Minutes(meeting=meeting, version=version, drawn_by=seat.me.id, drawn=_drawn(meeting))
            db.session.add(made)
        record["version"] = made.version
    return made.version


def agree(seat: Seat, meeting_id: str, *, version: int) -> None:
    """Agree with a version of the minutes; only who was there can. Agreeing twice is agreeing once."""
    with recorded("minutes.agreed", by=seat.me, case=seat.id, meeting=meeting_id, version=version):
        made = _open(seat, meeting_id, version)
        if seat.me.id not in made.drawn.came:
            raise Refused("Those who were there agree with the minutes.", reason="was_not_there", code=403)
        if (
            db.session.scalar(select(Agreed.id).where(Agreed.minutes_id == made.id, Agreed.user_id == seat.me.id))
            is None
        ):
            db.session.add(Agreed(minutes=made, user_id=seat.me.id))


def remark(seat: Seat, meeting_id: str, text: str, sent: Sent) -> None:
    """Say what is missing or wrong, in one's own words and as one's own record. It is part of the minutes once they
    are drawn up anew. `guarding.Repeats` as for a note."""
    with recorded("minutes.remarked", by=seat.me, case=seat.id, meeting=meeting_id, item=sent.key):
        meeting, made = find(seat, meeting_id), latest(meeting_id)
        if made is None or seat.me.id not in made.drawn.came:
            raise Refused("Those who were there say what is missing.", reason="was_not_there", code=403)
        if items.is_kept(seat.id, sent.key, seat.me.id):
            return
        point = meeting.agenda[-1]
        draft = drafted(seat, point, Sent(sent.key, False, (), sent.heeded, sent.proved), ("text",))
        guarding.check(seat, draft, worded(text), heeded=sent.heeded, proved=sent.proved)
        case = meeting.case
        items.file(
            case, id=sent.key, source=draft.source, category=draft.category, values={"text": worded(text)},
            author=draft.author,
        )  # fmt: skip
        db.session.add(Segment(meeting_id=meeting.id, point_id=point.id, item_id=sent.key, kind="remark"))


def finalise(seat: Seat, meeting_id: str, *, version: int) -> None:
    """Finalise a version: from now on it stands as it is. What its facilitator may not know of was added for those
    who may, and says nothing here."""
    with recorded("minutes.finalised", by=seat.me, case=seat.id, meeting=meeting_id, version=version):
        facilitated(seat, meeting_id)
        made = _open(seat, meeting_id, version)
        if _waits(seat, made):
            last = _agree_until(seat, made)
            from_then = f"They can be finalised after {last:%B} {last.day}."
            raise Refused(f"Nobody of another agency agrees yet. {from_then}", reason="agreed")
        whole = _drawn(made.meeting)
        said_since = {one.item for one in whole.lines} - {one.item for one in made.drawn.lines}
        if said_since & views.look(seat).opened.keys():
            raise Refused("Somebody added something. Draw the minutes up once more first.", reason="remarked")
        made.drawn, made.final_at = whole, now()


def latest(meeting_id: str) -> Minutes | None:
    """The newest version."""
    every = select(Minutes).where(Minutes.meeting_id == meeting_id).order_by(Minutes.version.desc())
    return db.session.scalar(every.limit(1))


def read(seat: Seat, meeting_id: str, *, version: int | None = None) -> MinutesView:
    """A version in this reader's own view, recorded before it is shown; the newest if none is named."""
    page = _Page(seat, meeting_id, version)
    ticket = views.disclose(seat, "minutes.read", page.ruled, meeting=meeting_id, version=page.made.version)
    made = page.view(views.open_all(seat, page.ruled))
    ticket.settle()
    return made


def copy(seat: Seat, meeting_id: str, *, version: int | None = None) -> MinutesView:
    """A copy to print, decided as an export, under a number that leads back to the ledger."""
    page, number = _Page(seat, meeting_id, version, Action.EXPORT), new_id()
    version = page.made.version
    ticket = views.disclose(seat, "minutes.exported", page.ruled, meeting=meeting_id, version=version, copy=number)
    entries = views.open_all(seat, page.ruled)
    ticket.settle()
    on_screen = {item.id for item, _ in _Page(seat, meeting_id, version).ruled}
    return page.view(entries, number=number, left_out=bool(on_screen - {one.id for one in entries}))


def topic(case_id: str, meeting_id: str) -> watching.Topic:
    """What an open page of minutes watches."""
    return watching.Topic("minutes", case_id, meeting_id)


class _Page:
    """One version of the minutes for one reader: decided, not opened."""

    def __init__(self, seat: Seat, meeting_id: str, version: int | None, action: Action = Action.VIEW) -> None:
        self.seat, self.meeting = seat, find(seat, meeting_id)
        self.made = _version(meeting_id, version)
        self.newest = latest(meeting_id) or self.made
        seen = views.look(seat) if action is Action.VIEW else _exported(seat)
        opened: dict[str, tuple[ItemFact, Decision]] = {
            item.id: (item, decision) for item, decision in seen.items if decision.opens
        }
        self.lines = [line for line in self.made.drawn.lines if line.item in opened]
        self.ruled = [opened[line.item] for line in self.lines]
        self.known = {one.id: one for one in colleagues(seat, views.look(seat).sources)}

    def agreed(self) -> set[str]:
        return set(db.session.scalars(select(Agreed.user_id).where(Agreed.minutes_id == self.made.id)))

    def skeleton(self) -> list[Any]:
        """What the page is made of, without what is said in it."""
        lines = [[one.item, decision.fields] for one, (_, decision) in zip(self.lines, self.ruled, strict=True)]
        agreed = sorted(self.agreed() & {*self.known, self.seat.me.id})
        stands = [self.made.version, self.newest.version, self.made.final_at, self.made.drawn_at, self.may_finalise()]
        return [*stands, lines, agreed, views.last_changes(self.seat, self.ruled)]

    def may_finalise(self) -> bool:
        return self.meeting.facilitator_id == self.seat.me.id and not _waits(self.seat, self.made)

    def view(self, entries: Sequence[Shown], **more: Any) -> MinutesView:
        meeting, made, agreed = self.meeting, self.made, self.agreed()
        me = self.seat.me.id
        return MinutesView(
            meeting.id, meeting.case_id, meeting.title, meeting.opened_at or meeting.starts_at, made.version,
            self.newest.version, made.drawn_at, made.final_at, meeting.facilitator_id == me,
            self._people(made.drawn.came), self._people(made.drawn.apologies), self._chapters(entries),
            self._people(sorted(agreed)), _agree_until(self.seat, made), self.may_finalise(),
            me in made.drawn.came, me in agreed,
            watching.tag(topic(meeting.case_id, meeting.id), self.seat.me, self.skeleton()), **more,
        )  # fmt: skip

    def _people(self, ids: Sequence[str]) -> tuple[Colleague, ...]:
        """Those of them that this reader may know of."""
        return tuple(self.known[one] for one in self.known if one in ids)

    def _chapters(self, entries: Sequence[Shown]) -> tuple[Chapter, ...]:
        shown = {one.id: one for one in entries}
        mine = select(Item.id, Item.version).where(Item.id.in_([one.item for one in self.lines]))
        versions = {str(row.id): row.version for row in db.session.execute(mine)}
        lines = [
            LineView(one.kind, shown[one.item], one.point, versions.get(one.item) != one.version)
            for one in self.lines
            if one.item in shown
        ]
        before = tuple(one for one in lines if one.kind == RETURN)
        points = [(point, tuple(one for one in lines if one.point_id == point.id)) for point in self.meeting.agenda]
        chapters = [(BEFOREHAND, before), *((self._title(point), said) for point, said in points)]
        return tuple(Chapter(title, said) for title, said in chapters if said)

    def _title(self, point: Point) -> str:
        """A point's words; none for a point about something this reader may not know of."""
        known = point.item_id is None or any(item.id == point.item_id for item, _ in views.look(self.seat).items)
        return point.title if known or self.meeting.facilitator_id == self.seat.me.id else ""


def _exported(seat: Seat) -> views.Looked:
    return views.look_as(seat.case.facts, seat.me.id, seat.purpose, seat, action=Action.EXPORT)


def _drawn(meeting: Meeting) -> Drawn:
    rows = select(Segment, Item.version).join(Item, Item.id == Segment.item_id).where(Segment.meeting_id == meeting.id)
    said = db.session.execute(rows.order_by(Segment.said_at, Segment.id)).all()
    came = db.session.scalars(select(Attendance.user_id).where(Attendance.meeting_id == meeting.id))
    here = tuple(sorted(came))
    away = tuple(sorted(invites.apologies(meeting.id) - set(here)))
    lines = tuple(Line(item=row.item_id, version=version, kind=row.kind, point=row.point_id) for row, version in said)
    wrote = select(Item.id, Item.version).where(Item.id.in_(returns.filed(meeting.id))).order_by(Item.id)
    before = (Line(item=row.id, version=row.version, kind=RETURN, point="") for row in db.session.execute(wrote))
    return Drawn(lines=(*before, *lines), came=here, apologies=away)


def _agree_until(seat: Seat, made: Minutes) -> date:
    """The last day to agree with a version, or to say what is missing."""
    return day(made.drawn_at, seat.zone) + timedelta(days=seat.profile.gatherings.agree_days)


def _waits(seat: Seat, made: Minutes) -> bool:
    """Whether it is too soon to finalise a version: nobody of another agency agrees, who still may."""
    users, agreed = seat.case.facts.users, select(Agreed.user_id).where(Agreed.minutes_id == made.id)
    others = {one for one in made.drawn.came if one in users and users[one].org != seat.case.lead_id}
    if not others or seat.today > _agree_until(seat, made):
        return False
    return others.isdisjoint(db.session.scalars(agreed))


def _forget_agreement(made: Minutes) -> None:
    for one in db.session.scalars(select(Agreed).where(Agreed.minutes_id == made.id)):
        db.session.delete(one)


def _open(seat: Seat, meeting_id: str, version: int) -> Minutes:
    """The newest version, while it is not final."""
    find(seat, meeting_id)
    made = latest(meeting_id)
    if made is None or made.version != version:
        raise Refused("There is a newer version. Read it first.", reason="version")
    if made.final_at is not None:
        raise Refused("These minutes are final.", reason="final")
    return made


def _version(meeting_id: str, version: int | None) -> Minutes:
    mine = select(Minutes).where(Minutes.meeting_id == meeting_id)
    named = mine.where(Minutes.version == version) if version else mine.order_by(Minutes.version.desc()).limit(1)
    made = db.session.scalar(named)
    if made is None:
        raise not_there()
    return made


def _watch(topic: watching.Topic, me: Person, purpose: str | None) -> tuple[str, datetime | None]:
    seat = admit_quietly(topic.case_id or "", me, purpose=purpose)
    meeting = db.session.get(Meeting, topic.id) if seat and topic.id else None
    if seat is None or meeting is None or meeting.case_id != seat.id or latest(meeting.id) is None:
        return watching.NOTHING, None
    tag = watching.tag(topic, me, _Page(seat, meeting.id, None).skeleton())
    return tag, next_boundary(seat.case.facts, seat.at, seat.profile)


watching.kind("minutes", _watch)

__all__ = ["MinutesView", "agree", "copy", "draw_up", "finalise", "latest", "read", "remark", "topic"]
