"""What the channel does beside its loop: questions to the application in threads, and work nobody waits for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from typing import Any, TypeVar

from flask import Flask

from mdt.models import db, read_only

log = logging.getLogger("mdt.realtime")
T = TypeVar("T")


class Beside:
    """Threads that ask and tasks that run. The counters have a thread of their own, so that nothing holds them up."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._asking = ThreadPoolExecutor(4, thread_name_prefix="channel")
        self._counting = ThreadPoolExecutor(1, thread_name_prefix="counters")
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, question: Callable[[], T]) -> T:
        """Ask the application something, in a thread, in a context and transaction of its own."""
        return await self._in(self._asking, question)

    async def look(self, question: Callable[[], T]) -> T:
        """The same for what only reads."""
        return await self._in(self._asking, question, reads=True)

    async def count(self, question: Callable[[], T]) -> T:
        """Ask for the counters."""
        return await self._in(self._counting, question, reads=True)

    def look_here(self, question: Callable[[], T]) -> T:
        """Look in the thread that calls this, which knows nothing there of what it does else."""
        return Context().run(self._asked, question, reads=True)

    async def _in(self, pool: ThreadPoolExecutor, question: Callable[[], T], *, reads: bool = False) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, lambda: self._asked(question, reads=reads))

    def _asked(self, question: Callable[[], T], *, reads: bool) -> T:
        with self.app.app_context():
            try:
                if reads:
                    read_only()
                return question()
            finally:
                db.session.remove()

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this beside everything else; nobody waits for it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        wrong = None if task.cancelled() else task.exception()
        if wrong:
            log.error("the channel could not finish something: %s", type(wrong).__name__)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for pool in (self._asking, self._counting):
            pool.shutdown(wait=False, cancel_futures=True)
