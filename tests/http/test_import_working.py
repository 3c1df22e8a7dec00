"""The work on a file: it goes on where it stopped, and no step is done twice or by halves."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from mdt.models import Case, Entry, Item, ItemGroup, Member, Upload, User, Youth, begin_writing, db, now
from mdt.models.base import WRITES
from mdt.operations import items
from mdt.operations.acts import Refused
from mdt.operations.demo import people
from mdt.operations.importing import storing, uploads, working, writing
from mdt.sharing.vocabulary import Category
from mdt.web.sign_ins import find_me
from tests.http.importing_ground import (
    HEAD,
    bring_in,
    case_of,
    count,
    nouns,
    placement,
    read,
    send,
    values,
    words,
    youth,
)

ROWS = "".join(youth(f"A-{n}") + placement(f"A-{n}", f"P-{n}") for n in range(1500))
BATCHES = 3000 // (working.PAGE * working.PAGES_A_BATCH)


@pytest.fixture
def casey(signed_in):
    return signed_in("casey")


@pytest.fixture
def confirmed(app, casey, monkeypatch):
    """An upload that was read and confirmed, and that nobody works on yet: its path and its id."""
    path = read(app, casey, HEAD + ROWS)
    monkeypatch.setattr(working, "begin", lambda _upload_id: None)
    casey.send(f"{path}/confirm")
    return path, path.rsplit("/", 1)[1]


def went_quiet(upload_id):
    """As after a power cut a while ago."""
    begin_writing()
    ago = working.later() - uploads.QUIET_AFTER - timedelta(seconds=5)
    db.session.execute(update(Upload).where(Upload.id == upload_id).values(expires_at=ago))
    db.session.commit()


def everything_is_in():
    """Each young person once, with a case, a member, who they are and where they live."""
    first = case_of("A-0").created_at.replace(microsecond=0) - timedelta(seconds=60)
    cases = db.session.scalars(select(Case.id).where(Case.created_at >= first)).all()
    assert len(cases) == len(set(cases)) == 1500
    for noun, each in ((Item, 2), (Member, 1)):
        per_case = select(func.count()).where(noun.case_id.in_(cases)).group_by(noun.case_id)
        assert set(db.session.scalars(per_case)) == {each}
    groups = select(func.count()).select_from(ItemGroup).join(Item).where(Item.case_id.in_(cases))
    assert db.session.scalar(groups) == 1500 * (2 + 1)
    return True


def test_it_goes_on_after_each_batch_as_if_it_had_never_stopped(app, confirmed):
    _, upload_id = confirmed
    with app.app_context():
        for _ in range(BATCHES - 1):
            assert working._bring_in_a_batch(upload_id)
            db.session.remove()
        working.work(upload_id)
        assert everything_is_in() and not working._bring_in_a_batch(upload_id)
        entries = db.session.scalars(select(Entry.id).where(Entry.event == "caseload.imported")).all()
        assert len(entries) == BATCHES


def test_a_batch_that_fails_half_way_leaves_nothing_of_itself(app, confirmed, monkeypatch):
    _, upload_id = confirmed
    with app.app_context():
        working._bring_in_a_batch(upload_id)
        before = nouns()
        real = working._touch

        def fails(upload_id, standing, **values):
            real(upload_id, standing, **values)
            raise OSError("the disk is full")

        monkeypatch.setattr(working, "_touch", fails)
        with pytest.raises(OSError, match="disk"):
            working._bring_in_a_batch(upload_id)
        assert nouns() == before
        monkeypatch.setattr(working, "_touch", real)
        working.work(upload_id)
        assert everything_is_in()


def test_two_who_work_on_the_same_file_do_each_step_once(app, confirmed):
    _, upload_id = confirmed
    wrong = []

    def work():
        try:
            with app.app_context():
                working.work(upload_id)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    with app.app_context():
        assert everything_is_in()


def test_work_that_stopped_says_so_and_anybody_of_the_agency_goes_on(app, confirmed, signed_in, monkeypatch):
    path, upload_id = confirmed
    with app.app_context():
        working._bring_in_a_batch(upload_id)
        went_quiet(upload_id)
    dee = signed_in("dee")
    page = words(dee.get(path))
    assert "The work on this file stopped" in page and "About 1,000 of 3,000 rows" in page and "Go on" in page
    assert dee.get(f"{path}/progress").json["stopped"] is True
    monkeypatch.undo()
    assert dee.send(f"{path}/go-on").status_code == 303
    with app.app_context():
        working.wait(upload_id)
        assert everything_is_in()
        assert count_of_members(people.id_of("dee")) == 0
    assert "The caseload is in" in words(dee.get(path))


def test_a_colleague_sees_no_row_and_confirms_nothing(app, casey, signed_in):
    path = read(app, casey, HEAD + youth("A-1", name="Zephyrine Quillfeather", born="2010-02-30"))
    dee = signed_in("dee")
    page = words(dee.get(path))
    assert "Only they see its rows" in page and "A-1" not in page and "2010-02-30" not in page
    dee.send(f"{path}/confirm")
    dee.send(f"{path}/forget")
    with app.app_context():
        assert db.session.scalar(select(Upload.state)) == "ready"


def test_reading_that_stopped_begins_anew(app, casey, monkeypatch):
    monkeypatch.setattr(working, "begin", lambda _upload_id: None)
    path = send(casey, HEAD + ROWS).location
    upload_id = path.rsplit("/", 1)[1]
    with app.app_context():
        upload = db.session.get(Upload, upload_id)
        keep = working._keep

        def keeps_one_then_dies(*args, **kwargs):
            keep(*args, **kwargs)
            raise OSError("power cut")

        monkeypatch.setattr(working, "_keep", keeps_one_then_dies)
        with pytest.raises(OSError, match="power"):
            working.work(upload_id)
        monkeypatch.setattr(working, "_keep", keep)
        db.session.rollback()
        went_quiet(upload_id)
    assert "The work on this file stopped" in words(casey.get(path))
    with app.app_context():
        working.work(upload_id)
        upload = db.session.get(Upload, upload_id)
        assert upload.state == "ready" and upload.rows == 3000
        assert len(storing.pages(upload_id, upload.agency_id, range(40))) == 30


def test_what_changes_while_a_batch_is_worked_out_is_not_overwritten(app, casey, monkeypatch):
    """Between looking and writing a colleague revises the record: the batch is worked out anew."""
    bring_in(app, casey, HEAD + youth("A-1", name="Rowan Ashby") + placement("A-1", "P-1"))
    path = read(app, casey, HEAD + youth("A-1", name="Rowan E. Ashby") + placement("A-1", "P-1", name="Maple house"))
    monkeypatch.setattr(working, "begin", lambda _upload_id: None)
    casey.send(f"{path}/confirm")
    prepared, tries = writing.prepared, []

    def prepared_as_somebody_revises(rows, desk):
        sheet = prepared(rows, desk)
        tries.append(1)
        if len(tries) == 1:
            begin_writing()
            of_the_case = db.session.scalars(select(Item).where(Item.case_id == case_of("A-1").id))
            who = next(one for one in of_the_case if one.terms.category is Category.ID)
            items.revise(who, {"name_in_use": "Ro"})
            db.session.commit()
        return sheet

    monkeypatch.setattr(writing, "prepared", prepared_as_somebody_revises)
    with app.app_context():
        working.work(path.rsplit("/", 1)[1])
        assert len(tries) == 2
        told = values(case_of("A-1"), Category.ID)
        assert (told["legal_name"], told["name_in_use"]) == ("Rowan E. Ashby", "Ro")


def test_somebody_who_opens_the_same_case_first_is_not_doubled(app, casey, monkeypatch):
    path = read(app, casey, HEAD + youth("A-1") + placement("A-1", "P-1"))
    monkeypatch.setattr(working, "begin", lambda _upload_id: None)
    casey.send(f"{path}/confirm")
    prepared, tries = writing.prepared, []

    def prepared_as_dee_is_quicker(rows, desk):
        sheet = prepared(rows, desk)
        tries.append(1)
        if len(tries) == 1:
            monkeypatch.setattr(writing, "prepared", prepared)
            assert people_added(HEAD + youth("A-1")) == 1
            db.session.rollback()
        return sheet

    monkeypatch.setattr(writing, "prepared", prepared_as_dee_is_quicker)
    with app.app_context():
        working.work(path.rsplit("/", 1)[1])
        assert case_of("A-1")


def test_others_can_write_while_an_import_runs(app, confirmed):
    """The longest that somebody else's small act waits, while three batches are brought in."""
    _, upload_id = confirmed
    waited, done = [], threading.Event()

    def act():
        while not done.is_set():
            at = time.monotonic()
            with app.app_context(), db.engine.connect().execution_options(**{WRITES: True}) as line, line.begin():
                line.execute(update(User).values(pulse=User.pulse + 1))
            waited.append(time.monotonic() - at)
            time.sleep(0.01)

    thread = threading.Thread(target=act)
    thread.start()
    with app.app_context():
        working.work(upload_id)
        done.set()
        thread.join()
        assert everything_is_in()
    assert len(waited) > 5 and max(waited) < 5


