"""The papers of a random world: releases, orders, objections and emergencies, good ones and bad."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from .cast import Maker
from .reading import baseline

Pair = tuple[str, str]
PURPOSES = baseline()["purposes"]
EVENTS = ["case_closed", "school_year_end", "placement_end"]


def file(m: Maker) -> list[Pair]:
    """File the papers of a world; returns the (user, item) pairs that they are about."""
    w, pairs = m.world, []
    w["releases"], w["orders"], w["restrictions"], w["emergencies"] = {}, {}, [], []
    for n in range(m.pick([0, 1, 1, 2, 2, 3, 5])):
        pairs += _release(m, f"r{n}")
    for n in range(m.pick([0, 0, 0, 1, 1, 2])):
        pairs += _order(m, f"o{n}")
    for _ in range(m.pick([0, 0, 0, 1, 2])):
        pairs += _objection(m, pairs)
    for _ in range(m.pick([0, 0, 1, 1])):
        pairs += _emergency(m)
    return pairs


# -- which reader may hope for which item -------------------------------------------------------


def role(m: Maker, user: str) -> str:
    """The role that a user has now."""
    given = m.world["users"][user]
    return given.get("role") or m.world["orgs"][given["org"]]["role"]


def groups(m: Maker, user: str, item: str) -> list[list[str]]:
    """The alternatives of this user for this item: its own cell's, then by further regime."""
    given, profile, who = m.world["items"][item], baseline(), role(m, user)
    source = m.world["orgs"][given["source"]]
    own = profile["categories"][given["category"]]
    if own["cells"][who] == ["never"]:
        return []
    flagged = [r for r, v in profile["regimes"].items() if source.get(v.get("from_source", "-"))]
    further = {*flagged, *(given.get("regimes") or [])} - set(own["regimes"])
    rules = [profile["regimes"][r] for r in sorted(further)]
    borrowed = [r.get("needs") or profile["categories"][r["home"]]["cells"][who] for r in rules]
    return [own["cells"][who], *borrowed]


def cell(m: Maker, user: str, item: str) -> list[str]:
    """All of them together."""
    return [way for group in groups(m, user, item) for way in group]


def pairs_with(m: Maker, word: str) -> list[Pair]:
    """The pairs whose cells have an alternative of this kind."""
    items = m.world["items"]
    everyone = [(u, i) for u in m.world["users"] for i in items if _same_case(m, u, i)]
    return [p for p in everyone if any(w.startswith(word) for w in cell(m, *p))]


def _same_case(m: Maker, user: str, item: str) -> bool:
    of_item = m.world["items"][item].get("case")
    of_user = m.world["users"][user].get("case")
    return of_item is None or of_item == of_user or of_item in (of_user or [])


# -- releases -----------------------------------------------------------------------------------


def _release(m: Maker, name: str) -> list[Pair]:
    pairs = pairs_with(m, "release")
    if not pairs:
        return []
    user, item = m.pick(pairs)
    bundle = _bundle(m, user, item)
    broken = m.pick(bundle) if m.maybe(0.65) else None
    for kind in bundle:
        release = _good(m, kind, user, item)
        if kind == broken:
            _break(m, release, user, item)
        m.world["releases"][f"{name}-{kind.lower()}"] = release
    if m.maybe(0.15):
        _second_thought(m, name, release, item)
    return [(user, item)] * 2


def _bundle(m: Maker, user: str, item: str) -> list[str]:
    """The types of form that together open the item, sometimes one of them, seldom any other."""
    offered = [[w.split()[1] for w in g if w.startswith("release")]
               for g in groups(m, user, item)]  # fmt: skip
    kinds = [k for group in offered if group for k in m.pick(group).split("&")]
    if m.maybe(0.12):
        return [m.pick(baseline()["releases"])]
    return kinds if m.maybe(0.7) else [m.pick(kinds)]


def _good(m: Maker, kind: str, user: str, item: str) -> dict[str, Any]:
    given = m.world["items"][item]
    signed = m.day(-28, -5)
    until = m.day(8, 60)
    release = {
        "type": kind,
        "discloser": given["source"],
        "recipients": [_recipient(m, user)],
        "categories": [given["category"]],
        "signed": {"on": signed, "by": _signers(m, kind, given)},
        "expires": until if kind != "TPO" else "none",
    }
    release |= {"labels": given["labels"]} if given.get("labels") else {}
    if kind not in ("PSY", "CN") and m.maybe(0.2):
        release["categories"] = [given["category"], m.pick(baseline()["categories"])]
    return release | ({"case": given["case"]} if "case" in given else {})


def _recipient(m: Maker, user: str) -> str:
    org = m.world["users"][user].get("org")
    return org if org and m.maybe(0.85) else user


