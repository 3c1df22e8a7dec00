"""Releases over HTTP: written in two pages, void if incomplete, stopped at once, known only to whom they concern."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from mdt.models import Entry, Release, db, new_id
from mdt.operations import access, ledger, releases
from mdt.operations.accounts import Actor
from mdt.operations.acts import Refused
from mdt.operations.consent import kinds, standing
from mdt.operations.demo import agencies, known, people
from mdt.sharing.facts import Org
from mdt.sharing.profile import load
from mdt.sharing.vocabulary import Role
from mdt.web.sign_ins import find_me
from tests.fixtures_app import Person, today

WREN, JUNO = known("case.wren"), known("case.juno")
SignIn = Callable[[str], Person]
CHECKUPS = known("wren.release.checkups")
IRON = "Iron tablet, one each morning"
"""What Mercy Clinic wrote down at Wren's last check-up."""
BASELINE = load("us-baseline")
EVERY = [*BASELINE.releases["HIPAA"].elements]


def page(response: TestResponse) -> str:
    """The words of a page, as they are read."""
    main = response.get_data(as_text=True).partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def begin(type: str = "HIPAA", discloser: str = "mercy", case: str = WREN, **more: str) -> str:
    """The address of a new release."""
    query = "".join(f"&{name}={value}" for name, value in more.items())
    return f"/cases/{case}/releases/new?discloser={agencies.id_of(discloser)}&type={type}{query}"


def asked(**more: Any) -> dict[str, Any]:
    """The first page, filled in."""
    return {
        "key": new_id(), "recipients": [agencies.id_of("police")], "categories": ["HEALTH"],
        "purposes": ["INVESTIGATE"], "ends": "day", "ends_on": str(today() + timedelta(days=60)), "step": "look",
    } | more  # fmt: skip


def signed(**more: Any) -> dict[str, Any]:
    """Both pages, filled in."""
    said = {"step": "record", "signing": "y", "signed_by": ["youth", "agency"], "mode": "written", "elements": EVERY}
    return asked(**said, signed_on=str(today())) | more


def kept(app: Flask, response: TestResponse) -> Any:
    """The terms of the release that an answer leads to."""
    assert response.status_code == 303, page(response)
    with app.app_context():
        return db.session.get_one(Release, response.location.rsplit("/", 1)[1]).terms


def sent(person: Person, path: str, **form: Any) -> TestResponse:
    """Post a form with the token of a page opened just before."""
    person.get("/help")
    return person.send(path, **form)


def sees(person: Person, words: str, case: str = WREN) -> bool:
    """Whether these words stand on this person's page of a case."""
    return words in page(person.get(f"/cases/{case}"))


def test_a_release_is_written_on_two_pages_and_opens_what_it_says(app: Flask, signed_in: SignIn) -> None:
    casey, marcus = signed_in("casey"), signed_in("marcus")
    assert not sees(marcus, IRON)
    first = casey.get(begin(recipient=agencies.id_of("police"), category="HEALTH"))
    assert 'value="HEALTH"' in first.get_data(as_text=True)
    form = asked()
    aloud = page(sent(casey, begin(), **form))
    assert "You let Mercy Clinic tell Alder Police about physical health , to investigate" in aloud
    assert "You can stop this any time, by telling any one of us." in aloud
    assert "Marcus Bell" in aloud.partition("Can see it from today")[2].partition("Still cannot")[0]
    terms = kept(app, sent(casey, begin(), **signed(key=form["key"])))
    assert (terms.id, terms.type, terms.signed_by) == (form["key"], "HIPAA", ("youth", "agency"))
    assert terms.missing == () and terms.expires == today() + timedelta(days=60)
    assert sees(marcus, IRON)


@pytest.mark.parametrize("element", EVERY)
def test_a_release_without_an_element_is_kept_and_void_and_says_which(
    app: Flask, signed_in: SignIn, element: str
) -> None:
    casey, marcus = signed_in("casey"), signed_in("marcus")
    form = signed(elements=[one for one in EVERY if one != element])
    warned = sent(casey, begin(), **form)
    assert warned.status_code == 422 and "As it is, it would open nothing." in page(warned)
    with app.app_context():
        assert db.session.get(Release, form["key"]) is None
    answer = sent(casey, begin(), **form, anyway="y")
    assert kept(app, answer).missing == (element,)
    shown = page(casey.get(answer.location))
    assert "It opens nothing." in shown and "Not on the paper:" in shown
    assert not sees(marcus, IRON)
    with app.app_context():
        code = standing.objection(seat(app, "casey"), kept(app, answer))
        assert code == f"E_MISSING_ELEMENT:{element}"


