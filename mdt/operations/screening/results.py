"""What a screening comes to: a level of concern and what is next, by the jurisdiction's rule. Never a finding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mdt.operations.screening import terms
from mdt.operations.screening.answering import Sheet, Slot
from mdt.operations.screening.instrument import Kind, Value
from mdt.operations.screening.instruments import Version
from mdt.operations.screening.loading import words_of
from mdt.operations.screening.responses import plain
from mdt.sharing.screening import Level, Screenings

NO_FINDING = "A level of concern is a reason to look again. It is not a finding."
NO_RULE = "Your county has no rule for this instrument. Read what the instrument itself says, and talk it through."


@dataclass(frozen=True, slots=True)
class Result:
    """What it comes to. `told`: something was told, and the questions stopped."""

    level: Level | None
    score: Decimal | None
    steps: tuple[str, ...]
    told: bool

    @property
    def title(self) -> str:
        if self.told:
            return "Something was told"
        return self.level.title if self.level else "No level"

    @property
    def opens(self) -> str | None:
        return self.level.opens if self.level and not self.told else None


def of(sheet: Sheet, name: str, rules: Screenings) -> Result:
    """The level that these answers reach under these rules. Where something was told, what is done then comes first."""
    levels, score, told = rules.levels(name), sheet.score, sheet.told is not None
    reached = [one for one in levels if (score or 0) >= one.least or one.asked & sheet.yes]
    level = reached[-1] if reached else None
    steps = (*(rules.disclosed if told else ()), *(level.steps if level else ()), *rules.always)
    return Result(level, score, steps if levels or told else (*steps, NO_RULE), told)


def text(sheet: Sheet, version: Version, result: Result, *, on: date, remarks: tuple[str, ...] = ()) -> str:
    """The answers as the record says them: which instrument, what it came to, and every answer that was given."""
    instrument = version.instrument
    named = f"{instrument.title}, version {instrument.version or version.number}"
    how = "Filled in from what was noticed" if instrument.observed else "Asked"
    lines = [f"{named}. {how}, {on.isoformat()}.", f"{result.title}. {NO_FINDING}"]
    if result.score is not None:
        lines.append(f"Adds up to {plain(result.score)}.")
    lines += [*remarks, "", *_answered(sheet)]
    if result.steps:
        lines += ["", "Next:", *(f"- {one}" for one in result.steps)]
    return "\n".join(lines)


def _answered(sheet: Sheet) -> list[str]:
    lines: list[str] = []
    for slot in sheet.slots:
        said = answer_words(sheet, slot)
        if slot.question.kind is Kind.GROUP and slot.question.words:
            lines.append(f"{slot.question.words}:")
        elif said:
            number = f"{slot.question.prefix} " if slot.question.prefix else ""
            lines.append(f"{number}{slot.question.words}: {said}")
    return lines


def typed(sheet: Sheet) -> str:
    """What of the answers somebody wrote themselves, or a file brought. The rest are the instrument's words."""
    written = [value for slot in sheet.slots for value in sheet.values(slot) if not _is_chosen(slot, value)]
    return "\n".join(words_of(one) for one in written)


def _is_chosen(slot: Slot, value: Value) -> bool:
    return slot.question.kind is Kind.BOOLEAN or any(one.value == value for one in slot.question.options)


def answer_words(sheet: Sheet, slot: Slot) -> str:
    """What was answered there, in words; empty if nothing was."""
    reason = sheet.answers.absent.get(slot.key)
    if reason:
        return terms.ABSENCE_WORDS[reason]
    return ", ".join(_chosen(slot, dict(value)) for value in sheet.values(slot))


def _chosen(slot: Slot, value: dict[str, object]) -> str:
    option = next((one for one in slot.question.options if one.value == value), None)
    return option.words if option else words_of(value)


__all__ = ["NO_FINDING", "NO_RULE", "Result", "answer_words", "of", "text", "typed"]
