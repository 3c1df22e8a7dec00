"""What somebody is writing is kept as they write it, is theirs alone, and comes back to them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text, update

from mdt.models import Case, Draft, Hold, Item, Member, Pen, begin_writing, db, now
from mdt.models.pulse import move
from mdt.operations import rounds
from mdt.operations.demo import agencies, known, people
from tests.fixtures_app import Person

CASE, MEETING = known("case.wren"), known("wren.meeting.tonight")
UPDATE, ROOM = f"/cases/{CASE}/update", f"/meetings/cases/{CASE}/{MEETING}"
SignedIn = Callable[[str], Person]


class Page:
    """An open page as far as it keeps what is typed in it: one pen, one draft."""

    def __init__(self, person: Person, slug: str, place: str = "update", *, draft: str = "", together: bool = False):
        self.person, self.who, self.place, self.pen = person, people.id_of(slug), place, str(uuid4())
        self.draft, self.together, self.number = draft or str(uuid4()), together, 0
        person.get("/help")

    def keep(self, words: str, base: str = "", *, number: int | str | None = None, code: int = 200, **more: Any) -> Any:
        """Send what stands there; what the answer says."""
        self.number += number is None
        name = "note" if self.place == "update" else "text"
        said: dict[str, Any] = {
            "case": CASE, "subject": CASE if self.place == "update" else MEETING, "place": self.place,
            "draft": self.draft, "pen": self.pen, "who": self.who, "number": number or self.number,
            "base": json.dumps({name: base}), "fields": json.dumps({name: words}),
            "together": "y" if self.together else "",
        } | more  # fmt: skip
        answer = self.person.send("/drafts/keep", **said)
        assert answer.status_code == code, (more, number)
        return answer.get_json(silent=True) or {}


def page(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def rows() -> list[Draft]:
    db.session.rollback()
    return list(db.session.scalars(select(Draft)))


def closed(said: dict[str, Any]) -> bool:
    """Kept, and nothing told."""
    return (said["state"], said["version"], said["fields"]) == ("closed", 0, None)


def recuse(slug: str, *, back: bool = False) -> None:
    begin_writing()
    mine = (Member.case_id == CASE, Member.user_id == people.id_of(slug))
    db.session.execute(update(Member).where(*mine).values(recused_at=None if back else now() - timedelta(seconds=1)))
    move(db.session(), [CASE])
    db.session.commit()


@pytest.mark.usefixtures("still")
def test_what_was_being_written_comes_back_to_its_writer_alone(app: Flask, signed_in: SignedIn) -> None:
    jo = signed_in("jo")
    first = Page(jo, "jo")
    assert first.keep("She asked")["state"] == "kept"
    assert first.keep("She asked for a key.", "She asked", category="PLAN")["fields"] == {
        "note": "She asked for a key."
    }
    with app.app_context():
        (row,) = rows()
        assert (row.agency_id, row.scope()[0]) == (agencies.id_of("opendoor"), agencies.id_of("opendoor"))
        file = b"".join(bytes(value) for value in db.session.execute(text("SELECT words FROM drafts")).scalars())
        assert b"asked" not in file
        for row in db.session.execute(text("SELECT body FROM ledger_entries")):
            assert b"asked" not in bytes(row[0])
    again = signed_in("jo")
    back = page(again.get(UPDATE))
    assert "She asked for a key." in back and "You were writing this today, " in back and "It is still here." in back
    with time_machine.travel(now() + timedelta(days=1), tick=False):
        assert "You were writing this yesterday, " in page(signed_in("jo").get(UPDATE)), "drafts are kept for weeks"
    assert first.draft in back, "sent twice, it is one update"
    for other in ("casey", "ruth", "imani"):
        person = signed_in(other)
        assert "She asked" not in page(person.get(UPDATE))
        Page(person, other, draft=first.draft).keep("Mine", code=404)
        assert person.send(f"/drafts/{first.draft}/drop").status_code == 404
        assert person.get(f"/drafts/{first.draft}").status_code == 404


def test_a_batch_counts_once_and_two_pages_of_one_person_are_merged(app: Flask, signed_in: SignedIn) -> None:
    casey = signed_in("casey")
    one, other = Page(casey, "casey"), Page(casey, "casey")
    one.keep("Here.")
    one.keep("Here. More.", "Here.")
    for _ in range(3):
        assert one.keep("Here. More.", "Here.", number=2)["fields"]["note"] == "Here. More."
    assert one.keep("Here.", "", number=1)["fields"]["note"] == "Here. More.", "an older one that comes late"
    assert other.keep("First. Here. More.", "Here. More.")["fields"]["note"] == "First. Here. More."
    assert one.keep("Here. More. Last.", "Here. More.")["fields"]["note"] == "First. Here. More. Last."
    said = one.keep(
        "Here. More. Last. Bye.", "Here. More.", number=5, unheard=json.dumps([[3, {"note": "Here. More. Last."}]])
    )
    assert said["fields"]["note"] == "First. Here. More. Last. Bye.", "made of a batch whose answer was not heard"
    with app.app_context():
        (row,) = rows()
        assert row.version == 6 - 1 and db.session.scalar(select(func.count()).select_from(Pen)) == 2


def test_posting_forgets_it_in_the_same_act_and_what_comes_late_begins_nothing(app: Flask, signed_in: SignedIn) -> None:
    casey = signed_in("casey")
    one = Page(casey, "casey")
    one.keep("A word from the school.")
    form = {"category": "PLAN", "note": "A word from the school.", "key": one.draft}
    refused = casey.send(UPDATE, **form | {"note": ""})
    assert refused.status_code == 422 and "A word from the school." in refused.get_data(as_text=True), "still its base"
    assert casey.send(UPDATE, **form).status_code == 303
    assert one.keep("A word from the school", "A word")["state"] == "gone"
    never = Page(casey, "casey")
    assert casey.send(UPDATE, **form | {"key": never.draft}).status_code == 303
    assert never.keep("A word")["state"] == "gone", "sent before any of it was kept"
    back = page(casey.get(UPDATE))
    assert "You were writing" not in back and "A word from" not in back
    with app.app_context():
        assert [(row.words, bool(row.ended_at)) for row in rows()] == [(None, True)]
        assert db.session.get(Item, one.draft)


def test_whoever_may_not_write_any_more_loses_no_word_and_sees_none(app: Flask, signed_in: SignedIn) -> None:
    ruth = signed_in("ruth")
    one = Page(ruth, "ruth")
    one.keep("Iron in the")
    with app.app_context():
        recuse("ruth")
    assert closed(one.keep("Iron in the morning.", "Iron in the"))
    assert ruth.get(UPDATE).status_code == 404
    assert Page(signed_in("noor"), "noor").keep("x", code=404) == {}
    with app.app_context():
        recuse("ruth", back=True)
    assert "Iron in the morning." in page(ruth.get(UPDATE))


def test_a_batch_of_nobody_here_is_refused(app: Flask, signed_in: SignedIn) -> None:
    casey = signed_in("casey")
    one = Page(casey, "casey")
    one.keep("x", code=404, who=people.id_of("jo"))
    for wrong in (
        {"number": "0"},
        {"number": "x"},
        {"pen": "x"},
        {"fields": "[]"},
        {"fields": "{"},
        {"unheard": "[1]"},
    ):
        one.keep("x", code=422, **wrong)
    one.keep("x", code=404, place="nowhere")
    one.keep("x", code=404, place="note", subject=MEETING)  # she has not joined it
    one.keep("x" * 50_000, code=413)
    assert signed_in("casey").get("/help").status_code == 200
    out = app.test_client()
    assert out.post("/drafts/keep", data={}).status_code in (400, 401)
    with app.app_context():
        assert rows() == []


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_it_expires_when_the_rules_say_and_never_under_a_hold(app: Flask, signed_in: SignedIn) -> None:
    Page(signed_in("casey"), "casey").keep("Words.")
    Page(signed_in("jo"), "jo").keep("Words.")
    with app.app_context():
        assert {(row.expires_at - row.kept_at).days for row in rows()} <= {29, 30, 31}
        begin_writing()
        case = db.session.get_one(Case, CASE)
        db.session.add(Hold(case=case, agency_id=agencies.id_of("opendoor"), why="Words.", made_by=people.id_of("dee")))
        db.session.commit()
        rounds.make(now() + timedelta(days=29))
        assert len(rows()) == 2
        rounds.make(now() + timedelta(days=32))
        assert [row.agency_id for row in rows()] == [agencies.id_of("opendoor")]


def in_the_room(signed_in: SignedIn, *slugs: str) -> list[Person]:
    found = [signed_in(one) for one in slugs]
    found[0].get(ROOM)
    assert found[0].send(f"{ROOM}/open").status_code == 303
    for one in found:
        one.get(ROOM)
        assert one.send(f"{ROOM}/join", acknowledged="y").status_code == 303
    return found


def test_a_note_is_written_together_by_those_who_could_read_it(app: Flask, signed_in: SignedIn) -> None:
    casey, ruth, tomas = in_the_room(signed_in, "casey", "ruth", "tomas")
    alone = Page(ruth, "ruth", "note")
    alone.keep("Sleep is better.")
    assert "Sleep" not in page(tomas.get(ROOM)), "until its writer lets the room in, it is theirs"
    asked = {"text": "Sleep is better.", "key": alone.draft}
    where = ruth.send(f"{ROOM}/together", **asked).headers["Location"]
    assert where == f"{ROOM}?with={alone.draft}"
    assert ruth.send(f"{ROOM}/together", **asked).status_code == 303, "twice is once"
    seen = page(tomas.get(ROOM))
    assert "Write in Ruth Castellano’s note, too" in seen and "Sleep" not in seen
    bound = page(tomas.get(where))
    assert "Sleep is better." in bound and "Ruth Castellano adds it to the notes" in bound
    one, other = (Page(p, s, "note", draft=alone.draft, together=True) for p, s in ((ruth, "ruth"), (tomas, "tomas")))
    one.keep("Sleep is better. Iron helps.", "Sleep is better.")
    assert (
        other.keep("He says: sleep is better.", "Sleep is better.")["fields"]["text"]
        == "He says: sleep is better. Iron helps."
    )
    now_there = tomas.get(f"/drafts/{alone.draft}").get_json()
    assert (
        now_there["text"] == "He says: sleep is better. Iron helps."
        and now_there["writing"] == "Ruth Castellano is writing"
    )
    now_there = ruth.get(f"/drafts/{alone.draft}").get_json()
    assert now_there["writing"] == "Tomas Herrera is writing"
    silent = Page(casey, "casey", "note", draft=alone.draft, together=True)
    silent.keep(now_there["text"], now_there["text"])
    again = ruth.get(f"/drafts/{alone.draft}").get_json()
    assert again["writing"] == "Tomas Herrera is writing", "a batch that changes no word tells of nobody"
    for outsider in ("imani", "noor", "marcus"):
        person = signed_in(outsider)
        assert person.get(f"/drafts/{alone.draft}").status_code == 404, "not in the room"
        Page(person, outsider, "note", draft=alone.draft, together=True).keep("x", code=404)
    assert tomas.send(f"{ROOM}/note", text="x", base="", key=alone.draft).status_code == 303
    with app.app_context():
        assert db.session.get(Item, alone.draft) is None, "the note is its opener's agency's"
    sent = {"text": "Sleep is better. Iron helps. Bye.", "base": "Sleep is better. Iron helps.", "key": alone.draft}
    assert ruth.send(f"{ROOM}/note", **sent).status_code == 303
    seen = page(casey.get(ROOM))
    assert "He says: sleep is better. Iron helps. Bye." in seen and "Ruth Castellano with Tomas" in seen
    assert "Being written together" not in seen
    assert (
        other.keep("He says: sleep is better. Iron helps. Late.", "He says: sleep is better. Iron helps.")["state"]
        == "gone"
    )


def test_words_that_would_tell_and_words_of_who_lost_the_right_are_kept_for_their_writer(
    app: Flask, signed_in: SignedIn
) -> None:
    casey, ruth, tomas, marcus = in_the_room(signed_in, "casey", "ruth", "tomas", "marcus")
    draft = str(uuid4())
    assert ruth.send(f"{ROOM}/together", text="Today.", key=draft).status_code == 303
    one, other, third = (
        Page(p, s, "note", draft=draft, together=True)
        for p, s in ((ruth, "ruth"), (tomas, "tomas"), (marcus, "marcus"))
    )
    third.keep("Today. Yes.", "Today.")
    held = one.keep("Today. Yes. Iron tablet.", "Today. Yes.")
    assert held["state"] == "held" and any("ron" in word for word in held["why"])
    assert "Iron" not in marcus.get(f"/drafts/{draft}").get_json()["text"], "Marcus may not see the check-up"
    kept = page(ruth.get(ROOM))
    assert "Kept for you alone" in kept and "Iron tablet." in kept
    assert "Iron tablet" not in page(marcus.get(ROOM))
    assert one.keep("Today. Yes. Fine.", "Today. Yes.")["fields"]["text"] == "Today. Yes. Fine."
    assert "Kept for you alone" not in page(ruth.get(ROOM)), "they went in"
    other.keep("Today. Yes. Fine. And", "Today. Yes. Fine.")
    with app.app_context():
        recuse("tomas")
    assert closed(other.keep("Today. Yes. Fine. And more of it", "Today. Yes. Fine. And"))
    assert tomas.get(f"/drafts/{draft}").status_code == 404
    assert "Secret" in one.keep("Today. Yes. Fine. And Secret", "Today. Yes. Fine. And")["fields"]["text"]
    with app.app_context():
        recuse("tomas", back=True)
        aside = next(row for row in rows() if row.place == "aside" and row.ended_at is None)
        assert aside.words == {"text": "more of it"} and aside.agency_id != agencies.id_of("opendoor")
        aside_id = aside.id
    back = page(tomas.get(ROOM))
    assert "more of it" in back and "Secret" not in back
    assert tomas.send(f"/drafts/{aside_id}/drop").status_code == 303
    assert "more of it" not in page(tomas.get(ROOM))
    assert casey.send(f"{ROOM}/adjourn").status_code == 303
    with app.app_context():
        assert [row.user_id for row in rows() if row.place == "aside" and row.ended_at is None] == [
            people.id_of("ruth")
        ]
    assert "Today. Yes. Fine." in page(ruth.get(ROOM)), "nothing of it is lost when the meeting ends"