def test_nothing_typed_is_lost_between_the_two_pages(signed_in: SignIn) -> None:
    casey = signed_in("casey")
    form = signed(step="change", description="My iron tablets", signature="W. Calloway", authority="Order of May 3")
    back = sent(casey, begin(), **form).get_data(as_text=True)
    assert 'value="My iron tablets"' in back
    for name, value in [("signature", "W. Calloway"), ("authority", "Order of May 3"), ("signed_by", "agency")]:
        assert f'name="{name}" value="{value}"' in back
    again = sent(casey, begin(), **form | {"step": "look"}).get_data(as_text=True)
    assert 'name="description" value="My iron tablets"' in again
    assert 'value="Order of May 3"' in again


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"recipients": []}, "Choose who may be told."),
        ({"categories": []}, "Choose what it is about."),
        ({"purposes": []}, "Choose what it is for."),
        ({"ends": ""}, "Choose from what is on the page."),
        ({"ends_on": ""}, "Write the last day on which it lasts."),
        ({"ends_on": "2026-02-30"}, "Write a day of the calendar"),
        ({"recipients": [new_id()]}, "Choose from what is on the page."),
        ({"categories": ["PSYNOTES"]}, "Choose from what is on the page."),
        ({"first_on": "2026-03-02", "last_on": "2026-03-01"}, "comes before the first"),
        ({"records": ["nothing"]}, "Choose from what is on the page."),
        ({"key": "1"}, "Reload this page"),
        ({"description": "x" * 301}, "At most 300 characters."),
    ],
)
def test_a_first_page_that_cannot_be_read_says_what_to_do(signed_in: SignIn, wrong: dict[str, Any], words: str) -> None:
    answer = sent(signed_in("casey"), begin(), **asked(**wrong))
    assert answer.status_code == 422
    assert words in page(answer)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"signed_by": []}, "Tick who signed."),
        ({"signed_by": ["uncle"]}, "Choose from what is on the page."),
        ({"signed_on": ""}, "Write the day on which it was signed."),
        ({"signed_on": str(today() + timedelta(days=2))}, "a day to come"),
        ({"signed_on": "1980-01-01"}, "before the young person was born"),
        ({"mode": "esign"}, "writes their name"),
        ({"signed_by": ["youth"]}, "A parent, guardian or the agency has to sign, too."),
        ({"signed_by": ["somebody_else"]}, "Somebody signed who may not sign"),
        ({"mode": "verbal"}, "It was said, not signed."),
        ({"conditioned": "y"}, "Signing was made a condition of getting help."),
        ({"ends": "none"}, "The release does not say when it ends."),
    ],
)
def test_a_second_page_that_would_not_count_says_why(
    app: Flask, signed_in: SignIn, wrong: dict[str, Any], words: str
) -> None:
    form = signed(**wrong)
    answer = sent(signed_in("casey"), begin(), **form)
    assert answer.status_code == 422
    assert words in page(answer)
    with app.app_context():
        assert db.session.get(Release, form["key"]) is None


def test_sending_a_release_twice_keeps_it_once(app: Flask, signed_in: SignIn) -> None:
    casey, form = signed_in("casey"), signed()
    first, second = sent(casey, begin(), **form), sent(casey, begin(), **form)
    assert first.location == second.location
    with app.app_context():
        assert len([one for one in db.session.scalars(select(Release)) if one.id == form["key"]]) == 1


def test_what_is_left_out_and_not_named_stays_closed(app: Flask, signed_in: SignIn) -> None:
    casey, marcus = signed_in("casey"), signed_in("marcus")
    form = signed(excludes=["medications"], labels=["MEDICATION"])
    assert "Without: medicines." in page(sent(casey, begin(), **form | {"step": "look"}))
    terms = kept(app, sent(casey, begin(), **form))
    assert (terms.excludes, terms.labels) == (("medications",), ("MEDICATION",))
    assert not sees(marcus, IRON) and sees(marcus, "Iron is low")


