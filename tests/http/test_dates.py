"""Dates: one interview and not five; each partner knows of what the decision gives them, and letters name nobody."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from mdt.models import ArrangedDate, Case, Deadline, Letter, begin_writing, db, new_id, now
from mdt.operations import deadlines, items
from mdt.operations.demo import agencies, people
from mdt.sharing.moments import is_skipped
from mdt.sharing.vocabulary import Category
from tests.fixtures_app import Person, today
from tests.http.test_releases import WREN, page

SignIn = Callable[[str], Person]
DATES = f"/needs/cases/{WREN}/dates"
pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def arrange(who: Person, kind: str, **more: Any) -> str:
    """Arrange a date four days ahead; its address."""
    assert who.get(f"{DATES}/new?kind={kind}").status_code == 200
    form = {"on": (today() + timedelta(days=4)).isoformat(), "at": "10:00", "place": "The blue house, room 2"}
    answer = who.send(f"{DATES}/new?kind={kind}", key=new_id(), **(form | more))
    assert answer.status_code == 303, page(answer)
    return str(answer.headers["Location"])


def test_one_interview_what_others_need_asked_and_who_is_kept_from_it(app: Flask, signed_in: SignIn) -> None:
    marcus, casey, dee = signed_in("marcus"), signed_in("casey"), signed_in("dee")
    casey.get(DATES)
    assert casey.send(f"{DATES}/want", to=people.id_of("marcus"), key=new_id()).status_code == 303
    assert "Something is to be arranged" in page(marcus.get("/", follow_redirects=True))
    assert casey.send(f"{DATES}/want", to=people.id_of("imani"), key=new_id()).status_code == 404
    assert "Forensic" not in page(signed_in("lena").get(f"/cases/{WREN}"))
    offered = page(marcus.get(f"{DATES}/new?kind=interview"))
    assert "Casey Lindqvist" in offered and "Imani Walker" not in offered and "Jo Reyes" not in offered
    away = people.id_of("imani")
    when = {"on": str(today() + timedelta(days=9)), "at": "10:00"}
    refused = marcus.send(f"{DATES}/new?kind=interview", **when, key=new_id(), attends=[away])
    assert refused.status_code == 422 and "may not read what this is about" in page(refused)
    date = arrange(marcus, "interview", attends=[people.id_of("casey")], blind=[people.id_of("dee")])

    asked, key = "Was there a second phone?", new_id()
    casey.get(date)
    for _ in range(2):
        assert casey.send(f"{date}/ask", text=asked, key=key).status_code == 303
    assert page(marcus.get(date)).count(asked) == 1 and asked in page(casey.get(date))
    for slug in ("dee", "sam", "imani", "jo", "tomas", "wren", "marisol", "ruth", "lena"):
        who = signed_in(slug)
        for path in (date, f"/cases/{WREN}", f"{date}/date.ics", DATES):
            assert asked not in who.get(path).text, (slug, path)
    assert "You are kept from what is asked" in page(dee.get(date))
    assert dee.send(f"{date}/ask", text="Why?", key=new_id()).status_code == 404
    for slug in ("imani", "jo", "wren", "marisol", "lena"):
        assert signed_in(slug).get(date).status_code == 404, slug
        assert "Forensic" not in page(signed_in(slug).get(DATES)), slug
    assert "Kept from what is asked" not in page(casey.get(date))

    said = {"summary": "She spoke of a red car.", "recording_pointer": "Alder Police, AP-77", "follow_up": "None"}
    marcus.get(date)
    assert marcus.send(f"{date}/done", key=new_id(), **said).status_code == 303
    record = page(casey.get(f"/cases/{WREN}"))
    assert all(one in record for one in said.values()) and asked not in record
    assert "red car" in page(dee.get(date))  # it is done: nobody is kept from it any more
    assert "red car" not in page(signed_in("sam").get(f"/cases/{WREN}"))
    assert "AP-77" not in page(signed_in("tomas").get(f"/cases/{WREN}"))
    assert marcus.get(f"{date}/move").status_code == 303  # it is over


def test_an_hour_that_the_clocks_leave_out_is_refused_with_a_word(app: Flask, signed_in: SignIn) -> None:
    casey, half_past = signed_in("casey"), datetime.combine(today(), time(2, 30), ZoneInfo("America/New_York"))
    night = next(one for n in range(1, 400) if is_skipped(one := half_past + timedelta(days=n)))
    casey.get(f"{DATES}/new?kind=hearing")
    form = {"on": str(night.date()), "place": "", "key": new_id(), "attends": [people.id_of("tomas")]}
    refused = casey.send(f"{DATES}/new?kind=hearing", **form, at="02:30")
    assert refused.status_code == 422 and "leave this hour out" in page(refused)
    assert casey.send(f"{DATES}/new?kind=hearing", **form, at="03:30").status_code == 303


def test_court_and_what_would_help_the_young_person_that_day(app: Flask, signed_in: SignIn) -> None:
    casey, wren = signed_in("casey"), signed_in("wren")
    date = arrange(casey, "hearing", attends=[people.id_of("tomas")])
    for slug, status in {"wren": 200, "tomas": 200, "lena": 200, "imani": 404, "ruth": 404, "marcus": 404}.items():
        assert signed_in(slug).get(date).status_code == status, slug
    assert "Court date" in page(wren.get(DATES)) and "What would help you that day?" in page(wren.get(date))
    assert wren.send(f"{date}/wish", text="Jo beside me, and a ride.").status_code == 303
    assert "Jo beside me" in page(casey.get(date)) and "Jo beside me" in page(signed_in("tomas").get(date))
    assert "Jo beside me" not in page(signed_in("lena").get(date))
    assert "Jo beside me" in wren.get(date).text and casey.send(f"{date}/wish", text="No.").status_code == 404
    assert "You go along with them." in page(signed_in("tomas").get("/", follow_redirects=True))

    for name in ("lawyer", "exam"):
        other = arrange(casey, name, place="")
        assert wren.get(other).status_code == 200
    assert signed_in("marisol").get(other).status_code in (200, 404)
    assert signed_in("lena").get(f"{DATES}/new?kind=hearing").status_code == 404


def test_calendars_and_letters_name_nobody_and_follow(
    app: Flask, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mdt.operations.letters.are_sent", lambda: True)
    casey = signed_in("casey")
    date = arrange(casey, "hearing", attends=[people.id_of("tomas")])
    casey.get(f"{date}/move")
    form = {"on": (today() + timedelta(days=6)).isoformat(), "at": "09:00", "key": new_id()}
    assert casey.send(f"{date}/move", **form).status_code == 303
    files = [signed_in(slug).get(f"{date}/date.ics").text for slug in ("tomas", "casey")]
    with app.app_context():
        row = db.session.scalars(select(ArrangedDate)).one()
        soon = row.starts_at - timedelta(hours=23)
        with time_machine.travel(soon, tick=False):
            while deadlines.pass_due(now()):
                pass
        letters = [one.words for one in db.session.scalars(select(Letter).order_by(Letter.written_at))]
        mine = [one for one in letters if one.subject.startswith("Appointment")]
        assert len(mine) == 3 and mine[-1].subject == "Appointment soon"
        assert db.session.scalar(select(Deadline.next_at).where(Deadline.subject_id == row.id).limit(1)) is None
        assert all(re.search(r" [AP]M E[SD]T\b", one.text) for one in mine[:2]), "a letter is read elsewhere, too"
        starts = [line for one in mine for line in one.calendar.splitlines() if line.startswith("DTSTART")]
        assert len(starts) == 2 and all(re.fullmatch(r"DTSTART:\d{8}T\d{6}Z", line) for line in starts)
        every = [*files, *(f"{one.subject} {one.text} {one.calendar}" for one in mine)]
    for text in every:
        for word in ("Wren", "Court", "hearing", WREN, "blue house", "Calloway"):
            assert word not in text, word
    uids = {line for text in files for line in text.splitlines() if line.startswith("UID")}
    assert len(uids) == 2 and all("SEQUENCE:1" in text for text in files)
    assert casey.send(f"{date}/off").status_code == 303
    assert "STATUS:CANCELLED" in signed_in("tomas").get(f"{date}/date.ics").text


def test_whoever_is_kept_from_an_interview_is_told_of_it_nowhere(app: Flask, signed_in: SignIn) -> None:
    """Not on their own pages alone: what came of an interview is shut to them by the decision, so by every door."""
    marcus, casey, dee = signed_in("marcus"), signed_in("casey"), signed_in("dee")
    told, quoted, asked = "A canary of a summary", "A canary of a quote", "A canary of a question"
    pages = (f"/cases/{WREN}", DATES, "/", "/meetings/", f"/needs/cases/{WREN}", f"/cases/{WREN}/copy",
             f"/linking/cases/{WREN}/htcds.json", f"/recovery/cases/{WREN}", "/cases/")  # fmt: skip

    def hears(who: Person, *more: str) -> set[str]:
        answers = [who.get(path, follow_redirects=True) for path in (*pages, *more)]
        assert all(one.status_code == 200 for one in answers)
        texts = [one.get_data(as_text=True) for one in answers]
        return {one for one in (told, quoted, asked) for text in texts if one in text}

    date = arrange(marcus, "interview", attends=[people.id_of("casey")], blind=[people.id_of("dee")])
    with app.app_context():
        begin_writing()
        case, police = db.session.get_one(Case, WREN), agencies.id_of("police")
        values = {"status": "done", "summary": told, "recording_pointer": told}
        author = people.id_of("marcus")
        record = items.file(case, source=police, category=Category.FORENSIC, values=values, author=author)
        items.file(
            case, source=police, category=Category.MEETING, values={"text": quoted}, quotes=(record.id,),
            author=author,
        )  # fmt: skip
        db.session.commit()
    tags = [tag_of(dee.get(path, follow_redirects=True)) for path in (f"/cases/{WREN}", "/")]
    casey.get(date)
    assert casey.send(f"{date}/ask", text=asked, key=new_id()).status_code == 303
    rung = [tag_of(dee.get(path, follow_redirects=True)) for path in (f"/cases/{WREN}", "/")]
    assert rung == tags, "no bell rings for them"
    assert hears(casey, date) == {told, quoted, asked} and hears(dee, date) == set()
    assert "Forensic interview" in page(dee.get(DATES)), "that there is one, they know"
    assert signed_in("amara").get(f"/cases/{WREN}").status_code == 404

    marcus.get(date)
    assert marcus.send(f"{date}/off").status_code == 303
    assert hears(dee, date) == {told, quoted}, "it is off, so what was there is read again; what was to be asked is not"
    date = arrange(marcus, "interview", blind=[people.id_of("dee")])
    assert hears(dee, date) == set()
    marcus.get(date)
    assert marcus.send(f"{date}/done", key=new_id(), summary="Done.").status_code == 303
    assert hears(dee, date) == {told, quoted}


def tag_of(answer: Any) -> list[str]:
    """What the page's bell is held against."""
    found = re.findall(r'data-tag="([^"]+)"', answer.get_data(as_text=True))
    assert found
    return found
