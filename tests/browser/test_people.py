"""A page that is made like a clean one is not looked through twice; one that is made otherwise is."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.browser import people
from tests.browser.people import Somebody

PAGE = '<html lang="en"><title>A page</title><main><h1>%s</h1><ul><li>One</li></ul>%s</main></html>'


def test_what_is_wrong_is_found_on_a_page_that_is_made_otherwise(chromium: Browser) -> None:
    one = object.__new__(Somebody)  # at no county: these pages are its own
    one.page, one.faults = chromium.new_page(), []

    def look(words: str, more: str = "") -> int:
        one.page.set_content(PAGE % (words, more))
        one.checked()
        return len(people.CLEAN)

    known = look("Words 1", "<p>Nothing</p>")
    assert look("Other words 22", "<p>Not much</p><p>More</p>") == known and not one.faults
    assert look("Words", '<p>Nothing</p><img src="data:," alt="A word">') == known + 1 and not one.faults
    assert look("Words", '<p>Nothing</p><img src="data:,">') == known + 1 and "image-alt" in one.faults[0]
    one.page.close()
