"""A preview of what a release does tells nobody that somebody objects to them, or to another."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask import Flask

from mdt.models import Case, Restriction, begin_writing, db, now
from mdt.operations import access
from mdt.operations.access import Seat
from mdt.operations.consent import screens
from mdt.operations.demo import agencies, known, people
from mdt.sharing import facts as fact
from mdt.sharing.vocabulary import Category
from mdt.web.sign_ins import find_me

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
WREN = known("case.wren")


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
        db.session.remove()


def seat_of(slug: str) -> Seat:
    me = find_me(people.id_of(slug))
    seat = me and access.admit_quietly(WREN, me)
    assert seat
    return seat


def object_to(*whom: str) -> None:
    begin_writing()
    said = fact.Restriction(
        id=str(uuid4()), by="youth", on=now(), against=whom, categories=tuple(Category), fields=()
    )  # fmt: skip
    db.session.add(Restriction(id=said.id, case=db.session.get_one(Case, WREN), terms=said,
                               written_by=people.id_of("wren")))  # fmt: skip
    db.session.commit()


def closes(slug: str) -> dict[str, set[str]]:
    """For each release that runs: whom somebody is told that it closes to."""
    seat = seat_of(slug)
    runs = [one for one in seat.case.facts.releases if not one.revoked]
    return {one.id: {change.person.id for change in screens.without_it(seat, one).less} for one in runs}


def test_whoever_keeps_releases_is_told_what_they_do_and_not_who_objects() -> None:
    before = {slug: closes(slug) for slug in ("sam", "marcus", "ruth", "casey", "wren")}
    reader = next(who for told in before["casey"].values() for who in told)
    org = seat_of("casey").case.facts.users[reader].org
    assert org and org != agencies.id_of("county")
    object_to(org)
    after = {slug: closes(slug) for slug in before}
    assert {slug for slug in before if before[slug] != after[slug]} == {"casey", "wren"}, "they know of it"
    assert not any(reader in told for told in after["casey"].values())


def test_not_even_the_lead_is_told_of_an_objection_against_themselves() -> None:
    before = {slug: closes(slug) for slug in ("casey", "wren")}
    assert any(people.id_of("casey") in told for told in before["wren"].values()), "a release shows something to them"
    object_to(agencies.id_of("county"))
    assert closes("casey") == before["casey"] and closes("wren") != before["wren"]
