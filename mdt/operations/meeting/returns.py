"""Returns: what each agency writes before a meeting, in the template of each discipline that sits there for it.

A return is a record of its own agency, of the category its template names: a clinic's is a health record, an
advocate's stays with her agency. So whoever may read that may read the return, and a meeting opens nothing more.
It is chased before the day, by letters that say no more than that something waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from mdt.models import Case, Deadline, Meeting, Phase, Point, Return, Words, db, new_id, now
from mdt.models.among import among
from mdt.operations import deadlines, duties, facts, guarding, items, letters, team
from mdt.operations.access import Person, Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.at_once import Of, Question
from mdt.operations.duties import Duty
from mdt.operations.facts import CaseFacts
from mdt.operations.meetings import Sent, find, when_turned
from mdt.sharing.facts import Item as ItemFact
from mdt.sharing.gate import admitted
from mdt.sharing.gatherings import Template

KIND = "return"
LONGEST = 4000
"""Characters of one answer."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A return that an agency has not filed, or has: for whoever acts for it in this discipline."""

    id: str
    due_at: datetime
    filed_at: datetime | None
    item_id: str | None
    template: Template


def begin(meeting: Meeting, asked: Iterable[str]) -> None:
    """Ask the agencies of those who are asked to come, each once for each of their disciplines; within an act."""
    case = facts.load(meeting.case_id)
    assert case
    users, wanted = [case.facts.users[one] for one in asked], case.rules.gatherings
    there = {(one.agency_id, one.role) for one in _of(meeting.id)}
    for agency, role in sorted({(user.org, user.role) for user in users if user.org and user.role in wanted.returns}):
        if (agency, role) not in there:
            made = Return(meeting=meeting, agency_id=agency, role=role, due_at=_due(meeting, wanted.before_hours))
            db.session.add(made)
            db.session.flush()
            deadlines.begin(meeting.case, KIND, made.id, due_at=made.due_at)


def _due(meeting: Meeting, hours: int) -> datetime:
    """So many hours before; where that is past or near, half-way to the meeting."""
    usual, at = meeting.starts_at - timedelta(hours=hours), now()
    return max(usual, at + (meeting.starts_at - at) / 2)


def moved(meeting: Meeting, hours: int) -> None:
    """The meeting has another time: what is still to be written is due anew; within an act."""
    for one in _of(meeting.id):
        if one.item_id is None:
            one.due_at = _due(meeting, hours)
            deadlines.begin(meeting.case, KIND, one.id, due_at=one.due_at)


def stop(meeting_id: str) -> None:
    """Nothing is waited for any more: the meeting began, or is off; within an act."""
    for one in _of(meeting_id):
        deadlines.end(KIND, one.id)


def mine(seat: Seat, meeting_id: str) -> Wait | None:
    """What is asked of my agency for this meeting, in my discipline; None if nothing is."""
    template, asked = seat.profile.gatherings.returns.get(seat.me.role) if seat.me.role else None, _of(meeting_id)
    found = next((one for one in asked if (one.agency_id, one.role) == (seat.me.agency_id, seat.me.role)), None)
    return Wait(found.id, found.due_at, found.filed_at, found.item_id, template) if found and template else None


def file(seat: Seat, meeting_id: str, answers: Mapping[str, str], sent: Sent) -> str:
    """File my agency's return as its own record; `answers` by name of the question. The record's id. Sent twice it is
    filed once. `guarding.Repeats` as for any other writing."""
    key = sent.key
    with recorded("return.filed", by=seat.me, case=seat.id, meeting=meeting_id, item=key):
        meeting, wait = find(seat, meeting_id), mine(seat, meeting_id)
        if wait is None:
            raise not_there()
        if items.is_kept(seat.id, key, seat.me.id):
            return key
        _check_open(meeting, wait)
        _keep(seat, wait, _worded(wait.template, answers), sent)
    return key


def _check_open(meeting: Meeting, wait: Wait) -> None:
    if meeting.phase not in (Phase.PLANNED, Phase.OPEN):
        raise Refused("This meeting is over. Post an update instead.", reason="over")
    if wait.item_id is not None:
        raise Refused("A colleague has written already. Post an update if something changed.", reason="filed")


