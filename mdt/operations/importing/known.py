"""What is known already of the young people in a few rows: their cases, and what a file may change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from mdt.models import Case, Episode, Item, ItemGroup, Member, User, Youth, db
from mdt.models.codec import load
from mdt.models.sealing import index_of, keys
from mdt.operations.importing.columns import CATEGORY_OF, Record
from mdt.operations.linking.whole import gone_into
from mdt.sharing import facts as fact
from mdt.sharing.gate import admitted
from mdt.sharing.vocabulary import Category, Role
from mdt.vault.seal import DataKey, Place, open_value


@dataclass(frozen=True, slots=True)
class Desk:
    """For whom a file is brought in, and when: its agency and that one's rules, by name, and who confirmed it."""

    agency_id: str
    zone: ZoneInfo
    me: fact.User
    at: datetime
    rules: str

    @property
    def today(self) -> date:
        return self.at.astimezone(self.zone).date()


@dataclass(slots=True)
class Held:
    """An item as it is kept: its terms, and its sealed groups."""

    id: str
    version: int
    terms: fact.Item
    groups: dict[str, bytes]


@dataclass(slots=True)
class Folder:
    """One young person: their key, their case, who is on it, and those items a file may touch.

    `open`: the one who brings in the file is on the case's team. `new_youth`, `new_case`: still to be
    written. `epoch`: that of the case when it was looked at. `searches`: the episodes that run, by when their spell
    begins, each with when a file said already that they are back.
    """

    youth_id: str
    case_id: str
    key: DataKey
    terms: fact.Case
    open: bool
    members: set[str] = field(default_factory=set)
    items: dict[str, Held] = field(default_factory=dict)
    searches: dict[datetime, datetime | None] = field(default_factory=dict)
    new_youth: bool = False
    new_case: bool = False
    epoch: int = 0


class Closed:
    """A young person who is known, and whose key was destroyed, or whose case was taken into another."""


def stranger(youth_id: str, key: DataKey) -> Folder:
    """A folder for a young person nobody knew, with a key of their own."""
    return Folder(youth_id, "", key, _NOTHING, open=True, new_youth=True, new_case=True)


_NOTHING = fact.Case(id="", lead=None, youth=fact.Youth(born=date.min), opened=date.min)
"""Stands in until a row opens the case."""


def index(desk: Desk, ref: str) -> bytes:
    """The keyed hash by which a young person is found by their agency's own id."""
    return index_at(desk.agency_id, ref)


def index_at(agency_id: str, ref: str) -> bytes:
    """The same, of the id that this agency gave them."""
    return index_of(f"reference:{agency_id}", ref)


def item_id(youth_id: str, record: Record, key: str) -> str:
    """The identifier of the item that a row fills: a keyed hash, so that the same row finds it again."""
    return str(UUID(bytes=index_of("imported item", f"{youth_id}:{record}:{key}"), version=4))


def workers(desk: Desk, logins: Iterable[str]) -> dict[str, str]:
    """Active colleagues at the agency: {sign-in name, as `login_of` writes it: user id}."""
    wanted = {index_of("login", login): login for login in set(map(login_of, logins)) - {""}}
    if not wanted:
        return {}
    found = db.session.execute(
        select(User.login_index, User.id).where(
            User.login_index.in_(wanted), User.agency_id == desk.agency_id, User.role == Role.CW, User.active
        )
    )
    return {wanted[row.login_index]: row.id for row in found}


def login_of(said: str) -> str:
    """A sign-in name as names are compared."""
    return said.strip().casefold()


def folders(desk: Desk, wanted: Mapping[bytes, Sequence[tuple[Record, str]]]) -> dict[bytes, Folder | Closed]:
    """Who of these young people is known, by index; with the items that these (record, key) fill."""
    known = db.session.execute(
        select(Youth.id, Youth.reference_index).where(
            Youth.agency_id == desk.agency_id, Youth.reference_index.in_(wanted)
        )
    ).all()
    if not known:
        return {}
    ids = [row.id for row in known]
    opened, cases = keys().found(desk.agency_id, ids), _cases(desk, ids)
    elsewhere = gone_into(case.id for case in cases.values())
    found: dict[bytes, Folder | Closed] = {
        row.reference_index: _folder(desk, row.id, opened.get(row.id), cases.get(row.id)) for row in known
    }
    for row in known:
        if row.id in cases and cases[row.id].id in elsewhere:
            found[row.reference_index] = Closed()  # it is part of another case now, and nobody looks here
    here = {index: one for index, one in found.items() if isinstance(one, Folder) and not one.new_case}
    _add_members(desk, list(here.values()))
    _add_searches({one.case_id: one for one in here.values() if one.open})
    _add_items(desk, {index: (one, wanted[index]) for index, one in here.items() if one.open})
    return found


def _cases(desk: Desk, youth_ids: Sequence[str]) -> dict[str, Any]:
    """The case of each at this agency: the one that is open, else the last."""
    columns = (Case.id, Case.youth_id, Case.terms_.label("terms"), Case.closed, Case.created_at, Case.epoch)
    cases = select(*columns).where(Case.youth_id.in_(youth_ids), Case.lead_id == desk.agency_id)
    order = sorted(db.session.execute(cases), key=lambda row: (not row.closed, row.created_at))
    return {row.youth_id: row for row in order}


