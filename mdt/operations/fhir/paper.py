"""A Consent while it is read: what is taken out was understood, and what is left over was not.

So nothing that a Consent says can be passed over in silence: every element that no reader took is a
place to be shown to a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from mdt.sharing.facts import Moment

DAY = re.compile(r"\d{4}-\d\d-\d\d")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class Place:
    """Something in a Consent that could not be said, or could be meant in two ways: where, and why."""

    path: str
    words: str


@dataclass(slots=True)
class Paper:
    """One object of a Consent; `places` is shared by all of them."""

    value: dict[str, Any]
    path: str = "Consent"
    places: list[Place] = field(default_factory=list)

    def note(self, name: str, words: str) -> None:
        """Write down that a person has to look here."""
        self.places.append(Place(f"{self.path}.{name}" if name else self.path, words))

    def take(self, name: str, kind: type = str) -> Any:
        """A plain value, taken out; None where there is none or it is of another kind."""
        found = self.value.get(name)
        if found is None or type(found) is not kind:
            return None
        return self.value.pop(name)

    def drop(self, *names: str) -> None:
        """Pass over what says nothing about who may be told what."""
        for name in names:
            self.value.pop(name, None)

    def part(self, name: str) -> Paper | None:
        """The object under this name; it stays, to be emptied."""
        found = self.value.get(name)
        return Paper(found, f"{self.path}.{name}", self.places) if isinstance(found, dict) else None

    def parts(self, name: str) -> list[Paper]:
        """The objects in the list under this name."""
        found = self.value.get(name)
        many = enumerate(found) if isinstance(found, list) else ()
        return [Paper(one, f"{self.path}.{name}[{n}]", self.places) for n, one in many if isinstance(one, dict)]

    def coding(self) -> tuple[str, str]:
        """This object as a Coding: its system and code; its display is words for people."""
        self.drop("display", "userSelected", "id")
        return self.take("system") or "", self.take("code") or ""

    def codings(self, name: str) -> list[tuple[Paper, tuple[str, str]]]:
        """The Codings in a list under this name."""
        return [(one, one.coding()) for one in self.parts(name)]

    def concept(self) -> list[tuple[Paper, tuple[str, str]]]:
        """This object as a CodeableConcept: its Codings. Text alone is no code, and is left."""
        if self.parts("coding"):
            self.drop("text")
        return self.codings("coding")

    def concepts(self, name: str) -> list[tuple[Paper, tuple[str, str]]]:
        return [found for one in self.parts(name) for found in one.concept()]

    def reference(self) -> tuple[str, str]:
        """This object as a Reference: the system and value of its identifier, else no system and its words."""
        self.drop("type", "id")
        display, link = self.take("display") or "", self.take("reference") or ""
        identifier = self.part("identifier")
        if identifier is None:
            return "", display or link
        identifier.drop("use", "id")
        system, value = identifier.take("system") or "", identifier.take("value") or ""
        return (system, value) if system and value and not link else ("", display or link or value)

    def moment(self, name: str) -> Moment | None:
        """A day or an instant, taken out; anything less exact is noted."""
        said = self.take(name)
        found = moment(said) if said is not None else None
        if said is not None and found is None:
            self.note(name, f"“{said[:40]}” is not one day, so it could be meant in two ways.")
        return found

    def left(self) -> Iterator[str]:
        """The paths of what nobody took."""
        yield from _leaves(self.value, self.path)


Found = list[tuple[Paper, tuple[str, str]]]
"""Codes, each with the object it stood in."""


def moment(said: str) -> Moment | None:
    """A whole day or an instant with its offset; None for a year, a month, or a day that is none."""
    try:
        if DAY.fullmatch(said):
            return date.fromisoformat(said)
        return datetime.fromisoformat(said) if INSTANT.fullmatch(said) else None
    except ValueError:
        return None


def _leaves(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _leaves(one, f"{path}.{name[:60]}")
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _leaves(one, f"{path}[{number}]")
    else:
        yield path


__all__ = ["Found", "Paper", "Place", "moment"]
