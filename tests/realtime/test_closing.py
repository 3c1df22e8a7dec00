"""A corrected label and a declared emergency reach the screens they concern within a second, and no other."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack

import pytest

from tests.fixtures_app import Person
from tests.http.test_corrections import CHECKUP, at, labelled
from tests.http.test_emergencies import DECLARE, declared
from tests.http.test_releases import sent
from tests.realtime.conftest import Served
from tests.realtime.speaking import Socket
from tests.realtime.test_bells import BELL, WREN

SignedIn = Callable[[str], Person]
PageOf = Callable[[Person], AbstractContextManager[Socket]]
DESK = ("bell", {"topic": "desk"})


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_corrected_label_reaches_open_pages_at_once(served: Served, signed_in: SignedIn, page_of: PageOf) -> None:
    ruth, team = signed_in("ruth"), {slug: signed_in(slug) for slug in ("tomas", "jo", "imani")}
    with ExitStack() as stack:
        sockets = {slug: stack.enter_context(page_of(person)) for slug, person in team.items()}
        for socket in sockets.values():
            assert socket.watch(WREN) == {"ok": True} and socket.hear() == BELL
        assert sent(ruth, at(CHECKUP), **labelled(category="REPRO")).status_code == 303
        assert {slug for slug, socket in sockets.items() if socket.hear(1) == BELL} == {"tomas", "jo"}


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_an_emergency_rings_on_the_desks_of_those_whom_the_law_names(
    served: Served, signed_in: SignedIn, page_of: PageOf
) -> None:
    marcus, desks = signed_in("marcus"), {slug: signed_in(slug) for slug in ("sam", "casey", "dee", "imani", "jo")}
    with ExitStack() as stack:
        sockets = {slug: stack.enter_context(page_of(person)) for slug, person in desks.items()}
        for socket in sockets.values():
            assert socket.watch("desk") == {"ok": True} and socket.hear() == DESK
        assert sent(marcus, DECLARE, **declared()).status_code == 303
        assert {slug for slug, socket in sockets.items() if socket.hear(1) == DESK} == {"sam", "casey", "dee"}
