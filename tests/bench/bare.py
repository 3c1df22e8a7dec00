"""The application with one page more: the case page as a bare Flask + SQLAlchemy + Jinja view would make it.

What is compared. `/bare/<case>` renders the very template of the case page, in the same process behind the same
server, for the same signed-in person (`signed_in` is its guard, the same session is read), and its bytes are
the same. What it leaves out is what this software is about: nothing is decided, nothing is sealed, nothing is
recorded. Its tables are plain: a row a case, a record and a member, already worked out for this one reader,
read with SQLAlchemy Core in three queries, the values of a record in one JSON column. It is the least that such
a page can be made with, not what a plain application would usually do (entities, joins, a query a relation).
"""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import JSON, Boolean, Column, Date, DateTime, ForeignKey, Integer, MetaData, String, Table, insert, select

from mdt import create_app
from mdt.models import db
from mdt.operations import reading
from mdt.operations.reading import CaseView, ChapterView
from mdt.operations.team import Colleague
from mdt.operations.views import Held, Shown, Value
from mdt.sharing.declare import Chapter
from mdt.sharing.vocabulary import Category, Purpose, Role
from mdt.web.guards import guard, signed_in
from mdt.web.where import within

PLAIN = MetaData()
CASES = Table(
    "bare_cases", PLAIN, Column("id", String(36), primary_key=True), Column("name", String(100)), Column("age", Integer),
    Column("opened", Date), Column("goals", String(36)), Column("tag", String(40)), Column("purpose", String(12)), Column("zone", String(40)),
)
RECORDS = Table(
    "bare_records", PLAIN, Column("case_id", ForeignKey("bare_cases.id"), primary_key=True), Column("place", Integer, primary_key=True),
    Column("id", String(36)), Column("shown", Boolean), Column("category", String(20)), Column("title", String(100)),
    Column("chapter", String(20)), Column("values", JSON), Column("source", String(100)), Column("recorded", Date),
    Column("changed_at", DateTime), Column("author", String(100)), Column("whole", Boolean), Column("why", String(500)),
    Column("notices", JSON), Column("until", DateTime), Column("apart", Boolean),
)
MEMBERS = Table(
    "bare_members", PLAIN, Column("case_id", ForeignKey("bare_cases.id"), primary_key=True), Column("place", Integer, primary_key=True),
    Column("id", String(36)), Column("name", String(100)), Column("title", String(100)), Column("role", String(3)),
    Column("agency", String(100)), Column("leads", Boolean), Column("me", Boolean),
)

bp = Blueprint("bare", __name__)


@bp.get("/bare/<uuid:case_id>")
@guard(signed_in)
def show(case_id: UUID) -> ResponseReturnValue:
    """The case page, from plain rows."""
    wanted = str(case_id)
    row = db.session.execute(select(CASES).where(CASES.c.id == wanted)).one()
    records = db.session.execute(select(RECORDS).where(RECORDS.c.case_id == wanted).order_by(RECORDS.c.place)).all()
    members = db.session.execute(select(MEMBERS).where(MEMBERS.c.case_id == wanted).order_by(MEMBERS.c.place)).all()
    g.case = _seat(row)
    case = _view(row, records, members)
    within(case.called)
    return render_template("cases/show.html", case=case, topic=reading.topic(wanted))


def _seat(row) -> SimpleNamespace:
    """As much of a seat as the frame of the page asks for."""
    facts = SimpleNamespace(case=SimpleNamespace(zone=ZoneInfo(row.zone)))
    return SimpleNamespace(id=row.id, leads=False, purpose=Purpose(row.purpose), purposes=(1, 2), case=SimpleNamespace(facts=facts))


def _view(row, records, members) -> CaseView:
    shown = [_shown(one) for one in records if one.shown]
    held = [Held(Category(one.category), one.source, one.title, one.chapter, one.why) for one in records if not one.shown]
    goals = next((one for one in shown if one.id == row.goals), None)
    team = tuple(Colleague(one.id, one.name, one.title, Role(one.role), one.agency, one.leads, one.me) for one in members)
    return CaseView(row.id, row.name, row.age, row.opened, goals, team, _chapters(shown, held), None, row.tag, False)


def _shown(row) -> Shown:
    values = tuple(Value(*one) for one in row.values)
    return Shown(
        row.id, Category(row.category), row.title, row.chapter, values, row.source, row.recorded, row.changed_at.replace(tzinfo=UTC),
        row.author, row.whole, row.why, tuple(row.notices), row.until, row.apart,
    )


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
    with db.engine.begin() as connection:
        connection.execute(insert(CASES), {
            "id": view.id, "name": view.name, "age": view.age, "opened": view.opened, "goals": view.goals and view.goals.id,
            "tag": view.tag, "purpose": purpose.value, "zone": zone.key,
        })
        lines = [line for chapter in view.chapters for line in (*chapter.entries, *chapter.held)]
        connection.execute(insert(RECORDS), [_record(view.id, place, line) for place, line in enumerate(lines)])
        connection.execute(insert(MEMBERS), [
            {"case_id": view.id, "place": place, "id": one.id, "name": one.name, "title": one.title, "role": one.role.value,
             "agency": one.agency, "leads": one.leads, "me": one.me}
            for place, one in enumerate(view.team)
        ])  # fmt: skip


def _record(case_id: str, place: int, line: Shown | Held) -> dict[str, object]:
    about = {
        "case_id": case_id, "place": place, "category": line.category.value, "source": line.source,
        "title": line.title, "chapter": line.chapter,
    }
    if isinstance(line, Held):
        return _NOTHING | about | {"shown": False, "why": line.sentence}
    return about | {
        "id": line.id, "shown": True, "recorded": line.recorded,
        "changed_at": line.changed_at.astimezone(UTC).replace(tzinfo=None), "author": line.author, "whole": line.whole, "why": line.why,
        "values": [[one.name, one.label, one.kind, one.value] for one in line.values], "notices": list(line.notices),
        "until": line.until and line.until.astimezone(UTC).replace(tzinfo=None), "apart": line.apart,
    }


_NOTHING = dict.fromkeys(column.name for column in RECORDS.columns) | {"changed_at": datetime(2000, 1, 1)}

app = create_app()
app.register_blueprint(bp)

__all__ = ["Chapter", "app", "keep"]
