"""From intake to identification by a tiered tool, in real Chromium, by the people whose work it is; and what the other
partners see at every step."""

from __future__ import annotations

import html
import re

import pytest

from mdt.operations.demo import known
from tests.browser.people import Somebody, county

CASE = f"/cases/{known('case.wren')}"
SAID = "Two zebrafish key rings in her coat"
WHY = "She told it to Dee by herself, twice"
SAFE = "Nobody but Marisol collects her this week"
OTHERS = ("Marcus", "Jo", "Ruth", "Imani")


@pytest.mark.timeout(300)
def test_from_intake_to_identification_by_a_tiered_tool(serve, chromium):
    with county(chromium, serve().url, "Casey", "Dee", *OTHERS, phones=("Dee",)) as people:
        casey, dee = people["Casey"], people["Dee"]
        opens(casey)
        nobody_else(people, "To do")
        first_look(dee)
        sees(people, SAID, {"Marcus", "Jo"})
        closer_look(dee)
        sees(people, "Something was told", {"Marcus", "Jo"})
        place = identify(casey)
        sees(people, WHY, set())
        sees(people, SAFE, {"Marcus", "Jo", "Ruth"})
        report(casey, place)


def opens(casey: Somebody) -> None:
    """An investigation begins: the first look opens, with its time."""
    casey.go(CASE)
    casey.press("^Screening$")
    casey.page.get_by_text("Something happened that calls for a screening").click()
    casey.press("open the screening An investigation")
    casey.sees("To do")
    casey.sees("An investigation")
    assert "left" in casey.reads()


def first_look(dee: Somebody) -> None:
    """On a phone, by the keyboard where it counts: eight things that are known; one of them leads on."""
    dee.go(f"{CASE}/screenings")
    dee.press("^Begin An investigation")
    dee.sees("One of these alone says nothing.")
    for box in dee.page.locator("fieldset").all():
        box.get_by_label("Absent").check()
    dee.page.locator("fieldset", has_text="hotel keys").get_by_label("Absent").focus()
    dee.page.keyboard.press("ArrowLeft")
    dee.field("What you saw or heard").fill(SAID)
    dee.press("Keep, and see what it comes to")
    dee.sees("Look closer")
    dee.sees("It is not a finding.")
    dee.press("^File it$")
    dee.sees(SAID)


def closer_look(dee: Somebody) -> None:
    """A talk: what is not asked is not on the page; what is told stops it."""
    dee.go(f"{CASE}/screenings")
    dee.press("^Begin A closer look")
    dee.sees("For you")
    assert "What did they want?" not in dee.reads()
    for _ in range(9):
        if "Stop asking here" in dee.reads():
            break
        for box in dee.page.locator("fieldset").all():
            yes = re.search("gifts|phone, money|sexual", box.inner_text()) is not None
            if box.get_by_label("Yes" if yes else "No", exact=True).count():
                box.get_by_label("Yes" if yes else "No", exact=True).check()
        dee.press("Keep and go on|Keep, and see")
    dee.sees("Stop asking here.")
    dee.press("^File it and stop$")
    dee.sees("Something was told, and the questions stopped there.")


def identify(casey: Somebody) -> str:
    """A person decides, and the day begins."""
    casey.go(f"{CASE}/screenings")
    casey.press("They were trafficked")
    casey.sees("24 hours, day and night")
    casey.page.get_by_label("Sex trafficking").check()
    casey.field("Why do you decide this").fill(WHY)
    casey.field("What is needed to be safe").fill(SAFE)
    casey.press("^I decide it$")
    casey.sees("Tell law enforcement")
    return casey.page.url


def report(casey: Somebody, place: str) -> None:
    """What the law lists, printed; then that they were told."""
    casey.press("Open the report")
    shown = casey.reads()
    assert SAFE in shown and "confirmed" in shown and SAID not in shown and WHY not in shown
    assert len(casey.page.pdf()) > 1000
    casey.go(place)
    casey.page.get_by_label("Marcus Bell").check()
    now = casey.page.evaluate("new Date().toLocaleString('sv', {timeZone: 'America/New_York'})")
    casey.field("On which day were they told").fill(now[:10])
    casey.field("At what time").fill(now[11:16])
    casey.field("The number or name they gave you").fill("AP-2026-118")
    casey.press("^They were told$")
    casey.sees("In time:")
    casey.sees("AP-2026-118")


def sees(people: dict[str, Somebody], words: str, who: set[str]) -> None:
    """Who of the other partners reads these words in the case now: these, and nobody else."""
    found = set()
    for name in OTHERS:
        if words in got(people[name], CASE):
            found.add(name)
    assert found == who, words


def got(one: Somebody, path: str) -> str:
    """What this page says to somebody, asked for from their own window."""
    answer = one.page.request.get(one.url + path)
    assert answer.ok, (one.name, path)
    return html.unescape(answer.text())


def nobody_else(people: dict[str, Somebody], words: str) -> None:
    """No other partner's page of screening, desk or case says that something is due."""
    for name in OTHERS:
        for path in (f"{CASE}/screenings", CASE, "/"):
            said = got(people[name], path)
            assert words not in said and "investigation." not in said, (name, path)
