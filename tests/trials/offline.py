"""Ten minutes without a line: two write in one note, one of them offline, and nothing is missing or doubled.

In real Chromium. Both go on typing all the while, each word once; then the line comes back, and what both read is
held against what both wrote. Then it is reloaded, sent, and read by somebody else. MINUTES=n makes it n.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure
from tests.browser.people import Somebody, county
from tests.browser.test_typing import NOTE, come_in, kept, text_of
from tests.fixtures_served import Served, free_port
from tests.fixtures_servers import chromium_at_hand

MINUTES = float(os.environ.get("MINUTES") or 10)
PAUSE_SECONDS = 5.0


def measure() -> Iterator[Figure]:
    """Walk it once; words that are missing, and words that stand there twice."""
    with tempfile.TemporaryDirectory(prefix="mdt-offline-") as name, chromium_at_hand() as chromium:
        served = Served(Path(name), free_port()).start()
        try:
            with county(chromium, served.url, "Casey", "Ruth", "Tomas", phones=("Tomas",)) as here:
                wrote, read = _walked(here["Casey"], here["Ruth"], here["Tomas"])
        finally:
            served.stop()
    found = Counter(read.split())
    missing, doubled = [one for one in wrote if not found[one]], [one for one in wrote if found[one] > 1]
    how = f"words of {len(wrote)} that two wrote in one note, one of them offline for {MINUTES:g} minutes"
    yield Figure("C.offline_missing", len(missing), "words", "<= 0", how)
    yield Figure("C.offline_doubled", len(doubled), "words", "<= 0", how)


def _walked(casey: Somebody, ruth: Somebody, tomas: Somebody) -> tuple[list[str], str]:
    """What both wrote, and what Casey reads of it in the end."""
    come_in(casey, ruth, tomas)
    ruth.field(NOTE).fill("Both-write-here.")
    ruth.press("Write it together")
    tomas.sees("Write in Ruth Castellano")
    tomas.press("Write in Ruth Castellano")
    for one, key in ((ruth, "Control+End"), (tomas, "Control+Home")):
        one.field(NOTE).focus()
        one.page.keyboard.press(key)
    tomas.context.set_offline(True)
    wrote = ["Both-write-here.", *_typed(ruth, tomas)]
    assert "Not kept yet" in tomas.reads()
    tomas.context.set_offline(False)
    _come_together(ruth, tomas, wrote)
    for one in (ruth, tomas):
        one.faults.clear()
        kept(one)
    tomas.page.reload()
    assert text_of(tomas, NOTE) == text_of(ruth, NOTE), "a reload changes nothing"
    ruth.press("Add the note")
    casey.sees(wrote[0])
    return wrote, casey.page.locator(".seg", has_text=wrote[0]).first.inner_text()


def _typed(ruth: Somebody, tomas: Somebody) -> list[str]:
    """Both type, a word each in turn, for as long as the line is down."""
    wrote, end = [], time.monotonic() + 60 * MINUTES
    while time.monotonic() < end:
        mine, theirs = f"ruth{len(wrote)}", f"tomas{len(wrote)}"
        ruth.page.keyboard.type(f" {mine}", delay=10)
        tomas.page.keyboard.type(f"{theirs} ", delay=10)
        wrote += [mine, theirs]
        time.sleep(PAUSE_SECONDS)
    return wrote


def _come_together(ruth: Somebody, tomas: Somebody, wrote: list[str]) -> None:
    """Until both read the same, and all of it; half a minute at the most."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        read = text_of(ruth, NOTE)
        if read == text_of(tomas, NOTE) and set(wrote) <= set(read.split()):
            return
        ruth.page.wait_for_timeout(200)


__all__ = ["measure"]
