"""Assessments: whether what was seen has to be reported. An agency judges it, by a day, and writes down why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from mdt.models import Assessment, Case, Correction, Emergency, Release, db, now
from mdt.models.among import among
from mdt.models.base import locked
from mdt.operations import drafts, duties, facts, ledger, seen
from mdt.operations.access import Person, Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.at_once import Of, Question
from mdt.operations.duties import Duty
from mdt.operations.seen import Looks, Readers
from mdt.sharing.clocks import Span

LABEL, RELEASE, EMERGENCY = "label", "release", "emergency"
WORDS = {
    LABEL: "Judge what was seen under a wrong label",
    RELEASE: "Judge what a false release had opened",
    EMERGENCY: "Judge an emergency that was not justified",
}
OUTCOMES = {
    "breach": "It has to be reported",
    "low_risk": "It need not be reported: the risk is low",
    "no_breach": "Nobody saw what they may not see",
}
LONGEST = 4000


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """One assessment, with who had been shown what."""

    id: str
    case_id: str
    kind: str
    words: str
    due_at: datetime
    seen: Readers
    outcome: str | None
    finding: str | None
    decided_at: datetime | None
    inside: bool
    notice_by: datetime | None
    notice: Span | None
    """How long a notice may take at most, once it has to be given: the law's own limit, and the day it falls on."""


def make(seat: Seat, case: Case, *, agency: str, kind: str, subject: str) -> Assessment:
    """A new assessment for this agency, with its clock. To be called within an act."""
    due = seat.profile.clocks.due("breach_assessment", now(), seat.zone)
    made = Assessment(case=case, agency_id=agency, kind=kind, subject_id=subject, due_at=due, made_by=seat.me.id)
    db.session.add(made)
    return made


def read(me: Person, assessment_id: str) -> tuple[Seat, AssessmentView]:
    """One assessment that this person answers for, or as if there were none. Recorded."""
    row, seat = _find(me, assessment_id)
    ticket = ledger.submit("assessment.read", row.case_id, me.id, {"assessment": row.id})
    found = _view(row, seat, me)
    ticket.settle()
    return seat, found


def case_of(me: Person, assessment_id: str) -> str:
    """The case of an assessment that this person answers for, or as if there were none."""
    return _find(me, assessment_id)[0].case_id


def settle(me: Person, assessment_id: str, *, outcome: str, finding: str) -> None:
    """Say what it came to, and why. Once."""
    row, _seat = _find(me, assessment_id)
    if outcome not in OUTCOMES or not finding.strip():
        raise Refused("Choose what it came to, and say why.", reason="finding", code=422)
    with recorded("assessment.settled", by=me, case=row.case_id, assessment=row.id, outcome=outcome):
        row = locked(Assessment, assessment_id) or row
        if row.decided_at is not None:
            raise Refused("It was judged already. Look at how it stands now.", reason="decided")
        row.outcome, row.finding = outcome, finding.strip()[:LONGEST]
        row.decided_at, row.decided_by = now(), me.id


def looks_of(row: Assessment) -> Looks:
    """What the ledger says was shown that should perhaps not have been."""
    if row.kind == RELEASE:
        release = db.session.get_one(Release, row.subject_id)
        return seen.by_release(row.case_id, release.id, release.created_at)
    if row.kind == EMERGENCY:
        declared = db.session.get_one(Emergency, row.subject_id)
        looks = seen.by_emergency(row.case_id, declared.id, declared.created_at)
        return looks.those(lambda one: one.source == row.agency_id)
    correction = db.session.get_one(Correction, row.subject_id)
    until = correction.decided_at or correction.made_at
    return seen.of_item(row.case_id, correction.item_id, correction.case.created_at, until)


UNDECIDED = Question(
    Of.AGENCY,
    select(Assessment)
    .where(among(Assessment.agency_id), Assessment.decided_at.is_(None))
    .order_by(Assessment.due_at),
    lambda row: [row.agency_id],
)


@duties.found_by
def _due(me: Person, seats: Mapping[str, Seat]) -> Iterable[Duty]:
    if me.agency_id is None or me.role is None:
        return
    rows = UNDECIDED.about([me.agency_id])
    outside = facts.load_many(sorted({row.case_id for row in rows} - seats.keys()))
    for row in rows:
        case = outside.get(row.case_id)
        if row.case_id in seats or (case and duties.seat_for(me, case, row.agency_id)):
            yield Duty("assessment", row.id, row.case_id, f"{WORDS[row.kind]}.", row.due_at)


def _find(me: Person, assessment_id: str) -> tuple[Assessment, Seat]:
    row = db.session.get(Assessment, assessment_id)
    case = facts.load(row.case_id) if row else None
    seat = duties.seat_for(me, case, row.agency_id) if row and case else None
    if row is None or seat is None:
        raise not_there()
    return row, seat


def _view(row: Assessment, seat: Seat, me: Person) -> AssessmentView:
    own = {user.id for user in seat.case.facts.users.values() if user.org == row.agency_id}
    shown = seen.gathered(seat, looks_of(row), but=own)
    inside = me.id in seat.case.facts.members
    clocks, zone = seat.profile.clocks, seat.zone
    limit = clocks.spans.get("breach_notice")
    return AssessmentView(
        row.id, row.case_id, row.kind, WORDS[row.kind], row.due_at, shown, OUTCOMES.get(row.outcome or ""),
        row.finding, row.decided_at, inside, limit.due(row.made_at, clocks.calendar, zone) if limit else None, limit,
    )  # fmt: skip


drafts.place_outside("assessment", lambda me, case_id, subject: case_of(me, subject) == case_id)

__all__ = [
    "EMERGENCY", "LABEL", "OUTCOMES", "RELEASE", "WORDS", "AssessmentView", "case_of", "looks_of", "make", "read",
    "settle",
]  # fmt: skip
