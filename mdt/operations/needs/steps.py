"""A step toward a need: a task like any other, whose words are a record of the plan. It has one owner at every moment,
and moves by the handoffs (`operations.handoffs`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mdt.models import Event
from mdt.operations import drafts, facts, guarding, handoffs, items, team, views
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.meetings import Sent
from mdt.operations.needs import heeding, saying
from mdt.operations.team import Colleague, colleagues

PLACE = "need_step"
LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is to be done, by whom (an id; nobody: whoever writes it), by when."""

    what: str
    who: str = ""
    due_at: datetime | None = None


def may_step(seat: Seat) -> bool:
    """Whoever may say something of needs for an agency."""
    return saying.may_say(seat) and seat.me.agency_id is not None


def take(seat: Seat, need: str, step: Step, sent: Sent) -> str:
    """Write down a step: it is mine, and offered to whoever is to do it. The record's id. Sent twice it is one."""
    about = saying.kind(seat, need)
    if not may_step(seat):
        raise not_there()
    with recorded("need.step_taken", by=seat.me, case=seat.id, need=need, item=sent.key, to=step.who):
        if items.is_kept(seat.id, sent.key, seat.me.id):
            return sent.key
        what = step.what.strip()
        if not what or len(what) > LONGEST:
            raise Refused(f"Say in at most {LONGEST} characters what is to be done.", reason="empty", code=422)
        values = {"needs": [about.title], "tasks": [what]}
        guarding.check_quotes(seat, sent.quotes)
        draft = saying.drafted(seat, values, sent.key, sent.quotes)
        heeding.check(seat, draft, {"tasks": [what]}, sent)
        row = saying.file(seat, need, values, draft, step=True)
        saying.noticed(seat, row.item)
        task = handoffs.create(seat, row.item, due_at=step.due_at)
        if step.who and step.who != seat.me.id:
            handoffs.make_offer(task, handoffs.Move(event=Event.OFFERED, by=seat.me.id, to=step.who))
    return sent.key


def holders(seat: Seat, need: str) -> tuple[Colleague, ...]:
    """Whom a step could be offered to: those of the team who could read it."""
    title = saying.kind(seat, need).title
    draft = saying.drafted(seat, {"needs": [title], "tasks": [title]})
    reading = set(team.readers(seat, draft))
    known = facts.load(seat.id)
    assert known
    return tuple(
        one
        for one in colleagues(seat, views.look(seat).sources)
        if one.id in reading and not one.me and handoffs.sound(known, one.id, seat.at)
    )


drafts.place(PLACE, lambda seat, _subject: may_step(seat))

__all__ = ["LONGEST", "PLACE", "Step", "holders", "may_step", "take"]
