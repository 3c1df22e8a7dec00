"""A hundred busy meetings, the server killed at a random moment of each: everything it acknowledged is there.

People write notes and decisions, type in drafts of their own and in one note together, take what they are offered,
all at once and over HTTP. Then comes the power cut, at once, wherever the server is. What was acknowledged before it
is looked for in the database: each batch of keys, each note and decision, each acceptance. It goes on where it was:
progress is in `instance/killed_meetings.json`. MEETINGS=10 runs ten.
"""

from __future__ import annotations

import json
import os
import random
import re
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from mdt import create_app
from mdt.models import Draft, Item, Task, db
from mdt.operations import ledger, schema
from mdt.operations.demo import county, known, people
from mdt.settings import Settings
from tests.bench.figures import FILE, Figure
from tests.fixtures_app import close
from tests.fixtures_served import Served, free_port

MEETINGS = 100
PROGRESS = FILE.with_name("killed_meetings.json")
CASE, MEETING = known("case.wren"), known("wren.meeting.tonight")
ROOM = f"/meetings/cases/{CASE}/{MEETING}"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
OFFERED = re.compile(r'href="/tasks/([0-9a-f-]{36})"')
WRITERS = ("casey", "ruth", "tomas", "sam")
HOW = "meetings with four busy people; the server killed in each; batches, notes, decisions and acceptances looked for"


