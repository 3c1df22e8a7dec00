"""The page of needs, as one reader may see it: theirs first, then each professional's, then the steps.

A voice is a record as it was decided for this reader. Which need a record is about is part of what it says of needs:
whoever is not shown that field sees goals and steps without the heading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from mdt.models import NeedSaid, NeedTerms, Task, db
from mdt.operations import tasks, views
from mdt.operations.access import Seat
from mdt.operations.needs import ordering, saying
from mdt.operations.needs.ordering import Order
from mdt.operations.tasks import TaskView
from mdt.operations.views import Shown
from mdt.sharing.needs import Kind, Stage
from mdt.sharing.vocabulary import Action, Category, Role

NEEDS = "needs"
PLANNED = ("needs", "goals", "education_goals", "safety_plan_items")
"""What of the plan is said on this page, also where it was filed without a need."""


@dataclass(frozen=True, slots=True)
class Voice:
    """What one author says of one need. `young`: it is the young person's; `own`: by their own hand, else `by` wrote
    down what they were told; `mine`: the reader's; `stages` are those of change, the latest last, each with its
    day."""

    shown: Shown
    by: str
    young: bool
    own: bool
    mine: bool
    says: tuple[str, ...]
    goals: tuple[str, ...]
    strengths: str
    stages: tuple[tuple[Stage, date], ...]

    @property
    def stage(self) -> tuple[Stage, date] | None:
        return self.stages[-1] if self.stages else None


@dataclass(frozen=True, slots=True)
class NeedView:
    """A need with everything of it that this reader may read. `place` in the young person's order, 1 first."""

    kind: Kind
    place: int | None
    young: tuple[Voice, ...]
    others: tuple[Voice, ...]
    steps: tuple[TaskView, ...]

    @property
    def spoken(self) -> bool:
        return bool(self.place or self.young or self.others or self.steps)


@dataclass(frozen=True, slots=True)
class Board:
    """The whole page. `unnamed`: goals whose need this reader is not shown; `plan`: the rest of the plan; `steps`:
    those without a heading."""

    needs: tuple[NeedView, ...]
    order: Order
    ordered_by: str | None
    unnamed: tuple[Voice, ...]
    plan: tuple[Shown, ...]
    steps: tuple[TaskView, ...]
    says: bool
    orders: bool
    young: bool
    source: str

    @property
    def spoken(self) -> tuple[NeedView, ...]:
        return tuple(one for one in self.needs if one.spoken)

    @property
    def silent(self) -> tuple[NeedView, ...]:
        return tuple(one for one in self.needs if not one.spoken)


def read(seat: Seat) -> Board:
    """The page of needs. Recorded like any disclosure."""
    return _read(seat, views.look(seat), "needs.read", _steps(seat))


def copy(seat: Seat) -> Board:
    """The same to print: decided as an export, so that what may only be read on screen is not in it."""
    taken = views.look_as(
        seat.case.facts, seat.me.id, seat.purpose, seat, frozenset({Category.PLAN}), action=Action.EXPORT
    )
    return _read(seat, taken, "needs.exported", [one for one in _steps(seat) if one[0] in taken.opened])


def mine(seat: Seat, need: str, *, young: bool) -> Voice | None:
    """What I said of this need before, as I may read it now."""
    row = saying.mine(seat, need, young=young)
    found = [pair for pair in views.look(seat).items if row and pair[0].id == row.item_id and pair[1].opens]
    if not row or not found:
        return None
    ticket = views.disclose(seat, "needs.read", found)
    shown = views.open_all(seat, found)
    ticket.hold_answer()
    return _voice(seat, shown[0], row.terms, NEEDS in found[0][1].fields)


Steps = Sequence[tuple[str, TaskView]]
"""Steps, each with its record."""


