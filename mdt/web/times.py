"""Time as people say it, in the case's time zone, the exact time beside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SOON = timedelta(hours=1)
LATE_WORDS = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Clock:
    """How long is left, in words; by when; whether it has passed, and whether it is near."""

    words: str
    by: str
    exact: datetime
    past: bool
    near: bool


def day(value: date | datetime, zone: ZoneInfo, at: datetime) -> str:
    """November 25; with the year where it is not this one; today, tomorrow, yesterday."""
    local = value.astimezone(zone).date() if isinstance(value, datetime) else value
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}.get((local - at.astimezone(zone).date()).days)
    if near:
        return near
    words = f"{local:%B} {local.day}"
    return words if local.year == at.astimezone(zone).year else f"{words}, {local.year}"


def date_words(value: date) -> str:
    """November 25, 2026: a date that is not spoken of from today."""
    return f"{value:%B} {value.day}, {value.year}"


def hour(value: datetime, zone: ZoneInfo, *, named: bool = False) -> str:
    """6:30 pm; with the zone where it is to be named: 6:30 pm EST"""
    local = value.astimezone(zone)
    words = f"{local:%I:%M} {'am' if local.hour < 12 else 'pm'}".lstrip("0")
    return f"{words} {local:%Z}" if named else words


def moment(value: datetime, zone: ZoneInfo, at: datetime, *, named: bool = False) -> str:
    """today, 3:20 pm"""
    return f"{day(value, zone, at)}, {hour(value, zone, named=named)}"


def length(span: timedelta) -> str:
    """4 h 10 min; 25 min; 3 days. Never seconds."""
    minutes = max(0, int(span.total_seconds()) // 60)
    if span >= LATE_WORDS:
        return f"{span.days} days"
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"


def clock(value: datetime, zone: ZoneInfo, at: datetime, *, named: bool = False) -> Clock:
    """4 h 10 min left, by 11:50 pm today; past, was due 20 min ago."""
    left = value - at
    by = f"by {hour(value, zone, named=named)} {day(value, zone, at)}"
    if left.total_seconds() < 0:
        return Clock(f"was due {length(-left)} ago", by, value, True, True)
    return Clock(f"{length(left)} left", by, value, False, left < SOON)


def ago(value: datetime, zone: ZoneInfo, at: datetime, *, named: bool = False) -> str:
    """20 min ago; beyond a few hours, the moment itself."""
    passed = at - value
    if passed < timedelta(minutes=1):
        return "just now"
    return f"{length(passed)} ago" if passed < timedelta(hours=6) else moment(value, zone, at, named=named)
