"""The people of the county, as its door shows them. All of them are invented."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mdt.models import User, db
from mdt.models.sealing import index_of
from mdt.operations.demo import agencies, known
from mdt.operations.demo.cast import CAST, Invented
from mdt.operations.demo.when import When

_BY_SLUG = {one.slug: one for one in CAST}
_IDS = {one.id for one in CAST}


@dataclass(frozen=True, slots=True)
class Card:
    """One card of the door. `slug` is also the first part of this person's own host name."""

    id: str
    slug: str
    name: str
    role_words: str
    agency: str
    shape: str
    faces: str


def cards() -> list[Card]:
    """The sixteen people of the door, one a discipline, in the order they are met."""
    return [_card(one) for one in CAST if one.faces and not one.aside]


def also() -> list[Card]:
    """Who else is in the county: colleagues, and whoever runs the system."""
    return [_card(one) for one in CAST if one.aside]


def find(user_id: str) -> str | None:
    """This identifier, if it is an invented person's."""
    return user_id if user_id in _IDS else None


def id_of(slug: str) -> str:
    """The identifier of a person by first name, in small letters; KeyError if nobody has it."""
    return _BY_SLUG[slug].id


def settle_all(when: When) -> None:
    """Bring everybody into the database; within an act, after the agencies."""
    db.session.add_all(_user(one, when) for one in CAST)
    db.session.flush()


def _card(one: Invented) -> Card:
    return Card(one.id, one.slug, one.name, one.title, _agency(one), one.role or "PM", one.faces)


def _agency(one: Invented) -> str:
    return agencies.BY_SLUG[one.agency].name if one.agency else ""


def _user(one: Invented, when: When) -> User:
    login = f"{one.slug}@cedar.example"
    return User(
        id=one.id,
        agency_id=agencies.id_of(one.agency) if one.agency else None,
        role=one.role,
        admin=one.admin,
        counsel=one.counsel,
        name=one.name,
        title=one.title,
        login=login,
        login_index=index_of("login", login),
        medical=one.medical,
        custodian=one.custodian,
        supervisor_id=id_of(one.above) if one.above else None,
        person=one.person,
        placement_id=known(one.placement) if one.placement else None,
        acknowledged_at=when.ago(days=120) if one.acknowledged else None,
        created_at=when.ago(days=150),
    )


def ids_of(slugs: Iterable[str]) -> tuple[str, ...]:
    """The identifiers of agencies and people by their short names; an agency first."""
    return tuple(agencies.id_of(slug) if slug in agencies.BY_SLUG else id_of(slug) for slug in slugs)


__all__ = ["Card", "also", "cards", "find", "id_of", "ids_of", "settle_all"]
