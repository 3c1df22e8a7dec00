"""Asking another agency to bring a release for what it withholds: a task of that agency's, with a clock.

Only what one is told of can be asked for, so asking tells nothing. It goes to the people of the agency
that holds the record, who keep its releases; where none of them is on the team, to the lead. Recording
a release that opens it answers it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from mdt.models import Answer, Asked, Case, Request, db, new_id, now
from mdt.models.among import among
from mdt.models.base import rows_changed
from mdt.models.pulse import move
from mdt.models.sealing import keys
from mdt.operations import ledger, views
from mdt.operations.access import Person, Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.at_once import Of, Question
from mdt.operations.consent import knowing
from mdt.operations.consent.kinds import WORDS
from mdt.operations.consent.sheets import name_of
from mdt.operations.team import colleague
from mdt.sharing import facts as fact
from mdt.sharing import fields as catalog
from mdt.sharing.decision import Decision
from mdt.sharing.facts import Item
from mdt.sharing.grammar import BasisKind
from mdt.sharing.vocabulary import Category, Outcome
from mdt.vault.seal import Place, seal_value

LONGEST_WHY = 500
ONE_OPEN = "You asked for this already. The agency has not answered yet."


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request as one of its two sides may see it. `types`: kinds of release that would open it, for who answers."""

    id: str
    case_id: str
    category: Category
    title: str
    source: str
    discloser: str
    asker: str
    asker_agency: str
    recipient: str | None
    why: str
    asked_at: datetime
    due_at: datetime
    answer: str
    answered_at: datetime | None
    reason: str | None
    mine: bool
    to_answer: bool
    opened: bool
    types: tuple[tuple[str, str], ...] = ()
    called: str = ""
    """What the young person is called on the reader's desk."""

    @property
    def open(self) -> bool:
        return self.answer == Answer.OPEN


def withheld(seat: Seat, category: str, source_id: str) -> tuple[Item, Decision]:
    """What this source withholds of this category. For what is concealed, shown or not there: as if there were none."""
    for item, decision in views.look(seat).items:
        if decision.outcome is Outcome.WITHHOLD and (item.category, item.source) == (category, source_id):
            return item, decision
    raise not_there()


def ask(seat: Seat, *, category: str, source_id: str, why: str, key: str | None = None) -> str:
    """Ask the agency that holds it for a release. The same key twice is one request. Its id."""
    item, _ = withheld(seat, category, source_id)
    request_id = key or new_id()
    with recorded("release.asked", by=seat.me, case=seat.id, request=request_id, source=source_id, category=category):
        kept = db.session.get(Request, request_id)
        if kept is not None:
            return _the_same(seat, kept)
        if not why.strip() or len(why) > LONGEST_WHY:
            raise Refused(f"Say in at most {LONGEST_WHY} characters what you need it for.", reason="why", code=422)
        if pending(seat, item.category, source_id):
            raise Refused(ONE_OPEN, reason="asked_already")
        terms = Asked(category=item.category, why=why.strip())
        made = Request(
            id=request_id, case=db.session.get(Case, seat.id), source_id=source_id, asked_by=seat.me.id,
            due_at=now() + _time_to_answer(seat), terms=terms,
        )  # fmt: skip
        db.session.add(made)
    return request_id


def pending(seat: Seat, category: Category, source_id: str) -> Request | None:
    """The open request of this person for this, if there is one."""
    rows = db.session.scalars(
        select(Request).where(
            Request.case_id == seat.id, Request.asked_by == seat.me.id, Request.source_id == source_id,
            Request.answer == Answer.OPEN,
        )
    )  # fmt: skip
    return next((row for row in rows if row.terms.category is category), None)


def asked_for(seat: Seat) -> frozenset[tuple[str, str]]:
    """What this person has asked for and not been answered yet: category and source."""
    mine = (Request.case_id == seat.id, Request.asked_by == seat.me.id, Request.answer == Answer.OPEN)
    return frozenset((row.terms.category, row.source_id) for row in db.session.scalars(select(Request).where(*mine)))


def refuse(seat: Seat, request_id: str, *, reason: str) -> None:
    """Say that there will be no release, and why; the asker is told."""
    row = _row(seat, request_id)
    if not _answers(seat, row):
        raise not_there()
    if not reason.strip():
        raise Refused("Say in a word why not, so that they need not ask again.", reason="no_reason", code=422)
    with recorded("release.asked.refused", by=seat.me, case=seat.id, request=request_id):
        _settle(seat, row, Answer.REFUSED, reason=reason[:LONGEST_WHY])


def withdraw(seat: Seat, request_id: str) -> None:
    """The asker needs it no longer."""
    row = _row(seat, request_id)
    if row.asked_by != seat.me.id:
        raise not_there()
    with recorded("release.asked.withdrawn", by=seat.me, case=seat.id, request=request_id):
        _settle(seat, row, Answer.WITHDRAWN)


def answered_by(seat: Seat, release: fact.Release) -> list[str]:
    """Which open requests this release answers: within the act that records it."""
    rows = db.session.scalars(
        select(Request).where(
            Request.case_id == seat.id, Request.source_id == release.discloser, Request.answer == Answer.OPEN
        )
    ).all()
    users = seat.case.facts.users
    meant = [
        row for row in rows
        if row.terms.category in release.categories
        and {row.asked_by, users[row.asked_by].org if row.asked_by in users else None} & set(release.recipients)
    ]  # fmt: skip
    for row in meant:
        _settle(seat, row, Answer.RELEASED)
    return [row.id for row in meant]


