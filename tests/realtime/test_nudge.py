"""Workers nudge each other over Redis or Valkey; with it down everything still holds, a quarter second later."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from statistics import median

import pytest
import redis
from sqlalchemy import create_engine, update

from mdt.models import Case, Member, new_id
from mdt.operations.demo import known, people
from mdt.realtime import channel, rounds
from mdt.realtime.nudge import TOPIC, Nudge
from tests import servers

CASE = known("case.wren")
WREN = f"case:{CASE}"
BELL = ("bell", {"topic": WREN})


class Ears:
    """When one heard."""

    def __init__(self) -> None:
        self.at: list[float] = []

    def __call__(self) -> None:
        self.at.append(time.monotonic())


async def _until(true: Callable[[], bool], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "not in time"
        await asyncio.sleep(0.002)


def test_a_nudge_reaches_the_other_worker_at_once_and_not_oneself(redis_url):
    async def tried() -> list[float]:
        mine, theirs = Ears(), Ears()
        one, other = Nudge(redis_url, mine), Nudge(redis_url, theirs)
        listening = [asyncio.create_task(each.listen()) for each in (one, other)]
        await _until(lambda: bool(mine.at and theirs.at))
        took = []
        for _ in range(20):
            before, heard = time.monotonic(), len(theirs.at)
            await one.tell()
            await _until(lambda heard=heard: len(theirs.at) > heard)
            took.append(theirs.at[-1] - before)
        await asyncio.sleep(0.05)
        assert len(mine.at) == 1, "only the beginning"
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
        await asyncio.gather(one.close(), other.close())
        return took

    assert median(asyncio.run(tried())) < 0.05


def test_only_the_name_of_a_worker_travels(redis_url):
    async def tried() -> bytes:
        nudge = Nudge(redis_url, lambda: None)
        with redis.Redis.from_url(redis_url) as client, client.pubsub(ignore_subscribe_messages=True) as line:
            line.psubscribe("*")
            line.get_message(timeout=1)
            await nudge.tell()
            said = None
            while said is None:
                said = line.get_message(timeout=1)
        await nudge.close()
        assert said["channel"] == TOPIC.encode()
        return bytes(said["data"])

    assert len(asyncio.run(tried())) == 36


def test_a_server_that_goes_away_and_comes_back_is_heard_again():
    async def tried() -> None:
        heard = Ears()
        with servers.valkey() as url:
            nudge = Nudge(url, heard)
            listening = asyncio.create_task(nudge.listen())
            await _until(lambda: len(heard.at) == 1)
        await nudge.tell()
        assert not listening.done()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await nudge.close()

    asyncio.run(tried())


@pytest.fixture
def nudged(app, request):
    """The application with Redis beside it."""
    url = request.getfixturevalue("redis_url")
    old = app.extensions["mdt.settings"]
    values = {name: getattr(old, name) for name in old.__dataclass_fields__}
    app.extensions["mdt.settings"] = type(old)(**values | {"redis_url": url})
    return url


def test_what_another_worker_says_makes_this_one_look_at_once(nudged, served, signed_in, page_of, monkeypatch):
    """The worker would look by itself once an hour here; the nudge alone makes it look now."""
    with page_of(signed_in("imani")) as socket:
        assert socket.watch(WREN) == {"ok": True} and socket.hear() == BELL
        monkeypatch.setattr(channel, "EVERY_SECONDS", 3600)
        monkeypatch.setattr(channel, "LEASE_SECONDS", 3600)
        monkeypatch.setattr(rounds, "EVERY_SECONDS", 3600)  # what a round does here would make it look, too
        time.sleep(1.5)  # the look that was under way is over, and the round
        put_out_by_another_process(served)
        assert socket.hear(0.6) is None
        with redis.Redis.from_url(nudged) as client:
            client.publish(TOPIC, new_id())
            assert socket.hear(1) == BELL


def test_an_act_here_tells_the_others(nudged, served, signed_in):
    with redis.Redis.from_url(nudged) as client, client.pubsub(ignore_subscribe_messages=True) as line:
        line.subscribe(TOPIC)
        line.get_message(timeout=1)
        casey = signed_in("casey")
        casey.get(f"/cases/{CASE}/update")
        note = {"category": "PLAN", "note": "A word.", "key": new_id()}
        assert casey.send(f"/cases/{CASE}/update", **note).status_code == 303
        assert line.get_message(timeout=2) is not None


def put_out_by_another_process(served):
    elsewhere = create_engine(served.app.config["SQLALCHEMY_DATABASE_URI"])
    with elsewhere.begin() as connection:
        hers = update(Member).where(Member.user_id == people.id_of("imani"), Member.case_id == CASE)
        connection.execute(hers.values(standing="ended", until=Member.since))
        connection.execute(update(Case).where(Case.id == CASE).values(epoch=Case.epoch + 1, pulse=Case.pulse + 1))
    elsewhere.dispose()
