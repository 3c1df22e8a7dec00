"""A note that several people in the room write together.

Its opener lets the room in. From then on whoever is in the room and could read the note as it will be filed
reads it as it is written, and may write in it; what each makes of it is merged. The leak guard stands before
each batch, not only before the note: words that would tell a reader what they may not see are kept for their
writer alone. So are the words of whoever may not read it any more. The note is its opener's agency's: one of
them files it, by the ordinary verb, and those who wrote in it are named to whoever may know of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from mdt.models import Draft, DraftTerms, Meeting, Pen, Phase, Point, User, db, now
from mdt.models.base import ensure_writing
from mdt.models.drafts import NOTHING_YET
from mdt.models.pulse import move, nudge
from mdt.operations import access, drafts, guarding, ledger, meetings, team, views, watching
from mdt.operations.access import Person, Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.drafts import CLOSED, HELD, KEPT, Batch, Kept
from mdt.operations.guarding import Repeat
from mdt.operations.meetings import Sent
from mdt.operations.merging import Fields, inserted, merge
from mdt.operations.team import Colleague
from mdt.sharing.decide import decide
from mdt.sharing.facts import Item as ItemFact
from mdt.sharing.view import next_boundary
from mdt.sharing.vocabulary import Action

TEXT = "text"
WRITING_FOR = timedelta(seconds=6)
"""How long after their last key somebody is writing."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A note written together, as one of its writers has it now."""

    id: str
    text: str
    version: int
    opener: Colleague | None
    writing: tuple[Colleague, ...]
    files: bool

    def with_words(self, base: str, text: str) -> str:
        """What stands in a form that was refused, with what the others wrote since."""
        return merge(base, self.text, text)

    @property
    def now(self) -> str:
        """Who else writes just now, as a sentence; empty if nobody does."""
        names = [one.name for one in self.writing]
        return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} writing" if names else ""


def share(seat: Seat, meeting_id: str, text: str, sent: Sent) -> str:
    """Let those in the room who could read this note write in it, too. `guarding.Repeats` as for a note."""
    with recorded("draft.shared", by=seat.me, case=seat.id, draft=sent.key, meeting=meeting_id):
        meeting = _room(seat, meeting_id)
        row = db.session.get(Draft, sent.key)
        if row and (row.user_id != seat.me.id or row.ended_at):
            raise Refused("Reload this page, then send it again.", reason="key", code=422)
        if row is None or row.shared_at is None:
            _opened(seat, meeting, row, text, sent)
    return sent.key


def _opened(seat: Seat, meeting: Meeting, row: Draft | None, text: str, sent: Sent) -> None:
    meetings.check_category(seat, sent)
    terms = DraftTerms(
        category=sent.category, labels=sent.labels, repeats=sent.repeats, quotes=sent.quotes, heeded=sent.heeded
    )
    if row is None:
        drafts.forget(seat.me, seat.id, "note", meeting.id)
        case = meeting.case
        row = Draft(
            id=sent.key, case=case, agency_id=seat.me.agency_id or case.lead_id, user_id=seat.me.id, place="note",
            subject_id=meeting.id,
        )  # fmt: skip
        db.session.add(row)
    row.terms, row.point_id, row.shared_at = terms, meeting.current_id, now()
    guarding.check_quotes(seat, sent.quotes)
    guarding.check(seat, _item(seat, row), text, heeded=sent.heeded, proved=sent.proved)
    drafts.write_down(row, {TEXT: text})
    move(db.session(), [seat.id], facts=False)


def is_open(draft_id: str) -> bool:
    """Whether this is a note being written together."""
    found = select(Draft.id).where(Draft.id == draft_id, Draft.shared_at.is_not(None), Draft.ended_at.is_(None))
    return db.session.scalar(found) is not None


def keep(me: Person, batch: Batch, *, proved: bool) -> Kept:
    """Bring this batch together with what the others wrote, once."""
    drafts.check_size(batch.fields)
    ensure_writing()
    row = db.session.get(Draft, batch.draft, with_for_update=True, populate_existing=True)
    seat = access.admit_quietly(batch.case_id, me)
    if row is None or row.shared_at is None or row.case_id != batch.case_id:
        raise not_there()
    may = seat is not None and may_write(seat, row)
    if not may and not _wrote(me, row):
        raise not_there()
    kept = _kept(seat, row, batch, proved) if seat and may and not row.ended_at else _turned_away(me, row, batch, may)
    db.session.commit()
    return kept


