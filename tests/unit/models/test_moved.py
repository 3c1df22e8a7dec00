"""What is sealed in one place opens in no other: not in another row, column, table, or under another's key."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from mdt.models import (
    ArrangedDate,
    Asked,
    Assessment,
    Case,
    CaseMove,
    Contact,
    Correction,
    Course,
    DateTerms,
    DateWord,
    Draft,
    DraftTerms,
    Drawn,
    Emergency,
    Entry,
    Episode,
    EpisodeWords,
    HeldConsent,
    Hold,
    Identification,
    Instrument,
    Item,
    ItemGroup,
    Keys,
    Lesson,
    Letter,
    Link,
    LinkTerms,
    Meeting,
    Merge,
    Minutes,
    NeedSaid,
    NeedTerms,
    Order,
    Paper,
    PaperTerms,
    Referral,
    Report,
    ReportWords,
    Request,
    Restriction,
    Rules,
    Screening,
    ServiceTerms,
    StoredKey,
    Upload,
    UploadChunk,
    Words,
    db,
    new_id,
    now,
)  # fmt: skip
from mdt.models.items import open_group
from mdt.models.sealing import Sealed
from mdt.operations import ledger
from mdt.operations.demo import agencies, known, people
from mdt.operations.importing import storing
from mdt.operations.items import value_scope
from mdt.sharing.vocabulary import Category
from mdt.vault.seal import Unopenable

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
SEALED = {str(column) for table in db.metadata.tables.values() for column in table.columns if column.info.get("sealed")}
MADE: dict[type, Callable[[], Any]] = {
    Order: lambda: Order(case=_wren()),
    Restriction: lambda: Restriction(case=_wren()),
    Emergency: lambda: Emergency(case=_wren()),
    Rules: lambda: Rules(profile="us-baseline", version=2, drafted_by=people.id_of("gwen")),
    Paper: lambda: Paper(**_of_the_county(), terms=_paper()),
    Hold: lambda: Hold(**_of_the_county(), why="words of why"),
    Correction: lambda: Correction(**_of_the_county(), before=_item(), after=_item(), why="words of why"),
    Assessment: lambda: Assessment(**_of_the_county()),
    HeldConsent: lambda: HeldConsent(case=_wren(), received_by=people.id_of("casey")),
    Request: lambda: Request(case=_wren(), terms=Asked(category=Category.HEALTH, why="words of why")),
    Referral: lambda: Referral(
        case=_wren(), item_id=known("wren.week"), made_by=people.id_of("casey"), asked_at=now(), need="basic",
        state=Course.AGREED, service=ServiceTerms(id=known("service.pantry"), name="Words of name", organization="x"),
    ),
    Minutes: lambda: Minutes(
        meeting=db.session.scalars(select(Meeting)).first(), drawn_by=people.id_of("casey"), drawn=Drawn(came=("x",))
    ),
    Draft: lambda: Draft(
        case=_wren(),
        agency_id=agencies.id_of("county"),
        user_id=people.id_of("casey"),
        place="update",
        subject_id=known("case.wren"),
        words={"note": "words of words"},
        terms=DraftTerms(),
    ),
    NeedSaid: lambda: NeedSaid(
        case=_wren(), item_id=known("wren.week"),
        terms=NeedTerms(need="basic", rank=1, ranked_on=now().date(), stages=(("action", now().date()),)),
    ),  # fmt: skip
    ArrangedDate: lambda: _date(),
    DateWord: lambda: DateWord(date=_date(), kind="question", by_id=people.id_of("casey"), text="words of text"),
    CaseMove: lambda: CaseMove(
        case=_wren(), from_agency=agencies.id_of("county"), offered_by=people.id_of("casey"), why="words of why"
    ),
    Link: lambda: Link(case=_wren(), terms=LinkTerms(kind="sibling", said_on=now().date())),
    Merge: lambda: Merge(case=_wren(), gone_id=known("case.juno"), by_id=people.id_of("casey"), until=now()),
    Lesson: lambda: Lesson(**_of_the_county(), words="words of words"),
    Episode: lambda: _episode(),
    Report: lambda: Report(
        **_of_the_county(), episode_id=_episode().id, kind="ncmec", started_at=now(), due_at=now(),
        words=ReportWords(why="words of why"),
    ),
    Contact: lambda: Contact(
        **_of_the_county(), episode_id=_episode().id, kind="family", at=now(), words="words of words"
    ),
    Instrument: lambda: Instrument(agency_id=agencies.id_of("county"), name="own", file="words of file"),
    Screening: lambda: Screening(case=_wren(), agency_id=agencies.id_of("county"), event="asked"),
    Identification: lambda: Identification(
        case=_wren(), agency_id=agencies.id_of("county"), item_id=known("wren.week"), by_id=people.id_of("casey"),
        due_at=now(), why="words of why",
    ),
    Letter: lambda: Letter(user_id=people.id_of("casey"), words=Words(subject="A word", text="Words of text")),
    Upload: lambda: Upload(
        agency_id=agencies.id_of("county"), user_id=people.id_of("casey"), state="x", expires_at=now()
    ),
}
"""Rows of what the county has too few of."""


def _episode() -> Episode:
    return Episode(
        **_of_the_county(), kind="run", since=now(), received_at=now(), worker_id=people.id_of("casey"),
        item_id=known("wren.week"), words=EpisodeWords(noticed_by="Words of somebody"),
    )  # fmt: skip


def _date() -> ArrangedDate:
    return ArrangedDate(
        case=_wren(), item_id=known("wren.week"), agency_id=agencies.id_of("county"), kind="hearing", starts_at=now(),
        minutes=60, terms=DateTerms(place="Words of a place", attends=("x",)),
    )  # fmt: skip


def _wren() -> Case:
    return db.session.get_one(Case, known("case.wren"))


def _of_the_county() -> dict[str, Any]:
    return {"case": _wren(), "agency_id": agencies.id_of("county"), "made_by": people.id_of("casey")}


def _paper() -> PaperTerms:
    return PaperTerms(kind="subpoena", effect="open", issuer="A court", words="Words", categories=(), sources=())


def _item() -> Any:
    return db.session.scalars(select(Item).where(Item.case_id == known("case.wren"))).first().terms  # type: ignore[union-attr]


def described() -> list[tuple[type, str, Sealed]]:
    """Every attribute that opens itself: class, name, and how."""
    classes = [mapper.class_ for mapper in db.Model.registry.mappers]
    parts = [(cls, name, one) for cls in classes for part in cls.__mro__ for name, one in vars(part).items()]
    return [(cls, name, one) for cls, name, one in parts if isinstance(one, Sealed)]


def rows_of(cls: type) -> list[Any]:
    """Two rows of this kind, of Wren's case where there are."""
    wanted = select(cls)
    if hasattr(cls, "case_id"):
        wanted = wanted.where(cls.case_id == known("case.wren"))
    found = list(db.session.scalars(wanted.limit(2)))
    while len(found) < 2 and cls in MADE:
        found.append(MADE[cls]())
    return found


