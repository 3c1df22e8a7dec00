"""The server killed in the middle of a meeting: what was acknowledged is there, nothing is half-done."""

from __future__ import annotations

import random
import re
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from mdt import create_app
from mdt.models import Item, Segment, Step, Task, db
from mdt.operations import ledger
from mdt.operations.demo import known, people
from mdt.settings import Settings
from tests.fixtures_app import close

CASE, MEETING = known("case.wren"), known("wren.meeting.tonight")
ROOM = f"/meetings/cases/{CASE}/{MEETING}"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
WRITERS = ("casey", "ruth", "tomas", "sam")
ENOUGH, PATIENCE = 10, 60.0
"""What is acknowledged, at least, before the server is killed in the midst of more; seconds to wait for that."""


class Hand:
    """Somebody at the served meeting, by plain HTTP."""

    def __init__(self, url: str, slug: str) -> None:
        self.web = httpx.Client(base_url=url, follow_redirects=False, timeout=10)
        self.token = ""
        self.read("/people")
        answer = self.send(f"/people/{people.id_of(slug)}")
        assert answer.status_code == 303, answer.text

    def read(self, path: str) -> str:
        words = self.web.get(path).text
        if found := TOKEN.search(words):
            self.token = found.group(1)
        return words

    def send(self, path: str, **form: str) -> httpx.Response:
        return self.web.post(path, data={"csrf_token": self.token} | form)


@pytest.mark.parametrize("round_", range(2))
def test_every_acknowledged_note_decision_and_acceptance_survives_a_kill(serve, round_):
    served = serve()
    hands = {slug: Hand(served.url, slug) for slug in WRITERS}
    hands["casey"].read(ROOM)
    assert hands["casey"].send(f"{ROOM}/open").status_code == 303
    for slug in WRITERS:
        hands[slug].read(ROOM)
        assert hands[slug].send(f"{ROOM}/join", acknowledged="y").status_code == 303
        hands[slug].read(ROOM)
    kept: list[str] = []
    stop = threading.Event()

    def write(slug: str) -> None:
        while not stop.is_set():
            key = str(uuid.uuid4())
            kind = (
                {"what": f"Do {key}", "who": people.id_of("ruth")}
                if slug == "casey" and random.random() < 0.3
                else {"text": f"Said {key}"}
            )
            try:
                answer = hands[slug].send(f"{ROOM}/{'decide' if 'what' in kind else 'note'}", key=key, **kind)
            except httpx.HTTPError:
                return
            if answer.status_code == 303:
                kept.append(key)

    with ThreadPoolExecutor(len(WRITERS)) as pool:
        writing = [pool.submit(write, slug) for slug in WRITERS]
        end = time.monotonic() + PATIENCE
        while len(kept) <= ENOUGH and time.monotonic() < end:
            time.sleep(0.02)
        time.sleep(1 + random.random())
        served.kill()
        stop.set()
        for one in writing:
            one.result()
    assert len(kept) > ENOUGH

    app = create_app(Settings.read({"MDT_DEMO": "1", "MDT_INSTANCE": str(served.instance)}))
    with app.app_context():
        _everything_is_whole(kept)
    close(app)
    served.start()
    again = Hand(served.url, "casey")
    assert "How Wren is" in again.read(ROOM)
    for hand in (*hands.values(), again):
        hand.web.close()


def _everything_is_whole(kept: list[str]) -> None:
    assert db.session.execute(db.text("PRAGMA integrity_check")).scalar() == "ok"
    filed = set(db.session.scalars(db.select(Item.id)))
    assert set(kept) <= filed
    said = {row.item_id: row.kind for row in db.session.scalars(db.select(Segment))}
    tasks = {row.item_id: row for row in db.session.scalars(db.select(Task))}
    for key in filed & said.keys():
        assert said[key] == "note" or (tasks[key].owner_id and tasks[key].step in (Step.HELD, Step.OFFERED))
    ledger.submit("trial.ended", None, None, {}).settle()
    assert ledger.verify().ok
