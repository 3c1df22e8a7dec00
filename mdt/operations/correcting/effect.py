"""What a correction changes: for whom a record closes, and for whom it opens.

Asked of everybody on the team, for the purpose they are here for, and of a stand-in for each discipline: what
would open to somebody who comes tomorrow is an opening, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from mdt.models import Agency, db
from mdt.operations.access import Seat
from mdt.operations.team import purpose_of
from mdt.sharing.decide import decide
from mdt.sharing.facts import YOUTH, Facts, Item, Member, Org, User
from mdt.sharing.vocabulary import USUAL_PURPOSES, Purpose, Role

STAND_IN = "stand-in"


@dataclass(frozen=True, slots=True)
class Effect:
    """Who of the team reads less, who reads more; and whether anybody, here or to come, reads more."""

    less: tuple[str, ...]
    more: tuple[str, ...]
    widens: bool

    @property
    def mixed(self) -> bool:
        return self.widens and bool(self.less)


def of(seat: Seat, before: Item, after: Item, where: Mapping[str, str]) -> Effect:
    """What comes of reading `after` where `before` was. `where`: each old field's new one."""
    then, now = _world(seat, before, after.source), _world(seat, after, after.source)
    less, more, widens = [], [], False
    for viewer, purpose in _viewers(seat, then):
        had = _fields(seat, then, viewer, before.id, purpose)
        opened = _fields(seat, now, viewer, before.id, purpose)
        has = {name for name in before.fields if where[name] in opened}
        widens = widens or bool(has - had)
        if viewer in seat.case.facts.members:
            more += [viewer] if has - had else []
            less += [viewer] if had - has else []
    return Effect(tuple(less), tuple(more), widens)


def _fields(seat: Seat, world: Facts, viewer: str, item: str, purpose: Purpose) -> set[str]:
    return set(decide(world, viewer, item, purpose, seat.at, profile=seat.profile).fields)


def _world(seat: Seat, item: Item, source: str) -> Facts:
    """The facts with this record as said, a stand-in for each discipline, and one for the agency it is to come from."""
    facts = seat.case.facts
    roles = [role for role in Role if role is not Role.PM]
    orgs = {f"{STAND_IN}.{role}": _org(seat, role) for role in roles if role not in (Role.CG, Role.YT)}
    users = {f"{STAND_IN}.{role}": _user(role, orgs) for role in roles}
    known = {**facts.orgs, **({} if source in facts.orgs else _agency(source))}
    if source in known:
        name, role = f"{STAND_IN}.source", known[source].role
        users[name] = User(id=name, role=role, org=source, medical=role in (Role.HC, Role.BH))
    members = {name: Member(user=name, since=seat.at) for name in users}
    return replace(
        facts,
        orgs={**known, **orgs},
        users={**facts.users, **users},
        members={**facts.members, **members},
        items={**facts.items, item.id: item},
    )


def _agency(agency_id: str) -> dict[str, Org]:
    found = db.session.get(Agency, agency_id)
    return {agency_id: found.fact} if found else {}


def _org(seat: Seat, role: Role) -> Org:
    member = role in seat.profile.statutory_members
    return Org(id=f"{STAND_IN}.{role}", role=role, mou_until=date.max, statutory_member=member)


def _user(role: Role, orgs: Mapping[str, Org]) -> User:
    name = f"{STAND_IN}.{role}"
    return User(
        id=name, role=role, org=name if name in orgs else None, person=YOUTH if role is Role.YT else None,
        medical=role in (Role.HC, Role.BH),
    )  # fmt: skip


def _viewers(seat: Seat, world: Facts) -> Iterator[tuple[str, Purpose]]:
    for viewer, user in world.users.items():
        if viewer in seat.case.facts.members:
            yield viewer, purpose_of(seat.case, viewer)
        elif viewer in world.members:
            yield from ((viewer, purpose) for purpose in USUAL_PURPOSES[user.role])


__all__ = ["Effect", "of"]
