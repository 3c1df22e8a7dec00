"""Who and what a random world is made of: the case, its people, organisations, users and items."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from .reading import baseline

ORG_NAMES = {
    "CW": ["county-cw", "tribal-cw"],
    "LE": ["anytown-pd", "sheriff"],
    "DA": ["da-office", "federal-da"],
    "CT": ["court", "drug-court"],
    "GAL": ["gal-office", "child-lawyers"],
    "JJ": ["probation", "detention"],
    "HC": ["mercy", "eastside"],
    "BH": ["lakeside", "newpath"],
    "ED": ["lincoln-school", "district"],
    "VC": ["safe-harbor", "legal-aid"],
    "VS": ["victim-unit", "police-advocates"],
    "NP": ["maple-house", "job-corps"],
    "SC": ["lived-experience", "survivors"],
    "PM": ["policy-office", "state-data"],
}
ORG_WEIGHTS = {"LE": 3, "DA": 2, "CT": 2, "GAL": 2, "JJ": 2, "HC": 3, "BH": 3, "ED": 2, "VC": 3,
               "VS": 2, "NP": 3, "SC": 0.4, "PM": 0.4}  # fmt: skip
NATURAL = {
    "ID": "CW", "CONTACT": "CW", "SAFE_ADDR": "CW VC", "PHOTO": "CW LE", "FAMILY": "CW",
    "ALLEGATION": "CW LE", "REPORTER": "CW", "TRAFFICKING": "CW VC HC", "FORENSIC": "LE DA",
    "CRIMINAL": "LE DA", "COURT": "CT CW", "HEALTH": "HC", "REPRO": "HC", "BEHAVIORAL": "BH CW",
    "PSYNOTES": "BH", "SUD_P2": "BH", "EDUCATION": "ED", "EMPLOYMENT": "CW NP",
    "ADVOCATE": "VC NP", "IMMIGRATION": "VC CW", "JUVENILE": "JJ CT", "SOGI": "CW VC",
    "PLAN": "CW NP VC", "MISSING": "CW", "MEETING": "CW", "LEGAL_PRIV": "CW DA GAL",
}  # fmt: skip
WEIGHTS = {"HEALTH": 3, "BEHAVIORAL": 3, "SUD_P2": 4, "EDUCATION": 3, "ADVOCATE": 3, "MEETING": 3,
           "TRAFFICKING": 2, "PLAN": 2, "MISSING": 1.5, "SAFE_ADDR": 1.5, "REPRO": 2,
           "FORENSIC": 1.5, "PSYNOTES": 1.5, "IMMIGRATION": 1.5, "SOGI": 1.5}  # fmt: skip
ZONES = ["America/New_York", "America/Chicago", "America/Denver", "America/Phoenix",
         "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu"]  # fmt: skip
PIVOTS = [date(2025, 3, 9), date(2025, 11, 2), date(2025, 6, 1), date(2025, 4, 15)]


class Maker:
    """A seeded source of choices around one pivot day."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.pivot = self.rng.choice(PIVOTS)
        self.world: dict[str, Any] = {"id": f"W{seed}", "title": f"Random world {seed}"}

    def maybe(self, chance: float) -> bool:
        return self.rng.random() < chance

    def pick(self, options: Any) -> Any:
        return self.rng.choice(list(options))

    def day(self, low: int, high: int) -> str:
        """A day so many days from the pivot."""
        return (self.pivot + timedelta(days=self.rng.randint(low, high))).isoformat()

    def time(self, low: int, high: int) -> str:
        minutes = self.rng.choice([0, 30, 59, 61, 9 * 60, 12 * 60 + 20, 23 * 60 + 30])
        start = datetime.fromisoformat(self.day(low, high))
        return (start + timedelta(minutes=minutes)).isoformat()

    def moment(self, low: int, high: int, timed: float = 0.35) -> str:
        return self.time(low, high) if self.maybe(timed) else self.day(low, high)

    def weighed(self, weights: dict[str, float]) -> str:
        return self.rng.choices(list(weights), list(weights.values()))[0]


