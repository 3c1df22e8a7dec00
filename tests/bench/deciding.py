"""Figures of deciding: a case view and a list page against merely building the output, and what other engines take.

The work is `made_look`: a detective before sixty fields in twenty categories, a matrix of fifteen disciplines, five
releases. What is measured is `operations.views.look`, as every page calls it, and then the dictionary of the fields
that it permits. Warm, the view was decided before, and each call asks whether no fact has changed or turned since;
the decisions, with their grounds, are at hand. Beside it stands what the same costs when nothing was decided before:
`known facts` is a viewer who comes new to a case that others read; `cold` is the first reading after a change, with
all releases validated anew. Peers answer the same questions; that they answer alike, for every discipline and each
of its usual purposes, is checked before anything is timed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from sys import intern
from typing import Any

from mdt.operations import views
from mdt.operations.access import Seat
from mdt.operations.facts import CaseFacts
from mdt.sharing.decide import look_at, settle
from mdt.sharing.facts import Facts
from mdt.sharing.profile import Profile
from mdt.sharing.vocabulary import USUAL_PURPOSES, Category, Purpose, Role
from tests.bench import made_look as made
from tests.bench import peers
from tests.bench.figures import Figure
from tests.bench.turns import Contender, Times, measured

Record = dict[str, str]
SHARED: dict[tuple[str, ...], tuple[str, ...]] = {}
CASES, COUNTIES = 1000, 50
COLUMNS = {
    Category.ID: ("name_in_use", "date_of_birth"), Category.MISSING: ("last_seen",), Category.COURT: ("custody",),
    Category.TRAFFICKING: ("status", "kind"), Category.CONTACT: ("safe_channel",), Category.HEALTH: ("allergies",),
    Category.PLAN: ("needs", "goals"),
}  # fmt: skip
"""The ten fields of a list page."""


@dataclass(frozen=True, slots=True)
class Me:
    """Whoever looks, as far as a seat asks."""

    id: str
    role: Role
    agency_id: str | None


def seat_at(
    facts: Facts, who: str = made.READER, purpose: Purpose = made.PURPOSE, profile: Profile = made.PROFILE
) -> Seat:
    """This user's place at the table of this case."""
    user = facts.users[who]
    case = CaseFacts(facts.case.id, "youth", "cw", profile.name, None, profile, 1, 1, facts, {}, {}, {}, {}, {}, {})
    return Seat(case, Me(who, user.role, user.org), purpose, made.AT, profile)


def record_of(facts: Facts) -> Record:
    """Every field of the case with something in it."""
    return {intern(f"{item.category}.{name}"): name for item in facts.items.values() for name in item.fields}


def names_of(seen: views.Looked) -> tuple[str, ...]:
    """The fields that a look permits; looks that permit the same share them."""
    names = tuple(intern(f"{item.category}.{name}") for item, decision in seen.items for name in decision.fields)
    return SHARED.setdefault(names, names)


def warm(seat: Seat, record: Record) -> Contender:
    """The view of a case that was decided before."""
    look = views.look
    look(seat).once("names", lambda: names_of(look(seat)))
    return lambda: {name: record[name] for name in look(seat).kept["names"]}


def anew(seat: Seat, record: Record, facts_of: Callable[[], Facts]) -> Contender:
    """The view of a case that this viewer has not seen yet."""

    def view() -> dict[str, str]:
        seen = views.look_as(facts_of(), seat.me.id, seat.purpose, seat)
        return {name: record[name] for name in names_of(seen)}

    return view


def merely(record: Record, names: tuple[str, ...]) -> Contender:
    """The floor: the same fields, by nobody decided."""
    return lambda: {name: record[name] for name in names}


def _ways(facts: Facts) -> dict[str, Contender]:
    seat, record = seat_at(facts), record_of(facts)
    return {
        "warm": warm(seat, record),
        "known facts": anew(seat, record, lambda: facts),
        "cold": anew(seat, record, lambda: replace(facts)),
        "dict": merely(record, names_of(views.look(seat))),
    }


