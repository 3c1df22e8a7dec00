"""Who would read more at a joined table than at those where they sit, or would sit at a word of theirs: now, and on
each later day on which something turns by itself, as a release that takes effect next week.

It is asked of the decision itself, on the joined facts, for every purpose that is somebody's to say. Whoever is
stopped for a while, or asked and has not answered, is asked about like everybody else: they may come back, or say yes.

As when somebody is asked to a table, only what the lead may know of is named to the lead: that an advocate has written
something is not told by who else of hers would read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from mdt.models import Lesson, Meeting, Member, Phase, Standing, Task, User, db, now
from mdt.models.tasks import OPEN
from mdt.operations import views
from mdt.operations.facts import CaseFacts
from mdt.operations.linking import links
from mdt.sharing import facts as fact
from mdt.sharing import fields as catalog
from mdt.sharing.compiled import next_turn, settle_all
from mdt.sharing.decide import look_at
from mdt.sharing.gate import admitted
from mdt.sharing.moments import NEVER_ENDS, day
from mdt.sharing.profile import Profile
from mdt.sharing.vocabulary import USUAL_PURPOSES, Category, Outcome, Purpose

LINKED, MEETINGS, LEARNED = "Linked cases", "Meetings", "What their agency learned"
"""What is of a case beside its records, and is told to whoever sits at its table, or to some of them."""
Later = tuple[tuple[date, tuple[str, ...]], ...]
Found = dict[str, dict[str, datetime | None]]
"""By person and kind of record: from which moment on; None: now."""
Line = tuple[str, str, str]
"""A quiet line: category, source, and what would open it."""
Reading = tuple[dict[str, frozenset[str]], set[Line]]
"""Fields by record, and quiet lines."""


@dataclass(frozen=True, slots=True)
class Gain:
    """Somebody who would read more at the joined table than now: of which kinds, and of which only from a later day on.
    `holds`: whether they hold something, so that it is handed on before they can leave; `stays`: they do not leave,
    since they lead both, or it is about them; `asked`: they have not said yet whether they come, so that it is their
    invitation that stays or goes."""

    user_id: str
    name: str
    agency: str
    titles: tuple[str, ...]
    later: Later
    holds: bool
    stays: bool
    asked: bool


@dataclass(frozen=True, slots=True)
class _Table:
    """One of the two cases with everybody who sits at it, or would at a word of theirs."""

    case: CaseFacts
    facts: fact.Facts
    asked: frozenset[str]

    def seats(self, user_id: str, at: datetime) -> bool:
        return user_id in self.facts.members and admitted(self.facts, user_id, at)

    def keeps_a_place(self, user_id: str) -> bool:
        """Whether somebody has a place here, let in now or not: what keeps them out may end."""
        member = self.facts.members.get(user_id)
        return member is not None and member.until is None and not member.recused


def gains(kept: CaseFacts, gone: CaseFacts, me: str) -> tuple[tuple[Gain, ...], tuple[str, ...]]:
    """Who would gain, and the names of those who come to the kept table and read no more than now."""
    at = now()
    there = _Table(gone, _awake(gone.facts), frozenset())
    here = _with_asked(kept, there, at)
    told = {one: _beside(one, me, (here, there), at) for one in _sitting(here, there)}
    found = _found(here, there, tuple(told), me, at)
    gaining = tuple(
        _gain(one, me, found.get(one, {}), told[one], (here, there)) for one in told if found.get(one) or told[one]
    )
    named = {one.user_id for one in gaining}
    come = (one for one in told if one not in named and not here.keeps_a_place(one))
    return gaining, tuple(sorted(_name(one, here, there) for one in come))


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was found for these very facts, under these very rules; it holds until something turns by itself."""

    gone: CaseFacts
    who: tuple[str, ...]
    since: datetime
    until: datetime
    rules: Profile
    found: Found


def _found(here: _Table, there: _Table, who: tuple[str, ...], me: str, at: datetime) -> Found:
    """What each would gain of records, by its kind, and from which moment on; None: now.

    It goes through every later moment of both cases, so what the page has found the act need not find once more, while
    it holds the cases against everybody else: facts that changed are other facts.
    """
    kept, rules, key = here.case, here.case.rules, ("gains", there.case.id, me)
    known: _Kept | None = kept.looks.get(key)
    same = known is not None and known.gone is there.case and known.rules is rules and known.who == who
    if known is not None and same and known.since <= at < known.until:
        return known.found
    both = _awake(joined_facts(here.facts, there.facts))
    found: Found = {}
    for number, moment in enumerate(_moments(both, at, rules)):
        lead = reads(both, me, moment, rules)
        for user_id in who:
            for title in _more(both, user_id, moment, (here, there), rules, lead):
                found.setdefault(user_id, {}).setdefault(title, moment if number else None)
    until = next_turn(both, at, rules) or NEVER_ENDS
    kept.looks[key] = _Kept(there.case, who, at, until, rules, found)
    return found


