"""Typing is never lost: in real Chromium windows, over a line that drops, a server that is killed, pages that go."""

from __future__ import annotations

import random
import re
import time

import pytest

from mdt.operations.demo import known
from mdt.operations.merging import inserted, merge
from tests.browser.people import Somebody, county

CASE = f"/cases/{known('case.wren')}"
ROOM = f"/meetings/cases/{known('case.wren')}/{known('wren.meeting.tonight')}"
UPDATE = "Your update"
NOTE = "Write down what was said"
BOTH_WAYS = """async (triples) => {
  const { merge, inserted, steps } = await import("/static/js/merge.js");
  const put = (text, [from, to, words]) => text.slice(0, from) + words + text.slice(to);
  const walk = (old, fresh) => steps(old, fresh).reduce(put, old);
  return triples.map(([base, one, other]) => [merge(base, one, other), inserted(base, one), walk(base, one) === one]);
}"""


def kept(one: Somebody, *, within: float = 4.0) -> None:
    """The page says that everything is kept, and nothing is left to send."""
    one.page.locator("[data-kept]").first.filter(has_text="Kept at").wait_for(timeout=within * 1000)
    one.page.wait_for_timeout(1300)
    one.page.locator("[data-kept]").first.filter(has_text="Kept at").wait_for(timeout=within * 1000)


def text_of(one: Somebody, label: str = UPDATE) -> str:
    return one.field(label).input_value()


def says(one: Somebody, words: str, *, within: float = 8.0) -> None:
    one.page.locator("[data-kept-state]").first.filter(has_text=words).wait_for(timeout=within * 1000)


@pytest.mark.timeout(120)
def test_so_it_is_in_every_form_with_room_for_more_than_a_line(serve, chromium) -> None:
    served = serve()
    with county(chromium, served.url, "Casey") as people:
        casey = people["Casey"]
        casey.go(f"{CASE}/papers/new")
        casey.field("What does it say?").press_sequentially("You are commanded", delay=20)
        casey.page.get_by_label(re.compile("ubpoena")).first.check()
        kept(casey)
        casey.checked()
        casey.page.reload()
        assert text_of(casey, "What does it say?") == "You are commanded" and "It is still here." in casey.reads()
        assert casey.page.get_by_label(re.compile("ubpoena")).first.is_checked()
        casey.go(f"{CASE}/papers")
        casey.page.locator("summary").filter(has_text="Hold everything").first.click()
        casey.field("What are they kept for?").fill("A hearing.")
        casey.page.locator("[data-kept]").filter(has_text="Kept at").wait_for(timeout=4000)
        casey.page.get_by_role("button", name="Hold everything").click()
        casey.page.wait_for_load_state()
        assert casey.page.locator("#why").input_value() == "" and "A hearing." in casey.reads()


@pytest.mark.timeout(240)
def test_what_is_typed_survives_reload_sign_out_a_dropped_line_and_a_killed_server(serve, chromium) -> None:
    served = serve()
    with county(chromium, served.url, "Jo") as people:
        jo = people["Jo"]
        merged_alike(jo)
        jo.go(f"{CASE}/update")
        jo.field(UPDATE).press_sequentially("She slept here", delay=30)
        kept(jo)
        jo.checked()
        jo.page.reload()
        assert text_of(jo) == "She slept here" and "It is still here." in jo.reads()
        off_and_on(jo)
        jo.page.get_by_role("button", name="Sign out").first.click()
        jo.page.wait_for_load_state()
        jo.go("/people")
        jo.page.get_by_role("button", name=re.compile("Be Jo$")).click()
        jo.go(f"{CASE}/update")
        assert text_of(jo) == "She slept here two nights."
        jo.field(UPDATE).focus()
        jo.page.keyboard.press("Control+End")
        jo.page.keyboard.type(" And asked", delay=20)
        kept(jo)
        served.kill()
        jo.faults.clear()
        jo.page.keyboard.type(" for a key.", delay=20)
        says(jo, "Not kept yet: the line is down.")
        served.start()
        kept(jo, within=12)
        jo.faults.clear()
        jo.page.reload()
        assert text_of(jo) == "She slept here two nights. And asked for a key."
        jo.page.get_by_role("button", name=re.compile("^Post")).click()
        jo.page.wait_for_load_state()
        jo.go(f"{CASE}/update")
        assert text_of(jo) == "" and "It is still here." not in jo.reads()


