"""What a scenario leaves out takes its default; what it says is in the facts as it was said."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mdt.sharing import scenarios
from mdt.sharing.facts import Facts, Flag, Member, Missing, Revocation, Spell
from mdt.sharing.fields import names_of
from mdt.sharing.reading import Unreadable, read
from mdt.sharing.vocabulary import Category, Purpose, Regime, Role
from mdt.sharing.worlds import World, world
from tests.unit.sharing.told import BASELINE

EAST = ZoneInfo("America/New_York")
ORGS = "orgs: {cw: {role: CW}, pd: {role: LE}, vc: {role: VC}}\nusers: {casey: {org: cw}, ruiz: {org: pd}}\n"


def told(text: str) -> World:
    return world(read(text, "a.yaml"), BASELINE)


def one(text: str) -> Facts:
    (facts,) = told(text).cases.values()
    return facts


def refused(text: str) -> tuple[int, str]:
    with pytest.raises(Unreadable) as wrong:
        told(text)
    return wrong.value.place.line, wrong.value.message


def test_a_case_of_which_nothing_is_said_has_its_defaults() -> None:
    case = one(ORGS).case
    assert (case.timezone, case.opened, case.custody, case.lead) == (
        "America/New_York",
        date(2025, 1, 1),
        "agency",
        "cw",
    )
    assert (case.youth.born, case.youth.emancipated) == (date(2011, 1, 1), False)
    assert (case.report_received, case.good_cause_until, case.closed, case.missing, case.held_by) == (
        None,
        None,
        (),
        (),
        None,
    )
    assert not case.people


def test_a_case_says_what_it_says() -> None:
    text = """
case:
  timezone: America/Chicago
  opened: 2025-01-10
  report_received: 2025-01-09
  good_cause_until: "2025-05-01T03:00:00+00:00"
  closed: [2025-02-01, 2025-03-01]
  custody: youth
  held_by: pd
  lead: vc
  youth: {born: 2010-05-01, emancipated: 2025-04-01}
  people:
    mother: {relation: parent, flags: [associate, {flag: no_contact, from: 2025-02-01, until: 2025-03-01}]}
    aunt: {relation: kin}
    warden: {relation: guardian, rights: false}
  missing: [{since: 2025-03-01, until: 2025-03-02, lead_officer: ruiz, alert_approved_by: casey}, {since: 2025-04-01}]
