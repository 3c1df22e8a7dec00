"""A decision in plain words: why something is shown, what is withheld and what would open it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mdt.sharing.codes import MISSING_ELEMENT
from mdt.sharing.decision import Decision, Ground
from mdt.sharing.facts import AGENCY, YOUTH, Facts, Item, Release
from mdt.sharing.fields import CATEGORIES, fields_of
from mdt.sharing.grammar import Alternative, BasisKind
from mdt.sharing.profile import Profile
from mdt.sharing.vocabulary import PURPOSE_WORDS, Category, Outcome, Role

NOT_FOUND = "There is no such record."


@dataclass(frozen=True, slots=True)
class Names:
    """What the people, organisations and papers of a case are called. `called`: words by id."""

    facts: Facts
    profile: Profile
    called: Mapping[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """What somebody is called; the young person and the agency always have words."""
        usual = {YOUTH: "the young person", AGENCY: "the child welfare agency"}
        return self.called.get(name) or usual.get(name, name)

    def release(self, name: str) -> Release:
        return next(one for one in self.facts.releases if one.id == name)

    def last_day(self, until: datetime) -> str:
        """The last day before an end, where the case is."""
        last = (until - timedelta(seconds=1)).astimezone(self.facts.case.zone)
        return f"{last:%B} {last.day}, {last.year}"

    def time(self, until: datetime) -> str:
        """A time of day, where the case is."""
        local = until.astimezone(self.facts.case.zone)
        return f"{local:%I:%M %p}".lstrip("0")


def why(decision: Decision, names: Names) -> str:
    """One plain sentence why this is shown; NOT_FOUND or the bare fact if it is not."""
    if not decision.opens:
        return NOT_FOUND if decision.outcome is Outcome.CONCEAL else "This is withheld from you."
    return _sentence(min(decision.grounds, key=_widest), decision, names)


def _widest(ground: Ground) -> tuple[int, bool]:
    """An order of grounds: what opens most, and of those what is one's own."""
    return -len(ground.fields), ground.basis != "own"


def rights(decision: Decision, item: Item, names: Names) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """By which right each field is shown: sentences, each with the labels of the fields it opens.

    Where several bodies of law hold on the item, each has a sentence of its own; of the bases that
    open the same by the same cell, the one that opens most is named. Of what one's own organization filed
    that is said, whatever else opens it as far: else the words would tell of an objection to the reader.
    """
    found: dict[str, frozenset[str]] = {}
    left = {cell: set(decision.fields) for cell in {_cell(one) for one in decision.grounds}}
    for ground in sorted(decision.grounds, key=_widest):
        opened = left[_cell(ground)] & set(ground.fields)
        left[_cell(ground)] -= opened
        if opened:
            said = _sentence(ground, decision, names)
            found[said] = found.get(said, frozenset()) | opened
    labels = {one.name: one.label for one in fields_of(item.category)}
    return tuple(
        (said, tuple(labels[name] for name in decision.fields if name in opened)) for said, opened in found.items()
    )


def _cell(ground: Ground) -> str:
    return ground.rule.partition(".")[0]


def scope(decision: Decision, names: Names) -> str:
    """The scope of the consent or the order by which a treatment record is shown (42 CFR 2.32(b)), in
    sentences to whoever receives it. Other recipients are not named."""
    until = f", until {names.last_day(decision.until)}" if decision.until else ""
    ids = dict.fromkeys(name for one in decision.grounds if one.release for name in one.release.split("&"))
    consents = [one for one in map(names.release, ids) if names.profile.releases[one.type].signers == "sud"]
    orders = {one.basis for one in decision.grounds if one.order}
    said = [_scope_of_consent(one, names, until) for one in consents]
    return " ".join((*said, *(f"Scope: {_order(name, names.profile)}{until}." for name in sorted(orders))))


def _scope_of_consent(release: Release, names: Names, until: str) -> str:
    about = _and([_small(CATEGORIES[one].title) for one in release.categories])
    purposes = _or([PURPOSE_WORDS[one] for one in release.purposes or ()])
    what_for = f", to {purposes}" if purposes else ""
    return f"Scope of the consent: {names.of(release.discloser)} may tell you about {about}{what_for}{until}."


