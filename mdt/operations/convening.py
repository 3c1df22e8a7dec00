"""Convening: who is invited, what each would see, who accepts, and how a membership ends at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from mdt.models import Agency, Case, Member, Standing, User, db, now
from mdt.operations import handoffs, team, views
from mdt.operations.access import Person, Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.sharing import fields as catalog
from mdt.sharing.vocabulary import ROLE_WORDS, USUAL_PURPOSES, Category, Outcome, Purpose, Role

LONGEST_WHY = 500


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could be asked to the table: whether they may come, what they would see, what is missing."""

    id: str
    name: str
    title: str
    role: Role
    agency: str
    standing: str | None
    obstacle: str | None
    sees: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def role_words(self) -> str:
        return self.title or ROLE_WORDS[self.role]


def candidates(seat: Seat) -> dict[Role, list[Candidate]]:
    """Everybody who could be asked, by discipline, with what they would see under today's facts."""
    standings = _standings(seat.id)
    found: dict[Role, list[Candidate]] = {}
    people = db.session.scalars(select(User).where(User.active, User.role.is_not(None), User.agency_id.is_not(None), User.id != seat.me.id))
    for user in sorted(people, key=lambda one: one.name):
        if user.role != Role.PM:
            found.setdefault(Role(user.role), []).append(_candidate(seat, user, standings.get(user.id)))
    return {role: found[role] for role in Role if role in found}


def invite(seat: Seat, user_ids: Sequence[str], *, why: str, purpose: Purpose | None = None) -> None:
    """Ask these people to the table. Each needs a current agreement; each answers for themselves."""
    if not user_ids:
        raise Refused("Choose at least one person.", reason="nobody", code=422)
    with recorded("member.invited", by=seat.me, case=seat.id, users=list(user_ids), purpose=purpose):
        case = db.session.get(Case, seat.id)
        assert case is not None
        for user_id in user_ids:
            _invite(seat, case, user_id, why.strip()[:LONGEST_WHY], purpose)


def invitation(me: Person, member_id: str) -> Member:
    """An invitation of mine that waits for an answer."""
    member = db.session.get(Member, member_id)
    if member is None or member.user_id != me.id or member.standing != Standing.INVITED:
        raise not_there()
    return member


def invitations(me: Person) -> Sequence[Member]:
    """My invitations that wait for an answer, oldest first."""
    waiting = select(Member).where(Member.user_id == me.id, Member.standing == Standing.INVITED).order_by(Member.invited_at)
    return db.session.scalars(waiting).all()


def accept(me: Person, member_id: str, *, acknowledged: bool) -> str:
    """Come to the table. Confidentiality is acknowledged with it. The case id."""
    member = invitation(me, member_id)
    if not acknowledged:
        raise Refused("Read the confidentiality statement and tick that you keep it.", reason="not_acknowledged", code=422)
    with recorded("member.accepted", by=me, case=member.case_id, member=member_id):
        user = db.session.get(User, me.id)
        assert user is not None
        obstacle = _agreement(user.agency)
        if obstacle:
            raise Refused(obstacle, reason="no_agreement")
        user.acknowledged_at = user.acknowledged_at or now()
        member.standing, member.since, member.until, member.changed_at = Standing.ACCEPTED, now(), None, now()
    return member.case_id


def decline(me: Person, member_id: str, *, answer: str) -> None:
    """Say no, with a word to the lead if one wishes."""
    member = invitation(me, member_id)
    with recorded("member.declined", by=me, case=member.case_id, member=member_id):
        member.standing, member.answer = Standing.DECLINED, answer.strip()[:LONGEST_WHY] or None


def end(seat: Seat, member_id: str) -> None:
    """End a membership, at once. Open tasks go back to the lead."""
    with recorded("member.ended", by=seat.me, case=seat.id, member=member_id):
        member = _member(seat, member_id)
        if member.user_id == seat.me.id and handoffs.lead_holder(seat.id, seat.case.lead_id, but=seat.me.id) is None:
            raise Refused("You are the only one who leads this case. Ask a colleague onto it first.", reason="last_lead")
        _go(member)


