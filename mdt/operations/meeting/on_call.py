"""Who of each agency is called for an emergency: each agency says it of its own people, from when to when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from mdt.models import OnCall, User, db, now
from mdt.operations.access import Person, Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.sharing.gate import admitted
from mdt.sharing.vocabulary import ROLE_WORDS, Role

LONGEST = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Watch:
    """Somebody on call."""

    id: str
    user_id: str
    name: str
    role: Role
    agency: str
    since: datetime
    until: datetime

    @property
    def role_words(self) -> str:
        return f"{ROLE_WORDS[self.role]}, {self.agency}"


def stand(me: Person, user_id: str, *, since: datetime, until: datetime) -> None:
    """Put somebody of one's own agency on call; two weeks at most, so that it is looked at again."""
    with recorded("on_call.set", by=me) as record:
        user = db.session.get(User, user_id)
        if user is None or not user.active or user.role is None or not me.agency_id or user.agency_id != me.agency_id:
            raise not_there()
        record["who"] = user.id
        if not since < until <= since + LONGEST or until <= now():
            raise Refused("Choose an end that is after the beginning, within two weeks.", reason="span", code=422)
        db.session.add(OnCall(agency_id=me.agency_id, user_id=user_id, since=since, until=until))


def end(me: Person, watch_id: str) -> None:
    """Take somebody of one's own agency off."""
    with recorded("on_call.ended", by=me, watch=watch_id):
        row = db.session.get(OnCall, watch_id)
        if row is None or row.agency_id != me.agency_id:
            raise not_there()
        db.session.delete(row)


def colleagues(me: Person) -> dict[str, str]:
    """Those of one's own agency who can be put on call, by id."""
    mine = select(User).where(User.agency_id == me.agency_id, User.active, User.role.is_not(None)).order_by(User.id)
    return {user.id: user.name for user in db.session.scalars(mine)} if me.agency_id else {}


def of_agency(me: Person) -> tuple[Watch, ...]:
    """Who of one's own agency is on call now or later."""
    mine = select(OnCall).where(OnCall.agency_id == me.agency_id, OnCall.until > now()).order_by(OnCall.since)
    return tuple(map(_watch, db.session.scalars(mine))) if me.agency_id else ()


def now_on_call(roles: Iterable[Role], at: datetime) -> Sequence[Watch]:
    """Who is called now, of these disciplines, in their order."""
    wanted = list(roles)
    rows = db.session.scalars(select(OnCall).where(OnCall.since <= at, OnCall.until > at).order_by(OnCall.since))
    found = [_watch(row) for row in rows if row.user.active and row.user.role in wanted]
    return sorted(found, key=lambda one: wanted.index(one.role))


def called(seat: Seat) -> dict[str, Sequence[object]]:
    """For an emergency meeting of this case: `called`, who is on call and not at its table; `nobody`, the disciplines
    that have nobody on call now."""
    kinds = [one for one in seat.profile.gatherings.kinds.values() if one.on_call and not one.roster]
    wanted = kinds[0].on_call if kinds else ()
    found = now_on_call(wanted, seat.at)
    covered = {one.role for one in found}
    return {
        "called": [one for one in found if not admitted(seat.case.facts, one.user_id, seat.at)],
        "nobody": [ROLE_WORDS[role] for role in wanted if role not in covered],
    }


def _watch(row: OnCall) -> Watch:
    user = row.user
    agency = user.agency.name if user.agency else ""
    return Watch(row.id, user.id, user.name, Role(str(user.role)), agency, row.since, row.until)


__all__ = ["Watch", "called", "colleagues", "end", "now_on_call", "of_agency", "stand"]
