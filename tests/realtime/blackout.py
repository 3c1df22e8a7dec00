"""A screen that reads as greedily as it can, and when the last byte of a protected value reached it.

It watches its case over the channel, covers when a bell rings or the line ends (as `static/js/live.js` does), and all
the while asks for the page anew, again and again, over several connections, with no regard for bells.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from tests.realtime.speaking import Socket, spoken


@dataclass(frozen=True, slots=True)
class Read:
    """One page that was asked for: from when to its last byte, and whether the value was on it."""

    begun: float
    ended: float
    told: bool


@dataclass
class Screen:
    """An open page of a case on which a value is protected."""

    host: str
    path: str
    cookie: str
    value: bytes
    topic: str
    socket: Socket
    cuts: int = 0
    reads: list[Read] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _lines: ExitStack = field(default_factory=ExitStack)

    def reading(self) -> None:
        """Ask for the page until it is over; a connection that is ended is opened anew."""
        line = http.client.HTTPConnection(self.host, timeout=30)
        while not self._over.is_set():
            begun = time.monotonic()
            try:
                line.request("GET", self.path, headers={"Cookie": self.cookie, "X-Live": "1"})
                told = self.value in line.getresponse().read()
                self.reads.append(Read(begun, time.monotonic(), told))
            except (OSError, http.client.HTTPException):
                line.close()
        line.close()

    def covered_after(self, commit: float, *, seconds: float = 1.0) -> float:
        """Seconds from the commit until the screen was covered: the bell, the end of the sign-in, or of the line."""
        heard = self.socket.hear(max(0.01, commit + seconds - time.monotonic()))
        assert heard or self.socket.is_cut(0.01), "the screen was not told"
        return time.monotonic() - commit

    def comes_back(self) -> None:
        """Open the channel anew if it was cut, as a page does."""
        if self.socket.is_cut(0.01):
            self._lines.close()
            self.socket = self._lines.enter_context(spoken(self.host, self.cookie))
            assert self.socket.come_in() and self.socket.watch(self.topic) and self.socket.hear(5)
            self.cuts += 1

    def last_told(self, commit: float) -> float:
        """Seconds from the commit until the last byte of a page with the value on it; 0 if there was none after."""
        return max((one.ended - commit for one in list(self.reads) if one.told), default=0.0)

    def clean(self, commit: float) -> int:
        """How many pages were asked for after the commit, and came."""
        return sum(one.begun > commit for one in list(self.reads))


@contextmanager
def screen(
    host: str, path: str, cookie: str, value: str, topic: str, *, readers: int = 2
) -> Iterator[Screen]:  # fmt: skip
    """Open it, and see the value on it."""
    with ExitStack() as lines:
        socket = lines.enter_context(spoken(host, cookie))
        assert socket.come_in()
        made = Screen(host, path, cookie, value.encode(), topic, socket, _lines=lines)
        threads = [threading.Thread(target=made.reading, daemon=True) for _ in range(readers)]
        assert socket.watch(topic) and socket.hear(5)
        for thread in threads:
            thread.start()
        until(lambda: any(one.told for one in made.reads))
        try:
            yield made
        finally:
            made._over.set()
            for thread in threads:
                thread.join(40)


def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for it; AssertionError if it does not come."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.005)
