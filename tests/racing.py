"""The accept race: sixteen people at once, over HTTP, at two processes that share one database.

Half of the tasks wait in a queue and sixteen people take them. The other half are offered: six accept at once,
four say that they cannot, four take the offer back, two have no part in it. Every task has to end with one owner
and one answer.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import select

from mdt import create_app
from mdt.models import Case, Handoff, Item, Member, Standing, Task, User, begin_writing, db, new_id, now
from mdt.models.sealing import index_of
from mdt.operations import accounts
from mdt.operations.demo import agencies, known
from mdt.settings import Settings
from tests.fixtures_app import close

CONTENDERS = 16
PASSWORD = "a password for a race"
TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')
CASE, ABOUT = known("case.wren"), known("wren.minutes.nurse")
OWNER, OFFEREE = 0, 1
OFFERED = (
    [("accept", OFFEREE)] * 6 + [("decline", OFFEREE)] * 4 + [("withdraw", OWNER)] * 4 + [("accept", 5), ("accept", 6)]
)
TAKEN = [("take", number) for number in range(CONTENDERS)]
ANSWERS = {"accepted", "declined", "withdrawn", "taken"}


@dataclass
class Tally:
    """What came of the rounds: how many; tasks with two owners or two answers; tasks with none; answers of the server
    that are none; and who won, by what they did."""

    rounds: int = 0
    double: int = 0
    ownerless: int = 0
    odd: Counter[int] = field(default_factory=Counter)
    won: Counter[str] = field(default_factory=Counter)

    @property
    def clean(self) -> bool:
        return not (self.double or self.ownerless or self.odd)


class Browser:
    """Somebody signed in, on a connection that stays open."""

    def __init__(self, url: str) -> None:
        self.host = url.removeprefix("http://")
        self.line = HTTPConnection(self.host, timeout=60)
        self.jar: dict[str, str] = {}
        self.token = ""

    def ask(self, method: str, path: str, **form: str) -> int:
        """Go there; the status."""
        body = urlencode({"csrf_token": self.token} | form) if method == "POST" else None
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.jar.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self.host}"}
        answer, page = self._sent(method, path, body, headers)
        for name, morsel in SimpleCookie("; ".join(answer.headers.get_all("Set-Cookie") or ())).items():
            self.jar[name] = morsel.value
        if found := TOKEN.search(page):
            self.token = found[1].decode()
        return answer.status

    def _sent(self, *request: object) -> tuple[HTTPResponse, bytes]:
        """The answer; asked once more where the line was closed: under its key a form sent twice is one step."""
        for last in (False, True):
            try:
                self.line.request(*request)  # type: ignore[arg-type]
                answer = self.line.getresponse()
                return answer, answer.read()
            except (ConnectionError, HTTPException):
                self.line.close()
                if last:
                    raise
        raise AssertionError("never here")

    def sign_in(self, number: int) -> Browser:
        self.ask("GET", "/sign-in?password")
        assert self.ask("POST", "/sign-in", login=login(number), password=PASSWORD) in (302, 303)
        self.ask("GET", "/help")
        return self


def _signed_in(url: str, number: int) -> Browser:
    browser = Browser(url).sign_in(number)
    browser.line.close()
    return browser


def login(number: int) -> str:
    return f"racer{number}@cedar.example"


def racer(number: int) -> str:
    return known(f"racer {number}")


def application(instance: Path, database: str | None = None) -> Flask:
    """The application beside the served ones, to prepare and to look."""
    more = {"DATABASE_URL": database} if database else {}
    return create_app(Settings.read({"MDT_DEMO": "1", "MDT_INSTANCE": str(instance)} | more))


def enlist() -> None:
    """Sixteen caseworkers of the lead agency, all of them on Wren's team."""
    begin_writing()
    case, secret = db.session.get_one(Case, CASE), accounts.hashed(PASSWORD)
    for number in range(CONTENDERS):
        user = User(
            id=racer(number), agency_id=agencies.id_of("county"), role="CW", name=f"Racer {number}", title="caseworker",
            login=login(number), login_index=index_of("login", login(number)), password_hash=secret,
            acknowledged_at=now(),
        )  # fmt: skip
        db.session.add(user)
        db.session.flush()
        place = {"standing": Standing.ACCEPTED, "since": now(), "purpose": "PLAN"}
        db.session.add(Member(case=case, user=user, user_id=user.id, **place))
    db.session.commit()


