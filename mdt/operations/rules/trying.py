"""Trying rules against scenarios: those that come with the application, and the county's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mdt.sharing import scenarios
from mdt.sharing.profile import Profile
from mdt.sharing.reading import Unreadable, read
from mdt.sharing.scenarios import Result

PACKAGE = Path(__file__).resolve().parents[2]
OWN = "the county's own"


@dataclass(frozen=True, slots=True)
class Answer:
    """One question of a scenario: ok, or what came instead; and whether it comes out otherwise than in force."""

    file: str
    scenario: str
    title: str
    question: str
    wrong: tuple[str, ...]
    differs: bool

    @property
    def ok(self) -> bool:
        return not self.wrong


@dataclass(frozen=True, slots=True)
class Trial:
    """Every answer of a trial, in the order of the files."""

    answers: tuple[Answer, ...]

    @property
    def failed(self) -> tuple[Answer, ...]:
        return tuple(one for one in self.answers if not one.ok)

    @property
    def differing(self) -> tuple[Answer, ...]:
        """What comes out otherwise than under the rules in force."""
        return tuple(one for one in self.answers if one.differs)

    def files(self) -> dict[str, list[Answer]]:
        found: dict[str, list[Answer]] = {}
        for one in self.answers:
            found.setdefault(one.file, []).append(one)
        return found


def tried(old: Profile, new: Profile, own: str = "") -> Trial:
    """These rules against every scenario, beside the rules in force."""
    return Trial(tuple(_beside(old, new, own)))


def files() -> list[Path]:
    """The scenarios that come with the application: beside it in a checkout, inside it in a wheel."""
    inside = PACKAGE / "scenarios"
    return sorted((inside if inside.is_dir() else PACKAGE.parent / "tests" / "scenarios").glob("*.yaml"))


def _beside(old: Profile, new: Profile, own: str) -> Iterator[Answer]:
    texts = [(path.stem, path.read_text(encoding="utf-8")) for path in files()] + ([(OWN, own)] if own.strip() else [])
    for name, text in texts:
        try:
            before = list(scenarios.answers(text, name, {old.name: old}))
            after = list(scenarios.answers(text, name, {new.name: new}))
        except Unreadable as wrong:
            yield Answer(name, name, "", "cannot be read", (str(wrong),), True)
            continue
        titles = {str(one.get("id")): str(one.get("title", "")) for one in read(text, name)}
        yield from (_answer(name, titles, one, other) for one, other in zip(before, after, strict=True))


def _answer(file: str, titles: dict[str, str], before: Result, after: Result) -> Answer:
    title, differs = titles.get(after.scenario, ""), _came(before) != _came(after)
    return Answer(file, after.scenario, title, after.question, after.wrong, differs)


def _came(result: Result) -> object:
    """What came, apart from the version that said it."""
    one = result.decision
    return (one.outcome, one.fields, one.duties, one.code) if one else result.wrong