def recuse(seat: Seat, member_id: str | None = None) -> None:
    """Step out of a case for a conflict of interest: oneself, or by the lead somebody else. At once."""
    with recorded("member.recused", by=seat.me, case=seat.id, member=member_id):
        member = _own(seat) if member_id is None else _member(seat, member_id)
        member.recused_at = now()
        db.session.flush()
        handoffs.return_to_lead(seat.id, member.user_id)


def roster(seat: Seat) -> Sequence[Member]:
    """Every membership of this case, whatever its standing; for the lead."""
    return db.session.scalars(select(Member).where(Member.case_id == seat.id).order_by(Member.invited_at)).all()


def _invite(seat: Seat, case: Case, user_id: str, why: str, purpose: Purpose | None) -> None:
    user = db.session.get(User, user_id)
    if user is None or not user.active or user.role is None:
        raise not_there()
    obstacle = _agreement(user.agency)
    if obstacle:
        raise Refused(obstacle, reason="no_agreement")
    member = db.session.scalar(select(Member).where(Member.case_id == seat.id, Member.user_id == user_id))
    if member is not None and member.standing in (Standing.INVITED, Standing.ACCEPTED):
        raise Refused(f"{user.name} has been asked already.", reason="asked_already")
    values = {"purpose": _purpose(user, purpose), "why": why or None, "invited_by": seat.me.id, "invited_at": now(), "standing": Standing.INVITED}
    if member is None:
        db.session.add(Member(case=case, user=user, user_id=user.id, **values))
        return
    for name, value in (values | {"answer": None, "recused_at": None, "since": None, "until": None}).items():
        setattr(member, name, value)


def _purpose(user: User, asked: Purpose | None) -> Purpose:
    usual = USUAL_PURPOSES[Role(user.role)]
    return asked if asked in usual else usual[0]


def _agreement(agency: Agency | None) -> str | None:
    """Why somebody of this agency cannot come; None if they can."""
    if agency is None:
        return None
    if agency.mou_until is None:
        return f"{agency.name} has not signed the team agreement."
    if agency.mou_until < now().date():
        return f"The team agreement of {agency.name} ended on {agency.mou_until:%B} {agency.mou_until.day}. It has to be renewed first."
    return None


def _standings(case_id: str) -> dict[str, str]:
    rows = db.session.execute(select(Member.user_id, Member.standing).where(Member.case_id == case_id))
    return {row.user_id: row.standing for row in rows}


def _candidate(seat: Seat, user: User, standing: str | None) -> Candidate:
    obstacle = _agreement(user.agency)
    sees, needs = ((), ()) if obstacle else preview(seat, user)
    agency = user.agency.name if user.agency else ""
    return Candidate(user.id, user.name, user.title or "", Role(user.role), agency, standing, obstacle, sees, needs)


def preview(seat: Seat, user: User, purpose: Purpose | None = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What this user would see, and what a release would open to them: titles of categories.

    The preview itself discloses nothing: only items that the previewer sees are previewed.
    """
    org = user.agency.fact if user.agency else None
    facts = team.with_member(seat.case, user.fact, org, _purpose(user, purpose))
    mine = views.look(seat).opened
    theirs = views.look_as(facts, user.id, _purpose(user, purpose), seat)
    sees = (item.category for item, decision in theirs.items if item.id in mine and decision.fields)
    needs = (item.category for item, decision in theirs.items if item.id in mine and decision.outcome is Outcome.WITHHOLD)
    return _titles(sees), _titles(needs)


def _titles(categories: Iterable[Category]) -> tuple[str, ...]:
    kept = set(categories)
    return tuple(entry.title for category, entry in catalog.CATEGORIES.items() if category in kept)


def _member(seat: Seat, member_id: str) -> Member:
    member = db.session.get(Member, member_id)
    if member is None or member.case_id != seat.id:
        raise not_there()
    return member


def _own(seat: Seat) -> Member:
    member = db.session.scalar(select(Member).where(Member.case_id == seat.id, Member.user_id == seat.me.id))
    assert member is not None
    return member


def _go(member: Member) -> None:
    member.standing, member.until = Standing.ENDED, now()
    db.session.flush()
    handoffs.return_to_lead(member.case_id, member.user_id)