def _kept(seat: Seat, row: Draft, batch: Batch, proved: bool) -> Kept:
    before, mine = _text(row), str(batch.fields.get(TEXT, ""))
    base = drafts.counted(row, seat.me, batch)
    if base is None:
        return Kept(KEPT, row.kept_at, row.version, {TEXT: before})
    merged = merge(str(base.get(TEXT, "")), before, mine)
    if merged != before:
        told = _told(seat, row, before, merged, proved)
        if told:
            _set_aside(seat.me, row, base, batch)
            return Kept(HELD, now(), row.version, why=tuple(dict.fromkeys(word for one in told for word in one.words)))
        drafts.write_down(row, {TEXT: merged})
        drafts.typed(row, batch)
        nudge(db.session(), [row.id])
    _take_back(seat.me, row)
    about = {"draft": row.id, "version": row.version, "number": batch.number}
    ledger.write("draft.written", row.case_id, seat.me.id, about)
    return Kept(KEPT, row.kept_at, row.version, {TEXT: merged})


def _told(seat: Seat, row: Draft, before: str, merged: str, proved: bool) -> list[Repeat]:
    """What this batch would tell somebody who may not see it, and the note did not tell before."""
    item, heeded = _item(seat, row), set(row.terms.heeded)
    found = [one for one in guarding.repeats(seat, item, merged, proved=proved) if one.quote or one.key not in heeded]
    known = {one.key for one in guarding.repeats(seat, item, before, proved=proved)} if found else set()
    return [one for one in found if one.key not in known]


def _turned_away(me: Person, row: Draft, batch: Batch, may: bool) -> Kept:
    """It was filed meanwhile, or is not theirs to read any more: what they wrote is kept for them alone."""
    if may:
        return drafts.gone(row, batch)
    base = drafts.counted(row, me, batch)
    if base is not None:
        _set_aside(me, row, base, batch)
    return Kept(CLOSED, now())


def _wrote(me: Person, row: Draft) -> bool:
    pens = select(Pen.id).where(Pen.draft_id == row.id, Pen.user_id == me.id)
    return row.user_id == me.id or db.session.scalar(pens.limit(1)) is not None


def _set_aside(me: Person, row: Draft, base: Fields, batch: Batch) -> None:
    """What this batch adds, and nothing of anybody else's, under the key of its writer's agency."""
    words = inserted(str(base.get(TEXT, "")), str(batch.fields.get(TEXT, "")))
    aside = _aside(me, row)
    if aside is None and not words:
        return
    if aside is None:
        aside = Draft(
            case=row.case, agency_id=me.agency_id or row.case.lead_id, user_id=me.id, place="aside",
            subject_id=row.subject_id, meant_for=row.id,
        )  # fmt: skip
        db.session.add(aside)
    drafts.write_down(aside, {TEXT: words})


def _take_back(me: Person, row: Draft) -> None:
    """Everything this page has is in the note now."""
    aside = _aside(me, row)
    if aside:
        drafts.end(aside)


def _aside(me: Person, row: Draft) -> Draft | None:
    return db.session.scalar(
        select(Draft).where(Draft.user_id == me.id, Draft.meant_for == row.id, Draft.ended_at.is_(None))
    )


def read(me: Person, draft_id: str) -> Sheet:
    """The note now, for whoever may write in it; recorded, as every look is."""
    row = db.session.get(Draft, draft_id)
    seat = access.admit_quietly(row.case_id, me) if row and row.shared_at and not row.ended_at else None
    if row is None or seat is None:
        raise not_there()
    return sheet(seat, row)


def sheet(seat: Seat, row: Draft) -> Sheet:
    """The same, for whoever has a seat already."""
    if not may_write(seat, row):
        raise not_there()
    ticket = ledger.submit("draft.read", seat.id, seat.me.id, {"draft": row.id, "version": row.version})
    known = _known(seat, row)
    found = Sheet(
        row.id, _text(row), row.version, known.get(row.user_id),
        tuple(known[one] for one in _writing(row, seat) if one in known), _may_file(seat, row),
    )  # fmt: skip
    ticket.settle()
    return found


def find(seat: Seat, meeting_id: str, draft_id: str) -> Sheet | None:
    """The note of this name in this meeting, if it is there for this member."""
    row = db.session.get(Draft, draft_id)
    if row is None or row.subject_id != meeting_id or row.case_id != seat.id or not may_write(seat, row):
        return None
    return sheet(seat, row)


