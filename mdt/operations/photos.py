"""Photos of the young person: taken in as a clean picture, kept as a record, shown by a decision each time.

What is kept is a picture made anew from the one that was sent: upright, of a size that helps to find somebody and no
larger, and with nothing else that a camera writes down, above all not the place. It is the value of a field of a
record like any other, sealed with it, and as such decided, corrected, copied and deleted.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from PIL import Image, ImageOps
from sqlalchemy import select

from mdt.models import Case, Episode, Item, db, new_id
from mdt.operations import access, items, updates, views
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, not_there, recorded
from mdt.operations.legal import removing
from mdt.operations.missing.episodes import lead_only, revise, told_of
from mdt.operations.views import Pictured
from mdt.sharing import facts as fact
from mdt.sharing import fields as catalog
from mdt.sharing.decision import Decision
from mdt.sharing.declare import Kind
from mdt.sharing.vocabulary import Category

FORMATS = ("JPEG", "PNG", "WEBP")
PREFIX = "data:image/jpeg;base64,"
LARGEST = 25 * 1024 * 1024
"""Bytes of a file that is sent."""
PIXELS = 80_000_000
"""Points of a picture that is sent; more than any telephone takes."""
SIDE = 1200
"""Points of the longer side of what is kept."""
QUALITY = 82
NAMES = tuple(dict.fromkeys(one.name for one in catalog.CATALOG if one.kind is Kind.PHOTO))
"""The fields of the catalog that hold a photo."""
FIELD, COPY = "image", "photo"
"""The field of a record of how they look, and of the record of a search, which the card is made of."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A photo that the lead keeps."""

    photo: Pictured
    recorded: date | None


def clean(sent: bytes) -> str:
    """The picture in this file, made anew, as it is kept. Refused, in words, if there is none that can be read."""
    try:
        picture = Image.open(BytesIO(sent), formats=FORMATS)
        wide, high = picture.size
        if wide * high > PIXELS:
            raise Refused("This picture has too many points. Send a smaller one.", reason="large", code=422)
        picture.draft("RGB", (SIDE, SIDE))
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((SIDE, SIDE))
        return PREFIX + b64encode(_anew(upright)).decode()
    except Refused:
        raise
    except Exception as wrong:  # a damaged file may fail anywhere in its reader
        raise Refused(
            "No picture could be read from this file. Send a JPEG, PNG or WebP picture. What you had is as it was.",
            reason="unreadable", code=422,
        ) from wrong  # fmt: skip


def _anew(picture: Image.Image) -> bytes:
    """Its points alone on a white ground: whatever else its file said stays behind."""
    flat = Image.new("RGB", picture.size, "white")
    if picture.has_transparency_data:
        seen = picture.convert("RGBA")
        flat.paste(seen, mask=seen.getchannel("A"))
    else:
        flat.paste(picture.convert("RGB"))
    made = BytesIO()
    flat.save(made, "JPEG", quality=QUALITY, optimize=True)
    return made.getvalue()


def picture_of(value: str) -> bytes:
    """The JPEG file of a photo as it is kept; as if there were none for what is no photo."""
    if not value.startswith(PREFIX):
        raise not_there()
    return b64decode(value.removeprefix(PREFIX))


def show(seat: Seat, item_id: str, name: str) -> bytes:
    """One photo of a record, for whoever may see that field of it now; recorded."""
    found = next(((item, one) for item, one in views.look(seat).items if item.id == item_id), None)
    if found is None:
        raise not_there()
    return picture_of(views.open_photo(seat, "record.read", *found, name))


def of_lead(seat: Seat) -> tuple[Kept, ...]:
    """The photos that the lead keeps, as this reader of the lead sees them; the latest first."""
    lead_only(seat)
    seen = [(item, views.narrowed(one, (FIELD,))) for item, one in _looks(seat) if FIELD in one.fields]
    views.disclose(seat, "record.read", seen).hold_answer()
    shown = [(one, value.photo) for one in views.open_all(seat, seen) for value in one.values]
    found = [(one.changed_at, Kept(photo, one.recorded)) for one, photo in shown if photo]
    return tuple(one for _, one in sorted(found, key=lambda pair: pair[0], reverse=True))