def view() -> Iterator[Figure]:
    """A case view, warm and cold, against a dictionary of the same fields."""
    facts = made.facts()
    ways = _ways(facts) | {"plain": anew_plainly(facts)}
    assert len({repr(work()) for work in ways.values()}) == 1
    times = measured(ways)
    number = len(names_of(views.look(seat_at(facts))))
    yield _against(
        "B.decide_vs_dict",
        times,
        "warm",
        "dict",
        "<= 1.1",
        f"{number} of 60 fields permitted, kept and asked again whether it holds",
    )
    yield _against(
        "B.decide_cold_vs_dict",
        times,
        "cold",
        "dict",
        None,
        "first reading after a change: releases validated, papers sorted, all decided",
    )
    yield _against(
        "B.decide_cold_vs_dict.known_facts",
        times,
        "known facts",
        "dict",
        None,
        "a viewer who comes new to a case that is at hand",
    )
    yield _against("B.decide_cold_vs_dict.plain", times, "plain", "dict", None, "the plain evaluator, item by item")


def anew_plainly(facts: Facts) -> Contender:
    """The same by the plain evaluator."""
    record = record_of(facts)

    def view() -> dict[str, str]:
        look = look_at(facts, made.READER, made.PURPOSE, made.AT, made.PROFILE)
        decided = [(item, settle(look, item.id)) for item in sorted(facts.items.values(), key=views._place_on_page)]
        return {(name := f"{item.category}.{one}"): record[name] for item, ruled in decided for one in ruled.fields}

    return view


def _against(name: str, times: Times, one: str, other: str, goal: str | None, how: str) -> Figure:
    ratio = times.ratio(one, other)
    told = f"{how}; {ratio}; {one} {times.microseconds(one)}, {other} {times.microseconds(other)}"
    return Figure(name, round(ratio.median, 3), "times", goal, told)


def against(peer: str, package: str, goal: str) -> Iterator[Figure]:
    """How many times as long a peer takes for the same view; nothing where it is not installed."""
    if find_spec(package) is None:
        print(f"{package} is not installed here (requirements/bench.lock), so B.vs_{peer} is not measured.")
        return
    facts = made.facts()
    _check_alike(peer, facts)
    asked, record = peers.PEERS[peer](facts, peers.reader(facts, made.READER, made.PURPOSE)), record_of(facts)
    times = measured(_ways(facts) | {peer: lambda: {name: record[name] for name in asked.allowed()}})
    doc = (peers.PEERS[peer].__doc__ or "").partition("\n")[0]
    yield _against(f"B.vs_{peer}", times, peer, "warm", goal, doc)
    yield _against(
        f"B.vs_{peer}.known_facts", times, peer, "known facts", None, f"{doc} Ours with nothing decided before"
    )
    yield _against(f"B.vs_{peer}.cold", times, peer, "cold", None, f"{doc} Ours at the first reading after a change")


def _check_alike(peer: str, facts: Facts) -> None:
    """Every discipline, for each of its usual purposes, gets the same fields of both."""
    for who, user in facts.users.items():
        for purpose in USUAL_PURPOSES[user.role]:
            ours = names_of(views.look(seat_at(facts, who, purpose)))
            theirs = peers.PEERS[peer](facts, peers.reader(facts, who, purpose)).allowed()
            assert sorted(ours) == sorted(theirs), (peer, who, purpose, set(ours) ^ set(theirs))


def cedar_same() -> Iterator[Figure]:
    return against("cedar_same", "cedarpy", ">= 400")


def cedar_best() -> Iterator[Figure]:
    return against("cedar_best", "cedarpy", ">= 120")


def rego() -> Iterator[Figure]:
    return against("rego", "regopy", ">= 1500")


