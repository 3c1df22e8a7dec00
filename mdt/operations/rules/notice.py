"""One neutral line on the desk of those whose own view a new version changed, and on nobody else's.

Nothing is stored of whom it concerns: it is worked out for whoever looks, from their own cases.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from mdt.models import Rules, db, now
from mdt.operations.access import Seat
from mdt.operations.rules.effect import differs
from mdt.operations.rules.force import of
from mdt.sharing.matrix import touched
from mdt.sharing.profile import Profile

SHOWN_FOR = timedelta(days=14)


def changed_at(seats: Iterable[Seat]) -> datetime | None:
    """When rules changed lately that changed what this person sees, in any of these cases; else None."""
    under: dict[str, list[Seat]] = {}
    for seat in seats:
        if seat.case.rules_id:
            under.setdefault(seat.case.rules_id, []).append(seat)
    return max(filter(None, (_changed(version, mine) for version, mine in under.items())), default=None)


def _changed(version_id: str, seats: list[Seat]) -> datetime | None:
    """When this version began, if it is new and any of these seats sees otherwise than under the one before."""
    signed = db.session.execute(
        select(Rules.profile, Rules.version, Rules.signed_at).where(Rules.id == version_id)
    ).one()
    at: datetime = signed.signed_at
    if now() - at > SHOWN_FOR:
        return None
    old, new = _before(signed.profile, signed.version), seats[0].profile
    if seats[0].me.role not in touched(old, new):
        return None
    return at if any(_differs(seat, old, new) for seat in seats) else None


def _differs(seat: Seat, old: Profile, new: Profile) -> bool:
    """Worked out once for these very facts."""
    asked = ("changed", seat.me.id, new.version)
    if asked not in seat.case.looks:
        seat.case.looks[asked] = differs(seat.case, seat.me.id, old, new)
    found: bool = seat.case.looks[asked]
    return found


def _before(name: str, version: int) -> Profile:
    before = db.session.scalar(
        select(Rules.id)
        .where(Rules.profile == name, Rules.signed_at.is_not(None), Rules.version < version)
        .order_by(Rules.version.desc())
        .limit(1)
    )
    return of(name, before)
