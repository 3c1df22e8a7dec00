"""Referral: a task offered to an agency outside the team, which reads the words of the referral and nothing else.

It is whoever's it was until somebody of that agency takes it. The words are held against what that agency could
read, were one of its people on the team for what they would come for: that is what releases and consents let it be
told. From outside nobody knows who is at the table, nor what the young person is called.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from mdt.models import Agency, Event, Step, Task, User, db, new_id
from mdt.models.among import among
from mdt.models.sealing import keys
from mdt.models.tasks import MINE
from mdt.operations import drafts, guarding, ledger
from mdt.operations.access import Person, Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.at_once import Of, Question
from mdt.operations.duties import Duty, found_by
from mdt.operations.guarding import Outside, Repeat, Repeats
from mdt.operations.handoffs import clocks, hearing
from mdt.operations.handoffs.moving import Move, change, held, is_kept
from mdt.operations.handoffs.steps import check_here, find, is_outside, leads, may_know
from mdt.operations.team import with_member
from mdt.sharing import facts as fact
from mdt.sharing.decide import decide
from mdt.sharing.gate import admitted
from mdt.sharing.vocabulary import ROLE_WORDS, USUAL_PURPOSES, Category, Outcome, Role
from mdt.vault.seal import Place, seal_value

LONGEST = 1500
NO_PART = (Role.PM, Role.SC)
"""Disciplines that have no part in a case."""


@dataclass(frozen=True, slots=True)
class Told:
    """An agency outside the team. `reads`: whether somebody of it, asked to the team, could read what it is about."""

    id: str
    name: str
    role_words: str
    reads: bool


@dataclass(frozen=True, slots=True)
class Referred:
    """What somebody of an agency outside the team reads of a referral."""

    id: str
    words: str
    by: str
    agency: str
    asked_at: datetime | None
    answer_by: datetime | None
    due_at: datetime | None
    step: str
    mine: bool
    reason: str | None


def partners(seat: Seat, task_id: str) -> tuple[Told, ...]:
    """The agencies outside the team to which this could be referred, by name."""
    task = find(seat, task_id)
    users, here = seat.case.facts.users, seat.case.facts.members
    present = {users[one].org for one in here if one in users and admitted(seat.case.facts, one, seat.at)}
    staffed = select(User.agency_id).where(User.active, User.role.is_not(None), User.agency_id.is_not(None))
    rows = db.session.scalars(select(Agency).where(Agency.id.in_(staffed), Agency.role.not_in(NO_PART)))
    outside = [one for one in rows if one.id not in present]
    return tuple(
        Told(one.id, one.name, ROLE_WORDS[Role(one.role)], _reads(seat, one, task.item_id))
        for one in sorted(outside, key=lambda one: one.name)
    )


def refer(
    seat: Seat, task_id: str, *, agency_id: str, words: str, key: str | None = None, heeded: Collection[str] = (),
    proved: bool = False,
) -> None:  # fmt: skip
    """Offer a task to an agency outside the team, in these words. For the lead. `guarding.Repeats` if the words tell
    that agency what it may not see, unless that is among what their author has `heeded`."""
    with recorded("task.referred", by=seat.me, case=seat.id, task=task_id, agency=agency_id) as entry:
        task = held(task_id)
        if task is None or not leads(seat, task):
            raise not_there()
        if is_kept(task_id, doing := Move(event=Event.REFERRED, by=seat.me.id, key=key, agency=agency_id)):
            return
        check_here(task)
        agency = _partner(seat, task_id, agency_id)
        check(seat, agency, words, heeded=heeded, proved=proved)
        place = Place(Task.__tablename__, task.id, "outward_")
        change(
            task, doing, Task.step.in_(MINE), step=Step.OFFERED, offered_to=None, offered_by=seat.me.id,
            referred_to=agency_id, answer_by=clocks.answer_by(task.case, task.due_at), answered_at=None,
            outward_=seal_value(keys().of(task.scope()), words.strip(), place),
        )  # fmt: skip
        clocks.offered(task)
        entry["heeded"] = sorted(heeded)


def check(seat: Seat, agency: Agency, words: str, *, heeded: Collection[str], proved: bool) -> None:
    """Hold the words against what that agency may be told."""
    if not words.strip() or len(words) > LONGEST:
        raise Refused(f"Say in at most {LONGEST} characters what they would do.", reason="words", code=422)
    table = [one for one in _named(seat, agency, words) if one.key not in heeded]
    draft = fact.Item(
        id=new_id(), category=Category.PLAN, source=seat.me.agency_id or seat.case.lead_id, fields=("note",),
        author=seat.me.id, recorded=seat.today,
    )  # fmt: skip
    try:
        guarding.check(seat, draft, words, heeded=heeded, proved=proved, outside=_as_reader(seat, agency))
    except Repeats as no:
        raise Repeats([*no.found, *table]) from None
    if table:
        raise Repeats(table)


def read_outside(me: Person, task_id: str) -> Referred:
    """A referral, as whoever it is referred to reads it. Recorded."""
    task = db.session.get(Task, task_id)
    if task is None or not is_outside(me, task):
        raise not_there()
    ledger.submit("referral.read", task.case_id, me.id, {"task": task_id, "agency": task.referred_to}).settle()
    by = db.session.get(User, task.offered_by) if task.offered_by else None
    return Referred(
        task.id, task.outward or "", by.name if by else "Somebody", by.agency.name if by and by.agency else "",
        task.created_at, task.answer_by, task.due_at, task.step, task.owner_id == me.id, None,
    )  # fmt: skip


REFERRED = Question(
    Of.AGENCY,
    select(Task.id, Task.case_id, Task.referred_to, Task.owner_id, Task.step, Task.answer_by, Task.due_at)
    .where(among(Task.referred_to), Task.step.in_((*MINE, Step.OFFERED)))
    .order_by(Task.id),
    lambda row: [row.referred_to],
)


@found_by
def _referred(me: Person, _seats: Mapping[str, Seat]) -> Iterable[Duty]:
    """What is referred to one's agency, and what one has taken of it."""
    if me.agency_id is None or me.role is None:
        return
    rows = REFERRED.about([me.agency_id])
    left = hearing.stepped_out_of(me.id) if rows else ()
    for row in rows:
        asked = row.step == Step.OFFERED
        if row.case_id in left or not (asked or row.owner_id == me.id):
            continue
        words = "Another agency refers something to yours." if asked else "You took what another agency referred."
        yield Duty("referral", row.id, None, words, row.answer_by if asked else row.due_at)


