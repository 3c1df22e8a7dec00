"""What waits stands in the frame of every open page of whoever is named, from the mark at which they are: no reload."""

from __future__ import annotations

import re
import time
from contextlib import ExitStack
from datetime import timedelta

from sqlalchemy import delete, select, update

from mdt.models import Deadline, Heed, Report, begin_writing, db, now
from mdt.operations.demo import known
from tests.fixtures_app import Person
from tests.http.test_missing import noticed
from tests.http.test_releases import sent
from tests.realtime.conftest import Served
from tests.realtime.speaking import Socket
from tests.realtime.test_bells import BELL, ON_SQLITE, WREN, PageOf, SignedIn

BAND = ("bell", {"topic": "band"})
CASE = known("case.wren")
TAG = re.compile(r'data-band-tag="([^"]+)"')
SOON = timedelta(seconds=1.5)


@ON_SQLITE
def test_a_mark_that_is_passed_reaches_each_screen_of_the_people_named_and_no_other(
    served: Served, signed_in: SignedIn, page_of: PageOf
) -> None:
    dee, casey, marcus, rowan = map(signed_in, ("dee", "casey", "marcus", "rowan"))
    alone_with_this_one(served)
    at = noticed(dee)
    assert "data-band" not in marcus.get("/help").text, "whoever makes no reports has no place for one"
    with ExitStack() as stack:
        screens = {who: stack.enter_context(page_of(who)) for who in (dee, casey, marcus, rowan)}
        open_pages(screens)
        half_way(served)
        rang = {who for who, screen in screens.items() if screen.hear(4 if who in (dee, casey) else 0.3) == BAND}
        assert rang == {dee, casey}, "the worker and who answers for them; not police, not another county"
        assert "Do it now" in dee.get("/missing/band").text
        anew = casey.get("/missing/band").text
        assert "See who has it" in anew and "Wren" not in anew and CASE not in anew
        for who in (dee, casey):
            screens[who].watch("band", tag_of(who.get("/missing/band").text))
        assert screens[casey].watch(WREN) == {"ok": True}
        assert screens[casey].hear() == BELL, "what the page is of is watched on the same line"
        sent(casey, f"/cases/{CASE}/update", category="PLAN", note="A word.", key=known("band"))
        assert screens[casey].hear(2) == BELL and not screens[casey].hear(0.3), "and what is none of its moves nothing"
        done = sent(dee, f"{at}/back", when="now", how="She came by herself.", key=known("back"))
        assert done.status_code == 303, done.text
        assert screens[dee].hear(2) == BAND and BAND in [screens[casey].hear(1), screens[casey].hear(1)]
        assert not screens[marcus].hear(0.2) and not screens[rowan].hear(0.2)
    assert "See who has it" not in casey.get("/missing/band").text


def open_pages(screens: dict[Person, Socket]) -> None:
    """Each as its page is: what it shows is how it stands, and nothing rings."""
    for who, screen in screens.items():
        shown = tag_of(who.get("/help").text) if who.get("/missing/band").status_code == 200 else "nothing"
        assert screen.watch("band", shown) == {"ok": True}
    time.sleep(0.5)
    assert not [who for who, screen in screens.items() if screen.hear(0.05)]


def tag_of(page: str) -> str:
    found = TAG.search(page)
    assert found
    return found.group(1)


def alone_with_this_one(served: Served) -> None:
    """The other search of the invented county waits for nobody, and no mark of it comes meanwhile: the frame has the
    most urgent of what waits."""
    with served.app.app_context():
        begin_writing()
        db.session.execute(delete(Heed))
        db.session.execute(update(Deadline).values(next_at=None))
        db.session.commit()


def half_way(served: Served) -> None:
    """The half of the time of the first report is over in a moment."""
    began = now() + SOON - timedelta(hours=12)
    mine = select(Report.id).where(Report.case_id == CASE).where(Report.kind == "law_enforcement")
    values = {"started_at": began, "due_at": began + timedelta(hours=24), "next_at": began + timedelta(hours=12)}
    with served.app.app_context():
        begin_writing()
        db.session.execute(update(Deadline).where(Deadline.subject_id.in_(mine)).values(values))
        db.session.commit()
