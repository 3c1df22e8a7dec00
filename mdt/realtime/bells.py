"""The only module that emits. A bell goes to one socket, by name; an empty recipient is refused.

(python-socketio sends an `emit` with an empty or missing recipient to everybody.)
"""

from __future__ import annotations

from typing import Any

import socketio


class Everybody(Exception):
    """Something was about to be sent to no one in particular, which would reach everybody."""


class Server(socketio.AsyncServer):  # type: ignore[misc]
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


async def ring(server: Server, sid: str, topic: str) -> None:
    """This view of yours changed: read it again."""
    await server.emit("bell", {"topic": topic}, to=sid)


async def signed_out(server: Server, sid: str) -> None:
    """This sign-in has ended: cover the page."""
    await server.emit("signed_out", {}, to=sid)