def readers(seat: Seat) -> updates.Audience:
    """Who would see a photo that is kept now, by the rules as they are."""
    lead_only(seat)
    draft = fact.Item(
        id=new_id(), category=Category.PHOTO, source=seat.case.lead_id, fields=(FIELD,), author=seat.me.id,
        recorded=seat.today,
    )  # fmt: skip
    return updates.audience_of(seat, draft)


def keep(seat: Seat, sent: bytes, *, key: str) -> None:
    """Keep a photo as a record of the lead; while they are missing, the search for them has it at once. The same key
    twice is once. Refused if no picture can be read, and nothing is kept then. Nobody who writes has to wait while the
    picture is made anew; who leads is asked once more after it."""
    lead_only(seat)
    db.session.rollback()
    picture = _made_of(sent)
    with recorded("photo.kept", by=seat.me, case=seat.id, item=key):
        now_here = access.admit_quietly(seat.id, seat.me, purpose=seat.purpose)
        if now_here is None:
            raise not_there()
        lead_only(seat := now_here)
        if items.is_kept(seat.id, key, seat.me.id):
            return
        if isinstance(picture, Refused):
            raise picture
        case, lead = db.session.get_one(Case, seat.id), seat.case.lead_id
        made = items.file(
            case, id=key, source=lead, category=Category.PHOTO, values={FIELD: picture}, author=seat.me.id
        )  # fmt: skip
        told_of(seat, made)
        for search in _searches(seat):
            revise(seat, search, {COPY: picture})


def _made_of(sent: bytes) -> str | Refused:
    try:
        return clean(sent)
    except Refused as no:
        return no


def take_away(seat: Seat, item_id: str) -> None:
    """Take a photo back: it was of somebody else, or is no more right. A search that has it has the one before it."""
    lead_only(seat)
    with recorded("photo.taken_away", by=seat.me, case=seat.id, item=item_id):
        mine = {item.id: item for item, one in _looks(seat) if FIELD in one.fields}
        row = db.session.get(Item, item_id)
        if row is None or item_id not in mine:
            raise not_there()
        gone, left = _image(row), [one for one in _newest_first(seat, mine) if one.id != item_id]
        for search in _searches(seat):
            record = db.session.get(Item, search.item_id)
            if record is not None and _value(record, COPY) == gone:
                revise(seat, search, {COPY: _image(left[0]) if left else ""})
        if row.terms.fields == (FIELD,):
            removing.remove(row.case, [row.terms])
        else:
            items.revise(row, {FIELD: ""})


def _looks(seat: Seat) -> Iterator[tuple[fact.Item, Decision]]:
    """The lead's own records of how they look, as this reader sees them."""
    for item, one in views.look(seat, categories=frozenset({Category.PHOTO})).items:
        if one.opens and item.source == seat.case.lead_id:
            yield item, one


def _newest_first(seat: Seat, mine: dict[str, fact.Item]) -> list[Item]:
    rows = db.session.scalars(select(Item).where(Item.id.in_(mine)).order_by(Item.changed_at.desc(), Item.id))
    return list(rows)


def _searches(seat: Seat) -> list[Episode]:
    """The episodes that run now."""
    running = select(Episode).where(Episode.case_id == seat.id, Episode.recovered_at.is_(None))
    return list(db.session.scalars(running))


def _image(row: Item) -> str:
    return _value(row, FIELD)


def _value(row: Item, name: str) -> str:
    return str(items.held(row).get(name, ""))


__all__ = ["LARGEST", "NAMES", "Kept", "clean", "keep", "of_lead", "picture_of", "readers", "show", "take_away"]
