"""From the tables of a scenario to the facts of its cases. Everything not given takes its default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mdt.sharing import facts, filed, tables
from mdt.sharing.gate import FLAGS
from mdt.sharing.profile import Profile
from mdt.sharing.reading import Place, Table, Unreadable, table
from mdt.sharing.tables import only
from mdt.sharing.vocabulary import Purpose, Role

OPENED, BORN, AGREED = date(2025, 1, 1), date(2011, 1, 1), date(2099, 12, 31)
REPRESENTS = ("parent", "guardian")
CUSTODY = ("agency", "parent", "guardian", "youth")
Noun = TypeVar("Noun")


@dataclass(frozen=True, slots=True)
class World:
    """The facts of a scenario, one set a case, and where each item lies."""

    cases: dict[str, facts.Facts]
    home: dict[str, str]

    def of(self, item: str) -> facts.Facts:
        """The facts of the case this item lies in; an unknown item lies in the first."""
        return self.cases[self.home.get(item, next(iter(self.cases)))]


def world(said: Table, profile: Profile) -> World:
    """The world this scenario describes, under this profile. Unreadable with file and line."""
    scene = _Scene(said, profile)
    return World({case: scene.facts_of(case) for case in scene.cases}, scene.home)


class _Scene:
    """One scenario: its cases, who is in them, and which thing belongs to which."""

    def __init__(self, said: Table, profile: Profile) -> None:
        self.said, self.profile = said, profile
        self.cases = _cases(said)
        self.orgs = _orgs(said, profile)
        people = tables.named(said, "users")
        self.users = {name: self._user(name, one) for name, one in people}
        self.home = {name: self.seat(one) for name, one in tables.named(said, "items")}

    def facts_of(self, name: str) -> facts.Facts:
        """The facts of this case."""
        case = self.cases[name]
        zone = zone_of(case)
        return facts.Facts(
            case=self._case(name, case, zone),
            orgs=self.orgs,
            users=self.users,
            members=self._members(name, case, zone),
            items={one.id: one for one in self._all(name, "items", filed.item, zone, self.orgs)},
            releases=self._all(name, "releases", filed.release, zone, self.profile),
            orders=self._all(name, "orders", filed.order, zone, self.profile),
            restrictions=self._all(name, "restrictions", filed.restriction, zone),
            emergencies=self._all(name, "emergencies", filed.emergency, zone),
        )

    def _all(self, case: str, key: str, make: Callable[..., Noun], *more: Any) -> tuple[Noun, ...]:
        here = [one for one in tables.named(self.said, key) if self.seat(one[1]) == case]
        return tuple(make(name, one, *more) for name, one in here)

    def seat(self, one: Table) -> str:
        """The case something belongs to: the one named, else the first."""
        return self._seated(one.get("case"), one)

    def _seats(self, one: Table) -> list[str]:
        names = tables.listed(one, "case") or [None]
        return [self._seated(name, one) for name in names]

    def _seated(self, name: Any, one: Table) -> str:
        if name is None:
            return next(iter(self.cases))
        return tables.one_of(str(name), self.cases, "case under cases:", one.at("case"))

    def _case(self, name: str, one: Table, zone: ZoneInfo) -> facts.Case:
        only(one, (
            "timezone", "opened", "report_received", "good_cause_until", "closed", "custody",
            "youth", "people", "missing", "held_by", "lead",
        ), "a case")  # fmt: skip
        return facts.Case(
            id=name,
            lead=tables.maybe(one, "lead") or self._lead(name),
            youth=_youth(tables.inner(one, "youth"), zone),
            opened=tables.day(one, "opened", zone) or OPENED,
            timezone=str(zone),
            report_received=tables.day(one, "report_received", zone),
            good_cause_until=tables.day(one, "good_cause_until", zone),
            closed=tuple(tables.as_day(day, one.at("closed"), zone) for day in tables.listed(one, "closed")),
            custody=tables.choice(one, "custody", CUSTODY, "agency"),
            people={who: _person(who, about, zone) for who, about in tables.named(one, "people")},
            missing=tuple(self._missing(spell, zone, self._lead(name)) for spell in tables.tables(one, "missing")),
            held_by=tables.maybe(one, "held_by"),
        )

    def _lead(self, case: str) -> str | None:
        """The child-welfare agency that leads this case: the first that has somebody on it, else the first of all."""
        leading = [one.id for one in self.orgs.values() if one.role is Role.CW]
        people = [one for _, one in tables.named(self.said, "users") if case in self._seats(one)]
        here = {tables.maybe(one, "org") for one in people}
        return next((one for one in leading if one in here), next(iter(leading), None))

    def _missing(self, one: Table, zone: ZoneInfo, lead: str | None) -> facts.Missing:
        only(one, ("since", "until", "lead_officer", "alert_approved_by"), "a missing episode")
        approver = tables.maybe(one, "alert_approved_by")
        by_lead = approver == "lead" and approver not in self.users
        return facts.Missing(
            since=tables.moment_needed(one, "since", zone),
            until=tables.moment(one, "until", zone),
            lead_officer=tables.maybe(one, "lead_officer"),
            alert_approved_by=lead if by_lead else approver,
        )

    def _user(self, name: str, one: Table) -> facts.User:
        only(one, (
            "org", "role", "team", "recused", "active", "medical", "custodian", "placement",
            "person", "history", "case", "purpose",
        ), "a user")  # fmt: skip
        org = tables.maybe(one, "org")
        given = org is None or one.get("role") is not None
        zone = zone_of(self.cases[self._seats(one)[0]])
        return facts.User(
            id=name,
            role=tables.enum(one, "role", Role) if given else self.orgs[str(org)].role,
            org=org,
            person=tables.maybe(one, "person"),
            active=tables.yes_no(one, "active", True),
            medical=tables.yes_no(one, "medical", False),
            custodian=tables.yes_no(one, "custodian", False),
            placement=tables.maybe(one, "placement"),
            history=tuple(_spell(spell, zone) for spell in tables.tables(one, "history")),
        )

    def _members(self, case: str, about: Table, zone: ZoneInfo) -> dict[str, facts.Member]:
        opened = tables.day(about, "opened", zone) or OPENED
        return {
            name: _member(name, one, zone, opened)
            for name, one in tables.named(self.said, "users")
            if case in self._seats(one)
        }


def _cases(said: Table) -> dict[str, Table]:
    if said.get("cases") is None:
        return {"": tables.inner(said, "case")}
    found = dict(tables.named(said, "cases"))
    if said.get("case") is not None or not found:
        raise Unreadable(said.at("cases"), "give case: for one case, or cases: and a table for each")
    return found


def zone_of(case: Table) -> ZoneInfo:
    """The time zone of a case."""
    try:
        return ZoneInfo(tables.text(case, "timezone", facts.USUAL_ZONE))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unreadable(case.at("timezone"), "there is no such time zone") from None


def _youth(one: Table, zone: ZoneInfo) -> facts.Youth:
    only(one, ("born", "emancipated"), "the youth")
    born = tables.day(one, "born", zone) or BORN
    return facts.Youth(born=born, emancipated=tables.since(one, "emancipated", zone))


def _person(name: str, one: Table, zone: ZoneInfo) -> facts.Person:
    only(one, ("relation", "rights", "flags"), "a person")
    relation = tables.choice(one, "relation", (*REPRESENTS, "kin", "foster_parent"))
    return facts.Person(
        id=name,
        relation=relation,
        rights=tables.yes_no(one, "rights", relation in REPRESENTS),
        flags=tuple(_flag(flag, one.at("flags"), zone) for flag in tables.listed(one, "flags")),
    )


def _flag(one: Any, place: Place, zone: ZoneInfo) -> facts.Flag:
    if not isinstance(one, Table):
        return facts.Flag(flag=tables.one_of(one, FLAGS, "flag", place))
    only(one, ("flag", "from", "until"), "a flag")
    return facts.Flag(
        flag=tables.choice(one, "flag", FLAGS),
        since=tables.moment(one, "from", zone),
        until=tables.moment(one, "until", zone),
    )


def _orgs(said: Table, profile: Profile) -> dict[str, facts.Org]:
    """The organisations told, and those that only users name; the role left out is its users'."""
    told, roles = dict(tables.named(said, "orgs")), _roles_of_users(said)
    named = {name: told.get(name) or table(said.at("orgs")) for name in (*told, *roles)}
    return {name: _org(name, one, roles.get(name), profile) for name, one in named.items()}


