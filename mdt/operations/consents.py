"""FHIR Consents of a case: one of our releases out; what arrived from elsewhere, held for a person.

What arrives is never in force. It becomes a release when a person has seen the paper and completes the
ordinary form; it can stop a release of ours, and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from mdt.models import Agency, Arrival, Case, HeldConsent, User, db
from mdt.models.sealing import tag_of
from mdt.operations import ledger, releases, team, views
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.consent import held, knowing, sheets
from mdt.operations.consent.kinds import Kind, statements
from mdt.operations.consent.signing import SOMEBODY_ELSE, signer
from mdt.operations.fhir import reading, strict, writing
from mdt.operations.fhir.paper import Place
from mdt.operations.fhir.reading import Reading, Says
from mdt.operations.fhir.terms import Known
from mdt.operations.fhir.words import Version
from mdt.sharing import fields as catalog
from mdt.sharing.facts import AGENCY, YOUTH, Release, Revocation
from mdt.sharing.moments import begins, day
from mdt.sharing.releases import NO_EXPIRY
from mdt.sharing.vocabulary import PURPOSE_WORDS

AT_MOST = 20
"""How many may wait in one case for the same people, before some are dealt with."""
STATUS = {"active": "active", "waiting": "active", "stopped": "inactive", "ended": "inactive", "void": "inactive"}
CONTEXT = "fhir consent"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One that waits, in a list."""

    id: str
    agency: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Arrived:
    """What arrived, as far as it could be read, in words for this reader. None of it is in force."""

    id: str
    discloser_id: str
    discloser: str
    by: str
    at: datetime
    version: Version
    says: Says
    status: str
    to: tuple[str, ...]
    about: tuple[str, ...]
    labels: tuple[str, ...]
    purposes: tuple[str, ...]
    until: str
    ends_on: date | None
    signed_on: date | None
    signed_by: tuple[str, ...]
    places: tuple[Place, ...]
    type: str | None
    ours: str | None
    """The release of ours that it is, if the reader may know of one by its identifier."""
    stops: bool
    """Whether it says that that release has ended, and it goes on here."""


def receive(seat: Seat, file: bytes, *, discloser: str, id: str) -> str:
    """Hold a Consent from elsewhere for whoever keeps this agency's releases. Its id.

    Raises strict.Damaged for a file that is none. The same one sent twice is held once.
    """
    if not knowing.may_record(seat, discloser) or discloser not in releases.disclosers(seat):
        raise not_there()
    consent, version = strict.taken_in(file)
    with recorded("consent.received", by=seat.me, case=seat.id, consent=id, discloser=discloser, version=version):
        kept = db.session.get(HeldConsent, id)
        if kept is not None:
            return held.find(seat, id).id
        if len(held.waiting(seat)) >= AT_MOST:
            raise Refused("Many consents wait here already. Deal with some of them first.", reason="many", code=422)
        paper = {"discloser": discloser, "consent": consent, "version": version.value}
        db.session.add(HeldConsent(id=id, case=db.session.get(Case, seat.id), paper=paper, received_by=seat.me.id))
    return id


def waiting(seat: Seat) -> tuple[Waiting, ...]:
    """Those that wait for this member. Nothing of what they say."""
    return tuple(
        Waiting(row.id, sheets.name_of(seat, row.paper["discloser"]), _by(row), row.arrived_at)
        for row in held.waiting(seat)
    )


def read(seat: Seat, consent_id: str, called: str) -> Arrived:
    """One that waits, in words. Recorded."""
    row = held.find(seat, consent_id)
    found = _arrived(seat, row, _reading(seat, row), called)
    ledger.submit("consent.read", seat.id, seat.me.id, {"purpose": seat.purpose, "consent": row.id}).settle()
    return found


def put_away(seat: Seat, consent_id: str) -> None:
    """It is not taken over. What it says is forgotten."""
    with recorded("consent.put_away", by=seat.me, case=seat.id, consent=consent_id):
        held.settled(seat, consent_id, Arrival.PUT_AWAY)


