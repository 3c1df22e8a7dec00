"""Forms of screening. The questions of an instrument are no fixed form: they are drawn and read slot by slot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import MultiDict
from wtforms import DateField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from mdt.operations.fhir.strict import LARGEST
from mdt.operations.screening import identifying, noting
from mdt.operations.screening.answering import TIMES_AT_MOST, Answers, Sheet, Slot
from mdt.operations.screening.carrying import LONGEST
from mdt.operations.screening.instrument import ELSEWHERE, Kind, Question, Value
from mdt.operations.screening.loading import words_of
from mdt.operations.screening.terms import ABSENCE_WORDS, ABSENCES
from mdt.web.forms import Form, text_of
from mdt.web.hours import Hour, moment
from mdt.web.meetings import Written
from mdt.web.questions import Part, grown, is_many, outer_of, stood

OTHER = "other"
LINES = (Kind.STRING, Kind.TEXT, Kind.URL, Kind.INTEGER, Kind.DECIMAL, Kind.DATE, Kind.TIME)
"""What can be written one on each line, where a question takes several answers."""
FIELDS = ("a-", "n-", "w-", "u-")
"""How the fields of a question begin: its answer, why there is none, an answer of one's own, a unit."""
INPUTS = {Kind.DATE: "date", Kind.TIME: "time", Kind.DATETIME: "datetime-local", Kind.URL: "url"}


class SentForm(Written):
    """What files a record: sent twice it counts once, and it may say why it is late."""

    reason = TextAreaField("Why is it late?", [Optional(), Length(max=LONGEST)])


class AsideForm(Form):
    reason = TextAreaField("Why is it not done?", [InputRequired("Say why it is not done."), Length(max=LONGEST)])


class NoticedForm(Written):
    """What was noticed, informally."""

    on = DateField("On which day?", [InputRequired("Say on which day.")])
    who = StringField("Who noticed it?", [InputRequired("Say who noticed it."), Length(max=120)])
    signs = SelectMultipleField("From the guide’s lists", [Optional()], validate_choice=False)
    text = TextAreaField("What was seen or heard", [Optional(), Length(max=LONGEST)])

    @property
    def said(self) -> noting.Noticed:
        assert self.on.data
        return noting.Noticed(
            signs=self.signs.data or (), words=text_of(self.text), on=self.on.data, who=text_of(self.who)
        )


class IdentifyForm(Written):
    """That somebody was identified."""

    kind = RadioField("Which kind?", [InputRequired("Choose which kind.")], choices=identifying.KINDS)
    why = TextAreaField("Why do you decide this?", [InputRequired("Say why."), Length(max=LONGEST)])
    text = TextAreaField("What is needed to be safe, tonight and this week?", [Optional(), Length(max=LONGEST)])

    @property
    def said(self) -> identifying.Decided:
        return identifying.Decided(kind=str(self.kind.data), why=text_of(self.why), safety=text_of(self.text))


class ToldForm(Form):
    """That law enforcement was told."""

    on = DateField("On which day were they told?", [InputRequired("Say on which day.")])
    at = Hour("At what time?", [InputRequired("Say at what time.")])
    whom = RadioField("Who was told?", [InputRequired("Choose who was told.")], validate_choice=False)
    reference = StringField(
        "The number or name they gave you", [InputRequired("Write down what they gave you."), Length(max=200)]
    )
    reason = TextAreaField("If it was late: why?", [Optional(), Length(max=LONGEST)])

    def over(self, officers: Mapping[str, str]) -> ToldForm:
        self.whom.choices = {**officers, OTHER: "Somebody else at law enforcement"}
        return self

    def said(self, zone: ZoneInfo, decided_at: datetime) -> identifying.Told:
        return identifying.Told(
            at=moment(self.on, self.at, zone, since=decided_at), whom=self.whom.data, reference=text_of(self.reference),
            why=text_of(self.reason),
        )  # fmt: skip


