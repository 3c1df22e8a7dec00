"""The matrix itself: categories, regimes and cells of a profile, each reference checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from mdt.sharing import fields as catalog
from mdt.sharing.grammar import Alternative, BasisKind, Cell, parse
from mdt.sharing.profile import (
    Basis,
    CategoryRule,
    OrderType,
    ProfileError,
    RegimeRule,
    ReleaseType,
)
from mdt.sharing.reading import Place, Table
from mdt.sharing.tables import (
    each_of,
    enums,
    listed,
    maybe_one_of,
    needed,
    one_of,
    only,
    text,
    texts,
    word_of,
    yes_no,
)
from mdt.sharing.vocabulary import Category, Regime, Role

SOURCES = ("part2", "vsp", "rhy")
Subsets = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """What a cell may refer to, and the reading of everything that has cells."""

    bases: Mapping[str, Basis]
    releases: Mapping[str, ReleaseType]
    orders: Mapping[str, OrderType]
    conditions: Table
    duties: Table

    def regimes(self, said: Table) -> dict[Regime, RegimeRule]:
        return {Regime(name): self._regime(Regime(name), needed(said, name)) for name in said}

    def _regime(self, regime: Regime, said: Table) -> RegimeRule:
        only(said, ("title", "home", "hides", "needs", "from_source"), f"regime {regime}")
        if ("home" in said) == ("needs" in said):
            raise ProfileError(said.place, f"regime {regime} says home: or needs:, one of the two")
        needs = self._alternatives(said, "needs", f"{regime}", {}) if "needs" in said else Cell()
        return RegimeRule(
            regime=regime,
            title=text(said, "title"),
            hides=yes_no(said, "hides"),
            home=word_of(said["home"], Category, said.at("home")) if "home" in said else None,
            needs=needs.whole,
            from_source=maybe_one_of(said, "from_source", SOURCES),
        )

    def categories(self, said: Table) -> dict[Category, CategoryRule]:
        return {Category(name): self._category(Category(name), needed(said, name)) for name in said}

    def _category(self, category: Category, said: Table) -> CategoryRule:
        keys = ("title", "regimes", "hide", "subsets", "cells", "adds", "unlisted", "fields", "labels")
        only(said, keys, f"category {category}")
        each_of(said, keys[:5], f"category {category}")
        _as_declared(category, said)
        subsets = _subsets(category, needed(said, "subsets"))
        return CategoryRule(
            category=category,
            title=text(said, "title"),
            regimes=tuple(enums(said, "regimes", Regime)),
            hide=yes_no(said, "hide"),
            unlisted=yes_no(said, "unlisted", False),
            adds=tuple(self._duty(duty, said.at("adds")) for duty in texts(said, "adds")),
            subsets=subsets,
            cells=self._row(category, needed(said, "cells"), subsets),
        )

    def _row(self, category: Category, said: Table, subsets: Subsets) -> dict[Role, Cell]:
        only(said, tuple(Role), f"the row of {category}")
        each_of(said, tuple(Role), f"the row of {category}")
        return {role: self._alternatives(said, role.value, f"{category}.{role}", subsets) for role in Role}

    def _alternatives(self, said: Table, key: str, rule: str, subsets: Subsets) -> Cell:
        found = listed(said, key)
        if not found:
            raise ProfileError(said.at(key), f"{rule} says nothing; write [never] if that is meant")
        place = said.at(key)
        return Cell(tuple(self._alternative(str(one), rule, place, subsets) for one in found), rule)

    def _alternative(self, said: str, rule: str, place: Place, subsets: Subsets) -> Alternative:
        try:
            parsed = parse(said)
        except ValueError as wrong:
            raise ProfileError(place, f"{rule}: {said!r}: {wrong}") from wrong
        self._refers(parsed, place)
        given = None
        if parsed.subset is not None:
            given = subsets[one_of(parsed.subset, subsets, "subset of this category", place)]
        return replace(parsed, fields=given, rule=f"{rule}.{parsed}", text=str(parsed))

    def _refers(self, parsed: Alternative, place: Place) -> None:
        """Everything an alternative names is there."""
        known: Mapping[BasisKind, tuple[Iterable[str], str]] = {
            BasisKind.LAW: (self.bases, "legal basis"),
            BasisKind.RELEASE: (self.releases, "release type"),
            BasisKind.ORDER: (self.orders, "order type"),
        }
        for name in parsed.types:
            one_of(name, *known[parsed.kind], place)
        for duty in parsed.adds:
            self._duty(duty, place)
        if parsed.when:
            one_of(parsed.when, self.conditions, "condition", place)

    def _duty(self, name: str, place: Place) -> str:
        return one_of(name, self.duties, "obligation", place)

    @staticmethod
    def listed_fields(said: Table) -> dict[Category, frozenset[str]]:
        """Fields listed by category."""
        names = {name: word_of(name, Category, said.at(name)) for name in said}
        return {category: _fields(category, said, name) for name, category in names.items()}


def _as_declared(category: Category, said: Table) -> None:
    """A file may repeat fields and labels to be read alone; they are then exactly the catalog's."""
    declared = {
        "fields": set(catalog.names_of(category)),
        "labels": set(catalog.CATEGORIES[category].labels),
    }
    for key, names in declared.items():
        if key in said and set(texts(said, key)) != names:
            raise ProfileError(said.at(key), f"the {key} of {category} are declared in the catalog; leave them out")


def _subsets(category: Category, said: Table) -> dict[str, frozenset[str]]:
    return {name: _fields(category, said, name) for name in said}


def _fields(category: Category, said: Table, key: str) -> frozenset[str]:
    names = texts(said, key)
    if not names:
        raise ProfileError(said.at(key), f"{key} names no field of {category}; name one or drop it")
    known = catalog.names_of(category)
    return frozenset(one_of(name, known, f"field of {category}", said.at(key)) for name in names)