def _folder(desk: Desk, youth_id: str, key: DataKey | None, case: Any) -> Folder | Closed:
    if key is None:
        return Closed()
    if case is None:
        return Folder(youth_id, "", key, _NOTHING, open=True, new_case=True)
    terms = load(fact.Case, open_value(key, case.terms, Place(Case.__tablename__, case.id, "terms_")))
    return Folder(youth_id, case.id, key, terms, open=False, epoch=case.epoch)


def still_true(desk: Desk, found: Mapping[bytes, Folder | Closed]) -> bool:
    """Whether nothing of these young people changed since they were looked at; holds their cases from now."""
    known = [one for one in found.values() if isinstance(one, Folder)]
    epochs = {one.case_id: one.epoch for one in known if one.epoch}
    cases = select(Case.id, Case.epoch).where(Case.id.in_(epochs)).order_by(Case.id).with_for_update()
    if epochs and {row.id: row.epoch for row in db.session.execute(cases)} != epochs:
        return False
    strangers = [at for at, one in found.items() if isinstance(one, Folder) and one.new_youth]
    caseless = [one.youth_id for one in known if one.new_case and not one.new_youth]
    come = select(Youth.id).where(Youth.agency_id == desk.agency_id, Youth.reference_index.in_(strangers))
    opened = select(Case.id).where(Case.youth_id.in_(caseless), Case.lead_id == desk.agency_id)
    return not any(some and db.session.scalar(new.limit(1)) for some, new in ((strangers, come), (caseless, opened)))


def _add_members(desk: Desk, known: Sequence[Folder]) -> None:
    by_case = {one.case_id: one for one in known}
    columns = (Member.case_id, Member.user_id, Member.since, Member.until, Member.recused_at, Member.purpose)
    for row in db.session.execute(select(*columns).where(Member.case_id.in_(by_case))):
        folder = by_case[row.case_id]
        folder.members.add(row.user_id)
        if row.user_id == desk.me.id:
            folder.open = _admitted(desk, folder, row)


def _admitted(desk: Desk, folder: Folder, row: Any) -> bool:
    """The gate itself is asked, with the few facts it needs."""
    member = Member.fact.fget(row)  # type: ignore[attr-defined]
    members = {desk.me.id: member} if member else {}
    facts = fact.Facts(case=folder.terms, orgs={}, users={desk.me.id: desk.me}, members=members, items={})
    return admitted(facts, desk.me.id, desk.at)


def _add_searches(by_case: Mapping[str, Folder]) -> None:
    running = select(Episode).where(Episode.case_id.in_(by_case), Episode.recovered_at.is_(None))
    for row in db.session.scalars(running) if by_case else ():
        by_case[row.case_id].searches[row.since] = row.words.said_back


def _add_items(desk: Desk, wanted: Mapping[bytes, tuple[Folder, Sequence[tuple[Record, str]]]]) -> None:
    places = {
        item_id(folder.youth_id, record, key): (folder, record)
        for folder, told in wanted.values() for record, key in told
    }
    held = _held({item: folder.key for item, (folder, _) in places.items()})
    for item, one in held.items():
        places[item][0].items[item] = one
    bare = {
        folder.case_id: (folder, item)
        for item, (folder, record) in places.items() if record is Record.YOUTH and item not in held
    }
    if bare:
        _add_items_by_hand(desk, bare)


def _add_items_by_hand(desk: Desk, bare: Mapping[str, tuple[Folder, str]]) -> None:
    """Who opened a case by hand wrote who the young person is: the file adds to that very item."""
    theirs = select(Item.id, Item.case_id).where(Item.case_id.in_(bare), Item.source_id == desk.agency_id)
    own = {row.id: bare[row.case_id] for row in db.session.execute(theirs.order_by(Item.created_at))}
    held = _held({item: folder.key for item, (folder, _) in own.items()})
    for item, one in held.items():
        folder, place = own[item]
        if one.terms.category is _IDENTITY and one.terms.subject == fact.YOUTH:
            folder.items.setdefault(place, one)


_IDENTITY: Category = CATEGORY_OF[Record.YOUTH]


def _held(wanted: Mapping[str, DataKey]) -> dict[str, Held]:
    """These items, each opened with the key given."""
    items = select(Item.id, Item.version, Item.terms_.label("terms")).where(Item.id.in_(wanted))
    rows = db.session.execute(items)
    found = {row.id: Held(row.id, row.version, _terms(wanted[row.id], row), {}) for row in rows}
    groups = select(ItemGroup.item_id, ItemGroup.group, ItemGroup.values_.label("envelope"))
    for row in db.session.execute(groups.where(ItemGroup.item_id.in_(found))) if found else ():
        found[row.item_id].groups[row.group] = row.envelope
    return found


def _terms(key: DataKey, row: Any) -> fact.Item:
    return load(fact.Item, open_value(key, row.terms, Place(Item.__tablename__, row.id, "terms_")))


__all__ = [
    "Closed", "Desk", "Folder", "Held", "folders", "index", "index_at", "item_id", "login_of", "still_true", "stranger",
    "workers",
]
