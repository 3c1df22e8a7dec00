"""Scenarios: a jurisdiction's lawyer writes who should get what, and this says whether they do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from mdt.sharing import tables
from mdt.sharing.decide import decide
from mdt.sharing.decision import Decision
from mdt.sharing.explain import told
from mdt.sharing.profile import Profile, load
from mdt.sharing.reading import Place, Table, Unreadable, read
from mdt.sharing.vocabulary import Action, Outcome, Purpose
from mdt.sharing.worlds import World, world

SCENARIO = (
    "id", "title", "profile", "set", "case", "cases", "orgs", "users", "items", "releases",
    "orders", "restrictions", "emergencies", "ask",
)  # fmt: skip
ASK = (
    "who", "item", "purpose", "at", "action", "present", "expect", "fields", "obliges", "code",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """One question and what came. `wrong` names what differs; empty, it is as expected."""

    scenario: str
    question: str
    place: Place
    decision: Decision | None
    wrong: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.wrong

    def line(self) -> str:
        """`ok`, or what came instead with the code and the explanation."""
        if self.ok:
            return f"ok      {self.scenario}: {self.question}"
        return f"FAILED  {self.scenario}: {self.question} ({self.place}): {'; '.join(self.wrong)}"


Standing = Mapping[str, Profile]
"""Profiles that stand in for the shipped ones of their names: a draft, or what a county signed."""


def run(path: str | Path, standing: Standing = MappingProxyType({})) -> Iterator[Result]:
    """Every question of a scenario file, answered. Unreadable with file and line."""
    yield from answers(Path(path).read_text(encoding="utf-8"), str(path), standing)


def answers(text: str, file: str, standing: Standing = MappingProxyType({})) -> Iterator[Result]:
    """Every question of the scenarios in this text, answered. Unreadable with this file's name and the line."""
    said = read(text, file)
    if not isinstance(said, list):
        raise Unreadable(Place(file, 1), "a scenario file is a list; begin with - id:")
    for one in said:
        if not isinstance(one, Table):
            raise Unreadable(Place(file, 1), "each scenario is a table; begin it with - id:")
        yield from scenario(one, standing)


def scenario(said: Table, standing: Standing = MappingProxyType({})) -> Iterator[Result]:
    """Every question of one scenario; what cannot be read fails it and says where."""
    name = str(said.get("id") or f"line {said.place.line}")
    try:
        tables.only(said, SCENARIO, "a scenario")
        profile = _profile(said, standing)
        found = world(said, profile)
        questions = tables.tables(said, "ask")
        if not questions:
            raise Unreadable(said.at("ask"), "a scenario asks something; add ask:")
    except Unreadable as wrong:
        yield Result(name, "cannot be read", wrong.place, None, (wrong.message,))
        return
    for question in questions:
        yield _answered(name, question, found, profile)


def _profile(said: Table, standing: Standing = MappingProxyType({})) -> Profile:
    name = tables.text(said, "profile", "us-baseline")
    return (standing.get(name) or load(name)).with_changes(tables.inner(said, "set"))


def _answered(name: str, said: Table, found: World, profile: Profile) -> Result:
    try:
        tables.only(said, ASK, "a question")
        asked, decision = _ask(said, found, profile)
        return Result(name, asked, said.place, decision, tuple(_differences(said, decision)))
    except Unreadable as wrong:
        return Result(name, "cannot be read", wrong.place, None, (wrong.message,))


def _ask(said: Table, found: World, profile: Profile) -> tuple[str, Decision]:
    who, item = tables.text(said, "who"), tables.text(said, "item")
    facts = found.of(item)
    action = Action(tables.choice(said, "action", [one.value for one in Action], Action.VIEW))
    purpose = tables.enum(said, "purpose", Purpose)
    at = tables.time(said, "at", facts.case.zone)
    decision = decide(
        facts, who, item, purpose, at,
        profile=profile, action=action, present=tables.texts(said, "present"),
    )  # fmt: skip
    doing = "" if action is Action.VIEW else f" {action}"
    return f"{who}{doing} {item} for {purpose} at {said['at']}", decision


def _differences(said: Table, got: Decision) -> Iterator[str]:
    expected = tables.word_of(tables.text(said, "expect"), Outcome, said.at("expect"))
    if got.outcome is not expected:
        yield f"expected {expected}, came {told(got)}"
    wanted = tables.maybe_texts(said, "fields")
    if wanted is not None and set(wanted) != set(got.fields):
        yield f"expected the fields {', '.join(wanted)}; came {', '.join(got.fields) or 'none'}"
    left_out = set(tables.texts(said, "obliges")) - got.duties
    if left_out:
        yield f"does not oblige {', '.join(sorted(left_out))}"
    if "code" in said and said["code"] != got.code:
        yield f"expected the code {said['code']}, came {got.code}"


def check(paths: Iterable[str | Path], write: Callable[[str], object]) -> int:
    """Run these files, one line a question through `write`; how many failed."""
    failed = 0
    for path in paths:
        try:
            for result in run(path):
                write(result.line())
                failed += not result.ok
        except (Unreadable, OSError, UnicodeDecodeError) as wrong:
            write(f"FAILED  {wrong}")
            failed += 1
    return failed