def test_a_victim_service_release_is_written_by_its_own_agency_alone(app: Flask, signed_in: SignIn) -> None:
    jo, casey = signed_in("jo"), signed_in("casey")
    address = begin("VSP", "opendoor")
    assert "What an advocate knows" in page(jo.get(f"/cases/{WREN}/releases"))
    assert "Open Door" not in page(casey.get(f"/cases/{WREN}/releases")).rpartition("Who would tell")[2]
    assert casey.get(address).status_code == 404
    assert sent(casey, address, **signed()).status_code == 404
    assert jo.get(begin("HIPAA", "mercy")).status_code == 404
    form = signed(
        recipient=agencies.id_of("county"), categories=["PLAN", "ADVOCATE"], purposes=["PLAN"],
        ends_on=str(today() + timedelta(days=30)), elements=[*BASELINE.releases["VSP"].elements],
    )  # fmt: skip
    del form["recipients"]
    aloud = page(sent(jo, address, **form | {"step": "look"}))
    assert "Wren together with Cedar County Child Welfare" in aloud
    assert "An advocate must keep what you say." in aloud
    assert "Casey Lindqvist" in aloud.partition("Can see it from today")[2].partition("Still cannot")[0]
    terms = kept(app, sent(jo, address, **form))
    assert (terms.type, terms.recipients, terms.separate) == ("VSP", (agencies.id_of("county"),), True)


def test_each_kind_is_offered_only_by_an_agency_that_has_what_it_asks() -> None:
    offered = {
        name: {one.type for one in kinds.kinds(BASELINE, org)}
        for name, org in {
            "advocate": Org(id="a", role=Role.VC, vsp="voca"), "clinic": Org(id="b", role=Role.HC),
            "runaway": Org(id="c", role=Role.NP, rhy=True), "shelter": Org(id="d", role=Role.NP),
            "treatment": Org(id="e", role=Role.BH, part2=True), "therapy": Org(id="f", role=Role.BH),
            "school": Org(id="g", role=Role.ED),
        }.items()
    }  # fmt: skip
    assert {name for name, types in offered.items() if "VSP" in types} == {"advocate"}
    assert {name for name, types in offered.items() if "RHY" in types} == {"runaway"}
    assert {name for name, types in offered.items() if "P2" in types} == {"treatment"}
    assert {"HIPAA", "MIN"} <= offered["clinic"] and "PSY" in offered["therapy"]
    assert offered["school"] == {"FERPA"} and offered["shelter"] == set()


@pytest.mark.usefixtures("still")
def test_stopping_it_for_one_recipient_leaves_the_others(app: Flask, signed_in: SignIn) -> None:
    casey, tomas, jo = signed_in("casey"), signed_in("tomas"), signed_in("jo")
    assert sees(casey, IRON) and sees(tomas, IRON) and sees(jo, IRON)
    address = f"/cases/{WREN}/releases/{CHECKUPS}/stop"
    assert "no longer physical health" in page(casey.get(address))
    answer = sent(casey, address, whom=agencies.id_of("guardian"), how="phone")
    assert answer.status_code == 303
    assert not sees(tomas, IRON)
    assert sees(casey, IRON) and sees(jo, IRON)
    assert "Stopped for Children’s Law Office today" in page(casey.get(answer.location))
    assert "by phone" in page(casey.get(answer.location))


@pytest.mark.usefixtures("still")
def test_stopping_it_takes_two_clicks_and_acts_at_once_and_once(app: Flask, signed_in: SignIn) -> None:
    casey, jo = signed_in("casey"), signed_in("jo")
    assert sees(jo, IRON)
    address = f"/cases/{WREN}/releases/{CHECKUPS}"
    listed = casey.get(f"/cases/{WREN}/releases").get_data(as_text=True)
    assert f'href="{address}/stop"' in listed
    for _ in range(2):
        assert sent(casey, f"{address}/stop").status_code == 303
    assert not sees(jo, IRON)
    with app.app_context():
        assert [one.mode for one in db.session.get_one(Release, CHECKUPS).terms.revoked] == ["verbal"]
    over = page(casey.get(f"/cases/{WREN}/releases")).partition("Over, or never in force")[2]
    assert "physical health" in over and "Stopped today" in over


