"""Agencies: founding one, and changing the facts of it. Either moves the cases it has a part in at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select

from mdt.models import Agency, Case, Member, Standing, User, db, is_id, new_id
from mdt.models.base import locked
from mdt.models.sealing import keys
from mdt.operations import handoffs
from mdt.operations.acts import Actor, Refused, recorded
from mdt.sharing.vocabulary import Role

FUNDING = ("vawa", "voca", "fvpsa")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of an agency, all of it public. Fields are those of `Agency`."""

    name: str
    role: str
    mou_until: date | None
    statutory_member: bool
    part2: bool
    vsp: str | None
    rhy: bool
    timezone: str
    profile: str

    @classmethod
    def of(cls, agency: Agency) -> Facts:
        return cls(**{name: getattr(agency, name) for name in cls.__slots__})


def found(facts: Facts, *, by: Actor) -> str:
    """Add an agency; its identifier."""
    agency_id = new_id()
    with recorded("agency.founded", by=by, agency=agency_id):
        _check_name(facts.name, None)
        db.session.add(Agency(id=agency_id, **_values(facts)))
    return agency_id


def change(agency_id: str, facts: Facts, *, by: Actor) -> tuple[str, ...]:
    """Change an agency; which fields changed. Every case it has a part in is decided anew at once.

    Whoever acted in its discipline acts in the new one; refused while it leads a case, or one of them sits at a table.
    With another time zone the days of every case it leads are counted in it; a clock that runs keeps the time it has.
    """
    with recorded("agency.changed", by=by, agency=agency_id) as record:
        handoffs.hold({*_held_by(agency_id), *_led_from_elsewhere(agency_id, facts.timezone)})
        agency = locked(Agency, agency_id)
        if agency is None:
            raise Refused("There is no such agency.", reason="not_there", code=404)
        before, after = _values(Facts.of(agency)), _values(facts)
        changed = tuple(name for name in after if after[name] != before[name])
        record["fields"] = list(changed)
        _check_name(facts.name, agency_id)
        if "role" in changed:
            _act_in(agency, facts.role)
        for name in changed:
            setattr(agency, name, after[name])
        if "timezone" in changed:
            record["cases"] = _count_days_there(agency)
        db.session.flush()
        if "mou_until" in changed:
            _send_home(agency_id)
    return changed


def find(agency_id: str) -> Agency | None:
    return db.session.get(Agency, agency_id) if is_id(agency_id) else None


def kept_by(role: Role) -> tuple[Role, ...]:
    """The disciplines in which people of such an agency can act: its own, and those that often work under its roof."""
    return (role, *UNDER_ONE_ROOF.get(role, ()))


UNDER_ONE_ROOF: dict[Role, tuple[Role, ...]] = {
    Role.LE: (Role.VS,),
    Role.DA: (Role.VS,),
    Role.CT: (Role.GAL,),
    Role.HC: (Role.BH,),
    Role.BH: (Role.HC,),
}
"""A police department or a prosecutor has victim advocates of its own, a court its guardians, a clinic therapists."""
DISCIPLINES = tuple(role for role in Role if role not in (Role.CG, Role.YT))
"""What an agency can be; a family account belongs to none."""


def _values(facts: Facts) -> dict[str, object]:
    return {name: getattr(facts, name) for name in Facts.__slots__}


def _check_name(name: str, but: str | None) -> None:
    same = select(Agency.id).where(func.lower(Agency.name) == name.lower(), Agency.id != (but or new_id()))
    if db.session.scalar(same.limit(1)):
        raise Refused(f"There is an agency called {name} already.", reason="name_taken", code=422)


def _act_in(agency: Agency, role: str) -> None:
    """Whoever acted in the agency's discipline acts in this one, and so does whom it has no other for. Not while one of
    them sits at a table: they were asked for what they did."""
    if agency.role == Role.CW and db.session.scalar(select(Case.id).where(Case.lead_id == agency.id).limit(1)):
        raise Refused("An agency that leads cases stays one of child welfare.", reason="leads", code=422)
    seated = select(Member.id).join(User, User.id == Member.user_id).where(User.agency_id == agency.id)
    if db.session.scalar(seated.where(Member.standing.in_((Standing.INVITED, Standing.ACCEPTED))).limit(1)):
        words = "Its people sit at tables in this discipline. Add an agency of the other one, and move them there."
        raise Refused(words, reason="leads", code=422)
    fits = kept_by(Role(role))
    for user in db.session.scalars(select(User).where(User.agency_id == agency.id, User.role.is_not(None))):
        if user.role == agency.role or Role(str(user.role)) not in fits:
            user.role = role


def _led_from_elsewhere(agency_id: str, timezone: str) -> list[str]:
    """The cases it leads, if it is in another time zone than this."""
    led = select(Case.id).join(Agency, Agency.id == Case.lead_id)
    return list(db.session.scalars(led.where(Agency.id == agency_id, Agency.timezone != timezone)))


def _count_days_there(agency: Agency) -> int:
    """Every case it leads goes by the time zone it is in; how many. What was destroyed for good goes by none."""
    led = db.session.scalars(select(Case).where(Case.lead_id == agency.id).order_by(Case.id)).all()
    kept = keys().found(agency.id, {case.youth_id for case in led})
    there = [case for case in led if case.youth_id in kept]
    for case in there:
        case.terms = replace(case.terms, timezone=agency.timezone)
    return len(there)


def _send_home(agency_id: str) -> None:
    """What people of the agency hold and cannot hold any more goes to others, as when its agreement ends by itself."""
    for case_id in _held_by(agency_id):
        handoffs.settle(case_id)


def _held_by(agency_id: str) -> list[str]:
    """The cases in which somebody of the agency holds or is offered something, in one order."""
    theirs = db.session.scalars(select(User.id).where(User.agency_id == agency_id)).all()
    return sorted({one for user_id in theirs for one in handoffs.cases_of(user_id)})


__all__ = ["DISCIPLINES", "FUNDING", "Facts", "change", "find", "found", "kept_by"]