def _roles_of_users(said: Table) -> dict[str, str]:
    """By organisation, the role that its users give themselves or bring from where they work now."""
    told, found = dict(tables.named(said, "orgs")), dict[str, str]()
    for _, user in tables.named(said, "users"):
        now = tables.maybe(user, "org")
        role = tables.maybe(user, "role") or tables.maybe(told.get(now or "", user), "role")
        before = [tables.maybe(spell, "org") for spell in tables.tables(user, "history")]
        for name in (now, *before):
            if name and role:
                found.setdefault(name, role)
    return found


def _org(name: str, one: Table, role_of_users: str | None, profile: Profile) -> facts.Org:
    only(one, ("role", "part2", "vsp", "rhy", "mou_until", "statutory_member"), "an organisation")
    role = Role(tables.choice(one, "role", [word.value for word in Role], role_of_users))
    return facts.Org(
        id=name,
        role=role,
        part2=tables.yes_no(one, "part2", False),
        vsp=tables.maybe_one_of(one, "vsp", ("vawa", "voca", "fvpsa")),
        rhy=tables.yes_no(one, "rhy", False),
        mou_until=tables.day(one, "mou_until", ZoneInfo("UTC")) or AGREED,
        statutory_member=tables.yes_no(one, "statutory_member", role in profile.statutory_members),
    )


def _spell(one: Table, zone: ZoneInfo) -> facts.Spell:
    only(one, ("org", "until"), "an earlier place")
    until = tables.as_day(tables.text(one, "until"), one.at("until"), zone)
    return facts.Spell(org=tables.text(one, "org"), until=until)


def _member(name: str, one: Table, zone: ZoneInfo, opened: date) -> facts.Member:
    team = tables.inner(one, "team")
    only(team, ("from", "until"), "a place on the team")
    return facts.Member(
        user=name,
        since=tables.moment(team, "from", zone) or opened,
        until=tables.moment(team, "until", zone),
        recused=tables.since(one, "recused", zone),
        purpose=None if one.get("purpose") is None else tables.enum(one, "purpose", Purpose),
    )
