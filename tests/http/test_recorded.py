"""A protected read that cannot be recorded does not happen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import delete, select

from mdt.models import Entry, Head, db
from mdt.operations.demo import known

CASE = f"/cases/{known('case.wren')}"
PAGES = [CASE, "/cases/", f"{CASE}/update"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_that_cannot_be_recorded_does_not_leave(app, signed_in, path):
    tomas = signed_in("tomas")
    assert "Wren" in tomas.get(path).text
    with app.app_context():
        db.session.execute(delete(Head))
        db.session.commit()
    page = tomas.get(path)
    assert page.status_code == 503
    assert "Wren" not in page.text
    assert "We cannot record this now" in page.text


@pytest.mark.parametrize("path", PAGES)
def test_a_page_that_came_is_in_the_tree_already(app, signed_in, path):
    tomas = signed_in("tomas")
    with app.app_context():
        before = set(db.session.scalars(select(Entry.id)))
    assert tomas.get(path).status_code == 200
    with app.app_context():
        written = db.session.execute(select(Entry.id, Entry.position).where(Entry.id.not_in(before))).all()
    assert written
    assert all(entry.position is not None for entry in written)


def test_the_first_pages_after_a_start_may_all_come_at_once(app, signed_in):
    """Each appointed a scribe of its own once, and most of them failed at it."""
    people = [signed_in("tomas") for _ in range(8)]
    together = Barrier(len(people))

    def look(person):
        together.wait()
        return person.get(CASE).status_code

    with ThreadPoolExecutor(len(people)) as threads:
        assert list(threads.map(look, people)) == [200] * len(people)
