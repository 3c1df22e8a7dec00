"""What may lie on the table of a meeting: the least that anyone in the room would get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mdt.sharing import codes
from mdt.sharing.decision import Decision
from mdt.sharing.fields import in_order
from mdt.sharing.vocabulary import Category, Outcome


def room(viewer: str, present: Sequence[str]) -> tuple[str, ...]:
    """Who is there: everyone present, and whoever opens the item."""
    return tuple(dict.fromkeys((viewer, *present)))


def least(views: Sequence[Decision], category: Category) -> Decision:
    """The answer for the table, from everybody's own view: fields common to all, and everybody's
    obligations. Where somebody would get nothing, that is the answer."""
    lowest = min(views, key=lambda one: one.outcome.rank)
    if not lowest.opens:
        return replace(lowest, code=codes.first(one.code for one in views if one.code and not one.opens))
    common = frozenset.intersection(*(frozenset(one.fields) for one in views))
    return _shared(views, lowest, in_order(category, common)) if common else _nothing(lowest)


def _shared(views: Sequence[Decision], lowest: Decision, fields: tuple[str, ...]) -> Decision:
    return replace(
        lowest,
        fields=fields,
        code=codes.first(one.code for one in views if one.code),
        grounds=tuple(dict.fromkeys(ground for one in views for ground in one.grounds)),
        duties=frozenset().union(*(one.duties for one in views)),
        until=min((one.until for one in views if one.until), default=None),
    )


def _nothing(lowest: Decision) -> Decision:
    """No field in common is a refusal."""
    return Decision(
        item=lowest.item,
        outcome=Outcome.CONCEAL,
        profile=lowest.profile,
        version=lowest.version,
        step="minimise",
    )
