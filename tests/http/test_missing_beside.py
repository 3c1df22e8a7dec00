"""What goes on beside a search: what they objected to is on no copy of it, an open page learns of a link, and a file
that says they are back ends nothing by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import delete, select, update

from mdt.models import Case, Deadline, Episode, Heed, Item, Report, Restriction, User, begin_writing, db, new_id, now
from mdt.operations import access, reading, rounds, watching
from mdt.operations.demo import agencies, people
from mdt.operations.legal import removing
from mdt.sharing import facts as fact
from mdt.sharing.facts import YOUTH
from mdt.sharing.vocabulary import Category
from tests.http.importing_ground import HEAD, bring_in, case_of, read, words, youth
from tests.http.test_missing import CASE, SQLITE, WREN, SignIn, clock, noticed, whole
from tests.http.test_photos import attach, pictures
from tests.http.test_releases import page, sent
from tests.unit.test_photos import sent as picture

__all__ = ["clock"]
LOOKS = "5 feet 3, about 115 pounds"


def object_to(app: Flask, category: Category, against: str, *fields: str) -> None:
    """The young person objects that this agency reads this."""
    with app.app_context():
        begin_writing()
        said = fact.Restriction(
            id=new_id(), by=YOUTH, on=now(), against=(agencies.id_of(against),), categories=(category,), fields=fields
        )
        case = db.session.get_one(Case, WREN)
        db.session.add(Restriction(id=said.id, case=case, terms=said, written_by=people.id_of("wren")))
        db.session.commit()


@SQLITE
def test_what_they_objected_to_is_on_no_copy_of_it_for_whom_they_objected_to(
    app: Flask, signed_in: SignIn, clock: Any
) -> None:
    casey, imani, ruth, marcus = map(signed_in, ("casey", "imani", "ruth", "marcus"))
    at, card = noticed(casey, clothing="A green coat"), f"{CASE}/missing/card"
    sent(casey, f"{at}/alert", up="yes")
    before = page(imani.get(card))
    assert "Legal name" in before and LOOKS in before and "A green coat" in before
    object_to(app, Category.ID, "school", "legal_name")
    for path in (card, CASE):
        shown = page(imani.get(path))
        assert "Legal name" not in shown and LOOKS in shown and "A green coat" in shown, "made while the card is up"
    object_to(app, Category.PHOTO, "school")
    assert LOOKS not in page(imani.get(card)) and "A green coat" in page(imani.get(card)), "all of how they look"
    assert "Legal name" in page(ruth.get(card)) and LOOKS in page(ruth.get(card)), "against nobody else"
    assert "Legal name" in page(casey.get(at)), "what somebody keeps is theirs to read"
    assert "Legal name" in page(marcus.get(f"{CASE}/missing/packet")), "and the report that the law wants is whole"


def tag(app: Flask, slug: str) -> str:
    """The tag of this member's page of the case now."""
    with app.app_context():
        me = access.person(db.session.get_one(User, people.id_of(slug)))
        return watching.look(reading.topic(WREN), me, None)[0]


@SQLITE
def test_an_open_page_of_the_case_learns_that_a_link_is_there_and_that_it_is_gone(
    app: Flask, signed_in: SignIn, clock: Any
) -> None:
    casey, lena, marcus = map(signed_in, ("casey", "lena", "marcus"))
    at = noticed(casey, clothing="A green coat")
    assert "A green coat" in page(lena.get(CASE)) and "Alert card" not in page(lena.get(CASE))
    first = tag(app, "lena")
    sent(casey, f"{at}/alert", up="yes")
    assert "Alert card" in page(lena.get(CASE)) and tag(app, "lena") != first
    sent(casey, f"{at}/alert", up="no")
    assert "Alert card" not in page(lena.get(CASE)) and tag(app, "lena") == first
    sent(casey, f"{at}/back", when="now", how="She came by herself.", key=new_id())
    quiet, jo = tag(app, "marcus"), tag(app, "jo")
    with app.app_context():  # a caseload tells of a spell, and of nothing else
        begin_writing()
        case = db.session.get_one(Case, WREN)
        case.terms = replace(case.terms, missing=(*case.terms.missing, fact.Missing(since=now())))
        db.session.commit()
    assert "What helps to find them" in page(marcus.get(CASE)) and tag(app, "marcus") != quiet
    assert tag(app, "jo") == jo, "to whom it tells nothing it moves nothing"


def row(start: str, end: str = "") -> str:
    return HEAD + youth("A-9") + f"missing,A-9,,,,,M-9,{start},{end},,,Mall,\n"


