"""Loading the facts of a case for a decision, and keeping them no longer than their epoch.

What is kept is facts, never an answer: every decision is taken anew, for now. A fact changed in any
process moves the case's epoch in the same transaction, and the next read sees it. The version of the
rules is read beside the epoch: what was read under another one is not used again. Where every move
since was of records alone, nothing but those is read again; where papers moved, those too.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import is_
from threading import Lock
from typing import Any

from flask import g, has_request_context
from sqlalchemy import cast, event, literal, null, select, union_all
from sqlalchemy.orm import Session

from mdt.models import Agency, Case, Emergency, Item, Member, Order, Release, Restriction, User, db, now, read_only
from mdt.models.among import among
from mdt.models.base import UtcTime
from mdt.operations import at_once
from mdt.operations.rules import force
from mdt.operations.rules.force import NEWEST
from mdt.sharing import copied
from mdt.sharing import facts as fact
from mdt.sharing.compiled import next_turn
from mdt.sharing.profile import Profile

KEPT_AT_MOST = 2000
NAME_IN_USE = "name_in_use"
GROUND = (Case.epoch - Case.filed - Case.papers).label("ground")
"""It moves unless nothing but records and papers changed."""
EPOCHS = select(Case.id, Case.epoch, GROUND, Case.papers, NEWEST.label("rules_id")).where(among(Case.id))
NOTHING_MORE: Mapping[str, Any] = {}
NONE: frozenset[str] = frozenset()
MINE = "facts"
"""Under which name a session holds the facts of cases that its transaction has changed."""
AS_IT_STANDS = select(Case.id, Case.epoch).where(among(Case.id))
"""Whether anything moved: another version of the rules moves every case under it."""
PARTS: dict[str, Any] = {"releases": Release, "orders": Order, "restrictions": Restriction, "emergencies": Emergency}
PAPERS = union_all(*(
    select(
        literal(name).label("part"), table.id, table.case_id, table.terms_.label("terms"),
        (table.ended_at if table is Emergency else cast(null(), UtcTime)).label("ended_at"),
    ).where(among(table.case_id))
    for name, table in PARTS.items()
)).order_by("id")  # fmt: skip
"""All papers of some cases in one question: on a slow line each question is a part of a second."""
ROWS = {
    table: select(*(one for one in table.__table__.columns if one.name not in ("form", "why", "answer")))
    .where(among(table.__table__.c.case_id))
    .order_by(table.__table__.c.id)
    for table in (Item, Member)
}
ITEMS = Item.__table__.c
VERSIONS = (
    select(ITEMS.id, ITEMS.case_id, ITEMS.version)
    .where(among(ITEMS.case_id))
    .order_by(ITEMS.id)
)
RECORDS = select(*ITEMS).where(among(ITEMS.id))
"""What a decision asks of records and members, row by row. Whoever asks this has asked for the epochs before."""
WHO = [one for one in User.__table__.columns if one.name not in ("pulse", "login", "login_index", "password_hash")]
"""What is read of somebody on a team; nothing of how they sign in."""


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody on a team as they are known from their row. `fact` is None for whoever has no discipline."""

    row: Any
    fact: fact.User | None
    agency_id: str | None
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """The facts of one case at one epoch and the rules it is under, with what is needed to open its values and
    name its people.

    `called` are agencies and people by identifier; `looks` is what `operations.views` worked out from these very
    facts, `closed` the envelopes that were fetched, still sealed, by item and group: both go when the facts do.
    `grown` says of what they came, where nothing but records and papers changed since; `standings` is what tells the
    members from one another, which outlasts such a change; `lasting` is what follows from the facts alone, and outlasts
    whatever changes no fact.
    """

    id: str
    youth_id: str
    lead_id: str
    profile: str
    rules_id: str | None
    rules: Profile
    epoch: int
    ground: int
    facts: fact.Facts
    agency_names: dict[str, str]
    people_names: dict[str, str]
    people_titles: dict[str, str]
    called: dict[str, str]
    filed: dict[str, Any]
    people: dict[str, Known]
    looks: dict[Any, Any] = field(default_factory=dict)
    closed: dict[str, Mapping[str, tuple[bytes, datetime]]] = field(default_factory=dict)
    standings: dict[str, Any] = field(default_factory=dict, repr=False)
    lasting: dict[Any, Any] = field(default_factory=dict, repr=False)
    grown: Grown | None = field(default=None, repr=False)
    papers: int = 0

    @property
    def scope(self) -> tuple[str, str]:
        return self.lead_id, self.youth_id


