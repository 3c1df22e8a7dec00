"""What is missing: how referrals went, by need; why services said no; how long one waits. Counts, and no case.

For the lead agency of its own cases, and for policymakers of the whole county. A quarter is counted once, a month after
it is over, and is told so for ever: what happens to one young person afterwards, or to the record of them, changes
nothing in it, so that two days' reports are the same. A year is what its quarters tell. Small numbers are left out,
with enough beside them (`protecting`); how many is the jurisdiction's (`aggregates.small_cell`; of needs that say more
of somebody `aggregates.sensitive_small_cell`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import func, select

from mdt.models import Case, Course, GapReport, Referral, Task, begin_writing, db
from mdt.models.base import insert_or_ignore
from mdt.operations import access, ledger
from mdt.operations.access import Person
from mdt.operations.services.courses import stands
from mdt.operations.services.protecting import Cell, protected
from mdt.sharing.profile import Profile
from mdt.sharing.provision import Provision
from mdt.sharing.vocabulary import Role

USUAL = "us-baseline"
LEAST, SENSITIVE = 11, 20
"""Where the profile says nothing."""
COUNTY = "county"
AFTER = timedelta(days=31)
"""How long after its end a quarter is counted: until then much of it is still on the way."""
QUARTERS_AT_ONCE = 40
TOTAL = "total"
COLUMNS: dict[str, tuple[str, tuple[Course, ...]]] = {
    "open": ("On the way", (Course.AGREED, Course.REFERRED, Course.ACCEPTED, Course.SCHEDULED)),
    "waiting": ("Waiting list", (Course.WAITING,)),
    "attended": ("They went", (Course.ATTENDED, Course.ENDED)),
    "missed": ("Did not go", (Course.NOT_ATTENDED,)),
    "refused": ("Service said no", (Course.REFUSED,)),
    "said_no": ("Young person said no", (Course.SAID_NO,)),
}
"""How a referral ends up, each in one column."""
OF = {state: name for name, (_, states) in COLUMNS.items() for state in states}


@dataclass(frozen=True, slots=True)
class Line:
    """One need: its words, its counts by column and in all, and days from sending to a first appointment or visit."""

    need: str
    cells: dict[str, Cell]
    total: Cell
    days: int | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why services said no, and how often."""

    words: str
    count: Cell


@dataclass(frozen=True, slots=True)
class Report:
    """The gaps of one period. `whose`: whose cases it counts; `told_on`: from which day it is told, where that is still
    to come."""

    period: str
    whose: str
    lines: tuple[Line, ...]
    total: Line
    reasons: tuple[Reason, ...]
    least: int
    more: int
    earlier: str
    later: str | None
    told_on: date | None

    @property
    def none(self) -> bool:
        return self.total.total.count == 0


def report(me: Person, asked: str | None, at: datetime) -> Report:
    """The gaps of a quarter ("2026-4"), or of a year ("2026"); of the last one that is told if that is none.
    Recorded."""
    rules = access.profile(USUAL)
    last = _last(_here(at))
    name = asked if asked and _bounds(asked) else last
    ledger.submit("gaps.read", None, me.id, {"period": name, "role": me.role}).settle()
    whose = COUNTY if me.role is Role.PM else str(me.agency_id)
    parts = [name] if "-" in name else [f"{name}-{one}" for one in range(1, 5)]
    held = select(GapReport.period, GapReport.told).where(GapReport.period.in_(parts))
    counted = {row.period for row in db.session.execute(held.where(GapReport.whose == COUNTY))}
    rows = {row.period: row.told for row in db.session.execute(held.where(GapReport.whose == whose))}
    told = _together([rows[one] for one in parts if one in rows]) if counted >= {*parts} else {}
    lines, total, reasons = _lines(told, rules.provision)
    words = "all agencies of the county" if me.role is Role.PM else "the cases your agency leads"
    least, more = _leasts(rules)
    wait = None if counted >= {*parts} else _told_on(parts[-1])
    later = _step(name, 1) if _step(name, 1) <= (last if "-" in name else last[:4]) else None
    return Report(name, words, lines, total, reasons, least, more, _step(name, -1), later, wait)


