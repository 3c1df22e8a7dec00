"""What takes permits away (step 6), and what an emergency gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import readings
from .conditions import Conditions
from .reading import Way, moment
from .releases import Reading

UNTOUCHED_LAWS = ("B3", "B4", "B5", "B14", "B9", "B12")


@dataclass(frozen=True)
class Grant:
    """What one alternative of a cell gives, or why it gives nothing."""

    kind: str
    fields: frozenset[str] = frozenset()
    duties: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    looked: frozenset[str] = frozenset()


class Limits(Conditions):
    """Objections, later narrower instructions and emergencies."""

    def restricted(self, w: Way, law: str | None, fields: frozenset[str], duties: set[str],
                   release: dict[str, Any] | None) -> Grant:  # fmt: skip
        if law in UNTOUCHED_LAWS:
            return Grant("law", fields, frozenset(duties))
        left = fields - self.objected(release) - self.narrowed(release)
        if fields and not left:
            return Grant(w.kind, codes=frozenset({"E_RESTRICTED_BY_LATER"}))
        taken = frozenset({"E_RESTRICTED_BY_LATER"} if left != fields else ())
        return Grant(w.kind, left, frozenset(duties) | frozenset(w.adds), looked=taken)

    def objected(self, release: dict[str, Any] | None) -> frozenset[str]:
        """Fields taken away by an agreed restriction or an objection."""
        gone: set[str] = set()
        for one in self.scene.restrictions:
            person = self.scene.people.get(one["by"]) or {}
            counts = self.clock.begun(one["on"]) and not self.scene.barred(person, self.clock)
            mine = not one.get("against") or self.scene.names(one["against"], self.user, self.clock)
            named = one.get("categories")
            covers = not named or self.item["category"] in named
            if counts and mine and covers and not self.signed_after(release, one["on"]):
                gone |= set(one.get("fields") or self.all())
        return frozenset(gone)

    def signed_after(self, release: dict[str, Any] | None, when: Any) -> bool:
        """Signed on a later day; on the same day the objection stands."""
        if release is None:
            return False
        return self.clock.day(moment(release["signed"]["on"])) > self.clock.day(moment(when))

    def narrowed(self, release: dict[str, Any] | None) -> frozenset[str]:
        """Fields that a later release of the same people to the same recipient carves out."""
        earlier = [release] if release else list(self.scene.releases.values())
        gone: set[str] = set()
        for later in self.scene.releases.values():
            if any(self.later(later, one) for one in earlier):
                labels = set(later.get("excludes") or []) & self.scene.labels(self.name)
                gone |= set(self.all()) if labels else set(later.get("excludes") or [])
        return frozenset(gone)

    def later(self, later: dict[str, Any], earlier: dict[str, Any]) -> bool:
        signed = [(r.get("signed") or {}) for r in (earlier, later)]
        if not all(s.get("on") and s.get("by") for s in signed):
            return False
        days = [self.clock.day(moment(s["on"])) for s in signed]
        mine = all(
            self.scene.names(r["recipients"], self.user, self.clock) for r in (earlier, later)
        )
        after = days[0] < days[1] or (not readings.SAME_DAY_IS_NOT_LATER and days[0] == days[1])
        same = set(signed[0]["by"]) == set(signed[1]["by"]) and after and later is not earlier
        covers = all(self.covers(r) for r in (earlier, later))
        return mine and same and covers and all(map(self.in_force, (earlier, later)))

    def covers(self, release: dict[str, Any]) -> bool:
        """The form's own words cover this item."""
        items = release.get("items")
        inside = self.item["category"] in release["categories"]
        return inside and (items is None or self.name in items)

    def in_force(self, release: dict[str, Any]) -> bool:
        """Expired, revoked and never given are the same; else any form of saying no will do."""
        form = Reading(self.scene, release, self.name, self.user, self.purpose, self.clock)
        ended = (form.active, form.effective, form.expired, form.event, form.revoked, form.false)
        return not any(check() for check in ended)

    def emergency(self, basis: str) -> bool:
        return any(self.serves(e, basis) for e in self.scene.emergencies)

    def serves(self, e: dict[str, Any], basis: str) -> bool:
        rule = self.scene.profile["emergency"]
        running = self.clock.begun(e["at"]) and self.clock.minutes_since(e["at"]) < rule["minutes"]
        school = basis == "B9" and self.by_school(e["by"])
        named = self.item["category"] in e["categories"]
        named = named and self.item["category"] not in rule["never_categories"]
        told = "facts" not in e or str(e["facts"]).strip()  # section 4.6 asks for the facts
        if not (running and named and told and (e["by"] == self.user or school)):
            return False
        regimes, medical = self.regimes(), e["kind"] == "medical"
        if regimes & set(rule["never_regimes"]):
            return False
        if regimes & set(rule["medical_only_regimes"]) and not medical:
            return False
        return self.may_declare(e)

    def by_school(self, user: str) -> bool:
        if user not in self.scene.users:
            return False
        of_source = self.scene.org_of(user, self.clock) == self.item["source"]
        return of_source and self.scene.role_of(user, self.clock) == "ED"

    def may_declare(self, e: dict[str, Any]) -> bool:
        rule, role = self.scene.profile["emergency"], self.scene.role_of(e["by"], self.clock)
        if e["kind"] == "medical":
            personnel = bool(self.scene.users[e["by"]].get("medical"))
            return personnel and role in rule["medical_roles"]
        return e["kind"] == "threat" and role in rule["threat_roles"]

    def emergency_duties(self, basis: dict[str, Any]) -> set[str]:
        rule = self.scene.profile["emergency"]
        if "emergency" not in (basis.get("needs") or []):
            return set()
        return set(rule["duties"]) | set(rule["part2_duties"] if "PART2" in self.regimes() else [])
