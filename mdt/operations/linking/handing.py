"""What goes over with a case: each kind of open work is one function, so that none is forgotten by another.

The clocks run on: a deadline has no owner, and whoever leads when a mark is passed hears of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, select, update

from mdt.models import (
    Answer,
    Case,
    Contact,
    Course,
    Deadline,
    Episode,
    EpisodeWords,
    Event,
    Heed,
    Hold,
    Identification,
    Meeting,
    Phase,
    Referral,
    Report,
    ReportWords,
    Request,
    Screening,
    Step,
    Task,
    db,
    new_id,
    now,
)
from mdt.models.rescoping import sealed_names
from mdt.models.screening import OPEN as TO_DO
from mdt.models.screening import State
from mdt.models.tasks import OPEN
from mdt.operations import facts
from mdt.operations.handoffs import clocks
from mdt.operations.handoffs.homes import home
from mdt.operations.handoffs.moving import Move, change
from mdt.operations.missing import clocks as missing
from mdt.operations.screening import carrying
from mdt.operations.screening.identifying import FINDING
from mdt.operations.screening.opening import DUE
from mdt.operations.team import may_read, purpose_of
from mdt.sharing import facts as fact
from mdt.sharing.decide import decide
from mdt.sharing.vocabulary import Category, Outcome

SCREENED, SEARCHED = (carrying.FIELD,), ("factors", "note")
WENT = "The case went to another agency before it was done."
UNSAID = "Written by the agency that led this case before, which can say more."
SILENT: dict[type, Any] = {Episode: EpisodeWords(), Report: ReportWords(), Contact: UNSAID}
HELD = "A hold stood over this case when your agency took it over. The agency that led it before can say what for."


@dataclass(frozen=True, slots=True)
class Handing:
    """A case that goes from these people (`had`) to one (`to`); `new_lead`: the agency that leads it now, if that is
    another. `stays`: whether those who had it keep their places, and with them what they asked of others."""

    case: Case
    had: frozenset[str]
    to: str
    old_lead: str
    new_lead: str | None
    stays: bool


def over(hand: Handing) -> dict[str, list[str]]:
    """Hand over all that is open, within an act; what went, by kind, as identifiers."""
    return {name: gone for name, one in _ALONG.items() if (gone := sorted(one(hand)))}


def _tasks(hand: Handing) -> Iterable[str]:
    """What those who had the case hold, what is offered to them, and what waits in the old lead's queue."""
    case = facts.load(hand.case.id)
    assert case
    rows = select(Task).where(Task.case_id == hand.case.id, Task.step.in_(OPEN)).order_by(Task.id)
    for task in db.session.scalars(rows.execution_options(populate_existing=True)).all():
        queued = hand.new_lead is not None and task.queue_id == hand.old_lead
        if task.owner_id in hand.had or queued:
            _take(case, hand, task)
            yield task.id
        elif task.offered_to in hand.had and may_read(case, hand.to, task.item_id):
            change(task, Move(event=Event.MOVED, to=hand.to), offered_to=hand.to, marked=task.marked)
            yield task.id


def _take(case: facts.CaseFacts, hand: Handing, task: Task) -> None:
    """One task, to whoever took the case over; what they may not read, to where such a task falls."""
    reads = task.item_id in case.facts.items and may_read(case, hand.to, task.item_id)
    user, queue = (hand.to, None) if reads else home(case, task.item_id, task.owner_id)
    values: dict[str, Any] = {"owner_id": user, "queue_id": queue, "marked": task.marked}
    if task.handed_by in hand.had:
        values["handed_by"] = None
    if task.offered_by in hand.had:
        values["offered_by"] = user
    if task.offered_to is not None and task.offered_to == user:
        values |= {"offered_to": None, "answer_by": None, "step": Step.HELD}
        clocks.answered(task)
    change(task, Move(event=Event.MOVED, to=user, agency=queue), **values)


def _meetings(hand: Handing) -> Iterable[str]:
    """Meetings that are planned or open, and whoever of them leads those."""
    ahead = Meeting.phase.in_((Phase.PLANNED, Phase.OPEN))
    for row in db.session.scalars(select(Meeting).where(Meeting.case_id == hand.case.id, ahead)):
        if row.facilitator_id in hand.had:
            row.facilitator_id = hand.to
            yield row.id


def _requests(hand: Handing) -> Iterable[str]:
    """What they asked other agencies for and was not answered, unless they stay to hear the answer."""
    asked = (Request.case_id == hand.case.id, Request.answer == Answer.OPEN)
    for row in db.session.scalars(select(Request).where(*asked)):
        if row.asked_by in hand.had and not hand.stays:
            row.asked_by = hand.to
            yield row.id


def _referrals(hand: Handing) -> Iterable[str]:
    """Referrals of which something can still come: whoever takes the case over hears how they go."""
    going = Referral.state.not_in((Course.SAID_NO, Course.ENDED))
    for row in db.session.scalars(select(Referral).where(Referral.case_id == hand.case.id, going)):
        if row.made_by in hand.had and not hand.stays:
            row.made_by = hand.to
            yield row.id


