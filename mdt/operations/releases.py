"""Releases of information: what one opens before it is signed, recording it, and stopping it by any means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from mdt.models import Agency, Case, Release, db, new_id, now
from mdt.operations import views
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.team import Colleague, colleague, hides_its_clients, purpose_of
from mdt.sharing import facts as fact
from mdt.sharing import fields as catalog
from mdt.sharing.vocabulary import Category, Role

HOW = {"written": "in writing", "verbal": "by word of mouth", "phone": "by phone", "message": "by message"}
"""The means by which a release can be stopped: any."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A release as somebody with a part in it reads it."""

    id: str
    terms: fact.Release
    form: dict[str, Any]
    discloser: str
    recipients: tuple[str, ...]
    about: tuple[str, ...]
    ended: bool
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Change:
    """What a release, or its end, changes on whose screen."""

    person: Colleague
    titles: tuple[str, ...]


def draft(seat: Seat, *, type: str, discloser: str, recipients: Sequence[str], categories: Sequence[Category], **terms: Any) -> fact.Release:
    """A release as it would be, not signed before today."""
    today = seat.at.astimezone(seat.case.facts.case.zone).date()
    values: dict[str, Any] = {"signed_on": today} | terms
    return fact.Release(
        id=new_id(), type=type, discloser=discloser, recipients=tuple(recipients), categories=tuple(categories), **values
    )


def record(seat: Seat, release: fact.Release, *, form: Mapping[str, Any]) -> str:
    """Keep a signed release. Its elements are what the signed paper has; what is missing on it makes it void."""
    if not may_record(seat, release):
        raise Refused("Only the lead agency or the agency that gives the information records this release.", reason="not_ours", code=403)
    with recorded("release.recorded", by=seat.me, case=seat.id, release=release.id, type=release.type) as entry:
        case = db.session.get(Case, seat.id)
        db.session.add(Release(id=release.id, case=case, terms=release, form=dict(form), written_by=seat.me.id))
        entry["discloser"], entry["recipients"] = release.discloser, release.recipients
        entry["categories"] = release.categories
    return release.id


def revoke(seat: Seat, release_id: str, *, how: str, recipients: Sequence[str] = ()) -> None:
    """Stop a release from now on, for everybody or for some of its recipients."""
    with recorded("release.revoked", by=seat.me, case=seat.id, release=release_id, how=how, recipients=list(recipients)):
        kept = _row(seat, release_id)
        terms: fact.Release = kept.terms
        if how not in HOW or set(recipients) - set(terms.recipients):
            raise Refused("Say how it was stopped, and for whom.", reason="how", code=422)
        stop = fact.Revocation(at=now(), mode=how, recipients=tuple(recipients))
        kept.terms = replace(terms, revoked=(*terms.revoked, stop))


def find(seat: Seat, release_id: str) -> Kept:
    """A release this member may know of, or as if there were none."""
    return _kept(seat, _row(seat, release_id))


def known(seat: Seat) -> tuple[Kept, ...]:
    """The releases of this case that this member may know of, newest first."""
    rows = db.session.scalars(select(Release).where(Release.case_id == seat.id).order_by(Release.created_at.desc()))
    return tuple(_kept(seat, row) for row in rows if may_know(seat, row.terms))


def may_know(seat: Seat, release: fact.Release) -> bool:
    """Who gives, who gets, and the lead; where being a client is itself protected, not the lead as such."""
    mine = {seat.me.id, seat.me.agency_id}
    if release.discloser in mine or mine & set(release.recipients) or seat.me.role is Role.YT:
        return True
    return seat.leads and not hides_its_clients(seat.case.facts.orgs.get(release.discloser))


def may_record(seat: Seat, release: fact.Release) -> bool:
    return release.discloser == seat.me.agency_id or (
        seat.leads and not hides_its_clients(seat.case.facts.orgs.get(release.discloser))
    )


def gains(seat: Seat, release: fact.Release) -> tuple[Change, ...]:
    """Who would see what once this is signed, as far as the one who asks sees it."""
    after = replace(seat.case.facts, releases=(*seat.case.facts.releases, release))
    return _changes(seat, seat.case.facts, after)


def losses(seat: Seat, release_id: str) -> tuple[Change, ...]:
    """Who would no longer see what if this ended now."""
    kept = tuple(one for one in seat.case.facts.releases if one.id != release_id)
    return _changes(seat, replace(seat.case.facts, releases=kept), seat.case.facts)


def disclosers(seat: Seat) -> dict[str, str]:
    """The agencies whose information this member can record a release for."""
    if seat.me.agency_id and not seat.leads:
        return {seat.me.agency_id: seat.case.agency_names.get(seat.me.agency_id, "")}
    open_ones = select(Agency.id, Agency.name).where(Agency.vsp.is_(None), ~Agency.rhy).order_by(Agency.name)
    return {str(row.id): row.name for row in db.session.execute(open_ones)}


def names(ids: Sequence[str], seat: Seat) -> tuple[str, ...]:
    """Organisations and people by name, in this order."""
    agencies = {str(row.id): row.name for row in db.session.execute(select(Agency.id, Agency.name).where(Agency.id.in_(ids)))}
    return tuple(agencies.get(one) or seat.case.people_names.get(one, "somebody who left") for one in ids)


def _changes(seat: Seat, before: fact.Facts, after: fact.Facts) -> tuple[Change, ...]:
    mine = set(views.look(seat).opened)
    found = []
    for user in seat.case.facts.members:
        titles = _opened(seat, user, before, after, mine)
        if titles:
            found.append(Change(colleague(seat, user), titles))
    return tuple(found)


def _opened(seat: Seat, user: str, before: fact.Facts, after: fact.Facts, mine: set[str]) -> tuple[str, ...]:
    purpose = purpose_of(seat.case, user)
    old = {item.id: set(decision.fields) for item, decision in views.look_as(before, user, purpose, seat).items}
    new = views.look_as(after, user, purpose, seat).items
    more = {item.category for item, decision in new if item.id in mine and set(decision.fields) - old.get(item.id, set())}
    return tuple(entry.title for category, entry in catalog.CATEGORIES.items() if category in more)


def _row(seat: Seat, release_id: str) -> Release:
    row = db.session.get(Release, release_id)
    if row is None or row.case_id != seat.id or not may_know(seat, row.terms):
        raise not_there()
    return row


def _kept(seat: Seat, row: Release) -> Kept:
    terms: fact.Release = row.terms
    about = tuple(catalog.CATEGORIES[category].title for category in terms.categories)
    (discloser,) = names([terms.discloser], seat)
    ends = terms.expires if isinstance(terms.expires, date) else None
    stopped = any(not one.recipients for one in terms.revoked)
    today = seat.at.astimezone(seat.case.facts.case.zone).date()
    over = stopped or terms.event_happened is not None or (ends is not None and ends < today)
    return Kept(row.id, terms, row.form or {}, discloser, names(terms.recipients, seat), about, over, ends)
