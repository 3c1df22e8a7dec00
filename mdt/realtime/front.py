"""The front of the channel: who knocks at /socket.io is asked for their sign-in before anything else.

Websocket only; the origin is the page's own host; frames are small. What is not let in is closed
before python-socketio hears of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from mdt.web.sign_ins import Me

Scope = dict[str, Any]
Asgi = Callable[[Scope, Any, Any], Awaitable[None]]
PATH = "/socket.io"
WHO = "mdt.me"


class Front:
    """ASGI: the channel for those who are signed in, everything else to the pages."""

    def __init__(self, channel: Asgi, pages: Asgi, find: Callable[[str], Awaitable[Me | None]], cookie: str, hosts: list[str]) -> None:
        self.channel, self.pages, self.find, self.cookie, self.hosts = channel, pages, find, cookie, hosts

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return await self.channel(scope, receive, send)
        if not scope["path"].startswith(PATH):
            return await self.pages(scope, receive, send)
        me = await self._let_in(scope)
        if me is None:
            return await _close(scope, send)
        await self.channel(scope | {WHO: me}, receive, send)

    async def _let_in(self, scope: Scope) -> Me | None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if scope["type"] != "websocket" or not self._from_here(headers):
            return None
        token = _cookie(headers.get("cookie", ""), self.cookie)
        try:
            return await self.find(token) if token else None
        except Exception:
            return None

    def _from_here(self, headers: dict[str, str]) -> bool:
        """The page that opens the channel is one of this host's, and the host is one of ours."""
        host = headers.get("host", "")
        return bool(host) and urlsplit(headers.get("origin", "")).netloc == host and self._is_ours(host)

    def _is_ours(self, host: str) -> bool:
        name = urlsplit(f"//{host}").hostname or ""
        return any(name == one or (one.startswith(".") and name.endswith(one)) for one in self.hosts)


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
    await send({"type": "http.response.start", "status": 404, "headers": [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]})
    await send({"type": "http.response.body", "body": b"There is nothing here for you."})
