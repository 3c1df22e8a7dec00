"""What begins acts from its first second, what ends holds to its last, where the case is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mdt.sharing.moments import (
    NEVER_ENDS,
    Naive,
    begins,
    birthday,
    day,
    days_after,
    ends,
    instant,
    is_skipped,
    running,
    said_after,
)

NEW_YORK = ZoneInfo("America/New_York")
HAVANA = ZoneInfo("America/Havana")
"""Where the clocks change at midnight."""


def test_a_date_begins_at_its_midnight_and_ends_at_the_next() -> None:
    assert begins(date(2025, 3, 3), NEW_YORK) == datetime(2025, 3, 3, 5, tzinfo=UTC)
    assert ends(date(2025, 3, 3), NEW_YORK) == datetime(2025, 3, 4, 5, tzinfo=UTC)


def test_the_day_the_clocks_go_forward_has_twenty_three_hours_and_the_other_twenty_five() -> None:
    spring, autumn = date(2025, 3, 9), date(2025, 11, 2)
    assert ends(spring, NEW_YORK) - begins(spring, NEW_YORK) == timedelta(hours=23)
    assert ends(autumn, NEW_YORK) - begins(autumn, NEW_YORK) == timedelta(hours=25)


def test_a_midnight_that_a_clock_change_skips_is_the_instant_of_the_change() -> None:
    assert begins(date(2025, 3, 9), HAVANA) == datetime(2025, 3, 9, 5, tzinfo=UTC)
    assert ends(date(2025, 3, 8), HAVANA) == datetime(2025, 3, 9, 5, tzinfo=UTC)


def test_a_midnight_that_comes_twice_begins_the_first_time() -> None:
    first = begins(date(2025, 11, 2), HAVANA)
    assert first == datetime(2025, 11, 2, 4, tzinfo=UTC)
    assert ends(date(2025, 11, 1), HAVANA) == first


def test_a_time_is_itself_and_a_time_without_a_zone_is_refused() -> None:
    noon = datetime(2025, 3, 3, 12, tzinfo=NEW_YORK)
    assert begins(noon, HAVANA) == ends(noon, HAVANA) == noon
    with pytest.raises(Naive):
        instant(datetime(2025, 3, 3, 12))


def test_a_spell_without_a_beginning_or_an_end_runs() -> None:
    now = datetime(2025, 3, 3, tzinfo=UTC)
    assert running(None, None, now, NEW_YORK)
    assert not running(date(2025, 3, 3), None, now, NEW_YORK)
    assert not running(None, date(2025, 3, 1), now, NEW_YORK)


def test_the_last_day_of_all_has_no_end() -> None:
    assert ends(date.max, NEW_YORK) == NEVER_ENDS


def test_an_instant_falls_on_the_day_where_the_case_is() -> None:
    late = datetime(2025, 3, 4, 3, tzinfo=UTC)
    assert day(late, NEW_YORK) == date(2025, 3, 3)
    assert days_after(late, 30, NEW_YORK) == date(2025, 4, 2)


def test_a_child_of_february_29_turns_eighteen_on_march_1() -> None:
    assert birthday(date(2008, 2, 29), 18) == date(2026, 3, 1)
    assert birthday(date(2008, 2, 29), 20) == date(2028, 2, 29)
    assert birthday(date(2008, 3, 1), 18) == date(2026, 3, 1)


def test_an_hour_that_the_clocks_leave_out_is_no_time() -> None:
    assert is_skipped(datetime(2027, 3, 14, 2, 30, tzinfo=NEW_YORK))
    for hour, day_ in ((1, 14), (3, 14), (2, 15)):
        assert not is_skipped(datetime(2027, 3, day_, hour, 30, tzinfo=NEW_YORK))
    assert not is_skipped(datetime(2027, 11, 7, 1, 30, tzinfo=NEW_YORK)), "one that comes twice is there"


def test_an_hour_that_comes_twice_is_the_second_only_where_the_first_cannot_be_meant() -> None:
    said = datetime(2027, 11, 7, 1, 10, tzinfo=NEW_YORK)
    first, second = datetime(2027, 11, 7, 5, 10, tzinfo=UTC), datetime(2027, 11, 7, 6, 10, tzinfo=UTC)
    noticed, later = first + timedelta(minutes=40), second + timedelta(hours=9)
    assert said_after(said, None, later) == first
    assert said_after(said, first + timedelta(seconds=30), later) == first, "in the same minute"
    assert said_after(said, noticed, later) == second
    assert said_after(said, noticed, second - timedelta(minutes=1)) == first, "the second has not come"
    assert said_after(said, second + timedelta(hours=1), later) == first, "neither can be meant"
