"""Releases of information: reading them, recording one, and stopping it by any means.

What one opens, who signs it and whether it counts is thought through in `consent`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from mdt.models import Agency, Arrival, Case, Release, db, new_id, now
from mdt.operations import ledger, requests, views
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.consent import held, knowing, sheets
from mdt.operations.consent.kinds import Kind, anywhere, kinds
from mdt.operations.consent.knowing import may_know
from mdt.operations.consent.sheets import HOW, Sheet
from mdt.sharing import facts as fact
from mdt.sharing.vocabulary import Category, Role


@dataclass(frozen=True, slots=True)
class Teller:
    """An agency that could tell, and the kinds of release there are for it. `here`: it has a part in this."""

    id: str
    name: str
    kinds: tuple[Kind, ...]
    here: bool


NO_TELLERS = (Role.SC, Role.PM)
"""Disciplines that hold nothing about a young person."""


def draft(
    seat: Seat, *, type: str, discloser: str, recipients: Sequence[str], categories: Sequence[Category],
    id: str | None = None, **terms: Any,
) -> fact.Release:  # fmt: skip
    """A release as it would be, signed today unless said otherwise."""
    values: dict[str, Any] = {"signed_on": seat.today} | terms
    return fact.Release(
        id=id or new_id(),
        type=type,
        discloser=discloser,
        recipients=tuple(recipients),
        categories=tuple(categories),
        **values,
    )


def record(seat: Seat, release: fact.Release, *, form: Mapping[str, Any], arrived: str | None = None) -> str:
    """Keep a signed release as the paper says it; what is missing on it makes it void. Its id.

    Recording the same one twice is recording it once. `arrived` is the consent from elsewhere that this
    completes. Refuses whoever does not keep this agency's
    releases, and recipients that nobody knows.
    """
    if not knowing.may_record(seat, release.discloser):
        raise Refused("Only the agency that gives the information records this release.", reason="not_ours", code=403)
    with recorded("release.recorded", by=seat.me, case=seat.id, release=release.id, type=release.type) as entry:
        kept = db.session.get(Release, release.id)
        if kept is not None:
            return _the_same(seat, kept)
        _check(seat, release.recipients)
        case = db.session.get(Case, seat.id)
        db.session.add(Release(id=release.id, case=case, terms=release, form=dict(form), written_by=seat.me.id))
        entry["discloser"], entry["recipients"] = release.discloser, release.recipients
        entry["categories"] = release.categories
        entry["answers"] = requests.answered_by(seat, release)
        if arrived:
            held.settled(seat, arrived, Arrival.KEPT, release.id, discloser=release.discloser)
            entry["consent"] = arrived
    return release.id


def revoke(
    seat: Seat, release_id: str, *, how: str, recipients: Sequence[str] = (), arrived: str | None = None
) -> None:
    """Stop a release from now on, for everybody or for some of its recipients. Stopping twice is stopping once.
    Whoever is only a recipient stops it for themselves and their agency, not for others.

    `arrived` is the consent from elsewhere that says so.
    """
    with recorded(
        "release.revoked", by=seat.me, case=seat.id, release=release_id, how=how, recipients=list(recipients)
    ) as entry:
        kept = _row(seat, release_id)
        terms: fact.Release = kept.terms
        if arrived:
            held.settled(seat, arrived, Arrival.STOPPED, release_id)
            entry["consent"] = arrived
        theirs = set(recipients) <= set(knowing.stoppable(seat, terms))
        if how not in HOW or not theirs or not (recipients or stops_for_all(seat, terms)):
            raise Refused("Say how it was stopped, and for whom.", reason="how", code=422)
        stop = fact.Revocation(at=now(), mode=how, recipients=_still_reached(terms, recipients))
        if not _stopped(terms) and (stop.recipients or not recipients):
            kept.terms = replace(terms, revoked=(*terms.revoked, stop))


def stops_for_all(seat: Seat, terms: fact.Release) -> bool:
    """Whether this member may stop it for everybody: whose consent it is, and who keeps the paper."""
    return knowing.has_rights(seat, terms)


def happened(seat: Seat, release_id: str) -> None:
    """What a release was to end with has happened; it ends with this day."""
    with recorded("release.ended", by=seat.me, case=seat.id, release=release_id):
        kept = _row(seat, release_id)
        terms: fact.Release = kept.terms
        if not knowing.has_rights(seat, terms) or not isinstance(terms.expires, str):
            raise not_there()
        kept.terms = replace(terms, event_happened=terms.event_happened or seat.today)


def read(seat: Seat, release_id: str, called: str) -> Sheet:
    """A release this member may know of, in words; or as if there were none. Recorded."""
    row = _row(seat, release_id)
    found = sheets.sheet(seat, row.terms, row.form or {}, called)
    _disclosed(seat, [row.id])
    return found


def read_all(seat: Seat, called: str) -> tuple[Sheet, ...]:
    """The releases of this case that this member may know of, what counts before what is over. Recorded."""
    rows = known(seat)
    found = [sheets.sheet(seat, row.terms, row.form or {}, called) for row in rows]
    _disclosed(seat, [row.id for row in rows])
    return tuple(sorted(found, key=lambda one: one.standing.over))


def find(seat: Seat, release_id: str) -> fact.Release:
    """The terms of a release this member may know of, or as if there were none."""
    terms: fact.Release = _row(seat, release_id).terms
    return terms


def recipients(seat: Seat, terms: fact.Release) -> list[tuple[str, str]]:
    """The recipients for whom this member may stop it: id and words; for who chooses, those still reached."""
    mine = knowing.stoppable(seat, terms)
    told = _still_reached(terms, mine) if stops_for_all(seat, terms) else mine
    return list(zip(told, sheets.recipient_words(seat, told), strict=True))


def again(seat: Seat, release_id: str) -> dict[str, str] | None:
    """What the form of a new release like this one begins with; None for whoever does not keep such releases."""
    return again_of(seat, find(seat, release_id))


def again_of(seat: Seat, terms: fact.Release) -> dict[str, str] | None:
    """The same, of a release that is at hand and that they may know of."""
    if not knowing.may_record(seat, terms.discloser):
        return None
    return {"discloser": terms.discloser, "type": terms.type, "like": terms.id}


def known(seat: Seat) -> tuple[Release, ...]:
    """The releases of this case that this member may know of, newest first."""
    rows = db.session.scalars(
        select(Release).where(Release.case_id == seat.id).order_by(Release.created_at.desc(), Release.id)
    )
    return tuple(row for row in rows if may_know(seat, row.terms))


def tellers(seat: Seat) -> tuple[Teller, ...]:
    """The agencies whose releases this member keeps, their own first, then those they know something from."""
    seen, found = views.look(seat), []
    for agency in db.session.scalars(select(Agency).where(Agency.role.not_in(NO_TELLERS)).order_by(Agency.name)):
        if knowing.may_record(seat, agency.id):
            here = agency.id in seen.sources or agency.id == seat.me.agency_id
            files = {item.category for item in seen.opened.values() if item.source == agency.id}
            files |= anywhere(seat.profile) if agency.id == seat.me.agency_id else set()
            found.append(Teller(agency.id, agency.name, kinds(seat.profile, agency.fact, files), here))
    own = seat.me.agency_id
    return tuple(sorted((one for one in found if one.kinds), key=lambda one: (one.id != own, not one.here, one.name)))


def kind(seat: Seat, discloser: str, type: str) -> tuple[str, Kind]:
    """This agency's name and this kind of release of it, if this member keeps such; or as if there were none."""
    for teller in tellers(seat):
        for one in teller.kinds:
            if (teller.id, one.type) == (discloser, type):
                return teller.name, one
    raise not_there()


