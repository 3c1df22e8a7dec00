"""Laws of sharing that hold in every world: what can only add, what can only take away."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mdt.sharing.decide import decide
from mdt.sharing.decision import Decision
from mdt.sharing.facts import (
    Case,
    Emergency,
    Facts,
    Item,
    Member,
    Missing,
    Order,
    Org,
    Person,
    Release,
    Restriction,
    Revocation,
    Spell,
    User,
    Youth,
)
from mdt.sharing.fields import names_of
from mdt.sharing.grammar import BasisKind
from mdt.sharing.profile import load
from mdt.sharing.view import next_boundary, view
from mdt.sharing.vocabulary import USUAL_PURPOSES, Action, Category, Outcome, Purpose, Regime, Role

BASELINE = load("us-baseline")
NOTHING = BASELINE.with_changes(
    {"categories": {category.value: {"cells": {role.value: ["never"] for role in Role}} for category in Category}}
)
NOW = datetime(2025, 3, 3, 17, tzinfo=UTC)
TODAY = date(2025, 3, 3)
calm = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

ORGS = {
    one.id: one
    for one in (
        Org(id="cw", role=Role.CW, statutory_member=True, mou_until=date(2026, 1, 1)),
        Org(id="le", role=Role.LE, statutory_member=True, mou_until=date(2026, 1, 1)),
        Org(id="da", role=Role.DA, statutory_member=True, mou_until=date(2025, 3, 1)),
        Org(id="hc", role=Role.HC, statutory_member=True, mou_until=date(2026, 1, 1)),
        Org(id="bh", role=Role.BH, part2=True, statutory_member=True, mou_until=date(2026, 1, 1)),
        Org(id="vs", role=Role.VS, statutory_member=True, mou_until=date(2026, 1, 1)),
        Org(id="vc", role=Role.VC, vsp="vawa", mou_until=date(2026, 1, 1)),
        Org(id="np", role=Role.NP, rhy=True, mou_until=date(2026, 1, 1)),
        Org(id="ed", role=Role.ED, statutory_member=True, mou_until=date(2026, 1, 1)),
        Org(id="gal", role=Role.GAL, mou_until=date(2026, 1, 1)),
        Org(id="jj", role=Role.JJ, statutory_member=True, mou_until=date(2026, 1, 1)),
        Org(id="ct", role=Role.CT, mou_until=date(2026, 1, 1)),
    )
}
USERS = {
    f"{org}-user": User(id=f"{org}-user", role=one.role, org=org, medical=True, custodian=True)
    for org, one in ORGS.items()
} | {
    "mom": User(id="mom", role=Role.CG, person="mother"),
    "youth-user": User(id="youth-user", role=Role.YT, person="youth"),
}
SEATED = Member(user="both", since=date(2024, 1, 1))
days = st.dates(date(2024, 6, 1), date(2025, 12, 31))
recipients = st.lists(st.sampled_from([*ORGS, *USERS]), min_size=1, max_size=3, unique=True).map(tuple)
categories = st.sampled_from(
    [Category.HEALTH, Category.BEHAVIORAL, Category.SUD_P2, Category.ADVOCATE, Category.EDUCATION,
     Category.PLAN, Category.TRAFFICKING, Category.REPRO, Category.MEETING, Category.ID,
     Category.SAFE_ADDR, Category.MISSING, Category.IMMIGRATION]
)  # fmt: skip
some_categories = st.lists(categories, min_size=1, max_size=4, unique=True).map(tuple)
labels = st.lists(st.sampled_from(["HIV", "SUD_NOTES"]), max_size=1).map(tuple)
purposes = st.sampled_from(list(Purpose))


@st.composite
def items(draw: Any, name: str = "item", quotable: tuple[str, ...] = ()) -> Item:
    category = draw(categories)
    known = names_of(category)
    return Item(
        id=name,
        category=category,
        source=draw(st.sampled_from(list(ORGS))),
        fields=tuple(draw(st.lists(st.sampled_from(known), min_size=1, unique=True))),
        recorded=draw(st.none() | days),
        regimes=tuple(draw(st.lists(st.sampled_from([Regime.HIPAA, Regime.FERPA, Regime.JUV]), max_size=1))),
        labels=draw(labels),
        quotes=tuple(draw(st.lists(st.sampled_from(quotable), max_size=1, unique=True))) if quotable else (),
        consented_by=draw(st.sampled_from([None, "youth", "parent"])),
        sealed=draw(st.none() | st.none() | days),
        third_party={"sister": (known[-1],)} if draw(st.booleans()) else {},
    )  # fmt: skip


@st.composite
def releases(draw: Any, name: str = "r") -> Release:
    signed = draw(st.dates(date(2024, 12, 1), date(2025, 4, 1)))
    return Release(
        id=name,
        type=draw(st.sampled_from(sorted(BASELINE.releases))),
        discloser=draw(st.sampled_from(list(ORGS))),
        recipients=draw(recipients),
        categories=draw(some_categories),
        signed_on=signed,
        signed_by=tuple(draw(st.lists(st.sampled_from(["youth", "mother", "aunt"]), min_size=1, unique=True))),
        labels=draw(labels),
        purposes=draw(st.none() | st.lists(purposes, min_size=1, max_size=2).map(tuple)),
        expires=signed + timedelta(days=draw(st.integers(10, 120))),
        data_period=draw(st.none() | st.just((date(2024, 1, 1), date(2025, 12, 31)))),
    )  # fmt: skip


def ways(item: Item, who: str) -> list[str]:
    """The types of release by which this reader's cell could open this item."""
    cell = BASELINE.cell(item.category, USERS[who].role)
    return sorted({kind for one in cell if one.kind is BasisKind.RELEASE for kind in one.types})


