"""A case goes to another worker of the lead agency, or to another lead agency: offered, accepted, and in force at once.

Until it is accepted whoever has it has it, with all of it: a young person is never between two people. With the
acceptance everything open goes over in one transaction: tasks, meetings that are planned, what was asked of others,
screenings that are due, and the clocks, which run on as they are. What was filed stays its source's; who leads decides
under whose key the case itself lies (`models.rescoping`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import or_, select, update

from mdt.models import Agency, Case, CaseMove, Member, Offer, Standing, User, Words, db, is_id, now
from mdt.models.among import among
from mdt.models.base import rows_changed
from mdt.models.pulse import move, stir
from mdt.models.rescoping import rescoped
from mdt.operations import convening, duties, facts, handoffs, ledger, letters, views
from mdt.operations.access import Person, Seat, profile
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.at_once import Of, Question
from mdt.operations.duties import Duty
from mdt.operations.handoffs import hearing
from mdt.operations.linking import gaining, handing, training
from mdt.operations.meeting import invites
from mdt.sharing import fields as catalog
from mdt.sharing.facts import Facts
from mdt.sharing.gate import admitted
from mdt.sharing.vocabulary import USUAL_PURPOSES, Role

LONGEST = 500
BETWEEN, WITHIN = "Another agency asks yours to lead a case.", "You are asked to take over a case."
OFFERED = Words(
    subject="A case is offered to you in mdt",
    text="Somebody asks you to take over a case. It stays with them until you say yes. Sign in to read and to answer.",
)
ANSWERED = Words(
    subject="Your offer of a case was answered in mdt",
    text="Sign in to see whether the case you offered was taken over.",
)
MOVED = Words(
    subject="A case you work on has another lead in mdt",
    text="Another agency leads a case you sit at the table of. What you hold stays with you. Sign in to see who leads.",
)


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person or an agency to whom a case can go."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Turning:
    """What another agency's rules, by their title, would make otherwise: who would read more, or less, of what."""

    agency: str
    rules: str
    more: tuple[tuple[str, tuple[str, ...]], ...]
    less: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class MoveView:
    """An offer to take over a case, as either side reads it. `rules`: what the rules are called by which it goes from
    the yes on, if they are others than now."""

    id: str
    case_id: str
    by: str
    giver: str
    to: str
    between: bool
    stays: bool
    why: str
    offered_at: datetime
    state: str
    answer: str
    answered_at: datetime | None
    rules: str
    to_agency: str | None

    @property
    def open(self) -> bool:
        return self.state == Offer.OFFERED


def workers(seat: Seat) -> tuple[Somebody, ...]:
    """Who of the lead agency could take the case over, whether they are on the team or not."""
    out = {one for one, member in seat.case.facts.members.items() if member.recused}
    theirs = select(User).where(User.agency_id == seat.case.lead_id, User.role == Role.CW, User.active)
    return _sorted(Somebody(one.id, one.name) for one in db.session.scalars(theirs) if one.id not in out)


def agencies(seat: Seat) -> tuple[Somebody, ...]:
    """The agencies that could lead it: child welfare, with an agreement that has not ended, and with people."""
    staffed = select(User.agency_id).where(User.active, User.role == Role.CW)
    others = select(Agency).where(Agency.role == Role.CW, Agency.id != seat.case.lead_id, Agency.id.in_(staffed))
    agreed = (one for one in db.session.scalars(others) if convening.agreement(one, seat.today) is None)
    return _sorted(Somebody(one.id, one.name) for one in agreed)


def turning(seat: Seat, agency_id: str) -> Turning | None:
    """What would be otherwise by an agency's rules; None if it goes by those the case goes by already. For the lead,
    and of what the lead reads alone. Whoever leads now leaves the table, so nothing is said of them."""
    _check_leads(seat)
    agency = db.session.get_one(Agency, agency_id)
    title = _other_rules(seat.case.profile, agency_id)
    if not title:
        return None
    known, rules = seat.case.facts, profile(agency.profile)
    led = replace(known.case, lead=agency_id, timezone=agency.timezone)
    then = replace(known, case=led, orgs={**known.orgs, agency_id: agency.fact})
    mine = set(views.look(seat).opened)
    more, less = [], []
    for user_id in (one for one in known.members if admitted(known, one, seat.at)):
        if known.users[user_id].org == seat.case.lead_id:
            continue
        before, after = (
            gaining.reads(one, user_id, seat.at, by)[0] for one, by in ((known, seat.profile), (then, rules))
        )
        name = seat.case.people_names[user_id]
        more += _lines(name, known, after, before, mine)
        less += _lines(name, known, before, after, mine)
    return Turning(agency.name, title, tuple(sorted(more)), tuple(sorted(less)))


