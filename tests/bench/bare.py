"""The application with one page more: the case page as a bare Flask + SQLAlchemy + Jinja view would make it.

What is compared. `/bare/<case>` renders the very template of the case page, in the same process behind the same
server, for the same signed-in person (`signed_in` is its guard, the same session is read), and its bytes are
the same. What it leaves out is what this software is about: nothing is decided, nothing is sealed, nothing is
recorded. Its tables are plain: a row a case, a record and a member, already worked out for this one reader,
read with SQLAlchemy Core in three statements written once, the values of a record in one JSON column. It is the
least that such a page can be made with, not what a plain application would usually do (entities, joins, a query a
relation, statements built anew each time).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    insert,
    select,
)

from mdt import create_app
from mdt.models import db
from mdt.operations import reading
from mdt.operations.reading import CaseView, ChapterView
from mdt.operations.team import Colleague
from mdt.operations.views import Held, Shown, Value
from mdt.sharing.vocabulary import Category, Purpose, Role
from mdt.web.guards import guard, signed_in
from mdt.web.where import within

PLAIN = MetaData()


def _table(table: str, key: tuple[str, ...], /, **columns: Any) -> Table:
    made = [Column(one, kind, primary_key=one in key) for one, kind in columns.items()]
    return Table(table, PLAIN, *made)


CASES = _table(
    "bare_cases", ("id",), id=String(36), name=String(100), age=Integer, opened=Date, goals=String(36), tag=String(40),
    purpose=String(12), zone=String(40),
)
RECORDS = _table(
    "bare_records", ("case_id", "place"), case_id=String(36), place=Integer, id=String(36), shown=Boolean,
    category=String(20), title=String(100), chapter=String(20), values=JSON, source=String(100), recorded=Date,
    changed_at=DateTime, author=String(100), whole=Boolean, why=String(500), notices=JSON, until=DateTime,
    apart=Boolean,
)
MEMBERS = _table(
    "bare_members", ("case_id", "place"), case_id=String(36), place=Integer, id=String(36), name=String(100),
    title=String(100), role=String(3), agency=String(100), leads=Boolean, me=Boolean,
)

CASE = select(CASES).where(CASES.c.id == bindparam("id"))
ITS_RECORDS = select(RECORDS).where(RECORDS.c.case_id == bindparam("id")).order_by(RECORDS.c.place)
ITS_MEMBERS = select(MEMBERS).where(MEMBERS.c.case_id == bindparam("id")).order_by(MEMBERS.c.place)

bp = Blueprint("bare", __name__)


@bp.get("/bare/<uuid:case_id>")
@guard(signed_in)
def show(case_id: UUID) -> ResponseReturnValue:
    """The case page, from plain rows."""
    wanted = str(case_id)
    row = db.session.execute(CASE, {"id": wanted}).one()
    records = db.session.execute(ITS_RECORDS, {"id": wanted}).all()
    members = db.session.execute(ITS_MEMBERS, {"id": wanted}).all()
    g.case = _seat(row)
    case = _view(row, records, members)
    within(case.called)
    return render_template("cases/show.html", case=case, topic=reading.topic(wanted))


def _seat(row: Any) -> SimpleNamespace:
    """As much of a seat as the frame of the page asks for."""
    case = SimpleNamespace(facts=SimpleNamespace(case=SimpleNamespace(zone=ZoneInfo(row.zone))))
    return SimpleNamespace(id=row.id, leads=False, purpose=Purpose(row.purpose), purposes=(1, 2), case=case)


def _view(row: Any, records: Sequence[Any], members: Sequence[Any]) -> CaseView:
    shown = [_shown(one) for one in records if one.shown]
    held = [_held(one) for one in records if not one.shown]
    goals = next((one for one in shown if one.id == row.goals), None)
    team = tuple(Colleague(m.id, m.name, m.title, Role(m.role), m.agency, m.leads, m.me) for m in members)
    return CaseView(row.id, row.name, row.age, row.opened, goals, team, _chapters(shown, held), None, row.tag, False)


def _shown(row: Any) -> Shown:
    values = tuple(Value(*one) for one in row.values)
    changed_at = row.changed_at.replace(tzinfo=UTC)
    return Shown(
        row.id, Category(row.category), row.title, row.chapter, values, row.source, row.recorded, changed_at,
        row.author, row.whole, row.why, tuple(row.notices), row.until, row.apart,
    )


def _held(row: Any) -> Held:
    return Held(Category(row.category), row.source, row.title, row.chapter, row.why)


def _chapters(shown: list[Shown], held: list[Held]) -> tuple[ChapterView, ...]:
    made = []
    for chapter in reading.ORDER_OF_USE:
        entries = tuple(one for one in shown if one.chapter == chapter.value)
        lines = tuple(one for one in held if one.chapter == chapter.value)
        if entries or lines:
            made.append(ChapterView(chapter.name.lower(), chapter.value, entries, lines))
    return tuple(made)


def keep(view: CaseView, *, purpose: Purpose, zone: ZoneInfo) -> None:
    """Write what this view says into the plain tables: for this reader the page is then the same."""
    PLAIN.create_all(db.engine)
    lines = [line for chapter in view.chapters for line in (*chapter.entries, *chapter.held)]
    with db.engine.begin() as connection:
        connection.execute(insert(CASES), _case(view) | {"purpose": purpose.value, "zone": zone.key})
        connection.execute(insert(RECORDS), [_record(view.id, place, line) for place, line in enumerate(lines)])
        connection.execute(insert(MEMBERS), [_member(view.id, place, one) for place, one in enumerate(view.team)])


def _case(view: CaseView) -> dict[str, object]:
    goals = view.goals.id if view.goals else None
    return {"id": view.id, "name": view.name, "age": view.age, "opened": view.opened, "goals": goals, "tag": view.tag}


def _member(case_id: str, place: int, one: Colleague) -> dict[str, object]:
    return {
        "case_id": case_id, "place": place, "id": one.id, "name": one.name, "title": one.title, "role": one.role.value,
        "agency": one.agency, "leads": one.leads, "me": one.me,
    }


def _record(case_id: str, place: int, line: Shown | Held) -> dict[str, object]:
    about = {
        "case_id": case_id, "place": place, "category": line.category.value, "source": line.source,
        "title": line.title, "chapter": line.chapter,
    }
    if isinstance(line, Held):
        return _NOTHING | about | {"shown": False, "why": line.sentence}
    return about | {
        "id": line.id, "shown": True, "recorded": line.recorded, "changed_at": _naive(line.changed_at),
        "author": line.author, "whole": line.whole, "why": line.why, "notices": list(line.notices),
        "values": [[one.name, one.label, one.kind, one.value] for one in line.values],
        "until": line.until and _naive(line.until), "apart": line.apart,
    }


def _naive(time: datetime) -> datetime:
    return time.astimezone(UTC).replace(tzinfo=None)


_NOTHING = dict.fromkeys(column.name for column in RECORDS.columns) | {"changed_at": datetime(2000, 1, 1)}

FORGETS = "BENCH_FORGETS_LOOKS"
"""Set in the environment, every page is decided anew, as the first one after any fact has changed."""

app = create_app()
app.register_blueprint(bp)


@app.before_request
def _forget_looks() -> None:
    """After the guard, before the page."""
    if FORGETS in os.environ and "case" in g:
        g.case.case.looks.clear()


__all__ = ["FORGETS", "app", "keep"]