def lay(m: Maker) -> None:
    """Put the case, people, organisations, users and items of a world in place."""
    w = m.world
    _cases(m)
    w["orgs"] = _orgs(m)
    w["users"] = _users(m)
    w["items"] = _items(m)
    _placements(m)
    _episode(m)
    if m.maybe(0.4):
        w["set"] = _overrides(m)
    elif m.maybe(0.25):
        w["set"] = _cells(m)


def _cases(m: Maker) -> None:
    if m.maybe(0.12):
        m.world["cases"] = {"A": _case(m), "B": _case(m)}
    else:
        m.world["case"] = _case(m)


def _case(m: Maker) -> dict[str, Any]:
    case: dict[str, Any] = {"timezone": m.pick(ZONES), "opened": m.day(-120, -60)}
    case["custody"] = m.weighed({"agency": 4, "parent": 4, "guardian": 1.5, "youth": 0.7})
    case["youth"] = _youth(m)
    case["people"] = _people(m)
    if m.maybe(0.3):
        case["report_received"] = m.day(-90, -20)
    if m.maybe(0.15):
        case["good_cause_until"] = m.day(-10, 20)
    if m.maybe(0.15):
        case["closed"] = sorted(m.day(-20, 10) for _ in range(m.pick([1, 1, 2])))
    return case


def _youth(m: Maker) -> dict[str, Any]:
    years = m.weighed({"18": 3, "15": 5, "12": 1, "14": 1.5, "16": 1.5, "19": 0.7})
    birthday = date.fromisoformat(m.day(-15, 15))
    youth: dict[str, Any] = {"born": birthday.replace(year=birthday.year - int(years)).isoformat()}
    if m.maybe(0.1):
        youth["emancipated"] = True if m.maybe(0.4) else m.day(-30, 10)
    return youth


def _people(m: Maker) -> dict[str, Any]:
    chances = {"mother": ("parent", 0.9), "father": ("parent", 0.4), "uncle": ("guardian", 0.25),
               "aunt": ("kin", 0.35), "foster": ("foster_parent", 0.35)}  # fmt: skip
    people = {}
    for name, (relation, chance) in chances.items():
        if m.maybe(chance):
            people[name] = {"relation": relation} | _standing(m, relation)
    return people


def _standing(m: Maker, relation: str) -> dict[str, Any]:
    standing: dict[str, Any] = {}
    if relation in ("parent", "guardian") and m.maybe(0.4):
        standing["rights"] = m.maybe(0.6)
    if m.maybe(0.15):
        flag = {"flag": m.pick(["suspected_offender", "associate", "no_contact"])}
        standing["flags"] = [flag | ({"from": m.moment(-30, 15)} if m.maybe(0.9) else {})]
    return standing


def _orgs(m: Maker) -> dict[str, Any]:
    roles = ["CW"] + [m.weighed(ORG_WEIGHTS) for _ in range(m.rng.randint(2, 6))]
    if m.maybe(0.03):
        roles.append("CW")
    orgs: dict[str, Any] = {}
    for role in roles:
        name = ORG_NAMES[role][0] if ORG_NAMES[role][0] not in orgs else ORG_NAMES[role][1]
        orgs[name] = {"role": role} | _funding(m, role)
    return orgs


def _funding(m: Maker, role: str) -> dict[str, Any]:
    org: dict[str, Any] = {}
    if m.maybe({"BH": 0.6, "HC": 0.1, "NP": 0.05}.get(role, 0.01)):
        org["part2"] = True
    if m.maybe({"VC": 0.75, "NP": 0.2, "HC": 0.05}.get(role, 0.01)):
        org["vsp"] = m.pick(["vawa", "voca", "fvpsa"])
    if m.maybe({"NP": 0.4, "VC": 0.25}.get(role, 0.01)):
        org["rhy"] = True
    if m.maybe(0.15):
        org["mou_until"] = m.day(-20, 15)
    if m.maybe(0.12):
        org["statutory_member"] = m.maybe(0.5)
    return org


def _users(m: Maker) -> dict[str, Any]:
    orgs = list(m.world["orgs"])
    homes = [m.pick(orgs) for _ in range(m.rng.randint(2, 5))] + orgs[1:3]
    users = {f"u{n}-{home}": _member(m, home) for n, home in enumerate(homes)}
    people = (m.world.get("case") or m.world["cases"]["A"])["people"]
    if people and m.maybe(0.5):
        users["carer"] = {"role": "CG", "person": m.pick(people)} | _place(m)
    if m.maybe(0.4):
        users["young"] = {"role": "YT", "person": "youth"} | _place(m)
    return users


