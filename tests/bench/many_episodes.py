"""A county in which young people were missing very many times: one in ten of the reports is still open.

A thousand cases, their supervisor on all of them; the episodes are shared out among them. They are sealed one by one
and inserted table by table, and kept under `instance/bench/` for the next time, as long as the schema and this file
are as they were.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from mdt import create_app
from mdt.models import Case, Ended, Episode, EpisodeWords, Heed, Report, ReportWords, begin_writing, db, new_id, now
from mdt.models.codec import dump
from mdt.models.sealing import keys
from mdt.operations import schema
from mdt.operations.demo import agencies, county, people
from tests.bench import many_cases
from tests.bench.figures import PROJECT
from tests.bench.many_cases import TABLES, Rows, _one, _sealed

CASES, AT_ONCE, OPEN_ONE_IN = 1000, 5000, 10
LEAD, WORKER = agencies.id_of("county"), people.id_of("dee")
READER = people.id_of("casey")
HOURS = 24
KINDS = ("law_enforcement", "ncmec")


def folder_of(episodes: int) -> Path:
    """An instance folder with this many episodes: the one of the last time, or a new one."""
    folder = PROJECT / "instance" / "bench" / f"episodes-{episodes}"
    stamp = folder / "stamp"
    if not stamp.exists() or stamp.read_text() != _stamp():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        print(f"Writing {episodes:,} invented episodes; they are kept for the next time …", flush=True)
        env = os.environ | {"MDT_DEMO": "1", "MDT_INSTANCE": str(folder)}
        order = [sys.executable, "-m", "tests.bench.many_episodes", str(episodes)]
        subprocess.run(order, cwd=PROJECT, env=env, check=True)
        stamp.write_text(_stamp())
    return folder


def _stamp() -> str:
    return many_cases._stamp() + str(len(Path(__file__).read_bytes()))


def write(episodes: int) -> None:
    """Write the county, its cases and these episodes into an empty database, an hour apart."""
    schema.upgrade()
    county.found(lambda _words: None)
    at = now()
    begin_writing()
    rows: Rows = {noun: [] for noun in TABLES}
    for number in range(CASES):
        _one(rows, LEAD, number, at - timedelta(minutes=number))
    for noun in TABLES:
        db.session.connection().execute(insert(noun.__table__), rows[noun])
    db.session.commit()
    cases = list(db.session.execute(select(Case.id, Case.youth_id).limit(CASES)))
    held = keys().found(LEAD, [one.youth_id for one in cases])
    for first in range(0, episodes, AT_ONCE):
        made: Rows = {Episode: [], Report: [], Heed: []}
        for number in range(first, min(first + AT_ONCE, episodes)):
            case = cases[number % CASES]
            _episode(made, held[case.youth_id], case.id, number, at - timedelta(hours=number / 4))
        begin_writing()
        for noun, values in made.items():
            if values:
                db.session.connection().execute(insert(noun.__table__), values)
        db.session.commit()


def _episode(made: Rows, key: Any, case_id: str, number: int, received: datetime) -> None:
    episode, is_open = new_id(), number % OPEN_ONE_IN == 0
    mine = {"case_id": case_id, "agency_id": LEAD, "made_at": received, "made_by": WORKER}
    back = None if is_open else received + timedelta(hours=30)
    made[Episode].append(mine | {
        "id": episode, "kind": "left", "since": received, "received_at": received, "recovered_at": back,
        "debriefed_at": back, "worker_id": WORKER, "item_id": new_id(),
        "words": _sealed(key, dump(EpisodeWords(noticed_by="A neighbor")), Episode, episode, "words_"),
    })  # fmt: skip
    for kind in KINDS:
        report, due = new_id(), received + timedelta(hours=HOURS)
        done = None if is_open else received + timedelta(hours=number % 20 + 1)
        made[Report].append(mine | {
            "id": report, "episode_id": episode, "kind": kind, "started_at": received, "due_at": due,
            "wants_at": due if is_open else None, "done_at": done, "done_by": None if is_open else WORKER,
            "ended": None if is_open else Ended.MADE,
            "words": _sealed(key, dump(ReportWords(number="1399201")), Report, report, "words_"),
        })  # fmt: skip
        if is_open:
            heed = {"user_id": WORKER, "report_id": report, "since": received, "wants_at": due}
            made[Heed].append({"id": new_id()} | heed)


if __name__ == "__main__":
    with create_app().app_context():
        write(int(sys.argv[1]))
