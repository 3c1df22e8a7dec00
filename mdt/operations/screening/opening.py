"""What opens a screening: something happened, and the jurisdiction's file says what is asked then, and how soon."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import select

from mdt.models import Case, Deadline, Screening, Words, db, now
from mdt.models.screening import OPEN
from mdt.operations import deadlines, facts, letters
from mdt.operations.access import profile
from mdt.operations.deadlines import END
from mdt.operations.handoffs.hearing import supervisor_of, watchers
from mdt.sharing.gate import admitted
from mdt.sharing.moments import day
from mdt.sharing.screening import Opening
from mdt.sharing.vocabulary import Category

DUE = "screening.due"
RECENT = timedelta(days=3)
HEARD = (Category.SAFE_ADDR, Category.ALLEGATION)
"""What a caseload brings that can open one: where somebody was placed, and that a report was taken."""
DUE_WORDS = Words(
    subject="A screening in mdt is due soon",
    text="Sign in to see which, and by when. If it cannot be done in time, write down why.",
)
OVERDUE_WORDS = Words(
    subject="A screening in mdt is overdue",
    text="Sign in to see which. Do it as soon as it is safe to, and write down why it is late.",
)


def opened_by(case: Case, event: str, at: datetime) -> None:
    """Within an act: begin what this event opens by the case's profile, due by its span from `at`.

    An event that opens nothing there is nothing wrong. Where one that this event opened is still to be done there is
    no second, and its time stays as it is: the sooner stands.
    """
    opening = profile(case.profile).screening.opens.get(event)
    if opening and not case.closed and not _waits(case, event):
        begin(case, opening, case.lead_id, at)


def begin(case: Case, opening: Opening, agency_id: str, at: datetime, *, after: Screening | None = None) -> Screening:
    """Open one, with its clock. To be called within an act."""
    rules = profile(case.profile)
    due = opening.within.due(at, rules.clocks.calendar, case.terms.zone)
    made = Screening(
        case=case, agency_id=agency_id, event=opening.name, asks=opening.instrument, opened_at=at, due_at=due,
        after_id=after.id if after else None, opened_by=after.worker_id if after else None,
    )  # fmt: skip
    db.session.add(made)
    deadlines.begin(case, DUE, made.id, due_at=due, started_at=at, working=opening.within.works)
    return made


def arrived(found: Iterable[tuple[str, Category, date | None]], at: datetime) -> None:
    """Within an act: open what the new records of a caseload open, each by its case, kind and day. What happened longer
    ago than `RECENT` is history and opens nothing, so that bringing in a whole county's past does not."""
    for case_id, category, on in found:
        if on is None or category not in HEARD:
            continue
        case = db.session.get_one(Case, case_id)
        if day(at, case.terms.zone) - on <= RECENT:
            for opening in profile(case.profile).screening.recorded(category):
                opened_by(case, opening.name, at)


def workers(row: Screening) -> list[str]:
    """Who is to do it: whoever began it, while they are there; else the agency's people on the case; else whoever looks
    after its queue."""
    case = facts.load(row.case_id)
    if row.worker_id and case and admitted(case.facts, row.worker_id, now()):
        return [row.worker_id]
    users = case.facts.users if case else {}
    mine = (
        [one for one in users if users[one].org == row.agency_id and admitted(case.facts, one, now())] if case else []
    )
    return sorted(mine) or watchers(row.agency_id)


def _waits(case: Case, event: str) -> bool:
    same = select(Screening.id).where(
        Screening.case_id == case.id, Screening.event == event, Screening.state.in_(OPEN),
    )  # fmt: skip
    return db.session.scalar(same.limit(1)) is not None


def _marked(row: Deadline, percent: int) -> None:
    screening = db.session.get(Screening, row.subject_id)
    if screening is not None and screening.state in OPEN:
        tell(workers(screening), DUE_WORDS if percent < END else OVERDUE_WORDS)


def tell(user_ids: Iterable[str], words: Words) -> None:
    """A letter to each of these and to whoever supervises them, once."""
    own = list(user_ids)
    above = [one for one in map(supervisor_of, own) if one]
    for user_id in dict.fromkeys([*own, *above]):
        letters.write(user_id, "screening", words)


deadlines.kind(DUE, _marked)

__all__ = ["DUE", "arrived", "begin", "opened_by", "tell", "workers"]
