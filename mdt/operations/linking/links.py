"""Two cases that belong together: siblings, young people harmed by the same people. The link is information of its own.

It is told to whoever sits at both tables now, and to nobody else; never does one case's content stand in the other. Who
leads both makes it; between two leads it is offered, and whoever answers sits at both tables as well: otherwise the
offer would tell that there is a case. Quiet disciplines and families are not told. How they belong together is told to
those who lead one of the two.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from mdt.models import Case, Link, LinkTerms, Offer, db, now
from mdt.models.among import among
from mdt.models.pulse import move
from mdt.operations import access, caseload, duties, facts, ledger, reading
from mdt.operations.access import Person, Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.at_once import Of, Question
from mdt.operations.duties import Duty
from mdt.operations.facts import CaseFacts
from mdt.sharing.gate import admitted
from mdt.sharing.vocabulary import Role

FAMILY = (Role.CG, Role.YT)


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link as somebody at both tables sees it. `kind` is empty for whoever leads neither."""

    id: str
    other_id: str
    called: str
    kind: str
    waits: bool
    mine_to_answer: bool
    ends: bool


def may_know(seat: Seat) -> bool:
    """Whether links are told to this member at all."""
    return seat.me.role not in FAMILY and seat.me.role not in seat.profile.quiet_roles


def of_case(seat: Seat) -> tuple[LinkView, ...]:
    """The links of this case that this member may know of. Recorded."""
    if not may_know(seat):
        raise not_there()
    found = [one for row in _rows(seat.id) if (one := _view(seat, row))]
    ledger.submit("link.read", seat.id, seat.me.id, {"links": [one.id for one in found]}).settle()
    return tuple(found)


def choices(seat: Seat) -> tuple[tuple[str, str], ...]:
    """The other cases at whose table this member sits, by name as they may know it; for whoever leads this one."""
    if not seat.leads:
        return ()
    known = {other for row in _rows(seat.id) for other in (row.case_id, row.other_id)}
    lines = caseload.page(seat.me).lines
    return tuple((one.id, one.called) for one in lines if one.id != seat.id and one.id not in known)


def make(seat: Seat, *, other_id: str, kind: str) -> Offer:
    """Link this case, which one leads, with another at whose table one sits; or offer that to who leads the other.
    Which of both it was."""
    other = access.admit_quietly(other_id, seat.me)
    if not seat.leads or other is None or other.id == seat.id:
        raise not_there()
    with recorded("link.made", by=seat.me, case=seat.id, other=other.id) as record:
        if kind not in seat.profile.caseworking.kinds:
            raise Refused("Choose how they belong together.", reason="choice", code=422)
        if any(other.id in (row.case_id, row.other_id) for row in _rows(seat.id)):
            raise Refused("These two are linked already, or that is offered.", reason="linked_already")
        if not other.leads and not _somebody_answers(seat, other):
            raise Refused(
                "Nobody who leads the other case sits at both tables. Ask one of them to this team first.",
                reason="nobody_answers",
            )
        made = Link(
            case=db.session.get_one(Case, seat.id), other_id=other.id, made_by=seat.me.id,
            state=Offer.ACCEPTED if other.leads else Offer.OFFERED,
            terms=LinkTerms(kind=kind, said_on=seat.today),
        )  # fmt: skip
        db.session.add(made)
        record["link"], record["state"] = made.id, made.state
        _stir(made)
    return Offer(made.state)


def answer(seat: Seat, link_id: str, *, yes: bool) -> None:
    """Say for the agency that leads the other case whether the two are linked."""
    row, other = _find(seat, link_id)
    if row.state != Offer.OFFERED or not _leads(row.other_id, seat, other):
        raise not_there()
    with recorded("link.answered", by=seat.me, case=seat.id, link=link_id, yes=yes):
        row.state, row.answered_by = (Offer.ACCEPTED if yes else Offer.DECLINED), seat.me.id
        row.ended_at = None if yes else now()
        _stir(row)


