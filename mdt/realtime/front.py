"""The front of the channel: who knocks at /socket.io is asked for their sign-in before anything else.

Websocket only; the origin is the page's own host; frames are small. What is not let in is closed
before python-socketio hears of it.
"""

from __future__ import annotations

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
AT_MOST = 100
"""Websockets of one sign-in."""


class Front:
    """ASGI: the channel for those who are signed in, everything else to the pages."""

    def __init__(
        self, channel: Asgi, pages: Asgi, find: Callable[[str], Awaitable[Me | None]], cookie: str, settings: Settings
    ) -> None:
        self.channel, self.pages, self.find, self.cookie, self.settings = channel, pages, find, cookie, settings
        self.open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return await self.channel(scope, receive, send)
        if not scope["path"].startswith(PATH):
            return await self.pages(scope, receive, send)
        me = await self._let_in(scope)
        if me is None or self.open[me.sign_in or ""] >= AT_MOST:
            return await _close(scope, send)
        await self._hold(me.sign_in or "", self.channel(scope | {WHO: me}, receive, send))

    async def _hold(self, sign_in: str, socket: Awaitable[None]) -> None:
        """Count the websocket for as long as it is open."""
        self.open[sign_in] += 1
        try:
            await socket
        finally:
            self.open[sign_in] -= 1
            self.open += Counter()  # forgets who has none left

    async def _let_in(self, scope: Scope) -> Me | None:
        """Whoever knocks, if they are signed in and come from a page of ours; whatever goes wrong refuses."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            token = _cookie(headers.get("cookie", ""), self.cookie)
            if scope["type"] != "websocket" or not token or not self._from_here(headers):
                return None
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
