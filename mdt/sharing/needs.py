"""What a profile says of the needs of a young person: which there are, how they are asked about, and how somebody says
where they stand with each.

All of it is optional: where nothing is said there is no page of needs. The codes are the county's own words; the five
stages of change are not, for they are known by name wherever people are helped to change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mdt.sharing.fields import names_of
from mdt.sharing.reading import Table, Unreadable
from mdt.sharing.tables import each_of, inner, needed, only, text
from mdt.sharing.vocabulary import Category

KEYS = ("needs",)
STAGES = ("precontemplation", "contemplation", "preparation", "action", "maintenance")
GOALS = "goals"
LONGEST_CODE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A need. `ask` is the prompt for a professional, `young` for the young person; `goals` the field of the plan that
    what they want to reach goes into."""

    code: str
    title: str
    ask: str
    young: str
    goals: str = GOALS


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of change in plain words: as somebody else says it, and as the young person does."""

    code: str
    said: str
    young: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """The needs of a profile. `source` is whom the list is from, to be credited where it is shown."""

    source: str = ""
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    stages: Mapping[str, Stage] = field(default_factory=dict)


def needs(raw: Table) -> Needs:
    """What these tables say of needs; Unreadable, with file and line, for what cannot stand."""
    said = inner(raw, "needs")
    if not said:
        return Needs()
    only(said, ("source", "stages", "kinds"), "needs")
    each_of(said, ("source", "stages", "kinds"), "needs")
    stages, kinds = needed(said, "stages"), needed(said, "kinds")
    only(stages, STAGES, "stages")
    each_of(stages, STAGES, "stages")
    return Needs(
        source=text(said, "source"),
        kinds={code: _kind(code, needed(kinds, code)) for code in kinds},
        stages={code: _stage(code, needed(stages, code)) for code in STAGES},
    )


def _kind(code: str, said: Table) -> Kind:
    only(said, ("title", "ask", "young", "goals"), f"need {code}")
    if len(code) > LONGEST_CODE:
        raise Unreadable(said.place, f"need {code}: a code has at most {LONGEST_CODE} characters")
    into = text(said, "goals", GOALS)
    if into not in names_of(Category.PLAN):
        raise Unreadable(said.at("goals"), f"need {code}: the plan has no field {into!r}")
    return Kind(code=code, title=text(said, "title"), ask=text(said, "ask"), young=text(said, "young"), goals=into)


def _stage(code: str, said: Table) -> Stage:
    only(said, ("said", "young"), f"stage {code}")
    return Stage(code, text(said, "said"), text(said, "young"))


__all__ = ["KEYS", "STAGES", "Kind", "Needs", "Stage", "needs"]
