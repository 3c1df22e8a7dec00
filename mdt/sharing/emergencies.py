"""Breaking the glass: an hour, for whoever declared it, within limits that nothing lifts."""

from __future__ import annotations

from datetime import datetime, timedelta

from mdt.sharing.facts import Emergency, Item
from mdt.sharing.gate import admitted
from mdt.sharing.look import Look, organisation, role_then
from mdt.sharing.moments import instant
from mdt.sharing.profile import Basis
from mdt.sharing.regimes import Regimes
from mdt.sharing.vocabulary import Role

SCHOOL_EMERGENCY = "B9"


def serving(look: Look, item: Item, regimes: Regimes, basis: Basis) -> Emergency | None:
    """The emergency that serves this viewer for this item now, if one does."""
    return next(
        (
            one
            for one in look.facts.emergencies
            if in_force(one, look)
            and item.category in one.categories
            and _may_reach(one, look, item, regimes)
            and _serves(one, look, item, basis)
            and _declared_rightly(one, look)
        ),
        None,
    )


def ends_at(emergency: Emergency, look: Look) -> datetime:
    """The first instant at which it no longer serves: elapsed time, whatever the clocks do."""
    return instant(emergency.at) + timedelta(minutes=look.profile.emergency.minutes)


def in_force(emergency: Emergency, look: Look) -> bool:
    return instant(emergency.at) <= look.at < ends_at(emergency, look)


def _may_reach(emergency: Emergency, look: Look, item: Item, regimes: Regimes) -> bool:
    rule = look.profile.emergency
    if item.category in rule.never_categories or regimes.all & rule.never_regimes:
        return False
    return emergency.kind == "medical" or not regimes.all & rule.medical_only_regimes


def _serves(emergency: Emergency, look: Look, item: Item, basis: Basis) -> bool:
    """Whoever declared it; for a school emergency declared by the source school, every cell with it."""
    if emergency.by == look.viewer:
        return True
    declarer = look.facts.users.get(emergency.by)
    if declarer is None or basis.name != SCHOOL_EMERGENCY:
        return False
    school = organisation(declarer, instant(emergency.at), look.zone)
    return school == item.source and look.source(item).role is Role.ED


def _declared_rightly(emergency: Emergency, look: Look) -> bool:
    """By a member of the team whose discipline may; where its facts were asked for, they are not left blank."""
    declarer = look.facts.users[emergency.by]
    role = role_then(look.facts, declarer, emergency.at)
    able = role in look.profile.emergency.roles.get(emergency.kind, frozenset())
    trained = emergency.kind != "medical" or declarer.medical is True
    said = emergency.facts is None or bool(emergency.facts.strip())
    return able and trained and said and admitted(look.facts, emergency.by, emergency.at)