@dataclass(frozen=True, slots=True)
class Grown:
    """What was worked out from the facts before, and the records of which nothing of it can be used: those that
    changed, came or went, and whatever quotes them; all of them where a paper did."""

    looks: dict[Any, Any]
    anew: frozenset[str]
    same: bool = False
    """Whether they are the very facts they were: nothing but values changed, of which no decision knows."""


_kept: OrderedDict[str, CaseFacts] = OrderedDict()
_lock = Lock()


def load(case_id: str) -> CaseFacts | None:
    """The facts of this case as they are now, and as this transaction has them so far; None if there is no such case.

    What a transaction changed is kept when it commits, and not before: it may yet be undone, and the epoch it has then
    belongs to other facts.
    """
    return load_many([case_id]).get(case_id)


def load_many(case_ids: Sequence[str]) -> dict[str, CaseFacts]:
    """The facts of several cases, in a fixed number of queries, in the order in which they are asked for: whether
    one was read anew tells of a change in it."""
    every = at_once.each("facts", case_ids, _load_many)
    _rests_on(every.values())
    return every


def _load_many(case_ids: Sequence[str]) -> dict[str, CaseFacts]:
    epochs = db.session.execute(EPOCHS, {"ids": list(case_ids)}).all()
    mine: dict[str, CaseFacts] = db.session().info.setdefault(MINE, {})
    known = ((row, mine.get(row.id) or _kept.get(row.id)) for row in epochs)
    found = {row.id: case for row, case in known if case and _is_current(case, row)}
    if missing := [row for row in epochs if row.id not in found]:
        read = _read(missing)
        moved = db.session().info.get("moved", ())
        _keep({one: case for one, case in read.items() if one not in moved})
        mine |= {one: case for one, case in read.items() if one in moved}
        found |= read
    return {one: found[one] for one in case_ids if one in found}


def _rests_on(cases: Iterable[CaseFacts]) -> None:
    """Remember what the answer to this request rests on: of each case the first that it was given, and since when."""
    if has_request_context():
        g.setdefault("rests_since", now())
        held = g.setdefault("rests_on", {})
        for one in cases:
            held.setdefault(one.id, one)


def still_hold(at: datetime, asked: Any = AS_IT_STANDS, also: Mapping[str, Any] = NOTHING_MORE) -> bool:
    """Whether everything that the answer to this request rests on is as it was when it was decided: one question to
    the database for all of its cases, and the clock, by which a fact turns though nobody changes it.

    `asked` may ask for one row more in the same question, whose identifier is `also["row"]`. The answer is as old as
    its way back is long, and nothing is left to say to the database after it.
    """
    held: dict[str, CaseFacts] = g.get("rests_on", {})
    if not held:
        return True
    if any(_turned(one, g.rests_since, at) for one in held.values()):
        return False
    db.session.rollback()  # what is read next is of now
    read_only()
    found = db.session.connection().execute(asked, {**also, "ids": list(held)})
    known = {one.id: one.epoch for one in held.values()}
    return {row.id: row.epoch for row in found} == known | dict.fromkeys(filter(None, [also.get("row")]), 0)


def only_words_moved() -> bool:
    """Whether the cases that the answer to this request rests on moved once at the most, and only by other words in
    their records, of which no decision knows: then it rests on them as they are now, and whoever asks goes on to
    `still_hold`."""
    held: dict[str, CaseFacts] = g.get("rests_on", {})
    db.session.rollback()
    there = load_many(list(held))
    alike = there.keys() == held.keys() and all(_alike(one, there[one.id]) for one in held.values())
    if alike:
        g.rests_on = {name: replace(one, epoch=there[name].epoch) for name, one in held.items()}
    return alike


