"""Bringing in a batch of rows: sealed one by one, written table by table.

Rows are gathered into a `Sheet` and written with one statement a table. They are worked out and sealed
before anything is locked, so that others can write meanwhile; whether all of it is still true is asked
once it is. Nothing here commits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, insert, update

from mdt.models import Case, Item, ItemGroup, Member, Standing, StoredKey, Youth, db, move, new_id, stir
from mdt.models.codec import dump
from mdt.models.sealing import keys
from mdt.operations import facts, team
from mdt.operations.facts import CaseFacts
from mdt.operations.importing import known, planning
from mdt.operations.importing.columns import Record
from mdt.operations.importing.known import Closed, Desk, Folder
from mdt.operations.importing.planning import Filing, Outcome, Step
from mdt.operations.importing.reading import Row
from mdt.sharing import facts as fact
from mdt.sharing.vocabulary import Category, Purpose
from mdt.vault.seal import DataKey, Place, seal_value

_SHAPE = attrgetter(*(one.name for one in fields(fact.Item) if one.name not in ("id", "third_party")))
"""All of an item's terms by which two of them can differ, beside their ids."""


def prepared(rows: Iterable[Row], desk: Desk) -> Sheet:
    """What these rows do, worked out and sealed, to be written."""
    rows = sorted(rows, key=lambda row: row.record is not Record.YOUTH)
    refs = {row.ref: known.index(desk, row.ref) for row in rows}
    wanted: dict[bytes, list[tuple[Record, str]]] = {index: [] for index in refs.values()}
    for row in rows:
        wanted[refs[row.ref]].append((row.record, row.key))  # type: ignore[arg-type]
    sheet = Sheet(desk, known.folders(desk, wanted))
    workers = known.workers(desk, (row.values.get("worker_login", "") for row in rows))
    for row in rows:
        index = refs[row.ref]
        if index not in sheet.folders and row.record is Record.YOUTH:
            sheet.folders[index] = sheet.stranger(row.ref, index)
        sheet.take(planning.step(row, sheet.folders.get(index), desk, workers), sheet.folders.get(index))
    return sheet


