"""One of our releases as a FHIR Consent, R4 or R5.

An R4 Consent says `permit`, once, with its conditions. An R5 Consent decides `deny`, and its one provision is
the exception that permits: so R5's own examples read a provision, and whoever reads it otherwise opens
nothing. Neither says more than the release. What FHIR has no
element for stands in one extension; what makes the release narrower than its elements could be read
stands in a modifier extension too, so that a system which does not know it has to leave the Consent
alone. Nobody's name is in it but that of agencies and of the people at work who may be told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from html import escape
from typing import Any

from mdt.operations.fhir import words
from mdt.operations.fhir.words import Code, Limit, Version
from mdt.sharing.facts import AGENCY, YOUTH, Moment, Release, Revocation

UNSAID = "unsaid"
"""The release says nothing about an end."""
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What stands for whom: opaque identifiers for the young person and who signed, names for agencies and staff.

    `people` are the ids of recipients who are a person; every other recipient is an agency.
    """

    subject: str
    signers: Mapping[str, str]
    called: Mapping[str, str] = field(default_factory=dict)
    people: frozenset[str] = frozenset()
    title: str = "Release of information"
    statements: Sequence[str] = ()


def consent(release: Release, names: Names, version: Version, status: str) -> Json:
    """This release as a Consent. `status`: active, inactive, draft or entered-in-error."""
    common = {
        "resourceType": "Consent",
        "id": release.id,
        "text": _narrative(names),
        "extension": [_beside(release, names, version)],
        "modifierExtension": [_of(words.MODIFIER, "Code", one.value) for one in _limits(release, version)],
        "identifier": [{"system": words.RELEASE, "value": release.id}],
        "status": status,
        "category": [{"coding": [words.DISCLOSURE.coding]}],
    }
    own = _as_r4(release, names) if version is Version.R4 else _as_r5(release, names)
    filled: Json = _filled(common | own)
    return filled


def _as_r4(release: Release, names: Names) -> Json:
    return {
        "scope": {"coding": [words.PRIVACY.coding]},
        "patient": _subject(names),
        "dateTime": _said(release.signed_on),
        "performer": _signers(release, names),
        "organization": [_agency(release.discloser, names)],
        "policyRule": _law(release),
        "verification": [_verified(release)],
        "provision": {"type": "permit", "period": _period(release)} | _provision(release, names, "class"),
    }


def _as_r5(release: Release, names: Names) -> Json:
    discloser = [_agency(release.discloser, names)]
    return {
        "subject": _subject(names),
        "date": (_said(release.signed_on) or "")[:10],
        "period": _period(release),
        "grantor": _signers(release, names),
        "manager": discloser,
        "controller": discloser,
        "regulatoryBasis": [_law(release)],
        "verification": [_verified(release)],
        "decision": "deny",
        "provision": [_provision(release, names, "documentType")],
    }


def _provision(release: Release, names: Names, content: str) -> Json:
    """The one provision: to whom, about what, what for, from which time."""
    return {
        "actor": [_recipient(one, names) for one in reached(release)],
        "action": [{"coding": [words.DISCLOSE.coding]}],
        "securityLabel": [one.coding for one in _labels(release)],
        "purpose": [words.PURPOSES[one].coding for one in release.purposes or ()],
        content: [words.CATEGORIES[one].coding for one in release.categories],
        "dataPeriod": _data_period(release.data_period),
        "data": [_record(one) for one in release.items or ()],
    }


def reached(release: Release) -> tuple[str, ...]:
    """The recipients for whom it was not stopped."""
    stopped = {one for stop in release.revoked for one in stop.recipients}
    return tuple(one for one in release.recipients if one not in stopped)


def _labels(release: Release) -> Iterator[Code]:
    """The sensitivities that may pass: those of its categories, and the labels it names."""
    yield from (words.SENSITIVE[one] for one in release.categories if one in words.SENSITIVE)
    yield from map(words.label, release.labels)


def _limits(release: Release, version: Version) -> Iterator[Limit]:
    if version is Version.R5:
        yield Limit.PROVISION
    if release.excludes:
        yield Limit.EXCLUDES
    if reached(release) != release.recipients:
        yield Limit.STOPPED
    if isinstance(release.expires, str) and release.expires != "none":
        yield Limit.EVENT


