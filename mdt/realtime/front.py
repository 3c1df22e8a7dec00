"""The front of the channel: who knocks at /socket.io is asked for their sign-in before anything else.

Websocket only; the origin is the page's own host; frames are small and few. What is not let in is closed
before python-socketio hears of it; what is let in and then does not ask to take part is closed after five seconds.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from mdt.settings import Settings
from mdt.web.headers import ALWAYS
from mdt.web.sign_ins import Me

Scope = dict[str, Any]
Asgi = Callable[[Scope, Any, Any], Awaitable[None]]
PATH = "/socket.io"
WHO = "mdt.me"
TAKES_PART = "mdt.takes_part"
"""In the scope of a websocket for as long as the channel has it."""
AT_MOST = 50
"""Websockets of one sign-in."""
MANY = 5000
"""Allowances, beyond which those that are as new are forgotten."""
HANDSHAKE_SECONDS = 5.0
BURST, A_SECOND = 300.0, 8.0
"""Frames and knocks of one sign-in: so many at once, and so many a second from then on."""
WORDS = frozenset("123456")
"""What a frame of a page begins with: the kinds of Engine.IO's packets, but for the server's own."""
OVER = {"type": "websocket.disconnect", "code": 1008}


class Allowance:
    """What one sign-in may still say. It fills up again."""

    def __init__(self) -> None:
        self._left, self._at = BURST, time.monotonic()
        self.held = 0
        """Websockets that spend from it."""

    def spend(self) -> bool:
        """Take one from it; False if nothing is left."""
        at = time.monotonic()
        self._left = min(BURST, self._left + (at - self._at) * A_SECOND) - 1
        self._at = at
        if self._left < 0:
            self._left = 0
            return False
        return True

    @property
    def is_as_new(self) -> bool:
        return not self.held and self._left + (time.monotonic() - self._at) * A_SECOND >= BURST


class Front:
    """ASGI: the channel for those who are signed in, everything else to the pages."""

    def __init__(
        self, channel: Asgi, pages: Asgi, find: Callable[[str], Awaitable[Me | None]], cookie: str, settings: Settings
    ) -> None:
        self.channel, self.pages, self.find, self.cookie, self.settings = channel, pages, find, cookie, settings
        self.open: Counter[str] = Counter()
        self._allowances: dict[bytes, Allowance] = {}

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return await self.channel(scope, receive, send)
        if not scope["path"].startswith(PATH):
            return await self.pages(scope, receive, send)
        token = self._token(scope)
        allowance = self._allowance(token) if token else None
        me = await self._found(token) if token and allowance and allowance.spend() else None
        if me is None or allowance is None or self.open[me.sign_in or ""] >= AT_MOST:
            return await _close(scope, send)
        await self._hold(me, scope | {WHO: me}, allowance, receive, send)

    async def _hold(self, me: Me, scope: Scope, allowance: Allowance, receive: Any, send: Any) -> None:
        """Count the websocket for as long as it is open, and what is said over it."""
        sign_in, heard = me.sign_in or "", _Heard(receive, scope, allowance)
        self.open[sign_in] += 1
        allowance.held += 1
        try:
            await self.channel(scope, heard.receive, send)
        finally:
            allowance.held -= 1
            self.open[sign_in] -= 1
            if not self.open[sign_in]:
                del self.open[sign_in]

    def _allowance(self, token: str) -> Allowance:
        """Of whoever knocks with this, before anybody has asked whether it is a sign-in at all. What opens a sign-in is
        not kept for it."""
        if len(self._allowances) > MANY:
            self._allowances = {one: kept for one, kept in self._allowances.items() if not kept.is_as_new}
        return self._allowances.setdefault(hashlib.sha256(token.encode()).digest(), Allowance())

    def _token(self, scope: Scope) -> str | None:
        """What whoever knocks says they are signed in by, if they come from a page of ours."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            ours = scope["type"] == "websocket" and self._from_here(headers)
            return _cookie(headers.get("cookie", ""), self.cookie) if ours else None
        except Exception:
            return None

    async def _found(self, token: str) -> Me | None:
        """Who is signed in by this; whatever goes wrong refuses."""
        try:
            return await self.find(token)
        except Exception:
            return None

    def _from_here(self, headers: dict[str, str]) -> bool:
        """The page that opens the channel is one of this host's, and the host is one of ours."""
        host, origin = headers.get("host", ""), headers.get("origin", "")
        if self.settings.production and origin not in self.settings.origins:
            return False
        return bool(host) and urlsplit(origin).netloc == host and self._is_ours(host)

    def _is_ours(self, host: str) -> bool:
        name = urlsplit(f"//{host}").hostname or ""
        return any(name == one or (one.startswith(".") and name.endswith(one)) for one in self.settings.hosts)


class _Heard:
    """What comes over one websocket: text, within the allowance, from somebody who takes part."""

    def __init__(self, receive: Any, scope: Scope, allowance: Allowance) -> None:
        self._receive, self._scope, self._allowance = receive, scope, allowance
        self._until = time.monotonic() + HANDSHAKE_SECONDS

    async def receive(self) -> dict[str, Any]:
        message: dict[str, Any] = await (self._receive() if TAKES_PART in self._scope else self._in_time())
        if message["type"] == "websocket.receive" and not self._may_say(message.get("text") or ""):
            return OVER
        return message

    def _may_say(self, text: str) -> bool:
        """Rubbish is not for the libraries behind, which would write each of it down at length."""
        return text[:1] in WORDS and self._allowance.spend()

    async def _in_time(self) -> dict[str, Any]:
        try:
            return await asyncio.wait_for(self._receive(), max(0.0, self._until - time.monotonic()))
        except TimeoutError:  # it may have been let in while this was waited for
            return await self._receive() if TAKES_PART in self._scope else OVER


def _cookie(header: str, name: str) -> str | None:
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return None
    return found.value if found and len(found.value) < 100 else None


async def _close(scope: Scope, send: Any) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = ALWAYS | {"Content-Type": "text/plain", "Cache-Control": "no-store"}
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 404, "headers": raw})
    await send({"type": "http.response.body", "body": b"There is nothing here for you."})
