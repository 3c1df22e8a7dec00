"""Who could be asked to the table of a case: what each would see, and what would have to be signed first.

The preview discloses nothing: only records that the one who asks sees are counted in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from mdt.models import Member, User, db, now
from mdt.operations import team, views
from mdt.operations.access import Seat
from mdt.operations.consent.kinds import WORDS
from mdt.operations.convening import agreement, purpose_for, state_of
from mdt.operations.linking import training
from mdt.operations.releases import startable
from mdt.sharing import facts as fact
from mdt.sharing import fields as catalog
from mdt.sharing.decide import look_at, settle
from mdt.sharing.decision import Decision, Way
from mdt.sharing.declare import Chapter
from mdt.sharing.reply import offered
from mdt.sharing.vocabulary import PURPOSE_WORDS, ROLE_WORDS, Category, Purpose, Role

SEEN_APART = (Chapter.PERSON,)


@dataclass(frozen=True, slots=True)
class Need:
    """A release that would show somebody more: of which agency, of which kind, about what."""

    type: str
    discloser: str
    agency: str
    recipient: str
    categories: tuple[Category, ...]
    here: bool

    @property
    def about(self) -> tuple[str, ...]:
        return _titles(self.categories)

    @property
    def words(self) -> str:
        return WORDS[self.type]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could be asked. `obstacle` says why they cannot; `state` how they stand already."""

    id: str
    name: str
    title: str
    role: Role
    agency: str
    state: str | None
    at: datetime | None
    answer: str
    obstacle: str | None
    promised: bool
    purpose: Purpose
    sees: tuple[str, ...]
    needs: tuple[Need, ...]
    lacks: str = ""
    """That training the county requires of them is missing or too old, in words."""

    @property
    def shape(self) -> Role:
        return self.role

    @property
    def role_words(self) -> str:
        return ", ".join(part for part in (self.title or ROLE_WORDS[self.role], self.agency) if part)

    @property
    def to(self) -> str:
        """What they would be there to do."""
        return PURPOSE_WORDS[self.purpose]

    @property
    def askable(self) -> bool:
        return self.obstacle is None and self.state not in ("here", "asked")


def candidates(seat: Seat, purpose: Purpose | None = None) -> dict[Role, tuple[Candidate, ...]]:
    """Everybody of a partner agency, by discipline, with what they would see under today's facts."""
    ask = _Asking(seat, purpose)
    users = list(
        db.session.scalars(
            select(User).where(User.active, User.role.is_not(None), User.role != Role.PM, User.agency_id.is_not(None))
        )
    )
    ask.untrained = training.lack([one.id for one in users], seat.profile.caseworking)
    found: dict[Role, list[Candidate]] = {}
    for user in sorted(users, key=lambda one: (one.agency.name if one.agency else "", one.name)):
        if user.id != seat.me.id:
            found.setdefault(Role(str(user.role)), []).append(ask.candidate(user))
    return {role: tuple(found[role]) for role in Role if role in found}


