"""An instrument: what is asked, in which order, when, and what each answer counts.

It is made of a FHIR Questionnaire by `loading.load`, and never changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

Value = Mapping[str, Any]
"""One answer as FHIR writes it: `{"valueBoolean": true}`. Of a Coding only system, code and display are kept."""


class Kind(StrEnum):
    """What kind of item it is, in FHIR's own words."""

    GROUP = "group"
    DISPLAY = "display"
    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE = "date"
    DATETIME = "dateTime"
    TIME = "time"
    STRING = "string"
    TEXT = "text"
    URL = "url"
    CHOICE = "choice"
    OPEN_CHOICE = "open-choice"
    ATTACHMENT = "attachment"
    REFERENCE = "reference"
    QUANTITY = "quantity"


VALUE_OF = {
    Kind.BOOLEAN: "valueBoolean", Kind.DECIMAL: "valueDecimal", Kind.INTEGER: "valueInteger", Kind.DATE: "valueDate",
    Kind.DATETIME: "valueDateTime", Kind.TIME: "valueTime", Kind.STRING: "valueString", Kind.TEXT: "valueString",
    Kind.URL: "valueUri", Kind.CHOICE: "valueCoding", Kind.OPEN_CHOICE: "valueCoding",
    Kind.ATTACHMENT: "valueAttachment", Kind.REFERENCE: "valueReference", Kind.QUANTITY: "valueQuantity",
}  # fmt: skip
ELSEWHERE = (Kind.ATTACHMENT, Kind.REFERENCE)
"""What cannot be answered on a page here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer that can be chosen: what is written, what it says, what it counts, and whether something is told
    with it."""

    value: Value
    words: str
    counts: Decimal | None = None
    discloses: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """When a question is asked: this question, compared with this answer."""

    question: int
    operator: str
    answer: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """What is worked out by adding up: what the answers to these questions count, or the numbers they give. No
    questions: all of them."""

    questions: tuple[int, ...] | None
    scores: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One item. `number` is its place among all of them, `inside` the groups that are repeated and hold it, the
    outermost first; `above` is the item that holds it."""

    number: int
    link: str
    kind: Kind
    words: str
    prefix: str = ""
    above: int | None = None
    inside: tuple[int, ...] = ()
    depth: int = 0
    required: bool = False
    repeats: bool = False
    longest: int | None = None
    options: tuple[Option, ...] = ()
    conditions: tuple[Condition, ...] = ()
    any_of: bool = False
    hidden: bool = False
    aloud: bool = True
    sums: tuple[Sum, ...] = ()
    by_hand: bool = False
    initial: tuple[Value, ...] = ()

    @property
    def is_asked(self) -> bool:
        """Whether it takes an answer from a person."""
        return self.kind not in (Kind.GROUP, Kind.DISPLAY) and not self.sums

    @property
    def in_words(self) -> bool:
        """Whether it is a choice without choices that are known here, and so answered in words."""
        return self.kind in (Kind.CHOICE, Kind.OPEN_CHOICE) and not self.options


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """A whole instrument. `left_to_people`: what of it is not worked out here, in words, each with its place."""

    url: str
    name: str
    title: str
    version: str
    questions: tuple[Question, ...]
    observed: bool = False
    credit: str = ""
    about: str = ""
    left_to_people: tuple[str, ...] = ()
    file: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def __iter__(self) -> Iterator[Question]:
        return iter(self.questions)

    @cached_property
    def by_link(self) -> Mapping[str, Question]:
        return {one.link: one for one in self.questions}

    @cached_property
    def under(self) -> Mapping[int | None, tuple[Question, ...]]:
        """The items that each item holds, in order; under None the outermost."""
        found: dict[int | None, list[Question]] = {}
        for one in self.questions:
            found.setdefault(one.above, []).append(one)
        return {above: tuple(held) for above, held in found.items()}

    @property
    def follows(self) -> bool:
        """Whether what is asked next, or whether anything is, follows from an answer."""
        return any(one.conditions or any(option.discloses for option in one.options) for one in self)

    @property
    def is_scored(self) -> bool:
        return any(option.counts is not None for one in self for option in one.options)


__all__ = ["ELSEWHERE", "VALUE_OF", "Condition", "Instrument", "Kind", "Option", "Question", "Sum", "Value"]
