"""Taking in a FHIR Questionnaire (R4): strict in its shape, and in what it means.

What cannot be understood without guessing is refused with its place, as a path. What is understood and not worked out
here (an expression, a list of choices that lies elsewhere) is left to people, and said so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from mdt.operations.fhir.strict import Damaged, parsed, place_of
from mdt.operations.screening import terms
from mdt.operations.screening.instrument import (
    ELSEWHERE,
    VALUE_OF,
    Condition,
    Instrument,
    Kind,
    Option,
    Question,
    Sum,
    Value,
)
from mdt.operations.screening.sums import sums_of
from mdt.sharing.screening import LONGEST_NAME

WHAT = "Questionnaire"
MOST = 300
DEEPEST = 8
LONGEST = 4000
LONGEST_CHAIN = 60
"""Questions of which each waits for the next."""
ORDERED = (
    Kind.DECIMAL, Kind.INTEGER, Kind.DATE, Kind.DATETIME, Kind.TIME, Kind.STRING, Kind.TEXT, Kind.QUANTITY,
)  # fmt: skip
"""What can be greater or less."""
CAN_BE_CHOSEN = (Kind.CHOICE, Kind.OPEN_CHOICE)
BARE = ("code", "required", "repeats", "readOnly", "maxLength", "initial", "answerOption", "answerValueSet")
"""What says nothing on an item that is only shown."""


def load(file: bytes) -> Instrument:
    """The instrument in a file. Raises Damaged: what is wrong in words, and where."""
    said = parsed(file, WHAT)
    if not isinstance(said, dict) or said.get("resourceType") != WHAT:
        raise Damaged("This is not a FHIR Questionnaire. Ask whoever sent it for the Questionnaire alone.",
                      "resourceType")  # fmt: skip
    validate(said)
    return read(said)


def validate(said: Mapping[str, Any]) -> None:
    """Damaged if this is not of the shape that FHIR R4 declares. R4B left the Questionnaire as it was."""
    from fhir.resources.R4B.questionnaire import Questionnaire  # loaded when first asked for

    try:
        Questionnaire.model_validate(said)
    except Exception as wrong:  # the models raise more than their own kind
        raise Damaged("This part is not as FHIR R4 wants it.", place_of(wrong, WHAT)) from None


def read(said: Mapping[str, Any]) -> Instrument:
    """The instrument that a valid Questionnaire is."""
    title = _title(said)
    if not title:
        raise Damaged("It has no title. Whoever fills it in has to know what it is.", f"{WHAT}.title")
    if said.get("modifierExtension"):
        raise Damaged("Something here changes what it means, and mdt does not know how.", f"{WHAT}.modifierExtension")
    reader = _Reader(said)
    reader.walk(said.get("item") or (), WHAT)
    if not any(one.is_asked for one in reader.questions):
        raise Damaged("It asks nothing.", f"{WHAT}.item")
    reader.link_up()
    return Instrument(
        url=str(said.get("url") or ""), name=_name(said), title=title, version=str(said.get("version") or ""),
        questions=tuple(reader.questions), observed=_flag(said, terms.OBSERVED),
        credit=str(_extension(said, terms.CREDIT) or said.get("copyright") or ""),
        about=str(said.get("description") or ""), left_to_people=tuple(reader.left), file=said,
    )  # fmt: skip


def _title(said: Mapping[str, Any]) -> str:
    """What it is called: its title, else its name, what its code is called, or its id."""
    coded = next((one["display"] for one in said.get("code") or () if one.get("display")), "")
    return str(said.get("title") or said.get("name") or coded or said.get("id") or "")


def _name(said: Mapping[str, Any]) -> str:
    """By what name a rule file calls it: the last word of its address, else its id or name."""
    last = str(said.get("url") or "").rstrip("/").replace(":", "/").rpartition("/")[2]
    words = last or str(said.get("id") or said.get("name") or said.get("title") or "")
    return "".join(sign if sign.isalnum() else "-" for sign in words.lower())[:LONGEST_NAME].strip("-") or "unnamed"


class _Reader:
    """Reads the items in order. Numbers are places in `questions`."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        self.questions: list[Question] = []
        self.left: list[str] = []
        self.links: dict[str, int] = {}
        self.raw: list[tuple[Mapping[str, Any], str]] = []
        self._waiting: list[tuple[str, str]] = []
        self.sets = {f"#{one.get('id')}": one for one in said.get("contained") or () if _is_set(one)}

    def walk(self, items: Sequence[Mapping[str, Any]], path: str, above: Question | None = None) -> None:
        for place, said in enumerate(items):
            here = f"{path}.item[{place}]"
            question = self.question(said, here, above)
            self.walk(said.get("item") or (), here, question)

    def question(self, said: Mapping[str, Any], here: str, above: Question | None) -> Question:
        number, link = len(self.questions), said["linkId"]
        if link in self.links:
            raise Damaged("Two items have this linkId, so an answer could be to either.", f"{here}.linkId")
        if number >= MOST:
            raise Damaged(f"It has more than {MOST} items.", here)
        if (above.depth + 1 if above else 0) > DEEPEST:
            raise Damaged("It is nested too deeply to be filled in.", here)
        self._check(said, here)
        kind = Kind(said["type"])
        options = self.options(said, kind, here)
        sums = self.sums(said, kind, here)
        inside = (*above.inside, *([above.number] if _is_many(above) else [])) if above else ()
        made = Question(
            number=number, link=link, kind=kind, words=_words(said, here), prefix=str(said.get("prefix") or ""),
            above=above.number if above else None, inside=inside, depth=above.depth + 1 if above else 0,
            required=bool(said.get("required")) and kind not in ELSEWHERE, repeats=bool(said.get("repeats")),
            longest=said.get("maxLength"), options=options, any_of=said.get("enableBehavior") == "any",
            hidden=_flag(said, terms.HIDDEN), aloud=not _is_for_the_worker(said, kind), sums=sums or (),
            by_hand=sums == (), initial=tuple(_value(one, kind) for one in said.get("initial") or ()),
        )  # fmt: skip
        self.questions.append(made)
        self.raw.append((said, here))
        self.links[link] = number
        return made

    def _check(self, said: Mapping[str, Any], here: str) -> None:
        try:
            kind = Kind(said["type"])
        except ValueError:
            raise Damaged("This is no type of item that FHIR R4 knows.", f"{here}.type") from None
        if said.get("modifierExtension"):
            raise Damaged("Something here changes what it means, and mdt does not know how.",
                          f"{here}.modifierExtension")  # fmt: skip
        if kind is Kind.GROUP and not said.get("item"):
            raise Damaged("A group holds at least one item.", f"{here}.item")
        if kind is Kind.DISPLAY:
            for name in ("item", *BARE):
                if said.get(name) is not None:
                    raise Damaged("An item that is only shown cannot have this.", f"{here}.{name}")
        if kind is Kind.GROUP:
            for name in ("readOnly", "maxLength", "initial", "answerOption", "answerValueSet"):
                if said.get(name) is not None:
                    raise Damaged("A group cannot have this.", f"{here}.{name}")
        if said.get("answerOption") and said.get("answerValueSet"):
            raise Damaged("It has its choices in two places.", f"{here}.answerValueSet")
        if len(said.get("enableWhen") or ()) > 1 and not said.get("enableBehavior"):
            raise Damaged("It does not say whether all of these have to hold, or any.", f"{here}.enableBehavior")
        if said.get("initial") and said.get("answerOption"):
            raise Damaged("What is chosen at first is said beside the choices (initialSelected).", f"{here}.initial")

    def options(self, said: Mapping[str, Any], kind: Kind, here: str) -> tuple[Option, ...]:
        given = said.get("answerOption") or ()
        named = said.get("answerValueSet")
        if (given or named) and kind in (Kind.BOOLEAN, Kind.URL, Kind.ATTACHMENT, Kind.REFERENCE):
            name = "answerOption" if given else "answerValueSet"
            raise Damaged("An item of this type has no choices.", f"{here}.{name}")
        found = [_option(one, kind, f"{here}.answerOption[{place}]") for place, one in enumerate(given)]
        if named:
            found = [_coded(*one) for one in self._set(named, here)]
            if not found:
                self.left.append(f"{here}: the choices are in another file, so the answer is written in words.")
        seen: list[Value] = []
        for place, one in enumerate(found):
            if one.value in seen:
                raise Damaged("This choice stands here twice.", f"{here}.answerOption[{place}]")
            seen.append(one.value)
        return tuple(found)

    def _set(self, name: str, here: str) -> list[tuple[str | None, str, str]]:
        if name in terms.KNOWN_SETS:
            return list(terms.KNOWN_SETS[name])
        if not name.startswith("#"):
            return []
        held = self.sets.get(name)
        if held is None:
            raise Damaged("The list of choices it names is not in this file.", f"{here}.answerValueSet")
        return list(_concepts(held))

    def sums(self, said: Mapping[str, Any], kind: Kind, here: str) -> tuple[Sum, ...] | None:
        """What is added up; () if it is worked out in a way that is not ours; None if a person answers it."""
        expression = _extension(said, terms.CALCULATED)
        if expression is None:
            return None
        written = str(expression.get("expression") or "") if isinstance(expression, Mapping) else ""
        found = sums_of(written) if kind in (Kind.INTEGER, Kind.DECIMAL, Kind.QUANTITY) else None
        if found is None:
            self.left.append(f"{here}: mdt does not work this out. Whoever fills it in does.")
            return ()
        return tuple(self._sum(links, scores, here) for links, scores in found)

    def _sum(self, links: tuple[str, ...] | None, scores: bool, here: str) -> Sum:
        """By link for now; `link_up` finds the numbers, since a sum may stand before what it adds."""
        self._waiting.extend((link, here) for link in links or ())
        return Sum(questions=links, scores=scores)  # type: ignore[arg-type]

    def link_up(self) -> None:
        """What names another item by its link: conditions and sums. Refuse what waits for itself."""
        for link, here in self._waiting:
            if link not in self.links:
                raise Damaged("It adds up an item that is not there.", f"{here}.extension")
        for number, (said, here) in enumerate(self.raw):
            conditions = tuple(self._conditions(said, number, here))
            sums = tuple(self._numbered(one) for one in self.questions[number].sums)
            self.questions[number] = _with(self.questions[number], conditions, sums)
        self._no_circles()

    def _numbered(self, one: Sum) -> Sum:
        links: Any = one.questions
        return Sum(questions=None if links is None else tuple(self.links[link] for link in links), scores=one.scores)

    def _conditions(self, said: Mapping[str, Any], number: int, here: str) -> Iterator[Condition]:
        for place, one in enumerate(said.get("enableWhen") or ()):
            path = f"{here}.enableWhen[{place}]"
            asked = self.links.get(one.get("question"))
            if asked is None:
                raise Damaged("It waits for a question that is not there.", f"{path}.question")
            yield self._condition(one, self.questions[asked], path)

    def _condition(self, said: Mapping[str, Any], asked: Question, path: str) -> Condition:
        operator = str(said.get("operator"))
        answers = {name: said[name] for name in said if name.startswith("answer") and said[name] is not None}
        if asked.kind in (Kind.GROUP, Kind.DISPLAY):
            raise Damaged("It waits for an item that has no answer.", f"{path}.question")
        if operator not in ("exists", "=", "!=", ">", "<", ">=", "<="):
            raise Damaged("This is no way to compare that FHIR R4 knows.", f"{path}.operator")
        if len(answers) != 1:
            raise Damaged("It names no one answer to compare with.", path)
        ((name, given),) = answers.items()
        value = _plain_value({f"value{name.removeprefix('answer')}": given})
        if operator == "exists":
            if not isinstance(value.get("valueBoolean"), bool):
                raise Damaged("Whether there is an answer is true or false.", f"{path}.{name}")
        elif not _fits(value, asked):
            raise Damaged("This is another type of answer than the question has.", f"{path}.{name}")
        elif operator not in ("=", "!=") and asked.kind not in ORDERED:
            raise Damaged("Answers to this question are not greater or less.", f"{path}.operator")
        return Condition(question=asked.number, operator=operator, answer=value)

    def _no_circles(self) -> None:
        settled: set[int] = set()
        for one in self.questions:
            self._follow(one.number, settled, [])

    def _added(self, question: Question) -> list[int]:
        """What a sum waits for: all that it adds up."""
        everything = [one.number for one in self.questions if one.is_asked]
        return [number for one in question.sums for number in (everything if one.questions is None else one.questions)]

    def _follow(self, number: int, settled: set[int], way: list[int]) -> None:
        if number in way:
            raise Damaged("It waits for itself, so it would never be asked.", f"{self.raw[number][1]}.enableWhen")
        if len(way) > LONGEST_CHAIN:
            raise Damaged("Too many questions wait for each other.", f"{self.raw[number][1]}.enableWhen")
        if number in settled:
            return
        one = self.questions[number]
        above = [] if one.above is None else [one.above]
        for other in [*(condition.question for condition in one.conditions), *above, *self._added(one)]:
            self._follow(other, settled, [*way, number])
        settled.add(number)


