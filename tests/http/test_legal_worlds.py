"""Two worlds that differ only in what somebody may not know of answer them alike: papers, holds, corrections,
assessments and emergencies of others, and records that are concealed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from flask import Flask

from mdt.models import (
    Assessment,
    Case,
    Correction,
    Emergency,
    Hold,
    Item,
    Notice,
    Paper,
    PaperTerms,
    begin_writing,
    db,
    new_id,
    now,
)
from mdt.operations import facts
from mdt.operations.demo import agencies, known, people
from mdt.sharing.facts import Emergency as Terms
from mdt.sharing.vocabulary import Category
from tests.fixtures_app import Person

WREN = known("case.wren")
CASE = f"/cases/{WREN}"
HIDDEN = ("wren.new_path", "wren.jo.calls")
"""Records of which none of those who look here may know."""
WHO = {
    "casey": ("", "/papers", "/papers/past", "/papers/new", f"/records/{known('wren.looks')}/correct"),
    "ruth": ("", "/papers", "/emergency", f"/records/{known('wren.sleep')}/correct"),
    "marcus": ("", "/papers", "/emergency"),
    "imani": ("", "/emergency", "/papers/past"),
    "tomas": ("", "/papers"),
}
VARIES = re.compile(
    r'name="csrf_token" value="[^"]*"|data-token="[^"]*"|name="key" value="[^"]*"|id="key"[^>]*>|\d+ min\b|just now'
)
SignIn = Callable[[str], Person]


def pages(signed_in: SignIn) -> dict[str, str]:
    """What each of them gets of their pages and of their desk, without what varies by itself."""
    found = {}
    for slug, paths in WHO.items():
        person = signed_in(slug)
        for path in (*(f"{CASE}{one}" for one in paths), "/"):
            answer = person.get(path, follow_redirects=True)
            assert answer.status_code == 200, (slug, path)
            found[f"{slug} {path}"] = VARIES.sub("", answer.text)
    return found


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_what_is_others_leaves_no_trace(app: Flask, signed_in: SignIn) -> None:
    with time_machine.travel(now(), tick=False):
        before = pages(signed_in)
        assert pages(signed_in) == before, "nothing else varies"
        with app.app_context():
            begin_writing()
            _fill_the_other_world()
            db.session.commit()
            facts.forget_all()
        after = pages(signed_in)
    assert {name for name in before if before[name] != after[name]} == set()


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_what_is_ones_own_would_be_seen(app: Flask, signed_in: SignIn) -> None:
    """The same comparison, where a paper came to the clinic and a hold to the county."""
    with time_machine.travel(now(), tick=False):
        before = pages(signed_in)
        with app.app_context():
            begin_writing()
            case = db.session.get_one(Case, WREN)
            _paper(case, "mercy"), _hold(case, "county")
            db.session.commit()
        after = pages(signed_in)
    assert {name for name in before if before[name] != after[name]} == {
        f"ruth {CASE}/papers", "ruth /", f"casey {CASE}/papers"
    }  # fmt: skip


def _fill_the_other_world() -> None:
    """The advocate has a paper, a hold, a correction and an assessment; a therapist declared nothing that is told to
    those who look; records that none of them may know of are gone."""
    case = db.session.get_one(Case, WREN)
    for name in HIDDEN:
        db.session.delete(db.session.get_one(Item, known(name)))
    paper = _paper(case, "opendoor")
    _hold(case, "opendoor", paper_id=paper.id)
    terms = db.session.get_one(Item, known("wren.jo.plan")).terms
    mine = _of(case, "opendoor", made_by=people.id_of("jo"))
    fixed = Correction(item_id=terms.id, before=terms, after=terms, why="Words.", state="waiting", **mine)
    said = Terms(
        id=new_id(), by=people.id_of("sam"), at=now(), kind="threat", categories=(Category.MEETING,), facts="x"
    )
    db.session.add_all([fixed, Emergency(id=said.id, case=case, terms=said, written_by=said.by, due_at=None)])
    db.session.flush()
    db.session.add_all([
        Assessment(kind="label", subject_id=fixed.id, due_at=now(), **mine),
        Notice(subject_id=said.id, **_of(case, "newpath")),
    ])  # fmt: skip


def _of(case: Case, agency: str, **more: Any) -> dict[str, Any]:
    return {"case": case, "agency_id": agencies.id_of(agency)} | more


def _paper(case: Case, agency: str) -> Paper:
    terms = PaperTerms(
        kind="subpoena", effect="open", issuer="A lawyer", words="Words.", categories=(Category.HEALTH,),
        sources=(agencies.id_of(agency),), recipients=(agencies.id_of("police"),),
    )  # fmt: skip
    paper = Paper(terms=terms, received_at=now(), due_at=now(), **_of(case, agency))
    db.session.add(paper)
    db.session.flush()
    return paper


def _hold(case: Case, agency: str, **more: Any) -> None:
    db.session.add(Hold(why="A trial.", **_of(case, agency), **more))
