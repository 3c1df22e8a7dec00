"""Who of each agency is called for an emergency: each agency says it of its own people, from when to when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from mdt.models import Agency, OnCall, User, db, now
from mdt.operations.access import Person, Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.sharing.gate import admitted
from mdt.sharing.gatherings import Kind
from mdt.sharing.vocabulary import ROLE_WORDS, Role

LONGEST = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Watch:
    """Somebody on call."""

    id: str
    user_id: str
    agency_id: str
    name: str
    role: Role
    agency: str
    since: datetime
    until: datetime

    @property
    def role_words(self) -> str:
        return f"{ROLE_WORDS[self.role]}, {self.agency}"


@dataclass(frozen=True, slots=True)
class Called:
    """For a meeting of this kind: who is on call and on the team (`here`), who is and is not (`others`), and the
    disciplines that have nobody on call, in words."""

    kind: Kind
    here: tuple[Watch, ...]
    others: tuple[Watch, ...]
    nobody: tuple[str, ...]


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


def called(seat: Seat, kind: Kind) -> Called:
    """Who is on call now for a meeting of this kind of this case, in the order of its disciplines: those at its table,
    and those whom its lead can ask to it. Nobody is called from another county, and nobody who stepped out."""
    known = seat.case.facts
    orgs = {known.users[one].org for one in known.members if admitted(known, one, seat.at)}
    same = set(db.session.scalars(select(Agency.id).where(Agency.profile == seat.case.profile)))
    found = [one for one in now_on_call(kind.on_call, seat.at) if one.agency_id in orgs | same]
    here = tuple(one for one in found if admitted(known, one.user_id, seat.at))
    others = tuple(one for one in found if one not in here and not _out(seat, one.user_id))
    covered = {one.role for one in (*here, *others)}
    return Called(kind, here, others, tuple(ROLE_WORDS[role] for role in kind.on_call if role not in covered))


def _out(seat: Seat, user_id: str) -> bool:
    """Whether they stepped out of this case for a conflict."""
    member = seat.case.facts.members.get(user_id)
    return member is not None and bool(member.recused)


def _watch(row: OnCall) -> Watch:
    user = row.user
    agency = user.agency.name if user.agency else ""
    return Watch(row.id, user.id, row.agency_id, user.name, Role(str(user.role)), agency, row.since, row.until)


__all__ = ["Called", "Watch", "called", "colleagues", "end", "now_on_call", "of_agency", "stand"]
