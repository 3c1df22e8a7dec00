"""One case told once, and each part of a decision asked by itself, for tests of the parts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from mdt.sharing.bases import Answer, Question, asked
from mdt.sharing.conditions import CONDITIONS
from mdt.sharing.facts import (
    Emergency,
    Facts,
    Item,
    Missing,
    Order,
    Restriction,
)
from mdt.sharing.grammar import Cell, parse
from mdt.sharing.look import Look
from mdt.sharing.profile import Profile
from mdt.sharing.regimes import regimes_of
from mdt.sharing.releases import standing
from mdt.sharing.vocabulary import Action, Category, Purpose, Regime, Role
from tests.unit.sharing import told
from tests.unit.sharing.told import BASELINE, SIGNED, TEAM

NOON = "2025-03-03T12:00"
FACTS = told.case_of(TEAM, SIGNED)
FORM = FACTS.releases[0]
ALARM = Emergency(
    id="e1", by="holly", at=datetime(2025, 3, 3, 16, 30, tzinfo=UTC), kind="medical",
    categories=(Category.SUD_P2, Category.HEALTH, Category.PSYNOTES, Category.ADVOCATE, Category.EDUCATION),
)  # fmt: skip
OBJECTION = Restriction(
    id="x", by="youth", on=date(2025, 2, 1), against=("victim-unit",), categories=(Category.HEALTH,)
)
ALLERGIES, MEDICATIONS = "allergies", "medications"


def look(who: str = "kim", facts: Facts = FACTS, when: str = NOON, profile: Profile = BASELINE, **more: Any) -> Look:
    purpose, action = more.get("purpose", Purpose.PLAN), more.get("action", Action.VIEW)
    at = told.at(when, facts).astimezone(UTC)
    return Look(facts=facts, viewer=who, purpose=purpose, at=at, profile=profile, action=action)


def with_case(facts: Facts = FACTS, **change: Any) -> Facts:
    return replace(facts, case=replace(facts.case, **change))


def with_user(name: str, facts: Facts = FACTS, **change: Any) -> Facts:
    return replace(facts, users={**facts.users, name: replace(facts.users[name], **change)})


def with_org(name: str, facts: Facts = FACTS, **change: Any) -> Facts:
    return replace(facts, orgs={**facts.orgs, name: replace(facts.orgs[name], **change)})


def with_items(*items: Item, facts: Facts = FACTS) -> Facts:
    return replace(facts, items={**facts.items, **{one.id: one for one in items}})


def segment(name: str, *quotes: str) -> Item:
    return Item(id=name, category=Category.MEETING, source="county-cw", fields=("text",), quotes=quotes)


def saying(**keys: Any) -> Profile:
    """The baseline with other keys of the jurisdiction."""
    return replace(BASELINE, raw={**BASELINE.raw, **keys})


CONFIRMED = {"by": "counsel", "on": "2025-01-01"}


def met(name: str, who: str = "kim", item: str = "chart", facts: Facts = FACTS, **more: Any) -> bool:
    found = CONDITIONS[name](look(who, facts, **more), facts.items[item])
    assert isinstance(found, bool)
    return found


def away(**change: Any) -> Facts:
    return with_case(missing=(replace(Missing(since=date(2025, 3, 1)), **change),))


def heard(text: str, seen: Look, item: str = "chart", regime: Regime | None = None, **of_item: Any) -> Answer:
    """What one alternative of a cell says to this look."""
    thing = replace(seen.facts.items[item], **of_item)
    given = BASELINE.categories[thing.category].subsets
    one = parse(text)
    one = replace(one, fields=given[one.subset] if one.subset else None)
    return asked([one], Question(seen, thing, regimes_of(thing, seen.facts, seen.profile), regime))


def opens(text: str, seen: Look, item: str = "chart", regime: Regime | None = None, **of_item: Any) -> bool:
    answer = heard(text, seen, item, regime, **of_item)
    assert answer.codes == []
    return bool(answer.permits)


def window(days: int | None, extends: bool = True) -> Profile:
    return saying(mdt_statute={"window_days": days, "good_cause_extension": extends, "confirmed": CONFIRMED})


def order(**change: Any) -> Order:
    return replace(
        Order(id="o1", type="HIP", categories=(Category.HEALTH,), recipients=("kim",), issued=date(2025, 2, 1)),
        **change,
    )


SUD = {"type": "P2", "discloser": "newpath", "categories": (Category.SUD_P2,), "signed_by": ("youth",)}
ADVOCATE = {"discloser": "safe-harbor", "categories": (Category.ADVOCATE,)}


def cell(category: Category, role: Role, *texts: str) -> Cell:
    """A cell of the matrix that says this."""
    rule = f"{category}.{role}"
    given = BASELINE.categories[category].subsets
    said = [replace(one, fields=given[one.subset] if one.subset else None) for one in map(parse, texts)]
    return Cell(tuple(replace(one, rule=f"{rule}.{one}", text=str(one)) for one in said), rule)


def with_cells(said: dict[Category, tuple[str, ...]], profile: Profile = BASELINE) -> Profile:
    """The baseline with rows that say this to every discipline."""
    rows = {
        category: replace(profile.categories[category], cells={role: cell(category, role, *texts) for role in Role})
        for category, texts in said.items()
    }
    return replace(profile, categories={**profile.categories, **rows})


def of_type(name: str, **change: Any) -> Profile:
    """The baseline with another rule for one type of form."""
    return replace(BASELINE, releases={**BASELINE.releases, name: replace(BASELINE.releases[name], **change)})


def code(
    change: dict[str, Any], who: str = "kim", item: str = "chart", *, of_item: dict[str, Any] | None = None,
    regime: Regime | None = None, youth_signs: bool = False, facts: Facts = FACTS, **more: Any,
) -> str | None:  # fmt: skip
    """What the form comes to with this change: None, it counts."""
    seen = look(who, facts, **{"purpose": Purpose.VICTIMSVC} | more)
    thing = replace(facts.items[item], **of_item or {})
    regimes = regimes_of(thing, facts, seen.profile)
    return standing(replace(FORM, **change), thing, seen, regimes, regime=regime, youth_signs=youth_signs).code
