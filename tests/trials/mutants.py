"""`B.mutants_killed`: how many small slips in the rules of sharing the quick tests notice.

Every mutant of `mdt/sharing` (`mutating`) is tried on the tests that run the function it stands in, the likeliest
killer first. The tests are collected once; each mutant is a forked child in which the code of one function is
replaced, so that most take a fraction of a second. What stands at the top of a module is tried in a process of its own.

What came of each is kept in instance/mutants.json and not tried again as long as its function stays as it is; a
survivor is tried again when a test has changed. Survivors come first, then the modules that decide, mutants in no
order, so that the rate of those tried speaks for the others. MINUTES=n stops after so many; MODULE=name tries those
of one module. A mutant that no test could tell from what it replaces is written down in mutants_alike.yaml with the
reason, and counts for nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.bench.figures import PROJECT, Figure
from tests.trials.mutating import Mutant, mutants

SHARING = PROJECT / "mdt" / "sharing"
DECLARED = ("catalog", "vocabulary", "facts", "declare")
"""Modules of declarations: nothing in them decides."""
DECIDING = """
bases boundaries cells codes compiled conditions decide decision emergencies fields gate grammar lasting look mandates
meetings moments obligations orders papers plans profile regimes releases reply restrictions signers view
"""
"""What a decision is made by; tried before what reads files, writes rules and tells of them."""
TESTS = ("tests/unit/sharing", "tests/scenarios", "tests/property/test_sharing.py", "tests/property/test_compiled.py",
         "tests/oracle")  # fmt: skip
RUNS = PROJECT / "instance" / "mutants_runs.json"
FILE, ALIKE = PROJECT / "instance" / "mutants.json", Path(__file__).with_name("mutants_alike.yaml")
GOAL, PATIENCE = ">= 95", 60.0


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a mutant: killed or survived, by which test, in how many seconds; under which tests."""

    state: str
    by: str
    seconds: float
    tests: str


@dataclass(slots=True)
class Book:
    """What is known of the mutants, on disk after every few."""

    came: dict[str, Came] = field(default_factory=dict)
    unsaved: int = 0

    @classmethod
    def opened(cls) -> Book:
        said = json.loads(FILE.read_text()) if FILE.exists() else {}
        return cls({key: Came(*one) for key, one in said.items()})

    def keep(self, mutant: Mutant, came: Came) -> None:
        self.came[mutant.key] = came
        self.unsaved += 1
        if self.unsaved >= 25:
            self.save()

    def save(self) -> None:
        FILE.parent.mkdir(exist_ok=True)
        said = {key: [one.state, one.by, one.seconds, one.tests] for key, one in self.came.items()}
        FILE.write_text(json.dumps(said, indent=0))
        self.unsaved = 0

    def settled(self, mutant: Mutant, tests: str) -> bool:
        """Whether nothing new can come of it."""
        known = self.came.get(mutant.key)
        return known is not None and (known.state == "killed" or known.tests == tests)


def all_mutants() -> list[Mutant]:
    """Every mutant of the rules of sharing, but for what is known to be no different."""
    files = [path for path in sorted(SHARING.glob("*.py")) if path.stem not in DECLARED]
    found = [one for path in files for one in mutants(path, f"mdt.sharing.{path.stem}")]
    return [one for one in found if not alike(one)]


def alike(mutant: Mutant) -> bool:
    """Whether this mutant is written down as one that no test could tell from what it replaces."""
    return (mutant.module, mutant.function, mutant.was, mutant.now) in _alike()


def _alike() -> set[tuple[str, str, str, str]]:
    if not _known_alike:
        said = yaml.safe_load(ALIKE.read_text(encoding="utf-8")) if ALIKE.exists() else None
        _known_alike.update((one["module"], one["function"], one["was"], one["now"]) for one in said or [])
        _known_alike.add(("", "", "", ""))
    return _known_alike


_known_alike: set[tuple[str, str, str, str]] = set()


