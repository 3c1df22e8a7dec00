"""When what opened something ends by its own facts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from mdt.sharing import emergencies, moments, releases
from mdt.sharing.bases import Permit, window_ends
from mdt.sharing.facts import Order, Release
from mdt.sharing.grammar import Alternative, BasisKind
from mdt.sharing.look import Look

BY_MINORITY = ("agency_custody", "caregiver", "parent_rights")
BY_EPISODE = ("missing", "named_officer", "alert_approved")


def until(permits: Iterable[Iterable[Permit]], look: Look) -> datetime | None:
    """The first instant at which, by what is known now, this is no longer open to the viewer.

    Between bodies of law the earliest end counts; within one, the longest-lived basis; each has one that opens it.
    """
    ends = [max(permit_ends(one, look) for one in group) for group in permits]
    member = look.facts.members[look.viewer]
    if member.until is not None:
        ends.append(moments.ends(member.until, look.zone))
    end = min(ends, default=moments.NEVER_ENDS)
    return None if end == moments.NEVER_ENDS else end


def permit_ends(permit: Permit, look: Look) -> datetime:
    """When this one basis ends, or NEVER_ENDS if nothing says so."""
    ends = [release_ends(one, look) for one in permit.releases]
    ends += order_ends(permit.order, look)
    if permit.emergency is not None:
        ends.append(emergencies.ends_at(permit.emergency, look))
    ends += lawful_ends(permit.alternative, look)
    return min(ends, default=moments.NEVER_ENDS)


def order_ends(order: Order | None, look: Look) -> list[datetime]:
    """When an order ends that a court has said the end of."""
    return [moments.begins(order.ended, look.zone)] if order is not None and order.ended is not None else []


def release_ends(release: Release, look: Look) -> datetime:
    """When a release ends by its own date, its longest life, a known event, or withdrawal ahead."""
    zone, asked = look.zone, releases.asked_of(release, look)
    ends = [moments.begins(one.at, zone) for one in release.revoked if not one.recipients]
    ends += [moments.ends(day, zone) for day in releases.events(asked)]
    dated = [releases.own_last_day(release), releases.last_day(release, asked.kind, look)]
    ends += [moments.ends(day, zone) for day in dated if day is not None]
    return min(ends, default=moments.NEVER_ENDS)


def lawful_ends(one: Alternative, look: Look) -> list[datetime]:
    """When what an alternative rests on ends: agreement, window, episode, minority."""
    zone = look.zone
    needs = look.profile.bases[one.types[0]].needs if one.kind is BasisKind.LAW else ()
    if not needs and one.when is None:
        return []
    days: list[moments.Moment | None] = []
    if "mou" in needs and look.org is not None:
        days.append(look.org.mou_until)
    if "window" in needs:
        days.append(window_ends(look))
    if ("missing" in needs or one.when in BY_EPISODE) and look.episode is not None:
        days.append(look.episode.until)
    ends = [moments.ends(day, zone) for day in days if day is not None]
    if one.when in BY_MINORITY:
        born = look.facts.case.youth.born
        ends.append(moments.begins(moments.birthday(born, look.profile.majority), zone))
    return ends
