"""Entrances: a link, handed over by a person, that lets somebody choose their password once.

Whoever holds the link can take the account, so it is kept nowhere: it is shown once to whoever made it, and only a
keyed hash of it is stored. It is not mailed either: a mailbox is read by others, is kept for years, and is where a
lost password is looked for first. A letter says only that an account waits. The ledger says who made which link,
for whom, and when it was used.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select, update

from mdt.models import Entrance, User, Words, begin_writing, db, new_id, now
from mdt.models.base import locked, rows_changed
from mdt.models.sealing import hash_of
from mdt.operations import accounts, letters, passwords
from mdt.operations.acts import Actor, Record, Refused, recorded

HOLDS = timedelta(hours=72)
LONGEST_TOKEN = 100
LETTERS = {
    "made": Words(
        subject="An account waits for you",
        text="You have an account at {origin}.\n\nWhoever runs the system there will hand you a link. With it "
        "you choose your password, once, within three days. If you expect no account, you need do nothing.\n",
    ),
    "again": Words(
        subject="Your password was set back",
        text="Whoever runs the system at {origin} made a new link for your account. Your old password does not work "
        "any more, and you are signed out everywhere.\n\nIf you did not ask for that, tell your agency at once.\n",
    ),
    "chosen": Words(
        subject="A password was chosen for your account",
        text="Somebody chose a new password for your account at {origin}.\n\nIf that was not you, tell your agency "
        "at once.\n",
    ),
}


@dataclass(frozen=True, slots=True)
class Handed:
    """A link as it is handed over: for whom, its address, and until when it works. It is shown once."""

    user_id: str
    name: str
    login: str
    url: str
    until: datetime


def renew(user: User, *, by: Actor | None) -> Handed:
    """A new link for somebody who lost theirs, or their password: from now on nothing else lets them in."""
    with recorded("account.entrance_made", by=by, user=user.id) as record:
        if not user.active:
            raise Refused("This account is stopped. Let it in again first.", reason="suspended")
        locked(User, user.id)
        before = user.password_hash is not None
        user.password_hash = None
        accounts.end_sign_ins(user.id)
        return make(user, by, record, "again" if before else "made")


def make(user: User, by: Actor | None, record: Record, letter: str = "made") -> Handed:
    """Make somebody's link, within an act; links of theirs from before end."""
    token, at = secrets.token_urlsafe(32), now()
    db.session.flush()
    _end_all(user.id, at)
    made = Entrance(
        id=new_id(), user_id=user.id, token_hash=_hash(token), made_by=by.id if by else None, made_at=at,
        expires_at=at + HOLDS,
    )  # fmt: skip
    db.session.add(made)
    record["entrance"] = made.id
    _write(user.id, letter)
    return Handed(user.id, user.name, user.login, f"{_origin()}/welcome/{token}", made.expires_at)


def login_of(token: str) -> str | None:
    """The sign-in name of whoever this link lets in now; None for one that is unknown, used, or over."""
    user = _found(token)
    return user.login if user else None


def choose(token: str, password: str) -> bool:
    """Choose a password by this link: once. It ends every sign-in of the account; the next is the usual one.

    False, after the same work, where the link lets nobody in: unknown, used by somebody quicker, or over.
    Refused, and the link goes on, where the password is none (`passwords.problem`).
    """
    db.session.rollback()  # whoever writes need not wait until this password is hashed
    secret = accounts.hashed(password[: passwords.LONGEST_PASSWORD])
    begin_writing()
    user = _found(token)
    if user is None:
        accounts.not_proved(None)
        return False
    with recorded("account.password_chosen", by=user) as record:
        if wrong := passwords.problem(password, user.login):
            raise Refused(wrong, reason="password", code=422)
        locked(User, user.id)
        record["entrance"] = entrance = _used(token)
        if entrance is None:
            raise Refused("This link does not work.", reason="used", code=404)
        user.password_hash = secret
        accounts.end_sign_ins(user.id)
        _write(user.id, "chosen")
    return True


def waiting() -> frozenset[str]:
    """Who has no password yet, by identifier."""
    return frozenset(db.session.scalars(select(User.id).where(User.password_hash.is_(None))))


def _found(token: str) -> User | None:
    if len(token) > LONGEST_TOKEN:
        return None
    theirs = Entrance.token_hash == _hash(token), Entrance.used_at.is_(None), Entrance.expires_at > now()
    return db.session.scalar(select(User).join(Entrance, Entrance.user_id == User.id).where(*theirs, User.active))


def _used(token: str) -> str | None:
    """Use the link up by one conditional UPDATE: of two who come at once one does. Its identifier, or None."""
    at = now()
    mine = Entrance.token_hash == _hash(token), Entrance.used_at.is_(None), Entrance.expires_at > at
    if rows_changed(update(Entrance).where(*mine).values(used_at=at).execution_options(synchronize_session=False)) != 1:
        return None
    return db.session.scalar(select(Entrance.id).where(Entrance.token_hash == _hash(token)))


def _end_all(user_id: str, at: datetime) -> None:
    open_ones = Entrance.user_id == user_id, Entrance.used_at.is_(None), Entrance.expires_at > at
    db.session.execute(update(Entrance).where(*open_ones).values(expires_at=at))


def _hash(token: str) -> bytes:
    return hash_of(token, "entrance")


def _origin() -> str:
    origin: str = current_app.extensions["mdt.settings"].origins[0]
    return origin


def _write(user_id: str, kind: str) -> None:
    words = LETTERS[kind]
    letters.write(user_id, "account", Words(subject=words.subject, text=words.text.format(origin=_origin())))


__all__ = ["HOLDS", "Handed", "choose", "login_of", "make", "renew", "waiting"]
