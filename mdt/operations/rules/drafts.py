"""A draft of the rules: begun, changed cell by cell and entry by entry, or as one file. It opens nothing.

A draft is a file that stands on the version in force: only what it changes. Whatever cannot stand is
refused with the place in that file, and nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import yaml
from sqlalchemy import func, select

from mdt.models import Rules, db, new_id, now
from mdt.models.base import insert_or_ignore
from mdt.models.sealing import tag_of
from mdt.operations.acts import Actor, Refused, recorded
from mdt.operations.rules.force import InForce, as_tables, in_force
from mdt.sharing import overlay
from mdt.sharing import scenarios as asked
from mdt.sharing.matrix import diff
from mdt.sharing.profile import Profile, ProfileError, built, load, names
from mdt.sharing.reading import Place, Table, Unreadable
from mdt.sharing.vocabulary import Category, Role
from mdt.sharing.writing import bare, text_of

FILE = "draft"
LARGEST = 200_000
"""Characters of a file that counsel may give."""
FIXED = ("profile", "version", "extends")
"""What a draft does not say: it is the next version of the rules it stands on."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it stands: what it changes, what it would come to, the county's own scenarios.

    `profile` is None where it cannot stand any more, and `problem` says why.
    """

    id: str
    name: str
    version: int
    changes: str
    scenarios: str
    drafted_at: datetime
    drafter: str
    base: InForce
    profile: Profile | None
    problem: str | None

    @property
    def sentences(self) -> tuple[str, ...]:
        """Who gains and who loses what, against what is in force."""
        return diff(self.base.profile, self.profile) if self.profile else ()

    @property
    def tables(self) -> Table:
        """What it changes, as tables."""
        return _tables(self.changes)

    @property
    def mark(self) -> str:
        """Tells this state of the draft, over this version in force, from every other."""
        return tag_of(f"{self.id}\n{self.base.id}\n{self.changes}\n{self.scenarios}".encode(), "rules")


def known(name: str) -> str:
    """This name, if there is such a profile."""
    if name not in names():
        raise Refused("There are no rules of that name.", reason="not_found", code=404)
    return name


def find(name: str) -> Draft | None:
    """The open draft of the rules of this name."""
    row = _row(name)
    return _draft(row, in_force(name)) if row else None


def need(name: str) -> Draft:
    """The open draft; refused where there is none."""
    return find(known(name)) or _refuse_without()


def begin(name: str, *, by: Actor) -> None:
    """Begin the next version of these rules. One draft is open at a time: whoever comes second goes on with it."""
    with recorded("rules.drafted", by=by, profile=known(name)) as record:
        if _row(name) is None:
            record["version"] = version = _next_version(name)
            first = Rules(id=new_id(), profile=name, version=version, drafted_by=by.id)
            db.session.execute(insert_or_ignore(Rules, **_columns(first)))


def change_cell(name: str, category: Category, role: Role, lines: list[str], *, by: Actor) -> None:
    """Let a cell say these alternatives, one a line. ProfileError, with the place, if they cannot stand."""
    changes = overlay.nested({f"categories.{category}.cells.{role}": lines})
    _change(name, changes, by=by, about={"category": category.value, "role": role.value})


def with_cell(draft: Draft, category: Category, role: Role, lines: list[str]) -> Profile:
    """What the draft would be if this cell said these; nothing is kept. Unreadable if they cannot stand."""
    changes = overlay.nested({f"categories.{category}.cells.{role}": lines})
    return would_be(draft.base, text_of(overlay.merged(bare(draft.tables), changes)), draft.version)


def change_entry(name: str, entry: str, answers: Mapping[str, Any], *, by: Actor) -> None:
    """Let an entry of the jurisdiction say this; ProfileError, with the place, if it cannot stand."""
    _change(name, {entry: overlay.nested(answers)}, by=by, about={"entry": entry})


def undo(name: str, path: tuple[str, ...], *, by: Actor) -> None:
    """Take one change back: what is in force stands there again."""
    with recorded("rules.changed", by=by, profile=name) as record:
        row = writable(name)
        said = bare(_tables(row.changes))
        record["undone"] = next((".".join(one) for one, _ in overlay.ends(said) if one == path), None)
        _keep(row, text_of(overlay.without(said, path)), in_force(name))


def replace(name: str, text: str, *, by: Actor) -> None:
    """Let the draft be this file. Unreadable, with the line, if it cannot stand."""
    with recorded("rules.changed", by=by, profile=name, file=True):
        _keep(writable(name), _small_enough(text), in_force(name))


def keep_scenarios(name: str, text: str, *, by: Actor) -> None:
    """Keep the county's own scenarios with the draft. Unreadable, with the line, if they are no scenarios."""
    with recorded("rules.changed", by=by, profile=name, scenarios=True):
        row = writable(name)
        if text.strip():
            for result in asked.answers(_small_enough(text), "scenarios"):
                if result.decision is None:
                    raise Unreadable(result.place, "; ".join(result.wrong))
        row.scenarios = text


