"""Who is on the team, and who of them a viewer may know of.

That an advocate, a runaway programme or a treatment programme is at the table tells that the young
person is its client. So its people are shown to the lead who convened them, to their own agency, and
to those who already see something from them; a quiet role sees only whom it deals with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from mdt.models import Member, db, now
from mdt.operations.access import Seat
from mdt.operations.facts import CaseFacts
from mdt.sharing import facts as fact
from mdt.sharing.compiled import next_turn
from mdt.sharing.decide import decide
from mdt.sharing.gate import admitted
from mdt.sharing.profile import Profile
from mdt.sharing.view import audience
from mdt.sharing.vocabulary import ROLE_WORDS, USUAL_PURPOSES, Outcome, Purpose, Role

OPEN = (Outcome.SHOW, Outcome.PART)
TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member as another may know of them."""

    id: str
    name: str
    title: str
    role: Role
    agency: str
    leads: bool
    me: bool = False

    @property
    def role_words(self) -> str:
        return self.title or ROLE_WORDS[self.role]

    @property
    def shape(self) -> str:
        """The drawn shape of their discipline."""
        return self.role.value


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody at the table while these very facts hold and none of them turns, the lead first; and, by which
    parts of it a viewer may know of, those colleagues and a word that stands for them."""

    since: datetime
    until: datetime
    profile: Profile
    members: tuple[tuple[tuple[str | None, Role], Colleague], ...]
    places: dict[str, int]
    parts: frozenset[tuple[str | None, Role]]
    allowed: dict[Any, frozenset[Any]] = field(default_factory=dict)
    """The parts that somebody of a discipline and agency may know of, who sees something of these sources."""
    known: dict[frozenset[Any], tuple[tuple[Colleague, ...], str]] = field(default_factory=dict)


def colleagues(seat: Seat, sources: Iterable[str]) -> tuple[Colleague, ...]:
    """The members this viewer may know of, the lead first; `sources` are the agencies of what they see."""
    found, _ = _known(seat, sources)
    return tuple(replace(one, me=True) if one.id == seat.me.id else one for one in found)


def known_as(seat: Seat, sources: Iterable[str]) -> str:
    """A word for who that is: it is another when they are others, or stand in another order."""
    return _known(seat, sources)[1]


def _known(seat: Seat, sources: Iterable[str]) -> tuple[tuple[Colleague, ...], str]:
    roster, seen = _roster(seat), frozenset(sources)
    asked = seat.me.role, seat.me.agency_id, seen
    allowed = roster.allowed.get(asked)
    if allowed is None:
        allowed = roster.allowed[asked] = frozenset(part for part in roster.parts if _may_know(seat, *part, seen))
    mine = roster.places.get(seat.me.id)
    if mine is not None and roster.members[mine][0] not in allowed:
        return _named(one for part, one in roster.members if part in allowed or one.id == seat.me.id)
    if allowed not in roster.known:
        roster.known[allowed] = _named(one for part, one in roster.members if part in allowed)
    return roster.known[allowed]


def _named(found: Iterable[Colleague]) -> tuple[tuple[Colleague, ...], str]:
    known = tuple(found)
    return known, hashlib.sha256(" ".join(one.id for one in known).encode()).hexdigest()


def _roster(seat: Seat) -> Roster:
    case = seat.case
    kept: Roster | None = case.looks.get("team") or (case.grown.looks.get("team") if case.grown else None)
    if kept is None or not kept.since <= seat.at < kept.until or kept.profile is not seat.profile:
        kept = _drawn_up(seat)
    case.looks["team"] = kept
    return kept


def _drawn_up(seat: Seat) -> Roster:
    facts, order = seat.case.facts, {role: place for place, role in enumerate(Role)}
    active = [colleague(seat, user) for user in facts.members if admitted(facts, user, seat.at)]
    active.sort(key=lambda one: (not one.leads, order[one.role], one.name))
    until = next_turn(facts, seat.at - TICK, seat.profile) or seat.at
    members = tuple(((facts.users[one.id].org, one.role), replace(one, me=False)) for one in active)
    places = {one.id: place for place, one in enumerate(active)}
    return Roster(seat.at, until, seat.profile, members, places, frozenset(part for part, _ in members))


def colleague(seat: Seat, user_id: str) -> Colleague:
    """One member, named."""
    case = seat.case
    user = case.facts.users[user_id]
    agency = case.agency_names.get(user.org or "", "")
    leads = user.role is Role.CW and user.org == case.lead_id
    return Colleague(
        user_id,
        case.people_names[user_id],
        case.people_titles[user_id],
        user.role,
        agency,
        leads,
        user_id == seat.me.id,
    )


def hides_its_clients(org: fact.Org | None) -> bool:
    """Whether being served by this organisation is itself protected."""
    return org is not None and bool(org.vsp or org.rhy or org.part2)


def _may_know(seat: Seat, org: str | None, role: Role, seen: frozenset[str]) -> bool:
    """Whether this viewer may know of people of this discipline at this agency; of oneself one always does."""
    mine = seat.me
    if seat.leads or org == seat.case.lead_id or (org and org == mine.agency_id) or org in seen:
        return True
    if mine.role in seat.profile.quiet_roles:
        return role in (Role.GAL, Role.CG) and mine.role is not Role.SC
    return not hides_its_clients(seat.case.facts.orgs.get(org or ""))


def with_member(
    facts: fact.Facts, user: fact.User, org: fact.Org | None, purpose: Purpose, *, since: datetime
) -> fact.Facts:
    """The facts as they would be if this user were on the team."""
    member = fact.Member(user=user.id, since=since, purpose=purpose)
    return replace(
        facts,
        orgs={**facts.orgs, org.id: org} if org else facts.orgs,
        users={**facts.users, user.id: user},
        members={**facts.members, user.id: member},
    )


def may_read(case: CaseFacts, user_id: str, item_id: str, field: str | None = None) -> bool:
    """Whether this member could read an item now, for the purpose they are here for; this field of it, if one is
    named."""
    if user_id not in case.facts.members:
        return False
    decision = decide(case.facts, user_id, item_id, purpose_of(case, user_id), now(), profile=case.rules)
    return decision.outcome in OPEN and (field is None or field in decision.fields)


def purpose_of(case: CaseFacts, user_id: str) -> Purpose:
    """The purpose a member is here for."""
    return case.facts.members[user_id].purpose or USUAL_PURPOSES[case.facts.users[user_id].role][0]


def readers(seat: Seat, draft: fact.Item) -> tuple[str, ...]:
    """The members, beside the writer, who could read an item that is not filed yet."""
    found = audience(seat.case.facts, draft, seat.at, profile=seat.profile)
    return tuple(user for user, decision in found if decision.outcome in OPEN and user != seat.me.id)


def noticed(case: CaseFacts, item: fact.Item, *, by: str) -> None:
    """Move the case up in the lists of those who may see this change, and of nobody else."""
    seen = [
        user for user, decision in audience(case.facts, item, now(), profile=case.rules) if decision.outcome in OPEN
    ]
    if seen or by:
        db.session.execute(
            update(Member)
            .where(Member.case_id == case.id, Member.user_id.in_({*seen, by}))
            .values(changed_at=now())
            .execution_options(synchronize_session=False)
        )