class FileForm(Form):
    """A file of FHIR."""

    instrument = FileField("The file", [FileRequired("Choose the file first.")])

    @property
    def file(self) -> bytes:
        """The file, and one byte more than is taken in, so that a larger one is known for it."""
        assert self.instrument.data is not None
        return bytes(self.instrument.data.stream.read(LARGEST + 1))


class Reading:
    """What was sent for the questions of a page; what could not be read, in words, by key. `keys`: which questions it
    was sent for, if it says so.

    `shown` is the page as it was sent, `page` as it stands with these answers: what they bring is on it, and what they
    make pointless is not.
    """

    def __init__(
        self, sheet: Sheet, page: Part, sent: MultiDict[str, str], zone: ZoneInfo, keys: Iterable[str] = ()
    ) -> None:  # fmt: skip
        self.sent, self.zone = sent, zone
        problems: dict[str, str] = {}
        given, absent = dict(sheet.answers.given), dict(sheet.answers.absent)
        times = dict(sheet.answers.times)
        self.shown = replace(page, slots=stood(sheet, page, keys))
        for slot in self.shown.slots:
            given.pop(slot.key, None)
            absent.pop(slot.key, None)
            self._one(slot, given, absent, problems)
        self._turns(sheet, times)
        self.answers = Answers(given=given, absent=absent, times=times)
        self.sheet = Sheet(sheet.instrument, self.answers)
        self.page = grown(page, sheet, self.sheet)
        self.problems = {slot.key: problems[slot.key] for slot in self.page.asked if slot.key in problems}

    def _one(
        self, slot: Slot, given: dict[str, tuple[Value, ...]], absent: dict[str, str], problems: dict[str, str]
    ) -> None:  # fmt: skip
        try:
            values = tuple(self._values(slot.question, slot.key))
        except (ValueError, InvalidOperation) as wrong:
            problems[slot.key] = str(wrong) if type(wrong) is ValueError else "This cannot be read. Look again."
            return
        reason = self.sent.get(f"n-{slot.key}", "")
        if values:
            given[slot.key] = values
        elif reason in ABSENCES:
            absent[slot.key] = reason

    def _turns(self, sheet: Sheet, times: dict[str, int]) -> None:
        """One more of a group that is repeated, or one less."""
        for name, step in (("more", 1), ("less", -1)):
            key = self.sent.get(name, "")
            if key in {outer_of(slot) for slot in sheet.slots if is_many(slot.question)}:
                times[key] = min(max(sheet.times(key) + step, 1), TIMES_AT_MOST)

    def _values(self, question: Question, key: str) -> list[Value]:
        words = [one.strip() for one in self.sent.getlist(f"a-{key}") if one.strip()]
        if question.kind in ELSEWHERE:
            return []
        if question.options:
            return self._chosen(question, key, words)
        if question.repeats and question.kind in LINES:
            words = [one.strip() for entry in words for one in entry.splitlines() if one.strip()]
        found = [self._value(question, key, one) for one in words]
        return found if question.repeats else found[:1]

    def _chosen(self, question: Question, key: str, words: list[str]) -> list[Value]:
        numbers = [int(one) for one in words if one.isdecimal()]
        found = [question.options[one].value for one in numbers if one < len(question.options)]
        own = self.sent.get(f"w-{key}", "").strip()
        if question.kind is Kind.OPEN_CHOICE and own:
            found.append({"valueString": _within(question, own)})
        if not question.repeats and len(found) > 1:
            raise ValueError("Choose one, or write your own, not both.")
        return found

    def _value(self, question: Question, key: str, words: str) -> Value:
        words = _within(question, words)
        match question.kind:
            case Kind.BOOLEAN:
                return {"valueBoolean": words == "yes"}
            case Kind.INTEGER:
                return {"valueInteger": _integer(words)}
            case Kind.DECIMAL:
                return {"valueDecimal": _decimal(words)}
            case Kind.QUANTITY:
                unit = self.sent.get(f"u-{key}", "").strip()[:60]
                return {"valueQuantity": {"value": _decimal(words)} | ({"unit": unit} if unit else {})}
            case Kind.DATE:
                return {"valueDate": date.fromisoformat(words).isoformat()}
            case Kind.TIME:
                return {"valueTime": datetime.strptime(words[:5], "%H:%M").strftime("%H:%M:00")}
            case Kind.DATETIME:
                return {"valueDateTime": _moment(words, self.zone)}
            case Kind.URL:
                return {"valueUri": words}
            case Kind.CHOICE | Kind.OPEN_CHOICE:
                return {"valueCoding": {"display": words}}
        return {"valueString": words}


