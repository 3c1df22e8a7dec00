"""From the tables of a profile to its parts, each read by itself: what it says, and what it must not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mdt.sharing import building, jurisdiction
from mdt.sharing.clocks import UNITS, Clocks, Keeping, Reason, Span, clocks, span
from mdt.sharing.facts import Case, Youth
from mdt.sharing.gatherings import Gatherings, Kind, Template, gatherings
from mdt.sharing.jurisdiction import Answer, Entry, Key, leaves
from mdt.sharing.profile import Basis, OrderType, ReleaseType, load
from mdt.sharing.reading import Unreadable, read
from mdt.sharing.vocabulary import Category, Purpose, Regime, Role
from mdt.sharing.workdays import Calendar, Holiday

EAST = ZoneInfo("America/New_York")


def said(text: str) -> Any:
    return read(text, "a.yaml")


def refused(ask: Callable[[], object]) -> str:
    with pytest.raises(Unreadable) as found:
        ask()
    return found.value.message


# -- times ----------------------------------------------------------------------------------------


def test_a_deadline_says_how_long_once_and_at_least_one() -> None:
    assert span("x", said("{hours: 1, cite: A, from: told}")) == Span(hours=1, cite="A")
    assert span("x", said("{days: 2}")) == Span(days=2) and span("x", said("{working_days: 3}")) == Span(working_days=3)
    assert span("x", said("{working_hours: 4}")) == Span(working_hours=4)
    for unit in UNITS:
        one = span("x", said(f"{{{unit}: 3}}"))
        assert {name for name in UNITS if getattr(one, name)} == {unit}, "counted in one unit alone"
    assert refused(lambda: span("x", said("{hours: 0}"))) == "deadline x is at least one of hours"
    for text in ("{cite: A}", "{hours: 1, days: 1}"):
        cure = "deadline x says how long: one of hours, days, working_days, working_hours"
        assert refused(lambda text=text: span("x", said(text))) == cure  # type: ignore[misc]
    assert "has no key 'weeks'" in refused(lambda: span("x", said("{weeks: 1}")))


def read_clocks(text: str) -> Clocks:
    return clocks(said(text), ("EDU", "PRV"))


def test_a_calendar_says_its_week_its_holidays_and_its_hours() -> None:
    assert read_clocks("{}") == Clocks() and read_clocks("workdays: {}").calendar == Calendar()
    found = read_clocks("workdays: {weekend: [sunday], holidays: [july 4], opens: '09:30', closes: '12:00', cite: A}")
    holiday = Holiday(month=7, day=4)
    assert found.calendar == Calendar(frozenset({6}), (holiday,), False, time(9, 30), time(12))
    assert read_clocks("workdays: {observed: true}").calendar == Calendar(frozenset(), (), True, time(8), time(17))
    for text, cure in (
        ("{weekend: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]}", "no day is worked; leave one"),
        ("{opens: '09:00', closes: '09:00'}", "the day closes before it opens"),
        ("{opens: nine}", "'nine' is no time of day; write '08:00'"),
        ("{holydays: []}", "workdays has no key 'holydays'"),
    ):  # fmt: skip
        assert refused(lambda text=text: read_clocks(f"workdays: {text}")).startswith(cure)  # type: ignore[misc]
    six = "{weekend: [monday, tuesday, wednesday, thursday, friday, saturday]}"
    assert len(read_clocks(f"workdays: {six}").calendar.weekend) == 6


def test_a_record_is_kept_for_years_from_what_is_named() -> None:
    found = read_clocks(
        "retention: {PHOTO: {years: 0, from: [recorded]}, HEALTH: {years: 2, from: [recorded, majority], cite: A}}"
    )
    assert found.retention[Category.PHOTO] == Keeping(years=0, since=("recorded",))
    assert found.retention[Category.HEALTH] == Keeping(years=2, since=("recorded", "majority"), cite="A")
    case = Case(id="c", lead=None, youth=Youth(born=date(2010, 5, 5)), opened=date(2025, 1, 1))
    assert found.kept_until(Category.PHOTO, date(2025, 3, 1), case, 18) == date(2025, 3, 1)
    assert found.kept_until(Category.HEALTH, date(2025, 3, 1), case, 18) == date(2030, 5, 5)
    assert found.kept_until(Category.HEALTH, date(2029, 3, 1), case, 18) == date(2031, 3, 1)
    assert found.kept_until(Category.HEALTH, None, case, 18) is found.kept_until(Category.ID, None, case, 18) is None
    assert refused(lambda: read_clocks("retention: {ID: {years: 1, from: [recorded], for: x}}")).startswith(
        "retention of ID has no key 'for'"
    )
    for text in ("{years: 1}", "{years: -1, from: [recorded]}", "{years: 1, from: []}"):
        cure = "retention of ID says how many years, and from what"
        assert refused(lambda text=text: read_clocks(f"retention: {{ID: {text}}}")) == cure  # type: ignore[misc]


PROCESS = """
process:
  papers: {subpoena: {title: Subpoena, opens: false}, order: {title: Order, opens: true, effects: [open, seal]}}
  remarks: {silence: Nobody is told.}
  reasons: {HIPAA: {words: Ask., cite: A, confirmed: false, unlike: {order: {words: Obey., cite: B}}}}
  steps:
    ask: {title: Ask, words: Ask them., regimes: [HIPAA], papers: [order], orders: [EDU], unless: [silence],
          days_before: 3, cite: C}
    tell: {title: Tell, words: Tell them., regimes: [HIPAA, FERPA], papers: [order, subpoena], days_before: 0, cite: D}
