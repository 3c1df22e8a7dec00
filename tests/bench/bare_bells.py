"""A bare python-socketio server of the same kind: the same uvicorn, Flask in threads beside it, and nothing of ours.

Whoever connects is in the room. `/bench/change` writes a row and commits it (SQLite, WAL, synchronous=FULL, as ours
does), takes the time, and has the same small frame emitted to the room. PORT is where it serves.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

import socketio
import uvicorn
from a2wsgi import WSGIMiddleware
from flask import Flask

TOPIC = "case:00000000-0000-4000-8000-000000000000"
server = socketio.AsyncServer(
    async_mode="asgi", transports=["websocket"], ping_interval=10, ping_timeout=5, monitor_clients=False
)
app = Flask(__name__)
loop: asyncio.AbstractEventLoop | None = None
rows = sqlite3.connect(Path(sys.argv[1]) / "bare.sqlite", check_same_thread=False, isolation_level=None)
for order in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE rows (n INTEGER)"):
    rows.execute(order)


@server.event  # type: ignore[untyped-decorator]
async def connect(sid: str, _environ: Any, _auth: Any = None) -> None:
    await server.enter_room(sid, "everybody")


@app.get("/bench/change/<_of>")
def change(_of: str) -> dict[str, float]:
    """Commit something; tell the room."""
    rows.execute("INSERT INTO rows VALUES (1)")
    at = time.monotonic()
    assert loop
    asyncio.run_coroutine_threadsafe(server.emit("bell", {"topic": TOPIC}, room="everybody"), loop)
    return {"at": at}


async def begin() -> None:
    global loop
    loop = asyncio.get_running_loop()


if __name__ == "__main__":
    pages: Any = WSGIMiddleware(app, workers=12)
    whole = socketio.ASGIApp(server, pages, on_startup=begin)
    uvicorn.run(
        whole, host="127.0.0.1", port=int(os.environ["PORT"]), ws="websockets-sansio", ws_per_message_deflate=False,
        ws_ping_interval=None, access_log=False, log_level="warning",
    )  # fmt: skip
