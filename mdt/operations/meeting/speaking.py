"""What people do in the room beside noting: a hand, a motion, an action they take on, a dissent, a remark."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from mdt.models import Meeting, Segment, db, now
from mdt.operations import handoffs, items
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.meeting.carrying import said_in
from mdt.operations.meetings import (
    Sent,
    attendance,
    attended,
    facilitated,
    field_of,
    find,
    of_the_team,
    say,
    usually,
    worded,
)  # fmt: skip
from mdt.operations.team import may_read


def raise_hand(seat: Seat, meeting_id: str) -> None:
    """Ask for the floor. A hand that is up stays where it is in the row."""
    with recorded("meeting.hand_raised", by=seat.me, case=seat.id, meeting=meeting_id):
        attended(seat, meeting_id)
        mine = attendance(meeting_id, seat.me.id)
        assert mine
        mine.hand_at = mine.hand_at or now()


def lower_hand(seat: Seat, meeting_id: str, *, user_id: str | None = None) -> None:
    """Take one's hand down; the facilitator takes down the hand of whoever has had the floor."""
    who = of_the_team(seat, user_id)
    with recorded("meeting.hand_lowered", by=seat.me, case=seat.id, meeting=meeting_id) as record:
        meeting = find(seat, meeting_id) if who == seat.me.id else facilitated(seat, meeting_id)
        theirs = attendance(meeting.id, who)
        if theirs is None:
            raise not_there()
        record["who"] = theirs.user_id
        theirs.hand_at = None


def move_that(seat: Seat, meeting_id: str, text: str, sent: Sent) -> None:
    """Put a motion. `guarding.Repeats` as for a note."""
    with recorded("meeting.motion_put", by=seat.me, case=seat.id, meeting=meeting_id, item=sent.key):
        meeting = attended(seat, meeting_id)
        if not items.is_kept(seat.id, sent.key, seat.me.id):
            say(seat, meeting, "motion", sent, {"text": worded(text)}, state="open")


def second(seat: Seat, meeting_id: str, item_id: str) -> None:
    """Second somebody else's motion; the first who does, does."""
    with recorded("meeting.motion_seconded", by=seat.me, case=seat.id, meeting=meeting_id) as record:
        meeting = attended(seat, meeting_id)
        motion = _segment(seat, meeting, item_id, "motion")
        record["item"] = motion.item_id
        if motion.state != "open" or motion.item.terms.author == seat.me.id:
            raise Refused("Somebody else seconds a motion, while it is open.", reason="motion")
        motion.second_id = motion.second_id or seat.me.id


def take_on(seat: Seat, meeting_id: str, text: str, sent: Sent, *, due_at: datetime | None) -> None:
    """Take something on, there and then: it is mine, with its day, or the county's usual one. `guarding.Repeats` as
    for a note."""
    with recorded("meeting.action_taken_on", by=seat.me, case=seat.id, meeting=meeting_id, item=sent.key):
        meeting = attended(seat, meeting_id)
        if items.is_kept(seat.id, sent.key, seat.me.id):
            return
        item = say(seat, meeting, "action", sent, {"decision": worded(text)})
        handoffs.create(seat, item, due_at=due_at or usually(seat))


def dissent(seat: Seat, meeting_id: str, item_id: str, text: str, sent: Sent) -> None:
    """Say that one does not agree with a decision, and why. It stands beside it, for those who may read both."""
    with recorded("meeting.dissented", by=seat.me, case=seat.id, meeting=meeting_id, item=sent.key) as record:
        meeting = attended(seat, meeting_id)
        record["about"] = _segment(seat, meeting, item_id, "decision").item_id
        if items.is_kept(seat.id, sent.key, seat.me.id):
            return
        quoted = Sent(sent.key, False, (item_id,), sent.heeded, sent.proved)
        say(seat, meeting, "dissent", quoted, {field_of(quoted.category): worded(text)}, about=item_id)


def _segment(seat: Seat, meeting: Meeting, item_id: str, kind: str) -> Segment:
    """Something of this kind that was said in this meeting, or came over to it, and that this member may read whole."""
    said = select(Segment).where(said_in(meeting), Segment.kind == kind)
    found = next((one for one in db.session.scalars(said) if one.item_id == item_id), None)
    if found is None or not may_read(seat.case, seat.me.id, item_id):
        raise not_there()
    return found


__all__ = ["dissent", "lower_hand", "move_that", "raise_hand", "second", "take_on"]
