"""`A.import_rows_per_s`: a caseload of 100,000 rows, from its confirmation to its last row.

The file is an invented caseload (`flask demo caseload`), handed over in blocks as a request would; it is
sealed, read into a plan, and brought in by the background thread of one process, over a database on a real
disk (SQLite with synchronous=FULL; PostgreSQL with fsync on). Memory is the most that process held from
the first byte to the last row. Checked each time: every row was brought in, and nothing is left half done.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests import servers
from tests.bench.figures import PROJECT, Figure

YOUTH = 37_500
"""Young people in the file: about 100,000 rows."""
FOLDER = PROJECT / "instance" / "bench-import"


def measure() -> Iterator[Figure]:
    """Rows a second and memory on SQLite, then rows a second on PostgreSQL."""
    found = _in_a_process()
    how = f"SQLite, {found['rows']:,} rows of {found['youth']:,} young people, one process"
    yield Figure("A.import_rows_per_s", found["rows"] / found["imported"], "rows/s", ">= 3000", how)
    cpu = found["rows"] / found["cpu"]
    yield Figure("A.import_rows_per_cpu_s", cpu, "rows/s", None, f"{how}: by a second of processor, not of clock")
    yield Figure("A.import_read_rows_per_s", found["rows"] / found["read"], "rows/s", None, f"{how}: the preview")
    yield Figure("A.import_peak_mb", found["peak"], "MB", "<= 250", f"{how}: the most it held")
    yield Figure("A.import_added_mb", found["peak"] - found["before"], "MB", None, f"{how}: beyond what it held before")
    with servers.postgres(settings=("max_connections=50",)) as postgres:
        found = _in_a_process(DATABASE_URL=postgres.fresh())
    how = f"PostgreSQL, {found['rows']:,} rows, one process"
    yield Figure("A.import_rows_per_s.postgresql", found["rows"] / found["imported"], "rows/s", None, how)


def _in_a_process(**env: str) -> dict[str, Any]:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    try:
        demo = {"MDT_DEMO": "1", "MDT_INSTANCE": str(FOLDER)}
        order = [sys.executable, "-m", "tests.bench.import_rows"]
        done = subprocess.run(order, cwd=PROJECT, env=os.environ | demo | env, check=True, stdout=subprocess.PIPE)
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _measured() -> dict[str, Any]:
    """In a process of its own: bring in the file, and say what it took."""
    from mdt import create_app
    from mdt.models import begin_writing, db
    from mdt.operations import schema
    from mdt.operations.importing import uploads, working
    from mdt.web.sign_ins import find_me

    app = create_app()
    with app.app_context():
        schema.upgrade()
        me = find_me(_somebody())
        assert me
        before, at = _held_from_now(), time.perf_counter()
        upload_id = uploads.receive(_blocks(), by=me)
        received = time.perf_counter()
        working.wait(upload_id, 3600)
        read, cpu = time.perf_counter(), time.process_time()
        begin_writing()
        uploads.confirm(me, upload_id)
        working.wait(upload_id, 3600)
        done, cpu = time.perf_counter(), time.process_time() - cpu
        db.session.rollback()
        seen = uploads.look(me, upload_id)
        assert seen.state == "done" and seen.plan and seen.plan.brought == {"new": seen.rows}
        return {
            "rows": seen.rows, "youth": YOUTH, "received": received - at, "read": read - received,
            "imported": done - read, "cpu": cpu, "before": before, "peak": _held("VmHWM"),
        }


def _somebody() -> str:
    """A child-welfare agency, and somebody who works there."""
    from mdt.models import Agency, User, begin_writing, db
    from mdt.models.sealing import index_of

    begin_writing()
    agency = Agency(name="Cedar County", role="CW")
    db.session.add(agency)
    db.session.flush()
    login = "casey@cedar.example"
    user = User(agency_id=agency.id, role="CW", name="Casey", login=login, login_index=index_of("login", login))
    db.session.add(user)
    db.session.commit()
    return user.id


def _blocks() -> Iterator[bytes]:
    from mdt.operations.demo.caseload import lines

    held = bytearray()
    for line in lines(youth=YOUTH, seed=1):
        held += line.encode()
        if len(held) >= 64 * 1024:
            yield bytes(held)
            held.clear()
    yield bytes(held)


def _held_from_now() -> float:
    """The memory this process holds, in MB; from now on its peak is counted anew."""
    Path("/proc/self/clear_refs").write_text("5")
    return _held("VmRSS")


def _held(what: str) -> float:
    status = Path("/proc/self/status").read_text()
    return next(float(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith(what))


if __name__ == "__main__":
    Path(os.environ["MDT_INSTANCE"]).mkdir(parents=True, exist_ok=True)
    print(json.dumps(_measured()))