@dataclass(frozen=True, slots=True)
class Open:
    """That a note is being written together: by whom it was opened, as far as one may know."""

    id: str
    opener: Colleague | None

    @property
    def whose(self) -> str:
        """Said before "note"."""
        return "Your" if self.opener and self.opener.me else f"{self.opener.name}’s" if self.opener else "A"


def open_ones(seat: Seat, meeting_id: str) -> tuple[Open, ...]:
    """The notes that are being written together in this meeting, for whom they are there."""
    return tuple(Open(row.id, _known(seat, row).get(row.user_id)) for row in _rows(seat, meeting_id))


def skeleton(seat: Seat, meeting_id: str) -> list[str]:
    """Which they are, for the tag of the room."""
    return [row.id for row in _rows(seat, meeting_id)]


def _rows(seat: Seat, meeting_id: str) -> list[Draft]:
    found = select(Draft).where(
        Draft.subject_id == meeting_id, Draft.shared_at.is_not(None), Draft.ended_at.is_(None)
    )  # fmt: skip
    return [row for row in db.session.scalars(found.order_by(Draft.shared_at, Draft.id)) if may_write(seat, row)]


def file(seat: Seat, meeting_id: str, *, base: str, text: str, sent: Sent) -> None:
    """File it as a note of one's own, with what the others wrote since. `guarding.Repeats` as for any note."""
    row = db.session.get(Draft, sent.key, with_for_update=True, populate_existing=True)
    if row is None or row.ended_at or row.subject_id != meeting_id or not may_write(seat, row):
        raise Refused("This note was filed already.", reason="filed")
    if not _may_file(seat, row):
        raise Refused("Somebody of the agency that began this note files it.", reason="not_theirs", code=403)
    terms = row.terms
    sent = replace(
        sent, category=terms.category, labels=terms.labels, repeats=terms.repeats, quotes=terms.quotes,
        heeded=(*terms.heeded, *sent.heeded),
    )  # fmt: skip
    meetings.note(seat, meeting_id, merge(base, _text(row), text), sent)


def put_away(seat: Seat, meeting_id: str) -> None:
    """The meeting ends: each note still being written goes to whoever opened it, for them alone, if they may read
    it now; otherwise it lies sealed until its time is over."""
    ensure_writing()
    open_in = select(Draft).where(
        Draft.subject_id == meeting_id, Draft.shared_at.is_not(None), Draft.ended_at.is_(None)
    )  # fmt: skip
    for row in db.session.scalars(open_in):
        theirs = access.seat_at(seat.case, access.person(db.session.get_one(User, row.user_id)))
        if theirs and may_write(theirs, row):
            row.place, row.shared_at, row.terms, row.version = "aside", None, None, row.version + 1
    db.session.flush()


def by(author: str, others: Sequence[str]) -> str:
    """Whose a note is, in words."""
    return f"{author} with {' and '.join(others)}" if others else author