def stop(seat: Seat, consent_id: str) -> str:
    """Stop the release of ours that it says has ended, at once and for everybody. The release's id."""
    row = held.find(seat, consent_id)
    ours = _ours(seat, _reading(seat, row))
    if ours is None or not _ends_it(seat, ours, _reading(seat, row)):
        raise not_there()
    releases.revoke(seat, ours.id, how="written", arrived=consent_id)
    return ours.id


def begun(seat: Seat, consent_id: str, discloser: str, kind: Kind) -> dict[str, Any]:
    """What the form of a new release begins with, from a consent that waits; only what was read for sure.

    An end that was not read is left open, so that a person writes it.
    """
    row = held.find(seat, consent_id)
    if row.paper["discloser"] != discloser:
        raise not_there()
    terms = _reading(seat, row).terms
    first, last = terms["data_period"] or (date.min, date.max)
    expires = terms["expires"]
    return {
        "recipients": list(terms["recipients"]), "recipient": next(iter(terms["recipients"]), None),
        "categories": [one.value for one in terms["categories"] if one in kind.categories],
        "labels": list(terms["labels"]), "excludes": list(terms["excludes"]), "records": list(terms["items"] or ()),
        "purposes": [one.value for one in terms["purposes"] or ()], "ends": _ends(expires),
        "ends_on": expires if isinstance(expires, date) else None, "effective": _from(seat, terms["effective"]),
        "first_on": first if first > date.min else None, "last_on": last if last < date.max else None,
    }  # fmt: skip


def written(seat: Seat, release_id: str, version: Version) -> bytes:
    """A release this member may know of, as a FHIR Consent of what they may know of it. Recorded before it leaves."""
    release = _as_known(seat, releases.find(seat, release_id))
    consent = writing.consent(release, _names(seat, release), version, _status(seat, release))
    ledger.submit(
        "release.exported", seat.id, seat.me.id, {"purpose": seat.purpose, "release": release.id, "format": version}
    ).settle()
    return json.dumps(consent, ensure_ascii=False, indent=2).encode()


def _as_known(seat: Seat, release: Release) -> Release:
    """What this reader may know of it: to a mere recipient, neither the others nor what is wrong with the paper."""
    if knowing.has_rights(seat, release):
        return release
    told = knowing.recipients_known(seat, release)
    stops = (
        Revocation(at=one.at, mode=one.mode, recipients=kept)
        for one in release.revoked
        if (kept := tuple(who for who in one.recipients if who in told)) or not one.recipients
    )
    return replace(release, recipients=told, revoked=tuple(stops), missing=(), conditioned=False, found_false=None)


def _status(seat: Seat, release: Release) -> str:
    if release.signed_on is None or not release.signed_by:
        return "draft"
    if release.found_false is not None:
        return "entered-in-error"
    kept = releases.find(seat, release.id)
    return STATUS[sheets.stands(seat, kept, knowing.has_rights(seat, kept)).state]


def _names(seat: Seat, release: Release) -> writing.Names:
    who = (release.discloser, *release.recipients)
    agencies = set(db.session.scalars(select(Agency.id).where(Agency.id.in_(who))))
    return writing.Names(
        subject=_opaque(seat, release.discloser, release.subject),
        signers={name: _opaque(seat, release.discloser, f"signer:{name}") for name in _signers(seat, release)},
        called=dict(zip(who, sheets.names(seat, who), strict=True)),
        people=frozenset(one for one in release.recipients if one not in agencies),
        title=seat.profile.releases[release.type].title,
        statements=statements(seat.profile, release.type),
    )


def _opaque(seat: Seat, discloser: str, what: str) -> str:
    """A mark that is the same in every Consent of this agency about this case, and tells nothing elsewhere."""
    return tag_of(f"{seat.id}:{discloser}:{what}".encode(), CONTEXT)[:32]


def _signers(seat: Seat, release: Release | None = None) -> tuple[str, ...]:
    named = release.signed_by if release else ()
    return tuple(dict.fromkeys((YOUTH, AGENCY, SOMEBODY_ELSE, *seat.case.facts.case.people, *named)))