"""
    case = one(text + ORGS).case
    assert (case.timezone, case.opened, case.report_received) == (
        "America/Chicago",
        date(2025, 1, 10),
        date(2025, 1, 9),
    )
    assert (case.good_cause_until, case.closed) == (date(2025, 4, 30), (date(2025, 2, 1), date(2025, 3, 1)))
    assert (case.custody, case.held_by, case.lead) == ("youth", "pd", "vc")
    assert (case.youth.born, case.youth.emancipated) == (date(2010, 5, 1), date(2025, 4, 1))
    people = case.people
    assert {name: (one.relation, one.rights) for name, one in people.items()} == {
        "mother": ("parent", True), "aunt": ("kin", False), "warden": ("guardian", False),
    }  # fmt: skip
    assert people["mother"].flags == (
        Flag(flag="associate"), Flag(flag="no_contact", since=date(2025, 2, 1), until=date(2025, 3, 1)),
    )  # fmt: skip
    first, second = case.missing
    assert first == Missing(
        since=date(2025, 3, 1), until=date(2025, 3, 2), lead_officer="ruiz", alert_approved_by="casey"
    )
    assert second == Missing(since=date(2025, 4, 1))


def test_the_lead_is_the_first_child_welfare_agency_with_somebody_on_the_case_and_else_the_first_of_all() -> None:
    orgs = "orgs: {pd: {role: LE}, one: {role: CW}, two: {role: CW}}\n"
    assert one(orgs + "users: {x: {org: two}, y: {org: pd}}").case.lead == "two"
    assert one(orgs + "users: {y: {org: pd}}").case.lead == "one"
    assert one("orgs: {pd: {role: LE}}\nusers: {y: {org: pd}}").case.lead is None
    two = told(orgs + "cases: {A: {}, B: {}}\nusers: {x: {org: two, case: B}, y: {org: one, case: A}}")
    assert {name: facts.case.lead for name, facts in two.cases.items()} == {"A": "one", "B": "two"}
    approved = "case: {missing: {since: 2025-03-01, alert_approved_by: lead}}\n"
    assert one(approved + ORGS).case.missing[0].alert_approved_by == "cw"
    assert one(approved + ORGS + "").case.missing[0].lead_officer is None
    named = approved + "orgs: {cw: {role: CW}}\nusers: {lead: {org: cw}}"
    assert one(named).case.missing[0].alert_approved_by == "lead"


def test_an_organization_takes_its_role_from_its_users_and_its_standing_from_its_role() -> None:
    facts = one(
        "orgs: {vc: {role: VC, vsp: vawa, rhy: true, part2: true, mou_until: 2025-05-01}, hc: {role: HC, statutory_member: false}}\n"  # noqa: E501
        "users: {x: {org: new, role: LE}, y: {org: hc, role: BH},"
        " z: {org: vc, history: [{org: old, until: 2025-02-01}]}}"
    )
    vc, hc, new, old = (facts.orgs[name] for name in ("vc", "hc", "new", "old"))
    assert (vc.role, vc.vsp, vc.rhy, vc.part2, vc.mou_until, vc.statutory_member) == (
        Role.VC, "vawa", True, True, date(2025, 5, 1), False,
    )  # fmt: skip
    assert (hc.role, hc.vsp, hc.rhy, hc.part2, hc.mou_until, hc.statutory_member) == (
        Role.HC, None, False, False, date(2099, 12, 31), False,
    )  # fmt: skip
    assert (new.role, new.statutory_member, old.role) == (Role.LE, True, Role.VC)
    later = one("orgs: {cw: {role: CW}}\nusers: {a: {org: new}, b: {org: new, role: LE}}")
    assert later.orgs["new"].role is later.users["a"].role is Role.LE
    assert [facts.users[name].role for name in "xyz"] == [Role.LE, Role.BH, Role.VC]
    assert facts.users["z"].history == (Spell(org="old", until=date(2025, 2, 1)),)


def test_a_user_is_on_the_team_from_the_opening_unless_it_says_otherwise() -> None:
    facts = one(
        "case: {opened: 2025-01-05, people: {mother: {relation: parent}}}\norgs: {cw: {role: CW}}\nusers:\n"
        "  a: {org: cw}\n  b: {org: cw, team: {from: 2025-02-01, until: 2025-03-01}, "
        "recused: 2025-02-02, purpose: PLAN}\n"
        "  c: {org: cw, recused: true, active: false, medical: true, custodian: true, placement: home}\n"
        "  mom: {role: CG, person: mother}"
    )
    assert facts.members["a"] == Member(user="a", since=date(2025, 1, 5))
    assert facts.members["b"] == Member(
        user="b", since=date(2025, 2, 1), until=date(2025, 3, 1), recused=date(2025, 2, 2), purpose=Purpose.PLAN,
    )  # fmt: skip
    assert facts.members["c"].recused is True and facts.members["a"].recused is False
    plain, marked, mom = (facts.users[name] for name in ("a", "c", "mom"))
    assert (plain.active, plain.medical, plain.custodian, plain.placement) == (True, False, False, None)
    assert (marked.active, marked.medical, marked.custodian, marked.placement) == (False, True, True, "home")
    assert (mom.role, mom.org, mom.person, plain.person) == (Role.CG, None, "mother", None)


def test_with_several_cases_each_thing_belongs_to_the_first_or_to_the_one_it_names() -> None:
    found = told(
        "cases: {A: {opened: 2025-01-02}, B: {timezone: America/Chicago}}\norgs: {cw: {role: CW}}\n"
        "users: {x: {org: cw}, y: {org: cw, case: B}, z: {org: cw, case: [A, B], recused: 2025-02-01T10:00}}\n"
        "items: {one: {category: PLAN, source: cw}, two: {category: PLAN, source: cw, case: B}}\n"
        "restrictions: [{by: youth, on: 2025-02-01, case: B}]"
    )
    a, b = found.cases["A"], found.cases["B"]
    assert (set(a.members), set(b.members)) == ({"x", "z"}, {"y", "z"})
    assert (set(a.items), set(b.items)) == ({"one"}, {"two"}) and set(a.users) == set(b.users) == {"x", "y", "z"}
    assert (len(a.restrictions), len(b.restrictions)) == (0, 1)
    assert b.members["z"].recused == datetime(2025, 2, 1, 10, tzinfo=ZoneInfo("America/Chicago"))
    assert found.of("two") is b and found.of("one") is a and found.of("nothing") is a


FILED = (
    ORGS
    + """
