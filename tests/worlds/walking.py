"""One session: a random walk over every route, link and form, made up in one world and said again in the other.

Which routes there are is read from the application, so that a door added tomorrow is tried tomorrow. What
stands in an address is of a pool of identifiers by the name of the parameter (`case_id`: every case), the
ones that are in the other world alone among them, and one that is nowhere.
"""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from random import Random
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode, urlsplit

import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from mdt.models import base, db
from mdt.operations.services import directory
from mdt.sharing.vocabulary import Category
from tests.fixtures_app import Person
from tests.worlds.ground import AT, PASSWORD, Ground, login
from tests.worlds.making import Pair, purposes_of

STEPS = 20
ALIASES = {"date_id": "arrangeddate_id", "move_id": "casemove_id", "join_id": "joinasked_id", "other_id": "case_id"}
"""Parameters that are not called like the table whose rows they name."""
A_STEP = timedelta(seconds=7)
ENDS_IT = {"auth.leave", "auth.exit_page"}
"""Doors by which a session ends: one of them is the last."""
NOT_WALKED = {"static": "files, the same for everybody", "demo.become": "another person's session begins there"}
ALIKE = "rules."
"""Pages with very many links among themselves, and nobody's case in them: each is asked in turn."""
FORGED = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Step:
    """One request. `{csrf}` in a form stands for the token of the page before."""

    method: str
    path: str
    form: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """All that came of one step: the answer, what was logged meanwhile, what the viewer's sockets heard."""

    step: Step
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    log: tuple[str, ...]
    frames: tuple[str, ...] = ()


Control = tuple[str, list[str]]
"""A control of a form: its name, and what it offers."""


@dataclass(frozen=True, slots=True)
class Page:
    """The links and forms of a page, and the views it shows live."""

    links: tuple[str, ...] = ()
    forms: tuple[tuple[str, str, list[Control]], ...] = ()
    live: tuple[tuple[str, str], ...] = ()


def page_of(text: str) -> Page:
    """A page taken apart."""
    reader = _Reader()
    reader.feed(text)
    return Page(tuple(reader.links), tuple(reader.forms), tuple(reader.live))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, str, list[Control]]] = []
        self.live: list[tuple[str, str]] = []
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "a" and said.get("href", "").startswith("/"):
            self.links.append(said["href"].split("#")[0])
        if "data-topic" in said:
            self.live.append((said["data-topic"], said.get("data-tag", "")))
        if tag == "form":
            self.forms.append((said.get("method", "get").upper(), said.get("action", ""), []))
        elif self.forms and tag in ("input", "textarea", "button", "select") and said.get("name"):
            self._control(tag, said)
        elif tag == "option" and self._select and self.forms:
            self._offer(self._select, said.get("value", ""))

    def _control(self, tag: str, said: Mapping[str, str]) -> None:
        self._select = said["name"] if tag == "select" else None
        if tag == "textarea" or (
            tag == "input" and said.get("type", "text") in ("text", "search", "email", "password")
        ):
            self._offer(said["name"], "\x00")
        elif tag != "select":
            self._offer(said["name"], said.get("value", ""))

    def _offer(self, name: str, value: str) -> None:
        controls = self.forms[-1][2]
        found = next((values for known, values in controls if known == name), None)
        if found is None:
            controls.append((name, [value]))
        else:
            found.append(value)


def pools(app: Flask, made: Pair) -> dict[str, list[str]]:
    """Identifiers by the name of the parameter they could stand for: what there is, and what is hidden."""
    found: dict[str, list[str]] = {}
    with app.app_context():
        for mapper in db.Model.registry.mappers:
            if "id" in mapper.columns and mapper.columns["id"].type.python_type in (str, uuid.UUID):
                name = f"{mapper.class_.__name__.lower()}_id"
                found[name] = list(db.session.scalars(select(mapper.columns["id"]).order_by("id")))
        db.session.rollback()
        found |= {name: found[table] for name, table in ALIASES.items()}
        found["service_id"] = sorted(directory.in_force().by_id)
        db.session.rollback()
    return found


