"""Whoever runs a meeting is gone all at once: somebody else of the lead goes on with it, by keyboard."""

from __future__ import annotations

from tests.browser.people import county
from tests.browser.test_meeting import ROOM


def test_the_lead_goes_on_where_the_facilitator_is_gone(serve, chromium):
    served = serve()
    with county(chromium, served.url, "Casey", "Dee", "Tomas", phones=("Dee",)) as here:
        casey, dee, tomas = here["Casey"], here["Dee"], here["Tomas"]
        casey.go(ROOM)
        casey.press("Open the room")
        for one in (dee, tomas):
            one.go(ROOM)
            one.field("I keep to myself").check()
            one.press("Come in")
        assert "Run it from here" not in dee.reads()
        casey.page.close()
        dee.sees("runs this meeting, and is not in the room.", within=12.0)
        dee.checked()
        dee.enter("Run it from here")
        dee.sees("You run this meeting now.")
        assert "Run it from here" not in tomas.reads()
        dee.enter("Next item")
        dee.sees("End the meeting")
        dee.press("End the meeting")
        tomas.sees("This meeting is over.")
        dee.sees("Draw up the minutes")
