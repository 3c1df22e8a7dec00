"""The gate: who sits at the table of a case at all. For everybody else there is no such case."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from mdt.sharing.facts import YOUTH, Facts, Member, Person, User
from mdt.sharing.moments import begun, instant, running

CONFLICTS = ("suspected_offender", "associate")
FLAGS = (*CONFLICTS, "no_contact")


def admitted(facts: Facts, viewer: str, at: datetime) -> bool:
    """Whether this user is active, assigned to this case's team at `at` (aware), not recused, and
    not a suspected offender or an associate of one."""
    user, member = facts.users.get(viewer), facts.members.get(viewer)
    if user is None or member is None or user.active is not True:
        return False
    now, zone = instant(at), facts.case.zone
    assigned = begun(member.since, now, zone) and running(None, member.until, now, zone)
    return assigned and not _recused(member, now, zone) and not _in_conflict(facts, user, now, zone)


def _recused(member: Member, at: datetime, zone: ZoneInfo) -> bool:
    if isinstance(member.recused, bool):
        return member.recused
    return begun(member.recused, at, zone)


def _in_conflict(facts: Facts, user: User, at: datetime, zone: ZoneInfo) -> bool:
    if user.person in (None, YOUTH):
        return False
    return has_flag(facts.case.people[str(user.person)], CONFLICTS, at, zone)


def has_flag(person: Person, flags: Collection[str], at: datetime, zone: ZoneInfo) -> bool:
    """Whether one of these flags stands on this person at this instant.

    ValueError for a flag nobody knows: it may be the one that matters.
    """
    if any(one.flag not in FLAGS for one in person.flags):
        raise ValueError("a flag nobody knows")
    return any(one.flag in flags and running(one.since, one.until, at, zone) for one in person.flags)
