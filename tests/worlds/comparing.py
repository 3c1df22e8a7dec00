"""The same session in both worlds, compared to the byte: what differs, where, and what it was.

Declared nonces are the token of a form, the token of a sign-in and the reference of a fault. Clocks stand.
Nothing else is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from tests.worlds.ground import Ground
from tests.worlds.listening import Listening
from tests.worlds.making import Pair, together
from tests.worlds.walking import Heard, Page, Session, Step, Walk, page_of, pools, still

NONCES = (
    (re.compile(rb'(name="csrf_token"[^>]*value=)"[^"]*"'), rb'\1"token"'),
    (re.compile(rb'(data-token=)"[^"]*"'), rb'\1"token"'),
    (re.compile(rb'(gave this reference: <b class="num">)[0-9a-f]+'), rb"\1reference"),
)
COOKIE = re.compile(r"^mdt=[^;]*")
REFERENCE = re.compile(r"fault [0-9a-f]{8} ")
Acts = Mapping[int, Callable[[], None]]
"""What others do meanwhile, by step."""
FACES = ("status", "body", "headers", "log", "frames")


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the two worlds gave something else: the step, the face of the answer, and the place in it."""

    seed: int
    kinds: tuple[str, ...]
    number: int
    step: Step
    face: str
    one: str
    other: str

    def __str__(self) -> str:
        return (f"seed {self.seed} ({', '.join(self.kinds)}), step {self.number} {self.step.method} {self.step.path} "
                f"[{self.step.endpoint}]: {self.face}\n  common: {self.one}\n  other:  {self.other}")  # fmt: skip


def declared(heard: Heard) -> Heard:
    """What was heard, with what is declared to be of the moment replaced."""
    body = heard.body
    for pattern, words in NONCES:
        body = pattern.sub(words, body)
    headers = tuple((name, COOKIE.sub("mdt=token", value) if name == "Set-Cookie" else value)
                    for name, value in heard.headers)  # fmt: skip
    return replace(heard, body=body, headers=headers, log=tuple(REFERENCE.sub("fault r ", one) for one in heard.log))


def session(ground: Ground, made: Pair, acts: Acts, steps: Sequence[Step] | None = None) -> list[Heard]:
    """What the viewer gets in the world at hand, where others act meanwhile: of a session that is made up, or of
    these very steps."""
    with still(made.seed) as go_on, Listening(ground.app) as listening:
        viewer = Session(ground, made)
        viewer.come_in()
        listening.know(viewer.browser)
        walk = Walk(ground.app, made, pools(ground.app, made)) if steps is None else None
        heard: list[Heard] = []
        for number, step in enumerate(walk.steps() if walk else steps or (), 1):
            go_on(number)
            if act := acts.get(number):
                go_on(number, beside=500)
                with ground.app.app_context():
                    act()
                go_on(number)
            said = viewer.say(step)
            answer = declared(said)
            page = read(answer)
            if walk:
                walk.saw(page)
            listening.watch(page.live)
            heard.append(replace(answer, frames=tuple(listening.settled())))
        return heard


def read(heard: Heard) -> Page:
    """The links, forms and live views of an answer."""
    is_page = dict(heard.headers).get("Content-Type", "").startswith("text/html")
    page = _parsed(heard.body if is_page else b"")
    place = dict(heard.headers).get("Location", "")
    return replace(page, links=(place.split("#")[0], *page.links)) if place.startswith("/") else page


@lru_cache(maxsize=64)
def _parsed(body: bytes) -> Page:
    """A page taken apart: once where both worlds give the same."""
    return page_of(body.decode())


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of a pair: where the worlds differ, or a page broke, and how often each endpoint was asked."""

    differences: list[Difference]
    endpoints: Counter[str]


def compare(ground: Ground, made: Pair) -> Compared:
    """One session in both worlds of a pair. Nothing may differ, and nothing may break."""
    return compare_all(ground, [made])[0]


def compare_all(ground: Ground, pairs: Sequence[Pair]) -> list[Compared]:
    """One session in the common world of these pairs and in each of the others; it is made up in the first of those."""
    asked = together(pairs)
    ground.fresh(pairs[0].other)
    others = [session(ground, asked, pairs[0].acts)]
    steps = [heard.step for heard in others[0]]
    for one in pairs[1:]:
        ground.fresh(one.other)
        others.append(session(ground, asked, one.acts, steps))
    ground.fresh(pairs[0].common)
    common = session(ground, asked, {}, steps)
    endpoints = Counter(step.endpoint for step in steps)
    return [Compared([*broken(one, other), *differences(one, common, other)], endpoints)
            for one, other in zip(pairs, others, strict=True)]  # fmt: skip


def broken(made: Pair, heard: Sequence[Heard]) -> Iterator[Difference]:
    """Pages that are not made at all: what has happened there nobody can compare."""
    for number, one in enumerate(heard, 1):
        if one.status >= 500:
            yield Difference(made.seed, tuple(made.kinds), number, one.step, "fault", "", " ".join(one.log))


def differences(made: Pair, common: Sequence[Heard], other: Sequence[Heard]) -> Iterator[Difference]:
    for number, (one, two) in enumerate(zip(common, other, strict=True), 1):
        for face in FACES:
            if getattr(one, face) != getattr(two, face):
                said = _apart(getattr(one, face), getattr(two, face))
                yield Difference(made.seed, tuple(made.kinds), number, one.step, face, *said)


def _apart(one: object, two: object) -> tuple[str, str]:
    """Both, from shortly before the place where they part."""
    left, right = (x.decode(errors="replace") if isinstance(x, bytes) else str(x) for x in (one, two))
    at = next((n for n, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    return left[max(0, at - 120) : at + 160], right[max(0, at - 120) : at + 160]


__all__ = ["Compared", "Difference", "compare", "compare_all", "differences", "session"]