def _with(question: Question, conditions: tuple[Condition, ...], sums: tuple[Sum, ...]) -> Question:
    return replace(question, conditions=conditions, sums=sums)


def _is_many(question: Question) -> bool:
    return question.kind is Kind.GROUP and question.repeats


def _words(said: Mapping[str, Any], here: str) -> str:
    """What is asked; where nothing is, what its code is called, or its link."""
    words = said.get("text") or next((one["display"] for one in said.get("code") or () if one.get("display")), "")
    if len(words) > LONGEST:
        raise Damaged(f"It is longer than {LONGEST} characters.", f"{here}.text")
    return str(words or said["linkId"])


def _is_for_the_worker(said: Mapping[str, Any], kind: Kind) -> bool:
    shown = _extension(said, terms.SHOWN_AS)
    codes = {one.get("code") for one in shown.get("coding") or ()} if isinstance(shown, Mapping) else set()
    return _flag(said, terms.NOT_ALOUD) or (kind is Kind.DISPLAY and bool(codes & {"instructions", "security"}))


def _option(said: Mapping[str, Any], kind: Kind, here: str) -> Option:
    value = _plain_value({name: given for name, given in said.items() if name.startswith("value")})
    wanted = {Kind.CHOICE: ("valueCoding", "valueInteger", "valueDate", "valueTime", "valueString", "valueReference")}
    usual = wanted.get(kind) or wanted.get(Kind.CHOICE if kind is Kind.OPEN_CHOICE else kind) or (VALUE_OF[kind],)
    if len(value) != 1 or next(iter(value)) not in usual:
        raise Damaged("This choice is not of the type of its question.", here)
    coding = said.get("valueCoding")
    counts = _counts(said, here)
    if counts is None and isinstance(coding, Mapping):
        counts = _counts(coding, f"{here}.valueCoding")
    return Option(value=value, words=words_of(value), counts=counts, discloses=_flag(said, terms.DISCLOSED))


