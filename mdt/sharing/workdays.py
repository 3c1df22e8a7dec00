"""Working days, as the calendar of a profile has them.

A holiday is written as people say it: `july 4`, `third monday of january`, `last monday of may`, `day after fourth
thursday of november`. One that falls on a weekend day is kept on the working day beside it, where the profile says so
(5 USC 6103).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
PLACES = ("first", "second", "third", "fourth", "last")
DAY = timedelta(days=1)
LAST_MOMENT = time(23, 59, 59)
LEAP = 2024


@dataclass(frozen=True, slots=True)
class Holiday:
    """One day of each year: of a month, either a number, or the first to last of a weekday; or the day after it."""

    month: int
    day: int | None = None
    weekday: int | None = None
    place: int = 0
    after: bool = False

    @classmethod
    def read(cls, words: str) -> Holiday:
        """A holiday as it is written; ValueError says what could not be read."""
        match words.lower().split():
            case ["day", "after", *rest] if rest[:1] != ["day"]:
                return replace(cls.read(" ".join(rest)), after=True)
            case [month, number] if month in MONTHS and _is_day(LEAP, MONTHS.index(month) + 1, number):
                return cls(MONTHS.index(month) + 1, day=int(number))
            case [place, weekday, "of", month] if place in PLACES and weekday in DAYS and month in MONTHS:
                return cls(MONTHS.index(month) + 1, weekday=DAYS.index(weekday), place=PLACES.index(place))
        raise ValueError(f"{words!r} is no holiday; write july 4, third monday of january, or day after either")

    def falls_on(self, year: int) -> date | None:
        """The day it falls on; None for February 29 of a year that has none."""
        found = self._of(year)
        return found + DAY if found and self.after else found

    def _of(self, year: int) -> date | None:
        if self.day is not None:
            return date(year, self.month, self.day) if _is_day(year, self.month, str(self.day)) else None
        found = [one for one in _days_of(year, self.month) if one.weekday() == self.weekday]
        return found[-1] if self.place == PLACES.index("last") else found[self.place]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked, and from when to when. Without a calendar in the profile: every day but Saturday and
    Sunday, from eight to five."""

    weekend: frozenset[int] = frozenset({5, 6})
    holidays: tuple[Holiday, ...] = ()
    observed: bool = False
    opens: time = time(8)
    closes: time = time(17)

    def works(self, day: date) -> bool:
        """Whether this is a working day."""
        return day.weekday() not in self.weekend and day not in _off(self, day.year)

    def after(self, day: date, working_days: int) -> date:
        """The n-th working day after this day."""
        left = working_days
        while left > 0:
            day += DAY
            left -= self.works(day)
        return day

    def end_of(self, day: date, zone: ZoneInfo) -> datetime:
        """The last moment of a day where the case is."""
        return datetime.combine(day, LAST_MOMENT, tzinfo=zone)

    def due(self, at: datetime, working_days: int, zone: ZoneInfo) -> datetime:
        """The end of the n-th working day after the day on which this falls."""
        return self.end_of(self.after(at.astimezone(zone).date(), working_days), zone)

    def hours_after(self, at: datetime, hours: int, zone: ZoneInfo) -> datetime:
        """When so many business hours have passed after this moment, on the clock where the case is."""
        return self.time_after(at, timedelta(hours=hours), zone)

    def time_after(self, at: datetime, worked: timedelta, zone: ZoneInfo) -> datetime:
        """When so much of the offices' time has passed after this moment, on the clock where the case is."""
        hours = self._open_from(at, zone)
        begins, ends = next(hours)
        while begins + worked > ends:
            worked -= ends - begins
            begins, ends = next(hours)
        return (begins + worked).astimezone(zone)

    def time_between(self, since: datetime, until: datetime, zone: ZoneInfo) -> timedelta:
        """How much of the offices' time lies between these moments."""
        found = timedelta()
        for begins, ends in self._open_from(since, zone):
            if begins >= until:
                break
            found += min(ends, until) - begins
        return found

    def part_of(self, since: datetime, until: datetime, percent: int, zone: ZoneInfo) -> datetime | None:
        """When so much of the offices' time between these moments has passed; None where they are open at no time."""
        worked = self.time_between(since, until, zone)
        return self.time_after(since, worked * percent / 100, zone) if worked else None

    def _open_from(self, at: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
        """From when to when the offices are open, day by day from this moment on; in UTC, where hours are all alike."""
        day = at.astimezone(zone).date()
        while True:
            hours_of = (datetime.combine(day, hour, tzinfo=zone) for hour in (self.opens, self.closes))
            begins, ends = (one.astimezone(UTC) for one in hours_of)
            begins = max(begins, at.astimezone(UTC))
            if self.works(day) and begins < ends:
                yield begins, ends
            day += DAY


@lru_cache(maxsize=256)
def _off(calendar: Calendar, year: int) -> frozenset[date]:
    """The days off of a year, those kept for days of the years beside it included."""
    falls = [one.falls_on(near) for one in calendar.holidays for near in (year - 1, year, year + 1)]
    return frozenset(_kept_on(day, calendar.weekend) if calendar.observed else day for day in falls if day)


def _kept_on(day: date, weekend: Collection[int]) -> date:
    """Saturday's holiday is kept the day before, Sunday's the day after."""
    if day.weekday() not in weekend:
        return day
    return day - DAY if day.weekday() == DAYS.index("saturday") else day + DAY


def _is_day(year: int, month: int, number: str) -> bool:
    return number.isdecimal() and 1 <= int(number) <= monthrange(year, month)[1]


def _days_of(year: int, month: int) -> list[date]:
    first = date(year, month, 1)
    return [first + timedelta(days=n) for n in range(31) if (first + timedelta(days=n)).month == month]


__all__ = ["Calendar", "Holiday"]
