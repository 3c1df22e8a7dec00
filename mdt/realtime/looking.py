"""Looking for many open pages at once: what the counters say, and whose view differs now. In threads of their own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from mdt.models import db
from mdt.operations import watching
from mdt.operations.watching import Topic
from mdt.realtime.watch import Watch
from mdt.web.sign_ins import still_signed_in

log = logging.getLogger("mdt.realtime")
Found = tuple[str | None, datetime | None]
"""The tag of a view, and when it may change by itself."""


def count(sign_ins: list[str], known: dict[str, int | None]) -> tuple[set[str], dict[str, int]]:
    """Which of these sign-ins hold, and what the counters are now of those that are not what they are known to be."""
    return still_signed_in(sign_ins) if sign_ins else set(), watching.moved(known)


def look_at(watches: Sequence[Watch], counted: Mapping[str, int]) -> tuple[Mapping[str, int], list[Found]]:
    """What the counters of these views are, if that is not known, and then the tags of the views, in their order."""
    subjects = {one for watch in watches for one in watch.subjects}
    if not subjects <= counted.keys():
        counted = watching.counters(subjects)
    by_topic: dict[Topic, list[Watch]] = {}
    for watch in watches:
        by_topic.setdefault(watch.topic, []).append(watch)
    found: dict[Watch, Found] = {}
    with watching.together({topic: [watch.me for watch in some] for topic, some in by_topic.items()}) as looks:
        for topic, some in by_topic.items():
            found |= _look_at_one(some, lambda topic=topic: looks(topic))  # type: ignore[misc]
    return counted, [found[watch] for watch in watches]


def _look_at_one(watches: Iterable[Watch], looks: Callable[[], watching.OneOf]) -> dict[Watch, Found]:
    """The tags of one view as its readers have it now; None where it cannot be looked at: then its page is to read it,
    and is told. Whoever has two pages of it is looked for once."""
    found, known = dict[Watch, Found](), dict[Any, Found]()
    look: watching.OneOf | None = None
    for watch in watches:
        asked = watch.me.id, watch.purpose
        if asked not in known:
            try:
                look = look or looks()
                known[asked] = look(watch.me, watch.purpose)
            except Exception as wrong:
                log.error("a view cannot be looked at: %s", type(wrong).__name__)
                db.session.rollback()
                known[asked] = None, watch.again_at
        found[watch] = known[asked]
    return found


__all__ = ["Found", "count", "look_at"]
