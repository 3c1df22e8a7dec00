"""What helps them stay: a plan made with the young person, from what was known to make them run and what they told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from mdt.models import Case, db
from mdt.operations import guarding, items
from mdt.operations.access import Seat
from mdt.operations.acts import Refused, recorded
from mdt.operations.missing.episodes import LONGEST, lead_only, told_of
from mdt.sharing.facts import Item
from mdt.sharing.vocabulary import Category

WITH = {
    "together": "We made it together",
    "asked": "I asked, and they did not want to. It is mine until they do",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan. `factors`: what weighs, of the guide's; `theirs`: what they say themselves; `steps`: who does what;
    `call`: whom they call before they go; `safe`: where they can go; `made`: with them or without."""

    factors: Collection[str] = ()
    theirs: str = ""
    steps: str = ""
    call: str = ""
    safe: str = ""
    made: str


def make(seat: Seat, said: Plan, *, key: str, heeded: Collection[str] = (), proved: bool = False) -> str:
    """File the plan as a record of the case: what is done if there is danger, and beside it what weighs and what the
    young person says. The same key twice is once."""
    lead_only(seat)
    with recorded("missing.planned", by=seat.me, case=seat.id, item=key, made=said.made):
        if items.is_kept(seat.id, key, seat.me.id):
            return key
        lines = _lines(said)
        if said.made not in WITH or not lines or sum(map(len, lines)) > LONGEST:
            raise Refused("Write at least one thing that helps, and how you made it.", reason="words", code=422)
        note = _note(seat, said)
        draft = Item(
            id=key, category=Category.PLAN, source=seat.case.lead_id, fields=("safety_plan_items", "note"),
            author=seat.me.id,
        )  # fmt: skip
        guarding.check(seat, draft, "\n".join((*lines, note)), heeded=heeded, proved=proved)
        case = db.session.get_one(Case, seat.id)
        values = {"safety_plan_items": lines, "note": note}
        made = items.file(
            case, id=key, source=seat.case.lead_id, category=Category.PLAN, values=values, author=seat.me.id
        )  # fmt: skip
        told_of(seat, made)
    return key


def _lines(said: Plan) -> list[str]:
    before = [("Before I go I call", said.call), ("A safe place to go", said.safe)]
    named = [f"{title}: {' '.join(words.split())}" for title, words in before if words.strip()]
    return [*(one.strip() for one in said.steps.splitlines() if one.strip()), *named]


def _note(seat: Seat, said: Plan) -> str:
    known = seat.profile.episodes.risks
    weighs = [known[one].words for one in known if one in said.factors]
    parts = [
        f"In their words: {said.theirs.strip()}" if said.theirs.strip() else "",
        f"What weighs: {'; '.join(weighs)}." if weighs else "",
        f"{WITH[said.made]}.",
    ]
    return "\n".join(one for one in parts if one)


__all__ = ["WITH", "Plan", "make"]