items:
  plain: {category: PLAN, source: cw}
  whole: {category: HEALTH, source: cw, fields: [allergies], recorded: 2025-02-01, regimes: [CJI], labels: [HIV],
    subject: sister,
          quotes: [plain], author: casey, consented_by: youth, sealed: 2025-03-01, via: usa,
    third_party: {sister: [note]}}
releases:
  plain: {type: HIPAA, discloser: cw, recipients: [pd], categories: [HEALTH]}
  whole: {type: MDT, discloser: cw, recipients: [pd, ruiz], categories: [HEALTH, PLAN], labels: [HIV],
    items: [plain], excludes: [note],
          purposes: [PLAN], data_period: [2025-01-01, 2025-02-01], mode: esign, signed: {on: 2025-02-02,
    by: [mother, youth]},
          effective: 2025-02-03, expires: 2025-06-30, event_happened: 2025-02-05, revoked: {at: 2025-02-06,
    mode: verbal, for: [pd]},
          found_false: 2025-02-07, separate: false, missing: [date], conditioned: true, subject: sister}
orders:
  plain: {type: HIP, categories: [HEALTH], recipients: [pd], issued: null}
  whole: {type: P2N, categories: [SUD_P2], recipients: [pd], issued: 2025-02-01, items: [plain], findings: true,
    process: subpoena}
restrictions: [{by: youth, on: 2025-02-01}, {by: mother, on: 2025-02-01T10:00, against: [pd], categories: [PLAN],
  fields: [needs]}]
emergencies: [{by: casey, at: 2025-02-01, kind: threat}, {by: ruiz, at: 2025-02-01T10:00, kind: medical,
  categories: [PLAN], facts: x}]
