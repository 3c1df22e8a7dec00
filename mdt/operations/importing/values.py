"""What a cell says, as the record keeps it: text, list, choice, day, day and time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from mdt.operations.importing.columns import LONGEST_CELL, Column, Reads
from mdt.sharing.moments import is_skipped, minute

Value = str | list[str]
LONGEST_ID = 64
EARLIEST, LAST = date(1900, 1, 1), time(23, 59)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_US = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?\s*([ap]\.?m\.?)?", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"\d{1,2}/\d{1,2}/\d{2}")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ufeff]")
_IDS = ("record_id", "youth_id")


class Unfit(Exception):
    """A cell that cannot be read, and so its row; says what to do, and in which of our columns."""

    def __init__(self, code: str, words: str, column: str | None = None) -> None:
        super().__init__(words)
        self.code, self.words, self.column = code, words, column


def reader_of(column: Column, zone: ZoneInfo, at: datetime) -> Callable[[str], Value]:
    """How cells of this column are read. No day and no time may lie ahead; times are in this zone."""
    name, today = column.name, at.astimezone(zone).date()
    if column.reads is Reads.DAY:
        return lambda cell: _day(name, cell.strip(), today)
    if column.reads is Reads.TIME:
        return lambda cell: _time(name, cell.strip(), zone, at)
    if column.reads is Reads.CHOICE:
        return lambda cell: _choice(name, cell.strip(), column.choices)
    if column.reads is Reads.LIST:
        return lambda cell: [part.strip() for part in re.split(r"[;\n]", tidy(cell, name)) if part.strip()]
    return lambda cell: tidy(cell, name)


def tidy(cell: str, name: str) -> str:
    """The text of a cell, trimmed; composed letters, so that equal names are equal. Unfit if too long."""
    text = cell.strip()
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    longest = LONGEST_ID if name in _IDS else LONGEST_CELL
    if len(text) > longest:
        raise Unfit("too_long", f"This has {len(text):,} characters. At most {longest:,} fit.", name)
    if not text.isprintable() and _CONTROL.search(text):
        raise Unfit("control", "This holds a character that cannot be shown. Clear the cell, or type it again.", name)
    return text


def _choice(name: str, cell: str, choices: tuple[str, ...]) -> str:
    said = cell.casefold()
    near = [one for one in choices if one.casefold() == said] or [
        one for one in choices if len(said) == 1 and one.casefold().startswith(said)
    ]
    if cell and len(near) != 1:
        raise Unfit("choice", f"“{cell[:40]}” is none of: {', '.join(choices)}.", name)
    return near[0] if cell else ""


@lru_cache(maxsize=8192)
def _day(name: str, cell: str, today: date) -> str:
    return _calendar(name, cell, today).isoformat() if cell else ""


def _calendar(name: str, cell: str, today: date) -> date:
    if iso := _ISO.fullmatch(cell):
        year, month, day = map(int, iso.groups())
    elif us := _US.fullmatch(cell):
        month, day, year = map(int, us.groups())
    elif _SHORT_YEAR.fullmatch(cell):
        raise Unfit("date", f"“{cell}”: write the year with four digits.", name)
    else:
        raise Unfit("date", f"“{cell[:40]}” is not a day we can read. Write 2026-09-03 or 9/3/2026.", name)
    return _existing(name, cell, today, year, month, day)


def _existing(name: str, cell: str, today: date, year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise Unfit("date", f"“{cell}” is not a day that exists.", name) from None
    if found > today:
        raise Unfit("date", f"“{cell}” lies in the future.", name)
    if found < EARLIEST:
        raise Unfit("date", f"“{cell}” lies too far back.", name)
    return found


def _time(name: str, cell: str, zone: ZoneInfo, at: datetime) -> str:
    """A moment in the agency's zone; a day alone begins at midnight, and ends before the next, or by now if it is
    today."""
    if not cell:
        return ""
    day, _, clock = cell.replace("T", " ", 1).partition(" ")
    here = at.astimezone(zone)
    found = _calendar(name, day, here.date())
    if not clock.strip():
        last = datetime.combine(found, LAST, zone)
        return (min(last, minute(here)) if name == "end" else datetime.combine(found, time(), zone)).isoformat()
    said = datetime.combine(found, _clock(name, clock.strip()), zone)
    if is_skipped(said):
        raise Unfit("time", f"“{cell[:40]}”: the clocks went forward that night and left this hour out.", name)
    if said > at:
        raise Unfit("date", f"“{cell[:40]}” lies in the future.", name)
    return said.isoformat()


def _clock(name: str, said: str) -> time:
    fit = _CLOCK.fullmatch(said)
    hour, minute = (int(fit[1]), int(fit[2])) if fit else (99, 0)
    half = fit[3][0].casefold() if fit and fit[3] else ""
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif half:
        hour = 99
    try:
        return time(hour, minute)
    except ValueError:
        raise Unfit("time", f"“{said[:40]}” is not a time we can read. Write 21:30 or 9:30 pm.", name) from None
