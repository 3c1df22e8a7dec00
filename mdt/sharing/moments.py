"""Dates and times, as the law means them.

A date that begins something acts from its first second; one that ends something holds to its last;
always in the case's time zone. A time is itself. What is compared is always an instant in UTC, so
that a clock change moves nothing.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Moment = date | datetime
NEVER_ENDS = datetime.max.replace(tzinfo=UTC)


class Naive(ValueError):
    """A time without a zone. It is refused, because it could be any of twenty-five hours."""


def instant(time: datetime) -> datetime:
    """The time in UTC; raises Naive if it names no zone."""
    if time.tzinfo is None:
        raise Naive("a time needs a zone")
    return time.astimezone(UTC)


def begins(moment: Moment, zone: ZoneInfo) -> datetime:
    """The first instant of it."""
    return instant(moment) if isinstance(moment, datetime) else _midnight(moment, zone)


def ends(moment: Moment, zone: ZoneInfo) -> datetime:
    """The first instant that is no longer in it: the midnight after a date, or the time itself."""
    if isinstance(moment, datetime):
        return instant(moment)
    return NEVER_ENDS if moment == date.max else _midnight(moment + timedelta(days=1), zone)


def begun(moment: Moment, at: datetime, zone: ZoneInfo) -> bool:
    """Whether what begins then has begun at this instant."""
    return begins(moment, zone) <= at


def over(moment: Moment, at: datetime, zone: ZoneInfo) -> bool:
    """Whether what ends then has ended at this instant."""
    return ends(moment, zone) <= at


def running(since: Moment | None, until: Moment | None, at: datetime, zone: ZoneInfo) -> bool:
    """Whether a spell from `since` (always, if None) to `until` (for ever, if None) is running."""
    has_begun = since is None or begun(since, at, zone)
    return has_begun and (until is None or not over(until, at, zone))


def day(moment: Moment, zone: ZoneInfo) -> date:
    """The calendar day it falls on where the case is."""
    return moment.astimezone(zone).date() if isinstance(moment, datetime) else moment


def birthday(born: date, age: int) -> date:
    """The day somebody turns this age; a child of February 29 turns it on March 1."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def minute(time: datetime) -> datetime:
    """The minute it falls in: people say a time by it, so what is said to be of the same minute comes no earlier."""
    return time.replace(second=0, microsecond=0)


def is_skipped(said: datetime) -> bool:
    """Whether no clock ever shows this time of its zone: it falls into the hour that is left out when the clocks go
    forward."""
    return instant(said).astimezone(said.tzinfo).replace(tzinfo=None) != said.replace(tzinfo=None)


def said_after(said: datetime, since: datetime | None, at: datetime) -> datetime:
    """The instant of a time as it was said. An hour that comes twice, when the clocks go back, is the first of the
    two; the second where the first would be before `since`, and the second has come."""
    first, second = (instant(said.replace(fold=one)) for one in (0, 1))
    return second if since is not None and first < minute(since) <= second <= at else first


@lru_cache(maxsize=8192)
def _midnight(on: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day. A midnight that a clock change skips is the instant of the change."""
    return datetime(on.year, on.month, on.day, tzinfo=zone).astimezone(UTC)


def days_after(moment: Moment, days: int, zone: ZoneInfo) -> date:
    """The n-th day after the day it falls on."""
    return day(moment, zone) + timedelta(days=days)