Fields = Mapping[str, frozenset[str]]


def _lines(
    name: str, known: Facts, one: Fields, other: Fields, mine: Collection[str]
) -> list[tuple[str, tuple[str, ...]]]:  # fmt: skip
    """Of which kinds the one has fields that the other has not."""
    found = [item for item, names in one.items() if item in mine and names - other.get(item, frozenset())]
    titles = sorted({catalog.CATEGORIES[known.items[item].category].title for item in found})
    return [(name, tuple(titles))] if titles else []


def holders(seat: Seat) -> tuple[Somebody, ...]:
    """Whose work it is now: the lead's people at the table."""
    found = (one for one in seat.case.facts.members if _leads(seat.case, one))
    return _sorted(Somebody(one, seat.case.people_names[one]) for one in found)


def standing(seat: Seat) -> tuple[MoveView, ...]:
    """The offers of this case, the newest first; for the lead."""
    _check_leads(seat)
    rows = select(CaseMove).where(CaseMove.case_id == seat.id).order_by(CaseMove.offered_at.desc(), CaseMove.id)
    mine = [row for row in db.session.scalars(rows) if seat.case.lead_id in (row.from_agency, row.to_agency)]
    return tuple(_view(row) for row in mine)


def offer(
    seat: Seat, *, why: str, to_user: str | None = None, to_agency: str | None = None, from_user: str | None = None,
    stays: bool = False,
) -> str:  # fmt: skip
    """Offer the case to a colleague or to another agency. Nothing changes until they say yes. The offer's id."""
    _check_leads(seat)
    with recorded("case.offered", by=seat.me, case=seat.id, to=to_user or to_agency) as record:
        _check_offer(seat, why, to_user, to_agency, from_user)
        made = CaseMove(
            case=db.session.get_one(Case, seat.id), from_agency=seat.case.lead_id, to_user=to_user, stays=stays,
            to_agency=to_agency, from_user=(from_user or seat.me.id) if to_user else None, offered_by=seat.me.id,
            why=why.strip()[:LONGEST],
        )  # fmt: skip
        db.session.add(made)
        record["move"] = made.id
        db.session.flush()
        _ring(made, OFFERED)
    return str(made.id)


def withdraw(seat: Seat, move_id: str) -> None:
    """Take an offer back that nobody has answered."""
    _check_leads(seat)
    with recorded("case.offer_withdrawn", by=seat.me, case=seat.id, move=move_id):
        row = db.session.get(CaseMove, move_id)
        if row is None or row.case_id != seat.id or row.from_agency != seat.case.lead_id:
            raise not_there()
        _settle(row, seat.me, Offer.WITHDRAWN)
        _ring(row)


def find(me: Person, move_id: str) -> MoveView:
    """An offer that waits for this person, or that they answered; or as if there were none. Recorded."""
    row = db.session.get(CaseMove, move_id)
    if row is None or not _may_know(me, row):
        raise not_there()
    ledger.submit("case.offer_read", row.case_id, me.id, {"move": move_id}).settle()
    return _view(row)


def decline(me: Person, move_id: str, *, answer: str) -> None:
    """Say no, and why. It stays with whoever has it."""
    row = _waiting(me, move_id)
    with recorded("case.offer_declined", by=me, case=row.case_id, move=move_id):
        if not answer.strip():
            raise Refused("Say in a word why not, so that somebody else can be found.", reason="no_reason", code=422)
        row.answer = answer.strip()[:LONGEST]
        _settle(row, me, Offer.DECLINED)
        letters.write(row.offered_by, "case", ANSWERED)
        _ring(row)


def accept(me: Person, move_id: str, *, acknowledged: bool) -> str:
    """Take the case over, and everything open in it, at once. Confidentiality is acknowledged with it. The case id."""
    row = _waiting(me, move_id)
    if not acknowledged:
        raise Refused("Read the promise and tick that you keep it.", reason="not_acknowledged", code=422)
    with recorded("case.moved", by=me, case=row.case_id, move=move_id) as record:
        handoffs.hold([row.case_id])
        row = _waiting(me, move_id)
        case = db.session.get_one(Case, row.case_id, populate_existing=True)
        if case.lead_id != row.from_agency:
            raise Refused("This case went to somebody else meanwhile.", reason="moved_meanwhile")
        _check_can_come(me, case, row)
        _settle(row, me, Offer.ACCEPTED)
        record["lead"], record["before"] = row.to_agency or case.lead_id, row.from_agency
        if row.to_agency:
            _under_another_lead(case, row.to_agency)
            record["timezone"] = case.terms.timezone
        _come(case, me)
        _hand_everything(case, row, me, record.about)
        letters.write(row.offered_by, "case", ANSWERED)
        _ring(row)
    return str(row.case_id)


