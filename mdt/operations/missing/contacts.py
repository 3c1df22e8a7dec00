"""The contact log of an episode: with law enforcement, with the national center, with family. The agency's own work."""

from __future__ import annotations

from datetime import datetime

from mdt.models import Case, Contact, Episode, db, now
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, recorded
from mdt.operations.missing.episodes import LONGEST, SLACK, find


def log(seat: Seat, episode_id: str, *, kind: str, at: datetime, words: str, key: str) -> None:
    """Write down whom one talked to, when, and what came of it. The same key twice is once."""
    with recorded("missing.contact", by=seat.me, case=seat.id, episode=episode_id, kind=kind):
        row = find(seat, episode_id)
        if db.session.get(Contact, key) is not None:
            return
        if kind not in seat.profile.episodes.contacts or not words.strip() or len(words) > LONGEST:
            raise Refused("Say with whom, and what came of it.", reason="words", code=422)
        if at > now() + SLACK:
            raise Refused("That is still to come. Look at the day and the time once more.", reason="future", code=422)
        keep(seat, row, kind, at, words, key=key)


def keep(seat: Seat, row: Episode, kind: str, at: datetime, words: str, *, key: str | None = None) -> None:
    """Put a line into the log, within an act."""
    case = db.session.get_one(Case, seat.id)
    db.session.add(
        Contact(
            id=key, case=case, agency_id=row.agency_id, made_by=seat.me.id, episode_id=row.id, kind=kind, at=at,
            words=words.strip(),
        )
    )  # fmt: skip


__all__ = ["keep", "log"]