@st.composite
def fitting(draw: Any, facts: Facts, who: str | None = None, name: str = "fit") -> Release:
    """A release that is likely to count for the item of this world; `who` is whom it mostly names."""
    item = facts.items["item"]
    mine = [one for one in (who, USERS[who].org) if one] if who else []
    anybody = st.sampled_from([*ORGS, *USERS])
    types = ways(item, who) if who else []
    return Release(
        id=name,
        type=draw(st.sampled_from(types or ["HIPAA", "P2", "VSP", "RHY", "FERPA", "MDT", "MIN", "IMM", "TPO"])),
        discloser=item.source,
        recipients=(draw(st.sampled_from(mine) if mine else anybody),),
        categories=(item.category,),
        signed_on=date(2025, 2, 15),
        signed_by=("youth", "mother"),
        labels=("HIV", "SUD_NOTES"),
        expires=date(2025, 4, 30),
    )


@st.composite
def openable(draw: Any) -> tuple[Facts, str, Purpose]:
    """A world, a reader and a purpose such that a release could open the item to this reader, and nothing else may."""
    facts = draw(worlds())
    who = draw(st.sampled_from(sorted(USERS)))
    category = draw(st.sampled_from([one for one in Category if ways(BARE[one], who)] or [Category.HEALTH]))
    source = draw(st.sampled_from([one for one in ORGS if ORGS[one].id != USERS[who].org]))
    item = replace(facts.items["item"], category=category, source=source, fields=names_of(category), quotes=(),
                   regimes=(), sealed=None, third_party={})  # fmt: skip
    bare = replace(facts, items={**facts.items, "item": item}, releases=facts.releases[:1], restrictions=())
    if draw(st.booleans()):
        counts, stopped = draw(fitting(bare, who, "counts")), draw(fitting(bare, who, "stopped"))
        stopped = replace(stopped, revoked=(Revocation(at=NOW - timedelta(days=1), mode="verbal"),))
        bare = replace(bare, releases=(*bare.releases, *draw(st.permutations([counts, stopped]))))
    return bare, who, draw(st.sampled_from([*USUAL_PURPOSES[USERS[who].role], *Purpose]))


BARE = {one: Item(id="item", category=one, source="cw", fields=names_of(one)) for one in Category}


@st.composite
def worlds(draw: Any) -> Facts:
    quoted, item = draw(items("quoted")), draw(items("item", quotable=("quoted",)))
    missing = Missing(since=datetime(2025, 3, 2, tzinfo=UTC), lead_officer="le-user", alert_approved_by="cw")
    bare = Facts(
        case=Case(
            id="c", lead="cw", opened=date(2024, 1, 1), custody=draw(st.sampled_from(["agency", "parent"])),
            youth=Youth(born=draw(st.sampled_from([date(2010, 1, 1), date(2007, 3, 1)]))),
            people={"mother": Person(id="mother", relation="parent", rights=True),
                    "aunt": Person(id="aunt", relation="kin", rights=False)},
            missing=(missing,) if draw(st.booleans()) else (),
        ),
        orgs=ORGS, users=USERS, items={one.id: one for one in (quoted, item)},
        members={user: Member(user=user, since=date(2024, 1, 1)) for user in USERS},
    )  # fmt: skip
    filed = draw(st.lists(fitting(bare) | releases(), max_size=3))
    return replace(
        bare,
        releases=tuple(replace(one, id=f"r{n}") for n, one in enumerate(filed)),
        orders=tuple(draw(st.lists(orders(item), max_size=1))),
        restrictions=tuple(draw(st.lists(restrictions(item), max_size=1))),
        emergencies=tuple(draw(st.lists(emergencies(item), max_size=1))),
    )


