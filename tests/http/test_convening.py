"""Convening over HTTP: an invitation names nobody, nobody is asked twice, and who goes is gone at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from html import unescape
from threading import Barrier, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from mdt.models import Agency, Member, Standing, Task, Training, User, begin_writing, db
from mdt.operations import access, convening, views
from mdt.operations.acts import Refused
from mdt.operations.demo import agencies, known, people
from mdt.operations.linking import training
from mdt.sharing import fields
from mdt.sharing.vocabulary import Category, Role
from mdt.web.sign_ins import find_me
from tests.fixtures_app import Person, today

WREN, JUNO, ASH = known("case.wren"), known("case.juno"), known("case.ash")
CONVENE, TEAM = f"/lead/cases/{WREN}/convene", f"/lead/cases/{WREN}/team"
SignIn = Callable[[str], Person]


def page(response: TestResponse) -> str:
    """The words of a page, as they are read."""
    main = response.get_data(as_text=True).partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def sent(person: Person, path: str, **form: Any) -> TestResponse:
    """Post a form with the token of a page opened just before."""
    person.get("/help")
    return person.send(path, **form)


def invited(*slugs: str, why: str = "We plan for the winter.", **more: Any) -> dict[str, Any]:
    """An invitation, filled in."""
    return {"who": [people.id_of(slug) for slug in slugs], "why": why, "purpose": ""} | more


def place(app: Flask, slug: str, case: str = WREN) -> Member | None:
    """Somebody's membership of a case, as the database has it."""
    with app.app_context():
        member = db.session.scalar(select(Member).where(Member.case_id == case, Member.user_id == people.id_of(slug)))
        if member is not None:
            assert member.why is None or isinstance(member.why, str)
        return member


def place_url(app: Flask, slug: str, act: str) -> str:
    member = place(app, slug)
    assert member is not None
    return f"{TEAM}/{member.id}/{act}"


def line_of(response: TestResponse, slug: str) -> str:
    """The line of one candidate."""
    html = response.get_data(as_text=True)
    line = next(one for one in html.split("<li>") if f"who-{people.id_of(slug)}" in one)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", line)))


def test_an_invitation_asks_people_each_for_their_own_part_and_lands_on_their_desk(
    app: Flask, signed_in: SignIn
) -> None:
    casey, ngozi = signed_in("casey"), signed_in("ngozi")
    assert ngozi.get(f"/cases/{WREN}").status_code == 404
    answer = sent(casey, CONVENE, **invited("ngozi", "alma"))
    assert (answer.status_code, answer.location) == (303, TEAM)
    member = place(app, "ngozi")
    assert member is not None and (member.standing, member.purpose) == (Standing.INVITED, "PROSECUTE")
    assert ngozi.get(f"/cases/{WREN}").status_code == 404
    desk = page(ngozi.get("/", follow_redirects=True))
    assert "We plan for the winter." in desk and "Wren" not in desk
    said = page(casey.get(TEAM))
    assert "Ngozi Adeyemi" in said.partition("Asked, no answer yet")[2]


def test_what_they_are_asked_for_holds_where_their_discipline_may(app: Flask, signed_in: SignIn) -> None:
    sent(signed_in("casey"), CONVENE, **invited("ngozi", "amara", purpose="PLAN"))
    assert place(app, "ngozi").purpose == "PLAN"  # type: ignore[union-attr]
    assert place(app, "amara").purpose == "INVESTIGATE"  # type: ignore[union-attr]


def test_each_line_says_what_they_would_see_and_what_a_release_would_add(app: Flask, signed_in: SignIn) -> None:
    shown = signed_in("casey").get(CONVENE)
    amara = line_of(shown, "amara")
    assert "Would see who the young person is" in amara and "all of justice" in amara
    assert "More with a release:" in amara and "physical health from Mercy Clinic" in amara
    link = re.search(rf'href="([^"]*discloser={agencies.id_of("mercy")}[^"]*)"', shown.get_data(as_text=True))
    assert link
    form = signed_in("casey").get(unescape(link.group(1))).get_data(as_text=True)
    assert f'name="recipients" value="{agencies.id_of("police")}" checked' in form or "checked" in form


