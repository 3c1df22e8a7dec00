"""What a profile says of the work around cases: how two can belong together and for how long a merge can be undone,
what a recovery team does, and what people are trained in.

All of it is optional: where nothing is said nothing is asked of anybody, and a page that needs a list is not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mdt.sharing.reading import Table, Unreadable
from mdt.sharing.tables import inner, needed, number, only, tables, text, texts, word_of, yes_no
from mdt.sharing.vocabulary import Role

KEYS = ("linking", "recovery", "training")
LONGEST_CODE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Something people are trained in. `every_days`: how long it counts; `required`: of which disciplines."""

    code: str
    title: str
    every_days: int
    required: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A training that is offered somewhere: by whom, and what about."""

    title: str
    by: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Caseworking:
    """`kinds` of links and `ways` and `outcomes` of outreach by code, in words; `at_the_table`: whether nobody is asked
    to a team without the training that is required of them; `source` is whom the list of trainings is from."""

    undo_days: int = 30
    kinds: Mapping[str, str] = field(default_factory=dict)
    ways: Mapping[str, str] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    courses: Mapping[str, Course] = field(default_factory=dict)
    at_the_table: bool = False
    source: str = ""
    offered: tuple[Offered, ...] = ()

    def required_of(self, role: Role) -> tuple[Course, ...]:
        """What somebody of this discipline has to be trained in."""
        return tuple(one for one in self.courses.values() if role in one.required)


def caseworking(raw: Table) -> Caseworking:
    """What these tables say of it; Unreadable, with file and line, for what cannot stand."""
    linking, recovery, training = (inner(raw, key) for key in KEYS)
    only(linking, ("undo_days", "kinds"), "linking")
    only(recovery, ("ways", "outcomes"), "recovery")
    only(training, ("source", "at_the_table", "courses", "offered"), "training")
    courses = inner(training, "courses")
    return Caseworking(
        undo_days=_least(linking, "undo_days") if "undo_days" in linking else 30,
        kinds=_codes(inner(linking, "kinds")),
        ways=_codes(inner(recovery, "ways")),
        outcomes=_codes(inner(recovery, "outcomes")),
        courses={code: _course(code, needed(courses, code)) for code in _codes_of(courses)},
        at_the_table=yes_no(training, "at_the_table", False),
        source=text(training, "source", ""),
        offered=tuple(_offered(one) for one in tables(training, "offered")) if "offered" in training else (),
    )


def _codes(said: Table) -> dict[str, str]:
    return {code: text(said, code) for code in _codes_of(said)}


def _codes_of(said: Table) -> list[str]:
    for code in said:
        if len(code) > LONGEST_CODE:
            raise Unreadable(said.at(code), f"{code}: a code has at most {LONGEST_CODE} characters")
    return list(said)


def _course(code: str, said: Table) -> Course:
    only(said, ("title", "every_days", "required"), f"training {code}")
    names = [name for one in texts(said, "required") for name in one.replace(",", " ").split()]
    return Course(
        code=code, title=text(said, "title"), every_days=_least(said, "every_days"),
        required=tuple(dict.fromkeys(word_of(name, Role, said.at("required")) for name in names)),
    )  # fmt: skip


def _offered(said: Table) -> Offered:
    only(said, ("title", "by", "words"), "a training that is offered")
    return Offered(title=text(said, "title"), by=text(said, "by"), words=text(said, "words"))


def _least(said: Table, key: str) -> int:
    if number(said, key) < 1:
        raise Unreadable(said.at(key), f"{key} is at least 1")
    return number(said, key)


__all__ = ["KEYS", "Caseworking", "Course", "Offered", "caseworking"]
