"""A nudge between workers, over Redis or Valkey: "look at your counters now", and nothing else.

It carries the name of the worker that says it, no case and no person. The counters in the database stay
the bell: with Redis down, slow or forgetful, every worker still reads them four times a second.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from redis import asyncio as redis
from redis.exceptions import RedisError

from mdt.models import new_id

log = logging.getLogger("mdt.realtime")
TOPIC = "mdt:look"
PATIENCE_SECONDS = 0.5
"""What a nudge may take; after that it is not worth waiting for."""
FIRST_REST, LONGEST_REST = 0.25, 5.0
"""Seconds between tries to reach a server that is away."""
AWAY = (RedisError, OSError, asyncio.TimeoutError)


class Nudge:
    """This worker's place among the others. `hears` is called when another one says that something moved."""

    def __init__(self, url: str, hears: Callable[[], None]) -> None:
        self._name = new_id().encode()
        self._hears = hears
        self._client = redis.Redis.from_url(
            url, socket_connect_timeout=PATIENCE_SECONDS, socket_timeout=None, health_check_interval=10
        )

    async def tell(self) -> None:
        """Say to the others that something moved. Whoever cannot be reached sees it by themselves."""
        try:
            await asyncio.wait_for(self._client.publish(TOPIC, self._name), PATIENCE_SECONDS)
        except AWAY as wrong:
            log.info("no nudge: %s", type(wrong).__name__)

    async def listen(self) -> None:
        """Hear the others, for ever; come back whenever the line was lost."""
        rest = FIRST_REST
        while True:
            try:
                async with self._client.pubsub(ignore_subscribe_messages=True) as line:
                    await line.subscribe(TOPIC)
                    self._hears()  # whatever was said while nobody listened
                    rest = FIRST_REST
                    async for said in line.listen():
                        if said["data"] != self._name:
                            self._hears()
            except AWAY as wrong:
                log.info("no nudges: %s", type(wrong).__name__)
            await asyncio.sleep(rest)
            rest = min(rest * 2, LONGEST_REST)

    async def close(self) -> None:
        await self._client.aclose()


__all__ = ["Nudge"]
