"""A caseload brought in through the pages, as its lead does it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, update

from mdt.models import Entry, Member, Upload, UploadChunk, User, begin_writing, db, now
from mdt.operations.demo import people
from mdt.operations.demo.caseload import lines
from mdt.operations.importing.uploads import LONG_AGO
from mdt.sharing.facts import Missing
from mdt.sharing.vocabulary import Category
from tests.http.importing_ground import (
    HEAD,
    SMALL,
    all_values,
    bring_in,
    case_of,
    count,
    ledger_holds,
    missing,
    nouns,
    own_anchors,
    placement,
    read,
    send,
    values,
    wait,
    words,
    youth,
)


@pytest.fixture
def casey(signed_in):
    return signed_in("casey")


def test_a_preview_says_row_by_row_what_would_happen_and_keeps_nothing(app, casey):
    with app.app_context():
        before = nouns()
    path = read(app, casey, SMALL + youth("A-2", born="2010-02-30"))
    said = words(casey.get(path))
    assert "3 rows are new. 1 is not brought in." in said
    assert "“2010-02-30” is not a day that exists." in said and "date_of_birth" in said
    assert "Bring in 3 rows" in said
    with app.app_context():
        assert nouns() == before


def test_a_confirmed_file_opens_a_case_with_who_they_are_where_they_live_and_when_they_were_missing(app, casey):
    bring_in(app, casey, SMALL)
    with app.app_context():
        case = case_of("A-1")
        assert case.terms.opened.isoformat() == "2026-09-03" and case.terms.youth.born.isoformat() == "2010-06-14"
        assert [one.until.isoformat() for one in case.terms.missing] == ["2026-11-05T08:15:00-05:00"]
        assert values(case, Category.ID)["name_in_use"] == "Ro"
        assert values(case, Category.SAFE_ADDR) == {
            "placement_name": "Birch house (since September 3, 2026)", "address": "12 Birch Street",
        }
        assert values(case, Category.MISSING) == {"last_seen": "Bus stop"}
        member = db.session.scalars(select(Member).where(Member.case_id == case.id)).one()
        assert member.user_id == people.id_of("casey") and member.standing == "accepted" and member.since
        assert case.epoch == 1


def test_the_case_is_there_for_who_brought_it_in(app, casey):
    bring_in(app, casey, SMALL)
    with app.app_context():
        case_id = case_of("A-1").id
    page = casey.get(f"/cases/{case_id}")
    assert page.status_code == 200 and "Ro" in page.text


def test_the_same_file_again_changes_nothing_and_rings_for_nobody(app, casey):
    bring_in(app, casey, SMALL)
    with app.app_context():
        before, epoch = nouns(), case_of("A-1").epoch
    path = read(app, casey, SMALL)
    said = words(casey.get(path))
    assert "This file would change nothing" in said and "3 stay as they are" in said
    casey.send(f"{path}/confirm")
    wait(app, path)
    with app.app_context():
        assert nouns() == before and case_of("A-1").epoch == epoch


def test_a_later_file_is_merged_by_the_agencys_own_ids(app, casey):
    bring_in(app, casey, SMALL)
    later = HEAD + youth("a-1 ", name="Rowan E. Ashby", use="Ro") + placement("A-1", "P-1", end="2026-11-01") + missing(
        "A-1", "M-1", "2026-11-03 20:00", "2026-11-05 08:15"
    ) + placement("A-1", "P-2", start="2026-11-01", name="Maple house", address="9 Mill Road")
    path = read(app, casey, later)
    said = words(casey.get(path))
    assert "1 row is new. 3 change something you have." in said
    assert "Legal name" in said and "Missing since" in said
    casey.send(f"{path}/confirm")
    wait(app, path)
    with app.app_context():
        case = case_of("A-1")
        assert case.epoch == 2
        assert [one.since.isoformat() for one in case.terms.missing] == ["2026-11-03T20:00:00-05:00"]
        assert values(case, Category.ID)["legal_name"] == "Rowan E. Ashby"
        assert {value["placement_name"] for value in all_values(case, Category.SAFE_ADDR)} == {
            "Birch house (September 3, 2026 to November 1, 2026)", "Maple house (since November 1, 2026)",
        }


def test_a_case_that_goes_by_another_zone_keeps_one_episode_where_the_file_corrects_its_hour(app, casey):
    early = HEAD + youth("A-1") + missing("A-1", "M-1", "2026-11-03 01:30", "2026-11-05 08:15")
    bring_in(app, casey, early)
    with app.app_context():
        begin_writing()
        case = case_of("A-1")
        case.terms = replace(case.terms, timezone="America/Los_Angeles")
        db.session.commit()
    bring_in(app, casey, early.replace("01:30", "02:30"))
    with app.app_context():
        (spell,) = case_of("A-1").terms.missing
        assert spell.since.isoformat() == "2026-11-03T02:30:00-05:00"


def test_an_episode_of_a_day_stands_beside_those_of_a_file(app, casey):
    bring_in(app, casey, HEAD + youth("A-1"))
    with app.app_context():
        begin_writing()
        case = case_of("A-1")
        case.terms = replace(case.terms, missing=(Missing(since=date(2026, 11, 10), until=date(2026, 11, 11)),))
        db.session.commit()
    bring_in(app, casey, SMALL)
    with app.app_context():
        first, second = case_of("A-1").terms.missing
        assert first.since.isoformat() == "2026-11-03T21:30:00-05:00" and second.since == date(2026, 11, 10)


def test_a_change_lifts_the_case_for_those_who_may_see_it_and_for_nobody_else(app, casey):
    """Dee, of the agency, may see where the young person lives; the school may not, and learns nothing."""
    bring_in(app, casey, HEAD + youth("A-1", worker="dee@cedar.example") + placement("A-1", "P-1"))
    with app.app_context():
        begin_writing()
        case = case_of("A-1")
        imani = db.session.get(User, people.id_of("imani"))
        db.session.add(Member(case=case, user=imani, standing="accepted", purpose="EDUCATE", since=now()))
        db.session.execute(update(Member).where(Member.case_id == case.id).values(changed_at=LONG_AGO))
        db.session.commit()
    bring_in(app, casey, HEAD + placement("A-1", "P-1", address="14 Birch Street"))
    with app.app_context():
        moved = {
            member.user_id: member.changed_at > LONG_AGO
            for member in db.session.scalars(select(Member).where(Member.case_id == case_of("A-1").id))
        }
        assert moved == {people.id_of("casey"): True, people.id_of("dee"): True, people.id_of("imani"): False}


def test_an_empty_cell_changes_nothing(app, casey):
    bring_in(app, casey, SMALL + placement("A-1", "P-3", end="2026-10-01"))
    emptier = youth("A-1") + placement("A-1", "P-3", address="") + missing("A-1", "M-1", "2026-11-03 21:30", seen="")
    path = read(app, casey, HEAD + emptier)
    assert "3 stay as they are" in words(casey.get(path))


def test_an_empty_cell_changes_nothing_though_another_cell_of_its_row_does(app, casey):
    bring_in(app, casey, SMALL + placement("A-1", "P-3", end="2026-10-01"))
    seen, moved = missing("A-1", "M-1", "2026-11-03 21:30", seen="Mall"), placement("A-1", "P-3", address="9 Mill Road")
    bring_in(app, casey, HEAD + seen + moved)
    with app.app_context():
        case = case_of("A-1")
        assert values(case, Category.MISSING) == {"last_seen": "Mall"}
        assert [one.until.isoformat() for one in case.terms.missing] == ["2026-11-05T08:15:00-05:00"]
        assert {"placement_name": "Birch house (September 3, 2026 to October 1, 2026)", "address": "9 Mill Road"} in (
            all_values(case, Category.SAFE_ADDR)
        )


def test_rows_may_stand_in_any_order(app, casey):
    path = bring_in(app, casey, HEAD + placement("A-1", "P-1") + missing("B-9", "M-1", "2026-11-03") + youth("A-1"))
    said = words(casey.get(path))
    assert "2 rows are new" in said and "1 was not brought in" in said
    assert "There is no young person with this id" in said
    with app.app_context():
        assert values(case_of("A-1"), Category.SAFE_ADDR)["address"] == "12 Birch Street"


def test_a_row_whose_young_person_was_refused_is_refused_too(app, casey):
    path = read(app, casey, HEAD + youth("A-1", born="2010-13-01") + placement("A-1", "P-1"))
    assert "2 are not brought in" in words(casey.get(path))


def test_the_same_id_twice_in_a_file_counts_once(app, casey):
    path = read(app, casey, HEAD + youth("A-1") + youth(" a-1", name="Somebody Else"))
    said = words(casey.get(path))
    assert "1 row is new. 1 is not brought in." in said
    assert "This young person stands in row 2 already. Keep one of the two." in said


def test_the_assigned_worker_joins_if_they_sign_in_at_this_agency(app, casey):
    with app.app_context():
        casey_too, dee = {people.id_of("casey")}, people.id_of("dee")
    logins = {"A-1": "Dee@cedar.example", "A-2": "nobody@cedar.example", "A-3": "ruth@cedar.example"}
    rows = [youth(ref, worker=login) for ref, login in logins.items()]
    bring_in(app, casey, HEAD + "".join(rows))
    with app.app_context():
        for ref, others in {"A-1": {dee}, "A-2": set(), "A-3": set()}.items():
            team = set(db.session.scalars(select(Member.user_id).where(Member.case_id == case_of(ref).id)))
            assert team == casey_too | others


def test_what_looks_like_a_formula_is_text(app, casey):
    bring_in(app, casey, HEAD + youth("A-1", name='"=HYPERLINK(""http://x"",""y"")"', use="@SUM(1)"))
    with app.app_context():
        assert values(case_of("A-1"), Category.ID)["legal_name"] == '=HYPERLINK("http://x","y")'


def test_a_row_of_a_case_one_is_not_on_is_refused_and_tells_nothing_of_it(app, casey):
    bring_in(app, casey, SMALL)
    with app.app_context():
        begin_writing()
        member = db.session.scalars(select(Member).where(Member.case_id == case_of("A-1").id)).one()
        member.recused_at = now()
        db.session.commit()
    path = read(app, casey, HEAD + youth("A-1", name="A Guess") + placement("A-1", "P-1", address="A guess"))
    said = words(casey.get(path))
    assert "2 are not brought in" in said and said.count("you are not on their team") == 2
    assert "Address" not in said


def test_every_batch_is_one_entry_of_the_ledger_and_the_ledger_holds(app, casey):
    own_anchors(app.instance_path)
    bring_in(app, casey, "".join(lines(youth=500, seed=2)))
    with app.app_context():
        events = list(db.session.scalars(select(Entry.event).where(Entry.event.like("caseload.%")).order_by(Entry.seq)))
        assert events[:3] == ["caseload.received", "caseload.read", "caseload.confirmed"]
        assert set(events[3:]) == {"caseload.imported"} and len(events) > 4
        assert ledger_holds()


def test_an_invented_caseload_comes_in_whole_and_again_changes_nothing(app, casey):
    file = "".join(lines(youth=120, seed=7))
    path = bring_in(app, casey, file)
    assert "rows are new" in words(casey.get(path))
    path = read(app, casey, file)
    assert "This file would change nothing" in words(casey.get(path))


def test_pages_of_rows_follow_each_other_and_can_be_narrowed(app, casey):
    rows = "".join(youth(f"A-{n}") if n % 50 else youth(f"A-{n}", born="2010-02-30") for n in range(450))
    path = read(app, casey, HEAD + rows)
    seen, page = [], casey.get(path).text
    while True:
        seen += re.findall(r'<th scope="row" class="n">(\d+)</th>', page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        if not following:
            break
        page = casey.get(following[1].replace("&amp;", "&")).text
    assert list(map(int, seen)) == list(range(2, 452))
    assert 'rel="prev"' in page
    narrowed = casey.get(f"{path}?only=refused").text
    assert len(re.findall(r'<th scope="row" class="n">', narrowed)) == 9 and 'rel="next"' not in narrowed


def test_a_mapping_file_names_the_columns_of_another_system(app, casey):
    file = "Client Number;Full Name;DOB;Opened\nA-1;Rowan Ashby;6/14/2010;9/3/2026\n"
    mapping = "youth_id,client number\nlegal_name,Full Name\ndate_of_birth,DOB\ncase_opened,Opened\n"
    bring_in(app, casey, file, mapping)
    with app.app_context():
        assert values(case_of("A-1"), Category.ID)["date_of_birth"] == "2010-06-14"


def test_an_upload_expires_and_is_swept_up_with_everything_in_it(app, casey):
    path = read(app, casey, SMALL)
    with app.app_context():
        assert count(UploadChunk) > 0
        begin_writing()
        db.session.execute(update(Upload).values(expires_at=LONG_AGO))
        db.session.commit()
    assert casey.get(path).status_code == 404
    with app.app_context():
        assert (count(Upload), count(UploadChunk)) == (0, 0)


def test_a_forgotten_file_leaves_nothing(app, casey):
    path = read(app, casey, SMALL)
    assert casey.send(f"{path}/forget").status_code == 303
    with app.app_context():
        assert (count(Upload), count(UploadChunk)) == (0, 0)
    assert casey.send(f"{path}/confirm").status_code == 404


def test_the_waiting_file_lies_sealed(app, casey):
    path = read(app, casey, HEAD + youth("A-1", name="Zephyrine Quillfeather"))
    with app.app_context():
        pieces = list(db.session.scalars(select(UploadChunk.bytes_)))
        upload = db.session.get(Upload, path.rsplit("/", 1)[1])
        kept = b"".join([*pieces, upload.report_, upload.mapping_])
    assert b"Zephyrine" not in kept and b"A-1" not in kept


def test_confirming_twice_brings_it_in_once(app, casey):
    path = read(app, casey, SMALL)
    assert {casey.send(f"{path}/confirm").status_code for _ in range(2)} == {303}
    wait(app, path)
    with app.app_context():
        assert case_of("A-1") and count(Upload) == 1
        assert len(list(db.session.scalars(select(Entry.id).where(Entry.event == "caseload.imported")))) == 1


@pytest.mark.parametrize("slug", ["ruth", "jo", "tomas"])
def test_nobody_but_child_welfare_comes_here(app, signed_in, casey, slug):
    path = read(app, casey, SMALL)
    other = signed_in(slug)
    assert other.get("/caseload").status_code == 404
    assert other.get(path).status_code == 404
    assert other.send(f"{path}/confirm").status_code == 404
    assert send(other, SMALL).status_code == 404


def test_the_address_of_an_upload_that_is_not_there_is_not_there(casey):
    for path in ("", "/progress"):
        assert casey.get(f"/caseload/00000000-0000-4000-8000-000000000000{path}").status_code == 404
