"""What was answered, as a FHIR QuestionnaireResponse (R4), and back.

It names nobody: no subject, no author. What comes in is read against the very instrument it says it answers. What is
worked out is worked out anew; where that differs from what came, it is said, and what was worked out here stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from mdt.operations.fhir.strict import Damaged, parsed, place_of
from mdt.operations.screening import terms
from mdt.operations.screening.answering import TIMES_AT_MOST, Answers, Sheet, Slot, key_of
from mdt.operations.screening.instrument import ELSEWHERE, VALUE_OF, Instrument, Kind, Question, Value
from mdt.operations.screening.loading import words_of

WHAT = "QuestionnaireResponse"
REASONS = {code: name for name, code in terms.ABSENCES.items()}


@dataclass(frozen=True, slots=True)
class Arrived:
    """A response that was read: its answers, and what is to be looked at, in words with the question."""

    answers: Answers
    remarks: tuple[str, ...]


def write(sheet: Sheet, *, at: datetime, finished: bool = True) -> dict[str, Any]:
    """The response. It validates as R4 wherever the answers do."""
    instrument = sheet.instrument
    canonical = f"{instrument.url}|{instrument.version}" if instrument.version else instrument.url
    said: dict[str, Any] = {"resourceType": WHAT}
    if instrument.url:
        said["questionnaire"] = canonical
    said |= {"status": "completed" if finished else "stopped", "authored": at.isoformat(timespec="seconds")}
    items = _written(sheet, None, ())
    return said | ({"item": items} if items else {})


def _written(sheet: Sheet, above: int | None, turns: tuple[int, ...]) -> list[dict[str, Any]]:
    depth = len(turns)
    here = [slot for slot in sheet.slots if slot.question.above == above and slot.turns[:depth] == turns]
    found = []
    for slot in here:
        if slot.question.kind is not Kind.DISPLAY and len(slot.turns) - len(slot.question.inside) in (0, 1):
            said = _item(sheet, slot)
            if said.keys() - {"linkId", "text"}:
                found.append(said)
    return found


def _item(sheet: Sheet, slot: Slot) -> dict[str, Any]:
    question = slot.question
    said: dict[str, Any] = {"linkId": question.link, "text": question.words}
    if question.kind is Kind.GROUP:
        return said | _held(sheet, slot)
    reason = sheet.answers.absent.get(slot.key)
    if reason:
        said["extension"] = [{"url": terms.ABSENT, "valueCode": terms.ABSENCES[reason]}]
    values = sheet.values(slot)
    if values:
        said["answer"] = [dict(one) for one in values]
        said["answer"][0] |= _held(sheet, slot)
    return said


def _held(sheet: Sheet, slot: Slot) -> dict[str, Any]:
    items = _written(sheet, slot.question.number, slot.turns)
    return {"item": items} if items else {}


def load(file: bytes, instrument: Instrument) -> Arrived:
    """The response in a file. Raises Damaged: what is wrong in words, and where."""
    said = parsed(file, WHAT)
    if not isinstance(said, dict) or said.get("resourceType") != WHAT:
        raise Damaged("This is not a FHIR QuestionnaireResponse. Ask for the response alone.", "resourceType")
    validate(said)
    return read(said, instrument)


def validate(said: Mapping[str, Any]) -> None:
    """Damaged if this is not of the shape that FHIR R4 declares. R4B left the QuestionnaireResponse as it was."""
    from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse  # loaded when first asked for

    try:
        QuestionnaireResponse.model_validate(said)
    except Exception as wrong:  # the models raise more than their own kind
        raise Damaged("This part is not as FHIR R4 wants it.", place_of(wrong, WHAT)) from None


def read(said: Mapping[str, Any], instrument: Instrument) -> Arrived:
    """What a valid response answers of this instrument."""
    _same_instrument(str(said.get("questionnaire") or ""), instrument)
    reader = _Reader(instrument)
    reader.walk(said.get("item") or (), None, (), WHAT)
    answers = Answers(given=reader.given, absent=reader.absent, times=reader.times)
    return Arrived(answers, (*reader.remarks, *_differs(Sheet(instrument, answers), reader.came)))


def _same_instrument(named: str, instrument: Instrument) -> None:
    url, _, version = named.partition("|")
    other = url and instrument.url and url.rpartition("/")[2] != instrument.url.rpartition("/")[2]
    if other or (version and version != instrument.version):
        raise Damaged("It answers another instrument, or another version of it.", f"{WHAT}.questionnaire")


class _Reader:
    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self.given: dict[str, tuple[Value, ...]] = {}
        self.absent: dict[str, str] = {}
        self.times: dict[str, int] = {}
        self.came: dict[str, tuple[Value, ...]] = {}
        self.remarks: list[str] = []

    def walk(self, items: Sequence[Mapping[str, Any]], above: int | None, turns: tuple[int, ...], path: str) -> None:
        seen: dict[int, int] = {}
        for place, said in enumerate(items):
            here = f"{path}.item[{place}]"
            question = self._question(said, above, here)
            turn = seen.get(question.number, 0)
            seen[question.number] = turn + 1
            self._one(said, question, turns, turn, here)

    def _question(self, said: Mapping[str, Any], above: int | None, here: str) -> Question:
        question = self.instrument.by_link.get(said.get("linkId") or "")
        if question is None or question.above != above:
            raise Damaged("The instrument has no such question here.", f"{here}.linkId")
        return question

    def _one(self, said: Mapping[str, Any], question: Question, turns: tuple[int, ...], turn: int, here: str) -> None:
        many = question.kind is Kind.GROUP and question.repeats
        if turn and not many:
            raise Damaged("This stands here twice, and can be answered once.", here)
        if many:
            if turn >= TIMES_AT_MOST:
                raise Damaged(f"This group is there more than {TIMES_AT_MOST} times.", here)
            self.times[key_of(question.number, turns)] = turn + 1
            turns = (*turns, turn)
        answers = said.get("answer") or ()
        if question.kind in (Kind.GROUP, Kind.DISPLAY) and answers:
            raise Damaged("This takes no answer.", f"{here}.answer")
        if len(answers) > 1 and not question.repeats:
            raise Damaged("This can be answered once.", f"{here}.answer[1]")
        if question.kind is Kind.GROUP:
            self.walk(said.get("item") or (), question.number, turns, here)
            return
        self._answers(said, question, key_of(question.number, turns), here)
        for place, one in enumerate(answers):
            if one.get("item"):
                if place:
                    raise Damaged("More is asked about one answer only here.", f"{here}.answer[{place}].item")
                self.walk(one["item"], question.number, turns, f"{here}.answer[{place}]")

    def _answers(self, said: Mapping[str, Any], question: Question, key: str, here: str) -> None:
        values = tuple(
            self._value(one, question, f"{here}.answer[{place}]") for place, one in enumerate(said.get("answer") or ())
        )
        if question.sums:
            self.came[key] = values
        elif values:
            self.given[key] = values
        for one in said.get("extension") or ():
            if one.get("url") == terms.ABSENT and one.get("valueCode") in REASONS and not values:
                self.absent[key] = REASONS[one["valueCode"]]

    def _value(self, said: Mapping[str, Any], question: Question, here: str) -> Value:
        given = {name: one for name, one in said.items() if name.startswith("value") and one is not None}
        if len(given) != 1:
            raise Damaged("There is no one answer here.", here)
        ((name, value),) = given.items()
        allowed = {VALUE_OF[question.kind], *(next(iter(one.value)) for one in question.options)}
        if question.kind in (Kind.OPEN_CHOICE, Kind.CHOICE):
            free = question.kind is Kind.OPEN_CHOICE or question.in_words
            allowed |= {"valueString", "valueCoding"} if free else set()
        if question.kind in ELSEWHERE or name not in allowed:
            raise Damaged("This is another type of answer than the question has.", f"{here}.{name}")
        return self._known({name: value}, question)

    def _known(self, value: Value, question: Question) -> Value:
        """As the instrument has this choice; a choice it does not have stays, and is remarked."""
        coding = value.get("valueCoding")
        if coding is None:
            return value
        self._counted(coding, question)
        mine = (coding.get("system"), coding.get("code"))
        for option in question.options:
            known = option.value.get("valueCoding", {})
            if mine == (known.get("system"), known.get("code")):
                return option.value
        if question.options:
            self.remarks.append(f"{_called(question)}: the answer is none of the choices.")
        return {"valueCoding": {name: coding[name] for name in ("system", "code", "display") if coding.get(name)}}

    def _counted(self, coding: Mapping[str, Any], question: Question) -> None:
        """Where the answer says itself what it counts, and the instrument says otherwise."""
        came = [one.get("valueDecimal") for one in coding.get("extension") or () if one.get("url") in terms.SCORES]
        counts = next((one.counts for one in question.options
                       if one.value.get("valueCoding", {}).get("code") == coding.get("code")), None)  # fmt: skip
        if came and came[0] is not None and (counts is None or Decimal(str(came[0])) != counts):
            says = "does not count it" if counts is None else f"counts it as {plain(counts)}"
            self.remarks.append(f"{_called(question)}: it came counted as {came[0]}; the instrument {says}.")


def _differs(sheet: Sheet, came: Mapping[str, tuple[Value, ...]]) -> Iterator[str]:
    """Where a total that came is not the one that is worked out here."""
    for slot in sheet.slots:
        if slot.question.sums and slot.key in came:
            total, written = sheet.total(slot), came[slot.key]
            theirs = [words_of(one) for one in written]
            same = any(_number(one) == total for one in written)
            if written and not same:
                ours = "nothing" if total is None else plain(total)
                yield f"{_called(slot.question)}: it came as {', '.join(theirs)}; the answers add up to {ours}."


def _number(value: Value) -> Decimal | None:
    found = value.get("valueInteger", value.get("valueDecimal", (value.get("valueQuantity") or {}).get("value")))
    return None if found is None else Decimal(str(found))


def _called(question: Question) -> str:
    return f"“{question.words[:80]}”"


def plain(number: Decimal) -> str:
    """A number as people write it."""
    return f"{number.normalize():f}" if number != number.to_integral_value() else str(int(number))


__all__ = ["Arrived", "load", "plain", "read", "validate", "write"]
