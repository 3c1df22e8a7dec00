"""Counsel's part: reading the papers of the agencies they answer for, signing one off, or saying why not.

Counsel opens no case by it: what they read is the paper, and what was done before it is answered. A paper that is
signed off as an order takes effect in the same act.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from mdt.models import Agency, Case, Hold, Item, Order, Paper, PaperState, db, new_id, now
from mdt.models.base import locked
from mdt.operations import drafts, facts, ledger
from mdt.operations.access import Person, profile
from mdt.operations.acts import Record, Refused, not_there, recorded
from mdt.operations.facts import CaseFacts
from mdt.operations.legal import holds, lawyers, papers, removing
from mdt.operations.legal.holds import HoldView
from mdt.operations.legal.papers import EVERYBODY, EXPUNGE, OPEN, PaperView
from mdt.operations.legal.removing import Due
from mdt.sharing import facts as fact

LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Folder:
    """What lies on counsel's desk."""

    waiting: tuple[PaperView, ...]
    answered: tuple[PaperView, ...]
    holds: tuple[HoldView, ...]


@dataclass(frozen=True, slots=True)
class Going:
    """What an order of expunction would delete: the records it names, and what repeats them as far as it reaches.
    `mark` is of exactly these: who signs names them by it."""

    named: tuple[Due, ...]
    repeats: tuple[Due, ...]
    mark: str


def folder(me: Person) -> Folder:
    """The papers and holds that this lawyer answers for. Recorded."""
    rows = [row for row in db.session.scalars(select(Paper).order_by(Paper.due_at, Paper.id)) if _mine(me, row)]
    standing = db.session.scalars(select(Hold).where(Hold.ended_at.is_(None)).order_by(Hold.made_at))
    kept = [row for row in standing if _mine(me, row)]
    about = {"papers": [row.id for row in rows], "holds": [row.id for row in kept]}
    ledger.submit("counsel.read", None, me.id, about).settle()
    views = [papers.view(row, profile(row.case.profile)) for row in rows]
    waiting = tuple(one for one in views if one.waits)
    return Folder(waiting, tuple(one for one in views if not one.waits), tuple(map(holds.view, kept)))


def read(me: Person, paper_id: str) -> PaperView:
    """One paper that this lawyer answers for, or as if there were none. Recorded."""
    row = find(me, paper_id)
    ledger.submit("paper.read", row.case_id, me.id, {"papers": [row.id]}).settle()
    return papers.view(row, profile(row.case.profile))


def going(me: Person, paper_id: str) -> Going | None:
    """What would be deleted if this lawyer signed the paper now, of the agencies they answer for; None if it deletes
    nothing. Recorded."""
    row = find(me, paper_id)
    if row.terms.effect != EXPUNGE or row.state != PaperState.WAITING:
        return None
    case, named, along = _deletes(row)
    agencies = {one.source for one in case.facts.items.values()}
    mine = {
        one.id for one in db.session.scalars(select(Agency).where(Agency.id.in_(agencies)))
        if lawyers.answers(me.agency_id, one, row.case)
    }  # fmt: skip
    shown = [one for one in (*named, *along) if case.facts.items[one].source in mine]
    ledger.submit("paper.reach_read", row.case_id, me.id, {"paper": row.id, "items": shown}).settle()

    def listed(ids: tuple[str, ...]) -> tuple[Due, ...]:
        return tuple(removing.due(case, case.facts.items[one], None) for one in ids if one in shown)

    return Going(listed(named), listed(along), _mark(named, along))


def case_of(me: Person, paper_id: str) -> str:
    """The case of a paper that this lawyer answers for, or as if there were none."""
    return find(me, paper_id).case_id


def sign(me: Person, paper_id: str, *, findings: bool, process: str, words: str, mark: str = "") -> None:
    """Sign a paper off as the order it is: it takes effect now, and opens, seals or deletes exactly what it names.
    `mark`: of what it deletes, as this lawyer was shown it."""
    row = find(me, paper_id)
    with recorded("paper.signed", by=me, case=row.case_id, paper=row.id) as record:
        row = _locked(row)
        terms = replace(row.terms, findings=findings, process=process, answer=words.strip()[:LONGEST])
        row.terms = terms
        shown = papers.view(row, profile(row.case.profile))
        _check(shown, terms, process)
        if terms.effect == EXPUNGE and mark != _mark(*_deletes(row)[1:]):
            raise Refused("Look over what it deletes, as it stands now. Then sign.", reason="not_looked_over", code=422)
        _EFFECTS[terms.effect](row, record)
        row.state, row.answered_at, row.answered_by = PaperState.SIGNED, now(), me.id
    if terms.effect == EXPUNGE:
        removing.forget_freed()


