"""See as: the case as another would see it, now, later, with a release, without one; and nothing new to who asks."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from mdt.models import Entry, db
from mdt.operations import ledger
from mdt.operations.demo import agencies, known, people
from tests.fixtures_app import today

WREN = f"/cases/{known('case.wren')}"
IRON, DOG = "Iron tablet", "a walk with Marisol’s dog"
ADVOCATES = "in through the bakery"


def preview(person, who, **more):
    """The records of a preview, by title: what is said of each."""
    answer = person.get(f"{WREN}/see-as", query_string={"who": who} | more)
    assert answer.status_code == 200, who
    return {
        re.sub(r"<[^>]+>", "", title): re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", said)))
        for title, said in re.findall(r"<article[^>]*><div><h3>(.*?)</h3>(.*?)</article>", answer.text, re.S)
    }


def test_the_lead_sees_what_a_member_would(signed_in):
    casey = signed_in("casey")
    as_ruth, as_imani = preview(casey, people.id_of("ruth")), preview(casey, people.id_of("imani"))
    assert "Sees all of it" in as_ruth["Physical health"]
    assert "is not told that it is there" in as_imani["Physical health"]
    assert "Is told that it is there" in preview(casey, people.id_of("marcus"))["Physical health"]
    whole = casey.get(f"{WREN}/see-as?who={people.id_of('imani')}").text
    assert IRON not in whole and DOG not in whole
    assert IRON in casey.get(f"{WREN}/see-as?who={people.id_of('ruth')}").text


@pytest.mark.parametrize("slug", ["ruth", "imani", "marcus", "lena", "tomas"])
def test_a_preview_is_what_the_member_sees_themselves(signed_in, slug):
    """Of the records that the lead reads, those a preview says are seen are those on that member's own page."""
    page = signed_in("casey").get(f"{WREN}/see-as?who={people.id_of(slug)}").text
    articles = re.findall(r'<article[^>]*data-ref="([^"]+)"(.*?)</article>', page, re.S)
    seen = {ref for ref, said in articles if "<b>Sees" in said}
    own = set(re.findall(r'data-ref="([^"]+)"', signed_in(slug).get(WREN).text))
    assert seen and seen == own & {ref for ref, _ in articles}


def test_a_preview_shows_nothing_that_who_asks_does_not_see(signed_in):
    casey, ruth = signed_in("casey"), signed_in("ruth")
    assert ADVOCATES not in casey.get(f"{WREN}/see-as?who={people.id_of('jo')}").text
    mine = preview(ruth, people.id_of("casey"))
    assert mine and set(mine) <= {"Physical health", "Reproductive and sexual health", "Needs, goals and referrals"}
    page = ruth.get(f"{WREN}/see-as?who={people.id_of('casey')}").text
    assert "Harbor" not in page.partition("<h2")[2] and DOG not in page


def test_a_supposed_release_opens_what_it_would_and_a_stopped_one_closes_it(signed_in):
    casey, marcus = signed_in("casey"), people.id_of("marcus")
    health = "Physical health"
    with_it = preview(casey, marcus, suppose=f"HIPAA {agencies.id_of('mercy')}")
    assert "Sees" in with_it[health] and "Is told" not in with_it[health]
    tomas = people.id_of("tomas")
    assert "Sees" in preview(casey, tomas)[health]
    stopped = preview(casey, tomas, stopped=known("wren.release.checkups"))
    assert stopped[health] != preview(casey, tomas)[health]


def test_a_later_day_shows_what_will_have_ended(signed_in):
    casey, tomas = signed_in("casey"), people.id_of("tomas")
    later = preview(casey, tomas, on=str(today() + timedelta(days=400)))
    assert later != preview(casey, tomas)
    assert preview(casey, tomas, on="2001-01-01") == preview(casey, tomas), "the past is not asked for"
    assert preview(casey, tomas, on="soon") == preview(casey, tomas)


def test_somebody_who_might_come_is_seen_as_too(signed_in):
    assert preview(signed_in("casey"), "HC") != preview(signed_in("casey"), "LE")
    assert signed_in("casey").get(f"{WREN}/see-as?who=YT").status_code == 404


def test_who_has_nothing_to_ask_about_finds_no_such_page(signed_in):
    for slug in ("wren", "marisol"):
        assert signed_in(slug).get(f"{WREN}/see-as").status_code == 404, slug
    assert signed_in("casey").get(f"{WREN}/see-as?who={people.id_of('noor')}").status_code == 404
    assert signed_in("imani").get(f"{WREN}/see-as?who={people.id_of('jo')}").status_code == 404, "unknown to the school"


def test_a_preview_is_written_down_with_what_it_showed(app, signed_in):
    signed_in("casey").get(f"{WREN}/see-as?who={people.id_of('ruth')}")
    with app.app_context():
        row = db.session.scalars(select(Entry).where(Entry.event == "case.previewed")).one()
        said = ledger.body(row.id, row.body_)
        assert said["seen_as"] == people.id_of("ruth") and said["shown"] and row.actor_id == people.id_of("casey")