def _member(m: Maker, home: str) -> dict[str, Any]:
    role = m.world["orgs"][home]["role"]
    user = {"org": home} | _place(m)
    if role in ("HC", "BH") and m.maybe(0.5):
        user["medical"] = True
    if role == "CW" and m.maybe(0.5):
        user["custodian"] = True
    if m.maybe(0.12):
        user["history"] = [{"org": m.pick(m.world["orgs"]), "until": m.day(-30, 10)}]
    return user


def _place(m: Maker) -> dict[str, Any]:
    """On the team, most of the time."""
    place: dict[str, Any] = {}
    if m.maybe(0.12):
        place["team"] = {"from": m.day(-60, 5), "until": m.moment(6, 25) if m.maybe(0.6) else None}
    # fmt: on
    if m.maybe(0.06):
        place["recused"] = True if m.maybe(0.3) else m.moment(-20, 10)
    if m.maybe(0.03):
        place["active"] = False
    if "cases" in m.world:
        place["case"] = m.pick([["A", "B"], "A", "B", ["A", "B"]])
    return place


def _items(m: Maker) -> dict[str, Any]:
    items: dict[str, Any] = {}
    for n in range(m.rng.randint(3, 10)):
        category = m.weighed({c: WEIGHTS.get(c, 1) for c in baseline()["categories"]})
        items[f"i{n}-{category.lower()}"] = _item(m, category, items)
    return items


def _item(m: Maker, category: str, before: dict[str, Any]) -> dict[str, Any]:
    item: dict[str, Any] = {"category": category, "source": _source(m, category)}
    rule, case = baseline()["categories"][category], None
    if "cases" in m.world:
        case = item["case"] = m.pick("AB")
    if m.maybe(0.5):
        item["recorded"] = m.day(-60, 0)
    if rule.get("labels") and m.maybe(0.45):
        item["labels"] = m.rng.sample(rule["labels"], m.pick([1, 1, 2]) % len(rule["labels"]) or 1)
    if m.maybe(0.3):
        item["fields"] = m.rng.sample(rule["fields"], m.rng.randint(1, len(rule["fields"])))
    quotable = [k for k, v in before.items() if v.get("case") == case]
    if quotable and m.maybe(0.75 if category == "MEETING" else 0.04):
        item["quotes"] = m.rng.sample(quotable, min(len(quotable), m.pick([1, 1, 1, 2])))
    return item | _circumstances(m, item)


def _source(m: Maker, category: str) -> str:
    orgs = m.world["orgs"]
    fitting = [o for o, v in orgs.items() if v["role"] in NATURAL[category].split()]
    return m.pick(fitting if fitting and m.maybe(0.8) else orgs)


def _circumstances(m: Maker, item: dict[str, Any]) -> dict[str, Any]:
    more: dict[str, Any] = {}
    fields = item.get("fields") or baseline()["categories"][item["category"]]["fields"]
    if m.maybe(0.08):
        more["regimes"] = [m.pick(baseline()["regimes"])]
    if m.maybe(0.08):
        more["third_party"] = {"sister": m.rng.sample(fields, m.rng.randint(1, len(fields)))}
    if m.maybe(0.04):
        more["subject"] = "sister"
    if m.maybe(0.04):
        more["sealed"] = m.moment(-15, 15)
    if m.maybe({"SUD_P2": 0.6, "ADVOCATE": 0.5, "HEALTH": 0.25}.get(item["category"], 0.1)):
        more["consented_by"] = m.pick(["youth", "youth", "parent"])
    if item["category"] == "EDUCATION" and m.maybe(0.6):
        more["via"] = m.pick(["usa", "usa", "ferpa_consent", "court"])
    if m.maybe(0.9 if item["category"] == "PSYNOTES" else 0.1):
        more["author"] = m.pick(m.world["users"])
    return more