def _alike(before: CaseFacts, after: CaseFacts) -> bool:
    """Of two moves the second could take back what the first closed."""
    return after.facts is before.facts and after.rules_id == before.rules_id and after.epoch - before.epoch <= 1


def _turned(case: CaseFacts, since: datetime, at: datetime) -> bool:
    """Whether a fact of this case turned in between, if anybody looked at it."""
    turn = next_turn(case.facts, since, case.rules) if case.looks else None
    return turn is not None and turn <= at


def decide_anew() -> None:
    """The answer to this request is made once more: what it rested on is forgotten."""
    g.pop("rests_on", None)
    g.pop("rests_since", None)


def _is_current(kept: CaseFacts, row: Any) -> bool:
    """Whether nothing changed: neither a fact of the case, nor the rules it is under."""
    return bool(kept.epoch == row.epoch and kept.rules_id == row.rules_id)


def forget_all() -> None:
    """Drop what is kept: for tests, and when a database is replaced under the process."""
    with _lock:
        _kept.clear()


def _read(rows: Sequence[Any]) -> dict[str, CaseFacts]:
    read = _with_their_records(rows)
    if missing := [row.id for row in rows if row.id not in read]:
        read |= _assemble(missing)
    return read


def _with_their_records(rows: Sequence[Any]) -> dict[str, CaseFacts]:
    """Those of these cases that stand on the ground they stood on, with their records as they are now."""
    same = {row.id: (kept, row) for row in rows if (kept := _kept.get(row.id)) and _same_ground(kept, row)}
    items = _records(same) if same else {}
    moved = [one for one, (kept, row) in same.items() if kept.papers != row.papers]
    parts = _papers(moved) if moved else {}
    found = {one: _with_records(kept, row.epoch, items.get(one, [])) for one, (kept, row) in same.items()}
    for one in moved:
        if case := found[one]:
            found[one] = _with_papers(case, same[one], parts)
    return {one: case for one, case in found.items() if case}


def _same_ground(kept: CaseFacts, row: Any) -> bool:
    return bool(kept.ground == row.ground and kept.rules_id == row.rules_id)


def _with_records(before: CaseFacts, epoch: int, filed: list[Any]) -> CaseFacts | None:
    """The same case with these records; None where one comes of an agency that had no part in it."""
    if any(one.source_id not in before.facts.orgs for one in filed):
        return None
    items = {one.id: _terms(before.scope, one, before) for one in filed}
    still = [one.id for one in filed if one.id in before.closed and before.filed[one.id] == one]
    same = len(items) == len(before.facts.items) and all(map(is_, items.values(), before.facts.items.values()))
    return replace(
        before, epoch=epoch, facts=before.facts if same else replace(before.facts, items=items),
        filed={one.id: one for one in filed}, looks={}, closed={one: before.closed[one] for one in still},
        grown=Grown(before.looks, NONE, same=True) if same else _grown(before, items),
        lasting=before.lasting if same else {},
    )  # fmt: skip


def _with_papers(case: CaseFacts, moved: tuple[CaseFacts, Any], parts: Mapping[str, Any]) -> CaseFacts | None:
    """The same with these papers: every record is decided anew, and nobody has to be read again. None where the name
    the young person uses is kept from somebody now, or no more: then the team is called anew."""
    before, row = moved
    there = {name: rows.get(case.id, ()) for name, rows in parts.items()}
    known = replace(case.facts, **_as_facts(there, case.scope))
    if hides_name(known) != hides_name(case.facts):
        return None
    grown = Grown(before.looks, frozenset({*before.facts.items, *case.facts.items}))
    return replace(case, papers=row.papers, facts=known, looks={}, grown=grown, lasting={})