def test_the_preview_tells_of_no_kind_of_record_that_the_lead_may_not_see(app: Flask, signed_in: SignIn) -> None:
    shown = page(signed_in("casey").get(CONVENE)).lower()
    with app.app_context():
        seat = access.admit_quietly(WREN, find_me(people.id_of("casey")))  # type: ignore[arg-type]
        assert seat is not None
        mine = {item.category for item in views.look(seat).opened.values()}
        hidden = {item.category for item in seat.case.facts.items.values()} - mine
    assert {Category.ADVOCATE, Category.SUD_P2} <= hidden
    assert not [one for one in hidden if fields.CATEGORIES[one].title.lower() in shown]


def test_whoever_has_no_agreement_cannot_be_asked_and_it_says_why(app: Flask, signed_in: SignIn) -> None:
    casey = signed_in("casey")
    shown = casey.get(CONVENE)
    assert "The team agreement of Fenwick Police ended on" in page(shown)
    assert f'value="{people.id_of("dale")}"' not in shown.get_data(as_text=True)
    answer = sent(casey, CONVENE, **invited("dale", "ngozi"))
    assert answer.status_code == 409 and "It has to be renewed first." in page(answer)
    assert place(app, "dale") is None and place(app, "ngozi") is None
    assert f'value="{people.id_of("ngozi")}" checked' in answer.get_data(as_text=True)
    assert 'value="We plan for the winter."' in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"who": []}, "Tick at least one person."),
        ({"who": ["nobody"]}, "Choose from what is on the page."),
        ({"why": "  "}, "Say why you ask them"),
        ({"why": "x" * 501}, "At most 500 characters."),
        ({"why": "It is about WREN, at last."}, "Leave the name out."),
        ({"purpose": "GOSSIP"}, "choice"),
    ],
)
def test_an_invitation_that_cannot_be_read_says_what_to_do_and_loses_nothing(
    app: Flask, signed_in: SignIn, wrong: dict[str, Any], words: str
) -> None:
    answer = sent(signed_in("casey"), CONVENE, **(invited("ngozi") | wrong))
    assert answer.status_code == 422 and words in page(answer)
    assert place(app, "ngozi") is None
    if "who" not in wrong:
        assert f'value="{people.id_of("ngozi")}" checked' in answer.get_data(as_text=True)


