"""Who is on the team, and who of them a viewer may know of.

That an advocate, a runaway programme or a treatment programme is at the table tells that the young
person is its client. So its people are shown to the lead who convened them, to their own agency, and
to those who already see something from them; a quiet role sees only whom it deals with.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import update

from mdt.models import Member, db, now
from mdt.operations.access import Seat
from mdt.operations.facts import CaseFacts
from mdt.sharing import facts as fact
from mdt.sharing.decide import decide
from mdt.sharing.gate import admitted
from mdt.sharing.view import audience
from mdt.sharing.vocabulary import ROLE_WORDS, USUAL_PURPOSES, Outcome, Purpose, Role

OPEN = (Outcome.SHOW, Outcome.PART)


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


def colleagues(seat: Seat, sources: Iterable[str]) -> tuple[Colleague, ...]:
    """The members this viewer may know of, the lead first; `sources` are the agencies of what they see."""
    seen = set(sources)
    active = [user for user in seat.case.facts.members if admitted(seat.case.facts, user, seat.at)]
    known = [colleague(seat, user) for user in active if _may_know(seat, user, seen)]
    return tuple(sorted(known, key=lambda one: (not one.leads, list(Role).index(one.role), one.name)))


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


def _may_know(seat: Seat, user_id: str, seen: set[str]) -> bool:
    user, mine = seat.case.facts.users[user_id], seat.me
    if (
        user_id == mine.id
        or seat.leads
        or user.org == seat.case.lead_id
        or (user.org and user.org == mine.agency_id)
        or user.org in seen
    ):
        return True
    if mine.role in seat.profile.quiet_roles:
        return user.role in (Role.GAL, Role.CG) and mine.role is not Role.SC
    return not hides_its_clients(seat.case.facts.orgs.get(user.org or ""))


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


def may_read(case: CaseFacts, user_id: str, item_id: str) -> bool:
    """Whether this member could read an item now, for the purpose they are here for."""
    if user_id not in case.facts.members:
        return False
    decision = decide(case.facts, user_id, item_id, purpose_of(case, user_id), now(), profile=case.rules)
    return decision.outcome in OPEN


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
        user
        for user, decision in audience(case.facts, item, now(), profile=case.rules)
        if decision.outcome in OPEN
    ]
    if seen or by:
        db.session.execute(
            update(Member)
            .where(Member.case_id == case.id, Member.user_id.in_({*seen, by}))
            .values(changed_at=now())
            .execution_options(synchronize_session=False)
        )
