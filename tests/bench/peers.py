"""The same work for other engines: the matrix of fifteen disciplines, the case and its releases, each in its own words.

Every peer is told what it would be told in an application that used it as its documentation advises: policies parsed
once and cut to the reader's discipline and purpose, facts at hand, one batch or one query for everything. What is true
of the reader (member of the statutory team, agreement stands, …) is worked out beforehand, for nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from mdt.sharing.compiled import truth_of
from mdt.sharing.decide import look_at
from mdt.sharing.facts import Facts, Release
from mdt.sharing.grammar import Alternative, BasisKind
from mdt.sharing.look import Look
from mdt.sharing.moments import begins, ends
from mdt.sharing.plans import AGREED, BIT, IN_WINDOW, KEEPER, NEEDS
from mdt.sharing.vocabulary import Category, Purpose, Role
from tests.bench import made_look as made

ALWAYS = 9_999_999_999
ROLES = [role for role in Role if role is not Role.PM]


@dataclass(frozen=True, slots=True)
class Rule:
    """One way by which a discipline gets fields of a category: what must be true, or which paper is needed."""

    name: str
    role: Role
    purpose: Purpose
    category: Category
    fields: tuple[str, ...]
    needs: tuple[str, ...]
    paper: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A release as far as these engines are asked: from whom, to whom, for what, from when to when (seconds)."""

    type: str
    source: str
    to: tuple[str, ...]
    category: Category
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks, and what is true of them."""

    id: str
    role: Role
    org: str
    purpose: Purpose
    true: tuple[str, ...]


def rules(roles: Iterable[Role] = tuple(ROLES), purposes: Iterable[Purpose] = tuple(Purpose)) -> list[Rule]:
    """The matrix: everything that these disciplines may get for these purposes, in the twenty categories."""
    return [
        rule
        for purpose in purposes
        for role in roles
        for category in made.SOURCES
        for number, one in enumerate(made.PROFILE.cell(category, role).filed)
        if (rule := _rule(f"{role}.{purpose}.{category}.{number}", role, purpose, category, one))
    ]


def _rule(name: str, role: Role, purpose: Purpose, category: Category, one: Alternative) -> Rule | None:
    if one.kind in (BasisKind.NEVER, BasisKind.AGGREGATE) or made.PROFILE.cell(category, role).never:
        return None
    law = made.PROFILE.bases[one.types[0]] if one.kind is BasisKind.LAW else None
    meant = law.purposes if law else frozenset(Purpose) - {Purpose.AGGREGATE}
    unconfirmed = law and law.rests_on and not made.PROFILE.confirmed(law.rests_on)
    if purpose not in (one.purposes or meant) or unconfirmed:
        return None
    fields = tuple(name for name in made.FIELDS[category] if one.fields is None or name in one.fields)
    needs = [*(law.needs if law else ()), *([one.when] if one.when else [])]
    needs += [one.kind.value] if one.kind in (BasisKind.OWN, BasisKind.KEEPER) else []
    return Rule(name, role, purpose, category, fields, tuple(needs), one.ref or "" if one.kind.is_way else "")


def papers(facts: Facts) -> list[Paper]:
    """The releases of the case."""
    return [_paper(one, facts) for one in facts.releases]


def _paper(one: Release, facts: Facts) -> Paper:
    zone = facts.case.zone
    over = [ends(one.expires, zone), *(begins(each.at, zone) for each in one.revoked)]  # type: ignore[arg-type]
    return Paper(
        one.type, one.discloser, one.recipients, one.categories[0], _second(begins(one.signed_on, zone)),  # type: ignore[arg-type]
        min(map(_second, over)),
    )  # fmt: skip


def _second(at: Any) -> int:
    return int(at.timestamp())


NOW = _second(made.AT)
CONTEXT = json.dumps({"now": NOW})


def reader(facts: Facts, who: str, purpose: Purpose) -> Reader:
    """A reader, and by name everything that is true of them."""
    look = look_at(facts, who, purpose, made.AT, made.PROFILE)
    return Reader(who, look.role, look.org.id if look.org else "", purpose, tuple(_true(look)))


def _true(look: Look) -> Iterator[str]:
    truth = truth_of(look)
    return (name for name, bit in TRUTHS.items() if truth & bit)


TRUTHS = BIT | NEEDS | {"mou": AGREED, "window": IN_WINDOW, "keeper": KEEPER}


class Cedar:
    """cedarpy: policies and entities parsed once and cut to the reader; one batch of sixty requests, a field each."""

    def __init__(self, facts: Facts, who: Reader) -> None:
        from cedarpy import Entities, PolicySet

        self.ways = ways([who.role], [who.purpose])
        self.policies = PolicySet.from_str("\n".join(self.said(facts)))
        self.entities = Entities.from_json_str(json.dumps([*self.people(who, facts), *self.things(facts)]))
        self.requests = [self.request(who, name) for name in self.names()]

    def names(self) -> list[str]:
        return [f"{category}.{name}" for category, fields in made.FIELDS.items() for name in fields]

    def said(self, facts: Facts) -> Iterator[str]:
        """One policy a way: everything that is open by the same right stands in one."""
        for way in self.ways:
            names = [f"{category}.{name}" for category, fields in way.fields.items() for name in fields]
            for paper in self._papers(way, facts):
                yield _permit(way, names, paper)

    def _papers(self, way: Way, facts: Facts) -> list[list[str]]:
        if not way.paper:
            return [[]]
        return [
            [
                f'resource.source == "{one.source}"', f"{json.dumps(one.to)}.contains(principal.org)",
                f"context.now >= {one.since}", f"context.now < {one.until}",
            ]
            for one in papers(facts) if one.type == way.paper and one.category in way.fields
        ]  # fmt: skip

    def people(self, who: Reader, facts: Facts) -> list[dict[str, Any]]:
        attributes = {"role": who.role, "org": who.org, "holds": who.true}
        return [{"uid": {"type": "User", "id": who.id}, "attrs": attributes, "parents": []}]

    def things(self, facts: Facts) -> list[dict[str, Any]]:
        return [_thing(f"{item.category}.{name}", item.source) for item in facts.items.values() for name in item.fields]

    def request(self, who: Reader, name: str) -> dict[str, Any]:
        return {
            "principal": {"type": "User", "id": who.id}, "action": {"type": "Action", "id": who.purpose.value},
            "resource": {"type": "Thing", "id": name}, "context": CONTEXT,
        }  # fmt: skip

    def allowed(self) -> list[str]:
        """The fields that may be shown."""
        from cedarpy import is_authorized_batch

        answers = is_authorized_batch(self.requests, self.policies, self.entities)
        return [name for name, one in zip(self.names(), answers, strict=True) if one.allowed]


@dataclass(frozen=True, slots=True)
class Way:
    """One right of a reader, with all that is open by it: what must be true, or the paper of which category."""

    name: str
    purpose: Purpose
    needs: tuple[str, ...]
    paper: str
    fields: dict[Category, tuple[str, ...]]


def ways(roles: Iterable[Role], purposes: Iterable[Purpose]) -> list[Way]:
    """The rules of a reader, those of the same right in one; a paper speaks of one category."""
    found: dict[Any, Way] = {}
    for rule in rules(roles, purposes):
        if rule.fields:
            right = rule.needs, rule.paper, rule.category if rule.paper else None
            way = found.setdefault(right, Way(rule.name, rule.purpose, rule.needs, rule.paper, {}))
            known = way.fields.get(rule.category, ())
            way.fields[rule.category] = (*known, *(name for name in rule.fields if name not in known))
    return list(found.values())


def _permit(way: Way, names: list[str], when: list[str]) -> str:
    scope = f'principal, action == Action::"{way.purpose}", resource'
    when = [f"{json.dumps(names)}.contains(resource.name)", *map(_true_of, way.needs), *when]
    return f'@id("{way.name}") permit({scope}) when {{ {" && ".join(when)} }};'


def _true_of(need: str) -> str:
    return "principal.org == resource.source" if need == "own" else f'principal.holds.contains("{need}")'


def _thing(name: str, source: str) -> dict[str, Any]:
    return {"uid": {"type": "Thing", "id": name}, "attrs": {"name": name, "source": source}, "parents": []}


class CedarAtItsBest(Cedar):
    """cedarpy: one request a category, the releases resolved beforehand; the policies that allow tell which fields."""

    def names(self) -> list[str]:
        return [str(category) for category in made.FIELDS]

    def said(self, facts: Facts) -> Iterator[str]:
        for way in self.ways:
            opened = [f'principal.open.contains("{category}:{way.paper}")' for category in way.fields if way.paper]
            yield _permit(way, [str(category) for category in way.fields], opened)

    def people(self, who: Reader, facts: Facts) -> list[dict[str, Any]]:
        [user] = super().people(who, facts)
        opened = [one for one in papers(facts) if who.org in one.to and one.since <= NOW < one.until]
        user["attrs"]["open"] = [f"{one.category}:{one.type}" for one in opened]
        return [user]

    def things(self, facts: Facts) -> list[dict[str, Any]]:
        return [_thing(str(item.category), item.source) for item in facts.items.values()]

    def request(self, who: Reader, name: str) -> dict[str, Any]:
        return {key: value for key, value in super().request(who, name).items() if key != "context"}

    def allowed(self) -> list[str]:
        from cedarpy import is_authorized_batch

        answers = is_authorized_batch(self.requests, self.policies, self.entities)
        return [name for category, one in zip(made.FIELDS, answers, strict=True) for name in self._given(category, one)]

    def _given(self, category: Category, answer: Any) -> list[str]:
        """The fields of a category that the policies give which allowed it."""
        allowing = set(answer.diagnostics.id_annotations_by_reason.values()) if answer.allowed else ()
        given = {name for way in self.ways if way.name in allowing for name in way.fields.get(category, ())}
        return [f"{category}.{name}" for name in made.FIELDS[category] if name in given]


REGO = """package sharing