def _grown(before: CaseFacts, items: Mapping[str, fact.Item]) -> Grown | None:
    """What of the looks before can be used; None if nothing: somebody is placed by a record that came or went."""
    old = before.facts.items
    anew = {one for one in {*old, *items} if old.get(one) is not items.get(one)}
    if anew & {user.placement for user in before.facts.users.values()}:
        return None
    while more := {one.id for one in items.values() if one.id not in anew and anew & {*one.quotes}}:
        anew |= more
    return Grown(before.looks, frozenset(anew))


def _assemble(case_ids: Sequence[str]) -> dict[str, CaseFacts]:
    cases = db.session.execute(
        select(
            Case.id,
            Case.youth_id,
            Case.lead_id,
            Case.profile,
            NEWEST.label("rules_id"),
            Case.epoch,
            GROUND,
            Case.papers,
            Case.terms_,
        ).where(Case.id.in_(case_ids))
    ).all()
    parts = _papers(case_ids)
    items, members = _by_case(Item, case_ids), _by_case(Member, case_ids)
    before = {one: kept for one in case_ids if (kept := _kept.get(one))}
    users = _people(members.values(), before.values())
    agencies = {agency.id: agency for agency in db.session.scalars(select(Agency))}
    return {row.id: _assembled(row, items, members, users, agencies, parts, before.get(row.id)) for row in cases}


