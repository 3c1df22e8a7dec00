"""Every door and every socket event, tried by each of sixteen disciplines in each relation to the case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask, g
from flask_login import current_user

from mdt import models
from mdt.models.base import now
from mdt.operations import access, facts
from mdt.realtime import channel
from mdt.sharing import gate
from mdt.sharing.facts import Member
from mdt.sharing.vocabulary import Role
from mdt.web import guards, sign_ins
from tests.http import doors, roles
from tests.http.roles import CASE, EVERYBODY, RELATIONS, VALUES, Who, World, Wrong, each_wrong, wrong_cells
from tests.servers import Postgres
from tests.worlds import ground, running
from tests.worlds.ground import AT
from tests.worlds.listening import Listening

pytestmark = pytest.mark.timeout(900)
A_SAMPLE = ("cases.show", "cases.list_cases", "convening.team", "courts.desk", "tasks.show", "admin.desk", "rules.show")


@pytest.fixture(scope="module")
def on_sqlite() -> Iterator[ground.Ground]:
    with running.folder() as folder, ground.on_sqlite(folder) as made:
        yield made


@pytest.fixture
def clock() -> Iterator[None]:
    with time_machine.travel(AT, tick=True):
        yield


@pytest.fixture(scope="module")
def settled(on_sqlite: ground.Ground) -> tuple[World, Any]:
    """Everybody once, where they belong, some time before each test; and the database in which they are."""
    with time_machine.travel(AT - timedelta(minutes=5), tick=True):
        return roles.settle(on_sqlite), on_sqlite.snapshot()


@pytest.fixture
def world(on_sqlite: ground.Ground, settled: tuple[World, Any], clock: None) -> World:
    everybody, there = settled
    on_sqlite.fresh(there)
    return everybody.again()


def wrong_seats(app: Flask) -> Wrong:
    """The gate itself, asked past every door: who has a seat at the table is who is on the team."""
    wrong: Wrong = {}
    with app.test_request_context():
        for who in EVERYBODY:
            me = sign_ins.find_me(who.id) or type("Me", (), {"id": who.id, "role": who.role, "agency_id": None})
            if (access.admit_quietly(CASE, me) is not None) != (who.relation == "member"):  # type: ignore[arg-type]
                wrong[f"the gate {who}"] = ("in" if who.relation != "member" else "not there", 0)
    return wrong


@pytest.mark.long
def test_everybody_comes_in_where_it_is_said_and_nowhere_else() -> None:
    """The whole team at every door, and of the others some at each; everybody at every door in `make trials`."""
    wrong = roles.walk(roles.some_of_each)
    assert not wrong, f"{len(wrong)} cells\n" + "\n".join(f"{cell}: {said}" for cell, said in list(wrong.items())[:60])


def test_the_gate_alone_lets_in_who_is_on_the_team(world: World) -> None:
    assert wrong_seats(world.app) == {}


def test_every_discipline_is_tried_in_every_relation_and_every_door_is_told() -> None:
    assert {(who.role, who.relation) for who in EVERYBODY} >= {(role, one) for role in Role for one in RELATIONS}
    assert {who for number in range(6) for who in roles.some_of_each(number)} == set(EVERYBODY)
    assert set(roles.BY_ROLE) <= doors.TABLE.keys()


@pytest.mark.long
def test_the_same_on_postgresql(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory, clock: None) -> None:
    with ground.on_postgres(tmp_path_factory.mktemp("matrix-on-postgres"), postgres) as made:
        assert wrong_cells(roles.settle(made), A_SAMPLE, ("GET",)) == {}


# sockets


def rings(world: World, who: Who) -> dict[str, bool | None]:
    """What a socket of theirs hears of each topic whose page it says it shows as nothing; None: it is not let in."""
    meeting = f"meeting:{CASE}:{VALUES['meeting_id']}"
    topics = {"case": f"case:{CASE}", "meeting": meeting, "desk": "desk", "mine": "mine", "alert": f"alert:{CASE}"}
    topics["band"] = "band"
    heard: dict[str, bool | None] = {}
    with Listening(world.app) as listening:
        listening.know(world.browsers[who])
        for kind, topic in topics.items():
            listening.watch([(topic, "nothing")])
            frames = listening.settled()
            closed = any("closed" in one for one in frames)
            heard[kind] = None if closed else any("bell" in one for one in frames)
    return heard


def rung(who: Who) -> dict[str, bool | None]:
    """What they are to hear: a bell where there is something for them, silence where there is nothing."""
    if who.relation in ("signed out", "suspended"):
        return dict.fromkeys(("case", "meeting", "desk", "mine", "alert", "band"))
    here = who.relation == "member"
    own = {"desk": True, "mine": who.role is Role.YT, "band": who.role is Role.CW}
    return {"case": here, "meeting": here, "alert": False} | own


def test_every_socket_event_is_one_of_those_that_are_tried() -> None:
    assert set(channel.EVENTS) == {"watch"}, "say in `rings` what each discipline in each relation hears of a new one"


def test_a_socket_hears_of_what_is_its_persons_and_of_nothing_else(world: World) -> None:
    wrong = {str(who): heard for who in EVERYBODY if (heard := rings(world, who)) != rung(who)}
    assert wrong == {}


# each rule, knocked out


def in_for_all(values: dict[str, Any]) -> None:
    """A guard that lets everybody in, with a seat where there is a case."""
    g.me = current_user._get_current_object() if current_user.is_authenticated else sign_ins.find_me(_lead().id)
    if "case_id" in values and (case := facts.load(str(values["case_id"]))):
        g.case = access.Seat(case, sign_ins.find_me(_lead().id), access.Purpose.PLAN, now(), case.rules)  # type: ignore[arg-type]


def _lead() -> Who:
    return Who("member", Role.CW)


GUARDS: dict[str, Callable[[Any], bool]] = {
    "signed_in": lambda rule: rule is guards.signed_in,
    "administrator": lambda rule: rule is guards.administrator,
    "who_writes": lambda rule: rule is guards.who_writes,
    "counsel": lambda rule: rule is guards.counsel,
    "county_counsel": lambda rule: rule is guards.county_counsel,
    "of_role": lambda rule: rule.__code__ is guards.of_role().__code__,
    "in_the_room": lambda rule: rule is guards.in_the_room,
    "member_of_case": lambda rule: rule is guards.member_of_case,
    "lead_of_case": lambda rule: rule is guards.lead_of_case,
}


def test_every_guard_is_knocked_out_below(on_sqlite: ground.Ground) -> None:
    stated = {guards.guard_of(view) for view in on_sqlite.app.view_functions.values()} - {guards.anyone}
    assert [rule for rule in stated if not any(is_it(rule) for is_it in GUARDS.values())] == []


@pytest.mark.parametrize("name", GUARDS)
def test_a_guard_that_lets_everybody_in_is_seen(name: str, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """On each of some doors that state it: pages, or forms where it guards no page."""
    mine = [one for one, view in world.app.view_functions.items() if GUARDS[name](guards.guard_of(view))]
    tried = [(rule.endpoint, method) for rule, method in doors.in_order(world.app) if rule.endpoint in mine]
    method = min(method for _endpoint, method in tried)
    sample = [*dict.fromkeys(endpoint for endpoint, how in tried if how == method)][:2]
    assert wrong_cells(world, sample, (method,)) == {}
    for endpoint in sample:
        monkeypatch.setattr(world.app.view_functions[endpoint], "__guard__", in_for_all)
        assert any(each_wrong(world, [endpoint], (method,))), endpoint


def _as_if(**changed: Any) -> Callable[..., bool]:
    """The gate with one of its questions left out: these facts of the member or the user are as if all were well."""
    whole = gate.admitted

    def admitted(case: Any, viewer: str, at: Any) -> bool:
        user, member = case.users.get(viewer), case.members.get(viewer)
        if user is None or member is None:
            return False
        user = replace(user, **{k: v for k, v in changed.items() if k in ("active", "person")})
        member = replace(member, **{k: v for k, v in changed.items() if k in ("until", "recused")})
        there = replace(case, users={**case.users, viewer: user}, members={**case.members, viewer: member})
        return whole(there, viewer, at)

    return admitted


STEPS: dict[str, tuple[dict[str, Any], str]] = {
    "active": ({"active": True}, "suspended"),
    "recused": ({"recused": False}, "recused"),
    "ended": ({"until": None}, "former"),
    "barred": ({"person": None}, "barred"),
}
"""Each question of the gate, what is answered in its stead, and whom that lets in."""


@pytest.mark.parametrize("step", STEPS)
def test_a_question_of_the_gate_that_is_not_asked_is_seen(
    step: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert wrong_seats(world.app) == {}
    changed, relation = STEPS[step]
    monkeypatch.setattr(access, "admitted", _as_if(**changed))
    wrong = wrong_seats(world.app)
    assert wrong and all(cell.endswith(relation) for cell in wrong)
    if step != "active":
        assert wrong_cells(world, ["cases.show"], ("GET",))


def test_an_invitation_that_counts_as_an_answer_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fact(self: Any) -> Member:
        return Member(user=self.user_id, since=self.since or self.invited_at, until=self.until,
                      recused=self.recused_at or False)  # fmt: skip

    monkeypatch.setattr(models.Member, "fact", property(fact))
    facts.forget_all()
    wrong = wrong_seats(world.app) | wrong_cells(world, ["cases.show"], ("GET",))
    facts.forget_all()
    assert len(wrong) >= 2 * len(Role) and all(cell.endswith("invited") for cell in wrong)


def test_a_gate_that_is_not_asked_at_all_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "seat_at", lambda case, me, *, purpose=None: access.Seat(
        case, me, access.Purpose.PLAN, now(), case.rules))  # fmt: skip
    wrong = wrong_cells(world, ["cases.show"], ("GET",))
    assert {cell.rpartition(" ")[2] for cell in wrong} >= {"former", "recused", "invited", "case", "county"}


def test_a_sign_in_that_is_not_asked_whether_it_holds_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    by_token = sign_ins.BY_TOKEN.with_only_columns(*sign_ins.BY_TOKEN.selected_columns)
    by_token._where_criteria = ()
    token = sign_ins.S.token_hash == sign_ins.bindparam("token_hash")
    monkeypatch.setattr(sign_ins, "BY_TOKEN", by_token.where(token))
    wrong = wrong_cells(world, ["cases.list_cases"], ("GET",))
    assert wrong and all(cell.endswith("suspended") for cell in wrong)


def test_a_bell_for_whoever_watches_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "seat_at", lambda case, me, *, purpose=None: access.Seat(
        case, me, access.Purpose.PLAN, now(), case.rules))  # fmt: skip
    outsider = Who("other case", Role.LE)
    assert rings(world, outsider) != rung(outsider)