def end(seat: Seat, link_id: str) -> None:
    """Take a link away; for whoever leads one of the two. What was known is known."""
    row, other = _find(seat, link_id)
    if not (seat.leads or other.leads):
        raise not_there()
    with recorded("link.ended", by=seat.me, case=seat.id, link=link_id):
        row.ended_at = row.ended_at or now()
        _stir(row)


def would_know(case: CaseFacts, user_id: str, at: datetime, *, asks: str, but: Collection[str] = ()) -> bool:
    """Whether somebody would learn of a link of this case, were they at its table: they sit at the other one now. Only
    of links that whoever `asks` may know of, and not of those to the cases of `but`."""
    for row in _rows(case.id):
        other = None if _other(row, case.id) in but else facts.load(_other(row, case.id))
        user = other.facts.users.get(user_id) if other else None
        if other is None or user is None or not all(admitted(other.facts, one, at) for one in (user_id, asks)):
            continue
        told = user.role not in FAMILY and user.role not in case.rules.quiet_roles
        if told and (row.state == Offer.ACCEPTED or user.role is Role.CW):
            return True
    return False


def _rows(case_id: str) -> list[Link]:
    here = or_(Link.case_id == case_id, Link.other_id == case_id)
    wanted = select(Link).where(here, Link.ended_at.is_(None)).order_by(Link.made_at, Link.id)
    return list(db.session.scalars(wanted))


def _view(seat: Seat, row: Link) -> LinkView | None:
    other = access.admit_quietly(_other(row, seat.id), seat.me)
    if other is None:
        return None
    leads, waits = seat.leads or other.leads, row.state == Offer.OFFERED
    if waits and not leads:
        return None
    kinds = seat.profile.caseworking.kinds
    return LinkView(
        row.id, other.id, reading.name_of(other) or "A young person",
        kinds.get(row.terms.kind, row.terms.kind) if leads else "", waits,
        waits and _leads(row.other_id, seat, other), leads,
    )  # fmt: skip


def _find(seat: Seat, link_id: str) -> tuple[Link, Seat]:
    """A link of this case, and one's seat at the other; or as if there were none."""
    row = db.session.get(Link, link_id)
    if row is None or row.ended_at or seat.id not in (row.case_id, row.other_id) or not may_know(seat):
        raise not_there()
    other = access.admit_quietly(_other(row, seat.id), seat.me)
    if other is None:
        raise not_there()
    return row, other


def _other(row: Link, case_id: str) -> str:
    return row.other_id if row.case_id == case_id else row.case_id


def _leads(case_id: str, *seats: Seat) -> bool:
    return any(one.id == case_id and one.leads for one in seats)


def _somebody_answers(seat: Seat, other: Seat) -> bool:
    """Whether somebody who leads the other case sits at both tables."""
    users = other.case.facts.users
    leading: Iterable[str] = (
        one for one in other.case.facts.members
        if users[one].role is Role.CW and users[one].org == other.case.lead_id
    )  # fmt: skip
    tables = (seat.case.facts, other.case.facts)
    return any(all(one in table.members and admitted(table, one, seat.at) for table in tables) for one in leading)


OFFERED = Question(
    Of.CASE,
    select(Link)
    .where(among(Link.other_id), Link.state == Offer.OFFERED, Link.ended_at.is_(None))
    .order_by(Link.made_at, Link.id),
    lambda row: [row.other_id],
)


@duties.found_by
def _asked_to_link(me: Person, seats: Mapping[str, Seat]) -> Iterable[Duty]:
    """Links that are offered to a case one leads, while one sits at the other table as well."""
    for row in OFFERED.about([seat.id for seat in seats.values() if seat.leads and may_know(seat)]):
        if row.case_id in seats:
            yield Duty("link", row.id, row.other_id, "You are asked whether two cases belong together.")


def _stir(row: Link) -> None:
    db.session.flush()
    move(db.session(), [row.case_id, row.other_id], facts=False)


__all__ = ["LinkView", "answer", "choices", "end", "make", "may_know", "of_case", "would_know"]
