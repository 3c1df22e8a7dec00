"""Missing from care, from noticed to talked about, through the night the clocks go forward: by the worker who holds
the phone, with what the officer, the school and the advocate have on their screens at each step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mdt.operations.demo import known
from tests.browser import clocked
from tests.browser.people import Somebody, county
from tests.browser.test_release_quickly import Thumb
from tests.unit.test_photos import PLACE, as_a_phone_writes_it

CASE = f"/cases/{known('case.wren')}"
SATURDAY = datetime(2027, 3, 13, 23, 0, tzinfo=UTC)
"""Six in the evening; at two in the morning the clocks go forward, so that 24 hours end at seven."""
SEEN, COAT = "At the bus stop on Main, at five, alone", "A green coat"
NOT_IN_IT = ("New Path", "Open Door", "a walk with Marisol")
ONE_MINUTE = 60
EXPECTED = ("422", "401 (Unauthorized)", "handshake: Unexpected response code: 403")
"""Forms that were refused, and pages that were open when a sign-in had lasted long enough."""


@pytest.mark.timeout(300)
def test_from_noticed_to_talked_about_through_the_night_the_clocks_go_forward(serve, chromium):
    served = serve(clocked.order(SATURDAY))
    five = ("Dee", "Casey", "Marcus", "Imani", "Jo")
    with county(chromium, served.url, *five, phones=("Dee", "Imani"), quickly=True) as people:
        dee, casey, marcus, imani, jo = people.values()
        for one in (marcus, imani):
            one.go(CASE)
        make_what_waits(dee)
        keep_a_photo(dee)
        notice(dee)
        marcus.sees(SEEN)
        assert SEEN not in imani.reads() and SEEN not in jo.said_at(CASE)
        tell_the_police(dee, marcus)
        put_the_card_up(dee, imani, jo)
        half_way(served, dee, casey)
        too_late(served, dee)
        come_back(served, dee, marcus, imani)
        talk(dee)
        for one in people.values():
            one.faults = [fault for fault in one.faults if not any(word in fault for word in EXPECTED)]


def make_what_waits(dee: Somebody) -> None:
    """Another search of the invented county has waited since it was founded."""
    dee.go("/help")
    dee.press("Do it now")
    dee.field("NCMEC case number").fill("1401010")
    dee.field("It is late").fill("An invented county has no hands.")
    dee.press("I have told them")
    dee.sees("1401010")


def keep_a_photo(dee: Somebody) -> None:
    """From her phone, before anybody is missing: it leaves without the name of the file and what the camera wrote."""
    dee.go(f"{CASE}/missing/photos")
    file = as_a_phone_writes_it()
    dee.field("Photo").set_input_files({"name": "Wren.jpg", "mimeType": "image/jpeg", "buffer": file})
    sent = "document.querySelector('#photo').files[0]"
    dee.page.wait_for_function(f"() => {sent}.name === 'photo.jpg'")
    assert PLACE.encode() in file and PLACE not in dee.page.evaluate(f"{sent}.text()")
    dee.press("Keep this photo")
    sees_a_photo(dee)


def sees_a_photo(one: Somebody) -> None:
    """A photo stands on the page, and is one."""
    one.page.wait_for_function("() => document.querySelector('img.photo')?.naturalHeight === 1200")


def notice(dee: Somebody) -> None:
    """In under a minute, by the means of a tired thumb."""
    thumb = Thumb(dee)
    dee.go(CASE)
    thumb.tap(dee.page.get_by_role("link", name="Missing from care"))
    thumb.tap(dee.page.get_by_role("link", name="They are missing"))
    thumb.tick("Left on their own")
    thumb.type("last seen", SEEN)
    thumb.press("Start the clocks")
    assert thumb.seconds < ONE_MINUTE, thumb.seconds
    dee.sees("24 h left")
    dee.sees("by 7:00 pm tomorrow")
    dee.press("Say more about them")
    dee.field("wearing").fill(COAT)
    dee.field("in danger").fill("She has no phone and takes iron tablets.")
    dee.press("Keep it")
    dee.sees("2 of the 6 readers may not have this.")
    dee.field("in danger").fill("She has no phone.")
    dee.press("Keep it")


def tell_the_police(dee: Somebody, marcus: Somebody) -> None:
    """What to say is filled in by the list of the law; it is printed; the officer of the team has it himself."""
    dee.press("^Tell law enforcement")
    dee.press("Open what to tell them")
    dee.page.emulate_media(media="print")
    said = dee.reads()
    assert "Legal name" in said and COAT in said and "no phone" in said and "Print it" not in said
    assert not [one for one in NOT_IN_IT if one in said]
    dee.page.emulate_media(media="screen")
    dee.press("Do it now")
    dee.field("Whom did you talk to").fill("Sergeant Holt")
    dee.press("I have told them")
    dee.sees("to Sergeant Holt")
    marcus.go(CASE)
    marcus.press("What helps to find them")
    found = marcus.reads()
    assert COAT in found and not [one for one in NOT_IN_IT if one in found]


def put_the_card_up(dee: Somebody, imani: Somebody, jo: Somebody) -> None:
    """The lead decides; the school has the card and nothing beside it; to the advocate there is none."""
    dee.press("Let the team have it")
    dee.sees("It is up.")
    imani.sees(COAT)
    imani.press("Alert card")
    imani.sees("Have you seen them?")
    card = imani.reads()
    assert COAT in card and "no phone" not in card
    sees_a_photo(imani)
    theirs = jo.said_at(CASE)
    assert COAT not in theirs and "Alert card" not in theirs


def half_way(served, dee: Somebody, casey: Somebody) -> None:
    """Twelve hours on, a Sunday morning: the supervisor has it in the frame of the page that she has open."""
    clocked.move(served, SATURDAY + timedelta(hours=11, minutes=59))
    come_in_again(casey)
    casey.go("/help")
    casey.sees("Ask law enforcement for the NCIC entry")
    assert "and 1 more" not in casey.reads()
    clocked.move(served, SATURDAY + timedelta(hours=12, minutes=1))
    casey.sees("and 1 more")
    casey.press("See who has it")
    casey.sees("Dee Moreno has it.")
    casey.sees("by 7:00 pm today")
    come_in_again(dee)
    dee.press("Do it now")
    dee.go(f"{CASE}/missing")
    dee.press("Go on with this episode")
    dee.field("Number of the entry").fill("M551820")
    dee.press("They have entered it")
    dee.sees("M551820")


def too_late(served, dee: Somebody) -> None:
    """An hour after its time: it can still be made, says so, and asks why."""
    clocked.move(served, SATURDAY + timedelta(hours=25))
    come_in_again(dee)
    dee.press("Do it now")
    dee.sees("Late: was due 1 h ago")
    dee.field("NCMEC case number").fill("1402277")
    dee.press("I have told them")
    dee.sees("It was late. Say why")
    dee.field("It is late").fill("Their line was busy until nine.")
    dee.press("I have told them")
    dee.sees("Their line was busy until nine.")
    assert "Do it now" not in dee.reads()


def come_back(served, dee: Somebody, marcus: Somebody, imani: Somebody) -> None:
    """With her return everything closes that was open because she was away: on screens that are open."""
    for one in (imani, marcus):
        come_in_again(one)
    for one, path in ((imani, f"{CASE}/missing/card"), (marcus, CASE)):
        one.page.goto(one.url + path)  # looked at before
    marcus.sees(COAT)
    dee.press("They are back")
    dee.field("Where and how").fill("She rang from the library and was fetched.")
    dee.field("need").fill("Soup, a bath, her own bed.")
    dee.page.get_by_text("NCMEC", exact=True).first.click()
    dee.press("Write it down")
    dee.sees("Told that they are back.")
    imani.sees_no_more(COAT, within=5)
    marcus.sees_no_more(COAT, within=5)


def talk(dee: Somebody) -> None:
    """What she told, and a plan that is hers; the screening after a return waits by itself."""
    dee.press("Talk with them")
    dee.field("Why did they leave").fill("Nobody asked me.")
    dee.field("help them stay").fill("To ring my aunt when I want.")
    dee.press("Write it down")
    dee.sees("Next: what would help them stay?")
    dee.sees("To ring my aunt when I want.")
    dee.field("What will be done").fill("Aunt’s number on the fridge, Dee, today")
    dee.page.get_by_text("We made it together").click()
    dee.press("File the plan")
    dee.go(CASE)
    dee.sees("Aunt’s number on the fridge")
    dee.go("/")
    assert "screening" in dee.reads().lower()


def come_in_again(one: Somebody) -> None:
    """They were away for longer than a sign-in holds."""
    one.come_in()
    one.page.goto(one.url)
