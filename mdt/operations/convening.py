"""Convening: who is invited, who accepts, and how a membership ends at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from mdt.models import Agency, Case, Member, Standing, Task, User, db, is_id, now
from mdt.models.among import among
from mdt.models.base import today
from mdt.models.tasks import OPEN
from mdt.operations import handoffs, views
from mdt.operations.access import Person, Seat, profile
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.at_once import Of, Question
from mdt.operations.linking import training
from mdt.operations.meeting import facilitating, invites
from mdt.operations.missing import clocks
from mdt.sharing.vocabulary import PURPOSE_WORDS, ROLE_WORDS, USUAL_PURPOSES, Category, Purpose, Role

LONGEST_WHY = 500


@dataclass(frozen=True, slots=True)
class Place:
    """A membership as the lead reads it. `state`: here, asked, no, left or out."""

    id: str
    user_id: str
    name: str
    role: Role
    title: str
    agency: str
    state: str
    purpose: str
    why: str
    answer: str
    since: datetime
    holds: int
    me: bool

    @property
    def shape(self) -> Role:
        return self.role

    @property
    def role_words(self) -> str:
        return ", ".join(part for part in (self.title or ROLE_WORDS[self.role], self.agency) if part)

    @property
    def open(self) -> bool:
        """Whether there is something to end."""
        return self.state in ("here", "asked")


@dataclass(frozen=True, slots=True)
class Invited:
    """Who was asked now, and who had been asked already by somebody else; by name."""

    asked: tuple[str, ...]
    already: tuple[str, ...]


def invite(seat: Seat, user_ids: Sequence[str], *, why: str, purpose: Purpose | None = None) -> Invited:
    """Ask these people to the table. Each needs a current agreement; each answers for themselves.

    Whoever has been asked meanwhile is not asked twice. Refuses if nobody is left to ask, and all of
    it if somebody cannot be asked.
    """
    if not user_ids:
        raise Refused("Tick at least one person.", reason="nobody", code=422)
    with recorded("member.invited", by=seat.me, case=seat.id, users=list(user_ids), purpose=purpose) as entry:
        case = db.session.get_one(Case, seat.id)
        users = [askable(seat, user_id) for user_id in dict.fromkeys(user_ids)]
        asked = [user for user in users if _ask(seat, case, user, why.strip()[:LONGEST_WHY], purpose)]
        already = tuple(user.name for user in users if user not in asked)
        if not asked:
            raise Refused(f"{_listed(already)} had been asked already.", reason="asked_already")
        entry["users"] = [user.id for user in asked]
    return Invited(tuple(user.name for user in asked), already)


def directory() -> dict[str, str]:
    """Everybody of a partner agency, by id: the names of those who could be asked at all."""
    users = select(User).where(User.active, User.role.is_not(None), User.role != Role.PM, User.agency_id.is_not(None))
    return {user.id: user.name for user in db.session.scalars(users)}


def names_the_child(seat: Seat, words: str) -> bool:
    """Whether these words say what the young person is called, as far as the one who writes them sees it."""
    seen = views.look(seat, categories=frozenset({Category.ID}))
    named = [item for item in seen.items if "name_in_use" in item[1].fields]
    called = {str(one.value("name_in_use")).casefold() for one in views.open_all(seat, named)}
    return any(re.search(rf"\b{re.escape(name)}\b", words.casefold()) for name in called if name)


def invitation(me: Person, member_id: str) -> Member:
    """An invitation of mine that waits for an answer."""
    member = db.session.get(Member, member_id)
    if member is None or member.user_id != me.id or member.standing != Standing.INVITED:
        raise not_there()
    return member


INVITED = Question(
    Of.PERSON,
    select(Member)
    .where(among(Member.user_id), Member.standing == Standing.INVITED)
    .order_by(Member.invited_at, Member.id)
    .options(joinedload(Member.case, innerjoin=True)),
    lambda row: [row.user_id],
)


def invitations(me: Person) -> Sequence[Member]:
    """My invitations that wait for an answer, oldest first."""
    return INVITED.about([me.id])


def accept(me: Person, member_id: str, *, acknowledged: bool) -> str:
    """Come to the table. Confidentiality is acknowledged with it. The case id."""
    member = invitation(me, member_id)
    if not acknowledged:
        raise Refused("Read the promise and tick that you keep it.", reason="not_acknowledged", code=422)
    with recorded("member.accepted", by=me, case=member.case_id, member=member_id):
        user = db.session.get_one(User, me.id)
        obstacle = agreement(user.agency, today(member.case.terms.timezone))
        if obstacle:
            raise Refused(obstacle, reason="no_agreement")
        training.check_comes(me, profile(member.case.profile).caseworking)
        user.acknowledged_at = user.acknowledged_at or now()
        member.standing, member.since, member.until, member.changed_at = Standing.ACCEPTED, now(), None, now()
        db.session.flush()
        invites.welcome(member.case_id, me.id)
    return member.case_id


def decline(me: Person, member_id: str, *, answer: str) -> None:
    """Say no, with a word to the lead if one wishes."""
    member = invitation(me, member_id)
    with recorded("member.declined", by=me, case=member.case_id, member=member_id):
        member.standing, member.answer = Standing.DECLINED, answer.strip()[:LONGEST_WHY] or None


def end(seat: Seat, member_id: str) -> str:
    """End a membership, or take an invitation back, at once. Open tasks go back to the lead. Whose it was."""
    with recorded("member.ended", by=seat.me, case=seat.id, member=member_id):
        member = _member(seat, member_id)
        _not_the_last(seat, member)
        if member.standing in (Standing.INVITED, Standing.ACCEPTED):
            put_out(member)
    return str(member.user.name)


def recuse(seat: Seat, member_id: str | None = None) -> str:
    """Step out of a case for a conflict of interest: oneself, or by the lead somebody else. At once."""
    with recorded("member.recused", by=seat.me, case=seat.id, member=member_id) as entry:
        member = _own(seat) if member_id is None else _member(seat, member_id)
        _not_the_last(seat, member)
        entry["member"] = member.id
        if member.standing != Standing.ACCEPTED:
            raise Refused(f"{member.user.name} is not on the team now.", reason="not_here")
        member.recused_at = member.recused_at or now()
        _gone(member)
    return str(member.user.name)


def roster(seat: Seat) -> tuple[Place, ...]:
    """Every membership of this case, for the lead: who is here, who was asked, who said no, who left."""
    held = _held(seat)
    rows = db.session.scalars(select(Member).where(Member.case_id == seat.id).order_by(Member.invited_at, Member.id))
    places = [_place(seat, member, held[member.user_id]) for member in rows]
    return tuple(sorted(places, key=lambda one: (STATES.index(one.state), list(Role).index(one.role), one.name)))


def place(seat: Seat, member_id: str) -> Place:
    """One membership of this case, or as if there were none."""
    member = _member(seat, member_id)
    return _place(seat, member, _held(seat)[member.user_id])


def own_place(seat: Seat) -> Place:
    """My own membership. The young person has none to step out of: the case is about them."""
    if seat.me.role is Role.YT:
        raise not_there()
    member = _own(seat)
    return _place(seat, member, _held(seat)[member.user_id])


STATES = ("here", "asked", "no", "left", "out")


def state_of(member: Member) -> str:
    """How a membership stands: here, asked, no, left, or out for a conflict."""
    if member.standing == Standing.ACCEPTED and member.recused_at is not None:
        return "out"
    standings = {Standing.ACCEPTED: "here", Standing.INVITED: "asked", Standing.DECLINED: "no", Standing.ENDED: "left"}
    return standings[Standing(member.standing)]


def agreement(agency: Agency | None, on: date) -> str | None:
    """Why somebody of this agency cannot come, on this day of the case; None if they can."""
    if agency is None:
        return None
    if agency.mou_until is None:
        return f"{agency.name} has not signed the team agreement."
    if agency.mou_until < on:
        until = f"{agency.mou_until:%B} {agency.mou_until.day}"
        return f"The team agreement of {agency.name} ended on {until}. It has to be renewed first."
    return None


def purpose_for(role: Role, asked: Purpose | None) -> Purpose:
    """What somebody of this discipline would look for: what is asked, where they may, else their usual."""
    usual = USUAL_PURPOSES[role]
    return asked if asked in usual else usual[0]


def askable(seat: Seat, user_id: str) -> User:
    """Somebody of a partner agency with a current agreement, and trained as the county requires it at a table; refused
    for anybody else, and for what names nobody."""
    user = db.session.get(User, user_id) if is_id(user_id) else None
    if user is None or not user.active or user.role is None or user.agency is None:
        raise not_there()
    obstacle = agreement(user.agency, seat.today)
    if obstacle:
        raise Refused(obstacle, reason="no_agreement")
    training.check_askable(user, seat.profile.caseworking)
    return user


def _ask(seat: Seat, case: Case, user: User, why: str, purpose: Purpose | None) -> bool:
    """Ask one person, unless they are asked or here already."""
    member = db.session.scalar(select(Member).where(Member.case_id == seat.id, Member.user_id == user.id))
    if member is not None and state_of(member) in ("here", "asked"):
        return False
    values = {
        "purpose": purpose_for(Role(str(user.role)), purpose), "why": why or None, "invited_by": seat.me.id,
        "invited_at": now(), "standing": Standing.INVITED,
    }  # fmt: skip
    if member is None:
        db.session.add(Member(case=case, user=user, user_id=user.id, **values))
    else:
        for name, value in (values | {"answer": None, "recused_at": None, "since": None, "until": None}).items():
            setattr(member, name, value)
    return True


def _place(seat: Seat, member: Member, holds: int) -> Place:
    user, state = member.user, state_of(member)
    since = {"here": member.since, "left": member.until, "out": member.recused_at}.get(state) or member.invited_at
    return Place(
        member.id, user.id, user.name, Role(str(user.role)), user.title or "", user.agency.name if user.agency else "",
        state, PURPOSE_WORDS[Purpose(member.purpose)], member.why or "", member.answer or "", since, holds,
        user.id == seat.me.id,
    )  # fmt: skip


def _held(seat: Seat) -> Counter[str]:
    """How many open tasks each person holds, of those that this reader may read: a number tells, too."""
    open_ones = Task.case_id == seat.id, Task.step.in_(OPEN)
    rows = db.session.execute(select(Task.owner_id, Task.item_id).where(*open_ones))
    mine = views.look(seat).opened
    return Counter(str(row.owner_id) for row in rows if row.item_id in mine or row.owner_id == seat.me.id)


def _member(seat: Seat, member_id: str) -> Member:
    member = db.session.get(Member, member_id)
    if member is None or member.case_id != seat.id:
        raise not_there()
    return member


def _own(seat: Seat) -> Member:
    member = db.session.scalar(select(Member).where(Member.case_id == seat.id, Member.user_id == seat.me.id))
    assert member is not None
    return member


def _not_the_last(seat: Seat, member: Member) -> None:
    """Somebody has to lead a case: the last one who does asks a colleague onto it before going."""
    leads = member.user.agency_id == seat.case.lead_id and state_of(member) == "here"
    if leads and handoffs.lead_holder(seat.id, seat.case.lead_id, but=member.user_id) is None:
        raise Refused("Nobody else leads this case. Ask a colleague onto it first.", reason="last_lead")


def put_out(member: Member) -> None:
    """End a membership, or an invitation, at once; within an act."""
    member.standing, member.until = Standing.ENDED, now()
    _gone(member)


def _gone(member: Member) -> None:
    """What somebody held of this case goes on with somebody else: invitations, tasks, meetings, reports."""
    db.session.flush()
    invites.withdraw_all(member.case_id, member.user_id)
    handoffs.send_back(member.case_id, member.user_id)
    facilitating.gone(member.case_id, member.user_id)
    clocks.gone(member.case_id, member.user_id)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