def test_two_who_convene_at_once_ask_each_person_once_and_the_second_is_told(app: Flask, signed_in: SignIn) -> None:
    browsers = [signed_in("casey"), signed_in("dee")]
    for browser in browsers:
        browser.get(CONVENE)
    ready, answers = Barrier(2), [None, None]

    def ask(number: int) -> None:
        ready.wait()
        answers[number] = browsers[number].send(CONVENE, **invited("ngozi", "alma", "amara"))  # type: ignore[call-overload]

    threads = [Thread(target=ask, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.status_code for one in answers) == [303, 409]  # type: ignore[attr-defined]
    second = next(one for one in answers if one.status_code == 409)  # type: ignore[attr-defined]
    assert "had been asked already" in page(second)
    with app.app_context():
        rows = db.session.execute(
            select(Member.user_id, func.count()).where(Member.case_id == WREN).group_by(Member.user_id)
        )
        assert {count for _user, count in rows} == {1}


def test_who_was_asked_meanwhile_is_left_out_and_the_others_are_asked(app: Flask, signed_in: SignIn) -> None:
    casey, dee = signed_in("casey"), signed_in("dee")
    sent(dee, CONVENE, **invited("ngozi"))
    answer = sent(casey, CONVENE, **invited("ngozi", "alma"))
    assert answer.status_code == 303
    said = casey.get(answer.location).get_data(as_text=True)
    assert "Asked: Alma Frost." in said and "Somebody else had asked Ngozi Adeyemi already." in said


def test_only_the_lead_convenes_and_sees_the_whole_team(signed_in: SignIn) -> None:
    for slug in ("marcus", "ruth", "jo", "wren", "marisol", "ana"):
        person = signed_in(slug)
        assert person.get(CONVENE).status_code == 404
        assert person.get(TEAM).status_code == 404
        assert sent(person, CONVENE, **invited("ngozi")).status_code == 404


def test_ending_a_membership_closes_the_case_at_once_and_gives_the_tasks_back(app: Flask, signed_in: SignIn) -> None:
    casey, marcus = signed_in("casey"), signed_in("marcus")
    assert marcus.get(f"/cases/{WREN}").status_code == 200
    held = tasks_of(app, "marcus")
    url = place_url(app, "marcus", "end")
    assert f"The {held} tasks they hold go" in page(casey.get(url)) if held > 1 else held == 1
    assert marcus.get(f"/cases/{WREN}").status_code == 200
    assert sent(casey, url).status_code == 303
    assert marcus.get(f"/cases/{WREN}").status_code == 404
    assert tasks_of(app, "marcus") == 0
    assert "Marcus Bell" in page(casey.get(TEAM)).partition("Not on the team any more")[2]


def test_somebody_with_a_conflict_is_out_until_they_are_asked_again(app: Flask, signed_in: SignIn) -> None:
    casey, lena = signed_in("casey"), signed_in("lena")
    assert sent(casey, place_url(app, "lena", "recuse")).status_code == 303
    assert lena.get(f"/cases/{WREN}").status_code == 404
    assert "Lena Park" in page(casey.get(TEAM)).partition("Stepped out, for a conflict")[2]
    again = casey.get(f"{CONVENE}?who={people.id_of('lena')}").get_data(as_text=True)
    assert re.search(rf'value="{people.id_of("lena")}" checked', again)
    assert sent(casey, CONVENE, **invited("lena")).status_code == 303
    assert lena.get(f"/cases/{WREN}").status_code == 404
    member = place(app, "lena")
    assert sent(lena, f"/cases/invitations/{member.id}", acknowledged="y").status_code == 303  # type: ignore[union-attr]
    assert lena.get(f"/cases/{WREN}").status_code == 200


def test_a_member_steps_out_alone_and_at_once(app: Flask, signed_in: SignIn) -> None:
    sam = signed_in("sam")
    assert "Do you want to step out?" in page(sam.get(f"/cases/{WREN}/step-out"))
    assert sent(sam, f"/cases/{WREN}/step-out").status_code == 303
    assert sam.get(f"/cases/{WREN}").status_code == 404
    assert place(app, "sam").recused_at is not None  # type: ignore[union-attr]


def test_the_young_person_has_nothing_to_step_out_of(signed_in: SignIn) -> None:
    assert signed_in("wren").get(f"/cases/{WREN}/step-out").status_code == 404
    assert sent(signed_in("wren"), f"/cases/{WREN}/step-out").status_code == 404


def test_the_last_who_leads_cannot_leave_a_case_alone(app: Flask, signed_in: SignIn) -> None:
    casey = signed_in("casey")
    answer = sent(casey, f"/cases/{ASH}/step-out")
    assert answer.status_code == 409 and "Ask a colleague onto it first." in page(answer)
    member = place(app, "casey", ASH)
    ended = sent(casey, f"/lead/cases/{ASH}/team/{member.id}/end")  # type: ignore[union-attr]
    assert ended.status_code == 409
    assert casey.get(f"/cases/{ASH}").status_code == 200


def test_an_invitation_taken_back_is_gone_from_the_desk(app: Flask, signed_in: SignIn) -> None:
    casey, delia = signed_in("casey"), signed_in("delia")
    asked = place(app, "delia")
    assert delia.get(f"/cases/invitations/{asked.id}").status_code == 200  # type: ignore[union-attr]
    assert sent(casey, place_url(app, "delia", "end")).status_code == 303
    assert delia.get(f"/cases/invitations/{asked.id}").status_code == 404  # type: ignore[union-attr]
    assert sent(delia, f"/cases/invitations/{asked.id}", acknowledged="y").status_code == 404  # type: ignore[union-attr]


def test_no_is_kept_with_its_word_and_one_can_be_asked_again(app: Flask, signed_in: SignIn) -> None:
    casey, delia = signed_in("casey"), signed_in("delia")
    member = place(app, "delia")
    sent(delia, f"/cases/invitations/{member.id}", answer="no", words="I am away. Ask Kim.")  # type: ignore[union-attr]
    said = page(casey.get(TEAM))
    assert "I am away. Ask Kim." in said.partition("Said no")[2]
    assert sent(casey, CONVENE, **invited("delia")).status_code == 303
    assert place(app, "delia").standing == Standing.INVITED  # type: ignore[union-attr]


def test_an_agreement_that_ends_before_the_answer_keeps_them_out(app: Flask, signed_in: SignIn) -> None:
    delia, member = signed_in("delia"), place(app, "delia")
    with app.app_context():
        begin_writing()
        db.session.get_one(Agency, agencies.id_of("witness")).mou_until = today() - timedelta(days=2)
        db.session.commit()
    sent(delia, f"/cases/invitations/{member.id}", acknowledged="y")  # type: ignore[union-attr]
    assert place(app, "delia").standing == Standing.INVITED  # type: ignore[union-attr]


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Honolulu", "Pacific/Guam"])
def test_a_training_holds_to_the_end_of_its_last_day_where_the_agency_is(
    app: Flask, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = datetime(2027, 3, 9, 23, 59, 30, tzinfo=ZoneInfo(zone))
    with app.app_context():
        begin_writing()
        me = db.session.get_one(User, people.id_of("delia"))
        agency = db.session.get_one(Agency, agencies.id_of("witness"))
        agency.timezone = zone
        said = training.rules(agency.id)
        course = replace(next(iter(said.courses.values())), required=(Role(str(me.role)),))
        said = replace(said, courses={course.code: course})
        monkeypatch.setattr(training, "rules", lambda _agency: said)
        begun = last.date() - timedelta(days=course.every_days)
        db.session.add(Training(user_id=me.id, kind=course.code, on=begun, by_id=me.id))
        db.session.commit()
        for at, holds in ((last, True), (last + timedelta(minutes=1), False)):
            with time_machine.travel(at, tick=False):
                assert (not training.lacking(me)) is (not training.lack([me.id], said)) is holds
        boss = db.session.get_one(User, people.id_of("robin"))
        with time_machine.travel(last, tick=False):
            with pytest.raises(Refused, match="still to come"):
                training.write_down(boss, me.id, kind=course.code, on=last.date() + timedelta(days=1))
            training.write_down(boss, me.id, kind=course.code, on=last.date())


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_an_agreement_is_over_with_its_last_day_where_the_case_is(app: Flask) -> None:
    """Asked to a table at which it opens nothing any more, somebody west of the case would find an empty page."""
    midnight = datetime.combine(today() + timedelta(days=1), time(), ZoneInfo("America/New_York"))
    with app.app_context():
        begin_writing()
        agency = db.session.get_one(Agency, agencies.id_of("mercy"))
        agency.mou_until, agency.timezone = today(), "America/Los_Angeles"
        db.session.commit()
        for at, holds in ((midnight - timedelta(seconds=1), True), (midnight, False)):
            with time_machine.travel(at, tick=False):
                seat = access.admit_quietly(WREN, access.person(db.session.get_one(User, people.id_of("casey"))))
                assert seat
                if holds:
                    assert convening.askable(seat, people.id_of("ruth"))
                else:
                    with pytest.raises(Refused, match="It has to be renewed first"):
                        convening.askable(seat, people.id_of("ruth"))


def test_without_the_promise_the_invitation_asks_for_it_where_it_is_ticked(app: Flask, signed_in: SignIn) -> None:
    delia, member = signed_in("delia"), place(app, "delia")
    answer = sent(delia, f"/cases/invitations/{member.id}")  # type: ignore[union-attr]
    assert answer.status_code == 422 and 'href="#acknowledged"' in answer.text
    assert place(app, "delia").standing == Standing.INVITED  # type: ignore[union-attr]


def test_a_membership_of_another_case_is_not_found(app: Flask, signed_in: SignIn) -> None:
    casey, other = signed_in("casey"), place(app, "ana", JUNO)
    for act in ("end", "recuse"):
        assert casey.get(f"{TEAM}/{other.id}/{act}").status_code == 404  # type: ignore[union-attr]
        assert sent(casey, f"{TEAM}/{other.id}/{act}").status_code == 404  # type: ignore[union-attr]
    assert casey.get(f"{TEAM}/{other.id}/praise").status_code == 404  # type: ignore[union-attr]


def test_looking_again_asks_nobody_and_keeps_what_was_ticked(app: Flask, signed_in: SignIn) -> None:
    answer = sent(signed_in("casey"), CONVENE, **invited("ngozi", why="", look="y", purpose="PLAN"))
    assert answer.status_code == 200
    assert f'value="{people.id_of("ngozi")}" checked' in answer.get_data(as_text=True)
    assert "To plan care." in line_of(answer, "ngozi")
    assert place(app, "ngozi") is None


def tasks_of(app: Flask, slug: str) -> int:
    with app.app_context():
        open_ones = Task.case_id == WREN, Task.owner_id == people.id_of(slug), Task.step.in_(("held", "offered"))
        return db.session.scalar(select(func.count()).select_from(Task).where(*open_ones)) or 0


def test_a_suspended_person_cannot_be_asked(app: Flask, signed_in: SignIn) -> None:
    with app.app_context():
        begin_writing()
        db.session.get_one(User, people.id_of("ngozi")).active = False
        db.session.commit()
    answer = sent(signed_in("casey"), CONVENE, **invited("ngozi"))
    assert answer.status_code == 422 and place(app, "ngozi") is None
