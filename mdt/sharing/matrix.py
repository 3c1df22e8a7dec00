"""The effective matrix of a profile, for the command line, the docs and a page: from its cells alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from mdt.sharing.explain import cell_words
from mdt.sharing.fields import CATEGORIES
from mdt.sharing.grammar import Alternative, BasisKind, Cell
from mdt.sharing.jurisdiction import CONFIRMED, ENTRIES, leaves
from mdt.sharing.profile import CategoryRule, Profile
from mdt.sharing.vocabulary import ROLE_WORDS, Category, Role


class Face(StrEnum):
    """How a cell looks from afar."""

    SEES = "sees"
    PART = "part"
    OWN = "own"
    RELEASE = "release"
    ORDER = "order"
    COUNTED = "counted"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Square:
    """One cell: its grammar, and the same in words, an alternative each."""

    role: Role
    text: str
    words: tuple[str, ...]
    face: Face


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
        Square(role, cell.text, tuple(cell_words(one, profile) for one in cell), face(cell))
        for role in Role
        for cell in (rule.cells[role],)
    )
    return Row(category, CATEGORIES[category].title, rule.hide, tuple(squares))


def face(cell: Cell) -> Face:
    """The most that this cell opens to somebody without a paper; else the paper it takes."""
    if cell.never:
        return Face.NEVER
    kinds = {one.kind for one in cell}
    by_right = [one for one in cell if one.kind in (BasisKind.LAW, BasisKind.KEEPER)]
    if any(one.whole and not one.when for one in by_right):
        return Face.SEES
    if by_right:
        return Face.PART
    return next(look for kind, look in _BY_PAPER.items() if kind in kinds)


_BY_PAPER = {
    BasisKind.OWN: Face.OWN,
    BasisKind.RELEASE: Face.RELEASE,
    BasisKind.ORDER: Face.ORDER,
    BasisKind.AGGREGATE: Face.COUNTED,
}


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
    return (*_cells(old, new), *_rows(old, new), *_keys(old, new), *_rest(old, new))


def _cells(old: Profile, new: Profile) -> Iterator[str]:
    for category in CATEGORIES:
        for role in Role:
            before, after = old.cell(category, role), new.cell(category, role)
            yield from _change("loses", role, category, set(before) - set(after), old)
            yield from _change("gains", role, category, set(after) - set(before), new)


def _change(
    verb: str, role: Role, category: Category, alternatives: set[Alternative], profile: Profile
) -> Iterator[str]:
    title = CATEGORIES[category].title
    opening = (one for one in alternatives if one.kind is not BasisKind.NEVER)
    for one in sorted(opening, key=str):
        words = cell_words(one, profile)
        yield f"{ROLE_WORDS[role].capitalize()} {verb} “{title}” {words}."


def _rows(old: Profile, new: Profile) -> Iterator[str]:
    """What holds for a whole category: which bodies of law it brings, whether its existence is told."""
    for category, entry in CATEGORIES.items():
        before, after = old.categories[category], new.categories[category]
        for name, words in ROW:
            was, is_ = words(before), words(after)
            if was != is_:
                yield f"“{entry.title}”: {name} was {was}, is {is_}."


ROW: tuple[tuple[str, Callable[[CategoryRule], str]], ...] = (
    ("body of law", lambda rule: ", ".join(rule.regimes) or "none"),
    ("existence", lambda rule: "not told" if rule.hide else "told"),
    ("searching and listing", lambda rule: "never" if rule.unlisted else "allowed"),
    ("what it obliges to", lambda rule: ", ".join(rule.adds) or "nothing more"),
)


JURISDICTION = (
    "mdt_statute", "juvenile_sharing", "mh_act", "reporter_rule", "reproductive", "minor_consent",
    "sud_minor_consent", "ages", "quiet_roles", "esign_ok",
)  # fmt: skip
APART = frozenset({*JURISDICTION, "profile", "version", "title", "categories"})
"""Keys that are said elsewhere, or say nothing of what opens."""


def _rest(old: Profile, new: Profile) -> Iterator[str]:
    """Every other key that changed, by its dotted name: a change that nobody reads is signed by nobody."""
    for key in sorted(old.raw.keys() | new.raw.keys()):
        if key not in APART and old.raw.get(key) != new.raw.get(key):
            was, is_ = dict(leaves(old.raw.get(key), key)), dict(leaves(new.raw.get(key), key))
            for name in sorted(was.keys() | is_.keys()):
                if was.get(name) != is_.get(name):
                    yield f"{name} was {_said(was.get(name))}, is {_said(is_.get(name))}."


def _keys(old: Profile, new: Profile) -> Iterator[str]:
    for key in JURISDICTION:
        before, after = old.raw.get(key), new.raw.get(key)
        if isinstance(before, dict) and isinstance(after, dict):
            for name in sorted(before.keys() | after.keys()):
                if before.get(name) == after.get(name):
                    continue
                if name == CONFIRMED:
                    yield _counsel(key, after.get(name))
                else:
                    yield f"{key}.{name} was {_said(before.get(name))}, is {_said(after.get(name))}."
        elif before != after:
            yield f"{key} was {_said(before)}, is {_said(after)}."


def _counsel(entry: str, said: object) -> str:
    """That counsel confirmed an entry, or that nobody does any more."""
    title = ENTRIES[entry].title if entry in ENTRIES else entry
    if not said:
        return f"“{title}” is not confirmed any more; the stricter rule holds."
    who = f" by {said.get('by', 'counsel')}, {said.get('on', '')}" if isinstance(said, dict) else ""
    return f"“{title}” is confirmed{who}."


ROWWISE = ("regimes", "hide", "unlisted", "adds")


def touched(old: Profile, new: Profile) -> frozenset[Role]:
    """The roles whose view can differ between two profiles at all: by their own cells, or by a key that holds for
    everybody."""
    names = (old.raw.keys() | new.raw.keys()) - {"profile", "version", "title", "categories"}
    whole = any(old.raw.get(name) != new.raw.get(name) for name in names)
    rows = [(old.categories[one], new.categories[one]) for one in CATEGORIES]
    if whole or any(getattr(a, name) != getattr(b, name) for a, b in rows for name in ROWWISE):
        return frozenset(Role)
    return frozenset(role for role in Role if any(a.cells[role] != b.cells[role] for a, b in rows))


def _said(value: object) -> str:
    if value is None or value is False:
        return "not set" if value is None else "no"
    return "yes" if value is True else str(value)