def count_due(at: datetime) -> int:
    """Count every quarter whose time has come and that was not counted; how many. Any number of processes may ask:
    each is counted once."""
    last, newest = _last(_here(at)), db.session.scalar(select(func.max(GapReport.period)))
    if newest is not None and newest >= last:
        db.session.rollback()
        return 0
    begin_writing()
    first = db.session.scalar(select(func.min(Referral.made_at)))
    period = _step(newest, 1) if newest else _quarter(_here(first)) if first else last
    done = 0
    while period <= last and done < QUARTERS_AT_ONCE:
        _count(period, at)
        period, done = _step(period, 1), done + 1
    db.session.commit()
    return done


def _count(period: str, at: datetime) -> None:
    """Count a quarter for the county and for each agency that leads a case, within a transaction. Where one agency's
    number alone is left out, the county's is left out too: it would be the difference."""
    rules, bounds = access.profile(USUAL), _bounds(period)
    assert bounds
    begins, ends = (_start(one) for one in bounds)
    of: dict[str, list[_Row]] = {one: [] for one in db.session.scalars(select(Case.lead_id).distinct())}
    for lead, row in _rows(begins, ends):
        of[lead].append(row)
    each = {lead: _protected(rows, rules) for lead, rows in of.items()}
    alone = Counter(key for told in each.values() for key, cell in told.items() if cell.count is None)
    every = [row for rows in of.values() for row in rows]
    county = _protected(every, rules, [key for key, times in alone.items() if times == 1])
    for whose, told, rows in [(COUNTY, county, every), *((one, each[one], of[one]) for one in of)]:
        values = {"period": period, "whose": whose, "made_at": at, "told": _told(told, rows, rules)}
        db.session.execute(insert_or_ignore(GapReport, **values))


@dataclass(frozen=True, slots=True)
class _Row:
    need: str
    column: str
    reason: str
    days: float | None


def _rows(begins: datetime, ends: datetime) -> Iterable[tuple[str, _Row]]:
    wanted = select(
        Case.lead_id, Referral.need, Referral.state, Referral.reason, Referral.sent_at, Referral.scheduled_at,
        Referral.attended_at, Task,
    ).join(Case, Case.id == Referral.case_id).outerjoin(Task, Task.id == Referral.task_id)  # fmt: skip
    for row in db.session.execute(wanted.where(Referral.made_at >= begins, Referral.made_at < ends)):
        column = OF[stands(row.state, row.Task)]
        first = min((one for one in (row.scheduled_at, row.attended_at) if one), default=None)
        days = (first - row.sent_at) / timedelta(days=1) if first and row.sent_at else None
        yield row.lead_id, _Row(row.need, column, (row.reason or "") if column == "refused" else "", days)


def _protected(rows: Sequence[_Row], rules: Profile, beside: Iterable[Any] = ()) -> dict[Any, Cell]:
    """The table, its sums and the reasons, protected together: one must not give back the other."""
    needs, codes = _needs(rows, rules.provision), [*rules.provision.refusals, ""]
    held = Counter((row.need, row.column) for row in rows)
    refused = [row.reason for row in rows if row.column == "refused"]
    why = Counter(one if one in rules.provision.refusals else "" for one in refused)
    cells: dict[Any, int] = {(need, column): held[need, column] for need in needs for column in COLUMNS}
    sums: list[tuple[Any, list[Any]]] = [((need, TOTAL), [(need, column) for column in COLUMNS]) for need in needs]
    sums += [((TOTAL, column), [(need, column) for need in needs]) for column in (*COLUMNS, TOTAL)]
    sums += [((TOTAL, TOTAL), [(TOTAL, column) for column in COLUMNS])]
    for total, parts in sums:
        cells[total] = sum(cells[one] for one in parts)
    cells |= {("why", code): why[code] for code in codes}
    sums += [((TOTAL, "refused"), [("why", code) for code in codes])]
    least, more = _leasts(rules)
    higher: dict[Any, int] = {
        (need, column): more for need in rules.provision.sensitive for column in (*COLUMNS, TOTAL)
    }
    return protected(cells, sums, least, [key for key in beside if key in cells], higher)


def _needs(rows: Iterable[_Row], rules: Provision) -> list[str]:
    return [*rules.needs, *sorted({row.need for row in rows} - rules.needs.keys())]


