"""The sharing decision, transcribed step by step from the contract; slow and literal on purpose.

`answers(scenario)` gives one `Answer` for each question of a scenario in the format of the
contract's last section. Numbers in comments are the contract's steps.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .reading import Clock, Way, moment, way
from .releases import GENERAL, Reading, first
from .scene import YOUTH, Scene, case_names

ORDER = ("conceal", "withhold", "part", "show")
UNTOUCHED_LAWS = ("B3", "B4", "B5", "B14", "B9", "B12")


@dataclass(frozen=True)
class Answer:
    """What one question gets. `obliges` only where something is opened, `code` only where not."""

    outcome: str
    fields: tuple[str, ...] = ()
    obliges: frozenset[str] = frozenset()
    code: str | None = None

    @property
    def opened(self) -> bool:
        return self.outcome in ("part", "show")


@dataclass(frozen=True)
class Grant:
    """What one alternative of a cell gives, or why it gives nothing."""

    kind: str
    fields: frozenset[str] = frozenset()
    duties: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()


CONCEAL = Answer("conceal")
NOTHING = Grant("nothing")


def answers(scenario: dict[str, Any]) -> list[Answer]:
    """The oracle's answer to each question, in order."""
    return [answer(scenario, ask) for ask in scenario["ask"]]


def answer(scenario: dict[str, Any], ask: dict[str, Any]) -> Answer:
    """The oracle's answer to one question."""
    scene = Scene(scenario, _case_of(scenario, ask["item"]))
    clock, action = Clock.at(ask["at"], scene.timezone), ask.get("action") or "view"
    if action == "meeting":
        return _meeting(scene, ask, clock)
    return _decide(scene, ask["who"], ask["item"], ask["purpose"], clock, action)


def _case_of(scenario: dict[str, Any], item: str) -> str:
    return scenario["items"][item].get("case") or case_names(scenario)[0]


def _decide(scene: Scene, user: str, item: str, purpose: str, clock: Clock, action: str) -> Answer:
    return Decision(scene, user, item, purpose, clock, action).made()


def _meeting(scene: Scene, ask: dict[str, Any], clock: Clock) -> Answer:
    """The least that anyone present would get by view; fields in common, everybody's duties."""
    present = ask.get("present") or [ask["who"]]
    each = [_decide(scene, u, ask["item"], ask["purpose"], clock, "view") for u in present]
    least = min((a.outcome for a in each), key=ORDER.index)
    if least in ("conceal", "withhold"):
        return Answer(least, code=first({a.code for a in each if a.code and a.outcome == least}))
    common = tuple(f for f in each[0].fields if all(f in a.fields for a in each))
    if not common:  # 7: no field at all is a refusal
        replies = [Decision(scene, u, ask["item"], ask["purpose"], clock, "view") for u in present]
        return Answer(min((r.reply() for r in replies), key=ORDER.index))
    return Answer(least, common, frozenset().union(*(a.obliges for a in each)))


