"""The main job, end to end, by the people whose work it is, in real Chromium on the server as `make run` starts it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from mdt.operations.demo import caseload, known
from tests.browser.people import Somebody, county

CASE = f"/cases/{known('case.wren')}"
ROOM = f"/meetings/cases/{known('case.wren')}/{known('wren.meeting.tonight')}"
CHECK_UP = "Iron tablet"
WORDS = "Wren slept here two nights and asked for her own key."
SAID = "Iron in the morning, with juice, and the same nurse each time."
TO_DO = "Blood test and a talk about sleep, same visit"


@pytest.mark.timeout(300)
def test_the_whole_job_of_one_evening(serve, chromium, tmp_path):
    served = serve()
    names = ("Casey", "Jo", "Ruth", "Tomas", "Marcus", "Imani", "Ngozi", "Wren")
    with county(chromium, served.url, *names, phones=("Ruth", "Jo", "Wren")) as people:
        bring_in_a_caseload(people["Casey"], tmp_path)
        convene(people["Casey"], people["Ngozi"])
        release_and_post(people["Jo"], people["Casey"], people["Marcus"])
        see(people)
        meet(people)
        hand_off(people["Casey"], people["Ruth"])
        revoke_live(people["Casey"], people["Tomas"], people["Jo"])
        account(people["Wren"])


def bring_in_a_caseload(casey: Somebody, folder: Path) -> None:
    """The agency's own file: every row is seen before anything is kept; brought in again, it changes nothing."""
    file = folder / "caseload.csv"
    file.write_text("".join(caseload.lines(youth=12, seed=7)))
    for again in (False, True):
        casey.go("/")
        casey.press("Bring in a caseload")
        casey.page.locator("#caseload").set_input_files(file)
        casey.press("Read the file")
        if again:
            casey.sees("This file would change nothing", within=20)
            return
        casey.sees("This is what the file would do", within=20)
        casey.press("^Bring in")
        casey.sees("Your caseload is in", within=30)


def convene(casey: Somebody, ngozi: Somebody) -> None:
    """The lead asks a prosecutor to the table, who answers for herself; both see it without reloading."""
    casey.go(CASE)
    casey.press("Convene the team")
    casey.field("^Why$").fill("the hearing is next week")
    casey.page.get_by_role("checkbox", name="Ngozi").check()
    casey.press("Ask 1 person")
    ngozi.sees("asks you to a team")
    assert "Wren" not in ngozi.reads()
    ngozi.press("Read and answer")
    ngozi.field("I keep to myself").check()
    ngozi.press("Come to the team")
    ngozi.sees("Wren")


def release_and_post(jo: Somebody, casey: Somebody, marcus: Somebody) -> None:
    """An advocate's words stay with her agency until its own release names somebody; then they reach just them."""
    jo.go(f"{CASE}/update")
    jo.page.get_by_text("Confidential advocate", exact=False).first.click()
    jo.sees("Wren will be able to read this.")
    jo.go(f"{CASE}/releases")
    jo.press("victim service|Victim service|advocate")
    jo.page.get_by_label("Cedar County Child Welfare").check()
    for box in jo.page.locator("#categories input").all():
        box.check()
    jo.press("Read it aloud")
    sign(jo)
    jo.press("Keep this release")
    jo.go(f"{CASE}/update")
    jo.page.get_by_text("Confidential advocate", exact=False).first.click()
    jo.sees("Casey Lindqvist")
    jo.field("Your update").fill(WORDS)
    jo.press("Post to")
    for one, reads in ((casey, True), (marcus, False)):
        one.go(CASE)
        assert (WORDS in one.reads()) is reads, one.name


def sign(jo: Somebody) -> None:
    """Whoever the law asks for signs, in writing, and everything the paper needs is done."""
    for box in jo.page.locator("input[name=signed_by]").all():
        box.check()
    for box in jo.page.locator("input[name=elements]").all():
        if box.is_visible():
            box.check()


def see(people: dict[str, Somebody]) -> None:
    """Each through their own view: what is theirs, what is held and by whom, or no trace at all."""
    for name in ("Casey", "Ruth", "Tomas", "Jo"):
        people[name].go(CASE)
        assert CHECK_UP in people[name].reads(), name
    people["Marcus"].go(CASE)
    assert CHECK_UP not in people["Marcus"].reads() and "Mercy Clinic holds" in people["Marcus"].reads()
    people["Imani"].go(CASE)
    for trace in (CHECK_UP, "Mercy", "Harbor", "Open Door", "Jo Reyes", "holds this"):
        assert trace not in people["Imani"].reads(), trace


def meet(people: dict[str, Somebody]) -> None:
    """An item opens once whoever may not see it has stepped out; notes appear by themselves."""
    casey, there = people["Casey"], [people[name] for name in ("Jo", "Ruth", "Tomas", "Marcus")]
    for one in (casey, *there):
        one.go(ROOM)
    casey.press("Open the room")
    for one in there:
        one.sees("The room is open")
        one.field("I keep to myself").check()
        one.press("Come in")
    casey.sees("Five people here")
    casey.press("Next item")
    casey.press("Next item")
    casey.sees("This opens once Marcus Bell has stepped out")
    assert CHECK_UP not in people["Tomas"].reads()
    casey.press("Ask Marcus out")
    people["Marcus"].sees("The next item is for a smaller group.")
    for name in ("Tomas", "Jo", "Ruth"):
        people[name].sees(CHECK_UP)
    people["Ruth"].field("Write down what was said").fill(SAID)
    people["Ruth"].press("Add the note")
    for one in (casey, people["Tomas"]):
        one.sees(SAID)
    assert SAID not in people["Marcus"].reads()


def hand_off(casey: Somebody, ruth: Somebody) -> None:
    """A decision becomes a task, offered and taken; both sides see it change without reloading."""
    casey.field("^What$").fill(TO_DO)
    casey.page.locator("#who").select_option(label="Ruth Castellano, nurse")
    casey.press("Record this decision")
    casey.sees("Offered to Ruth Castellano")
    ruth.sees(TO_DO)
    ruth.page.get_by_role("link", name=TO_DO).first.click()
    ruth.checked()
    ruth.press("I’ll take it")
    casey.sees("Ruth Castellano holds it")


def revoke_live(casey: Somebody, tomas: Somebody, jo: Somebody) -> None:
    """Wren says stop while the meeting runs: within a second it is gone from the screens that showed it."""
    desk = casey.context.new_page()
    desk.goto(f"{casey.url}{CASE}/releases/{known('wren.release.checkups')}/stop")
    desk.get_by_label("In writing").or_(desk.get_by_label("in writing")).first.check()
    desk.get_by_role("button", name="Stop it now").click(no_wait_after=True)
    begun = time.monotonic()
    for one in (tomas, jo):
        one.sees_no_more(CHECK_UP, within=3)
    assert time.monotonic() - begun < 3
    casey.sees("A permission changed")
    desk.close()


def account(wren: Somebody) -> None:
    """The young person reads, and can print, who was shown what, when and by which rule."""
    wren.go(f"/who-has-looked/{known('case.wren')}")
    words = wren.reads()
    assert "Tomas Herrera" in words and "physical health" in words
    assert len(wren.page.pdf()) > 10_000
