"""A jurisdiction's rules, as frozen values read from a versioned data file.

`load` reads and checks a file under `profiles/` (or a path), with overlays on top; what is wrong in
it is a ProfileError that names file, line and cure. What a county's counsel has not confirmed takes
its stricter branch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from mdt.sharing.appointments import Appointments
from mdt.sharing.caseworking import Caseworking
from mdt.sharing.clocks import Clocks
from mdt.sharing.episodes import Episodes
from mdt.sharing.gatherings import Gatherings
from mdt.sharing.grammar import Cell
from mdt.sharing.needs import Needs
from mdt.sharing.provision import Provision
from mdt.sharing.reading import Place, Table, Unreadable, read, table
from mdt.sharing.screening import Screenings
from mdt.sharing.vocabulary import Category, Purpose, Regime, Role

PROFILES = Path(__file__).parent / "profiles"


class ProfileError(Unreadable):
    """A profile that cannot stand. The message has file, line, and what would mend it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """A legal basis: what it needs, which key counsel confirms, what it is for."""

    name: str
    title: str
    cite: str | None = None
    needs: tuple[str, ...] = ()
    rests_on: str | None = None
    purposes: frozenset[Purpose] = frozenset(Purpose) - {Purpose.AGGREGATE}
    mandate: bool = False

    @property
    def yields(self) -> bool:
        """Whether an objection takes it away: never a duty, an emergency, the subject's own right."""
        return not (self.mandate or "emergency" in self.needs or "self" in self.needs)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseType:
    """A form of consent: who signs, how long it can last, whether it stands alone."""

    name: str
    title: str
    signers: str
    expiry: str
    offered_days: int | None
    longest_days: int | None
    separate: str
    one_recipient: bool = False
    ends_with_case: bool = False
    elements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderType:
    """A kind of court order: whether findings and a process are asked of it, what it adds."""

    name: str
    title: str
    cite: str | None = None
    findings: bool = False
    process: bool = False
    adds: Mapping[Regime, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeRule:
    """A body of law: where a regime that came from outside the category is satisfied."""

    regime: Regime
    title: str
    hides: bool
    home: Category | None = None
    needs: Cell = Cell()
    from_source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRule:
    """A category's row of the matrix."""

    category: Category
    title: str
    regimes: tuple[Regime, ...]
    hide: bool
    unlisted: bool
    adds: tuple[str, ...]
    subsets: Mapping[str, frozenset[str]]
    cells: Mapping[Role, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateRule:
    """A statutory report: which fields go to whom. Nothing blocks it; it carries nothing else."""

    name: str
    recipients: frozenset[Role]
    needs: str | None
    never_regimes: frozenset[Regime]
    never_categories: frozenset[Category]
    fields: Mapping[Category, frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyRule:
    """What breaking the glass can and cannot do."""

    minutes: int
    duties: tuple[str, ...]
    roles: Mapping[str, frozenset[Role]]
    never_categories: frozenset[Category]
    never_regimes: frozenset[Regime]
    medical_only_regimes: frozenset[Regime]
    part2_duties: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A jurisdiction's rules. Equal inputs, equal answers: nothing here is looked up elsewhere."""

    name: str
    version: str
    title: str
    quiet_roles: frozenset[Role]
    statutory_members: frozenset[Role]
    conditions: Mapping[str, str]
    bases: Mapping[str, Basis]
    releases: Mapping[str, ReleaseType]
    orders: Mapping[str, OrderType]
    regimes: Mapping[Regime, RegimeRule]
    categories: Mapping[Category, CategoryRule]
    mandates: Mapping[str, MandateRule]
    emergency: EmergencyRule
    notices: Mapping[str, str]
    elements: frozenset[str]
    barred_flags: frozenset[str]
    verbal_grants: frozenset[str]
    esign_ok: bool
    majority: int
    clocks: Clocks
    gatherings: Gatherings
    screening: Screenings
    needs: Needs
    appointments: Appointments
    episodes: Episodes
    provision: Provision
    caseworking: Caseworking
    raw: Table

    def cell(self, category: Category, role: Role) -> Cell:
        """The alternatives by which this role may see this category."""
        return self.categories[category].cells[role]

    def borrowed(self, regime: Regime, role: Role) -> Cell:
        """The whole-item alternatives that satisfy a regime on an item of another category."""
        return self._borrowed[regime, role]

    def value(self, key: str) -> Any:
        """A key of the jurisdiction by its dotted name; None if it is not set."""
        found: Any = self.raw
        for word in key.split("."):
            found = found.get(word) if isinstance(found, dict) else None
        return found

    def confirmed(self, key: str) -> bool:
        """Whether this key stands: it is there, and not marked as unconfirmed."""
        found = self.raw.get(key)
        return isinstance(found, dict) and bool(found.get("confirmed", True))

    def with_changes(self, changes: Mapping[str, Any]) -> Profile:
        """This profile with single keys overridden; ProfileError if it no longer stands."""
        if not changes:
            return self
        return built(self.raw.merged(_tabled(changes, self.raw.place)))

    @cached_property
    def from_source(self) -> tuple[tuple[str, Regime], ...]:
        """Which mark of a source brings which regime."""
        rules = self.regimes.values()
        return tuple((rule.from_source, rule.regime) for rule in rules if rule.from_source)

    @cached_property
    def plans(self) -> dict[Any, dict[Any, Any]]:
        """What was compiled of it (`plans`), by discipline, purpose and action; it follows from the profile alone."""
        return {}

    @cached_property
    def _borrowed(self) -> dict[tuple[Regime, Role], Cell]:
        return {
            (regime, role): self.cell(rule.home, role).whole if rule.home else rule.needs
            for regime, rule in self.regimes.items()
            for role in Role
        }


def load(path_or_name: str | Path, *overlays: str | Path) -> Profile:
    """The profile of this name or path, with overlays on top; a file may itself extend another."""
    name = str(path_or_name)
    if not overlays and name in names():
        return _shipped(name)
    raw = _raw(name)
    for overlay in overlays:
        changes = _file(str(overlay))
        changes.pop("extends", None)
        raw = raw.merged(changes)
    return built(raw)


def built(raw: Table) -> Profile:
    """The profile that these tables say; ProfileError if they say none."""
    from mdt.sharing.building import profile

    return profile(raw)


def names() -> tuple[str, ...]:
    """The profiles that come with the application."""
    return tuple(sorted(path.stem for path in PROFILES.glob("*.yaml")))


@lru_cache(maxsize=64)
def _shipped(name: str) -> Profile:
    return built(_raw(name))


def _raw(path_or_name: str) -> Table:
    raw = _file(path_or_name)
    base = raw.pop("extends", None)
    return _raw(str(base)).merged(raw) if base else raw


def _file(path_or_name: str) -> Table:
    path = Path(path_or_name)
    if path.suffix not in (".yaml", ".yml"):
        path = PROFILES / f"{path_or_name}.yaml"
    if not path.is_file():
        known = ", ".join(names())
        raise ProfileError(Place(path_or_name, 1), f"there is no such profile; give a path, or one of {known}")
    try:
        raw = read(path.read_text(encoding="utf-8"), path.name)
    except Unreadable as wrong:
        raise ProfileError(wrong.place, wrong.message) from wrong
    if not isinstance(raw, Table):
        raise ProfileError(Place(path.name, 1), "a profile is a table of keys")
    return raw


def _tabled(changes: Mapping[str, Any], place: Place) -> Table:
    """Changes as tables that know a place; a dotted key reaches into the table it names."""
    new = table(changes.place if isinstance(changes, Table) else place)
    for key, value in changes.items():
        here = changes.at(key) if isinstance(changes, Table) else place
        first, _, rest = key.partition(".")
        inner = {rest: value} if rest else value
        if isinstance(inner, Mapping):
            inner = _tabled(inner, here)
            old = new.get(first)
            inner = old.merged(inner) if isinstance(old, Table) else inner
        new[first], new.places[first] = inner, here
    return new
