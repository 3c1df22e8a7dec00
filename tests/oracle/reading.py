"""Reading what the oracle reads: scenario files, the profile, times and cells.

Times: what begins on a date acts from its first second, what ends on one holds to its last, an
event happens at the end of its day, always in the case's time zone ("Dates" of the contract).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

HERE = Path(__file__).parent
Moment = date | datetime


class _Words(yaml.SafeLoader):
    """YAML 1.2 as far as it matters here: only `true` and `false` are booleans."""


_Words.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if not tag.endswith(":bool")]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Words.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), list("tf"))


def load(path: Path) -> Any:
    """The content of a YAML file, with `on` a word."""
    return yaml.load(path.read_text(), Loader=_Words)


@cache
def baseline() -> dict[str, Any]:
    """The profile us-baseline, as data."""
    return load(HERE / "us-baseline.yaml")


def merged(base: Any, override: Any) -> Any:
    """`base` with the keys of `override` in their place, at every depth."""
    if not (isinstance(base, dict) and isinstance(override, dict)):
        return override
    return {**base, **{k: merged(base.get(k), v) for k, v in override.items()}}


def moment(value: Any) -> Moment | None:
    """A date or a time, from what YAML or JSON make of it; None for anything else."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not re.match(r"^\d{4}-\d\d-\d\d", value):
        return None
    return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)


@dataclass(frozen=True)
class Clock:
    """One instant, read in the time zone of a case."""

    now: datetime
    zone: ZoneInfo

    @classmethod
    def at(cls, value: Any, timezone: str) -> Clock:
        """The clock at a moment of a scenario; a date is its first second."""
        zone = ZoneInfo(timezone)
        return cls(_instant(moment(value), zone), zone)

    def day(self, value: Moment | None = None) -> date:
        """The day of a moment (of now) in the case's time zone."""
        if value is None:
            return self.now.astimezone(self.zone).date()
        return _instant(value, self.zone).astimezone(self.zone).date() if _timed(value) else value

    def begun(self, value: Any) -> bool:
        """What begins at this moment acts: a date from its first second, a time from then on."""
        when = moment(value)
        return self.now >= _instant(when, self.zone) if _timed(when) else self.day() >= when

    def over(self, value: Any) -> bool:
        """What ends at this moment is over: a date holds to its last second, a time until then."""
        return self.happened(value)

    def happened(self, value: Any) -> bool:
        """An event has happened: on a date, at the end of that day."""
        when = moment(value)
        return self.now >= _instant(when, self.zone) if _timed(when) else self.day() > when

    def minutes_since(self, value: Any) -> float:
        """Elapsed minutes, whatever the clocks on the wall did meanwhile."""
        return (self.now - _instant(moment(value), self.zone)).total_seconds() / 60


def _timed(value: Moment | None) -> bool:
    return isinstance(value, datetime)


def _instant(value: Moment, zone: ZoneInfo) -> datetime:
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


@dataclass(frozen=True)
class Way:
    """One alternative of a cell. kind: own keeper law release order aggregate never."""

    kind: str
    name: str = ""
    part: str | None = None
    when: str | None = None
    purposes: tuple[str, ...] | None = None
    adds: tuple[str, ...] = ()


@cache
def way(text: str) -> Way:
    """Read one alternative, by the grammar of the profile's section 1."""
    words = text.split()
    kind = words.pop(0)
    name = words.pop(0) if kind in ("law", "release", "order") else ""
    tail = dict(zip(words[::2], words[1::2], strict=True))
    assert set(tail) <= {"part", "when", "for", "adds"}, text
    purposes = tuple(tail["for"].split("+")) if "for" in tail else None
    adds = tuple(tail["adds"].split("+")) if "adds" in tail else ()
    return Way(kind, name, tail.get("part"), tail.get("when"), purposes, adds)