def prepare(rounds: int) -> list[str]:
    """So many tasks: one waits in the queue, the next is offered, and so on."""
    begin_writing()
    case, item = db.session.get_one(Case, CASE), db.session.get_one(Item, ABOUT)
    made = []
    for number in range(rounds):
        offered = {
            "owner_id": racer(OWNER),
            "offered_to": racer(OFFEREE),
            "offered_by": racer(OWNER),
            "step": "offered",
        }
        stands = offered if number % 2 else {"owner_id": None, "queue_id": case.lead_id}
        made.append(Task(id=new_id(), case=case, item=item, **stands))
    db.session.add_all(made)
    db.session.flush()
    ids = [one.id for one in made]
    db.session.commit()
    return ids


class Contest:
    """Sixteen browsers, every other one at the other process, that start each round together."""

    def __init__(self, urls: Sequence[str]) -> None:
        people = {number: _signed_in(urls[0], number) for number in range(CONTENDERS)}
        self.lines = [[self._like(people[who], urls, place) for place, (_, who) in enumerate(acts)]
                      for acts in (TAKEN, OFFERED)]  # fmt: skip

    def __enter__(self) -> Contest:
        return self

    def __exit__(self, *_wrong: object) -> None:
        for browser in (one for each in self.lines for one in each):
            browser.line.close()

    @staticmethod
    def _like(person: Browser, urls: Sequence[str], place: int) -> Browser:
        """The same person at a process of their own, whose cookie goes for both."""
        other = Browser(urls[place % len(urls)])
        other.jar, other.token = dict(person.jar), person.token
        return other

    def run(self, tasks: Sequence[str]) -> Counter[int]:
        """Race for each of these tasks; how the processes answered. Whoever cannot go on ends it for all: what a
        process that was ended answers nobody is no race."""
        start, answers = threading.Barrier(CONTENDERS, timeout=120), [[] for _ in range(CONTENDERS)]
        with ThreadPoolExecutor(CONTENDERS) as pool:
            going = [pool.submit(self._go, place, tasks, start, answers[place]) for place in range(CONTENDERS)]
        wrong = [one.exception() for one in going if one.exception()]
        for one in sorted(wrong, key=lambda one: isinstance(one, threading.BrokenBarrierError)):
            raise one
        return Counter(status for each in answers for status in each)

    def _go(self, place: int, tasks: Sequence[str], start: threading.Barrier, answers: list[int]) -> None:
        try:
            for number, task in enumerate(tasks):
                act, _ = (OFFERED if number % 2 else TAKEN)[place]
                said = {"reason": "No time."} if act == "decline" else {}
                start.wait()
                answers.append(self.lines[number % 2][place].ask("POST", f"/tasks/{task}/{act}", key=new_id(), **said))
        except BaseException:
            start.abort()
            raise


def look(tasks: Sequence[str]) -> Tally:
    """What stands in the database of these tasks, and in the ledger of who moved them."""
    tally, people = Tally(rounds=len(tasks)), {racer(number) for number in range(CONTENDERS)}
    rows = {row.id: row for row in db.session.scalars(select(Task).where(Task.id.in_(tasks)))}
    told: dict[str, list[str]] = {}
    for row in db.session.execute(select(Handoff.task_id, Handoff.event).where(Handoff.task_id.in_(tasks))):
        told.setdefault(row.task_id, []).append(row.event)
    for task in tasks:
        events = [one for one in told.get(task, ()) if one in ANSWERS]
        row = rows[task]
        moved = row.version == 2 and row.step == "held" and row.offered_to is None
        tally.double += len(events) > 1 or not moved
        tally.ownerless += row.owner_id not in people or not events
        tally.won.update(events)
    return tally


def race(contest: Contest, app: Flask, rounds: int) -> Tally:
    """So many rounds, from the tasks to what became of them."""
    with app.app_context():
        tasks = prepare(rounds)
        db.session.remove()
    answers = contest.run(tasks)
    with app.app_context():
        tally = look(tasks)
        db.session.remove()
    tally.odd = Counter({status: number for status, number in answers.items() if status not in (303, 404)})
    return tally


__all__ = ["CONTENDERS", "Browser", "Contest", "Tally", "application", "close", "enlist", "look", "prepare", "race"]
