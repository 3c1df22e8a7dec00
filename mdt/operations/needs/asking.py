"""What others need asked: one interview in place of five.

A question is its asker's, and goes to whoever holds the interview, if what the asker's agency writes could be read
there at all. Nobody else is shown it, for it tells of an interview that they may not know of; whoever is kept blind is
shown none until it is done. What came of the interview is a few lines and a pointer to whoever keeps the recording,
which never comes here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from mdt.models import ArrangedDate, Case, DateState, DateWord, Item, db, new_id, now
from mdt.operations import deadlines, drafts, guarding, items, ledger, updates, views
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.meetings import Sent
from mdt.operations.needs import dates, heeding, saying
from mdt.operations.needs.dates import DateView
from mdt.operations.updates import Audience
from mdt.sharing import fields as catalog
from mdt.sharing.decide import decide
from mdt.sharing.facts import Item as ItemFact
from mdt.sharing.view import audience
from mdt.sharing.vocabulary import Category

QUESTION, WISH = "question", "wish"
ASKS, WISHES, OVER = "date_question", "date_wish", "date_done"
"""Where something is written on the page of a date."""
LONGEST = 1000
OUTCOME = ("follow_up", "history_for_care", "summary", "recording_pointer")
"""What of the outcome a category may have a field for, in the order of the page."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as one reader may see it."""

    id: str
    text: str
    by: str
    mine: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What is said about a date beforehand. `wish`: what would help the young person that day."""

    questions: tuple[Question, ...]
    wish: str | None
    asks: bool
    wishes: bool
    readers: Audience | None
    """Who could read what the young person wishes for."""


def read(seat: Seat, date: DateView) -> Said:
    """What this reader may read of it. Recorded like any disclosure."""
    rows = list(db.session.scalars(select(DateWord).where(DateWord.date_id == date.id).order_by(DateWord.at)))
    opened = {item.id: (item, one) for item, one in views.look(seat).items if one.opens}
    ruled = [opened[row.item_id] for row in rows if row.item_id in opened]
    ticket = views.disclose(seat, "date.read", ruled)
    shown = {one.id: one for one in views.open_all(seat, ruled)}
    ticket.hold_answer()
    waiting = [row for row in rows if row.kind == QUESTION and _hears(seat, date, row)]
    theirs = [row.id for row in waiting if row.by_id != seat.me.id]
    if theirs:
        ledger.submit("question.read", seat.id, seat.me.id, {"date": date.id, "asked": theirs}).hold_answer()
    filed = [(row, shown[row.item_id]) for row in rows if row.item_id in shown]
    wish = next((str(one.value("note") or "") for row, one in filed), None)
    asks, wishes = may_ask(seat, date), saying.is_young(seat) and date.planned
    return Said(
        tuple(_question(seat, row) for row in waiting), wish, asks, wishes, _wish_readers(seat) if wishes else None
    )


def _wish_readers(seat: Seat) -> Audience:
    draft = _draft(seat, seat.case.lead_id, seat.me.id)
    return updates.audience_of(seat, replace(draft, category=Category.PLAN, fields=("note",)))


def _question(seat: Seat, row: DateWord) -> Question:
    name = seat.case.people_names.get(row.by_id, "somebody")
    return Question(row.id, row.text or "", name, row.by_id == seat.me.id, row.at)


def _hears(seat: Seat, date: DateView, row: DateWord) -> bool:
    """Whether a question that waits is this reader's, or for them to ask."""
    if row.by_id == seat.me.id:
        return True
    return date.arranges and not date.blinded and _reads(seat, row)


def _reads(seat: Seat, row: DateWord) -> bool:
    if row.agency_id is None or row.agency_id not in seat.case.facts.orgs:
        return False
    draft = _draft(seat, row.agency_id, row.by_id)
    known = replace(seat.case.facts, items={**seat.case.facts.items, draft.id: draft})
    return decide(known, seat.me.id, draft.id, seat.purpose, seat.at, profile=seat.profile).opens


def _draft(seat: Seat, agency_id: str, author: str, item_id: str = "") -> ItemFact:
    return ItemFact(
        id=item_id or new_id(), category=Category.MEETING, source=agency_id, fields=("text",), author=author,
        recorded=seat.today,
    )  # fmt: skip


def may_ask(seat: Seat, date: DateView) -> bool:
    """Whoever may know of it, for an agency, until it is done; not who is kept from it."""
    return date.kind.asks and date.planned and not date.blinded and seat.me.agency_id is not None


