"""A case as one person may see it, now, for one purpose; who would read a draft; when to look again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from mdt.sharing.boundaries import next_boundary
from mdt.sharing.decide import decide, look_at, settle
from mdt.sharing.decision import Decision
from mdt.sharing.facts import Facts, Item
from mdt.sharing.fields import ORDER
from mdt.sharing.look import Look, role_then
from mdt.sharing.profile import Profile
from mdt.sharing.vocabulary import USUAL_PURPOSES, Action, Outcome, Purpose

Bone = tuple[str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""item id, outcome, fields, duties, ways: what of a decision a page is made of."""


@dataclass(frozen=True, slots=True)
class View:
    """All items that are not concealed, with their decisions, in the order of a case page."""

    viewer: str
    purpose: Purpose
    at: datetime
    action: Action
    decisions: tuple[Decision, ...]

    def skeleton(self) -> tuple[Bone, ...]:
        """What the page is made of, without content: equal skeletons, equal pages. Concealed items
        leave no trace in it, neither order nor count."""
        return tuple(
            (
                one.item,
                one.outcome.value,
                one.fields,
                tuple(sorted(one.duties)),
                tuple(f"{way.kind} {way.type}" for way in one.ways),
            )
            for one in self.decisions
        )

    @property
    def until(self) -> datetime | None:
        """The first time at which something shown here ends by its own facts."""
        return min((one.until for one in self.decisions if one.until), default=None)


def view(
    facts: Facts, viewer: str, purpose: Purpose, at: datetime,
    *, profile: Profile, action: Action = Action.VIEW,
) -> View:  # fmt: skip
    """Everything of this case that this viewer is shown or told of. Never raises: an empty view."""
    try:
        look = look_at(facts, viewer, purpose, at, profile, action)
        decisions = tuple(_decided(look))
    except Exception:  # an unreadable fact refuses, whatever it is
        decisions = ()
    return View(viewer, purpose, at, action, decisions)


def _decided(look: Look) -> list[Decision]:
    found = [settle(look, item.id) for item in sorted(look.facts.items.values(), key=_place)]
    return [one for one in found if one.outcome is not Outcome.CONCEAL]


def _place(item: Item) -> tuple[int, date, str]:
    return ORDER[item.category], item.recorded or date.min, item.id


def audience(facts: Facts, draft: Item, at: datetime, *, profile: Profile) -> tuple[tuple[str, Decision], ...]:
    """Who would read an item that is not filed yet: (user id, decision) of each member it opens to,
    for the purpose of their invitation or the one their discipline starts with; by user id."""
    filed = replace(facts, items={**facts.items, draft.id: draft})
    found = (
        (user, decide(filed, user, draft.id, usual_purpose(facts, user, at), at, profile=profile))
        for user in sorted(facts.members.keys() & facts.users.keys())
    )
    return tuple((user, decision) for user, decision in found if decision.opens)


def usual_purpose(facts: Facts, user: str, at: datetime) -> Purpose:
    """What this member looks for unless they say otherwise."""
    member = facts.members[user]
    return member.purpose or USUAL_PURPOSES[role_then(facts, facts.users[user], at)][0]


__all__ = ["View", "audience", "next_boundary", "usual_purpose", "view"]