def _sentence(ground: Ground, decision: Decision, names: Names) -> str:
    if ground.release:
        return _by_release(ground, decision, names)
    if ground.emergency:
        ends = f" Your view ends at {names.time(decision.until)}." if decision.until else ""
        return f"An emergency was declared.{ends}"
    if ground.order:
        return f"A court order lets you see this: {_order(ground.basis, names.profile)}."
    return _by_right(ground, names.profile)


def _by_release(ground: Ground, decision: Decision, names: Names) -> str:
    signed = [names.release(name) for name in str(ground.release).split("&")]
    who = _and([names.of(name) for name in dict.fromkeys(n for one in signed for n in one.signed_by)])
    source = _and([names.of(name) for name in dict.fromkeys(one.discloser for one in signed)])
    until = f", until {names.last_day(decision.until)}" if decision.until else ""
    return f"{_capital(who)} signed a release that lets {source} show you this{until}."


def _by_right(ground: Ground, profile: Profile) -> str:
    fixed = {
        "own": "Your organization filed this.",
        "keeper": "Your agency keeps the child welfare record of this case.",
        "mandate:missing": "This belongs in the report of a missing young person.",
        "mandate:trafficking": "This belongs in the report of a trafficked young person.",
    }
    if ground.basis in fixed:
        return fixed[ground.basis]
    basis = profile.bases[ground.basis]
    cite = f" ({basis.cite})" if basis.cite else ""
    return f"The law lets you see this{cite}: {_small(basis.title)}."


def withheld(decision: Decision, item: Item, names: Names) -> str:
    """One plain sentence: who holds something, and what would open it. For what is concealed, and
    for what is shown, only NOT_FOUND: it names nothing that the viewer was not told."""
    if decision.outcome is not Outcome.WITHHOLD:
        return NOT_FOUND
    ways = _or([_way(way.kind, way.type, names.profile) for way in decision.ways])
    what = _small(CATEGORIES[item.category].title)
    return f"{_capital(names.of(item.source))} holds this ({what}). {_capital(ways)} would open it."


def _way(kind: str, name: str, profile: Profile) -> str:
    if kind == BasisKind.ORDER:
        return f"a court order ({_order(name, profile)})"
    return f"a signed release ({_small(profile.releases[name].title)})"


def _order(name: str, profile: Profile) -> str:
    return _small(profile.orders[name].title)


CODES: dict[str, str] = {
    "E_SUBJECT_MISMATCH": "The release is about somebody else.",
    "E_NOT_ACTIVE": "The release is not signed yet.",
    "E_NOT_YET_EFFECTIVE": "The release has not begun yet.",
    "E_EXPIRED_DATE": "The release has run out.",
    "E_EXPIRED_EVENT": "What the release was to end with has happened.",
    "E_REVOKED": "The release was withdrawn.",
    "E_FALSE": "The release was found to be false.",
    MISSING_ELEMENT: "Something the law asks for is missing from the form",
    "E_CONDITIONED": "Signing was made a condition of getting help.",
    "E_NO_TIME_LIMIT": "The release does not say when it ends.",
    "E_VERBAL_ONLY": "It was said, not signed. A release has to be in writing.",
    "E_COMPOUND": "This kind of release must not have anything else on the form.",
    "E_NOT_SEPARATE": "This kind of release needs a form of its own, for one recipient.",
    "E_SIGNER_NO_AUTHORITY": "Somebody signed who may not sign for the young person.",
    "E_AGED_OUT": "The young person has come of age; what others signed has lapsed.",
    "E_SIGNER_CONFLICT": "Somebody who signed is under suspicion or must stay away.",
    "E_MINOR_SIGNATURE_REQUIRED": "The young person has to sign, too.",
    "E_PARENT_SIGNATURE_REQUIRED": "A parent, guardian or the agency has to sign, too.",
    "E_DISCLOSER_MISMATCH": "The release lets another organization share, not this one.",
    "E_RECIPIENT_MISMATCH": "The release names somebody else to receive this.",
    "E_CATEGORY_NOT_COVERED": "The release does not name this kind of record.",
    "E_SENSITIVITY_NOT_NAMED": "The release does not name the sensitive part of this record.",
    "E_DATA_PERIOD": "The release covers records of another time.",
    "E_PURPOSE_MISMATCH": "The release was given for another purpose.",
    "E_TPO_ONLY": "The release is for treatment and payment, not for the team.",
    "E_RESTRICTED_BY_LATER": "A later instruction or objection stands against it.",
    "E_MOU_EXPIRED": "The team agreement of your organization has run out.",
    "E_PROFILE_UNCONFIRMED": "County counsel has not confirmed the rule this would rest on.",
}
"""Each code in plain words, for people with rights to the consent."""