def startable(seat: Seat) -> set[tuple[str, str]]:
    """Which releases this member could start: the agency that would tell, and the type."""
    return {(teller.id, one.type) for teller in tellers(seat) for one in teller.kinds}


def names(ids: Sequence[str], seat: Seat) -> tuple[str, ...]:
    """Organisations and people by name, in this order."""
    return sheets.names(seat, ids)


def disclosers(seat: Seat) -> dict[str, str]:
    """The agencies whose information this member can record a release for."""
    return {one.id: one.name for one in tellers(seat)}


def reachable(seat: Seat, discloser: str) -> dict[str, str]:
    """Every agency that a release could name as a recipient, by id: the public directory."""
    rows = db.session.execute(
        select(Agency.id, Agency.name)
        .where(Agency.role.not_in(NO_TELLERS), Agency.id != discloser)
        .order_by(Agency.name)
    )
    return {str(row.id): row.name for row in rows}


def _check(seat: Seat, recipients: Collection[str]) -> None:
    """Agencies, and people of this case; nobody else can be named."""
    agencies = set(db.session.scalars(select(Agency.id).where(Agency.id.in_(recipients))))
    people = {one for one in recipients if one in seat.case.facts.members}
    if not recipients or set(recipients) - agencies - people:
        raise Refused("Choose who may be told.", reason="recipients", code=422)


def _the_same(seat: Seat, kept: Release) -> str:
    if kept.case_id != seat.id or not may_know(seat, kept.terms):
        raise not_there()
    return kept.id


def _still_reached(terms: fact.Release, recipients: Iterable[str]) -> tuple[str, ...]:
    stopped = {one for stop in terms.revoked for one in stop.recipients}
    return tuple(one for one in recipients if one not in stopped)


def _stopped(terms: fact.Release) -> bool:
    return any(not one.recipients for one in terms.revoked)


def _row(seat: Seat, release_id: str) -> Release:
    row = db.session.get(Release, release_id)
    if row is None or row.case_id != seat.id or not may_know(seat, row.terms):
        raise not_there()
    return row


def _disclosed(seat: Seat, ids: Sequence[str]) -> None:
    """Write down that these were read, before they are shown."""
    ledger.submit("release.read", seat.id, seat.me.id, {"purpose": seat.purpose, "releases": list(ids)}).settle()


__all__ = [
    "HOW", "Sheet", "again", "again_of", "disclosers", "draft", "find", "happened", "kind", "known", "may_know",
    "names", "reachable", "startable", "read", "read_all", "recipients", "record", "revoke", "stops_for_all", "tellers",
]  # fmt: skip
