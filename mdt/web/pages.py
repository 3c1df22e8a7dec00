"""What every page is given: who looks, where they are, how time is said, where assets lie."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, url_for
from flask_login import current_user

from mdt.models import now
from mdt.operations.missing import band
from mdt.web import times
from mdt.web.forms import is_one_of, is_tiled

NEUTRAL_EXIT = "https://www.weather.gov/"


def install(app: Flask) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(asset=asset, zone_key=lambda: zone().key)
    app.jinja_env.filters.update(
        day=_day,
        moment=_moment,
        clock=_clock,
        ago=_ago,
        iso=_iso,
        dated=_dated,
        written_day=_written_day,
        month_words=_month,
        hour=_hour,
        listed=listed,
    )
    app.jinja_env.tests.update(tiled=is_tiled, one_of=is_one_of)
    app.context_processor(_always)


def asset(name: str) -> str:
    """The address of a static file, with its version, so that it may be kept for a year."""
    static = current_app.static_folder
    return url_for("static", filename=name, v=_version(Path(static or "") / name))


def listed(words: Iterable[str]) -> str:
    """Names as one says them: "A", "A and B", "A, B and C"; nothing for none."""
    said = list(words)
    return f"{', '.join(said[:-1])} and {said[-1]}" if len(said) > 1 else "".join(said)


@cache
def _version(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else "0"


def _always() -> dict[str, Any]:
    me = current_user._get_current_object() if current_user.is_authenticated else None
    settings = current_app.extensions["mdt.settings"]
    return {
        "places": _places(settings.demo),
        "context": g.get("context"),
        "me": me,
        "demo": settings.demo,
        "seat": g.get("case"),
        "exit_url": url_for("auth.exit_page") if me and me.is_family else None,
        "now": now(),
        "band": band,
        "idle_seconds": settings.idle_seconds,
    }


def _places(demo: bool) -> dict[str, str]:
    """Where the words of the frame lead."""
    seat = g.get("case")
    return {
        "desk": url_for("auth.home"),
        "cases": url_for("cases.list_cases"),
        "meetings": url_for("meetings.list_meetings"),
        "notices": url_for("auth.home"),
        "rules": url_for("rules.show"),
        "help": url_for("auth.help_page"),
        "sign_in": url_for("auth.door"),
        "sign_out": url_for("auth.leave"),
        "end": url_for("auth.leave"),
        "keep": url_for("auth.stay"),
        "looked": url_for("ledger.of_case", case_id=seat.id) if seat else url_for("ledger.mine"),
        "people": url_for("demo.door") if demo else url_for("auth.door"),
        "beside": url_for("demo.door") if demo else "",
    }


def zone() -> ZoneInfo:
    """The time zone people on this page speak in: the case's, else that of whoever reads, else the county's."""
    seat = g.get("case")
    found: ZoneInfo = (seat or g.get("me") or current_app.extensions["mdt.settings"]).zone
    return found


def on_paper() -> None:
    """The page at hand is to be printed and taken along, and read on another day, elsewhere: it says every day by its
    date, and every hour with its zone."""
    g.on_paper = True


def elsewhere() -> str:
    """Whose clocks a page speaks by, where they are not those of whoever reads it: by the city of their zone."""
    me = g.get("me")
    return zone().key.rpartition("/")[2].replace("_", " ") if me and me.zone != zone() else ""


def _leaves() -> bool:
    return bool(g.get("on_paper"))


def _named() -> bool:
    """Whether an hour says its zone: it is read elsewhere, now or later."""
    return _leaves() or bool(elsewhere())


def _day(value: date | datetime | None, where: ZoneInfo | None = None) -> str:
    """A day as one speaks of it. `where` it is a day, if that is known: elsewhere than here it is said by its date."""
    if value is None or _leaves() or where not in (None, zone()):
        return _dated(value)
    return times.day(value, zone(), now())


def _dated(value: date | datetime | None) -> str:
    """A day by its date, also if it is today: for what is to be read later."""
    if value is None:
        return ""
    return times.date_words(value.astimezone(zone()).date() if isinstance(value, datetime) else value)


def _moment(value: datetime | None) -> str:
    return f"{_day(value)}, {_hour(value)}" if value else ""


def _clock(value: datetime | None) -> times.Clock | None:
    return times.clock(value, zone(), now(), named=_named()) if value else None


def _ago(value: datetime | None) -> str:
    return times.ago(value, zone(), now(), named=_named()) if value else ""


def _written_day(value: str) -> str:
    """A date as it is stored in a field, in words; left as it is if it is none."""
    try:
        return times.date_words(date.fromisoformat(value))
    except ValueError:
        return value


def _hour(value: datetime) -> str:
    return times.hour(value, zone(), named=_named())


def _month(value: datetime) -> str:
    return f"{value.astimezone(zone()):%B %Y}"


def _iso(value: date | datetime | None) -> str:
    return value.isoformat() if value else ""