def _coded(system: str | None, code: str, display: str) -> Option:
    value = {"system": system, "code": code, "display": display}
    coded = {"valueCoding": {name: one for name, one in value.items() if one}}
    return Option(value=coded, words=display or code)


def _concepts(held: Mapping[str, Any]) -> Iterator[tuple[str | None, str, str]]:
    listed = (held.get("expansion") or {}).get("contains")
    for one in listed or ():
        yield one.get("system"), str(one.get("code") or ""), str(one.get("display") or "")
    for part in () if listed else (held.get("compose") or {}).get("include") or ():
        for one in part.get("concept") or ():
            yield part.get("system"), str(one.get("code") or ""), str(one.get("display") or "")


def _is_set(said: Any) -> bool:
    return isinstance(said, Mapping) and said.get("resourceType") == "ValueSet"


def _counts(said: Mapping[str, Any], here: str) -> Decimal | None:
    found = {str(one["valueDecimal"]) for one in said.get("extension") or () if one.get("url") in terms.SCORES
             and one.get("valueDecimal") is not None}  # fmt: skip
    if len(found) > 1:
        raise Damaged("This choice counts two different things.", f"{here}.extension")
    return Decimal(found.pop()) if found else None


def _extension(said: Mapping[str, Any], url: str) -> Any:
    """The value of an extension; None if it is not there."""
    for one in said.get("extension") or ():
        if one.get("url") == url:
            return next((one[name] for name in one if name.startswith("value")), None)
    return None