@dataclass
class Acknowledged:
    """What the server said it had: marks of typed words, by draft; records; who took which task."""

    typed: dict[str, set[str]] = field(default_factory=dict)
    filed: set[str] = field(default_factory=set)
    taken: dict[str, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(map(len, self.typed.values())) + len(self.filed) + len(self.taken)


class Hand:
    """Somebody at the meeting."""

    def __init__(self, url: str, slug: str) -> None:
        self.slug, self.me, self.pen = slug, people.id_of(slug), str(uuid.uuid4())
        self.web = httpx.Client(base_url=url, follow_redirects=False, timeout=60)
        self.number, self.words = 0, {"": ""}
        self.own = str(uuid.uuid4())
        self.read("/people")
        assert self.send(f"/people/{self.me}").status_code == 303

    def read(self, path: str) -> str:
        words = self.web.get(path).text
        if found := TOKEN.search(words):
            self.token = found.group(1)
        return words

    def send(self, path: str, **form: str) -> httpx.Response:
        return self.web.post(path, data={"csrf_token": getattr(self, "token", "")} | form)

    def type(self, draft: str, kept: Acknowledged, *, together: bool) -> None:
        """Type one more word, known nowhere else, and send it."""
        mark, base = uuid.uuid4().hex[:12], self.words.get(draft, "")
        self.number += 1
        said = {
            "case": CASE, "subject": MEETING, "place": "note", "draft": draft, "pen": self.pen, "who": self.me,
            "number": str(self.number), "together": "y" if together else "",
            "base": json.dumps({"text": base}), "fields": json.dumps({"text": f"{base} {mark}"}),
        }  # fmt: skip
        answer = self.send("/drafts/keep", **said)
        if answer.status_code == 200 and answer.json()["state"] == "kept":
            kept.typed.setdefault(draft, set()).add(mark)
            self.words[draft] = answer.json()["fields"]["text"]

    def file(self, kept: Acknowledged) -> None:
        key = str(uuid.uuid4())
        decides = self.slug == "casey" and random.random() < 0.5
        form = {"what": f"Do {key}", "who": people.id_of("ruth")} if decides else {"text": f"Said {key}"}
        # a note goes with its writer's own draft: from here until the answer, nobody has said where those words are
        own = set() if decides else kept.typed.pop(self.own, set())
        if self.send(f"{ROOM}/{'decide' if decides else 'note'}", key=key, **form).status_code == 303:
            kept.filed.add(key)
            if not decides:
                self.words.pop(self.own, None)
                self.own = str(uuid.uuid4())
        elif own:
            kept.typed[self.own] = own

    def take(self, kept: Acknowledged) -> None:
        offered = OFFERED.findall(self.read("/"))
        if offered and self.send(f"/tasks/{offered[0]}/accept").status_code == 303:
            kept.taken[offered[0]] = self.me


def meet(served: Served) -> tuple[Acknowledged, list[str]]:
    """One meeting until its power cut: what was acknowledged, and what of it is missing."""
    hands = [Hand(served.url, slug) for slug in WRITERS]
    hands[0].read(ROOM)
    hands[0].send(f"{ROOM}/open")
    for hand in hands:
        hand.read(ROOM)
        assert hand.send(f"{ROOM}/join", acknowledged="y").status_code == 303
        hand.read("/help")
    shared, kept, over = str(uuid.uuid4()), Acknowledged(), threading.Event()
    assert hands[1].send(f"{ROOM}/together", text="", key=shared).status_code == 303
    with ThreadPoolExecutor(len(hands)) as pool:
        busy = [pool.submit(work, hand, shared, kept, over) for hand in hands]
        time.sleep(1 + 2 * random.random())
        served.kill()
        over.set()
        for one in busy:
            one.result()
    for hand in hands:
        hand.web.close()
    return kept, missing(served, kept)


def work(hand: Hand, shared: str, kept: Acknowledged, over: threading.Event) -> None:
    acts: list[Callable[[], None]] = [
        lambda: hand.type(shared, kept, together=True),
        lambda: hand.type(hand.own, kept, together=False),
        lambda: hand.file(kept),
        lambda: hand.take(kept),
    ]
    while not over.is_set():
        try:
            random.choices(acts, (5, 5, 1, 1 if hand.slug == "ruth" else 0))[0]()
        except httpx.HTTPError:
            return


def missing(served: Served, kept: Acknowledged) -> list[str]:
    """What was acknowledged and is not there."""
    app = create_app(Settings.read({"MDT_DEMO": "1", "MDT_INSTANCE": str(served.instance)}))
    with app.app_context():
        assert db.session.execute(db.text("PRAGMA integrity_check")).scalar() == "ok"
        words = {row.id: (row.words or {}).get("text", "") for row in db.session.scalars(db.select(Draft))}
        lost = [f"words {one}" for draft, all_ in kept.typed.items() for one in all_ if one not in words.get(draft, "")]
        lost += [
            f"words twice {one}" for all_ in kept.typed.values() for one in all_ for t in [words] if _twice(one, t)
        ]
        items = set(db.session.scalars(db.select(Item.id)))
        lost += [f"record {one}" for one in kept.filed - items]
        owners = {row.id: row.owner_id for row in db.session.execute(db.select(Task.id, Task.owner_id))}
        lost += [f"task {one}" for one, owner in kept.taken.items() if owners.get(one) != owner]
        ledger.submit("trial.ended", None, None, {}).settle()
        assert ledger.verify().ok
    close(app)
    return lost


def _twice(mark: str, words: dict[str, str]) -> bool:
    return sum(text.count(mark) for text in words.values()) > 1


def measure() -> Iterator[Figure]:
    """Run the meetings that are left."""
    wanted = int(os.environ.get("MEETINGS") or MEETINGS)
    done = json.loads(PROGRESS.read_text()) if PROGRESS.is_file() else {"meetings": 0, "acknowledged": 0, "lost": []}
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model"
        found(model)
        while done["meetings"] < wanted:
            served = Served(Path(folder) / f"meeting-{done['meetings']}", free_port())
            served.instance.mkdir()
            for file in model.iterdir():
                (served.instance / file.name).write_bytes(file.read_bytes())
            kept, lost = meet(served.start())
            done["meetings"] += 1
            done["acknowledged"] += kept.count
            done["lost"] += lost
            PROGRESS.parent.mkdir(parents=True, exist_ok=True)
            PROGRESS.write_text(json.dumps(done, indent=1) + "\n")
            print(*lost, f"  {done['meetings']} of {wanted}, {done['acknowledged']} acknowledged", sep="\n", flush=True)
    yield Figure("C.killed_meetings_lost", len(done["lost"]), "", "<= 0", f"{done['meetings']} {HOW}")
    yield Figure(
        "C.killed_meetings_acknowledged", done["acknowledged"], "acts", ">= 1000", "acknowledged before the kills"
    )


def found(folder: Path) -> None:
    """Found the county in this folder, to be copied."""
    folder.mkdir()
    app = create_app(Settings.read({"MDT_DEMO": "1", "MDT_INSTANCE": str(folder)}))
    with app.app_context():
        schema.upgrade()
        assert county.found(lambda _words: None)
        with db.engine.connect() as connection:
            connection.execute(db.text("PRAGMA wal_checkpoint(TRUNCATE)"))
        db.engine.dispose()
    close(app)


__all__ = ["found", "measure", "meet", "missing"]
