"""The pages of an instrument: whatever is answered, every question that is asked in the end stood on some page."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mdt.operations.screening.answering import Answers, Sheet
from mdt.operations.screening.instruments import shipped
from mdt.web.screening import part, then


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
