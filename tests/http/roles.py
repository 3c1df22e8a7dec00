"""Every discipline in every relation to one case, each in a browser, and who of them may pass which door.

The table of doors (`doors.TABLE`) is written for a few people; here it is said for a discipline and a
relation. Where a door asks for a discipline, or for a part in something, it stands below by hand.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import time_machine
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from mdt.models import (
    Agency,
    Attendance,
    Case,
    Entrance,
    Meeting,
    Member,
    Point,
    Release,
    Standing,
    Task,
    User,
    Youth,
    begin_writing,
    db,
    now,
)  # fmt: skip
from mdt.models.sealing import hash_of, index_of
from mdt.operations import facts, items
from mdt.sharing import facts as fact
from mdt.sharing.vocabulary import USUAL_PURPOSES, Category, Role
from tests.fixtures_app import Person
from tests.http import doors
from tests.http.test_doors_matrix import outcome
from tests.worlds import running
from tests.worlds.ground import AT, OFFICES, PASSWORD, Ground, known, login, on_sqlite, staff

RELATIONS = ("member", "former", "recused", "invited", "other case", "other county", "suspended")
"""How somebody of a discipline stands to the case. Of another county: of an agency, and on a case, elsewhere."""
APART = ("signed out", "administrator", "counsel", "barred")
"""Who has no discipline, or none that counts: a parent on the team who is suspected."""
CASE, ELSEWHERE, ABROAD = known("matrix case"), known("matrix other case"), known("matrix other county")
VALUES = doors.VALUES | {
    "case_id": CASE, "meeting_id": known("matrix meeting"), "task_id": known("matrix task"),
    "release_id": known("matrix release"), "item_id": known("matrix home"), "user_id": known("matrix NP spare"),
    "member_id": known("matrix ED invited"), "source_id": known("harbor"),
    "agency_id": known("harbor"),
}  # fmt: skip
FORMS: dict[str, dict[str, Any]] = {
    "meetings.turn": {"point": known("matrix point")}, "tasks.offer": {"to": known("matrix ED member")},
}  # fmt: skip
NOT_HERE = {
    "emergency_id", "notice_id", "correction_id", "assessment_id", "paper_id", "hold_id", "consent_id", "request_id",
    "upload_id", "draft_id", "date_id", "join_id", "episode_id", "report_id", "referral_id",
    "screening_id", "identification_id", "instrument_id", "service_id", "edition_id", "organization_id",
    "move_id", "link_id", "merge_id", "other_id",
}  # fmt: skip
"""What this case has none of: who of the team comes in to such a thing, the table of doors tries."""


@dataclass(frozen=True, slots=True)
class Who:
    """One of those who try: a discipline in a relation, or somebody apart."""

    relation: str
    role: Role | None = None

    @property
    def id(self) -> str:
        return known(f"matrix {self}")

    @property
    def leads(self) -> bool:
        return self.relation == "member" and self.role is Role.CW

    def __str__(self) -> str:
        return f"{self.role or ''} {self.relation}".strip()


EVERYBODY = tuple(Who(relation, role) for relation in RELATIONS for role in Role) + tuple(map(Who, APART))
PERSONA = {
    "former": "ended", "recused": "recused", "invited": "invited", "other case": "elsewhere", "other county": "no case",
    "suspended": "suspended", "barred": "recused",
}  # fmt: skip
"""Whom of the table of doors somebody is like, who is not on the team."""
Rule_ = Callable[["Who"], bool | None]
"""Whether somebody comes in; None where it may be either."""


def desk(*roles: Role) -> Rule_:
    """Whoever works at this desk, wherever they are; also of the family."""
    return lambda who: (
        who.role in roles and who.relation != "suspended" or (who.relation == "barred" and Role.CG in roles)
    )


def member(*roles: Role) -> Rule_:
    """A member of one of these disciplines."""
    return lambda who: who.relation == "member" and who.role in roles


def some_member(who: Who) -> bool | None:
    """Some of the team, by what there is in their meeting; nobody else. The table of doors tries who."""
    return None if who.relation == "member" else False


def some_partner(who: Who) -> bool | None:
    """Some who are signed in and have a discipline, by what stands in their name; the table of doors tries who."""
    return None if who.relation not in ("signed out", "suspended", "administrator", "counsel") else False


def works_somewhere(who: Who) -> bool:
    """Whoever works for a partner agency, however they stand to the case."""
    return who.role not in (None, Role.CG, Role.YT) and who.relation != "suspended"


BY_ROLE: dict[str, Rule_] = {
    "child_welfare.desk": desk(Role.CW), "law_enforcement.desk": desk(Role.LE),
    "prosecution.desk": desk(Role.DA, Role.VS), "courts.desk": desk(Role.CT, Role.GAL),
    "juvenile_justice.desk": desk(Role.JJ), "health.desk": desk(Role.HC, Role.BH), "education.desk": desk(Role.ED),
    "advocates.desk": desk(Role.VC), "community.desk": desk(Role.NP), "survivors.desk": desk(Role.SC),
    "caregivers.desk": desk(Role.CG), "youth.desk": desk(Role.YT), "policy.desk": desk(Role.PM),
    "importing.begin": desk(Role.CW), "importing.receive": desk(Role.CW), "importing.columns": desk(Role.CW),
    "importing.example": desk(Role.CW), "missing.on_the_board": desk(Role.CW), "missing.band_alone": desk(Role.CW),
    "ledger.of_case": member(Role.CW, Role.YT),
    "dates.new": member(Role.CW, Role.CT, Role.GAL), "dates.want": some_member,
    "services.show": some_partner, "screening.loaded": works_somewhere, "linking.link": some_member,
    "screening.instrument": lambda who: None if works_somewhere(who) else False,
    "releases.step_out": member(*(role for role in Role if role is not Role.YT)),
    "cases.invitation": lambda who: who == Who("invited", Role.ED),
    "demo.become": lambda who: False,
    "before.review": some_partner, "before.watch": some_partner, "floor.visit": some_partner,
    "before.calendar": some_member, "before.watch_over": some_member, "floor.guest_out": some_member,
    "floor.second": some_member, "referrals.refer": some_member, "services.gaps": desk(Role.CW, Role.PM),
}  # fmt: skip
"""Doors that ask for a discipline."""


def comes_in(rule: Rule, who: Who) -> bool | None:
    """What is said of this cell, by hand: here, or in the table of doors."""
    if rule.endpoint in BY_ROLE:
        return BY_ROLE[rule.endpoint](who)
    door, about = doors.TABLE[rule.endpoint], rule.arguments & NOT_HERE
    if who.relation == "member":
        return _member_comes_in(door, who, "task_id" in rule.arguments or bool(about))
    if about and who.relation in door.who:
        return None
    persona = PERSONA.get(who.relation, who.relation)
    return persona in door.who or (None if persona in door.perhaps else False)


def _member_comes_in(door: doors.Door, who: Who, about_something: bool) -> bool | None:
    """Everybody of the team; the lead alone; or some of the team, for reasons that another table holds."""
    if about_something:
        return None
    if who.leads and "lead" in door.who:
        return True if door.who >= doors.TEAM or door.who == doors.LEAD else None
    if door.who >= doors.TEAM:
        return None if door in PERHAPS else True
    some = (door.who | door.perhaps) & (doors.TEAM - doors.LEAD)
    return None if some or (who.leads and "lead" in door.perhaps) else False


PERHAPS = [doors.TABLE[name] for name in ("cases.update", "cases.readers")]
"""Doors for whoever of the team has something to do behind them: a survivor consultant writes nothing."""


@dataclass
class World:
    """The case with everybody who tries."""

    app: Flask
    browsers: dict[Who, Person] = field(default_factory=dict)

    def again(self) -> World:
        """The same with everybody in a browser that is as it was now, whatever becomes of these."""
        return World(self.app, {who: _like(self.app, browser) for who, browser in self.browsers.items()})

    def ask(self, who: Who, rule: Rule, method: str) -> TestResponse:
        """Try a door."""
        browser, door = self.browsers[who], doors.TABLE[rule.endpoint]
        said_there = door.form | FORMS.get(rule.endpoint, {})
        form = {name: value() if callable(value) else value for name, value in said_there.items()}
        said: Any = {} if method == "GET" else {"data": {"csrf_token": browser.token} | form}
        answer = browser.open(doors.address(rule, **VALUES), method=method, **said)
        answer.get_data()
        answer.close()
        return answer


def settle(ground: Ground) -> World:
    """Lay the case, let everybody come in, and then let those stop who are stopped."""
    ground.fresh(ground.pristine)
    world = World(ground.app)
    with ground.app.app_context():
        begin_writing()
        password = db.session.get_one(User, staff("county")[0]).password_hash
        _Laying(str(password)).lay()
        db.session.commit()
    for who in EVERYBODY:
        world.browsers[who] = _come_in(ground.app, who)
    with ground.app.app_context():
        begin_writing()
        for role in Role:
            db.session.get_one(User, Who("suspended", role).id).active = False
        db.session.commit()
    facts.forget_all()
    return world


def _come_in(app: Flask, who: Who) -> Person:
    browser = app.test_client()
    assert isinstance(browser, Person)
    browser.get("/sign-in?password=")
    if who.relation != "signed out":
        assert browser.send("/sign-in", login=login(who.id), password=PASSWORD).status_code == 303, who
        browser.get("/help")
    return browser


def _like(app: Flask, other: Person) -> Person:
    browser = app.test_client()
    assert isinstance(browser, Person)
    if held := other.get_cookie("mdt"):
        browser.set_cookie("mdt", held.value)
    browser.token = other.token
    return browser


class _Laying:
    """Accounts, agencies, three cases, and what there is in the first."""

    def __init__(self, password: str) -> None:
        self.password = password

    def lay(self) -> None:
        for role in {str(about["role"]) for about in OFFICES.values()}:
            abroad = Agency(id=known(f"abroad {role}"), name=f"Abroad {role}", role=role, mou_until=date(2027, 1, 1))
            db.session.add(abroad)
        db.session.flush()
        here, elsewhere = self._case(CASE, known("county")), self._case(ELSEWHERE, known("county"))
        abroad_case = self._case(ABROAD, known("abroad CW"))
        for who in EVERYBODY:
            self._account(who)
        self._account(Who("spare", Role.NP))
        db.session.flush()
        for who in EVERYBODY:
            home = {"other case": elsewhere, "other county": abroad_case}.get(who.relation, here)
            if who.role or who.relation == "barred":
                self._seat(home, who)
        self._things(here)

    def _case(self, case_id: str, lead: str) -> Case:
        youth = Youth(id=known(f"youth of {case_id}"), agency_id=lead)
        suspected = fact.Flag(flag="suspected_offender", since=AT - timedelta(days=99))
        people = {
            "mother": fact.Person(id="mother", relation="parent", rights=True),
            "aunt": fact.Person(id="aunt", relation="kin", rights=False, flags=(suspected,)),
        }  # fmt: skip
        terms = fact.Case(id=case_id, lead=lead, youth=fact.Youth(born=date(2011, 1, 1)), opened=date(2026, 1, 1),
                          people=people)  # fmt: skip
        db.session.add(youth)
        case = Case(id=case_id, youth=youth, lead=db.session.get_one(Agency, lead), terms=terms)
        db.session.add(case)
        db.session.flush()
        return case

    def _account(self, who: Who) -> None:
        part = {Role.YT: "youth", Role.CG: "mother"}.get(who.role) if who.role else None  # type: ignore[arg-type]
        about: dict[str, Any] = {"role": who.role, "agency_id": self._agency(who), "person": part}
        about |= {"medical": True, "custodian": True}
        about |= {"administrator": {"admin": True}, "counsel": {"counsel": True, "agency_id": known("county")},
                  "barred": {"role": Role.CG, "person": "aunt"}}.get(who.relation, {})  # fmt: skip
        name = login(who.id)
        db.session.add(User(id=who.id, name=f"Person {who}", login=name, login_index=index_of("login", name),
                            password_hash=self.password, **about))  # fmt: skip

    def _agency(self, who: Who) -> str | None:
        if who.role in (None, Role.CG, Role.YT):
            return None
        if who.relation == "other county":
            return known(f"abroad {who.role}")
        return known(next(office for office, about in OFFICES.items() if about["role"] is who.role))

    def _seat(self, case: Case, who: Who) -> None:
        standing = {"invited": Standing.INVITED, "former": Standing.ENDED}.get(who.relation, Standing.ACCEPTED)
        gone = now() - timedelta(days=1)
        db.session.add(Member(
            id=who.id, case=case, user_id=who.id, purpose=USUAL_PURPOSES[who.role or Role.CG][0], standing=standing,
            since=None if who.relation == "invited" else now() - timedelta(days=9),
            until=gone if who.relation == "former" else None, recused_at=gone if who.relation == "recused" else None,
        ))  # fmt: skip

    def _things(self, case: Case) -> None:
        lead, school = Who("member", Role.CW).id, Who("member", Role.ED).id
        items.file(case, id=VALUES["item_id"], source=known("county"), category=Category.SAFE_ADDR,
                   values={"address": "1 Somewhere", "zone": "north"})  # fmt: skip
        plan = items.file(case, source=known("county"), category=Category.PLAN, values={"tasks": ["A thing to do"]})
        meeting = Meeting(id=VALUES["meeting_id"], case=case, facilitator_id=lead, phase="open", title="A meeting",
                          starts_at=now(), opened_at=now())  # fmt: skip
        meeting.agenda.append(Point(id=known("matrix point"), meeting=meeting, position=1, title="A point"))
        db.session.add(meeting)
        db.session.flush()
        meeting.current_id = known("matrix point")
        for role in Role:
            user = db.session.get_one(User, Who("member", role).id)
            db.session.add(Attendance(meeting=meeting, user=user, acknowledged_at=now()))
        db.session.add(Task(id=VALUES["task_id"], case=case, item=plan, owner_id=lead, step="offered",
                            offered_to=school, offered_by=lead))  # fmt: skip
        link = hash_of(VALUES["token"], "entrance")
        db.session.add(Entrance(user_id=VALUES["user_id"], token_hash=link, expires_at=now() + timedelta(days=3)))
        terms = fact.Release(
            id=VALUES["release_id"], type="MDT", discloser=known("county"), recipients=(known("clinic"),),
            categories=(Category.PLAN,), signed_on=date(2026, 3, 1), signed_by=("youth", "mother"),
            expires=date(2026, 9, 1),
        )  # fmt: skip
        db.session.add(Release(id=terms.id, case=case, terms=terms, form={}))


Whom = Callable[[int], Sequence[Who]]
"""Who tries a door, by its number."""


def everybody(_number: int) -> Sequence[Who]:
    """All of them."""
    return EVERYBODY


def some_of_each(number: int) -> Sequence[Who]:
    """The whole team, whoever is apart, and of each discipline somebody in one other relation: six doors, and each has
    been tried in every one."""
    others = RELATIONS[1:]
    beside = {Who(others[(place + number) % len(others)], role) for place, role in enumerate(Role)}
    return [who for who in EVERYBODY if who.relation in ("member", *APART) or who in beside]


def each_wrong(
    world: World, only: Collection[str] = (), methods: Collection[str] = ("GET", "POST"), whom: Whom = everybody
) -> Iterator[tuple[str, tuple[str, int]]]:
    """The cells of the matrix that are not as they are said to be, as they are found; what ends something last."""
    for number, (rule, method) in enumerate(doors.in_order(world.app)):
        if (only and rule.endpoint not in only) or method not in methods:
            continue
        for who in whom(number):
            answer = world.ask(who, rule, method)
            if outcome(answer) not in expected(rule, method, who):
                yield f"{rule.endpoint} {method} {who}", (outcome(answer), answer.status_code)


def wrong_cells(
    world: World, only: Collection[str] = (), methods: Collection[str] = ("GET", "POST"), whom: Whom = everybody
) -> Wrong:
    """All of them."""
    return dict(each_wrong(world, only, methods, whom))


def expected(rule: Rule, method: str, who: Who) -> set[str]:
    """The outcomes that are right for this cell."""
    says = comes_in(rule, who)
    if says is None:
        return {"in", "not there"}
    if says:
        return {"in", "stale"} if who.relation == "suspended" and method == "POST" else {"in"}
    if who.relation not in ("signed out", "suspended"):
        return {"not there"}
    if method == "GET":
        return {"to the door"}
    return {"signed out", "stale", "not there"} if rule.endpoint == "demo.become" else {"signed out", "stale"}


def walk_all() -> Wrong:
    """The whole matrix, in as many processes as there are cores: the team in one, the others beside it."""
    team = [who for who in EVERYBODY if who.relation in ("member", "administrator", "counsel")]
    others = [who for who in EVERYBODY if who not in team]
    cores = os.cpu_count() or 1
    parts = [team + others[: max(0, len(others) // cores - 20)]]
    rest = [who for who in others if who not in parts[0]]
    parts += [part for n in range(cores - 1) if (part := rest[n :: cores - 1])]
    if cores == 1:
        parts = [list(EVERYBODY)]
    assert sorted(map(str, EVERYBODY)) == sorted(str(who) for part in parts for who in part)
    with ProcessPoolExecutor(len(parts), mp_context=multiprocessing.get_context("spawn")) as pool:
        return {cell: said for found in pool.map(_walk_part, parts) for cell, said in found.items()}


def _walk_part(part: Sequence[Who]) -> Wrong:
    return walk(lambda _number: part)


def walk(whom: Whom) -> Wrong:
    """Every door on a ground of its own."""
    with running.folder() as folder, on_sqlite(folder) as ground, time_machine.travel(AT, tick=True):
        return wrong_cells(settle(ground), whom=whom)


Wrong = dict[str, tuple[str, int]]
"""Cells of the matrix by name, and what was answered."""

__all__ = [
    "CASE", "EVERYBODY", "RELATIONS", "VALUES", "Who", "World", "Wrong", "comes_in", "each_wrong", "everybody",
    "expected", "settle", "some_of_each", "walk", "walk_all", "wrong_cells",
]  # fmt: skip