def merged_alike(jo: Somebody) -> None:
    """The page merges as the server does."""
    chance = random.Random(4)
    signs = ["nurse", "said", "yes", " ", " ", ".", "é", "😀", "\n", "a", "b"]
    triples = []
    for _ in range(300):
        base = [chance.choice(signs) for _ in range(chance.randrange(12))]
        sides = []
        for _ in range(2):
            side = [one for one in base if chance.random() < 0.8]
            for _ in range(chance.randrange(4)):
                side.insert(chance.randint(0, len(side)), chance.choice(signs))
            sides.append("".join(side))
        triples.append(["".join(base), *sides])
    for triple, (merged, added, steps) in zip(triples, jo.page.evaluate(BOTH_WAYS, triples), strict=True):
        assert merged == merge(*triple) and added == inserted(triple[0], triple[1]) and steps, triple


def off_and_on(jo: Somebody) -> None:
    """Offline for a while: the page says so, and nothing is missing or doubled when the line is back."""
    jo.context.set_offline(True)
    jo.field(UPDATE).focus()
    jo.page.keyboard.press("Control+End")
    jo.page.keyboard.type(" two nights", delay=20)
    says(jo, "It is safe on this page as long as it stays open.")
    jo.page.wait_for_timeout(3000)
    jo.page.keyboard.type(".", delay=20)
    jo.context.set_offline(False)
    says(jo, "The line is back.")
    kept(jo)
    jo.faults.clear()
    jo.page.reload()
    assert text_of(jo) == "She slept here two nights."


@pytest.mark.timeout(240)
def test_two_write_in_one_note_see_each_other_and_lose_nothing(serve, chromium) -> None:
    served = serve()
    with county(chromium, served.url, "Casey", "Ruth", "Tomas", phones=("Tomas",)) as people:
        casey, ruth, tomas = people["Casey"], people["Ruth"], people["Tomas"]
        come_in(casey, ruth, tomas)
        ruth.field(NOTE).fill("Sleep is better.")
        ruth.press("Write it together")
        tomas.sees("Write in Ruth Castellano’s note, too")
        tomas.press("Write in Ruth Castellano")
        assert text_of(tomas, NOTE) == "Sleep is better."
        at_once(ruth, tomas)
        one_is_offline(ruth, tomas)
        words = text_of(ruth, NOTE)
        ruth.press("Add the note")
        casey.sees("Iron helps.")
        casey.sees("Ruth Castellano with Tomas")
        says(tomas, "This was sent in the meantime.")
        assert text_of(tomas, NOTE) == ""
        assert all(part in casey.reads() for part in words.split(". "))
        for one in people.values():
            one.checked()


def come_in(casey: Somebody, *others: Somebody) -> None:
    for one in (casey, *others):
        one.go(ROOM)
    casey.press("Open the room")
    for one in others:
        one.sees("The room is open")
        one.field("I keep to myself").check()
        one.press("Come in")


def at_once(ruth: Somebody, tomas: Somebody) -> None:
    """Both type, in turns of a key: each sees the other's words and name; each caret stays where its writer is."""
    for one, key in ((ruth, "Control+End"), (tomas, "Control+Home")):
        one.field(NOTE).focus()
        one.page.keyboard.press(key)
    for mine, theirs in zip(" Iron helps.", "He says so. ", strict=True):
        ruth.page.keyboard.type(mine)
        tomas.page.keyboard.type(theirs)
        time.sleep(0.08)
    for one in (ruth, tomas):
        one.page.locator("[data-writing]").filter(has_text="is writing").wait_for(timeout=4000)
    stand_alike(ruth, tomas, "He says so. Sleep is better. Iron helps.")


def one_is_offline(ruth: Somebody, tomas: Somebody) -> None:
    """What one wrote without a line and what the other wrote meanwhile come together."""
    tomas.context.set_offline(True)
    tomas.page.keyboard.type("Twice. ", delay=10)
    ruth.page.keyboard.type(" With juice.", delay=10)
    kept(ruth)
    says(tomas, "Not kept yet")
    tomas.context.set_offline(False)
    stand_alike(ruth, tomas, "He says so. Twice. Sleep is better. Iron helps. With juice.", within=10)
    tomas.faults.clear()


def stand_alike(ruth: Somebody, tomas: Somebody, words: str, *, within: float = 5) -> None:
    end = time.monotonic() + within
    while time.monotonic() < end and not text_of(ruth, NOTE) == text_of(tomas, NOTE) == words:
        ruth.page.wait_for_timeout(100)
    assert (text_of(ruth, NOTE), text_of(tomas, NOTE)) == (words, words)
