"""Two cases that belong together, and two that are one: on a phone and by keyboard alone, with a colleague watching."""

from __future__ import annotations

import pytest

from mdt import create_app
from mdt.models import db
from mdt.operations.demo import known
from mdt.settings import Settings
from tests.browser.people import Somebody, county
from tests.fixtures_app import close
from tests.fixtures_served import Served
from tests.http.test_linked_cases import twin

WREN = f"/cases/{known('case.wren')}"
ABOUT_TWO = "A twin canary."


def entered_twice(served: Served) -> str:
    """A second case of Wren, of which Dee knows nothing."""
    app = create_app(Settings.read({"MDT_DEMO": "1", "MDT_INSTANCE": str(served.instance)}))
    with app.app_context():
        case_id = twin(another_row=False)
        db.session.remove()
    close(app)
    return case_id


def say_of_each(one: Somebody) -> int:
    """That each who would gain stays, by the space bar; of how many."""
    groups = one.page.locator("fieldset[id^=who-]").count()
    for _ in range(groups):
        one.to("Stays")
        one.page.keyboard.press("Space")
    return groups


@pytest.mark.timeout(120)
def test_a_link_a_merge_and_its_undo(serve, chromium) -> None:
    served = serve()
    entered_twice(served)
    with county(chromium, served.url, "Casey", "Dee", phones=("Casey",), quickly=True) as people:
        casey, dee = people["Casey"], people["Dee"]
        dee.go(WREN)
        assert ABOUT_TWO not in dee.reads()
        casey.go(WREN)
        casey.enter("Linked cases")
        casey.to("Which case")
        casey.page.keyboard.type("Juno")
        casey.to("How they belong together")
        casey.page.keyboard.type("Harmed")
        casey.enter("Link them")
        casey.sees("Linked. Whoever sits at both tables can see it.")
        casey.sees("harmed by the same people")
        assert "Juno" in dee.said_at(WREN.replace("/cases/", "/linking/cases/"))

        casey.enter("See what would happen")
        casey.sees("Who would read more than now")
        assert casey.page.evaluate("document.documentElement.scrollWidth") <= 390
        assert say_of_each(casey) > 3
        casey.enter("Make them one")
        casey.sees("The two cases are one.")
        dee.sees(ABOUT_TWO)
        casey.enter("Undo it")
        casey.sees("They are two cases again, as they were.")
        dee.sees_no_more(ABOUT_TWO, within=4)
