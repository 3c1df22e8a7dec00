"""A browser's live channel, spoken by hand: Engine.IO 4 and Socket.IO 5 in their text frames."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

PATH = "/socket.io/?EIO=4&transport=websocket"
PATIENCE = 5.0


class Socket:
    """One open websocket. `hear` gives the next event, `None` if none came in time."""

    def __init__(self, wire: ClientConnection) -> None:
        self.wire = wire
        self.heard: list[tuple[str, Any]] = []
        self.acks: dict[int, Any] = {}
        self.ended = False

    def say(self, frame: str | bytes | list[str]) -> None:
        """Send a frame; a list goes as one message in pieces."""
        try:
            self.wire.send(frame)
        except ConnectionClosed:
            self.ended = True

    def come_in(self) -> bool:
        """Ask for the namespace of the application; whether one was let in."""
        self.say("40")
        return self._until(lambda frame: frame.startswith(("40{", "44")), PATIENCE).startswith("40{")

    def tell(self, event: str, *values: Any, ack: int = 1) -> Any:
        """Send an event and wait for its answer."""
        self.acks.pop(ack, None)
        self.say(f"42{ack}" + json.dumps([event, *values]))
        self._until(lambda _frame: ack in self.acks, PATIENCE)
        return self.acks.get(ack)

    def watch(self, topic: object, tag: str = "", **more: Any) -> Any:
        return self.tell("watch", {"topic": str(topic), "tag": tag} | more)

    def hear(self, seconds: float = 1.0) -> tuple[str, Any] | None:
        """The next event within this time."""
        if not self.heard:
            self._until(lambda _frame: bool(self.heard), seconds)
        return self.heard.pop(0) if self.heard else None

    def is_cut(self, seconds: float = 1.0) -> bool:
        """Whether the server ends this socket within this time."""
        self._until(lambda _frame: self.ended, seconds)
        return self.ended

    def _until(self, found: Any, seconds: float) -> str:
        """Read frames until one is found; what comes beside it is kept."""
        end = time.monotonic() + seconds
        while not self.ended and (left := end - time.monotonic()) > 0:
            try:
                frame = self.wire.recv(timeout=left)
            except TimeoutError:
                break
            except ConnectionClosed:
                self.ended = True
                break
            assert isinstance(frame, str)
            self._take(frame)
            if found(frame):
                return frame
        return ""

    def _take(self, frame: str) -> None:
        if frame == "2":
            self.say("3")
        elif frame.startswith("43"):
            number, _, rest = frame[2:].partition("[")
            self.acks[int(number)] = json.loads(f"[{rest}")[0]
        elif frame.startswith("42"):
            name, *values = json.loads(frame[2:])
            self.heard.append((name, values[0] if values else None))


@contextmanager
def spoken(
    host: str, cookie: str | None, *, origin: str | None = "", path: str = PATH, **more: Any
) -> Iterator[Socket]:
    """A websocket to this host; `origin` is the host's own unless another, or None, is given."""
    headers = {"Cookie": cookie} if cookie else {}
    origin = f"http://{host}" if origin == "" else origin
    with connect(
        f"ws://{host}{path}",
        additional_headers=headers | more.pop("headers", {}),
        origin=origin,  # type: ignore[arg-type]
        open_timeout=PATIENCE,
        close_timeout=0.2,
        proxy=None,
        compression=None,
        user_agent_header=None,
        **more,
    ) as wire:
        yield Socket(wire)
