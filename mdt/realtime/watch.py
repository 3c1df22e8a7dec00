"""Who watches what, and what they have seen: the state of one worker's sockets. No database, no sockets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from mdt.operations.watching import Topic
from mdt.web.sign_ins import Me


@dataclass(slots=True)
class Watch:
    """One open page: whose, of what, and the tag of the view it shows.

    While one look at the view is under way (`looking`), another only asks for it to be done `again`, so
    that an older look never speaks after a newer one.
    """

    sid: str
    me: Me
    topic: Topic
    purpose: str | None
    tag: str
    again_at: datetime | None = None
    looking: bool = False
    again: bool = False


FRAME = "band"
"""What stands in the frame of a page, beside the view that the page is of."""


@dataclass(slots=True)
class Watches:
    """The watches of this worker, at most one a socket and one for the frame of its page, and the counters they were
    last held against."""

    by_sid: dict[str, Watch] = field(default_factory=dict)
    frames: dict[str, Watch] = field(default_factory=dict)
    people: dict[str, Me] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)

    def let_in(self, sid: str, me: Me) -> None:
        self.people[sid] = me

    def begin(self, watch: Watch) -> None:
        self._beside(watch)[watch.sid] = watch

    def holds(self, watch: Watch) -> bool:
        """Whether this is still what its socket watches."""
        return self._beside(watch).get(watch.sid) is watch

    def leave(self, sid: str) -> Watch | None:
        """This socket watches nothing any more; the view that its page was of, if it was of one."""
        self.people.pop(sid, None)
        self.frames.pop(sid, None)
        return self.by_sid.pop(sid, None)

    def subjects(self) -> set[str]:
        """What it is whose counters matter here."""
        return {one for watch in self._all() for one in watch.topic.subjects(watch.me.id)}

    def sign_ins(self) -> dict[str, list[str]]:
        """Sockets by sign-in."""
        found: dict[str, list[str]] = {}
        for sid, me in self.people.items():
            found.setdefault(me.sign_in or "", []).append(sid)
        return found

    def due(self, counters: dict[str, int], at: datetime) -> list[Watch]:
        """The watches whose view may differ: their counter moved, or a moment of their facts has come."""
        moved = {subject for subject, counter in counters.items() if self.counters.get(subject) != counter}
        self.counters = counters
        return [watch for watch in self._all() if _is_due(watch, moved, at)]

    def _beside(self, watch: Watch) -> dict[str, Watch]:
        return self.frames if watch.topic.kind == FRAME else self.by_sid

    def _all(self) -> Iterator[Watch]:
        return chain(self.by_sid.values(), self.frames.values())


def _is_due(watch: Watch, moved: set[str], at: datetime) -> bool:
    return not moved.isdisjoint(watch.topic.subjects(watch.me.id)) or (
        watch.again_at is not None and watch.again_at <= at
    )