class Sheet:
    """Rows to write, by table; and what was known when they were worked out."""

    def __init__(self, desk: Desk, folders: dict[bytes, Folder | Closed]) -> None:
        self.desk, self.folders = desk, folders
        self.counts: Counter[str] = Counter()
        self.keys: list[dict[str, Any]] = []
        self.youth: list[dict[str, Any]] = []
        self.cases: dict[str, Folder] = {}
        self.moved: dict[str, Folder] = {}
        self.items: list[dict[str, Any]] = []
        self.revised: list[dict[str, Any]] = []
        self.groups: list[dict[str, Any]] = []
        self.replaced: list[dict[str, Any]] = []
        self.members: list[dict[str, Any]] = []
        self.told: list[tuple[str, fact.Item]] = []
        self.filed: list[tuple[str, Category, date | None]] = []
        """New records that say what happened, by case, kind and day: a placement, a report that was taken."""
        self.back: list[tuple[str, datetime, datetime]] = []
        """Who is back by this file and searched for: the case, when the spell begins, when they came back."""
        self.alike: dict[Any, Any] = {}

    def stranger(self, ref: str, index: bytes) -> Folder:
        """A young person nobody knew, with a key and a record of their own."""
        youth_id = new_id()
        key, stored = keys().made((self.desk.agency_id, youth_id))
        self.keys.append(stored)
        self.youth.append({
            "id": youth_id, "agency_id": self.desk.agency_id, "reference_index": index, "created_at": self.desk.at,
            "reference": _sealed(key, ref, Youth.__tablename__, youth_id, "reference_"),
        })
        return known.stranger(youth_id, key)

    def take(self, done: Step, folder: Folder | Closed | None) -> None:
        """Note what one row does, and make it known to the rows after it."""
        self.counts[done.outcome] += 1
        if done.outcome in (Outcome.NEW, Outcome.CHANGED):
            assert isinstance(folder, Folder)
            self._do(done, folder)

    def _do(self, done: Step, folder: Folder) -> None:
        if done.terms is not None and done.terms != folder.terms:
            folder.terms, folder.case_id = done.terms, done.terms.id
            (self.cases if folder.new_case else self.moved)[folder.case_id] = folder
            if folder.new_case:
                self.filed.append((folder.case_id, Category.ALLEGATION, done.terms.report_received))
        if done.filing:
            self._file(done.filing, folder)
        for user in done.members:
            self._join(user, folder)
        if done.back:
            folder.searches[done.back[0]] = done.back[1]
            self.back.append((folder.case_id, *done.back))
        if not folder.new_case:
            self.moved[folder.case_id] = folder

    def _file(self, filing: Filing, folder: Folder) -> None:
        terms, held = filing.terms, filing.held
        envelope = _sealed(folder.key, self._dumped(terms), Item.__tablename__, terms.id, "terms_")
        groups = {
            group: _sealed(folder.key, values, ItemGroup.__tablename__, terms.id, group)
            for group, values in filing.groups.items()
        }
        if held:
            version = held.version + 1
            self.revised.append({"at": terms.id, "terms_": envelope, "version_": version, "changed_at_": self.desk.at})
            self.replaced += [{"at": terms.id, "at_group": group} for group in groups if group in held.groups]
            self.told.append((folder.case_id, terms))
        else:
            self.items.append({
                "id": terms.id, "case_id": folder.case_id, "source_id": self.desk.agency_id, "terms": envelope,
                "version": 1, "created_at": self.desk.at, "changed_at": self.desk.at,
            })
            self.filed.append((folder.case_id, terms.category, terms.recorded))
            self.told += [] if folder.new_case else [(folder.case_id, terms)]
        self.groups += [
            {"item_id": terms.id, "group": group, "values": sealed, "changed_at": self.desk.at}
            for group, sealed in groups.items()
        ]
        version = held.version + 1 if held else 1
        folder.items[terms.id] = known.Held(terms.id, version, terms, {**(held.groups if held else {}), **groups})

    def _dumped(self, terms: fact.Item) -> Any:
        """Terms as they are stored. Most items of a batch are alike in all but their id, and are written once."""
        if terms.third_party:
            return dump(terms)
        shape = _SHAPE(terms)
        if shape not in self.alike:
            self.alike[shape] = dump(terms)
        return self.alike[shape] | {"id": terms.id}

    def _join(self, user: str, folder: Folder) -> None:
        at = self.desk.at
        folder.members.add(user)
        self.members.append({
            "id": new_id(), "case_id": folder.case_id, "user_id": user, "standing": Standing.ACCEPTED,
            "purpose": Purpose.PLAN, "invited_by": self.desk.me.id, "invited_at": at, "since": at, "changed_at": at,
        })

    def still_true(self) -> bool:
        """Whether what was worked out still holds; from now on it does until the transaction ends."""
        return known.still_true(self.desk, self.folders)

    def write(self) -> list[str]:
        """Write everything noted, in the transaction at hand; the cases that are new or changed."""
        shared = self._shared()
        _insert(StoredKey, self.keys)
        _insert(Youth, self.youth)
        _insert(Case, [self._case(folder) for folder in self.cases.values()])
        _insert(Item, self.items)
        self._revise()
        _insert(ItemGroup, self.groups)
        _insert(Member, self.members)
        self._tell(shared)
        return [*self.cases, *self.moved]

    def _case(self, folder: Folder) -> dict[str, Any]:
        return {
            "id": folder.case_id, "youth_id": folder.youth_id, "lead_id": self.desk.agency_id, "terms": _terms(folder),
            "profile": self.desk.rules, "closed": False, "epoch": 1, "filed": 0, "pulse": 1, "created_at": self.desk.at,
        }

    def _revise(self) -> None:
        _update(Item, self.revised)
        if self.replaced:
            gone = (ItemGroup.item_id == bindparam("at")) & (ItemGroup.group == bindparam("at_group"))
            db.session.connection().execute(delete(ItemGroup).where(gone), self.replaced)
        _update(Case, [{"at": case_id, "terms_": _terms(folder)} for case_id, folder in self.moved.items()])

    def _shared(self) -> dict[str, CaseFacts]:
        """Changed cases that somebody else is on too, as they were: what is not committed yet is not kept."""
        shared = [case_id for case_id, folder in self.moved.items() if folder.members - {self.desk.me.id}]
        return facts.load_many(sorted(shared)) if shared else {}

    def _tell(self, shared: dict[str, CaseFacts]) -> None:
        """Ring for what changed: the cases move, and rise in the lists of those who may see why."""
        move(db.session(), self.moved)
        stir(db.session(), {one["user_id"] for one in self.members})
        if self.moved:
            mine = (Member.user_id == self.desk.me.id) & Member.case_id.in_(self.moved)
            db.session.connection().execute(update(Member).where(mine).values(changed_at=self.desk.at))
        for case_id, terms in self.told:
            if before := shared.get(case_id):
                items = {**before.facts.items, terms.id: terms}
                now_known = replace(before.facts, case=self.moved[case_id].terms, items=items)
                team.noticed(replace(before, facts=now_known), terms, by=self.desk.me.id)


def _terms(folder: Folder) -> bytes:
    return _sealed(folder.key, dump(folder.terms), Case.__tablename__, folder.case_id, "terms_")


def _sealed(key: DataKey, value: Any, table: str, row: str, column: str) -> bytes:
    return seal_value(key, value, Place(table, row, column))


def _insert(noun: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.connection().execute(insert(noun.__table__), rows)


def _update(noun: Any, rows: list[dict[str, Any]]) -> None:
    """Each row names the one it changes by `at`, and every new value by its column and an underscore."""
    if rows:
        values: dict[str, BindParameter[Any]] = {name[:-1]: bindparam(name) for name in rows[0] if name != "at"}
        change = update(noun.__table__).where(noun.__table__.c.id == bindparam("at")).values(values)
        db.session.connection().execute(change, rows)


__all__ = ["Sheet", "prepared"]