def find(seat: Seat, request_id: str) -> RequestView:
    """One request this person asked or may answer; or as if there were none. Recorded."""
    row = _row(seat, request_id)
    ledger.submit("release.asked.read", seat.id, seat.me.id, {"request": request_id}).settle()
    return _view(seat, row)


def of_person(me: Person, seats: Mapping[str, Seat], called: Callable[[str], str]) -> tuple[RequestView, ...]:
    """The open requests that this person may answer or asked, the most urgent first. `called`: by case."""
    return tuple(replace(_view(seats[row.case_id], row), called=called(row.case_id)) for row in _open_rows(seats))


def skeleton(seats: Mapping[str, Seat]) -> list[Any]:
    """What of requests is on a desk, without words."""
    return [[row.id, row.version, _opened(seats[row.case_id], row)] for row in _open_rows(seats)]


STILL_OPEN = Question(
    Of.CASE,
    select(Request).where(among(Request.case_id), Request.answer == Answer.OPEN),
    lambda row: [row.case_id],
)


def _open_rows(seats: Mapping[str, Seat]) -> Iterable[Request]:
    rows = [row for row in STILL_OPEN.about(seats) if _may_know(seats[row.case_id], row)]
    return sorted(rows, key=lambda row: (row.due_at, row.id))


def _row(seat: Seat, request_id: str) -> Request:
    row = db.session.get(Request, request_id)
    if row is None or row.case_id != seat.id or not _may_know(seat, row):
        raise not_there()
    return row


def _the_same(seat: Seat, kept: Request) -> str:
    if kept.case_id != seat.id or kept.asked_by != seat.me.id:
        raise Refused("Reload this page, then send it again.", reason="key", code=422)
    return kept.id


def _may_know(seat: Seat, row: Request) -> bool:
    return row.asked_by == seat.me.id or _answers(seat, row)


def _answers(seat: Seat, row: Request) -> bool:
    """The agency's own people; where none of them is on the team, whoever else keeps its releases: the lead."""
    if row.asked_by == seat.me.id or not knowing.may_record(seat, row.source_id):
        return False
    return row.source_id == seat.me.agency_id or not _has_people(seat, row.source_id)


def _has_people(seat: Seat, agency_id: str) -> bool:
    facts = seat.case.facts
    return any(facts.users[user].org == agency_id for user in facts.members if user in facts.users)


def _opened(seat: Seat, row: Request) -> bool:
    """Whether what was asked for is open to the asker now, with nothing of it held back; for the asker's eyes."""
    if row.asked_by != seat.me.id:
        return False
    asked = (row.terms.category, row.source_id)
    found = [one for item, one in views.look(seat).items if (item.category, item.source) == asked]
    return bool(found) and all(one.opens for one in found)


def _settle(seat: Seat, row: Request, answer: Answer, *, reason: str | None = None) -> None:
    """The one conditional UPDATE by which a request is answered."""
    place = Place(Request.__tablename__, row.id, "reason_")
    sealed = seal_value(keys().of(row.scope()), reason, place) if reason else None
    changed = rows_changed(
        update(Request)
        .where(Request.id == row.id, Request.answer == Answer.OPEN)
        .values(answer=answer, answered_at=now(), answered_by=seat.me.id, reason_=sealed, version=Request.version + 1)
        .execution_options(synchronize_session=False)
    )
    if changed != 1:
        raise Refused("This was answered already. Look at how it stands now.", reason="answered")
    move(db.session(), [seat.id], facts=False)


def _time_to_answer(seat: Seat) -> timedelta:
    return timedelta(hours=seat.profile.value("deadlines.release_request.hours"))


def _view(seat: Seat, row: Request) -> RequestView:
    entry, answers = catalog.CATEGORIES[row.terms.category], _answers(seat, row)
    asker = colleague(seat, row.asked_by) if row.asked_by in seat.case.facts.users else None
    return RequestView(
        row.id, seat.id, entry.category, entry.title, name_of(seat, row.source_id), row.source_id,
        asker.name if asker else "Somebody", asker.agency if asker else "",
        seat.case.facts.users[row.asked_by].org if asker else None,
        row.terms.why, row.asked_at, row.due_at, row.answer, row.answered_at, row.reason,
        row.asked_by == seat.me.id, answers, _opened(seat, row), _types(seat, row) if answers else (),
    )  # fmt: skip


def _types(seat: Seat, row: Request) -> tuple[tuple[str, str], ...]:
    """The kinds of release by which this would open to the asker's discipline."""
    user = seat.case.facts.users.get(row.asked_by)
    cell = seat.profile.cell(row.terms.category, user.role) if user else ()
    named = dict.fromkeys(name for one in cell if one.kind is BasisKind.RELEASE for name in one.types)
    return tuple((name, WORDS.get(name, name)) for name in named)


__all__ = [
    "RequestView", "answered_by", "ask", "asked_for", "find", "of_person", "pending", "refuse", "skeleton", "withdraw",
]  # fmt: skip
