"""What mdt uses of python-socketio 5.18, which carries no types."""

from collections.abc import Awaitable, Callable
from typing import Any

from socketio import exceptions as exceptions

class AsyncServer:
    # The manager of clients and the engine beneath are of kinds that options choose.
    manager: Any
    eio: Any
    def __init__(self, **options: Any) -> None: ...
    def on(self, event: str, handler: Callable[..., Awaitable[Any]]) -> None: ...
    async def emit(
        self, event: str, data: Any = None, to: str | None = None, room: str | None = None, **options: Any
    ) -> None: ...
    async def send(self, data: Any, to: str | None = None, room: str | None = None, **options: Any) -> None: ...
    async def call(self, event: str, data: Any = None, to: str | None = None, **options: Any) -> Any: ...
    async def disconnect(self, sid: str, namespace: str | None = None, ignore_queue: bool = False) -> None: ...

class ASGIApp:
    def __init__(
        self,
        socketio_server: AsyncServer,
        *,
        socketio_path: str = "socket.io",
        on_startup: Callable[[], Awaitable[None]] | None = None,
        on_shutdown: Callable[[], Awaitable[None]] | None = None,
    ) -> None: ...
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...
