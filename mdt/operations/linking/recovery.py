"""A recovery team's work on a case: the plan, the tries to reach a young person, and what was learned.

The plan and what was said at a try are records like any other, so the decision says who reads them; a try whose record
somebody may not read is not there for them, nor is it counted. What was learned is for the agency that learned it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from mdt.models import Case, Item, Lesson, Outreach, db, new_id, now
from mdt.operations import drafts, ledger, updates, views
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, along, not_there, recorded
from mdt.operations.team import colleague
from mdt.operations.views import Shown
from mdt.sharing import fields as catalog
from mdt.sharing.vocabulary import Category, Role

PLACE, LEARNED = "outreach", "lesson"
LONGEST = 4000
FAMILY = (Role.CG, Role.YT)


@dataclass(frozen=True, slots=True)
class Try:
    """One try to reach them, as a reader of its record sees it."""

    at: datetime
    who: str
    how: str
    outcome: str
    words: str
    item_id: str


@dataclass(frozen=True, slots=True)
class Board:
    """The recovery page: what of the plan this reader has, the tries, and what their own agency learned."""

    plan: tuple[Shown, ...]
    tries: tuple[Try, ...]
    lessons: tuple[tuple[datetime, str], ...]
    writes: bool


def category_of(seat: Seat) -> Category:
    """What kind of record a try of this person is: an advocate's is theirs, else it is the plan's."""
    return Category.ADVOCATE if seat.me.role is Role.VC else Category.PLAN


def may_log(seat: Seat) -> bool:
    """Whether this member tries to reach young people: somebody of an agency who may write such a record."""
    if seat.me.role in FAMILY or seat.me.agency_id is None:
        return False
    return catalog.CATEGORIES[category_of(seat)] in updates.categories(seat)


def may_learn(seat: Seat) -> bool:
    """Whether there is an agency that this member learns for."""
    return seat.me.agency_id is not None and seat.me.role not in FAMILY


def board(seat: Seat) -> Board:
    """The page for this reader, decided and recorded before it is shown."""
    if not may_learn(seat):
        raise not_there()
    rows = list(db.session.scalars(select(Outreach).where(Outreach.case_id == seat.id).order_by(Outreach.at.desc())))
    tried = {one.item_id for one in rows}
    seen = views.look(seat, categories=frozenset({Category.PLAN, Category.ADVOCATE}))
    ruled = [
        (item, one) for item, one in seen.items
        if one.opens and (item.id in tried or item.category is Category.PLAN)
    ]  # fmt: skip
    ticket = views.disclose(seat, "recovery.read", ruled)
    shown = {one.id: one for one in views.open_all(seat, ruled)}
    ticket.hold_answer()
    tries = tuple(_try(seat, row, shown[row.item_id]) for row in rows if row.item_id in shown)
    plan = tuple(one for one in shown.values() if one.category is Category.PLAN and one.id not in tried)
    return Board(plan, tries, _lessons(seat), may_log(seat))


def log(
    seat: Seat, *, at: datetime, how: str, outcome: str, words: str, key: str | None = None,
    heeded: Collection[str] = (), proved: bool = False,
) -> None:  # fmt: skip
    """Write down a try: its words a record, when and how beside it. The same key twice is one try. `guarding.Repeats`
    as for an update."""
    if not may_log(seat):
        raise not_there()
    rules, item_id = seat.profile.caseworking, key or new_id()
    if how not in rules.ways or outcome not in rules.outcomes:
        raise Refused("Choose how you tried, and what came of it.", reason="choice", code=422)
    if at > now():
        raise Refused("That time is still to come.", reason="future", code=422)

    def beside() -> None:
        db.session.flush()
        if db.session.get(Outreach, item_id) is None and db.session.get(Item, item_id) is not None:
            case = db.session.get_one(Case, seat.id)
            made = Outreach(id=item_id, case=case, item_id=item_id, by_id=seat.me.id, at=at, how=how, outcome=outcome)
            db.session.add(made)

    with along(beside):
        updates.post(seat, category=category_of(seat), text=words, key=item_id, heeded=heeded, proved=proved)


def learn(seat: Seat, words: str) -> None:
    """Write down what was learned, for one's own agency alone."""
    if not may_learn(seat):
        raise not_there()
    with recorded("lesson.written", by=seat.me, case=seat.id) as record:
        if not words.strip():
            raise Refused("Write what you learned.", reason="no_words", code=422)
        made = Lesson(
            case=db.session.get_one(Case, seat.id), agency_id=seat.me.agency_id, words=words.strip()[:LONGEST],
            made_by=seat.me.id,
        )  # fmt: skip
        db.session.add(made)
        record["lesson"] = made.id


def _lessons(seat: Seat) -> tuple[tuple[datetime, str], ...]:
    mine = select(Lesson).where(Lesson.case_id == seat.id, Lesson.agency_id == seat.me.agency_id)
    rows = list(db.session.scalars(mine.order_by(Lesson.made_at.desc(), Lesson.id)))
    if rows:
        ledger.submit("lesson.read", seat.id, seat.me.id, {"lessons": [one.id for one in rows]}).settle()
    return tuple((one.made_at, one.words) for one in rows)


def _try(seat: Seat, row: Outreach, shown: Shown) -> Try:
    rules, known = seat.profile.caseworking, row.by_id in seat.case.facts.users
    who = colleague(seat, row.by_id).name if known else "Somebody"
    how, outcome = rules.ways.get(row.how, row.how), rules.outcomes.get(row.outcome, row.outcome)
    return Try(row.at, who, how, outcome, str(shown.value("note") or ""), row.item_id)


drafts.place(PLACE, lambda seat, _subject: may_log(seat))
drafts.place(LEARNED, lambda seat, _subject: may_learn(seat))

__all__ = ["LEARNED", "LONGEST", "PLACE", "Board", "Try", "board", "learn", "log", "may_learn", "may_log"]
