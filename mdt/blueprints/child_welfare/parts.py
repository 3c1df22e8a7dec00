"""A form with files in it, taken apart while it arrives.

A file is handed on block by block and is never whole anywhere: neither in memory nor, in the clear,
in a temporary file. That it comes in time is seen to before it comes here (`realtime.bodies`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Request
from werkzeug.exceptions import BadRequest, ClientDisconnected
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

BLOCK = 64 * 1024
MOST_PARTS = 8


@dataclass(frozen=True, slots=True)
class Part:
    """One field of the form, or one file. Its blocks are read once, before the next part is asked for.

    `chosen`: a browser sends a file field for which nothing was chosen with an empty file name.
    """

    name: str
    chosen: bool
    blocks: Iterator[bytes]

    def whole(self, at_most: int) -> bytes:
        """A small part, as a whole; its beginning and one byte more, if it is larger than that."""
        held = b""
        for block in self.blocks:
            held += block
            if len(held) > at_most:
                break
        return held[:at_most + 1]


def parts(request: Request) -> Iterator[Part]:
    """The parts of a form in the order in which they were sent; BadRequest if it is none, or breaks off."""
    kind, options = parse_options_header(request.content_type or "")
    boundary = options.get("boundary", "")
    if kind != "multipart/form-data" or not boundary.isascii() or not boundary:
        raise BadRequest
    decoder = MultipartDecoder(boundary.encode(), 4 * BLOCK, max_parts=MOST_PARTS)
    events = _events(decoder, request.stream)
    for event in events:
        if isinstance(event, Field | File):
            blocks = _blocks(events)
            yield Part(event.name or "", isinstance(event, File) and bool(event.filename), blocks)
            for _ in blocks:
                pass


def _events(decoder: MultipartDecoder, stream: Any) -> Iterator[Event]:
    try:
        while not isinstance(event := decoder.next_event(), Epilogue):
            if isinstance(event, NeedData):
                decoder.receive_data(stream.read(BLOCK) or None)
            else:
                yield event
    except ValueError:
        raise ClientDisconnected from None


def _blocks(events: Iterator[Event]) -> Iterator[bytes]:
    for event in events:
        if isinstance(event, Data):
            if event.data:
                yield event.data
            if not event.more_data:
                return