def drop(name: str, *, by: Actor) -> None:
    """Throw the draft away."""
    with recorded("rules.dropped", by=by, profile=name) as record:
        row = writable(name)
        record["version"] = row.version
        db.session.delete(row)


def would_be(base: InForce, changes: str, version: int) -> Profile:
    """The profile that these changes make of what is in force; Unreadable, with the line, if it cannot stand."""
    said = _tables(changes)
    for key in FIXED:
        if key in said:
            raise ProfileError(said.at(key), f"a draft does not say {key}; leave it out")
    raw = base.profile.raw.merged(said)
    raw["version"] = str(version)
    return built(raw)


def _change(name: str, changes: Mapping[str, Any], *, by: Actor, about: Mapping[str, str]) -> None:
    with recorded("rules.changed", by=by, profile=name, **about):
        row, base = writable(name), in_force(name)
        told = overlay.merged(bare(_tables(row.changes)), changes)
        _keep(row, text_of(overlay.pruned(told, bare(base.profile.raw))), base)


def _keep(row: Rules, text: str, base: InForce) -> None:
    would_be(base, text, row.version)
    row.changes = text


def _tables(text: str) -> Table:
    return as_tables(text if text.strip() else "{}", FILE)


def _small_enough(text: str) -> str:
    if len(text) > LARGEST:
        raise Unreadable(Place(FILE, 1), f"this is longer than {LARGEST:,} characters; leave out what is not needed")
    if any(mark in text for mark in ("&", "*")) and _refers(text):
        raise Unreadable(Place(FILE, 1), "write everything out: names for parts of the file (& and *) are not read")
    return text


def _refers(text: str) -> bool:
    """Whether a text uses anchors or aliases, which could make a small file endless."""
    try:
        return any(isinstance(one, yaml.AnchorToken | yaml.AliasToken) for one in yaml.scan(text))
    except yaml.YAMLError:
        return False


def _row(name: str) -> Rules | None:
    return db.session.scalar(select(Rules).where(Rules.profile == name, Rules.signed_at.is_(None)))


def writable(name: str) -> Rules:
    """The open draft, held against whoever else would change it until this transaction ends."""
    return (
        db.session.scalar(
            select(Rules).where(Rules.profile == name, Rules.signed_at.is_(None)).with_for_update(of=Rules)
        )
        or _refuse_without()
    )


def _refuse_without() -> Any:
    raise Refused("There is no draft now. Somebody signed it or threw it away.", reason="no_draft", back="/rules")


def _next_version(name: str) -> int:
    newest = db.session.scalar(select(func.max(Rules.version)).where(Rules.profile == name))
    return max(newest or 0, int(load(name).version)) + 1


def _columns(row: Rules) -> dict[str, Any]:
    return {
        "id": row.id, "profile": row.profile, "version": row.version, "changes": row.changes_,
        "drafted_by": row.drafted_by, "drafted_at": row.drafted_at or now(),
    }  # fmt: skip


def _draft(row: Rules, base: InForce) -> Draft:
    profile, problem = None, None
    try:
        profile = would_be(base, row.changes, row.version)
    except Unreadable as wrong:
        problem = str(wrong)
    return Draft(
        row.id, row.profile, row.version, row.changes, row.scenarios or "", row.drafted_at, row.drafter.name, base,
        profile, problem,
    )  # fmt: skip


__all__ = [
    "Draft", "begin", "change_cell", "change_entry", "drop", "find", "keep_scenarios", "known", "need", "replace",
    "undo", "with_cell", "would_be", "writable",
]  # fmt: skip
