"""From the tables of a profile file to a Profile, checked word by word.

Every refusal names file and line and says what would mend it: a word nobody knows, a cell left out,
a basis that cites nothing, a subset that names no field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TypeVar

from mdt.sharing import (
    appointments,
    caseworking,
    clocks,
    episodes,
    gatherings,
    jurisdiction,
    needs,
    provision,
    screening,
)
from mdt.sharing.cells import Cells
from mdt.sharing.conditions import KNOWN as KNOWN_CONDITIONS
from mdt.sharing.gate import FLAGS
from mdt.sharing.profile import (
    Basis,
    EmergencyRule,
    MandateRule,
    OrderType,
    Profile,
    ProfileError,
    ReleaseType,
)
from mdt.sharing.reading import Place, Table, Unreadable
from mdt.sharing.tables import (
    choice,
    each_of,
    enums,
    inner,
    listed,
    maybe,
    maybe_one_of,
    needed,
    number,
    one_of,
    only,
    text,
    texts,
    word_of,
    yes_no,
)
from mdt.sharing.vocabulary import Category, Purpose, Regime, Role

NEEDS = ("member", "mou", "window", "missing", "emergency", "self")
SIGNERS = ("guardian", "parent", "both", "sud", "youth")
EXPIRIES = ("required", "optional", "open")
SEPARATES = ("alone", "single", "free")
KEYS = (
    "profile", "version", "title", "roles", "purposes", "quiet_roles", "statutory_members",
    "conditions", "bases", "mdt_statute", "juvenile_sharing", "mh_act", "reporter_rule",
    "reproductive", "emergency", "mandates", "releases", "elements", "esign_ok", "verbal_grants",
    "ages", "minor_consent", "sud_minor_consent", "custody", "orders", "regimes", "categories",
    "deadlines", "notices", "aggregates",
)  # fmt: skip

Made = TypeVar("Made")


def profile(raw: Table) -> Profile:
    """The profile these tables say; ProfileError where they cannot stand."""
    try:
        return _profile(raw)
    except ProfileError:
        raise
    except Unreadable as wrong:
        raise ProfileError(wrong.place, wrong.message) from wrong


def _profile(raw: Table) -> Profile:
    parts = (clocks, gatherings, screening, needs, appointments, episodes, provision, caseworking)
    only(raw, (*KEYS, *(key for part in parts for key in part.KEYS)), "a profile")
    each_of(raw, KEYS, "a profile")
    jurisdiction.check(raw)
    for key, words in CLOSED.items():
        _enumerated(raw, key, words)
    releases, orders = _releases(raw), _named(raw, "orders", _order)
    bases = {name: _basis(raw, name, one) for name, one in _each(raw, "bases")}
    cells = Cells(
        bases=bases, releases=releases, orders=orders, duties=needed(raw, "notices"),
        conditions=_conditions(raw),
    )  # fmt: skip
    _known_duties(raw, cells.duties)
    return Profile(
        name=text(raw, "profile"),
        version=text(raw, "version"),
        title=text(raw, "title"),
        quiet_roles=frozenset(enums(raw, "quiet_roles", Role)),
        statutory_members=frozenset(enums(raw, "statutory_members", Role)),
        conditions=cells.conditions,
        bases=bases,
        releases=releases,
        orders=orders,
        regimes=cells.regimes(needed(raw, "regimes")),
        categories=cells.categories(needed(raw, "categories")),
        mandates=_named(raw, "mandates", _mandate),
        emergency=_emergency(needed(raw, "emergency")),
        notices=cells.duties,
        elements=_element_names(needed(raw, "elements")),
        barred_flags=frozenset(_words(needed(raw, "custody"), "barred_flags", FLAGS)),
        verbal_grants=frozenset(_words(raw, "verbal_grants", releases)),
        esign_ok=yes_no(raw, "esign_ok"),
        majority=number(needed(raw, "ages"), "majority"),
        clocks=clocks.clocks(raw, orders),
        gatherings=gatherings.gatherings(raw),
        screening=screening.screenings(raw),
        needs=needs.needs(raw),
        appointments=appointments.appointments(raw),
        episodes=episodes.episodes(raw),
        provision=provision.provision(raw),
        caseworking=caseworking.caseworking(raw),
        raw=raw,
    )


CLOSED: dict[str, type[StrEnum]] = {
    "roles": Role,
    "purposes": Purpose,
    "regimes": Regime,
    "categories": Category,
}
"""Sets that code and profile share: no word of them can be left out or invented."""


def _conditions(raw: Table) -> Table:
    said = needed(raw, "conditions")
    for name in said:
        one_of(name, KNOWN_CONDITIONS, "condition", said.at(name))
    return said


def _basis(raw: Table, name: str, said: Table) -> Basis:
    only(said, ("title", "cite", "needs", "rests_on", "purposes", "mandate"), f"basis {name}")
    rests_on = maybe(said, "rests_on")
    if rests_on is None and not said.get("cite"):
        raise ProfileError(said.place, f"basis {name} cites nothing; add cite:, or rests_on: and the key it rests on")
    if rests_on is not None:
        _confirmable(raw, name, rests_on, said.at("rests_on"))
    purposes = enums(said, "purposes", Purpose) or set(Purpose) - {Purpose.AGGREGATE}
    return Basis(
        name=name,
        title=text(said, "title"),
        cite=maybe(said, "cite"),
        needs=tuple(_words(said, "needs", NEEDS)),
        rests_on=rests_on,
        purposes=frozenset(purposes),
        mandate=yes_no(said, "mandate", False),
    )


def _confirmable(raw: Table, name: str, key: str, place: Place) -> None:
    found = raw.get(key)
    if not isinstance(found, Table) or "confirmed" not in found:
        cure = f"add {key}: {{cite: …, confirmed: null}}"
        raise ProfileError(place, f"basis {name} rests on {key}, which counsel cannot confirm; {cure}")


def _releases(raw: Table) -> dict[str, ReleaseType]:
    elements = needed(raw, "elements")
    releases = _named(raw, "releases", lambda name, said: _release(name, said, elements))
    for name in elements:
        one_of(name, {*releases, "always"}, "release type", elements.at(name))
    return releases


def _release(name: str, said: Table, elements: Table) -> ReleaseType:
    keys = ("title", "signers", "expiry", "days", "separate", "one_recipient", "ends_with_case")
    only(said, keys, f"release {name}")
    offered, longest = _days(said)
    return ReleaseType(
        name=name,
        title=text(said, "title"),
        signers=choice(said, "signers", SIGNERS),
        expiry=choice(said, "expiry", EXPIRIES),
        offered_days=offered,
        longest_days=longest,
        separate=choice(said, "separate", SEPARATES),
        one_recipient=yes_no(said, "one_recipient", False),
        ends_with_case=yes_no(said, "ends_with_case", False),
        elements=tuple(texts(elements, "always") + texts(elements, name)),
    )


def _days(said: Table) -> tuple[int | None, int | None]:
    pair = listed(said, "days")
    if len(pair) != 2 or any(one is not None and not isinstance(one, int) for one in pair):
        raise ProfileError(said.at("days"), "days: is [offered, longest], each a number or null")
    return pair[0], pair[1]


def _order(name: str, said: Table) -> OrderType:
    only(said, ("title", "cite", "findings", "process", "adds"), f"order {name}")
    adds = inner(said, "adds")
    return OrderType(
        name=name,
        title=text(said, "title"),
        cite=maybe(said, "cite"),
        findings=yes_no(said, "findings", False),
        process=yes_no(said, "process", False),
        adds={word_of(regime, Regime, adds.at(regime)): text(adds, regime) for regime in adds},
    )


def _mandate(name: str, said: Table) -> MandateRule:
    keys = ("recipients", "needs", "never_regimes", "never_categories", "fields")
    only(said, keys, f"mandate {name}")
    each_of(said, keys, f"mandate {name}")
    return MandateRule(
        name=name,
        recipients=frozenset(enums(said, "recipients", Role)),
        needs=maybe_one_of(said, "needs", ("missing",)),
        never_regimes=frozenset(enums(said, "never_regimes", Regime)),
        never_categories=frozenset(enums(said, "never_categories", Category)),
        fields=Cells.listed_fields(needed(said, "fields")),
    )


def _emergency(said: Table) -> EmergencyRule:
    keys = (
        "minutes", "duties", "medical_roles", "threat_roles", "never_categories", "never_regimes",
        "medical_only_regimes", "part2_duties", "review_business_days",
    )  # fmt: skip
    only(said, keys, "emergency")
    each_of(said, keys, "emergency")
    return EmergencyRule(
        minutes=number(said, "minutes"),
        duties=tuple(texts(said, "duties")),
        roles={
            "medical": frozenset(enums(said, "medical_roles", Role)),
            "threat": frozenset(enums(said, "threat_roles", Role)),
        },
        never_categories=frozenset(enums(said, "never_categories", Category)),
        never_regimes=frozenset(enums(said, "never_regimes", Regime)),
        medical_only_regimes=frozenset(enums(said, "medical_only_regimes", Regime)),
        part2_duties=tuple(texts(said, "part2_duties")),
    )


def _known_duties(raw: Table, duties: Table) -> None:
    """Every duty of an order or an emergency has a notice in plain words."""
    emergency = needed(raw, "emergency")
    for key in ("duties", "part2_duties"):
        _words(emergency, key, duties)
    for _, order in _each(raw, "orders"):
        adds = inner(order, "adds")
        for regime in adds:
            one_of(adds[regime], duties, "obligation", adds.at(regime))


def _element_names(said: Table) -> frozenset[str]:
    each_of(said, ("always",), "elements")
    return frozenset(name for key in said for name in texts(said, key))


def _each(raw: Table, key: str) -> list[tuple[str, Table]]:
    said = needed(raw, key)
    return [(name, needed(said, name)) for name in said]


def _named(raw: Table, key: str, make: Callable[[str, Table], Made]) -> dict[str, Made]:
    return {name: make(name, said) for name, said in _each(raw, key)}


def _words(said: Table, key: str, known: Iterable[str]) -> list[str]:
    return [one_of(name, known, f"word for {key}", said.at(key)) for name in texts(said, key)]


def _enumerated(raw: Table, key: str, words: type[StrEnum]) -> None:
    found = raw[key]
    names = list(found) if isinstance(found, Table) else texts(raw, key)
    for name in names:
        word_of(name, words, found.at(name) if isinstance(found, Table) else raw.at(key))
    for word in words:
        if word not in names:
            raise ProfileError(raw.at(key), f"{key} leaves out {word}; add it")
