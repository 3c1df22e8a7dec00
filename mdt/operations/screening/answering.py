"""What is asked of what was answered: who is asked next, what is left, and what it adds up to.

Answers are by key: the number of a question, and for each group that is repeated and holds it, which time. All of it
is worked out anew from the answers, and nothing is remembered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from mdt.operations.screening.instrument import Instrument, Kind, Question, Value

TIMES_AT_MOST = 20


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What was answered so far: values by key, or why there is none; and how often each repeated group is there."""

    given: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    times: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> Answers:
        """As they were kept."""
        kept = kept or {}
        given = {key: tuple(values) for key, values in kept.get("given", {}).items() if values}
        return cls(given=given, absent=dict(kept.get("absent", {})), times=dict(kept.get("times", {})))

    def kept(self) -> dict[str, Any]:
        """As they are kept."""
        given = {key: list(values) for key, values in self.given.items()}
        return {"given": given, "absent": dict(self.absent), "times": dict(self.times)}


@dataclass(frozen=True, slots=True)
class Slot:
    """One item where it stands: which question, and which time of each repeated group around it."""

    question: Question
    key: str
    turns: tuple[int, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """An instrument and what was answered: everything else follows."""

    instrument: Instrument
    answers: Answers

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """What is there to be seen, in order: groups, texts and questions that are asked now."""
        return tuple(self._slots(None, ()))

    @property
    def asked(self) -> tuple[Slot, ...]:
        """The questions that are asked of a person now."""
        return tuple(slot for slot in self.slots if slot.question.is_asked and not slot.question.hidden)

    @property
    def left(self) -> tuple[Slot, ...]:
        """The questions that have to be answered and are not: neither with an answer nor with why there is none."""
        return tuple(slot for slot in self.asked if slot.question.required and not self.is_answered(slot.key))

    @property
    def told(self) -> Slot | None:
        """The first question with whose answer something has been told."""
        return next((slot for slot in self.asked if self._tells(slot)), None)

    @property
    def standing(self) -> Answers:
        """The answers to what is asked. What is not asked, or not any more, has none, and nothing of it is kept."""
        keys = {slot.key for slot in self.slots}
        given = {key: values for key, values in self.answers.given.items() if key in keys}
        absent = {key: why for key, why in self.answers.absent.items() if key in keys}
        return Answers(given=given, absent=absent, times=self.answers.times)

    def is_answered(self, key: str) -> bool:
        return bool(self.answers.given.get(key)) or key in self.answers.absent

    def values(self, slot: Slot) -> tuple[Value, ...]:
        """What stands there; of what is added up, the sum."""
        if slot.question.sums:
            total = self.total(slot)
            return () if total is None else (_number(slot.question, total),)
        return self.answers.given.get(slot.key, ())

    def total(self, slot: Slot) -> Decimal | None:
        """What this item adds up to; None while nothing of it was answered."""
        found = [part for one in slot.question.sums for part in self._parts(one.questions, one.scores)]
        return sum(found, Decimal()) if found else None

    @property
    def score(self) -> Decimal | None:
        """The score of the whole: the last item that adds up, else what all the answers count. None if none counts."""
        totals = [self.total(slot) for slot in self.slots if slot.question.sums]
        if totals:
            return totals[-1]
        found = self._parts(None, True)
        return sum(found, Decimal()) if found else None

    @property
    def yes(self) -> frozenset[str]:
        """The links of the questions whose answer counts something, or is yes."""
        return frozenset(slot.question.link for slot in self.asked if self._says_yes(slot))

    def _says_yes(self, slot: Slot) -> bool:
        values = self.values(slot)
        return {"valueBoolean": True} in values or any(one > 0 for one in _counted(slot.question, values))

    def _parts(self, numbers: tuple[int, ...] | None, scores: bool) -> list[Decimal]:
        """What is added up: of the questions that are asked, wherever they stand. It asks not for the whole sheet,
        since what stands there may wait for a sum."""
        asked = [one for one in self.instrument if one.is_asked and (numbers is None or one.number in numbers)]
        places = [(one, turns) for one in asked for turns in self._turns(one.inside, ()) if self._reached(one, turns)]
        read = _counted if scores else _numbers
        given = self.answers.given
        return [part for one, turns in places for part in read(one, given.get(key_of(one.number, turns), ()))]

    def _tells(self, slot: Slot) -> bool:
        chosen = self.answers.given.get(slot.key, ())
        return any(option.discloses for option in slot.question.options if option.value in chosen)

    def _slots(self, above: int | None, turns: tuple[int, ...]) -> Iterator[Slot]:
        for question in self.instrument.under.get(above, ()):
            if self.is_enabled(question, turns):
                yield from self._with_what_it_holds(question, turns)

    def _with_what_it_holds(self, question: Question, turns: tuple[int, ...]) -> Iterator[Slot]:
        key = key_of(question.number, turns)
        many = question.kind is Kind.GROUP and question.repeats
        for turn in range(self.times(key) if many else 1):
            inner = (*turns, turn) if many else turns
            yield Slot(question, key_of(question.number, inner), inner)
            if question.kind is Kind.GROUP or self.values(Slot(question, key, turns)):
                yield from self._slots(question.number, inner)

    def times(self, key: str) -> int:
        """How often a repeated group is there: once at least."""
        return min(max(self.answers.times.get(key, 1), 1), TIMES_AT_MOST)

    def is_enabled(self, question: Question, turns: tuple[int, ...]) -> bool:
        """Whether this is asked, where it stands. What holds it was asked before."""
        if not question.conditions:
            return True
        holds = (self._holds(one.question, one.operator, one.answer, question, turns) for one in question.conditions)
        return any(holds) if question.any_of else all(holds)

    def _holds(self, number: int, operator: str, wanted: Value, asker: Question, turns: tuple[int, ...]) -> bool:
        values = [value for slot in self._seen_from(number, asker, turns) for value in self.values(slot)]
        if operator == "exists":
            return bool(values) is wanted["valueBoolean"]
        return any(compare(value, operator, wanted) for value in values)

    def _seen_from(self, number: int, asker: Question, turns: tuple[int, ...]) -> Iterator[Slot]:
        """The places of a question that one of these waits for: in the groups they share, the same time; else any.
        A question that is not asked itself has no answer."""
        asked = self.instrument.questions[number]
        shared = 0
        for mine, theirs in zip(asker.inside, asked.inside, strict=False):
            if mine != theirs:
                break
            shared += 1
        for there in self._turns(asked.inside, turns[:shared]):
            if self._reached(asked, there):
                yield Slot(asked, key_of(number, there), there)

    def _turns(self, groups: Sequence[int], known: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if len(known) == len(groups):
            yield known
            return
        for turn in range(self.times(key_of(groups[len(known)], known))):
            yield from self._turns(groups, (*known, turn))

    @cached_property
    def _known(self) -> dict[tuple[int, tuple[int, ...]], bool]:
        return {}

    def _reached(self, question: Question, turns: tuple[int, ...]) -> bool:
        """Whether a question is asked: it, and everything that holds it. Worked out once for each place."""
        place = question.number, turns
        if place not in self._known:
            self._known[place] = self._is_reached(question, turns)
        return self._known[place]

    def _is_reached(self, question: Question, turns: tuple[int, ...]) -> bool:
        above = None if question.above is None else self.instrument.questions[question.above]
        if above is not None:
            around = turns[: len(above.inside)]
            if not self._reached(above, around):
                return False
            if above.kind is not Kind.GROUP and not self.values(Slot(above, key_of(above.number, around), around)):
                return False
        return self.is_enabled(question, turns[: len(question.inside)])


def key_of(number: int, turns: Sequence[int]) -> str:
    """By what an answer is known: `12`, or `12.0.1` in repeated groups."""
    return ".".join(str(one) for one in (number, *turns))


def compare(value: Value, operator: str, wanted: Value) -> bool:
    """Whether an answer compares so with another. What cannot be compared does not."""
    if operator == "=":
        return _same(value, wanted)
    if operator == "!=":
        return not _same(value, wanted)
    pair = _in_order(value, wanted)
    if pair is None:
        return False
    mine, other = pair
    return bool({">": mine > other, "<": mine < other, ">=": mine >= other, "<=": mine <= other}[operator])


def _same(value: Value, wanted: Value) -> bool:
    if "valueCoding" in value and "valueCoding" in wanted:
        mine, other = value["valueCoding"], wanted["valueCoding"]
        return (mine.get("system"), mine.get("code")) == (other.get("system"), other.get("code"))
    pair = _in_order(value, wanted)
    return value == wanted if pair is None else bool(pair[0] == pair[1])


def _in_order(value: Value, wanted: Value) -> tuple[Any, Any] | None:
    (name, mine), (other_name, other) = next(iter(value.items())), next(iter(wanted.items()))
    numbers = ("valueInteger", "valueDecimal")
    if name in numbers and other_name in numbers:
        return Decimal(str(mine)), Decimal(str(other))
    if name != other_name:
        return None
    if name == "valueQuantity":
        units = [(one.get("system"), one.get("code") or one.get("unit")) for one in (mine, other)]
        alike = units[0] == units[1] and None not in (mine.get("value"), other.get("value"))
        return (Decimal(str(mine["value"])), Decimal(str(other["value"]))) if alike else None
    if name == "valueDateTime":
        return _moments(str(mine), str(other))
    if name in ("valueDate", "valueTime"):
        return (mine, other) if len(str(mine)) == len(str(other)) else None
    return (mine, other) if name in ("valueString", "valueUri") else None


def _moments(mine: str, other: str) -> tuple[Any, Any] | None:
    """Two times that can be compared: both days, or both with the clock and where it goes."""
    try:
        if len(mine) == len(other) == 10:
            return date.fromisoformat(mine), date.fromisoformat(other)
        pair = datetime.fromisoformat(mine), datetime.fromisoformat(other)
    except ValueError:
        return (mine, other) if len(mine) == len(other) else None
    return pair if pair[0].tzinfo and pair[1].tzinfo and len(mine) > 10 and len(other) > 10 else None


def _counted(question: Question, values: Sequence[Value]) -> list[Decimal]:
    return [one.counts for one in question.options if one.counts is not None and one.value in values]


def _numbers(question: Question, values: Sequence[Value]) -> list[Decimal]:
    found = [value.get("valueInteger", value.get("valueDecimal")) for value in values]
    return [Decimal(str(one)) for one in found if one is not None]


def _number(question: Question, total: Decimal) -> Value:
    if question.kind is Kind.INTEGER and total == total.to_integral_value():
        return {"valueInteger": int(total)}
    plain = int(total) if total == total.to_integral_value() else float(total)
    return {"valueQuantity": {"value": plain}} if question.kind is Kind.QUANTITY else {"valueDecimal": plain}


__all__ = ["TIMES_AT_MOST", "Answers", "Sheet", "Slot", "compare", "key_of"]
