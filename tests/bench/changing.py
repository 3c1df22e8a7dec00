"""A case with very many people at its table, each signed in, and a door of the bench at which something of it changes.

The case is `made_case`. To it come five hundred colleagues of ten agencies, each with a view of their own, and
for every one of them a few sign-ins whose tokens the bench knows. `/bench/change` revises the record that each of
them is shown a part of, commits, and says at what moment that was (CLOCK_MONOTONIC, which all processes share): as soon
as the database had it, before anybody was told.
"""

from __future__ import annotations

import hashlib
import sys
import time
from dataclasses import replace
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import event
from sqlalchemy.orm import Session

from mdt import create_app
from mdt.models import Case, Item, Member, Release, SignIn, Standing, User, begin_writing, db, now
from mdt.models.sealing import index_of
from mdt.operations import facts, items, team
from mdt.operations.demo import agencies, known, people
from mdt.operations.demo.entries import open_case
from mdt.operations.demo.when import When
from mdt.sharing.facts import Revocation, Youth
from mdt.sharing.vocabulary import USUAL_PURPOSES, Category, Role
from mdt.web.guards import anyone, guard
from tests.bench import made_case
from tests.bench.crowd import AT_A_TABLE, CASE, FROM, PEOPLE, SIGN_INS, elsewhere, person, token

bp = Blueprint("bench", __name__)


@bp.get("/bench/change/<uuid:of>")
@guard(anyone)
def change(of: UUID) -> ResponseReturnValue:
    """Revise the record of who the young person is; when that was committed, in seconds."""
    begin_writing()
    record = next(one for one in db.session.query(Item).filter_by(case_id=str(of)) if one.terms.category is Category.ID)
    items.revise(record, {"name_in_use": f"Kestrel {time.monotonic_ns()}"})
    db.session.flush()
    known = facts.load(record.case_id)  # as every verb that writes a record does
    assert known
    team.noticed(known, record.terms, by=people.id_of("casey"))
    return {"at": _committed()}


@bp.get("/bench/release/<state>")
@guard(anyone)
def release(state: str) -> ResponseReturnValue:
    """Stop the release that shows the county what Harbor wrote, or open it again; when that was committed."""
    begin_writing()
    paper = db.session.get_one(Release, known("bench.release.harbor"))
    stops = (Revocation(at=now(), mode="verbal"),) if state == "stopped" else ()
    paper.terms = replace(paper.terms, revoked=stops)
    return {"at": _committed()}


@event.listens_for(Session, "after_commit", insert=True)
def _take_time(session: Session) -> None:
    """Before any other listener of ours hears of it."""
    session.info["at"] = time.monotonic()


def _committed() -> float:
    db.session.commit()
    return float(db.session().info["at"])


def found(others: int = 0) -> None:
    """Found the county, the case, and the crowd at its table, in an empty database; and so many people at other tables,
    ten at each."""
    made_case.found()
    begin_writing()
    case = db.session.get_one(Case, CASE)
    for number in range(PEOPLE):
        _seat(case, person(number), number)
    for number in range(PEOPLE * SIGN_INS):
        _sign_in(number, person(number % PEOPLE))
    for number in range(others):
        if number % AT_A_TABLE == 0:
            case = _another(number // AT_A_TABLE)
        _seat(case, elsewhere(number), number, name="Sam Elsewhere")
        _sign_in(PEOPLE * SIGN_INS + number, elsewhere(number))
    db.session.commit()


def _another(number: int) -> Case:
    """A case as most are at first: somebody with a name, of whom little is written down."""
    when = When(now())
    case = open_case(f"bench.{number}", when, {"youth": Youth(born=when.day(-5000)), "opened": when.day(-30)},
                     reference=f"CW-2{number:04}")  # fmt: skip
    items.file(case, source=case.lead_id, category=Category.ID, values={"name_in_use": f"Wren {number}"})
    return case


def _seat(case: Case, who: str, number: int, name: str = "Alex Bench") -> None:
    agency, at = FROM[number % len(FROM)], now()
    role = Role(agencies.BY_SLUG[agency].role)
    login = f"{who}@cedar.example"
    db.session.add(User(
        id=who, agency_id=agencies.id_of(agency), role=role.value, name=f"{name} {number}",
        title="Colleague", login=login, login_index=index_of("login", login), created_at=at, acknowledged_at=at,
    ))  # fmt: skip
    db.session.flush()
    db.session.add(Member(
        id=known(f"bench.member.{who}"), case=case, user_id=who, standing=Standing.ACCEPTED,
        purpose=USUAL_PURPOSES[role][0], invited_at=at, since=at, changed_at=at,
    ))  # fmt: skip


def _sign_in(number: int, who: str) -> None:
    contents = {"_user_id": who, "_fresh": True}
    held = SignIn(
        id=known(f"bench.sign_in.{number}"), token_hash=hashlib.sha256(token(number).encode()).digest(),
        user_id=who, created_at=now(), seen_at=now(), proved_at=now(),
    )  # fmt: skip
    held.contents = contents
    db.session.add(held)


app = create_app()
app.register_blueprint(bp)

if __name__ == "__main__":
    with app.app_context():
        found(int(sys.argv[1]) if len(sys.argv) > 1 else 0)

__all__ = ["app", "found"]
