"""The effective matrix of a profile, for the command line, the docs and a page: from its cells alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mdt.sharing.explain import cell_words
from mdt.sharing.fields import CATEGORIES
from mdt.sharing.grammar import Alternative, BasisKind
from mdt.sharing.profile import Profile
from mdt.sharing.vocabulary import ROLE_WORDS, Category, Role


@dataclass(frozen=True, slots=True)
class Square:
    """One cell: its grammar, and the same in words, an alternative each."""

    role: Role
    text: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One category across all roles. `hides`: existence itself is not told."""

    category: Category
    title: str
    hides: bool
    squares: tuple[Square, ...]


def matrix(profile: Profile) -> tuple[Row, ...]:
    """Every category in the order of a case page, every role in each."""
    return tuple(_row(profile, category) for category in CATEGORIES)


def _row(profile: Profile, category: Category) -> Row:
    rule = profile.categories[category]
    squares = (
        Square(role, cell.text, tuple(cell_words(one, profile) for one in cell))
        for role in Role
        for cell in (rule.cells[role],)
    )
    return Row(category, CATEGORIES[category].title, rule.hide, tuple(squares))


def text(profile: Profile) -> str:
    """The matrix as plain text: a block a category, a line a role."""
    head = f"{profile.title} ({profile.name}, version {profile.version})"
    return "\n\n".join([head, *(_block(row) for row in matrix(profile))])


def _block(row: Row) -> str:
    hidden = " — its existence is not told" if row.hides else ""
    lines = (f"  {one.role:<4} {one.text}" for one in row.squares)
    return "\n".join([f"{row.category}: {row.title}{hidden}", *lines])


def diff(old: Profile, new: Profile) -> tuple[str, ...]:
    """Who gains and who loses what between two profiles, a sentence each."""
    return (*_cells(old, new), *_keys(old, new))


def _cells(old: Profile, new: Profile) -> Iterator[str]:
    for category in CATEGORIES:
        for role in Role:
            before, after = old.cell(category, role), new.cell(category, role)
            yield from _change("loses", role, category, set(before) - set(after), old)
            yield from _change("gains", role, category, set(after) - set(before), new)


CLOSED = (BasisKind.NEVER, BasisKind.AGGREGATE)


def _change(
    verb: str, role: Role, category: Category, alternatives: set[Alternative], profile: Profile
) -> Iterator[str]:
    title = CATEGORIES[category].title
    opening = (one for one in alternatives if one.kind not in CLOSED)
    for one in sorted(opening, key=str):
        words = cell_words(one, profile)
        yield f"{ROLE_WORDS[role].capitalize()} {verb} “{title}” {words}."


JURISDICTION = (
    "mdt_statute", "juvenile_sharing", "mh_act", "reporter_rule", "reproductive", "minor_consent",
    "sud_minor_consent", "ages", "quiet_roles", "esign_ok",
)  # fmt: skip


def _keys(old: Profile, new: Profile) -> Iterator[str]:
    for key in JURISDICTION:
        before, after = old.raw.get(key), new.raw.get(key)
        if isinstance(before, dict) and isinstance(after, dict):
            for name in sorted(before.keys() | after.keys()):
                if before.get(name) != after.get(name):
                    yield f"{key}.{name} was {_said(before.get(name))}, is {_said(after.get(name))}."
        elif before != after:
            yield f"{key} was {_said(before)}, is {_said(after)}."


def _said(value: object) -> str:
    if value is None or value is False:
        return "not set" if value is None else "no"
    return "yes" if value is True else str(value)
