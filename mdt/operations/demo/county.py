"""Founding Cedar County: agencies, people, and the cases of Wren, Juno and Ash."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from mdt.models import Agency, begin_writing, db, now
from mdt.operations.acts import recorded
from mdt.operations.demo import agencies, ash, juno, known, people, services, wren
from mdt.operations.demo.when import When

STORIES = (wren, juno, ash)


def found(write: Callable[[str], object]) -> bool:
    """Found the county in an empty database, in one transaction, saying so through `write`.

    False, with nothing changed, if any agency is there already.
    """
    begin_writing()
    if db.session.scalar(select(Agency.id).limit(1)):
        db.session.rollback()
        return False
    when = When(now())
    with recorded("county.founded", by=None):
        _people_it(when, write)
        write(services.open_directory(when))
        for story in STORIES:
            write(story.tell(when))
    return True


def _people_it(when: When, write: Callable[[str], object]) -> None:
    agencies.open_all(when)
    people.settle_all(when)
    everybody = len(people.cards()) + len(people.also())
    write(f"Cedar County: {len(agencies.OFFICES)} agencies, {everybody} people. All are invented.")


__all__ = ["found", "known"]
