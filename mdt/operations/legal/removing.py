"""Deleting records for good: by an order of a court, or because their time is over and somebody said so.

The values go, with the terms, the labels and what was done about them; what stays is the ledger's word that a record
of this identifier was deleted, when, by whom, and by which paper. Never while a hold stands.

What repeats a deleted record repeats it in its own values, and nobody can read it any more. What of that an order
reaches goes with it; what another agency wrote is that agency's to delete, and stands on its desk until it is.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, or_, select, text, update
from sqlalchemy.exc import DBAPIError

from mdt.models import (
    ArrangedDate,
    Assessment,
    Case,
    Contact,
    Correction,
    DateWord,
    Deadline,
    Draft,
    Episode,
    Handoff,
    Heed,
    Identification,
    Item,
    NeedSaid,
    Outreach,
    OwnWord,
    Pen,
    Point,
    Referral,
    Report,
    Return,
    Screening,
    Segment,
    Task,
    db,
    move,
)
from mdt.operations import drafts, duties
from mdt.operations.access import Person, Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.correcting import corrections
from mdt.operations.duties import Duty
from mdt.operations.facts import CaseFacts
from mdt.operations.legal import holds, papers
from mdt.operations.missing import copies
from mdt.sharing import fields as catalog
from mdt.sharing.facts import Item as ItemFact

HELD = "A hold stands on these records. Counsel lifts it first."


@dataclass(frozen=True, slots=True)
class Due:
    """A record whose time is over; or one that repeats what was deleted, without a day."""

    id: str
    title: str
    source: str
    recorded: date | None
    kept_until: date | None


@dataclass(frozen=True, slots=True)
class Keeping:
    """What of one's agency is past its time in this case, and whether a hold keeps it."""

    due: tuple[Due, ...]
    held: bool


def past(seat: Seat) -> Keeping:
    """The records past their time that this member could delete: those of their agency, or that the lead keeps, of
    those they see; and of those that nobody can read any more, because they repeat what was deleted."""
    if not papers.may_take_in(seat):
        raise not_there()
    today, items = seat.today, seat.case.facts.items
    left = _left_behind(seat)
    seen = (items[one] for one in corrections.correctable(seat) if one not in left)
    found = [one for item in seen if (one := _due(seat, item, today))]
    found += [due(seat.case, items[one], None) for one in left]
    held = any(holds.covers(seat.id, seat.case.lead_id, items[one.id].source) for one in found)
    return Keeping(tuple(sorted(found, key=lambda one: (one.kept_until or date.min, one.title, one.id))), held)


def repeating(items: Mapping[str, ItemFact], ids: Iterable[str]) -> tuple[str, ...]:
    """What repeats any of these records, directly or through another."""
    gone = found = frozenset(ids)
    while more := {one.id for one in items.values() if one.id not in found and found.intersection(one.quotes)}:
        found |= more
    return tuple(sorted(found - gone))


def delete_past(seat: Seat, ids: Sequence[str]) -> None:
    """Delete these records, whose time is over, for good."""
    with recorded("record.deleted", by=seat.me, case=seat.id, items=sorted(ids)):
        listed = {one.id for one in past(seat).due}
        if not ids or set(ids) - listed:
            raise Refused("Choose from what is on the page.", reason="choice", code=422)
        case = db.session.get_one(Case, seat.id)
        remove(case, [seat.case.facts.items[one] for one in ids])
    forget_freed()


