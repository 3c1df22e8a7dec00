"""Accounts: proving who somebody is, coming in, going out, and being stopped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import func, select, update
from sqlalchemy.orm import selectinload

from mdt.models import Agency, Entry, SignIn, User, begin_writing, db, now
from mdt.models.base import locked
from mdt.models.sealing import index_of
from mdt.operations import handoffs, ledger
from mdt.operations.acts import Actor, Refused, recorded
from mdt.operations.meeting import facilitating
from mdt.operations.passwords import LONGEST_PASSWORD

TRIES = 5
TRIES_WITHIN = timedelta(minutes=15)
_hasher = PasswordHasher()
_nobody = _hasher.hash("nobody has this password")


def hashed(password: str) -> str:
    return _hasher.hash(password)


def prove(login: str, password: str, _from: str) -> str | None:
    """The user id, if name and password belong together; the same work and answer for every failure."""
    user_id = _known_by(login)
    if _proved(user_id, password) and user_id and db.session.get_one(User, user_id).active:
        return user_id
    not_proved(user_id)
    return None


def _known_by(login: str) -> str | None:
    return db.session.scalar(select(User.id).where(User.login_index == index_of("login", login)))


def _proved(user_id: str | None, password: str) -> bool:
    """Whether this is their password, and fewer than `TRIES` tries failed of late.

    A password is hashed while nothing is held, so that nobody who writes waits for it; judged it is afterwards, with
    the account held: of any number of tries at once, no more are answered than of one after the other.
    """
    stored = _stored(user_id)
    db.session.rollback()
    good = _verified(stored or _nobody, password)
    begin_writing()
    held = user_id is not None and locked(User, user_id) is not None
    return held and good and stored is not None and stored == _stored(user_id) and _tries(str(user_id)) < TRIES


def _stored(user_id: str | None) -> str | None:
    return db.session.scalar(select(User.password_hash).where(User.id == user_id)) if user_id else None


def not_proved(user_id: str | None) -> None:
    """Write down that somebody did not come in: for this account, or for none there is."""
    ledger.write("account.not_proved", None, user_id, {})
    db.session.commit()


def is_password_of(user_id: str, password: str) -> bool:
    """Whether this is the password of somebody who is signed in already; tries are counted as at the door."""
    good = _proved(user_id, password)
    if not good:
        not_proved(user_id)
    return good


def came_in(me: Actor) -> None:
    with recorded("account.came_in", by=me):
        pass


def left(user_id: str | None) -> None:
    """Somebody signed out."""
    if user_id:
        begin_writing()
        ledger.write("account.left", None, user_id, {})
        db.session.commit()


def suspend(user: User, *, by: Actor) -> None:
    """Stop this account at once, everywhere: its sign-ins end, its sockets are cut, what it held goes to others."""
    with recorded("account.suspended", by=by, user=user.id):
        runs = facilitating.cases_of(user.id)
        handoffs.hold([*handoffs.cases_of(user.id), *runs])
        user.active = False
        end_sign_ins(user.id)
        db.session.flush()
        handoffs.send_back_all(user.id)
        for case_id in runs:
            facilitating.gone(case_id, user.id)


def restore(user: User, *, by: Actor) -> None:
    """Let this account sign in again."""
    with recorded("account.restored", by=by, user=user.id):
        user.active = True


def name_counsel(user: User, *, by: Actor) -> None:
    """Let this person sign off legal process for their agency; of an agency that keeps the child-welfare record,
    draft and sign the rules of sharing as well. Nobody who runs the system can be that."""
    with recorded("account.counsel_named", by=by, user=user.id):
        if user.admin or user.agency_id is None:
            raise Refused("Counsel is somebody of an agency who does not run the system.", reason="not_counsel")
        user.counsel = True


def name_supervisor(user: User, supervisor_id: str | None, *, by: Actor) -> None:
    """Say who answers for this person at their agency, and hears when something they hold is overdue; None: nobody."""
    with recorded("account.supervisor_named", by=by, user=user.id, supervisor=supervisor_id):
        if supervisor_id not in {None, *(one.id for one in supervisors(user))}:
            raise Refused("Choose somebody of the same agency.", reason="not_there", code=422)
        user.supervisor_id = supervisor_id


def supervisors(user: User) -> Sequence[User]:
    """Who could answer for this person: active people of their own agency with a discipline, by name."""
    return who_answers(user.agency_id, user.id) if user.agency_id else ()


def who_answers(agency_id: str, but: str | None) -> Sequence[User]:
    """Active people of this agency with a discipline, by name; without this one."""
    theirs = [User.agency_id == agency_id, User.active, User.role.is_not(None)]
    found = db.session.scalars(select(User).where(*theirs)).all()
    return sorted((one for one in found if one.id != but), key=lambda one: one.name)


def counsel_no_more(user: User, *, by: Actor) -> None:
    """Take that from them, at once."""
    with recorded("account.counsel_ended", by=by, user=user.id):
        user.counsel = False


def find(user_id: str) -> User | None:
    return db.session.get(User, user_id)


def directory() -> Sequence[Agency]:
    """Every agency with its people, by name."""
    return db.session.scalars(select(Agency).options(selectinload(Agency.users)).order_by(Agency.name)).all()


def end_sign_ins(user_id: str) -> None:
    db.session.execute(
        update(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None)).values(ended_at=now())
    )


def _tries(user_id: str) -> int:
    """Failed tries for this account of late, from the ledger itself."""
    recent = (
        select(func.count())
        .select_from(Entry)
        .where(Entry.event == "account.not_proved", Entry.actor_id == user_id, Entry.at > now() - TRIES_WITHIN)
    )
    return db.session.scalar(recent) or 0


def _verified(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password[:LONGEST_PASSWORD])
    except VerificationError:
        return False
