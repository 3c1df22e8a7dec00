"""One case of a scenario with every default of the contract's last section filled in."""

from __future__ import annotations

from datetime import date
from typing import Any

from .reading import Clock, baseline, merged, moment

YOUTH = "youth"
AGENCY = "agency"
PARENTS = ("parent", "guardian")


class Scene:
    """The facts of one case and the profile they are judged by; plain dicts with defaults."""

    def __init__(self, scenario: dict[str, Any], name: str) -> None:
        self.profile = merged(baseline(), scenario.get("set") or {})
        self.case = _cases(scenario)[name] or {}
        first = next(iter(_cases(scenario)))
        self.orgs = {k: self._org(k, v, scenario) for k, v in _orgs(scenario).items()}
        self.users = _of_case(scenario.get("users"), name, first)
        self.items = _of_case(scenario.get("items"), name, first)
        self.releases = _of_case(scenario.get("releases"), name, first)
        self.orders = _of_case(scenario.get("orders"), name, first)
        self.restrictions = _listed(scenario.get("restrictions"), name, first)
        self.emergencies = _listed(scenario.get("emergencies"), name, first)
        self.timezone = self.case.get("timezone") or "America/New_York"
        self.opened = self.case.get("opened") or date(2025, 1, 1)
        self.custody = self.case.get("custody") or AGENCY
        self.people = self.case.get("people") or {}
        self.youth = {"born": date(2011, 1, 1), **(self.case.get("youth") or {})}

    def _org(self, name: str, given: dict[str, Any], scenario: dict[str, Any]) -> dict[str, Any]:
        users = (scenario.get("users") or {}).values()
        of_users = [u["role"] for u in users if u.get("org") == name and u.get("role")]
        role = given.get("role") or next(iter(of_users), None)
        member = role in self.profile["statutory_members"]
        base = {"part2": False, "vsp": None, "rhy": False, "mou_until": date(2099, 12, 31)}
        return {**base, "statutory_member": member, **given, "role": role}

    # -- the profile ------------------------------------------------------------------------

    def confirmed(self, key: str) -> bool:
        """A key with `confirmed: null` is unconfirmed; one that does not say so stands."""
        return (self.profile[key] or {}).get("confirmed", True) is not None

    def category(self, item: dict[str, Any]) -> dict[str, Any]:
        return self.profile["categories"][item["category"]]

    def cell(self, category: str, role: str) -> list[str]:
        return self.profile["categories"][category]["cells"][role]

    def closure(self, name: str) -> list[str]:
        """An item and everything it quotes, directly or through another."""
        found, todo = [], [name]
        while todo:
            one = todo.pop()
            if one not in found and one in self.items:
                found.append(one)
                todo += self.items[one].get("quotes") or []
        return found

    def labels(self, name: str) -> set[str]:
        """The sensitivities of an item; a quote brings those of what it quotes."""
        return {x for one in self.closure(name) for x in self.items[one].get("labels") or []}

    # -- people -----------------------------------------------------------------------------

    def org_of(self, user: str, clock: Clock) -> str | None:
        """The organisation somebody belongs to at this time; a former one to its last day."""
        spells = self.users[user].get("history") or []
        for spell in sorted(spells, key=lambda s: str(s["until"])):
            if not clock.over(spell["until"]):
                return spell["org"]
        return self.users[user].get("org")

    def role_of(self, user: str, clock: Clock) -> str:
        """The role of the organisation of that time; of one without organisation, their own."""
        given, org = self.users[user], self.org_of(user, clock)
        now = self.orgs.get(given.get("org")) or {}
        return given.get("role") or self.orgs[org]["role"] or now.get("role")

    def person_of(self, user: str) -> dict[str, Any]:
        """The person of the case that a caregiver is; nobody for all others."""
        return self.people.get(self.users[user].get("person")) or {}

    def rights(self, person: dict[str, Any]) -> bool:
        """A parent or guardian with rights."""
        return person.get("relation") in PARENTS and bool(person.get("rights", True))

    def barred(self, person: dict[str, Any], clock: Clock) -> bool:
        """Flagged, from the first second of the flag on."""
        kinds = self.profile["custody"]["barred_flags"]
        flags = [f if isinstance(f, dict) else {"flag": f} for f in person.get("flags") or []]
        return any(f["flag"] in kinds and self._flying(f, clock) for f in flags)

    def _flying(self, flag: dict[str, Any], clock: Clock) -> bool:
        started = flag.get("from") is None or clock.begun(flag["from"])
        return started and not (flag.get("until") is not None and clock.over(flag["until"]))

    def adult(self, clock: Clock) -> bool:
        """The youth has reached majority or is emancipated."""
        free = self.youth.get("emancipated") or False
        if free is True or (free and clock.begun(free)):
            return True
        return self.age(clock) >= self.profile["ages"]["majority"]

    def age(self, clock: Clock) -> int:
        """In years of life; a birthday acts from its first second."""
        born, today = moment(self.youth["born"]), clock.day()
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day))

    def missing(self, clock: Clock) -> dict[str, Any] | None:
        """The missing episode that is running, if one is."""
        episodes = self.case.get("missing") or []
        for one in episodes if isinstance(episodes, list) else [episodes]:
            ended = one.get("until") is not None and clock.over(one["until"])
            if clock.begun(one["since"]) and not ended:
                return one
        return None

    def names(self, recipients: list[str] | None, user: str, clock: Clock) -> bool:
        """A list of organisations or users names this user, as things are now."""
        return bool({user, self.org_of(user, clock)} & set(recipients or []))


def _orgs(scenario: dict[str, Any]) -> dict[str, Any]:
    """Those described, and those only named."""
    users = (scenario.get("users") or {}).values()
    named = [u["org"] for u in users if u.get("org")]
    named += [s["org"] for u in users for s in u.get("history") or []]
    named += [i["source"] for i in (scenario.get("items") or {}).values()]
    named += [r["discloser"] for r in (scenario.get("releases") or {}).values()]
    described = {k: v or {} for k, v in (scenario.get("orgs") or {}).items()}
    return described | {n: {} for n in named if n not in described}


def _cases(scenario: dict[str, Any]) -> dict[str, Any]:
    return scenario.get("cases") or {"case": scenario.get("case") or {}}


def case_names(scenario: dict[str, Any]) -> list[str]:
    """The cases of a scenario, in their order."""
    return list(_cases(scenario))


def _belongs(fact: dict[str, Any], name: str, first: str) -> bool:
    named = fact.get("case", first)
    return name in named if isinstance(named, list) else name == named


def _of_case(facts: dict[str, Any] | None, name: str, first: str) -> dict[str, Any]:
    return {k: v for k, v in (facts or {}).items() if _belongs(v, name, first)}


def _listed(facts: list[Any] | None, name: str, first: str) -> list[dict[str, Any]]:
    return [v for v in facts or [] if _belongs(v, name, first)]
