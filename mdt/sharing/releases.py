"""Whether a signed release counts: the whole validation, check by check, in the contract's order.

One release must meet every check by itself; halves of two do not add up. The first check that fails
is the answer. What a later instruction or an objection takes away is in `restrictions`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mdt.sharing import codes, moments, signers
from mdt.sharing.facts import YOUTH, Item, Release
from mdt.sharing.look import Look, organisation
from mdt.sharing.profile import ReleaseType
from mdt.sharing.regimes import Regimes
from mdt.sharing.vocabulary import Category, Purpose, Regime, Role

CASE_CLOSED = "case_closed"
NO_EXPIRY = "none"
GENERAL = ("HIPAA", "MDT")
"""Types that open no psychotherapy notes and no Part 2 content."""
OWN_CATEGORY = {"PSY": Category.PSYNOTES, "CN": Category.SUD_P2}
"""A form that must be of a single category, and which."""
CARE_PURPOSES = (Purpose.TREAT, Purpose.CAREMGT)
CARE_ROLES = (Role.HC, Role.BH)


@dataclass(frozen=True, slots=True)
class Standing:
    """What came of a release: the first code that is true of it, or None, and it counts."""

    release: Release
    code: str | None

    @property
    def counts(self) -> bool:
        return self.code is None


@dataclass(frozen=True, slots=True)
class Asked:
    """One release, asked whether it opens one item to one look, for one body of law."""

    release: Release
    kind: ReleaseType
    item: Item
    look: Look
    regimes: Regimes
    regime: Regime | None = None
    youth_signs: bool = False

    def begun(self, moment: date | datetime) -> bool:
        return self.look.begun(moment)

    def over(self, moment: date | datetime) -> bool:
        return moments.over(moment, self.look.at, self.look.zone)


def standing(
    release: Release, item: Item, look: Look, regimes: Regimes,
    *, regime: Regime | None = None, youth_signs: bool = False,
) -> Standing:  # fmt: skip
    """Whether this release opens this item to this look. `regime` is the further body of law it is
    asked for (None: the item's own); `youth_signs`: the cell wants the youth's own signature."""
    kind = look.profile.releases[release.type]
    asked = Asked(release, kind, item, look, regimes, regime, youth_signs)
    return Standing(release, next((code for check in CHECKS if (code := check(asked))), None))


def in_force(release: Release, look: Look) -> bool:
    """Whether the form speaks now at all: signed, begun, not over, not withdrawn, not false."""
    if release.type not in look.profile.releases:
        return False
    asked = asked_of(release, look)
    return not any(check(asked) for check in TIMELY)


def asked_of(release: Release, look: Look) -> Asked:
    """A release asked about itself alone, about no item."""
    return Asked(release, look.profile.releases[release.type], _NO_ITEM, look, Regimes())


def names_viewer(release: Release, look: Look) -> bool:
    """Whether the viewer is a recipient: the current organisation, or the person named while they
    are still where they were on the day of signing."""
    if look.org is not None and look.org.id in release.recipients:
        return True
    if look.viewer not in release.recipients or release.signed_on is None:
        return False
    then = organisation(look.user, moments.begins(release.signed_on, look.zone), look.zone)
    return then == (look.org.id if look.org else None)


def _subject(asked: Asked) -> str | None:
    return "E_SUBJECT_MISMATCH" if asked.release.subject != asked.item.subject else None


def _active(asked: Asked) -> str | None:
    signed = asked.release.signed_on
    is_signed = signed is not None and bool(asked.release.signed_by) and asked.begun(signed)
    return None if is_signed else "E_NOT_ACTIVE"


def _effective(asked: Asked) -> str | None:
    effective = asked.release.effective
    return None if effective is None or asked.begun(effective) else "E_NOT_YET_EFFECTIVE"


def _date(asked: Asked) -> str | None:
    """Past its own date, or past the longest life of its type, counted from the signature."""
    expires = own_last_day(asked.release)
    own = expires is not None and asked.over(expires)
    last = last_day(asked.release, asked.kind, asked.look)
    return "E_EXPIRED_DATE" if own or (last is not None and asked.over(last)) else None


def own_last_day(release: Release) -> date | None:
    """The day or time written on it. ValueError for an end that is neither a day nor an event."""
    expires = release.expires
    if expires is None or (isinstance(expires, str) and expires[:1].isalpha()):
        return None
    if not isinstance(expires, date):
        raise ValueError("an end is a day or the name of an event")
    return expires


def last_day(release: Release, kind: ReleaseType, look: Look) -> date | None:
    """The last day a release of this type can count, whatever it says."""
    if kind.longest_days is None or release.signed_on is None:
        return None
    return moments.day(release.signed_on, look.zone) + timedelta(days=kind.longest_days)


def _event(asked: Asked) -> str | None:
    """An event is terminal, at the end of its day; a case that was reopened was closed all the same."""
    return "E_EXPIRED_EVENT" if any(asked.over(day) for day in events(asked)) else None


def events(asked: Asked) -> list[date | datetime]:
    """The events that end this release, whenever they fall."""
    release, expires = asked.release, asked.release.expires
    named = isinstance(expires, str) and expires != NO_EXPIRY
    found = [release.event_happened] if named and release.event_happened is not None else []
    if expires == CASE_CLOSED or asked.kind.ends_with_case:
        found += [day for day in asked.look.facts.case.closed if _after_signing(asked, day)]
    return found


def _after_signing(asked: Asked, closed: date) -> bool:
    signed = asked.release.signed_on
    return signed is not None and closed >= moments.day(signed, asked.look.zone)


def _revoked(asked: Asked) -> str | None:
    withdrawn = any(
        asked.begun(one.at) and (not one.recipients or _reaches(asked.look, one.recipients))
        for one in asked.release.revoked
    )
    return "E_REVOKED" if withdrawn else None


def _reaches(look: Look, recipients: tuple[str, ...]) -> bool:
    return look.is_among(recipients) or look.user.person in recipients


def _false(asked: Asked) -> str | None:
    found = asked.release.found_false
    return "E_FALSE" if found is not None and asked.begun(found) else None


def _elements(asked: Asked) -> str | None:
    """The first element the type asks for that is missing; one nobody knows is missing too."""
    left_out = set(asked.release.missing)
    unknown = sorted(left_out - asked.look.profile.elements)
    wanted = [*asked.kind.elements, *unknown]
    if asked.release.mode == "esign" and not asked.look.profile.esign_ok:
        left_out.add("signature")
    name = next((one for one in wanted if one in left_out), None)
    return f"{codes.MISSING_ELEMENT}:{name}" if name else None


def _conditioned(asked: Asked) -> str | None:
    return None if asked.release.conditioned is False else "E_CONDITIONED"


def _time_limit(asked: Asked) -> str | None:
    limited = asked.release.expires not in (None, NO_EXPIRY)
    return None if limited or asked.kind.expiry != "required" else "E_NO_TIME_LIMIT"


def _verbal(asked: Asked) -> str | None:
    written = asked.release.mode in ("written", "esign")
    allowed = written or asked.release.type in asked.look.profile.verbal_grants
    return None if allowed else "E_VERBAL_ONLY"


def _compound(asked: Asked) -> str | None:
    if asked.kind.separate != "single":
        return None
    own = OWN_CATEGORY.get(asked.release.type)
    alone = asked.release.separate is True and len(set(asked.release.categories)) == 1
    named = own is None or own in asked.release.categories
    return None if alone and named else "E_COMPOUND"


def _separate(asked: Asked) -> str | None:
    crowded = asked.kind.one_recipient and len(set(asked.release.recipients)) > 1
    combined = asked.kind.separate == "alone" and asked.release.separate is not True
    return "E_NOT_SEPARATE" if crowded or combined else None


def _signers(asked: Asked) -> str | None:
    wrong = signers.objection(signers.Signing(asked.look, asked.release, asked.kind, asked.item))
    unsigned = asked.youth_signs and YOUTH not in asked.release.signed_by
    found = [code for code in (wrong, "E_MINOR_SIGNATURE_REQUIRED" if unsigned else None) if code]
    return codes.first(found)


def _discloser(asked: Asked) -> str | None:
    return None if asked.release.discloser == asked.item.source else "E_DISCLOSER_MISMATCH"


def _recipient(asked: Asked) -> str | None:
    return None if names_viewer(asked.release, asked.look) else "E_RECIPIENT_MISMATCH"


def covers(release: Release, item: Item) -> bool:
    """Whether the form names the item's own category and, where it names items, the item."""
    named = release.items is None or item.id in release.items
    return item.category in release.categories and named


def _category(asked: Asked) -> str | None:
    return None if covers(asked.release, asked.item) else "E_CATEGORY_NOT_COVERED"


def _sensitivity(asked: Asked) -> str | None:
    """Every label named and none carved out; and a general form opens nothing that needs its own."""
    named = set(asked.release.labels) - set(asked.release.excludes)
    general = asked.release.type in GENERAL and needs_its_own(asked.item, asked.regimes, asked.regime)
    return "E_SENSITIVITY_NOT_NAMED" if general or asked.regimes.labels - named else None


def needs_its_own(item: Item, regimes: Regimes, regime: Regime | None) -> bool:
    """Psychotherapy notes, and Part 2 content where it is Part 2 that has to be satisfied."""
    part2 = regime is Regime.PART2 or (regime is None and Regime.PART2 in regimes.own)
    return part2 or item.category is Category.PSYNOTES


def _data_period(asked: Asked) -> str | None:
    if asked.release.data_period is None:
        return None
    first, last = asked.release.data_period
    recorded = asked.item.recorded
    inside = recorded is not None and first <= recorded <= last
    return None if inside else "E_DATA_PERIOD"


def _purpose(asked: Asked) -> str | None:
    """Named, or any; to count without names is never a purpose to read an item for."""
    purpose, named = asked.look.purpose, asked.release.purposes
    meant = purpose is not Purpose.AGGREGATE and (named is None or purpose in named)
    return None if meant else "E_PURPOSE_MISMATCH"


def _care_only(asked: Asked) -> str | None:
    if asked.release.type != "TPO":
        return None
    discloser = asked.look.facts.orgs.get(asked.release.discloser)
    between = asked.look.role in CARE_ROLES and discloser is not None and discloser.role in CARE_ROLES
    return None if between and asked.look.purpose in CARE_PURPOSES else "E_TPO_ONLY"


Check = Callable[[Asked], str | None]
TIMELY: tuple[Check, ...] = (_active, _effective, _date, _event, _revoked, _false)
ON_ITS_FACE: tuple[Check, ...] = (
    *TIMELY, _elements, _conditioned, _time_limit, _verbal, _compound, _separate,
)  # fmt: skip
"""What is true of the form whatever item it is asked about; and but for a withdrawal that names recipients, whoever
asks."""
IN_SCOPE: tuple[Check, ...] = (_category, _sensitivity, _data_period, _purpose, _care_only)
"""What is asked of a form that stands, of this discloser and to this recipient."""
signatures = _signers
CHECKS: tuple[Check, ...] = (_subject, *ON_ITS_FACE, _signers, _discloser, _recipient, *IN_SCOPE)
_NO_ITEM = Item(id="", category=Category.ID, source="", fields=())
