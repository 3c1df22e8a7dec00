"""Statutory reports. Nothing blocks them; they carry their own list and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from mdt.sharing import moments, obligations
from mdt.sharing.decision import Decision, Ground
from mdt.sharing.facts import Item
from mdt.sharing.fields import in_order
from mdt.sharing.look import Look
from mdt.sharing.profile import MandateRule
from mdt.sharing.regimes import Regimes
from mdt.sharing.vocabulary import Action, Outcome

ACTIONS = (Action.MANDATE_MISSING, Action.MANDATE_TRAFFICKING)


def rule_of(look: Look) -> MandateRule:
    return look.profile.mandates[look.action.value.partition(":")[2]]


def listed(look: Look, item: Item, regimes: Regimes) -> frozenset[str]:
    """The fields of this item that the report carries to this viewer."""
    rule = rule_of(look)
    due = rule.needs is None or look.episode is not None
    barred = item.category in rule.never_categories or bool(regimes.all & rule.never_regimes)
    if look.role not in rule.recipients or not due or barred:
        return frozenset()
    return rule.fields.get(item.category, frozenset()) & frozenset(item.fields)


def answer(look: Look, item: Item, fields: frozenset[str], regimes: Regimes, quoted: Sequence[Decision]) -> Decision:
    """The listed fields, or no such thing."""
    opens = bool(fields) and all(one.outcome is Outcome.SHOW for one in quoted)
    outcome = Outcome.SHOW if fields == frozenset(item.fields) else Outcome.PART
    shown = in_order(item.category, fields) if opens else ()
    name = look.action.value
    ground = Ground(name, f"{name}.{item.category}", name, shown)
    episode = look.episode if rule_of(look).needs else None
    ends = moments.ends(episode.until, look.zone) if episode and episode.until else None
    return Decision(
        item=item.id,
        outcome=outcome if opens else Outcome.CONCEAL,
        profile=look.profile.name,
        version=look.profile.version,
        step="mandate",
        fields=shown,
        grounds=(ground,) if opens else (),
        duties=obligations.standing(look, item, regimes, quoted) if opens else frozenset(),
        until=ends if opens else None,
    )
