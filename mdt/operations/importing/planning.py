"""What a row would do, held against what is known: open a case, change something, nothing, or no.

The preview shows this and the import does it; there is no second place where it is worked out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from mdt.models import new_id
from mdt.models.items import ItemGroup
from mdt.operations.importing.columns import CATEGORY_OF, RECORD_WORDS, Record, columns_of, label_of
from mdt.operations.importing.known import Closed, Desk, Folder, Held, item_id, login_of
from mdt.operations.importing.problems import Problem
from mdt.operations.importing.reading import Row
from mdt.sharing import facts as fact
from mdt.sharing import fields as catalog
from mdt.sharing.moments import begins
from mdt.sharing.moments import day as day_of
from mdt.vault.seal import Place, open_value

FIELDS = {
    record: {one.name: catalog.field(CATEGORY_OF[record], one.name) for one in columns_of(record) if one.field}
    for record in Record
}
"""The catalog's fields that each kind of row fills."""


class Outcome(StrEnum):
    """What comes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Filing:
    """An item to write: what a decision knows of it, and the values of the groups that change."""

    held: Held | None
    terms: fact.Item
    groups: Mapping[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Step:
    """What a row does. `changes` are labels; `terms` the case's, if they change; `back`: of the spell that begins then,
    when they came back, for a person to confirm."""

    outcome: Outcome
    changes: tuple[str, ...] = ()
    filing: Filing | None = None
    terms: fact.Case | None = None
    members: tuple[str, ...] = ()
    problem: Problem | None = None
    back: tuple[datetime, datetime] | None = None


NOBODY = "There is no young person with this id, in this file or with us. Bring in their row too."
NOT_ON_TEAM = (
    "We have this young person, and you are not on their team. Ask whoever leads the case to add you, "
    "then choose the file again."
)
DESTROYED = "What we had of this young person was destroyed for good. Ask your administrator."


def refused(row: Row, code: str, words: str) -> Step:
    """A no, with its reason."""
    return Step(Outcome.REFUSED, problem=Problem(code, words, row.number, None))


def twice(row: Row, first: int) -> Problem:
    """The same id stands in two rows of one file."""
    words = f"This {RECORD_WORDS[row.record]} stands in row {first:,} already. Keep one of the two."  # type: ignore[index]
    return Problem("twice", words, row.number, "record_id" if row.record is not Record.YOUTH else "youth_id")


def step(row: Row, folder: Folder | Closed | None, desk: Desk, workers: Mapping[str, str]) -> Step:
    """What this row does to what is known. Reads the clock of the desk alone; changes nothing."""
    assert row.record is not None
    if isinstance(folder, Closed):
        return refused(row, "destroyed", DESTROYED)
    if folder is None or (not folder.case_id and row.record is not Record.YOUTH):
        return refused(row, "nobody", NOBODY)
    if not folder.open:
        return refused(row, "not_on_team", NOT_ON_TEAM)
    terms = _TERMS[row.record](row, folder, desk)
    filing, changed = _filing(row, folder, desk)
    members, back = _members(row, folder, desk, workers), _back(row, folder, desk)
    if filing and filing.held is None:
        return Step(Outcome.NEW, (), filing, terms, members, back=back)
    joined = (label_of(row.record, "worker_login"),) if members else ()
    said = (label_of(row.record, "end"),) if back else ()
    changes = tuple(dict.fromkeys((*changed, *_moved(row, folder.terms, terms), *joined, *said)))
    if not changes:
        return Step(Outcome.SAME)
    return Step(Outcome.CHANGED, changes, filing, terms, members, back=back)


def _youth_terms(row: Row, folder: Folder, desk: Desk) -> fact.Case:
    said = row.values
    received = said.get("report_received")
    told: dict[str, Any] = {"opened": _day(said["case_opened"])}
    told |= {"report_received": _day(received)} if received else {}
    told |= {"custody": said["custody"]} if "custody" in said else {}
    born = fact.Youth(born=_day(said["date_of_birth"]))
    if folder.new_case:
        return fact.Case(id=folder.case_id or new_id(), lead=desk.agency_id, youth=born, timezone=desk.zone.key, **told)
    return replace(folder.terms, youth=replace(folder.terms.youth, born=born.born), **told)


def _placement_terms(_row: Row, folder: Folder, _desk: Desk) -> fact.Case:
    return folder.terms


def _missing_terms(row: Row, folder: Folder, desk: Desk) -> fact.Case:
    """The case with this episode in it: in place of the one this row told of before, if it did. One that is searched
    for here stays as it is: what a file says of its end is for a person to confirm (`_back`)."""
    since, until = _span(row)
    before = _told_before(row, folder, since, desk)
    if before and _searched(before, folder):
        return folder.terms
    kept = [one for one in folder.terms.missing if one is not before]
    now = replace(before or fact.Missing(since=since), since=since, until=until or (before.until if before else None))
    zone = folder.terms.zone
    return replace(folder.terms, missing=tuple(sorted([*kept, now], key=lambda one: begins(one.since, zone))))


def _back(row: Row, folder: Folder, desk: Desk) -> tuple[datetime, datetime] | None:
    """That they are back, which a file says of somebody who is searched for, and has not said before."""
    if row.record is not Record.MISSING:
        return None
    since, until = _span(row)
    before = _told_before(row, folder, since, desk)
    if before is None or until is None or not _searched(before, folder):
        return None
    begun = begins(before.since, folder.terms.zone)
    return (begun, until) if folder.searches[begun] != until else None


def _span(row: Row) -> tuple[datetime, datetime | None]:
    since, until = (datetime.fromisoformat(row.values[end]) if end in row.values else None for end in ("start", "end"))
    assert since is not None
    return since, until


def _searched(spell: fact.Missing, folder: Folder) -> bool:
    return begins(spell.since, folder.terms.zone) in folder.searches


def _told_before(row: Row, folder: Folder, since: datetime, desk: Desk) -> fact.Missing | None:
    """An episode that begins at the same moment; else the one that began on the day this item is of, where the file is
    written; else the one that is searched for, where this row tells of that time."""
    for one in folder.terms.missing:
        if one.since == since:
            return one
    held = folder.items.get(item_id(folder.youth_id, Record.MISSING, row.key))
    day = held.terms.recorded if held else None
    same_day = next((one for one in folder.terms.missing if day_of(one.since, desk.zone) == day), None)
    return same_day or next((one for one in folder.terms.missing if _is_of(one, row, folder)), None)


def _is_of(spell: fact.Missing, row: Row, folder: Folder) -> bool:
    """Whether a row tells of a spell that is searched for: it begins on that day, or was not over when that began."""
    if not _searched(spell, folder):
        return False
    zone, (since, until) = folder.terms.zone, _span(row)
    begun = begins(spell.since, zone)
    return day_of(since, zone) == day_of(begun, zone) or (since <= begun and (until is None or until > begun))


_TERMS = {Record.YOUTH: _youth_terms, Record.PLACEMENT: _placement_terms, Record.MISSING: _missing_terms}


def _moved(row: Row, old: fact.Case, new: fact.Case) -> tuple[str, ...]:
    """What of the case's own facts changes, as the columns call it."""
    told = {
        "date_of_birth": (old.youth.born, new.youth.born), "case_opened": (old.opened, new.opened),
        "report_received": (old.report_received, new.report_received), "custody": (old.custody, new.custody),
        "start": ([one.since for one in old.missing], [one.since for one in new.missing]),
        "end": ([one.until for one in old.missing], [one.until for one in new.missing]),
    }
    return tuple(
        label_of(row.record, name) for name in row.values  # type: ignore[arg-type]
        if name in told and told[name][0] != told[name][1]
    )


