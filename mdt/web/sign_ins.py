"""The server's own sessions: a random token in the cookie, everything else in a row that can be ended.

A row is only ever updated while it has not ended, so a request in flight cannot revive it. Reads by
an open page (`X-Live`) do not count as activity.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, Request, Response, current_app, request, session
from flask.sessions import SessionInterface, SessionMixin
from flask_login import LoginManager, UserMixin
from sqlalchemy import and_, bindparam, delete, func, insert, literal, null, select, union_all, update
from sqlalchemy.engine import Connection

from mdt.models import Agency, SignIn, User, db, new_id, now
from mdt.models.agencies import role_words
from mdt.models.among import among
from mdt.models.base import WRITES
from mdt.models.sealing import keys
from mdt.operations import facts
from mdt.settings import Settings
from mdt.sharing.vocabulary import Role
from mdt.vault.seal import Place, Unopenable, open_value, seal_value

TOUCH_EVERY = timedelta(minutes=1)
SWEEP_ONE_IN = 50


@dataclass(frozen=True, slots=True)
class Me(UserMixin):
    """The signed-in person, as pages and verbs need them. No database object."""

    id: str
    name: str
    title: str | None
    role: Role | None
    agency_id: str | None
    agency: str | None
    zone: ZoneInfo
    """Where their agency is; the county's, where they are of none."""
    person: str | None
    admin: bool
    counsel: bool
    signs_rules: bool
    """Whether they are counsel of an agency that keeps the child-welfare record: the county's own lawyer."""
    acknowledged_at: datetime | None
    sign_in: str | None
    proved_at: datetime | None
    pulse: int = 0
    """Their counter: it moves with whatever concerns their own screens."""

    @property
    def role_words(self) -> str:
        return role_words(self.role, self.counsel)

    @property
    def initials(self) -> str:
        return "".join(part[0] for part in self.name.split()[:2]).upper()

    @property
    def shape(self) -> str:
        return self.role.value if self.role else ""

    @property
    def is_family(self) -> bool:
        return self.role in (Role.CG, Role.YT)


class ServerSession(dict[str, Any], SessionMixin):
    """What a sign-in carries. `token` is known only while a cookie is to be set."""

    def __init__(self, contents: dict[str, Any] | None = None, row: str | None = None) -> None:
        super().__init__(contents or {})
        self.row = row
        self.seen_at: datetime | None = None
        self.me: Me | None = None
        self.before = deepcopy(dict(self))
        self.left: str | None = None
        self.proved = False

    @property
    def new(self) -> bool:  # type: ignore[override]  # a plain attribute of Flask's, which nobody sets
        return self.row is None

    @property
    def changed(self) -> bool:
        return dict(self) != self.before

    def renew(self, *, proved: bool = False) -> None:
        """Go on under a new token; the old one is ended. At sign-in, sign-out and change of person."""
        self.left, self.row, self.proved = self.row or self.left, None, proved
        self.before = {}

    def end(self) -> None:
        """Sign out: nothing is carried on, and the row is ended."""
        self.clear()
        self.renew()


class ServerSessions(SessionInterface):
    """Keeps `ServerSession`s in the table of sign-ins."""

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        token = request.cookies.get(cookie_name())
        row = _row(token) if token and len(token) < 100 else None
        return self._opened(row) if row else ServerSession()

    def _opened(self, row: Any) -> ServerSession:
        opened = ServerSession(_contents(row.id, row.contents), row.id)
        opened.seen_at = row.seen_at
        opened.me = _me(row) if row.user_id else None
        return opened

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not isinstance(session, ServerSession):
            return  # the table of sign-ins could not be read, so there is nothing to keep
        db.session.rollback()
        if session.new and (session or session.left):
            self._begin(session, response)
        elif session.changed:
            self._keep(session)
        elif session.row and _is_stale(session):
            self._touch(session)

    def _begin(self, session: ServerSession, response: Response) -> None:
        token = secrets.token_urlsafe(32)
        with _writing() as connection:
            if session.left:
                _end(connection, session.left)
            if session:
                _insert(connection, session, token)
            if secrets.randbelow(SWEEP_ONE_IN) == 0:
                _sweep(connection)
        _set_cookie(response, token if session else None)

    def _keep(self, session: ServerSession) -> None:
        assert session.row
        values = {"contents_": _sealed(session.row, dict(session))} | ({} if _is_live() else {"seen_at": now()})
        with _writing() as connection:
            connection.execute(_alive(update(SignIn), session.row).values(values))

    def _touch(self, session: ServerSession) -> None:
        assert session.row
        with _writing() as connection:
            connection.execute(_alive(update(SignIn), session.row).values(seen_at=now()))


