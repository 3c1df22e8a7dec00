"""Instruments: FHIR's own examples load, round-trip and validate; a broken one is refused with the place; what is asked
is asked as a plain oracle says."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdt.operations.screening import advice, responses
from mdt.operations.screening.answering import Answers, Sheet, compare
from mdt.operations.screening.instrument import Instrument, Kind
from mdt.operations.screening.instruments import shipped
from mdt.operations.screening.loading import Damaged, load, read
from mdt.operations.screening.results import NO_RULE, of, text, typed
from mdt.operations.screening.sums import sums_of
from mdt.sharing.profile import load as profile

PUBLISHED = Path(__file__).parent / "published"
AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
SUM = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"


def published(name: str) -> bytes:
    return (PUBLISHED / f"{name}.json").read_bytes()


def made(*items: dict[str, Any], **more: Any) -> Instrument:
    """An instrument of these items."""
    return load(json.dumps(bare(*items, **more)).encode())


def bare(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Questionnaire",
        "status": "active",
        "title": "T",
        "url": "urn:t",
        "item": list(items),
    } | more


def counted(code: str, counts: float) -> dict[str, Any]:
    return {"extension": [{"url": ORDINAL, "valueDecimal": counts}], "valueCoding": {"system": "s", "code": code}}


def total(expression: str, link: str = "total", kind: str = "integer") -> dict[str, Any]:
    said = {"language": "text/fhirpath", "expression": expression}
    return {"linkId": link, "type": kind, "readOnly": True, "extension": [{"url": SUM, "valueExpression": said}]}


def choice(link: str) -> dict[str, Any]:
    return {
        "linkId": link,
        "type": "choice",
        "answerOption": [counted("no", 0), counted("some", 1), counted("all", 2.5)],
    }


# -- FHIR's published examples ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["3141", "bb", "f201", "gcs", "zika-virus-exposure-assessment"])
def test_a_published_questionnaire_loads_and_what_is_answered_round_trips_and_validates(name: str) -> None:
    instrument = load(published(f"Questionnaire-{name}"))
    given = {
        str(one.number): (one.options[0].value if one.options else example(one.kind),)
        for one in instrument if one.is_asked
    }  # fmt: skip
    sheet = Sheet(instrument, Answers(given=given))
    said = responses.write(sheet, at=AT)
    responses.validate(said)
    back = responses.read(json.loads(json.dumps(said)), instrument)
    assert back.remarks == ()
    assert back.answers.given == {slot.key: given[slot.key] for slot in sheet.asked}
    assert responses.write(Sheet(instrument, back.answers), at=AT) == said


def example(kind: Kind) -> dict[str, Any]:
    return {
        Kind.BOOLEAN: {"valueBoolean": True}, Kind.DECIMAL: {"valueDecimal": 3.25}, Kind.INTEGER: {"valueInteger": 3},
        Kind.DATE: {"valueDate": "1972-11-30"}, Kind.DATETIME: {"valueDateTime": "1972-11-30"},
        Kind.QUANTITY: {"valueQuantity": {"value": 2, "unit": "wk"}}, Kind.CHOICE: {"valueCoding": {"display": "1a"}},
    }.get(kind, {"valueString": "Cathy Jones"})  # fmt: skip


def test_a_published_response_that_answers_its_questionnaire_is_taken_in_and_what_it_counts_is_looked_at() -> None:
    came = responses.load(published("QuestionnaireResponse-gcs"), load(published("Questionnaire-gcs")))
    assert len(came.answers.given) == len(came.remarks) == 3
    assert "it came counted as 4; the instrument does not count it" in came.remarks[0]


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("3141", "QuestionnaireResponse.item[0].item[0].answer[0].item[0].item[2].linkId"),
        ("bb", "QuestionnaireResponse.item[0].item[1].item[2].answer[0].item[0].item[0].linkId"),
        ("f201", "QuestionnaireResponse.item[2].item[0].answer[0].valueString"),
    ],
)
def test_a_published_response_that_does_not_is_refused_with_the_place(name: str, place: str) -> None:
    with pytest.raises(Damaged) as no:
        responses.load(published(f"QuestionnaireResponse-{name}"), load(published(f"Questionnaire-{name}")))
    assert no.value.place == place


# -- what is broken ---------------------------------------------------------------------------------

A = {"linkId": "a", "type": "boolean"}
NEEDS = {"question": "a", "operator": "=", "answerBoolean": True}


@pytest.mark.parametrize(
    ("file", "place"),
    [
        ({"resourceType": "Patient"}, "resourceType"),
        (bare(), "Questionnaire.item"),
        (bare({"linkId": "d", "type": "display", "text": "x"}), "Questionnaire.item"),
        (bare(A, A), "Questionnaire.item[1].linkId"),
        (bare({"linkId": "a", "type": "zork"}), "Questionnaire.item[0].type"),
        (bare({"linkId": "g", "type": "group"}, A), "Questionnaire.item[0].item"),
        (bare(A, {"linkId": "d", "type": "display", "required": True}), "Questionnaire.item[1].required"),
        (bare(A | {"modifierExtension": [{"url": "u"}]}), "Questionnaire.item[0].modifierExtension"),
        (bare(A, {"linkId": "b", "type": "text", "enableWhen": [NEEDS | {"question": "z"}]}),
         "Questionnaire.item[1].enableWhen[0].question"),
        (bare(A, {"linkId": "b", "type": "text", "enableWhen": [NEEDS, NEEDS]}),
         "Questionnaire.item[1].enableBehavior"),
        (bare(A, {"linkId": "b", "type": "text", "enableWhen": [NEEDS | {"operator": ">"}]}),
         "Questionnaire.item[1].enableWhen[0].operator"),
        (bare(A, {"linkId": "b", "type": "text", "enableWhen": [
            {"question": "a", "operator": "=", "answerInteger": 1}]}),
         "Questionnaire.item[1].enableWhen[0].answerInteger"),
        (bare(A, {"linkId": "n", "type": "integer", "enableWhen": [
            {"question": "total", "operator": ">", "answerInteger": 1}]}, total("%resource.item.answer.value.sum()")),
         "Questionnaire.item[1].enableWhen"),
        (bare(A, {"linkId": "b", "type": "text", "enableWhen": [
            {"question": "a", "operator": "exists", "answerInteger": 1}]}),
         "Questionnaire.item[1].enableWhen[0].answerInteger"),
        (bare(A | {"enableWhen": [NEEDS]}), "Questionnaire.item[0].enableWhen"),
        (bare(A | {"enableWhen": [{"question": "b", "operator": "exists", "answerBoolean": True}]},
              {"linkId": "b", "type": "text", "enableWhen": [NEEDS]}), "Questionnaire.item[0].enableWhen"),
        (bare({"linkId": "c", "type": "choice", "answerOption": [counted("x", 1), counted("x", 2)]}),
         "Questionnaire.item[0].answerOption[1]"),
        (bare({"linkId": "c", "type": "choice", "answerOption": [counted("x", 1)], "answerValueSet": "urn:x"}),
         "Questionnaire.item[0].answerValueSet"),
        (bare({"linkId": "c", "type": "choice", "answerValueSet": "#none"}), "Questionnaire.item[0].answerValueSet"),
        (bare(A, total("%resource.item.where(linkId='z').answer.value.sum()")), "Questionnaire.item[1].extension"),
    ],
)  # fmt: skip
def test_a_broken_instrument_is_refused_with_the_place(file: dict[str, Any], place: str) -> None:
    with pytest.raises(Damaged) as no:
        load(json.dumps(file).encode())
    assert no.value.place == place


def test_what_is_not_json_is_refused_with_its_line_and_no_content() -> None:
    with pytest.raises(Damaged) as no:
        load(b'{\n "resourceType": "Questionnaire",\n "title": secret\n}')
    assert no.value.place == "line 3" and "secret" not in str(no.value)


SHIPPED = json.loads((Path(load.__code__.co_filename).parent / "instruments" / "closer-look.json").read_text())


def places(said: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = said.items() if isinstance(said, dict) else enumerate(said) if isinstance(said, list) else ()
    return [at, *(found for key, value in inner for found in places(value, (*at, key)))]


ALL = [one for one in places(SHIPPED) if one]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(ALL), st.sampled_from([None, [], {}, 7, "zork", {"linkId": 3}, "delete", [{"type": "group"}], True])
)
def test_a_mutated_instrument_loads_or_is_refused_with_a_place_and_nothing_else(
    where: tuple[Any, ...], what: Any
) -> None:
    """Whatever is done to a valid file, it is never a fault, and what is refused says where."""
    said = copy.deepcopy(SHIPPED)
    home: Any = said
    for step in where[:-1]:
        home = home[step]
    if what == "delete":
        del home[where[-1]]
    else:
        home[where[-1]] = what
    try:
        instrument = load(json.dumps(said).encode())
    except Damaged as no:
        assert no.place and str(no)
        return
    responses.validate(responses.write(Sheet(instrument, Answers()), at=AT))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1 << 20), st.binary(min_size=0, max_size=3))
def test_damaged_bytes_load_or_are_refused_with_a_place(at: int, put: bytes) -> None:
    file = json.dumps(SHIPPED).encode()
    at %= len(file)
    try:
        load(file[:at] + put + file[at + 1 :])
    except Damaged as no:
        assert no.place


# -- when something is asked ------------------------------------------------------------------------

OPERATORS = ("exists", "=", "!=", ">", "<", ">=", "<=")
KINDS = {"integer": st.integers(-2, 2), "boolean": st.booleans(), "string": st.sampled_from("abc")}
NAMES = {"integer": "Integer", "boolean": "Boolean", "string": "String"}


@st.composite
def questions(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[list[Any]]]:
    """Questions of which each may wait for some before it, and an answer or several for each."""
    items: list[dict[str, Any]] = []
    answers: list[list[Any]] = []
    for number in range(draw(st.integers(2, 6))):
        kind = draw(st.sampled_from(sorted(KINDS)))
        item: dict[str, Any] = {"linkId": f"q{number}", "type": kind, "repeats": True}
        conditions = [draw(condition(items)) for _ in range(draw(st.integers(0, 2)) if items else 0)]
        if conditions:
            item |= {"enableWhen": conditions, "enableBehavior": draw(st.sampled_from(["all", "any"]))}
        items.append(item)
        answers.append(draw(st.lists(KINDS[kind], max_size=2)))
    return items, answers


@st.composite
def condition(draw: st.DrawFn, items: list[dict[str, Any]]) -> dict[str, Any]:
    asked = draw(st.sampled_from(items))
    operators = OPERATORS[:3] if asked["type"] == "boolean" else OPERATORS
    operator = draw(st.sampled_from(operators))
    if operator == "exists":
        return {"question": asked["linkId"], "operator": operator, "answerBoolean": draw(st.booleans())}
    value = draw(KINDS[asked["type"]])
    return {"question": asked["linkId"], "operator": operator, f"answer{NAMES[asked['type']]}": value}


def oracle(items: list[dict[str, Any]], answers: list[list[Any]]) -> list[str]:
    """Which questions are asked, said as plainly as FHIR says it."""
    asked: dict[str, list[Any]] = {}
    for item, answer in zip(items, answers, strict=True):
        results = []
        for one in item.get("enableWhen", ()):
            known = asked.get(one["question"], [])
            wanted = next(value for name, value in one.items() if name.startswith("answer"))
            results.append({
                "exists": lambda known=known, wanted=wanted: bool(known) == wanted,
                "=": lambda known=known, wanted=wanted: wanted in known,
                "!=": lambda known=known, wanted=wanted: any(value != wanted for value in known),
                ">": lambda known=known, wanted=wanted: any(value > wanted for value in known),
                "<": lambda known=known, wanted=wanted: any(value < wanted for value in known),
                ">=": lambda known=known, wanted=wanted: any(value >= wanted for value in known),
                "<=": lambda known=known, wanted=wanted: any(value <= wanted for value in known),
            }[one["operator"]]())  # fmt: skip
        if not results or (any if item["enableBehavior"] == "any" else all)(results):
            asked[item["linkId"]] = answer
    return list(asked)


@settings(max_examples=300, deadline=None)
@given(questions())
def test_what_is_asked_is_what_a_plain_oracle_says(case: tuple[list[dict[str, Any]], list[list[Any]]]) -> None:
    items, answers = case
    instrument = read(bare(*items))
    given = {
        str(number): tuple({f"value{NAMES[item['type']]}": one} for one in answer)
        for number, (item, answer) in enumerate(zip(items, answers, strict=True)) if answer
    }  # fmt: skip
    sheet = Sheet(instrument, Answers(given=given))
    assert [slot.question.link for slot in sheet.asked] == oracle(items, answers)


def test_in_a_group_that_repeats_a_question_waits_for_its_own_time_and_outside_for_any() -> None:
    group = {"linkId": "g", "type": "group", "repeats": True, "item": [
        A, {"linkId": "in", "type": "text", "enableWhen": [NEEDS]}]}  # fmt: skip
    instrument = made(group, {"linkId": "out", "type": "text", "enableWhen": [NEEDS]})
    yes, no = ({"valueBoolean": True},), ({"valueBoolean": False},)
    sheet = Sheet(instrument, Answers(given={"1.0": no, "1.1": yes}, times={"0": 2}))
    assert [slot.key for slot in sheet.asked] == ["1.0", "1.1", "2.1", "3"]
    sheet = Sheet(instrument, Answers(given={"1.0": no, "1.1": no}, times={"0": 2}))
    assert [slot.key for slot in sheet.asked] == ["1.0", "1.1"]
    back = responses.read(responses.write(sheet, at=AT), instrument)
    assert back.answers == sheet.answers


def test_what_hangs_on_an_answer_is_asked_once_there_is_one_and_what_is_hidden_never() -> None:
    under = {"linkId": "b", "type": "text"}
    hidden = {"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden", "valueBoolean": True}
    instrument = made(A | {"item": [under]}, {"linkId": "h", "type": "text", "extension": [hidden]})
    assert [slot.question.link for slot in Sheet(instrument, Answers()).asked] == ["a"]
    sheet = Sheet(instrument, Answers(given={"0": ({"valueBoolean": False},)}))
    assert [slot.question.link for slot in sheet.asked] == ["a", "b"]


def test_why_there_is_no_answer_is_an_answer_and_round_trips() -> None:
    instrument = made(A | {"required": True}, {"linkId": "b", "type": "text", "enableWhen": [NEEDS]})
    assert [slot.key for slot in Sheet(instrument, Answers()).left] == ["0"]
    sheet = Sheet(instrument, Answers(absent={"0": "unsafe"}))
    assert sheet.left == () and [slot.key for slot in sheet.asked] == ["0"]
    said = responses.write(sheet, at=AT)
    responses.validate(said)
    assert responses.read(said, instrument).answers == sheet.answers


def waits(number: int, *others: int) -> dict[str, Any]:
    when = [{"question": f"q{one}", "operator": "exists", "answerBoolean": True} for one in others if one >= 0]
    more = {"enableWhen": when, "enableBehavior": "any"} if when else {}
    return {"linkId": f"q{number}", "type": "boolean"} | more


def test_many_questions_that_wait_for_each_other_are_worked_out_once_each_and_too_long_a_chain_is_refused() -> None:
    instrument = made(*(waits(number, number - 1, number - 2) for number in range(55)))
    given = {str(number): ({"valueBoolean": True},) for number in range(55)}
    assert len(Sheet(instrument, Answers(given=given)).asked) == 55
    assert len(Sheet(instrument, Answers()).asked) == 1
    with pytest.raises(Damaged):
        made(*(waits(number, number + 1 if number < 290 else -1) for number in range(291)))


# -- adding up --------------------------------------------------------------------------------------


def test_what_choices_count_is_added_up_and_a_total_that_came_is_looked_at() -> None:
    parts = "%resource.item.where(linkId='a' or linkId='b').answer.value.ordinal().sum()"
    instrument = made(choice("a"), choice("b"), choice("c"), total(parts, kind="decimal"))
    given = {str(n): (instrument.questions[n].options[2].value,) for n in range(3)}
    sheet = Sheet(instrument, Answers(given=given))
    assert sheet.score == Decimal("5.0")
    said = responses.write(sheet, at=AT)
    responses.validate(said)
    assert said["item"][3]["answer"] == [{"valueDecimal": 5}]
    assert responses.read(said, instrument).remarks == ()
    said["item"][3]["answer"] = [{"valueDecimal": 7}]
    (remark,) = responses.read(said, instrument).remarks
    assert "came as 7" in remark and "add up to 5" in remark
    assert Sheet(made(choice("a"), choice("b")), Answers(given={"1": given["1"]})).score == Decimal("2.5")
    assert Sheet(made(A), Answers()).score is None


def test_a_question_can_wait_for_a_total() -> None:
    more = {"linkId": "more", "type": "text", "enableWhen": [
        {"question": "total", "operator": ">=", "answerInteger": 2}]}  # fmt: skip
    sums = "%resource.item.where(linkId='a').answer.value.ordinal().sum()"
    instrument = made(choice("a"), total(sums), more)
    for number, asked in enumerate([["a"], ["a"], ["a", "more"]]):
        given = {"0": (instrument.questions[0].options[number].value,)}
        assert [slot.question.link for slot in Sheet(instrument, Answers(given=given)).asked] == asked


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("%resource.item.answer.value.sum()", [(None, False)]),
        ("%resource.descendants().where(linkId='a').answer.value.ordinal().sum()", [(("a",), True)]),
        ("%resource.repeat(item).answer.value.sum() + %resource.item.where( linkId = 'b' ).answer.value.weight().sum()",
         [(None, False), (("b",), True)]),
        ("", None), ("%resource.item.answer.value.sum() * 2", None), ("1 + 1", None), ("%resource.item.count()", None),
        ("%resource.item.answer.value.sum() %resource.item.answer.value.sum()", None),
    ],
)  # fmt: skip
def test_of_expressions_only_sums_are_understood(expression: str, found: Any) -> None:
    assert sums_of(expression) == found


def test_what_is_not_worked_out_is_left_to_people_and_said() -> None:
    instrument = made(A, total("iif(%resource.item.exists(), 1, 2)"))
    assert instrument.questions[1].by_hand and instrument.questions[1].is_asked
    assert "Questionnaire.item[1]" in instrument.left_to_people[0]


def test_what_cannot_be_compared_does_not_hold() -> None:
    kilo, pound = ({"valueQuantity": {"value": 2, "unit": one}} for one in ("kg", "lb"))
    assert compare(kilo, ">=", kilo) and not compare(kilo, ">", pound) and compare(kilo, "!=", pound)
    naive, known = {"valueDateTime": "2026-01-01T10:00:00"}, {"valueDateTime": "2026-01-01T10:00:00Z"}
    assert not compare(naive, ">", known) and not compare(naive, "<", known)
    assert compare({"valueDate": "2026-01-02"}, ">", {"valueDate": "2026-01-01"})
    assert not compare({"valueDate": "2026-01"}, ">", {"valueDate": "2025-12-31"})
    assert compare({"valueInteger": 1}, "=", {"valueDecimal": 1.0})


# -- what comes with the software -------------------------------------------------------------------

GUIDE = {"indicators": 16, "risk-factors": 12}


def test_all_of_the_guides_lists_come_with_the_software_and_name_it() -> None:
    for name, many in GUIDE.items():
        instrument = shipped()[name].instrument
        assert len([one for one in instrument if one.kind is Kind.CHOICE]) == many
        assert "Child Welfare Information Gateway" in instrument.credit and instrument.observed
        words = [[option.words for option in one.options] for one in instrument if one.options]
        assert words == [["Present", "Absent", "Cannot tell"]] * many
    assert len(advice.RAPPORT) == 9


def test_every_instrument_that_is_named_in_the_profile_is_there_and_has_its_levels() -> None:
    rules = profile("us-baseline").screening
    named = {one.instrument for one in rules.opens.values()}
    assert named <= shipped().keys() and shipped().keys() == rules.results.keys()
    links = {link for one in shipped().values() for link in one.instrument.by_link}
    assert {link for levels in rules.results.values() for one in levels for link in one.asked} <= links


def test_a_result_is_a_level_with_steps_by_rule_and_never_a_finding() -> None:
    version, rules = shipped()["after-return"], profile("us-baseline").screening
    instrument = version.instrument
    yes = {str(one.number): (one.options[0].value,) for one in instrument if one.link == "hurt"}
    sheet = Sheet(instrument, Answers(given=yes))
    result = of(sheet, version.name, rules)
    assert (result.title, result.opens, result.score) == ("Some concern", "second_tier", 1)
    said = text(sheet, version, result, on=AT.date())
    assert "not a finding" in said and "Did anybody hurt you, or make you afraid?: Yes" in said
    assert typed(sheet) == ""
    traded = {str(instrument.by_link[link].number): (instrument.by_link[link].options[0].value,)
              for link in ("gave", "wanted", "traded")}  # fmt: skip
    told = of(Sheet(instrument, Answers(given=traded)), version.name, rules)
    assert told.told and told.opens is None and told.steps[: len(rules.disclosed)] == rules.disclosed
    assert of(Sheet(made(A), Answers()), "unknown", rules).steps[-1] == NO_RULE
