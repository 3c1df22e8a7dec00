"""What is compiled answers as the plain evaluator does, in every part of every decision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mdt.sharing import scenarios, tables
from mdt.sharing.boundaries import next_boundary
from mdt.sharing.compiled import case_of, next_turn, settle_all
from mdt.sharing.decide import look_at, settle
from mdt.sharing.facts import Facts
from mdt.sharing.profile import Profile
from mdt.sharing.reading import read
from mdt.sharing.vocabulary import Action, Purpose
from mdt.sharing.worlds import world
from tests.oracle.compare import _Plain, typed
from tests.oracle.worlds import world as random_world
from tests.property.test_sharing import BASELINE, GARBAGE, NOW, SPOILS, USERS, calm, purposes, spoilt, viewers, worlds

FILES = sorted(
    path for folder in ("scenarios", "oracle/worked") for path in (Path(__file__).parents[1] / folder).glob("*.yaml")
)
PER_BLOCK = 20
ACTIONS = [one for one in Action if one is not Action.MEETING]


def plain(facts: Facts, who: str, purpose: Purpose, at: datetime, profile: Profile, action: Action) -> dict[str, Any]:
    look = look_at(facts, who, purpose, at, profile, action)
    return {name: settle(look, name) for name in facts.items}


def quick(facts: Facts, who: str, purpose: Purpose, at: datetime, profile: Profile, action: Action) -> dict[str, Any]:
    return settle_all(look_at(facts, who, purpose, at, profile, action))


def differences(facts: Facts, profile: Profile, asked: Any) -> Iterator[str]:
    for who, purpose, at, action in asked:
        slow, fast = (way(facts, who, purpose, at, profile, action) for way in (plain, quick))
        for name in facts.items:
            if slow[name] != fast[name]:
                yield f"{who} {action} {name} for {purpose} at {at}\nplain    {slow[name]}\ncompiled {fast[name]}"


def everybody(facts: Facts, times: list[datetime]) -> Iterator[tuple[str, Purpose, datetime, Action]]:
    """Every user, at all these times, for purposes and actions in turn, so that each is met."""
    for number, who in enumerate(sorted(facts.users)):
        for turn, at in enumerate(times):
            purpose = list(Purpose)[(number + turn) % len(Purpose)]
            yield who, purpose, at, Action.VIEW
            yield who, purpose, at, ACTIONS[(number + turn) % len(ACTIONS)]


def of_scenario(said: Any) -> Iterator[str]:
    """Where the two differ on a scenario: at each of its questions, for everybody in each of its cases."""
    profile = scenarios._profile(said)
    found = world(said, profile)
    for facts in found.cases.values():
        asks = tables.tables(said, "ask")
        times = sorted({tables.time(one, "at", facts.case.zone) for one in asks})
        asked = [
            (tables.text(one, "who"), tables.enum(one, "purpose", Purpose), tables.time(one, "at", facts.case.zone),
             Action(tables.text(one, "action", "view")))
            for one in asks
        ]  # fmt: skip
        asked = [one for one in asked if one[3] is not Action.MEETING]
        yield from differences(facts, profile, [*asked, *everybody(facts, times)])


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_scenario_is_decided_alike(path: Path) -> None:
    for said in read(path.read_text(encoding="utf-8"), str(path)):
        assert next(of_scenario(said), None) is None, said["id"]


def test_of_what_the_files_ask_nearly_all_is_said_without_the_plain_evaluator() -> None:
    asked = quickly = 0
    for path in FILES:
        for said in read(path.read_text(encoding="utf-8"), str(path)):
            profile = scenarios._profile(said)
            for facts in world(said, profile).cases.values():
                case = case_of(facts, profile)
                look = look_at(facts, sorted(facts.users)[0], Purpose.PLAN, NOW, profile)
                asked += len(facts.items)
                quickly += len(case.settled(look, facts.items)) if case else 0
    assert quickly / asked > 0.8


@pytest.mark.parametrize("block", range(4))
def test_random_worlds_are_decided_alike(block: int) -> None:
    for seed in range(1000 + block * PER_BLOCK, 1000 + (block + 1) * PER_BLOCK):
        made = random_world(seed)
        asks = [{"expect": "conceal"} | typed(ask) for ask in made["ask"]]
        text = yaml.dump([typed(made) | {"ask": asks}], sort_keys=False, Dumper=_Plain)
        assert next(of_scenario(read(text, "world")[0]), None) is None, seed


@calm
@given(worlds(), st.sampled_from(ACTIONS), st.integers(-40, 40), st.data())
def test_every_world_is_decided_alike(facts: Facts, action: Action, days: int, data: st.DataObject) -> None:
    at, purpose = NOW + timedelta(days=days), data.draw(purposes)
    asked = [(who, purpose, at, action) for who in sorted(USERS)]
    assert next(differences(facts, BASELINE, asked), None) is None


@settings(calm, max_examples=150)
@given(worlds(), viewers, purposes, st.sampled_from(SPOILS), st.sampled_from(GARBAGE))
def test_what_cannot_be_read_is_refused_alike(
    facts: Facts, who: str, purpose: Purpose, spoil: tuple[str, str], garbage: Any
) -> None:
    wrong = spoilt(facts, *spoil, garbage)
    assert next(differences(wrong, BASELINE, [(who, purpose, NOW, Action.VIEW)]), None) is None


@calm
@given(worlds(), st.integers(-400, 400))
def test_the_next_turn_is_the_next_boundary(facts: Facts, days: int) -> None:
    at = NOW + timedelta(days=days)
    assert next_turn(facts, at, BASELINE) == next_boundary(facts, at, BASELINE)