def _screenings(hand: Handing) -> Iterable[str]:
    """Screenings that are due or begun, of the old lead; what is done stays its own."""
    due = (Screening.case_id == hand.case.id, Screening.state.in_(TO_DO), Screening.agency_id == hand.old_lead)
    for row in db.session.scalars(select(Screening).where(*due)).all():
        if hand.new_lead:
            row = _screened_by(hand, row, hand.new_lead)
        if hand.new_lead or row.worker_id in hand.had:
            row.worker_id = hand.to
            yield row.id


def _screened_by(hand: Handing, row: Screening, agency_id: str) -> Screening:
    """A screening of the old lead, which is the new lead's to do now: with what was answered, if they would read it had
    it been filed. Else it begins anew in its time, and what the old lead was told stays unsaid."""
    if row.working is None or _would_read(hand, Category.TRAFFICKING, SCREENED):
        _becomes(row, agency_id)
        return row
    anew = Screening(
        case=hand.case, agency_id=agency_id, event=row.event, asks=row.asks, opened_at=row.opened_at,
        due_at=row.due_at, after_id=row.after_id, opened_by=row.opened_by,
    )  # fmt: skip
    db.session.add(anew)
    db.session.flush()
    clock = update(Deadline).where(Deadline.kind == DUE, Deadline.subject_id == row.id)
    db.session.execute(clock.values(subject_id=anew.id).execution_options(synchronize_session=False))
    row.state, row.done_at, row.reason, row.working = State.NOT_DONE, now(), WENT, None
    return anew


def _would_read(hand: Handing, category: Category, fields: tuple[str, ...]) -> bool:
    """Whether whoever takes the case over would read all of this in a record that the old lead had filed, by the rules
    as they are now."""
    case = facts.load(hand.case.id)
    assert case
    record = fact.Item(
        id=new_id(), category=category, source=hand.old_lead, fields=fields,
        recorded=now().astimezone(case.facts.case.zone).date(),
    )  # fmt: skip
    known = replace(case.facts, items={**case.facts.items, record.id: record})
    decision = decide(known, hand.to, record.id, purpose_of(case, hand.to), now(), profile=case.rules)
    return decision.outcome is Outcome.SHOW and {*fields} <= {*decision.fields}


def _identifications(hand: Handing) -> Iterable[str]:
    """An identification that law enforcement has not been told of yet: whoever leads now tells them."""
    untold = (
        Identification.case_id == hand.case.id, Identification.reported_at.is_(None),
        Identification.agency_id == hand.old_lead,
    )  # fmt: skip
    for row in db.session.scalars(select(Identification).where(*untold)) if hand.new_lead else ():
        if not _would_read(hand, Category.TRAFFICKING, FINDING):
            row.why = UNSAID
        _becomes(row, str(hand.new_lead))
        yield row.id


def _episodes(hand: Handing) -> Iterable[str]:
    """Time away from care that is not over, with its reports and what was talked about it: the clocks run on, and
    whoever takes it over has them on their screens. What the old lead kept of it in words goes along where they would
    read the record of a search that says as much."""
    told = hand.new_lead is None or _would_read(hand, Category.MISSING, SEARCHED)
    rows = list(db.session.scalars(select(Episode).where(Episode.case_id == hand.case.id)))
    for row in rows:
        reports = list(db.session.scalars(select(Report).where(Report.episode_id == row.id)))
        runs = row.debriefed_at is None or any(one.wants_at is not None for one in reports)
        if not runs or row.agency_id != hand.old_lead or not (hand.new_lead or row.worker_id in hand.had):
            continue
        if hand.new_lead:
            log = db.session.scalars(select(Contact).where(Contact.episode_id == row.id))
            for one in (row, *reports, *log):
                if not told:
                    one.words = SILENT[type(one)]
                _becomes(one, hand.new_lead)
        row.worker_id = hand.to
        db.session.flush()
        _heeded(hand, [one for one in reports if one.wants_at is not None], row)
        yield row.id


def _heeded(hand: Handing, reports: Iterable[Report], episode: Episode) -> None:
    """What was on the screens of those who had it is on the screens of those who hear of it now."""
    for report in reports:
        if db.session.scalar(select(Heed.id).where(Heed.report_id == report.id).limit(1)):
            gone = delete(Heed).where(Heed.report_id == report.id, Heed.user_id.in_(hand.had))
            db.session.execute(gone)
            missing.heed(report, missing.named(episode, now()))


def _becomes(row: Any, agency_id: str) -> None:
    """A row of the old lead is the new lead's: sealed under its key from now on."""
    said = {name: getattr(row, name) for name in sealed_names(type(row))}
    row.agency_id = agency_id
    for name, value in said.items():
        setattr(row, name, value)


def _holds(hand: Handing) -> Iterable[str]:
    """A hold of the old lead over the whole case goes along: the new lead's own covers all of it from now on."""
    standing = select(Hold).where(
        Hold.case_id == hand.case.id, Hold.agency_id == hand.old_lead, Hold.ended_at.is_(None)
    )  # fmt: skip
    if hand.new_lead and db.session.scalar(standing.limit(1)):
        made = Hold(case=hand.case, agency_id=hand.new_lead, why=HELD)
        db.session.add(made)
        yield made.id


_ALONG: dict[str, Callable[[Handing], Iterable[Any]]] = {
    "tasks": _tasks, "meetings": _meetings, "requests": _requests, "referrals": _referrals,
    "screenings": _screenings, "identifications": _identifications, "episodes": _episodes, "holds": _holds,
}  # fmt: skip

__all__ = ["Handing", "over"]