def ask(seat: Seat, date_id: str, text: str, sent: Sent) -> None:
    """Leave a question for whoever holds it. Sent twice it is one. `guarding.Repeats` as for any other writing."""
    with recorded("question.asked", by=seat.me, case=seat.id, date=date_id, question=sent.key):
        date = dates.find(seat, date_id)
        if not may_ask(seat, date) or seat.me.agency_id is None:
            raise not_there()
        kept = db.session.get(DateWord, sent.key)
        if kept is not None:
            if kept.by_id != seat.me.id:
                raise Refused("Reload this page, then send it again.", reason="key", code=422)
            return
        if not text.strip() or len(text) > LONGEST:
            raise Refused(f"Write a question of at most {LONGEST} characters.", reason="text", code=422)
        row = db.session.get_one(ArrangedDate, date_id)
        draft = _draft(seat, seat.me.agency_id, seat.me.id)
        hearers = _hearers(seat, row, draft)
        if not hearers:
            raise Refused(
                "Nobody there could read what your agency writes. Tell the lead what has to be asked.", reason="unheard"
            )
        guarding.check(seat, draft, text, heeded=sent.heeded, proved=sent.proved, readers=hearers)
        about = {"kind": QUESTION, "by_id": seat.me.id, "agency_id": seat.me.agency_id}
        db.session.add(DateWord(id=sent.key, date=row, text=text.strip(), **about))


def _hearers(seat: Seat, row: ArrangedDate, draft: ItemFact) -> tuple[str, ...]:
    """Those of the agency that holds it who could read the question, and are not kept from it."""
    users = seat.case.facts.users
    reading = audience(seat.case.facts, draft, seat.at, profile=seat.profile)
    return tuple(one for one, _ in reading if users[one].org == row.agency_id and one not in row.terms.blind)


def wish(seat: Seat, date_id: str, text: str) -> None:
    """The young person says what would help that day: a ride, an interpreter, somebody with them. Their own record of
    the plan; an empty one is taken out."""
    with recorded("date.wished", by=seat.me, case=seat.id, date=date_id):
        date = dates.find(seat, date_id)
        if not (saying.is_young(seat) and date.planned):
            raise not_there()
        if len(text) > LONGEST:
            raise Refused(f"At most {LONGEST} characters.", reason="text", code=422)
        row = db.session.get_one(ArrangedDate, date_id)
        mine = select(DateWord).where(DateWord.date_id == date_id, DateWord.kind == WISH)
        found = db.session.scalar(mine)
        if found is not None and found.item_id:
            item = db.session.get_one(Item, found.item_id)
            items.revise(item, {"note": text.strip()})
        elif text.strip():
            case = db.session.get_one(Case, seat.id)
            item = items.file(
                case, source=seat.case.lead_id, category=Category.PLAN, values={"note": text.strip()}, author=seat.me.id
            )
            db.session.add(DateWord(date=row, kind=WISH, by_id=seat.me.id, item_id=item.id))
        else:
            return
        saying.noticed(seat, item)


def outcome_fields(date: DateView) -> tuple[str, ...]:
    """What can be said of its outcome: the fields its category has for that."""
    return tuple(one for one in OUTCOME if one in catalog.names_of(date.kind.category))


def finish(seat: Seat, date_id: str, outcome: dict[str, str], sent: Sent) -> None:
    """It is done: its outcome goes into its record."""
    with recorded("date.done", by=seat.me, case=seat.id, date=date_id):
        row, about = dates.held(seat, date_id)
        names = catalog.names_of(about.category)
        values = {name: outcome.get(name, "").strip() for name in OUTCOME if name in names}
        draft = replace(row.item.terms, fields=tuple(values))
        heeding.check(seat, draft, values, sent)
        if values or "status" in names:
            items.revise(row.item, values | ({"status": "done"} if "status" in names else {}))
        row.state, row.changed_at = DateState.DONE, now()
        dates.open_to_all(row)
        deadlines.end(dates.KIND, row.id)
        saying.noticed(seat, row.item)


for _place in (ASKS, WISHES, OVER):
    drafts.place(_place, dates.knows)

__all__ = [
    "ASKS", "LONGEST", "OVER", "WISHES", "Question", "Said", "ask", "finish", "may_ask", "outcome_fields", "read",
    "wish",
]  # fmt: skip