def _by_case(table: Any, case_ids: Sequence[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in db.session.execute(ROWS[table], {"ids": list(case_ids)}):
        found.setdefault(row.case_id, []).append(row)
    return found


def _records(same: Mapping[str, tuple[CaseFacts, Any]]) -> dict[str, list[Any]]:
    """The records of these cases as they are now: those whose version is what it was are not read again."""
    known = {name: row for kept, _ in same.values() for name, row in kept.filed.items()}
    there = list(db.session.execute(VERSIONS, {"ids": list(same)}))
    anew = [row.id for row in there if row.id not in known or known[row.id].version != row.version]
    known |= {row.id: row for row in db.session.execute(RECORDS, {"ids": anew})} if anew else {}
    found: dict[str, list[Any]] = {}
    for row in there:
        if row.id in known:  # else it went while this was asked, and the next epoch is without it
            found.setdefault(row.case_id, []).append(known[row.id])
    return found


def _papers(case_ids: Sequence[str]) -> dict[str, dict[str, list[Any]]]:
    found: dict[str, dict[str, list[Any]]] = {name: {} for name in PARTS}
    for row in db.session.execute(PAPERS, {"ids": list(case_ids)}):
        found[row.part].setdefault(row.case_id, []).append(row)
    return found


def _people(members: Iterable[list[Any]], before: Iterable[CaseFacts]) -> dict[str, Known]:
    """Whoever is on these teams. Those whose row is as it was are not opened again."""
    ids = {row.user_id for rows in members for row in rows}
    rows = db.session.execute(select(*WHO).where(User.id.in_(ids))).all() if ids else []
    old = {user_id: known for kept in before for user_id, known in kept.people.items()}
    same = {row.id: old[row.id] for row in rows if row.id in old and old[row.id].row == row}
    new = {row.id: row for row in rows if row.id not in same}
    opened = db.session.scalars(select(User).where(User.id.in_(new))) if new else ()
    return same | {one.id: _known(one, new[one.id]) for one in opened}


def _known(user: User, row: Any) -> Known:
    title = user.title or user.role_words
    return Known(row, user.fact if user.role else None, user.agency_id, user.name, title)


def _assembled(
    row: Any,
    items: dict[str, list[Any]],
    members: dict[str, list[Any]],
    users: dict[str, Known],
    agencies: dict[str, Agency],
    parts: dict[str, dict[str, list[Any]]],
    before: CaseFacts | None,
) -> CaseFacts:
    scope = (row.lead_id, row.youth_id)
    case = Case.terms.opened(scope, row.id, row.terms_, Case.__tablename__)
    team = {m.user_id: made for m in members.get(row.id, ()) if (made := _member(m))}
    own = {m.user_id: users[m.user_id] for m in members.get(row.id, ())}
    filed = items.get(row.id, [])
    present = {row.lead_id} | {one.source_id for one in filed} | {user.agency_id for user in own.values()}
    earlier = {spell.org for user in own.values() if user.fact for spell in user.fact.history}
    orgs = {agency_id: agencies[agency_id].fact for agency_id in present | earlier if agency_id in agencies}
    agencies = {agency_id: agencies[agency_id] for agency_id in present if agency_id in agencies}
    facts = fact.Facts(
        case=case,
        orgs=orgs,
        users={user_id: user.fact for user_id, user in own.items() if user.fact},
        members=team,
        items={one.id: _terms(scope, one, before) for one in filed},
        **_as_facts({name: rows.get(row.id, ()) for name, rows in parts.items()}, scope),
    )
    agency_names = {agency.id: agency.name for agency in agencies.values()}
    people_names = {user_id: _known_as(user, facts) for user_id, user in own.items()}
    return CaseFacts(
        row.id,
        row.youth_id,
        row.lead_id,
        row.profile,
        row.rules_id,
        force.of(row.profile, row.rules_id),
        row.epoch,
        row.ground,
        facts,
        agency_names,
        people_names,
        {user_id: user.title for user_id, user in own.items()},
        agency_names | people_names,
        {one.id: one for one in filed},
        own,
        papers=row.papers,
    )


def hides_name(facts: fact.Facts) -> bool:
    """Whether the name the young person uses is kept from somebody at the table, by their word."""
    return any(NAME_IN_USE in one.fields for one in facts.restrictions)


def _known_as(user: Known, facts: fact.Facts) -> str:
    """The name of somebody on the team. The young person’s account bears their name, so where that is not safe with
    everybody the list says who they are, and only a record that is decided for each reader says their name."""
    young = user.fact is not None and user.fact.person == fact.YOUTH
    return "The young person" if young and hides_name(facts) else user.name


def _terms(scope: tuple[str, str], row: Any, before: CaseFacts | None) -> fact.Item:
    """What a decision knows of this record; sealed as it was, it is not opened again."""
    kept = before.filed.get(row.id) if before else None
    known = before.facts.items.get(row.id) if before else None
    if known is not None and kept is not None and kept.terms == row.terms:
        return known
    found: fact.Item = Item.terms.opened(scope, row.id, row.terms, Item.__tablename__)
    return known if found == known and known is not None else found


def _as_facts(papers: Mapping[str, Iterable[Any]], scope: tuple[str, str]) -> dict[str, Any]:
    """Papers as a decision knows them: an objection speaks of what repeats what it is about, too."""
    found: dict[str, Any] = {name: tuple(_opened(PARTS[name], scope, rows)) for name, rows in papers.items()}
    return found | {"restrictions": copied.reaching(found["restrictions"])}


def _opened(table: Any, scope: tuple[str, str], rows: Iterable[Any]) -> Iterable[Any]:
    return (table.terms.opened(scope, row.id, row.terms, table.__tablename__) for row in rows if not _ended(row))


def _ended(row: Any) -> bool:
    """Whether an emergency was ended by whoever declared it: from then on no decision rests on it."""
    return row.ended_at is not None


def _member(row: Any) -> fact.Member | None:
    return Member.fact.fget(row)  # type: ignore[attr-defined, no-any-return]


@event.listens_for(Session, "after_commit", insert=True)
def _keep_mine(session: Session) -> None:
    """What this transaction changed and read is so from now on; before anybody is told that it changed. Nobody else
    moved the epoch meanwhile: whoever moves it first holds the case until they commit."""
    _keep(session.info.pop(MINE, {}))


@event.listens_for(Session, "after_soft_rollback")
def _forget_mine(session: Session, _undone: Any) -> None:
    session.info.pop(MINE, None)


def _keep(read: Mapping[str, CaseFacts]) -> None:
    with _lock:
        for case_id, facts in read.items():
            _kept[case_id] = facts
            _kept.move_to_end(case_id)
        while len(_kept) > KEPT_AT_MOST:
            _kept.popitem(last=False)


__all__ = ["NAME_IN_USE", "CaseFacts", "forget_all", "hides_name", "load", "load_many"]
