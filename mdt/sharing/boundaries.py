"""When to look again: every instant at which a fact of a case begins, ends or turns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from mdt.sharing import moments
from mdt.sharing.facts import Facts, Moment, Release
from mdt.sharing.profile import Profile

Turn = tuple[Moment | None, bool]
"""A moment, and whether it is its end that counts."""


def next_boundary(facts: Facts, at: datetime, profile: Profile) -> datetime | None:
    """The next instant (UTC) after `at` at which any decision of this case could change by itself;
    None if no known fact turns any more. What people do in between is another matter."""
    now = moments.instant(at)
    return min((one for one in _instants(facts, profile) if one > now), default=None)


def boundaries(facts: Facts, profile: Profile) -> tuple[datetime, ...]:
    """Every such instant (UTC), the first one first."""
    return tuple(sorted(set(_instants(facts, profile))))


def _instants(facts: Facts, profile: Profile) -> Iterator[datetime]:
    zone = facts.case.zone
    for moment, ends in _turns(facts, profile):
        if moment is not None:
            one = moments.ends(moment, zone) if ends else moments.begins(moment, zone)
            if one != moments.NEVER_ENDS:
                yield one
    yield from _emergencies(facts, profile)


def _turns(facts: Facts, profile: Profile) -> Iterator[Turn]:
    yield from _of_the_case(facts, profile)
    yield from _of_the_team(facts)
    for item in facts.items.values():
        yield item.sealed, False
    for release in facts.releases:
        yield from _of_a_release(facts, release, profile)
    for order in facts.orders:
        yield order.issued, False
        yield order.ended, False
    for restriction in facts.restrictions:
        yield restriction.on, False


def _of_the_case(facts: Facts, profile: Profile) -> Iterator[Turn]:
    case = facts.case
    yield moments.birthday(case.youth.born, profile.majority), False
    if not isinstance(case.youth.emancipated, bool):
        yield case.youth.emancipated, False
    yield case.good_cause_until, True
    days = profile.value("mdt_statute.window_days")
    if isinstance(days, int):
        yield moments.days_after(case.report_received or case.opened, days, case.zone), True
    for closed in case.closed:
        yield closed, True
    for episode in case.missing:
        yield episode.since, False
        yield episode.until, True
    for person in case.people.values():
        for flag in person.flags:
            yield flag.since, False
            yield flag.until, True


def _of_the_team(facts: Facts) -> Iterator[Turn]:
    for org in facts.orgs.values():
        yield org.mou_until, True
    for member in facts.members.values():
        yield member.since, False
        yield member.until, True
        if not isinstance(member.recused, bool):
            yield member.recused, False
    for user in facts.users.values():
        for spell in user.history:
            yield spell.until, True


def _of_a_release(facts: Facts, release: Release, profile: Profile) -> Iterator[Turn]:
    yield release.signed_on, False
    yield release.effective, False
    if not isinstance(release.expires, str):
        yield release.expires, True
    yield release.event_happened, True
    yield release.found_false, False
    for revocation in release.revoked:
        yield revocation.at, False
    kind = profile.releases.get(release.type)
    if kind and kind.longest_days is not None and release.signed_on is not None:
        last = moments.days_after(release.signed_on, kind.longest_days, facts.case.zone)
        yield last, True


def _emergencies(facts: Facts, profile: Profile) -> Iterator[datetime]:
    for emergency in facts.emergencies:
        yield moments.instant(emergency.at)
        yield moments.instant(emergency.at) + timedelta(minutes=profile.emergency.minutes)
