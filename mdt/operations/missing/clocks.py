"""The clocks of an episode: each report has its own, counted in elapsed hours from when the agency was told.

At the marks of the jurisdiction, and when the time is over, the named people hear of it: the worker whose it is, who
answers for them, and whoever is on call. By letter, which names neither child nor case; and on each of their screens,
from then until it is done. The worker has it there from the first second.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select, update

from mdt.models import Case, Deadline, Episode, Heed, Member, OnCall, Report, Standing, User, Words, db, now
from mdt.models.base import locked
from mdt.models.pulse import stir
from mdt.operations import deadlines, letters
from mdt.operations.access import profile
from mdt.operations.deadlines import END
from mdt.operations.handoffs.hearing import supervisor_of, watchers
from mdt.sharing.episodes import DEBRIEF, ReportKind

REPORT, CONFIRM = "missing.report", "missing.confirm"
DUE = "A report that the law asks for is due"
LATE_WORDS = Words(
    subject="A report that the law asks for is late",
    text="Its time is over and nobody has made it. Sign in, make it now, and say why it was late.\n",
)
CONFIRM_WORDS = Words(
    subject="Something you reported waits to be confirmed",
    text="Ask whether it was entered. Sign in to see what, and to write down the answer.\n",
)


TALK_DUE = "A talk with somebody who came back is due"
TALK_LATE_WORDS = Words(
    subject="A talk with somebody who came back is late",
    text="Nobody has written down that anybody talked with them. If they said “not now”, write that down: it counts.\n",
)


def talk_words(percent: int) -> Words:
    """What a letter says of the talk about the time away, at a mark before the end."""
    text = f"{percent} percent of its time is over. Ask them whether today is a good day. Sign in to see by when.\n"
    return Words(subject=TALK_DUE, text=text)


def due_words(percent: int) -> Words:
    """What a letter says at a mark before the end."""
    text = f"{percent} percent of its time is over. Sign in to see which it is and by when. It runs on weekends, too.\n"
    return Words(subject=DUE, text=text)


def kind_of(case: Case, name: str) -> ReportKind:
    """The kind of report of this name by the rules of this case."""
    return profile(case.profile).episodes.report(name)


def begin(case: Case, report: Report, worker: str) -> None:
    """Begin the clock of a report, within an act; whose it is has it on their screens now."""
    deadlines.begin(case, REPORT, report.id, due_at=report.due_at, started_at=report.started_at)
    heed(report, [worker])


def made(case: Case, report: Report) -> None:
    """It was made, within an act: where its receiver has to do something, that is asked after, from now."""
    kind = kind_of(case, report.kind)
    if kind.nudge is None or report.done_at is None:
        over(report)
        return
    deadlines.end(REPORT, report.id)
    report.wants_at = kind.nudge.due(report.done_at, profile(case.profile).clocks.calendar, case.terms.zone)
    row = deadlines.begin(case, CONFIRM, report.id, due_at=report.wants_at, started_at=report.done_at)
    row.next_at = row.due_at  # it is asked after, not counted down
    waits = update(Heed).where(Heed.report_id == report.id).values(wants_at=report.wants_at)
    db.session.execute(waits.execution_options(synchronize_session=False))
    stir(db.session(), db.session.scalars(select(Heed.user_id).where(Heed.report_id == report.id)))


def over(report: Report) -> None:
    """Nothing is open about it any more; within an act."""
    deadlines.end(REPORT, report.id)
    deadlines.end(CONFIRM, report.id)
    report.wants_at = None
    had = list(db.session.scalars(select(Heed.user_id).where(Heed.report_id == report.id)))
    db.session.execute(delete(Heed).where(Heed.report_id == report.id))
    stir(db.session(), had)


def heed(report: Report, people: Iterable[str]) -> None:
    """Let these people have it on their screens, within an act; who has it already has it once."""
    known = set(db.session.scalars(select(Heed.user_id).where(Heed.report_id == report.id)))
    new = [one for one in dict.fromkeys(people) if one not in known]
    db.session.add_all([Heed(user_id=one, report_id=report.id, wants_at=report.wants_at) for one in new])
    stir(db.session(), new)


def gone(case_id: str, user_id: str) -> None:
    """Somebody left the case or stepped out of it, within an act: its reports are on the screens of those who hear of
    them now, and on theirs no more."""
    theirs = select(Report).join(Heed, Heed.report_id == Report.id)
    for report in db.session.scalars(theirs.where(Report.case_id == case_id, Heed.user_id == user_id)).all():
        db.session.execute(delete(Heed).where(Heed.report_id == report.id, Heed.user_id == user_id))
        heed(report, named(report.episode, now()))
    stir(db.session(), [user_id])


def named(episode: Episode, at: datetime) -> tuple[str, ...]:
    """Who hears of it: the worker, who answers for them, whoever is on call; where there is nobody beside the worker,
    whoever looks after what waits at the agency. Not who stepped out of the case, nor a worker who left it."""
    worker = db.session.execute(select(User.active, User.supervisor_id).where(User.id == episode.worker_id)).one()
    above = supervisor_of(episode.worker_id) if worker.supervisor_id else None
    mine = (OnCall.agency_id == episode.agency_id, OnCall.since <= at, OnCall.until > at, User.active)
    called = db.session.scalars(select(OnCall.user_id).join(User).where(*mine).order_by(OnCall.since))
    beside = [*([above] if above else []), *called] or watchers(episode.agency_id)
    here = Member.case_id == episode.case_id
    out = set(db.session.scalars(select(Member.user_id).where(here, Member.recused_at.is_not(None))))
    left = select(Member.id).where(here, Member.user_id == episode.worker_id, Member.standing == Standing.ENDED)
    first = [episode.worker_id] if worker.active and db.session.scalar(left.limit(1)) is None else []
    beside = [one for one in beside if one not in out] or watchers(episode.agency_id)
    return tuple(one for one in dict.fromkeys([*first, *beside]) if one not in out)


def _due(row: Deadline, percent: int) -> None:
    report = locked(Report, row.subject_id)
    if report is not None and report.wants_at is not None and report.done_at is None:
        before, late = (talk_words, TALK_LATE_WORDS) if report.kind == DEBRIEF else (due_words, LATE_WORDS)
        _tell(report, before(percent) if percent < END else late)


def _unconfirmed(row: Deadline, percent: int) -> None:
    report = locked(Report, row.subject_id)
    if report is None or report.wants_at is None or report.confirmed_at is not None:
        return
    _tell(report, CONFIRM_WORDS)
    case = report.case
    again = kind_of(case, report.kind).again
    if again is not None:
        due = again.due(max(now(), row.due_at), profile(case.profile).clocks.calendar, case.terms.zone)
        values = {"started_at": row.due_at, "due_at": due, "next_at": due, "percent": 0}
        asked = update(Deadline).where(Deadline.id == row.id).values(values)
        db.session.execute(asked.execution_options(synchronize_session=False))


def _tell(report: Report, words: Words) -> None:
    people = named(report.episode, now())
    heed(report, people)
    for user_id in people:
        letters.write(user_id, "missing", words)
    stir(db.session(), people)


deadlines.kind(REPORT, _due)
deadlines.kind(CONFIRM, _unconfirmed)

__all__ = ["CONFIRM", "REPORT", "begin", "gone", "heed", "kind_of", "made", "named", "over"]
