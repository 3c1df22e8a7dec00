"""Uploads of caseloads, and what one does with them: receive, look, confirm, go on, forget."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any

from sqlalchemy import delete, select, update

from mdt.models import Upload, begin_writing, db, new_id, now
from mdt.models.base import rows_changed
from mdt.operations.access import Person
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.importing import reading, storing, text, working
from mdt.operations.importing.columns import RECORD_WORDS
from mdt.operations.importing.drafting import Plan
from mdt.operations.importing.planning import Outcome
from mdt.operations.importing.problems import Malformed, Problem
from mdt.operations.importing.states import WORKING, State

LARGEST = 200 * 1024 * 1024
"""Bytes of a file."""
LONGEST = 10 * 60.0
"""Seconds in which a file must have arrived."""
QUIET_AFTER = timedelta(seconds=10)
"""Without a sign of life for so long, the work on an upload has stopped."""


@dataclass(frozen=True, slots=True)
class Look:
    """An upload as one may see it: where it stands, and, once it was read, what it would do."""

    id: str
    state: State
    mine: bool
    rows: int
    value: int
    of: int
    stopped: bool
    until: datetime
    plan: Plan | None = None
    problem: Problem | None = None

    @property
    def working(self) -> bool:
        return self.state in WORKING

    @property
    def words(self) -> str:
        """How far the work is."""
        if self.state is State.READING:
            return f"{self.rows:,} rows so far"
        return f"About {self.rows * self.value // self.of:,} of {self.rows:,} rows"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a plan, in words: what it tells of, what comes of it, and what changes or why not."""

    number: int
    ref: str
    what: str
    initials: str
    outcome: Outcome
    changes: tuple[str, ...]
    problem: Problem | None

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Line:
        values = kept.get("values") or {}
        name = values.get("name_in_use") or values.get("legal_name") or ""
        return cls(
            kept["number"], kept["ref"], RECORD_WORDS.get(kept["record"], "row"),
            "".join(f"{part[0]}." for part in name.split()[:2]), Outcome(kept["outcome"]),
            tuple(kept.get("changes", ())), Problem(**kept["problem"]) if "problem" in kept else None,
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """Some rows of a plan, and the pages to ask for before and after them."""

    lines: Sequence[Line]
    before: int | None
    after: int | None


def receive(blocks: Iterable[bytes], *, by: Person, mapping: Mapping[str, str] | None = None) -> str:
    """Seal a file as it arrives and begin to read it; the upload's id. Holds a MiB at most.

    Malformed for a file that is too large, too slow, or begins as no caseload; nothing of it is left then.
    """
    assert by.agency_id
    db.session.rollback()
    sweep()
    _make_room(by)
    pieces = _first_look(storing.pieces(_limited(blocks)), mapping or {})
    upload_id = _open(by, mapping or {})
    try:
        length = _seal(upload_id, by.agency_id, pieces)
        begin_writing()
        with recorded("caseload.received", by=by, upload=upload_id, pieces=length):
            _step(upload_id, State.ARRIVING, State.READING)
    except BaseException:
        db.session.rollback()
        _forget(upload_id)
        raise
    working.begin(upload_id)
    return upload_id


def _limited(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The blocks, as long as they are not too many and do not take too long."""
    length, until = 0, time.monotonic() + LONGEST
    for block in blocks:
        length += len(block)
        if length > LARGEST:
            raise Malformed(TOO_LARGE, code="too_large", status=413)
        if time.monotonic() > until:
            raise Malformed(TOO_SLOW, code="too_slow")
        yield block


TOO_LARGE = f"The file is larger than {LARGEST // 1024 // 1024} MB. Split it, or leave out closed cases."
TOO_SLOW = f"The file did not arrive within {LONGEST / 60:.0f} minutes, so we stopped. Try from a faster line."


def _first_look(pieces: Iterator[bytes], mapping: Mapping[str, str]) -> Iterator[bytes]:
    """Refuse what does not begin as a caseload before anything is kept."""
    first = next(pieces, b"")
    reading.header(next(text.lines([first]), ""), mapping)
    return chain([first], pieces)


def _open(by: Person, mapping: Mapping[str, str]) -> str:
    begin_writing()
    until = working.later()
    upload = Upload(id=new_id(), agency_id=by.agency_id, user_id=by.id, state=State.ARRIVING, expires_at=until)
    upload.mapping = dict(mapping)
    db.session.add(upload)
    db.session.commit()
    return upload.id


def _seal(upload_id: str, agency_id: str, pieces: Iterator[bytes]) -> int:
    """Write the pieces as they come; how many there were."""
    number = 0
    while some := list(islice(pieces, storing.AT_ONCE)):
        begin_writing()
        _step(upload_id, State.ARRIVING, State.ARRIVING)
        number += storing.keep(upload_id, agency_id, number, some)
        db.session.commit()
    return number


def _make_room(by: Person) -> None:
    """A new file takes the place of this person's earlier one, unless that is being worked on."""
    for upload in db.session.scalars(select(Upload).where(Upload.user_id == by.id)).all():
        busy = upload.state == State.IMPORTING or (upload.state == State.READING and not _is_quiet(upload))
        if busy:
            raise Refused(
                "Your last file is still being worked on. Wait until it is done, then choose the next.", reason="busy",
            )
        if upload.state != State.ARRIVING or _is_quiet(upload):
            _forget(upload.id)


def waiting(me: Person) -> list[Look]:
    """The uploads of my agency that are there now, the newest first. Forgets those that expired."""
    sweep()
    mine = select(Upload).where(Upload.agency_id == me.agency_id, Upload.state != State.ARRIVING)
    return [_look(upload, me) for upload in db.session.scalars(mine.order_by(Upload.created_at.desc()))]


def look(me: Person, upload_id: str) -> Look:
    """One upload of my agency; Refused as not there once it expired."""
    sweep()
    return _find(me, upload_id)


def _find(me: Person, upload_id: str) -> Look:
    upload = db.session.get(Upload, upload_id)
    if upload is None or upload.state == State.ARRIVING or upload.expires_at < now():
        raise not_there()
    if upload.agency_id != me.agency_id:
        raise not_there()
    return _look(upload, me)


def _look(upload: Upload, me: Person) -> Look:
    state = State(upload.state)
    report = upload.report or {}
    plan = Plan(**report) if state in (State.READY, State.IMPORTING, State.DONE) else None
    problem = Problem(**report["problem"]) if "problem" in report else None
    of = len(plan.steps) if plan else storing.size(upload.id) if state is State.READING else 1
    stopped = state in WORKING and _is_quiet(upload)
    mine = upload.user_id == me.id
    return Look(upload.id, state, mine, upload.rows, upload.done, max(of, 1), stopped, upload.expires_at, plan, problem)


def _is_quiet(upload: Upload) -> bool:
    """Whether nothing was heard of the work for a while. Every step of it puts off the expiry."""
    quiet_since = upload.expires_at - (working.later() - now())
    return not working.is_working(upload.id) and now() - quiet_since > QUIET_AFTER


def shown(me: Person, seen: Look, *, page: int = 0, only: Outcome | None = None) -> Shown:
    """A page of rows of my own upload, in the order of the file; `only` those with one outcome."""
    if not seen.mine or seen.plan is None or seen.state not in (State.READY, State.DONE):
        raise not_there()
    numbers = _pages_with(seen.plan, only)
    here = [number for number in numbers if number >= page]
    back = [number for number in numbers if number < page]
    taken = _up_to_a_page(seen.plan, here, only)
    found = storing.pages(seen.id, str(me.agency_id), taken)
    lines = [Line.of(kept) for number in taken for kept in found.get(number, ()) if only in (None, kept["outcome"])]
    before = _up_to_a_page(seen.plan, back[::-1], only)
    return Shown(lines, before[-1] if before else None, here[len(taken)] if len(taken) < len(here) else None)


def _pages_with(plan: Plan, only: Outcome | None) -> list[int]:
    place = list(Outcome).index(only) if only else None
    return [number for number, counts in enumerate(plan.pages) if place is None or counts[place]]


def _up_to_a_page(plan: Plan, numbers: Sequence[int], only: Outcome | None) -> list[int]:
    """As many of these pages as hold about a page of such rows."""
    place, count = list(Outcome).index(only) if only else None, 0
    taken: list[int] = []
    for number in numbers:
        counts = plan.pages[number]
        count += sum(counts) if place is None else counts[place]
        if taken and count > working.PAGE:
            break
        taken.append(number)
    return taken


def confirm(me: Person, upload_id: str) -> None:
    """Bring in what the preview showed, in the background. Only who brought the file may."""
    with recorded("caseload.confirmed", by=me, upload=upload_id):
        found = _find(me, upload_id)
        if not found.mine:
            raise Refused("Whoever brought this file confirms it.", reason="not_theirs")
        if found.state is State.READY:
            _step(upload_id, State.READY, State.IMPORTING)
        elif found.state not in (State.IMPORTING, State.DONE):
            raise Refused("This file is not read yet. Wait a moment, then look again.", reason="not_ready")
    working.begin(upload_id)


def go_on(me: Person, upload_id: str) -> None:
    """Go on with work that stopped, for anybody of the agency: nothing is done twice."""
    with recorded("caseload.continued", by=me, upload=upload_id):
        if not _find(me, upload_id).working:
            raise Refused("There is nothing left to do with this file.", reason="not_working")
    working.begin(upload_id)


def discard(me: Person, upload_id: str) -> None:
    """Forget a file that was not confirmed, or is done."""
    with recorded("caseload.discarded", by=me, upload=upload_id):
        found = _find(me, upload_id)
        if not found.mine or found.state is State.IMPORTING:
            raise Refused("This file is being brought in, and cannot be forgotten now.", reason="importing")
    _forget(upload_id)


def sweep() -> int:
    """Forget every upload that expired, with everything in it; how many."""
    expired = db.session.scalars(select(Upload.id).where(Upload.expires_at < now())).all()
    for upload_id in expired:
        _forget(upload_id)
    return len(expired)


def _step(upload_id: str, before: State, after: State) -> None:
    """Move an upload on, if it still stands where it should. Of two who try at once, one does."""
    here = (Upload.id == upload_id) & (Upload.state == before)
    moved = update(Upload).where(here).values(state=after, done=0, expires_at=working.later())
    if not rows_changed(moved.execution_options(synchronize_session=False)):
        raise Refused("This file has moved on already. Look at how it stands now.", reason="moved_on")


def _forget(upload_id: str) -> None:
    """Stop whoever works on it, then remove the pieces, then the row: a stop in between is swept up later."""
    begin_writing()
    db.session.execute(update(Upload).where(Upload.id == upload_id).values(state=State.ARRIVING, expires_at=LONG_AGO))
    db.session.commit()
    storing.forget(upload_id)
    begin_writing()
    db.session.execute(delete(Upload).where(Upload.id == upload_id))
    db.session.commit()


LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