allowed contains name if {
    some item in data.items
    some rule in data.matrix[input.role][input.purpose][item.category]
    every need in rule.needs { met(need, item) }
    papered(rule, item)
    some field in rule.fields
    name := concat(".", [item.category, field])
}

met("own", item) if input.org == item.source
met(need, _) if need in input.holds

papered(rule, _) if rule.paper == ""
papered(rule, item) if {
    some one in data.papers
    one.type == rule.paper
    one.category == item.category
    one.source == item.source
    input.org in one.to
    input.now >= one.since
    input.now < one.until
}
"""


class Rego:
    """regopy: a bundle built once, with the matrix and the case in it; one query for all sixty."""

    def __init__(self, facts: Facts, who: Reader) -> None:
        from regopy import Interpreter

        matrix: dict[str, Any] = {}
        for rule in rules([who.role], [who.purpose]):
            place = matrix.setdefault(rule.role, {}).setdefault(rule.purpose, {}).setdefault(rule.category, [])
            place.append({"needs": rule.needs, "paper": rule.paper, "fields": rule.fields})
        building = Interpreter()
        building.add_module("sharing", REGO)
        building.add_data({
            "matrix": matrix,
            "items": [{"category": item.category, "source": item.source} for item in facts.items.values()],
            "papers": [{name: getattr(one, name) for name in Paper.__slots__} for one in papers(facts)],
        })  # fmt: skip
        self.bundle = building.build("data.sharing.allowed", ["sharing/allowed"])
        self.rego = Interpreter()
        self.input = {"role": who.role, "purpose": who.purpose, "org": who.org, "holds": who.true, "now": NOW}

    def allowed(self) -> list[str]:
        """The fields that may be shown."""
        self.rego.set_input(self.input)
        found = json.loads(str(self.rego.query_bundle_entrypoint(self.bundle, "sharing/allowed")))
        return list(found["expressions"][0])


CASBIN = """
[request_definition]
r = role, purpose, category, field, source, sub

