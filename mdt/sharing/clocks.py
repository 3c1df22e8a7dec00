"""What a profile says of time and of paper: its calendar, its deadlines, how long records are kept, and what
has to be done when a subpoena, an order or a request comes.

All of it is optional, so that an older profile still stands. What is not said takes the stricter branch: a
deadline nobody set ends with the next working day, a record nobody set a time for is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mdt.sharing.facts import Case
from mdt.sharing.moments import birthday, day, instant
from mdt.sharing.reading import Table, Unreadable
from mdt.sharing.tables import (
    each_of,
    enums,
    inner,
    maybe,
    needed,
    number,
    one_of,
    only,
    text,
    texts,
    word_of,
    yes_no,
)
from mdt.sharing.vocabulary import Category, Regime
from mdt.sharing.workdays import DAYS, Calendar, Holiday

KEYS = ("workdays", "retention", "process")
FROMS = ("case_closed", "majority", "recorded")
EFFECTS = ("open", "seal", "expunge")
UNITS = ("hours", "days", "working_days", "working_hours")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """How long something may take."""

    hours: int = 0
    days: int = 0
    working_days: int = 0
    working_hours: int = 0
    cite: str | None = None

    @property
    def works(self) -> bool:
        """Whether it is counted in the time in which the offices are open, and so are its marks."""
        return not (self.hours or self.days)

    def due(self, at: datetime, calendar: Calendar, zone: ZoneInfo) -> datetime:
        """By when, counted from this moment. Days end with the day; hours run through nights and weekends,
        working hours through the hours in which the offices of the county are open."""
        if self.hours:
            return instant(at) + timedelta(hours=self.hours)  # elapsed, also where the clocks change in between
        if self.working_hours:
            return calendar.hours_after(at, self.working_hours, zone)
        if self.days:
            return calendar.end_of(day(at, zone) + timedelta(days=self.days), zone)
        return calendar.due(at, self.working_days, zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How long a record of one kind is kept, from the last of these events."""

    years: int
    since: tuple[str, ...]
    cite: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperKind:
    """A kind of paper that comes from a court, a lawyer or somebody who asks. Only what `opens` can open."""

    name: str
    title: str
    opens: bool
    effects: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What has to be done before a paper is answered. `days_before`: so long before the answer is due."""

    name: str
    title: str
    words: str
    regimes: frozenset[Regime]
    papers: frozenset[str]
    orders: frozenset[str] | None
    unless: frozenset[str]
    days_before: int
    cite: str

    def is_asked(self, paper: str, order: str | None, regimes: Collection[Regime], said: Collection[str]) -> bool:
        """Whether a paper of this kind, about records under these bodies of law, asks for it."""
        named = self.orders is None or order in self.orders
        return paper in self.papers and named and bool(self.regimes & set(regimes)) and not self.unless & set(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a subpoena alone opens nothing that is under one body of law. `confirmed`: counsel has looked at it, or it is
    federal. `unlike`: what is true of another kind of paper instead."""

    words: str
    cite: str
    confirmed: bool = True
    unlike: Mapping[str, Reason] = field(default_factory=dict)

    def of(self, paper: str) -> Reason:
        """The reason for this kind of paper."""
        return self.unlike.get(paper, self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """What a jurisdiction asks when a paper comes. `remarks`: what a paper can say that spares a step."""

    papers: Mapping[str, PaperKind] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[Regime, Reason] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """The times and papers of a profile."""

    calendar: Calendar = Calendar()
    spans: Mapping[str, Span] = field(default_factory=dict)
    retention: Mapping[Category, Keeping] = field(default_factory=dict)
    process: Process = field(default_factory=Process)

    def span(self, name: str) -> Span:
        """How long, for a deadline by name; one nobody set ends with the next working day."""
        return self.spans.get(name, Span(working_days=1))

    def due(self, name: str, at: datetime, zone: ZoneInfo) -> datetime:
        """By when, for a deadline by name."""
        return self.span(name).due(at, self.calendar, zone)

    def kept_until(self, category: Category, recorded: date | None, case: Case, majority: int) -> date | None:
        """The last day on which a record is kept; None while that cannot be said: then it is kept."""
        rule = self.retention.get(category)
        if rule is None:
            return None
        known = {
            "case_closed": max(case.closed, default=None),
            "majority": birthday(case.youth.born, majority),
            "recorded": recorded,
        }
        days = [known[name] for name in rule.since]
        began = None if None in days else max(one for one in days if one)
        return None if began is None else birthday(began, rule.years)


def clocks(raw: Table, order_types: Collection[str]) -> Clocks:
    """What these tables say; Unreadable, with file and line, for a word nobody knows."""
    deadlines = inner(raw, "deadlines")
    return Clocks(
        calendar=_calendar(inner(raw, "workdays")),
        spans={name: span(name, inner(deadlines, name)) for name in deadlines if isinstance(deadlines[name], Table)},
        retention=_retention(inner(raw, "retention")),
        process=_process(inner(raw, "process"), order_types) if raw.get("process") is not None else Process(),
    )


def _calendar(said: Table) -> Calendar:
    if not said:
        return Calendar()
    only(said, ("weekend", "holidays", "observed", "opens", "closes", "cite"), "workdays")
    weekend = [DAYS.index(one_of(one, DAYS, "day of the week", said.at("weekend"))) for one in texts(said, "weekend")]
    if len(weekend) > 6:
        raise Unreadable(said.at("weekend"), "no day is worked; leave one")
    try:
        holidays = tuple(Holiday.read(one) for one in texts(said, "holidays"))
    except ValueError as wrong:
        raise Unreadable(said.at("holidays"), str(wrong)) from None
    opens, closes = (_hour(said, name, usual) for name, usual in (("opens", time(8)), ("closes", time(17))))
    if opens >= closes:
        raise Unreadable(said.at("closes"), "the day closes before it opens")
    return Calendar(frozenset(weekend), holidays, yes_no(said, "observed", False), opens, closes)


def _hour(said: Table, name: str, usual: time) -> time:
    written = maybe(said, name)
    try:
        return usual if written is None else time.fromisoformat(written)
    except ValueError:
        raise Unreadable(said.at(name), f"{written!r} is no time of day; write '08:00'") from None


def span(name: str, said: Table) -> Span:
    only(said, (*UNITS, "from", "cite"), f"deadline {name}")
    given = [unit for unit in UNITS if unit in said]
    if len(given) != 1:
        raise Unreadable(said.place, f"deadline {name} says how long: one of {', '.join(UNITS)}")
    if number(said, given[0]) < 1:
        raise Unreadable(said.at(given[0]), f"deadline {name} is at least one of {given[0]}")
    return Span(**{given[0]: number(said, given[0])}, cite=maybe(said, "cite"))


def _retention(said: Table) -> dict[Category, Keeping]:
    return {word_of(name, Category, said.at(name)): _keeping(name, needed(said, name)) for name in said}


def _keeping(name: str, said: Table) -> Keeping:
    only(said, ("years", "from", "cite"), f"retention of {name}")
    since = tuple(one_of(one, FROMS, "beginning", said.at("from")) for one in texts(said, "from"))
    if not since or number(said, "years") < 0:
        raise Unreadable(said.place, f"retention of {name} says how many years, and from what")
    return Keeping(years=number(said, "years"), since=since, cite=maybe(said, "cite"))


def _process(said: Table, order_types: Collection[str]) -> Process:
    only(said, ("papers", "remarks", "reasons", "steps"), "process")
    each_of(said, ("papers", "steps"), "process")
    papers, remarks, reasons = inner(said, "papers"), inner(said, "remarks"), inner(said, "reasons")
    steps = inner(said, "steps")
    return Process(
        papers={name: _paper(name, needed(papers, name)) for name in papers},
        remarks={name: text(remarks, name) for name in remarks},
        reasons={
            word_of(name, Regime, reasons.at(name)): _reason(name, needed(reasons, name), papers) for name in reasons
        },
        steps=tuple(_step(name, needed(steps, name), papers, remarks, order_types) for name in steps),
    )


def _paper(name: str, said: Table) -> PaperKind:
    only(said, ("title", "opens", "effects"), f"paper {name}")
    effects = tuple(one_of(one, EFFECTS, "effect", said.at("effects")) for one in texts(said, "effects"))
    return PaperKind(name=name, title=text(said, "title"), opens=yes_no(said, "opens", False), effects=effects)


def _reason(name: str, said: Table, papers: Collection[str] = ()) -> Reason:
    only(said, ("words", "cite", "confirmed", *(["unlike"] if papers else [])), f"reason {name}")
    others = inner(said, "unlike")
    return Reason(
        words=text(said, "words"),
        cite=text(said, "cite"),
        confirmed=yes_no(said, "confirmed", True),
        unlike={one_of(one, papers, "paper", others.at(one)): _reason(name, needed(others, one)) for one in others},
    )


def _step(name: str, said: Table, papers: Table, remarks: Table, order_types: Collection[str]) -> Step:
    keys = ("title", "words", "regimes", "papers", "orders", "unless", "days_before", "cite")
    only(said, keys, f"step {name}")
    orders = [one_of(one, order_types, "order", said.at("orders")) for one in texts(said, "orders")]
    return Step(
        name=name,
        title=text(said, "title"),
        words=text(said, "words"),
        regimes=frozenset(enums(said, "regimes", Regime)),
        papers=frozenset(one_of(one, papers, "paper", said.at("papers")) for one in texts(said, "papers")),
        orders=frozenset(orders) or None,
        unless=frozenset(one_of(one, remarks, "remark", said.at("unless")) for one in texts(said, "unless")),
        days_before=number(said, "days_before"),
        cite=text(said, "cite"),
    )


__all__ = ["Clocks", "Keeping", "PaperKind", "Process", "Reason", "Span", "Step", "clocks", "span"]
