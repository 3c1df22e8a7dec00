"""Litigation holds: while one stands, nothing it covers is deleted, by order or by age. Counsel lifts it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from mdt.models import Case, Hold, db, now
from mdt.operations import ledger
from mdt.operations.access import Person, Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.legal import papers

LONGEST = 1000


@dataclass(frozen=True, slots=True)
class HoldView:
    """A hold that stands or stood. `whole`: it is the lead's, and covers the whole case."""

    id: str
    case_id: str
    why: str
    made_at: datetime
    ended_at: datetime | None
    whole: bool


def place(seat: Seat, *, why: str, paper_id: str | None = None) -> str:
    """Keep what one's agency has of this case, whatever its age, until counsel lifts it; the lead keeps all of it."""
    if not papers.may_take_in(seat):
        raise not_there()
    with recorded("hold.placed", by=seat.me, case=seat.id, paper=paper_id) as record:
        if not why.strip():
            raise Refused("Say what it is kept for.", reason="no_words", code=422)
        paper = papers.find(seat, paper_id) if paper_id else None
        hold = Hold(
            case=db.session.get_one(Case, seat.id), agency_id=seat.me.agency_id, why=why.strip()[:LONGEST],
            paper_id=paper.id if paper else None, made_by=seat.me.id,
        )  # fmt: skip
        db.session.add(hold)
        record["hold"] = hold.id
    return str(hold.id)


def lift(me: Person, row: Hold) -> None:
    """Let what it covered be deleted again, where something asks for it. Whoever calls asked first who is counsel."""
    with recorded("hold.lifted", by=me, case=row.case_id, hold=row.id):
        row.ended_at, row.ended_by = row.ended_at or now(), row.ended_by or me.id


def of_agency(seat: Seat) -> tuple[HoldView, ...]:
    """The holds of one's agency in this case. Recorded."""
    if not papers.may_take_in(seat):
        raise not_there()
    mine = select(Hold).where(Hold.case_id == seat.id, Hold.agency_id == seat.me.agency_id)
    rows = list(db.session.scalars(mine.order_by(Hold.made_at.desc(), Hold.id)))
    ledger.submit("hold.read", seat.id, seat.me.id, {"holds": [one.id for one in rows]}).settle()
    return tuple(view(one) for one in rows)


def covers(case_id: str, lead_id: str, source: str) -> bool:
    """Whether a hold stands over what this agency has of this case: its own, or the lead's over all of it."""
    standing = select(Hold.id).where(
        Hold.case_id == case_id, Hold.agency_id.in_({source, lead_id}), Hold.ended_at.is_(None)
    )
    return db.session.scalar(standing.limit(1)) is not None


def view(row: Hold) -> HoldView:
    return HoldView(row.id, row.case_id, row.why, row.made_at, row.ended_at, row.agency_id == row.case.lead_id)


__all__ = ["HoldView", "covers", "lift", "of_agency", "place", "view"]