def remove(case: Case, items: Collection[ItemFact]) -> None:
    """Delete these records, within an act: their values, and whatever was made of them. Refused under a hold."""
    if any(holds.covers(case.id, case.lead_id, one.source) for one in items):
        raise Refused(HELD, reason="held")
    ids = [one.id for one in items]
    made = list(db.session.scalars(select(Correction.id).where(Correction.item_id.in_(ids))))
    db.session.execute(delete(Assessment).where(Assessment.subject_id.in_(made)))
    db.session.execute(delete(Correction).where(Correction.id.in_(made)))
    tasks = list(db.session.scalars(select(Task.id).where(Task.item_id.in_(ids))))
    sent = list(db.session.scalars(select(Referral.id).where(Referral.item_id.in_(ids))))
    db.session.execute(delete(Draft).where(Draft.subject_id.in_(sent)))
    db.session.execute(update(Referral).where(Referral.outcome_id.in_(ids)).values(outcome_id=None))
    db.session.execute(delete(Referral).where(Referral.id.in_(sent)))
    db.session.execute(delete(Deadline).where(Deadline.subject_id.in_(tasks)))
    db.session.execute(delete(Handoff).where(Handoff.task_id.in_(tasks)))
    db.session.execute(delete(Task).where(Task.id.in_(tasks)))
    _forget_searches(ids)
    copies.forget(case, items)
    db.session.execute(delete(Pen).where(Pen.draft_id.in_(ids)))
    db.session.execute(delete(Draft).where(Draft.id.in_(ids)))
    db.session.execute(delete(Segment).where(Segment.item_id.in_(ids)))
    db.session.execute(update(Point).where(Point.item_id.in_(ids)).values(item_id=None))
    db.session.execute(update(Return).where(Return.item_id.in_(ids)).values(item_id=None))
    db.session.execute(delete(NeedSaid).where(NeedSaid.item_id.in_(ids)))
    dates = list(db.session.scalars(select(ArrangedDate.id).where(ArrangedDate.item_id.in_(ids))))
    db.session.execute(delete(DateWord).where(or_(DateWord.item_id.in_(ids), DateWord.date_id.in_(dates))))
    db.session.execute(delete(Deadline).where(Deadline.subject_id.in_(dates)))
    db.session.execute(delete(ArrangedDate).where(ArrangedDate.id.in_(dates)))
    db.session.execute(delete(Outreach).where(Outreach.item_id.in_(ids)))
    db.session.execute(delete(OwnWord).where(OwnWord.item_id.in_(ids)))
    found = list(db.session.scalars(select(Identification.id).where(Identification.item_id.in_(ids))))
    db.session.execute(delete(Deadline).where(Deadline.subject_id.in_(found)))
    db.session.execute(delete(Identification).where(Identification.id.in_(found)))
    db.session.execute(update(Screening).where(Screening.item_id.in_(ids)).values(item_id=None, working_=None))
    _let_go(case, ids, {one.source for one in items})
    for row in db.session.scalars(select(Item).where(Item.id.in_(ids))):
        db.session.delete(row)
    db.session.flush()
    move(db.session(), [case.id])


def _forget_searches(ids: Collection[str]) -> None:
    """The episodes that these are the records of: their reports and clocks, and whom the agency talked to."""
    episodes = list(db.session.scalars(select(Episode.id).where(Episode.item_id.in_(ids))))
    reports = list(db.session.scalars(select(Report.id).where(Report.episode_id.in_(episodes))))
    db.session.execute(delete(Deadline).where(Deadline.subject_id.in_(reports)))
    db.session.execute(delete(Heed).where(Heed.report_id.in_(reports)))
    for noun in (Report, Contact):
        db.session.execute(delete(noun).where(noun.episode_id.in_(episodes)))
    db.session.execute(delete(Episode).where(Episode.id.in_(episodes)))


def forget_freed() -> None:
    """Let the database forget what it freed: the log it writes ahead is emptied, dead rows are taken away. What
    cannot be done now, because others read, is done by the database in its own time."""
    statement = {"sqlite": "PRAGMA wal_checkpoint(TRUNCATE)"}.get(db.engine.dialect.name, "VACUUM items, item_groups")
    with contextlib.suppress(DBAPIError), db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(statement))


def _let_go(case: Case, ids: Collection[str], agencies: Collection[str]) -> None:
    """What people of these agencies were writing about these records, or quoting them, and had not sent."""
    open_ones = select(Draft).where(
        Draft.case_id == case.id, Draft.agency_id.in_(agencies), Draft.ended_at.is_(None)
    )  # fmt: skip
    for row in db.session.scalars(open_ones):
        if row.subject_id in ids or set(ids).intersection(drafts.quoted(row)):
            drafts.end(row)


def _left_behind(seat: Seat) -> tuple[str, ...]:
    """Records that this member's agency answers for and that repeat what was deleted."""
    items = seat.case.facts.items
    gone = {name for one in items.values() for name in one.quotes if name not in items}
    return tuple(one for one in repeating(items, gone) if corrections.answers_for(seat, items[one]))


@duties.found_by
def _to_delete(_me: Person, seats: Mapping[str, Seat]) -> Iterable[Duty]:
    """One line a case: something of one's agency repeats what was deleted."""
    for seat in seats.values():
        if papers.may_take_in(seat) and _left_behind(seat):
            yield Duty("past", seat.id, seat.id, "A record of your agency repeats what was deleted. Delete it.")


def _due(seat: Seat, item: ItemFact, today: date) -> Due | None:
    last = seat.profile.clocks.kept_until(item.category, item.recorded, seat.case.facts.case, seat.profile.majority)
    return None if last is None or last >= today else due(seat.case, item, last)


def due(case: CaseFacts, item: ItemFact, last: date | None) -> Due:
    """A record that is to be deleted, in words."""
    source = case.agency_names.get(item.source, "an agency")
    return Due(item.id, catalog.CATEGORIES[item.category].title, source, item.recorded, last)


__all__ = ["HELD", "Due", "Keeping", "delete_past", "due", "forget_freed", "past", "remove", "repeating"]
