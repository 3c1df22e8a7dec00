"""Where an upload lies while it waits: sealed, in pieces, under the agency's own key.

Pieces from 0 upwards are the file as it arrived; those below 0 are the plan made from it, a page of
rows each. They lie in the database and not in files beside it: an upload then ends with its row, is
found from every process, and is as durable as what is made from it. Sixteen pieces a commit cost
about 10 ms a MiB on SQLite, twice what plain files cost, and never hold other writers up for long.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import delete, func, insert, select

from mdt.models import UploadChunk, begin_writing, db
from mdt.models.sealing import keys
from mdt.vault.seal import DataKey, Place, open_value, seal, seal_value, unseal

CHUNK = 64 * 1024 - 1
"""Bytes of a piece: with the one byte that padding needs, exactly 64 KiB."""
AT_ONCE = 16
"""Pieces written, or removed, in one transaction."""
Page = list[dict[str, Any]]


def pieces(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of one length, holding no more than a piece and a block."""
    held = bytearray()
    for block in blocks:
        held += block
        while len(held) >= CHUNK:
            yield bytes(held[:CHUNK])
            del held[:CHUNK]
    if held:
        yield bytes(held)


def keep(upload_id: str, agency_id: str, first: int, parts: Iterable[bytes]) -> int:
    """Write pieces of the file, from this number on, in the transaction at hand; how many."""
    key = keys().of((agency_id, None))
    rows = [
        _row(upload_id, number, seal(key, part, _place(upload_id, number)))
        for number, part in enumerate(parts, first)
    ]
    db.session.execute(insert(UploadChunk), rows)
    return len(rows)


def file(upload_id: str, agency_id: str) -> Iterator[bytes]:
    """The file as it arrived, a piece at a time."""
    key, number = keys().of((agency_id, None)), 0
    while (envelope := _envelope(upload_id, number)) is not None:
        yield unseal(key, envelope, _place(upload_id, number))
        number += 1


def size(upload_id: str) -> int:
    """How many pieces the file has."""
    wanted = select(func.count()).where(UploadChunk.upload_id == upload_id, UploadChunk.number >= 0)
    return db.session.scalar(wanted) or 0


def keep_pages(upload_id: str, agency_id: str, pages: Iterable[tuple[int, Page]]) -> None:
    """Write pages of the plan, in the transaction at hand, in place of what stood there."""
    key, pages = keys().of((agency_id, None)), list(pages)
    numbers = [_number(page) for page, _ in pages]
    db.session.execute(delete(UploadChunk).where(UploadChunk.upload_id == upload_id, UploadChunk.number.in_(numbers)))
    db.session.execute(insert(UploadChunk), [_sealed(upload_id, key, page, rows) for page, rows in pages])


def pages(upload_id: str, agency_id: str, numbers: Iterable[int]) -> dict[int, Page]:
    """These pages of the plan; what is not there is left out."""
    key, wanted = keys().of((agency_id, None)), {_number(page): page for page in numbers}
    found = select(UploadChunk.number, UploadChunk.bytes_.label("envelope")).where(
        UploadChunk.upload_id == upload_id, UploadChunk.number.in_(wanted)
    )
    return {wanted[row.number]: _opened(upload_id, key, row) for row in db.session.execute(found)}


def forget_file(upload_id: str) -> None:
    """Remove the file, and keep the plan. Commits as it goes."""
    _remove(upload_id, UploadChunk.number >= 0)


def forget(upload_id: str) -> None:
    """Remove the file and the plan. Commits as it goes, so that nobody waits long."""
    _remove(upload_id, UploadChunk.number.is_not(None))


def _remove(upload_id: str, which: Any) -> None:
    """The last pieces first: what is left is then still the beginning of a file."""
    wanted = select(UploadChunk.number).where(UploadChunk.upload_id == upload_id, which)
    numbers = iter(db.session.scalars(wanted.order_by(UploadChunk.number.desc())).all())
    while some := list(islice(numbers, AT_ONCE)):
        begin_writing()
        db.session.execute(delete(UploadChunk).where(UploadChunk.upload_id == upload_id, UploadChunk.number.in_(some)))
        db.session.commit()


def _number(page: int) -> int:
    return -1 - page


def _place(upload_id: str, number: int) -> Place:
    return Place(UploadChunk.__tablename__, upload_id, str(number))


def _row(upload_id: str, number: int, envelope: bytes) -> dict[str, Any]:
    return {"upload_id": upload_id, "number": number, "bytes_": envelope}


def _sealed(upload_id: str, key: DataKey, page: int, rows: Page) -> dict[str, Any]:
    number = _number(page)
    return _row(upload_id, number, seal_value(key, rows, _place(upload_id, number)))  # type: ignore[arg-type]


def _opened(upload_id: str, key: DataKey, row: Any) -> Page:
    rows = open_value(key, row.envelope, _place(upload_id, row.number))
    assert isinstance(rows, list)
    return rows  # type: ignore[return-value]


def _envelope(upload_id: str, number: int) -> bytes | None:
    wanted = select(UploadChunk.bytes_).where(UploadChunk.upload_id == upload_id, UploadChunk.number == number)
    return db.session.scalar(wanted)