ELEMENTS: dict[str, str] = {
    "subject": "whom it is about",
    "discloser": "who may share",
    "recipient": "who may receive",
    "description": "what may be shared",
    "purpose": "what for",
    "signature": "a signature",
    "date": "the date of signing",
    "revocation": "how to take it back",
    "redisclosure": "that it may be passed on",
    "not_conditioned": "that help does not depend on it",
    "authority": "by which right the signer signs",
    "copy_given": "that a copy was given",
    "informed": "that it was explained",
}


def code_words(code: str) -> str:
    """What a code means, in one sentence."""
    name, _, element = code.partition(":")
    if element:
        return f"{CODES[name]}: {ELEMENTS.get(element, element)}."
    return CODES[name]


def cell_words(alternative: Alternative, profile: Profile) -> str:
    """One alternative of the matrix in words."""
    said = _basis_words(alternative, profile)
    if alternative.fields is not None:
        said += f": only {_and(_labels(alternative))}"
    if alternative.when:
        said += f". Condition: {_small(profile.conditions[alternative.when]).rstrip('.')}"
    if alternative.purposes:
        said += f". Only to {_or([PURPOSE_WORDS[one] for one in alternative.purposes])}"
    return said


def rule_words(rule: str, profile: Profile) -> str | None:
    """A rule by where it stands, as the ledger keeps it ("HEALTH.CW.release HIPAA"), in words; None for a rule that
    stands in no cell of this profile."""
    category, _, rest = rule.partition(".")
    role = rest.partition(".")[0]
    if category not in list(Category) or role not in list(Role):
        return None
    cell = profile.cell(Category(category), Role(role))
    return next((cell_words(one, profile) for one in cell if one.rule == rule), None)


def _basis_words(one: Alternative, profile: Profile) -> str:
    match one.kind:
        case BasisKind.LAW:
            return f"by law ({_small(profile.bases[one.types[0]].title)})"
        case BasisKind.RELEASE:
            titles = [_small(profile.releases[kind].title) for kind in one.types]
            return f"with a signed release ({_and(titles)})"
        case BasisKind.ORDER:
            return f"with a court order ({_order(one.types[0], profile)})"
    return {
        BasisKind.OWN: "what their own organization filed",
        BasisKind.KEEPER: "as keeper of the child welfare record",
        BasisKind.AGGREGATE: "counted, never as a record",
        BasisKind.NEVER: "never in this application",
    }[one.kind]


def _labels(one: Alternative) -> list[str]:
    category = Category(one.rule.partition(".")[0])
    return [_small(f.label) for f in fields_of(category) if f.name in (one.fields or ())]


def told(decision: Decision) -> str:
    """A decision in short, for the report of a scenario."""
    parts = [decision.outcome.value]
    if decision.fields:
        parts.append(f"of {', '.join(decision.fields)}")
    if decision.code:
        parts.append(f"{decision.code} — {code_words(decision.code)}")
    rules = ", ".join(one.rule for one in decision.grounds)
    return f"{' '.join(parts)} (step: {decision.step}{f'; by {rules}' if rules else ''})"


def _and(words: list[str]) -> str:
    return _joined(words, "and")


def _or(words: list[str]) -> str:
    return _joined(words, "or")


def _joined(words: list[str], last: str) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def _small(words: str) -> str:
    """With a small first letter, unless it begins with a name or an abbreviation."""
    return words[:1].lower() + words[1:] if words[1:2].islower() or words[1:2] == " " else words


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
