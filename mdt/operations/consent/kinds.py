"""What an agency can let out, and by which kind of release: read from the cells of the profile.

A kind that belongs to money or a licence (a victim service provider's, a runaway programme's, a
treatment programme's) is there only for an agency that has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mdt.sharing import fields as catalog
from mdt.sharing.facts import Org
from mdt.sharing.grammar import Alternative, BasisKind, Cell
from mdt.sharing.profile import Profile, ReleaseType
from mdt.sharing.vocabulary import Category, Regime, Role

WORDS: dict[str, str] = {
    "MDT": "What it has on file",
    "HIPAA": "Health and mental health",
    "PSY": "A therapist’s own session notes",
    "P2": "Treatment for alcohol or drugs",
    "P2L": "Treatment for alcohol or drugs, for a court case",
    "TPO": "Treatment for alcohol or drugs, between those who treat",
    "CN": "Counseling notes about alcohol or drugs",
    "FERPA": "School records",
    "VSP": "What an advocate knows",
    "RHY": "What a runaway program knows",
    "MIN": "Care the young person asked for alone",
    "SOGI": "Orientation and gender",
    "IMM": "Immigration",
}
"""Each kind as one would say it; the title of the profile stands beside it."""
BEYOND_US = (
    "An advocate must keep what you say. Whoever is told under this paper need not, and a court can ask them for it. "
    "What was told cannot be taken back."
)
BEYOND_HEALTH = "Once it is told, health privacy law may no longer protect it where it went."
BEYOND_HERE = "Once it is told, other rules may hold where it went. It may be passed on only as the law there allows."


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of release as one agency can use it: what it can let out, by category and to which disciplines."""

    rule: ReleaseType
    reaches: dict[Category, frozenset[Role]]
    together: tuple[str, ...]
    """Other types that have to be signed beside it, for what this agency holds."""

    @property
    def type(self) -> str:
        return self.rule.name

    @property
    def words(self) -> str:
        beyond_school = self.type == "FERPA" and Category.EDUCATION not in self.reaches
        return "Health, for a school" if beyond_school else WORDS.get(self.type, self.rule.title)

    @property
    def together_words(self) -> tuple[str, ...]:
        return tuple(WORDS.get(name, name) for name in self.together)

    @property
    def categories(self) -> tuple[Category, ...]:
        return tuple(category for category in catalog.CATEGORIES if category in self.reaches)

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(catalog.CATEGORIES[category].title for category in self.categories)


def kinds(profile: Profile, org: Org, known: Iterable[Category] = ()) -> tuple[Kind, ...]:
    """The kinds of release that open something of this agency to somebody of another discipline.

    `known` are categories that the reader knows it to have filed beyond those its discipline usually files.
    """
    brought, found = _brought(profile, org), dict[str, dict[Category, frozenset[Role]]]()
    for category in sorted(_held(profile, org.role) | set(known), key=catalog.ORDER.__getitem__):
        for role in Role:
            for name in _types(profile, category, role, brought):
                reached = found.setdefault(name, {})
                reached[category] = reached.get(category, frozenset()) | {role}
    usable = [
        name
        for name in profile.releases
        if _reaches_others(found.get(name, {}), org) and _own_to(profile, name, brought)
    ]
    needed = {name for regime in brought for name in _satisfying(profile, regime)}
    return tuple(
        Kind(profile.releases[name], found[name], _together(profile, name, found[name], needed)) for name in usable
    )


def statements(profile: Profile, name: str) -> tuple[str, ...]:
    """What the law, or fairness, wants said on a paper of this type about what becomes of what is told."""
    part2 = name == "CN" or name in _satisfying(profile, Regime.PART2)
    said = {"FERPA": profile.notices["notice_ferpa"], "VSP": BEYOND_US, "RHY": BEYOND_US, "MDT": BEYOND_HERE}
    return (profile.notices["notice_2_32"],) if part2 else (said.get(name, BEYOND_HEALTH),)


def anywhere(profile: Profile) -> frozenset[Category]:
    """What no discipline files as its own, so that it may lie with any: whoever holds it knows."""
    return frozenset(one for one, rule in profile.categories.items() if not any(map(_files, rule.cells.values())))


def _held(profile: Profile, role: Role) -> set[Category]:
    """What this discipline files, by its cells."""
    return {category for category, rule in profile.categories.items() if _files(rule.cells[role])}


def _files(cell: Cell) -> bool:
    return any(one.kind is BasisKind.OWN for one in cell)


def _types(profile: Profile, category: Category, role: Role, brought: frozenset[Regime]) -> Iterator[str]:
    """The types that open this category to this role, the bodies of law that come with the source included."""
    cell = profile.cell(category, role)
    if any(one.kind in (BasisKind.NEVER, BasisKind.AGGREGATE) for one in cell):
        return
    yield from _named(cell)
    for regime in brought:
        yield from _named(profile.borrowed(regime, role))


def _named(cell: Iterable[Alternative]) -> Iterator[str]:
    return (name for one in cell if one.kind is BasisKind.RELEASE for name in one.types)


def _brought(profile: Profile, org: Org) -> frozenset[Regime]:
    marks = {"part2": org.part2, "vsp": org.vsp is not None, "rhy": org.rhy}
    return frozenset(regime for regime, rule in profile.regimes.items() if marks.get(rule.from_source or ""))


def _satisfying(profile: Profile, regime: Regime) -> set[str]:
    return {name for role in Role for name in _named(profile.borrowed(regime, role))}


def _own_to(profile: Profile, name: str, brought: frozenset[Regime]) -> bool:
    """Whether the type belongs to no agency in particular, or to one like this."""
    owners = {
        regime for regime, rule in profile.regimes.items() if rule.from_source and name in _satisfying(profile, regime)
    }
    return not owners or bool(owners & brought)


def _reaches_others(reached: dict[Category, frozenset[Role]], org: Org) -> bool:
    return any(roles - {org.role} for roles in reached.values())


def _together(
    profile: Profile, name: str, reached: dict[Category, frozenset[Role]], needed: set[str]
) -> tuple[str, ...]:
    """What the agency's money asks for as well, and what the cells name only in one breath with this type."""
    said = [one for category, roles in reached.items() for role in roles for one in profile.cell(category, role)]
    beside = [set(one.types) - {name} for one in said if one.kind is BasisKind.RELEASE and name in one.types]
    also = set.intersection(*beside) if beside else set()
    also |= needed if name not in needed else set()
    return tuple(one for one in profile.releases if one in also)


__all__ = ["WORDS", "Kind", "anywhere", "kinds", "statements"]