def _within(question: Question, words: str) -> str:
    longest = min(question.longest or LONGEST, LONGEST)
    if len(words) > longest:
        raise ValueError(f"At most {longest} characters.")
    return words


def _integer(words: str) -> int:
    try:
        found = int(words)
    except ValueError:
        raise ValueError("Write a whole number.") from None
    if abs(found) >= 2**31:
        raise ValueError("That number is too large.")
    return found


def _decimal(words: str) -> float | int:
    try:
        found = Decimal(words.replace(",", "."))
    except InvalidOperation:
        raise ValueError("Write a number.") from None
    if not found.is_finite() or abs(found) >= 10**12:
        raise ValueError("That number is too large.")
    return int(found) if found == found.to_integral_value() else float(found)


def _moment(words: str, zone: ZoneInfo) -> str:
    found = datetime.fromisoformat(words)
    return (found if found.tzinfo else found.replace(tzinfo=zone)).isoformat(timespec="seconds")


def typed_for(left: MultiDict[str, str]) -> list[str]:
    """The keys of the questions that these fields are of."""
    return [name[2:] for name in left if name[:2] in FIELDS]


def drawn(sheet: Sheet, slot: Slot, left: MultiDict[str, str] | None) -> dict[str, Any]:
    """How a question is drawn: with what stands there, or with what its writer left unsent."""
    question, key = slot.question, slot.key
    values = sheet.values(slot)
    ticked = [str(n) for n, one in enumerate(question.options) if one.value in values]
    own = [words_of(one) for one in values if not any(one == known.value for known in question.options)]
    said = {"ticked": ticked, "words": "\n".join(own), "absent": sheet.answers.absent.get(key, ""), "unit": ""}
    if question.kind is Kind.BOOLEAN and values:
        said["ticked"] = ["yes" if values[0].get("valueBoolean") else "no"]
    if question.kind is Kind.QUANTITY and values:
        held = values[0]["valueQuantity"]
        said |= {"words": str(held.get("value", "")), "unit": held.get("unit") or held.get("code") or ""}
    if question.kind is Kind.DATETIME:
        said["words"] = str(said["words"])[:16]
    if question.kind is Kind.TIME:
        said["words"] = str(said["words"])[:5]
    return said | _left(key, question, left)


def _left(key: str, question: Question, left: MultiDict[str, str] | None) -> dict[str, Any]:
    if left is None or not any(name in left for name in (f"a-{key}", f"n-{key}", f"w-{key}")):
        return {}
    sent = left.getlist(f"a-{key}")
    chosen = bool(question.options) or question.kind is Kind.BOOLEAN
    words = left.get(f"w-{key}", "") if chosen else "\n".join(sent)
    return {"ticked": sent if chosen else [], "words": words, "absent": left.get(f"n-{key}", ""),
            "unit": left.get(f"u-{key}", "")}  # fmt: skip


__all__ = [
    "ABSENCE_WORDS", "INPUTS", "AsideForm", "FileForm", "IdentifyForm", "NoticedForm", "Reading", "SentForm",
    "ToldForm", "drawn", "typed_for",
]  # fmt: skip
