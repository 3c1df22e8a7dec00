"""A release is written, read aloud and signed in under two minutes, on a phone, by the means of a tired thumb.

The time is worked out as the keystroke-level model does (Card, Moran and Newell, 1980): each tap is a thought,
a way to the target and a touch; each character typed on glass; each page read at the pace of reading aloud.
"""

from __future__ import annotations

import re

from mdt.operations.demo import agencies, known
from tests.browser.people import Somebody, county

CASE = f"/cases/{known('case.wren')}"
THINK, REACH, TOUCH, CHARACTER = 1.35, 1.1, 0.2, 0.5
"""Seconds: a mental step, moving to a target, a touch, a character typed on glass."""
ALOUD_WORDS_A_MINUTE = 150
TWO_MINUTES = 120


class Thumb:
    """Counts the seconds of what is done on somebody's phone."""

    def __init__(self, who: Somebody) -> None:
        self.who, self.seconds = who, 0.0

    def tap(self, locator) -> None:
        self.seconds += THINK + REACH + TOUCH
        locator.click()
        self.who.page.wait_for_load_state()

    def press(self, words: str) -> None:
        self.tap(self.who.page.get_by_role("button", name=re.compile(words)).first)

    def tick(self, words: str) -> None:
        self.tap(self.who.page.get_by_text(re.compile(words), exact=False).first)

    def type(self, label: str, text: str) -> None:
        self.seconds += THINK + REACH + len(text) * CHARACTER
        self.who.field(label).fill(text)

    def read_aloud(self, selector: str) -> None:
        said = " ".join(self.who.page.locator(selector).all_inner_texts())
        self.seconds += len(said.split()) / ALOUD_WORDS_A_MINUTE * 60


def test_a_release_takes_under_two_minutes_on_a_phone(serve, chromium):
    with county(chromium, serve().url, "Ruth", phones=("Ruth",)) as people:
        ruth = people["Ruth"]
        thumb = Thumb(ruth)
        begins = f"{CASE}/releases/new?discloser={agencies.id_of('mercy')}&type=HIPAA&category=HEALTH"
        ruth.go(f"{begins}&recipient={agencies.id_of('police')}")
        for box in ruth.page.locator("input[name=recipients], input[name=categories]").all():
            assert box.is_checked() or box.get_attribute("value") != agencies.id_of("police"), "the link fills it in"
        thumb.press("Read it aloud")
        thumb.read_aloud(".aloud")
        for name in ("youth", "agency"):
            thumb.tap(ruth.page.locator(f"input[name=signed_by][value={name}]").locator("xpath=.."))
        for box in ruth.page.locator("input[name=elements]").all():
            if box.is_visible() and not box.is_checked():
                thumb.tap(box.locator("xpath=.."))
        thumb.press("Keep this release")
        ruth.sees("It is in force now")
        assert thumb.seconds < TWO_MINUTES, thumb.seconds