@dataclass
class Decision:
    """One viewer, one item, one purpose, one instant, one action."""

    scene: Scene
    user: str
    name: str
    purpose: str
    clock: Clock
    action: str
    trail: tuple[str, ...] = ()
    item: dict[str, Any] = field(init=False)

    def made(self) -> Answer:
        """The ten steps, in order."""
        if not self.gate():  # 1
            return CONCEAL
        self.item = self.scene.items[self.name]
        if self.item.get("subject", YOUTH) != YOUTH and not self.files():  # 2
            return CONCEAL
        if self.never():  # 3
            return CONCEAL
        if self.action.startswith("mandate:"):  # 4
            return self.mandate(self.action.removeprefix("mandate:"))
        if self.unlisted():
            return CONCEAL
        return self.weighed()

    # -- 1 gate, 2 subject, 3 never -----------------------------------------------------------

    def gate(self) -> bool:
        if self.user not in self.scene.users or self.name not in self.scene.items:
            return False
        user, person = self.scene.users[self.user], self.scene.person_of(self.user)
        team = user.get("team") or {}
        since = team.get("from") or self.scene.opened
        there = self.clock.begun(since)
        there = there and not (team.get("until") is not None and self.clock.over(team["until"]))
        recused = user.get("recused") or False
        away = recused is True or (recused and self.clock.begun(recused))
        known = user.get("role") != "CG" or bool(person)
        barred = self.scene.barred(person, self.clock)  # no_contact is step 3, same reply
        return bool(user.get("active", True) and there and not away and known and not barred)

    def files(self) -> bool:
        """The viewer's current organisation is the item's source."""
        return self.org is not None and self.org == self.item["source"]

    @property
    def org(self) -> str | None:
        return self.scene.org_of(self.user, self.clock)

    @property
    def role(self) -> str:
        return self.scene.role_of(self.user, self.clock)

    @property
    def cell(self) -> list[str]:
        return self.scene.cell(self.item["category"], self.role)

    def never(self) -> bool:
        sealed = any(self.sealed(i) for i in self.closure())
        privileged = self.item["category"] == "LEGAL_PRIV" and not self.files()
        others = privileged and not (self.role == "YT" and self.condition("own_lawyer"))
        return sealed or "SEALED" in self.regimes() or others or self.cell == ["never"]

    def sealed(self, name: str) -> bool:
        when = self.scene.items[name].get("sealed")
        return bool(when) and (when is True or self.clock.begun(when))

    def closure(self) -> list[str]:
        """The item and everything it quotes, directly or through another."""
        found, todo = [], [self.name]
        while todo:
            name = todo.pop()
            if name not in found:
                found.append(name)
                todo += self.scene.items[name].get("quotes") or []
        return found

    # -- regimes ------------------------------------------------------------------------------

    def base(self, name: str) -> set[str]:
        """The regimes of an item's category; ADVOCATE of a RHY grantee alone has RHY from it."""
        item = self.scene.items[name]
        source = self.scene.orgs[item["source"]]
        if item["category"] == "ADVOCATE" and source["rhy"] and not source["vsp"]:
            return set()
        return set(self.scene.category(item)["regimes"])

    def brought(self, name: str) -> set[str]:
        """The regimes that come with the source."""
        source = self.scene.orgs[self.scene.items[name]["source"]]
        kinds = self.scene.profile["regimes"].items()
        return {r for r, rule in kinds if rule.get("from_source") and source[rule["from_source"]]}

    def added(self, name: str) -> set[str]:
        """The regimes added by hand."""
        given = set(self.scene.items[name].get("regimes") or [])
        return given - self.base(name) - self.brought(name)

    def regimes(self) -> set[str]:
        """Every regime on the item, those inherited from its quotes too."""
        return set().union(
            *(self.base(n) | self.brought(n) | self.added(n) for n in self.closure())
        )

    # -- 4 mandate ----------------------------------------------------------------------------

    def mandate(self, which: str) -> Answer:
        rule = self.scene.profile["mandates"][which]
        running = rule["needs"] != "missing" or self.scene.missing(self.clock)
        barred = self.regimes() & set(rule["never_regimes"])
        barred = barred or self.item["category"] in rule["never_categories"]
        if self.role not in rule["recipients"] or not running or barred:
            return CONCEAL
        listed = set(rule["fields"].get(self.item["category"], []))
        return self.opened(listed & self.readable(), set()) or CONCEAL

    def unlisted(self) -> bool:
        """Never in search, export or alert; an alert gives a MISSING item only."""
        hidden = self.scene.category(self.item).get("unlisted")
        outside = self.action == "alert" and self.item["category"] != "MISSING"
        return bool(outside or (hidden and self.action in ("export", "search", "alert")))

    # -- 5 regimes are AND, bases are OR; 6 inside each basis; 7 minimise ---------------------

    def weighed(self) -> Answer:
        needs = self.needs()
        open_to_all = [frozenset().union(*(g.fields for g in grants)) for grants in needs]
        fields = self.readable().intersection(*open_to_all)
        quoted = [self.quoted(q) for q in self.item.get("quotes") or []]
        closed = [a for a in quoted if a.outcome != "show"]
        if fields and not closed:
            duties = set().union(*(g.duties for gs in needs for g in gs if g.fields))
            duties |= set().union(*(a.obliges for a in quoted))
            duties |= self.notice_2_32(needs)
            opened = self.opened(fields, duties)
            if not (self.action == "export" and "no_export" in opened.obliges):
                return opened
            return Answer(self.reply())
        return self.refused(needs, open_to_all, closed)

    def needs(self) -> list[list[Grant]]:
        """What the viewer's alternatives give, one list for each regime that must be satisfied."""
        own = [self.own_cell()] if self.base(self.name) else []
        further = self.brought(self.name) | self.added(self.name)
        return own + [self.borrowed(r) for r in sorted(further - self.base(self.name))]

    def own_cell(self) -> list[Grant]:
        ways = [way(text) for text in self.cell]
        narrower = any(w.kind == "own" and w.when for w in ways)
        implied = [] if narrower else [Way("own")]
        special = {"PSYNOTES"} & {self.item["category"]} or {"PART2"} & self.base(self.name)
        return [self.tried(w) for w in ways + implied] + self.unnamed(ways, bool(special))

    def borrowed(self, regime: str) -> list[Grant]:
        rule = self.scene.profile["regimes"][regime]
        texts = rule["needs"] if "needs" in rule else self.scene.cell(rule["home"], self.role)
        ways = [w for w in map(way, texts) if w.part is None]
        implied = [Way("own")] if regime in self.brought(self.name) else []
        return [self.tried(w) for w in ways + implied] + self.unnamed(ways, regime == "PART2")

    def quoted(self, name: str) -> Answer:
        if name in self.trail or name not in self.scene.items:
            return CONCEAL
        trail = (*self.trail, self.name)
        return Decision(
            self.scene, self.user, name, self.purpose, self.clock, self.action, trail
        ).made()

    # -- the alternatives ---------------------------------------------------------------------

    def tried(self, w: Way) -> Grant:
        """One alternative, with what it gives here and now."""
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
        holds = {"own": self.files(), "keeper": self.role == "CW" and self.org is not None}
        return Grant(w.kind, self.part(w), frozenset(w.adds)) if holds.get(w.kind) else NOTHING

    def part(self, w: Way) -> frozenset[str]:
        subsets = self.scene.category(self.item)["subsets"]
        return frozenset(self.all()) & frozenset(subsets[w.part] if w.part else self.all())

    def all(self) -> list[str]:
        given = self.item.get("fields")
        return self.scene.category(self.item)["fields"] if given is None else given

    def readable(self) -> frozenset[str]:
        """Step 2: without what is about other people, but for users of the source."""
        cut = [] if self.files() else (self.item.get("third_party") or {}).values()
        return frozenset(self.all()) - frozenset(f for fields in cut for f in fields)

    def law(self, w: Way) -> Grant:
        basis = self.scene.profile["bases"][w.name]
        purposes = w.purposes or basis.get("purposes")
        fits = self.purpose in purposes if purposes else self.purpose != "AGGREGATE"
        if not fits or (w.when and not self.condition(w.when)):
            return NOTHING
        lack = [self.lacks(need, w.name) for need in basis.get("needs") or []]
        lack += [self.unconfirmed(basis.get("rests_on"))]
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
            "self": lambda: self.role == "YT",
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
        if w.purposes and self.purpose not in w.purposes:
            return NOTHING
        if not all(g.fields for g in each):
            return Grant("release", codes=codes)
        fields = each[0].fields.intersection(*(g.fields for g in each))
        return Grant("release", fields, frozenset(w.adds), frozenset())

    def of_type(self, kind: str, w: Way) -> Grant:
        forms = [r for r in self.scene.releases.values() if r["type"] == kind]
        grants = [self.form(r, w) for r in forms]
        fields = frozenset().union(*(g.fields for g in grants))
        return Grant("release", fields, codes=frozenset().union(*(g.codes for g in grants)))

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

    def unnamed(self, ways: Iterable[Way], special: bool) -> list[Grant]:
        """Forms that the cell does not name and that are looked at all the same."""
        if not special:
            return []
        named = {t for w in ways if w.kind == "release" for t in w.name.split("&")}
        grants = []
        for release in self.scene.releases.values():
            lists = release["type"] in GENERAL and self.item["category"] in release["categories"]
            tpo = release["type"] == "TPO" and self.item["category"] != "PSYNOTES"
            if release["type"] not in named and (lists or tpo):
                grants.append(self.form(release, Way("release", release["type"]), unnamed=True))
        return grants

    # -- 6 restrictions -----------------------------------------------------------------------

    def restricted(self, w: Way, law: str | None, fields: frozenset[str], duties: set[str],
                   release: dict[str, Any] | None) -> Grant:  # fmt: skip
        if law in UNTOUCHED_LAWS:
            return Grant("law", fields, frozenset(duties))
        left = fields - self.objected(release) - self.narrowed(release)
        if fields and not left:
            return Grant(w.kind, codes=frozenset({"E_RESTRICTED_BY_LATER"}))
        return Grant(w.kind, left, frozenset(duties) | frozenset(w.adds))

    def objected(self, release: dict[str, Any] | None) -> frozenset[str]:
        """Fields taken away by an agreed restriction or an objection."""
        gone: set[str] = set()
        for one in self.scene.restrictions:
            person = self.scene.people.get(one["by"]) or {}
            counts = self.clock.begun(one["on"]) and not self.scene.barred(person, self.clock)
            mine = self.scene.names(one["against"], self.user, self.clock)
            covers = self.item["category"] in one["categories"]
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
                labels = set(later.get("excludes") or []) & set(self.item.get("labels") or [])
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
        same = set(signed[0]["by"]) == set(signed[1]["by"]) and days[0] < days[1]
        covers = self.item["category"] in later["categories"]
        return mine and same and covers and self.clock.begun(signed[1]["on"])

    # -- emergencies --------------------------------------------------------------------------

    def emergency(self, basis: str) -> bool:
        return any(self.serves(e, basis) for e in self.scene.emergencies)

    def serves(self, e: dict[str, Any], basis: str) -> bool:
        rule = self.scene.profile["emergency"]
        running = self.clock.begun(e["at"]) and self.clock.minutes_since(e["at"]) < rule["minutes"]
        school = basis == "B9" and self.by_school(e["by"])
        named = self.item["category"] in e["categories"]
        named = named and self.item["category"] not in rule["never_categories"]
        if not (running and named and (e["by"] == self.user or school)):
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

    # -- the conditions of cells --------------------------------------------------------------

    def condition(self, name: str) -> bool:
        return bool(getattr(self, f"_{name}")())

    def _custodian(self) -> bool:
        return self.role == "CW" and self.scene.users[self.user].get("custodian")

    def _missing(self) -> Any:
        return self.scene.missing(self.clock)

    def _named_officer(self) -> bool:
        return (self._missing() or {}).get("lead_officer") == self.user

    def _alert_approved(self) -> bool:
        by = (self._missing() or {}).get("alert_approved_by")
        if by is None or by not in self.scene.users:
            return by is not None
        return self.scene.role_of(by, self.clock) == "CW"

    def _own_placement(self) -> bool:
        return self.scene.users[self.user].get("placement") == self.name

    def _agency_custody(self) -> bool:
        return self.scene.custody == "agency" and not self.scene.adult(self.clock)

    def _caregiver(self) -> bool:
        person = self.scene.person_of(self.user)
        placed = person.get("relation") == "foster_parent"
        return (placed or self.scene.rights(person)) and not self.scene.adult(self.clock)

    def _parent_rights(self) -> bool:
        rights = self.scene.rights(self.scene.person_of(self.user))
        return rights and not self.scene.adult(self.clock)

    def _adult(self) -> bool:
        return self.scene.adult(self.clock)

    def _medical(self) -> Any:
        return self.scene.users[self.user].get("medical")

    def _author(self) -> bool:
        return self.item.get("author") == self.user

    def _own_lawyer(self) -> bool:
        return self.scene.orgs[self.item["source"]]["role"] == "GAL"

    def _appointed(self) -> bool:
        return any(
            o["type"] == "APPT" and self.ordered(o) and self.in_scope(o)
            for o in self.scene.orders.values()
        )

    def _education_need(self) -> bool:
        return self.item.get("via") == "usa" and self.purpose == "EDUCATE"

    def _segment_of(self, category: str) -> bool:
        quotes = self.item.get("quotes") or []
        kinds = {self.scene.items[q]["category"] for q in quotes if q in self.scene.items}
        return kinds == {category}

    def _education_segment(self) -> bool:
        return self._segment_of("EDUCATION")

    def _plan_segment(self) -> bool:
        return self._segment_of("PLAN")

    def _juvenile_custody(self) -> bool:
        return False  # no key of a scenario says so

    def _key(self, key: str, name: str, value: bool) -> bool:
        return self.scene.confirmed(key) and self.scene.profile[key].get(name) is value

    def _mh_sharing(self) -> bool:
        return self._key("mh_act", "treatment_sharing_needs_consent", False)

    def _prosecutors_listed(self) -> bool:
        return self._key("reporter_rule", "prosecutors", True)

    def _agency_repro(self) -> bool:
        return self._key("reproductive", "agency_access", True) and self._agency_custody()

    def _ferpa_jj_statute(self) -> bool:
        return self._key("juvenile_sharing", "school_records", True)

    def _school_notice(self) -> bool:
        return self._key("juvenile_sharing", "school_notice", True)

    # -- 8 obligations, 9 reply ---------------------------------------------------------------

    def opened(self, fields: frozenset[str], duties: set[str]) -> Answer | None:
        if not fields:
            return None
        duties = duties | set(self.scene.category(self.item).get("adds") or [])
        if "FERPA" in self.regimes() and not self.knows_school():
            duties |= {"notice_ferpa"}
        ordered = tuple(f for f in self.all() if f in fields)
        outcome = "show" if fields == frozenset(self.all()) else "part"
        return Answer(outcome, ordered, frozenset(duties))

    def knows_school(self) -> bool:
        """Source, subject and parent need no notice."""
        parent = self.scene.person_of(self.user).get("relation") in ("parent", "guardian")
        return self.files() or self.role == "YT" or parent

    def notice_2_32(self, needs: list[list[Grant]]) -> set[str]:
        by = {g.kind for grants in needs for g in grants if g.fields}
        opened = "PART2" in self.regimes() and by & {"release", "order"}
        return {"notice_2_32"} if opened else set()

    def refused(self, needs: list[list[Grant]], open_to_all: list[frozenset[str]],
                closed: list[Answer]) -> Answer:  # fmt: skip
        codes = {c for gs, f in zip(needs, open_to_all, strict=True) if not f
                 for g in gs for c in g.codes}  # fmt: skip
        codes |= {a.code for a in closed if a.code}
        hidden = any(a.outcome == "conceal" for a in closed)
        return Answer("conceal" if hidden else self.reply(), code=first(codes))

    def reply(self) -> str:
        """Withhold only where a way is offered, nothing hides and the role may be told."""
        self.item = self.scene.items[self.name]
        profile = self.scene.profile
        kinds = [self.scene.items[n]["category"] for n in self.closure()]
        ways = [way(text).kind for c in kinds for text in self.scene.cell(c, self.role)]
        hides = self.scene.category(self.item)["hide"]
        hides = hides or any(profile["regimes"][r]["hides"] for r in self.regimes())
        quiet = self.role in profile["quiet_roles"]
        told = bool({"release", "order"} & set(ways)) and not hides and not quiet
        return "withhold" if told else "conceal"
