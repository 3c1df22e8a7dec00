"""From a need to an attended service, by the people whose work it is, with what the others see at each step."""

from __future__ import annotations

from datetime import timedelta

from mdt.models import now
from mdt.operations.demo import known
from tests.browser.people import Somebody, county

CASE = known("case.wren")
REFERRALS = f"/services/cases/{CASE}/referrals"
WORDS = "See her on two mornings, with somebody she knows."


def opens(who: Somebody) -> None:
    """The referral, from the list of the case."""
    who.page.goto(who.url + REFERRALS)
    who.press("Check-ups without")


def test_from_a_need_to_an_attended_service(serve, chromium):
    names = ("Casey", "Ruth", "Marcus", "Tomas", "Imani", "Wren")
    with county(chromium, serve().url, *names, phones=("Ruth", "Wren"), quickly=True) as people:
        casey, ruth, marcus, tomas, imani, wren = (people[name] for name in names)
        team, apart = (tomas, ruth), (marcus, imani)

        def seen(words: str, *, by: tuple[Somebody, ...] = team) -> None:
            """The team and the young person read how it stands; police and school learn nothing of it."""
            assert all(words in one.said_at(made) for one in (*by, wren)), words
            assert all("None yet" in one.said_at(REFERRALS) for one in apart), words

        casey.go(f"/cases/{CASE}")
        casey.press("Needs and plan")
        casey.page.get_by_role("link", name="Find a service for Health of the body").click()
        casey.field("Age").fill("15")
        casey.field("Near which town").fill("Alder")
        casey.press("^Find$")
        assert "One service" in casey.reads() and "miles" in casey.reads()
        casey.press("^Refer")
        casey.page.get_by_label("Yes").check()
        casey.field("What the service would do").fill(WORDS)
        casey.press("Write it down")
        made = casey.page.url.removeprefix(casey.url)
        seen("Not sent yet")
        casey.press("Send it")
        casey.page.get_by_label("Ruth Castellano").check()
        casey.press("Send it")
        seen("Sent, not answered")

        ruth.go("/health")
        ruth.page.locator("li", has_text=WORDS).get_by_role("link", name="Read and answer").click()
        assert WORDS in ruth.reads()
        ruth.press("Say how it goes")
        ruth.press("There is a waiting list")
        seen("On the waiting list")
        opens(ruth)
        ruth.press("There is an appointment")
        ruth.field("On which day").fill((now() + timedelta(days=2)).date().isoformat())
        ruth.field("At what time").fill("10:30")
        ruth.press("Keep it")
        seen("There is an appointment")
        assert "10:30 am" in wren.said_at(made) and "10:30 am" in casey.said_at(made)
        opens(ruth)
        ruth.press("They came")
        seen("They went")

        opens(wren)
        wren.press("What came of it")
        wren.field("In their words").fill("She did not rush me.")
        wren.press("Keep it")
        assert "She did not rush me." in wren.reads()
        for one, reads in ((casey, True), (tomas, True), (ruth, False)):
            opens(one)
            assert "Over" in one.reads()
            assert ("She did not rush me." in one.reads()) is reads, one.name
        seen("Over")