def joined_facts(one: fact.Facts, other: fact.Facts) -> fact.Facts:
    """The facts of two cases as they would be of one: the kept one's word stands, people are those of both."""
    sitting = {name: there for name, there in one.members.items() if not _ended(there) or name not in other.members}
    members = {**other.members, **sitting}
    for name in one.members.keys() & other.members.keys():
        members[name] = replace(members[name], recused=one.members[name].recused or other.members[name].recused)
    return fact.Facts(
        case=joined_terms(one.case, other.case), orgs={**other.orgs, **one.orgs}, users={**other.users, **one.users},
        members=members, items={**other.items, **one.items}, releases=one.releases + other.releases,
        orders=one.orders + other.orders, restrictions=one.restrictions + other.restrictions,
        emergencies=one.emergencies + other.emergencies,
    )  # fmt: skip


def joined_terms(kept: fact.Case, gone: fact.Case) -> fact.Case:
    """What the joined case says of itself: as the kept one does; people and times away of both. Whoever is barred in
    one is barred, and whoever has no rights in one has none."""
    people = dict(gone.people) | dict(kept.people)
    for name in kept.people.keys() & gone.people.keys():
        one, other = kept.people[name], gone.people[name]
        flags = tuple(dict.fromkeys((*one.flags, *other.flags)))
        people[name] = replace(one, rights=one.rights and other.rights, flags=flags)
    missing = tuple(dict.fromkeys((*kept.missing, *gone.missing)))
    return replace(kept, people=people, missing=missing, opened=min(kept.opened, gone.opened))


def recused(case: CaseFacts, user_id: str) -> bool:
    """Whether somebody stepped out of this case for a conflict."""
    member = case.facts.members.get(user_id)
    return member is not None and bool(member.recused)


def holds(user_id: str, *case_ids: str) -> bool:
    """Whether somebody holds a task of these cases that is open, or is offered one."""
    theirs = (Task.owner_id == user_id) | (Task.offered_to == user_id)
    open_one = select(Task.id).where(Task.case_id.in_(case_ids), Task.step.in_(OPEN), theirs)
    return db.session.scalar(open_one.limit(1)) is not None


def _with_asked(case: CaseFacts, other: _Table, at: datetime) -> _Table:
    """The kept case with whoever is asked to it: that invitation stands on. Those to the other one are taken back, and
    whoever sits there comes without another word of theirs, so for them being asked here counts for nothing."""
    wanted = select(Member.user_id, Member.purpose).where(
        Member.case_id == case.id, Member.standing == Standing.INVITED, Member.recused_at.is_(None)
    )
    rows = [row for row in db.session.execute(wanted) if row.user_id in case.facts.users]
    members = {
        row.user_id: fact.Member(user=row.user_id, since=at, purpose=Purpose(row.purpose))
        for row in rows
        if not other.keeps_a_place(row.user_id)
    }
    facts = _awake(replace(case.facts, members={**case.facts.members, **members}) if members else case.facts)
    return _Table(case, facts, frozenset(members))


def _awake(facts: fact.Facts) -> fact.Facts:
    """The same if nobody's account were stopped."""
    stopped = {name: replace(one, active=True) for name, one in facts.users.items() if not one.active}
    return replace(facts, users={**facts.users, **stopped}) if stopped else facts


def _sitting(here: _Table, there: _Table) -> list[str]:
    """Everybody who will sit at the joined table, or may: of either, and out of neither."""
    known = sorted({*here.facts.members, *there.facts.members})
    out = {one for one in known if recused(here.case, one) or recused(there.case, one)}
    return [one for one in known if one not in out and (here.keeps_a_place(one) or there.keeps_a_place(one))]


def _moments(both: fact.Facts, at: datetime, rules: Profile) -> Iterator[datetime]:
    """Now, and each later moment at which a fact of either turns by itself."""
    moment: datetime | None = at
    while moment is not None:
        yield moment
        moment = next_turn(both, moment, rules)