def _filing(row: Row, folder: Folder, desk: Desk) -> tuple[Filing | None, tuple[str, ...]]:
    """The item this row fills, and the labels of the fields that change in it."""
    assert row.record is not None
    place = item_id(folder.youth_id, row.record, row.key)
    held = folder.items.get(place)
    old = _opened(held, folder) if held else {}
    given = _values(row, old)
    changed = tuple(name for name, value in given.items() if old.get(name) != value)
    recorded = _recorded(row, desk)
    if held and not changed and (held.terms.recorded == recorded or row.record is Record.YOUTH):
        return None, ()
    merged = {**old, **given}
    terms = _item_terms(row.record, held, place, merged, recorded, desk)
    fields = FIELDS[row.record]
    groups: dict[str, dict[str, Any]] = {fields[name].group: {} for name in changed}
    for name, value in merged.items():
        field = fields.get(name) or catalog.field(terms.category, name)
        if field.group in groups:
            groups[field.group][name] = value
    return Filing(held, terms, groups), tuple(fields[name].label for name in changed)


def _item_terms(
    record: Record, held: Held | None, place: str, values: Mapping[str, Any], recorded: date, desk: Desk
) -> fact.Item:
    category = CATEGORY_OF[record]
    names = catalog.in_order(category, values)
    if held:
        return replace(held.terms, fields=names, recorded=held.terms.recorded if record is Record.YOUTH else recorded)
    return fact.Item(id=place, category=category, source=desk.agency_id, fields=names, recorded=recorded)


def _recorded(row: Row, desk: Desk) -> date:
    """The day an item is of: when a placement or an episode began; for the person, today."""
    start = row.values.get("start")
    return desk.today if start is None else _day(start[:10])


def _values(row: Row, old: Mapping[str, Any]) -> dict[str, Any]:
    fields = FIELDS[row.record]  # type: ignore[index]
    given = {name: value for name, value in row.values.items() if name in fields}
    if row.record is Record.PLACEMENT:
        given["placement_name"] = _dated(row, str(old.get("placement_name", "")))
    return given


def _dated(row: Row, old: str) -> str:
    """The name of a place with its days: which one holds now must be plain where the name stands."""
    name, start, end = (row.values.get(part) for part in ("placement_name", "start", "end"))
    begun = f"{name} ({_said(str(start))} to "
    if end is None:
        return old if old.startswith(begun) else f"{name} (since {_said(str(start))})"
    return f"{begun}{_said(end)})"


def _said(day: str) -> str:
    found = _day(day)
    return f"{found:%B} {found.day}, {found.year}"


def _opened(held: Held, folder: Folder) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for group, envelope in held.groups.items():
        values |= open_value(folder.key, envelope, Place(ItemGroup.__tablename__, held.id, group))  # type: ignore[arg-type]
    return values


def _members(row: Row, folder: Folder, desk: Desk, workers: Mapping[str, str]) -> tuple[str, ...]:
    """Who joins the case by this row: who brings it in, when it opens; the assigned worker, if known."""
    if row.record is not Record.YOUTH:
        return ()
    worker = workers.get(login_of(row.values.get("worker_login", "")))
    wanted = dict.fromkeys([*([desk.me.id] if folder.new_case else []), *([worker] if worker else [])])
    return tuple(user for user in wanted if user not in folder.members)


def _day(said: str) -> date:
    return date.fromisoformat(said)


__all__ = ["Filing", "Outcome", "Step", "refused", "step", "twice"]
