"""The work on an upload, apart from whoever asked for it: reading the file, and bringing it in.

Both go on where they stopped. Reading begins anew, since nothing depends on it yet. Bringing in
counts its steps in the very transactions that do them, so that a step is done exactly once, however
often the work is begun, and by however many processes at a time.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice
from threading import Lock, Thread
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, current_app
from sqlalchemy import select, update

from mdt.models import Agency, Upload, User, begin_writing, db, now
from mdt.models.base import rows_changed
from mdt.operations.acts import Refused, recorded
from mdt.operations.importing import reading, storing, text, writing
from mdt.operations.importing.drafting import Drafting, Plan, row_of
from mdt.operations.importing.known import Desk
from mdt.operations.importing.planning import Outcome
from mdt.operations.importing.problems import Malformed
from mdt.operations.importing.states import State
from mdt.operations.missing import returning
from mdt.operations.screening import opening
from mdt.sharing.vocabulary import Role

log = logging.getLogger("mdt.importing")
PAGE = 100
"""Rows of a page of the plan."""
PAGES_A_BATCH = 10
"""Pages brought in by one transaction, or planned before the next is written."""
BREATH = 0.005
"""Seconds between two batches, in which somebody else's act gets its turn to write."""

_running: dict[str, Thread] = {}
_lock = Lock()


def begin(upload_id: str) -> None:
    """Work on this upload in the background of this process, unless it does so already."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    with _lock:
        if upload_id not in _running:
            _running[upload_id] = Thread(target=_work, args=(app, upload_id), name="importing", daemon=True)
            _running[upload_id].start()


def is_working(upload_id: str) -> bool:
    """Whether this process works on it now."""
    return upload_id in _running


def wait(upload_id: str, seconds: float = 60) -> None:
    """Until this process has done its work on it; for tests and tools."""
    thread = _running.get(upload_id)
    if thread:
        thread.join(seconds)


def _work(app: Flask, upload_id: str) -> None:
    with app.app_context():
        try:
            work(upload_id)
        except Refused as no:
            log.warning("the work on an upload stopped: %s", no.reason)
        except Exception as wrong:
            log.error("the work on an upload stopped: %s", type(wrong).__name__)
        finally:
            with _lock:
                _running.pop(upload_id, None)


def work(upload_id: str) -> None:
    """Do what this upload's state asks for, to its end."""
    upload = db.session.get(Upload, upload_id, populate_existing=True)
    if upload and upload.state == State.READING:
        _read(upload)
    elif upload and upload.state == State.IMPORTING:
        while _bring_in_a_batch(upload_id):
            time.sleep(BREATH)


def desk_of(upload: Upload) -> Desk:
    """Whose desk this lies on. Refused if they act for this agency no more."""
    user, agency = db.session.get(User, upload.user_id), db.session.get(Agency, upload.agency_id)
    assert user is not None and agency is not None
    if not user.active or user.role != Role.CW or user.agency_id != upload.agency_id:
        raise Refused("This file was brought by somebody who is no longer here.", reason="nobody_there")
    return Desk(agency.id, ZoneInfo(agency.timezone), user.fact, now(), agency.profile)


def later() -> Any:
    """When an upload expires that was worked on now."""
    return now() + timedelta(seconds=current_app.extensions["mdt.settings"].upload_seconds)


def _read(upload: Upload) -> None:
    """Read the whole file into a plan. A file that cannot be read is forgotten, but for the reason."""
    desk, upload_id = desk_of(upload), upload.id
    try:
        plan = _planned(upload, desk)
    except Malformed as no:
        db.session.rollback()
        _give_up(upload_id, desk, no)
    else:
        begin_writing()
        about: dict[str, Any] = {"upload": upload_id, "rows": plan.rows, **plan.totals}
        with recorded("caseload.read", by=desk.me, **about):
            _move(upload_id, State.READING, plan, desk, state=State.READY, rows=plan.rows, done=0)
    storing.forget_file(upload_id)


def _give_up(upload_id: str, desk: Desk, no: Malformed) -> None:
    begin_writing()
    with recorded("caseload.refused", by=desk.me, upload=upload_id, reason=no.reason):
        found = db.session.get(Upload, upload_id, populate_existing=True)
        if found and found.state == State.READING:
            found.state, found.report, found.expires_at = State.REFUSED, {"problem": no.problem.stored()}, later()
    storing.forget(upload_id)