@SQLITE
def test_a_file_that_says_they_are_back_ends_nothing_until_a_person_says_so(
    app: Flask, signed_in: SignIn, clock: Any
) -> None:
    casey = signed_in("casey")
    bring_in(app, casey, HEAD + youth("A-9"))
    with app.app_context():
        case_id = case_of("A-9").id
    at = sent(casey, f"/cases/{case_id}/missing/notice", kind="left", when="now", key=new_id()).location
    clock.shift(timedelta(hours=3))
    casey = signed_in("casey")
    bring_in(app, casey, row("2026-11-27 20:45"))
    with app.app_context():
        spells = db.session.get_one(Case, case_id).terms.missing
        assert [one.until for one in spells] == [None], "what the file tells of is the search that runs"
        since = spells[0].since
    assert "Back since" in words(casey.get(read(app, casey, row("2026-11-27 20:45", "2026-11-27 23:15"))))
    bring_in(app, casey, row("2026-11-27 20:45", "2026-11-27 23:15"))
    asks = "A file of your agency says that somebody is back. Is it so?"
    assert asks in page(casey.get("/", follow_redirects=True))
    shown = page(casey.get(at))
    assert "says that they came back yesterday, 11:15 pm" in shown and "Nothing has ended by it" in shown
    assert "21 h left" in page(casey.get("/missing"))
    with app.app_context():
        (spell,) = db.session.get_one(Case, case_id).terms.missing
        assert (spell.since, spell.until) == (since, None)
        mine = select(Report).where(Report.case_id == case_id, Report.wants_at.is_not(None))
        assert len(db.session.scalars(mine).all()) == 2, "and what runs goes on"
    same = words(casey.get(read(app, casey, row("2026-11-27 20:45", "2026-11-27 23:15"))))
    assert "Back since" not in same, "the same file again changes nothing"
    assert sent(casey, f"{at}/not-back").status_code == 303
    same = words(casey.get(read(app, casey, row("2026-11-27 20:45", "2026-11-27 23:15"))))
    assert "Back since" not in same, "it was answered"
    assert asks not in page(casey.get("/", follow_redirects=True))
    bring_in(app, casey, row("2026-11-27 20:45", "2026-11-28 00:05"))
    assert asks in page(casey.get("/", follow_redirects=True)), "what it says anew is asked anew"
    form = casey.get(f"{at}/back").text
    assert 'value="2026-11-28"' in form and 'value="00:05' in form
    done = sent(casey, f"{at}/back", when="earlier", on="2026-11-28", at="00:05", how="At her aunt’s.", key=new_id())
    assert done.status_code == 303, page(done)
    assert asks not in page(casey.get("/", follow_redirects=True)) and "They are back" in page(casey.get(at))
    with app.app_context():
        (spell,) = db.session.get_one(Case, case_id).terms.missing
        assert spell.until and [one.kind for one in db.session.scalars(mine)] == ["debrief"]
        assert db.session.scalars(select(Episode.recovered_at).where(Episode.case_id == case_id)).one()


@SQLITE
def test_the_talk_after_the_return_has_a_clock_that_is_heard_of_like_any_other(
    app: Flask, signed_in: SignIn, clock: Any
) -> None:
    dee, casey, marcus = map(signed_in, ("dee", "casey", "marcus"))
    with app.app_context():
        begin_writing()
        db.session.execute(delete(Heed))
        db.session.execute(update(Deadline).values(next_at=None))  # what the county has waited for since it was founded
        db.session.commit()
    at = noticed(dee)
    assert sent(dee, f"{at}/back", when="now", how="She came by herself.", key=new_id()).status_code == 303
    talk = "Talk with them about the time away"
    assert talk in whole(dee.get("/help")) and talk in page(dee.get("/missing")), "in the frame, and on the board"
    assert talk not in whole(casey.get("/help")) and talk not in whole(marcus.get("/help"))
    shown = page(dee.get(at))
    assert "The talk about the time away" in shown and "3 days left" in shown and "Tell them" not in shown
    with app.app_context():
        mine = select(Report).where(Report.case_id == WREN, Report.kind == "debrief")
        report = db.session.scalars(mine).one()
        assert report.due_at == now() + timedelta(hours=72)
        door = f"{CASE}/missing/reports/{report.id}"
    led = dee.get(door)
    assert (led.status_code, led.location) == (303, f"{at}/debrief"), "it is no report, and leads to the talk"
    assert sent(dee, door, when="now").status_code == 303 and sent(dee, f"{door}/confirm").status_code == 404
    with app.app_context():
        assert db.session.scalars(mine).one().wants_at is not None
    clock.shift(timedelta(hours=36, seconds=1))
    with app.app_context():
        rounds.make(now())
    assert talk in whole(signed_in("casey").get("/help")), "half of its time is over: who answers for them has it, too"
    clock.shift(timedelta(hours=40))
    dee = signed_in("dee")
    assert "Late: was due 4 h ago" in page(dee.get(at))
    said = {"left": "Not now, she said.", "key": new_id()}
    refused = sent(dee, f"{at}/debrief", **said)
    assert refused.status_code == 422 and "It is later than it was to be. Say why" in page(refused)
    assert "Not now, she said." in refused.text, "and nothing typed is lost"
    assert sent(dee, f"{at}/debrief", **said, why="She was in hospital.").status_code == 303
    shown = page(dee.get(at))
    assert "Late. It was to be" in shown and "She was in hospital." in shown
    assert talk not in whole(dee.get("/help")) and talk not in page(dee.get("/", follow_redirects=True))
    assert "She was in hospital" not in page(marcus.get(CASE))
    assert sent(dee, f"{at}/debrief", left="A friend.", key=new_id()).status_code == 303, "told later, and added"


@SQLITE
def test_what_is_deleted_goes_out_of_the_record_of_a_search_that_repeats_it(
    app: Flask, signed_in: SignIn, clock: Any
) -> None:
    casey, imani = map(signed_in, ("casey", "imani"))
    assert attach(casey, picture()).status_code == 303
    at, card = noticed(casey, clothing="A green coat"), f"{CASE}/missing/card"
    sent(casey, f"{at}/alert", up="yes")
    assert LOOKS in page(imani.get(card)) and pictures(imani.get(card))
    with app.app_context():
        begin_writing()
        mine = db.session.scalars(select(Item).where(Item.case_id == WREN)).all()
        gone = [one.terms for one in mine if one.terms.category is Category.PHOTO]
        removing.remove(db.session.get_one(Case, WREN), gone)
        db.session.commit()
    shown = page(imani.get(card))
    assert LOOKS not in shown and not pictures(imani.get(card)), "with whatever was copied of it"
    assert "Legal name" in shown and "A green coat" in shown, "and nothing else"
