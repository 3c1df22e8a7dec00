"""Two worlds that differ only in what a viewer may not see are the same to them, to the byte; and each of many
deliberate leaks is caught by that comparison."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from mdt.models import Item, Meeting, db
from mdt.sharing.vocabulary import Category, Role
from tests.servers import Postgres
from tests.trials import two_worlds
from tests.worlds import comparing, ground, making, running
from tests.worlds.differing import KINDS
from tests.worlds.leaks import LEAKS, Leak
from tests.worlds.walking import NOT_WALKED

COMMON, OTHERS = 25, 4
"""Common worlds, and worlds beside each: a hundred pairs."""
ON_POSTGRES = 3
MOST_PAIRS_A_LEAK = 40
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def walked() -> running.Walked:
    """A hundred pairs, walked."""
    found = running.Walked()
    for part in running.walk(range(COMMON), OTHERS, among=COMMON):
        found.add(part)
    return found


@pytest.mark.long
def test_a_hundred_pairs_of_worlds_are_the_same_to_the_byte(walked: running.Walked) -> None:
    assert sorted(walked.seeds) == list(range(COMMON * OTHERS))
    assert walked.differing == []


@pytest.mark.long
def test_the_walks_ask_every_route_there_is(walked: running.Walked, on_sqlite: ground.Ground) -> None:
    """A door added tomorrow is walked tomorrow; one that nothing leads through fails here."""
    there = {rule.endpoint for rule in on_sqlite.app.url_map.iter_rules()}
    assert there - walked.endpoints.keys() - NOT_WALKED.keys() == set()
    assert set(NOT_WALKED) <= there


@pytest.mark.long
def test_the_worlds_are_of_everything(walked: running.Walked) -> None:
    assert set(KINDS) <= walked.kinds.keys()
    roles = {viewer.split()[-1] for viewer in walked.viewers if viewer.startswith("member ")}
    assert {role.value for role in Role} <= roles
    assert {viewer.split()[0] for viewer in walked.viewers} == {"member", *making.RELATIONS}


def test_the_same_on_postgresql(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> None:
    with ground.on_postgres(tmp_path_factory.mktemp("worlds-on-postgres"), postgres) as on_postgres:
        found = running.walk_here(on_postgres, range(COMMON, COMMON + ON_POSTGRES))
    assert found.differing == [] and len(found.seeds) == ON_POSTGRES


def test_there_are_leaks_enough() -> None:
    assert len(LEAKS) >= 20
    assert {face for one in LEAKS.values() for face in one.faces} == {"status", "body", "headers", "log", "frames"}


@pytest.mark.parametrize("name", LEAKS)
def test_a_leak_is_caught(name: str, on_sqlite: ground.Ground) -> None:
    """Without it the pair is the same; with it, it is not, and it shows where it should."""
    leak = LEAKS[name]
    for made in worlds_for(name, leak, on_sqlite):
        with pytest.MonkeyPatch.context() as patch:
            leak.into(patch, on_sqlite.app)
            found = comparing.compare(on_sqlite, made).differences
        if {one.face for one in found} & set(leak.faces):
            assert comparing.compare(on_sqlite, made).differences == [], "it shows without the leak, too"
            return
    pytest.fail(f"nothing shows that there is {name}")


def worlds_for(name: str, leak: Leak, on: ground.Ground) -> Iterator[making.Pair]:
    """Pairs that differ in what this leak tells, their sessions led to where it tells it."""
    for seed in range(MOST_PAIRS_A_LEAK):
        made = making.pair(on, 10_000 + seed, relation="member", viewer=leak.viewer_id, kinds=leak.kinds or ("why",),
                           acts=leak.acts)  # fmt: skip
        wanted = {kind.partition(":")[0] for kind in (*leak.kinds, *leak.acts)}
        pages = [page_of(path, made, on) for path in leak.first]
        if wanted <= {*(kind.partition(":")[0] for kind in made.kinds)} and all(pages):
            made.first = [page for page in pages if page]
            yield made


def page_of(path: str, made: making.Pair, on: ground.Ground) -> str | None:
    """The address of a page in this pair; None if there is no such page in it."""
    known = {name: ids[-1] for name, ids in made.hidden.items()} | {"case": made.case_id}
    if made.words:
        known["word"] = made.words[0].replace(" ", "+")
    if made.lines:
        known["line"] = urlencode({"category": made.lines[-1][0], "source_id": made.lines[-1][1]})
    if "{meeting}" in path:
        with on.app.app_context():
            meetings = select(Meeting.id).where(Meeting.case_id == made.case_id).order_by(Meeting.phase != "adjourned")
            meeting = db.session.scalar(meetings)
            db.session.rollback()
        if meeting is None:
            return None
        known["meeting"] = f"/meetings/cases/{made.case_id}/{meeting}"
    try:
        return path.format(**known)
    except KeyError:
        return None


def test_the_records_are_of_every_kind(on_sqlite: ground.Ground) -> None:
    """Over some pairs, all 26."""
    found: set[str] = set()
    for seed in range(12):
        making.pair(on_sqlite, seed)
        with on_sqlite.app.app_context():
            found |= {one.terms.category for one in db.session.scalars(select(Item))}
            db.session.rollback()
    assert found == set(Category)


def test_the_long_walk_goes_on_where_it_was(tmp_path: Path) -> None:
    file = tmp_path / "instance" / "progress.json"
    two_worlds.go_on(two_worlds.Progress.read(file), 2)
    again = two_worlds.Progress.read(file)
    assert again.walked == {0, 1, 2, 3} and again.differing == [] and again.seconds > 0
    assert again.left(9) == [1, 2] and two_worlds.Progress.read(tmp_path / "none").left(2) == [0]
    file.write_text(file.read_text()[:-9])
    assert two_worlds.Progress.read(file).walked == set(), "half a file is none"