def casbin() -> Iterator[Figure]:
    return against("casbin", "casbin", ">= 1500")


def page() -> Iterator[Figure]:
    """A list page of a thousand cases and ten fields, filtered, against the same page unfiltered."""
    yield _page("B.list_vs_unfiltered", made.READER, made.PURPOSE, "<= 1.25")
    yield _page("B.list_vs_unfiltered.lead", "cw-user", Purpose.PLAN, None)


def _page(name: str, who: str, purpose: Purpose, goal: str | None) -> Figure:
    cases = [_listed(number) for number in range(CASES)]
    seats, records = [seat_at(one, who, purpose) for one in cases], [record_of(one) for one in cases]
    columns, each = tuple(records[0]), views.look_each
    ways: dict[str, Contender] = {
        "filtered": lambda: [
            {name: record[name] for name in names}
            for names, record in zip(each(seats).once("names", names_of), records, strict=True)
        ],
        "unfiltered": lambda: [{name: record[name] for name in columns} for record in records],
        "case by case": lambda: [
            {name: record[name] for name in names_of_once(seat)} for seat, record in zip(seats, records, strict=True)
        ],
    }
    shown: Any = ways["filtered"]()
    assert shown == ways["case by case"]()
    times = measured(ways)
    how = (
        f"{CASES:,} cases, {len(shown[0])} of {len(columns)} fields permitted, decided before; each time every case is "
        f"asked whether its facts and its stretch still hold; with each look taken by itself "
        f"{times.ratio('case by case', 'unfiltered').median:.3g}"
    )
    return _against(name, times, "filtered", "unfiltered", goal, how)


def names_of_once(seat: Seat) -> tuple[str, ...]:
    """The fields that a look permits, from the look itself."""
    seen = views.look(seat)
    return seen.once("names", lambda: names_of(seen))


def _listed(number: int) -> Facts:
    """One case of the list: its own facts, ten fields."""
    facts = made.facts()
    items = {
        one.id: replace(one, fields=COLUMNS[one.category]) for one in facts.items.values() if one.category in COLUMNS
    }
    return replace(facts, case=replace(facts.case, id=f"case-{number}"), items=items, releases=facts.releases[:1])


def papers() -> Iterator[Figure]:
    """The same view of a case with five hundred releases, of which five concern the viewer, against five."""
    few, many = _ways(made.facts()), _ways(made.facts(others=495))
    assert repr(few["warm"]()) == repr(many["warm"]())
    times = measured({f"{way}, {number}": ways[way] for way in few for number, ways in ((5, few), (500, many))})
    for name, way, goal in (
        ("B.releases_500_vs_5", "known facts", "<= 1.2"), ("B.releases_500_vs_5.warm", "warm", None),
        ("B.releases_500_vs_5.cold", "cold", None),
    ):  # fmt: skip
        yield _against(name, times, f"{way}, 500", f"{way}, 5", goal, f"of 500 releases 5 concern the viewer; {way}")


def counties() -> Iterator[Figure]:
    """The same view with fifty profiles loaded and read by turns, against one."""
    profiles = [made.PROFILE.with_changes({"title": f"County {number}"}) for number in range(COUNTIES)]
    one, each = [_by_turns([profile] * COUNTIES) for profile in profiles[:1]][0], _by_turns(profiles)
    times = measured({"one profile": one, "fifty profiles": each})
    yield _against(
        "B.profiles_50_vs_1",
        times,
        "fifty profiles",
        "one profile",
        "<= 1.2",
        f"{COUNTIES} cases decided anew, each under its own profile, against all under one",
    )


def _by_turns(profiles: list[Profile]) -> Contender:
    rows: list[tuple[Seat, Any]] = [(seat_at(made.facts(), profile=profile), None) for profile in profiles]
    return lambda: [views.look_as(seat.case.facts, seat.me.id, seat.purpose, seat) for seat, _ in rows]


measure = view
