"""Who stands in a case as somebody else does is decided once for both: and gets what deciding for them alone gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from mdt.models import Case, db, new_id, now
from mdt.operations import access, facts, views
from mdt.operations.access import Seat
from mdt.operations.demo import people
from mdt.sharing.vocabulary import USUAL_PURPOSES
from mdt.web.sign_ins import find_me

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def twins(case):
    """The case with a colleague beside each member, whose facts are the same and who came another day."""
    users, members = dict(case.facts.users), dict(case.facts.members)
    for user_id in list(members):
        if user_id in users:
            other = new_id()
            users[other] = replace(users[user_id], id=other)
            members[other] = replace(members[user_id], user=other, since=datetime(2026, 1, 2, tzinfo=UTC))
    called = dict.fromkeys(users, "Somebody")
    return replace(
        case, facts=replace(case.facts, users=users, members=members), looks={}, closed={}, people_names=called,
        people_titles=called,
    )  # fmt: skip


def seats(case):
    """A seat for each who may come in, for each of their purposes; who is not an account is played by one."""
    for user_id, user in case.facts.users.items():
        if user_id in case.facts.members and user.active:
            me = replace(find_me(people.id_of("casey")), id=user_id, role=user.role, agency_id=user.org)
            for purpose in USUAL_PURPOSES[user.role]:
                if access.seat_at(case, me, purpose=purpose.value):
                    yield Seat(case, me, purpose, now(), case.rules)


def test_who_stands_alike_gets_what_deciding_for_them_alone_gives(app):
    shared = alone = 0
    with app.app_context():
        for case_id in db.session.scalars(select(Case.id)).all():
            case = twins(facts.load(case_id))
            for seat in seats(case):
                known = len(seat.case.looks.get("alike", {}))
                looked = views.look(seat)
                mine = views.look_as(case.facts, seat.me.id, seat.purpose, seat)
                assert (looked.items, looked.refused) == (mine.items, mine.refused), seat.me.id
                shared += len(seat.case.looks.get("alike", {})) == known
                alone += not views.standing(seat)
    assert shared > 20 and alone > 5, "some are shared, and whom a fact names stands alone"


def test_two_who_stand_alike_have_tags_of_their_own(app):
    from mdt.operations.reading import _tag

    with app.app_context():
        case = twins(facts.load(db.session.scalars(select(Case.id)).first()))
        found = [(views.look(seat), seat) for seat in seats(case)]
        tags = [(seat.me.id, _tag(seat, seen)) for seen, seat in found]
    by_person = {tag: person for person, tag in tags}
    assert all(by_person[tag] == person for person, tag in tags)