class Walk:
    """Makes up a session step by step from what it has seen, at random but always the same."""

    def __init__(self, app: Flask, made: Pair, known: dict[str, list[str]]) -> None:
        self.rng, self.made, self.known = Random(made.seed * 7 + 1), made, known
        self.rules = {
            (rule.endpoint, method): rule
            for rule in app.url_map.iter_rules() for method in ("GET", "POST")
            if method in (rule.methods or ()) and rule.endpoint not in NOT_WALKED.keys() | ENDS_IT
        }  # fmt: skip
        self.gets = [rule for (_, method), rule in self.rules.items() if method == "GET"]
        self.posts = [rule for (_, method), rule in self.rules.items() if method == "POST"]
        self.adapter = app.url_map.bind("localhost")
        self.links: list[str] = []
        self.forms: list[tuple[str, str, list[tuple[str, list[str]]]]] = []
        self.turn = self.rng.randrange(1000)

    def steps(self) -> Iterator[Step]:
        """The steps of a session; between them it is told what was seen."""
        yield self._get("/")
        yield from map(self._get, self.made.first or self._first_pages())
        if self.made.first:
            return
        ways = [self._probe, self._probe, self._link, self._link, self._form, self._form, self._guess]
        for _ in range(STEPS):
            yield self.rng.choice(ways)()
        yield from self._in_turn()
        yield self._get(f"/cases/{self.made.case_id}")
        yield self._get("/cases/")
        yield self.rng.choice([Step("GET", "/exit", endpoint="auth.exit_page"),
                               Step("POST", "/sign-out", self._filled([]), endpoint="auth.leave")])  # fmt: skip

    def saw(self, page: Page) -> None:
        """Remember where this page leads."""
        going_on = [one for one in page.links if self._leads_on(one)]
        self.links = [*dict.fromkeys([*going_on, *self.links])][:120]
        self.forms = [*page.forms, *self.forms][:40]

    def _leads_on(self, link: str) -> bool:
        """Whether to follow it: not out, and not into the pages that are the same for everybody, over and over."""
        endpoint = self._endpoint(link)
        return endpoint not in NOT_WALKED.keys() | ENDS_IT and not endpoint.startswith(ALIKE)

    def _first_pages(self) -> list[str]:
        case = self.made.case_id
        pages = [f"/cases/{case}", "/cases/", "/meetings/", f"/who-has-looked/{case}", f"/cases/{case}/releases",
                 f"/cases/{case}/update", f"/lead/cases/{case}/team", f"/lead/cases/{case}/convene"]  # fmt: skip
        work = [f"/needs/cases/{case}", f"/needs/cases/{case}/dates", f"/needs/cases/{case}/words",
                f"/cases/{case}/missing", f"/cases/{case}/screenings", f"/recovery/cases/{case}",
                f"/services/cases/{case}/referrals", f"/linking/cases/{case}"]  # fmt: skip
        return self.rng.sample(pages, 3) + self.rng.sample(work, 2) + self._meeting_pages()

    def _meeting_pages(self) -> list[str]:
        meetings = self.known.get("meeting_id", [])
        return [f"/meetings/cases/{self.made.case_id}/{self.rng.choice(meetings)}"] if meetings else []

    def _get(self, path: str) -> Step:
        """A read, sometimes of the head alone, by an open page, or on a condition."""
        method = "HEAD" if self.rng.random() < 0.06 else "GET"
        more = [("X-Live", "1")] if self.rng.random() < 0.1 else []
        if self.rng.random() < 0.1:
            more += [("If-Modified-Since", "Mon, 09 Mar 2026 15:00:00 GMT"), ("If-None-Match", '"x"')]
        return Step(method, path, headers=tuple(more), endpoint=self._endpoint(path))

    def _endpoint(self, path: str, method: str = "GET") -> str:
        try:
            return str(self.adapter.match(urlsplit(path).path, method)[0])
        except Exception:
            return "nowhere"

    def _probe(self) -> Step:
        """The next route of the application, whether anything leads to it or not."""
        self.turn += 1
        if self.rng.random() < 0.75:
            rule = self.gets[self.turn % len(self.gets)]
            return self._get(self._address(rule) + self._query(rule.endpoint))
        rule = self.posts[self.turn % len(self.posts)]
        return Step("POST", self._address(rule), self._filled([]), endpoint=rule.endpoint)

    def _in_turn(self) -> Iterator[Step]:
        """Some routes by the number of the session, so that so many sessions ask every one."""
        for rule in self._turn_of(self.gets):
            yield Step("GET", self._address(rule) + self._query(rule.endpoint), endpoint=rule.endpoint)
        for rule in self._turn_of(self.posts):
            yield Step("POST", self._address(rule), self._filled([]), endpoint=rule.endpoint)

    def _turn_of(self, rules: list[Rule]) -> list[Rule]:
        each = -(-len(rules) // self.made.among)
        return [rules[(each * self.made.seed + n) % len(rules)] for n in range(each)]

    def _guess(self) -> Step:
        """A route asked for something that is in the other world alone, or nowhere."""
        mine = [rule for rule in [*self.gets, *self.posts] if rule.arguments & self.made.hidden.keys()]
        if not mine:
            return self._probe()
        rule = self.rng.choice(mine)
        hidden = {
            name: self.rng.choice(self.made.hidden[name]) for name in sorted(rule.arguments & self.made.hidden.keys())
        }
        if "case_id" in rule.arguments and len(rule.arguments) > 1:
            hidden["case_id"] = self.made.case_id
        path = self._address(rule, hidden)
        if "GET" in (rule.methods or ()):
            return self._get(path)
        return Step("POST", path, self._filled([]), endpoint=rule.endpoint)

    def _link(self) -> Step:
        return self._get(self.rng.choice(self.links)) if self.links else self._probe()

    def _form(self) -> Step:
        """A form that was seen, filled in and sent."""
        sendable = [
            one for one in self.forms if self._endpoint(one[1] or "/", one[0]) not in NOT_WALKED.keys() | ENDS_IT
        ]
        if not sendable:
            return self._probe()
        method, action, controls = self.rng.choice(sendable)
        said = self._filled(controls)
        if method == "GET":
            words = [one for one in said if one[0] != "csrf_token"]
            return self._get(f"{urlsplit(action).path}?{urlencode(words)}")
        return Step("POST", action, said, endpoint=self._endpoint(action, "POST"))

    def _filled(self, controls: list[tuple[str, list[str]]]) -> tuple[tuple[str, str], ...]:
        """Every control with something it offers; a text with words; the key of a form with one of our own."""
        said = [("csrf_token", "{csrf}")]
        for name, values in controls:
            if name == "csrf_token":
                continue
            if name == "key" or name.endswith("-key"):
                said.append((name, str(uuid.UUID(int=self.rng.getrandbits(128), version=4))))
            elif values == ["\x00"]:
                said.append((name, self._words()))
            elif self.rng.random() < 0.85:
                said.append((name, self.rng.choice(values).replace("\x00", "words")))
        return tuple(said)

    def _words(self) -> str:
        if self.made.words and self.rng.random() < 0.4:
            return self.rng.choice(self.made.words)
        return self.rng.choice(["A word for the team.", "amber birch", "2026-04-01", "a", ""])

    def _address(self, rule: Rule, fixed: Mapping[str, str] | None = None) -> str:
        values = {name: self._value(rule, name) for name in sorted(rule.arguments)} | dict(fixed or {})
        return re.sub(r"<(?:[^<>]+:)?(\w+)>", lambda found: values[found[1]], rule.rule)

    def _value(self, rule: Rule, name: str) -> str:
        converter = rule._converters[name]
        if items := getattr(converter, "items", None):
            return str(self.rng.choice(sorted(items)))
        if name == "case_id" and self.rng.random() < 0.8:
            return self.made.case_id
        pool = [*self.known.get(name, ()), *self.made.hidden.get(name, ())]
        return (
            self.rng.choice(pool)
            if pool and self.rng.random() < 0.93
            else str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
        )

    def _query(self, endpoint: str) -> str:
        """What an address may ask beside its path; for any route, what any other understands."""
        rng, said = self.rng, {}
        asked: dict[str, Callable[[], str]] = {
            "q": self._words,
            "after": lambda: rng.choice(["x", ""]),
            "before": lambda: str(rng.randint(1, 300)),
            "category": lambda: rng.choice(list(Category)),
            "source_id": lambda: self._any("agency_id"),
            "topic": self._topic,
            "tag": lambda: "x",
            "purpose": self._purpose,
            "discloser": lambda: self._any("agency_id"),
            "type": lambda: rng.choice(["HIPAA", "MDT", "FERPA", "VSP"]),
            "labels": lambda: "HIV",
            "sort": lambda: rng.choice(["name", "changed"]),
            "page": lambda: str(rng.randint(0, 3)),
        }
        usual = {"cases.list_cases": ["q"], "api.changed": ["topic", "tag"], "releases.ask": ["category", "source_id"],
                 "releases.new": ["discloser", "type"], "cases.readers": ["category", "labels"]}  # fmt: skip
        for name in usual.get(endpoint, rng.sample(list(asked), rng.choice([0, 0, 1, 2]))):
            said[name] = asked[name]()
        if {"category", "source_id"} <= said.keys() and self.made.lines and rng.random() < 0.6:
            said["category"], said["source_id"] = rng.choice(self.made.lines)
        return f"?{urlencode(said)}" if said else ""

    def _any(self, name: str) -> str:
        return self.rng.choice(self.known.get(name) or ["x"])

    def _topic(self) -> str:
        meeting = self.rng.choice(self.known.get("meeting_id") or [self.made.case_id])
        return self.rng.choice(["desk", f"case:{self.made.case_id}", f"meeting:{self.made.case_id}:{meeting}"])

    def _purpose(self) -> str:
        return self.rng.choice(purposes_of(self.made.role) if self.made.role else ["PLAN"])


class Session:
    """Says steps to the application as the viewer, in a browser of their own, and notes all that comes of each."""

    def __init__(self, ground: Ground, made: Pair, listening: Any = None) -> None:
        self.app, self.made, self.listening = ground.app, made, listening
        browser = self.app.test_client()
        assert isinstance(browser, Person)
        self.browser = browser
        self.log = _Log()

    def come_in(self) -> None:
        self.browser.get("/sign-in?password=")
        answer = self.browser.send("/sign-in", login=login(self.made.viewer), password=PASSWORD)
        assert answer.status_code == 303, answer.status_code

    def say(self, step: Step) -> Heard:
        """One step, and all that comes of it."""
        said = [(name, value.replace("{csrf}", self.browser.token)) for name, value in step.form]
        form = {"data": _many(said)} if step.method == "POST" else {}
        with self.log:
            answer = self.browser.open(step.path, method=step.method, headers=list(step.headers), **form)
            body = answer.get_data()
            answer.close()
        headers = tuple(sorted((name, value) for name, value in answer.headers.items()))
        return Heard(step, answer.status_code, headers, body, tuple(self.log.lines))


def _many(said: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in said:
        found.setdefault(name, []).append(value)
    return found


class _Log(logging.Handler):
    """Whatever is logged meanwhile."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("mdt") or record.levelno >= logging.WARNING:
            self.lines.append(f"{record.name} {record.levelname} {record.getMessage()}")

    def __enter__(self) -> _Log:
        self.lines = []
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_wrong: object) -> None:
        logging.getLogger().removeHandler(self)


@contextmanager
def still(seed: int) -> Iterator[Callable[..., None]]:
    """A clock that stands and identifiers that follow from the step: what is called goes on to that step."""
    source = Random(seed)
    made = SimpleNamespace(uuid4=lambda: uuid.UUID(int=source.getrandbits(128), version=4), UUID=uuid.UUID)
    own, base.uuid = base.uuid, made  # type: ignore[assignment]
    try:
        with time_machine.travel(AT, tick=False) as clock:

            def go_on(step: int, beside: int = 0) -> None:
                clock.move_to(AT + step * A_STEP, tick=False)
                source.seed(seed * 1000 + step + beside)

            yield go_on
    finally:
        base.uuid = own


__all__ = ["NOT_WALKED", "Heard", "Page", "Session", "Step", "Walk", "page_of", "pools", "still"]
