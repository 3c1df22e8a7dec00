"""Make the pictures of the documentation: the running application, photographed by a real browser.

.venv/bin/python -m tests.browser.pictures docs/pictures
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from mdt.operations.demo import known
from tests.fixtures_served import Served, free_port
from tools import browser

CASE = f"/cases/{known('case.wren')}"
ROOM = f"/meetings/cases/{known('case.wren')}/{known('wren.meeting.tonight')}"
IN_THE_ROOM = ("Tomas", "Ruth", "Jo")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as instance, chromium() as window:
        served = Served(Path(instance), free_port()).start()
        try:
            take(window, served.url, folder)
        finally:
            served.stop()


@contextmanager
def chromium() -> Iterator[Browser]:
    found = browser.find()
    assert found, browser.NONE_FOUND
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=found.path, args=["--no-sandbox", "--disable-quic"])


def take(window: Browser, url: str, folder: Path) -> None:
    """The lead's desk, the meeting while it runs, and the school's page of the same case on a phone."""
    casey = somebody(window, url, "Casey")
    casey.screenshot(path=folder / "desk.png")
    casey.goto(url + ROOM)
    casey.get_by_role("button", name="Open the room").click()
    others = [join(window, url, name) for name in IN_THE_ROOM]
    for _ in range(2):
        casey.get_by_role("button", name="Next item").click()
    others[1].get_by_label("Write down what was said").fill(
        "Iron in the morning, with juice. She asks for the same nurse each time."
    )
    others[1].get_by_role("button", name="Add the note").click()
    casey.get_by_text("with juice").wait_for()
    casey.screenshot(path=folder / "meeting.png", full_page=True)
    imani = somebody(window, url, "Imani", phone=True)
    imani.goto(url + CASE)
    imani.screenshot(path=folder / "case-school.png")


def join(window: Browser, url: str, name: str) -> Page:
    page = somebody(window, url, name)
    page.goto(url + ROOM)
    page.get_by_label("I keep to myself").check()
    page.get_by_role("button", name="Come in").click()
    page.get_by_label("Write down what was said").wait_for()
    return page


def somebody(window: Browser, url: str, name: str, *, phone: bool = False) -> Page:
    page = window.new_context(
        viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 860}
    ).new_page()
    page.goto(f"{url}/people")
    page.get_by_role("button", name=re.compile(rf"Be {name}$")).click()
    page.wait_for_load_state()
    return page


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures"))