def places() -> list[tuple[Any, str, Sealed]]:
    """Every place of two rows of each kind, each with something in it."""
    found = [(row, name, how) for cls, name, how in described() for row in rows_of(cls)]
    for row, name, how in found:
        if getattr(row, how.column) is None:
            setattr(row, name, f"words of {name}")
    return found


def test_no_envelope_opens_in_another_place(inside: Flask) -> None:
    with db.session.no_autoflush:
        here = places()
        envelopes = [getattr(row, how.column) for row, _, how in here]
        for row, name, how in here:
            _opens(row, name, how)
        opened = [
            f"{type(there).__name__}.{name} of another place"
            for (_, envelope), (there, name, how) in _moves(list(zip(here, envelopes, strict=True)))
            if _opens_moved(there, name, how, envelope)
        ]
    assert opened == []


def _moves(kept: list[tuple[tuple[Any, str, Sealed], bytes]]) -> Any:
    return (((place, envelope), other) for (place, envelope), (other, _) in permutations(kept, 2))


def _opens(row: Any, name: str, how: Sealed) -> None:
    """In its own place it opens, or holds a fact of another shape: the seal is not in the way."""
    try:
        getattr(row, name)
    except Unopenable:
        pytest.fail(f"{type(row).__name__}.{name} does not open in its own place")
    except Exception as other:
        assert type(other).__name__ == "Unreadable"


def _opens_moved(row: Any, name: str, how: Sealed, envelope: bytes) -> bool:
    own = getattr(row, how.column)
    setattr(row, how.column, envelope)
    try:
        getattr(row, name)
    except Unopenable:
        return False
    except Exception:
        return True  # opened, and only then refused for its shape
    finally:
        setattr(row, how.column, own)
    return True


