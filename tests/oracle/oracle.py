"""The sharing decision, transcribed step by step from the contract; slow and literal on purpose.

`answers(scenario)` gives one `Answer` for each question of a scenario in the format of the
contract's last section. Numbers in comments are the contract's steps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from . import readings
from .bases import Bases, Grant
from .reading import Clock, Way, way
from .releases import first
from .scene import YOUTH, Scene, case_names

ORDER = ("conceal", "withhold", "part", "show")


@dataclass(frozen=True)
class Answer:
    """What one question gets. `obliges` only where something is opened, `code` only where not."""

    outcome: str
    fields: tuple[str, ...] = ()
    obliges: frozenset[str] = frozenset()
    code: str | None = None
    looked: frozenset[str] = frozenset()  # the codes of all that stands between this and `show`

    @property
    def opened(self) -> bool:
        return self.outcome in ("part", "show")


CONCEAL = Answer("conceal")


def answers(scenario: dict[str, Any]) -> list[Answer]:
    """The oracle's answer to each question, in order."""
    scenes = {name: Scene(scenario, name) for name in case_names(scenario)}
    return [answer(scenes[_case_of(scenario, ask["item"])], ask) for ask in scenario["ask"]]


def answer(scene: Scene, ask: dict[str, Any]) -> Answer:
    """The oracle's answer to one question about the item's case."""
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
    present = [*present, ask["who"]] if readings.THE_ASKER_IS_PRESENT else present
    each = [_decide(scene, u, ask["item"], ask["purpose"], clock, "view") for u in present]
    least = min((a.outcome for a in each), key=ORDER.index)
    looked = frozenset().union(*(a.looked for a in each))
    if least in ("conceal", "withhold"):
        codes = {a.code for a in each if a.code}
        return Answer(least, code=first(codes, scene.profile["elements"]), looked=looked)
    common = tuple(f for f in each[0].fields if all(f in a.fields for a in each))
    if not common:  # 7: no field at all is a refusal
        replies = [Decision(scene, u, ask["item"], ask["purpose"], clock, "view") for u in present]
        return Answer(min((r.reply() for r in replies), key=ORDER.index), looked=looked)
    return Answer(least, common, frozenset().union(*(a.obliges for a in each)))


