"""Serving the whole: pages by Flask in threads, the channel beside them, in one process."""

from __future__ import annotations

import asyncio
import gc
import sys
from contextvars import Context
from typing import Any

import socketio
import uvicorn
from a2wsgi import WSGIMiddleware
from flask import Flask
from werkzeug.wsgi import FileWrapper

from mdt.realtime.bodies import Bodies
from mdt.realtime.channel import LARGEST_FRAME, Channel
from mdt.realtime.front import PATH, Front
from mdt.realtime.rounds import Rounds
from mdt.realtime.wires import Pages, Sockets
from mdt.settings import Settings
from mdt.web.sign_ins import cookie_name

SWITCH_SECONDS = 0.0005
"""For how long a thread may keep the others from Python. A tenth of what is usual: the thread that reads the
counters, and the loop, give it up at every step and would wait that long each time beside one that decides."""
COLLECT = 20_000, 20, 20
"""After how many new objects the collector looks at the youngest, and after how many of its turns at older ones. As it
is usually, 700 and 10, it goes through all that two thousand open pages hold again and again while a page is made.
"""
PIECE, PIECES = 64 * 1024, 16
"""Bytes of a file that are handed over at a time (each time a thread and the loop wait for one another), and pieces of
an answer that may wait for its reader: the largest of ours has fewer, so that its thread goes on, however slowly it is
read. A page is one."""


def application(app: Flask) -> Any:
    """The ASGI application of one worker."""
    settings: Settings = app.extensions["mdt.settings"]
    channel = app.extensions["mdt.channel"] = Channel(app)
    with app.app_context():
        cookie = cookie_name()
    rounds = Rounds(app)

    async def begin() -> None:
        sys.setswitchinterval(SWITCH_SECONDS)
        await channel.start()
        rounds.start()

    async def end() -> None:
        rounds.stop()
        await channel.stop()

    door = socketio.ASGIApp(channel.server, socketio_path=PATH, on_startup=begin, on_shutdown=end)
    threads: Any = WSGIMiddleware(_in_pieces(app), workers=settings.threads, send_queue_size=PIECES)
    pages = Bodies(threads, streams=max(1, settings.threads // 4), longest=settings.upload_seconds)
    return Front(door, pages, channel.find, cookie, settings)


def _in_pieces(app: Flask) -> Any:
    """The pages, whose files come in few pieces."""

    def call(environ: dict[str, Any], start: Any) -> Any:
        environ["wsgi.file_wrapper"] = lambda file, _size=0: FileWrapper(file, PIECE)
        return app(environ, start)

    return call


def config(app: Flask, *, port: int | None = None) -> uvicorn.Config:
    """How uvicorn is to serve it: small frames, no compression, no log of addresses."""
    settings: Settings = app.extensions["mdt.settings"]
    return uvicorn.Config(
        application(app),
        host=settings.host,
        port=settings.port if port is None else port,
        http=Pages,
        ws=Sockets,
        ws_max_size=LARGEST_FRAME,
        ws_per_message_deflate=False,
        ws_ping_interval=None,  # Engine.IO has pings of its own, twice as often
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=3,
    )


def serve(app: Flask) -> None:
    """Serve until told to stop.

    In a context of its own: `flask` runs commands inside an application context, which the threads of the
    pages would inherit. Flask then opens none for a request, and all requests would share one `g`.
    """
    gc.collect()
    gc.freeze()  # what is there from the start is there to the end: the collector need not look at it each time
    gc.set_threshold(*COLLECT)
    Context().run(asyncio.run, uvicorn.Server(config(app)).serve())
