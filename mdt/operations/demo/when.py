"""Time in the county: everything is counted from the day it is founded, so that it is never old."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = "America/New_York"
EVENING, MORNING = time(19, 30), time(7, 40)
AHEAD = timedelta(minutes=45)
GONE = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class When:
    """The moment of the founding and the days around it; -1 is yesterday."""

    at: datetime
    zone: ZoneInfo = ZoneInfo(ZONE)

    def day(self, days: int) -> date:
        return self.at.astimezone(self.zone).date() + timedelta(days=days)

    def workday(self, days: int) -> date:
        """That day, or the Monday after it."""
        day = self.day(days)
        return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)

    def born(self, *, years: int, days: int) -> date:
        """The birthday of somebody of this age in years, and days beyond."""
        return self.day(-round(years * 365.25) - days)

    def time(self, days: int, clock: str) -> datetime:
        """A time of a day, "15:20", in the county's zone; never after the founding if not ahead."""
        found = datetime.combine(self.day(days), time.fromisoformat(clock), self.zone)
        return min(found, self.at) if days <= 0 else found

    def ago(self, **span: int) -> datetime:
        return self.at - timedelta(**span)

    def evening(self) -> datetime:
        """Half past seven today; where that has passed or is close, a later half hour."""
        planned = datetime.combine(self.day(0), EVENING, self.zone)
        return planned if planned >= self.at + AHEAD else self._half_hour(self.at + AHEAD)

    def morning(self) -> datetime:
        """This morning before school; where it is earlier than that still, three hours ago."""
        return min(datetime.combine(self.day(0), MORNING, self.zone), self.at - GONE)

    def said(self, days: int) -> str:
        """November 23"""
        return said(self.day(days))

    def iso(self, days: int) -> str:
        return self.day(days).isoformat()

    def _half_hour(self, at: datetime) -> datetime:
        local = at.astimezone(self.zone).replace(second=0, microsecond=0)
        return local + timedelta(minutes=-local.minute % 30)


def said(day: date) -> str:
    """November 23"""
    return f"{day:%B} {day.day}"


__all__ = ["When", "said"]
