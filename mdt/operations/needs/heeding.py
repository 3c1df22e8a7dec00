"""The leak guard for what is said in several fields of one record: each is held against its own readers.

What the young person tells of themself is theirs to tell: they are asked about nothing but a place that is kept safe.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from mdt.operations import guarding, views
from mdt.operations.access import Seat
from mdt.operations.guarding import Repeat
from mdt.operations.meetings import Sent
from mdt.sharing.facts import Item
from mdt.sharing.vocabulary import Role


def check(seat: Seat, draft: Item, values: Mapping[str, Any], sent: Sent) -> tuple[str, ...]:
    """Raise `guarding.Repeats` where a repeat is not heeded, or has to be quoted first; else the keys that stand."""
    found = repeats(seat, draft, values, proved=sent.proved)
    open_ones = [one for one in found if one.quote or one.key not in sent.heeded]
    if open_ones:
        raise guarding.Repeats(open_ones)
    return tuple(one.key for one in found)


def repeats(seat: Seat, draft: Item, values: Mapping[str, Any], *, proved: bool) -> tuple[Repeat, ...]:
    """What these values would tell somebody who may not have it, each named once."""
    found: dict[tuple[str, tuple[str, ...]], Repeat] = {}
    for name, text in _texts(values):
        for one in guarding.repeats(seat, replace(draft, fields=(name,)), text, proved=proved):
            if seat.me.role is not Role.YT or _is_kept_place(seat, one):
                found[one.key, one.words] = one
    return tuple(found.values())


def _texts(values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for name, value in values.items():
        text = value if isinstance(value, str) else "\n".join(value or ())
        if text.strip():
            yield name, text


def _is_kept_place(seat: Seat, one: Repeat) -> bool:
    item = seat.case.facts.items.get(one.key.partition(".")[0])
    return one.is_place or (item is not None and item.category in views.APART)


__all__ = ["check", "repeats"]
