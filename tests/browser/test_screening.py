"""From intake to identification by a tiered tool, in real Chromium, by the people whose work it is; and what the other
partners see at every step."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from mdt.models import now
from mdt.operations.demo import known
from tests.browser.people import Somebody, county

CASE = f"/cases/{known('case.wren')}"
SAID = "Two zebrafish key rings in her coat"
WHY = "She told it to Dee by herself, twice"
SAFE = "Nobody but Marisol collects her this week"
OTHERS = ("Marcus", "Jo", "Ruth", "Imani")
DESK = "/lead"
HEAD = "record,youth_id,legal_name,date_of_birth,case_opened,record_id,start,placement_name\n"
FILE = HEAD + "placement,CW-24871,,,,PL-7,{day},Birch house\n"
WANTED = "Rides to the mall, and back late"


@pytest.mark.timeout(300)
def test_from_intake_to_identification_by_a_tiered_tool(serve, chromium):
    with county(chromium, serve().url, "Casey", "Dee", *OTHERS, phones=("Dee",), quickly=True) as people:
        casey, dee = people["Casey"], people["Dee"]
        arrives(casey)
        nobody_else(people)
        first_look(dee)
        sees(people, SAID, {"Marcus", "Jo"})
        closer_look(dee)
        sees(people, "Something was told", {"Marcus", "Jo"})
        place = identify(casey)
        sees(people, WHY, set())
        sees(people, SAFE, {"Marcus", "Jo", "Ruth"})
        report(casey, place)


def arrives(casey: Somebody) -> None:
    """She was placed: it comes with the caseload, as the county's own system writes it. The first look opens by itself,
    and is due on the desk."""
    casey.go(DESK)
    casey.press("Bring in a caseload")
    day = (now() - timedelta(days=1)).date().isoformat()
    file = {"name": "caseload.csv", "mimeType": "text/csv", "buffer": FILE.format(day=day).encode()}
    casey.page.get_by_label("The file", exact=True).set_input_files(file)
    casey.press("Read the file")
    casey.press("^Bring in 1 row$")
    casey.sees("Your caseload is in")
    casey.go(DESK)
    casey.sees("Screening: entering care.")
    assert "left" in casey.reads()


def first_look(dee: Somebody) -> None:
    """From the desk, on a phone, by the keyboard where it counts: eight things that are known; one of them leads on."""
    dee.go(DESK)
    dee.press("^Open Screening: entering care")
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
    dee.go(DESK)
    dee.press("^Open Screening: a closer look")
    dee.sees("For you")
    assert "What did they want?" not in dee.reads()
    follows(dee)
    for _ in range(9):
        if "/end" in dee.page.url:
            break
        for key in dee.page.locator("[data-q]:has(fieldset)").evaluate_all("all => all.map(one => one.dataset.q)"):
            box = dee.page.locator(f"[data-q='{key}'] fieldset")
            yes = re.search("gifts|phone, money|sexual", box.inner_text()) is not None
            if box.get_by_label("Yes" if yes else "No", exact=True).count():
                box.get_by_label("Yes" if yes else "No", exact=True).check()
        dee.press("Keep and go on|Keep, and see")
    dee.sees("Stop asking here.")
    dee.press("^File it and stop$")
    dee.sees("Something was told, and the questions stopped there.")


def follows(dee: Somebody) -> None:
    """By the keyboard: a question comes with the answer that brings it, goes with another, and comes back with what was
    typed. Focus stays where it is, and it is said to whoever does not see it."""
    gifts = dee.page.locator("fieldset", has_text="given you a phone")
    gifts.get_by_label("Yes", exact=True).focus()
    dee.page.keyboard.press("Space")
    wanted = dee.page.get_by_label("Something else: What did they want?")
    wanted.fill(WANTED)
    assert "Asked now: What did they want?" in dee.page.locator("[data-asked-said]").inner_text()
    dee.checked()
    gifts.get_by_label("Yes", exact=True).focus()
    dee.page.keyboard.press("ArrowDown")
    wanted.wait_for(state="detached")
    assert "Not asked any more" in dee.page.locator("[data-asked-said]").inner_text()
    assert dee.page.evaluate("document.activeElement.matches('fieldset input:checked')")
    dee.page.keyboard.press("ArrowUp")
    wanted.wait_for()
    assert wanted.input_value() == WANTED


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
        if words in people[name].said_at(CASE):
            found.add(name)
    assert found == who, words


def nobody_else(people: dict[str, Somebody]) -> None:
    """No other partner's page of screening, desk or case says that something is due."""
    for name in OTHERS:
        for path in (f"{CASE}/screenings", CASE, "/"):
            said = people[name].said_at(path)
            assert "To do" not in said and "Screening: " not in said, (name, path)
