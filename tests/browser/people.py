"""People of the county in real Chromium windows, each in one of their own, every page checked as they pass."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Error, Locator, Page

from mdt.operations.demo import people

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
GRAVE = ("serious", "critical")
GOES_ON = ("context was destroyed", "page is navigating")
MADE_OF = """() => {
  const plain = (words) => words.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\\d+/g, "#");
  const untold = /^(href|src|content|datetime|value|data-.*)$/;
  const said = ({ name, value }) => ` ${name}=${untold.test(name) ? !!value : plain(value)}`;
  const inside = (one) => [...one.childNodes].map(walk).filter((made, at, all) => made !== all[at - 1]).join("");
  const walk = (one) => {
    if (one.nodeType === Node.TEXT_NODE) return one.data.trim() ? "…" : "";
    if (one.nodeType !== Node.ELEMENT_NODE) return "";
    const about = [...one.attributes].map(said).sort().join("");
    return `<${one.localName}${about}${one.checked ? "!" : ""}>${inside(one)}</>`;
  };
  return document.documentElement && innerWidth + walk(document.documentElement);
}"""
"""What a page is made of: its elements with what axe goes by, whether there are words and not which, and one of each of
those that follow upon each other and are made alike. Nothing, in the moment in which a new page has no element yet."""
CLEAN: set[str] = set()
"""What the pages of this run were made of in which axe found nothing."""
HELD = """() => {
  const here = document.activeElement;
  const own = here.matches("select, body") ? "" : here.innerText;
  return [own, ...[...(here.labels || [])].map((one) => one.innerText)].join(" ");
}"""
"""What has the focus, in words: its own, and its label's."""
TABS = 90


class Somebody:
    """One person at one window. What the console says against a page, or axe finds grave, is kept."""

    def __init__(
        self, browser: Browser, url: str, name: str, *, phone: bool = False, quickly: bool = False
    ) -> None:  # fmt: skip
        self.name, self.url = name, url
        self.context = browser.new_context(viewport=PHONE if phone else DESK)
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(f"{name}: {error}"))
        if quickly:
            self.come_in()
            return
        self.go("/people")
        self.page.get_by_role("button", name=re.compile(rf"Be {name}$")).click()
        self.checked()

    def come_in(self) -> None:
        """By the form of the door, without looking at it: somebody else came in by its button."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.page.request.get(f"{self.url}/people").text())
        assert token
        place = f"{self.url}/people/{people.id_of(self.name.lower())}"
        came = self.page.request.post(place, form={"csrf_token": token[1]}, headers={"Origin": self.url})
        assert came.ok, (self.name, came.status)

    def said_at(self, path: str) -> str:
        """What this page says to somebody, in its main part, asked for from their own window without drawing it."""
        answer = self.page.request.get(self.url + path)
        assert answer.ok, (self.name, path, answer.status)
        main = answer.text().split("<main", 1)[-1].split("</main", 1)[0]
        return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", main).split()))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "404 (Not Found)" not in message.text:
            self.faults.append(f"{self.name}: {message.text}")

    def go(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else self.url + path)
        self.checked()

    def press(self, name: str) -> None:
        """Press a button or follow a link by its words, and look at where it leads."""
        words = re.compile(name)
        both = self.page.get_by_role("button", name=words).or_(self.page.get_by_role("link", name=words))
        both.first.click()
        self.page.wait_for_load_state()
        self.checked()

    def checked(self) -> None:
        """No grave finding of axe on this page; one that goes on by itself is looked at where it comes to rest. What
        is made as a page before it, at the same width, and was clean is not looked through again."""
        self.page.wait_for_load_state()
        try:
            made_of = self.page.evaluate(MADE_OF)
            if not made_of:
                return self.checked()
            if made_of in CLEAN:
                return None
            found = Axe().run(self.page).response["violations"]
        except Error as gone:
            if not any(words in str(gone) for words in GOES_ON):
                raise
            return self.checked()
        if not found:
            CLEAN.add(made_of)
        self.faults += [
            f"{self.page.url}: {one['id']} {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in GRAVE
        ]

    def to(self, words: str) -> None:
        """Go on by the Tab key until this has the focus, as somebody without a mouse does."""
        passed = []
        for _ in range(TABS):
            self.page.keyboard.press("Tab")
            passed.append(self.page.evaluate(HELD))
            if words in passed[-1]:
                return
        raise AssertionError(f"{words!r} is not reached by the keyboard: {passed}")

    def enter(self, words: str) -> None:
        """Follow what is said so, by keyboard alone, and look at where it leads."""
        self.to(words)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.checked()

    def sees(self, words: str, *, within: float = 4.0) -> None:
        """These words come to stand on the page, without anybody reloading it."""
        self.page.get_by_text(words).locator("visible=true").first.wait_for(timeout=within * 1000)

    def sees_no_more(self, words: str, *, within: float = 1.0) -> None:
        """These words go from the page."""
        gone = "words => document.body && !document.body.innerText.includes(words)"
        self.page.wait_for_function(gone, arg=words, timeout=within * 1000, polling=20)

    def reads(self) -> str:
        return self.page.locator("body").inner_text()

    def field(self, label: str) -> Locator:
        return self.page.get_by_label(re.compile(label)).first


def pictures(found: dict[str, Somebody]) -> None:
    """Where MDT_PICTURES names a folder, what everybody had on screen when something failed."""
    folder = os.environ.get("MDT_PICTURES")
    for one in found.values() if folder else ():
        one.page.screenshot(path=f"{folder}/{one.name}.png", full_page=True)


@contextmanager
def county(
    browser: Browser, url: str, *names: str, phones: tuple[str, ...] = (), quickly: bool = False
) -> Iterator[dict[str, Somebody]]:  # fmt: skip
    """These people, each signed in at their own window; in the end no page may have had a fault. `quickly`: the first
    comes in by the door, the others by its form, and their desks are not looked at."""
    found = {
        name: Somebody(browser, url, name, phone=name in phones, quickly=quickly and name != names[0])
        for name in names
    }  # fmt: skip
    try:
        yield found
    except BaseException:
        pictures(found)
        raise
    finally:
        for one in found.values():
            one.context.close()
    faults = [fault for one in found.values() for fault in one.faults]
    assert not faults, "\n".join(faults)