"""
)


def test_what_is_filed_has_what_was_said_of_it_and_else_its_defaults() -> None:
    facts = one(FILED)
    plain, whole = facts.items["plain"], facts.items["whole"]
    assert (plain.fields, plain.regimes, plain.labels, plain.subject) == (names_of(Category.PLAN), (), (), "youth")
    assert (plain.recorded, plain.quotes, plain.author, plain.sealed, plain.third_party) == (None, (), None, None, {})
    assert (whole.fields, whole.regimes, whole.labels, whole.subject) == (
        ("allergies",),
        (Regime.CJI,),
        ("HIV",),
        "sister",
    )
    assert (whole.recorded, whole.quotes, whole.author) == (date(2025, 2, 1), ("plain",), "casey")
    assert (whole.consented_by, whole.sealed, whole.via) == ("youth", date(2025, 3, 1), "usa")
    assert whole.third_party == {"sister": ("note",)}


def test_a_signed_form_has_what_was_said_of_it_and_else_its_defaults() -> None:
    plain, whole = one(FILED).releases
    assert (plain.signed_on, plain.signed_by, plain.items, plain.purposes, plain.data_period) == (
        None,
        (),
        None,
        None,
        None,
    )
    assert (plain.mode, plain.expires, plain.revoked, plain.found_false) == ("written", None, (), None)
    assert (plain.separate, plain.conditioned, plain.missing, plain.subject) == (True, False, (), "youth")
    assert (whole.recipients, whole.categories) == (("pd", "ruiz"), (Category.HEALTH, Category.PLAN))
    assert (whole.labels, whole.items, whole.excludes, whole.purposes) == (
        ("HIV",),
        ("plain",),
        ("note",),
        (Purpose.PLAN,),
    )
    assert (whole.data_period, whole.mode) == ((date(2025, 1, 1), date(2025, 2, 1)), "esign")
    assert (whole.signed_on, whole.signed_by, whole.effective) == (
        date(2025, 2, 2),
        ("mother", "youth"),
        date(2025, 2, 3),
    )
    assert (whole.expires, whole.event_happened, whole.found_false) == (
        date(2025, 6, 30), date(2025, 2, 5), date(2025, 2, 7),
    )  # fmt: skip
    assert whole.revoked == (Revocation(at=date(2025, 2, 6), mode="verbal", recipients=("pd",)),)
    assert (whole.separate, whole.conditioned, whole.missing, whole.subject) == (False, True, ("date",), "sister")


@pytest.mark.parametrize(
    ("said", "name", "value"),
    [
        ("purposes: any", "purposes", None), ("purposes: [any]", "purposes", None), ("purposes: []", "purposes", None),
        ("found_false: true", "found_false", date(1, 1, 2)), ("found_false: false", "found_false", None),
        ("expires: none", "expires", "none"), ("expires: case_closed", "expires", "case_closed"),
        ("items: []", "items", ()), ("data_period: []", "data_period", None),
        ("revoked: 2025-02-06", "revoked", (Revocation(at=date(2025, 2, 6), mode="written"),)),
        ("revoked: {at: 2025-02-06}", "revoked", (Revocation(at=date(2025, 2, 6), mode="written"),)),
        ("revoked: [2025-02-06, 2025-02-07]", "revoked",
         tuple(Revocation(at=date(2025, 2, day), mode="written") for day in (6, 7))),
    ],
)  # fmt: skip
def test_a_form_can_say_it_shortly(said: str, name: str, value: Any) -> None:
    text = f"releases: {{r: {{type: HIPAA, discloser: cw, recipients: pd, categories: HEALTH, {said}}}}}"
    (form,) = one(ORGS + text).releases
    assert getattr(form, name) == value


def test_orders_objections_and_emergencies_have_what_was_said_of_them_and_else_their_defaults() -> None:
    facts = one(FILED)
    (bare, order), (all_of_it, some), (first, second) = facts.orders, facts.restrictions, facts.emergencies
    assert (bare.issued, bare.items, bare.findings, bare.process) == (None, None, False, "none")
    assert (order.issued, order.items, order.findings, order.process) == (
        date(2025, 2, 1),
        ("plain",),
        True,
        "subpoena",
    )
    assert (all_of_it.against, all_of_it.categories, all_of_it.fields) == ((), (), ())
    assert (some.by, some.on, some.against) == ("mother", datetime(2025, 2, 1, 10, tzinfo=EAST), ("pd",))
    assert (some.categories, some.fields) == ((Category.PLAN,), ("needs",))
    assert (first.at, first.kind, first.categories, first.facts) == (
        datetime(2025, 2, 1, tzinfo=EAST),
        "threat",
        (),
        None,
    )
    assert (second.kind, second.categories, second.facts) == ("medical", (Category.PLAN,), "x")
    assert first.at.astimezone(UTC).hour == 5


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("case: {zone: UTC}", "a case has no key 'zone'"),
        ("case: {timezone: Mars/Olympus}", "there is no such time zone"),
        ("case: {custody: state}", "'state' is no word for custody"),
        ("case: {youth: {age: 3}}", "the youth has no key"),
        ("case: {people: {x: {relation: aunt}}}", "'aunt' is no word for relation"),
        ("case: {}\ncases: {A: {}}", "give case: for"),
        ("case: {people: {x: {relation: kin, right: true}}}", "a person has no key"), ("cases: {}", "give case: for"),
        ("case: {people: {x: {relation: kin, flags: [rude]}}}", "'rude' is no flag"),
        ("case: {people: {x: {relation: kin, flags: [{flag: associate, to: 1}]}}}", "a flag has no key"),
        ("case: {missing: {from: 2025-01-01}}", "a missing episode has no key"),
        ("cases: {A: {}}\nitems: {x: {category: PLAN, source: cw, case: B}}", "'B' is no case under cases:"),
        ("items: {x: {category: PLAN, source: cw, field: [needs]}}", "an item has no key"),
        ("items: {x: {category: PLAN, source: cw, fields: [need]}}", "'need' is no field of PLAN"),
        ("items: {x: {category: PLAN, source: cw, third_party: {y: [need]}}}", "'need' is no field of PLAN"),
        ("items: {x: {category: PLAN, source: cw, via: mail}}", "'mail' is no word for via"),
        ("items: {x: {category: PLAN, source: cw, consented_by: aunt}}", "'aunt' is no word for consented_by"),
        ("releases: {r: {type: MOU}}", "'MOU' is no word for type"),
        ("releases: {r: {kind: MDT}}", "a release has no key"),
        ("releases: {r: {type: MDT, discloser: cw, signed: {at: 1}}}", "a signature has no key"),
        ("releases: {r: {type: MDT, discloser: cw, data_period: [2025-01-01]}}", "data_period: is [from, to]"),
        ("releases: {r: {type: MDT, discloser: cw, revoked: {on: 1}}}", "a revocation has no key"),
        ("releases: {r: {type: MDT, discloser: cw, missing: [stamp]}}", "'stamp' is no element"),
        ("releases: {r: {type: MDT, discloser: cw, expires: 3 May}}", "'3 May' is no date and no time"),
        ("orders: {o: {kind: HIP}}", "an order has no key"), ("restrictions: [{who: x}]", "a restriction has no key"),
        ("emergencies: [{who: x}]", "an emergency has no key"),
        ("emergencies: [{by: x, at: 2025-01-01, kind: fire}]", "'fire'"),
    ],
)  # fmt: skip
def test_a_word_that_a_scenario_cannot_have_is_told(text: str, cure: str) -> None:
    assert refused(f"{text}\n{ORGS}")[1].startswith(cure)


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("orgs: {cw: {kind: CW}}", "an organisation has no key"),
        ("orgs: {cw: {role: XX}}", "'XX' is no word for role"),
        ("orgs: {cw: {}}", "role is left out"), ("users: {x: {org: cw, job: y}}", "a user has no key"),
        ("orgs: {cw: {role: CW}}\nusers: {x: {org: cw, team: {since: 1}}}", "a place on the team has no key"),
        ("orgs: {cw: {role: CW}}\nusers: {x: {org: cw, history: [{org: pd, to: 1}]}}", "an earlier place has no key"),
        ("users: {x: {person: mother}}", "role is left out"),
        ("orgs: {cw: {role: CW, vsp: x}}", "'x' is no word for vsp"),
    ],
)  # fmt: skip
def test_a_word_that_people_and_places_cannot_have_is_told(text: str, cure: str) -> None:
    assert refused(text)[1].startswith(cure)


# -- running them ---------------------------------------------------------------------------------


ASKED = """
- id: X
  title: x
  orgs: {cw: {role: CW}, da: {role: DA}}
  users: {dana: {org: da}, casey: {org: cw}}
  items: {plan: {category: PLAN, source: cw}}
  ask:
    - {who: dana, item: plan, purpose: PROSECUTE, at: 2025-03-03T10:00:00, expect: part, fields: [referrals],
       code: null}
    - {who: dana, item: plan, purpose: PROSECUTE, at: 2025-03-03T10:00:00, action: search, expect: conceal}
    - {who: casey, item: plan, purpose: PLAN, at: 2025-03-03T10:00:00, action: meeting, present: [dana], expect: part}