@st.composite
def orders(draw: Any, item: Item) -> Order:
    return Order(
        id="o", type=draw(st.sampled_from(sorted(BASELINE.orders))), categories=(item.category,),
        recipients=draw(recipients), issued=draw(st.none() | days), findings=draw(st.booleans()),
        process=draw(st.sampled_from(["none", "subpoena"])), ended=draw(st.none() | days),
    )  # fmt: skip


@st.composite
def restrictions(draw: Any, item: Item) -> Restriction:
    known = names_of(item.category)
    return Restriction(
        id="x", by=draw(st.sampled_from(["youth", "mother", "aunt"])), on=draw(days),
        against=draw(recipients), categories=(item.category,),
        fields=draw(st.just(()) | st.just((known[0],))),
    )  # fmt: skip


@st.composite
def emergencies(draw: Any, item: Item) -> Emergency:
    by = draw(st.sampled_from(["hc-user", "bh-user", "le-user", "ed-user"]))
    kind = draw(st.sampled_from(["medical", "threat"]))
    at = NOW - timedelta(minutes=draw(st.integers(0, 70)))
    return Emergency(id="e", by=by, at=at, kind=kind, categories=(item.category,), facts="x")


viewers = st.sampled_from(sorted(USERS))
actions = st.sampled_from([one for one in Action if one not in (Action.ALERT, Action.MEETING)])


CARVED = "a carved-out field"
"""What is carved out of a later release is an instruction, and may take away."""
asks = openable() | st.tuples(worlds(), viewers, purposes)
Asked = tuple[Facts, str, Purpose]


def test_a_release_opens_something_in_many_of_these_worlds() -> None:
    """The laws of releases would hold of releases that never open anything; here they often do."""
    opened = []

    @settings(calm, max_examples=100, database=None, derandomize=True)
    @given(openable(), st.data())
    def look(asked: Asked, data: st.DataObject) -> None:
        facts, who, purpose = asked
        one = data.draw(fitting(facts, who))
        before, after = (ask(replace(facts, releases=some), who, purpose) for some in ((), (one,)))
        opened.append(after.opens and not before.opens)

    look()
    assert sum(opened) >= 20, sum(opened)


def ask(facts: Facts, who: str, purpose: Purpose, action: Action = Action.VIEW) -> Decision:
    return decide(facts, who, "item", purpose, NOW, profile=BASELINE, action=action)


def answer(got: Decision) -> tuple[object, ...]:
    """What the viewer learns of a decision."""
    return got.outcome, got.fields, got.duties, got.ways


def no_larger(new: Decision, old: Decision) -> bool:
    return set(new.fields) <= set(old.fields) and (new.opens <= old.opens)


@calm
@given(worlds(), viewers, purposes, actions)
def test_nothing_is_shown_by_an_empty_profile(facts: Facts, who: str, purpose: Purpose, action: Action) -> None:
    got = decide(facts, who, "item", purpose, NOW, profile=NOTHING, action=action)
    assert answer(got) == (Outcome.CONCEAL, (), frozenset(), ())


@calm
@given(asks, st.data())
def test_a_release_only_ever_adds(asked: Asked, data: st.DataObject) -> None:
    facts, who, purpose = asked
    more = data.draw(fitting(facts, who, "more") | releases("more"))
    if how := data.draw(st.sampled_from([None, *(one for one in sorted(NARROWINGS) if one != CARVED)])):
        given_before = data.draw(fitting(facts, who, "before"))
        facts = replace(facts, releases=(*facts.releases[:1], given_before))
        more = NARROWINGS[how](replace(given_before, id="more"), facts.items["item"])
    before = ask(facts, who, purpose)
    after = ask(replace(facts, releases=(*facts.releases, more)), who, purpose)
    assert no_larger(before, after)
    assert before.outcome.rank <= after.outcome.rank