def _planned(upload: Upload, desk: Desk) -> Plan:
    """The plan of the whole file, its pages written as they fill."""
    upload_id, agency_id = upload.id, upload.agency_id
    lines = text.lines(_watched(upload_id, agency_id))
    header, rows = reading.open_table(lines, upload.mapping or {}, desk.zone, desk.at)
    drafting = Drafting(desk, header)
    while some := list(islice(rows, PAGE * PAGES_A_BATCH)):
        pages = drafting.pages([some[at:at + PAGE] for at in range(0, len(some), PAGE)])
        _keep(upload_id, agency_id, pages, rows=drafting.rows)
    for number in drafting.plan.late:
        page = storing.pages(upload_id, agency_id, [number])[number]
        _keep(upload_id, agency_id, [(number, drafting.settled(number, page))])
    return drafting.finished()


def _watched(upload_id: str, agency_id: str) -> Iterator[bytes]:
    """The file piece by piece; how far it is read is told by the pieces done."""
    for number, piece in enumerate(storing.file(upload_id, agency_id), 1):
        if number % storing.AT_ONCE == 0:
            begin_writing()
            _touch(upload_id, State.READING, done=number)
            db.session.commit()
        yield piece


def _keep(upload_id: str, agency_id: str, pages: Sequence[tuple[int, storing.Page]], **values: Any) -> None:
    begin_writing()
    _touch(upload_id, State.READING, **values)
    storing.keep_pages(upload_id, agency_id, pages)
    db.session.commit()


def _touch(upload_id: str, standing: State, **values: Any) -> None:
    """Say how far the work is. Refused once somebody has given the upload up, or finished it."""
    here = (Upload.id == upload_id) & (Upload.state == standing)
    changed = update(Upload).where(here).values(expires_at=later(), **values)
    if not rows_changed(changed.execution_options(synchronize_session=False)):
        raise Refused("This file is not worked on any more.", reason="not_there")


def _move(upload_id: str, before: State, plan: Plan, desk: Desk, **values: Any) -> None:
    _touch(upload_id, before, report_=plan.sealed(upload_id, desk.agency_id), **values)


def _bring_in_a_batch(upload_id: str) -> bool:
    """Bring in the next few pages, in one transaction with one ledger entry; whether there may be more.

    The batch is worked out first, while nothing is locked. If anybody was quicker, it is left for the next try.
    """
    db.session.rollback()
    upload = db.session.get(Upload, upload_id, populate_existing=True)
    if upload is None or upload.state != State.IMPORTING:
        return False
    begun, plan, desk = upload.done, Plan.of(upload), desk_of(upload)
    steps = plan.steps[begun:begun + PAGES_A_BATCH]
    sheet = writing.prepared(_rows(upload, plan, steps), desk)
    begin_writing()
    if not _is_next(upload_id, begun) or not sheet.still_true():
        return True
    done = begun + len(steps)
    with recorded("caseload.imported", by=desk.me, upload=upload_id, step=done) as record:
        plan.count(sheet.counts)
        record.about |= {"cases": sheet.write(), **sheet.counts}
        opening.arrived(sheet.filed, desk.at)
        returning.are_said_back(sheet.back)
        state = State.DONE if done == len(plan.steps) else State.IMPORTING
        _move(upload_id, State.IMPORTING, plan, desk, state=state, done=done)
    return state is State.IMPORTING


def _is_next(upload_id: str, begun: int) -> bool:
    """Whether the upload stands where it did; then it, and its agency's other imports, are held until the end.

    Refused if whoever brought it was suspended meanwhile.
    """
    upload = db.session.get(Upload, upload_id, populate_existing=True, with_for_update=True)
    if upload is None or upload.state != State.IMPORTING or upload.done != begun:
        return False
    desk_of(upload)
    db.session.execute(select(Agency.id).where(Agency.id == upload.agency_id).with_for_update(key_share=True))
    _write_ahead()
    return True


def _write_ahead() -> None:
    """Let SQLite gather more before it copies its log into the database: a third less to write."""
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA wal_autocheckpoint=8000")


def _rows(upload: Upload, plan: Plan, steps: Sequence[tuple[int, bool]]) -> list[reading.Row]:
    """The rows of these steps that are to be brought in: a late row waits for its own step."""
    pages = storing.pages(upload.id, upload.agency_id, [page for page, _ in steps])
    return [
        row_of(line) for page, late in steps for line in pages[page]
        if line["outcome"] not in (Outcome.REFUSED, Outcome.SAME) and line.get("late", False) is late
    ]


__all__ = ["begin", "desk_of", "is_working", "later", "wait", "work"]