def tests_now() -> str:
    """One word for all the tests as they are."""
    digest = hashlib.sha256()
    for place in TESTS:
        path = PROJECT / place
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.suffix in (".py", ".yaml"):
                digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def measure() -> Iterator[Figure]:
    """Try what was not tried, and count."""
    book, tests, found = Book.opened(), tests_now(), all_mutants()
    until = time.monotonic() + 60 * float(os.environ.get("MINUTES", "600"))
    waiting = [one for one in found if not book.settled(one, tests) and os.environ.get("MODULE", "") in one.module]
    waiting.sort(
        key=lambda one: (one.key not in book.came, one.module.rpartition(".")[2] not in DECIDING.split(), one.key)
    )
    inside = [one for one in waiting if one.function]
    try:
        if inside:
            _fork_host(inside, book, tests, until)
        for mutant in (one for one in waiting if not one.function or _came(book, mutant=one) == "elsewhere"):
            if time.monotonic() < until:
                book.keep(mutant, alone(mutant, tests))
    finally:
        book.save()
    yield _figure(found, book)


def _came(book: Book, mutant: Mutant) -> str:
    known = book.came.get(mutant.key)
    return known.state if known else ""


def _figure(found: list[Mutant], book: Book) -> Figure:
    states = Counter(_came(book, one) or "waiting" for one in found)
    tried = states["killed"] + states["survived"]
    for one in found:
        if _came(book, one) == "survived":
            print(f"  survived  {one}")
    seconds = sum(book.came[one.key].seconds for one in found if one.key in book.came)
    how = (
        f"{states['killed']} of {tried} mutants tried, of {len(found)} in mdt/sharing; {len(_alike()) - 1} more are "
        f"written down as alike; {seconds / max(tried, 1):.2f} s a mutant"
    )
    return Figure("B.mutants_killed", round(100 * states["killed"] / max(tried, 1), 2), "%", GOAL, how)


# -- one process for all that stands in functions -------------------------------------------------


def _fork_host(waiting: list[Mutant], book: Book, tests: str, until: float) -> None:
    import pytest

    host = Host(waiting, book, tests, until)
    options = ("-q", "-s", "-p", "no:cacheprovider", "-p", "no:randomly", "--timeout=0", "-W", "ignore")
    pytest.main([*options, *(str(PROJECT / place) for place in TESTS)], plugins=[host])


class Host:
    """A pytest session that runs its tests for every mutant, each time in a child, instead of once."""

    def __init__(self, waiting: list[Mutant], book: Book, tests: str, until: float) -> None:
        self.waiting, self.book, self.tests, self.until = waiting, book, tests, until
        self.killers: dict[str, Counter[str]] = {}

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        from tests.trials import slipped

        slipped.make_quick(items)

    def pytest_runtestloop(self, session: Any) -> bool:
        from tests.trials import slipped

        items = {item.nodeid: item for item in session.items}
        runs = self.runs(session)
        print(f"{len(items)} tests, {len(runs)} traced; {len(self.waiting)} mutants wait", flush=True)
        for number, mutant in enumerate(self.waiting):
            if time.monotonic() > self.until:
                break
            chosen = [(items[name], runs[name][0]) for name in self.ordered(mutant, runs)]
            begun = time.monotonic()
            came = in_a_child(lambda say, m=mutant, c=chosen: slipped.killer(m, c, say), PATIENCE)
            self.keep(mutant, came, time.monotonic() - begun)
            if number % 100 == 99:
                print(f"  {number + 1} tried", flush=True)
        return True

    def runs(self, session: Any) -> dict[str, Any]:
        """By test: how long it takes, and which functions it runs; kept as long as its file stays as it is."""
        from tests.trials import slipped

        known = json.loads(RUNS.read_text()) if RUNS.exists() else {}
        files = {str(path): _digest(path) for path in {item.path for item in session.items}}
        fresh = {file for file, digest in files.items() if known.get("files", {}).get(file) == digest}
        kept = {item.nodeid for item in session.items if str(item.path) in fresh}
        new = [item for item in session.items if str(item.path) not in fresh]
        ran = json.loads(in_a_child(lambda _: slipped.traced(new), 1200).said) if new else {}
        runs = {name: one for name, one in known.get("runs", {}).items() if name in kept} | ran
        RUNS.parent.mkdir(exist_ok=True)
        RUNS.write_text(json.dumps({"files": files, "runs": runs}))
        return runs

    def ordered(self, mutant: Mutant, runs: dict[str, Any]) -> list[str]:
        """The tests that run its function: the quickest first, and sooner what killed its neighbours."""
        place = f"{mutant.module}:{mutant.function}"
        near, around = self.killers.get(place, Counter()), self.killers.get(mutant.module, Counter())
        found = [
            name for name, (_, ran) in runs.items() if any(one == place or one.startswith(place + ".") for one in ran)
        ]
        return sorted(found, key=lambda name: runs[name][0] / (1 + 5 * near[name] + around[name]))

    def keep(self, mutant: Mutant, came: Ended, seconds: float) -> None:
        state, _, by = (came.said or f"survived {came.how}").partition(" ")
        if state == "killed" and by:
            for place in (f"{mutant.module}:{mutant.function}", mutant.module):
                self.killers.setdefault(place, Counter())[by] += 1
        self.book.keep(mutant, Came(state, by, round(seconds, 2), self.tests))


