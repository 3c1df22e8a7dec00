"""A page of the questions of an instrument: what stands on it, what joins it as it is answered, and where the next one
begins. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile

from mdt.operations.screening.answering import TIMES_AT_MOST, Sheet, Slot, key_of
from mdt.operations.screening.instrument import Kind, Question

A_PAGE, A_TALK = 10, 4
"""Questions on one page; of a talk fewer, so that it stops soon after something is told."""


@dataclass(frozen=True, slots=True)
class Part:
    """A page of the questions: what stands on it, and where it begins."""

    slots: tuple[Slot, ...]
    start: str
    number: int
    of: int

    @property
    def asked(self) -> tuple[Slot, ...]:
        return tuple(slot for slot in self.slots if _asks(slot.question))


def part(sheet: Sheet, start: str | None) -> Part:
    """The page that begins with this question, or with the first; with the headings that stand over it."""
    asked, many = [slot.key for slot in sheet.asked], _many(sheet)
    first = asked.index(start) if start in asked else 0
    end = first + many
    slots = _laid(sheet, set(asked[first:end]), ends=end >= len(asked))
    number = -(-first // many) + 1
    return Part(slots, asked[first] if asked else "", number, number + _pages(len(asked) - end, many))


def grown(page: Part, before: Sheet, now: Sheet) -> Part:
    """This page, of a sheet as it was `before`, with the answers as they are `now`: from where it begins to where the
    next one began, what is asked now. So what an answer brings stands under it, and what stood on another page stays
    there."""
    mine = {slot.key for slot in page.asked}
    elsewhere = {slot.key for slot in before.asked} - mine
    asked = [slot.key for slot in now.asked]
    first = next((place for place, key in enumerate(asked) if key in mine), len(asked))
    here = set(takewhile(lambda key: key not in elsewhere, asked[first:]))
    left = len(asked) - first - len(here)
    return Part(_laid(now, here, ends=left <= 0), page.start, page.number, page.number + _pages(left, _many(now)))


def stood(sheet: Sheet, page: Part, keys: Iterable[str]) -> tuple[Slot, ...]:
    """The questions that stood on this page when it was sent, as it says itself (`keys`): also those that joined it as
    it was answered, and none of another page. Where it says nothing, as it was opened."""
    elsewhere = {slot.key for slot in sheet.asked} - {slot.key for slot in page.asked}
    found = {key: _slot(sheet, key) for key in keys if key not in elsewhere}
    return tuple(slot for slot in found.values() if slot) or page.asked


def then(sheet: Sheet, page: Part) -> str | None:
    """Where to go on after this page was answered: at what is asked now and was not before, else after it. None at the
    end."""
    asked, before = [slot.key for slot in sheet.asked], {slot.key for slot in page.asked}
    ends = max((place for place, key in enumerate(asked) if key in before), default=-1)
    new = next((key for key in asked[:ends] if key not in before and asked.index(key) > _first(asked, before)), None)
    return new or (asked[ends + 1] if ends + 1 < len(asked) else None)


def is_many(question: Question) -> bool:
    """Whether it is a group that can be there several times."""
    return question.kind is Kind.GROUP and question.repeats


def outer_of(slot: Slot) -> str:
    """By what key a repeated group is counted: without its own turn."""
    return ".".join(slot.key.split(".")[:-1])


def _many(sheet: Sheet) -> int:
    return A_PAGE if sheet.instrument.observed else A_TALK


def _pages(left: int, many: int) -> int:
    return max(0, -(-left // many))


def _asks(question: Question) -> bool:
    return question.is_asked and not question.hidden


def _slot(sheet: Sheet, key: str) -> Slot | None:
    """The place of a question that takes an answer, whether it is asked now or not; None if this is no such key."""
    numbers = [int(one) for one in key.split(".") if one.isdecimal() and len(one) < 6]
    if not numbers or key_of(numbers[0], numbers[1:]) != key or numbers[0] >= len(sheet.instrument.questions):
        return None
    question, turns = sheet.instrument.questions[numbers[0]], tuple(numbers[1:])
    fits = len(turns) == len(question.inside) and all(turn < TIMES_AT_MOST for turn in turns)
    return Slot(question, key, turns) if fits and _asks(question) else None


def _laid(sheet: Sheet, mine: Collection[str], *, ends: bool) -> tuple[Slot, ...]:
    """These questions with what is read before each; `ends`: and with what stands after the last."""
    shown: list[Slot] = []
    above: dict[int, Slot] = {}
    between: list[Slot] = []
    for slot in sheet.slots:
        if _asks(slot.question):
            if slot.key in mine:
                shown += [*_headings(between, slot, above), slot]
            between = []
        else:
            above[slot.question.number] = slot
            between.append(slot)
    shown += between if ends else []
    once = {slot.key: slot for slot in reversed(shown)}
    return tuple(slot for slot in shown if once.pop(slot.key, None))


def _headings(between: list[Slot], slot: Slot, above: Mapping[int, Slot]) -> list[Slot]:
    """What is shown before a question: what stands between it and the one before, and the group that it is of."""
    group = above.get(slot.question.above) if slot.question.above is not None else None
    return between if group is None or group in between else [*([group] if not between else []), *between]


def _first(asked: list[str], before: set[str]) -> int:
    return min((place for place, key in enumerate(asked) if key in before), default=0)


__all__ = ["Part", "grown", "is_many", "outer_of", "part", "stood", "then"]
