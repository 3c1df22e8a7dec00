"""Asking somebody who can to arrange an interview: a task, whose words do not say what it is.

Its words are a note, and those who read the notes of a team are more than those who may know of an interview.
"""

from __future__ import annotations

from mdt.models import Case, Event, db, is_id, new_id
from mdt.operations import facts, handoffs, items, team, views
from mdt.operations.access import Seat
from mdt.operations.acts import not_there, recorded
from mdt.operations.team import Colleague, colleagues
from mdt.sharing.facts import Item as ItemFact
from mdt.sharing.vocabulary import Category

WORDS = "Something is to be arranged with the young person, once for all of us. Look under Dates, and ring me."


def holders(seat: Seat) -> tuple[Colleague, ...]:
    """Who of the team could be asked, for a member whose agency cannot arrange it."""
    kinds = [one for one in seat.profile.appointments.kinds.values() if one.asks]
    roles = {role for one in kinds for role in one.by}
    if not seat.me.agency_id or seat.me.role in roles:
        return ()
    reading = set(team.readers(seat, _draft(seat)))
    known = [one for one in colleagues(seat, views.look(seat).sources) if one.role in roles and one.id in reading]
    return tuple(one for one in known if handoffs.sound(seat.case, one.id, seat.at))


def _draft(seat: Seat, item_id: str = "") -> ItemFact:
    assert seat.me.agency_id
    return ItemFact(
        id=item_id or new_id(), category=Category.MEETING, source=seat.me.agency_id, fields=("decision",),
        author=seat.me.id, recorded=seat.today,
    )  # fmt: skip


def want(seat: Seat, to: str, *, key: str) -> None:
    """Offer it to one of those. Under a key of its own, so that twice is once."""
    if to not in {one.id for one in holders(seat)} or not is_id(key):
        raise not_there()
    with recorded("date.wanted", by=seat.me, case=seat.id, item=key, to=to):
        if items.is_kept(seat.id, key, seat.me.id):
            return
        draft = _draft(seat, key)
        item = items.file(
            db.session.get_one(Case, seat.id), id=key, source=draft.source, category=draft.category,
            values={"decision": WORDS}, author=draft.author,
        )  # fmt: skip
        db.session.flush()
        known = facts.load(seat.id)
        assert known
        team.noticed(known, item.terms, by=seat.me.id)
        task = handoffs.create(seat, item, due_at=None)
        handoffs.make_offer(task, handoffs.Move(event=Event.OFFERED, by=seat.me.id, to=to))


__all__ = ["holders", "want"]