def _placements(m: Maker) -> None:
    homes = [k for k, v in m.world["items"].items() if v["category"] == "SAFE_ADDR"]
    for user in m.world["users"].values():
        kind = user.get("role") or m.world["orgs"][user["org"]]["role"]
        if homes and kind in ("NP", "JJ", "CG") and m.maybe(0.7):
            user["placement"] = m.pick(homes)


def _episode(m: Maker) -> None:
    if not m.maybe(0.4):
        return
    case = m.world.get("case") or m.world["cases"]["A"]
    ended = m.time(1, 10) if m.maybe(0.6) else None
    # fmt: off
    case["missing"] = {"since": m.time(-10, 0), "until": ended,
                       "lead_officer": _of_role(m, "LE"),
                       "alert_approved_by": _of_role(m, "CW") if m.maybe(0.6) else None}


def _of_role(m: Maker, role: str) -> str | None:
    orgs = m.world["orgs"]
    users = m.world["users"].items()
    fitting = [u for u, v in users if v.get("org") and orgs[v["org"]]["role"] == role]
    return m.pick(fitting) if fitting else None


def _cells(m: Maker) -> dict[str, Any]:
    """Cells of this jurisdiction's own, with every form that the grammar knows."""
    given = m.pick(m.world["items"].values())["category"]
    rule = baseline()["categories"][given]
    roles = sorted({v["role"] for v in m.world["orgs"].values()} | {"CG", "YT"})
    ways = [_way(m, rule) for _ in range(m.pick([1, 2, 2, 3]))]
    return {"categories": {given: {"cells": {m.pick(roles): list(dict.fromkeys(ways))}}}}


def _way(m: Maker, rule: dict[str, Any]) -> str:
    profile = baseline()
    kind = m.weighed({"law": 5, "release": 3, "order": 1, "own": 1, "keeper": 0.5})
    names = {"law": "bases", "release": "releases", "order": "orders"}
    words = [kind] + ([m.pick(profile[names[kind]])] if kind in names else [])
    if rule["subsets"] and kind in names and m.maybe(0.4):
        words += ["part", m.pick(rule["subsets"])]
    if m.maybe(0.3):
        words += ["when", m.pick(["medical", "author", "adult", "missing", "agency_custody"])]
    if m.maybe(0.2):
        words += ["for", "+".join(m.rng.sample(profile["purposes"], m.pick([1, 2])))]
    if m.maybe(0.2):
        words += ["adds", m.pick(["no_export", "use_restriction+time_box", "notify_subject"])]
    return " ".join(words)


def _overrides(m: Maker) -> dict[str, Any]:
    options: list[dict[str, Any]] = [
        {"mdt_statute": {"window_days": m.pick([14, 30, 60, 90])}},
        {"mdt_statute": {"window_days": m.pick([14, 30, 60]), "good_cause_extension": False}},
        {"mdt_statute": {"confirmed": None}},
        {"juvenile_sharing": {"confirmed": None}},
        {"juvenile_sharing": {"school_records": True, "school_notice": True}},
        {"mh_act": {"treatment_sharing_needs_consent": True}},
        {"mh_act": {"confirmed": None}},
        {"reporter_rule": {"prosecutors": True}},
        {"reporter_rule": {"prosecutors": True, "confirmed": None}},
        {"reproductive": {"agency_access": True}},
        {"sud_minor_consent": {"age": m.pick([12, 14, 16])}},
        {"sud_minor_consent": {"age": 12, "confirmed": None}},
        {"esign_ok": False},
        {"verbal_grants": ["HIPAA", "MDT"]},
        {"quiet_roles": []},
        {"quiet_roles": ["VS", "DA"]},
        {"ages": {"majority": m.pick([19, 21])}},
        {"emergency": {"minutes": 30}},
        {"statutory_members": ["CW", "VC", "NP"]},
        {"regimes": {"PART2": {"hides": False}, "VSP": {"hides": False}}},
        {"categories": {c: {"hide": False} for c in ("SUD_P2", "REPRO", "ADVOCATE")}},
        {"releases": {"HIPAA": {"days": [10, 20], "separate": "alone"}}},
        {"orders": {"HIP": {"findings": True}, "PRV": {"findings": False}}},
    ]
    return m.pick(options)
