"""The young person's own path, on a phone and by keyboard alone: say a need, put it first, see it stand on paper."""

from __future__ import annotations

import pytest

from mdt.operations.demo import known
from tests.browser.people import Somebody, county

WREN = known("case.wren")
SAID = "A door that locks, and nobody else has the key."


HELD = """() => {
  const here = document.activeElement;
  const own = here.matches("select, body") ? "" : here.innerText;
  return [own, ...[...(here.labels || [])].map((one) => one.innerText)].join(" ");
}"""
"""What has the focus, in words: its own, and its label's."""


def to(one: Somebody, words: str) -> None:
    """Go on by the Tab key until this has the focus, as somebody without a mouse does."""
    passed = []
    for _ in range(90):
        one.page.keyboard.press("Tab")
        passed.append(one.page.evaluate(HELD))
        if words in passed[-1]:
            return
    raise AssertionError(f"{words!r} is not reached by the keyboard: {passed}")


def enter(one: Somebody, words: str) -> None:
    to(one, words)
    with one.page.expect_navigation():
        one.page.keyboard.press("Enter")
    one.checked()


@pytest.mark.timeout(120)
def test_a_need_is_said_put_first_and_printed(serve, chromium) -> None:
    served = serve()
    with county(chromium, served.url, "Wren", "Dee", phones=("Wren",)) as people:
        wren, dee = people["Wren"], people["Dee"]
        enter(wren, "Say it, or see where it stands")
        enter(wren, "A place to live")
        to(wren, "What do you want to say about it?")
        wren.page.keyboard.type(SAID)
        to(wren, "change this now")
        wren.page.keyboard.press("ArrowDown")
        enter(wren, "Keep it")
        wren.sees(SAID)
        wren.sees("I am thinking about it")
        enter(wren, "Put it in your order")
        to(wren, "First")
        wren.page.keyboard.type("A place to live")
        enter(wren, "Keep this order")
        assert wren.page.locator("h2").first.inner_text().endswith("A place to live")
        assert wren.page.evaluate("document.documentElement.scrollWidth") <= 390
        enter(wren, "A copy to print")
        wren.page.emulate_media(media="print")
        assert SAID in wren.reads() and "Exit this page" not in wren.reads()

        dee.go(f"/needs/cases/{WREN}")
        text = dee.reads()
        assert "Wren put it in this order" in text and text.index(SAID) < text.index("School")
