"""What the record of a search repeats of who the young person is and how they look stays under every objection to that.

The card is made of that record, and it is of another category than what it was copied from. An objection to the legal
name, or to a photo, would end where the copy begins: so it speaks of the copy as well, against the same people, from
the same day. It takes away there what an objection takes anywhere (sharing.md, step 6): what the law merely allows.
Police who search, and a report that the law wants, have the name all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from mdt.sharing.facts import Restriction
from mdt.sharing.vocabulary import Category

REPEATED: dict[Category, dict[str, str]] = {
    Category.ID: {"legal_name": "legal_name", "date_of_birth": "age"},
    Category.PHOTO: {"image": "photo", "height_weight": "height_weight", "hair_eyes": "hair_eyes"},
}
"""By category, what of it the record of a search repeats, and under which name."""


def reaching(objections: Iterable[Restriction]) -> tuple[Restriction, ...]:
    """These objections, and what each says of the copy."""
    every = tuple(objections)
    return every + tuple(more for one in every for more in _of_the_copy(one))


def _of_the_copy(one: Restriction) -> Iterator[Restriction]:
    """What speaks of everything says so already; a field has another name there."""
    if not one.categories and not one.fields:
        return
    for category in one.categories or REPEATED:
        repeated = REPEATED.get(category, {})
        names = tuple(copy for name, copy in repeated.items() if not one.fields or name in one.fields)
        if names:
            yield replace(one, categories=(Category.MISSING,), fields=names)


__all__ = ["REPEATED", "reaching"]