def test_who_was_suspended_meanwhile_brings_nothing_more_in(app, confirmed):
    _, upload_id = confirmed
    with app.app_context():
        working._bring_in_a_batch(upload_id)
        begin_writing()
        db.session.execute(update(User).where(User.id == people.id_of("casey")).values(active=False))
        db.session.commit()
        before = count(Youth)
        with pytest.raises(Refused):
            working.work(upload_id)
        db.session.rollback()
        assert count(Youth) == before


def test_what_changed_since_the_preview_is_worked_out_anew(app, casey):
    """A colleague brought in the same young person in the meantime: nobody is there twice."""
    path = read(app, casey, HEAD + youth("A-1") + placement("A-1", "P-1"))
    with app.app_context():
        assert people_added(HEAD + youth("A-1")) == 1
    casey.send(f"{path}/confirm")
    with app.app_context():
        working.wait(path.rsplit("/", 1)[1])
        assert count(Case) == len(set(db.session.scalars(select(Case.youth_id))))
    assert "could not be brought in, because something changed" in words(casey.get(path))


def people_added(file):
    """Bring in a file as Dee, by the verbs alone; how many young people it added."""
    dee, before = find_me(people.id_of("dee")), count(Youth)
    upload_id = uploads.receive([file.encode()], by=dee)
    at_last(upload_id)
    begin_writing()
    uploads.confirm(dee, upload_id)
    at_last(upload_id)
    db.session.rollback()
    return count(Youth) - before


def at_last(upload_id):
    """The work is done, by the background or, where a test holds that back, here."""
    working.wait(upload_id)
    working.work(upload_id)


def count_of_members(user_id):
    since = now() - timedelta(minutes=10)
    return db.session.scalar(select(func.count()).where(Member.user_id == user_id, Member.invited_at > since))