def _signers(m: Maker, kind: str, item: dict[str, Any]) -> list[str]:
    """Those who should sign, as far as this case has them."""
    case = m.world.get("case") or m.world["cases"][item["case"]]
    signers = baseline()["releases"][kind]["signers"]
    with_rights = [n for n, p in case["people"].items() if _may_sign(p)]
    agency = case["custody"] == "agency" and signers != "parent"
    parents = with_rights + (["agency"] if agency else [])
    parent = [m.pick(parents)] if parents else []
    if signers == "youth" or _grown(m, case) or item.get("consented_by") == "youth":
        return ["youth"] if m.maybe(0.9) else ["youth", *parent]
    return parent or ["youth"] if signers in ("guardian", "parent") else ["youth", *parent]


def _may_sign(person: dict[str, Any]) -> bool:
    return person["relation"] in ("parent", "guardian") and person.get("rights", True)


def _grown(m: Maker, case: dict[str, Any]) -> bool:
    born = date.fromisoformat(case["youth"]["born"])
    return case["youth"].get("emancipated") is True or m.pivot.year - born.year > 18


Defect = Callable[[Maker, dict[str, Any], dict[str, Any]], dict[str, Any]]
DEFECTS: dict[str, Defect] = {
    "not signed": lambda m, r, i: {"signed": None},
    "signed later": lambda m, r, i: {"signed": r["signed"] | {"on": m.day(0, 5)}},
    "effective later": lambda m, r, i: {"effective": m.moment(-2, 5)},
    "expires soon": lambda m, r, i: {"expires": m.moment(-3, 4, 0.15)},
    "lifetime": lambda m, r, i: {"signed": r["signed"] | {"on": _long_ago(m, r)},
                                 "expires": m.day(30, 60)},
    "event": lambda m, r, i: {"expires": m.pick(EVENTS),
                              "event_happened": m.moment(-3, 5) if m.maybe(0.7) else None},
    "revoked": lambda m, r, i: {"revoked": m.moment(-3, 4)},
    "revoked by word": lambda m, r, i: {"revoked": {"at": m.time(-3, 4), "mode": "verbal"}},
    "revoked for one": lambda m, r, i: {"revoked": {"at": m.moment(-3, 4), "mode": "written",
                                                    "for": [_anybody(m)]}},
    "false": lambda m, r, i: {"found_false": m.moment(-3, 4)},
    "element": lambda m, r, i: {"missing": m.rng.sample(_elements(), m.pick([1, 1, 2]))},
    "conditioned": lambda m, r, i: {"conditioned": True},
    "no limit": lambda m, r, i: {"expires": m.pick(["none", None])},
    "verbal": lambda m, r, i: {"mode": "verbal"},
    "esign": lambda m, r, i: {"mode": "esign"},
    "compound": lambda m, r, i: {"categories": [*r["categories"], m.pick(_categories())]},
    "shared form": lambda m, r, i: {"separate": False},
    "two recipients": lambda m, r, i: {"recipients": [*r["recipients"], _anybody(m)]},
    "other signers": lambda m, r, i: {"signed": {**r["signed"], "by": _some(m, i)}},
    "more signers": lambda m, r, i: {"signed": {**r["signed"],
                                     "by": sorted({*r["signed"]["by"], *_some(m, i)})}},
    "one signer": lambda m, r, i: {"signed": {**r["signed"], "by": r["signed"]["by"][:1]}},
    "last signer": lambda m, r, i: {"signed": {**r["signed"], "by": r["signed"]["by"][-1:]}},
    "discloser": lambda m, r, i: {"discloser": m.pick(m.world["orgs"])},
    "recipient": lambda m, r, i: {"recipients": [_anybody(m)]},
    "category": lambda m, r, i: {"categories": [m.pick(_categories())]},
    "items": lambda m, r, i: {"items": [m.pick(m.world["items"])]},
    "labels": lambda m, r, i: {"labels": []},
    "excluded field": lambda m, r, i: {"excludes": m.rng.sample(_fields(i), 1)},
    "excluded fields": lambda m, r, i: {"excludes": _fields(i)[: m.pick([2, 3, 20])]},
    "excluded label": lambda m, r, i: {"excludes": list(i.get("labels") or ["HIV"])},
    "period": lambda m, r, i: {"data_period": sorted([m.day(-70, -20), m.day(-40, 10)])},
    "purposes": lambda m, r, i: {"purposes": m.rng.sample(PURPOSES, m.pick([1, 2, 3]))},
    "other type": lambda m, r, i: {"type": m.pick(baseline()["releases"])},
    "general": lambda m, r, i: {"type": m.pick(["HIPAA", "MDT", "TPO"])},
}  # fmt: skip


def _break(m: Maker, release: dict[str, Any], user: str, item: str) -> None:
    for _ in range(m.pick([1, 1, 1, 2])):
        if release["signed"]:
            given = m.world["items"][item]
            release.update(DEFECTS[m.pick(DEFECTS)](m, release, given))


