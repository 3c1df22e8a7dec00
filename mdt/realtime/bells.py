"""The only module that emits. A bell goes to one socket, by name; an empty recipient is refused.

(python-socketio sends an `emit` with an empty or missing recipient to everybody.)
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import socketio

from mdt.realtime.wires import Sockets, text_frame


class Everybody(Exception):
    """Something was about to be sent to no one in particular, which would reach everybody."""


NotHere = socketio.exceptions.ConnectionRefusedError
"""Raised to whoever may not connect."""


class Server(socketio.AsyncServer):
    """A server that speaks to one socket at a time."""

    async def emit(
        self, event: str, data: Any = None, to: str | None = None, room: str | None = None, **options: Any
    ) -> None:
        recipient = to or room
        if not isinstance(recipient, str) or not recipient:
            raise Everybody(event)
        await super().emit(event, data, to=recipient, **options)

    async def send(self, *_args: Any, **_options: Any) -> None:
        raise Everybody("message")

    async def call(self, *_args: Any, **_options: Any) -> None:
        raise Everybody("call")


def rings(wire: Sockets | None, topic: str) -> bool:
    """This view of yours changed: read it again. Put straight onto the wire; False where that cannot be."""
    return wire is not None and wire.say(_bell(topic))


async def ring(server: Server, sid: str, topic: str) -> None:
    """The same by the queue, for a reader who is behind."""
    await server.emit("bell", {"topic": topic}, to=sid)


@lru_cache(maxsize=1024)
def _bell(topic: str) -> bytes:
    return text_frame("42" + json.dumps(["bell", {"topic": topic}], separators=(",", ":")))


async def signed_out(server: Server, sid: str) -> None:
    """This sign-in has ended: cover the page."""
    await server.emit("signed_out", {}, to=sid)