def _digest(path: Path) -> str:
    """One word for a file of tests and the files of scenarios beside it."""
    beside = [path, *sorted(path.parent.glob("*.yaml"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in beside)).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended, and what it said; nothing, if it fell or was stopped."""

    said: str
    how: str = ""


def in_a_child(work: Callable[[Callable[[str], None]], str], patience: float) -> Ended:
    """Do this in a forked child and hear what it says, or that it took too long."""
    hears, says = os.pipe()
    child = os.fork()
    if child == 0:
        _be_the_child(work, says)
    os.close(says)
    return _heard(child, hears, patience)


def _be_the_child(work: Callable[[Callable[[str], None]], str], says: int) -> None:
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(quiet, stream)

    def say(words: str) -> None:
        with os.fdopen(says, "w") as told:
            told.write(words)
        os._exit(0)

    try:
        say(work(say))
    except BaseException as fell:
        say(f"survived {fell!r}")
    finally:
        os._exit(0)


def _heard(child: int, hears: int, patience: float) -> Ended:
    import select

    parts, until = list[bytes](), time.monotonic() + patience
    while select.select([hears], [], [], max(0.0, until - time.monotonic()))[0]:
        part = os.read(hears, 1 << 16)
        if not part:
            break
        parts.append(part)
    else:
        os.kill(child, 9)
    os.close(hears)
    os.waitpid(child, 0)
    said = b"".join(parts).decode()
    return Ended(said, "" if said else "so far: the tests took too long, or the child fell")


# -- a process of its own for what is worked out when a module is read ----------------------------


def alone(mutant: Mutant, tests: str) -> Came:
    """Try a mutant in a process of its own, on all the tests."""
    import ast

    file = PROJECT / "instance" / "mutant.py"
    file.write_text(ast.unparse(mutant.made()))
    env = os.environ | {"SLIPPED": f"{mutant.module}={file}", "PYTHONPATH": str(PROJECT)}
    options = ("-q", "-x", "-p", "no:cacheprovider", "-p", "tests.trials.slipped", "--timeout=0", "-W", "ignore")
    begun = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *TESTS],
            cwd=PROJECT,
            env=env,
            capture_output=True,
            text=True,
            timeout=180,
        ).returncode
    except subprocess.TimeoutExpired:
        done = 1
    file.unlink()
    return Came("killed" if done else "survived", "all", round(time.monotonic() - begun, 2), tests)


def survivors() -> Iterable[Mutant]:
    """What survived so far."""
    book = Book.opened()
    return [one for one in all_mutants() if _came(book, one) == "survived"]
