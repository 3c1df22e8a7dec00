"""One look: who looks at this case, when, why and in which way. What is true of the viewer is
worked out once here and shared by every item of a view."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mdt.sharing.facts import (
    YOUTH,
    Facts,
    Item,
    Missing,
    Moment,
    Org,
    Person,
    Release,
    User,
)
from mdt.sharing.gate import admitted, has_flag
from mdt.sharing.grammar import Cell
from mdt.sharing.moments import begins, begun, birthday, ends, instant, running
from mdt.sharing.profile import Profile
from mdt.sharing.vocabulary import Action, Category, Purpose, Role

if TYPE_CHECKING:
    from mdt.sharing.decide import Decision


@dataclass(kw_only=True)
class Look:
    """A viewer, a purpose, an action and an instant (in UTC) at one case under one profile."""

    facts: Facts
    viewer: str
    purpose: Purpose
    at: datetime
    profile: Profile
    action: Action = Action.VIEW
    settled: dict[str, Decision] = field(default_factory=dict)
    """Items already decided in this look."""
    asking: set[str] = field(default_factory=set)
    """Items that were begun: a quote that comes back to one that is not settled is unreadable."""

    @cached_property
    def zone(self) -> ZoneInfo:
        return self.facts.case.zone

    @cached_property
    def admitted(self) -> bool:
        """Whether the viewer sits at this table at all."""
        return admitted(self.facts, self.viewer, self.at)

    @cached_property
    def barred(self) -> bool:
        """Whether a flag bars the viewer from receiving anything."""
        flags = self.profile.barred_flags
        return self.person is not None and flagged(self, self.person, flags, self.at)

    @cached_property
    def user(self) -> User:
        return self.facts.users[self.viewer]

    @cached_property
    def org(self) -> Org | None:
        """The organisation the viewer belongs to at this instant. KeyError: one nobody knows."""
        name = organisation(self.user, self.at, self.zone)
        return None if name is None else self.facts.orgs[name]

    @cached_property
    def role(self) -> Role:
        """The discipline the viewer acts in now: where they moved, that of the place they moved to."""
        org = self.org
        return self.user.role if org is None or org.id == self.user.org else org.role

    @cached_property
    def person(self) -> Person | None:
        """The person of the case behind a caregiver's account; None for the youth and for staff."""
        name = self.user.person
        return None if name in (None, YOUTH) else self.facts.case.people[str(name)]

    @cached_property
    def is_youth(self) -> bool:
        return self.user.person == YOUTH

    @cached_property
    def adult(self) -> bool:
        return adult(self, self.at)

    @cached_property
    def episode(self) -> Missing | None:
        """The missing episode that is running, if one is."""
        spells = self.facts.case.missing
        return next((one for one in spells if self.running(one.since, one.until)), None)

    @cached_property
    def releases(self) -> dict[str, list[Release]]:
        """The releases of this case by type."""
        found: dict[str, list[Release]] = {}
        for release in self.facts.releases:
            found.setdefault(release.type, []).append(release)
        return found

    @cached_property
    def is_restricted(self) -> bool:
        """Whether anybody objected to anything, or carved something out of a release."""
        return bool(self.facts.restrictions) or any(one.excludes for one in self.facts.releases)

    def running(self, since: Moment | None, until: Moment | None) -> bool:
        return running(since, until, self.at, self.zone)

    def begun(self, moment: Moment) -> bool:
        return begun(moment, self.at, self.zone)

    def cell(self, category: Category) -> Cell:
        """The viewer's cell in this row of the matrix."""
        return self.profile.cell(category, self.role)

    def is_source(self, item: Item) -> bool:
        """Whether the viewer's current organisation originated the item."""
        return self.org is not None and self.org.id == item.source

    def source(self, item: Item) -> Org:
        """The organisation that originated the item. KeyError: one nobody knows, so it refuses."""
        return self.facts.orgs[item.source]

    def is_among(self, names: Collection[str]) -> bool:
        """Whether the viewer, or their current organisation, is named here."""
        return self.viewer in names or (self.org is not None and self.org.id in names)


def organisation(user: User, at: datetime, zone: ZoneInfo) -> str | None:
    """Where a user worked at this instant: the first earlier place not yet over, else the present one."""
    spells = sorted(user.history, key=lambda spell: ends(spell.until, zone))
    return next((one.org for one in spells if running(None, one.until, at, zone)), user.org)


def role_then(facts: Facts, user: User, at: datetime) -> Role:
    """The discipline a user acted in at this instant (aware), as `Look.role` says it of now."""
    name = organisation(user, instant(at), facts.case.zone)
    return user.role if name == user.org else facts.orgs[str(name)].role


def adult(look: Look, at: datetime) -> bool:
    """Whether the young person has reached majority, or is emancipated, at this instant."""
    youth = look.facts.case.youth
    if youth.emancipated is True:
        return True
    came = birthday(youth.born, look.profile.majority)
    if begins(came, look.zone) <= at:
        return True
    return youth.emancipated is not False and begins(youth.emancipated, look.zone) <= at


def flagged(look: Look, person: Person, flags: Collection[str], at: datetime) -> bool:
    """Whether one of these flags stands on this person at this instant."""
    return has_flag(person, flags, at, look.zone)