def test_a_group_of_values_opens_in_its_item_alone(inside: Flask) -> None:
    groups = list(db.session.scalars(select(ItemGroup).join(Item).where(Item.case_id == known("case.wren"))))
    one = groups[0]
    scope = value_scope(one.item)
    assert open_group(one.item_id, one.group, one.values_, scope)
    same_key = [other for other in groups if value_scope(other.item) == scope and other is not one]
    assert len(same_key) > 5
    for other in same_key:
        with pytest.raises(Unopenable):
            open_group(other.item_id, other.group, one.values_, scope)
    another = next(value_scope(other.item) for other in groups if value_scope(other.item) != scope)
    with pytest.raises(Unopenable):
        open_group(one.item_id, one.group, one.values_, another)


def test_a_wrapped_key_is_no_other_key(inside: Flask) -> None:
    masters = inside.extensions["mdt.settings"].masters
    county = agencies.id_of("county")
    names = [f"youth:{known('youth.wren')}:{county}", f"youth:{known('youth.juno')}:{county}"]
    one, other = (db.session.get_one(StoredKey, name) for name in names)
    one.wrapped, other.wrapped = other.wrapped, one.wrapped
    with db.session.no_autoflush, pytest.raises(Unopenable):
        db.session.flush()
        Keys(masters).of((county, known("youth.wren")))


def test_a_destroyed_key_opens_nothing_and_is_not_made_anew(inside: Flask) -> None:
    county = agencies.id_of("county")
    row = db.session.get_one(StoredKey, f"youth:{known('youth.wren')}:{county}")
    row.wrapped, row.destroyed_at = None, now()
    db.session.flush()
    with pytest.raises(Unopenable):
        Keys(inside.extensions["mdt.settings"].masters).of((county, known("youth.wren")))


def test_an_entry_of_the_ledger_says_nothing_under_another_number(inside: Flask) -> None:
    ledger.write("a.test", None, None, {})
    ledger.write("a.test", None, None, {})
    one, other = db.session.scalars(select(Entry).order_by(Entry.seq.desc()).limit(2))
    assert ledger.body(one.id, one.body_)["event"] == "a.test"
    with pytest.raises(Unopenable):
        ledger.body(other.id, one.body_)


def test_a_piece_of_an_upload_opens_in_its_place_alone(inside: Flask) -> None:
    county = agencies.id_of("county")
    uploads = [Upload(agency_id=county, user_id=people.id_of("casey"), state="x", expires_at=now()) for _ in range(2)]
    db.session.add_all(uploads)
    db.session.flush()
    first, second = (upload.id for upload in uploads)
    for upload_id in (first, second):
        storing.keep(upload_id, county, 0, [f"piece {n} of {upload_id}".encode() for n in range(2)])
    assert next(storing.file(first, county)) == f"piece 0 of {first}".encode()
    moved = db.session.get_one(UploadChunk, (second, 0)).bytes_
    for spot in ((first, 0), (second, 1)):
        chunk = db.session.get_one(UploadChunk, spot)
        chunk.bytes_, kept = moved, chunk.bytes_
        db.session.flush()
        with pytest.raises(Unopenable):
            list(storing.file(spot[0], county))
        chunk.bytes_ = kept
        db.session.flush()


def test_every_sealed_column_was_moved(inside: Flask) -> None:
    """A new sealed column is to be tried here too."""
    itself = {str(getattr(cls, how.column).property.columns[0]) for cls, _, how in described()}
    assert itself | {"item_groups.values", "keys.wrapped", "ledger_entries.body", "upload_chunks.bytes"} == SEALED
    kinds = {type(row) for row, _, _ in places()}
    assert {cls for cls, _, _ in described() if cls not in kinds} - {_sign_in()} == set()
    db.session.rollback()


def _sign_in() -> type:
    """Sign-ins are tried by way of their cookie: tests/http/test_doors_sessions.py."""
    from mdt.models import SignIn

    return SignIn


def test_the_owner_of_a_key_is_part_of_the_place(inside: Flask) -> None:
    """The advocate's words under the county's key, and the other way round."""
    item = db.session.scalar(select(Item).where(Item.source_id == agencies.id_of("opendoor")).limit(1))
    assert item is not None
    group = item.groups[0]
    with pytest.raises(Unopenable):
        open_group(item.id, group.group, group.values_, (agencies.id_of("county"), item.case.youth_id))
    with pytest.raises(Unopenable):
        open_group(new_id(), group.group, group.values_, value_scope(item))
