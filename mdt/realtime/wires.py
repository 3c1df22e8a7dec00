"""The connections themselves: whoever does not speak, does not read, or only knocks on the wire, is hung up on.

uvicorn waits for ever for a request's head, for a reader that takes nothing, and answers every websocket ping
into memory. Here each of them has an end, so that a connection can hold no more than a write buffer, and not for long.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import Any, ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

HEAD_SECONDS = 10.0
"""For a request's line and headers to arrive."""
READ_SECONDS = 20.0
"""For a reader to take what fills the write buffer (64 KiB): about 3 KiB a second at the least."""
ON_THE_WIRE = 128 * 1024
"""Bytes of an answer that the machine may hold for its reader: more than a page. Left to itself it takes megabytes of
whatever is asked for, of each reader who takes nothing."""
SLOW = 48
"""Readers whose answers may wait for them at a time; beyond them, whoever has been at it longest is hung up on."""
PIECE = 1024
"""Bytes taken from a websocket at a time: at the most 170 frames are read before anybody asks whether they are too
many."""
AFTER = 1024
"""Bytes still taken from a websocket that was told that it is over; a browser sends its farewell."""
PINGS = 120
"""Websocket pings of one connection; a browser sends none."""


class Alarm:
    """Hangs up when it goes off. One is set at a time."""

    def __init__(self) -> None:
        self._set: asyncio.TimerHandle | None = None

    def set(self, transport: asyncio.Transport, seconds: float) -> None:
        self.off()
        self._set = asyncio.get_running_loop().call_later(seconds, transport.abort)

    def off(self) -> None:
        if self._set:
            self._set.cancel()
            self._set = None


class Pages(H11Protocol):
    """A connection for pages: its heads come in time, and its reader reads."""

    waiting: ClassVar[dict[Pages, None]] = {}
    """Those whose readers are behind, whoever has been so longest first."""

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self._head, self._reader = Alarm(), Alarm()
        self._upgraded = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ON_THE_WIRE)
        self._head.set(transport, HEAD_SECONDS)

    def data_received(self, data: bytes) -> None:
        before = self.cycle
        super().data_received(data)
        if self._upgraded or self.cycle is not before or not self._between():
            self._head.off()
        elif data and self._head._set is None:
            self._head.set(self.transport, HEAD_SECONDS)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._between() and self.conn.trailing_data[0]:
            self._head.set(self.transport, HEAD_SECONDS)

    def handle_websocket_upgrade(self, event: Any) -> None:
        self._upgraded = True  # from here on it is another's: an alarm of ours would hang up on a page that listens
        super().handle_websocket_upgrade(event)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reader.set(self.transport, READ_SECONDS)
        self.waiting[self] = None
        if len(self.waiting) > SLOW:
            next(iter(self.waiting)).hang_up()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._reader.off()
        self.waiting.pop(self, None)

    def hang_up(self) -> None:
        self.waiting.pop(self, None)
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.waiting.pop(self, None)
        self._head.off()
        self._reader.off()
        super().connection_lost(exc)

    def _between(self) -> bool:
        """Whether no request is under way."""
        return self.cycle is None or self.cycle.response_complete


class Sockets(WebSocketsSansIOProtocol):
    """A websocket: its reader reads, and pings stay few."""

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self._reader, self._pings, self._after = Alarm(), 0, 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        with suppress(AttributeError):  # a loop of another kind reads as it likes
            transport.max_size = PIECE  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        """Whoever goes on and on after they were told that it is over is not read to the end."""
        self._after += len(data) if self.close_sent else 0
        if self._after > AFTER:
            self.transport.abort()
        else:
            super().data_received(data)

    def say(self, frame: bytes) -> bool:
        """Put a whole frame on the wire now; False if its reader is behind, or it is closing."""
        if not self.handshake_complete or self.close_sent or self.disconnected or not self.writable.is_set():
            return False
        self.transport.write(frame)
        return True

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reader.set(self.transport, READ_SECONDS)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._reader.off()

    def handle_ping(self) -> None:
        self._pings += 1
        if self._pings > PINGS or not self.writable.is_set():
            self.transport.abort()
        else:
            super().handle_ping()

    def connection_lost(self, exc: Exception | None) -> None:
        self._reader.off()
        super().connection_lost(exc)


def text_frame(text: str) -> bytes:
    """A websocket's text frame as a server sends it: the same bytes for every reader. At most 65,535 bytes of text."""
    said = text.encode()
    head = bytes([0x81, len(said)]) if len(said) < 126 else b"\x81\x7e" + len(said).to_bytes(2, "big")
    return head + said


__all__ = ["Pages", "Sockets", "text_frame"]
