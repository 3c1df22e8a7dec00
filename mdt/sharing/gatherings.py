"""What a profile says of meetings: the kinds there are, who has to be there, how long a case has, and what each
agency is asked to say beforehand.

All of it is optional: where nothing is said a meeting has no kind, asks for nobody in particular and for no return.
Disciplines are written as words on one line, `CW LE VC`, so that a county can change them like any other answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mdt.sharing.clocks import Span, span
from mdt.sharing.fields import names_of
from mdt.sharing.reading import Table, Unreadable
from mdt.sharing.tables import each_of, inner, needed, number, only, text, texts, word_of, yes_no
from mdt.sharing.vocabulary import Category, Role

KEYS = ("meetings",)
WORDS = ("note", "text")
"""The fields that a written return can go into: the first that its category has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of meeting. `minutes`: the time box of a case; `new_minutes`: of one that is reviewed for the first
    time; `within`: how soon after it is asked for it has to begin; `every_days`: how often it comes back."""

    name: str
    title: str
    minutes: int
    new_minutes: int
    quorum: tuple[Role, ...] = ()
    invited: tuple[Role, ...] = ()
    on_call: tuple[Role, ...] = ()
    points: tuple[str, ...] = ()
    within: Span | None = None
    every_days: int | None = None
    roster: bool = False

    def box(self, *, new: bool) -> int:
        """How many minutes a case has."""
        return self.new_minutes if new else self.minutes

    def shares(self, *, new: bool = False) -> tuple[tuple[str, int], ...]:
        """The usual points, and the share of the time box that each has."""
        each, left = divmod(self.box(new=new), max(1, len(self.points)))
        return tuple((title, max(1, each + (place < left))) for place, title in enumerate(self.points))


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The written return of one discipline: the questions, and the category that the answer is a record of."""

    role: Role
    category: Category
    questions: tuple[tuple[str, str], ...]

    @property
    def into(self) -> str:
        """The field the answer goes into."""
        return next(one for one in WORDS if one in names_of(self.category))


AGREE_DAYS = 3
"""Where the profile says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gatherings:
    """The meetings of a profile."""

    kinds: Mapping[str, Kind] = field(default_factory=dict)
    returns: Mapping[Role, Template] = field(default_factory=dict)
    before_hours: int = 24
    agree_days: int = AGREE_DAYS
    """How many days those who were there have to agree with the minutes, or to say what is missing."""

    def kind(self, name: str | None) -> Kind | None:
        """The kind of this name; None for a meeting without one, or of one that the county no longer has."""
        return self.kinds.get(name or "")


def gatherings(raw: Table) -> Gatherings:
    """What these tables say of meetings; Unreadable, with file and line, for a word nobody knows."""
    said = inner(raw, "meetings")
    if not said:
        return Gatherings()
    only(said, ("kinds", "returns", "agree_days"), "meetings")
    each_of(said, ("kinds", "returns"), "meetings")
    kinds, returns = inner(said, "kinds"), inner(said, "returns")
    only(returns, ("before_hours", "templates"), "returns")
    asked = inner(returns, "templates")
    return Gatherings(
        kinds={name: _kind(name, needed(kinds, name)) for name in kinds},
        returns={one.role: one for one in (_template(name, needed(asked, name)) for name in asked)},
        before_hours=_least(returns, "before_hours", 1),
        agree_days=_least(said, "agree_days", 1) if "agree_days" in said else AGREE_DAYS,
    )


KIND = (
    "title", "minutes", "new_minutes", "quorum", "invited", "on_call", "points", "within", "every_days", "roster",
)  # fmt: skip


def _kind(name: str, said: Table) -> Kind:
    only(said, KIND, f"meeting {name}")
    if len(name) > 30:
        raise Unreadable(said.place, f"meeting {name}: a name has at most 30 characters")
    minutes = _least(said, "minutes", 1)
    return Kind(
        name=name,
        title=text(said, "title"),
        minutes=minutes,
        new_minutes=_least(said, "new_minutes", 1) if "new_minutes" in said else minutes,
        quorum=_roles(said, "quorum"),
        invited=_roles(said, "invited"),
        on_call=_roles(said, "on_call"),
        points=tuple(texts(said, "points")),
        within=span(f"within of meeting {name}", inner(said, "within")) if said.get("within") is not None else None,
        every_days=_least(said, "every_days", 1) if said.get("every_days") is not None else None,
        roster=yes_no(said, "roster", False),
    )


def _roles(said: Table, key: str) -> tuple[Role, ...]:
    """Disciplines in their order, written as words of one line or as a list."""
    names = [name for one in texts(said, key) for name in one.replace(",", " ").split()]
    return tuple(dict.fromkeys(word_of(name, Role, said.at(key)) for name in names))


def _least(said: Table, key: str, least: int) -> int:
    if number(said, key) < least:
        raise Unreadable(said.at(key), f"{key} is at least {least}")
    return number(said, key)


def _template(name: str, said: Table) -> Template:
    role = word_of(name, Role, said.place)
    only(said, ("category", "asks"), f"return of {name}")
    category = word_of(text(said, "category"), Category, said.at("category"))
    if not set(WORDS) & set(names_of(category)):
        raise Unreadable(said.at("category"), f"a return of {name} cannot be a record of {category}: it has no note")
    asks = needed(said, "asks")
    return Template(role=role, category=category, questions=tuple((one, text(asks, one)) for one in asks))


__all__ = ["KEYS", "Gatherings", "Kind", "Template", "gatherings"]
