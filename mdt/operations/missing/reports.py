"""A report comes to its end: it was made, in time or late; then what its receiver does is confirmed, if the law asks
that of them. What was late stays late, and says why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from mdt.models import Case, Ended, Report, db, now
from mdt.models.base import locked
from mdt.operations import deadlines
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.missing import clocks
from mdt.operations.missing.episodes import SLACK, lead_only
from mdt.sharing.episodes import DEBRIEF
from mdt.sharing.moments import minute

LONGEST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A report that was made: when, to whom, the number they gave, and why it was late, if it was."""

    at: datetime
    whom: str = ""
    number: str = ""
    why: str = ""


def find(seat: Seat, report_id: str, *, lock: bool = False) -> Report:
    """The row of a report of this case, for the lead; or as if there were none."""
    lead_only(seat)
    row = locked(Report, report_id) if lock else db.session.get(Report, report_id)
    if row is None or row.case_id != seat.id:
        raise not_there()
    return row


def _to_somebody(row: Report) -> None:
    """As if there were none where it is no report, but the clock of a talk: what was told is written down elsewhere."""
    if row.kind == DEBRIEF:
        raise not_there()


def make(seat: Seat, report_id: str, said: Made) -> None:
    """Write down that it was made. Twice is refused: the first stands."""
    with recorded("missing.reported", by=seat.me, case=seat.id, report=report_id) as record:
        _to_somebody(find(seat, report_id))
        deadlines.end(clocks.REPORT, report_id)  # before the row is held: a round takes them in this order
        row, case = find(seat, report_id, lock=True), db.session.get_one(Case, seat.id)
        kind = clocks.kind_of(case, row.kind)
        record["kind"] = row.kind
        if row.ended is not None:
            raise Refused("It is written down already. Look at how it stands.", reason="ended")
        if not minute(row.started_at) <= said.at <= now() + SLACK:
            raise Refused("Say when: after you were told that they are missing, and not in time to come.",
                          reason="time", code=422)  # fmt: skip
        if kind.number and not said.number.strip():
            raise Refused(f"Write down the {kind.number}.", reason="number", code=422)
        late = said.at > row.due_at
        if late and not said.why.strip():
            raise Refused("It was late. Say why, in a sentence.", reason="no_reason", code=422)
        record["late"] = late
        row.done_at, row.done_by, row.ended = max(said.at, row.started_at), seat.me.id, Ended.MADE
        row.words = replace(
            row.words, whom=said.whom.strip()[:LONGEST], number=said.number.strip()[:60],
            why=said.why.strip()[:LONGEST] if late else "",
        )  # fmt: skip
        clocks.made(case, row)


def confirm(seat: Seat, report_id: str, *, entry: str = "") -> None:
    """Write down that its receiver did what the law asks of them, and the number of the entry, if they gave one."""
    with recorded("missing.confirmed", by=seat.me, case=seat.id, report=report_id):
        _to_somebody(find(seat, report_id))
        deadlines.end(clocks.CONFIRM, report_id)
        row = find(seat, report_id, lock=True)
        if row.done_at is None or row.wants_at is None:
            raise Refused("There is nothing to confirm. Look at how it stands.", reason="not_waiting")
        row.confirmed_at = now()
        row.words = replace(row.words, entry=entry.strip()[:60])
        clocks.over(row)


__all__ = ["Made", "confirm", "find", "make"]
