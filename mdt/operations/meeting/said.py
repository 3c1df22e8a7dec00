"""What was said in a meeting, for one reader: notes, motions, decisions with their dissent, actions.

While the room is open a segment is shown only while everybody in it may see it, with the fields that all of them
may read and the obligations of each (the contract's `meeting`). Whoever wrote it sees it all the same, and is told
that nobody else does now. Once the meeting is over each reads in their own view.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from mdt.models import Meeting, Phase, Segment, db
from mdt.operations import team, together, views
from mdt.operations.access import Seat
from mdt.operations.meeting import carrying
from mdt.operations.views import Looked, Shown
from mdt.sharing import meetings as room_rules
from mdt.sharing.decision import Decision
from mdt.sharing.facts import Item

Ruled = tuple[Item, Decision]


@dataclass(frozen=True, slots=True)
class SegmentView:
    """Something that was said, in its writer's words. `aside`: its writer alone sees it now."""

    id: str
    kind: str
    by: str
    agency: str
    said_at: datetime
    text: str
    decision: str
    point_id: str
    readers: int | None
    notices: tuple[str, ...]
    why: str
    aside: bool = False
    mine: bool = False
    state: str = ""
    seconded_by: str = ""
    dissents: tuple[SegmentView, ...] = ()
    about_id: str = ""


class Said:
    """The segments of a meeting, decided for one reader and whoever is in the room with them."""

    def __init__(self, seat: Seat, meeting: Meeting, seen: Looked, present: Sequence[str], *, joined: bool) -> None:
        self.seat, self.meeting, self.present = seat, meeting, present
        self.rows: Sequence[Segment] = db.session.scalars(
            select(Segment).where(carrying.said_in(meeting)).order_by(Segment.said_at, Segment.id)
        ).all()
        self.own = {item.id: (item, decision) for item, decision in seen.items if decision.opens}
        self.ruled: Mapping[str, Ruled] = self._ruled(joined)

    def _ruled(self, joined: bool) -> dict[str, Ruled]:
        """What is shown of it, in the order in which it was said."""
        ids = [row.item_id for row in self.rows if row.item_id in self.own]
        if self.meeting.phase == Phase.ADJOURNED:
            return {one: self.own[one] for one in ids}
        if not joined:
            return {}
        shown = in_the_room(self.seat, self.present, [self.own[one][0] for one in ids])
        mine = {one: self.own[one] for one in ids if self.own[one][0].author == self.seat.me.id}
        shared = {item.id: (item, decision) for item, decision in shown}
        return {one: shared.get(one) or mine[one] for one in ids if one in shared or one in mine}

    def is_aside(self, item_id: str) -> bool:
        """Whether its writer alone sees it now: somebody in the room may not."""
        open_now = self.meeting.phase == Phase.OPEN
        return open_now and not in_the_room(self.seat, self.present, [self.own[item_id][0]])

    def _mine_aside(self, item: Item) -> bool:
        return item.author == self.seat.me.id and self.is_aside(item.id)

    def skeleton(self) -> list[Any]:
        """What of it is on the page, without the words."""
        rows = {row.item_id: row for row in self.rows}
        return [
            [
                one,
                decision.fields,
                sorted(decision.duties),
                rows[one].state,
                rows[one].second_id,
                self._mine_aside(item),
            ]
            for one, (item, decision) in self.ruled.items()
        ]

    def views(self, shown: Mapping[str, Shown]) -> tuple[SegmentView, ...]:
        """The segments that were opened, each decision with the dissent that this reader may see."""
        others = together.writers(self.seat, self.ruled)
        made = [
            self._view(row, shown[row.item_id], others.get(row.item_id, ()))
            for row in self.rows
            if row.item_id in self.ruled
        ]
        return tuple(_with_dissents(one, made) for one in made)

    def _view(self, row: Segment, shown: Shown, others: Sequence[str]) -> SegmentView:
        item = self.own[row.item_id][0]
        mine = item.author == self.seat.me.id
        readers = len([one for one in self.present if team.may_read(self.seat.case, one, item.id)]) if mine else None
        second = self.seat.case.people_names.get(row.second_id or "", "")
        return SegmentView(
            row.item_id, row.kind, together.by(shown.author or "somebody", others), shown.source, row.said_at,
            shown.value("text") or shown.value("note") or "", shown.value("decision") or "", row.point_id, readers,
            shown.notices, shown.why, mine and self.is_aside(row.item_id), mine, row.state or "", second,
            about_id=row.about_id or "",
        )  # fmt: skip


def _with_dissents(one: SegmentView, made: Sequence[SegmentView]) -> SegmentView:
    against = tuple(other for other in made if other.kind == "dissent" and other.about_id == one.id)
    return replace(one, dissents=against) if against else one


def in_the_room(seat: Seat, present: Sequence[str], wanted: Sequence[Item]) -> list[Ruled]:
    """Those of these items that everybody in the room may see, with what is common to all: what `decide` answers for
    the act of a meeting, from the looks that are kept."""
    looks = [
        {item.id: decision for item, decision in views.look_beside(seat, one).items}
        for one in room_rules.room(seat.me.id, present)
    ]
    found = []
    for item in wanted:
        answers = [look.get(item.id) for look in looks]
        known = [one for one in answers if one is not None]
        if len(known) == len(answers):
            least = room_rules.least(known, item.category)
            if least.opens:
                found.append((item, least))
    return found


__all__ = ["Said", "SegmentView", "in_the_room"]
