"""The people of an agency: taking somebody on, changing what they do, and letting them move to another agency.

Each of it decides what they see, so each moves every case they sit at, at once (mdt.models.pulse). None of it opens a
case: a lead asks people to a table for what they do there. So whoever comes to act in another discipline, or for
another agency, leaves the tables they sat at, and each lead may ask them anew, seeing what they would then read.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from mdt.models import Agency, Member, Standing, User, db, new_id, now
from mdt.models.base import locked
from mdt.models.sealing import index_of
from mdt.operations import accounts, convening, entrances, handoffs
from mdt.operations.acts import Actor, Refused, not_there, recorded
from mdt.operations.agencies import kept_by
from mdt.operations.entrances import Handed
from mdt.sharing.vocabulary import Role

OPEN = (Standing.INVITED, Standing.ACCEPTED)
TAKEN = "Somebody signs in by this name already. Choose another."


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What somebody does at their agency. `role` None: counsel and others who act in no discipline and open no case;
    `medical`: a licensed health professional; `custodian`: on the list of named staff who keep certain records."""

    title: str | None
    role: str | None
    medical: bool = False
    custodian: bool = False
    supervisor_id: str | None = None


def administrator(login: str, name: str) -> Handed:
    """An administrator's account without a password, and the link to choose one; for one that is there, a new link.

    Only for the command line: whoever can run it holds the keys of the installation already.
    """
    login = login.strip()
    user = db.session.scalar(select(User).where(User.login_index == index_of("login", login)))
    if user is not None and not user.admin:
        raise Refused("Somebody of an agency signs in by this name. Choose another.", reason="login_taken")
    return entrances.renew(user, by=None) if user else _added(None, None, login, name, by=None, admin=True)


def add(agency_id: str, login: str, name: str, post: Post, *, by: Actor) -> Handed:
    """Take somebody on at an agency: an account without a password, and the link to hand over to them."""
    return _added(agency_id, post, login, name, by=by)


def change(user_id: str, name: str, post: Post, *, by: Actor) -> tuple[str, ...]:
    """Change what somebody is called and does at their agency; which facts of theirs changed."""
    with recorded("account.changed", by=by, user=user_id) as record:
        seats = _seats(user_id)
        user = _staff(user_id)
        _check(user.agency, user, post)
        if user.role and post.role != user.role:
            _leave(user, seats)
        changed = _set(user, {"name": name} | _values(post))
        record["fields"] = list(changed)
    return changed


def move(user_id: str, agency_id: str, post: Post, *, by: Actor) -> None:
    """Somebody works for another agency from now on.

    Where they worked before is kept, to this moment: what they did there stays that agency's. They leave the tables
    they sat at, what they held goes home, and who answered for them, and for whom they did, ends.
    """
    with recorded("account.moved", by=by, user=user_id, agency=agency_id) as record:
        seats = _seats(user_id)
        user, agency = _staff(user_id), db.session.get(Agency, agency_id)
        if agency is None or user.agency is None or agency.id == user.agency_id:
            raise Refused("Choose another agency.", reason="not_there", code=422)
        _check(agency, user, post)
        _leave(user, seats)
        record["left"] = left = user.agency.id
        user.history = [*user.history, {"org": left, "until": now().isoformat()}]
        user.agency, user.counsel = agency, False
        _set(user, _values(post))
        db.session.execute(update(User).where(User.supervisor_id == user.id).values(supervisor_id=None))


def new_link(user_id: str, *, by: Actor) -> Handed:
    """A new link for somebody of an agency who lost theirs or their password. It signs them out everywhere."""
    return entrances.renew(_staff(user_id), by=by)


def find(user_id: str) -> User:
    """Somebody of an agency; refused for whoever is of none, as if there were nobody."""
    return _of_an_agency(db.session.get(User, user_id))


def _added(
    agency_id: str | None, post: Post | None, login: str, name: str, *, by: Actor | None, admin: bool = False
) -> Handed:
    user_id, event = new_id(), "account.administrator_made" if admin else "account.made"
    with recorded(event, by=by, user=user_id, agency=agency_id) as record:
        _check_login(login)
        agency = db.session.get(Agency, agency_id) if agency_id else None
        if post:
            _check(agency, None, post)
        values = _values(post) if post else {}
        user = User(
            id=user_id, agency=agency, admin=admin, name=name, login=login.strip(),
            login_index=index_of("login", login), **values,
        )  # fmt: skip
        db.session.add(user)
        try:
            return entrances.make(user, by, record)
        except IntegrityError:
            db.session.rollback()
            raise Refused(TAKEN, reason="login_taken", code=422) from None


def _staff(user_id: str) -> User:
    """The same, held against others until the act is done."""
    return _of_an_agency(locked(User, user_id))


def _of_an_agency(user: User | None) -> User:
    if user is None or user.agency_id is None or user.admin:
        raise not_there()
    return user


def _check_login(login: str) -> None:
    if db.session.scalar(select(User.id).where(User.login_index == index_of("login", login))):
        raise Refused(TAKEN, reason="login_taken", code=422)


def _check(agency: Agency | None, user: User | None, post: Post) -> None:
    """What is chosen has to fit where they work."""
    if agency is None:
        raise not_there()
    if post.role is not None and post.role not in kept_by(Role(agency.role)):
        raise Refused(f"Nobody at {agency.name} acts in that discipline.", reason="discipline", code=422)
    if post.role is None and user is not None and user.role is not None:
        raise Refused(
            "Whoever acts in a discipline keeps one. To end it, stop the account.", reason="discipline", code=422
        )
    could_answer = accounts.who_answers(agency.id, user.id if user else None)
    if post.supervisor_id not in {None, *(one.id for one in could_answer)}:
        raise Refused("Choose a supervisor of the same agency.", reason="supervisor", code=422)


def _values(post: Post) -> dict[str, object]:
    return {name: getattr(post, name) for name in Post.__slots__}


def _set(user: User, values: dict[str, object]) -> tuple[str, ...]:
    changed = tuple(name for name, value in values.items() if getattr(user, name) != value)
    for name in changed:
        setattr(user, name, values[name])
    return changed


def _seats(user_id: str) -> list[Member]:
    """Where somebody sits or is asked to, held against other acts together with whatever they hold a task of."""
    theirs = select(Member.case_id).where(Member.user_id == user_id, Member.standing.in_(OPEN))
    handoffs.hold({*db.session.scalars(theirs), *handoffs.cases_of(user_id)})
    seats = select(Member).where(Member.user_id == user_id, Member.standing.in_(OPEN)).order_by(Member.case_id)
    return list(db.session.scalars(seats.execution_options(populate_existing=True)))


def _leave(user: User, seats: list[Member]) -> None:
    """They leave every table, with what they hold: they were asked for what they did until now."""
    for seat in seats:
        lead = seat.case.lead_id
        if lead == user.agency_id and not handoffs.lead_holder(seat.case_id, lead, but=user.id):
            words = f"Some of what {user.name} leads has nobody else. A colleague has to join them there first."
            raise Refused(words, reason="last_lead", code=422)
        convening.put_out(seat)
    handoffs.send_back_all(user.id)


__all__ = ["Post", "add", "administrator", "change", "find", "move", "new_link"]