def refuse(me: Person, paper_id: str, *, words: str) -> None:
    """Say that a paper opens nothing, and how it was answered."""
    row = find(me, paper_id)
    with recorded("paper.refused", by=me, case=row.case_id, paper=row.id):
        row = _locked(row)
        if not words.strip():
            raise Refused("Say how it was answered.", reason="no_words", code=422)
        row.terms = replace(row.terms, answer=words.strip()[:LONGEST])
        row.state, row.answered_at, row.answered_by = PaperState.REFUSED, now(), me.id


def lift(me: Person, hold_id: str) -> None:
    """Lift a hold of an agency that this lawyer answers for."""
    row = db.session.get(Hold, hold_id)
    if row is None or not _mine(me, row):
        raise not_there()
    holds.lift(me, row)


def _check(shown: PaperView, terms: Any, process: str) -> None:
    if not shown.kind.opens:
        raise Refused("This is no order. It opens nothing; say how it was answered.", reason="no_order", code=422)
    if shown.undone:
        raise Refused("Something has to be done first. It stands on the page.", reason="undone", code=422)
    if process not in papers.PROCESSES or terms.issued is None:
        raise Refused("It does not say on which day the judge issued it.", reason="issued", code=422)
    if terms.effect == OPEN and terms.order is None:
        raise Refused("It does not say which kind of order it is.", reason="order", code=422)
    if shown.lacks:
        raise Refused(shown.lacks[0], reason="lacking", code=422)


def _opens(row: Paper, record: Record) -> None:
    _keep_order(row, row.terms.recipients, _items(row), record)


def _seals(row: Paper, record: Record) -> None:
    reached = _reached(row)
    for item in db.session.scalars(select(Item).where(Item.id.in_(reached))):
        item.terms = replace(item.terms, sealed=item.terms.sealed or row.terms.issued)
    _keep_order(row, (), reached, record)
    record["sealed"] = list(reached)


def _expunges(row: Paper, record: Record) -> None:
    """What stays is this: the ledger's word that these records were deleted."""
    case, named, along = _deletes(row)
    removing.remove(row.case, [case.facts.items[one] for one in (*named, *along)])
    record["expunged"], record["repeating"] = list(named), list(along)


def _deletes(row: Paper) -> tuple[CaseFacts, tuple[str, ...], tuple[str, ...]]:
    """The records a paper names, and what repeats them, directly or through another, as far as it reaches. What others
    wrote and repeats them is theirs to delete (`removing`)."""
    case, named = facts.load(row.case_id), _reached(row)
    assert case
    items, orgs = case.facts.items, case.facts.orgs
    along = removing.repeating(items, named)
    return case, named, tuple(one for one in along if papers.reaches(row, items[one].source, orgs))


def _mark(named: tuple[str, ...], along: tuple[str, ...]) -> str:
    return sha256("\n".join((*named, "", *along)).encode()).hexdigest()[:32]


_EFFECTS = {OPEN: _opens, papers.SEAL: _seals, EXPUNGE: _expunges}


def _keep_order(row: Paper, recipients: tuple[str, ...], items: tuple[str, ...] | None, record: Record) -> None:
    terms = row.terms
    type = terms.order if terms.effect == OPEN else "SEAL"
    order = fact.Order(
        id=new_id(), type=type, categories=terms.categories, recipients=recipients, issued=terms.issued, items=items,
        findings=terms.findings, process=terms.process,
    )  # fmt: skip
    db.session.add(Order(id=order.id, case=row.case, terms=order, written_by=row.made_by))
    row.terms = replace(terms, made=order.id)
    record["order"], record["type"], record["recipients"] = order.id, order.type, list(recipients)


def _items(row: Paper) -> tuple[str, ...] | None:
    """Exactly what there is now; an appointment alone reaches what comes later as well."""
    everything = row.terms.order == papers.APPOINTS and row.terms.sources == (EVERYBODY,)
    return None if everything else _reached(row)


def _reached(row: Paper) -> tuple[str, ...]:
    case = facts.load(row.case_id)
    assert case
    return papers.items_reached(row, case.facts.items, case.facts.orgs)


def find(me: Person, paper_id: str) -> Paper:
    """The row of a paper that this lawyer answers for, or as if there were none."""
    row = db.session.get(Paper, paper_id)
    if row is None or not _mine(me, row):
        raise not_there()
    return row


def _locked(row: Paper) -> Paper:
    db.session.execute(select(Case.id).where(Case.id == row.case_id).with_for_update())
    found = locked(Paper, row.id)
    if found is None or found.state != PaperState.WAITING:
        raise Refused("It was answered already. Look at how it stands.", reason="answered")
    return found


def _mine(me: Person, row: Paper | Hold) -> bool:
    agency = row.agency if isinstance(row, Paper) else db.session.get_one(Agency, row.agency_id)
    return lawyers.answers(me.agency_id, agency, row.case)


drafts.place_outside("answer", lambda me, case_id, subject: case_of(me, subject) == case_id)

__all__ = ["Folder", "Going", "case_of", "find", "folder", "going", "lift", "read", "refuse", "sign"]