def test_a_mere_recipient_stops_it_for_their_own_and_for_nobody_else(app: Flask, signed_in: SignIn) -> None:
    tomas, casey, jo = map(signed_in, ("tomas", "casey", "jo"))
    address = f"/cases/{WREN}/releases/{CHECKUPS}/stop"
    asked_of = page(tomas.get(address))
    assert "For whom does it stop?" not in asked_of and "It stops for you and your agency" in asked_of
    for whom in ("", agencies.id_of("county"), agencies.id_of("opendoor")):
        sent(tomas, address, whom=whom or "everybody", how="phone")
        assert sees(casey, IRON) and sees(jo, IRON) and sees(tomas, IRON), whom
    with app.app_context():
        assert db.session.get_one(Release, CHECKUPS).terms.revoked == ()
    for _ in range(2):
        assert sent(tomas, address, how="phone").status_code == 303
    assert not sees(tomas, IRON) and sees(casey, IRON) and sees(jo, IRON)
    with app.test_request_context():
        seat = access.admit_quietly(WREN, find_me(people.id_of("jo")))
        assert seat
        for whom in ((), (agencies.id_of("county"),)):
            with pytest.raises(Refused):
                releases.revoke(seat, CHECKUPS, how="verbal", recipients=whom)


def test_the_young_person_reads_all_of_it_and_stops_it_alone(signed_in: SignIn) -> None:
    wren, jo = signed_in("wren"), signed_in("jo")
    assert sees(jo, IRON)
    mine = page(wren.get(f"/cases/{WREN}/releases"))
    assert "You let Mercy Clinic tell Cedar County Child Welfare, Children’s Law Office and Open Door" in mine
    assert "Start a new one" not in mine
    assert sent(wren, f"/cases/{WREN}/releases/{CHECKUPS}/stop", how="message").status_code == 303
    assert not sees(jo, IRON)


@pytest.mark.parametrize("wrong", [{"whom": "me"}, {"how": "smoke"}, {"whom": agencies.id_of("school")}])
def test_a_stop_that_says_not_for_whom_or_how_stops_nothing(
    app: Flask, signed_in: SignIn, wrong: dict[str, Any]
) -> None:
    answer = sent(signed_in("casey"), f"/cases/{WREN}/releases/{CHECKUPS}/stop", **wrong)
    assert answer.status_code == 422
    with app.app_context():
        assert db.session.get_one(Release, CHECKUPS).terms.revoked == ()


def test_an_advocate_among_the_recipients_is_named_to_nobody_who_may_not_know(signed_in: SignIn) -> None:
    tomas = signed_in("tomas")
    for address in (
        f"/cases/{WREN}/releases",
        f"/cases/{WREN}/releases/{CHECKUPS}",
        f"/cases/{WREN}/releases/{CHECKUPS}/stop",
    ):
        shown = tomas.get(address).get_data(as_text=True)
        assert "Children’s Law Office" in shown
        assert "Open Door" not in shown and "Jo Reyes" not in shown and agencies.id_of("opendoor") not in shown
    assert "Open Door" in page(signed_in("ruth").get(f"/cases/{WREN}/releases/{CHECKUPS}"))


def test_naming_an_agency_in_a_draft_does_not_find_out_who_of_it_is_at_the_table(signed_in: SignIn) -> None:
    """A school knows of few others here. Only what was signed tells it who reads by that."""
    imani, pages = signed_in("imani"), dict[str, str]()
    form = {"categories": ["EDUCATION"], "purposes": ["PLAN"]}
    for agency in ("opendoor", "newpath", "police", "fenwick"):
        name = agencies.BY_SLUG[agency].name
        offered = imani.get(begin("FERPA", "school", recipient=agencies.id_of(agency))).get_data(as_text=True)
        ticked = [tag for tag in re.findall(r"<input[^>]*>", offered) if 'name="purposes"' in tag and "checked" in tag]
        aloud = page(sent(imani, begin("FERPA", "school"), **asked(recipients=[agencies.id_of(agency)], **form)))
        assert f"tell {name}" in aloud and "Jo Reyes" not in aloud and "Marcus Bell" not in aloud
        pages[agency] = f"{len(ticked)} {aloud.replace(name, 'NAME')}"
    assert pages["opendoor"] == pages["newpath"] and pages["police"] == pages["fenwick"]


