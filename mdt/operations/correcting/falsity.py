"""A release found false: it closes what it opened, from now on, and lists what it had opened and to whom."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mdt.models import Release, db, now
from mdt.operations import assessments, ledger, seen
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.consent import knowing
from mdt.operations.seen import Readers
from mdt.sharing import facts as fact

LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Opened:
    """What a release had opened. `why`: what was found false, once it was."""

    found: bool
    why: str
    seen: Readers


def read(seat: Seat, release_id: str) -> Opened:
    """What this release had opened, for those who keep it; or as if there were none. Recorded."""
    row = _row(seat, release_id)
    ticket = ledger.submit("release.opened.read", seat.id, seat.me.id, {"release": row.id, "purpose": seat.purpose})
    terms: fact.Release = row.terms
    own = {user.id for user in seat.case.facts.users.values() if user.org == terms.discloser}
    shown = seen.gathered(seat, seen.by_release(seat.id, row.id, row.created_at), but=own)
    ticket.settle()
    return Opened(terms.found_false is not None, (row.form or {}).get("false", ""), shown)


def find_false(seat: Seat, release_id: str, *, why: str) -> None:
    """Say that it is false. What it opened closes now; its agency judges what was seen. Twice is once."""
    with recorded("release.found_false", by=seat.me, case=seat.id, release=release_id):
        row = _row(seat, release_id)
        terms: fact.Release = row.terms
        if not why.strip():
            raise Refused("Say what about it is false.", reason="no_words", code=422)
        if terms.found_false is not None:
            return
        row.terms = replace(terms, found_false=now())
        row.form = (row.form or {}) | {"false": why.strip()[:LONGEST]}
        if seen.by_release(seat.id, row.id, row.created_at).all:
            kind = assessments.RELEASE
            assessments.make(seat, row.case, agency=terms.discloser, kind=kind, subject=row.id)


def may_say(seat: Seat, terms: fact.Release) -> bool:
    """Whether this member keeps the release, and so may say that it is false."""
    return knowing.may_record(seat, terms.discloser)


def _row(seat: Seat, release_id: str) -> Release:
    row = db.session.get(Release, release_id)
    if row is None or row.case_id != seat.id or not may_say(seat, row.terms):
        raise not_there()
    return row


__all__ = ["Opened", "find_false", "may_say", "read"]
