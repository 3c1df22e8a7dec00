"""What may lie on the table of a meeting: the least that anyone in the room would get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mdt.sharing import codes
from mdt.sharing.decision import Decision
from mdt.sharing.facts import Facts
from mdt.sharing.fields import in_order
from mdt.sharing.profile import Profile
from mdt.sharing.vocabulary import Outcome, Purpose


def decide(
    facts: Facts, viewer: str, item: str, purpose: Purpose, at: datetime, profile: Profile,
    present: Sequence[str],
) -> Decision:  # fmt: skip
    """The answer for the table: whoever opens it, and everyone present, each by their own view.

    Only fields common to all, with everybody's obligations. Somebody unknown in the room conceals.
    """
    from mdt.sharing.decide import decide as one_view

    room = dict.fromkeys((viewer, *present))
    views = [one_view(facts, user, item, purpose, at, profile=profile) for user in room]
    least = min(views, key=lambda one: one.outcome.rank)
    if not least.opens:
        code = codes.first(one.code for one in views if one.code and not one.opens)
        return replace(least, code=code)
    return _shared(facts, item, views, least)


def _shared(facts: Facts, item: str, views: list[Decision], least: Decision) -> Decision:
    common = frozenset.intersection(*(frozenset(one.fields) for one in views))
    if not common:
        return _nothing_in_common(least)
    category = facts.items[item].category
    return replace(
        least,
        fields=in_order(category, common),
        code=codes.first(one.code for one in views if one.code),
        grounds=tuple(dict.fromkeys(ground for one in views for ground in one.grounds)),
        duties=frozenset().union(*(one.duties for one in views)),
        until=min((one.until for one in views if one.until), default=None),
    )


def _nothing_in_common(least: Decision) -> Decision:
    return replace(
        least, outcome=Outcome.CONCEAL, step="minimise", fields=(), grounds=(), duties=frozenset(), until=None
    )
