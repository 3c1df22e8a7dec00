"""The pages of an instrument: whatever is answered, every question that is asked in the end stood on some page."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from mdt.operations.screening.answering import Answers, Sheet
from mdt.operations.screening.instruments import shipped
from mdt.web.questions import Part, part, then
from mdt.web.screening import Reading


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(shipped())), st.lists(st.integers(0, 2), min_size=40, max_size=40))
def test_every_question_that_is_asked_in_the_end_stood_on_a_page(name: str, chosen: list[int]) -> None:
    instrument = shipped()[name].instrument
    sheet, start, seen = Sheet(instrument, Answers()), None, set[str]()
    for _ in range(30):
        page = part(sheet, start)
        assert 1 <= page.number <= page.of and page.asked
        seen |= {slot.key for slot in page.asked}
        given = dict(sheet.answers.given)
        for slot in page.asked:
            options = slot.question.options
            number = chosen[slot.question.number]
            given[slot.key] = (options[number % len(options)].value,) if options else ({"valueString": "x"},)
        sheet = Sheet(instrument, Answers(given=given))
        start = then(sheet, page)
        if start is None:
            break
    assert start is None
    assert {slot.key for slot in sheet.asked} <= seen and sheet.left == ()


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["closer-look", "after-return"]), st.lists(st.integers(0, 2), min_size=40, max_size=40),
    st.lists(st.integers(0, 2), min_size=40, max_size=40),
)  # fmt: skip
def test_a_page_that_follows_its_answers_asks_all_of_it_at_once_and_keeps_nothing_that_is_not_asked(
    name: str, first: list[int], second: list[int]
) -> None:
    instrument, zone = shipped()[name].instrument, ZoneInfo("UTC")
    sheet, start, seen = Sheet(instrument, Answers()), None, list[str]()
    for _ in range(30):
        page = shown = part(sheet, start)
        typed = MultiDict[str, str]()
        for chosen in (first, second):  # answered, and every answer changed
            for slot in instrument.questions:
                if str(slot.number) in {one.key for one in shown.asked}:
                    typed[f"a-{slot.number}"] = str(chosen[slot.number] % len(slot.options)) if slot.options else "x"
                    shown = _look(sheet, page, typed, shown, zone).page
        while len(shown.asked) != len((read := _look(sheet, page, typed, shown, zone)).page.asked):
            shown = read.page
        assert not read.problems and not {one.key for one in shown.asked} & set(seen)
        seen += [one.key for one in shown.asked]
        before, standing = {one.key for one in sheet.asked}, read.sheet.standing
        sheet = Sheet(instrument, standing)
        assert {*standing.given, *standing.absent} <= {one.key for one in sheet.asked}
        start = then(sheet, read.shown)
        assert start is None or start in before, "what an answer brings stood on the page of that answer"
        if start is None:
            break
    assert start is None and [one.key for one in sheet.asked] == seen and sheet.left == ()


def _look(sheet: Sheet, page: Part, typed: MultiDict[str, str], shown: Part, zone: ZoneInfo) -> Reading:
    return Reading(sheet, page, typed, zone, [one.key for one in shown.asked])
