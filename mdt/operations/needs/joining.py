"""Asking the young person whether it is OK that somebody joins. Their word is known to them and to the lead; it permits
nothing and forbids nothing, and the lead answers for what they do with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from mdt.models import JoinAsked, db, now
from mdt.operations import convening
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.needs.saying import is_young

OPEN, YES, NO = "open", "yes", "no"


@dataclass(frozen=True, slots=True)
class Join:
    """One question, and what they said: `words` is who that is."""

    id: str
    name: str
    words: str
    answer: str
    at: datetime

    @property
    def open(self) -> bool:
        return self.answer == OPEN


def of_case(seat: Seat) -> tuple[Join, ...]:
    """What was asked and said, the latest first; for the young person and the lead."""
    if not (is_young(seat) or seat.leads):
        return ()
    rows = select(JoinAsked).where(JoinAsked.case_id == seat.id).order_by(JoinAsked.asked_at.desc(), JoinAsked.id)
    return tuple(_join(row) for row in db.session.scalars(rows))


def _join(row: JoinAsked) -> Join:
    user = row.user
    words = ", ".join(one for one in (user.title or user.role_words, user.agency.name if user.agency else "") if one)
    return Join(row.id, user.name, words, row.answer, row.answered_at or row.asked_at)


def others(seat: Seat) -> dict[str, str]:
    """Who could be asked about: everybody of a partner agency who is not on the team."""
    return {key: name for key, name in convening.directory().items() if key not in seat.case.facts.members}


def ask(seat: Seat, user_id: str) -> None:
    """Ask about somebody; while that is not answered, asking again is asking once."""
    if not seat.leads:
        raise not_there()
    with recorded("join.asked", by=seat.me, case=seat.id, who=user_id):
        if user_id not in others(seat):
            raise Refused("Choose somebody who is not on the team.", reason="who", code=422)
        same = (JoinAsked.case_id == seat.id, JoinAsked.user_id == user_id, JoinAsked.answer == OPEN)
        if db.session.scalar(select(JoinAsked.id).where(*same)) is None:
            db.session.add(JoinAsked(case_id=seat.id, user_id=user_id, asked_by=seat.me.id))


def answer(seat: Seat, join_id: str, *, ok: bool) -> None:
    """Say yes or no; the last word counts."""
    row = db.session.get(JoinAsked, join_id)
    if row is None or row.case_id != seat.id or not is_young(seat):
        raise not_there()
    with recorded("join.answered", by=seat.me, case=seat.id, join=join_id):
        row.answer, row.answered_at = (YES if ok else NO), now()


__all__ = ["Join", "answer", "ask", "of_case", "others"]