def _leasts(rules: Profile) -> tuple[int, int]:
    """The least number that is told, and of what says more of somebody."""
    said = [rules.value(f"aggregates.{one}") for one in ("small_cell", "sensitive_small_cell")]
    usual = zip(said, (LEAST, SENSITIVE), strict=True)
    least, more = (one if isinstance(one, int) and one > 1 else other for one, other in usual)
    return least, max(least, more)


def _told(told: Mapping[Any, Cell], rows: Sequence[_Row], rules: Profile) -> dict[str, Any]:
    """What is kept of a quarter, and told: nothing that is left out is in it."""
    made: dict[str, Any] = {"cells": {}, "why": {}, "days": {}}
    least, more = _leasts(rules)
    for (first, second), cell in told.items():
        (made["why"] if first == "why" else made["cells"].setdefault(first, {}))[second] = cell.count
    for need in made["cells"]:
        days = [row.days for row in rows if row.days is not None and need in (row.need, TOTAL)]
        enough = more if need in rules.provision.sensitive else least
        made["days"][need] = round(median(days)) if len(days) >= enough else None
    return made


def _together(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What several quarters tell together: a number where each of them tells its own, and else none. The middle of
    their days is no sum, and is told of one alone."""
    if len(parts) == 1:
        return dict(parts[0])
    needs = {need: None for part in parts for need in part["cells"]}
    cells = {need: {column: _sum([part["cells"].get(need, {}).get(column, 0) for part in parts])
                    for column in (*COLUMNS, TOTAL)} for need in needs}  # fmt: skip
    codes = {code: None for part in parts for code in part["why"]}
    why = {one: _sum([part["why"].get(one, 0) for part in parts]) for one in codes}
    return {"cells": cells, "why": why, "days": {}}


def _sum(numbers: Sequence[int | None]) -> int | None:
    return None if None in numbers else sum(one or 0 for one in numbers)


def _lines(told: Mapping[str, Any], rules: Provision) -> tuple[tuple[Line, ...], Line, tuple[Reason, ...]]:
    cells, days, why = told.get("cells", {}), told.get("days", {}), told.get("why", {})
    empty = dict.fromkeys((*COLUMNS, TOTAL), 0)

    def line(need: str, words: str) -> Line:
        said = cells.get(need, empty)
        return Line(words, {one: Cell(said[one]) for one in COLUMNS}, Cell(said[TOTAL]), days.get(need))

    needs = [*rules.needs, *(one for one in cells if one not in rules.needs and one != TOTAL)]
    given = [code for code in [*rules.refusals, ""] if why.get(code, 0) != 0]
    reasons = tuple(Reason(rules.refusal(code), Cell(why[code])) for code in given)
    return tuple(line(need, rules.need(need)) for need in needs), line(TOTAL, "All of them"), reasons


def _last(today: date) -> str:
    """The last quarter that is told on this day."""
    return _step(_quarter(today - AFTER), -1)


def _told_on(quarter: str) -> date:
    """From which day a quarter is told."""
    bounds = _bounds(quarter)
    assert bounds
    return bounds[1] + AFTER


def _quarter(day: date) -> str:
    return f"{day.year}-{(day.month + 2) // 3}"


def _bounds(name: str) -> tuple[date, date] | None:
    """The first day of a period, and the first after it; None if that is no period."""
    year, _, quarter = name.partition("-")
    if not (year.isascii() and year.isdigit() and len(year) == 4 and 2000 <= int(year) < 2200):
        return None
    if not quarter:
        return (date(int(year), 1, 1), date(int(year) + 1, 1, 1)) if "-" not in name else None
    if quarter not in ("1", "2", "3", "4"):
        return None
    first, last = 3 * int(quarter) - 2, 3 * int(quarter) + 1
    return date(int(year), first, 1), date(int(year) + (last > 12), last if last <= 12 else 1, 1)


def _step(name: str, by: int) -> str:
    year, _, quarter = name.partition("-")
    if not quarter:
        return str(int(year) + by)
    number = int(year) * 4 + int(quarter) - 1 + by
    return f"{number // 4}-{number % 4 + 1}"


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), _zone())


def _here(at: datetime) -> date:
    return at.astimezone(_zone()).date()


def _zone() -> ZoneInfo:
    """A quarter begins and ends where the county is, for every agency of it."""
    found: ZoneInfo = current_app.extensions["mdt.settings"].zone
    return found


__all__ = ["COLUMNS", "Line", "Reason", "Report", "count_due", "report"]