def _reading(seat: Seat, row: HeldConsent) -> Reading:
    paper: Mapping[str, Any] = row.paper
    return reading.read(paper["consent"], Version(paper["version"]), _known(seat, paper["discloser"]))


def _known(seat: Seat, discloser: str) -> Known:
    people = team.colleagues(seat, views.look(seat).sources)
    return Known(
        subjects={_opaque(seat, discloser, YOUTH): YOUTH},
        signers={_opaque(seat, discloser, f"signer:{name}"): name for name in _signers(seat)},
        agencies=frozenset(releases.reachable(seat, discloser)) | {discloser},
        people=frozenset(one.id for one in people),
        types=frozenset(seat.profile.releases),
    )


def _arrived(seat: Seat, row: HeldConsent, found: Reading, called: str) -> Arrived:
    discloser, terms, claims = row.paper["discloser"], found.terms, found.claims
    ours = _ours(seat, found)
    expires = terms["expires"]
    return Arrived(
        id=row.id, discloser_id=discloser, discloser=sheets.name_of(seat, discloser), by=_by(row), at=row.arrived_at,
        version=found.version, says=found.says, status=found.status,
        to=(*sheets.recipient_words(seat, terms["recipients"]), *(f"“{one}”" for one in found.strangers)),
        about=tuple(entry.title for one, entry in catalog.CATEGORIES.items() if one in terms["categories"]),
        labels=tuple(sheets.LABELS.get(one, one.lower()) for one in terms["labels"]),
        purposes=_purposes(found),
        until=sheets.ends_words(expires), ends_on=expires if isinstance(expires, date) else None,
        signed_on=_day(seat, claims["signed_on"]),
        signed_by=tuple(
            "somebody else" if one == SOMEBODY_ELSE else signer(seat, one, called).words for one in claims["signed_by"]
        ),
        places=(*found.places, *_elsewhere(found, discloser)), type=found.type,
        ours=ours.id if ours else None, stops=ours is not None and _ends_it(seat, ours, found),
    )  # fmt: skip


def _purposes(found: Reading) -> tuple[str, ...]:
    """What for, in words; a release of ours that names no purpose is for any."""
    named = found.terms["purposes"]
    if named is None and not any(one.path.endswith("purpose") for one in found.places):
        return ("do what is needed",)
    return tuple(PURPOSE_WORDS[one] for one in named or ())


def _elsewhere(found: Reading, discloser: str) -> tuple[Place, ...]:
    """It names another agency as who would tell than the one it was brought to."""
    if found.discloser in (None, discloser):
        return ()
    name = "organization" if found.version is Version.R4 else "manager"
    return (Place(f"Consent.{name}", "It names another agency here as the one that would tell."),)


def _ours(seat: Seat, found: Reading) -> Release | None:
    """The release with its identifier, if this member may know of it; else as if there were none."""
    return next((row.terms for row in releases.known(seat) if row.id == found.id), None)


def _ends_it(seat: Seat, ours: Release, found: Reading) -> bool:
    return found.says is Says.OVER and sheets.stands(seat, ours, knowing.has_rights(seat, ours)).state in (
        "active",
        "waiting",
    )


def _by(row: HeldConsent) -> str:
    who = db.session.get(User, row.received_by)
    return who.name if who else "somebody who left"


def _ends(expires: date | str | None) -> str | None:
    if isinstance(expires, date):
        return "day"
    return "none" if expires == NO_EXPIRY else expires


def _from(seat: Seat, effective: date | datetime | None) -> date | None:
    """The first whole day: a form counts days, and none may come too early."""
    if not isinstance(effective, datetime):
        return effective
    on = day(effective, seat.zone)
    return on if begins(on, seat.zone) == effective else on + timedelta(days=1)


def _day(seat: Seat, moment: date | datetime | None) -> date | None:
    return None if moment is None else day(moment, seat.zone)


__all__ = ["Arrived", "Waiting", "begun", "put_away", "read", "receive", "stop", "waiting", "written"]