def _hand_everything(case: Case, row: CaseMove, me: Person, about: dict[str, object]) -> None:
    """All that is open, from whoever had it; then their places at the table, unless they keep them."""
    leaving = [row.from_user] if row.from_user else _people_of(case.id, row.from_agency)
    had = frozenset(one for one in leaving if one and one != me.id)
    about |= handing.over(handing.Handing(case, had, me.id, row.from_agency, row.to_agency, row.stays))
    for user_id in () if row.stays else sorted(had):
        _put_out(case.id, user_id)
    db.session.flush()
    handoffs.settle(case.id)
    if row.to_agency:
        for user_id in _people_of(case.id, None):
            if user_id not in (me.id, *had):
                letters.write(user_id, "case", MOVED)


def _under_another_lead(case: Case, agency_id: str) -> None:
    """The lead is another: what is the case's is sealed under its key from now on, and goes by its rules, and by the
    time zone it is in. A clock that runs keeps the time it has: what was promised is promised, and by which rules it
    was, its row says."""
    with rescoped(case.id):
        case.lead_id = agency_id
    db.session.expire(case)
    agency = db.session.get_one(Agency, agency_id)
    case.profile = agency.profile
    case.terms = replace(case.terms, lead=agency_id, timezone=agency.timezone)
    db.session.flush()


def _come(case: Case, me: Person) -> None:
    """Whoever takes it over is at the table at once."""
    user = db.session.get_one(User, me.id)
    user.acknowledged_at = user.acknowledged_at or now()
    member = db.session.scalar(select(Member).where(Member.case_id == case.id, Member.user_id == me.id))
    if member is None:
        member = Member(case=case, user=user, user_id=me.id, purpose=USUAL_PURPOSES[Role.CW][0])
        db.session.add(member)
    if member.standing != Standing.ACCEPTED:
        member.since, member.until = now(), None
    member.standing, member.changed_at = Standing.ACCEPTED, now()
    member.since = member.since or now()
    db.session.flush()
    invites.welcome(case.id, me.id)


def _check_can_come(me: Person, case: Case, row: CaseMove) -> None:
    """Refuse whoever could not hold anything there: of no current agreement, stopped meanwhile, or without training
    that the county requires at a table. By whose rules it goes on are those it is asked by."""
    user = db.session.get_one(User, me.id, populate_existing=True)
    obstacle = convening.agreement(user.agency, db.session.get_one(Agency, row.to_agency or case.lead_id).today)
    if obstacle or not user.active:
        raise Refused(obstacle or "This account is stopped.", reason="no_agreement")
    training.check_comes(me, profile(_rules_then(case, row)).caseworking)


def _rules_then(case: Case, row: CaseMove) -> str:
    """By whose rules it goes from the yes on."""
    return db.session.get_one(Agency, row.to_agency).profile if row.to_agency else case.profile


def _put_out(case_id: str, user_id: str) -> None:
    member = db.session.scalar(select(Member).where(Member.case_id == case_id, Member.user_id == user_id))
    if member is not None and member.standing in (Standing.ACCEPTED, Standing.INVITED):
        convening.put_out(member)


def _people_of(case_id: str, agency_id: str | None) -> list[str]:
    """Who is on the team, or asked to it; of one agency, or all."""
    here = Member.standing.in_((Standing.ACCEPTED, Standing.INVITED))
    rows = select(Member.user_id).join(User, User.id == Member.user_id).where(Member.case_id == case_id, here)
    return sorted(db.session.scalars(rows.where(User.agency_id == agency_id) if agency_id else rows))


def _check_offer(seat: Seat, why: str, to_user: str | None, to_agency: str | None, from_user: str | None) -> None:
    """Refuse an offer to nobody, to both, from somebody who does not have it, without words, or beside another."""
    if not why.strip():
        raise Refused("Say in a few words why, without a name.", reason="no_words", code=422)
    if convening.names_the_child(seat, why):
        raise Refused("Leave the name out. They read this before they have promised anything.", reason="name", code=422)
    listed = {one.id for one in (workers(seat) if to_user else agencies(seat))}
    if bool(to_user) == bool(to_agency) or (to_user or to_agency) not in listed:
        raise Refused("Choose who takes it over.", reason="choice", code=422)
    if from_user and (from_user == to_user or from_user not in {one.id for one in holders(seat)}):
        raise Refused("Choose whose work it is now, and somebody else to take it over.", reason="choice", code=422)
    if to_user and to_user == (from_user or seat.me.id):
        raise Refused("It is theirs already. Choose somebody else.", reason="choice", code=422)
    if waiting(seat.id):
        raise Refused("This case is offered already. Take that back first.", reason="offered_already")


