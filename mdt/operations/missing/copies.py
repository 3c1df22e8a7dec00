"""What the record of a search repeats of a record that is deleted goes with it: a name, a photo, how somebody looks.

It repeats them in its own values, as the lead's own words to whoever searches, and not as a quote.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import select

from mdt.models import Case, Episode, Item, db
from mdt.operations import items
from mdt.sharing.copied import REPEATED
from mdt.sharing.facts import Item as ItemFact


def forget(case: Case, gone: Collection[ItemFact]) -> None:
    """Take what is deleted out of the records of this case's searches, within the act and before it is gone. What was
    written otherwise there stays: it was written for the search."""
    told = [one for one in gone if one.category in REPEATED]
    for record in _records(case, {one.id for one in gone}) if told else ():
        names = [name for one in told if one.source == record.source_id for name in _repeated(one, record)]
        if names:
            items.revise(record, dict.fromkeys(names, ""))


def _records(case: Case, gone: Collection[str]) -> list[Item]:
    mine = select(Episode.item_id).where(Episode.case_id == case.id)
    return [one for one in db.session.scalars(select(Item).where(Item.id.in_(mine))) if one.id not in gone]


def _repeated(one: ItemFact, record: Item) -> Iterator[str]:
    row = db.session.get(Item, one.id)
    said, kept = items.held(row) if row else {}, items.held(record)
    for name, copy in REPEATED[one.category].items():
        if said.get(name) and said[name] == kept.get(copy):
            yield copy


__all__ = ["forget"]