def writers(seat: Seat, item_ids: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Who wrote in these notes beside whoever filed them, by item; of those this member may know of."""
    ids = list(item_ids)
    rows = db.session.execute(
        select(Pen.draft_id, Pen.user_id)
        .join(Draft, Draft.id == Pen.draft_id)
        .where(Draft.id.in_(ids), Draft.shared_at.is_not(None), Draft.ended_at.is_not(None), Pen.typed_at > NOTHING_YET)
        .distinct()
    ).all() if ids else ()  # fmt: skip
    known = {one.id: one for one in team.colleagues(seat, views.look(seat).sources)} if rows else {}
    authors = {one: seat.case.facts.items[one].author for one in ids if one in seat.case.facts.items}
    found: dict[str, list[str]] = {}
    for row in rows:
        if row.user_id in known and authors.get(row.draft_id) != row.user_id:
            found.setdefault(row.draft_id, []).append(known[row.user_id].name)
    return {one: tuple(sorted(names)) for one, names in found.items()}


def may_write(seat: Seat, row: Draft) -> bool:
    """Whether this member is in the room, not out for what is on the table nor there to listen only, and could read
    the note; and, but for its opener, everybody else in the room could (the contract's `meeting`)."""
    meeting = db.session.get(Meeting, row.subject_id)
    if meeting is None or meeting.phase != Phase.OPEN or row.ended_at:
        return bool(row.ended_at and _wrote(seat.me, row))
    mine = meetings.attendance(meeting.id, seat.me.id)
    if mine is None or mine.left_at or (mine.out_for and mine.out_for in (meeting.current_id, row.point_id)):
        return False
    return not meetings.observes(meeting, seat.me.id) and _could_read(seat, row, meetings.present(meeting, seat))


def _could_read(seat: Seat, row: Draft, present: Sequence[str]) -> bool:
    item, me = _item(seat, row), seat.me.id
    with_it = replace(seat.case.facts, items={**seat.case.facts.items, item.id: item})
    alone = me == row.user_id
    action, room = (Action.VIEW, ()) if alone else (Action.MEETING, tuple(dict.fromkeys((me, *present))))
    found = decide(with_it, me, item.id, seat.purpose, seat.at, profile=seat.profile, action=action, present=room)
    return found.outcome in team.OPEN


def _may_file(seat: Seat, row: Draft) -> bool:
    """The note belongs to the agency of whoever opened it."""
    return row.user_id == seat.me.id or bool(seat.me.agency_id and seat.me.agency_id == row.agency_id)


def _item(seat: Seat, row: Draft) -> ItemFact:
    """The note as it would be filed, so that the same rules say who reads it."""
    point = db.session.get(Point, row.point_id) if row.point_id else None
    terms = row.terms or DraftTerms()
    table = (point.item_id,) if terms.repeats and point and point.item_id else ()
    return ItemFact(
        id=row.id, category=terms.category, labels=terms.labels, fields=(meetings.field_of(terms.category),),
        source=row.agency_id, author=row.user_id,
        quotes=tuple(dict.fromkeys((*table, *terms.quotes))),
        recorded=row.begun_at.astimezone(seat.zone).date(),
    )  # fmt: skip


def _known(seat: Seat, row: Draft) -> dict[str, Colleague]:
    """Whom this member may know of: of the team, and whoever is in the room with them."""
    meeting = db.session.get_one(Meeting, row.subject_id)
    known = {one.id: one for one in team.colleagues(seat, views.look(seat).sources)}
    inside = [one for one in meetings.present(meeting, seat) if one in seat.case.facts.users]
    return known | {one: team.colleague(seat, one) for one in inside if one not in known}


def _writing(row: Draft, seat: Seat) -> Sequence[str]:
    """Who else wrote in it within the last seconds."""
    lately = select(Pen.user_id).where(
        Pen.draft_id == row.id, Pen.user_id != seat.me.id, Pen.typed_at > seat.at - WRITING_FOR
    )
    return list(db.session.scalars(lately.distinct().order_by(Pen.user_id)))


def _falls_silent(row: Draft, seat: Seat) -> datetime | None:
    times = db.session.scalars(select(Pen.typed_at).where(Pen.draft_id == row.id, Pen.user_id != seat.me.id))
    return min((at + WRITING_FOR for at in times if at + WRITING_FOR > seat.at), default=None)


def _text(row: Draft) -> str:
    return str((row.words or {}).get(TEXT, ""))


def _room(seat: Seat, meeting_id: str) -> Meeting:
    """An open meeting one has joined, with a point on the table."""
    meeting = meetings.find(seat, meeting_id)
    mine = meetings.attendance(meeting_id, seat.me.id)
    out = mine is None or mine.left_at is not None or mine.out_for == meeting.current_id
    if meeting.phase != Phase.OPEN or meeting.current_id is None or out:
        raise Refused("Join the meeting first.", reason="not_in_the_room")
    return meeting


def topic(case_id: str, draft_id: str) -> watching.Topic:
    return watching.Topic("draft", case_id, draft_id)


def tag(seat: Seat, row: Draft) -> str:
    known = _known(seat, row)
    said = [row.version, [one for one in _writing(row, seat) if one in known]]
    return watching.tag(topic(row.case_id, row.id), seat.me, said)


def _watch(topic: watching.Topic, me: Person, purpose: str | None) -> tuple[str, datetime | None]:
    seat = access.admit_quietly(topic.case_id or "", me, purpose=purpose)
    row = db.session.get(Draft, topic.id) if seat and topic.id else None
    if seat is None or row is None or row.case_id != seat.id or not row.shared_at or not may_write(seat, row):
        return watching.NOTHING, None
    turns = (next_boundary(seat.case.facts, seat.at, seat.profile), _falls_silent(row, seat))
    return tag(seat, row), min((one for one in turns if one), default=None)


watching.kind("draft", _watch)

__all__ = [
    "Open", "Sheet", "by", "file", "find", "is_open", "keep", "may_write", "open_ones", "read", "share", "sheet",
    "skeleton", "topic", "writers",
]  # fmt: skip