def _read(seat: Seat, seen: views.Looked, event: str, steps: Steps) -> Board:
    said = {row.item_id: row for row in saying.rows(seat.id)}
    ruled = [
        (item, one)
        for item, one in seen.items
        if one.opens and item.category is Category.PLAN and (item.id in said or set(PLANNED) & set(one.fields))
    ]
    ticket = views.disclose(seat, event, ruled)
    shown = {one.id: one for one in views.open_all(seat, ruled)}
    ticket.hold_answer()
    named = frozenset(item.id for item, one in ruled if item.id in said and NEEDS in one.fields)
    terms = {item_id: said[item_id].terms for item_id in shown if item_id in said}
    voices = {one: _voice(seat, shown[one], terms[one], one in named) for one in terms if not terms[one].step}
    return _board(seat, voices, terms, named, [one for key, one in shown.items() if key not in said], steps)


def _voice(seat: Seat, shown: Shown, terms: NeedTerms, named: bool) -> Voice:
    author = seat.case.facts.items[shown.id].author or ""
    user = seat.case.facts.users.get(author)
    kinds, stages = seat.profile.needs.kinds, seat.profile.needs.stages
    goals = shown.value(kinds[terms.need].goals if terms.need in kinds else "goals") or ()
    return Voice(
        shown=shown,
        by=shown.author or shown.source,
        young=terms.young,
        own=user is not None and user.role is Role.YT,
        mine=author == seat.me.id,
        says=_listed(shown.value(NEEDS)),
        goals=_listed(goals),
        strengths=str(shown.value("note") or ""),
        stages=tuple((stages[code], day) for code, day in terms.stages if code in stages) if named else (),
    )


def _listed(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) and value else tuple(value or ())


def _board(
    seat: Seat, voices: Mapping[str, Voice], terms: Mapping[str, NeedTerms], named: frozenset[str], plan: list[Shown],
    steps: Steps,
) -> Board:  # fmt: skip
    order = ordering.current(seat, named)
    by_need = {code: _need(seat, code, order, voices, terms, named, steps) for code in _codes(seat, order)}
    under = {task.id for need in by_need.values() for task in need.steps}
    me = seat.case.people_names
    return Board(
        needs=tuple(by_need.values()),
        order=order,
        ordered_by=None if order.own or order.by is None else me.get(order.by, "somebody"),
        unnamed=tuple(one for key, one in voices.items() if key not in named),
        plan=tuple(plan),
        steps=tuple(task for _, task in steps if task.id not in under),
        says=saying.may_say(seat),
        orders=ordering.may_order(seat),
        young=saying.is_young(seat),
        source=seat.profile.needs.source,
    )


def _codes(seat: Seat, order: Order) -> Iterable[str]:
    """Their order first, then as the county lists them."""
    kinds = seat.profile.needs.kinds
    return dict.fromkeys([*(one for one in order.codes if one in kinds), *kinds])


def _need(
    seat: Seat, code: str, order: Order, voices: Mapping[str, Voice], terms: Mapping[str, NeedTerms],
    named: frozenset[str], steps: Steps,
) -> NeedView:  # fmt: skip
    mine = [one for key, one in voices.items() if key in named and terms[key].need == code]
    young = sorted((one for one in mine if one.young), key=lambda one: not one.own)
    return NeedView(
        kind=seat.profile.needs.kinds[code],
        place=order.codes.index(code) + 1 if code in order.codes else None,
        young=tuple(young),
        others=tuple(one for one in mine if not one.young),
        steps=tuple(task for item, task in steps if item in named and terms[item].need == code),
    )


def _steps(seat: Seat) -> Steps:
    """The steps that this reader may see, each with its record."""
    linked = select(Task.id, Task.item_id).join(NeedSaid, NeedSaid.item_id == Task.item_id)
    homes = {row.id: row.item_id for row in db.session.execute(linked.where(Task.case_id == seat.id))}
    return [(homes[task.id], task) for task in tasks.of_case(seat) if task.id in homes] if homes else []


__all__ = ["Board", "NeedView", "Voice", "copy", "mine", "read"]
