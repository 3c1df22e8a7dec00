"""The bases: what each alternative of a cell gives here and now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from . import readings
from .limits import Grant, Limits
from .reading import Way, moment
from .releases import GENERAL, Reading

NOTHING = Grant("nothing")
UNCONFIRMED = frozenset({"E_PROFILE_UNCONFIRMED"})


class Bases(Limits):
    """own, keeper, law, release and order, each tried by itself."""

    def tried(self, w: Way, regime: str) -> Grant:
        """One alternative for one regime, with what it gives; keeper is for CPS alone."""
        if readings.AGGREGATE_READS_NOTHING and self.purpose == "AGGREGATE":
            return NOTHING
        if w.kind == "law":
            return self.law(w)
        if w.kind == "release":
            return self.release(w)
        if w.when and not self.condition(w.when):
            return NOTHING
        if w.purposes and self.purpose not in w.purposes:
            return NOTHING
        if w.kind == "order":
            return self.order(w)
        holds = {"own": self.files(), "keeper": self.leads() and regime == "CPS"}
        return Grant(w.kind, self.part(w), frozenset(w.adds)) if holds.get(w.kind) else NOTHING

    def law(self, w: Way) -> Grant:
        basis = self.scene.profile["bases"][w.name]
        purposes = w.purposes or basis.get("purposes")
        fits = self.purpose in purposes if purposes else self.purpose != "AGGREGATE"
        if not fits or (w.when and not self.condition(w.when)):
            unconfirmed = fits and self.would_hold(w.when or "")
            return Grant("law", codes=UNCONFIRMED) if unconfirmed else NOTHING
        lack = [self.lacks(need, w.name) for need in basis.get("needs") or []]
        lack += [self.unconfirmed(basis.get("rests_on"))]
        if "member" in lack:  # then it is not this organisation's basis, confirmed or not
            return NOTHING
        if any(lack):
            return Grant("law", codes=frozenset(c for c in lack if c and c.startswith("E_")))
        duties = set(w.adds) | self.emergency_duties(basis)
        return self.restricted(w, w.name, self.part(w), duties, None)

    def lacks(self, need: str, basis: str) -> str | None:
        """Why a need of a legal basis is not met: a code, or just a word where it has none."""
        org = self.scene.orgs.get(self.org) or {}
        if need == "mou":
            return "E_MOU_EXPIRED" if self.clock.over(org["mou_until"]) else None
        met = {
            "member": lambda: org.get("statutory_member"),
            "window": self.in_window,
            "missing": lambda: self.scene.missing(self.clock),
            "emergency": lambda: self.emergency(basis),
            "self": self.is_subject,
        }[need]()
        return None if met else need

    def unconfirmed(self, key: str | None) -> str | None:
        return "E_PROFILE_UNCONFIRMED" if key and not self.scene.confirmed(key) else None

    def in_window(self) -> bool:
        statute, case = self.scene.profile["mdt_statute"], self.scene.case
        days = statute.get("window_days")
        if days is None:
            return True
        received = self.clock.day(moment(case.get("report_received") or self.scene.opened))
        good = case.get("good_cause_until")
        extended = good and statute.get("good_cause_extension") and not self.clock.over(good)
        return bool((self.clock.day() - received).days <= days or extended)

    def order(self, w: Way) -> Grant:
        for order in self.scene.orders.values():
            if order["type"] == w.name and self.in_scope(order) and self.ordered(order):
                adds = self.scene.profile["orders"][w.name].get("adds") or {}
                mine = {adds[r] for r in self.regimes() if r in adds}
                return Grant("order", self.part(w), frozenset(mine | set(w.adds)))
        return NOTHING

    def in_scope(self, order: dict[str, Any]) -> bool:
        items = order.get("items")
        inside = self.item["category"] in (order.get("categories") or [])
        named = self.scene.names(order["recipients"], self.user, self.clock)
        return inside and named and (items is None or self.name in items)

    def ordered(self, order: dict[str, Any]) -> bool:
        rule = self.scene.profile["orders"][order["type"]]
        issued = order.get("issued") is not None and self.clock.begun(order["issued"])
        found = order.get("findings") or not rule.get("findings")
        compelled = order.get("process") in ("subpoena", "voluntary") or not rule.get("process")
        return bool(issued and found and compelled)

    def release(self, w: Way) -> Grant:
        """One form of each type named, every one of them good by itself."""
        each = [self.of_type(kind, w) for kind in w.name.split("&")]
        codes = frozenset().union(*(g.codes for g in each if not g.fields))
        looked = frozenset().union(*(g.codes | g.looked for g in each))
        if w.purposes and self.purpose not in w.purposes:
            return NOTHING
        if not all(g.fields for g in each):
            return Grant("release", codes=codes, looked=looked)
        fields = each[0].fields.intersection(*(g.fields for g in each))
        return Grant("release", fields, frozenset(w.adds), looked=looked)

    def of_type(self, kind: str, w: Way) -> Grant:
        forms = [r for r in self.scene.releases.values() if r["type"] == kind]
        grants = [self.form(r, w) for r in forms]
        fields = frozenset().union(*(g.fields for g in grants))
        codes = frozenset().union(*(g.codes for g in grants))
        return Grant(
            "release", fields, codes=codes, looked=frozenset().union(*(g.looked for g in grants))
        )

    def form(self, release: dict[str, Any], w: Way, unnamed: bool = False) -> Grant:
        signed = w.when == "youth_signed"
        if w.when and not signed and not self.condition(w.when):
            return NOTHING
        code = Reading(
            self.scene, release, self.name, self.user, self.purpose, self.clock,
            unnamed=unnamed, youth_signed=signed,
        ).fault()  # fmt: skip
        if code:
            return Grant("release", codes=frozenset({code}))
        fields = self.part(w) - frozenset(release.get("excludes") or [])
        return self.restricted(w, None, fields, set(), release)

    def unnamed(self, ways: Iterable[Way], regime: str) -> list[Grant]:
        """Forms that the cell does not name and that are looked at all the same."""
        named = {t for w in ways if w.kind == "release" for t in w.name.split("&")}
        grants = []
        for release in self.scene.releases.values():
            lists = release["type"] in GENERAL and self.covers(release)
            tpo = release["type"] == "TPO" and regime == "PART2"
            if release["type"] not in named and (lists or tpo):
                grants.append(self.form(release, Way("release", release["type"]), unnamed=True))
        return grants
