"""What others do while the viewer is there: in the other world alone, and only what is nothing to the viewer.

Each method of `Acting` named in ACTS plans one such act at a step, and says whether it found one. An act
goes through the product's own verbs, so that it moves what they move and rings what they ring.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from mdt.models import Attendance, Meeting, Task, User, begin_writing, db
from mdt.operations import handoffs, meetings, releases, updates, views
from mdt.operations.access import Seat
from mdt.operations.acts import Refused
from mdt.sharing import facts as fact
from mdt.sharing.fields import CATEGORIES, names_of
from mdt.sharing.vocabulary import Category, Role
from tests.worlds import casework
from tests.worlds.differing import Differing
from tests.worlds.ground import AT, known
from tests.worlds.making import office_of, record_of, seat_of

ACTS = ("posts", "looks", "notes", "hands_off", "stops", *casework.DEEDS)
TRIES, EARLY = 12, 6
SAID = "Said when nobody was listening."


class Acting:
    """Plans what others do in a world that differs."""

    def __init__(self, differing: Differing) -> None:
        self.differing, self.m, self.made = differing, differing.m, differing.made
        here = [one for one in differing.facts.members if one != self.made.viewer]
        self.others = [one for one in here if seat_of(self.made.case_id, one)]

    def plan(self, steps: int, acts: Sequence[str] | None = None) -> None:
        """Plan these acts, or one or two at random, at random steps."""
        for kind in self.m.some(ACTS, 2, 4) if acts is None else acts:
            plan = partial(self._deed, kind) if kind in casework.DEEDS else getattr(self, kind)
            if self.others and plan(self.m.rng.randint(6, steps) if acts is None else EARLY):
                self.made.kinds.append(kind)

    def _at(self, step: int, who: str, act: Callable[[Seat], object]) -> bool:
        case_id = self.made.case_id

        def do() -> None:
            seat = seat_of(case_id, who)
            if seat:  # else the viewer has sent them away meanwhile; or has ended what it is about
                begin_writing()
                try:
                    act(seat)
                except Refused:
                    db.session.rollback()

        self.made.acts[step] = do
        return True

    def posts(self, step: int) -> bool:
        """Somebody writes an update that is concealed."""
        writable = [one for one in CATEGORIES if "note" in names_of(one)]
        for _ in range(TRIES):
            who, category = self.m.pick(self.others), self.m.pick(writable)
            draft = record_of(self.m, category, office_of(who), names=("note",), author=who, **PLAIN)
            seat = seat_of(self.made.case_id, who)
            assert seat
            if office_of(who) and CATEGORIES[category] in updates.categories(seat) and self._hides(draft):
                key = self.m.id()
                self.made.hide("item_id", key)
                return self._at(step, who, partial(updates.post, category=category, text=SAID, key=key))
        return False

    def _hides(self, draft: object) -> bool:
        return self.differing._conceals(self.differing._with_item(draft), draft.id)  # type: ignore[arg-type, attr-defined]

    def notes(self, step: int) -> bool:
        """Somebody in the room writes down what is concealed."""
        for row in db.session.query(Meeting).filter_by(case_id=self.made.case_id, phase="open").all():
            for user_id in self.m.some(self.others, 3, 6):
                draft = record_of(
                    self.m, Category.MEETING, office_of(user_id), names=("text",), author=user_id, **PLAIN
                )
                if office_of(user_id) and self._hides(draft) and self._in_the_room(row, user_id):
                    key = self.m.id()
                    self.made.hide("item_id", key)
                    said = partial(meetings.note, meeting_id=row.id, text=SAID, sent=meetings.Sent(key=key))
                    return self._at(step, user_id, said)
        return False

    def _deed(self, kind: str, step: int) -> bool:
        """Somebody does a piece of casework that is nothing to the viewer: as the session goes, or before it."""
        for who in self.m.some(self.others, TRIES, TRIES):
            seat = seat_of(self.made.case_id, who)
            assert seat
            deed = casework.DEEDS[kind](self.m, seat)
            if deed and not self._is_told(deed) and (deed.draft is None or self._hides(deed.draft)):
                if deed.called:
                    self.made.hide(*deed.called)
                if self.m.maybe(0.5):
                    return casework.do(deed, seat)
                return self._at(step, who, partial(casework.do, deed))
        return False

    def _is_told(self, deed: casework.Deed) -> bool:
        """Whether the viewer knows of it whatever the record says: it is their agency's, or counted for them, or it
        changes what they see of the rest."""
        office, case = self.differing.office, self.differing.facts.case
        if (office and known(office) in deed.known_to) or self.made.role in deed.roles:
            return True
        if not deed.away or any(one.until is None for one in case.missing):
            return False
        away = replace(case, missing=(*case.missing, fact.Missing(since=AT - timedelta(hours=30))))
        return not self.differing._keep_paper(case=away)

    def _in_the_room(self, meeting: Meeting, user_id: str) -> bool:
        there = db.session.query(Attendance).filter_by(meeting_id=meeting.id, user_id=user_id).first()
        return there is not None and db.session.get(User, user_id) is not None

    def looks(self, step: int) -> bool:
        """Somebody reads the case; that is for the lead and the young person to know."""
        if self.differing.leads or self.made.role == Role.YT:
            return False
        who = self.m.pick(self.others)
        return self._at(step, who, lambda seat: views.disclose_look(seat, "case.read", views.look(seat)).settle())

    def hands_off(self, step: int) -> bool:
        """Somebody finishes a task about what is concealed."""
        held = db.session.query(Task).filter_by(case_id=self.made.case_id, step="held").order_by(Task.id).all()
        theirs = [one for one in held if one.item_id in self.differing.concealed and one.owner_id in self.others]
        if not theirs:
            return False
        task = self.m.pick(theirs)
        owner, task_id = task.owner_id, task.id
        return self._at(step, owner, lambda seat: handoffs.finish(seat.me, task_id, possible=True))

    def stops(self, step: int) -> bool:
        """A release that is nothing to the viewer is stopped."""
        hidden = [one for one in self.differing.facts.releases if one.id in self.made.hidden.get("release_id", ())]
        for one in hidden:
            keepers = [user for user in self.others if known(office_of(user) or "") == one.discloser]
            stopped = tuple(other for other in self.differing.facts.releases if other.id != one.id)
            if keepers and not one.revoked and self.differing._keep_paper(releases=stopped):
                return self._at(step, keepers[0], partial(releases.revoke, release_id=one.id, how="verbal"))
        return False


PLAIN = {"recorded": AT.date(), "labels": (), "regimes": (), "third_party": {}, "subject": "youth", "sealed": None,
         "consented_by": None, "quotes": ()}  # fmt: skip

__all__ = ["ACTS", "Acting"]
