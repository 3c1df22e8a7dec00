"""A protected read that cannot be recorded does not happen."""

from __future__ import annotations

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