def _worded(template: Template, answers: Mapping[str, str]) -> str:
    """The questions that were answered, each with its answer."""
    given = [(asked, answers.get(name, "").strip()) for name, asked in template.questions]
    if not any(words for _, words in given):
        raise Refused("Answer at least one question.", reason="empty", code=422)
    if any(len(words) > LONGEST for _, words in given):
        raise Refused(f"An answer has at most {LONGEST} characters.", reason="too_long", code=422)
    return "\n\n".join(f"{asked}:\n{words}" for asked, words in given if words)


def draft(seat: Seat, template: Template, key: str = "", quotes: tuple[str, ...] = ()) -> ItemFact:
    """The record a return would be, for asking who could read it."""
    assert seat.me.agency_id
    return ItemFact(
        id=key or new_id(), category=template.category, source=seat.me.agency_id, fields=(template.into,),
        author=seat.me.id, quotes=quotes, recorded=seat.today,
    )  # fmt: skip


def _keep(seat: Seat, wait: Wait, text: str, sent: Sent) -> None:
    made = draft(seat, wait.template, sent.key, sent.quotes)
    guarding.check_quotes(seat, sent.quotes)
    guarding.check(seat, made, text, heeded=sent.heeded, proved=sent.proved)
    item = items.file(
        db.session.get_one(Case, seat.id), id=sent.key, source=made.source, category=made.category,
        values={wait.template.into: text}, author=made.author, quotes=made.quotes,
    )  # fmt: skip
    row = db.session.get_one(Return, wait.id)
    row.item_id, row.filed_at = item.id, now()
    deadlines.end(KIND, wait.id)
    db.session.flush()
    known = facts.load(seat.id)
    assert known
    team.noticed(known, item.terms, by=seat.me.id)


def filed(meeting_id: str) -> tuple[str, ...]:
    """The records that were filed for a meeting, by id; what of them somebody may read is for a view to say."""
    return tuple(one.item_id for one in _of(meeting_id) if one.item_id)


def _of(meeting_id: str) -> list[Return]:
    return list(db.session.scalars(select(Return).where(Return.meeting_id == meeting_id).order_by(Return.id)))


def _chase(row: Deadline, percent: int) -> None:
    """A mark has passed: whoever of the agency sits at the table is told that something waits."""
    one, case = db.session.get(Return, row.subject_id), facts.load(row.case_id)
    if one is None or case is None or one.item_id is not None:
        return
    host = letters.settings().origins[0].rstrip("/")
    late = "was due" if percent >= deadlines.END else "is due soon"
    words = Words(
        subject="Something needs you in mdt",
        text=f"What your agency writes before a team meeting {late}.\n\nSign in to write it:\n{host}/meetings/\n",
    )
    for user in writers(case, one.agency_id, one.role):
        letters.write(user, KIND, words)


def writers(case: CaseFacts, agency_id: str, role: str) -> tuple[str, ...]:
    """Those of an agency who sit at the table of a case now in this discipline, if it has a template."""
    users, asked = case.facts.users, case.rules.gatherings.returns
    mine = [one for one in case.facts.members if (users[one].org, users[one].role) == (agency_id, role)]
    return tuple(sorted(one for one in mine if users[one].role in asked and admitted(case.facts, one, now())))


UNWRITTEN = Question(
    Of.CASE,
    select(Return, Meeting)
    .join(Meeting, Meeting.id == Return.meeting_id)
    .where(among(Meeting.case_id), Meeting.phase == Phase.PLANNED, Return.item_id.is_(None))
    .order_by(Return.id),
    lambda row: [row.Meeting.case_id],
)


@duties.found_by
def _duties(me: Person, seats: Mapping[str, Seat]) -> Iterable[Duty]:
    """What my agency has still to write for a meeting ahead."""
    at = now()
    for one, meeting in UNWRITTEN.about(seats) if me.agency_id else ():
        mine = (one.agency_id, one.role) == (me.agency_id, me.role)
        if mine and meeting.is_ahead(at) and me.role in seats[meeting.case_id].profile.gatherings.returns:
            words = "Write down what the team should know before it meets."
            yield Duty(KIND, meeting.id, meeting.case_id, words, one.due_at)


def _begun(_seat: Seat, meeting: Meeting, last: Point | None, _point: Point | None) -> None:
    """The room is open: nobody is chased any more, though a return can still be filed."""
    if last is None:
        stop(meeting.id)


deadlines.kind(KIND, _chase)
when_turned(_begun)

__all__ = ["Wait", "begin", "draft", "file", "filed", "mine", "moved", "stop", "writers"]