class _Asking:
    """One page of candidates: what its reader sees is looked up once, and each kind of viewer decided once."""

    def __init__(self, seat: Seat, purpose: Purpose | None) -> None:
        self.seat, self.purpose = seat, purpose
        self.mine = views.look(seat).opened
        self.members = {row.user_id: row for row in db.session.scalars(select(Member).where(Member.case_id == seat.id))}
        self.by_name = _named_people(seat.case.facts)
        self.startable = startable(seat)
        self.decided: dict[object, dict[str, Decision]] = {}
        self.untrained: frozenset[str] = frozenset()

    def candidate(self, user: User) -> Candidate:
        member, obstacle = self.members.get(user.id), agreement(user.agency, self.seat.today)
        lacks = training.LACKING if user.id in self.untrained else ""
        if lacks and self.seat.profile.caseworking.at_the_table:
            obstacle = obstacle or lacks
        state = state_of(member) if member else None
        purpose = (
            Purpose(member.purpose)
            if member and state in ("here", "asked")
            else purpose_for(Role(str(user.role)), self.purpose)
        )
        sees, needs = self._preview(user, purpose) if obstacle is None else ((), ())
        return Candidate(
            user.id, user.name, user.title or "", Role(str(user.role)), user.agency.name if user.agency else "", state,
            member.invited_at if member else None, (member.answer or "") if member else "", obstacle,
            user.acknowledged_at is not None, purpose, sees, needs, lacks,
        )  # fmt: skip

    def _preview(self, user: User, purpose: Purpose) -> tuple[tuple[str, ...], tuple[Need, ...]]:
        org = user.agency.fact if user.agency else None
        facts = team.with_member(self.seat.case.facts, user.fact, org, purpose, since=self.seat.at)
        answers = self._answers(facts, user.fact, purpose)
        opened = [self.mine[name] for name, one in answers.items() if one.opens]
        shut = [(self.mine[name], one) for name, one in answers.items() if not one.opens]
        return _chapters(opened, self.mine.values()), tuple(self._needs(shut, user))

    def _answers(self, facts: fact.Facts, user: fact.User, purpose: Purpose) -> Mapping[str, Decision]:
        key = (user.id if user.id in self.by_name else replace(user, id=""), purpose)
        if key not in self.decided:
            look = look_at(facts, user.id, purpose, now(), self.seat.profile)
            self.decided[key] = {name: settle(look, name) for name in self.mine}
        return self.decided[key]

    def _needs(self, shut: Iterable[tuple[fact.Item, Decision]], user: User) -> Iterable[Need]:
        """One line for each agency and kind of release that would open something; notes follow what they quote."""
        asked: dict[tuple[str, str], set[Category]] = {}
        for item, decision in shut:
            if item.category is Category.MEETING:
                continue
            for way in self._ways(item, decision, user):
                asked.setdefault((item.source, way.type), set()).add(item.category)
        for (source, kind), categories in asked.items():
            name = self.seat.case.agency_names.get(source, "")
            in_order = tuple(one for one in catalog.CATEGORIES if one in categories)
            yield Need(kind, source, name, str(user.agency_id), in_order, (source, kind) in self.startable)

    def _ways(self, item: fact.Item, decision: Decision, user: User) -> list[Way]:
        """The releases that would open it; for quiet disciplines too, since the asker sees the record itself."""
        cell = self.seat.profile.cell(item.category, Role(str(user.role)))
        return [way for way in decision.ways or offered(cell) if way.kind == "release"]


def _named_people(facts: fact.Facts) -> set[str]:
    """Everybody whom some fact names as a person, so that a decision may turn on who they are."""
    named = {one for release in facts.releases for one in release.recipients}
    named |= {one for order in facts.orders for one in order.recipients} | {one.by for one in facts.emergencies}
    named |= {str(item.author) for item in facts.items.values()} | {
        name for one in facts.restrictions for name in one.against
    }
    return named | {str(one) for spell in facts.case.missing for one in (spell.lead_officer, spell.alert_approved_by)}


def _chapters(opened: Iterable[fact.Item], mine: Iterable[fact.Item]) -> tuple[str, ...]:
    """What somebody would see, said in the fewest words: a whole chapter, or single kinds of record."""
    seen = {item.category for item in opened}
    there = {item.category for item in mine}
    said: list[str] = []
    for chapter in Chapter:
        here = [entry for entry in catalog.CATEGORIES.values() if entry.chapter is chapter and entry.category in there]
        open_here = [entry for entry in here if entry.category in seen]
        if len(open_here) == len(here) > 1 and chapter not in SEEN_APART:
            said.append(f"all of {chapter.value.lower()}")
        else:
            said += [entry.title for entry in open_here]
    return tuple(said)


def _titles(categories: Iterable[Category]) -> tuple[str, ...]:
    return tuple(catalog.CATEGORIES[one].title for one in categories)


__all__ = ["Candidate", "Need", "candidates"]
