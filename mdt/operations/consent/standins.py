"""Stand-in records: what a release would open can be shown without touching a real one.

For each kind that a release names there is one record that holds every field and says nothing. So a
preview is the same whether or not there is anything to see, and discloses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from mdt.models import Agency, db, new_id
from mdt.operations import views
from mdt.operations.access import Seat
from mdt.sharing import fields as catalog
from mdt.sharing import moments
from mdt.sharing.facts import Facts, Item, Org, Release, Restriction
from mdt.sharing.vocabulary import Category, Role


@dataclass(frozen=True, slots=True)
class Scene:
    """The facts of a case with stand-ins in it, and those stand-ins."""

    facts: Facts
    items: tuple[Item, ...]


def scene(seat: Seat, release: Release) -> Scene:
    """The facts of this case with a stand-in for everything that a release names, and of the objections those that the
    asker knows of: a preview of what a release does tells nobody who objects to whom."""
    facts, source = seat.case.facts, organisation(seat, release.discloser)
    items = _named(seat, release) or tuple(_stand_in(seat, release, category) for category in release.categories)
    orgs = facts.orgs if source is None else {**facts.orgs, source.id: source}
    every = {**facts.items, **{item.id: item for item in items}}
    return Scene(replace(facts, orgs=orgs, items=every, restrictions=_objections_known(seat)), items)


def _objections_known(seat: Seat) -> tuple[Restriction, ...]:
    """The lead's people and the young person know of them; of one against themselves nobody does."""
    if not seat.leads and seat.me.role is not Role.YT:
        return ()
    user = seat.case.facts.users.get(seat.me.id)
    mine = {seat.me.id, seat.me.agency_id, seat.me.role, user and user.person}
    return tuple(one for one in seat.case.facts.restrictions if one.against and mine.isdisjoint(one.against))


def organisation(seat: Seat, org_id: str) -> Org | None:
    """An organisation by its id, with a part in the case or not."""
    found = seat.case.facts.orgs.get(org_id)
    if found is None and (agency := db.session.get(Agency, org_id)):
        return agency.fact
    return found


def _named(seat: Seat, release: Release) -> tuple[Item, ...]:
    """The records that a release names one by one, of those its reader sees."""
    mine = views.look(seat).opened if release.items else {}
    return tuple(mine[name] for name in release.items or () if name in mine)


def _stand_in(seat: Seat, release: Release, category: Category) -> Item:
    zone = seat.zone
    recorded = release.data_period[0] if release.data_period else moments.day(release.signed_on or seat.at, zone)
    item_id = release.items[0] if release.items else new_id()
    return Item(
        id=item_id, category=category, source=release.discloser, fields=catalog.names_of(category), recorded=recorded
    )


__all__ = ["Scene", "organisation", "scene"]
