"""Who may sign a release for this young person, at signing and now.

`custody` says who stands beside a parent or guardian with rights: the agency where it has custody
(never for a school record), the youth where the youth decides. A signature without authority counts
for nothing: it neither helps nor harms where the others suffice. A suspect suspends what they signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from mdt.sharing import moments
from mdt.sharing.facts import AGENCY, YOUTH, Item, Person, Release
from mdt.sharing.look import Look, adult, flagged
from mdt.sharing.profile import ReleaseType
from mdt.sharing.vocabulary import Category, Regime

SERVICES = {"HIV": "sti", "STI": "sti", "PREGNANCY": "pregnancy"}
"""Which service of `minor_consent` a label speaks of."""
MENTAL_HEALTH = (Category.BEHAVIORAL, Category.PSYNOTES)


@dataclass(frozen=True, slots=True)
class Signing:
    """One release as signed, asked about one item."""

    look: Look
    release: Release
    kind: ReleaseType
    item: Item

    @property
    def on(self) -> date | datetime:
        assert self.release.signed_on is not None
        return self.release.signed_on

    @property
    def as_adult(self) -> bool:
        return adult(self.look, moments.begins(self.on, self.look.zone))

    @property
    def by_youth(self) -> bool:
        return YOUTH in self.release.signed_by

    @property
    def others(self) -> tuple[str, ...]:
        return tuple(name for name in self.release.signed_by if name != YOUTH)


def objection(signing: Signing) -> str | None:
    """The first code that is true of the signatures, or None if they suffice."""
    if not _suffice(signing):
        return _what_is_wrong(signing)
    if _lapses(signing):
        return "E_AGED_OUT"
    return "E_SIGNER_CONFLICT" if _suspended(signing) else None


def _what_is_wrong(signing: Signing) -> str:
    representatives = _representatives(signing)
    if signing.as_adult or len(representatives) < len(signing.others):
        return "E_SIGNER_NO_AUTHORITY"
    if representatives and signing.look.adult:
        return "E_AGED_OUT"
    if any(_barred(signing, name) for name in representatives):
        return "E_SIGNER_CONFLICT"
    return "E_PARENT_SIGNATURE_REQUIRED" if signing.by_youth else "E_MINOR_SIGNATURE_REQUIRED"


def _suffice(signing: Signing) -> bool:
    """Whether those who signed, and may, were at signing those who sign a form of this type."""
    by_youth, by_another = signing.by_youth, bool(_unbarred(signing))
    if signing.as_adult:
        return by_youth
    match signing.kind.signers:
        case "youth":
            return by_youth
        case "parent":
            return by_another
        case "guardian":
            return _for_guardians(signing, by_youth, by_another)
        case "both":
            return by_youth and (by_another or _served_alone(signing))
        case "sud":
            return by_youth and (by_another or _treated_alone(signing))
    return False


def _for_guardians(signing: Signing, by_youth: bool, by_another: bool) -> bool:
    """A representative signs; for a service the youth consented to alone, the youth."""
    if signing.item.consented_by == YOUTH:
        return by_youth
    alone = signing.look.facts.case.custody == YOUTH or _obtained_alone(signing)
    return by_another or (by_youth and alone)


def _lapses(signing: Signing) -> bool:
    """At majority what a parent or agency signed or co-signed is over, where it was theirs to sign."""
    return signing.look.adult and bool(_entitled(signing))


def _suspended(signing: Signing) -> bool:
    """Whoever is barred suspends what was theirs to sign, whoever else signed it."""
    return any(_barred(signing, name) for name in _entitled(signing))


def _entitled(signing: Signing) -> list[str]:
    """Those beside the youth whose signature this form can have: of an adult nobody's, and where
    the youth signs alone nobody's."""
    theirs = not signing.as_adult and signing.kind.signers != "youth"
    return _representatives(signing) if theirs else []


def _unbarred(signing: Signing) -> list[str]:
    return [name for name in _representatives(signing) if not _barred(signing, name)]


def _representatives(signing: Signing) -> list[str]:
    return [name for name in signing.others if _may_represent(signing, name)]


def _may_represent(signing: Signing, name: str) -> bool:
    """A parent or guardian with rights; the agency where it has custody, but not for a school record."""
    case = signing.look.facts.case
    if name == AGENCY:
        return case.custody == AGENCY and signing.kind.signers != "parent"
    person = case.people.get(name)
    return person is not None and person.relation in ("parent", "guardian") and person.rights is True


def _barred(signing: Signing, name: str) -> bool:
    person = signing.look.facts.case.people.get(name)
    return person is not None and barred_signer(signing.look, person, signing.on)


def barred_signer(look: Look, person: Person, on: date | datetime) -> bool:
    """Whether a flag bars this signer now, or has barred them at any time on the day of signing."""
    flags, zone = look.profile.barred_flags, look.zone
    if flagged(look, person, flags, look.at):
        return True
    first, last = moments.begins(on, zone), moments.ends(on, zone)
    return any(
        one.flag in flags
        and (one.since is None or moments.begins(one.since, zone) < min(last, look.at))
        and (one.until is None or moments.ends(one.until, zone) > first)
        for one in person.flags
    )


def _obtained_alone(signing: Signing) -> bool:
    """A service the youth could consent to alone at that age, where state law is confirmed."""
    if signing.item.consented_by is not None:
        return False
    services = {SERVICES[label] for label in signing.item.labels if label in SERVICES}
    if signing.item.category in MENTAL_HEALTH:
        services.add("mental_health")
    return bool(services) and all(_old_enough(signing, "minor_consent", service) for service in services)


def _served_alone(signing: Signing) -> bool:
    """Under VAWA or VOCA, not under FVPSA or runaway-youth funding, for a service obtained alone."""
    source = signing.look.source(signing.item)
    funded = source.vsp in ("vawa", "voca") and source.rhy is False
    return signing.kind.name == Regime.VSP and funded and signing.item.consented_by == YOUTH


def _treated_alone(signing: Signing) -> bool:
    return signing.item.consented_by == YOUTH or _old_enough(signing, "sud_minor_consent", "age")


def _old_enough(signing: Signing, key: str, service: str) -> bool:
    """Whether the youth had the confirmed age for a service when signing; not confirmed, not enough."""
    profile = signing.look.profile
    age = profile.value(f"{key}.{service}")
    if not isinstance(age, int) or not profile.confirmed(key):
        return False
    came = moments.birthday(signing.look.facts.case.youth.born, age)
    zone = signing.look.zone
    return moments.begins(came, zone) <= moments.begins(signing.on, zone)