def install(app: Flask) -> None:
    """Flask's sessions and Flask-Login, both over the table of sign-ins."""
    app.session_interface = ServerSessions()
    login = LoginManager(app)
    login.session_protection = None

    @login.user_loader
    def _load(user_id: str) -> Me | None:
        me: Me | None = getattr(session._get_current_object(), "me", None)  # type: ignore[attr-defined]
        return me if me and me.id == user_id else find_me(user_id)


def cookie_name() -> str:
    return "__Host-mdt" if _settings().secure_cookies else "mdt"


def who_holds(token: str) -> Me | None:
    """The person signed in by this token, for doors that are not Flask's. None if nobody is."""
    row = _row(token)
    return _me(row) if row is not None and row.user_id else None


def still_signed_in(sign_in_ids: list[str]) -> set[str]:
    """Which of these sign-ins hold now: not ended, not idle, their person active.

    They are counted first: nearly always all of them do, and one row is read where each would be a chance for every
    other thread to go first.
    """
    asked, every = _now_held() | {"ids": sign_in_ids}, set(sign_in_ids)
    if db.session.scalar(HOW_MANY, asked) == len(every):
        return every
    return set(db.session.scalars(THESE, asked))


def still_holds(at: datetime) -> bool:
    """Whether what the answer to this request tells still holds, and the sign-in of whoever asked for it."""
    row = getattr(session._get_current_object(), "row", None)  # type: ignore[attr-defined]
    return facts.still_hold(at, AS_IT_STANDS, _now_held() | {"row": row}) if row else facts.still_hold(at)


def find_me(user_id: str) -> Me | None:
    row = db.session.execute(BY_USER, {"user": user_id}).first()
    return _me(row) if row else None


def _settings() -> Settings:
    settings: Settings = current_app.extensions["mdt.settings"]
    return settings


@contextmanager
def _writing() -> Iterator[Connection]:
    with db.engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        yield connection


def _sweep(connection: Connection) -> None:
    """Forget sign-ins that are over by any measure."""
    over = now() - timedelta(seconds=_settings().session_seconds)
    connection.execute(delete(SignIn).where(SignIn.created_at < over))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


SIGN_INS: Any = SignIn.__table__
USERS: Any = User.__table__
AGENCIES: Any = Agency.__table__
S, U = SIGN_INS.c, USERS.c
PERSON = (
    U.id.label("user_id"),
    U.name,
    U.title,
    U.role,
    U.agency_id,
    U.person,
    U.admin,
    U.counsel,
    U.acknowledged_at,
    U.pulse,
    AGENCIES.c.name.label("agency"),
    AGENCIES.c.role.label("agency_role"),
    AGENCIES.c.timezone,
)
THEIR_AGENCY = AGENCIES.c.id == U.agency_id
HELD = and_(
    S.ended_at.is_(None),
    S.seen_at > bindparam("seen_after"),
    S.created_at > bindparam("begun_after"),
    S.user_id.is_(None) | U.active,
)
"""Whether a sign-in holds. These statements are written once, past the ORM, because every request asks."""
THESE = select(S.id).outerjoin(USERS, U.id == S.user_id).where(HELD, among(S.id))
HOW_MANY = select(func.count()).select_from(THESE.subquery())
AS_IT_STANDS = union_all(
    facts.AS_IT_STANDS,
    select(S.id, literal(0).label("epoch"))
    .select_from(SIGN_INS.outerjoin(USERS, U.id == S.user_id))
    .where(HELD, S.id == bindparam("row")),
)
"""Whether what a page tells still holds, and with it who asked for it."""
BY_TOKEN = (
    select(S.id, S.contents, S.seen_at, S.proved_at, *PERSON)
    .select_from(SIGN_INS.outerjoin(USERS, U.id == S.user_id).outerjoin(AGENCIES, THEIR_AGENCY))
    .where(HELD, S.token_hash == bindparam("token_hash"))
)
BY_USER = (
    select(*PERSON, null().label("id"), null().label("proved_at"))
    .select_from(USERS.outerjoin(AGENCIES, THEIR_AGENCY))
    .where(U.id == bindparam("user"), U.active)
)


