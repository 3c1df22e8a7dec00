"""Who watches what, and what they have seen: the state of one worker's sockets. No database, no sockets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from threading import Lock

from mdt.operations.watching import Topic
from mdt.web.sign_ins import Me


@dataclass(slots=True, eq=False)
class Watch:
    """One open page: whose, of what, and the tag of the view it shows.

    `counted` is what the counters of its subjects were before it was last looked at: whatever moved them so far is in
    that look. While one look at the view is under way (`looking`), another only asks for it to be done `again`, so
    that an older look never speaks after a newer one. Looks are taken in several threads: `claim` says who takes it.
    """

    sid: str
    me: Me
    topic: Topic
    purpose: str | None
    tag: str
    again_at: datetime | None = None
    looking: bool = False
    again: bool = False
    counted: Mapping[str, int] = field(default_factory=dict)

    @property
    def subjects(self) -> tuple[str, ...]:
        return self.topic.subjects(self.me.id)

    def is_behind(self, counters: Mapping[str, int]) -> bool:
        """Whether one of its subjects has moved since it was last looked at. Counters only grow."""
        return any(counters.get(one, 0) > self.counted.get(one, -1) for one in self.subjects)


_claims = Lock()


def claim(watches: Iterable[Watch]) -> list[Watch]:
    """Those of these that ask to be looked at and that nobody is looking at: whoever asks is to look, and to `release`
    them then."""
    with _claims:
        due = [watch for watch in watches if watch.again and not watch.looking]
        for watch in due:
            watch.looking, watch.again = True, False
    return due


def release(watches: Iterable[Watch]) -> None:
    """The look is over: whoever asked for another meanwhile may be claimed."""
    with _claims:
        for watch in watches:
            watch.looking = False


FRAME = "band"
"""What stands in the frame of a page, beside the view that the page is of."""


@dataclass(slots=True)
class Watches:
    """The watches of this worker, at most one a socket and one for the frame of its page, also by what they are of;
    the sockets let in, also by their sign-ins; and the counters they were last held against."""

    by_sid: dict[str, Watch] = field(default_factory=dict)
    frames: dict[str, Watch] = field(default_factory=dict)
    people: dict[str, Me] = field(default_factory=dict)
    by_sign_in: dict[str, dict[str, None]] = field(default_factory=dict)
    counters: dict[str, int | None] = field(default_factory=dict)
    by_subject: dict[str, dict[Watch, None]] = field(default_factory=dict)

    def let_in(self, sid: str, me: Me) -> None:
        self.people[sid] = me
        self.by_sign_in.setdefault(me.sign_in or "", {})[sid] = None

    def begin(self, watch: Watch) -> None:
        beside = self._beside(watch)
        self._forget(beside.get(watch.sid))
        beside[watch.sid] = watch
        for one in watch.subjects:
            self.by_subject.setdefault(one, {})[watch] = None
            self.counters.setdefault(one, None)

    def holds(self, watch: Watch) -> bool:
        """Whether this is still what its socket watches."""
        return self._beside(watch).get(watch.sid) is watch

    def leave(self, sid: str) -> Watch | None:
        """This socket watches nothing any more; the view that its page was of, if it was of one."""
        self._let_out(sid, self.people.pop(sid, None))
        self._forget(self.frames.pop(sid, None))
        watch = self.by_sid.pop(sid, None)
        self._forget(watch)
        return watch

    def _let_out(self, sid: str, me: Me | None) -> None:
        """This socket is none of its sign-in any more."""
        sign_in = me.sign_in or "" if me else ""
        known = self.by_sign_in.get(sign_in, {})
        known.pop(sid, None)
        if not known:
            self.by_sign_in.pop(sign_in, None)

    def of(self, subjects: Iterable[str]) -> list[Watch]:
        """Whatever watches one of these. Any thread may ask."""
        return list(dict.fromkeys(watch for one in subjects for watch in list(self.by_subject.get(one, ()))))

    def due(self, moved: Mapping[str, int], at: datetime) -> list[Watch]:
        """The watches whose view may differ: a counter moved since they were looked at, or a moment of their facts
        has come. `moved` is what those counters are now of which the last was another."""
        self.counters |= {subject: counter for subject, counter in moved.items() if subject in self.by_subject}
        behind = [watch for watch in self.of(moved) if watch.is_behind(moved)]
        return list(dict.fromkeys([*behind, *(one for one in self._all() if one.again_at and one.again_at <= at)]))

    def _beside(self, watch: Watch) -> dict[str, Watch]:
        return self.frames if watch.topic.kind == FRAME else self.by_sid

    def _all(self) -> Iterator[Watch]:
        return chain(self.by_sid.values(), self.frames.values())

    def _forget(self, watch: Watch | None) -> None:
        for one in watch.subjects if watch else ():
            known = self.by_subject.get(one, {})
            known.pop(watch, None)  # type: ignore[arg-type]
            if not known:
                self.by_subject.pop(one, None)
                self.counters.pop(one, None)
