"""The young person's own words: said once, used everywhere, and kept from whomever they are not safe with."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from mdt.models import new_id
from mdt.operations.demo import agencies, people
from tests.fixtures_app import Person
from tests.http.test_releases import WREN, page

SignIn = Callable[[str], Person]
WORDS = f"/needs/cases/{WREN}/words"
SAID = {
    "name": "Robin", "pronouns": "they, them", "word": "survivor", "languages": "Spanish, please; English is fine",
    "trusts": "Ruth, the nurse", "stays_out": "My mother’s partner", "name_safety": "With the team. Not at school.",
}  # fmt: skip
pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def speak(who: Person, **changes: object) -> None:
    assert who.get(WORDS).status_code == 200
    answer = who.send(WORDS, key=new_id(), **(SAID | changes))
    assert answer.status_code == 303, page(answer)


def test_what_they_say_of_themself_is_used_everywhere_it_may_be_read(app: Flask, signed_in: SignIn) -> None:
    wren, casey = signed_in("wren"), signed_in("casey")
    speak(wren)
    for path in (f"/cases/{WREN}", f"/cases/{WREN}/copy", f"/needs/cases/{WREN}", f"/needs/cases/{WREN}/copy"):
        shown = casey.get(path).text
        assert "Robin" in shown and "they, them; their own word: survivor" in shown, path
    assert "Robin" in casey.get("/cases/").text and "Hi Robin." in wren.get("/mine").text

    gets = {
        "tomas": ({"Robin", "survivor", "Ruth, the nurse"}, {"they, them"}),
        "ruth": ({"Robin", "they, them"}, {"survivor", "Ruth, the nurse"}),
        "marisol": ({"Robin"}, {"they, them", "survivor", "Ruth, the nurse", "partner”"}),
        "imani": ({"Robin"}, {"they, them", "survivor", "Ruth, the nurse", "Spanish, please"}),
        "marcus": ({"Robin", "Spanish, please"}, {"they, them", "survivor", "Ruth, the nurse", "partner”"}),
    }
    for slug, (there, absent) in gets.items():
        shown = signed_in(slug).get(f"/cases/{WREN}").text
        assert all(one in shown for one in there), (slug, there)
        assert not any(one in shown for one in absent), (slug, absent)


def test_a_name_that_is_not_safe_with_somebody_is_not_said_to_them(app: Flask, signed_in: SignIn) -> None:
    wren, casey, imani = signed_in("wren"), signed_in("casey"), signed_in("imani")
    school, clinic = agencies.id_of("school"), agencies.id_of("mercy")
    assert "Robin" not in imani.get(f"/cases/{WREN}").text
    speak(wren, kept_from=[school, clinic])
    pages = (f"/cases/{WREN}", f"/cases/{WREN}/copy", "/cases/", "/", f"/needs/cases/{WREN}", "/meetings/")
    for path in pages:
        shown = imani.get(path, follow_redirects=True).text
        assert "Robin" not in shown and ">Wren<" not in shown, path
    assert "The young person" in imani.get(f"/cases/{WREN}").text
    assert "Robin" in casey.get(f"/cases/{WREN}").text and "Robin" in signed_in("marcus").get(f"/cases/{WREN}").text
    assert "Robin" not in signed_in("ruth").get(f"/cases/{WREN}").text

    casey.get(f"/cases/{WREN}/update")
    told = casey.send(f"/cases/{WREN}/update", category="HEALTH", note="Robin asked about the early bus.", key=new_id())
    assert told.status_code == 422 and "name they use" in page(told).lower()

    speak(wren, kept_from=[])
    assert "Robin" in imani.get(f"/cases/{WREN}").text


def test_what_they_wrote_themself_nobody_writes_over(app: Flask, signed_in: SignIn) -> None:
    wren, casey = signed_in("wren"), signed_in("casey")
    speak(casey, name="Sky", trusts="Dee")
    assert "Sky" in casey.get(f"/cases/{WREN}").text
    speak(wren)
    answer = casey.send(WORDS, key=new_id(), **(SAID | {"name": "Sky"}))
    assert answer.status_code == 422 and "It stays theirs" in page(answer)
    assert "Robin" in casey.get(f"/cases/{WREN}").text
    assert "They wrote this themself." in page(casey.get(WORDS))
    speak(wren, kept_from=[agencies.id_of("school")])
    back = casey.send(WORDS, key=new_id(), **SAID)
    assert back.status_code == 422 and "Only they can say" in page(back)


def test_somebody_who_is_given_nothing_of_it_finds_no_such_page(app: Flask, signed_in: SignIn) -> None:
    assert signed_in("imani").get(WORDS).status_code == 404
    speak(signed_in("wren"))
    assert signed_in("ruth").get(WORDS).status_code == 200
    assert "they, them" in page(signed_in("ruth").get(WORDS))
    assert signed_in("ana").get(WORDS).status_code == 404


def test_they_are_asked_whether_it_is_ok_that_somebody_joins(app: Flask, signed_in: SignIn) -> None:
    casey, wren, asked = signed_in("casey"), signed_in("wren"), f"/needs/cases/{WREN}/joins"
    assert "Marcus Bell" not in page(casey.get(asked))  # he is there already
    before = page(wren.get("/mine"))
    for _ in range(2):
        assert casey.send(asked, who=people.id_of("ngozi")).status_code == 303
    shown = wren.get("/mine")
    assert page(shown).count("Is it OK if Ngozi Adeyemi joins?") == 1 and "Ngozi" not in before
    (join,) = set(re.findall(rf'action="({asked}/[0-9a-f-]+)"', shown.text))
    for slug in ("marisol", "ruth", "tomas"):
        other = signed_in(slug)
        other.get("/help")
        assert other.get(asked).status_code == 404 and other.send(join, ok="yes").status_code == 404, slug
    assert casey.send(join, ok="yes").status_code == 404
    assert wren.send(join, ok="no").status_code == 303
    assert "They said no" in page(casey.get(asked)) and "Ngozi" not in page(wren.get("/mine"))
    assert casey.send(asked, who=people.id_of("marcus")).status_code == 422