def _now_held() -> dict[str, Any]:
    settings, at = _settings(), now()
    return {
        "seen_after": at - timedelta(seconds=settings.idle_seconds),
        "begun_after": at - timedelta(seconds=settings.session_seconds),
    }


def _row(token: str) -> Any:
    return db.session.execute(BY_TOKEN, _now_held() | {"token_hash": _hash(token)}).first()


def _me(row: Any) -> Me:
    name = User.name.opened(None, row.user_id, row.name, User.__tablename__)
    title = User.title.opened(None, row.user_id, row.title, User.__tablename__) if row.title else None
    return Me(
        id=row.user_id,
        name=name,
        title=title,
        role=Role(row.role) if row.role else None,
        agency_id=row.agency_id,
        agency=row.agency,
        zone=ZoneInfo(row.timezone) if row.timezone else _settings().zone,
        person=User.person.opened(None, row.user_id, row.person, User.__tablename__) if row.person else None,
        admin=row.admin,
        counsel=row.counsel,
        signs_rules=row.counsel and not row.admin and row.agency_role == Role.CW,
        acknowledged_at=row.acknowledged_at,
        sign_in=row.id,
        proved_at=row.proved_at,
        pulse=row.pulse,
    )


def _place(row_id: str) -> Place:
    return Place(SignIn.__tablename__, row_id, "contents_")


def _sealed(row_id: str, contents: dict[str, Any]) -> bytes:
    return seal_value(keys().of(None), contents, _place(row_id))


def _contents(row_id: str, envelope: bytes | None) -> dict[str, Any]:
    try:
        return dict(open_value(keys().of(None), envelope, _place(row_id))) if envelope else {}  # type: ignore[arg-type]
    except Unopenable:
        return {}


def _alive(statement: Any, row_id: str) -> Any:
    return statement.where(SignIn.id == row_id, SignIn.ended_at.is_(None))


def _end(connection: Connection, row_id: str) -> None:
    connection.execute(_alive(update(SignIn), row_id).values(ended_at=now()))


def _insert(connection: Connection, session: ServerSession, token: str) -> None:
    row_id, at = new_id(), now()
    connection.execute(
        insert(SignIn).values(
            id=row_id,
            token_hash=_hash(token),
            user_id=session.get("_user_id"),
            contents_=_sealed(row_id, dict(session)),
            created_at=at,
            seen_at=at,
            proved_at=at if session.proved else None,
        )
    )


def _set_cookie(response: Response, token: str | None) -> None:
    if token is None:
        response.delete_cookie(
            cookie_name(), path="/", secure=_settings().secure_cookies, httponly=True, samesite="Lax"
        )
    else:
        response.set_cookie(
            cookie_name(), token, path="/", secure=_settings().secure_cookies, httponly=True, samesite="Lax"
        )


def _is_stale(session: ServerSession) -> bool:
    return not _is_live() and session.seen_at is not None and now() - session.seen_at > TOUCH_EVERY


def _is_live() -> bool:
    """A page that reads itself anew: no sign that anybody is there."""
    return request.headers.get("X-Live") == "1"