def _second_thought(m: Maker, name: str, release: dict[str, Any], item: str) -> None:
    """A later form of the same people to the same recipient that carves something out."""
    given = m.world["items"][item]
    if not release["signed"]:
        return
    later = release | {"signed": release["signed"] | {"on": m.day(-4, 4)}}
    carved = m.rng.sample(_fields(given), m.pick([1, 1, 2, 9]) % len(_fields(given)) or 1)
    later["excludes"] = carved if m.maybe(0.7) else list(given.get("labels") or carved)
    if m.maybe(0.4):
        defect = m.pick(["category", "recipient", "items", "purposes", "revoked", *DEFECTS])
        later |= DEFECTS[defect](m, later, given)
    m.world["releases"][f"{name}-later"] = later


def _long_ago(m: Maker, release: dict[str, Any]) -> str:
    longest = baseline()["releases"][release["type"]]["days"][1] or 400
    return m.day(-longest - 3, -longest + 3)


def _elements() -> list[str]:
    named = baseline()["elements"]
    return sorted({e for kind in named.values() for e in kind})


def _categories() -> list[str]:
    return list(baseline()["categories"])


def _fields(item: dict[str, Any]) -> list[str]:
    return item.get("fields") or baseline()["categories"][item["category"]]["fields"]


def _anybody(m: Maker) -> str:
    return m.pick([*m.world["orgs"], *m.world["users"]])


def _some(m: Maker, item: dict[str, Any]) -> list[str]:
    case = m.world.get("case") or m.world["cases"][item["case"]]
    people = [*case["people"], "youth", "youth", "agency"]
    return sorted({m.pick(people) for _ in range(m.pick([1, 1, 2]))})


# -- orders, objections, emergencies --------------------------------------------------------------


def _order(m: Maker, name: str) -> list[Pair]:
    pairs = pairs_with(m, "order")
    lawyers = [(u, i) for u in m.world["users"] for i in m.world["items"] if role(m, u) == "GAL"]
    appoint = bool(lawyers) and m.maybe(0.3)
    if not pairs and not appoint:
        return []
    user, item = m.pick(lawyers if appoint else pairs)
    kinds = [w.split()[1] for w in cell(m, user, item) if w.startswith("order")]
    given = m.world["items"][item]
    order = {
        "type": "APPT" if appoint else m.pick(kinds),
        "categories": [given["category"]],
        "recipients": [_recipient(m, user)],
        "issued": m.moment(-20, 3, 0.2),
        "findings": True,
        "process": m.pick(["subpoena", "voluntary"]),
    }
    order |= {"case": given["case"]} if "case" in given else {}
    m.world["orders"][f"{name}-{order['type'].lower()}"] = order | _order_defect(m, given)
    return [(user, item)]


def _order_defect(m: Maker, item: dict[str, Any]) -> dict[str, Any]:
    if m.maybe(0.55):
        return {}
    return m.pick([{"issued": None}, {"findings": False}, {"process": "none"},
                   {"items": [m.pick(m.world["items"])]}, {"recipients": [_anybody(m)]},
                   {"categories": [m.pick(_categories())]},
                   {"type": m.pick(baseline()["orders"])}])  # fmt: skip


def _objection(m: Maker, pairs: list[Pair]) -> list[Pair]:
    user, item = m.pick(pairs) if pairs and m.maybe(0.7) else m.pick(pairs_with(m, ""))
    given = m.world["items"][item]
    case = m.world.get("case") or m.world["cases"][given["case"]]
    one = {
        "by": "youth" if m.maybe(0.6) else m.pick([*case["people"], "youth"]),
        "on": m.moment(-25, 3, 0.2),
        "against": [_recipient(m, user)],
        "categories": [given["category"]],
    }
    if m.maybe(0.4):
        one["fields"] = m.rng.sample(_fields(given), m.rng.randint(1, len(_fields(given))))
    if m.maybe(0.1):
        one["categories"] = [m.pick(_categories())]
    m.world["restrictions"].append(one | ({"case": given["case"]} if "case" in given else {}))
    return [(user, item)]


def _emergency(m: Maker) -> list[Pair]:
    pairs = pairs_with(m, "law B12") + pairs_with(m, "law B9")
    if not pairs:
        return []
    user, item = m.pick(pairs)
    given = m.world["items"][item]
    declarer = m.pick(m.world["users"]) if m.maybe(0.25) else user
    medical = role(m, declarer) in ("HC", "BH")
    one = {
        "by": declarer,
        "at": m.time(-2, 1),
        "kind": m.weighed({"medical": 2 if medical else 0.3, "threat": 1}),
        "categories": [given["category"]] if m.maybe(0.9) else [m.pick(_categories())],
        "facts": "somebody is in danger now",
    }
    m.world["emergencies"].append(one | ({"case": given["case"]} if "case" in given else {}))
    return [(user, item)] * 2
