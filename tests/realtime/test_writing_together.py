"""A note written together on real sockets: a bell for who writes in it, none for anybody else, and never a word."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update

from mdt.models import Member, begin_writing, db, now
from mdt.models.pulse import move
from mdt.operations import together
from mdt.operations.demo import known, people
from tests.fixtures_app import Person
from tests.realtime.conftest import Served
from tests.realtime.speaking import Socket

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
CASE, MEETING = known("case.wren"), known("wren.meeting.tonight")
ROOM = f"/meetings/cases/{CASE}/{MEETING}"
WORDS = "Sleep is better since"


def write(person: Person, slug: str, draft: str, number: int, words: str) -> str:
    said = {
        "case": CASE, "subject": MEETING, "place": "note", "draft": draft, "pen": known(f"pen of {slug}"),
        "who": people.id_of(slug), "number": number, "together": "y",
        "base": json.dumps({"text": WORDS}), "fields": json.dumps({"text": words}),
    }  # fmt: skip
    answer = person.send("/drafts/keep", **said)
    assert answer.status_code == 200
    return str(answer.get_json()["state"])


def test_a_bell_for_who_writes_in_it_and_for_nobody_else(
    served: Served,
    signed_in: Callable[[str], Person],
    page_of: Callable[[Person], AbstractContextManager[Socket]],
) -> None:
    everybody = {slug: signed_in(slug) for slug in ("casey", "ruth", "tomas", "imani")}
    everybody["casey"].get(ROOM)
    everybody["casey"].send(f"{ROOM}/open")
    for slug in ("ruth", "tomas"):
        everybody[slug].get(ROOM)
        assert everybody[slug].send(f"{ROOM}/join", acknowledged="y").status_code == 303
    draft = str(uuid4())
    assert everybody["ruth"].send(f"{ROOM}/together", text=WORDS, key=draft).status_code == 303
    note, case = together.topic(CASE, draft), f"case:{CASE}"
    with page_of(everybody["tomas"]) as his, page_of(everybody["imani"]) as hers, page_of(everybody["casey"]) as page:
        for socket, topic in ((his, note), (hers, note), (page, case)):
            assert socket.watch(topic) == {"ok": True} and socket.hear()
        assert write(everybody["ruth"], "ruth", draft, 1, f"{WORDS} Monday") == "kept"
        assert his.hear(2) == ("bell", {"topic": str(note)})
        assert hers.hear(0.7) is None, "she is not in the room"
        assert page.hear(0.1) is None, "the pages of the case do not look at each key"
        assert everybody["tomas"].get(f"/drafts/{draft}").get_json()["writing"] == "Ruth Castellano is writing"
        assert his.hear(9) == ("bell", {"topic": str(note)}), "she has stopped"
        assert everybody["tomas"].get(f"/drafts/{draft}").get_json()["writing"] == ""
        step_out(served)
        assert his.hear(1) == ("bell", {"topic": str(note)})
        assert everybody["tomas"].get(f"/drafts/{draft}").status_code == 404
        assert write(everybody["ruth"], "ruth", draft, 2, f"{WORDS} Monday, she says") == "kept"
        assert his.hear(1) is None, "nothing more of it, not even that it goes on"


def step_out(served: Served) -> None:
    with served.app.app_context():
        begin_writing()
        mine = (Member.case_id == CASE, Member.user_id == people.id_of("tomas"))
        db.session.execute(update(Member).where(*mine).values(recused_at=now() - timedelta(seconds=1)))
        move(db.session(), [CASE])
        db.session.commit()
