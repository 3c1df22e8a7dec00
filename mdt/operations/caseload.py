"""The case list: one row per member and case, ordered by the last change that this very member may see."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Uuid, literal, select, tuple_
from sqlalchemy.engine import Row

from mdt.models import Member, Standing, db
from mdt.models.base import UtcTime
from mdt.operations import facts, items, ledger, naming, views
from mdt.operations.access import Person, Seat, seat_at
from mdt.operations.naming import NAMED
from mdt.sharing.decision import Decision
from mdt.sharing.facts import Item
from mdt.sharing.vocabulary import Category

PAGE = 50
SEARCHED_AT_MOST = 500


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list: what the young person is called, if this member may know it, and what is going on."""

    id: str
    name: str | None
    words: str
    changed_at: datetime

    @property
    def called(self) -> str:
        return self.name or "A young person"


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of the list. `older` is the cursor of the next; None at the end."""

    lines: tuple[CaseLine, ...]
    older: str | None
    searched: int | None = None


def page(me: Person, *, after: str | None = None, size: int = PAGE) -> ListPage:
    """One page of this person's cases."""
    rows = _rows(me, after, size + 1)
    older = _cursor(rows[size - 1]) if len(rows) > size else None
    return ListPage(lines(me, rows[:size]), older)


def find(me: Person, words: str) -> ListPage:
    """This person's cases whose name, as they may see it, has these words; among their latest."""
    rows = _rows(me, None, SEARCHED_AT_MOST)
    wanted = words.strip().casefold()
    found = tuple(line for line in lines(me, rows) if wanted in (line.name or "").casefold())
    return ListPage(found[:PAGE], None, len(rows))


Membership: TypeAlias = "Row[str, str, datetime]"
"""Id, case, and when it last changed for its member."""


def lines(me: Person, rows: Sequence[Membership]) -> tuple[CaseLine, ...]:
    """The lines of these memberships: decided, recorded, then opened."""
    loaded = facts.load_many([row.case_id for row in rows])
    seats = {case_id: seat for case_id, case in loaded.items() if (seat := seat_at(case, me))}
    named = _named(seats)
    tickets = [views.entry(seats[case_id], "case.listed", [one]) for case_id, one in named.items() if one]
    ticket = ledger.submit_all(tickets)
    closed = items.envelopes((seats[case_id].case, one[0].id) for case_id, one in named.items() if one)
    made = [_line(row, seats[row.case_id], named[row.case_id], closed) for row in rows if row.case_id in seats]
    ticket.hold_answer()
    return tuple(made)


def skeleton(me: Person, rows: Sequence[Membership]) -> list[Any]:
    """What the lines of these memberships are made of, decided and not opened."""
    loaded = facts.load_many([row.case_id for row in rows])
    seats = {case_id: seat for case_id, case in loaded.items() if (seat := seat_at(case, me))}
    named = _named(seats)
    return [
        [row.case_id, _named_at(seats[row.case_id], named[row.case_id]), _going_on(seats[row.case_id])]
        for row in rows
        if row.case_id in seats
    ]


def _named_at(seat: Seat, named: tuple[Item, Decision] | None) -> datetime | None:
    """When what says the name was last changed; None where no name is shown."""
    return items.changed_at(named[0], [NAMED], items.envelopes([(seat.case, named[0].id)])) if named else None


def _named(seats: dict[str, Seat]) -> dict[str, tuple[Item, Decision] | None]:
    """By case, the item that says what the young person is called, if that is shown to this member."""
    page = views.look_each(list(seats.values()), categories=frozenset({Category.ID}))
    if "named" not in page.kept:
        page.kept["named"] = [naming.named(case, seen) for case, seen in zip(page.cases, page.looks, strict=True)]
    return dict(zip(seats, page.kept["named"], strict=True))


def _line(row: Membership, seat: Seat, named: tuple[Item, Decision] | None, closed: items.Closed) -> CaseLine:
    name = items.open_fields(named[0], [NAMED], closed, seat.case.youth_id).get(NAMED) if named else None
    return CaseLine(row.case_id, name, _going_on(seat), row.changed_at)


def _going_on(seat: Seat) -> str:
    """A few words on where the case stands, from facts that every member of it knows."""
    if seat.leads:
        return f"{len(seat.case.facts.members)} on the team" if len(seat.case.facts.members) > 1 else "only you so far"
    return seat.case.agency_names.get(seat.case.lead_id, "")


def _rows(me: Person, after: str | None, size: int) -> Sequence[Membership]:
    """Memberships by keyset: as quick at the thousandth page as at the first."""
    wanted = select(Member.id, Member.case_id, Member.changed_at).where(
        Member.user_id == me.id, Member.standing == Standing.ACCEPTED
    )
    if after and (place := _place(after)):
        wanted = wanted.where(
            tuple_(Member.changed_at, Member.id)
            < tuple_(literal(place[0], UtcTime()), literal(place[1], Uuid(as_uuid=False)))
        )
    return db.session.execute(wanted.order_by(Member.changed_at.desc(), Member.id.desc()).limit(size)).all()


def _cursor(row: Membership) -> str:
    return urlsafe_b64encode(f"{row.changed_at.isoformat()} {row.id}".encode()).decode()


def _place(cursor: str) -> tuple[datetime, str] | None:
    """What a cursor says; None for one that is not ours, which begins the list anew."""
    try:
        at, member_id = urlsafe_b64decode(cursor.encode()).decode().split(" ")
        return datetime.fromisoformat(at).astimezone(UTC), str(UUID(member_id))
    except (ValueError, OverflowError):
        return None