"""


def test_a_paper_asks_for_steps_and_has_reasons() -> None:
    process = read_clocks(PROCESS).process
    assert [(one.name, one.opens, one.effects) for one in process.papers.values()] == [
        ("subpoena", False, ()), ("order", True, ("open", "seal")),
    ]  # fmt: skip
    (bare,) = read_clocks("process: {papers: {letter: {title: Letter}}, steps: {}}").process.papers.values()
    assert (bare.opens, bare.effects) == (False, ())
    assert process.remarks == {"silence": "Nobody is told."}
    why = process.reasons[Regime.HIPAA]
    assert (why.confirmed, why.of("subpoena"), why.of("order").words) == (False, why, "Obey.")
    assert why.of("order").confirmed is True and why.of("order") == Reason(words="Obey.", cite="B")
    ask, tell = process.steps
    assert (ask.orders, ask.unless, ask.days_before, tell.orders, tell.unless) == ({"EDU"}, {"silence"}, 3, None, set())
    hipaa, other = (Regime.HIPAA, Regime.CPS), (Regime.CPS,)
    assert ask.is_asked("order", "EDU", hipaa, ()) is True
    for paper, order, regimes, remarks in (
        ("subpoena", "EDU", hipaa, ()), ("order", "PRV", hipaa, ()), ("order", None, hipaa, ()),
        ("order", "EDU", other, ()), ("order", "EDU", hipaa, ("silence",)),
    ):  # fmt: skip
        assert ask.is_asked(paper, order, regimes, remarks) is False
    assert tell.is_asked("subpoena", None, (Regime.FERPA,), ("silence",)) is True
    assert read_clocks("process: null").process == Clocks().process


@pytest.mark.parametrize(
    ("old", "new", "cure"),
    [
        ("remarks:", "remark:", "process has no key 'remark'"),
        ("  steps:", "  stairs:", "process has no key 'stairs'"),
        ("opens: false}", "open: false}", "paper subpoena has no key 'open'"),
        ("cite: B}", "cite: B, unlike: {}}", "reason HIPAA has no key 'unlike'"),
        ("order: {words", "letter: {words", "'letter' is no paper"), ("words: Ask., ", "", "words is left out"),
        ("confirmed: false", "confirm: false", "reason HIPAA has no key 'confirm'"),
        ("HIPAA: {", "HIPA: {", "'HIPA' is no regime"),
        ("title: Tell, ", "name: Tell, ", "step tell has no key 'name'"),
        ("orders: [EDU]", "orders: [ED]", "'ED' is no order"),
        ("unless: [silence]", "unless: [rain]", "'rain' is no remark"),
        ("days_before: 3", "days_before: x", "days_before is a"),
        ("[open, seal]", "[open, burn]", "'burn' is no effect"), ("cite: D}", "}", "cite is left out"),
    ],
)  # fmt: skip
def test_a_wrong_word_about_papers_is_told(old: str, new: str, cure: str) -> None:
    assert PROCESS.count(old) == 1
    assert refused(lambda: read_clocks(PROCESS.replace(old, new))).startswith(cure)
    assert refused(lambda: read_clocks("process: {papers: {}}")) == "process leaves out steps; add steps:"


def test_a_holiday_falls_on_its_day_of_each_year() -> None:
    for words, year, day in (
        ("first monday of january", 2026, date(2026, 1, 5)), ("second monday of october", 2026, date(2026, 10, 12)),
        ("fourth thursday of november", 2026, date(2026, 11, 26)), ("last monday of may", 2026, date(2026, 5, 25)),
        ("last sunday of august", 2026, date(2026, 8, 30)), ("July 31", 2027, date(2027, 7, 31)),
        ("january 1", 2027, date(2027, 1, 1)), ("third friday of february", 2027, date(2027, 2, 19)),
        ("last tuesday of february", 2028, date(2028, 2, 29)), ("last saturday of january", 2026, date(2026, 1, 31)),
        ("first friday of may", 2026, date(2026, 5, 1)),
        ("last friday of april", 2026, date(2026, 4, 24)), ("february 29", 2028, date(2028, 2, 29)),
        ("february 29", 2027, None), ("day after fourth thursday of november", 2026, date(2026, 11, 27)),
        ("Day after fourth thursday of November", 2025, date(2025, 11, 28)),
        ("day after july 4", 2026, date(2026, 7, 5)),
        ("day after february 29", 2027, None), ("day after december 31", 2026, date(2027, 1, 1)),
    ):  # fmt: skip
        assert Holiday.read(words).falls_on(year) == day
    assert Holiday.read("first friday of may") == Holiday(month=5, weekday=4), "the first, where no place is said"
    for words in (
        "july 0",
        "july 32",
        "july first",
        "third monday of moon",
        "third yule of may",
        "july 4 2026",
        "fifth monday of may",
        "february 30",
        "april 31",
        "day after",
        "day after april 31",
        "day after day after july 4",
        "day before july 4",
    ):
        with pytest.raises(ValueError, match="is no holiday"):
            Holiday.read(words)


def test_a_holiday_on_a_weekend_is_kept_beside_it_only_where_that_is_said() -> None:
    fourth = (Holiday(month=7, day=4),)
    kept, plain = Calendar(holidays=fourth, observed=True), Calendar(holidays=fourth)
    assert not kept.works(date(2026, 7, 3)) and kept.works(date(2026, 7, 6))
    assert plain.works(date(2026, 7, 3)) and not plain.works(date(2025, 7, 4)) and not kept.works(date(2025, 7, 4))
    assert not kept.works(date(2027, 7, 5)) and kept.works(date(2027, 7, 2))
    new_year = Calendar(holidays=(Holiday(month=1, day=1),), observed=True)
    assert not new_year.works(date(2027, 12, 31)) and new_year.works(date(2026, 12, 31))
    friday = Calendar(frozenset({4}), fourth, True)
    assert friday.works(date(2026, 7, 5)) and not friday.works(date(2025, 7, 5)) and friday.works(date(2025, 7, 3))


def test_what_falls_on_no_day_of_a_year_or_into_the_next_one_is_off_on_its_days_alone() -> None:
    leap = Calendar(holidays=(Holiday.read("february 29"),))
    assert not leap.works(date(2028, 2, 29)) and leap.works(date(2027, 3, 1)) and leap.works(date(2027, 2, 26))
    long = Calendar(holidays=tuple(map(Holiday.read, ("fourth thursday of november", "day after december 31"))))
    assert long.works(date(2026, 11, 27)) and not long.works(date(2027, 1, 1)) and not long.works(date(2026, 1, 1))
    bridge = replace(long, holidays=(*long.holidays, Holiday.read("day after fourth thursday of november")))
    assert bridge.after(date(2026, 11, 25), 1) == date(2026, 11, 30)


def test_working_hours_are_counted_only_while_the_offices_are_open() -> None:
    def after(hours: int, *at: int, calendar: Calendar = Calendar()) -> datetime:  # noqa: B008
        return calendar.hours_after(datetime(*at, tzinfo=EAST), hours, EAST)  # type: ignore[misc]

    assert after(2, 2026, 11, 24, 9) == datetime(2026, 11, 24, 11, tzinfo=EAST)
    assert after(2, 2026, 11, 24, 6) == datetime(2026, 11, 24, 10, tzinfo=EAST)
    assert after(1, 2026, 11, 24, 16) == datetime(2026, 11, 24, 17, tzinfo=EAST)
    assert after(2, 2026, 11, 24, 16) == datetime(2026, 11, 25, 9, tzinfo=EAST)
    assert after(1, 2026, 11, 24, 17) == datetime(2026, 11, 25, 9, tzinfo=EAST)
    assert after(1, 2026, 11, 27, 18) == after(1, 2026, 11, 28, 12) == datetime(2026, 11, 30, 9, tzinfo=EAST)
    assert after(19, 2026, 11, 23, 8) == datetime(2026, 11, 25, 9, tzinfo=EAST)
    assert Calendar().hours_after(datetime(2026, 11, 24, 14, tzinfo=UTC), 1, EAST) == datetime(
        2026, 11, 24, 10, tzinfo=EAST
    )


def test_a_part_of_the_time_in_which_offices_are_open_is_never_in_the_night() -> None:
    """Nine working hours from Friday at four: one of them on Friday, eight on Monday."""
    four, monday = datetime(2026, 12, 4, 16, tzinfo=EAST), datetime(2026, 12, 7, 16, tzinfo=EAST)
    days = Calendar()
    assert days.time_between(four, monday, EAST) == timedelta(hours=9)
    parts = [days.part_of(four, monday, percent, EAST) for percent in (10, 50, 75, 90)]
    assert parts == [
        datetime(2026, 12, day, hour, minute, tzinfo=EAST)
        for day, hour, minute in ((4, 16, 54), (7, 11, 30), (7, 13, 45), (7, 15, 6))
    ]
    saturday, sunday = (datetime(2026, 12, day, 12, tzinfo=EAST) for day in (5, 6))
    assert days.time_between(four, sunday, EAST) == timedelta(hours=1)
    assert days.time_between(saturday, sunday, EAST) == timedelta() and days.part_of(saturday, sunday, 50, EAST) is None
    assert days.time_between(monday, four, EAST) == timedelta(), "what ended before it began took no time"
    inside = four.astimezone(UTC) + timedelta(minutes=30)
    assert days.time_between(four, inside, EAST) == timedelta(minutes=30)
    shut = Calendar(holidays=(Holiday(month=12, day=7),))
    assert shut.time_between(four, monday, EAST) == timedelta(hours=1), "a holiday has none"


def test_only_what_is_counted_in_working_time_works() -> None:
    assert Span(working_hours=9).works and Span(working_days=1).works
    assert not Span(hours=9).works and not Span(days=1).works
    assert Clocks().span("whatever").works, "a deadline nobody set ends with the next working day"


def test_a_span_is_due_by_its_unit() -> None:
    at = datetime(2026, 11, 27, 16, 30, tzinfo=EAST)
    ends = {
        "hours": (2026, 11, 27, 18, 30), "days": (2026, 11, 29, 23, 59, 59),
        "working_days": (2026, 12, 1, 23, 59, 59), "working_hours": (2026, 11, 30, 9, 30),
    }  # fmt: skip
    for unit, due in ends.items():
        assert Span(**{unit: 2}).due(at, Calendar(), EAST) == datetime(*due, tzinfo=EAST)  # type: ignore[arg-type, misc]
    assert Calendar().after(date(2026, 11, 27), 0) == date(2026, 11, 27)


# -- meetings -------------------------------------------------------------------------------------


MEETINGS = """
meetings:
  kinds:
    short: {title: Short, minutes: 1}
    long: {title: Long, minutes: 60, new_minutes: 1, quorum: CW LE, invited: "CW, LE LE", on_call: [CW, VC], points: [One, Two],
           within: {hours: 4}, every_days: 1, roster: true}
  returns:
    before_hours: 1
    templates: {CW: {category: PLAN, asks: {since: What changed, need: What is needed}}}
