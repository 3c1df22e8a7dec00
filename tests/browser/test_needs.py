"""The young person's own path, on a phone and by keyboard alone: say a need, put it first, see it stand on paper."""

from __future__ import annotations

import pytest

from mdt.operations.demo import known
from tests.browser.people import county

WREN = known("case.wren")
SAID = "A door that locks, and nobody else has the key."


@pytest.mark.timeout(120)
def test_a_need_is_said_put_first_and_printed(serve, chromium) -> None:
    served = serve()
    with county(chromium, served.url, "Wren", "Dee", phones=("Wren",), quickly=True) as people:
        wren, dee = people["Wren"], people["Dee"]
        wren.enter("Say it, or see where it stands")
        wren.enter("A place to live")
        wren.to("What do you want to say about it?")
        wren.page.keyboard.type(SAID)
        wren.to("change this now")
        wren.page.keyboard.press("ArrowDown")
        wren.enter("Keep it")
        wren.sees(SAID)
        wren.sees("I am thinking about it")
        wren.enter("Put it in your order")
        wren.to("First")
        wren.page.keyboard.type("A place to live")
        wren.enter("Keep this order")
        assert wren.page.locator("h2").first.inner_text().endswith("A place to live")
        assert wren.page.evaluate("document.documentElement.scrollWidth") <= 390
        wren.enter("A copy to print")
        wren.page.emulate_media(media="print")
        assert SAID in wren.reads() and "Exit this page" not in wren.reads()

        text = dee.said_at(f"/needs/cases/{WREN}")
        assert "Wren put it in this order" in text and text.index(SAID) < text.index("School")