[policy_definition]
p = role, purpose, category, fields, source, to, since, until, needs

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = r.role == p.role && r.purpose == p.purpose && r.category == p.category && among(r.field, p.fields) && \
(p.source == "*" || r.source == p.source && among(r.sub.org, p.to) && \
r.sub.now >= int(p.since) && r.sub.now < int(p.until)) && met(r.sub, r.source, p.needs)
"""


@dataclass(frozen=True, slots=True)
class _Subject:
    org: str
    true: frozenset[str]
    now: int


class Casbin:
    """pycasbin: FastEnforcer, its policies keyed by discipline, purpose and category; sixty questions."""

    def __init__(self, facts: Facts, who: Reader) -> None:
        import casbin

        model = casbin.FastEnforcer.new_model(_keyed(casbin), text=CASBIN)
        self.enforcer = casbin.FastEnforcer(model, cache_key_order=(0, 1, 2))
        self.enforcer.add_function("among", lambda one, names: one in names.split())
        self.enforcer.add_function("met", _met)
        self.enforcer.add_function("int", int)
        self.enforcer.add_policies([line for rule in rules([who.role], [who.purpose]) for line in _lines(rule, facts)])
        subject = _Subject(who.org, frozenset(who.true), NOW)
        asker = str(who.role), str(who.purpose)
        self.asks = [
            (f"{item.category}.{name}", (*asker, str(item.category), name, item.source, subject))
            for item in facts.items.values() for name in item.fields
        ]  # fmt: skip

    def allowed(self) -> list[str]:
        """The fields that may be shown."""
        ask = self.enforcer.enforce
        return [name for name, words in self.asks if ask(*words)]


def _keyed(casbin: Any) -> Any:
    keyed = casbin.FastEnforcer.__new__(casbin.FastEnforcer)
    keyed._cache_key_order = (0, 1, 2)
    return keyed


def _lines(rule: Rule, facts: Facts) -> Iterator[list[str]]:
    words = [str(rule.role), str(rule.purpose), str(rule.category), " ".join(rule.fields)]
    needs = " ".join(rule.needs)
    if not rule.paper:
        yield [*words, "*", "", "0", str(ALWAYS), needs]
    for one in papers(facts) if rule.paper else ():
        if one.type == rule.paper and one.category is rule.category:
            yield [*words, one.source, " ".join(one.to), str(one.since), str(one.until), needs]


def _met(subject: _Subject, source: str, needs: str) -> bool:
    return all(subject.org == source if need == "own" else need in subject.true for need in needs.split())


PEERS = {"cedar_same": Cedar, "cedar_best": CedarAtItsBest, "rego": Rego, "casbin": Casbin}