def test_of_a_release_that_does_not_concern_them_a_member_finds_nothing(signed_in: SignIn) -> None:
    imani = signed_in("imani")
    assert "No release stands here for you now" in page(imani.get(f"/cases/{WREN}/releases"))
    nothing = imani.get(f"/cases/{WREN}/releases/{new_id()}")
    for address in (f"/cases/{WREN}/releases/{CHECKUPS}", f"/cases/{WREN}/releases/{CHECKUPS}/stop"):
        answer = imani.get(address)
        assert answer.status_code == 404
        assert page(answer) == page(nothing)
    assert sent(imani, f"/cases/{WREN}/releases/{CHECKUPS}/stop").status_code == 404
    assert sent(imani, f"/cases/{WREN}/releases/{CHECKUPS}/happened").status_code == 404


def test_a_member_of_another_case_finds_nothing(signed_in: SignIn) -> None:
    ana = signed_in("ana")
    for path in ("", f"/{CHECKUPS}", f"/{CHECKUPS}/stop", "/new?discloser=x&type=HIPAA"):
        assert ana.get(f"/cases/{WREN}/releases{path}").status_code == 404
    assert sent(ana, f"/cases/{WREN}/releases/{CHECKUPS}/stop").status_code == 404
    assert ana.get(f"/cases/{JUNO}/releases/{CHECKUPS}").status_code == 404
    assert ana.get(f"/cases/{WREN}/step-out").status_code == 404


def test_whoever_keeps_no_release_of_an_agency_writes_none(app: Flask, signed_in: SignIn) -> None:
    for slug in ("tomas", "wren", "marisol"):
        person = signed_in(slug)
        assert person.get(begin()).status_code == 404
        assert sent(person, begin(), **signed()).status_code == 404


def test_a_recipient_is_told_that_it_counts_no_more_but_not_why(app: Flask, signed_in: SignIn) -> None:
    ruth, tomas = signed_in("ruth"), signed_in("tomas")
    form = signed(recipients=[agencies.id_of("guardian")], purposes=["COURT"], elements=EVERY[:-1], anyway="y")
    answer = sent(ruth, begin(), **form)
    assert "that a copy was given" in page(ruth.get(answer.location))
    theirs = page(tomas.get(answer.location))
    assert "It opens nothing." in theirs and "copy was given" not in theirs and "Not on the paper" not in theirs


def test_a_release_ends_the_night_what_it_waited_for_has_come(app: Flask, signed_in: SignIn) -> None:
    casey = signed_in("casey")
    form = signed(
        recipients=[agencies.id_of("county")], categories=["EDUCATION"], purposes=["PLAN"], ends="school_year_end",
        signed_by=["mother"], elements=[*BASELINE.releases["FERPA"].elements],
    )  # fmt: skip
    answer = sent(casey, begin("FERPA", "school"), **form)
    assert "until the school year ends" in page(casey.get(answer.location))
    assert sent(casey, answer.location + "/happened").status_code == 303
    assert kept(app, answer).event_happened == today()
    assert sent(casey, f"/cases/{WREN}/releases/{CHECKUPS}/happened").status_code == 404


def test_said_in_the_morning_it_holds_until_the_night(app: Flask, signed_in: SignIn) -> None:
    """An event happens at the end of its day: whoever reads by the release reads by it until then."""
    with app.app_context():
        row = db.session.get_one(Release, CHECKUPS)
        row.terms = replace(row.terms, expires="school_year_end")
        db.session.commit()
    midnight = datetime.combine(today() + timedelta(days=2), time(), ZoneInfo("America/New_York"))
    with time_machine.travel(midnight - timedelta(hours=15), tick=False) as clock:
        casey = signed_in("casey")
        assert sent(casey, f"/cases/{WREN}/releases/{CHECKUPS}/happened").status_code == 303
        told = casey.get(f"/cases/{WREN}/releases/{CHECKUPS}").text
        assert "The release ends tonight." in told and "Ends today" in told
        assert sees(signed_in("jo"), IRON)
        clock.move_to(midnight - timedelta(seconds=1))
        assert sees(signed_in("jo"), IRON)
        clock.move_to(midnight)
        assert not sees(signed_in("jo"), IRON)


