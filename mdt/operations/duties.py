"""What the law asks of somebody, and by when, as lines of their desk: to know of an emergency, to review it, to
confirm a label, to judge what was seen, to answer a paper.

They are no tasks: a task's words are a record of the case, which others may read. A duty belongs to an agency,
and to nobody beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from mdt.models import Case, now
from mdt.models.among import among
from mdt.operations.access import Person, Seat, seat_at
from mdt.operations.at_once import Of, Question
from mdt.operations.facts import CaseFacts
from mdt.sharing.gate import admitted
from mdt.sharing.moments import NEVER_ENDS
from mdt.sharing.vocabulary import USUAL_PURPOSES


@dataclass(frozen=True, slots=True)
class Duty:
    """One line. `kind` says which page answers it, `id` what it is about; `case_id` is None outside a case."""

    kind: str
    id: str
    case_id: str | None
    words: str
    due_at: datetime | None = None


def seat_for(me: Person, case: CaseFacts, agency_id: str) -> Seat | None:
    """From where somebody answers for their agency in a case: their seat, if they have one. Where nobody of the agency
    sits at the table, anybody of it, from outside: every record is concealed from there. None for others."""
    if me.role is None or me.agency_id != agency_id:
        return None
    seat = seat_at(case, me)
    if seat or _represented(case, agency_id):
        return seat
    return Seat(case, me, USUAL_PURPOSES[me.role][0], now(), case.rules)


def _represented(case: CaseFacts, agency_id: str) -> bool:
    users, at = case.facts.users, now()
    return any(users[one].org == agency_id and admitted(case.facts, one, at) for one in case.facts.members)


Finder = Callable[[Person, Mapping[str, Seat]], Iterable[Duty]]
_finders: list[Finder] = []


def found_by(finder: Finder) -> Finder:
    """Let this be asked for duties."""
    _finders.append(finder)
    return finder


def of(me: Person, seats: Mapping[str, Seat]) -> tuple[Duty, ...]:
    """This person's duties, the most urgent first. Each kind is one question to the database, however many cases."""
    at_hand = cases(seats)
    found = [one for finder in _finders for one in finder(me, seats)]
    del at_hand
    return tuple(sorted(found, key=lambda one: (one.due_at is None, one.due_at or NEVER_ENDS, one.id)))


CASES = Question(Of.CASE, select(Case).where(among(Case.id)), lambda row: [row.id])


def cases(case_ids: Collection[str]) -> list[Case]:
    """The rows of these cases at once: while they are held, what is sealed for one finds it without asking."""
    return CASES.about(case_ids)


def skeleton(me: Person, seats: Mapping[str, Seat]) -> list[Any]:
    """What of a desk they are, without words."""
    return [[one.kind, one.id] for one in of(me, seats)]


__all__ = ["Duty", "cases", "found_by", "of", "seat_for", "skeleton"]