"""


def results(text: str) -> list[scenarios.Result]:
    return list(scenarios.answers(text, "a.yaml"))


def test_each_question_is_said_with_who_asks_what_and_how() -> None:
    first, second, third = results(ASKED)
    assert (first.ok, first.line()) == (True, "ok      X: dana plan for PROSECUTE at 2025-03-03T10:00:00")
    assert second.question == "dana search plan for PROSECUTE at 2025-03-03T10:00:00"
    assert second.line().startswith(
        "FAILED  X: dana search plan for PROSECUTE at 2025-03-03T10:00:00 (a.yaml:10): expected"
    )
    assert third.ok and third.decision is not None and third.decision.fields == ("referrals",)


def test_what_cannot_be_asked_fails_where_it_stands() -> None:
    (bad,) = results("- {id: Y, title: y}")
    assert (bad.scenario, bad.question, bad.wrong, bad.decision) == (
        "Y", "cannot be read", ("a scenario asks something; add ask:",), None,
    )  # fmt: skip
    (unnamed,) = results("\n- {title: y, who: x}")
    assert (unnamed.scenario, unnamed.place.line) == ("line 2", 2)
    for text, cure in (("a: 1", "a scenario file is a list"), ("- x", "each scenario is a table")):
        with pytest.raises(Unreadable, match=cure) as wrong:
            results(text)
        assert wrong.value.place.line == 1
    one, *_ = results(ASKED.replace("purpose: PROSECUTE", "purpose: FUN", 1))
    assert (one.question, one.place.line, one.ok) == ("cannot be read", 8, False)


def test_a_profile_that_stands_in_for_another_is_asked_and_single_keys_can_be_set() -> None:
    closed = BASELINE.with_changes({"categories": {"PLAN": {"cells": {"DA": ["never"]}}}})
    said = read(ASKED, "a.yaml")[0]
    assert [one.ok for one in scenarios.scenario(said, {"us-baseline": closed})] == [False, True, False]
    assert [one.ok for one in scenarios.scenario(said, {"other": closed})] == [True, False, True]
    changed = ASKED.replace("  title: x", "  title: x\n  set: {categories: {PLAN: {cells: {DA: [never]}}}}")
    assert [one.ok for one in results(changed)] == [False, True, False]
