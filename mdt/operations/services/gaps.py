"""What is missing: how referrals went, by need; why services said no; how long one waits. Counts, and no case.

For the lead agency of its own cases, and for policymakers of the whole county, in fixed periods. Small numbers are
left out, with enough beside them (`protecting`); how many is the jurisdiction's (`aggregates.small_cell`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from mdt.models import Case, Course, Referral, Task, db
from mdt.operations import access, ledger
from mdt.operations.access import Person
from mdt.operations.services.courses import stands
from mdt.operations.services.protecting import Cell, protected
from mdt.sharing.provision import Provision
from mdt.sharing.vocabulary import Role

USUAL = "us-baseline"
LEAST = 11
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
    """The gaps of one period. `whose`: whose cases it counts."""

    period: str
    whose: str
    lines: tuple[Line, ...]
    total: Line
    reasons: tuple[Reason, ...]
    least: int
    earlier: str
    later: str | None

    @property
    def none(self) -> bool:
        return self.total.total.count == 0


def report(me: Person, asked: str | None, at: datetime, zone: ZoneInfo) -> Report:
    """The gaps of a quarter ("2026-4"), or of a year ("2026"); of the current quarter if that is none. Recorded."""
    rules = access.profile(USUAL)
    least = rules.value("aggregates.small_cell")
    least = least if isinstance(least, int) and least > 1 else LEAST
    today = at.astimezone(zone).date()
    name = asked if asked and _bounds(asked) else _quarter(today)
    begins, ends = _bounds(name) or (today, today)
    ledger.submit("gaps.read", None, me.id, {"period": name, "role": me.role}).settle()
    rows = list(_rows(me, _start(begins, zone), _start(ends, zone)))
    quarters = [_bounds(f"{name}-{one}") or (today, today) for one in range(1, 5)] if "-" not in name else []
    parts = [list(_rows(me, _start(one, zone), _start(other, zone))) for one, other in quarters]
    lines, total, reasons = _counted(rows, rules.provision, least, parts)
    whose = "all agencies of the county" if me.role is Role.PM else "the cases your agency leads"
    return Report(name, whose, lines, total, reasons, least, _step(name, -1), _step(name, 1) if ends <= today else None)


@dataclass(frozen=True, slots=True)
class _Row:
    need: str
    column: str
    reason: str
    days: float | None


def _rows(me: Person, begins: datetime, ends: datetime) -> Iterable[_Row]:
    wanted = select(
        Referral.need,
        Referral.state,
        Referral.reason,
        Referral.sent_at,
        Referral.scheduled_at,
        Referral.attended_at,
        Task,
    ).outerjoin(Task, Task.id == Referral.task_id)
    wanted = wanted.where(Referral.made_at >= begins, Referral.made_at < ends)
    if me.role is not Role.PM:
        wanted = wanted.join(Case, Case.id == Referral.case_id).where(Case.lead_id == me.agency_id)
    for row in db.session.execute(wanted):
        column = OF[stands(row.state, row.Task)]
        first = min((one for one in (row.scheduled_at, row.attended_at) if one), default=None)
        days = (first - row.sent_at) / timedelta(days=1) if first and row.sent_at else None
        yield _Row(row.need, column, (row.reason or "") if column == "refused" else "", days)


def _counted(
    rows: list[_Row], rules: Provision, least: int, parts: Sequence[list[_Row]] = ()
) -> tuple[tuple[Line, ...], Line, tuple[Reason, ...]]:
    """The table, its sums and the reasons, protected together: one must not give back the other. Nor must a year give
    back what is left out of one of its quarters (`parts`): it tells what each of them tells."""
    needs = [*rules.needs, *sorted({row.need for row in rows} - rules.needs.keys())]
    beside = {
        key for part in parts for key, cell in _protected(part, rules, needs, least).items() if cell.count is None
    }
    told = _protected(rows, rules, needs, least, beside)
    lines = tuple(_line(need, rules.need(need), rows, told, least) for need in needs)
    why = {_why(row, rules) for row in rows if row.column == "refused"}
    reasons = tuple(Reason(rules.refusal(code), told["why", code]) for code in [*rules.refusals, ""] if code in why)
    return lines, _line(TOTAL, "All of them", rows, told, least), reasons


def _protected(
    rows: list[_Row], rules: Provision, needs: list[str], least: int, beside: Iterable[Any] = ()
) -> dict[Any, Cell]:
    codes = [*rules.refusals, ""]
    held = Counter((row.need, row.column) for row in rows)
    why = Counter(_why(row, rules) for row in rows if row.column == "refused")
    cells: dict[Any, int] = {(need, column): held[need, column] for need in needs for column in COLUMNS}
    sums: list[tuple[Any, list[Any]]] = [((need, TOTAL), [(need, column) for column in COLUMNS]) for need in needs]
    sums += [((TOTAL, column), [(need, column) for need in needs]) for column in (*COLUMNS, TOTAL)]
    sums += [((TOTAL, TOTAL), [(TOTAL, column) for column in COLUMNS])]
    for total, parts in sums:
        cells[total] = sum(cells[one] for one in parts)
    cells |= {("why", code): why[code] for code in codes}
    sums += [((TOTAL, "refused"), [("why", code) for code in codes])]
    return protected(cells, sums, least, beside)


def _why(row: _Row, rules: Provision) -> str:
    return row.reason if row.reason in rules.refusals else ""


def _line(need: str, words: str, rows: list[_Row], told: dict[Any, Cell], least: int) -> Line:
    days = [row.days for row in rows if row.days is not None and need in (row.need, TOTAL)]
    usual = round(median(days)) if len(days) >= least else None
    return Line(words, {column: told[need, column] for column in COLUMNS}, told[need, TOTAL], usual)


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


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


__all__ = ["COLUMNS", "Line", "Reason", "Report", "report"]