@calm
@given(asks, st.data())
def test_revoked_expired_and_never_given_are_the_same(asked: Asked, data: st.DataObject) -> None:
    facts, who, purpose = asked
    one = data.draw(fitting(facts, who, "one") | releases("one"))
    excludes = data.draw(st.just(()) | st.just((names_of(facts.items["item"].category)[0],)))
    one = replace(one, excludes=excludes)
    never = answer(ask(facts, who, purpose))
    over = {
        "revoked": replace(one, revoked=(Revocation(at=NOW - timedelta(seconds=1), mode="verbal"),)),
        "expired": replace(one, expires=TODAY - timedelta(days=1)),
        "over by its event": replace(one, expires="trial_over", event_happened=TODAY - timedelta(days=1)),
        "found false": replace(one, found_false=TODAY),
        "not signed": replace(one, signed_on=None),
    }
    for how, release in over.items():
        got = ask(replace(facts, releases=(*facts.releases, release)), who, purpose)
        assert answer(got) == never, how


NARROWINGS: dict[str, Callable[[Release, Item], Release]] = {
    "another purpose": lambda one, item: replace(one, purposes=(Purpose.AGGREGATE,)),
    "no labels": lambda one, item: replace(one, labels=()),
    "another item": lambda one, item: replace(one, items=("elsewhere",)),
    "a carved-out field": lambda one, item: replace(one, excludes=(*one.excludes, item.fields[0])),
    "a short period": lambda one, item: replace(one, data_period=(date(2024, 1, 1), date(2024, 1, 2))),
    "a later beginning": lambda one, item: replace(one, effective=TODAY + timedelta(days=1)),
    "said, not written": lambda one, item: replace(one, mode="verbal"),
    "an element left out": lambda one, item: replace(one, missing=("signature",)),
    "a condition of help": lambda one, item: replace(one, conditioned=True),
    "not on its own": lambda one, item: replace(one, separate=False),
}  # fmt: skip


@calm
@given(asks, st.data(), st.sampled_from(sorted(NARROWINGS)))
def test_narrowing_a_release_never_enlarges(asked: Asked, data: st.DataObject, how: str) -> None:
    facts, who, purpose = asked
    one = data.draw(fitting(facts, who, "one"))
    wide = ask(replace(facts, releases=(*facts.releases, one)), who, purpose)
    narrow = NARROWINGS[how](one, facts.items["item"])
    assert no_larger(ask(replace(facts, releases=(*facts.releases, narrow)), who, purpose), wide)


@calm
@given(worlds(), viewers, purposes, st.data())
def test_an_objection_never_enlarges(facts: Facts, who: str, purpose: Purpose, data: st.DataObject) -> None:
    more = replace(data.draw(restrictions(facts.items["item"])), id="more")
    after = ask(replace(facts, restrictions=(*facts.restrictions, more)), who, purpose)
    assert no_larger(after, ask(facts, who, purpose))


@calm
@given(worlds(), viewers, purposes, st.sampled_from(list(Regime)))
def test_another_body_of_law_on_an_item_never_enlarges(
    facts: Facts, who: str, purpose: Purpose, regime: Regime
) -> None:
    item = facts.items["item"]
    item = replace(item, regimes=(*item.regimes, regime))
    after = ask(replace(facts, items={**facts.items, "item": item}), who, purpose)
    before = ask(facts, who, purpose)
    assert no_larger(after, before)
    assert after.outcome.rank <= before.outcome.rank


@calm
@given(worlds(), viewers, purposes)
def test_quoting_never_enlarges(facts: Facts, who: str, purpose: Purpose) -> None:
    item = facts.items["item"]
    assume(item.category not in (Category.MEETING,))
    alone = replace(facts, items={**facts.items, "item": replace(item, quotes=())})
    assert no_larger(ask(facts, who, purpose), ask(alone, who, purpose))


@calm
@given(worlds(), viewers, purposes, st.lists(viewers, max_size=3), viewers)
def test_one_more_person_in_the_room_never_enlarges(
    facts: Facts, who: str, purpose: Purpose, present: list[str], another: str
) -> None:
    def table(room: list[str]) -> Decision:
        return decide(facts, who, "item", purpose, NOW, profile=BASELINE, action=Action.MEETING, present=room)

    few, more = table(present), table([*present, another])
    assert no_larger(more, few)
    assert more.outcome.rank <= few.outcome.rank
    if more.opens:
        assert few.duties <= more.duties