"""  # noqa: E501


def read_meetings(text: str) -> Gatherings:
    return gatherings(said(text))


def test_a_kind_of_meeting_says_who_has_to_be_there_and_how_long_a_case_has() -> None:
    found = read_meetings(MEETINGS)
    assert found.kinds["short"] == Kind(name="short", title="Short", minutes=1, new_minutes=1)
    assert found.kinds["long"] == Kind(
        name="long", title="Long", minutes=60, new_minutes=1, quorum=(Role.CW, Role.LE), invited=(Role.CW, Role.LE),
        on_call=(Role.CW, Role.VC), points=("One", "Two"), within=Span(hours=4), every_days=1, roster=True,
    )  # fmt: skip
    assert found.before_hours == 1
    assert found.returns == {
        Role.CW: Template(
            role=Role.CW, category=Category.PLAN, questions=(("since", "What changed"), ("need", "What is needed")),
        ),
    }  # fmt: skip
    assert found.returns[Role.CW].into == "note"
    assert replace(found.returns[Role.CW], category=Category.MEETING).into == "text"
    assert found.kind("long") is found.kinds["long"] and found.kind("gone") is found.kind(None) is None
    assert read_meetings("{}") == read_meetings("meetings: {}") == Gatherings() and Gatherings().before_hours == 24


def test_a_time_box_is_shared_among_its_points() -> None:
    kind = Kind(name="k", title="K", minutes=10, new_minutes=20, points=("a", "b", "c"))
    assert kind.shares() == (("a", 4), ("b", 3), ("c", 3)) and kind.shares(new=True) == (("a", 7), ("b", 7), ("c", 6))
    assert replace(kind, minutes=1).shares() == (("a", 1), ("b", 1), ("c", 1))
    assert replace(kind, points=("a",)).shares() == (("a", 10),)
    assert replace(kind, points=()).shares() == () and (kind.box(new=True), kind.box(new=False)) == (20, 10)


@pytest.mark.parametrize(
    ("old", "new", "cure"),
    [
        ("  returns:", "  answers:", "meetings has no key 'answers'"),
        ("title: Short", "name: Short", "meeting short has no key"),
        ("    before_hours", "    hours", "returns has no key 'hours'"),
        ("before_hours: 1", "before_hours: 0", "before_hours is at"),
        ("minutes: 60", "minutes: 0", "minutes is at least 1"),
        ("new_minutes: 1", "new_minutes: 0", "new_minutes is at least"),
        ("every_days: 1", "every_days: 0", "every_days is at least 1"), ("[CW, VC]", "[CW, XX]", "'XX' is no role"),
        ("{hours: 4}", "{hours: 0}", "deadline within of meeting long is"),
        ("category: PLAN", "category: PHOTO", "a return of CW"),
        ("{CW: {", "{XX: {", "'XX' is no role"), ("asks: {since", "ask: {since", "return of CW has no key 'ask'"),
        ("    short:", f"    {'s' * 31}:", f"meeting {'s' * 31}: a name has at most 30"),
        ("roster: true", "roster: 1", "roster is"),
    ],
)  # fmt: skip
def test_a_wrong_word_about_meetings_is_told(old: str, new: str, cure: str) -> None:
    assert MEETINGS.count(old) == 1
    assert refused(lambda: read_meetings(MEETINGS.replace(old, new))).startswith(cure)
    assert refused(lambda: read_meetings("meetings: {kinds: {a: {title: A, minutes: 1}}}")).startswith(
        "meetings leaves out"
    )
    assert read_meetings(MEETINGS.replace("    short:", f"    {'s' * 30}:")).kinds["s" * 30].title == "Short"


# -- bases, forms, orders -------------------------------------------------------------------------


def test_the_days_of_a_form_are_two_numbers_or_none() -> None:
    for text, found in (
        ("[1, 2]", (1, 2)),
        ("[null, 2]", (None, 2)),
        ("[1, null]", (1, None)),
        ("[null, null]", (None, None)),
    ):
        assert building._days(said(f"days: {text}")) == found
    for text in ("[1]", "[1, 2, 3]", "[a, 2]", "[1, b]", "7", "[null, b]"):
        cure = "days: is [offered, longest], each a number or null"
        assert refused(lambda text=text: building._days(said(f"days: {text}"))) == cure  # type: ignore[misc]


def basis(text: str, raw: str = "{mdt_statute: {confirmed: null}, open: {cite: A}}") -> Any:
    return building._basis(said(raw), "B1", said(text))


def test_a_basis_cites_something_or_rests_on_what_counsel_can_confirm() -> None:
    one = basis("{title: One, cite: A, needs: [member], purposes: [PLAN], mandate: true}")
    assert (one.cite, one.needs, one.purposes, one.mandate, one.rests_on) == (
        "A",
        ("member",),
        {Purpose.PLAN},
        True,
        None,
    )
    two = basis("{title: Two, rests_on: mdt_statute}")
    assert (two.rests_on, two.cite, two.mandate) == ("mdt_statute", None, False)
    assert two.purposes == set(Purpose) - {Purpose.AGGREGATE}
    assert two == Basis(name="B1", title="Two", rests_on="mdt_statute"), "no need and no duty where none is said"
    for text in ("{title: T}", "{title: T, cite: ''}", "{title: T, cite: null}"):
        assert refused(lambda text=text: basis(text)).startswith("basis B1 cites nothing")  # type: ignore[misc]
    for key in ("open", "nowhere"):
        said_so = refused(lambda key=key: basis(f"{{title: T, rests_on: {key}, cite: A}}"))  # type: ignore[misc]
        assert said_so.startswith(f"basis B1 rests on {key}, which counsel cannot confirm")
    assert refused(lambda: basis("{title: T, sites: A}")).startswith("basis B1 has no key 'sites'")
    for needs, yields in (("[]", True), ("[emergency]", False), ("[self]", False), ("[missing]", True)):
        assert basis(f"{{title: T, cite: A, needs: {needs}}}").yields is yields
    assert one.yields is False


def test_a_form_an_order_and_a_report_say_what_they_are() -> None:
    elements = said("{always: [date], HIPAA: [purpose]}")
    form = building._release(
        "HIPAA", said("{title: H, signers: both, expiry: open, days: [1, 2], separate: free}"), elements
    )
    assert (form.elements, form.offered_days, form.longest_days) == (("date", "purpose"), 1, 2)
    assert (form.one_recipient, form.ends_with_case) == (False, False)
    assert form == ReleaseType(
        name="HIPAA", title="H", signers="both", expiry="open", offered_days=1, longest_days=2, separate="free",
        elements=("date", "purpose"),
    )  # fmt: skip
    order = building._order("PRV", said("{title: P, adds: {VSP: victim_notice_attempt}}"))
    assert (order.findings, order.process, order.adds) == (False, False, {Regime.VSP: "victim_notice_attempt"})
    assert order == OrderType(name="PRV", title="P", adds=order.adds)
    for ask in (
        lambda: building._release("X", said("{title: H, sealed: true}"), elements),
        lambda: building._order("X", said("{titel: P}")),
        lambda: building._mandate("X", said("{recipient: LE}")), lambda: building._emergency(said("{minute: 60}")),
    ):  # fmt: skip
        assert "has no key" in refused(ask)
    for ask in (
        lambda: building._mandate("X", said("{recipients: LE}")),
        lambda: building._emergency(said("{minutes: 60}")),
    ):
        assert "leaves out" in refused(ask)
    assert building._element_names(said("{always: [date], HIPAA: [purpose, date]}")) == {"date", "purpose"}
    assert "leaves out always" in refused(lambda: building._element_names(said("{HIPAA: [date]}")))


def test_elements_are_those_of_a_form_that_there_is() -> None:
    raw = "{{elements: {{always: [date], {0}: [purpose]}}, releases: {{MDT: {1}}}}}"
    form = "{title: M, signers: both, expiry: open, days: [1, 2], separate: free}"
    assert building._releases(said(raw.format("MDT", form)))["MDT"].elements == ("date", "purpose")
    assert refused(lambda: building._releases(said(raw.format("MTD", form)))).startswith("'MTD' is no release type")


def test_a_closed_set_is_said_whole_and_with_no_word_more() -> None:
    words = ", ".join(f"{role}: {role}" for role in Role)
    building._enumerated(said(f"roles: {{{words}}}"), "roles", Role)
    building._enumerated(said(f"roles: [{', '.join(Role)}]"), "roles", Role)
    fewer = ", ".join(role for role in Role if role is not Role.VC)
    assert (
        refused(lambda: building._enumerated(said(f"roles: [{fewer}]"), "roles", Role)) == "roles leaves out VC; add it"
    )
    more = refused(lambda: building._enumerated(said(f"roles: {{{words}, XX: x}}"), "roles", Role))
    assert more.startswith("'XX' is no role")


# -- a jurisdiction -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "taken", "refused"),
    [
        (Answer.NUMBER, [0, 7, None], [-1, True, "7", 1.5]), (Answer.COUNT, [0, 7], [None, -1, False, "7"]),
        (Answer.YES_NO, [True, False, None], [0, "yes"]), (Answer.WORDS, ["a", "", 7, None], [["a"], {"a": 1}]),
    ],
)  # fmt: skip
def test_each_kind_of_answer_takes_its_own(answer: Answer, taken: list[Any], refused: list[Any]) -> None:
    assert all(jurisdiction._is(answer, one) for one in taken)
    assert not any(jurisdiction._is(answer, one) for one in refused)


def test_a_key_is_asked_for_by_its_label_and_one_that_a_county_added_as_words() -> None:
    entry = jurisdiction.ENTRIES["mdt_statute"]
    assert entry.key("window_days") is entry.keys[1] and entry.key("window_days").answer is Answer.NUMBER
    assert entry.key("our_own.rule") == Key("our_own.rule", "Our own, rule", Answer.WORDS)
    deep = Entry("x", "X", False, (Key("a.b", "B", Answer.COUNT),))
    for text in ("{a: {b: 1}}", "{a: {}}", "{}", "{a: 5}", "{b: x}"):
        jurisdiction._check(deep, deep.keys[0], said(text))
    cure = refused(lambda: jurisdiction._check(deep, deep.keys[0], said("{a: {b: x}}")))
    assert cure == "x.a.b is a whole number, not 'x'"
    jurisdiction._check(deep, deep.keys[0], None)


def test_an_entry_is_declared_by_its_keys() -> None:
    key = ("a", "A", Answer.COUNT)
    assert jurisdiction._entry("x", "X", key) == Entry("x", "X", True, (Key(*key),))
    assert jurisdiction._hours(a="A", b="B")[1] == ("b.hours", "B: within how many hours", Answer.COUNT)
    kinds = jurisdiction._each_kind("minutes", "how long", Answer.COUNT)
    assert kinds[0] == ("kinds.emergency.minutes", "Emergency meeting: how long", Answer.COUNT)
    assert len(kinds) == len(jurisdiction.MEETINGS)
    needs = jurisdiction._each_need("ask", "what is asked")
    assert needs[1] == ("kinds.housing.ask", "A place to live: what is asked", Answer.WORDS)
    assert len(needs) == len(jurisdiction.NEEDS)


def test_a_profile_leaves_no_key_out() -> None:
    raw = load("us-baseline").raw.merged(said("{}"))
    del raw["aggregates"]
    assert refused(lambda: building.profile(raw)) == "a profile leaves out aggregates; add aggregates:"


def test_every_single_answer_has_its_dotted_name() -> None:
    tree = {"a": {"b": 1, "c": {"d": None}}, "confirmed": {"by": "x"}, "e": [1]}
    assert list(leaves(tree)) == [("a.b", 1), ("a.c.d", None), ("confirmed", {"by": "x"}), ("e", [1])]
    assert list(leaves({"x": {"confirmed": {"by": "y"}}}, "k")) == [("k.x.confirmed", {"by": "y"})]
    assert list(leaves(5, "k")) == [("k", 5)]
