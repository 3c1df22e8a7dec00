"""The reports of a missing young person and of one who was identified have exactly their mandate's fields, in a
thousand random cases each.

Somebody of law enforcement who is on nobody's list receives it, as whoever takes a call does. Into each case come
records that no report may carry, from an advocate, a shelter and a treatment program, each with a field of every kind
that the list names; and the same from a clinic, an agency and a school, which it must carry.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from mdt.sharing import scenarios
from mdt.sharing.compiled import settle_all
from mdt.sharing.decide import look_at
from mdt.sharing.facts import Facts
from mdt.sharing.profile import Profile
from mdt.sharing.reading import read
from mdt.sharing.vocabulary import Action, Purpose
from mdt.sharing.worlds import world as scene
from tests.oracle.oracle import answers
from tests.oracle.reading import baseline
from tests.oracle.worlds import world

NEVER = {"canary-program": "BH", "canary-advocate": "VC", "canary-shelter": "NP"}
ALWAYS = {"plain-clinic": "HC", "plain-agency": "CW", "plain-school": "ED"}
MARKS: dict[str, dict[str, Any]] = {
    "canary-program": {"part2": True}, "canary-advocate": {"vsp": "voca"}, "canary-shelter": {"rhy": True},
}  # fmt: skip
ALSO = {"canary-program": "SUD_P2", "canary-advocate": "ADVOCATE", "canary-shelter": "ADVOCATE"}
CALLED = {"role": "LE", "org": "whoever-takes-the-call"}


@dataclass(frozen=True)
class Mandate:
    """A report: its name in the profile, for what it is read, as which action; `missing`: while somebody is away."""

    name: str
    purpose: Purpose
    action: Action
    missing: bool = False

    @property
    def fields(self) -> dict[str, list[str]]:
        listed: dict[str, list[str]] = baseline()["mandates"][self.name]["fields"]
        return listed


MISSING = Mandate("missing", Purpose.LOCATE, Action.MANDATE_MISSING, missing=True)
IDENTIFIED = Mandate("trafficking", Purpose.INVESTIGATE, Action.MANDATE_TRAFFICKING)


def planted(seed: int, of: Mandate) -> dict[str, Any]:
    """A random case, in which an episode runs if the report is of one, with what no report may carry and what it
    must."""
    whole = world(seed)
    said = {key: of_one_case(value) for key, value in whole.items() if key not in ("ask", "set", "case", "cases")}
    case = dict(whole.get("case") or whole["cases"]["A"])
    opened = datetime.fromisoformat(str(case["opened"]))
    if of.missing:
        case["missing"] = {"since": (opened + timedelta(days=1)).isoformat()}
    orgs = {name: {"role": role} | MARKS.get(name, {}) for name, role in (NEVER | ALWAYS).items()}
    items = {
        f"{office} {category}": {"category": category, "source": office}
        for office in orgs
        for category in [*of.fields, *([ALSO[office]] if office in ALSO else [])]
    }
    items = said["items"] | items
    receiver = {CALLED["org"]: {"role": "LE", "mou_until": "2001-01-01"}}
    at = (opened + timedelta(days=2)).isoformat()
    ask = {"who": "called", "purpose": of.purpose.value, "at": at, "action": of.action.value}
    return said | {
        "case": case, "orgs": said["orgs"] | orgs | receiver, "items": items,
        "users": said["users"] | {"called": CALLED}, "ask": [ask | {"item": name} for name in items],
    }  # fmt: skip


def of_one_case(value: Any) -> Any:
    """These facts, all of one case."""
    if isinstance(value, list):
        return [{key: held for key, held in one.items() if key != "case"} for one in value]
    if not isinstance(value, dict):
        return value
    return {name: {key: held for key, held in one.items() if key != "case"} for name, one in value.items()}


def reported(said: dict[str, Any], of: Mandate) -> dict[str, tuple[str, ...]]:
    """The fields of each record in the report, decided as `operations.missing.packet` and `screening.identifying`
    ask."""
    facts, profile = read_in(said)
    at = datetime.fromisoformat(said["ask"][0]["at"]).replace(tzinfo=facts.case.zone)
    look = look_at(facts, "called", of.purpose, at, profile, of.action)
    return {name: tuple(sorted(one.fields)) if one.opens else () for name, one in settle_all(look).items()}


def read_in(said: dict[str, Any]) -> tuple[Facts, Profile]:
    said = {key: value for key, value in said.items() if key != "ask"}
    table = read(json.dumps(said), "world")
    profile = scenarios._profile(table)
    return next(iter(scene(table, profile).cases.values())), profile


def wrong(said: dict[str, Any], found: dict[str, tuple[str, ...]], of: Mandate) -> Iterator[str]:
    for name, one in said["items"].items():
        listed = of.fields.get(one["category"], [])
        if set(found[name]) - set(listed):
            yield f"{name} carries what is not on the list: {found[name]}"
        if one["source"] in NEVER and found[name]:
            yield f"{name} carries what no report may: {found[name]}"
        if one["source"] in ALWAYS and found[name] != tuple(sorted(listed)):
            yield f"{name} carries {found[name]}, not {listed}"
    for ask, answer in zip(said["ask"], answers(said), strict=True):
        fields = tuple(sorted(answer.fields)) if answer.opened else ()
        if found[ask["item"]] != fields:
            yield f"{ask['item']} carries {found[ask['item']]}; the oracle says {fields}"


def differences(seeds: Iterable[int], of: Mandate) -> Iterator[str]:
    """What is wrong with the reports of these cases."""
    for seed in seeds:
        said = planted(seed, of)
        yield from (f"seed {seed}: {one}" for one in wrong(said, reported(said, of), of))


@pytest.mark.parametrize("of", [MISSING, IDENTIFIED], ids=lambda one: one.name)
def test_a_report_is_exactly_the_mandates_list_whatever_the_case(of: Mandate) -> None:
    """Twenty-five of each; a thousand of each are `make trials ONLY=E.report_differences`."""
    found = list(differences(range(25), of))
    assert not found, "\n".join(found[:9])
