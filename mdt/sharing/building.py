"""From the tables of a profile file to a Profile, checked word by word.

Every refusal names file and line and says what would mend it: a word nobody knows, a cell left out,
a basis that cites nothing, a subset that names no field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, TypeVar

from mdt.sharing import fields as catalog
from mdt.sharing.conditions import KNOWN as KNOWN_CONDITIONS
from mdt.sharing.grammar import Alternative, BasisKind, parse
from mdt.sharing.profile import (
    Basis,
    CategoryRule,
    Cell,
    EmergencyRule,
    MandateRule,
    OrderType,
    Profile,
    ProfileError,
    RegimeRule,
    ReleaseType,
)
from mdt.sharing.reading import Place, Table
from mdt.sharing.vocabulary import Category, Purpose, Regime, Role

NEEDS = ("member", "mou", "window", "missing", "emergency", "self")
SIGNERS = ("guardian", "parent", "both", "sud", "youth")
EXPIRIES = ("required", "optional", "open")
SEPARATES = ("alone", "single", "free")
SOURCES = ("part2", "vsp", "rhy")
KEYS = (
    "profile", "version", "title", "roles", "purposes", "quiet_roles", "statutory_members",
    "conditions", "bases", "mdt_statute", "juvenile_sharing", "mh_act", "reporter_rule",
    "reproductive", "emergency", "mandates", "releases", "elements", "esign_ok", "verbal_grants",
    "ages", "minor_consent", "sud_minor_consent", "custody", "orders", "regimes", "categories",
    "deadlines", "notices", "aggregates",
)  # fmt: skip

Word = TypeVar("Word", bound=StrEnum)


def profile(raw: Table) -> Profile:
    """The profile these tables say."""
    _only(raw, KEYS, "a profile")
    _all(raw, KEYS, "a profile")
    _enumerated(raw, "roles", Role)
    _enumerated(raw, "purposes", Purpose)
    words = _Words(raw)
    return Profile(
        name=str(raw["profile"]),
        version=str(raw["version"]),
        title=str(raw["title"]),
        quiet_roles=frozenset(_enums(raw, "quiet_roles", Role)),
        statutory_members=frozenset(_enums(raw, "statutory_members", Role)),
        conditions=words.conditions,
        bases=words.bases,
        releases=words.releases,
        orders=words.orders,
        regimes=words.regimes(),
        categories=words.categories(),
        mandates=_named(raw, "mandates", _mandate),
        emergency=_emergency(_table(raw, "emergency"), words),
        notices=words.duties,
        elements=words.elements,
        barred_flags=frozenset(_texts(_table(raw, "custody"), "barred_flags")),
        verbal_grants=frozenset(_words(raw, "verbal_grants", words.releases)),
        esign_ok=_yes_no(raw, "esign_ok"),
        majority=_number(_table(raw, "ages"), "majority"),
        raw=raw,
    )


class _Words:
    """What the rest of the file may refer to, and the cells that refer to it."""

    def __init__(self, raw: Table) -> None:
        self.raw = raw
        self.duties: Mapping[str, str] = _table(raw, "notices")
        self.conditions: Mapping[str, str] = _table(raw, "conditions")
        for name in self.conditions:
            _known(name, KNOWN_CONDITIONS, "condition", _table(raw, "conditions").at(name))
        self.bases = _named(raw, "bases", self._basis)
        self.elements = _element_names(_table(raw, "elements"))
        self.releases = _named(raw, "releases", self._release)
        self.orders = _named(raw, "orders", self._order)

    def _basis(self, name: str, said: Table) -> Basis:
        _only(said, ("title", "cite", "needs", "rests_on", "purposes", "mandate"), f"basis {name}")
        _all(said, ("title",), f"basis {name}")
        self._cited(name, said)
        extra = {"purposes": frozenset(_enums(said, "purposes", Purpose))} if "purposes" in said else {}
        return Basis(
            name=name,
            title=said["title"],
            cite=said.get("cite"),
            needs=tuple(_words(said, "needs", NEEDS)) if "needs" in said else (),
            rests_on=said.get("rests_on"),
            mandate=_yes_no(said, "mandate") if "mandate" in said else False,
            **extra,
        )

    def _cited(self, name: str, said: Table) -> None:
        key = said.get("rests_on")
        if key is None and not said.get("cite"):
            raise ProfileError(
                said.place, f"basis {name} cites nothing; add cite: or say which key it rests_on:"
            )
        if key is not None:
            self._confirmable(name, str(key), said.at("rests_on"))

    def _confirmable(self, name: str, key: str, place: Place) -> None:
        found = self.raw.get(key)
        if not isinstance(found, Table) or "confirmed" not in found:
            raise ProfileError(
                place, f"basis {name} rests on {key}, which is no key with confirmed:; add it"
            )

    def _release(self, name: str, said: Table) -> ReleaseType:
        keys = ("title", "signers", "expiry", "days", "separate", "one_recipient", "ends_with_case")
        _only(said, keys, f"release {name}")
        _all(said, keys[:5], f"release {name}")
        offered, longest = _days(said)
        own = _texts(_table(self.raw, "elements"), name) if name in self.raw["elements"] else []
        return ReleaseType(
            name=name,
            title=said["title"],
            signers=_word(said, "signers", SIGNERS),
            expiry=_word(said, "expiry", EXPIRIES),
            offered_days=offered,
            longest_days=longest,
            separate=_word(said, "separate", SEPARATES),
            one_recipient=_yes_no(said, "one_recipient") if "one_recipient" in said else False,
            ends_with_case=_yes_no(said, "ends_with_case") if "ends_with_case" in said else False,
            elements=tuple(_texts(_table(self.raw, "elements"), "always") + own),
        )

    def _order(self, name: str, said: Table) -> OrderType:
        _only(said, ("title", "cite", "findings", "process", "adds"), f"order {name}")
        _all(said, ("title",), f"order {name}")
        adds = _table(said, "adds") if "adds" in said else Table()
        for duty in adds.values():
            _known(duty, self.duties, "obligation", said.at("adds"))
        return OrderType(
            name=name,
            title=said["title"],
            cite=said.get("cite"),
            findings=_yes_no(said, "findings") if "findings" in said else False,
            process=_yes_no(said, "process") if "process" in said else False,
            adds={_enum(regime, Regime, said.at("adds")): duty for regime, duty in adds.items()},
        )

    def regimes(self) -> dict[Regime, RegimeRule]:
        said = _table(self.raw, "regimes")
        _enumerated(self.raw, "regimes", Regime)
        return {Regime(name): self._regime(Regime(name), _table(said, name)) for name in said}

    def _regime(self, regime: Regime, said: Table) -> RegimeRule:
        _only(said, ("title", "home", "hides", "needs", "from_source"), f"regime {regime}")
        _all(said, ("title", "hides"), f"regime {regime}")
        if ("home" in said) == ("needs" in said):
            raise ProfileError(said.place, f"regime {regime} says home: or needs:, one of the two")
        needs = self._alternatives(said, "needs", f"{regime}", {}) if "needs" in said else ()
        return RegimeRule(
            regime=regime,
            title=said["title"],
            hides=_yes_no(said, "hides"),
            home=_enum(said["home"], Category, said.at("home")) if "home" in said else None,
            needs=tuple(one for one in needs if one.kind is not BasisKind.NEVER),
            from_source=_word(said, "from_source", SOURCES) if "from_source" in said else None,
        )

    def categories(self) -> dict[Category, CategoryRule]:
        said = _table(self.raw, "categories")
        _enumerated(self.raw, "categories", Category)
        return {Category(name): self._category(Category(name), _table(said, name)) for name in said}

    def _category(self, category: Category, said: Table) -> CategoryRule:
        keys = ("title", "regimes", "hide", "subsets", "cells", "adds", "unlisted", "fields", "labels")
        _only(said, keys, f"category {category}")
        _all(said, keys[:5], f"category {category}")
        self._as_declared(category, said)
        subsets = _subsets(category, _table(said, "subsets"))
        return CategoryRule(
            category=category,
            title=said["title"],
            regimes=tuple(_enums(said, "regimes", Regime)),
            hide=_yes_no(said, "hide"),
            unlisted=_yes_no(said, "unlisted") if "unlisted" in said else False,
            adds=tuple(_words(said, "adds", self.duties)) if "adds" in said else (),
            subsets=subsets,
            cells=self._cells(category, _table(said, "cells"), subsets),
        )

    def _as_declared(self, category: Category, said: Table) -> None:
        """A draft may list fields and labels itself; then they are exactly those of the catalog."""
        declared = {
            "fields": set(catalog.names_of(category)),
            "labels": set(catalog.CATEGORIES[category].labels),
        }
        for key, names in declared.items():
            if key in said and set(_texts(said, key)) != names:
                raise ProfileError(
                    said.at(key), f"the {key} of {category} are declared in the catalog; leave them out"
                )

    def _cells(
        self, category: Category, said: Table, subsets: Mapping[str, frozenset[str]]
    ) -> dict[Role, Cell]:
        _only(said, tuple(Role), f"the cells of {category}")
        _all(said, tuple(Role), f"the cells of {category}")
        return {
            role: self._alternatives(said, role.value, f"{category}.{role}", subsets) for role in Role
        }

    def _alternatives(
        self, said: Table, key: str, rule: str, subsets: Mapping[str, frozenset[str]]
    ) -> Cell:
        texts = _list(said, key)
        if not texts:
            raise ProfileError(said.at(key), f"{rule} says nothing; write [never] if that is meant")
        return tuple(self._alternative(text, rule, said.at(key), subsets) for text in texts)

    def _alternative(
        self, text: str, rule: str, place: Place, subsets: Mapping[str, frozenset[str]]
    ) -> Alternative:
        try:
            parsed = parse(text)
        except ValueError as wrong:
            raise ProfileError(place, f"{rule}: {text!r}: {wrong}") from wrong
        self._refers(parsed, place)
        fields = None
        if parsed.subset is not None:
            _known(parsed.subset, subsets, "subset of this category", place)
            fields = subsets[parsed.subset]
        return replace(parsed, fields=fields, rule=f"{rule}.{parsed}")

    def _refers(self, parsed: Alternative, place: Place) -> None:
        known: Mapping[BasisKind, tuple[Iterable[str], str]] = {
            BasisKind.LAW: (self.bases, "legal basis"),
            BasisKind.RELEASE: (self.releases, "release type"),
            BasisKind.ORDER: (self.orders, "order type"),
        }
        for name in parsed.types:
            _known(name, *known[parsed.kind], place)
        for duty in parsed.adds:
            _known(duty, self.duties, "obligation", place)
        if parsed.when:
            _known(parsed.when, self.conditions, "condition", place)


def _mandate(name: str, said: Table) -> MandateRule:
    keys = ("recipients", "needs", "never_regimes", "never_categories", "fields")
    _only(said, keys, f"mandate {name}")
    _all(said, keys, f"mandate {name}")
    listed = _table(said, "fields")
    categories = {word: _enum(word, Category, listed.at(word)) for word in listed}
    return MandateRule(
        name=name,
        recipients=frozenset(_enums(said, "recipients", Role)),
        needs=None if said["needs"] is None else _word(said, "needs", ("missing",)),
        never_regimes=frozenset(_enums(said, "never_regimes", Regime)),
        never_categories=frozenset(_enums(said, "never_categories", Category)),
        fields={code: _fields(code, listed, word) for word, code in categories.items()},
    )


def _emergency(said: Table, words: _Words) -> EmergencyRule:
    keys = (
        "minutes", "duties", "medical_roles", "threat_roles", "never_categories", "never_regimes",
        "medical_only_regimes", "part2_duties", "review_business_days",
    )  # fmt: skip
    _only(said, keys, "emergency")
    _all(said, keys[:8], "emergency")
    return EmergencyRule(
        minutes=_number(said, "minutes"),
        duties=tuple(_words(said, "duties", words.duties)),
        roles={
            "medical": frozenset(_enums(said, "medical_roles", Role)),
            "threat": frozenset(_enums(said, "threat_roles", Role)),
        },
        never_categories=frozenset(_enums(said, "never_categories", Category)),
        never_regimes=frozenset(_enums(said, "never_regimes", Regime)),
        medical_only_regimes=frozenset(_enums(said, "medical_only_regimes", Regime)),
        part2_duties=tuple(_words(said, "part2_duties", words.duties)),
    )


def _subsets(category: Category, said: Table) -> dict[str, frozenset[str]]:
    return {name: _fields(category, said, name) for name in said}


def _fields(category: Category, said: Table, key: str) -> frozenset[str]:
    names = _texts(said, key)
    if not names:
        raise ProfileError(said.at(key), f"{key} names no field of {category}; name one, or drop it")
    for name in names:
        _known(name, catalog.names_of(category), f"field of {category}", said.at(key))
    return frozenset(names)


def _element_names(said: Table) -> frozenset[str]:
    _all(said, ("always",), "elements")
    return frozenset(name for key in said for name in _texts(said, key))


def _days(said: Table) -> tuple[int | None, int | None]:
    pair = _list(said, "days")
    if len(pair) != 2 or any(one is not None and not isinstance(one, int) for one in pair):
        raise ProfileError(said.at("days"), "days: is [offered, longest], each a number or null")
    return pair[0], pair[1]


def _named(raw: Table, key: str, make: Callable[[str, Table], Any]) -> dict[str, Any]:
    said = _table(raw, key)
    return {name: make(name, _table(said, name)) for name in said}


def _table(said: Table, key: str) -> Table:
    found = said.get(key)
    if not isinstance(found, Table):
        raise ProfileError(said.at(key), f"{key} is a table of keys; write {key}: {{…}}")
    return found


def _list(said: Table, key: str) -> list[Any]:
    found = said.get(key)
    if not isinstance(found, list):
        raise ProfileError(said.at(key), f"{key} is a list; write {key}: […]")
    return found


def _texts(said: Table, key: str) -> list[str]:
    return [str(one) for one in _list(said, key)]


def _words(said: Table, key: str, known: Iterable[str]) -> list[str]:
    names = _texts(said, key)
    for name in names:
        _known(name, known, f"word for {key}", said.at(key))
    return names


def _word(said: Table, key: str, known: Iterable[str]) -> str:
    _known(said[key], known, f"word for {key}", said.at(key))
    return str(said[key])


def _enums(said: Table, key: str, words: type[Word]) -> list[Word]:
    return [_enum(name, words, said.at(key)) for name in _texts(said, key)]


def _enum(name: str, words: type[Word], place: Place) -> Word:
    _known(name, tuple(words), words.__name__.lower(), place)
    return words(name)


def _enumerated(raw: Table, key: str, words: type[Word]) -> None:
    """Every word of a closed set, once: a cell can be missing, a role or a category cannot."""
    found = raw[key]
    names = list(found) if isinstance(found, Table) else _texts(raw, key)
    for name in names:
        place = found.at(name) if isinstance(found, Table) else raw.at(key)
        _known(name, tuple(words), words.__name__.lower(), place)
    for word in words:
        if word not in names:
            raise ProfileError(raw.at(key), f"{key} leaves out {word}; add it")


def _number(said: Table, key: str) -> int:
    found = said.get(key)
    if not isinstance(found, int) or isinstance(found, bool):
        raise ProfileError(said.at(key), f"{key} is a whole number")
    return found


def _yes_no(said: Table, key: str) -> bool:
    found = said.get(key)
    if not isinstance(found, bool):
        raise ProfileError(said.at(key), f"{key} is true or false")
    return found


def _known(name: Any, known: Iterable[str], what: str, place: Place) -> None:
    if name not in known:
        choices = ", ".join(sorted(map(str, known)))
        raise ProfileError(place, f"{name!r} is no {what}; choose from {choices}")


def _only(said: Table, keys: Iterable[str], what: str) -> None:
    for key in said:
        if key not in keys:
            known = ", ".join(keys)
            raise ProfileError(said.at(key), f"{what} has no key {key!r}; its keys are {known}")


def _all(said: Table, keys: Iterable[str], what: str) -> None:
    for key in keys:
        if key not in said:
            raise ProfileError(said.place, f"{what} leaves out {key}; add {key}:")
