"""A release in words: what the paper says, how it stands, and what its reader may know of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from mdt.models import Agency, db
from mdt.operations.access import Seat
from mdt.operations.consent import standing
from mdt.operations.consent.kinds import WORDS
from mdt.operations.consent.knowing import has_rights, is_mine, recipients_known
from mdt.operations.consent.signing import SOMEBODY_ELSE, signer
from mdt.sharing import fields as catalog
from mdt.sharing.decide import look_at
from mdt.sharing.facts import Moment, Release
from mdt.sharing.moments import day
from mdt.sharing.profile import Profile, ReleaseType
from mdt.sharing.releases import CASE_CLOSED, NO_EXPIRY, last_day
from mdt.sharing.vocabulary import PURPOSE_WORDS

SOON_DAYS = 14
EVENTS: dict[str, str] = {CASE_CLOSED: "the case is closed", "school_year_end": "the school year ends"}
"""Events that a form offers as an end."""
HOW: dict[str, str] = {
    "verbal": "by word of mouth",
    "phone": "by phone",
    "message": "by message",
    "written": "in writing",
}
"""The means by which a release can be stopped: any."""
LABELS: dict[str, str] = {
    "HIV": "HIV", "STI": "infections from sex", "PREGNANCY": "pregnancy", "MEDICATION": "medication",
    "SUD_NOTES": "counseling notes",
}  # fmt: skip
ELEMENTS: dict[str, str] = {
    "subject": "It names the young person.",
    "discloser": "It names who may tell.",
    "recipient": "It names who may be told.",
    "description": "It says what may be told, not just “everything”.",
    "purpose": "It says what for.",
    "signature": "It is signed.",
    "date": "It has the day of signing on it.",
    "revocation": "It says that it can be stopped at any time, and how.",
    "redisclosure": "It says what may happen to what was told.",
    "not_conditioned": "It says that help does not depend on signing.",
    "authority": "It says by which right somebody else signs for the young person.",
    "copy_given": "Whoever signed has a copy of it.",
    "informed": "It was explained in their own language and words, with what could go wrong.",
}
"""Each element of a form as a sentence one can tick."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A withdrawal: when, how, and for whom; nobody named: for everybody."""

    at: Moment
    how: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a release stands now: active, waiting, stopped, ended or void; `words` only for those with rights to it."""

    state: str
    words: str
    days_left: int | None

    @property
    def over(self) -> bool:
        return self.state in ("stopped", "ended", "void")

    @property
    def lapsing(self) -> bool:
        return self.state == "active" and self.days_left is not None and self.days_left <= SOON_DAYS


@dataclass(frozen=True, slots=True)
class Sheet:
    """A release as its reader may read it, in words."""

    id: str
    type: str
    title: str
    formal: str
    discloser: str
    recipients: tuple[tuple[str, str], ...]
    about: tuple[str, ...]
    labels: tuple[str, ...]
    unnamed: tuple[str, ...]
    left_out: tuple[str, ...]
    items: int | None
    period: tuple[date, date] | None
    purposes: tuple[str, ...]
    effective: date | None
    ends_on: date | None
    ends_words: str
    longest: date | None
    signed_on: date | None
    signed_by: tuple[str, ...]
    by_youth: bool
    mode: str
    missing: tuple[str, ...]
    stops: tuple[Stop, ...]
    standing: Standing
    form: Mapping[str, Any]
    rights: bool
    event: bool

    @property
    def to(self) -> tuple[str, ...]:
        return tuple(words for _id, words in self.recipients)


def sheet(seat: Seat, release: Release, form: Mapping[str, Any], called: str) -> Sheet:
    """This release in words for this reader; `called` is what they may call the young person."""
    kind, rights = seat.profile.releases[release.type], has_rights(seat, release)
    told, last = recipients_known(seat, release), _last(seat, release, kind)
    names = dict(zip(told, recipient_words(seat, told), strict=True))
    return Sheet(
        id=release.id, type=release.type, title=WORDS.get(release.type, kind.title), formal=kind.title,
        discloser=name_of(seat, release.discloser), recipients=tuple(names.items()),
        about=tuple(entry.title for category, entry in catalog.CATEGORIES.items() if category in release.categories),
        labels=_label_words(release.labels), unnamed=_unnamed(release), left_out=_left_out(release),
        items=len(release.items) if release.items is not None else None, period=release.data_period,
        purposes=tuple(PURPOSE_WORDS[one] for one in release.purposes or ()),
        effective=_day(seat, release.effective), ends_on=release.expires if isinstance(release.expires, date) else None,
        ends_words=ends_words(release.expires), longest=last,
        signed_on=_day(seat, release.signed_on),
        signed_by=tuple(_signer(seat, one, called) for one in release.signed_by),
        by_youth="youth" in release.signed_by, mode=release.mode, missing=missing_words(release, kind, seat.profile),
        stops=tuple(_stops(release, names, rights)), standing=stands(seat, release, rights), form=form, rights=rights,
        event=_awaits_event(release),
    )  # fmt: skip


def stands(seat: Seat, release: Release, rights: bool) -> Standing:
    """How it stands now; for a mere recipient, as far as it concerns them."""
    code = _to_me(seat, release) if not rights else None
    code = code or standing.objection(seat, release)
    states = {None: "active", standing.NOBODY_YET: "waiting", "E_NOT_YET_EFFECTIVE": "waiting", "E_REVOKED": "stopped"}
    state = states.get(code, "ended" if code in standing.ENDED else "void")
    end = _ends(seat, release)
    left = (end - _today(seat)).days if end else None
    return Standing(state, standing.words(code) if rights else "", left)


def missing_words(release: Release, kind: ReleaseType, profile: Profile) -> tuple[str, ...]:
    """The sentences of the elements that are not on the paper."""
    return tuple(ELEMENTS.get(name, name) for name in kind.elements if name in release.missing)


def ends_words(expires: date | str | None) -> str:
    """An event as one would say it; empty for a date, and for no end."""
    if not isinstance(expires, str) or expires == NO_EXPIRY:
        return ""
    return EVENTS.get(expires, expires.replace("_", " "))


def name_of(seat: Seat, org_id: str) -> str:
    """An agency by name."""
    return names(seat, [org_id])[0]


def names(seat: Seat, ids: Sequence[str]) -> tuple[str, ...]:
    """Organisations and people by name, in this order."""
    missing = [one for one in ids if one not in seat.case.agency_names and one not in seat.case.people_names]
    rows = db.session.execute(select(Agency.id, Agency.name).where(Agency.id.in_(missing))) if missing else ()
    known = {**seat.case.people_names, **seat.case.agency_names, **{str(row.id): row.name for row in rows}}
    return tuple(known.get(one, "somebody who left") for one in ids)


def recipient_words(seat: Seat, ids: Sequence[str]) -> tuple[str, ...]:
    """Recipients by name; a person with their organisation."""
    users, agencies = seat.case.facts.users, seat.case.agency_names
    org = {one: agencies.get(users[one].org or "", "") for one in ids if one in users}
    return tuple(
        f"{name} of {org[one]}" if org.get(one) else name for one, name in zip(ids, names(seat, ids), strict=True)
    )


def _signer(seat: Seat, name: str, called: str) -> str:
    return "somebody else" if name == SOMEBODY_ELSE else signer(seat, name, called).words


def _label_words(labels: Iterable[str]) -> tuple[str, ...]:
    return tuple(LABELS.get(one, one.lower()) for one in labels)


def _unnamed(release: Release) -> tuple[str, ...]:
    """The sensitive parts of what is named that stay closed, because the form does not name them."""
    could = dict.fromkeys(label for one in release.categories for label in catalog.CATEGORIES[one].labels)
    return _label_words(one for one in could if one not in release.labels or one in release.excludes)


def _left_out(release: Release) -> tuple[str, ...]:
    fields = {field.name: field.label for one in release.categories for field in catalog.fields_of(one)}
    return tuple(fields[one] for one in release.excludes if one in fields)


def _stops(release: Release, named: Mapping[str, str], rights: bool) -> Iterable[Stop]:
    for one in release.revoked:
        told = tuple(named[recipient] for recipient in one.recipients if recipient in named)
        if told or not one.recipients:
            yield Stop(one.at, HOW.get(one.mode, one.mode), told)


def _to_me(seat: Seat, release: Release) -> str | None:
    """Whether it was stopped for this reader, though others go on."""
    stopped = {recipient for one in release.revoked for recipient in one.recipients}
    mine = [one for one in release.recipients if is_mine(seat, one)]
    return "E_REVOKED" if mine and set(mine) <= stopped else None


def _awaits_event(release: Release) -> bool:
    """Whether somebody has to say that the event has come: the closing of a case says so itself."""
    return bool(ends_words(release.expires)) and release.expires != CASE_CLOSED and release.event_happened is None


def _ends(seat: Seat, release: Release) -> date | None:
    """The last day: by its date, by what has happened, or by the longest life of its type, whichever is first."""
    own = release.expires if isinstance(release.expires, date) else _day(seat, release.event_happened)
    return min((one for one in (own, _last(seat, release, seat.profile.releases[release.type])) if one), default=None)


def _last(seat: Seat, release: Release, kind: ReleaseType) -> date | None:
    look = look_at(seat.case.facts, seat.me.id, seat.purpose, seat.at, seat.profile)
    return last_day(release, kind, look)


def _day(seat: Seat, moment: Moment | None) -> date | None:
    return None if moment is None else day(moment, seat.zone)


def _today(seat: Seat) -> date:
    return seat.today


__all__ = [
    "ELEMENTS",
    "EVENTS",
    "HOW",
    "LABELS",
    "Sheet",
    "Standing",
    "Stop",
    "name_of",
    "names",
    "recipient_words",
    "sheet",
]
