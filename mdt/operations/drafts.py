"""What somebody is writing and has not sent: kept with every batch of keys, given back to them alone.

A page sends what stands in its form, what it was based on, and a number. A number counts once, so that a page
whose answer was lost sends the same again. Two pages of one person are merged. Whoever may not write there any
more is not shown their words and does not lose them: they lie sealed until they may again, or until they expire.
Keeping has no entry of its own in the ledger, for nobody is shown anything; beginning has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from mdt.models import Case, Draft, Item, Pen, begin_writing, db, now
from mdt.models.base import ensure_writing
from mdt.models.pulse import nudge
from mdt.operations import access, ledger
from mdt.operations.access import Person, Seat
from mdt.operations.acts import Refused, along, not_there
from mdt.operations.legal import holds
from mdt.operations.merging import Fields, merge_fields
from mdt.vault.seal import Unopenable

LARGEST = 40_000
"""Characters of one form; far more than any of them takes in."""
FIELDS_AT_MOST = 40
LATE = timedelta(days=1)
"""How long one that has ended is remembered, so that what arrives late does not begin it anew."""
AT_ONCE = 200
KEPT, GONE, CLOSED, HELD = "kept", "gone", "closed", "held"
MayWrite = Callable[[Seat, str], bool]
MayWriteOutside = Callable[[Person, str, str], bool]
_places: dict[str, MayWrite] = {}
_outside: dict[str, MayWriteOutside] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What a page sends: of which draft and place, with which pen, the how manieth; what stands there, made of what.
    `unheard`: numbers and words of batches before it whose answers were not heard; it was made of the last of
    them that counted."""

    draft: str
    case_id: str
    place: str
    subject: str
    pen: str
    number: int
    base: Fields
    fields: Fields
    unheard: tuple[tuple[int, Fields], ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """The answer to a batch. `kept`: it is, and this stands there now; `gone`: it was sent or let go meanwhile;
    `closed`: kept, and given back once one may write there again; `held`: kept for its writer alone."""

    state: str
    at: datetime
    version: int = 0
    fields: Fields | None = None
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unsent:
    """What somebody was writing: its words by field, and when the last of them were kept."""

    id: str
    fields: Fields
    kept_at: datetime

    @property
    def said(self) -> str:
        """The words of it, without what is chosen beside them."""
        said = (str(words) for name, words in self.fields.items() if name.endswith(("text", "what")) and words)
        return next(said, "")


def place(name: str, may_write: MayWrite) -> None:
    """Let drafts be kept at this place, for whom `may_write` says: `(seat, subject id)`."""
    _places[name] = may_write


def place_outside(name: str, may_write: MayWriteOutside) -> None:
    """The same at a place where one writes without a seat: `(person, case id, subject id)`."""
    _outside[name] = may_write


def of_the_team(seat: Seat, _subject: str) -> bool:
    """Whoever has a seat may write there: what is sent is held against its own rules then."""
    return True


def keep(me: Person, batch: Batch) -> Kept:
    """Keep this batch, once. As if there were nothing, for whoever neither may write there nor ever did."""
    check_size(batch.fields)
    ensure_writing()
    may = may_write(me, batch)
    row = _mine(me, batch)
    if row is None and not may:
        raise not_there()
    if row is None and db.session.get(Item, batch.draft) is not None:
        return Kept(GONE, now())
    row = row or _begun(me, batch)
    if row.ended_at or row.shared_at:
        return gone(row, batch)
    base = counted(row, me, batch)
    if base is not None:
        write_down(row, merge_fields(base, _words_of(row), batch.fields))
    kept = Kept(KEPT, row.kept_at, row.version, _words_of(row)) if may else Kept(CLOSED, row.kept_at)
    db.session.commit()
    return kept


def find(me: Person, case_id: str, name: str, subject: str) -> Unsent | None:
    """What this person was writing there, if any of it is left. For a page on which they may write it now."""
    row = _open(me.id, case_id, name, subject)
    return unsent(row) if row else None


def unsent(row: Draft) -> Unsent | None:
    """The words of a draft; None if there are none, or their key was destroyed."""
    try:
        words = row.words or {}
    except Unopenable:
        return None
    written = any(value.strip() for value in words.values() if isinstance(value, str))
    return Unsent(row.id, words, row.kept_at) if written else None


def forget(me: Person, case_id: str, name: str, subject: str, key: str | None = None) -> None:
    """It was sent: within that act. `key`: the form's own, and the record's. Of a note that was written together,
    only that one ends, and not what its writer has begun beside it."""
    named = db.session.get(Draft, key) if key else None
    if named and named.shared_at:
        if (named.case_id, named.subject_id) == (case_id, subject):
            end(named)
        return
    for row in {_open(me.id, case_id, name, subject), named} - {None}:
        if row and row.user_id == me.id:
            end(row)


@contextmanager
def sending(me: Person, case_id: str, name: str, subject: str, key: str | None) -> Iterator[None]:
    """What is recorded within sends what was being written there, and ends it. `key`: the draft of the page; what
    arrives late from that page begins nothing, also if none of it had arrived before."""

    at = (me.id, case_id, name, subject)

    def end_it() -> None:
        named = (db.session.get(Draft, key) or _new(me, key, case_id, name, subject)) if key else None
        for row in {_open(*at), named} - {None}:
            if row and not row.shared_at and (row.user_id, row.case_id, row.place, row.subject_id) == at:
                end(row)

    with along(end_it):
        yield


def let_go(me: Person, draft_id: str) -> Draft:
    """Its writer does not want it any more."""
    ensure_writing()
    row = db.session.get(Draft, draft_id)
    if row is None or row.user_id != me.id or row.shared_at or row.ended_at:
        raise not_there()
    ledger.write("draft.let_go", row.case_id, me.id, {"draft": row.id, "place": row.place})
    end(row)
    db.session.commit()
    return row


def quoted(row: Draft) -> tuple[str, ...]:
    """The records that somebody's unsent words repeat, as far as their form says so."""
    try:
        said, terms = (row.words or {}).get("quotes", ()), row.terms
    except Unopenable:
        return ()
    return (*([said] if isinstance(said, str) else said), *(terms.quotes if terms else ()))


def expire(at: datetime) -> int:
    """Delete those whose time is over, and remember those that ended no longer; under a hold they stay. How many."""
    ids = list(db.session.scalars(select(Draft.id).where(Draft.expires_at <= at).limit(AT_ONCE)))
    db.session.rollback()
    for one in ids:
        begin_writing()
        row = db.session.get(Draft, one, with_for_update=True, populate_existing=True)
        if row and row.expires_at and row.expires_at <= at:
            _expire(row, at)
        db.session.commit()
    return len(ids)


def _expire(row: Draft, at: datetime) -> None:
    if row.ended_at is None:
        if holds.covers(row.case_id, row.case.lead_id, row.agency_id):
            row.expires_at = at + LATE
            return
        ledger.write("draft.expired", row.case_id, None, {"draft": row.id, "of": row.user_id})
    db.session.execute(delete(Pen).where(Pen.draft_id == row.id))
    db.session.delete(row)


def end(row: Draft) -> None:
    """Within an act: nothing of it is left."""
    row.words, row.terms, row.ended_at, row.version = None, None, now(), row.version + 1
    row.expires_at = None if row.shared_at else now() + LATE
    nudge(db.session(), [row.id] if row.shared_at else [])
    db.session.flush()


def gone(row: Draft, batch: Batch) -> Kept:
    """It was sent meanwhile. `version` is the number of this page's last batch that went into it."""
    pen = db.session.get(Pen, (row.id, batch.pen))
    return Kept(GONE, row.ended_at or now(), pen.number if pen else 0)


def counted(row: Draft, me: Person, batch: Batch) -> Fields | None:
    """Count this batch: what it was made of; None if it was counted before."""
    pen = db.session.get(Pen, (row.id, batch.pen))
    if pen is None:
        pen = Pen(draft_id=row.id, id=batch.pen, user_id=me.id, number=0)
        db.session.add(pen)
    if pen.user_id != me.id:
        raise not_there()
    if batch.number <= pen.number:
        return None
    before = [words for number, words in batch.unheard if number <= pen.number]
    pen.number = batch.number
    return before[-1] if before else batch.base


def typed(row: Draft, batch: Batch) -> None:
    """What this pen wrote has changed the words: with them it is told that somebody is writing, and without them not,
    or whatever rings next would tell it."""
    db.session.get_one(Pen, (row.id, batch.pen)).typed_at = now()


def write_down(row: Draft, words: Fields) -> None:
    """These are its words now."""
    check_size(words)
    row.words, row.version, row.kept_at = dict(words), row.version + 1, now()
    zone = row.case.terms.zone
    row.expires_at = access.profile(row.case.profile).clocks.due("unsent_words", row.kept_at, zone)
    db.session.flush()


def may_write(me: Person, batch: Batch) -> bool:
    """Whether this person may write at this place now."""
    seat = access.admit_quietly(batch.case_id, me)
    try:
        if seat and batch.place in _places:
            return _places[batch.place](seat, batch.subject)
        return batch.place in _outside and _outside[batch.place](me, batch.case_id, batch.subject)
    except Refused:
        return False


def check_size(fields: Fields) -> None:
    """Refuse what no form of ours holds."""
    size = sum(len(value) if isinstance(value, str) else sum(map(len, value)) for value in fields.values())
    if size > LARGEST or len(fields) > FIELDS_AT_MOST:
        raise Refused("That is too long to keep. Send a part of it first.", reason="too_long", code=413)


def _words_of(row: Draft) -> dict[str, Any]:
    return dict(row.words or {})


def _mine(me: Person, batch: Batch) -> Draft | None:
    """The draft of this batch, held against others: by its name, else the open one of this person and place."""
    named = db.session.get(Draft, batch.draft, with_for_update=True, populate_existing=True)
    if named is None:
        return _open(me.id, batch.case_id, batch.place, batch.subject, lock=True)
    at = (named.user_id, named.case_id, named.place, named.subject_id)
    if at != (me.id, batch.case_id, batch.place, batch.subject):
        raise not_there()
    return named


def _open(user_id: str, case_id: str, name: str, subject: str, *, lock: bool = False) -> Draft | None:
    found = select(Draft).where(
        Draft.user_id == user_id, Draft.case_id == case_id, Draft.place == name, Draft.subject_id == subject,
        Draft.ended_at.is_(None), Draft.shared_at.is_(None),
    ).order_by(Draft.kept_at.desc()).limit(1)  # fmt: skip
    return db.session.scalar(found.with_for_update() if lock else found)


def _begun(me: Person, batch: Batch) -> Draft:
    """A new one; of two pages that begin at once, the second joins the first."""
    db.session.execute(select(Case.id).where(Case.id == batch.case_id).with_for_update())
    there = _mine(me, batch)
    if there:
        return there
    row = _new(me, batch.draft, batch.case_id, batch.place, batch.subject)
    ledger.write("draft.begun", row.case_id, me.id, {"draft": row.id, "place": row.place})
    return row


def _new(me: Person, draft_id: str, case_id: str, name: str, subject: str) -> Draft:
    case = db.session.get_one(Case, case_id)
    agency = me.agency_id or case.lead_id
    row = Draft(id=draft_id, case=case, agency_id=agency, user_id=me.id, place=name, subject_id=subject)
    db.session.add(row)
    db.session.flush()
    return row


def asides(me: Person, case_id: str, subject: str) -> Sequence[Unsent]:
    """Words that could not go into a note written together in this meeting: their writer's alone."""
    rows = db.session.scalars(
        select(Draft).where(
            Draft.user_id == me.id, Draft.case_id == case_id, Draft.place == "aside", Draft.subject_id == subject,
            Draft.ended_at.is_(None),
        ).order_by(Draft.begun_at)
    )  # fmt: skip
    return [found for row in rows if (found := unsent(row))]


TABLE = (
    "ask", "correction", "emergency", "false", "hold", "no_release", "paper", "release", "remark", "return", "review",
    "step",
)  # fmt: skip
"""Where anybody with a seat may write; what they send is held against the rules of its own verb. Places with a rule
of their own stand with their verbs."""
for _name in TABLE:
    place(_name, of_the_team)

__all__ = [
    "CLOSED", "GONE", "HELD", "KEPT", "Batch", "Kept", "Unsent", "asides", "counted", "end", "expire", "find",
    "forget", "gone", "keep", "let_go", "may_write", "of_the_team", "place", "place_outside", "quoted",
    "sending", "unsent", "write_down",
]  # fmt: skip
