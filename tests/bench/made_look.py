"""The work on which deciding is measured: a detective, twenty records of as many categories, sixty fields, five papers.

Fifteen disciplines have an agency and a user each, so that a policy has every row of the matrix to carry. Of the five
releases three reach the detective's agency and stand, one has expired, one was withdrawn. Nothing here is content:
names of fields and invented codes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from mdt.sharing.facts import Case, Facts, Item, Member, Org, Person, Release, Revocation, User, Youth
from mdt.sharing.fields import names_of
from mdt.sharing.profile import load
from mdt.sharing.vocabulary import Category, Purpose, Role

AT = datetime(2026, 3, 3, 15, tzinfo=UTC)
READER, PURPOSE = "le-user", Purpose.INVESTIGATE
PROFILE = load("us-baseline")
SOURCES = {
    Category.ID: "cw", Category.CONTACT: "cw", Category.PHOTO: "cw", Category.FAMILY: "cw",
    Category.ALLEGATION: "cw", Category.REPORTER: "cw", Category.TRAFFICKING: "cw", Category.FORENSIC: "le",
    Category.CRIMINAL: "le", Category.COURT: "ct", Category.HEALTH: "hc", Category.REPRO: "hc",
    Category.BEHAVIORAL: "bh", Category.PSYNOTES: "bh", Category.EDUCATION: "ed", Category.EMPLOYMENT: "cw",
    Category.IMMIGRATION: "cw", Category.JUVENILE: "jj", Category.PLAN: "cw", Category.MISSING: "le",
}  # fmt: skip
"""Twenty categories, and whose record of each it is: every one under its own body of law alone."""
FIELDS = {category: names_of(category)[:3] for category in SOURCES}
"""Three fields of each: sixty."""
MEMBERS = (Role.CW, Role.LE, Role.DA, Role.JJ, Role.HC, Role.BH, Role.ED, Role.VS)


def facts(others: int = 0) -> Facts:
    """The case; with so many more releases that do not concern the reader."""
    roles = [role for role in Role if role is not Role.PM]
    orgs = [
        Org(id=role.lower(), role=role, mou_until=date(2030, 1, 1), statutory_member=role in MEMBERS) for role in roles
    ]
    users = [User(id=f"{one.id}-user", role=one.role, org=one.id) for one in orgs]
    return Facts(
        case=Case(
            id="case",
            lead="cw",
            youth=Youth(born=date(2011, 5, 4)),
            opened=date(2026, 1, 1),
            people={"mother": Person(id="mother", relation="parent", rights=True)},
        ),  # fmt: skip
        orgs={one.id: one for one in orgs},
        users={one.id: one for one in users},
        members={one.id: Member(user=one.id, since=date(2026, 1, 1)) for one in users},
        items={one.id: one for one in _items()},
        releases=(*_releases(), *_others(others)),
    )


def _items() -> Iterable[Item]:
    for category, source in SOURCES.items():
        yield Item(
            id=f"item-{category.lower()}", category=category, source=source, fields=FIELDS[category],
            recorded=date(2026, 2, 1),
        )  # fmt: skip


def _release(name: str, kind: str, discloser: str, category: Category, **more: object) -> Release:
    return replace(
        Release(
            id=name, type=kind, discloser=discloser, recipients=("le",), categories=(category,),
            signed_on=date(2026, 1, 10), signed_by=("youth", "agency"), expires=date(2026, 6, 1),
        ),
        **more,
    )  # fmt: skip


def _releases() -> tuple[Release, ...]:
    gone = Revocation(at=datetime(2026, 2, 20, tzinfo=UTC), mode="verbal")
    return (
        _release("health", "HIPAA", "hc", Category.HEALTH),
        _release("behavioral", "HIPAA", "bh", Category.BEHAVIORAL, recipients=("le", "da")),
        _release("school", "FERPA", "ed", Category.EDUCATION, signed_by=("mother",)),
        _release("over", "MIN", "hc", Category.REPRO, signed_by=("youth",), expires=date(2026, 2, 1)),
        _release("withdrawn", "IMM", "cw", Category.IMMIGRATION, signed_by=("youth",), revoked=(gone,)),
    )


def _others(number: int) -> Iterable[Release]:
    """Releases between the others, of every kind, most in force and some not."""
    kinds = [("HIPAA", "hc", Category.HEALTH), ("HIPAA", "bh", Category.BEHAVIORAL), ("MDT", "cw", Category.CONTACT)]
    kinds += [("FERPA", "ed", Category.EDUCATION), ("MIN", "hc", Category.REPRO)]
    for place in range(number):
        kind, discloser, category = kinds[place % len(kinds)]
        to = ("np", "vs", "gal", "jj")[place % 4]
        signed = date(2026, 1, 2) + timedelta(days=place % 28)
        yield _release(f"other-{place}", kind, discloser, category, recipients=(to,), signed_on=signed)


__all__ = ["AT", "FIELDS", "PROFILE", "PURPOSE", "READER", "SOURCES", "facts"]