class Decision(Bases):
    """The ten steps, in order."""

    def made(self) -> Answer:
        """The ten steps, in order."""
        if not self.gate():  # 1
            return CONCEAL
        if self.item.get("subject", YOUTH) != YOUTH and not self.files():  # 2
            return CONCEAL
        if self.never():  # 3
            return Answer("conceal", looked=self.weighed().looked)
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

    def never(self) -> bool:
        sealed = any(self.sealed(i) for i in self.closure())
        privileged = self.item["category"] == "LEGAL_PRIV" and not self.files()
        others = privileged and not (self.role == "YT" and self.condition("own_lawyer"))
        return sealed or "SEALED" in self.regimes() or others or self.cell == ["never"]

    def sealed(self, name: str) -> bool:
        when = self.scene.items[name].get("sealed")
        return bool(when) and (when is True or self.clock.begun(when))

    # -- 4 mandate ----------------------------------------------------------------------------

    def mandate(self, which: str) -> Answer:
        rule = self.scene.profile["mandates"][which]
        running = rule["needs"] != "missing" or self.scene.missing(self.clock)
        barred = self.regimes() & set(rule["never_regimes"])
        barred = barred or self.item["category"] in rule["never_categories"]
        if self.role not in rule["recipients"] or not running or barred:
            return CONCEAL
        if any(self.quoted(q).outcome != "show" for q in self.item.get("quotes") or []):
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
            looked = self.looked(needs, quoted)
            duties = set().union(*(g.duties for gs in needs for g in gs if g.fields))
            duties |= set().union(*(a.obliges for a in quoted))
            duties |= self.notice_2_32(needs)
            opened = self.opened(fields, duties)
            if not (self.action == "export" and "no_export" in opened.obliges):
                return replace(opened, looked=looked)
            code = first(looked, self.scene.profile["elements"])
            return Answer(self.reply(), code=code, looked=looked)
        return self.refused(needs, open_to_all, quoted)

    def needs(self) -> list[list[Grant]]:
        """What the viewer's alternatives give, one list for each regime that must be satisfied."""
        own = [self.own_cell()]
        further = self.brought(self.name) | self.added(self.name)
        return own + [self.borrowed(r) for r in sorted(further - self.base(self.name))]

    def own_cell(self) -> list[Grant]:
        ways = [way(text) for text in self.cell]
        if self.rhy_instead(self.name):
            ways = [replace(w, name="RHY") if w.name == "VSP" else w for w in ways]
        narrower = any(w.kind == "own" and w.when for w in ways)
        counted = readings.A_COUNTING_CELL_STANDS and self.cell == ["aggregate"]
        implied = [] if narrower or counted else [Way("own")]
        regime = min(self.base(self.name))
        grants = [self.tried(w, regime) for w in ways + implied]
        special = self.item["category"] == "PSYNOTES" or regime == "PART2"
        return grants + (self.unnamed(ways, regime) if special else [])

    def borrowed(self, regime: str) -> list[Grant]:
        rule = self.scene.profile["regimes"][regime]
        texts = rule["needs"] if "needs" in rule else self.scene.cell(rule["home"], self.role)
        ways = [w for w in map(way, texts) if w.part is None]
        implied = [Way("own")] if regime in self.brought(self.name) else []
        grants = [self.tried(w, regime) for w in ways + implied]
        return grants + (self.unnamed(ways, regime) if regime == "PART2" else [])

    def quoted(self, name: str) -> Answer:
        known = name not in self.trail and name in self.scene.items
        return self.sees(name).made() if known else CONCEAL

    def sees(self, name: str) -> Decision:
        """The same question about something that is quoted."""
        asked = (self.scene, self.user, name, self.purpose, self.clock, self.action)
        return Decision(*asked, (*self.trail, self.name))

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
        own = self.base(self.name) | self.brought(self.name) | self.added(self.name)
        opened = "PART2" in own and by & {"release", "order"}
        return {"notice_2_32"} if opened else set()

    def refused(self, needs: list[list[Grant]], open_to_all: list[frozenset[str]],
                quoted: list[Answer]) -> Answer:  # fmt: skip
        closed = [a for a in quoted if a.outcome != "show"]
        hidden = any(a.outcome == "conceal" for a in closed)
        looked = self.looked(needs, quoted)
        told = readings.ANY_WAY_IS_A_WAY or self.every_way(all(open_to_all), quoted)
        return Answer(
            "conceal" if hidden or not told else self.reply(),
            code=first(looked, self.scene.profile["elements"]),
            looked=looked,
        )

    def every_way(self, mine: bool, quoted: list[Answer]) -> bool:
        """Each thing that stands in the way could be opened by a release or an order."""
        if not mine and not {"release", "order"} & {way(text).kind for text in self.cell}:
            return False
        names = self.item.get("quotes") or []
        closed = [q for q, a in zip(names, quoted, strict=True) if a.outcome != "show"]
        return all(self.sees(q).offers() for q in closed)

    def offers(self) -> bool:
        kinds = [self.scene.items[n]["category"] for n in self.closure()]
        ways = {way(text).kind for c in kinds for text in self.scene.cell(c, self.role)}
        return bool({"release", "order"} & ways)

    def looked(self, needs: list[list[Grant]], quoted: list[Answer]) -> frozenset[str]:
        """Codes of what stands in the way: of the regimes that give nothing; where each gives
        something, of those that do not give everything; and of the quotes that are not open."""
        given = [(gs, frozenset().union(*(g.fields for g in gs))) for gs in needs]
        short = [gs for gs, fields in given if not fields]
        short = short or [gs for gs, fields in given if not frozenset(self.all()) <= fields]
        mine = (g.codes | g.looked for grants in short for g in grants)
        return frozenset().union(*mine, *(a.looked for a in quoted if a.outcome != "show"))

    def reply(self) -> str:
        """Withhold only where a way is offered, nothing hides and the role may be told."""
        profile = self.scene.profile
        hides = self.scene.category(self.item)["hide"]
        hides = hides or any(profile["regimes"][r]["hides"] for r in self.regimes())
        quiet = self.role in profile["quiet_roles"]
        told = self.offers() and not hides and not quiet
        return "withhold" if told else "conceal"