def test_the_copy_has_the_statements_that_the_law_asks_for(app: Flask, signed_in: SignIn) -> None:
    casey = signed_in("casey")
    form = signed(
        recipients=[agencies.id_of("county")], categories=["EDUCATION"], purposes=["PLAN"], signed_by=["mother"],
        elements=[*BASELINE.releases["FERPA"].elements],
    )  # fmt: skip
    answer = sent(casey, begin("FERPA", "school"), **form)
    copy = page(casey.get(answer.location))
    assert BASELINE.notices["notice_ferpa"] in copy
    assert "You can stop this at any time" in copy and "You get the same help" in copy
    assert [kinds.statements(BASELINE, name)[0] for name in ("P2", "P2L", "TPO", "CN")] == [
        BASELINE.notices["notice_2_32"]
    ] * 4


def test_renewing_begins_with_what_the_old_one_said(signed_in: SignIn) -> None:
    casey = signed_in("casey")
    shown = casey.get(f"/cases/{WREN}/releases/{CHECKUPS}").get_data(as_text=True)
    address = unescape(re.search(r'href="([^"]*like=[^"]*)"', shown).group(1))  # type: ignore[union-attr]
    form = casey.get(address).get_data(as_text=True)
    for recipient in ("county", "guardian", "opendoor"):
        assert re.search(rf'name="recipients" value="{agencies.id_of(recipient)}" checked', form)


def test_what_is_withheld_says_what_would_open_it_and_whom_to_ask(signed_in: SignIn) -> None:
    shown = page(signed_in("marcus").get(ask("BEHAVIORAL", "harbor")))
    assert "What would open this?" in shown and "would open it" in shown
    assert "Ask Harbor Counseling" in shown and "Sam Brandt" in shown
    assert "turn to somebody of Harbor Counseling yourself" in shown
    assert "Start a release" not in shown


def test_the_one_who_keeps_the_releases_starts_it_from_what_is_withheld(app: Flask, signed_in: SignIn) -> None:
    casey = signed_in("casey")
    assert casey.get(ask("BEHAVIORAL", "harbor")).status_code == 404
    sent(casey, f"/cases/{WREN}/releases/{known('wren.release.therapy')}/stop")
    shown = casey.get(ask("BEHAVIORAL", "harbor")).get_data(as_text=True)
    start = unescape(re.search(r'href="([^"]*/releases/new[^"]*)"', shown).group(1))  # type: ignore[union-attr]
    form = casey.get(start).get_data(as_text=True)
    assert f'value="{agencies.id_of("county")}" checked' in form


def test_asking_for_what_is_concealed_shown_or_not_there_is_one_answer(signed_in: SignIn) -> None:
    marcus = signed_in("marcus")
    nothing = marcus.get(ask("BEHAVIORAL", "survivors"))
    assert nothing.status_code == 404
    for category, source in [("PLAN", "opendoor"), ("SUD_P2", "newpath"), ("ID", "county"), ("NO", "county")]:
        answer = marcus.get(ask(category, source))
        assert (answer.status_code, page(answer)) == (404, page(nothing))
    assert signed_in("imani").get(ask("BEHAVIORAL", "harbor")).status_code == 404
    assert signed_in("ana").get(ask("BEHAVIORAL", "harbor")).status_code == 404


def test_reading_and_writing_releases_is_written_down_without_content(app: Flask, signed_in: SignIn) -> None:
    casey = signed_in("casey")
    casey.get(f"/cases/{WREN}/releases")
    answer = sent(casey, begin(), **signed(description="Only my iron tablets"))
    sent(casey, answer.location + "/stop", how="message")
    with app.app_context():
        rows = db.session.execute(
            select(Entry.id, Entry.event, Entry.body_).where(Entry.event.startswith("release."))
        ).all()
        bodies = [str(ledger.body(row.id, row.body_)) for row in rows]
    assert {row.event for row in rows} == {"release.read", "release.recorded", "release.revoked"}
    assert CHECKUPS in "".join(bodies) and "iron" not in "".join(bodies)


def ask(category: str, source: str) -> str:
    """Where one asks for what this agency withholds of this kind."""
    return f"/cases/{WREN}/ask?category={category}&source_id={agencies.id_of(source)}"


def seat(app: Flask, slug: str) -> Any:
    """Somebody's seat at Wren's table."""
    me: Actor | None = find_me(people.id_of(slug))
    assert me is not None
    return access.admit_quietly(WREN, me)  # type: ignore[arg-type]
