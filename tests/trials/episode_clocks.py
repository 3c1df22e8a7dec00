"""`E.clocks_`: every mark of every clock speaks once, within a minute of its time or of the restart after an outage.

The county of a hundred thousand episodes (`tests.bench.many_episodes`), copied. While nothing serves it, the marks of
two thousand reports come due: an outage over a weekend. Then two processes serve the same database at once, as
`flask serve` starts them, and both make rounds; a thousand more marks come due while they do. What is looked at is the
ledger: which mark of which report was passed, when, and how often.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import delete, insert, select

from mdt import create_app
from mdt.models import Deadline, Entry, Heed, Report, begin_writing, db, new_id, now
from mdt.operations import ledger
from mdt.settings import Settings
from tests.bench import many_episodes
from tests.bench.figures import Figure
from tests.bench.serving import served

MISSED, COMING = 2000, 1000
OVER = timedelta(seconds=30)
"""The marks that come due while the processes run come within so long."""
STARTING = timedelta(seconds=25)
"""Until the first of them comes: what was missed is passed meanwhile."""
AT_MOST = timedelta(minutes=5)
HOURS = 24


def measure() -> Iterator[Figure]:
    """How long after the restart the last missed mark spoke; how late the latest of those in time; what spoke twice."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "county"
        shutil.copytree(many_episodes.folder_of(100_000), copy)
        env = {"MDT_DEMO": "1", "MDT_INSTANCE": str(copy)}
        app = create_app(Settings.read(env))
        with app.app_context():
            missed, coming = _wind_up()
        with ExitStack() as both:
            began = now()
            for number in range(2):
                both.enter_context(served(env, copy / f"log-{number}"))
            up = now()
            _wait(app)
        passed = _passed(app, began)
    yield from _figures(passed, missed, coming, up)


def _wind_up() -> tuple[dict[str, datetime], dict[str, datetime]]:
    """Clocks for reports that are open: half of their time was over some time ago, or will be soon. By report, when."""
    wanted = select(Report.id, Report.case_id).where(Report.wants_at.is_not(None)).limit(MISSED + COMING)
    reports = list(db.session.execute(wanted))
    start, rows, times = now(), [], {}
    for number, one in enumerate(reports):
        ago = timedelta(hours=11 * (number + 1) / MISSED)
        ahead = STARTING + OVER * (number - MISSED) / COMING
        mark = start - ago if number < MISSED else start + ahead
        begun = mark - timedelta(hours=HOURS / 2)
        times[one.id] = mark
        rows.append({
            "id": new_id(), "case_id": one.case_id, "kind": "missing.report", "subject_id": one.id, "version": 1,
            "started_at": begun, "due_at": begun + timedelta(hours=HOURS), "next_at": mark, "percent": 0,
        })  # fmt: skip
    begin_writing()
    for noun in (Heed, Deadline):
        db.session.execute(delete(noun))
    db.session.execute(insert(Deadline.__table__), rows)
    db.session.commit()
    ids = list(times)
    return {one: times[one] for one in ids[:MISSED]}, {one: times[one] for one in ids[MISSED:]}


def _wait(app: Flask) -> None:
    """Until each of them has spoken, or far too long."""
    end = time.monotonic() + AT_MOST.total_seconds()
    silent = select(Deadline.id).where(Deadline.kind == "missing.report", Deadline.percent == 0).limit(1)
    with app.app_context():
        while time.monotonic() < end and db.session.scalar(silent):
            db.session.rollback()
            time.sleep(1)


def _passed(app: Flask, began: datetime) -> list[dict[str, Any]]:
    """What the ledger says was passed."""
    with app.app_context():
        rows = db.session.execute(
            select(Entry.id, Entry.body_).where(Entry.event == "deadline.passed", Entry.at >= began)
        )
        bodies = [ledger.body(row.id, row.body_) for row in rows]
    return [one for one in bodies if one["kind"] == "missing.report"]


def _figures(
    passed: list[dict[str, Any]], missed: dict[str, datetime], coming: dict[str, datetime], up: datetime
) -> Iterator[Figure]:
    spoke: dict[str, datetime] = {}
    for one in passed:
        at = datetime.fromisoformat(str(one["at"]))
        spoke[one["subject"]] = min(at, spoke.get(one["subject"], at))
    after = [(spoke[one] - up).total_seconds() for one in missed if one in spoke]
    late = [(spoke[one] - mark).total_seconds() for one, mark in coming.items() if one in spoke]
    silent = [one for one in (*missed, *coming) if one not in spoke]
    twice = [one for one, often in Counter((one["subject"], one["percent"]) for one in passed).items() if often > 1]
    how = f"SQLite, 100,000 episodes, two processes making rounds; {len(missed):,} marks missed, {len(coming):,} coming"
    yield Figure("E.clocks_after_outage_s", round(max(after, default=1e9), 1), "s", "<= 60", how)
    yield Figure("E.clocks_late_s", round(max(late, default=1e9), 1), "s", "<= 60", how)
    yield Figure("E.clocks_silent", len(silent), "marks", "<= 0", how)
    yield Figure("E.clocks_twice", len(twice), "marks", "<= 0", how)