def _more(
    both: fact.Facts, user_id: str, at: datetime, tables: tuple[_Table, _Table], rules: Profile, known: Reading
) -> Iterator[str]:  # fmt: skip
    """The kinds of records of which somebody would read another field at this moment, or learn that there are any;
    of those that are `known` to the lead."""
    after, lines = reads(both, user_id, at, rules)
    had: dict[str, frozenset[str]] = {}
    knew: set[Line] = set()
    for one in tables:
        if one.seats(user_id, at):
            fields, told = reads(one.facts, user_id, at, rules)
            had |= fields
            knew |= told
    opened, hinted = known
    ours = {one for one in after if one in opened or _kind(both.items[one]) in {line[:2] for line in hinted}}
    for item_id in ours:
        if after[item_id] - had.get(item_id, frozenset()):
            yield catalog.CATEGORIES[both.items[item_id].category].title
    kinds = {_kind(both.items[one]) for one in opened} | {line[:2] for line in hinted}
    for line in lines - knew:
        if line[:2] in kinds:
            yield catalog.CATEGORIES[Category(line[0])].title


def _kind(item: fact.Item) -> tuple[str, str]:
    return item.category, item.source


def reads(known: fact.Facts, user_id: str, at: datetime, rules: Profile) -> Reading:
    """What somebody can read, by record, and the quiet lines they are told, for any purpose that is theirs. Everybody
    says themself for what they look, so whatever their discipline looks for counts."""
    member, usual = known.members[user_id], USUAL_PURPOSES[known.users[user_id].role]
    found: dict[str, frozenset[str]] = {}
    lines: set[Line] = set()
    for purpose in dict.fromkeys((*usual, member.purpose or usual[0])):
        for item_id, one in settle_all(look_at(known, user_id, purpose, at, rules)).items():
            if one.opens:
                found[item_id] = found.get(item_id, frozenset()) | frozenset(one.fields)
            elif one.outcome is Outcome.WITHHOLD:
                lines.add(views.line_of(known.items[item_id], one))
    return found, lines


def _beside(user_id: str, me: str, tables: tuple[_Table, _Table], at: datetime) -> tuple[str, ...]:
    """What somebody would learn of beside records: it is told at a table where they do not sit."""
    found = []
    pair = tuple(one.case.id for one in tables)
    org = _user(me, tables).org
    for one in tables:
        if not one.keeps_a_place(user_id):
            if links.would_know(one.case, user_id, at, but=pair, asks=me):
                found.append(LINKED)
            if _has_meetings(one.case.id):
                found.append(MEETINGS)
            if _user(user_id, tables).org == org and _has_lessons(one.case.id, org):
                found.append(LEARNED)
    return tuple(found)


def _has_meetings(case_id: str) -> bool:
    held = Meeting.case_id == case_id, Meeting.phase != Phase.CANCELLED
    return db.session.scalar(select(Meeting.id).where(*held).limit(1)) is not None


def _has_lessons(case_id: str, agency_id: str | None) -> bool:
    """Whether the lead agency learned something; what another one did is not the lead's to know."""
    of_theirs = Lesson.case_id == case_id, Lesson.agency_id == agency_id
    return db.session.scalar(select(Lesson.id).where(*of_theirs).limit(1)) is not None


def _user(user_id: str, tables: Iterable[_Table]) -> fact.User:
    return next(one.facts.users[user_id] for one in tables if user_id in one.facts.users)


def _gain(
    user_id: str, me: str, found: Mapping[str, datetime | None], beside: tuple[str, ...], tables: tuple[_Table, _Table]
) -> Gain:  # fmt: skip
    here, there = tables
    agency = {**there.case.agency_names, **here.case.agency_names}.get(_user(user_id, tables).org or "", "")
    soon = sorted({*beside, *(title for title, when in found.items() if when is None)})
    asked = user_id in here.asked
    zone = here.case.facts.case.zone
    days: dict[date, list[str]] = {}
    for title, when in sorted(found.items()):
        if when is not None:
            days.setdefault(day(when, zone), []).append(title)
    later = tuple((one, tuple(titles)) for one, titles in sorted(days.items()))
    stays = user_id == me or _user(user_id, tables).person == fact.YOUTH
    held = holds(user_id, here.case.id, there.case.id)
    return Gain(user_id, _name(user_id, here, there), agency, tuple(soon), later, held, stays, asked)


def _name(user_id: str, here: _Table, there: _Table) -> str:
    """How somebody is called at the table where they sit."""
    names = (one.case.people_names[user_id] for one in (here, there) if user_id in one.facts.members)
    return next(names, None) or str(db.session.get_one(User, user_id).name)


def _ended(member: fact.Member) -> bool:
    """Whether somebody left this table: a place at the other one seats them again."""
    return member.until is not None


__all__ = ["LINKED", "Gain", "gains", "holds", "joined_facts", "joined_terms", "reads", "recused"]