@calm
@given(asks, actions, st.randoms(use_true_random=False))
def test_the_order_of_facts_does_not_matter(asked: Asked, action: Action, chance: Any) -> None:
    facts, who, purpose = asked

    def mixed(things: Any) -> Any:
        pairs = list(things.items() if isinstance(things, dict) else things)
        chance.shuffle(pairs)
        return dict(pairs) if isinstance(things, dict) else tuple(pairs)

    turned = Facts(case=facts.case, **{
        f.name: mixed(getattr(facts, f.name)) for f in dataclasses.fields(Facts) if f.name != "case"
    })  # fmt: skip
    assert ask(turned, who, purpose, action).outcome is ask(facts, who, purpose, action).outcome
    assert answer(ask(turned, who, purpose, action)) == answer(ask(facts, who, purpose, action))
    assert ask(turned, who, purpose, action).code == ask(facts, who, purpose, action).code


@calm
@given(worlds(), st.permutations(sorted(ORGS)), purposes, actions)
def test_roles_do_not_union(facts: Facts, orgs: list[str], purpose: Purpose, action: Action) -> None:
    """Somebody of two agencies acts in one, chosen: they get what it gives, and nothing of the other beside it."""
    here, before = ORGS[orgs[0]], ORGS[orgs[1]]
    alone = {org.id: User(id="both", role=org.role, org=org.id, medical=True, custodian=True) for org in (here, before)}
    both = replace(alone[here.id], history=(Spell(org=before.id, until=TODAY + timedelta(days=9)),))

    def gets(user: User) -> tuple[object, ...]:
        there = replace(facts, users={**facts.users, "both": user}, members={**facts.members, "both": SEATED})
        return answer(ask(there, "both", purpose, action))

    assert gets(both) == gets(alone[before.id])
    over = replace(both, history=(Spell(org=before.id, until=TODAY - timedelta(days=1)),))
    assert gets(over) == gets(alone[here.id])


@calm
@given(worlds(), viewers, st.sampled_from(sorted(ORGS)), purposes, actions)
def test_another_account_of_the_same_person_gives_the_first_nothing(
    facts: Facts, who: str, org: str, purpose: Purpose, action: Action
) -> None:
    person = facts.users[who].person
    second = User(id="second", role=ORGS[org].role, org=org, person=person, medical=True, custodian=True)
    more = replace(facts, users={**facts.users, "second": second}, members={**facts.members, "second": SEATED})
    assert answer(ask(more, who, purpose, action)) == answer(ask(facts, who, purpose, action))


def test_the_law_of_roles_is_about_something() -> None:
    """There are records of which two agencies get different parts, and would get more together."""
    filed = {one.value: Item(id=one.value, category=one, source="cw", fields=names_of(one)) for one in Category}
    case = Case(id="c", lead="cw", opened=date(2024, 1, 1), youth=Youth(born=date(2010, 1, 1)))
    seated = {user: Member(user=user, since=date(2024, 1, 1)) for user in USERS}
    facts = Facts(case=case, orgs=ORGS, users=USERS, items=filed, members=seated)
    parts: dict[str, set[frozenset[str]]] = {}
    for user in USERS:
        for purpose in Purpose:
            for got in view(facts, user, purpose, NOW, profile=BASELINE).decisions:
                parts.setdefault(got.item, set()).add(frozenset(got.fields))
    assert any(one | other not in (one, other) for got in parts.values() for one in got for other in got)


@calm
@given(worlds(), viewers, purposes)
def test_what_is_shown_is_of_the_item_and_explained_by_a_ground(facts: Facts, who: str, purpose: Purpose) -> None:
    got = ask(facts, who, purpose)
    assert got.step != "error"
    assert set(got.fields) <= set(facts.items["item"].fields)
    assert (got.outcome is Outcome.SHOW) == (set(got.fields) == set(facts.items["item"].fields))
    assert set(got.fields) <= {name for ground in got.grounds for name in ground.fields}
    assert bool(got.fields) == bool(got.grounds) == got.opens
    assert bool(got.ways) == (got.outcome is Outcome.WITHHOLD)
    assert got.opens or not got.duties


@calm
@given(worlds(), viewers, purposes)
def test_a_view_is_every_decision_that_is_not_concealed(facts: Facts, who: str, purpose: Purpose) -> None:
    page = {one.item: one for one in view(facts, who, purpose, NOW, profile=BASELINE).decisions}
    for item in facts.items:
        alone = decide(facts, who, item, purpose, NOW, profile=BASELINE)
        assert page.get(item) == (alone if alone.outcome is not Outcome.CONCEAL else None)


