"""Random worlds: `world(seed)` is a scenario in the contract's format, of JSON-able values.

A world is small, has a few papers that match one reader and one record each, mostly with one thing
broken, and asks its questions close to the instants at which something in it changes.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from . import papers
from .cast import Maker, lay
from .reading import baseline

USUAL = {"CW": "PLAN LOCATE INVESTIGATE", "LE": "INVESTIGATE LOCATE", "DA": "PROSECUTE",
         "CT": "COURT", "GAL": "COURT EDUCATE", "JJ": "SUPERVISE", "HC": "TREAT CAREMGT",
         "BH": "TREAT CAREMGT", "ED": "EDUCATE", "VC": "VICTIMSVC", "VS": "VICTIMSVC",
         "NP": "PLAN EDUCATE", "SC": "PLAN", "CG": "PLAN", "YT": "PLAN",
         "PM": "AGGREGATE"}  # fmt: skip
ACTIONS = {"view": 70, "export": 9, "search": 7, "alert": 4, "meeting": 6, "mandate:missing": 3,
           "mandate:trafficking": 2}  # fmt: skip
ABOUT = {"alert": ["MISSING"]} | {
    f"mandate:{k}": list(v["fields"]) for k, v in baseline()["mandates"].items()
}


def world(seed: int) -> dict[str, Any]:
    """The world of a seed: always the same one."""
    m = Maker(seed)
    lay(m)
    targets = papers.file(m)
    m.world["ask"] = [_ask(m, targets) for _ in range(m.rng.randint(10, 20))]
    return {k: v for k, v in m.world.items() if v}


def _ask(m: Maker, targets: list[tuple[str, str]]) -> dict[str, Any]:
    everyone = [(u, i) for u in m.world["users"] for i in m.world["items"]]
    near = targets and m.maybe(0.65)
    hopeful = papers.pairs_with(m, "") or everyone
    user, item = m.pick(targets) if near else m.pick(hopeful if m.maybe(0.9) else everyone)
    action = _action(m, user, item)
    if action in ABOUT:
        found = _about(m, action)
        user, item, action = (*found, action) if found else (user, item, "view")
    ask = {"who": user, "item": item, "purpose": _purpose(m, user), "at": _when(m, user, item)}
    if action != "view":
        ask["action"] = action
    if action == "meeting":
        others = m.rng.sample(list(m.world["users"]), min(len(m.world["users"]), m.pick([1, 2])))
        ask["present"] = sorted({user, *others}) if m.maybe(0.9) else others
    return ask


def _about(m: Maker, action: str) -> tuple[str, str] | None:
    """A reader and a record that this action may give."""
    kinds = ABOUT[action]
    items = [i for i, v in m.world["items"].items() if v["category"] in kinds]
    readers = list(m.world["users"])
    if action != "alert":
        readers = [u for u in readers if papers.role(m, u) == "LE"]
    return (m.pick(readers), m.pick(items)) if readers and items else None


def _purpose(m: Maker, user: str) -> str:
    if m.maybe(0.12):
        return m.pick(baseline()["purposes"])
    named = [p for r in m.world["releases"].values() for p in r.get("purposes") or []]
    if named and m.maybe(0.2):
        return m.pick(named)
    return m.pick(USUAL[papers.role(m, user)].split())


def _action(m: Maker, user: str, item: str) -> str:
    kind = m.world["items"][item]["category"]
    return "alert" if kind == "MISSING" and m.maybe(0.3) else m.weighed(ACTIONS)


def _when(m: Maker, user: str, item: str) -> str:
    if m.maybe(0.3):
        return _noon(m.day(-3, 3))
    case = m.world["items"][item].get("case")
    facts = [m.world["users"][user], m.world["items"][item], *_papers_for(m, user, item)]
    facts += [m.world.get("case") or m.world["cases"][case]] if m.maybe(0.5) else []
    turns = [t for fact in facts for t in _turns(m, fact)]
    close = [t for t in turns if abs(datetime.fromisoformat(t).date() - m.pivot).days < 12]
    turns = close if close and m.maybe(0.9) else turns if m.maybe(0.3) else close
    at = m.pick(turns) if turns else _noon(m.day(-3, 3))
    if m.maybe(0.05):
        zone = (m.world.get("case") or m.world["cases"][case])["timezone"]
        at = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(zone)).isoformat()
    return at


def _papers_for(m: Maker, user: str, item: str) -> list[Any]:
    """The papers that name this reader or this item's source, else all of them."""
    w = m.world
    every = [*w["releases"].values(), *w["orders"].values(), *w["restrictions"], *w["emergencies"]]
    org, category = w["users"][user].get("org"), w["items"][item]["category"]
    mine = [p for p in every if {user, org} & {*p.get("recipients", []), *p.get("against", []),
                                               p.get("by")}]  # fmt: skip
    return [p for p in mine if category in p["categories"]] or mine or every


def _turns(m: Maker, fact: Any) -> list[str]:
    """The instants just before, at and just after which something about a fact changes."""
    skipped = {"born", "signed"} if m.maybe(0.7) else {"born"}
    times = [t for v in _moments(fact, skipped) for t in _around(v)]
    if "signed" in fact and fact["signed"]:
        longest = baseline()["releases"][fact["type"]]["days"][1]
        times += _around(_shift(fact["signed"]["on"], longest)) if longest else []
    if "kind" in fact and "by" in fact:
        start = datetime.fromisoformat(fact["at"])
        times += [(start + timedelta(seconds=s)).isoformat() for s in (1800, 3599, 3600, 7000)]
    if "youth" in fact:
        born = date.fromisoformat(fact["youth"]["born"])
        times += _around(born.replace(year=born.year + 18).isoformat())
        received = fact.get("report_received") or fact["opened"]
        times += [t for n in (14, 30, 60, 90) for t in _around(_shift(received, n))]
    return [t for t in times if "2024-06" < t < "2026-12"]


def _moments(value: Any, skipped: set[str]) -> list[str]:
    if isinstance(value, dict):
        return [t for k, v in value.items() if k not in skipped for t in _moments(v, skipped)]
    if isinstance(value, list):
        return [t for v in value for t in _moments(v, skipped)]
    return [value] if isinstance(value, str) and value[:3] == "202" else []


def _around(value: str) -> list[str]:
    if len(value) == 10:
        day = datetime.fromisoformat(value)
        seconds = (-1, 0, 43200, 86399, 86400)
        return [(day + timedelta(seconds=s)).isoformat() for s in seconds]
    time = datetime.fromisoformat(value)
    return [(time + timedelta(seconds=s)).isoformat() for s in (-60, -1, 0, 1, 60)]


def _shift(value: str, days: int) -> str:
    return (date.fromisoformat(value[:10]) + timedelta(days=days)).isoformat()


def _noon(day: str) -> str:
    return f"{day}T12:00:00"
