"""A version that was signed over an older catalog, read by newer software: it stands, and what it never spoke of is
refused.

Counsel signed a table of cells over the fields there were then. A kind of record, a discipline or a field that came
with the software since has no cell of theirs: nobody gets it by these rules until a next version says so. If the file
cannot stand even so, each agency reads what it filed itself, and nothing else opens. What is missing is said in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mdt.sharing import fields as catalog
from mdt.sharing.grammar import parse
from mdt.sharing.profile import Profile, ProfileError, built, load
from mdt.sharing.reading import Table, table
from mdt.sharing.vocabulary import Category, Purpose, Regime, Role

NEVER, OWN = "never", "own"
SIGNED = "as-signed"
"""The fields of a category that the signed version was about, where the catalog has more now."""
WORDS: Mapping[str, Iterable[str]] = {"roles": Role, "purposes": Purpose, "regimes": Regime}
"""Sets that rules repeat whole; a new word of them opens nothing by itself."""
CLOSED = "It cannot be read by this version of the application. Each agency reads what it filed itself, nothing else."


@dataclass(frozen=True, slots=True)
class Read:
    """A signed version as it holds now, and what it does not speak of."""

    profile: Profile
    missing: tuple[str, ...]


def with_fields(raw: Table) -> Table:
    """The rules with the fields they are about, as they are signed."""
    said = raw.merged(table(raw.place))
    rows = said["categories"] = said["categories"].merged(table(raw.place))
    for name in rows:
        row = rows[name] = rows[name].merged(table(raw.place))
        row["fields"] = list(catalog.names_of(Category(name)))
    return said


def completed(raw: Table) -> Read:
    """The profile of a signed version; what it does not speak of is refused."""
    try:
        said, missing = _completed(raw)
        return Read(built(said), missing)
    except (ProfileError, KeyError, TypeError, AttributeError, ValueError):
        return Read(built(_closed(raw)), (CLOSED,))


def _completed(raw: Table) -> tuple[Table, tuple[str, ...]]:
    shipped, said, missing = _shipped(raw), raw.merged(table(raw.place)), list[str]()
    for key in shipped:
        if key not in said:
            said[key] = shipped[key]
    for key, words in WORDS.items():
        if isinstance(said[key], Table):
            added = [one for one in words if one not in said[key]]
            said[key] = said[key].merged(table(raw.place))
            said[key].update({one: shipped[key][one] for one in added})
        else:
            said[key] = [*said[key], *(one for one in words if one not in said[key])]
    rows, new = said["categories"].merged(table(raw.place)), list[str]()
    for category in Category:
        if category.value not in rows:
            rows[category.value] = _row_of_nobody(shipped["categories"][category.value])
            new.append(category.value)
            missing.append(f"{catalog.CATEGORIES[category].title}: a kind of record it does not know. Nobody gets it.")
        else:
            rows[category.value], lacks = _row(category, rows[category.value])
            missing += lacks
    said["categories"] = rows
    if new:
        said["emergency"] = said["emergency"].merged(table(raw.place))
        said["emergency"]["never_categories"] = [*said["emergency"]["never_categories"], *new]
    return said, tuple(missing)


def _row(category: Category, row: Table) -> tuple[Table, list[str]]:
    """The row of a category with its missing cells closed, and held to the fields it was signed over."""
    row, title, missing = row.merged(table(row.place)), catalog.CATEGORIES[category].title, list[str]()
    known, signed = set(catalog.names_of(category)), row.pop("fields", None)
    row.pop("labels", None)
    subsets = {name: [one for one in fields if one in known] for name, fields in row["subsets"].items()}
    cells = row["cells"].merged(table(row.place))
    lacking = [role for role in Role if role.value not in cells]
    cells.update({role.value: [NEVER] for role in lacking})
    if lacking:
        missing.append(f"{title}: no cell for {', '.join(lacking)}. They get nothing of it.")
    came = [one for one in catalog.fields_of(category) if signed is not None and one.name not in signed]
    if came:
        subsets[SIGNED] = [one for one in signed or () if one in known]
        missing.append(f"{title}: {', '.join(one.label for one in came)}. Only whoever filed it gets it.")
    for name in list(cells):
        cells[name] = [_held_to(str(one), subsets, held=bool(came)) for one in _listed(cells[name])]
    row["cells"] = cells
    row["subsets"] = table(row.place)
    row["subsets"].update({name: fields for name, fields in subsets.items() if fields})
    return row, missing


def _held_to(text: str, subsets: Mapping[str, list[str]], *, held: bool) -> str:
    """An alternative of a cell, for no field that it was not signed over."""
    said = parse(text)
    if said.subset is not None:
        return text if subsets.get(said.subset) else NEVER
    if not held or text in (NEVER, "aggregate"):
        return text
    first, at = text.split(), 2 if said.ref else 1
    return " ".join((*first[:at], "part", SIGNED, *first[at:])) if subsets[SIGNED] else NEVER


def _row_of_nobody(shipped: Table) -> Table:
    """A kind of record that nobody gets, and nobody is told of."""
    row = shipped.merged(table(shipped.place))
    row["hide"], row["cells"] = True, table(shipped.place)
    row["cells"].update({role.value: [NEVER] for role in Role})
    return row


def _closed(raw: Table) -> Table:
    """The rules that came with the application, under this name and version, with nothing open but one's own."""
    said = _shipped(raw).merged(table(raw.place))
    said["version"] = str(raw.get("version", "0"))
    rows = said["categories"] = said["categories"].merged(table(raw.place))
    for name, row in list(rows.items()):
        rows[name] = _row_of_nobody(row)
        own = {role: [OWN] for role, cell in row["cells"].items() if OWN in _listed(cell)}
        rows[name]["cells"].update(own)
    said["mandates"] = table(raw.place)
    said["emergency"] = said["emergency"].merged(table(raw.place))
    said["emergency"]["never_categories"] = [one.value for one in Category]
    return said


def _shipped(raw: Table) -> Table:
    return load(str(raw["profile"])).raw


def _listed(said: object) -> list[str]:
    return [str(one) for one in said] if isinstance(said, list | tuple) else [str(said)]


__all__ = ["CLOSED", "Read", "completed", "with_fields"]
