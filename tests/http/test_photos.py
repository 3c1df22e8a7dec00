"""A photo of the young person over HTTP: who may attach it, who sees it where, and what is left of it at rest."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from mdt.models import Entry, Item, ItemGroup, db, new_id
from mdt.operations import ledger
from mdt.operations.demo import people
from tests.fixtures_app import Person
from tests.http.test_missing import CASE, SQLITE, SignIn, clock, noticed, whole
from tests.http.test_releases import page, sent
from tests.unit.test_photos import as_a_phone_writes_it
from tests.unit.test_photos import sent as picture

__all__ = ["clock"]
PHOTOS = f"{CASE}/missing/photos"
NAME = "Wren Ashby, Harbor House.jpg"
SOURCE = re.compile(r'<img class="photo" src="([^"]+)"')


def attach(person: Person, file: bytes, key: str | None = None) -> Any:
    person.get(PHOTOS)
    return person.send(PHOTOS, photo=(BytesIO(file), NAME, "image/jpeg"), key=key or new_id())


def pictures(answer: Any) -> list[str]:
    """Where the photos of a page lie."""
    return [one.replace("&amp;", "&") for one in SOURCE.findall(answer.get_data(as_text=True))]


def colour(answer: Any) -> str:
    """Which picture it is, by its left edge."""
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg"), answer.status
    red, _, blue = Image.open(BytesIO(answer.data)).convert("RGB").getpixel((5, 5))  # type: ignore[misc]
    return "red" if red > blue else "blue"


def other() -> bytes:
    """Another picture: blue all over."""
    made = BytesIO()
    Image.new("RGB", (300, 400), "blue").save(made, "PNG")
    return made.getvalue()


@SQLITE
def test_a_photo_is_kept_clean_and_sealed_and_a_file_that_is_none_changes_nothing(
    app: Flask, signed_in: SignIn, clock: Any
) -> None:
    casey, marcus, imani = map(signed_in, ("casey", "marcus", "imani"))
    assert "None yet." in page(casey.get(PHOTOS))
    key = new_id()
    for _ in range(2):
        assert attach(casey, as_a_phone_writes_it(), key).status_code == 303, "twice is once"
    (there,) = pictures(casey.get(PHOTOS))
    mine = casey.get(there)
    assert colour(mine) == "red" and not Image.open(BytesIO(mine.data)).getexif()
    assert mine.headers["Cache-Control"] == "no-store" and mine.headers["X-Content-Type-Options"] == "nosniff"
    assert mine.headers["Content-Disposition"] == 'inline; filename="photo.jpg"'
    assert there in pictures(casey.get(CASE)) and NAME.partition(".")[0] not in whole(casey.get(CASE))
    assert there in pictures(marcus.get(CASE)) and colour(marcus.get(there)) == "red", "police"
    assert there not in whole(imani.get(CASE)) and imani.get(there).status_code == 404, "no card is up"
    assert casey.get(there.replace("/image", "/marks")).status_code == 404
    assert casey.get(there.replace("/image", "/nothing")).status_code == 404
    for person in (marcus, imani):
        assert person.get(PHOTOS).status_code == 404 and attach(person, other()).status_code == 404
    for file in (b"", b"%PDF-1.7", picture()[:2000]):
        refused = attach(casey, file)
        assert refused.status_code == 422 and re.search("Send a JPEG, PNG or WebP|Choose a photo first", page(refused))
    assert pictures(casey.get(PHOTOS)) == [there] and colour(casey.get(there)) == "red"
    with app.app_context():
        row = db.session.get_one(Item, key)
        held = db.session.get_one(ItemGroup, (key, "image")).values_
        assert row.terms.fields == ("image",) and len(held) < 400_000
        assert b"\xff\xd8\xff" not in held and b"data:image" not in held and b"JFIF" not in held
        mine = select(Entry).where(Entry.event == "record.read", Entry.actor_id == people.id_of("marcus"))
        seen = [ledger.body(one.id, one.body_) for one in db.session.scalars(mine)]
        assert [line[3] for body in seen for line in body["shown"] if line[0] == key] == [["image"]]
    copy = casey.get(f"{CASE}/copy.json").get_json()
    assert [one["fields"]["image"][:15] for one in copy["records"] if one["id"] == key] == ["data:image/jpeg"]
    assert sent(casey, f"{PHOTOS}/{key}/take-away").status_code == 303
    assert "None yet." in page(casey.get(PHOTOS)) and casey.get(there).status_code == 404
    assert sent(casey, f"{PHOTOS}/{key}/take-away").status_code == 404


@SQLITE
def test_the_search_has_the_photo_by_the_mandate_and_the_card_while_it_is_up(
    app: Flask, signed_in: SignIn, clock: Any
) -> None:
    casey, marcus, imani, jo = map(signed_in, ("casey", "marcus", "imani", "jo"))
    first = new_id()
    assert attach(casey, picture(), first).status_code == 303
    at, packet, card = noticed(casey), f"{CASE}/missing/packet", f"{CASE}/missing/card"
    for person, path in ((casey, f"{packet}?to=ncmec"), (casey, f"{packet}?to=law_enforcement"), (marcus, packet)):
        shown = person.get(path)
        (one,) = pictures(shown)
        assert colour(person.get(one)) == "red", "once, though it is on the record of the search, too"
        assert "Keep the photo as a file" in page(shown) and 'download="photo.jpg"' in shown.get_data(as_text=True)
    assert "A picture of its own beside this" in casey.get(f"{packet}.txt?to=ncmec").text
    assert casey.get(one.split("?")[0] + "?to=hhs").status_code == 404
    for person in (imani, jo):
        assert person.get(one).status_code == 404
    assert imani.get(card).status_code == 404
    sent(casey, f"{at}/alert", up="yes")
    (theirs,) = pictures(imani.get(card))
    assert colour(imani.get(theirs)) == "red" and jo.get(theirs).status_code == 404
    assert imani.get(theirs.replace("/photo?", "/legal_name?")).status_code == 404
    second = new_id()
    assert attach(casey, other(), second).status_code == 303
    (anew,) = pictures(imani.get(card))
    assert colour(imani.get(anew)) == "blue", "a better one is on the card at once"
    assert len(pictures(casey.get(f"{packet}?to=ncmec"))) == 2
    assert sent(casey, f"{PHOTOS}/{second}/take-away").status_code == 303
    assert colour(imani.get(pictures(imani.get(card))[0])) == "red", "and the one before, where it was a mistake"
    assert sent(casey, f"{at}/back", when="now", how="She came by herself.", key=new_id()).status_code == 303
    assert imani.get(theirs).status_code == 404 and marcus.get(one).status_code == 404
    assert "A new photo" in page(casey.get(at)) and not pictures(casey.get(at)), "the copy goes with the search"
    assert attach(casey, other()).status_code == 303 and len(pictures(casey.get(PHOTOS))) == 2
    with app.app_context():
        assert ledger.verify().ok


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_file_larger_than_a_photo_is_refused_in_words(app: Flask, signed_in: SignIn) -> None:
    casey = signed_in("casey")
    size = {"CONTENT_LENGTH": str(26 * 1024 * 1024)}
    refused = casey.post(PHOTOS, data=b"--x", content_type="multipart/form-data; boundary=x", environ_overrides=size)
    assert refused.status_code == 413 and "Send a smaller file" in page(refused)
