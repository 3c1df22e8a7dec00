"""A case with very many people at its table, each signed in, and a door of the bench at which something of it changes.

The case is `made_case`. To it come five hundred colleagues of ten agencies, each with a view of their own, and
for every one of them a few sign-ins whose tokens the bench knows. `/bench/change` revises the record that each of
them is shown a part of, commits, and says at what moment that was (CLOCK_MONOTONIC, which all processes share).
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from mdt import create_app
from mdt.models import Case, Item, Member, Release, SignIn, Standing, User, begin_writing, db, now
from mdt.models.sealing import index_of
from mdt.operations import items
from mdt.operations.demo import agencies, known
from mdt.sharing.facts import Revocation
from mdt.sharing.vocabulary import USUAL_PURPOSES, Category, Role
from mdt.web.guards import anyone, guard
from tests.bench import made_case
from tests.bench.crowd import CASE, FROM, PEOPLE, SIGN_INS, person, token

bp = Blueprint("bench", __name__)


@bp.get("/bench/change/<uuid:of>")
@guard(anyone)
def change(of: UUID) -> ResponseReturnValue:
    """Revise the record of who the young person is; when that was committed, in seconds."""
    begin_writing()
    record = next(one for one in db.session.query(Item).filter_by(case_id=str(of)) if one.terms.category is Category.ID)
    items.revise(record, {"name_in_use": f"Kestrel {time.monotonic_ns()}"})
    db.session.commit()
    return {"at": time.monotonic()}


@bp.get("/bench/release/<state>")
@guard(anyone)
def release(state: str) -> ResponseReturnValue:
    """Stop the release that shows the county what Harbor wrote, or open it again; when that was committed."""
    begin_writing()
    paper = db.session.get_one(Release, known("bench.release.harbor"))
    stops = (Revocation(at=now(), mode="verbal"),) if state == "stopped" else ()
    paper.terms = replace(paper.terms, revoked=stops)
    db.session.commit()
    return {"at": time.monotonic()}


def found() -> None:
    """Found the county, the case, and the crowd at its table, in an empty database."""
    made_case.found()
    begin_writing()
    case, at = db.session.get_one(Case, CASE), now()
    for number in range(PEOPLE):
        agency = FROM[number % len(FROM)]
        role = Role(agencies.BY_SLUG[agency].role)
        login = f"bench-{number}@cedar.example"
        db.session.add(User(
            id=person(number), agency_id=agencies.id_of(agency), role=role.value, name=f"Alex Bench {number}",
            title="Colleague", login=login, login_index=index_of("login", login), created_at=at, acknowledged_at=at,
        ))  # fmt: skip
        db.session.flush()
        db.session.add(Member(
            id=known(f"bench.member.{number}"), case=case, user_id=person(number), standing=Standing.ACCEPTED,
            purpose=USUAL_PURPOSES[role][0], invited_at=at, since=at, changed_at=at,
        ))  # fmt: skip
    for number in range(PEOPLE * SIGN_INS):
        _sign_in(number)
    db.session.commit()


def _sign_in(number: int) -> None:
    contents = {"_user_id": person(number % PEOPLE), "_fresh": True}
    held = SignIn(
        id=known(f"bench.sign_in.{number}"), token_hash=hashlib.sha256(token(number).encode()).digest(),
        user_id=person(number % PEOPLE), created_at=now(), seen_at=now(), proved_at=now(),
    )  # fmt: skip
    held.contents = contents
    db.session.add(held)


app = create_app()
app.register_blueprint(bp)

if __name__ == "__main__":
    with app.app_context():
        found()

__all__ = ["app", "found"]