@calm
@given(worlds(), viewers, purposes)
def test_nothing_turns_before_the_next_boundary(facts: Facts, who: str, purpose: Purpose) -> None:
    turn = next_boundary(facts, NOW, BASELINE)
    assume(turn is not None)
    assert turn is not None
    later = decide(facts, who, "item", purpose, turn - timedelta(seconds=1), profile=BASELINE)
    assert answer(later) == answer(ask(facts, who, purpose))


GARBAGE: tuple[Any, ...] = (None, "???", object(), -1)
NAMES_ONLY = {"id", "facts", "author", "placement", "lead_officer", "user", "held_by", "lead"}
"""What only names something: another name is another fact, not an unreadable one."""


def spoilt(facts: Facts, path: str, name: str, garbage: Any) -> Facts:
    """The same world with one value of one fact replaced by garbage."""
    match path:
        case "case":
            return replace(facts, case=replace(facts.case, **{name: garbage}))
        case "youth":
            youth = replace(facts.case.youth, **{name: garbage})
            return replace(facts, case=replace(facts.case, youth=youth))
        case "item":
            return replace(facts, items={**facts.items, "item": replace(facts.items["item"], **{name: garbage})})
        case "org":
            source = facts.items["item"].source
            return replace(facts, orgs={**facts.orgs, source: replace(facts.orgs[source], **{name: garbage})})
    things = getattr(facts, path)
    return replace(facts, **{path: tuple(replace(one, **{name: garbage}) for one in things)})


SPOILS = [
    (path, field.name)
    for path, kind in (
        ("case", Case), ("youth", Youth), ("item", Item), ("org", Org), ("releases", Release),
        ("orders", Order), ("restrictions", Restriction), ("emergencies", Emergency),
    )
    for field in dataclasses.fields(kind)
    if field.name not in NAMES_ONLY
]  # fmt: skip
MEANT = {
    ("case", "people"), ("case", "missing"), ("case", "closed"), ("case", "report_received"),
    ("case", "good_cause_until"), ("case", "opened"), ("item", "recorded"), ("item", "consented_by"),
    ("item", "via"), ("item", "sealed"), ("org", "vsp"), ("org", "mou_until"), ("org", "role"),
    ("releases", "expires"), ("releases", "effective"), ("releases", "event_happened"),
    ("releases", "found_false"), ("releases", "items"), ("releases", "purposes"),
    ("releases", "data_period"), ("releases", "discloser"), ("orders", "items"),
    ("releases", "subject"), ("item", "category"), ("restrictions", "by"),
}  # fmt: skip
"""Where None, or another word, is a fact of its own."""


@settings(calm, max_examples=150)
@given(worlds(), viewers, purposes, st.sampled_from(SPOILS), st.sampled_from(GARBAGE))
def test_an_unreadable_fact_never_shows_more_and_never_raises(
    facts: Facts, who: str, purpose: Purpose, spoil: tuple[str, str], garbage: Any
) -> None:
    assume(not (spoil in MEANT and (garbage is None or isinstance(garbage, str))))
    before = ask(facts, who, purpose)
    after = ask(spoilt(facts, *spoil, garbage), who, purpose)
    assert no_larger(after, before), spoil


@pytest.mark.parametrize("who", sorted(USERS))
def test_the_worlds_of_this_file_show_something_to_everybody(who: str) -> None:
    """The laws above would hold of an engine that shows nothing; this one shows."""
    categories = [
        Category.ID,
        Category.PLAN,
        Category.TRAFFICKING,
        Category.COURT,
        Category.EMPLOYMENT,
        Category.ADVOCATE,
    ]
    source = {Category.EMPLOYMENT: "vs", Category.ADVOCATE: "vc"}
    filed = {c.value: Item(id=c.value, category=c, source=source.get(c, "cw"), fields=names_of(c)) for c in categories}
    case = Case(
        id="c", lead="cw", opened=date(2024, 1, 1), youth=Youth(born=date(2010, 1, 1)), custody="parent",
        people={"mother": Person(id="mother", relation="parent", rights=True)},
    )  # fmt: skip
    facts = Facts(
        case=case, orgs=ORGS, users=USERS, items=filed,
        members={user: Member(user=user, since=date(2024, 1, 1)) for user in USERS},
    )  # fmt: skip
    shown = [p for p in Purpose if any(d.opens for d in view(facts, who, p, NOW, profile=BASELINE).decisions)]
    assert shown
