"""Consents from elsewhere as rows: who may see one, and that each is settled once."""

from __future__ import annotations

from sqlalchemy import select

from mdt.models import Arrival, HeldConsent, db
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, not_there
from mdt.operations.consent import knowing


def find(seat: Seat, consent_id: str) -> HeldConsent:
    """One that waits, for whoever keeps the releases of the agency it is for; or as if there were none."""
    row = db.session.get(HeldConsent, consent_id)
    if row is None or row.case_id != seat.id or row.state != Arrival.WAITING or not _keeps(seat, row):
        raise not_there()
    return row


def waiting(seat: Seat) -> tuple[HeldConsent, ...]:
    """Those that wait for this member, the oldest first."""
    asked = select(HeldConsent).where(HeldConsent.case_id == seat.id, HeldConsent.state == Arrival.WAITING)
    rows = db.session.scalars(asked.order_by(HeldConsent.arrived_at, HeldConsent.id))
    return tuple(row for row in rows if _keeps(seat, row))


def settled(
    seat: Seat, consent_id: str, state: Arrival, release_id: str | None = None, *, discloser: str | None = None
) -> None:
    """It waits no longer, in the transaction at hand. Refused if somebody was quicker, or it is for another agency."""
    row = db.session.get(HeldConsent, consent_id, with_for_update=True)
    if row is None or row.case_id != seat.id or not _keeps(seat, row):
        raise not_there()
    if row.state != Arrival.WAITING:
        raise Refused("This consent was dealt with already. Look at the releases.", reason="settled")
    if discloser and row.paper["discloser"] != discloser:
        raise Refused("This consent arrived for another agency.", reason="discloser", code=422)
    row.state, row.release_id = state, release_id
    if state is not Arrival.KEPT:
        row.paper = None


def _keeps(seat: Seat, row: HeldConsent) -> bool:
    """Whose releases it is about stands inside, sealed; what was emptied is nobody's."""
    paper = row.paper
    return paper is not None and knowing.may_record(seat, paper["discloser"])


__all__ = ["find", "settled", "waiting"]