def _beside(release: Release, names: Names, version: Version) -> Json:
    """What a Consent has no element for."""
    exact = release.signed_on if version is Version.R5 and isinstance(release.signed_on, datetime) else None
    parts = [
        _of("type", "Code", release.type),
        _of("mode", "Code", release.mode),
        _of("signed", "DateTime", _said(exact)),
        _of("ends", "String", UNSAID if release.expires is None else _event(release.expires)),
        _of("happened", "DateTime", _said(release.event_happened)),
        _of("false", "DateTime", _said(release.found_false)),
        _of("separate", "Boolean", release.separate),
        _of("conditioned", "Boolean", release.conditioned),
        *(_of("missing", "String", one) for one in release.missing),
        *(_of("excludes", "String", one) for one in release.excludes),
        *(_of("recipient", "String", one) for one in release.recipients if reached(release) != release.recipients),
        *(_of("names", "Code", name) for name in ("items", "purposes") if getattr(release, name) is not None),
        *map(_stop, release.revoked),
        *(_of("statement", "String", one) for one in names.statements),
    ]
    return {"url": words.EXTENSION, "extension": [one for one in parts if one]}


def _stop(stop: Revocation) -> Json:
    parts = [_of("at", "DateTime", _said(stop.at)), _of("mode", "Code", stop.mode)]
    return {"url": "stopped", "extension": [*parts, *(_of("for", "String", one) for one in stop.recipients)]}


def _of(url: str, kind: str, value: Any) -> Json:
    return {} if value is None else {"url": url, f"value{kind}": value}


def _event(expires: date | str) -> str | None:
    return expires if isinstance(expires, str) else None


def _period(release: Release) -> Json:
    end = None if isinstance(release.expires, str) else release.expires
    return {"start": _said(release.effective), "end": _said(end)}


def _data_period(period: tuple[date, date] | None) -> Json:
    """An open side is left out; where both are, the beginning of time stands for it."""
    if period is None:
        return {}
    first, last = period
    start = first.isoformat() if first > date.min or last == date.max else None
    return {"start": start, "end": last.isoformat() if last < date.max else None}


def _said(moment: Moment | None) -> str | None:
    """A day as a day, a time as an instant in UTC."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).isoformat()
    return moment.isoformat() if moment else None


def _subject(names: Names) -> Json:
    return {"type": "Patient", "identifier": {"system": words.SUBJECT, "value": names.subject}}


def _signers(release: Release, names: Names) -> list[Json]:
    kinds = {YOUTH: "Patient", AGENCY: "Organization"}
    return [
        {"type": kinds.get(one, "RelatedPerson"), "identifier": {"system": words.SIGNER, "value": names.signers[one]}}
        for one in release.signed_by
    ]


def _agency(org: str, names: Names) -> Json:
    return {
        "type": "Organization",
        "identifier": {"system": words.AGENCY, "value": org},
        "display": names.called.get(org),
    }


def _recipient(one: str, names: Names) -> Json:
    who = _agency(one, names)
    if one in names.people:
        who |= {"type": "Practitioner", "identifier": {"system": words.PERSON, "value": one}}
    return {"role": {"coding": [words.RECIPIENT.coding]}, "reference": who}


def _record(item: str) -> Json:
    return {"meaning": "instance", "reference": {"identifier": {"system": words.RECORD, "value": item}}}


def _law(release: Release) -> Json:
    return {"coding": [words.law(release.type).coding]}


def _verified(release: Release) -> Json:
    """Verified where somebody signed; what was only said is not."""
    return {"verified": bool(release.signed_on and release.signed_by) and release.mode != "verbal"}


def _narrative(names: Names) -> Json:
    said = "".join(f"<p>{escape(one)}</p>" for one in (names.title, *names.statements))
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{said}</div>'}


def _filled(value: Any) -> Any:
    """Without what is empty: FHIR knows no empty element."""
    if isinstance(value, dict):
        return {name: kept for name, one in value.items() if (kept := _filled(one)) not in (None, "", {}, [])}
    if isinstance(value, list):
        return [kept for one in value if (kept := _filled(one)) not in (None, "", {}, [])]
    return value


__all__ = ["UNSAID", "Names", "consent", "reached"]
