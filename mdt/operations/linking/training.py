"""Who was trained in what, and by when again: set by an administrator or whoever answers for somebody at their agency.

The county says what is required, of which disciplines, for how long, and whether nobody is asked to a table without it.
Somebody's own dates are theirs, their supervisor's and the administrator's; a lead that convenes is told only that
something is lacking, and only where the county requires it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from mdt.models import Agency, Training, User, db, is_id, now, today
from mdt.models.among import among
from mdt.operations import at_once, duties
from mdt.operations.access import Person, Seat, profile
from mdt.operations.acts import Actor, Refused, not_there, recorded
from mdt.operations.at_once import Of, Question
from mdt.operations.duties import Duty
from mdt.sharing.caseworking import Caseworking
from mdt.sharing.vocabulary import Role

BASE = "us-baseline"
LACKING = "Training the county requires is missing or too old."
YOURS = (
    "The county requires training of you that is missing or too old. This page says which. Once the day is written "
    "down, come back: you are still asked."
)


@dataclass(frozen=True, slots=True)
class CourseView:
    """A training of somebody: on which day, until when it counts; whether the county requires it of them."""

    code: str
    title: str
    on: date | None
    until: date | None
    required: bool
    lapsed: bool


@dataclass(frozen=True, slots=True)
class Trained:
    """Somebody's trainings, and the list of those that are offered."""

    user_id: str
    name: str
    courses: tuple[CourseView, ...]
    rules: Caseworking
    settable: bool


def of(me: User, user_id: str) -> Trained:
    """Somebody's trainings: one's own, of those one answers for, or, for the administrator, of anybody."""
    user = _user(user_id)
    if user.id != me.id and not _sets(me, user):
        raise not_there()
    said = rules(user.agency_id)
    return Trained(user.id, user.name, _courses(user, said), said, _sets(me, user))


def people(me: User) -> tuple[tuple[str, str, int], ...]:
    """Those whose dates this person keeps: id, name, how many of what is required of them is lacking."""
    theirs = select(User).where(User.active, User.role.is_not(None), User.agency_id.is_not(None))
    rows = db.session.scalars(theirs if me.admin else theirs.where(User.supervisor_id == me.id))
    found = []
    for user in rows:
        found.append((user.id, user.name, sum(one.lapsed for one in _courses(user, rules(user.agency_id)))))
    return tuple(sorted(found, key=lambda one: (one[1], one[0])))


def write_down(me: User, user_id: str, *, kind: str, on: date | None) -> None:
    """Write down on which day somebody was trained; without a day, that they were not."""
    user = _user(user_id)
    if not _sets(me, user):
        raise not_there()
    with recorded("training.written", by=_actor(me), user=user_id, kind=kind):
        if kind not in rules(user.agency_id).courses:
            raise Refused("Choose a training from the list.", reason="choice", code=422)
        if on is not None and on > _today(user):
            raise Refused("That day is still to come.", reason="future", code=422)
        row = db.session.scalar(select(Training).where(Training.user_id == user_id, Training.kind == kind))
        if on is None:
            if row is not None:
                db.session.delete(row)
        elif row is None:
            db.session.add(Training(user_id=user_id, kind=kind, on=on, by_id=me.id))
        else:
            row.on, row.by_id, row.at, row.version = on, me.id, now(), row.version + 1


def lacking(me: User) -> tuple[CourseView, ...]:
    """What the county requires of this person and is missing or too old: for their own desk."""
    return tuple(one for one in _courses(me, rules(me.agency_id)) if one.lapsed) if me.role else ()


DAYS = Question(Of.PERSON, select(Training).where(among(Training.user_id)), lambda row: [row.user_id])
PROFILES = Question(Of.AGENCY, select(Agency.id, Agency.profile).where(among(Agency.id)), lambda row: [row.id])
POSTS = Question(
    Of.PERSON,
    select(User.id, User.role, Agency.timezone).outerjoin(User.agency).where(among(User.id)),
    lambda row: [row.id],
)


def lack(user_ids: Collection[str], rules: Caseworking) -> frozenset[str]:
    """Those of these people who lack something that is required of them; two questions, however many people."""
    if not any(one.required for one in rules.courses.values()) or not user_ids:
        return frozenset()
    days: dict[str, dict[str, date]] = {}
    for row in DAYS.about(user_ids):
        days.setdefault(row.user_id, {})[row.kind] = row.on
    return frozenset(
        one.id
        for one in POSTS.about(user_ids)
        if any(course.lapsed for course in _stand(one.role, days.get(one.id, {}), rules, today(one.timezone)))
    )


def check_askable(user: User, rules: Caseworking) -> None:
    """Refuse to ask somebody to a table without what is required of them, where the county says so."""
    if keeps_out(user.id, rules):
        raise Refused(f"{user.name} cannot be asked yet. {LACKING}", reason="no_training")


def check_comes(me: Person, rules: Caseworking) -> None:
    """Refuse to let somebody come to a table themselves without what is required of them, where the county says so.
    They alone are told, and where to read what it is."""
    if keeps_out(me.id, rules):
        raise Refused(YOURS, reason="no_training", back=f"/training/{me.id}")


def keeps_out(user_id: str, rules: Caseworking) -> bool:
    """Whether somebody comes to no table for now: the county requires a training, and theirs is missing or too old."""
    return rules.at_the_table and bool(lack([user_id], rules))


def _courses(user: User, rules: Caseworking) -> tuple[CourseView, ...]:
    days = {row.kind: row.on for row in db.session.scalars(select(Training).where(Training.user_id == user.id))}
    return tuple(_stand(user.role, days, rules, _today(user)))


def _stand(role: str | None, days: Mapping[str, date], rules: Caseworking, here: date) -> Iterator[CourseView]:
    required = {one.code for one in rules.required_of(Role(role))} if role else set()
    for one in rules.courses.values():
        on = days.get(one.code)
        until = on + timedelta(days=one.every_days) if on else None
        lapsed = one.code in required and (until is None or until < here)
        yield CourseView(one.code, one.title, on, until, one.code in required, lapsed)


def rules(agency_id: str | None) -> Caseworking:
    """What the county of this agency says of training."""
    name = next((row.profile for row in PROFILES.about([agency_id] if agency_id else [])), BASE)
    return at_once.once(("caseworking", name), lambda: profile(name).caseworking)


def _sets(me: User, user: User) -> bool:
    return me.admin or (me.id != user.id and user.supervisor_id == me.id and me.agency_id == user.agency_id)


def _user(user_id: str) -> User:
    user = db.session.get(User, user_id) if is_id(user_id) else None
    if user is None or user.role is None:
        raise not_there()
    return user


def _today(user: User) -> date:
    return today(user.agency.timezone if user.agency else None)


def _actor(me: User) -> Actor:
    return me


@duties.found_by
def _to_renew(me: Person, _seats: Mapping[str, Seat]) -> Iterable[Duty]:
    """One line while something that the county requires of this person is missing or too old."""
    if me.agency_id and lack([me.id], rules(me.agency_id)):
        yield Duty("training", me.id, None, LACKING)


__all__ = [
    "LACKING", "CourseView", "Trained", "check_askable", "check_comes", "keeps_out", "lack", "lacking", "of", "people",
    "rules", "write_down",
]  # fmt: skip