def _flag(said: Mapping[str, Any], url: str) -> bool:
    return _extension(said, url) is True


def _value(said: Mapping[str, Any], kind: Kind) -> Value:
    return _plain_value({name: given for name, given in said.items() if name.startswith("value")})


def _plain_value(value: Mapping[str, Any]) -> dict[str, Any]:
    """The answer, of a Coding no more than what it is known by and called."""
    return {
        name: {key: given[key] for key in ("system", "code", "display") if given.get(key)}
        if name == "valueCoding" and isinstance(given, Mapping) else given
        for name, given in value.items()
    }  # fmt: skip


def _fits(value: Value, asked: Question) -> bool:
    name = next(iter(value))
    if asked.kind in CAN_BE_CHOSEN:
        return name in {"valueCoding", "valueString", *(next(iter(option.value)) for option in asked.options)}
    numbers = ("valueInteger", "valueDecimal")
    return name == VALUE_OF[asked.kind] or (name in numbers and VALUE_OF[asked.kind] in numbers)


def words_of(value: Value) -> str:
    """What an answer says to a person."""
    name: str = next(iter(value), "")
    given: Any = value.get(name, "")
    if name == "valueBoolean":
        return "Yes" if given else "No"
    if name == "valueCoding":
        return str(given.get("display") or given.get("code") or "")
    if name == "valueQuantity":
        unit = given.get("unit") or given.get("code") or ""
        return f"{given.get('comparator', '')}{given.get('value', '')} {unit}".strip()
    if isinstance(given, Mapping):
        return str(given.get("display") or given.get("reference") or given.get("title") or given.get("url") or "")
    return str(given)


__all__ = ["Damaged", "load", "read", "validate", "words_of"]