def _partner(seat: Seat, task_id: str, agency_id: str) -> Agency:
    if agency_id not in {one.id for one in partners(seat, task_id)}:
        raise Refused("Choose an agency that is not on the team.", reason="agency", code=422)
    return db.session.get_one(Agency, agency_id)


def _reads(seat: Seat, agency: Agency, item_id: str) -> bool:
    reader = _as_reader(seat, agency)
    if item_id not in reader.facts.items:
        return False
    decision = decide(reader.facts, reader.viewer, item_id, reader.purpose, seat.at, profile=seat.profile)
    return decision.outcome in (Outcome.SHOW, Outcome.PART)


def _as_reader(seat: Seat, agency: Agency) -> Outside:
    """Somebody of that agency, as if they were at the table from now, but without its agreement and its statute: what
    is left is what a release, an order or another law lets them be told."""
    role = Role(agency.role)
    user = fact.User(id=f"somebody of {agency.id}", role=role, org=agency.id)
    purpose, since = USUAL_PURPOSES[role][0], seat.at - timedelta(seconds=1)
    org = replace(agency.fact, mou_until=None, statutory_member=False)
    known = with_member(seat.case.facts, user, org, purpose, since=since)
    mine = seat.case.agency_names.get(seat.me.agency_id or "", "")
    return Outside(known, user.id, purpose, f"{agency.name} {seat.case.people_names.get(seat.me.id, '')} {mine}")


def _named(seat: Seat, agency: Agency, words: str) -> Iterable[Repeat]:
    """Agencies of the case that the words name: from outside nobody knows that they have to do with it."""
    said = words.casefold()
    for org, name in sorted(seat.case.agency_names.items()):
        if org not in (agency.id, seat.me.agency_id) and re.search(rf"\b{re.escape(name.casefold())}\b", said):
            lead = seat.case.agency_names.get(seat.case.lead_id, "")
            yield Repeat(f"agency.{org}", (name,), "The list of the team", "An agency", lead, 1, 1)


def _may_say_why(me: Person, case_id: str, task_id: str) -> bool:
    task = db.session.get(Task, task_id)
    return task is not None and task.case_id == case_id and may_know(me, task)


for _why in ("declined", "returned", "not_possible"):
    drafts.place_outside(_why, _may_say_why)
drafts.place("referral", lambda seat, task_id: leads(seat, find(seat, task_id)))

__all__ = ["LONGEST", "Referred", "Told", "check", "partners", "read_outside", "refer"]
