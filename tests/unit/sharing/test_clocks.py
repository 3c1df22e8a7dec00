"""Working days, deadlines, times of keeping, and what a paper asks for, as a profile says them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdt.sharing.clocks import Clocks, Span
from mdt.sharing.facts import Case, Youth
from mdt.sharing.profile import ProfileError, load
from mdt.sharing.vocabulary import Category, Regime
from mdt.sharing.workdays import Calendar, Holiday
from tests.unit.sharing.test_profile import changed

CLOCKS = load("us-baseline").clocks
EAST = ZoneInfo("America/New_York")


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=EAST)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("declared", "due"),
    [
        ((2026, 11, 25, 12), (2026, 11, 27)),  # the day after is Thanksgiving
        ((2026, 11, 27, 23, 59), (2026, 11, 30)),
        ((2026, 12, 24, 9), (2026, 12, 28)),
        ((2027, 7, 2, 9), (2027, 7, 6)),  # July 4 is a Sunday, kept on Monday
        ((2027, 12, 22, 9), (2027, 12, 23)),
        ((2027, 12, 23, 9), (2027, 12, 27)),  # December 25 is a Saturday, kept on Friday
        ((2027, 12, 30, 9), (2028, 1, 3)),  # January 1 is a Saturday, kept on the last of the year
        ((2026, 1, 16, 9), (2026, 1, 20)),
        ((2026, 5, 22, 9), (2026, 5, 26)),
    ],
)
def test_a_review_is_due_at_the_end_of_the_next_working_day(declared: tuple[int, ...], due: tuple[int, ...]) -> None:
    assert CLOCKS.calendar.due(at(*declared), 1, EAST) == at(*due, 23, 59, 59)


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.integers(1, 40))
def test_working_days_are_counted_one_by_one(day: date, days: int) -> None:
    calendar = CLOCKS.calendar
    last = calendar.after(day, days)
    between = [day + timedelta(days=n) for n in range(1, (last - day).days + 1)]
    assert calendar.works(last) and sum(map(calendar.works, between)) == days


@given(st.integers(2020, 2060))
def test_eleven_holidays_a_year_leave_none_unkept(year: int) -> None:
    for holiday in CLOCKS.calendar.holidays:
        on = holiday.falls_on(year)
        assert not any(map(CLOCKS.calendar.works, [on])) and on.year == year
    assert len(CLOCKS.calendar.holidays) == 11


@pytest.mark.parametrize("words", ["", "july", "july 40", "fifth monday of may", "third monday in may", "yule 4"])
def test_a_holiday_nobody_can_read_is_none(words: str) -> None:
    with pytest.raises(ValueError, match="is no holiday"):
        Holiday.read(words)


def test_days_end_with_the_day_and_hours_run_through_the_night() -> None:
    found = at(2026, 11, 25, 22, 30)
    assert CLOCKS.due("breach_assessment", found, EAST) == at(2026, 12, 5, 23, 59, 59)
    assert CLOCKS.due("breach_notice", found, EAST) == at(2027, 1, 24, 23, 59, 59), "the outer limit of the law"
    assert CLOCKS.due("missing_ncmec", found, EAST) == found + timedelta(hours=24)
    assert CLOCKS.due("nobody set this", found, EAST) == at(2026, 11, 27, 23, 59, 59), "the stricter branch"
    assert Clocks().due("x", at(2026, 11, 25, 9), EAST) == at(2026, 11, 26, 23, 59, 59)
    assert Span(days=1).due(datetime(2026, 11, 26, 3, tzinfo=UTC), Calendar(), EAST) == at(2026, 11, 26, 23, 59, 59)


def test_a_record_is_kept_until_the_last_of_its_events_and_else_for_good() -> None:
    born, closed = date(2012, 2, 29), date(2026, 3, 1)
    case = Case(id="c", lead="l", youth=Youth(born=born), opened=date(2025, 1, 1), closed=(date(2025, 9, 9), closed))
    assert CLOCKS.kept_until(Category.PHOTO, None, case, 18) == date(2029, 3, 1)
    assert CLOCKS.kept_until(Category.HEALTH, None, case, 18) == date(2036, 3, 1)
    assert CLOCKS.kept_until(Category.ALLEGATION, None, case, 18) is None
    running = Case(id="c", lead="l", youth=Youth(born=born), opened=date(2025, 1, 1))
    assert CLOCKS.kept_until(Category.PHOTO, None, running, 18) is None


def test_a_subpoena_never_opens_and_only_an_order_seals() -> None:
    papers = CLOCKS.process.papers
    assert {name for name, kind in papers.items() if kind.opens} == {"order"}
    assert {name for name, kind in papers.items() if set(kind.effects) & {"seal", "expunge"}} == {"order"}


@pytest.mark.parametrize(
    ("paper", "order", "regimes", "said", "asked"),
    [
        ("subpoena", None, {Regime.FERPA}, (), {"tell_student", "tell_parents_of_subpoena"}),
        ("subpoena", None, {Regime.FERPA}, ("dependency",), {"tell_student", "tell_parents_of_subpoena"}),
        ("order", "EDU", {Regime.FERPA}, (), {"tell_student", "tell_parents"}),
        ("order", "EDU", {Regime.FERPA}, ("dependency",), {"tell_student"}),
        ("subpoena", None, {Regime.FERPA}, ("silence",), set()),
        ("order", "EDU", {Regime.FERPA}, ("silence",), set()),
        ("request", None, {Regime.FERPA}, (), set()),
        ("order", "PRV", {Regime.VSP}, (), {"victim_notice_attempt"}),
        ("order", "P2N", {Regime.PART2}, (), {"tell_patient"}),
        ("order", "P2C", {Regime.PART2}, (), {"tell_program"}),
        ("subpoena", None, {Regime.PART2, Regime.HIPAA}, (), {"assurance"}),
        ("order", "HIP", {Regime.HIPAA}, (), set()),
        ("request", None, {Regime.HIPAA}, (), set()),
    ],
)
def test_what_has_to_be_done_first_follows_from_the_paper(
    paper: str, order: str | None, regimes: set[Regime], said: tuple[str, ...], asked: set[str]
) -> None:
    assert {one.name for one in CLOCKS.process.steps if one.is_asked(paper, order, regimes, said)} == asked


@pytest.mark.parametrize(
    ("old", "new", "line_of", "cure"),
    [
        ("weekend: [saturday, sunday]", "weekend: [saterday]", "saterday", "'saterday' is no day of the week"),
        ("    - july 4", "    - july fourth", "july fourth", "is no holiday; write july 4"),
        ("breach_notice: {days: 60,", "breach_notice: {days: 0,", "days: 0", "is at least one of days"),
        ("breach_notice: {days: 60,", "breach_notice: {weeks: 9,", "weeks: 9", "has no key 'weeks'"),
        ("breach_notice: {days: 60,", "breach_notice: {days: 60, hours: 2,", "hours: 2", "says how long"),
        ("  PHOTO: {years: 3,", "  FOTO: {years: 3,", "FOTO: {years", "'FOTO' is no category"),
        ("PHOTO: {years: 3, from: [case_closed]}", "PHOTO: {years: 3, from: [dawn]}", "dawn", "'dawn' is no beginning"),
        ("effects: [open, seal, expunge]", "effects: [open, burn]", "burn", "'burn' is no effect"),
        ("unless: [dependency, silence]", "unless: [rain]", "unless: [rain]", "'rain' is no remark"),
        ("orders: [P2N]", "orders: [P2X]", "orders: [P2X]", "'P2X' is no order"),
        ("papers: [subpoena, order, request]", "papers: [letter]", "papers: [letter]", "'letter' is no paper"),
    ],
)
def test_a_wrong_word_is_told_with_file_line_and_cure(
    tmp_path: Path, old: str, new: str, line_of: str, cure: str
) -> None:
    path = changed(tmp_path, old, new)
    lines = path.read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, 1) if line_of in text)
    with pytest.raises(ProfileError) as wrong:
        load(path)
    assert cure in str(wrong.value)
    place = str(wrong.value).partition(": ")[0]
    assert place.startswith("county.yaml:") and abs(int(place.rpartition(":")[2]) - line) <= 20


def test_a_profile_without_any_of_it_still_stands(tmp_path: Path) -> None:
    """The first baseline had none: then nothing is past its time, no paper opens anything, and weekends are free."""
    text = Path(load.__globals__["PROFILES"], "us-baseline.yaml").read_text(encoding="utf-8")
    first, _, rest = text.partition("# Working days, where")
    path = tmp_path / "first.yaml"
    path.write_text(first + "notices:" + rest.partition("\nnotices:")[2], encoding="utf-8")
    clocks = load(path).clocks
    assert not clocks.retention and not clocks.process.papers and not clocks.calendar.holidays
    assert not clocks.calendar.works(date(2026, 11, 28))


def test_why_a_paper_opens_nothing_follows_from_the_paper_and_says_what_is_not_confirmed() -> None:
    reasons = CLOCKS.process.reasons
    asked, requested = reasons[Regime.HIPAA].of("subpoena"), reasons[Regime.HIPAA].of("request")
    assert asked.cite == "45 CFR 164.512(e)(1)(ii)" and asked.confirmed
    assert "authorization" in requested.words and requested.cite == "45 CFR 164.508(a)(1)"
    juvenile = reasons[Regime.JUV].of("subpoena")
    assert (juvenile.cite, juvenile.confirmed) == ("state law", False), "18 USC 5038 binds federal courts only"
