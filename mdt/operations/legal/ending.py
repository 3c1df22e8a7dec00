"""An order does not hold for ever: a court vacates it, stays it, puts another in its place, or lifts a stay.

Counsel who answers for the paper writes it down, with the day, the court and what its paper says. It acts in the same
act: what the order opened is closed from that day on, and what it sealed is as it was before. What was deleted stays
deleted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from mdt.models import Case, Item, Order, OrderEnded, Paper, PaperState, db, now
from mdt.models.base import locked
from mdt.operations import drafts, facts, ledger
from mdt.operations.access import Person
from mdt.operations.acts import Record, Refused, recorded
from mdt.operations.facts import CaseFacts
from mdt.operations.legal import counsel, papers
from mdt.operations.team import purpose_of
from mdt.sharing import facts as fact
from mdt.sharing import fields as catalog
from mdt.sharing.decide import decide
from mdt.sharing.gate import admitted
from mdt.sharing.moments import begun, day
from mdt.sharing.vocabulary import Category

VACATED, STAYED, REPLACED, LIFTED = "vacated", "stayed", "replaced", "lifted"
HOW = {
    VACATED: "A court vacated it",
    STAYED: "A court stayed it",
    REPLACED: "Another order took its place",
    LIFTED: "The stay was lifted",
}
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Closes:
    """Whom it names, and the kinds of record that close for them."""

    recipient: str
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What can be said of an order now, and what its end would close. `unseals`: it sealed, so its end opens."""

    steps: tuple[str, ...]
    closes: tuple[Closes, ...]
    unseals: bool


def standing(me: Person, paper_id: str) -> Standing | None:
    """How an order that this lawyer signed off stands; None if it is none, or nothing can follow. Recorded."""
    row = counsel.find(me, paper_id)
    order = _order(row)
    steps = _steps(row, order)
    if order is None or not steps:
        return None
    ledger.submit("order.standing_read", row.case_id, me.id, {"paper": row.id, "order": order.id}).settle()
    case = facts.load(row.case_id)
    assert case
    running = LIFTED not in steps and row.terms.effect == papers.OPEN
    return Standing(steps, tuple(_closing(row, case, order.terms)) if running else (), row.terms.effect == papers.SEAL)


def end(me: Person, paper_id: str, *, how: str, on: date, court: str, words: str) -> None:
    """Write down what a court said of an order. It acts now."""
    row = counsel.find(me, paper_id)
    with recorded("order.ended", by=me, case=row.case_id, paper=row.id, how=how) as record:
        db.session.execute(select(Case.id).where(Case.id == row.case_id).with_for_update())
        row = locked(Paper, row.id) or row
        order = _order(row)
        if order is None or how not in _steps(row, order):
            raise Refused("It stands otherwise now. Look once more.", reason="standing")
        _check(row, how, on, court, words)
        said = OrderEnded(
            how=how, on=on, court=court.strip()[:300], words=words.strip()[:LONGEST], at=now(), by=me.id
        )  # fmt: skip
        row.terms = replace(row.terms, ended=(*row.terms.ended, said))
        order.terms = replace(order.terms, ended=None if how == LIFTED else on)
        record["order"], record["on"] = order.id, on.isoformat()
        if row.terms.effect == papers.SEAL:
            _unseal(row, order.terms, record)


def _order(row: Paper) -> Order | None:
    return db.session.get(Order, row.terms.made) if row.state == PaperState.SIGNED and row.terms.made else None


def _steps(row: Paper, order: Order | None) -> tuple[str, ...]:
    """What can follow: of a seal only its end, for a stay would open what may have to be closed again."""
    last = row.terms.ended[-1].how if row.terms.ended else None
    if order is None or last in (VACATED, REPLACED):
        return ()
    if row.terms.effect == papers.SEAL:
        return (VACATED,)
    return (LIFTED, VACATED, REPLACED) if last == STAYED else (VACATED, STAYED, REPLACED)


def _check(row: Paper, how: str, on: date, court: str, words: str) -> None:
    zone = row.case.terms.zone
    if not court.strip() or not words.strip():
        raise Refused("Say which court, and what its paper says.", reason="words", code=422)
    if row.terms.issued is None or on < day(row.terms.issued, zone):
        raise Refused("That is before the order was issued.", reason="day", code=422)
    opens = how == LIFTED or row.terms.effect == papers.SEAL
    if opens and not begun(on, now(), zone):
        raise Refused("That day has not come. What opens something is written down on the day.", reason="day", code=422)


def _closing(row: Paper, case: CaseFacts, order: fact.Order) -> Iterable[Closes]:
    """For each of those it names: what they read by it alone. They stand on the paper; nobody else is told of."""
    without = replace(case.facts, orders=tuple(one for one in case.facts.orders if one.id != order.id))
    for recipient, called in zip(order.recipients, papers.called(order.recipients), strict=True):
        people = [one.id for one in case.facts.users.values() if recipient in (one.id, one.org)]
        lost = {kind for one in people for kind in _lost(case, without, one, order)}
        titles = tuple(catalog.CATEGORIES[one].title for one in catalog.CATEGORIES if one in lost)
        if titles:
            yield Closes(called, titles)


def _lost(case: CaseFacts, without: fact.Facts, who: str, order: fact.Order) -> Iterable[Category]:
    at = now()
    if not admitted(case.facts, who, at):
        return
    for item in case.facts.items.values():
        if item.category in order.categories:
            purpose = purpose_of(case, who)
            had, keeps = (
                decide(world, who, item.id, purpose, at, profile=case.rules).fields for world in (case.facts, without)
            )
            if set(had) - set(keeps):
                yield item.category


def _unseal(row: Paper, order: fact.Order, record: Record) -> None:
    """As they were before; what another seal that stands names as well stays sealed."""
    others = db.session.scalars(select(Order).where(Order.case_id == row.case_id, Order.id != order.id))
    still = {item for one in others if one.terms.type == "SEAL" and not one.terms.ended for item in one.terms.items}
    freed = [one for one in order.items or () if one not in still]
    for item in db.session.scalars(select(Item).where(Item.id.in_(freed))):
        item.terms = replace(item.terms, sealed=None)
    record["unsealed"] = freed


def _may_write(me: Person, case_id: str, paper_id: str) -> bool:
    return counsel.case_of(me, paper_id) == case_id


drafts.place_outside("ended", _may_write)

__all__ = ["HOW", "LIFTED", "Closes", "Standing", "end", "standing"]