def waiting(case_id: str) -> bool:
    """Whether an offer of this case waits for an answer."""
    open_one = select(CaseMove.id).where(CaseMove.case_id == case_id, CaseMove.state == Offer.OFFERED)
    return db.session.scalar(open_one.limit(1)) is not None


def _waiting(me: Person, move_id: str) -> CaseMove:
    row = db.session.get(CaseMove, move_id, populate_existing=True) if is_id(move_id) else None
    if row is None or not _is_asked(me, row):
        raise not_there()
    if row.state != Offer.OFFERED:
        raise Refused("This was answered already, or taken back.", reason="answered")
    return row


def _may_know(me: Person, row: CaseMove) -> bool:
    """Whom it is offered to, while it is; afterwards whoever answered."""
    return _is_asked(me, row) and (row.state == Offer.OFFERED or row.answered_by == me.id)


def _is_asked(me: Person, row: CaseMove) -> bool:
    """Whether it is offered to them. A case that somebody left for a conflict they do not take over."""
    return _is_offered(me, row) and row.case_id not in hearing.stepped_out_of(me.id)


def _is_offered(me: Person, row: CaseMove) -> bool:
    """Whether it is offered to this person, or to anybody of their agency."""
    mine = row.to_user == me.id and me.agency_id == row.from_agency if row.to_user else me.agency_id == row.to_agency
    return me.role is Role.CW and mine


def _settle(row: CaseMove, me: Person, state: Offer) -> None:
    """The one conditional UPDATE by which an offer is answered."""
    changed = rows_changed(
        update(CaseMove)
        .where(CaseMove.id == row.id, CaseMove.state == Offer.OFFERED)
        .values(state=state, answered_by=me.id, answered_at=now())
        .execution_options(synchronize_session=False)
    )
    if changed != 1:
        raise Refused("This was answered already, or taken back.", reason="answered")


def _ring(row: CaseMove, words: Words | None = None) -> None:
    """Let both sides look again; with words, write to whoever is asked."""
    asked = [row.to_user] if row.to_user else hearing.watchers(str(row.to_agency))
    for user_id in asked if words else ():
        letters.write(str(user_id), "case", words)  # type: ignore[arg-type]
    move(db.session(), [row.case_id], facts=False)
    stir(db.session(), [*asked, row.offered_by])


def _view(row: CaseMove) -> MoveView:
    to = db.session.get_one(User, row.to_user).name if row.to_user else db.session.get_one(Agency, row.to_agency).name
    return MoveView(
        row.id, row.case_id, row.offerer.name, row.giver.name, to, row.to_agency is not None, row.stays, row.why,
        row.offered_at, row.state, row.answer or "", row.answered_at, _other_rules(row.case.profile, row.to_agency),
        row.to_agency,
    )  # fmt: skip


def _other_rules(now_by: str, agency_id: str | None) -> str:
    """What an agency's rules are called; empty if they are those the case goes by already."""
    then = db.session.get_one(Agency, agency_id).profile if agency_id else now_by
    return profile(then).title if then != now_by else ""


def _leads(case: facts.CaseFacts, user_id: str) -> bool:
    user = case.facts.users[user_id]
    return user.role is Role.CW and user.org == case.lead_id and admitted(case.facts, user_id, now())


def _check_leads(seat: Seat) -> None:
    if not seat.leads:
        raise not_there()


def _sorted(found: Iterable[Somebody]) -> tuple[Somebody, ...]:
    return tuple(sorted(found, key=lambda one: (one.name, one.id)))


STILL_OFFERED = Question(
    Of.AGENCY,
    select(CaseMove)
    .where(CaseMove.state == Offer.OFFERED, or_(among(CaseMove.from_agency), among(CaseMove.to_agency)))
    .order_by(CaseMove.offered_at),
    lambda row: [row.from_agency, row.to_agency],
)


@duties.found_by
def _asked_to_take_over(me: Person, _seats: Mapping[str, Seat]) -> Iterable[Duty]:
    """Offers that wait for this person, or for anybody of their agency."""
    if me.role is not Role.CW or me.agency_id is None:
        return
    rows = [row for row in STILL_OFFERED.about([me.agency_id]) if _is_offered(me, row)]
    left = hearing.stepped_out_of(me.id) if rows else ()
    for row in rows:
        if row.case_id not in left:
            words = (
                "Another agency asks yours to lead a case." if row.to_agency else "You are asked to take over a case."
            )
            yield Duty("case_move", row.id, None, words)


__all__ = [
    "MoveView", "Somebody", "Turning", "accept", "agencies", "decline", "find", "holders", "offer", "standing",
    "turning", "waiting", "withdraw", "workers",
]  # fmt: skip
