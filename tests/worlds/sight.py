"""What a viewer may see of a case, asked of the kernel alone: for every purpose they may choose, in every action.

Two cases that give the same sight are the same to this viewer, and no exit may tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from mdt.sharing.compiled import settle_all
from mdt.sharing.decide import decide, look_at
from mdt.sharing.decision import Decision
from mdt.sharing.facts import Facts, Item, Member
from mdt.sharing.fields import names_of
from mdt.sharing.profile import load
from mdt.sharing.view import next_boundary
from mdt.sharing.vocabulary import Action, Category, Outcome, Purpose, Role
from tests.worlds.ground import AT

PROFILE = load("us-baseline")
OVER = AT + timedelta(minutes=30)
"""By then the session has ended."""
MANDATES = (Action.MANDATE_MISSING, Action.MANDATE_TRAFFICKING)


def seated(facts: Facts, viewer: str, role: str, purposes: Sequence[Purpose]) -> Facts:
    """The same facts with the viewer on the team: what is hidden from whoever is there is hidden from who was."""
    if viewer not in facts.users or not role:
        return facts
    here = Member(user=viewer, since=AT - timedelta(days=30), purpose=purposes[0])
    return replace(facts, members={**facts.members, viewer: here})


def of_items(facts: Facts, viewer: str, purposes: Sequence[Purpose], names: Iterable[str]) -> list[Any]:
    """What the viewer gets of these items; nothing at all for what is concealed, one line for what is withheld."""
    found: list[Any] = []
    for decided in _all(facts, viewer, purposes, sorted(names)):
        found.append([one for item, decision in decided if (one := _told(item, decision))])
        found.append(sorted({_line(item, one) for item, one in decided if one.outcome is Outcome.WITHHOLD}))
    return found


def _all(
    facts: Facts, viewer: str, purposes: Sequence[Purpose], names: Sequence[str]
) -> Iterator[list[tuple[Item, Decision]]]:
    """These items decided: for each action, purpose and stretch of the session."""
    turn = next_boundary(facts, AT - timedelta(seconds=1), PROFILE)
    times = (AT, OVER) if turn and turn < OVER else (AT,)
    mandates = MANDATES if viewer in facts.users and facts.users[viewer].role is Role.LE else ()
    for action in (Action.VIEW, Action.EXPORT, Action.SEARCH, Action.ALERT, *mandates):
        for purpose in purposes if viewer in facts.members else ():
            for at in times:
                look = look_at(facts, viewer, purpose, at, PROFILE, action)
                ruled = settle_all(look, names)
                yield [(facts.items[name], ruled[name]) for name in names]


def _told(item: Item, decision: Decision) -> Any:
    if not decision.opens:
        return None
    return decision, item.recorded, item.source, item.author


def _line(item: Item, decision: Decision) -> tuple[str, str, str]:
    return item.category, item.source, " ".join(f"{way.kind} {way.type}" for way in decision.ways)


def conceals(facts: Facts, viewer: str, purposes: Sequence[Purpose], item: str) -> bool:
    """Whether this item leaves no trace for the viewer, whatever they choose."""
    return not any(of_items(facts, viewer, purposes, [item]))


def concealed(facts: Facts, viewer: str, purposes: Sequence[Purpose]) -> list[str]:
    """The items that leave no trace for the viewer, whatever they choose."""
    traced = {
        item.id
        for decided in _all(facts, viewer, purposes, list(facts.items))
        for item, one in decided if one.outcome is not Outcome.CONCEAL
    }  # fmt: skip
    return [one for one in facts.items if one not in traced]


def sources(facts: Facts, viewer: str, purposes: Sequence[Purpose]) -> set[str]:
    """The agencies of which the viewer sees something, for some purpose."""
    every = _all(facts, viewer, purposes, list(facts.items))
    return {item.source for decided in every for item, decision in decided if decision.opens}


def reads_drafts(facts: Facts, reader: str, source: str, purposes: Sequence[Purpose]) -> bool:
    """Whether this reader could read something that this source might write now: the writer is told who."""
    for category in Category:
        draft = Item(id="draft", category=category, source=source, fields=names_of(category), recorded=AT.date())
        filed = replace(facts, items={**facts.items, "draft": draft})
        if any(decide(filed, reader, "draft", one, AT, profile=PROFILE).opens for one in purposes):
            return True
    return False


__all__ = ["PROFILE", "concealed", "conceals", "of_items", "reads_drafts", "seated", "sources"]
